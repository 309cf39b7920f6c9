"""Folds: no subject on both sides, every class on both sides, fewer folds for few subjects."""

import numpy as np
import pytest
from assignments import cases_of, problem_of
from trees import mixed

from relearn_training.cases import Cases
from relearn_training.failures import ConfigurationFailure, DataFailure
from relearn_training.folds import MANY_SUBJECTS, make_folds, make_ordered_folds, moments, require_enough_cases


def cases(labels: list[float], groups: list[str], times: np.ndarray | None = None) -> Cases:
    """Cases with one input."""
    return cases_of(np.arange(len(labels))[:, None], np.array(labels), groups, times)


@pytest.mark.parametrize("seed", range(5))
def test_a_subject_is_on_one_side_of_a_fold_only(seed: int) -> None:
    _, rows = mixed(3, seed=seed)
    made = cases([int(row["label"][-1]) for row in rows], [row["subject"] for row in rows])
    folds = make_folds(made, problem_of(made.labels), 5, seed)
    assert len(folds) == 5
    for fold in folds:
        assert not {made.groups[row] for row in fold.fit} & {made.groups[row] for row in fold.score}
    assert sorted(row for fold in folds for row in fold.score) == list(range(len(made)))


def test_every_class_is_on_both_sides() -> None:
    made = cases([0] * 30 + [1] * 4 + [2] * 3, [str(number) for number in range(37)])
    for fold in make_folds(made, problem_of(made.labels), 5, seed=1):
        assert set(made.labels[fold.fit]) == set(made.labels[fold.score]) == {0, 1, 2}


def test_makes_fewer_folds_where_a_class_has_few_subjects() -> None:
    made = cases([0] * 30 + [1] * 6, [str(number) for number in range(30)] + ["a", "a", "b", "b", "c", "c"])
    assert len(make_folds(made, problem_of(made.labels), 5, seed=1)) == 3


def test_says_when_subjects_cannot_be_divided() -> None:
    # Each class has two of three subjects, so one of any two sides lacks a class.
    made = cases([0, 0, 1, 1, 2, 2], ["a", "b", "b", "c", "c", "a"])
    with pytest.raises(DataFailure, match="subjects that can be divided in two"):
        make_folds(made, problem_of(made.labels), 5, seed=1)


def test_the_seed_decides() -> None:
    made = cases([0, 1] * 20, [str(number) for number in range(40)])
    first, again, other = (make_folds(made, problem_of(made.labels), 4, seed)[0].score.tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_very_rare_class_does_not_take_folds_away_and_is_always_fitted_on() -> None:
    made = cases([0] * 300 + [1] * 100 + [2] * 2, [str(number) for number in range(402)])
    folds = make_folds(made, problem_of(made.labels), 5, seed=1)
    assert len(folds) == 5
    assert all(set(made.labels[fold.fit]) == {0, 1, 2} for fold in folds)


def test_many_subjects_are_dealt_evenly() -> None:
    rng = np.random.default_rng(1)
    groups = [f"subject {subject}" for subject in rng.integers(0, MANY_SUBJECTS + 500, 6000)]
    made = cases((rng.random(6000) < 0.1).astype(int).tolist(), groups)
    folds = make_folds(made, problem_of(made.labels), 5, seed=1)
    for fold in folds:
        assert not {groups[row] for row in fold.fit} & {groups[row] for row in fold.score}
        assert 1000 < len(fold.score) < 1400
        assert 0.05 < made.labels[fold.score].mean() < 0.15


def test_numbers_are_divided_so_that_each_fold_has_small_and_large_ones() -> None:
    made = cases(np.random.default_rng(2).lognormal(size=200).tolist(), [str(number) for number in range(200)])
    means = [made.labels[fold.score].mean() for fold in make_folds(made, problem_of(made.labels), 5, seed=1)]
    assert max(means) < 2 * min(means)


@pytest.mark.parametrize("grouped", [False, True])
def test_ordered_folds_are_scored_by_what_came_before_them(grouped: bool) -> None:
    rng = np.random.default_rng(4)
    times = rng.permutation(300).astype(float) // 2
    groups = [f"subject {number % 90 if grouped else number}" for number in range(300)]
    made = cases(rng.integers(0, 2, 300).tolist(), groups, times)
    folds = make_ordered_folds(made, problem_of(made.labels), 4, "receivedAt")
    assert len(folds) == 4
    for fold in folds:
        assert times[fold.fit].max() < times[fold.score].min()
        assert not {groups[row] for row in fold.fit} & {groups[row] for row in fold.score}
    scored = np.concatenate([fold.score for fold in folds])
    assert len(set(scored.tolist())) == len(scored)


def test_says_when_time_cannot_divide_the_cases() -> None:
    made = cases([0, 1] * 50, [str(number) for number in range(100)], np.zeros(100))
    with pytest.raises(DataFailure, match="leave the parameter order out"):
        make_ordered_folds(made, problem_of(made.labels), 4, "receivedAt")


def test_no_fold_in_the_order_of_time_is_scored_by_one_class_alone() -> None:
    times = np.arange(100.0)
    groups = [str(number) for number in range(100)]
    late = cases([0, 1] * 40 + [1] * 20, groups, times)
    assert len(make_ordered_folds(late, problem_of(late.labels), 4, "receivedAt")) == 3
    by_label = cases([0] * 50 + [1] * 50, groups, times)
    with pytest.raises(DataFailure, match="sorted by their label"):
        make_ordered_folds(by_label, problem_of(by_label.labels), 4, "receivedAt")


def test_many_classes_of_which_each_is_rare_are_divided() -> None:
    labels = [number % 60 for number in range(300)]
    made = cases(labels, [str(number) for number in range(300)])
    folds = make_folds(made, problem_of(made.labels), 5, seed=1)
    assert len(folds) == 5
    for fold in folds:
        assert len(set(made.labels[fold.fit].tolist())) == 60


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([0, 1, 0], "at least 10 training cases; got 3: collect 7 more"),
        ([1] * 20, "at least 2 classes; got only class-1"),
        ([0] * 19 + [1], "at least 2 subjects for class class-1; got 1"),
        ([2.5] * 20, "all 20 have the same number"),
        ([number * 1e-200 for number in range(20)], "differ as 32-bit numbers; all 20 are the same"),
        ([1e9 + number / 10 for number in range(20)], "differ as 32-bit numbers; all 20 are the same"),
    ],
)
def test_refuses_what_nothing_can_be_learnt_from(labels: list[float], sentence: str) -> None:
    made = cases(labels, [str(number) for number in range(len(labels))])
    with pytest.raises(DataFailure, match=sentence):
        require_enough_cases(made, problem_of(made.labels))


@pytest.mark.parametrize("value", [np.nan, 3.0])
def test_refuses_features_that_are_all_missing_or_all_the_same(value: float) -> None:
    made = cases_of(np.full((20, 2), value), np.array([0, 1] * 10))
    with pytest.raises(DataFailure, match="at least one feature with different values"):
        require_enough_cases(made, problem_of(made.labels))


def test_a_table_of_many_columns_does_not_hide_what_came() -> None:
    made = cases_of(np.zeros((20, 300)), np.array([0, 1] * 10))
    with pytest.raises(ConfigurationFailure) as refused:
        moments(made, "o" * 500)
    sentence = str(refused.value)
    assert sentence.startswith("Expected the parameter order to be receivedAt or x0 or x1")
    assert "x9 and 290 more; got 'oooo" in sentence
    assert sentence.endswith("…: name a timestamp, a date or a number that is a feature.")
    assert len(sentence.encode()) < 1024


def test_one_odd_number_among_equal_ones_is_refused_in_words_of_numbers() -> None:
    made = cases([5.0] * 149 + [6.0], [str(number) for number in range(150)])
    with pytest.raises(DataFailure, match="Expected numbers that differ") as refused:
        make_folds(made, problem_of(made.labels), 5, seed=1)
    assert "class" not in str(refused.value)


def test_two_odd_numbers_of_different_subjects_are_enough() -> None:
    made = cases([5.0] * 148 + [6.0, 6.0], [str(number) for number in range(150)])
    for fold in make_folds(made, problem_of(made.labels), 5, seed=1):
        assert len(set(made.labels[fold.fit].tolist())) == 2
