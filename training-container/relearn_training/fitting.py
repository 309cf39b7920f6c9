"""Fits settings on folds: several folds at once where each needs one thread, each fit within its time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from relearn_training.cases import Cases, Rows
from relearn_training.estimators import Family, FitContext
from relearn_training.folds import Fold
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.problem import Problem

MOST_CACHED: Final = 4_000_000
"""Values of a table, up to which the two sides of a fold are kept for the next trial."""
RECENT: Final = 6
ONE_BY_ONE: Final = frozenset({"network"})
"""Families that draw from a source of chance which the whole process shares: side by side they would mix it up."""
UNEVEN: Final = 1.3
"""Cautious factor of an estimate: rounds of boosting grow with the cases too."""


@dataclass(frozen=True)
class FoldFit:
    """A model of one fold and what it came to."""

    number: int
    model: FittedModel
    predictions: Predictions
    fit_seconds: float
    predict_seconds: float


@dataclass
class Costs:
    """Seconds that a row costs, by family, as the fits so far took."""

    per_row: dict[str, list[float]] = field(default_factory=dict)

    def learn(self, algorithm: str, rows: int, seconds: float) -> None:
        """Takes in one fit."""
        self.per_row.setdefault(algorithm, []).append(seconds / max(rows, 1))

    def known(self, algorithm: str) -> bool:
        """Whether a fit of this family was seen."""
        return algorithm in self.per_row

    def estimate(self, algorithm: str, rows: int) -> float:
        """Seconds that a fit on so many rows takes; 0 where nothing is known."""
        return UNEVEN * rows * float(np.median(self.per_row.get(algorithm, [0.0])[-RECENT:]))


class FoldFitter:
    """Fits settings on folds.

    Args:
        cases: that the folds divide.
        problem: to solve.
        families: by name.
        fold: a fold by its number.
        seed: of the fits.
        balanced: whether each class weighs the same.
        clock: monotonic seconds.
        threads: that may work at once.
    """

    def __init__(
        self,
        cases: Cases,
        problem: Problem,
        families: Mapping[str, Family],
        fold: Callable[[int], Fold],
        seed: int,
        *,
        balanced: bool,
        clock: Callable[[], float],
        threads: int,
    ) -> None:
        self.cases = cases
        self.threads = threads
        self.most_rows: int | None = None
        self.costs = Costs()
        self._problem = problem
        self._families = families
        self._fold = fold
        self._seed = seed
        self._balanced = balanced
        self.clock = clock
        self._sides: dict[tuple[int, int | None], tuple[Cases, Cases]] = {}

    def fit_folds(
        self,
        algorithm: str,
        parameters: Parameters,
        numbers: Sequence[int],
        rows: int | None,
        seconds: float,
        *,
        at_once: bool,
        stopping: bool = True,
    ) -> Iterator[list[FoldFit]]:
        """Fits a setting on folds, wave by wave; whoever reads may stop after any wave.

        Args:
            algorithm: name of the family.
            parameters: of it.
            numbers: of the folds.
            rows: most that a fit takes; None for all.
            seconds: that all folds together may take; each fit has its share of what is left.
            at_once: whether folds are fitted side by side, one thread each; else one by one with all threads.
            stopping: whether the cases that are scored stop a fit early.
        """
        width = self.width(algorithm, at_once=at_once)
        threads = 1 if at_once else self.threads
        end = self.clock() + seconds
        waves = [numbers[start : start + width] for start in range(0, len(numbers), width)]
        for done, wave in enumerate(waves):
            share = max(end - self.clock(), 0.0) / (len(waves) - done)
            deadline = self.clock() + share

            def fit(number: int, by: float = deadline) -> FoldFit:
                return self.fit_fold(algorithm, parameters, number, rows, threads, by, stopping=stopping)

            for number in wave:
                self._divided(number, rows)
            if len(wave) == 1:
                yield [fit(wave[0])]
            else:
                with ThreadPoolExecutor(len(wave)) as pool:
                    yield list(pool.map(fit, wave))

    def width(self, algorithm: str, *, at_once: bool) -> int:
        """How many folds are fitted side by side."""
        return self.threads if at_once and algorithm not in ONE_BY_ONE else 1

    def fit_fold(
        self,
        algorithm: str,
        parameters: Parameters,
        number: int,
        rows: int | None,
        threads: int,
        deadline: float | None,
        *,
        stopping: bool = True,
    ) -> FoldFit:
        """Fits a setting on one fold, and predicts its other side, which may also stop the fit early."""
        fitted, scored = self._divided(number, rows)
        context = FitContext(
            self._problem, (self._seed + 7919 * number) % 2**32, threads, self.clock, deadline, self._balanced
        )
        began = self.clock()
        model = self._families[algorithm].fit(parameters, fitted, context, scored if stopping else None)
        between = self.clock()
        predictions = model.predict(scored.table)
        self.costs.learn(algorithm, len(fitted), between - began)
        return FoldFit(number, model, predictions, between - began, self.clock() - between)

    def fit_all(self, algorithm: str, parameters: Parameters, rows: int | None, deadline: float | None) -> FittedModel:
        """Fits a setting on all cases, with all threads; nothing stops it early but the deadline."""
        context = FitContext(self._problem, self._seed, self.threads, self.clock, deadline, self._balanced)
        return self._families[algorithm].fit(parameters, self.drawn(self.cases, rows), context)

    def probe(self, algorithm: str, parameters: Parameters, rows: int, deadline: float) -> None:
        """Fits a setting on few rows of the first fold, to learn what a row costs; before it on still fewer.

        A library's first fit takes longer, because much is loaded when it is first needed.
        """
        for size in (rows // 20, rows):
            self.costs.per_row.pop(algorithm, None)
            self.fit_fold(algorithm, parameters, 0, size, 1, deadline)
            self._sides.pop((0, size), None)

    def drawn(self, cases: Cases, rows: int | None) -> Cases:
        """A draw of cases, where there are more than `rows`."""
        most = min(rows or len(cases), self.most_rows or len(cases))
        if len(cases) <= most:
            return cases
        return cases.take(_draw(cases, self._problem, most, self._seed))

    def forget(self) -> None:
        """Gives memory back that only saves time."""
        self._sides.clear()

    def _divided(self, number: int, rows: int | None) -> tuple[Cases, Cases]:
        key = (number, rows)
        if key not in self._sides:
            width = self.cases.table.numeric.shape[1] + self.cases.table.categorical.shape[1]
            if len(self._sides) * len(self.cases) * max(width, 1) > MOST_CACHED:
                self._sides.clear()
            fold = self._fold(number)
            self._sides[key] = (self.drawn(self.cases.take(fold.fit), rows), self.cases.take(fold.score))
        return self._sides[key]


def _draw(cases: Cases, problem: Problem, size: int, seed: int) -> Rows:
    """Rows in their order; of each class its share, and at least two."""
    rng = np.random.default_rng(seed)
    if problem.is_regression:
        return np.sort(rng.choice(len(cases), size=size, replace=False))
    share = size / len(cases)
    chosen = []
    for label in np.unique(cases.labels):
        rows = np.flatnonzero(cases.labels == label)
        wanted = min(max(round(share * len(rows)), 2), len(rows))
        chosen.append(rng.choice(rows, size=wanted, replace=False))
    return np.sort(np.concatenate(chosen))
