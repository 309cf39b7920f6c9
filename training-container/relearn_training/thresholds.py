"""Decision weights: factors of the classes' probabilities, tuned so that labels score best by a metric of labels.

For two classes this is the threshold. Tuned on out-of-fold predictions, and taken only where cases that they were not
tuned on are labelled better too.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from relearn_training.metrics import Predictions, Truth, score
from relearn_training.nested import choose
from relearn_training.objective import LABEL_METRICS, prior_weights
from relearn_training.problem import Problem

Weights = npt.NDArray[np.float64]

STEPS = np.exp(np.linspace(-1.5, 1.5, 31))
"""Factors tried for one class at a time."""
ROUNDS = 2
MOST_CLASSES = 30
"""Above which class by class takes too long; the weights then follow the classes' shares."""
MOST_CASES = 20_000
LARGEST_WEIGHT = 1e6


def tune_weights(metric: str, problem: Problem, truth: Truth, predictions: Predictions) -> Weights:
    """The weights [C], geometric mean 1, that score best among those tried: coordinate ascent from three starts."""
    if len(truth) > MOST_CASES:
        every = np.linspace(0, len(truth) - 1, MOST_CASES).astype(np.intp)
        truth, predictions = truth[every], predictions[every]

    def goodness(weights: Weights) -> float:
        return score(metric, problem, truth, predictions, weights)

    seen = np.unique(truth)
    shares = prior_weights(problem, truth)
    starts = [shares**power for power in (0.0, 0.5, 1.0)]
    best = max(starts, key=goodness)
    if len(seen) <= MOST_CLASSES:
        # With two classes only their ratio matters.
        for label in np.tile(seen if len(seen) > 2 else seen[:1], ROUNDS):
            best = _middle_of_the_best(best, int(label), goodness)
    return np.minimum(best / np.exp(np.log(best[seen]).mean()), LARGEST_WEIGHT)


def choose_weights(
    wanted: str,
    metric: str,
    problem: Problem,
    truth: Truth,
    predictions: Predictions,
    groups: Sequence[str],
    seed: int,
) -> tuple[float, ...] | None:
    """Tuned weights, or None where equal ones do as well, the metric judges no labels, or none are wanted.

    Args:
        wanted: `auto` or `none`.
        metric: that is declared.
        problem: what is predicted.
        truth: of N cases.
        predictions: out of fold [N, C], calibrated as the model will be.
        groups: the subject of each case.
        seed: of the division for the comparison.
    """
    if wanted == "none" or metric not in LABEL_METRICS:
        return None

    def equal(learnt: npt.NDArray[np.intp], judged: npt.NDArray[np.intp]) -> float:
        del learnt
        return score(metric, problem, truth[judged], predictions[judged])

    def tuned(learnt: npt.NDArray[np.intp], judged: npt.NDArray[np.intp]) -> float:
        weights = tune_weights(metric, problem, truth[learnt], predictions[learnt])
        return score(metric, problem, truth[judged], predictions[judged], weights)

    if choose({"equal": equal, "tuned": tuned}, groups, seed) == "equal":
        return None
    return tuple(tune_weights(metric, problem, truth, predictions).tolist())


def _middle_of_the_best(weights: Weights, label: int, goodness: Callable[[Weights], float]) -> Weights:
    """Of the best neighbouring factors of one class the middle one: less chance than at the edge of a step."""
    tried = []
    for step in STEPS:
        changed = weights.copy()
        changed[label] *= step
        tried.append(changed)
    values = np.array([goodness(each) for each in tried])
    best = np.flatnonzero(values >= values.max() - 1e-12)
    run = best[: 1 + int(np.argmax(np.append(np.diff(best), 2) > 1))]
    return tried[int(run[len(run) // 2])]
