"""S3 objects in snapshots.

The emulator writes each object to its own file at once, and only ever replaces
or removes such files whole. So a second name for each file (a hard link) is a
copy of the objects at one instant that costs no space, and restoring it makes
the objects agree again with tables that a kill has set back.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_objects(source: Path, target: Path) -> None:
    """Give every file below *source* a second name below *target*, which must not exist."""
    target.mkdir()
    if not source.exists():
        return
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                link_objects(Path(entry.path), target / entry.name)
            else:
                _link(entry.path, target / entry.name)


def restore_objects(snapshot: Path | None, objects: Path) -> None:
    """Make the folder *objects* hold what it held at the instant of *snapshot*."""
    discarded = objects.with_name(f"{objects.name}.discarded")
    shutil.rmtree(discarded, ignore_errors=True)
    if objects.exists():
        objects.rename(discarded)
    if snapshot:
        link_objects(snapshot / "objects", objects)
    shutil.rmtree(discarded, ignore_errors=True)


def _link(source: str, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # A file system without hard links.
        shutil.copy2(source, target)
