"""Snapshots of the emulator's state that a kill at any moment cannot corrupt.

The emulator writes its state on a clean stop only. Here a snapshot is a folder
`snapshots/<number>` that appears under its name by one rename, when all its
files are complete and on disk; the highest number is the one that counts:

    write  snapshots/.7.writing/<service>.json …
    rename snapshots/.7.writing -> snapshots/7        ← the snapshot exists from here
    remove snapshots/6

The state is copied by a forked child, as Redis does: the child sees memory as it
was at one instant between two requests, and the server goes on meanwhile.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ministack import app as emulator
from ministack.core import persistence
from ministack.services import lambda_svc

# A child that copied a lock which another thread held can wait forever: it is ended, and the
# next save tries again.
CHILD_SECONDS = 60


class Snapshots:
    """The snapshots of one state folder. Not thread-safe: used from the server's loop only."""

    def __init__(self, folder: Path) -> None:
        """Use *folder*, and clear what an interrupted save left in it."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(".*.writing"):
            shutil.rmtree(leftover)
        numbers = self._numbers()
        self._next_number = max(numbers, default=0) + 1
        for older in sorted(numbers)[:-1]:
            shutil.rmtree(folder / str(older))

    def latest(self) -> Path | None:
        """The folder of the newest complete snapshot, None before the first."""
        numbers = self._numbers()
        return self._folder / str(max(numbers)) if numbers else None

    def begin(self) -> int:
        """Start writing the state of this instant; returns the process id of the writer.

        The writer exits with 0 once the snapshot exists. Call it from the event
        loop, where no request is half done.
        """
        number, self._next_number = self._next_number, self._next_number + 1
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads; CHILD_SECONDS is the answer to it.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            _exit_with(lambda: self._write(number))
        return child

    def _numbers(self) -> list[int]:
        return [int(entry.name) for entry in self._folder.iterdir() if entry.name.isdigit()]

    def _write(self, number: int) -> None:
        previous = self.latest()
        writing = self._folder / f".{number}.writing"
        writing.mkdir()
        if previous:
            # Services that were not loaded since the start keep what they had.
            for file in previous.glob("*.json"):
                os.link(file, writing / file.name)
        referenced = _write_services(writing)
        _sync(writing)
        writing.rename(self._folder / str(number))
        _sync(self._folder)
        if previous:
            shutil.rmtree(previous)
        _remove_unreferenced_code(referenced)


def load_from(snapshot: Path | None) -> None:
    """Make the emulator restore *snapshot* when it starts; call before serving.

    Function code is shared between snapshots (content-addressed files beside
    them), so it is removed only after the snapshot that refers to it.
    """
    if snapshot:
        persistence.STATE_DIR = str(snapshot)
    lambda_svc._prune_orphan_code_blobs = _keep_all


def _keep_all(_referenced: set[str]) -> None:
    """Remove no function code while a snapshot is being read or written."""


def _exit_with(work: Callable[[], None]) -> NoReturn:
    """Run *work* in the forked child and end it, never returning into the server's loop."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(CHILD_SECONDS)
        # A collection would touch, and so copy, every page that is shared with the server.
        gc.disable()
        work()
    except BaseException:  # noqa: BLE001 - the child must not return into the server's loop
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _write_services(folder: Path) -> set[str]:
    """Write one file a service into *folder*; returns the digests of function code in use."""
    referenced: set[str] = set()
    lambda_svc._prune_orphan_code_blobs = referenced.update
    for name, get_state in emulator._build_persistence_save_dict().items():
        try:
            text = _serialise(name, get_state())
        except Exception:  # noqa: BLE001 - one service must not cost the others their state
            traceback.print_exc()
            sys.stderr.write(f"snapshot: {name} keeps the state of the snapshot before\n")
            continue
        if text:
            _replace(folder / f"{name}.json", text)
    return referenced


def _serialise(service: str, state: dict | None) -> str:
    """The text of a state file; empty where the service has nothing to report."""
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


def _remove_unreferenced_code(referenced: set[str]) -> None:
    for file in Path(lambda_svc.CODE_BLOB_DIR).glob("*.zip"):
        if file.stem not in referenced:
            file.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
