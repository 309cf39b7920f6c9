"""Numbers that look random and are the same everywhere, for the cases of the reference implementations."""

from collections.abc import Iterator


def permille(seed: int) -> Iterator[int]:
    """Numbers of 0 to 999 without end: the high bits of Knuth's 64-bit linear congruential generator."""
    state = seed
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        yield (state >> 33) % 1000
