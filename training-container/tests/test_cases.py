"""How the values of cases become numbers and strings, and on which side of the split each case is."""

from collections.abc import Mapping

import numpy as np
import pytest
from trees import Row, ledger_row

from relearn_training.cases import Split, split_cases
from relearn_training.failures import DataFailure
from relearn_training.ledger import Row as LedgerRow
from relearn_training.model_schema import parse_schema
from relearn_training.problem import Problem, problem_of

FIELDS = {
    "size": {"kind": "feature", "type": "number"},
    "ok": {"kind": "feature", "type": "boolean"},
    "at": {"kind": "feature", "type": "timestamp", "deidentified": True},
    "note": {"kind": "feature", "type": "text", "deidentified": True},
    "colour": {"kind": "feature", "type": "category", "categories": ["red", "blue"]},
}
CLASSES = {"type": "category", "classes": ["no", "yes"]}
NUMBER = {"type": "number", "tolerance": 0.5, "minimum": 0, "maximum": 100}


def split(rows: list[Row], label: Mapping[str, object] = CLASSES) -> Split:
    """The rows as the program sees them."""
    schema = parse_schema({"fields": FIELDS, "label": label})
    return split_cases((LedgerRow(f"line {n}", row) for n, row in enumerate(rows)), schema, frozenset({"erased"}))


def row(number: int = 0, label: object = "yes", **inputs: object) -> Row:
    """A case with some of the fields."""
    return ledger_row(number, inputs, label)


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("1970-01-02T12:00:00.000Z", 1.5),
        ("2024-02-29T06:00:00+06:00", 19_782.0),
        ("1969-12-31T18:00:00", -0.25),
        ("2000-01-01", 10_957.0),
    ],
)
def test_a_timestamp_is_days_since_1970(value: str, days: float) -> None:
    table = split([row(at=value)]).train.table
    assert [column.name for column in table.columns.numeric] == ["size", "ok", "at"]
    assert table.numeric[0, 2] == days


def test_a_time_of_day_is_as_exact_as_the_graph_can_be_told() -> None:
    days = split([row(at="2026-07-08T09:10:11.123Z")]).train.table.numeric[0, 2]
    assert days == np.float32(days)
    assert abs(days - 20_642.382073) < 0.001


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Straße İstanbul ÄÖ ABC", "straße İstanbul ÄÖ abc"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("whole \U0001f600 PAIR", "whole \U0001f600 pair"),
        (None, ""),
    ],
)
def test_a_text_is_given_in_lower_case_of_ascii_alone(given: str | None, wanted: str) -> None:
    table = split([row(note=given)]).train.table
    assert [column.name for column in table.columns.categorical] == ["note", "colour"]
    assert table.categorical[0].tolist() == [wanted, ""]
    table.categorical[0, 0].encode()


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"at": "yesterday"}, "ISO 8601"),
        ({"at": 12}, "ISO 8601"),
        ({"note": 12}, "a string"),
        ({"size": 3.5e38}, "32-bit float"),
        ({"size": True}, "32-bit float"),
        ({"ok": 1}, "true or false"),
        ({"colour": "green"}, "schema's categories"),
    ],
)
def test_refuses_a_value_without_repeating_it(inputs: Row, expected: str) -> None:
    with pytest.raises(DataFailure, match=f"line 1 to be .*{expected}") as failure:
        split([row(0), row(1, **inputs)])
    assert str(next(iter(inputs.values()))) not in str(failure.value).replace("line 1", "").replace("line 12", "")


def test_the_largest_number_that_rounds_to_a_float32_is_taken() -> None:
    largest = float(np.finfo(np.float32).max)
    table = split([row(size=largest), row(1, size=-largest), row(2, size=1e-46)]).train.table
    assert table.numeric[:, 0].tolist() == [largest, -largest, 0.0]


def test_a_number_can_be_the_label() -> None:
    cases = split([row(0, 12.25), row(1, 0), row(2, 100)], NUMBER).train
    assert cases.labels.dtype == np.float64
    assert cases.labels.tolist() == [12.25, 0, 100]
    schema = parse_schema({"fields": FIELDS, "label": NUMBER})
    assert (schema.tolerance, schema.minimum, schema.maximum, schema.classes) == (0.5, 0, 100, ())
    assert problem_of(schema) == Problem("regression")
    assert problem_of(schema).outputs == 1


@pytest.mark.parametrize("label", [-0.1, 100.1, "12", True, None])
def test_refuses_a_label_out_of_bounds(label: object) -> None:
    with pytest.raises(DataFailure, match="the label in line 0 to be a number within the schema's bounds"):
        split([row(0, label)], NUMBER)


def test_refuses_a_tolerance_that_is_no_number() -> None:
    with pytest.raises(DataFailure, match="the label's tolerance to be a number"):
        parse_schema({"fields": FIELDS, "label": {**NUMBER, "tolerance": "small"}})


def test_two_classes_or_more_are_told_apart() -> None:
    for classes, kind in ((["a", "b"], "binary"), (["a", "b", "c"], "multiclass")):
        problem = problem_of(parse_schema({"fields": FIELDS, "label": {"type": "category", "classes": classes}}))
        assert (problem.kind, problem.outputs) == (kind, len(classes))


def test_knows_when_each_case_was_received() -> None:
    rows = [{**row(0), "receivedAt": "1970-01-01T00:00:10.500Z"}, {**row(1), "receivedAt": "1970-01-02T00:00:00Z"}]
    assert split(rows).train.times.tolist() == [10.5, 86_400.0]
    with pytest.raises(DataFailure, match="receivedAt to be an ISO 8601 date and time in line 0"):
        split([{**row(0), "receivedAt": "soon"}])


def test_no_case_of_a_subject_with_a_gold_case_is_trained_on() -> None:
    sides = [("train", "a"), ("gold", "a"), ("train", "b"), ("holdout", "c"), ("gold", "c"), ("train", None)]
    rows = [{**row(number), "split": side, "subject": subject} for number, (side, subject) in enumerate(sides)]
    parts = split(rows)
    places = [[int(case[5:]) for case in part.ids] for part in (parts.train, parts.holdout, parts.gold)]
    assert places == [[2, 5], [3], [1, 4]]


def test_parts_of_a_table_share_what_was_found_out_about_their_strings() -> None:
    cases = split([row(number, colour="red" if number % 3 else "blue", note="") for number in range(9)]).train
    part = cases.take(np.array([8, 0, 3]))
    assert part.table.strings[1].lexicon is cases.table.strings[1].lexicon
    assert part.table.strings[1].strings().tolist() == part.table.categorical[:, 1].tolist() == ["red", "blue", "blue"]
    assert part.table.categorical[1, 1] is part.table.categorical[2, 1]
