"""Which fields of a case the model is given, in which order, and what it predicts: a class or a number."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from relearn_training.failures import DataFailure, shortened

Encoding = Literal["number", "boolean", "timestamp", "category", "text"]

_GENERALISED: Mapping[str, Encoding] = {"age": "number", "date": "number", "zip": "category"}
_NEVER_GIVEN = ("identifier", "subject")
_STRINGS = ("category", "text")


@dataclass(frozen=True)
class Column:
    """One input of the model.

    Attributes:
        name: of the field.
        encoding: `number`, `boolean` (true is 1), `timestamp` (days since 1970-01-01 UTC, with a fraction), `category`
            or `text` (in lower case).
        categories: the values that a category may have, in the schema's order; empty where any string may come (zip).
    """

    name: str
    encoding: Encoding
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableColumns:
    """The columns of a table's two parts, each in the order of the schema's fields."""

    numeric: tuple[Column, ...]
    categorical: tuple[Column, ...]


@dataclass(frozen=True)
class ModelSchema:
    """The model's inputs, in the order of the schema's fields, and what it predicts.

    Attributes:
        numeric: columns that are numbers in the graph: number, boolean, timestamp.
        categorical: columns that are strings in the graph: category, text.
        classes: in the order of the label's classes; empty where a number is predicted.
        tolerance: for a number, the largest error with which an answer still counts as right, in the label's unit.
        minimum: of the number predicted. Default: no bound.
        maximum: of the number predicted. Default: no bound.
    """

    numeric: tuple[Column, ...]
    categorical: tuple[Column, ...]
    classes: tuple[str, ...]
    tolerance: float | None = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_regression(self) -> bool:
        """Whether a number is predicted."""
        return not self.classes

    @property
    def columns(self) -> TableColumns:
        """The inputs alone."""
        return TableColumns(self.numeric, self.categorical)


def parse_schema(schema: Mapping[str, object]) -> ModelSchema:
    """Reads the schema of a manifest.

    An age or a date that is a feature arrives generalised, as a number of years or a year; a zip as three digits.

    Raises:
        DataFailure: if a field or the label is of a kind or type that this program does not know, a name cannot be
            written, or no field is a feature.
    """
    fields, label = schema.get("fields"), schema.get("label")
    if not isinstance(fields, dict) or not isinstance(label, dict):
        raise DataFailure("Expected the manifest's schema to hold fields and label; it does not: take a new snapshot.")
    if not all(map(_is_text, fields)):
        raise DataFailure(
            "Expected the names of the fields to be written in whole characters; one of them holds half of a surrogate "
            "pair: correct the model's schema."
        )
    columns = [column for name, field in fields.items() if (column := _column(name, field)) is not None]
    if not columns:
        raise DataFailure("Expected at least one field that is a feature; the schema has none: declare one.")
    numeric = tuple(column for column in columns if column.encoding not in _STRINGS)
    categorical = tuple(column for column in columns if column.encoding in _STRINGS)
    if label.get("type") == "number":
        return ModelSchema(
            numeric,
            categorical,
            classes=(),
            tolerance=_bound(label, "tolerance"),
            minimum=_bound(label, "minimum"),
            maximum=_bound(label, "maximum"),
        )
    return ModelSchema(numeric, categorical, _strings(label.get("classes"), "the label's classes", at_least=2))


def _column(name: str, field: object) -> Column | None:
    declared = field if isinstance(field, dict) else {}
    kind, kind_type = declared.get("kind"), declared.get("type")
    if kind in _NEVER_GIVEN:
        return None
    if kind in _GENERALISED:
        return Column(name, _GENERALISED[kind]) if declared.get("feature") is True else None
    if kind == "feature" and kind_type == "category":
        return Column(name, "category", _strings(declared.get("categories"), f"the categories of {name}", at_least=1))
    if kind == "feature" and kind_type in ("number", "boolean", "timestamp", "text"):
        return Column(name, kind_type)
    raise DataFailure(
        f"Expected field {name} to be a number, category, boolean, text or timestamp feature, identifier, subject, "
        f"date, age or zip; got kind {shortened(repr(kind))} and type {shortened(repr(kind_type))}: "
        "declare what this program knows."
    )


def _bound(label: Mapping[str, object], name: str) -> float | None:
    value = label.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or not math.isfinite(value):
        raise DataFailure(f"Expected the label's {name} to be a number; correct the model's schema.")
    return float(value)


def _strings(values: object, what: str, at_least: int) -> tuple[str, ...]:
    if (
        not isinstance(values, list)
        or len(values) < at_least
        or not all(isinstance(value, str) for value in values)
        or len(set(values)) < len(values)
    ):
        raise DataFailure(f"Expected {what} to be {at_least} or more different strings; correct the model's schema.")
    if not all(map(_is_text, values)):
        raise DataFailure(
            f"Expected {what} to be written in whole characters; one of them holds half of a surrogate pair: "
            "correct the model's schema."
        )
    return tuple(values)


def _is_text(value: str) -> bool:
    """Whether it can be written: half of a surrogate pair, which JSON can spell, is no character."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
