"""Reads single fields of a ledger row; a message says where the fault is and never what the row holds."""

from collections.abc import Mapping

from relearn_training.failures import DataFailure
from relearn_training.ledger import Row


def content_string(row: Row, name: str) -> str:
    """A string of a row.

    Raises:
        DataFailure: if it is none.
    """
    value = row.content.get(name)
    if not isinstance(value, str):
        raise DataFailure(f"Expected {name} to be a string in {row.place}; it is none: seal the segment anew.")
    return value


def input_values(row: Row) -> Mapping[str, object]:
    """What the case's fields hold, by their names.

    Raises:
        DataFailure: if it is no object.
    """
    values = row.content.get("input")
    if not isinstance(values, dict):
        raise DataFailure(f"Expected input to be an object in {row.place}; it is none: seal the segment anew.")
    return values
