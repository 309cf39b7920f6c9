"""Metrics of random classifiers and regressors by scikit-learn and NumPy, to compare the TypeScript ones with.

Run `python metrics.py` to write metrics.json beside this file, `--check` to compare it instead; it needs the
environment of the training container. DeLong's variance is the definition's double sum, not the fast form by ranks.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import (
    balanced_accuracy_score,
    confusion_matrix,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
    r2_score,
    roc_auc_score,
)

PLACES = 10


def classification(seed: int, cases: int, classes: int, present: int) -> dict[str, object]:
    """Answers of a classifier that is better than chance, and their metrics."""
    random = np.random.default_rng(seed)
    truth = random.integers(present, size=cases)
    scores = random.normal(size=(cases, classes)).round(2) + 1.2 * np.eye(classes)[truth]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    given = probabilities.argmax(axis=1)
    occurring = np.union1d(truth, given)
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, given, labels=occurring, average="macro", zero_division=0.0
    )
    areas = [roc_auc_score(truth == index, probabilities[:, index]) for index in np.unique(truth)]
    return {
        "classes": classes,
        "truth": truth.tolist(),
        "probabilities": probabilities.round(12).tolist(),
        "expected": {
            "accuracy": float(np.mean(truth == given)),
            "balancedAccuracy": balanced_accuracy_score(truth, given),
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "logLoss": log_loss(truth, probabilities, labels=np.arange(classes)),
            "brier": float(np.mean(((probabilities - np.eye(classes)[truth]) ** 2).sum(axis=1))),
            "rocAuc": float(np.mean(areas)),
            "confusion": confusion_matrix(truth, given, labels=np.arange(classes)).tolist(),
        },
    }


def regression(seed: int, cases: int) -> dict[str, object]:
    """Answers of a regressor, and their metrics."""
    random = np.random.default_rng(seed)
    truth = random.normal(50, 10, cases).round(3)
    given = (truth + random.normal(0, 4, cases)).round(3)
    mse = mean_squared_error(truth, given)
    return {
        "truth": truth.tolist(),
        "given": given.tolist(),
        "tolerance": 3.0,
        "expected": {
            "mae": mean_absolute_error(truth, given),
            "mse": mse,
            "rmse": mse**0.5,
            "r2": r2_score(truth, given),
            "withinTolerance": float(np.mean(np.abs(truth - given) <= 3.0)),
        },
    }


def area_difference(seed: int, cases: int) -> dict[str, object]:
    """Two correlated scores, the difference of their areas and its standard deviation."""
    random = np.random.default_rng(seed)
    positive = random.random(cases) < 0.3
    first = (positive + random.normal(size=cases)).round(1)
    second = (0.7 * positive + 0.5 * first + random.normal(size=cases)).round(1)
    ones, zeros = {}, {}
    areas = []
    for name, scores in (("first", first), ("second", second)):
        wins = (scores[positive][:, None] > scores[~positive]) + 0.5 * (scores[positive][:, None] == scores[~positive])
        areas.append(wins.mean())
        ones[name], zeros[name] = wins.mean(axis=1), wins.mean(axis=0)
    of_ones, of_zeros = np.cov(ones["first"], ones["second"]), np.cov(zeros["first"], zeros["second"])
    contrast = np.array([1.0, -1.0])
    variance = contrast @ of_ones @ contrast / positive.sum() + contrast @ of_zeros @ contrast / (~positive).sum()
    return {
        "positive": positive.tolist(),
        "first": first.tolist(),
        "second": second.tolist(),
        "expected": {"difference": areas[0] - areas[1], "deviation": variance**0.5},
    }


def rounded(value: object) -> object:
    """The value with every number rounded, so that machines agree."""
    if isinstance(value, dict):
        return {name: rounded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [rounded(member) for member in value]
    return round(float(value), PLACES) if isinstance(value, float | np.floating) else value


def main() -> int:
    """Writes the references, or compares them."""
    path = Path(__file__).with_suffix(".json")
    content = rounded(
        {
            "classification": [classification(1, 40, 2, 2), classification(2, 60, 4, 4), classification(3, 30, 5, 3)],
            "regression": [regression(4, 40)],
            "areaDifference": [area_difference(5, 60), area_difference(6, 40)],
        }
    )
    text = json.dumps(content) + "\n"
    if "--check" in sys.argv[1:]:
        return 0 if json.loads(path.read_text()) == content else 1
    path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
