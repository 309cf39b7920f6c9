"""Which fields of a case the model is given, in which order, and which classes it tells apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from relearn_training.failures import DataFailure

Encoding = Literal["number", "boolean", "category"]

_GENERALISED: Mapping[str, Encoding] = {"age": "number", "date": "number", "zip": "category"}
_NEVER_GIVEN = ("identifier", "subject")


@dataclass(frozen=True)
class Column:
    """One input of the model.

    Attributes:
        name: of the field.
        encoding: `number`, `boolean` (true is 1) or `category`.
        categories: the values that a category may have, in the schema's order; empty where any string may come (zip).
    """

    name: str
    encoding: Encoding
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelSchema:
    """The model's inputs, in the order of the schema's fields, and its classes, in the order of the label's classes."""

    numeric: tuple[Column, ...]
    categorical: tuple[Column, ...]
    classes: tuple[str, ...]


def parse_schema(schema: Mapping[str, object]) -> ModelSchema:
    """Reads the schema of a manifest.

    An age or a date that is a feature arrives generalised, as a number of years or a year; a zip as three digits.

    Raises:
        DataFailure: if a field is of a kind or type that this program does not know, or no field is a feature.
    """
    fields, label = schema.get("fields"), schema.get("label")
    if not isinstance(fields, dict) or not isinstance(label, dict):
        raise DataFailure("Expected the manifest's schema to hold fields and label; it does not: take a new snapshot.")
    columns = [column for name, field in fields.items() if (column := _column(name, field)) is not None]
    if not columns:
        raise DataFailure("Expected at least one field that is a feature; the schema has none: declare one.")
    return ModelSchema(
        numeric=tuple(column for column in columns if column.encoding != "category"),
        categorical=tuple(column for column in columns if column.encoding == "category"),
        classes=_classes(label),
    )


def _column(name: str, field: object) -> Column | None:
    declared = field if isinstance(field, dict) else {}
    kind, kind_type = declared.get("kind"), declared.get("type")
    if kind in _NEVER_GIVEN:
        return None
    if kind in _GENERALISED:
        return Column(name, _GENERALISED[kind]) if declared.get("feature") is True else None
    if kind == "feature" and kind_type == "category":
        return Column(name, "category", _strings(declared.get("categories"), f"the categories of {name}", at_least=1))
    if kind == "feature" and kind_type == "number":
        return Column(name, "number")
    if kind == "feature" and kind_type == "boolean":
        return Column(name, "boolean")
    raise DataFailure(
        f"Expected field {name} to be a number, category or boolean feature, identifier, subject, date, age or zip; "
        f"got kind {kind!r} and type {kind_type!r}: declare what this program knows."
    )


def _classes(label: Mapping[str, object]) -> tuple[str, ...]:
    return _strings(label.get("classes"), "the label's classes", at_least=2)


def _strings(values: object, what: str, at_least: int) -> tuple[str, ...]:
    if (
        not isinstance(values, list)
        or len(values) < at_least
        or not all(isinstance(value, str) for value in values)
        or len(set(values)) < len(values)
    ):
        raise DataFailure(f"Expected {what} to be {at_least} or more different strings; correct the model's schema.")
    return tuple(values)
