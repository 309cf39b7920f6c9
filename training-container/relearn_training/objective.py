"""What a combination of models is chosen by: a loss that follows the declared metric, smooth enough to learn from.

Metrics of labels and of ranks move in steps of single cases; a share of the log loss beside them keeps a choice from
following these.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relearn_training.classification import SMALLEST_PROBABILITY
from relearn_training.metrics import Predictions, Truth, score
from relearn_training.problem import Problem

LABEL_METRICS = frozenset({"accuracy", "balanced-accuracy", "precision", "recall", "f1"})
"""Of classifiers, that judge labels; the others judge probabilities."""
SMOOTHING = 0.05
"""Share of the log loss in the loss of a metric that is not smooth."""

Stack = npt.NDArray[np.float64]
"""Predictions of M models for N cases [M, N, outputs]."""


def prior_weights(problem: Problem, truth: Truth) -> npt.NDArray[np.float64]:
    """Of each class, the inverse of its share: by these the label is right in as many cases of each class as can be."""
    counts = np.bincount(truth, minlength=problem.outputs)
    return np.where(counts > 0, len(truth) / np.maximum(counts, 1) / np.count_nonzero(counts), 1.0)


def search_weights(metric: str, problem: Problem, truth: Truth, *, tuned: bool) -> npt.NDArray[np.float64] | None:
    """Weights by which candidates are compared before the decision weights are tuned; None for all 1."""
    return prior_weights(problem, truth) if tuned and metric == "balanced-accuracy" else None


@dataclass(frozen=True)
class Objective:
    """The loss of predictions.

    Attributes:
        metric: that is declared.
        problem: what is predicted.
        weights: of the classes, by which labels are decided. Default: all 1.
    """

    metric: str
    problem: Problem
    weights: npt.NDArray[np.float64] | None = None

    def reduce(self, truth: Truth, stack: Stack) -> Stack:
        """The part of a stack that the loss reads: for log loss the true class's probability alone, [M, N, 1]."""
        if self.metric != "log-loss":
            return stack
        return np.take_along_axis(stack, truth[None, :, None], axis=2)

    def losses(self, truth: Truth, reduced: Stack) -> npt.NDArray[np.float64]:
        """The loss of each of M models [M]; smaller is better.

        Args:
            truth: of N cases.
            reduced: as `reduce` gives it, or an average of such.
        """
        if self.metric == "log-loss":
            return -np.log(np.clip(reduced[:, :, 0], SMALLEST_PROBABILITY, 1)).mean(axis=1)
        if self.problem.is_regression:
            errors = reduced[:, :, 0] - truth
            return np.abs(errors).mean(axis=1) if self.metric == "mae" else (errors**2).mean(axis=1)
        if self.metric == "brier":
            return np.array([score("brier", self.problem, truth, each) for each in reduced])
        given = np.take_along_axis(reduced, truth[None, :, None], axis=2)[:, :, 0]
        smooth = SMOOTHING * -np.log(np.clip(given, SMALLEST_PROBABILITY, 1)).mean(axis=1)
        if self.metric == "roc-auc":
            return smooth - areas(truth, reduced)
        return smooth - np.array([self._labelled(truth, each) for each in reduced])

    def loss(self, truth: Truth, predictions: Predictions) -> float:
        """The loss of one model's predictions [N, outputs]."""
        return float(self.losses(truth, self.reduce(truth, predictions[None]))[0])

    def _labelled(self, truth: Truth, predictions: Predictions) -> float:
        return score(self.metric, self.problem, truth, predictions, self.weights)


def areas(truth: Truth, stack: Stack) -> npt.NDArray[np.float64]:
    """The area under the ROC curve for each of M models [M], of one class against the rest, averaged over classes.

    Sorted once from each end, cases with equal scores have ranks whose mean is that of their tie.
    """
    occurring = np.unique(truth)
    if len(occurring) < 2:
        return np.zeros(len(stack))
    # Of two classes whose probabilities sum to 1, each has the same area.
    counted = occurring[-1:] if stack.shape[2] == 2 else occurring
    totals = np.zeros(len(stack))
    for label in counted:
        positive = truth == label
        ours = int(positive.sum())
        scores = stack[:, :, label]
        ranks = (_ranks(scores) + _ranks(scores[:, ::-1])[:, ::-1]) / 2
        totals += (ranks[:, positive].sum(axis=1) - ours * (ours - 1) / 2) / (ours * (len(truth) - ours))
    return totals / len(counted)


def _ranks(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    order = np.argsort(scores, axis=1, kind="stable")
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, np.arange(scores.shape[1], dtype=np.float64)[None], axis=1)
    return ranks
