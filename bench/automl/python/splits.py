"""Which rows of a table are its test part: fixed by the table's name alone, the same on every machine."""

from collections.abc import Hashable, Sequence
from hashlib import sha256


def place(*parts: Hashable) -> float:
    """A number in [0, 1) that depends on what is given and on nothing else."""
    digest = sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def drawn_rows(table: str, rows: int, wanted: int) -> list[int]:
    """Rows that are kept of a table that is too large, in its order."""
    ranked = sorted(range(rows), key=lambda row: place(table, "draw", row))
    return sorted(ranked[:wanted])


def random_test(table: str, rows: int, share: float) -> list[bool]:
    """Each row by itself."""
    return [place(table, "row", row) < share for row in range(rows)]


def grouped_test(table: str, groups: Sequence[Hashable], share: float) -> list[bool]:
    """All rows of a group on one side."""
    return [place(table, "group", group) < share for group in groups]


def latest_test(moments: Sequence[float], share: float) -> list[bool]:
    """The latest rows; rows of one moment are on one side."""
    last_to_learn = sorted(moments)[int(len(moments) * (1 - share)) - 1]
    return [moment > last_to_learn for moment in moments]
