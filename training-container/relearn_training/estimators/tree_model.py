"""A model made of trees, whichever library grew them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from relearn_training.answers import Answer
from relearn_training.cases import Table
from relearn_training.graph import FLOAT, Graph
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.preprocessing.block import Blocks
from relearn_training.problem import Problem
from relearn_training.trees import Tree, emit_trees

CHUNK: Final = 20_000

Say = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.floating]]
"""From features [N, F], NaN where missing, to what the trees add up to: [N] or [N, S]."""


@dataclass(frozen=True, eq=False)
class TreeModel(FittedModel):
    """Blocks, trees on their features as float32, and how to read the sum.

    Attributes:
        problem: that is answered.
        parameters: with the number of rounds that were found best.
        blocks: of features.
        say: the library's own sum, against which the graph is compared.
        grow: gives the trees, for the graph.
        strict: whether cases go left below a threshold, or else also at it.
        answer: how to read the sum.
    """

    problem: Problem
    parameters: Parameters
    blocks: Blocks
    say: Say
    grow: Callable[[], list[Tree]]
    strict: bool
    answer: Answer

    def predict(self, table: Table) -> Predictions:
        """Probabilities or values."""
        answers = np.empty((len(table), self.problem.outputs))
        for start in range(0, len(table), CHUNK):
            rows = np.arange(start, min(start + CHUNK, len(table)))
            said = self.say(self.blocks.transform(table.take(rows), np.float32))
            answers[rows] = self.answer.read(said.reshape(len(rows), -1))
        return answers

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        trees = self.grow()
        outputs = trees[0].values.shape[1]
        said = emit_trees(graph, self.blocks.emit(graph, FLOAT), trees, outputs, strict=self.strict)
        return self.answer.emit(graph, said)
