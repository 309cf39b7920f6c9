"""What a fitted model is, whichever family or ensemble it comes from."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from onnx import ModelProto

from relearn_training.cases import Table
from relearn_training.graph import Graph
from relearn_training.model_schema import TableColumns
from relearn_training.problem import Problem

Predictions = npt.NDArray[np.float64]
"""Probabilities of the problem's classes [N, C], which sum to 1; or values [N, 1]."""

Parameters = Mapping[str, float | int | str | bool | None]
"""Of a family; flat, and every value is JSON."""


class FittedModel(ABC):
    """A model that predicts, and writes itself into a graph.

    Attributes:
        problem: that it solves.
        parameters: by which a fit on all cases, without a validation part, gives its like: those it was fitted with,
            and what early stopping found, such as `rounds`.
    """

    problem: Problem
    parameters: Parameters

    @abstractmethod
    def predict(self, table: Table) -> Predictions:
        """Probabilities [N, C] in the order of the problem's classes, 0 for one never seen; or values [N, 1]."""

    @abstractmethod
    def emit(self, graph: Graph) -> str:
        """Writes the nodes that compute `predict` into a graph that has the table's columns as inputs.

        Several models may be written into one graph: nodes that compute the same are shared.

        Returns:
            The name of a float32 tensor of the shape of `predict`.
        """

    def to_onnx(self, columns: TableColumns) -> ModelProto:
        """One graph with the inputs `numeric` and `categorical`, and the output `probabilities` or `values`."""
        graph = Graph(columns)
        return graph.finish(self.emit(graph), self.problem)
