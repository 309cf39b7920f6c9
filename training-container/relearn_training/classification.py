"""Metrics of a classifier, from truth and class probabilities.

Definitions follow scikit-learn's user guide, "Metrics and scoring". A macro average is the unweighted mean over the
classes that occur in the truth or in the predictions.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

from relearn_training.cases import Labels

Probabilities = npt.NDArray[np.float64]

LOWER_IS_BETTER = frozenset({"log-loss"})
SMALLEST_PROBABILITY = 1e-15
"""What log loss takes for a probability of 0, so that one confident mistake does not make it infinite."""


def score(metric: str, truth: Labels, probabilities: Probabilities) -> float:
    """The declared metric.

    Args:
        metric: one of the metrics of `hyperparameters.METRICS`.
        truth: indices of classes [N].
        probabilities: of each class [N, C].

    Returns:
        The score: in [0, 1], or at least 0 for log loss; NaN for roc-auc where only one class occurs.
    """
    return SCORES[metric](truth, probabilities)


def rank(metric: str, value: float) -> float:
    """A number that is larger for a better score."""
    return -value if metric in LOWER_IS_BETTER else value


def evaluate(truth: Labels, probabilities: Probabilities, classes: Sequence[str]) -> dict[str, object]:
    """All metrics of one set of cases, as `model.json` holds them.

    Args:
        truth: indices of classes [N], N at least 1.
        probabilities: of each class [N, C].
        classes: names, C of them.

    Returns:
        Shares in [0, 1]; `logLoss` in nats; `rocAuc` None where only one class occurs; a share that has nothing in its
        denominator is 0; `confusionMatrix.counts` with truth in rows and predictions in columns.
    """
    predicted = probabilities.argmax(axis=1)
    every_class = np.arange(len(classes))
    precision, recall, f1, cases = precision_recall_fscore_support(
        truth, predicted, labels=every_class, zero_division=0.0
    )
    area = roc_auc(truth, probabilities)
    return {
        "cases": len(truth),
        "accuracy": accuracy(truth, probabilities),
        "balancedAccuracy": balanced_accuracy(truth, probabilities),
        "precision": _macro(precision, truth, predicted),
        "recall": _macro(recall, truth, predicted),
        "f1": _macro(f1, truth, predicted),
        "logLoss": log_loss(truth, probabilities),
        "rocAuc": None if np.isnan(area) else area,
        "perClass": {
            name: {
                "precision": float(precision[index]),
                "recall": float(recall[index]),
                "f1": float(f1[index]),
                "cases": int(cases[index]),
            }
            for index, name in enumerate(classes)
        },
        "confusionMatrix": {
            "classes": list(classes),
            "counts": confusion_matrix(truth, predicted, labels=every_class).tolist(),
        },
    }


def accuracy(truth: Labels, probabilities: Probabilities) -> float:
    """Share of cases whose most probable class is the true one; of equal probabilities the first class counts."""
    return float(np.mean(probabilities.argmax(axis=1) == truth))


def balanced_accuracy(truth: Labels, probabilities: Probabilities) -> float:
    """Mean recall of the classes that occur in the truth."""
    correct = probabilities.argmax(axis=1) == truth
    return float(np.mean([correct[truth == index].mean() for index in np.unique(truth)]))


def macro_f1(truth: Labels, probabilities: Probabilities) -> float:
    """Macro average of F1."""
    predicted = probabilities.argmax(axis=1)
    every_class = np.arange(probabilities.shape[1])
    _, _, f1, _ = precision_recall_fscore_support(truth, predicted, labels=every_class, zero_division=0.0)
    return _macro(f1, truth, predicted)


def log_loss(truth: Labels, probabilities: Probabilities) -> float:
    """Mean negative natural logarithm of the true class's probability, nats."""
    given = probabilities[np.arange(len(truth)), truth]
    return float(-np.mean(np.log(np.clip(given, SMALLEST_PROBABILITY, 1.0))))


def roc_auc(truth: Labels, probabilities: Probabilities) -> float:
    """Area under the ROC curve: the macro average of one class against the rest; NaN where only one class occurs."""
    occurring = np.unique(truth)
    if len(occurring) < 2:
        return float("nan")
    return float(np.mean([roc_auc_score(truth == index, probabilities[:, index]) for index in occurring]))


SCORES: Mapping[str, Callable[[Labels, Probabilities], float]] = {
    "accuracy": accuracy,
    "balanced-accuracy": balanced_accuracy,
    "f1": macro_f1,
    "log-loss": log_loss,
    "roc-auc": roc_auc,
}


def _macro(values: npt.NDArray[np.float64], truth: Labels, predicted: Labels) -> float:
    return float(values[np.union1d(truth, predicted)].mean())
