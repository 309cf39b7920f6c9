"""Runs an exported graph with onnxruntime, as the platform will, and compares it with the model it came from."""

import numpy as np
from onnx import ModelProto
from onnxruntime import InferenceSession, SessionOptions

from relearn_training.cases import Table
from relearn_training.failures import TrainingFailure
from relearn_training.models import Predictions

TOLERANCE = 1e-4
"""Largest difference that the platform's gate accepts: of a probability, or of a value over the values' spread."""
ROUNDING = 2.0**-22
"""Of a value's own size, what is lost where it is given as a 32-bit float."""
ROWS_AT_ONCE = 512
_ERRORS_ONLY = 3


class ExportedModel:
    """A graph as the platform runs it, by onnxruntime.

    Args:
        graph: exported.
        threads: that may work at once.
    """

    def __init__(self, graph: ModelProto, threads: int = 1) -> None:
        options = SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        options.intra_op_num_threads = threads
        self._session = InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
        self._wanted = [given.name for given in self._session.get_inputs()]
        self._width = graph.graph.output[0].type.tensor_type.shape.dim[1].dim_value

    def predict(self, table: Table) -> Predictions:
        """Probabilities [N, C] or values [N, 1], some rows at a time: memory stays small.

        Raises:
            RuntimeError: if the graph fails on this input.
        """
        answers = [np.empty((0, self._width))]
        for start in range(0, len(table), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            tensors = {"numeric": table.numeric[rows].astype(np.float32), "categorical": table.categorical[rows]}
            (answer,) = self._session.run(None, {name: tensors[name] for name in self._wanted})
            answers.append(answer.astype(np.float64))
        return np.concatenate(answers)


def allowed_difference(expected: Predictions, *, regression: bool) -> Predictions | float:
    """How far the graph may be from the model, for each row [N, 1] or for all.

    Args:
        expected: what the model says [N, C] or [N, 1].
        regression: whether these are values: they count in units of their spread, as they have any unit.
    """
    if not regression:
        return TOLERANCE
    spread = float(expected.std()) if len(expected) else 0.0
    return TOLERANCE * spread + ROUNDING * np.abs(expected)


def require_parity(
    model: ModelProto, table: Table, expected: Predictions, *, regression: bool = False, threads: int = 1
) -> Predictions:
    """Compares the graph with the model that it came from, row by row.

    Args:
        model: the exported graph.
        table: N cases.
        expected: what the model says of them [N, C] or [N, 1].
        regression: whether these are values.
        threads: that may work at once.

    Returns:
        What the graph says of them [N, C] or [N, 1].

    Raises:
        TrainingFailure: if a row's is above what is allowed, or not a number.
    """
    answers = ExportedModel(model, threads).predict(table)
    difference = np.abs(answers - expected)
    within = difference <= allowed_difference(expected, regression=regression)
    if not within.all():
        rows = int((~within.all(axis=1)).sum())
        raise TrainingFailure(
            f"Expected the exported graph to agree with the fitted model within {TOLERANCE}; {rows} of {len(table)} "
            f"cases differ, by up to {difference.max():.2g}: restrict the parameter algorithms to others and report "
            "this as a defect."
        )
    return answers
