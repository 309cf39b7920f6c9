"""The seconds that a search may take, of which some are kept for fitting, exporting and checking the final model."""

from collections.abc import Callable

SMALLEST_RESERVE = 0.12
LARGEST_RESERVE = 0.45
"""Shares of all seconds that are kept for the end."""


class Budget:
    """Counts from when it was made.

    Args:
        seconds: in all.
        clock: monotonic seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self.clock = clock
        self._began = clock()
        self._reserve = SMALLEST_RESERVE * seconds

    def spend(self, seconds: float) -> None:
        """Counts what an earlier process of the same search used; half of all seconds remain in any case."""
        self._began -= min(seconds, self.seconds / 2)

    def reserve(self, seconds: float) -> None:
        """Keeps as many seconds for the end as it will take by estimate."""
        self._reserve = min(max(seconds, SMALLEST_RESERVE * self.seconds), LARGEST_RESERVE * self.seconds)

    @property
    def used(self) -> float:
        """Seconds so far."""
        return self.clock() - self._began

    @property
    def end(self) -> float:
        """On the clock, when all seconds are used."""
        return self._began + self.seconds

    @property
    def search_end(self) -> float:
        """On the clock, when the search has to end."""
        return self.end - self._reserve

    @property
    def left(self) -> float:
        """Seconds of the whole budget that are left, at least 0."""
        return max(self.end - self.clock(), 0.0)

    @property
    def search_left(self) -> float:
        """Seconds of the search that are left, at least 0."""
        return max(self.search_end - self.clock(), 0.0)

    @property
    def search_share(self) -> float:
        """Share of the search's seconds that is used."""
        return self.used / max(self.search_end - self._began, 1e-9)
