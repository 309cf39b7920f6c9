"""Cases as arrays: what the model is given, the label it should give, and on which side of the split each case is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from relearn_training.case_values import MISSING_CATEGORY, Labeller, NumericReader, StringReader, labeller_of, time_of
from relearn_training.failures import DataFailure
from relearn_training.ledger import Row
from relearn_training.model_schema import ModelSchema, TableColumns
from relearn_training.row_fields import content_string, input_values
from relearn_training.strings import StringColumn

Rows = npt.NDArray[np.intp]
Labels = npt.NDArray[np.intp] | npt.NDArray[np.float64]
SIDES = ("train", "holdout", "gold")

__all__ = ["MISSING_CATEGORY", "SIDES", "Cases", "Labels", "Rows", "Split", "Table", "split_cases"]


@dataclass(frozen=True, eq=False)
class Table:
    """The model's inputs for N cases.

    Attributes:
        numeric: float64 [N, k], NaN is missing; each value is exactly a float32, as in the graph. Timestamps are days
            since 1970-01-01 UTC.
        categorical: str objects [N, m], categories and texts; the empty string is missing.
        columns: what they are.
    """

    numeric: npt.NDArray[np.float64]
    categorical: npt.NDArray[np.object_]
    columns: TableColumns

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self.numeric)

    @cached_property
    def strings(self) -> tuple[StringColumn, ...]:
        """The categorical columns, each different string once."""
        return tuple(StringColumn.of(column) for column in self.categorical.T)

    def take(self, rows: Rows) -> Self:
        """The inputs of some of the cases; what was found out about their strings is kept."""
        taken = type(self)(self.numeric[rows], self.categorical[rows], self.columns)
        taken.__dict__["strings"] = tuple(column.take(rows) for column in self.strings)
        return taken


@dataclass(frozen=True, eq=False)
class Cases:
    """N labelled cases.

    Attributes:
        ids: of the cases.
        groups: the subject of each case; a case without a subject is a group of its own.
        labels: indices into the schema's classes, intp [N]; for a regression the numbers, float64 [N].
        table: the model's inputs.
        times: when each case was received, seconds since 1970-01-01 UTC, float64 [N]. Default: all 0.
    """

    ids: tuple[str, ...]
    groups: tuple[str, ...]
    labels: Labels
    table: Table
    times: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        """Fills in the times."""
        if len(self.times) != len(self.ids):
            object.__setattr__(self, "times", np.zeros(len(self.ids)))

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
            times=self.times[rows],
        )


@dataclass(frozen=True)
class Split:
    """The sides of a dataset: a subject is in training or in the holdout, never in both.

    Attributes:
        train: to fit on; none of a subject that has a gold case.
        holdout: to measure by.
        gold: chosen by people to test every version by.
    """

    train: Cases
    holdout: Cases
    gold: Cases


def split_cases(rows: Iterable[Row], schema: ModelSchema, tombstones: frozenset[str]) -> Split:
    """Turns ledger rows into arrays, without those of erased cases; rows are read one by one and not kept.

    Raises:
        DataFailure: naming segment and line of a row that does not fit the schema, comes twice, or whose subject is
            on both sides of the split; it never repeats what the row holds.
    """
    reader = _CaseReader(schema)
    for row in rows:
        if row.content.get("id") not in tombstones:
            reader.read(row)
    return reader.split()


class _CaseReader:
    """Collects cases column by column: 60,000 rows of 50 columns as Python objects would take half a gigabyte."""

    def __init__(self, schema: ModelSchema) -> None:
        self._schema = schema
        self._labeller: Labeller = labeller_of(schema)
        self._numeric = [NumericReader(column) for column in schema.numeric]
        self._strings = [StringReader(column) for column in schema.categorical]
        self._ids: dict[str, None] = {}
        self._groups: list[str] = []
        self._sides: list[str] = []
        self._times: list[float] = []
        self._side_of_subject: dict[str, str] = {}
        self._gold_subjects: set[str] = set()

    def read(self, row: Row) -> None:
        case, side, subject = content_string(row, "id"), content_string(row, "split"), row.content.get("subject")
        if side not in SIDES:
            raise DataFailure(
                f"Expected split to be {', '.join(SIDES)} in {row.place}; it is none of these: seal the segment anew."
            )
        if case in self._ids:
            raise DataFailure(f"Expected each case once; the one in {row.place} came before: take a new snapshot.")
        group = f"subject {subject}" if isinstance(subject, str) else f"case {case}"
        if side == "gold":
            self._gold_subjects.add(group)
        elif self._side_of_subject.setdefault(group, side) != side:
            raise DataFailure(
                f"Expected each subject on one side of the split; the one in {row.place} is on both: "
                "take a new snapshot."
            )
        self._ids[case] = None
        self._groups.append(group)
        self._sides.append(side)
        self._times.append(time_of(row))
        self._labeller.read(row)
        values = input_values(row)
        for column in (*self._numeric, *self._strings):
            column.read(values, row)

    def split(self) -> Split:
        every = self._cases()
        sides = np.array(self._sides, dtype=object)
        free = np.array([group not in self._gold_subjects for group in every.groups], dtype=bool)
        return Split(
            train=every.take(np.flatnonzero((sides == "train") & free)),
            holdout=every.take(np.flatnonzero(sides == "holdout")),
            gold=every.take(np.flatnonzero(sides == "gold")),
        )

    def _cases(self) -> Cases:
        count, schema = len(self._ids), self._schema
        numeric = np.empty((count, len(schema.numeric)))
        for place, column in enumerate(self._numeric):
            numeric[:, place] = column.values()
        categorical = np.empty((count, len(schema.categorical)), dtype=object)
        for place, column in enumerate(self._strings):
            categorical[:, place] = column.values()
        return Cases(
            ids=tuple(self._ids),
            groups=tuple(self._groups),
            labels=self._labeller.values(),
            table=Table(numeric, categorical, schema.columns),
            times=np.array(self._times, dtype=np.float64),
        )
