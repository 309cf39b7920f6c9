"""The dataset manifest: the files of a dataset's ledger, with their digests, and the model's schema."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from relearn_training.channel import LedgerObject, read_object
from relearn_training.failures import DataFailure
from relearn_training.model_schema import ModelSchema, parse_schema

FORMAT_VERSIONS = (1, 2)
"""Version 1 lists segments only; version 2 lists pages of packs, packs, and the segments after them."""

T = TypeVar("T")


@dataclass(frozen=True)
class Segment(LedgerObject):
    """A sealed ledger segment, or a pack of many: its object, which is gzip, and the number of its cases."""

    cases: int


@dataclass(frozen=True)
class Manifest:
    """What a training job reads of a dataset manifest.

    Attributes:
        dataset_id: the dataset's hash, `ds_` and 64 hexadecimal digits.
        task: of the model that the dataset is for.
        schema: the model's inputs and classes.
        segments: packs and segments, in ledger order.
        tombstones: ids of erased cases that a segment may still hold.
    """

    dataset_id: str
    task: str
    schema: ModelSchema
    segments: tuple[Segment, ...]
    tombstones: frozenset[str]


def read_manifest(path: Path, dataset: Path | None = None) -> Manifest:
    """Reads a dataset manifest, and the pages of packs that it names.

    Args:
        path: of `manifest.json`, in the channel `manifest`.
        dataset: the channel `dataset`. Default: beside that channel.

    Raises:
        DataFailure: if it is absent, of another format, or lacks what training needs.
    """
    pages = dataset or path.parents[1] / "dataset"
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
    if version not in FORMAT_VERSIONS:
        raise DataFailure(
            f"Expected a manifest of format version {' or '.join(map(str, FORMAT_VERSIONS))}; got {version!r}: "
            "train with the container of that version."
        )
    return Manifest(
        dataset_id=_field(content, "id", str),
        task=_field(content, "task", str),
        schema=parse_schema(_field(content, "schema", dict)),
        segments=tuple(_segments(content, version, pages)),
        tombstones=frozenset(map(str, _field(content, "tombstones", list))),
    )


def _segments(content: Mapping[str, object], version: int, dataset: Path) -> Iterator[Segment]:
    """All files with cases, those of the pages first."""
    if version == 2:
        for entry in _field(content, "pages", list):
            yield from _page(read_object(dataset, _segment(entry)), _segment(entry))
        yield from map(_segment, _field(content, "packs", list))
    yield from map(_segment, _field(content, "segments", list))


def _page(text: bytes, page: Segment) -> list[Segment]:
    """The packs of one page; its bytes were checked, so what it lacks was never there."""
    content = json.loads(text)
    packs = [_segment(pack) for pack in _field(content, "packs", list)]
    if sum(pack.cases for pack in packs) != page.cases:
        raise DataFailure(f"Expected {page.cases} cases in the packs of {page.key}; got others: take a new snapshot.")
    return packs


def _segment(content: object) -> Segment:
    if not isinstance(content, dict):
        raise DataFailure("Expected each file of the manifest to be an object; it is not: take a new snapshot.")
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
