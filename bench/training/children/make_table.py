"""Writes the input of a training job: a made-up table as a dataset manifest and ledger segments.

    python make_table.py FOLDER CASES HELD_OUT COLUMNS

FOLDER then holds `data`, to which a tree's `input/data` can be a link. Seven of ten columns are numbers (some skewed,
some with missing values), two categories (of 3 to 300 values), one a boolean. The label is one of two classes, by a
rule of some of the columns with noise, so that there is something to learn and no end to it.
"""

import gzip
import hashlib
import json
import sys
from pathlib import Path

import numpy as np

SEGMENT_CASES = 10_000
SEED = 20_250_101


def columns_of(count: int) -> dict[str, str]:
    """The columns' names and kinds."""
    kinds = ["number"] * 7 + ["category"] * 2 + ["boolean"]
    return {f"column_{index}": kinds[index % len(kinds)] for index in range(count)}


def draw(rng: np.random.Generator, kind: str, index: int, count: int) -> list[object]:
    """The values of one column; a twentieth of the numbers of every third column is missing."""
    if kind == "boolean":
        return (rng.random(count) < 0.3).tolist()
    if kind == "category":
        categories = int(rng.choice([3, 10, 300]))
        return [f"value {number}" for number in (rng.random(count) ** 2 * categories).astype(int)]
    values = np.round(rng.lognormal(size=count) if index % 2 else rng.normal(size=count), 4).tolist()
    missing = rng.random(count) < (0.05 if index % 3 == 0 else 0.0)
    return [None if absent else value for value, absent in zip(values, missing, strict=True)]


def label(rng: np.random.Generator, table: dict[str, list[object]], kinds: dict[str, str]) -> list[str]:
    """The class of each row."""
    numbers = [
        np.array([value or 0.0 for value in table[name]], dtype=float)
        for name, kind in kinds.items()
        if kind == "number"
    ]
    score = np.sin(2 * numbers[0]) + numbers[1] * numbers[2] / 2 - numbers[3] + rng.normal(size=len(numbers[0]))
    return np.where(score > np.median(score), "yes", "no").tolist()


def field(kind: str, values: list[object]) -> dict[str, object]:
    """What the schema says of a column."""
    said: dict[str, object] = {"kind": "feature", "type": kind, "required": False}
    return {**said, "categories": sorted(set(values))} if kind == "category" else said


def write_segments(dataset: Path, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Seals ledger rows; returns what the manifest says of each segment."""
    segments: list[dict[str, object]] = []
    for start in range(0, len(rows), SEGMENT_CASES):
        part = rows[start : start + SEGMENT_CASES]
        key = f"ledger/{len(segments) + 1:012d}.jsonl.gz"
        packed = gzip.compress("".join(f"{json.dumps(row)}\n" for row in part).encode(), compresslevel=1, mtime=0)
        (dataset / key).write_bytes(packed)
        digest = hashlib.sha256(packed).hexdigest()
        segments.append({"key": key, "sha256": digest, "cases": len(part), "sequence": len(segments) + 1})
    return segments


def main() -> None:
    """Writes the table."""
    folder, (cases, held_out, count) = Path(sys.argv[1]), map(int, sys.argv[2:5])
    rng = np.random.default_rng(SEED)
    kinds = columns_of(count)
    total = cases + held_out
    table = {name: draw(rng, kind, index, total) for index, (name, kind) in enumerate(kinds.items())}
    labels = label(rng, table, kinds)
    rows = [
        {
            "id": f"case_{row:026d}",
            "receivedAt": "2025-01-02T03:04:05.000Z",
            "subject": f"sub_{row}",
            "split": "train" if row < cases else "holdout",
            "input": {column: values[row] for column, values in table.items()},
            "label": labels[row],
            "confidence": 0.9,
            "validator": "val_0",
        }
        for row in range(total)
    ]
    (folder / "data/dataset/ledger").mkdir(parents=True)
    segments = write_segments(folder / "data/dataset", rows)
    fields = {name: field(kind, table[name]) for name, kind in kinds.items()}
    manifest = {
        "formatVersion": 1,
        "id": f"ds_{'a' * 64}",
        "tenant": "bench",
        "model": "bench",
        "task": "tabular-classification",
        "schema": {"fields": fields, "label": {"type": "category", "classes": ["no", "yes"]}},
        "schemaHash": "b" * 64,
        "cut": len(segments),
        "segments": segments,
        "holdoutShare": 0.1,
        "counts": {"cases": total, "train": cases, "holdout": held_out, "labels": {}},
        "tombstones": [],
    }
    (folder / "data/manifest").mkdir()
    (folder / "data/manifest/manifest.json").write_text(json.dumps(manifest))


if __name__ == "__main__":
    main()
