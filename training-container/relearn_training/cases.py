"""Cases as arrays: what the model is given, the label it should give, and on which side of the split each case is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relearn_training.failures import DataFailure
from relearn_training.ledger import Row
from relearn_training.model_schema import Column, ModelSchema

MISSING_CATEGORY = ""

Rows = npt.NDArray[np.intp]
Labels = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Table:
    """The model's inputs for N cases.

    Attributes:
        numeric: float64 [N, k], NaN is missing; each value is exactly a float32, as in the graph.
        categorical: str objects [N, m]; the empty string is missing.
    """

    numeric: npt.NDArray[np.float64]
    categorical: npt.NDArray[np.object_]

    def take(self, rows: Rows) -> Self:
        """The inputs of some of the cases."""
        return type(self)(self.numeric[rows], self.categorical[rows])

    def matrix(self) -> npt.NDArray[np.float64] | npt.NDArray[np.object_]:
        """All columns side by side, numeric ones first: [N, k + m]; of objects where there is a categorical column."""
        if not self.categorical.shape[1]:
            return self.numeric
        return np.hstack([self.numeric.astype(object), self.categorical])


@dataclass(frozen=True)
class Cases:
    """N labelled cases.

    Attributes:
        ids: of the cases.
        groups: the subject of each case; a case without a subject is a group of its own.
        labels: indices into the schema's classes.
        table: the model's inputs.
    """

    ids: tuple[str, ...]
    groups: tuple[str, ...]
    labels: Labels
    table: Table

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self.ids)

    def take(self, rows: Rows) -> Self:
        """Some of the cases, in the order of `rows`."""
        return type(self)(
            ids=tuple(self.ids[row] for row in rows),
            groups=tuple(self.groups[row] for row in rows),
            labels=self.labels[rows],
            table=self.table.take(rows),
        )


@dataclass(frozen=True)
class Split:
    """The two sides of a dataset: a subject is on one of them only."""

    train: Cases
    holdout: Cases


def split_cases(rows: Sequence[Row], schema: ModelSchema, tombstones: frozenset[str]) -> Split:
    """Turns ledger rows into arrays, without those of erased cases.

    Raises:
        DataFailure: naming segment and line of a row that does not fit the schema, comes twice, or whose subject is
            on both sides of the split; it never repeats what the row holds.
    """
    kept = [row for row in rows if row.content.get("id") not in tombstones]
    sides: dict[str, list[Row]] = {"train": [], "holdout": []}
    side_of_subject: dict[str, str] = {}
    seen: set[str] = set()
    for row in kept:
        case, side, subject = _string(row, "id"), _string(row, "split"), row.content.get("subject")
        if side not in sides:
            raise DataFailure(
                f"Expected split to be train or holdout in {row.place}; it is neither: seal the segment anew."
            )
        if case in seen:
            raise DataFailure(f"Expected each case once; the one in {row.place} came before: take a new snapshot.")
        if isinstance(subject, str) and side_of_subject.setdefault(subject, side) != side:
            raise DataFailure(
                f"Expected each subject on one side of the split; the one in {row.place} is on both: "
                "take a new snapshot."
            )
        seen.add(case)
        sides[side].append(row)
    return Split(train=_cases(sides["train"], schema), holdout=_cases(sides["holdout"], schema))


def _cases(rows: Sequence[Row], schema: ModelSchema) -> Cases:
    index = {name: position for position, name in enumerate(schema.classes)}
    categorical = np.array([[_category(row, column) for column in schema.categorical] for row in rows], dtype=object)
    return Cases(
        ids=tuple(_string(row, "id") for row in rows),
        groups=tuple(_group(row) for row in rows),
        labels=np.array([_label(row, index) for row in rows], dtype=np.intp),
        table=Table(_numeric(rows, schema.numeric), categorical.reshape(len(rows), len(schema.categorical))),
    )


def _numeric(rows: Sequence[Row], columns: Sequence[Column]) -> npt.NDArray[np.float64]:
    values = np.array([[_number(row, column) for column in columns] for row in rows], dtype=np.float64)
    with np.errstate(over="ignore"):
        exact = values.reshape(len(rows), len(columns)).astype(np.float32).astype(np.float64)
    for row, column in np.argwhere(np.isinf(exact)):
        raise _misfit(rows[row], columns[column])
    return exact


def _group(row: Row) -> str:
    subject = row.content.get("subject")
    return f"subject {subject}" if isinstance(subject, str) else f"case {_string(row, 'id')}"


def _label(row: Row, index: Mapping[str, int]) -> int:
    label = _string(row, "label")
    if label not in index:
        raise DataFailure(
            f"Expected the label in {row.place} to be one of the schema's {len(index)} classes; it is none: "
            "take a new snapshot under the current schema."
        )
    return index[label]


def _number(row: Row, column: Column) -> float:
    value = _value(row, column)
    if value is None:
        return math.nan
    expected = (bool,) if column.encoding == "boolean" else (int, float)
    if type(value) not in expected:
        raise _misfit(row, column)
    try:
        return float(value)
    except OverflowError:
        raise _misfit(row, column) from None


def _category(row: Row, column: Column) -> str:
    value = _value(row, column)
    if value is None:
        return MISSING_CATEGORY
    if not isinstance(value, str) or (column.categories and value not in column.categories):
        raise _misfit(row, column)
    return value


def _value(row: Row, column: Column) -> object:
    values = row.content.get("input")
    if not isinstance(values, dict):
        raise DataFailure(f"Expected input to be an object in {row.place}; it is none: seal the segment anew.")
    return values.get(column.name)


def _misfit(row: Row, column: Column) -> DataFailure:
    allowed = {
        "number": "a number within the range of a 32-bit float",
        "boolean": "true or false",
        "category": "a string, one of the schema's categories where it lists them",
    }
    return DataFailure(
        f"Expected {column.name} in {row.place} to be {allowed[column.encoding]}; it is not: "
        "take a new snapshot under the current schema."
    )


def _string(row: Row, name: str) -> str:
    value = row.content.get(name)
    if not isinstance(value, str):
        raise DataFailure(f"Expected {name} to be a string in {row.place}; it is none: seal the segment anew.")
    return value
