"""Reads ledger segments: gzip JSON lines, checked against the digest and the count that the manifest gives."""

import gzip
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

from relearn_training.channel import read_object
from relearn_training.failures import DataFailure
from relearn_training.manifest import Segment


@dataclass(frozen=True)
class Row:
    """One line of a segment, and where it stands, for messages that must not repeat its content."""

    place: str
    content: dict[str, object]


def read_segment(dataset: Path, segment: Segment) -> list[Row]:
    """Reads one segment, or one pack of them, from the channel `dataset`.

    Raises:
        DataFailure: if it is absent, its bytes are not those of the manifest, or a line is not a JSON object.
    """
    packed = read_object(dataset, segment)
    try:
        # The members of a pack are unpacked one after the other, as gzip says.
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
