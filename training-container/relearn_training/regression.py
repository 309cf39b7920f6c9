"""Metrics of a regressor, from true and predicted numbers, in the label's unit.

Definitions follow scikit-learn's user guide, "Metrics and scoring"; the tests compare with it.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from relearn_training.failures import DataFailure

Numbers = npt.NDArray[np.float64]


def evaluate_numbers(truth: Numbers, values: Numbers, tolerance: float | None) -> dict[str, object]:
    """All metrics of one set of cases, as `model.json` holds them.

    Args:
        truth: numbers [N], N at least 1.
        values: predicted [N].
        tolerance: the largest error with which an answer counts as right. None: it has to be exact.

    Returns:
        `mae` and `rmse` in the label's unit, `mse` in its square, `r2` None where the truth does not vary,
        `withinTolerance` a share in [0, 1].
    """
    explained = r_squared(truth, values)
    return {
        "cases": len(truth),
        "mae": mean_absolute_error(truth, values),
        "mse": mean_squared_error(truth, values),
        "rmse": root_mean_squared_error(truth, values),
        "r2": None if np.isnan(explained) else explained,
        "withinTolerance": float(np.mean(np.abs(values - truth) <= (tolerance or 0.0))),
    }


def require_precision(labels: Numbers, tolerance: float | None) -> None:
    """Refuses labels that a model cannot tell apart as finely as it is judged: it answers in 32 bits.

    Args:
        labels: to train on [N], N at least 1.
        tolerance: the largest error with which an answer counts as right. None: classes, or no such error.

    Raises:
        DataFailure: if neighbours among 32-bit numbers of this size lie further apart than the tolerance.
    """
    if tolerance is None:
        return
    largest = float(np.abs(labels).max())
    apart = float(np.spacing(np.float32(largest)))
    if apart > tolerance:
        raise DataFailure(
            f"Expected labels that 32 bits tell apart within the tolerance of {tolerance:g}; they are as large as "
            f"{largest:g}, where two neighbours lie {apart:g} apart: subtract an offset from the labels, or raise the "
            "tolerance."
        )


def mean_absolute_error(truth: Numbers, values: Numbers) -> float:
    """Mean distance from the truth."""
    return float(np.mean(np.abs(values - truth)))


def mean_squared_error(truth: Numbers, values: Numbers) -> float:
    """Mean squared distance from the truth."""
    return float(np.mean((values - truth) ** 2))


def root_mean_squared_error(truth: Numbers, values: Numbers) -> float:
    """Root of the mean squared distance from the truth."""
    return float(np.sqrt(mean_squared_error(truth, values)))


def r_squared(truth: Numbers, values: Numbers) -> float:
    """Share of the variance explained: at most 1, below 0 where the mean would do better.

    NaN where the truth does not vary.
    """
    # Compared as values: of equal numbers the rounded variance may lie above 0.
    if truth.min() == truth.max():
        return float("nan")
    return float(1 - np.sum((values - truth) ** 2) / np.sum((truth - truth.mean()) ** 2))


SCORES: Mapping[str, Callable[[Numbers, Numbers], float]] = {
    "rmse": root_mean_squared_error,
    "mse": mean_squared_error,
    "mae": mean_absolute_error,
    "r2": r_squared,
}
