"""The dataset manifest: the ledger segments of a dataset, with their digests, and the model's schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from relearn_training.failures import DataFailure
from relearn_training.model_schema import ModelSchema, parse_schema

FORMAT_VERSION = 1

T = TypeVar("T")


@dataclass(frozen=True)
class Segment:
    """A sealed ledger segment: object key, hexadecimal SHA-256 of its gzip bytes, number of cases."""

    key: str
    sha256: str
    cases: int


@dataclass(frozen=True)
class Manifest:
    """What a training job reads of a dataset manifest.

    Attributes:
        dataset_id: the dataset's hash, `ds_` and 64 hexadecimal digits.
        task: of the model that the dataset is for.
        schema: the model's inputs and classes.
        segments: in ledger order.
        tombstones: ids of erased cases that a segment may still hold.
    """

    dataset_id: str
    task: str
    schema: ModelSchema
    segments: tuple[Segment, ...]
    tombstones: frozenset[str]


def read_manifest(path: Path) -> Manifest:
    """Reads a dataset manifest.

    Raises:
        DataFailure: if it is absent, of another format, or lacks what training needs.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DataFailure(
            "Expected the channel manifest to hold manifest.json; there is no such file: "
            "name the channel in the training job."
        ) from None
    except (ValueError, RecursionError):
        raise DataFailure(
            "Expected manifest.json to be JSON; it cannot be read as JSON: take a new snapshot."
        ) from None
    version = content.get("formatVersion") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise DataFailure(
            f"Expected a manifest of format version {FORMAT_VERSION}; got {version!r}: "
            "train with the container of that version."
        )
    return Manifest(
        dataset_id=_field(content, "id", str),
        task=_field(content, "task", str),
        schema=parse_schema(_field(content, "schema", dict)),
        segments=tuple(_segment(segment) for segment in _field(content, "segments", list)),
        tombstones=frozenset(map(str, _field(content, "tombstones", list))),
    )


def _segment(content: object) -> Segment:
    if not isinstance(content, dict):
        raise DataFailure("Expected each segment of the manifest to be an object; it is not: take a new snapshot.")
    key = _field(content, "key", str)
    if not key or ".." in PurePosixPath(key).parts or PurePosixPath(key).is_absolute():
        raise DataFailure(
            "Expected segment keys that stay within the dataset; got one that leaves it: take a new snapshot."
        )
    return Segment(key=key, sha256=_field(content, "sha256", str), cases=_field(content, "cases", int))


def _field(content: Mapping[str, object], name: str, kind: type[T]) -> T:
    value = content.get(name)
    if not isinstance(value, kind):
        raise DataFailure(
            f"Expected {name} in the manifest to be of type {kind.__name__}; got {type(value).__name__}: "
            "take a new snapshot."
        )
    return value
