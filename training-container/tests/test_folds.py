"""Folds: no subject on both sides, every class on both sides, fewer folds for few subjects."""

import numpy as np
import pytest
from trees import mixed

from relearn_training.cases import Cases, Table
from relearn_training.failures import DataFailure
from relearn_training.folds import make_folds


def cases(labels: list[int], groups: list[str]) -> Cases:
    """Cases without inputs."""
    empty = Table(np.zeros((len(labels), 0)), np.zeros((len(labels), 0), dtype=object))
    return Cases(tuple(map(str, range(len(labels)))), tuple(groups), np.array(labels), empty)


@pytest.mark.parametrize("seed", range(5))
def test_a_subject_is_on_one_side_of_a_fold_only(seed: int) -> None:
    _, rows = mixed(3, seed=seed)
    made = cases([int(row["label"][-1]) for row in rows], [row["subject"] for row in rows])
    folds = make_folds(made, 5, seed)
    assert len(folds) == 5
    for fold in folds:
        assert not {made.groups[row] for row in fold.fit} & {made.groups[row] for row in fold.score}
    assert sorted(row for fold in folds for row in fold.score) == list(range(len(made)))


def test_every_class_is_on_both_sides() -> None:
    made = cases([0] * 30 + [1] * 4 + [2] * 3, [str(number) for number in range(37)])
    for fold in make_folds(made, 5, seed=1):
        assert set(made.labels[fold.fit]) == set(made.labels[fold.score]) == {0, 1, 2}


def test_makes_fewer_folds_where_a_class_has_few_subjects() -> None:
    made = cases([0] * 30 + [1] * 6, [str(number) for number in range(30)] + ["a", "a", "b", "b", "c", "c"])
    assert len(make_folds(made, 5, seed=1)) == 3


def test_says_when_subjects_cannot_be_divided() -> None:
    # Each class has two of three subjects, so one of any two sides lacks a class.
    made = cases([0, 0, 1, 1, 2, 2], ["a", "b", "b", "c", "c", "a"])
    with pytest.raises(DataFailure, match="subjects that can be divided in two"):
        make_folds(made, 5, seed=1)


def test_the_seed_decides() -> None:
    made = cases([0, 1] * 20, [str(number) for number in range(40)])
    first, again, other = (make_folds(made, 4, seed)[0].score.tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other
