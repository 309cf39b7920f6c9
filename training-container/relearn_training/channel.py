"""Objects of the ledger, as SageMaker lays them into the channel `dataset`."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from relearn_training.failures import DataFailure


@dataclass(frozen=True)
class LedgerObject:
    """One object that a manifest names: its key, and the hexadecimal SHA-256 of its bytes."""

    key: str
    sha256: str


def read_object(dataset: Path, wanted: LedgerObject) -> bytes:
    """Reads one object from the channel `dataset`.

    Raises:
        DataFailure: if it is absent, or its bytes are not those of the manifest.
    """
    content = _find(dataset, wanted.key).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != wanted.sha256:
        raise DataFailure(
            f"Expected {wanted.key} to have SHA-256 {wanted.sha256}; got {digest}: "
            "it was altered after the snapshot; restore it or take a new snapshot."
        )
    return content


def _find(dataset: Path, key: str) -> Path:
    """Finds a file; SageMaker cuts the channel's prefix off the key, so its beginning may be missing."""
    for path in _candidates(dataset, PurePosixPath(key)):
        if path.is_file():
            return path
    raise DataFailure(
        f"Expected {key} in the channel dataset; there is no such file: let the channel name the prefix that holds it."
    )


def _candidates(dataset: Path, key: PurePosixPath) -> Iterator[Path]:
    for start in range(len(key.parts)):
        yield dataset.joinpath(*key.parts[start:])
    yield from sorted(dataset.rglob(key.name))
