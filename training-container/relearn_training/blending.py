"""Weights of an ensemble, learnt from predictions for cases that the models were not fitted on.

Weighted: greedy forward selection with replacement (Caruana et al., "Ensemble Selection from Libraries of Models",
2004) on several draws of the cases, averaged. Stacked: a linear layer on the logits, pulled towards the weighted one.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from relearn_training.answers import allowed_numbers
from relearn_training.metrics import Predictions, Truth
from relearn_training.objective import Objective, Stack

STEPS = 20
DRAWS = 4
DRAWN_SHARE = 0.75
SMALLEST_WEIGHT = 0.02
MOST_NUMBERS = 300_000
"""Of a stack that weights are learnt from; above it the cases are a draw."""
SMALLEST_LOGGED = 1e-5
"""Probability below which a logit does not follow: 32-bit floats of a graph say little about smaller ones."""
PULL = 20.0
"""Of the stacked layer towards the weighted one: as strong as so many cases."""

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Blend:
    """How M models become one.

    Attributes:
        weights: of the models [M].
        bias: added to the logits of the seen classes [S], or to the value [1]; None for a weighted mean.
        seen: columns of the classes that occur, for a stacked classifier.
        ends: the lowest and the highest value of a stacked regressor.
    """

    weights: Weights
    bias: npt.NDArray[np.float64] | None = None
    seen: tuple[int, ...] = ()
    ends: tuple[float, float] = (-np.inf, np.inf)

    @property
    def stacked(self) -> bool:
        """Whether it is a linear layer, not a weighted mean."""
        return self.bias is not None

    def apply(self, stack: Stack) -> Predictions:
        """The predictions [N, outputs] of the ensemble."""
        if self.bias is None:
            return np.tensordot(self.weights, stack, axes=1)
        if not self.seen:
            return np.clip(np.tensordot(self.weights, stack, axes=1) + self.bias, *self.ends)
        combined = np.zeros(stack.shape[1:])
        logits = np.tensordot(self.weights, logs(stack[:, :, list(self.seen)]), axes=1) + self.bias
        combined[:, list(self.seen)] = softmax(logits, axis=1)
        return combined

    def without(self, dropped: int) -> "Blend":
        """The same without one model; of a weighted mean, the others take its weight over."""
        weights = np.delete(self.weights, dropped)
        return replace(self, weights=weights if self.stacked else weights / weights.sum())


def logs(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Logarithms of probabilities, none of them below `SMALLEST_LOGGED`."""
    return np.log(np.maximum(probabilities, SMALLEST_LOGGED))


def best_single(objective: Objective, truth: Truth, stack: Stack) -> Blend:
    """All weight to the model with the smallest loss."""
    losses = objective.losses(truth, objective.reduce(truth, stack))
    return Blend(np.eye(len(stack))[int(losses.argmin())])


def weighted(objective: Objective, truth: Truth, stack: Stack, seed: int) -> Blend:
    """Greedy selection on draws of the cases, averaged; weights below `SMALLEST_WEIGHT` are dropped."""
    rng = np.random.default_rng(seed)
    reduced = objective.reduce(truth, stack)
    rows = max(int(DRAWN_SHARE * len(truth)), 1)
    size = min(rows, max(MOST_NUMBERS // (reduced.shape[0] * reduced.shape[2]), 1))
    total = np.zeros(len(stack))
    for _ in range(DRAWS if size == rows else 1):
        drawn = np.sort(rng.choice(len(truth), size=size, replace=False))
        total += _greedy(objective, truth[drawn], reduced[:, drawn])
    weights = total / total.sum()
    weights[weights < SMALLEST_WEIGHT] = 0
    return Blend(weights / weights.sum())


def _greedy(objective: Objective, truth: Truth, reduced: Stack) -> Weights:
    counts, best = np.zeros(len(reduced)), np.zeros(len(reduced))
    summed, smallest = np.zeros(reduced.shape[1:]), np.inf
    for step in range(1, STEPS + 1):
        losses = objective.losses(truth, (summed + reduced) / step)
        chosen = int(losses.argmin())
        counts[chosen] += 1
        summed += reduced[chosen]
        if losses[chosen] < smallest:
            smallest, best = losses[chosen], counts.copy()
    return best / best.sum()


def stacked(objective: Objective, truth: Truth, stack: Stack, start: Blend) -> Blend:
    """A linear layer over the models that `start` uses: on their values, or on their logits with a softmax after it."""
    used = np.flatnonzero(start.weights)
    if objective.problem.is_regression:
        return _linear_layer(truth, stack, start, used)
    seen = np.unique(truth)
    labels = np.searchsorted(seen, truth)
    inputs = logs(stack[np.ix_(used, np.arange(len(truth)), seen)])
    wanted = start.weights[used]

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias = values[: len(used)], values[len(used) :]
        logits = log_softmax(np.tensordot(weights, inputs, axes=1) + bias, axis=1)
        wrong = np.exp(logits)
        wrong[np.arange(len(labels)), labels] -= 1
        pull = PULL / len(labels)
        slope = np.concatenate(
            [
                np.einsum("nc,mnc->m", wrong, inputs) / len(labels) + 2 * pull * (weights - wanted),
                wrong.mean(axis=0) + 2 * pull * bias,
            ]
        )
        value = -logits[np.arange(len(labels)), labels].mean()
        return value + pull * (np.sum((weights - wanted) ** 2) + np.sum(bias**2)), slope

    begin = np.concatenate([wanted, np.zeros(len(seen))])
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    weights = np.zeros(len(stack))
    weights[used] = found[: len(used)]
    return Blend(weights, found[len(used) :], tuple(seen.tolist()))


def _linear_layer(truth: Truth, stack: Stack, start: Blend, used: npt.NDArray[np.intp]) -> Blend:
    """Least squares on centred values; the pull is measured in the spread of the values."""
    inputs = stack[used, :, 0].T
    centre, middle = inputs.mean(axis=0), truth.mean()
    centred = inputs - centre
    pull = PULL * max(centred.var(), np.finfo(float).tiny)
    residual = (truth - middle) - centred @ start.weights[used]
    change = np.linalg.solve(centred.T @ centred + pull * np.eye(len(used)), centred.T @ residual)
    weights = np.zeros(len(stack))
    weights[used] = start.weights[used] + change
    bias = np.array([middle - centre @ weights[used]])
    return Blend(weights, bias, ends=allowed_numbers(truth))


class Learner:
    """Learns weights in each of the ways, from the same cases only once.

    Args:
        objective: what is made small.
        seed: of the draws.
    """

    WAYS = ("none", "weighted", "stacked")
    """The simplest first."""

    def __init__(self, objective: Objective, seed: int) -> None:
        self._objective = objective
        self._seed = seed
        self._known: dict[tuple[str, bytes], Blend] = {}

    def learn(self, way: str, truth: Truth, stack: Stack, rows: npt.NDArray[np.intp]) -> Blend:
        """The weights that some of the cases teach."""
        key = (way, rows.tobytes())
        if key not in self._known:
            if way == "none":
                blend = best_single(self._objective, truth[rows], stack[:, rows])
            elif way == "weighted":
                blend = weighted(self._objective, truth[rows], stack[:, rows], self._seed)
            else:
                start = self.learn("weighted", truth, stack, rows)
                blend = stacked(self._objective, truth[rows], stack[:, rows], start)
            self._known[key] = blend
        return self._known[key]
