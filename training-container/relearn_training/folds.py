"""Cross-validation folds: stratified, never a subject on both sides, and in the order of time where that is asked."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from relearn_training.cases import Cases, Rows
from relearn_training.failures import ConfigurationFailure, DataFailure, shortened
from relearn_training.problem import Problem

MINIMUM_CASES = 10
MINIMUM_SUBJECTS = 2
ATTEMPTS = 10
STRATA = 10
"""Of a regression: parts of equal size, by the label, that every fold has its share of."""
MANY_SUBJECTS = 2000
"""Above which they are dealt: a search for an even division would take seconds, and chance divides them evenly."""
RARE_SHARE = 0.02
RECEIVED_AT = "receivedAt"
DATED = ("number", "timestamp")
"""Encodings of columns that can say when a case was."""
MOST_NAMED = 10


@dataclass(frozen=True)
class Fold:
    """Rows to fit on and rows to score on."""

    fit: Rows
    score: Rows


def require_enough_cases(cases: Cases, problem: Problem) -> None:
    """Refuses what no honest cross-validation can be made of; a class without any case is allowed.

    Raises:
        DataFailure: saying how many cases, classes, values or subjects are there and how many are needed.
    """
    if len(cases) < MINIMUM_CASES:
        raise DataFailure(
            f"Expected at least {MINIMUM_CASES} training cases; got {len(cases)}: "
            f"collect {MINIMUM_CASES - len(cases)} more."
        )
    _require_inputs_that_vary(cases)
    if problem.is_regression:
        if cases.labels.min() == cases.labels.max():
            raise DataFailure(
                f"Expected training cases with different labels; all {len(cases)} have the same number: "
                "collect cases with another."
            )
        _require_labels_that_differ_in_32_bits(cases)
        subjects = len(set(cases.groups))
        if subjects < MINIMUM_SUBJECTS:
            raise DataFailure(
                f"Expected cases of at least {MINIMUM_SUBJECTS} subjects; got {subjects}: collect from another subject."
            )
        return
    _require_classes(cases, problem)


def make_folds(cases: Cases, problem: Problem, wanted: int, seed: int) -> tuple[Fold, ...]:
    """Divides cases into folds, each of which has every class on both sides, and each subject on one.

    There are as many folds as wanted, fewer where a class has fewer subjects than that; a class of few cases among
    many may be absent from a fold's side that is scored. Numbers are divided so that small and large ones are in every
    fold.

    Raises:
        DataFailure: if subjects and classes, or subjects and numbers, cannot be divided even in two.
    """
    strata = _strata(cases, problem)
    subjects = [len(set(cases.groups))] if problem.is_regression else _subjects_of_common_classes(cases)
    # Where every class is rare, none of them limits how many there are.
    most = min([wanted, *subjects])
    for count in range(most, 1, -1):
        for attempt in range(ATTEMPTS):
            folds = _divide(cases, strata, count, seed + attempt)
            if all(_complete(cases, problem, fold) for fold in folds):
                return folds
    if problem.is_regression:
        raise DataFailure(
            "Expected numbers that differ in each half when the subjects are divided in two; they do not: "
            "collect cases with other numbers from other subjects."
        )
    raise DataFailure(
        "Expected subjects that can be divided in two with every class on both sides; they cannot: "
        "collect cases of the rarer classes from other subjects."
    )


def moments(cases: Cases, order: str) -> npt.NDArray[np.float64]:
    """When each case was [N], by a column or by the time it was received; NaN where that is missing.

    Raises:
        ConfigurationFailure: if there is no such column, or it holds no moments.
    """
    if order == RECEIVED_AT:
        return cases.times
    columns = cases.table.columns.numeric
    dated = [column.name for column in columns if column.encoding in DATED]
    if order not in dated:
        known = " or ".join([RECEIVED_AT, *dated[:MOST_NAMED]])
        others = f" and {len(dated) - MOST_NAMED} more" if len(dated) > MOST_NAMED else ""
        raise ConfigurationFailure(
            f"Expected the parameter order to be {known}{others}; got {shortened(repr(order))}: "
            "name a timestamp, a date or a number that is a feature."
        )
    return cases.table.numeric[:, [column.name for column in columns].index(order)]


def make_ordered_folds(cases: Cases, problem: Problem, wanted: int, order: str) -> tuple[Fold, ...]:
    """Forward chaining: cases in the order of time are cut into blocks, and each is scored by what came before it.

    A case without a moment counts as the earliest. Cases of one moment are never divided. Cases of a subject that is
    among those to score are not fitted on. The first block is only fitted on. The latest comes first: where time allows
    one fold alone, it is the one that is most like the future. A block of one class alone tells nothing, and is not
    scored.

    Raises:
        ConfigurationFailure: if `order` is no column that tells a moment.
        DataFailure: if no block has both sides.
    """
    when = np.nan_to_num(moments(cases, order), nan=-np.inf)
    _, ranks = np.unique(when, return_inverse=True)
    _, first, sizes = np.unique(np.sort(ranks), return_index=True, return_counts=True)
    middle = (first + sizes / 2)[ranks] / len(cases)
    blocks = np.minimum((middle * (wanted + 1)).astype(int), wanted)
    groups = np.array(cases.groups)
    folds = []
    for block in range(wanted, 0, -1):
        score = np.flatnonzero(blocks == block)
        fit = np.flatnonzero((blocks < block) & ~np.isin(groups, np.unique(groups[score])))
        if _enough_to_fit(cases, problem, fit) and _enough_to_score(cases, problem, score):
            folds.append(Fold(fit, score))
    if not folds:
        of_classes = "" if problem.is_regression else " of two classes or more"
        raise DataFailure(
            f"Expected earlier cases of other subjects to fit on and later ones{of_classes} to score, by {order}; "
            "no division has both: leave the parameter order out, most of all where the cases were sent sorted by "
            "their label, or collect cases over a longer time."
        )
    return tuple(folds)


def _subjects_of_common_classes(cases: Cases) -> list[int]:
    common = _common_classes(cases)
    return [count for label, count in _subjects_by_stratum(cases.labels, cases.groups).items() if label in common]


def _enough_to_fit(cases: Cases, problem: Problem, rows: Rows) -> bool:
    labels = cases.labels[rows]
    if len(rows) < MINIMUM_CASES:
        return False
    different = len(np.unique(labels))
    return different > 1 if problem.is_regression else different == len(np.unique(cases.labels))


def _enough_to_score(cases: Cases, problem: Problem, rows: Rows) -> bool:
    return len(rows) > 0 if problem.is_regression else len(np.unique(cases.labels[rows])) > 1


def _require_labels_that_differ_in_32_bits(cases: Cases) -> None:
    with np.errstate(over="ignore"):
        answers = cases.labels.astype(np.float32)
    if answers.min() == answers.max():
        raise DataFailure(
            f"Expected training cases whose labels differ as 32-bit numbers; all {len(cases)} are the same: "
            "give the label in another unit, or as the difference from a usual number."
        )


def _require_inputs_that_vary(cases: Cases) -> None:
    numeric, categorical = cases.table.numeric, cases.table.categorical
    varies = any(len(np.unique(column)) > 1 for column in numeric.T) or any(
        len(set(column.tolist())) > 1 for column in categorical.T
    )
    if not varies:
        raise DataFailure(
            "Expected at least one feature with different values; each is missing or the same in all "
            f"{len(cases)} training cases: send cases with features that tell them apart."
        )


def _require_classes(cases: Cases, problem: Problem) -> None:
    subjects = _subjects_by_stratum(cases.labels, cases.groups)
    if len(subjects) < 2:
        name = problem.classes[next(iter(subjects))]
        raise DataFailure(
            f"Expected training cases of at least 2 classes; got only {name}: collect cases of another class."
        )
    for label, count in subjects.items():
        if count < MINIMUM_SUBJECTS:
            raise DataFailure(
                f"Expected cases of at least {MINIMUM_SUBJECTS} subjects for class {problem.classes[label]}; "
                f"got {count}: collect cases of that class from another subject."
            )


def _strata(cases: Cases, problem: Problem) -> npt.NDArray[np.intp]:
    """What every fold should have its share of: the classes, or ranges of the number."""
    if not problem.is_regression:
        return cases.labels
    places = np.empty(len(cases), dtype=np.intp)
    places[np.argsort(cases.labels, kind="stable")] = np.arange(len(cases))
    return places * min(STRATA, max(len(cases) // 20, 1)) // len(cases)


def _divide(cases: Cases, strata: npt.NDArray[np.intp], count: int, seed: int) -> tuple[Fold, ...]:
    """Deals subjects to folds; where they are few and unlike in size, by a search for an even division."""
    subjects, first, places = np.unique(np.array(cases.groups), return_index=True, return_inverse=True)
    if len(subjects) == len(cases) or len(subjects) > MANY_SUBJECTS:
        order = np.lexsort((np.random.default_rng(seed).permutation(len(subjects)), strata[first]))
        dealt = np.empty(len(subjects), dtype=np.intp)
        dealt[order] = np.arange(len(subjects)) % count
        numbers = dealt[places]
        return tuple(Fold(np.flatnonzero(numbers != fold), np.flatnonzero(numbers == fold)) for fold in range(count))
    splitter = StratifiedGroupKFold(n_splits=count, shuffle=True, random_state=seed % 2**32)
    with warnings.catch_warnings():
        # Of rare classes with fewer cases than folds; `_complete` looks after them.
        warnings.simplefilter("ignore", UserWarning)
        return tuple(Fold(fit, score) for fit, score in splitter.split(places, strata, places))


def _complete(cases: Cases, problem: Problem, fold: Fold) -> bool:
    fitted = np.unique(cases.labels[fold.fit])
    if problem.is_regression:
        return len(fold.score) > 0 and len(fitted) > 1
    common = _common_classes(cases)
    return len(fitted) == len(np.unique(cases.labels)) and common <= set(cases.labels[fold.score].tolist())


def _common_classes(cases: Cases) -> set[int]:
    """Those with a share of cases large enough that every fold has to score some of them."""
    classes, counts = np.unique(cases.labels, return_counts=True)
    return set(classes[counts >= RARE_SHARE * len(cases)].tolist())


def _subjects_by_stratum(strata: npt.NDArray[np.intp], groups: Sequence[str]) -> dict[int, int]:
    pairs = set(zip(strata.tolist(), groups, strict=True))
    subjects: dict[int, int] = {}
    for stratum, _ in sorted(pairs):
        subjects[stratum] = subjects.get(stratum, 0) + 1
    return subjects
