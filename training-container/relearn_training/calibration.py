"""Probability calibration on out-of-fold predictions: temperature, or a sigmoid for each class.

Both are `softmax(scale * log(p) + bias)` over the classes that occur, and become five nodes of the graph. Temperature
(Guo et al., "On Calibration of Modern Neural Networks", 2017) has one scale and no bias; for two classes the sigmoid is
Platt's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from relearn_training.blending import logs
from relearn_training.metrics import Predictions, Truth, score
from relearn_training.nested import choose
from relearn_training.problem import Problem

METHODS: Final = ("temperature", "sigmoid")
SMALLEST_SCALE, LARGEST_SCALE = 0.33, 5.0
"""Smaller scales would blow a 32-bit graph's rounding of small probabilities up."""
PULL = 5.0
"""Towards leaving probabilities as they are: as strong as so many cases."""


@dataclass(frozen=True)
class Calibration:
    """How probabilities are corrected.

    Attributes:
        method: one of `METHODS`.
        scale: of the logarithms [S].
        bias: added to them [S].
        seen: columns of the S classes that occur; the others keep probability 0.
    """

    method: str
    scale: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]
    seen: tuple[int, ...]

    def apply(self, predictions: Predictions) -> Predictions:
        """Corrected probabilities [N, C]."""
        corrected = np.zeros_like(predictions)
        logits = self.scale * logs(predictions[:, list(self.seen)]) + self.bias
        corrected[:, list(self.seen)] = softmax(logits, axis=1)
        return corrected


def fit_calibration(method: str, truth: Truth, predictions: Predictions) -> Calibration:
    """The correction with the smallest log loss on predictions for cases that the model was not fitted on."""
    seen = np.unique(truth)
    labels = np.searchsorted(seen, truth)
    inputs = logs(predictions[:, seen])
    classes = len(seen)
    pull = PULL / len(labels)
    single = method == "temperature"

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scale, bias = (values, np.zeros(classes)) if single else (values[:classes], values[classes:])
        logits = log_softmax(scale * inputs + bias, axis=1)
        wrong = np.exp(logits)
        wrong[np.arange(len(labels)), labels] -= 1
        by_scale = (wrong * inputs).mean(axis=0)
        slope = np.array([by_scale.sum()]) if single else np.concatenate([by_scale, wrong.mean(axis=0)])
        neutral = np.concatenate([np.ones_like(scale), np.zeros(0 if single else classes)])
        value = -logits[np.arange(len(labels)), labels].mean() + pull * np.sum((values - neutral) ** 2)
        return value, slope + 2 * pull * (values - neutral)

    scales = 1 if single else classes
    begin = np.concatenate([np.ones(scales), np.zeros(0 if single else classes)])
    bounds = [(SMALLEST_SCALE, LARGEST_SCALE)] * scales + [(None, None)] * (len(begin) - scales)
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 100}).x
    scale = np.full(classes, found[0]) if single else found[:classes]
    bias = np.zeros(classes) if single else found[classes:]
    return Calibration(method, scale, bias, tuple(seen.tolist()))


def choose_calibration(
    wanted: str, problem: Problem, truth: Truth, predictions: Predictions, groups: Sequence[str], seed: int
) -> Calibration | None:
    """The correction that is wanted; for `auto` the one that lowers the log loss of cases it is not fitted on.

    Args:
        wanted: `auto`, `none` or one of `METHODS`.
        problem: what is predicted.
        truth: of N cases.
        predictions: out of fold [N, C].
        groups: the subject of each case.
        seed: of the division for the comparison.

    Returns:
        None where probabilities are best left as they are, or none are predicted.
    """
    if wanted == "none" or problem.is_regression:
        return None
    if wanted != "auto":
        return fit_calibration(wanted, truth, predictions)

    def goodness(method: str, learnt: npt.NDArray[np.intp], judged: npt.NDArray[np.intp]) -> float:
        probabilities = predictions[judged]
        if method != "none":
            probabilities = fit_calibration(method, truth[learnt], predictions[learnt]).apply(probabilities)
        return -score("log-loss", problem, truth[judged], probabilities)

    ways = {method: partial(goodness, method) for method in ("none", *METHODS)}
    chosen = choose(ways, groups, seed)
    return None if chosen == "none" else fit_calibration(chosen, truth, predictions)
