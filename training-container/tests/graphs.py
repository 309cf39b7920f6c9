"""Runs an exported graph as the platform will, and knows the operators that the platform allows."""

import re
from pathlib import Path

import numpy as np
from conftest import Outcome
from onnxruntime import InferenceSession

ALLOWED = Path(__file__).resolve().parents[2] / "functions/models/domain/operators.ts"
OPERATORS = {
    name
    for text in re.findall(r"= (?:`[^`]*`|'[^']*');", ALLOWED.read_text())
    for name in re.findall(r"[A-Z]\w+", text)
}
"""Types of node, whatever their domain."""


def run_by_onnxruntime(outcome: Outcome) -> np.ndarray:
    """The graph's probabilities for the holdout predictions' inputs."""
    session = InferenceSession(outcome.root / "model/model.onnx")
    rows = outcome.predictions
    tensors = {
        "numeric": np.array([[np.nan if v is None else v for v in row["numeric"]] for row in rows], dtype=np.float32),
        "categorical": np.array([row["categorical"] for row in rows], dtype=object),
    }
    return session.run(["probabilities"], {given.name: tensors[given.name] for given in session.get_inputs()})[0]
