"""From what an estimator says to what a model answers: probabilities of all classes, or a number in its own unit."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from relearn_training.graph import DOUBLE, FLOAT, Graph
from relearn_training.lesson import Lesson
from relearn_training.models import Predictions
from relearn_training.problem import Problem

Saying = Literal["log-odds", "probabilities", "number"]

BEYOND: Final = 0.5
"""Of the range of the labels, how far a number may lie outside of it."""


def allowed_numbers(labels: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The lowest and the highest number that is answered, by the labels that were learnt from [N]."""
    lowest, highest = float(labels.min()), float(labels.max())
    room = BEYOND * (highest - lowest)
    largest = float(np.finfo(np.float32).max)
    return max(lowest - room, -largest), min(highest + room, largest)


@dataclass(frozen=True)
class Answer:
    """How to read what an estimator says.

    Attributes:
        problem: that is answered.
        saying: what the S numbers are: log-odds or probabilities, of each class seen, or of the second of two; or one
            standardised number.
        seen: the classes, as indices of the problem's.
        centre: of the number.
        scale: of the number.
        lowest: number that is answered.
        highest: number that is answered.
    """

    problem: Problem
    saying: Saying
    seen: tuple[int, ...] = ()
    centre: float = 0.0
    scale: float = 1.0
    lowest: float = 0.0
    highest: float = 0.0

    @classmethod
    def to(cls, lesson: Lesson, saying: Saying) -> "Answer":
        """The answer of an estimator that learnt from a lesson; `saying` counts for classes only."""
        if not lesson.problem.is_regression:
            return cls(lesson.problem, saying, lesson.seen)
        lowest, highest = allowed_numbers(lesson.cases.labels)
        return cls(lesson.problem, "number", centre=lesson.centre, scale=lesson.scale, lowest=lowest, highest=highest)

    def read(self, said: npt.NDArray[np.floating]) -> Predictions:
        """The answers [N, C] or [N, 1].

        Args:
            said: [N, S].
        """
        said = said.astype(np.float64)
        if self.saying == "number":
            return np.clip(said * self.scale + self.centre, self.lowest, self.highest)
        if len(self.seen) == 2:
            second = expit(said) if self.saying == "log-odds" else said
            of_seen = np.column_stack([1 - second, second])
        else:
            of_seen = softmax(said, axis=1) if self.saying == "log-odds" else said
        probabilities = np.zeros((len(said), self.problem.outputs))
        probabilities[:, list(self.seen)] = of_seen
        return probabilities

    def emit(self, graph: Graph, said: str) -> str:
        """Writes the same into a graph, float32.

        Args:
            graph: to write into.
            said: [N, S], float32 or double.
        """
        if self.saying == "number":
            exact = graph.add("Mul", graph.cast(said, DOUBLE), graph.constant(self.scale, np.float64))
            value = graph.add("Add", exact, graph.constant(self.centre, np.float64))
            ends = [graph.constant(end, np.float64) for end in (self.lowest, self.highest)]
            return graph.cast(graph.add("Clip", value, *ends), FLOAT)
        said = graph.cast(said, FLOAT)
        if len(self.seen) == 2:
            second = graph.add("Sigmoid", said) if self.saying == "log-odds" else said
            of_seen = graph.concat([graph.add("Sub", graph.constant(1.0, np.float32), second), second])
        else:
            of_seen = graph.add("Softmax", said, axis=1) if self.saying == "log-odds" else said
        if len(self.seen) == self.problem.outputs:
            return of_seen
        places = np.zeros((len(self.seen), self.problem.outputs), dtype=np.float32)
        places[np.arange(len(self.seen)), list(self.seen)] = 1
        return graph.add("MatMul", of_seen, graph.constant(places))
