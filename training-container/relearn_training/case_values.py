"""Reads the values of cases into arrays, one column each: numbers, timestamps, categories, texts and labels."""

import string
from array import array
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from relearn_training.failures import DataFailure
from relearn_training.ledger import Row
from relearn_training.model_schema import Column, ModelSchema
from relearn_training.row_fields import content_string

MISSING_CATEGORY = ""
SECONDS_A_DAY = 86_400
BEYOND_FLOAT32 = 2.0**128 - 2.0**103
"""From here on a number rounds to infinity in 32 bits: the largest of them and half the distance to the next."""
LOWER_CASE = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""ASCII only: what lower case is of other letters differs between languages and libraries, and serving must agree."""
EXPECTED = {
    "number": "a number within the range of a 32-bit float",
    "boolean": "true or false",
    "timestamp": "an ISO 8601 date and time",
    "category": "a string, one of the schema's categories where it lists them",
    "text": "a string",
}


class NumericReader:
    """Collects a column of numbers, booleans or timestamps."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._values = array("d")

    def read(self, values: Mapping[str, object], row: Row) -> None:
        """Takes the value of one more case.

        Raises:
            DataFailure: if it does not fit the schema.
        """
        value = values.get(self._column.name)
        if value is None:
            self._values.append(np.nan)
            return
        number = _numbered(value, self._column.encoding)
        if number is None or not -BEYOND_FLOAT32 < number < BEYOND_FLOAT32:
            raise _misfit(row, self._column)
        self._values.append(number)

    def values(self) -> npt.NDArray[np.float64]:
        """The column: float64 [N], each value exactly a float32."""
        return np.frombuffer(self._values, dtype=np.float64).astype(np.float32).astype(np.float64)


class StringReader:
    """Collects a column of categories or texts; equal strings are kept once."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._allowed = frozenset(column.categories)
        self._different: dict[str, str] = {}
        self._values: list[str] = []

    def read(self, values: Mapping[str, object], row: Row) -> None:
        """Takes the value of one more case.

        Raises:
            DataFailure: if it does not fit the schema.
        """
        value = values.get(self._column.name)
        if value is None:
            value = MISSING_CATEGORY
        elif not isinstance(value, str) or (self._allowed and value not in self._allowed):
            raise _misfit(row, self._column)
        elif self._column.encoding == "text":
            value = lower_case(value)
        self._values.append(self._different.setdefault(value, value))

    def values(self) -> list[str]:
        """The column: N strings."""
        return self._values


class Labeller(Protocol):
    """Collects the labels."""

    def read(self, row: Row) -> None:
        """Takes the label of one more case.

        Raises:
            DataFailure: if it does not fit the schema.
        """

    def values(self) -> npt.NDArray[np.intp] | npt.NDArray[np.float64]:
        """The labels [N]."""


class ClassLabels:
    """Collects classes as indices into the schema's."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self._index = {name: position for position, name in enumerate(classes)}
        self._values = array("q")

    def read(self, row: Row) -> None:
        """Takes the label of one more case."""
        label = content_string(row, "label")
        if label not in self._index:
            raise DataFailure(
                f"Expected the label in {row.place} to be one of the schema's {len(self._index)} classes; it is none: "
                "take a new snapshot under the current schema."
            )
        self._values.append(self._index[label])

    def values(self) -> npt.NDArray[np.intp]:
        """The indices [N]."""
        return np.frombuffer(self._values, dtype=np.int64).astype(np.intp)


class NumberLabels:
    """Collects numbers within the schema's bounds."""

    def __init__(self, minimum: float | None, maximum: float | None) -> None:
        self._minimum = -BEYOND_FLOAT32 if minimum is None else minimum
        self._maximum = BEYOND_FLOAT32 if maximum is None else maximum
        self._values = array("d")

    def read(self, row: Row) -> None:
        """Takes the label of one more case."""
        label = _numbered(row.content.get("label"), "number")
        if label is None or not self._minimum <= label <= self._maximum or abs(label) >= BEYOND_FLOAT32:
            raise DataFailure(
                f"Expected the label in {row.place} to be a number within the schema's bounds; it is none: "
                "take a new snapshot under the current schema."
            )
        self._values.append(label)

    def values(self) -> npt.NDArray[np.float64]:
        """The numbers [N]."""
        return np.array(self._values, dtype=np.float64)


def labeller_of(schema: ModelSchema) -> Labeller:
    """Collects the labels that a schema declares."""
    return NumberLabels(schema.minimum, schema.maximum) if schema.is_regression else ClassLabels(schema.classes)


def time_of(row: Row) -> float:
    """When a case was received, seconds since 1970-01-01 UTC.

    Raises:
        DataFailure: if `receivedAt` is no date and time.
    """
    moment = _moment(row.content.get("receivedAt"))
    if moment is None:
        raise DataFailure(
            f"Expected receivedAt to be an ISO 8601 date and time in {row.place}; it is none: seal the segment anew."
        )
    return moment


def lower_case(text: str) -> str:
    """A text as the graph is given it: the letters A to Z in lower case, a half surrogate pair replaced by U+FFFD."""
    lowered = text.translate(LOWER_CASE)
    return lowered.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _halved(lowered) else lowered


def _halved(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def _numbered(value: object, encoding: str) -> float | None:
    """The number that a JSON value stands for; None where it stands for none."""
    if encoding == "timestamp":
        moment = _moment(value)
        return None if moment is None else moment / SECONDS_A_DAY
    if type(value) not in ((bool,) if encoding == "boolean" else (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _moment(value: object) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _misfit(row: Row, column: Column) -> DataFailure:
    return DataFailure(
        f"Expected {column.name} in {row.place} to be {EXPECTED[column.encoding]}; it is not: "
        "take a new snapshot under the current schema."
    )
