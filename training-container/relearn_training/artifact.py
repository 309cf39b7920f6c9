"""Writes what a training delivers: `model.onnx`, predictions to compare with and, last, `model.json`."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from onnx import ModelProto

from relearn_training.cases import Cases
from relearn_training.models import Predictions
from relearn_training.problem import Problem

LIBRARIES = (
    *("numpy", "scikit-learn", "xgboost", "xgboost-cpu", "lightgbm", "torch", "optuna"),
    *("onnx", "onnxruntime"),
)


def write_artifact(
    folder: Path,
    model: ModelProto,
    sidecar: Mapping[str, object],
    problem: Problem,
    held_out: Mapping[str, tuple[Cases, Predictions]],
) -> str:
    """Writes the artifact; `model.json` comes last, so a folder that holds it is complete.

    Args:
        folder: `model/` of the tree.
        model: the graph.
        sidecar: `model.json` without what is known only here: the graph's digest and opsets, the libraries' versions.
        problem: what is predicted.
        held_out: cases of `holdout` and of `gold`, and what the fitted model says of them, against which the gate
            compares the graph. Gold cases have a file only where there are any.

    Returns:
        The SHA-256 of `model.onnx`, hexadecimal.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = model.SerializeToString(deterministic=True)
    digest = hashlib.sha256(content).hexdigest()
    (folder / "model.onnx").write_bytes(content)
    for side, (cases, predictions) in held_out.items():
        if side == "holdout" or len(cases):
            with (folder / f"{side}-predictions.jsonl").open("w", encoding="utf-8") as lines:
                lines.writelines(_lines(problem, cases, predictions))
    complete = {
        **sidecar,
        "onnx": {"sha256": digest, "bytes": len(content), "nodes": len(model.graph.node)},
        "opset": {entry.domain or "ai.onnx": entry.version for entry in model.opset_import},
        "libraries": library_versions(),
    }
    (folder / "model.json").write_text(json.dumps(complete, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return digest


def library_versions() -> dict[str, str]:
    """Versions of the libraries that shape a model, of those that are installed."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue  # of xgboost and xgboost-cpu only one is there, and torch only where networks are searched
    return versions


def _lines(problem: Problem, cases: Cases, predictions: Predictions) -> Iterator[str]:
    for row, case in enumerate(cases.ids):
        label, answer = (
            (float(cases.labels[row]), {"value": float(predictions[row, 0])})
            if problem.is_regression
            else (problem.classes[cases.labels[row]], {"probabilities": predictions[row].tolist()})
        )
        line = {
            "id": case,
            "label": label,
            "numeric": [None if np.isnan(value) else value for value in cases.table.numeric[row].tolist()],
            "categorical": cases.table.categorical[row].tolist(),
            **answer,
        }
        yield json.dumps(line, allow_nan=False) + "\n"
