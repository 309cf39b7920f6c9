"""A feed-forward network as plain matrices: what is left of one when learning is over, in NumPy and in a graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from relearn_training.answers import Answer
from relearn_training.cases import Table
from relearn_training.graph import FLOAT, Graph
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.preprocessing.block import Blocks, Features, Matrix
from relearn_training.problem import Problem

CHUNK: Final = 4096


@dataclass(frozen=True)
class Layer:
    """One layer: `inputs @ weights + biases`, both float32, and ReLU but after the last.

    Attributes:
        weights: [inputs, units].
        biases: [units].
    """

    weights: npt.NDArray[np.float32]
    biases: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Dense:
    """Layers with ReLU between them."""

    layers: tuple[Layer, ...]

    @property
    def size(self) -> int:
        """How many weights there are, biases included."""
        return sum(layer.weights.size + layer.biases.size for layer in self.layers)

    def say(self, features: Features) -> npt.NDArray[np.float32]:
        """What the last layer says [N, S]."""
        *hidden, last = self.layers
        for layer in hidden:
            features = np.maximum(features @ layer.weights + layer.biases, 0)
        return features @ last.weights + last.biases

    def emit(self, graph: Graph, features: str) -> str:
        """Writes the same into a graph, float32 [N, S]."""
        *hidden, last = self.layers
        for layer in hidden:
            features = graph.add("Relu", _emit_layer(graph, features, layer))
        return _emit_layer(graph, features, last)


def _emit_layer(graph: Graph, features: str, layer: Layer) -> str:
    product = graph.add("MatMul", features, graph.constant(layer.weights))
    return graph.add("Add", product, graph.constant(layer.biases))


@dataclass(frozen=True, eq=False)
class DenseModel(FittedModel):
    """Blocks, and one network or several on their features, whose sayings are averaged.

    Attributes:
        problem: that is answered.
        parameters: with the number of epochs that was found best.
        blocks: of features.
        networks: at least 1.
        answer: how to read the mean.
    """

    problem: Problem
    parameters: Parameters
    blocks: Blocks
    networks: Sequence[Dense]
    answer: Answer

    def predict(self, table: Table) -> Predictions:
        """Probabilities or values."""
        answers = np.empty((len(table), self.problem.outputs))
        for start in range(0, len(table), CHUNK):
            rows = np.arange(start, min(start + CHUNK, len(table)))
            features = filled(self.blocks.transform(table.take(rows), np.float32))
            said = sum(network.say(features).astype(np.float64) for network in self.networks) / len(self.networks)
            answers[rows] = self.answer.read(said)
        return answers

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        features = self.blocks.emit(graph, FLOAT)
        said = [network.emit(graph, features) for network in self.networks]
        if len(said) == 1:
            return self.answer.emit(graph, said[0])
        return self.answer.emit(graph, graph.add("Mean", *said))


def filled(features: Matrix) -> Features:
    """A matrix with its zeros."""
    return features.toarray() if sparse.issparse(features) else features
