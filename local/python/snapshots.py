"""Snapshots of the emulator's state that a kill at any moment cannot corrupt.

The emulator writes its state on a clean stop only. Here a snapshot is a folder
`snapshots/<number>` that appears under its name by one rename, when all its
files are complete and on disk; the highest number is the one that counts:

    write  snapshots/.7.writing/<service>.json, …/objects/
    rename snapshots/.7.writing -> snapshots/7        ← the snapshot exists from here
    remove snapshots/6

The state is copied by a forked child, as Redis does: the child sees memory as it
was at one instant between two requests, and the server goes on meanwhile.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import moved_address
from object_files import link_objects
from state_files import remove_unreferenced_code, write_services

# A child that copied a lock which another thread held can wait forever: it is ended, and the
# next save tries again.
CHILD_SECONDS = 60


class Snapshots:
    """The snapshots of one state folder. Not thread-safe: used from the server's loop only."""

    def __init__(self, state: Path, port: int) -> None:
        """Use *state*, clear what an interrupted save left in it, adapt it to plain *port*."""
        self._folder = state / "snapshots"
        self._objects = state / "objects"
        self._port = port
        self._folder.mkdir(parents=True, exist_ok=True)
        for leftover in self._folder.glob(".*.writing"):
            shutil.rmtree(leftover)
        numbers = self._numbers()
        self._last_number = max(numbers, default=0)
        for older in sorted(numbers)[:-1]:
            shutil.rmtree(self._folder / str(older))
        latest = self.latest()
        if latest:
            moved_address.move(latest, port)

    def latest(self) -> Path | None:
        """The folder of the newest complete snapshot, None before the first."""
        numbers = self._numbers()
        return self._folder / str(max(numbers)) if numbers else None

    def begin(self) -> int:
        """Start writing the state of this instant; returns the process id of the writer.

        The writer exits with 0 once the snapshot exists. Call it from the event
        loop, where no request is half done.
        """
        self._last_number += 1
        number = self._last_number
        writing = self._folder / f".{number}.writing"
        writing.mkdir()
        # Before the fork: an object that appears later belongs to the next snapshot.
        link_objects(self._objects, writing / "objects")
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads; CHILD_SECONDS is the answer to it.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            _exit_with(lambda: self._write(writing, self._folder / str(number)))
        return child

    def _numbers(self) -> list[int]:
        return [int(entry.name) for entry in self._folder.iterdir() if entry.name.isdigit()]

    def _write(self, writing: Path, snapshot: Path) -> None:
        previous = self.latest()
        if previous:
            # Services that were not loaded since the start keep what they had.
            for file in previous.glob("*.json"):
                os.link(file, writing / file.name)
        moved_address.note_port(writing, self._port)
        referenced = write_services(writing)
        _sync(writing)
        writing.rename(snapshot)
        _sync(self._folder)
        if previous:
            shutil.rmtree(previous)
        remove_unreferenced_code(referenced)


def _exit_with(work: Callable[[], None]) -> NoReturn:
    """Run *work* in the forked child and end it, never returning into the server's loop."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(CHILD_SECONDS)
        # A collection would touch, and so copy, every page that is shared with the server.
        gc.disable()
        work()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
