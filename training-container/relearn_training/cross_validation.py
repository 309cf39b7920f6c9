"""How well a way of fitting generalises: its score on folds it was not fitted on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from relearn_training.cases import Cases
from relearn_training.classification import score
from relearn_training.classifiers import FittedClassifier
from relearn_training.folds import Fold


@dataclass(frozen=True)
class CrossValidation:
    """The outcome over all folds.

    Attributes:
        metric: that was scored.
        mean: of the folds' scores.
        standard_error: of that mean, as if the folds were independent (which makes it somewhat too small).
        folds: how many.
        fit_seconds: that fitting took, all folds together.
    """

    metric: str
    mean: float
    standard_error: float
    folds: int
    fit_seconds: float


def cross_validate(
    fit: Callable[[Cases], FittedClassifier],
    cases: Cases,
    folds: Sequence[Fold],
    metric: str,
    clock: Callable[[], float],
) -> CrossValidation:
    """Fits on each fold's one side and scores on its other.

    Args:
        fit: makes a classifier of cases.
        cases: that the folds' rows are of.
        folds: at least 2.
        metric: to score.
        clock: monotonic seconds.
    """
    scores, seconds = [], 0.0
    for fold in folds:
        began = clock()
        classifier = fit(cases.take(fold.fit))
        seconds += clock() - began
        scored = cases.take(fold.score)
        scores.append(score(metric, scored.labels, classifier.probabilities(scored.table)))
    return CrossValidation(
        metric=metric,
        mean=float(np.mean(scores)),
        standard_error=float(np.std(scores, ddof=1) / np.sqrt(len(scores))),
        folds=len(scores),
        fit_seconds=seconds,
    )
