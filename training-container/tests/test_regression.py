"""Metrics of a regressor: against values worked out by hand, and against scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn import metrics as reference

from relearn_training.hyperparameters import METRICS, REGRESSION
from relearn_training.metrics import LOWER_IS_BETTER, evaluate, rank, score
from relearn_training.problem import Problem
from relearn_training.regression import SCORES

PROBLEM = Problem("regression")
REFERENCES = {
    "rmse": reference.root_mean_squared_error,
    "mse": reference.mean_squared_error,
    "mae": reference.mean_absolute_error,
    "r2": reference.r2_score,
}


def test_evaluate_by_hand() -> None:
    truth, values = np.array([1.0, 2.0, 3.0, 6.0]), np.array([[1.0], [2.5], [2.0], [8.0]])
    metrics = evaluate(PROBLEM, truth, values, tolerance=0.5)
    assert metrics == {
        "cases": 4,
        "mae": pytest.approx(3.5 / 4),
        "mse": pytest.approx(5.25 / 4),
        "rmse": pytest.approx(math.sqrt(5.25 / 4)),
        "r2": pytest.approx(1 - 5.25 / 14),
        "withinTolerance": 0.5,
    }


@pytest.mark.parametrize("metric", SCORES)
def test_agrees_with_scikit_learn(metric: str) -> None:
    rng = np.random.default_rng(0)
    for scale in (1e-3, 1.0, 1e6):
        truth = rng.normal(loc=scale, scale=scale, size=50)
        values = truth + rng.normal(scale=scale, size=50)
        expected = REFERENCES[metric](truth, values)
        assert score(metric, PROBLEM, truth, values[:, None]) == pytest.approx(expected)


def test_r_squared_is_undefined_where_the_truth_does_not_vary() -> None:
    truth, values = np.full(7, 0.1), np.linspace(0, 1, 7)[:, None]
    assert evaluate(PROBLEM, truth, values, tolerance=1.0)["r2"] is None
    assert rank("r2", score("r2", PROBLEM, truth, values)) == -math.inf


@pytest.mark.parametrize("metric", SCORES)
def test_rank_puts_better_numbers_first(metric: str) -> None:
    truth = np.arange(5.0)
    near, far = (score(metric, PROBLEM, truth, (truth + error)[:, None]) for error in (0.1, 2.0))
    assert rank(metric, near) > rank(metric, far)
    assert (near < far) == (metric in LOWER_IS_BETTER)
    assert rank(metric, score(metric, PROBLEM, truth, np.full((5, 1), np.inf))) < rank(metric, far)


def test_every_metric_that_can_be_asked_for_is_known() -> None:
    assert set(METRICS[REGRESSION]) == set(SCORES)
