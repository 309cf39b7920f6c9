"""Metrics of a classifier: against values worked out by hand, and against scikit-learn's."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from sklearn import metrics as reference

from relearn_training.classification import SCORES, decide
from relearn_training.hyperparameters import CLASSIFICATION, METRICS
from relearn_training.metrics import LOWER_IS_BETTER, evaluate, rank, score
from relearn_training.problem import Problem

PROBLEM = Problem("multiclass", ("a", "b", "c"))
TRUTH = np.array([0, 0, 0, 1, 1, 2])
PROBABILITIES = np.array(
    [[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.2, 0.6, 0.2], [0.1, 0.8, 0.1], [0.4, 0.5, 0.1], [0.1, 0.7, 0.2]]
)
CLASS_COUNTS = {"two classes": 2, "five classes": 5, "a class that never occurs": 4}


def drawn(classes: int, seed: int, *, absent: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Random truth [N] and probabilities [N, C], with ties; one class may be absent from the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.choice([index for index in range(classes) if index != absent], size=60)
    probabilities = rng.dirichlet(np.ones(classes), size=60).round(1) + 0.01
    return truth, probabilities / probabilities.sum(axis=1, keepdims=True)


def one_against_the_rest(truth: np.ndarray, probabilities: np.ndarray) -> float:
    return np.mean([reference.roc_auc_score(truth == index, probabilities[:, index]) for index in np.unique(truth)])


def macro(compare: Callable[..., float]) -> Callable[[np.ndarray, np.ndarray], float]:
    return lambda truth, given: compare(truth, given.argmax(axis=1), average="macro", zero_division=0)


REFERENCES = {
    "accuracy": lambda truth, given: reference.accuracy_score(truth, given.argmax(axis=1)),
    "balanced-accuracy": lambda truth, given: reference.recall_score(
        truth, given.argmax(axis=1), labels=np.unique(truth), average="macro"
    ),
    "precision": macro(reference.precision_score),
    "recall": macro(reference.recall_score),
    "f1": macro(reference.f1_score),
    "log-loss": lambda truth, given: reference.log_loss(truth, given, labels=range(given.shape[1])),
    "brier": lambda truth, given: reference.brier_score_loss(
        truth, given if given.shape[1] > 2 else given[:, 1], labels=range(given.shape[1]), scale_by_half=False
    ),
    "roc-auc": one_against_the_rest,
}


def test_evaluate_by_hand() -> None:
    metrics = evaluate(PROBLEM, TRUTH, PROBABILITIES)
    assert metrics["cases"] == 6
    assert metrics["accuracy"] == pytest.approx(4 / 6)
    assert metrics["balancedAccuracy"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert metrics["precision"] == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert metrics["recall"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert metrics["f1"] == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    assert metrics["logLoss"] == pytest.approx(-sum(map(math.log, (0.7, 0.5, 0.2, 0.8, 0.5, 0.2))) / 6)
    assert metrics["brier"] == pytest.approx((0.14 + 0.38 + 1.04 + 0.06 + 0.42 + 1.14) / 6)
    # Pairs of a case of the class and another one that are in the right order; a tie counts half.
    assert metrics["rocAuc"] == pytest.approx((8 / 9 + 6 / 8 + 4 / 5) / 3)
    assert metrics["perClass"]["b"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "cases": 2}
    assert metrics["confusionMatrix"] == {"classes": ["a", "b", "c"], "counts": [[2, 1, 0], [0, 2, 0], [0, 1, 0]]}


def test_calibration_is_of_the_predicted_class() -> None:
    curve = evaluate(PROBLEM, TRUTH, PROBABILITIES)["calibration"]
    assert [(bin_["from"], bin_["to"]) for bin_ in curve][:2] == [(0.0, 0.1), (0.1, 0.2)]
    assert [bin_["cases"] for bin_ in curve] == [0, 0, 0, 0, 0, 2, 1, 2, 1, 0]
    assert curve[5] == {"from": 0.5, "to": 0.6, "cases": 2, "meanProbability": 0.5, "positiveShare": 1.0}
    assert curve[7]["positiveShare"] == 0.5
    assert curve[9] == {"from": 0.9, "to": 1.0, "cases": 0, "meanProbability": None, "positiveShare": None}


def test_certainty_is_in_the_last_bin() -> None:
    assert evaluate(PROBLEM, np.array([0]), np.eye(3)[:1])["calibration"][9]["cases"] == 1


@pytest.mark.parametrize("metric", SCORES)
@pytest.mark.parametrize("classes", CLASS_COUNTS.values(), ids=CLASS_COUNTS)
def test_agrees_with_scikit_learn(metric: str, classes: int) -> None:
    absent = 3 if classes == CLASS_COUNTS["a class that never occurs"] else None
    for seed in range(3):
        truth, probabilities = drawn(classes, seed, absent=absent)
        assert SCORES[metric](truth, probabilities, None) == pytest.approx(REFERENCES[metric](truth, probabilities))


def test_labels_are_decided_by_weights() -> None:
    weights = (1.0, 1.0, 4.0)
    assert decide(PROBABILITIES, weights).tolist() == [0, 2, 2, 1, 1, 2]
    assert decide(np.array([[0.2, 0.4, 0.1], [0.0, 0.0, 0.0]]), (2.0, 1.0, 4.0)).tolist() == [0, 0]
    assert score("accuracy", PROBLEM, TRUTH, PROBABILITIES, weights) == pytest.approx(4 / 6)
    weighted, plain = (evaluate(PROBLEM, TRUTH, PROBABILITIES, of) for of in (weights, None))
    assert weighted["confusionMatrix"]["counts"] == [[1, 0, 2], [0, 2, 0], [0, 0, 1]]
    assert weighted["balancedAccuracy"] == pytest.approx((1 / 3 + 1 + 1) / 3)
    assert weighted["calibration"][2]["cases"] == 3
    for judges_probabilities in ("logLoss", "brier", "rocAuc"):
        assert weighted[judges_probabilities] == plain[judges_probabilities]


def test_a_class_that_does_not_occur_is_no_part_of_macro_averages() -> None:
    metrics = evaluate(PROBLEM, TRUTH[:5], PROBABILITIES[:5])
    assert metrics["recall"] == pytest.approx((2 / 3 + 1) / 2)
    assert metrics["perClass"]["c"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "cases": 0}
    for metric in ("precision", "recall", "f1"):
        assert score(metric, PROBLEM, TRUTH[:5], PROBABILITIES[:5]) == metrics[metric]


def test_roc_auc_is_undefined_for_one_class() -> None:
    assert evaluate(PROBLEM, TRUTH[:3], PROBABILITIES[:3])["rocAuc"] is None
    undefined = score("roc-auc", PROBLEM, TRUTH[:3], PROBABILITIES[:3])
    assert math.isnan(undefined)
    assert rank("roc-auc", undefined) < rank("roc-auc", 0.0)


@pytest.mark.parametrize("metric", SCORES)
def test_a_prediction_that_is_no_number_ranks_last(metric: str) -> None:
    spoilt = np.array([[np.nan, 0.5, 0.5], *PROBABILITIES[1:]])
    worst = score(metric, PROBLEM, TRUTH, np.eye(3)[(TRUTH + 1) % 3])
    assert rank(metric, score(metric, PROBLEM, TRUTH, spoilt)) < rank(metric, worst)


def test_log_loss_of_a_confident_mistake_is_finite() -> None:
    assert score("log-loss", PROBLEM, np.array([0]), np.eye(3)[[1]]) == pytest.approx(-math.log(1e-15))


@pytest.mark.parametrize("metric", SCORES)
def test_rank_puts_better_probabilities_first(metric: str) -> None:
    right, wrong = np.eye(3)[TRUTH] * 0.8 + 0.05, np.eye(3)[(TRUTH + 1) % 3] * 0.8 + 0.05
    better, worse = score(metric, PROBLEM, TRUTH, right), score(metric, PROBLEM, TRUTH, wrong)
    assert rank(metric, better) > rank(metric, worse)
    assert (better < worse) == (metric in LOWER_IS_BETTER)


def test_every_metric_that_can_be_asked_for_is_known() -> None:
    assert set(METRICS[CLASSIFICATION]) == set(SCORES)
