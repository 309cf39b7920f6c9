"""Lets the state of an emulator follow it to another port.

Queue URLs carry the emulator's address, and deployed functions carry queue URLs
in their environment. Where the emulator comes up on another port than the one
its state was written on, the state is rewritten before it is read.
"""

from __future__ import annotations

import json
from pathlib import Path

ADDRESS_FILE = "address.json"
"""In each snapshot; no service's name, so the emulator does not read it."""


def note_port(snapshot: Path, port: int) -> None:
    """Write down which plain *port* the state in the folder *snapshot* mentions."""
    _replace(snapshot / ADDRESS_FILE, json.dumps({"port": port}))


def move(snapshot: Path, port: int) -> None:
    """Rewrite the state files in the folder *snapshot* as if made on *port*.

    Interrupted, it is done again by the next start: the port is noted last.
    """
    old = json.loads((snapshot / ADDRESS_FILE).read_text(encoding="utf-8"))["port"]
    if old == port:
        return
    for file in snapshot.glob("*.json"):
        text = moved = file.read_text(encoding="utf-8")
        for host in ("localhost", "127.0.0.1"):
            moved = moved.replace(f"http://{host}:{old}/", f"http://{host}:{port}/")
        if moved != text:
            _replace(file, moved)
    note_port(snapshot, port)


def _replace(path: Path, text: str) -> None:
    # Whole or not at all, and never through a link to the file of another snapshot.
    writing = path.with_suffix(".writing")
    writing.write_text(text, encoding="utf-8")
    writing.replace(path)
