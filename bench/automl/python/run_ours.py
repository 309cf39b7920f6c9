"""Trains one table with the real program and scores its file: `python run_ours.py TABLE SECONDS THREADS SEED OUT`.

The tree is the one that SageMaker shows to a training: hyperparameters, a manifest, sealed segments. Its training side
are the rows to learn from. Its held-out side are rows of the test part with labels drawn from the others: so the
program sees no label of the test part, and yet says what its fitted model predicts for it, for the parity.
"""

import csv
import gzip
import json
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from onnxruntime import InferenceSession, SessionOptions

PROGRAM = Path(__file__).resolve().parents[3] / "training-container/programs/train.py"
LEDGER = "tenants/bench/models/table/ledger"
MOST_CATEGORIES, LONGEST_CATEGORY, LONGEST_TEXT = 1000, 100, 4000
SEGMENT_CASES, MOST_HELD_OUT = 5000, 1000
OUTSIDE_SECONDS = 7.0
"""Of the seconds: reading, loading libraries and explaining, which the program's own parameter does not count."""
OUTSIDE_TIME = "2026-01-01T00:00:00.000Z"
METRICS = {"roc-auc": "roc-auc", "log-loss": "log-loss", "rmse": "rmse"}

Cells = Mapping[str, str]
Value = float | str | bool | None


def main() -> None:
    """Writes OUT/predictions.npy, OUT/run.json and the sidecar OUT/model.json."""
    table, seconds, threads, seed, out = sys.argv[1:]
    folder, destination = Path(table), Path(out)
    description = json.loads((folder / "description.json").read_text())
    train, test = list(read(folder / "train.csv")), list(read(folder / "test.csv"))
    schema = schema_of(description, train)
    with TemporaryDirectory() as name:
        root = Path(name)
        write_tree(root, description, schema, train, test, float(seconds), int(seed))
        train_program(root)
        model = root / "model/model.onnx"
        sidecar = json.loads((root / "model/model.json").read_text())
        columns = sidecar["inputs"]
        session = session_of(model, int(threads))
        predictions = run(session, [inputs(description, schema, cells) for cells in test], schema, columns)
        held_out = [json.loads(line) for line in (root / "model/holdout-predictions.jsonl").read_text().splitlines()]
        report = {
            "onnxBytes": model.stat().st_size,
            "parity": parity(session, held_out, columns, train, description),
            "algorithm": sidecar["algorithm"],
        }
    np.save(destination / "predictions.npy", predictions, allow_pickle=False)
    (destination / "run.json").write_text(json.dumps(report))
    (destination / "model.json").write_text(json.dumps(sidecar, indent=1))


def read(file: Path) -> Iterator[Cells]:
    """The rows of a CSV; an empty cell is a missing value."""
    with file.open(newline="") as lines:
        yield from csv.DictReader(lines)


def schema_of(description: dict, train: Sequence[Cells]) -> dict:
    """A model's schema, with the categories that occur in what is learnt from, the most frequent of them."""
    fields: dict[str, dict] = {}
    for name, kind in description["features"].items():
        fields[name] = {"kind": "feature", "type": kind, "required": False}
        if kind == "category":
            counts = Counter(cells[name] for cells in train if cells[name])
            common = [value for value, _ in counts.most_common(MOST_CATEGORIES) if len(value) <= LONGEST_CATEGORY]
            fields[name]["categories"] = sorted(common)
        if kind in ("text", "timestamp"):
            fields[name]["deidentified"] = True
    if description["group"]:
        fields[description["group"]] = {"kind": "subject"}
    if description["classes"]:
        return {"fields": fields, "label": {"type": "category", "classes": description["classes"]}}
    spread = float(np.std([float(cells[description["label"]]) for cells in train]))
    return {"fields": fields, "label": {"type": "number", "tolerance": spread / 10}}


def inputs(description: dict, schema: dict, cells: Cells) -> dict[str, Value]:
    """A case's input as the door lets it in: typed, and missing where the schema does not know it."""
    return {name: value(schema["fields"][name], cells[name]) for name in description["features"]}


def value(field: dict, cell: str) -> Value:
    """One cell."""
    if cell == "":
        return None
    if field["type"] == "number":
        return float(cell)
    if field["type"] == "boolean":
        return cell == "true"
    if field["type"] == "category":
        return cell if cell in field["categories"] else None
    return cell[:LONGEST_TEXT]


def write_tree(
    root: Path,
    description: dict,
    schema: dict,
    train: Sequence[Cells],
    test: Sequence[Cells],
    seconds: float,
    seed: int,
) -> None:
    """Writes the input of a training job."""
    label, classes = description["label"], description["classes"]
    known = [cells[label] if classes else float(cells[label]) for cells in train]
    drawn = np.random.default_rng(seed).choice(len(train), size=min(MOST_HELD_OUT, len(test)))
    cases = [(cells, known[row], "train") for row, cells in enumerate(train)]
    cases += [(cells, known[row], "holdout") for cells, row in zip(test, drawn, strict=False)]
    rows = []
    for number, (cells, given, side) in enumerate(cases):
        subject = f"sub_{cells[description['group']]}" if description["group"] else None
        moment = cells.get(description["time"] or "", "")
        rows.append(
            {
                "id": f"case_{number:026d}",
                "receivedAt": re.sub(r"Z$", ".000Z", moment) if moment else OUTSIDE_TIME,
                "subject": subject,
                "split": side,
                "input": inputs(description, schema, cells),
                "label": given,
                "confidence": 1,
                "validator": "val_0",
            }
        )
    task = "tabular-classification" if classes else "tabular-regression"
    learning = max(seconds - OUTSIDE_SECONDS, seconds / 2)
    parameters = {"seconds": learning, **({"order": "receivedAt"} if description["time"] else {})}
    hyperparameters = {
        "task": task,
        "recipe": "tabular",
        "metric": METRICS[description["metric"]],
        "seed": str(seed),
        "codeVersion": "bench",
        "parameters": json.dumps(parameters),
    }
    (root / "input/config").mkdir(parents=True)
    (root / "input/config/hyperparameters.json").write_text(json.dumps(hyperparameters))
    segments = [
        write_segment(root, number, rows[start : start + SEGMENT_CASES])
        for number, start in enumerate(range(0, len(rows), SEGMENT_CASES), start=1)
    ]
    manifest = {
        "formatVersion": 1,
        "id": f"ds_{description['digest']}",
        "tenant": "bench",
        "model": "table",
        "task": task,
        "schema": schema,
        "schemaHash": sha256(json.dumps(schema).encode()).hexdigest(),
        "cut": len(segments),
        "segments": segments,
        "holdoutShare": 0.2,
        "counts": {"cases": len(rows), "train": len(train), "holdout": len(rows) - len(train), "labels": {}},
        "tombstones": [],
    }
    (root / "input/data/manifest").mkdir(parents=True)
    (root / "input/data/manifest/manifest.json").write_text(json.dumps(manifest))


def write_segment(root: Path, number: int, rows: Sequence[dict]) -> dict[str, object]:
    """Seals one segment, and says what the manifest has of it."""
    name = f"{number:012d}.jsonl.gz"
    packed = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode(), compresslevel=1, mtime=0)
    folder = root / "input/data/dataset" / LEDGER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(packed)
    return {
        "key": f"{LEDGER}/{name}",
        "sha256": sha256(packed).hexdigest(),
        "cases": len(rows),
        "sequence": number,
    }


def train_program(root: Path) -> None:
    """Runs the program, telling how far it is; ends with its reason where it fails."""
    command = [sys.executable, str(PROGRAM), "train", "--root", str(root)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    reason = ""
    for line in program.stdout:
        event = json.loads(line)
        if event.get("event") == "failed":
            reason = event["reason"]
        print(f"at: {event.get('message', event.get('event'))}", flush=True)
    if program.wait() != 0:
        sys.exit(f"The program ended with {program.returncode}: {reason}")


def session_of(model: Path, threads: int) -> InferenceSession:
    """The file in onnxruntime."""
    options = SessionOptions()
    options.intra_op_num_threads = threads
    return InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def run(
    session: InferenceSession, rows: Sequence[Mapping[str, Value]], schema: dict, columns: dict
) -> npt.NDArray[np.float64]:
    """What the file predicts for rows as the door lets them in: probabilities [N, C], or numbers [N]."""
    fields = schema["fields"]
    numeric = [[number(fields[name], row[name]) for name in columns["numeric"]] for row in rows]
    categorical = [[string(fields[name], row[name]) for name in columns["categorical"]] for row in rows]
    return feed(session, numeric, categorical)


def feed(session: InferenceSession, numeric: Sequence, categorical: Sequence) -> npt.NDArray[np.float64]:
    """Runs the graph; an input that it has no columns for is absent."""
    tensors = {
        "numeric": np.array(numeric, dtype=np.float32).reshape(len(numeric), -1),
        "categorical": np.array(categorical, dtype=object).reshape(len(categorical), -1),
    }
    (output,) = session.run(None, {given.name: tensors[given.name] for given in session.get_inputs()})
    (expected,) = session.get_outputs()
    return output[:, 0].astype(np.float64) if expected.name == "values" else output.astype(np.float64)


def number(field: dict, given: Value) -> float:
    """A number of the graph's input: NaN is missing, a moment is days since 1970."""
    if given is None:
        return math.nan
    if field["type"] == "timestamp":
        return (datetime.fromisoformat(str(given)) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() / 86_400
    return float(given)


def string(field: dict, given: Value) -> str:
    """A string of the graph's input: empty is missing, the letters A to Z of a text are small."""
    if given is None:
        return ""
    text = str(given)
    return re.sub(r"[A-Z]+", lambda letters: letters.group().lower(), text) if field["type"] == "text" else text


def parity(
    session: InferenceSession, held_out: Sequence[dict], columns: dict, train: Sequence[Cells], description: dict
) -> float:
    """The largest difference between the file and the fitted model; of numbers by the labels' standard deviation."""
    numeric = [[math.nan if cell is None else cell for cell in line["numeric"]] for line in held_out]
    categorical = [[cell or "" for cell in line["categorical"]] for line in held_out]
    found = feed(session, numeric, categorical)
    if description["classes"]:
        return float(np.abs(found - [line["probabilities"] for line in held_out]).max())
    spread = float(np.std([float(cells[description["label"]]) for cells in train]))
    return float(np.abs(found - [line["value"] for line in held_out]).max() / spread)


if __name__ == "__main__":
    main()
