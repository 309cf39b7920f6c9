"""How well a way of fitting generalises: its score on folds it was not fitted on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from relearn_training.cases import Cases
from relearn_training.folds import Fold
from relearn_training.metrics import score
from relearn_training.models import FittedModel
from relearn_training.problem import Problem


@dataclass(frozen=True)
class CrossValidation:
    """The outcome over all folds.

    Attributes:
        metric: that was scored.
        mean: of the folds' scores; NaN where it is undefined in each.
        standard_error: of that mean, as if the folds were independent (which makes it somewhat too small); None for
            one fold.
        folds: how many.
        fit_seconds: that fitting took, all folds together.
    """

    metric: str
    mean: float
    standard_error: float | None
    folds: int
    fit_seconds: float


def summarise(metric: str, scores: Sequence[float], fit_seconds: float) -> CrossValidation:
    """The outcome of one or more folds' scores; a fold in which the metric is undefined (NaN) does not count."""
    defined = np.asarray(scores)[~np.isnan(scores)]
    several = len(defined) > 1
    return CrossValidation(
        metric=metric,
        mean=float(np.mean(defined)) if len(defined) else float("nan"),
        standard_error=float(np.std(defined, ddof=1) / np.sqrt(len(defined))) if several else None,
        folds=len(defined),
        fit_seconds=fit_seconds,
    )


def cross_validate(
    fit: Callable[[Cases], FittedModel],
    cases: Cases,
    problem: Problem,
    folds: Sequence[Fold],
    metric: str,
    clock: Callable[[], float],
) -> CrossValidation:
    """Fits on each fold's one side and scores on its other.

    Args:
        fit: makes a model of cases.
        cases: that the folds' rows are of.
        problem: what is predicted.
        folds: at least 1.
        metric: to score.
        clock: monotonic seconds.
    """
    scores, seconds = [], 0.0
    for fold in folds:
        began = clock()
        model = fit(cases.take(fold.fit))
        seconds += clock() - began
        scored = cases.take(fold.score)
        scores.append(score(metric, problem, scored.labels, model.predict(scored.table)))
    return summarise(metric, scores, seconds)
