"""Several fitted models as one: the bags of an ensemble's members, their weights, and calibration after them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from relearn_training.blending import SMALLEST_LOGGED, Blend
from relearn_training.calibration import Calibration
from relearn_training.cases import Table
from relearn_training.graph import DOUBLE, FLOAT, Graph
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.objective import Stack
from relearn_training.problem import Problem


@dataclass(frozen=True, eq=False)
class BagModel(FittedModel):
    """The mean of models of one setting, each fitted on other cases.

    Attributes:
        problem: that they solve.
        parameters: of the setting.
        models: at least one.
    """

    problem: Problem
    parameters: Parameters
    models: tuple[FittedModel, ...]

    def predict(self, table: Table) -> Predictions:
        """The mean of the models' predictions."""
        return np.mean([model.predict(table) for model in self.models], axis=0)

    def emit(self, graph: Graph) -> str:
        """The models' nodes and their mean."""
        return weighted_sum(graph, [model.emit(graph) for model in self.models], [1 / len(self.models)] * len(self))

    def __len__(self) -> int:
        """How many models there are."""
        return len(self.models)


@dataclass(frozen=True, eq=False)
class EnsembleModel(FittedModel):
    """The combination of members by a blend, calibrated where that helped.

    Attributes:
        problem: that it solves.
        parameters: none of its own.
        members: the models that have a weight.
        blend: weights of the members, in their order.
        calibration: of the combined probabilities. Default: none.
    """

    problem: Problem
    parameters: Parameters
    members: tuple[FittedModel, ...]
    blend: Blend
    calibration: Calibration | None = None

    def predict(self, table: Table) -> Predictions:
        """Combined and calibrated predictions."""
        stack: Stack = np.stack([member.predict(table) for member in self.members])
        combined = self.blend.apply(stack)
        return self.calibration.apply(combined) if self.calibration and len(combined) else combined

    def emit(self, graph: Graph) -> str:
        """The members' nodes, the blend's and the calibration's."""
        outputs = [member.emit(graph) for member in self.members]
        combined = _emit_blend(graph, self.blend, outputs, self.problem)
        if self.calibration is None:
            return combined
        seen = self.calibration.seen
        logits = graph.add("Mul", _logs(graph, combined, seen), graph.constant(self.calibration.scale, np.float32))
        return _probabilities(graph, logits, self.calibration.bias, seen, self.problem)

    def without(self, dropped: int) -> "EnsembleModel":
        """The same without one member."""
        members = tuple(member for place, member in enumerate(self.members) if place != dropped)
        return replace(self, members=members, blend=self.blend.without(dropped))


def weighted_sum(graph: Graph, outputs: Sequence[str], weights: Sequence[float]) -> str:
    """Nodes that add tensors of one shape, each times its weight."""
    if len(outputs) == 1 and weights[0] == 1:
        return outputs[0]
    if len(set(weights)) == 1:
        total = graph.add("Sum", *outputs) if len(outputs) > 1 else outputs[0]
        return graph.add("Mul", total, graph.constant(weights[0], np.float32))
    terms = [
        graph.add("Mul", output, graph.constant(weight, np.float32))
        for output, weight in zip(outputs, weights, strict=True)
    ]
    return graph.add("Sum", *terms)


def _emit_blend(graph: Graph, blend: Blend, outputs: Sequence[str], problem: Problem) -> str:
    weights = blend.weights.tolist()
    if blend.bias is None:
        return weighted_sum(graph, outputs, weights)
    if problem.is_regression:
        # In 64 bits: weights of both signs and a bias would cost digits of large values.
        terms = [
            graph.add("Mul", graph.cast(output, DOUBLE), graph.constant(weight, np.float64))
            for output, weight in zip(outputs, weights, strict=True)
        ]
        total = graph.add("Add", graph.add("Sum", *terms), graph.constant(blend.bias, np.float64))
        ends = [graph.constant(end, np.float64) for end in blend.ends]
        return graph.cast(graph.add("Clip", total, *ends), FLOAT)
    logits = weighted_sum(graph, [_logs(graph, output, blend.seen) for output in outputs], weights)
    return _probabilities(graph, logits, blend.bias, blend.seen, problem)


def _logs(graph: Graph, probabilities: str, seen: Sequence[int]) -> str:
    chosen = graph.columns_of(probabilities, list(seen))
    return graph.add("Log", graph.add("Max", chosen, graph.constant(SMALLEST_LOGGED, np.float32)))


def _probabilities(graph: Graph, logits: str, bias: np.ndarray, seen: Sequence[int], problem: Problem) -> str:
    """Softmax of the logits, each seen class at its place; the others have probability 0."""
    moved = graph.add("Add", logits, graph.constant(bias, np.float32))
    probabilities = graph.add("Softmax", moved, axis=1)
    if len(seen) == problem.outputs:
        return probabilities
    places = np.zeros((len(seen), problem.outputs), dtype=np.float32)
    places[np.arange(len(seen)), list(seen)] = 1
    return graph.add("MatMul", probabilities, graph.constant(places))
