"""Stratified cross-validation folds that never put a subject on both sides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from relearn_training.cases import Cases, Rows
from relearn_training.failures import DataFailure

MINIMUM_CASES = 10
MINIMUM_SUBJECTS = 2
ATTEMPTS = 10


@dataclass(frozen=True)
class Fold:
    """Rows to fit on and rows to score on."""

    fit: Rows
    score: Rows


def require_enough_cases(cases: Cases, classes: Sequence[str]) -> None:
    """Refuses what no honest cross-validation can be made of; a class without any case is allowed.

    Raises:
        DataFailure: saying how many cases, classes or subjects are there and how many are needed.
    """
    if len(cases) < MINIMUM_CASES:
        raise DataFailure(
            f"Expected at least {MINIMUM_CASES} training cases; got {len(cases)}: "
            f"collect {MINIMUM_CASES - len(cases)} more."
        )
    subjects = _subjects_by_class(cases)
    if len(subjects) < 2:
        name = classes[next(iter(subjects))]
        raise DataFailure(
            f"Expected training cases of at least 2 classes; got only {name}: collect cases of another class."
        )
    for label, count in subjects.items():
        if count < MINIMUM_SUBJECTS:
            raise DataFailure(
                f"Expected cases of at least {MINIMUM_SUBJECTS} subjects for class {classes[label]}; got {count}: "
                "collect cases of that class from another subject."
            )


def make_folds(cases: Cases, wanted: int, seed: int) -> tuple[Fold, ...]:
    """Divides cases into folds, each of which has every class on both sides, and each subject on one.

    There are as many folds as wanted, fewer where a class has fewer subjects than that.

    Raises:
        DataFailure: if subjects and classes cannot be divided even in two.
    """
    most = min(wanted, *_subjects_by_class(cases).values())
    for count in range(most, 1, -1):
        for attempt in range(ATTEMPTS):
            folds = tuple(_divide(cases, count, seed + attempt))
            if all(_complete(cases, fold) for fold in folds):
                return folds
    raise DataFailure(
        "Expected subjects that can be divided in two with every class on both sides; they cannot: "
        "collect cases of the rarer classes from other subjects."
    )


def _divide(cases: Cases, count: int, seed: int) -> Iterator[Fold]:
    shuffled = {"n_splits": count, "shuffle": True, "random_state": seed % 2**32}
    alone = len(set(cases.groups)) == len(cases)
    splitter = StratifiedKFold(**shuffled) if alone else StratifiedGroupKFold(**shuffled)
    rows = np.zeros(len(cases))
    for fit, scored in splitter.split(rows, cases.labels, None if alone else cases.groups):
        yield Fold(fit=fit, score=scored)


def _complete(cases: Cases, fold: Fold) -> bool:
    classes = len(np.unique(cases.labels))
    return all(len(np.unique(cases.labels[rows])) == classes for rows in (fold.fit, fold.score))


def _subjects_by_class(cases: Cases) -> dict[int, int]:
    pairs = set(zip(cases.labels.tolist(), cases.groups, strict=True))
    subjects: dict[int, int] = {}
    for label, _ in sorted(pairs):
        subjects[label] = subjects.get(label, 0) + 1
    return subjects
