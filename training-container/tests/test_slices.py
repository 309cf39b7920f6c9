"""Metrics by slice: which slices there are, and which are too small to show."""

import json

import numpy as np
import pytest

from relearn_training.cases import Cases, Table
from relearn_training.ledger import Row
from relearn_training.metrics import evaluate
from relearn_training.model_schema import TableColumns
from relearn_training.problem import Problem
from relearn_training.slices import MOST_BYTES, SliceReader, evaluate_slices

PROBLEM = Problem("binary", ("no", "yes"))


def row(case: str, inputs: object, split: str = "holdout") -> Row:
    return Row(case, {"id": case, "input": inputs, "split": split})


def cases(*ids: str) -> Cases:
    table = Table(np.empty((len(ids), 0)), np.empty((len(ids), 0), dtype=object), TableColumns((), ()))
    return Cases(ids, ids, np.zeros(len(ids), dtype=np.intp), table)


def sliced(**counts: int) -> dict[str, int]:
    """Which slices are shown of a field that has so many cases of each value, and how many cases each has."""
    values = [value for value, count in counts.items() for _ in range(count)]
    truth = np.arange(len(values)) % 2
    entries, left_out = evaluate_slices({"site": values}, PROBLEM, truth, np.eye(2)[truth], None, None)
    assert len(entries) + left_out == len(counts)
    return {entry["value"]: entry["metrics"]["cases"] for entry in entries}


def test_reads_the_slices_of_the_holdout_on_the_way() -> None:
    rows = [
        row("a", {"sex": "f", "smoker": True, "age": 39, "zip": "021", "empty": None}),
        row("b", {"sex": None, "smoker": False, "age": 40, "zip": "100"}),
        row("c", {"sex": "m", "smoker": None, "age": 90, "zip": "000"}),
        row("d", {"sex": "m", "age": 7}, split="train"),
        row("e", "no object"),
    ]
    reader = SliceReader(("sex", "smoker", "age", "zip", "empty"))
    assert list(reader.watch(rows)) == rows
    assert reader.of(cases("b", "c", "a")) == {
        "sex": [None, "m", "f"],
        "smoker": ["false", None, "true"],
        "age": ["40\N{EN DASH}49", "90+", "30\N{EN DASH}39"],
        "zip": ["100", "000", "021"],
    }


def test_each_slice_has_the_metrics_of_its_cases() -> None:
    rng = np.random.default_rng(0)
    truth, given, site = rng.integers(2, size=60), rng.dirichlet((1, 1), size=60), np.repeat(["a", "b"], [40, 20])
    entries, left_out = evaluate_slices({"site": site.tolist()}, PROBLEM, truth, given, (1.0, 2.0), None)
    assert left_out == 0
    assert [(entry["field"], entry["value"]) for entry in entries] == [("site", "a"), ("site", "b")]
    expected = evaluate(PROBLEM, truth[40:], given[40:], (1.0, 2.0))
    del expected["calibration"]
    assert entries[1]["metrics"] == expected


def test_the_smallest_slices_of_very_many_are_left_out() -> None:
    problem = Problem("multiclass", tuple(f"class-{index}" for index in range(60)))
    truth = np.arange(200) % 60
    values = ["a"] * 60 + ["b"] * 50 + ["c"] * 40 + ["d"] * 30 + ["e"] * 20
    entries, left_out = evaluate_slices({"site": values, "ward": values}, problem, truth, np.eye(60)[truth], None, None)
    assert [(entry["field"], entry["value"]) for entry in entries] == [("site", "a"), ("site", "b"), ("ward", "a")]
    assert len(json.dumps(entries)) <= MOST_BYTES
    assert left_out == 7


def test_a_slice_of_numbers() -> None:
    truth, values = np.arange(10.0), np.arange(10.0)[:, None] + 0.5
    entries, _ = evaluate_slices({"sex": ["f", "m"] * 5}, Problem("regression"), truth, values, None, 0.5)
    assert [entry["metrics"]["withinTolerance"] for entry in entries] == [1.0, 1.0]


def test_small_slices_are_left_out_and_counted() -> None:
    assert sliced(a=30, b=5, c=4, d=3) == {"a": 30, "b": 5}


def test_what_is_left_out_cannot_be_worked_out_from_the_rest() -> None:
    assert sliced(a=30, b=7, c=6, d=1) == {"a": 30, "b": 7}
    assert sliced(a=30, d=1) == {}


def test_rare_values_of_a_field_with_many_are_one_slice() -> None:
    many = {f"value-{number:02d}": 40 - number for number in range(25)}
    truth = np.zeros(sum(many.values()), dtype=np.intp)
    values = [value for value, count in many.items() for _ in range(count)]
    entries, left_out = evaluate_slices({"site": values}, PROBLEM, truth, np.eye(2)[truth], None, None)
    shown = {entry["value"]: entry["metrics"]["cases"] for entry in entries}
    assert (len(shown), left_out) == (20, 0)
    assert shown["other"] == sum(40 - number for number in range(19, 25))
    assert sum(shown.values()) == sum(many.values())


def test_categories_called_other_and_missing_are_told_from_what_has_these_names() -> None:
    rare = [f"value-{number:02d}" for number in range(20) for _ in range(6)]
    values = ["other"] * 30 + ["missing"] * 20 + [None] * 10 + rare
    truth = np.zeros(len(values), dtype=np.intp)
    entries, left_out = evaluate_slices({"ward": values}, PROBLEM, truth, np.eye(2)[truth], None, None)
    shown = {(entry["kind"], entry["value"]): entry["metrics"]["cases"] for entry in entries}
    assert (len(shown), left_out) == (20, 0)
    assert shown["value", "other"] == 30
    assert shown["value", "missing"] == 20
    assert shown["missing", "missing"] == 10
    assert shown["other", "other"] == 24


@pytest.mark.parametrize("fields", [(), ("sex",)])
def test_an_empty_holdout_has_no_slices(fields: tuple[str, ...]) -> None:
    reader = SliceReader(fields)
    assert list(reader.watch([])) == []
    assert reader.of(cases()) == {}
    assert evaluate_slices({}, PROBLEM, np.empty(0), np.empty((0, 2)), None, None) == ([], 0)
