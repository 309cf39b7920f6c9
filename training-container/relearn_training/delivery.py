"""The last check: one graph that agrees with the model on every case, of training and of the holdout.

An ensemble that disagrees loses the member, or the calibration, that is to blame, rather than the job its model.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from onnx import ModelProto

from relearn_training.cases import Table
from relearn_training.ensemble import EnsembleModel
from relearn_training.failures import TrainingFailure
from relearn_training.model_schema import TableColumns
from relearn_training.models import FittedModel, Predictions
from relearn_training.onnx_check import require_parity

FEWEST_A_THREAD = 2000


@dataclass(frozen=True)
class Delivery:
    """A model and its graph, which agree, and what they say of each side's cases.

    Attributes:
        model: fitted.
        graph: of it.
        predictions: of the model, in 64 bits.
        answers: of the graph, in 32 bits, as they are served.
    """

    model: FittedModel
    graph: ModelProto
    predictions: Mapping[str, Predictions]
    answers: Mapping[str, Predictions]


def deliver(
    model: FittedModel,
    columns: TableColumns,
    sides: Mapping[str, Table],
    threads: int,
    say: Callable[[str], None],
) -> Delivery:
    """Exports a model and compares it with its graph on every case.

    Args:
        model: fitted.
        columns: of its inputs.
        sides: tables by name.
        threads: that may work at once.
        say: is told, in a sentence, of each part that is left out, and of each side that is compared.

    Raises:
        TrainingFailure: if what is left of the model does not agree with its graph either.
    """
    while True:
        graph = model.to_onnx(columns)
        say(f"Converted to {len(graph.graph.node)} nodes and {graph.ByteSize()} bytes")
        try:
            predictions, answers = {}, {}
            for side, table in sides.items():
                say(f"Comparing the graph with the fitted model on {len(table)} cases of {side}")
                predictions[side] = predict(model, table, threads)
                regression = model.problem.is_regression
                answers[side] = require_parity(graph, table, predictions[side], regression=regression, threads=threads)
        except TrainingFailure as failure:
            smaller = _without_the_blamed(model, columns, sides, threads)
            if smaller is None:
                raise
            model, reason = smaller
            say(f"{reason} is left out: {failure}")
        else:
            return Delivery(model, graph, predictions, answers)


def predict(model: FittedModel, table: Table, threads: int) -> Predictions:
    """The predictions of a large table by several threads: each model was fitted to use one."""
    parts = np.array_split(np.arange(len(table)), min(threads, max(len(table) // FEWEST_A_THREAD, 1)))
    if len(parts) == 1:
        return model.predict(table)
    with ThreadPoolExecutor(len(parts)) as pool:
        return np.concatenate(list(pool.map(lambda rows: model.predict(table.take(rows)), parts)))


def _without_the_blamed(
    model: FittedModel, columns: TableColumns, sides: Mapping[str, Table], threads: int
) -> tuple[FittedModel, str] | None:
    """The model without its first member that disagrees with its own graph; else without its calibration."""
    if not isinstance(model, EnsembleModel):
        return None
    for place, member in enumerate(model.members):
        if len(model.members) > 1 and not _agrees(member, columns, sides, threads):
            return model.without(place), f"Member {place + 1} of the ensemble"
    return (replace(model, calibration=None), "The calibration") if model.calibration else None


def _agrees(member: FittedModel, columns: TableColumns, sides: Mapping[str, Table], threads: int) -> bool:
    graph = member.to_onnx(columns)
    try:
        for table in sides.values():
            expected = predict(member, table, threads)
            require_parity(graph, table, expected, regression=member.problem.is_regression, threads=threads)
    except TrainingFailure:
        return False
    return True
