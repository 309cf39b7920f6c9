"""Labelled cases as an estimator learns from them: classes counted without gaps, numbers on one scale, weights."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from relearn_training.cases import Cases
from relearn_training.problem import Problem

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lesson:
    """Cases and what is to be learnt from them.

    Attributes:
        cases: N of them, at least 1.
        problem: that they are examples of.
        balanced: whether each class weighs the same.
        seen: the classes that occur, as indices of the problem's, ascending; empty for a regression.
        labels: places in `seen` [N], or standardised numbers [N].
        weights: of the cases, 1 on average [N].
        centre: of the numbers; 0 for classes.
        scale: their standard deviation; 1 for classes.
    """

    cases: Cases
    problem: Problem
    balanced: bool
    seen: tuple[int, ...]
    labels: npt.NDArray[np.intp] | Vector
    weights: Vector
    centre: float = 0.0
    scale: float = 1.0

    @classmethod
    def of(cls, cases: Cases, problem: Problem, *, balanced: bool) -> Self:
        """Looks at the labels."""
        even = np.ones(len(cases))
        if problem.is_regression:
            centre, scale = float(cases.labels.mean()), float(cases.labels.std()) or 1.0
            return cls(cases, problem, balanced, (), (cases.labels - centre) / scale, even, centre, scale)
        seen, labels, counts = np.unique(cases.labels, return_inverse=True, return_counts=True)
        weights = (len(cases) / (len(seen) * counts))[labels] if balanced else even
        return cls(cases, problem, balanced, tuple(seen.tolist()), labels, weights)

    @property
    def outputs(self) -> int:
        """S: 1 for a number and for one of two classes that occur, else how many occur."""
        return 1 if self.problem.is_regression or len(self.seen) <= 2 else len(self.seen)

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to tell apart: one class, or one number."""
        return len(self.seen) == 1 or (self.problem.is_regression and bool((self.labels == self.labels[0]).all()))

    @property
    def targets(self) -> Vector:
        """What the labels are as numbers [N, S]: a flag for each class, of two for the second; or the number."""
        if self.problem.is_regression:
            return self.labels[:, None]
        flags = np.equal(self.labels[:, None], np.arange(len(self.seen))).astype(np.float64)
        return flags[:, 1:] if len(self.seen) == 2 else flags

    def judging(self, cases: Cases | None) -> Self | None:
        """Other cases, in this lesson's classes, scale and weights, by which to stop early.

        Cases of classes that this lesson has none of are left out; None if no case is left.
        """
        if cases is None or not len(cases):
            return None
        if self.problem.is_regression:
            return replace(
                self, cases=cases, labels=(cases.labels - self.centre) / self.scale, weights=np.ones(len(cases))
            )
        known = np.flatnonzero(np.isin(cases.labels, self.seen))
        if not len(known):
            return None
        kept = cases if len(known) == len(cases) else cases.take(known)
        labels = np.searchsorted(self.seen, kept.labels)
        of_class = np.ones(len(self.seen))
        of_class[self.labels] = self.weights
        return replace(self, cases=kept, labels=labels, weights=of_class[labels])
