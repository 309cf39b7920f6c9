"""What the emulator tells the process that started it: one JSON object a line."""

from __future__ import annotations

import contextlib
import json
import sys


def announce(**event: object) -> None:
    """Print *event*; the process that started this one may be gone already."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{json.dumps(event)}\n")
        sys.stdout.flush()
