"""What a block of features is, and several of them side by side."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from relearn_training.cases import Table
from relearn_training.graph import Graph

Features = npt.NDArray[np.float32] | npt.NDArray[np.float64]
Matrix = Features | sparse.csr_matrix


class Block(ABC):
    """Some columns as numbers, none of them missing but where trees are given them.

    Attributes:
        width: F, how many numbers a case gets; a block of 0 is left out.
    """

    width: int

    @abstractmethod
    def transform(self, table: Table) -> Matrix:
        """The features of each case [N, F]."""

    @abstractmethod
    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph.

        Returns:
            A tensor [N, F], float32 or double as `transform` gives it.
        """


@dataclass(frozen=True)
class Fitted:
    """A block and what it gives for the cases that it was fitted on.

    For blocks that look at labels that is not what `transform` gives for them: no case is told of its own label.
    """

    block: Block
    features: Matrix


@dataclass(frozen=True, eq=False)
class Scaled(Block):
    """A block each of whose features is divided by a number.

    Attributes:
        block: whose features they are, dense.
        divisors: of them, float32 [F].
    """

    block: Block
    divisors: npt.NDArray[np.float32]

    @classmethod
    def by_deviation(cls, fitted: "Fitted") -> "Fitted":
        """Divides by the standard deviation."""
        deviation = fitted.features.std(axis=0)
        divisors = np.where(deviation > 0, deviation, 1).astype(np.float32)
        return Fitted(cls(fitted.block, divisors), fitted.features / divisors)

    @property
    def width(self) -> int:
        """How many features there are."""
        return self.block.width

    def transform(self, table: Table) -> Features:
        """The divided features [N, F]."""
        return self.block.transform(table) / self.divisors

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        return graph.add("Div", self.block.emit(graph), graph.constant(self.divisors))


@dataclass(frozen=True)
class Blocks:
    """Blocks side by side; those without a feature are left out.

    Attributes:
        blocks: in the order of their features.
    """

    blocks: tuple[Block, ...]

    @property
    def width(self) -> int:
        """How many numbers a case gets."""
        return sum(block.width for block in self.blocks)

    def transform(self, table: Table, dtype: npt.DTypeLike) -> Matrix:
        """The features of each case [N, F]; sparse where one block is."""
        return beside([block.transform(table) for block in self.blocks], len(table), dtype)

    def emit(self, graph: Graph, kind: int) -> str:
        """Writes the same into a graph, as numbers of one kind, FLOAT or DOUBLE; there must be a feature."""
        return graph.concat([graph.cast(block.emit(graph), kind) for block in self.blocks])


def beside(features: Sequence[Matrix], rows: int, dtype: npt.DTypeLike) -> Matrix:
    """Matrices side by side [N, F]; sparse where one of them is."""
    if any(sparse.issparse(block) for block in features):
        return sparse.hstack([sparse.csr_matrix(block, dtype=dtype) for block in features], format="csr")
    joined = np.empty((rows, sum(block.shape[1] for block in features)), dtype=dtype)
    start = 0
    for block in features:
        joined[:, start : start + block.shape[1]] = block
        start += block.shape[1]
    return joined
