"""The emulator's state as files: one JSON document a service, and function code beside them."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

from ministack import app as emulator
from ministack.core import persistence
from ministack.services import lambda_svc


def restore_from(snapshot: Path | None) -> None:
    """Make the emulator read *snapshot* when it starts; call before serving.

    Function code is shared between snapshots, as files named by their content,
    so the emulator must not remove any: see `remove_unreferenced_code`.
    """
    if snapshot:
        persistence.STATE_DIR = str(snapshot)
    lambda_svc._prune_orphan_code_blobs = _keep_all


def write_services(folder: Path) -> set[str]:
    """Write the state of every service into *folder*; returns the digests of function code in use.

    A service that cannot be written keeps the file that is there.
    """
    referenced: set[str] = set()
    lambda_svc._prune_orphan_code_blobs = referenced.update
    for name, get_state in emulator._build_persistence_save_dict().items():
        try:
            text = _serialise(name, get_state())
        except Exception:
            traceback.print_exc()
            sys.stderr.write(f"snapshot: {name} keeps the state of the snapshot before\n")
            continue
        if text:
            _replace(folder / f"{name}.json", text)
    return referenced


def remove_unreferenced_code(referenced: set[str]) -> None:
    """Remove function code that no snapshot refers to any more."""
    for file in Path(lambda_svc.CODE_BLOB_DIR).glob("*.zip"):
        if file.stem not in referenced:
            file.unlink(missing_ok=True)


def _keep_all(_referenced: set[str]) -> None:
    """Stand in for the emulator's removal of function code."""


def _serialise(service: str, state: dict | None) -> str:
    """Give the text of a state file; empty where the service has nothing to report."""
    if state is None:
        return ""
    version = persistence._state_format_version(service)
    document = {"__ministack_format__": version, "payload": state}
    return json.dumps(document, default=persistence._json_default)


def _replace(path: Path, text: str) -> None:
    # Never in place: the name may be a link to the file of the previous snapshot.
    path.unlink(missing_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
