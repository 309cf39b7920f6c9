"""How good predictions are: of classes or of numbers, as the problem is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from relearn_training import classification, regression
from relearn_training.models import Predictions
from relearn_training.problem import Problem

LOWER_IS_BETTER = frozenset({"log-loss", "brier", "rmse", "mse", "mae"})

Truth = npt.NDArray[np.intp] | npt.NDArray[np.float64]
"""Of N cases: indices of classes, or numbers."""


def score(
    metric: str, problem: Problem, truth: Truth, predictions: Predictions, weights: Sequence[float] | None = None
) -> float:
    """The declared metric.

    Args:
        metric: one of `hyperparameters.METRICS` of the problem's task.
        problem: what is predicted.
        truth: of N cases, N at least 1.
        predictions: for them.
        weights: of the classes, by which labels are decided. Default: all 1.

    Returns:
        The score; NaN where it is undefined: for roc-auc with one class only, for r2 where the truth does not vary,
        for any metric where a prediction is not finite.
    """
    if not np.isfinite(predictions).all():
        return float("nan")
    if problem.is_regression:
        return regression.SCORES[metric](truth, predictions[:, 0])
    return classification.SCORES[metric](truth, predictions, weights)


def rank(metric: str, value: float) -> float:
    """A number that is larger for a better score; the smallest of all where the score is undefined."""
    if np.isnan(value):
        return float("-inf")
    return -value if metric in LOWER_IS_BETTER else value


def graded(
    metric: str, problem: Problem, truth: Truth, predictions: Predictions, weights: Sequence[float] | None = None
) -> float:
    """The rank of the declared metric's score: see `score` and `rank`."""
    return rank(metric, score(metric, problem, truth, predictions, weights))


def evaluate(
    problem: Problem,
    truth: Truth,
    predictions: Predictions,
    weights: Sequence[float] | None = None,
    tolerance: float | None = None,
) -> dict[str, object]:
    """All metrics of one set of cases, as `model.json` holds them: see `evaluate_classes` and `evaluate_numbers`.

    Args:
        problem: what is predicted.
        truth: of N cases, N at least 1.
        predictions: for them, all finite.
        weights: of the classes, by which labels are decided. Default: all 1.
        tolerance: of numbers: the largest error with which an answer counts as right.
    """
    if problem.is_regression:
        return regression.evaluate_numbers(truth, predictions[:, 0], tolerance)
    return classification.evaluate_classes(truth, predictions, problem.classes, weights)
