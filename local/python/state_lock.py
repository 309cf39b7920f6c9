"""One emulator per state folder."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

# A snapshot writer outlives a killed emulator by a moment, and holds the lock until it is done.
WAIT_FOR_DEAD_OWNER_SECONDS = 20.0


class StateInUseError(Exception):
    """The folder belongs to a running emulator; `owner` is its process id."""

    def __init__(self, owner: int) -> None:
        super().__init__(f"the state folder is in use by process {owner}")
        self.owner = owner


def lock_state(folder: Path) -> IO[str]:
    """Lock *folder* until the returned file is closed or the process ends, however it ends.

    Raises StateInUseError where a live process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("a+", encoding="utf-8")
    deadline = time.monotonic() + WAIT_FOR_DEAD_OWNER_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            owner = _owner(file)
            if _is_alive(owner) or time.monotonic() > deadline:
                raise StateInUseError(owner) from None
            time.sleep(0.05)
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def sign_off(folder: Path) -> None:
    """Take the owner's name off the lock of *folder*: its process id may be somebody else's later.

    For the owner, before it ends.
    """
    (folder / "lock").write_text("", encoding="utf-8")


def _owner(file: IO[str]) -> int:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else 0


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process > 0
