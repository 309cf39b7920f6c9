"""The model of cases that do not differ: of one class only, of one number only, or without any feature that varies."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relearn_training.cases import Table
from relearn_training.graph import DOUBLE, FLOAT, ML, Graph
from relearn_training.lesson import Lesson
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.problem import Problem


@dataclass(frozen=True, eq=False)
class SettledModel(FittedModel):
    """Says the same of every case.

    Attributes:
        problem: that is answered.
        parameters: that the family was given.
        answer: probabilities [C], or the number [1].
    """

    problem: Problem
    parameters: Parameters
    answer: npt.NDArray[np.float64]

    def predict(self, table: Table) -> Predictions:
        """The same row for each case."""
        return np.tile(self.answer, (len(table), 1))

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        if graph.columns.numeric:
            first = graph.cast(graph.add("IsNaN", graph.columns_of(graph.numeric, [0])), FLOAT)
        else:
            value = graph.columns_of(graph.categorical, [0])
            first = graph.add(
                "LabelEncoder", value, domain=ML, keys_strings=[""], values_floats=[0.0], default_float=0.0
            )
        nothing = graph.add("Mul", graph.cast(first, DOUBLE), graph.constant(0.0, np.float64))
        return graph.cast(graph.add("Add", nothing, graph.constant(self.answer)), FLOAT)


def settle(lesson: Lesson, parameters: Parameters) -> SettledModel:
    """The mean of the numbers, or how often each class occurs."""
    if lesson.problem.is_regression:
        return SettledModel(lesson.problem, parameters, np.array([lesson.centre]))
    shares = np.bincount(lesson.cases.labels, lesson.weights, minlength=lesson.problem.outputs)
    return SettledModel(lesson.problem, parameters, shares / shares.sum())
