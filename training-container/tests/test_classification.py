"""Metrics against values worked out by hand."""

import math

import numpy as np
import pytest

from relearn_training.classification import LOWER_IS_BETTER, SCORES, evaluate, rank, score

CLASSES = ("a", "b", "c")
TRUTH = np.array([0, 0, 0, 1, 1, 2])
PROBABILITIES = np.array(
    [[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.2, 0.6, 0.2], [0.1, 0.8, 0.1], [0.4, 0.5, 0.1], [0.1, 0.7, 0.2]]
)


def test_evaluate_by_hand() -> None:
    metrics = evaluate(TRUTH, PROBABILITIES, CLASSES)
    assert metrics["cases"] == 6
    assert metrics["accuracy"] == pytest.approx(4 / 6)
    assert metrics["balancedAccuracy"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert metrics["precision"] == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert metrics["recall"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert metrics["f1"] == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    assert metrics["logLoss"] == pytest.approx(-sum(map(math.log, (0.7, 0.5, 0.2, 0.8, 0.5, 0.2))) / 6)
    # Pairs of a case of the class and another one that are in the right order; a tie counts half.
    assert metrics["rocAuc"] == pytest.approx((8 / 9 + 6 / 8 + 4 / 5) / 3)
    assert metrics["perClass"]["b"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "cases": 2}
    assert metrics["confusionMatrix"] == {"classes": ["a", "b", "c"], "counts": [[2, 1, 0], [0, 2, 0], [0, 1, 0]]}


def test_a_class_that_does_not_occur_is_no_part_of_macro_averages() -> None:
    metrics = evaluate(TRUTH[:5], np.delete(PROBABILITIES, 5, axis=0), CLASSES)
    assert metrics["recall"] == pytest.approx((2 / 3 + 1) / 2)
    assert metrics["perClass"]["c"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "cases": 0}


def test_roc_auc_is_undefined_for_one_class() -> None:
    assert evaluate(TRUTH[:3], PROBABILITIES[:3], CLASSES)["rocAuc"] is None


def test_log_loss_of_a_confident_mistake_is_finite() -> None:
    assert score("log-loss", np.array([0]), np.array([[0.0, 1.0]])) == pytest.approx(-math.log(1e-15))


@pytest.mark.parametrize("metric", SCORES)
def test_rank_puts_better_probabilities_first(metric: str) -> None:
    right, wrong = np.eye(3)[TRUTH] * 0.8 + 0.05, np.eye(3)[(TRUTH + 1) % 3] * 0.8 + 0.05
    assert rank(metric, score(metric, TRUTH, right)) > rank(metric, score(metric, TRUTH, wrong))
    assert (score(metric, TRUTH, right) < score(metric, TRUTH, wrong)) == (metric in LOWER_IS_BETTER)
