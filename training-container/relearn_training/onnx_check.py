"""Runs an exported graph with onnxruntime, as the platform will, and compares it with the classifier it came from."""

import numpy as np
from onnx import ModelProto
from onnxruntime import InferenceSession, SessionOptions

from relearn_training.cases import Table
from relearn_training.classification import Probabilities
from relearn_training.failures import TrainingFailure

TOLERANCE = 1e-4
"""Largest difference of a probability that the platform's gate accepts."""
_ERRORS_ONLY = 3


def run_graph(model: ModelProto, table: Table) -> Probabilities:
    """Class probabilities [N, C] by onnxruntime.

    Raises:
        RuntimeError: if the graph fails on this input.
    """
    options = SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = 1
    session = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    tensors = {"numeric": table.numeric.astype(np.float32), "categorical": table.categorical}
    (probabilities,) = session.run(None, {given.name: tensors[given.name] for given in session.get_inputs()})
    return probabilities.astype(np.float64)


def require_parity(model: ModelProto, table: Table, expected: Probabilities) -> float:
    """Compares the graph with the Python classifier.

    Args:
        model: the exported graph.
        table: N cases.
        expected: what the Python classifier says of them [N, C].

    Returns:
        The largest absolute difference of a probability.

    Raises:
        TrainingFailure: if that is above `TOLERANCE`, or not a number.
    """
    difference = float(np.abs(run_graph(model, table) - expected).max(initial=0.0))
    if not difference <= TOLERANCE:
        raise TrainingFailure(
            f"Expected the exported graph to agree with the fitted model within {TOLERANCE}; they differ by "
            f"{difference:.2g}: restrict the parameter algorithms to others and report this as a defect."
        )
    return difference
