"""Runs an exported graph as the platform will, and knows the operators that README.md promises."""

import numpy as np
from conftest import Outcome
from onnxruntime import InferenceSession

OPERATORS = {
    *("Imputer", "LinearClassifier", "Normalizer", "OneHotEncoder", "TreeEnsembleClassifier"),
    *("Abs", "Add", "Cast", "Concat", "Div", "Gather", "Identity", "MatMul", "Mul", "ReduceSum", "Relu"),
    *("Reshape", "Sigmoid", "Softmax", "Sub"),
}
"""What README.md promises to whoever limits the operators of a graph."""


def run_by_onnxruntime(outcome: Outcome) -> np.ndarray:
    """The graph's probabilities for the holdout predictions' inputs."""
    session = InferenceSession(outcome.root / "model/model.onnx")
    rows = outcome.predictions
    tensors = {
        "numeric": np.array([[np.nan if v is None else v for v in row["numeric"]] for row in rows], dtype=np.float32),
        "categorical": np.array([row["categorical"] for row in rows], dtype=object),
    }
    return session.run(["probabilities"], {given.name: tensors[given.name] for given in session.get_inputs()})[0]
