"""Builds `/opt/ml` trees for tests: hyperparameters, a manifest and sealed segments."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

PREFIX = "tenants/acme/models/diagnosis/ledger"
Row = dict[str, object]
Schema = dict[str, object]
REGRESSION = {"task": "tabular-regression", "metric": "rmse"}
"""Changes of the hyperparameters for a table whose label is a number."""


def hyperparameters(**changes: str) -> dict[str, str]:
    """A complete configuration, with changes."""
    return {
        "task": "tabular-classification",
        "recipe": "tabular",
        "metric": "accuracy",
        "seed": "7",
        "codeVersion": "1.2.3",
        **changes,
    }


def write_tree(
    root: Path,
    schema: Schema,
    rows: Sequence[Row],
    configuration: Mapping[str, object],
    *,
    segment_cases: int = 100,
    tombstones: Iterable[str] = (),
    layout: str = PREFIX,
) -> None:
    """Writes the input of a training job.

    Args:
        root: of the tree.
        schema: of the model.
        rows: ledger rows.
        configuration: hyperparameters.
        segment_cases: cases in a segment.
        tombstones: ids of erased cases.
        layout: folder, relative to the channel, in which the segment files lie.
    """
    (root / "input/config").mkdir(parents=True)
    (root / "input/config/hyperparameters.json").write_text(json.dumps(configuration))
    folder = root / "input/data/dataset" / layout
    folder.mkdir(parents=True)
    segments = []
    for start in range(0, len(rows), segment_cases):
        part = rows[start : start + segment_cases]
        name = f"{len(segments) + 1:012d}.jsonl.gz"
        packed = gzip.compress("".join(json.dumps(row) + "\n" for row in part).encode(), mtime=0)
        (folder / name).write_bytes(packed)
        digest = hashlib.sha256(packed).hexdigest()
        segments.append(
            {"key": f"{PREFIX}/{name}", "sha256": digest, "cases": len(part), "sequence": len(segments) + 1}
        )
    write_manifest(root, schema, segments, tombstones)


def write_manifest(root: Path, schema: Schema, segments: list[dict[str, object]], tombstones: Iterable[str]) -> None:
    """Writes `manifest.json`."""
    folder = root / "input/data/manifest"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "formatVersion": 1,
        "id": f"ds_{'a' * 64}",
        "tenant": "acme",
        "model": "diagnosis",
        "task": REGRESSION["task"] if schema["label"]["type"] == "number" else "tabular-classification",
        "schema": schema,
        "schemaHash": "b" * 64,
        "cut": len(segments),
        "segments": segments,
        "holdoutShare": 0.2,
        "counts": {"cases": 0, "train": 0, "holdout": 0, "labels": {}},
        "tombstones": list(tombstones),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def edit_manifest(root: Path, **changes: object) -> None:
    """Replaces entries of the manifest."""
    path = root / "input/data/manifest/manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def ledger_row(
    number: int, inputs: Row, label: str | float, *, subject: str | None = None, holdout: bool = False
) -> Row:
    """One accepted case."""
    return {
        "id": f"case_{number:026d}",
        "receivedAt": "2026-01-02T03:04:05.000Z",
        "subject": subject,
        "split": "holdout" if holdout else "train",
        "input": inputs,
        "label": label,
        "confidence": 0.93,
        "validator": "val_0",
    }


def label_schema(fields: Mapping[str, object], classes: Sequence[str]) -> Schema:
    """A model's schema."""
    return {"fields": dict(fields), "label": {"type": "category", "classes": list(classes)}}


def number_schema(fields: Mapping[str, object], tolerance: float = 1.0, **bounds: float) -> Schema:
    """The schema of a model that predicts a number; bounds are `minimum` and `maximum`."""
    return {"fields": dict(fields), "label": {"type": "number", "tolerance": tolerance, **bounds}}


def with_gold(rows: Sequence[Row], every: int = 10) -> list[Row]:
    """The rows, one of so many a gold case."""
    return [{**row, "split": "gold"} if number % every == 1 else row for number, row in enumerate(rows)]


def clinical(data: str = "cancer", limit: int | None = None, seed: int = 0) -> tuple[Schema, list[Row]]:
    """Scikit-learn's breast cancer or wine table in random order, each fifth row held out."""
    bunch = {"cancer": load_breast_cancer, "wine": load_wine}[data]()
    names = [str(name).replace(" ", "_").replace("/", "_") for name in bunch.feature_names]
    classes = [str(name) for name in bunch.target_names]
    order = np.random.default_rng(seed).permutation(len(bunch.target))[:limit]
    rows = [
        ledger_row(
            number,
            dict(zip(names, bunch.data[source].tolist(), strict=True)),
            classes[bunch.target[source]],
            holdout=number % 5 == 4,
        )
        for number, source in enumerate(order)
    ]
    return label_schema({name: {"kind": "feature", "type": "number"} for name in names}, classes), rows


def mixed(classes: int, cases: int = 240, seed: int = 0, offset: float = 0.0) -> tuple[Schema, list[Row]]:
    """A made-up table of every kind of field, a tenth of its values missing, three cases a subject."""
    rng = np.random.default_rng(seed)
    names = [f"class-{index}" for index in range(classes)]
    fields = {
        "name": {"kind": "identifier"},
        "patient": {"kind": "subject"},
        "marker": {"kind": "feature", "type": "number", "required": False},
        "stage": {"kind": "feature", "type": "category", "categories": ["I", "II", "III"], "required": False},
        "smoker": {"kind": "feature", "type": "boolean", "required": False},
        "age": {"kind": "age", "feature": True},
        "seen": {"kind": "date", "feature": True},
        "born": {"kind": "date"},
        "zip": {"kind": "zip", "feature": True},
        "empty": {"kind": "feature", "type": "number", "required": False},
    }
    rows = []
    for number in range(cases):
        stage = int(rng.integers(3))
        marker = float(rng.normal()) + offset
        age = int(rng.integers(20, 91))
        score = marker - offset + stage + age / 40 + rng.normal(scale=0.5)
        inputs = {
            "patient": f"sub_{number // 3}",
            "marker": marker,
            "stage": ["I", "II", "III"][stage],
            "smoker": bool(rng.random() < 0.3),
            "age": age,
            "seen": int(rng.integers(2015, 2026)),
            "born": 1970,
            "zip": ["021", "100", "941", "000"][int(rng.integers(4))],
            "empty": None,
        }
        for name in ("marker", "stage", "smoker", "age", "zip"):
            if rng.random() < 0.1:
                inputs[name] = None
        label = names[int(np.clip(score // (4.5 / classes), 0, classes - 1))]
        group = number // 3
        rows.append(ledger_row(number, inputs, label, subject=f"sub_{group}", holdout=group % 5 == 4))
    return label_schema(fields, names), rows


def progression(limit: int | None = None, seed: int = 0) -> tuple[Schema, list[Row]]:
    """Scikit-learn's diabetes table in random order, its label a number from 25 to 346, each fifth row held out."""
    bunch = load_diabetes(scaled=False)
    order = np.random.default_rng(seed).permutation(len(bunch.target))[:limit]
    fields = {name: {"kind": "feature", "type": "number"} for name in bunch.feature_names}
    rows = [
        ledger_row(
            number,
            dict(zip(bunch.feature_names, bunch.data[source].tolist(), strict=True)),
            float(bunch.target[source]),
            holdout=number % 5 == 4,
        )
        for number, source in enumerate(order)
    ]
    return number_schema({**fields, "age": {"kind": "age", "feature": True}}, tolerance=50, minimum=0), rows


def incidents(classes: int = 0, cases: int = 240, seed: int = 0) -> tuple[Schema, list[Row]]:
    """A made-up table of machines' incidents: a text and a timestamp decide, a tenth of each is missing.

    Args:
        classes: of the label; 0 for a number.
        cases: how many.
        seed: of every draw.
    """
    rng = np.random.default_rng(seed)
    fields = {
        "note": {"kind": "feature", "type": "text", "deidentified": True, "required": False},
        "at": {"kind": "feature", "type": "timestamp", "deidentified": True, "required": False},
        "site": {"kind": "feature", "type": "category", "categories": ["north", "south", "east"]},
        "load": {"kind": "feature", "type": "number"},
    }
    words = ("Pump", "valve", "LEAK", "noise", "stopped", "again", "after", "cleaning")
    rows = []
    for number in range(cases):
        chosen = rng.choice(words, size=5).tolist()
        hour = int(rng.integers(24))
        load = float(rng.normal())
        inputs = {
            "note": " ".join(chosen),
            "at": f"2026-0{rng.integers(1, 7)}-1{rng.integers(10)}T{hour:02d}:30:00.000Z",
            "site": ["north", "south", "east"][int(rng.integers(3))],
            "load": load,
        }
        severity = 2 * chosen.count("LEAK") + chosen.count("stopped") + (hour >= 12) + load / 2
        for name in ("note", "at"):
            if rng.random() < 0.1:
                inputs[name] = None
        label = severity if not classes else f"class-{int(np.clip(severity, 0, classes - 1))}"
        rows.append(ledger_row(number, inputs, label, subject=f"sub_{number // 2}", holdout=number // 2 % 5 == 4))
    if not classes:
        return number_schema(fields), rows
    return label_schema(fields, [f"class-{index}" for index in range(classes)]), rows
