"""Metrics of a classifier, from truth, class probabilities and the weights by which labels are decided.

Definitions follow scikit-learn's user guide, "Metrics and scoring"; the tests compare with it. A macro average is the
unweighted mean over the classes that occur in the truth or in the predictions. A metric never fails for a class that
is absent from either.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from relearn_training.cases import Labels

Probabilities = npt.NDArray[np.float64]
Weights = Sequence[float] | None
"""Of each class: the label is the class with the largest product of weight and probability. None: all 1."""

SMALLEST_PROBABILITY = 1e-15
"""What log loss takes for a probability of 0, so that one confident mistake does not make it infinite."""
CALIBRATION_BINS = 10


def decide(probabilities: Probabilities, weights: Weights = None) -> Labels:
    """The label of each case [N]: the class whose weighted probability is largest; of equal ones the first."""
    weighted = probabilities if weights is None else probabilities * np.asarray(weights)
    return weighted.argmax(axis=1)


def evaluate_classes(
    truth: Labels, probabilities: Probabilities, classes: Sequence[str], weights: Weights = None
) -> dict[str, object]:
    """All metrics of one set of cases, as `model.json` holds them.

    Args:
        truth: indices of classes [N], N at least 1.
        probabilities: of each class [N, C].
        classes: names, C of them.
        weights: by which labels are decided.

    Returns:
        Shares in [0, 1]; `logLoss` in nats; `brier` in [0, 2]; `rocAuc` None where only one class occurs; a share that
        has nothing in its denominator is 0; `confusionMatrix.counts` with truth in rows and predictions in columns.
    """
    predicted = decide(probabilities, weights)
    counts = _confusion(truth, predicted, len(classes))
    precision, recall, f1 = _per_class(counts)
    area = roc_auc(truth, probabilities)
    return {
        "cases": len(truth),
        "accuracy": accuracy(truth, probabilities, weights),
        "balancedAccuracy": balanced_accuracy(truth, probabilities, weights),
        "precision": _macro(precision, counts),
        "recall": _macro(recall, counts),
        "f1": _macro(f1, counts),
        "logLoss": log_loss(truth, probabilities),
        "brier": brier(truth, probabilities),
        "calibration": calibration(truth, probabilities, predicted),
        "rocAuc": None if np.isnan(area) else area,
        "perClass": {
            name: {
                "precision": float(precision[index]),
                "recall": float(recall[index]),
                "f1": float(f1[index]),
                "cases": int(counts[index].sum()),
            }
            for index, name in enumerate(classes)
        },
        "confusionMatrix": {"classes": list(classes), "counts": counts.tolist()},
    }


def accuracy(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Share of cases whose label is right."""
    return float(np.mean(decide(probabilities, weights) == truth))


def balanced_accuracy(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Mean recall of the classes that occur in the truth."""
    counts = _confusion(truth, decide(probabilities, weights), probabilities.shape[1])
    _, recall, _ = _per_class(counts)
    return float(recall[counts.any(axis=1)].mean())


def macro_precision(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Macro average of precision."""
    counts = _confusion(truth, decide(probabilities, weights), probabilities.shape[1])
    return _macro(_per_class(counts)[0], counts)


def macro_recall(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Macro average of recall; below the balanced accuracy where a class is predicted that does not occur."""
    counts = _confusion(truth, decide(probabilities, weights), probabilities.shape[1])
    return _macro(_per_class(counts)[1], counts)


def macro_f1(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Macro average of F1."""
    counts = _confusion(truth, decide(probabilities, weights), probabilities.shape[1])
    return _macro(_per_class(counts)[2], counts)


def log_loss(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Mean negative natural logarithm of the true class's probability, nats."""
    del weights  # probabilities are judged, not labels
    given = probabilities[np.arange(len(truth)), truth]
    return float(-np.mean(np.log(np.clip(given, SMALLEST_PROBABILITY, 1.0))))


def brier(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Mean squared distance of the probabilities from the truth, summed over the classes (Brier, 1950): 0 to 2."""
    del weights  # probabilities are judged, not labels
    distance = probabilities.copy()
    distance[np.arange(len(truth)), truth] -= 1
    return float(np.mean((distance**2).sum(axis=1)))


def roc_auc(truth: Labels, probabilities: Probabilities, weights: Weights = None) -> float:
    """Area under the ROC curve: the macro average of one class against the rest; NaN where only one class occurs."""
    del weights  # probabilities are judged, not labels
    occurring = np.unique(truth)
    if len(occurring) < 2:
        return float("nan")
    return float(np.mean([_area(truth == index, probabilities[:, index]) for index in occurring]))


def calibration(truth: Labels, probabilities: Probabilities, predicted: Labels) -> list[dict[str, object]]:
    """How often labels are right, by the probability of the predicted class, in bins of equal width.

    Returns:
        For each bin `[from, to)`, the last one with its end: its cases, their mean probability, and the share of them
        whose label is right; None for both where it has no case.
    """
    given = np.clip(probabilities[np.arange(len(truth)), predicted], 0.0, 1.0)
    edges = np.arange(CALIBRATION_BINS + 1) / CALIBRATION_BINS
    bins = np.clip(np.searchsorted(edges, given, side="right") - 1, 0, CALIBRATION_BINS - 1)
    curve = []
    for index in range(CALIBRATION_BINS):
        inside = bins == index
        cases = int(inside.sum())
        curve.append(
            {
                "from": float(edges[index]),
                "to": float(edges[index + 1]),
                "cases": cases,
                "meanProbability": float(given[inside].mean()) if cases else None,
                "positiveShare": float(np.mean(predicted[inside] == truth[inside])) if cases else None,
            }
        )
    return curve


SCORES: Mapping[str, Callable[[Labels, Probabilities, Weights], float]] = {
    "accuracy": accuracy,
    "balanced-accuracy": balanced_accuracy,
    "precision": macro_precision,
    "recall": macro_recall,
    "f1": macro_f1,
    "log-loss": log_loss,
    "brier": brier,
    "roc-auc": roc_auc,
}


def _confusion(truth: Labels, predicted: Labels, classes: int) -> npt.NDArray[np.intp]:
    """Counts [C, C], truth in rows and predictions in columns."""
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def _per_class(counts: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.float64], ...]:
    """Precision, recall and F1 of each class; 0 where the denominator is."""
    right, true, said = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    # A denominator of 0 has a numerator of 0.
    return right / np.maximum(said, 1), right / np.maximum(true, 1), 2 * right / np.maximum(said + true, 1)


def _macro(values: npt.NDArray[np.float64], counts: npt.NDArray[np.intp]) -> float:
    return float(values[counts.any(axis=0) | counts.any(axis=1)].mean())


def _area(positive: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> float:
    """Share of the pairs of a positive and another case that are in the right order; a tie counts half."""
    _, places, ties = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[places]
    ours = int(positive.sum())
    return float((ranks[positive].sum() - ours * (ours + 1) / 2) / (ours * (len(positive) - ours)))
