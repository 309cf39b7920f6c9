"""Reads ledger segments: gzip JSON lines, checked against the digest and the count that the manifest gives."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from relearn_training.failures import DataFailure
from relearn_training.manifest import Segment


@dataclass(frozen=True)
class Row:
    """One line of a segment, and where it stands, for messages that must not repeat its content."""

    place: str
    content: dict[str, object]


def read_segment(dataset: Path, segment: Segment) -> list[Row]:
    """Reads one segment from the channel `dataset`.

    Raises:
        DataFailure: if it is absent, its bytes are not those of the manifest, or a line is not a JSON object.
    """
    packed = _find(dataset, segment).read_bytes()
    digest = hashlib.sha256(packed).hexdigest()
    if digest != segment.sha256:
        raise DataFailure(
            f"Expected segment {segment.key} to have SHA-256 {segment.sha256}; got {digest}: "
            "the segment was altered after the snapshot; restore it or take a new snapshot."
        )
    try:
        lines = gzip.decompress(packed).split(b"\n")
    except (OSError, EOFError, zlib.error):
        raise DataFailure(f"Expected segment {segment.key} to be gzip; it cannot be unpacked: seal it anew.") from None
    rows = [_row(f"{segment.key} line {number}", line) for number, line in enumerate(lines, start=1) if line.strip()]
    if len(rows) != segment.cases:
        raise DataFailure(
            f"Expected {segment.cases} cases in segment {segment.key}; got {len(rows)}: take a new snapshot."
        )
    return rows


def _row(place: str, line: bytes) -> Row:
    try:
        content = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise DataFailure(f"Expected a JSON object in {place}; it is none: seal the segment anew.")
    return Row(place, content)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _find(dataset: Path, segment: Segment) -> Path:
    """Finds a segment's file; SageMaker cuts the channel's prefix off the key, so its beginning may be missing."""
    for path in _candidates(dataset, PurePosixPath(segment.key)):
        if path.is_file():
            return path
    raise DataFailure(
        f"Expected segment {segment.key} in the channel dataset; there is no such file: "
        "let the channel name the prefix that holds it."
    )


def _candidates(dataset: Path, key: PurePosixPath) -> Iterator[Path]:
    for start in range(len(key.parts)):
        yield dataset.joinpath(*key.parts[start:])
    yield from sorted(dataset.rglob(key.name))
