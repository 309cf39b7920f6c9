"""Writes what a training delivers: `model.onnx`, `holdout-predictions.jsonl` and, last, `model.json`."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from onnx import ModelProto

from relearn_training.cases import Cases
from relearn_training.classification import Probabilities

LIBRARIES = ("numpy", "scikit-learn", "xgboost", "xgboost-cpu", "skl2onnx", "onnxmltools", "onnx", "onnxruntime")


def write_artifact(
    folder: Path, model: ModelProto, sidecar: Mapping[str, object], holdout: Cases, probabilities: Probabilities
) -> str:
    """Writes the artifact; `model.json` comes last, so a folder that holds it is complete.

    Args:
        folder: `model/` of the tree.
        model: the graph.
        sidecar: `model.json` without what is known only here: the graph's digest and the libraries' versions.
        holdout: the cases of the holdout.
        probabilities: of the Python classifier for them [N, C], against which the gate compares the graph.

    Returns:
        The SHA-256 of `model.onnx`, hexadecimal.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = model.SerializeToString(deterministic=True)
    digest = hashlib.sha256(content).hexdigest()
    (folder / "model.onnx").write_bytes(content)
    with (folder / "holdout-predictions.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(_predictions(holdout, probabilities, sidecar["classes"]))
    complete = {
        **sidecar,
        "onnx": {"sha256": digest, "bytes": len(content), "nodes": len(model.graph.node)},
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
            continue  # of xgboost and xgboost-cpu only one is there
    return versions


def _predictions(holdout: Cases, probabilities: Probabilities, classes: list[str]) -> Iterator[str]:
    for row, case in enumerate(holdout.ids):
        prediction = {
            "id": case,
            "label": classes[holdout.labels[row]],
            "numeric": [None if np.isnan(value) else value for value in holdout.table.numeric[row].tolist()],
            "categorical": holdout.table.categorical[row].tolist(),
            "probabilities": probabilities[row].tolist(),
        }
        yield json.dumps(prediction, allow_nan=False) + "\n"
