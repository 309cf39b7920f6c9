"""What the calendar says of a timestamp: time of day, weekday, day of the month and month.

Days since 1970 as float32 tell times of day to about three minutes. All steps but the last division are sums and
products of whole numbers below 2^53 in 64 bits, so Python and the graph agree to the bit, which trees need.

The months follow Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": the year begins on the 1st of March.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from relearn_training.cases import Table
from relearn_training.graph import DOUBLE, FLOAT, Graph
from relearn_training.preprocessing.block import Block

FIRST_DAY, LAST_DAY = -719_468.0, 2_932_896.0
"""1 March of the year 0 and 31 December 9999: timestamps outside are taken for these."""
PARTS: Final = ("time of day", "weekday", "day of month", "month")
RANGES: Final = {"time of day": 8, "weekday": 7, "day of month": 0, "month": 12}
"""How many values a part has where each becomes a feature; 0: none does."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Arithmetic(Generic[T]):
    """The same formula for arrays and for tensors of a graph."""

    plus: Callable[[T, float], T]
    times: Callable[[T, float], T]
    add: Callable[[T, T], T]
    floor: Callable[[T], T]

    def divided(self, value: T, by: float) -> T:
        """Whole part of a quotient."""
        # Half a unit more keeps the product with 1/by off the whole numbers, on whose wrong side it could fall.
        return self.floor(self.times(self.plus(value, 0.5), 1 / by))

    def minus(self, value: T, other: T, factor: float = 1.0) -> T:
        """`value - factor * other`."""
        return self.add(value, self.times(other, -factor))


def _parts(days: T, of: _Arithmetic[T]) -> dict[str, T]:
    whole = of.floor(days)
    shifted = of.plus(whole, -FIRST_DAY)
    era = of.divided(shifted, 146_097)
    day_of_era = of.minus(shifted, era, 146_097)
    leaps = of.add(
        of.minus(of.divided(day_of_era, 36_524), of.divided(day_of_era, 1_460)),
        of.times(of.divided(day_of_era, 146_096), -1.0),
    )
    year_of_era = of.divided(of.add(day_of_era, leaps), 365)
    before = of.add(of.minus(of.times(year_of_era, 365), of.divided(year_of_era, 100)), of.divided(year_of_era, 4))
    day_of_year = of.minus(day_of_era, before)
    month_from_march = of.divided(of.plus(of.times(day_of_year, 5), 2), 153)
    first_of_month = of.divided(of.plus(of.times(month_from_march, 153), 2), 5)
    after_december = of.divided(month_from_march, 10)
    week = of.divided(of.plus(shifted, 2), 7)
    return {
        "time of day": of.minus(days, whole),
        "weekday": of.minus(of.plus(shifted, 2), week, 7),
        "day of month": of.plus(of.minus(day_of_year, first_of_month), 1),
        # Counted from 0, January.
        "month": of.plus(of.minus(month_from_march, after_december, 12), 2),
    }


_ARRAYS: Final = _Arithmetic[npt.NDArray[np.float64]](
    plus=lambda value, number: value + number,
    times=lambda value, number: value * number,
    add=lambda value, other: value + other,
    floor=np.floor,
)


def _tensors(graph: Graph) -> _Arithmetic[str]:
    return _Arithmetic[str](
        plus=lambda value, number: graph.add("Add", value, graph.constant(number, np.float64)),
        times=lambda value, number: graph.add("Mul", value, graph.constant(number, np.float64)),
        add=lambda value, other: graph.add("Add", value, other),
        floor=lambda value: graph.add("Floor", value),
    )


def calendar_parts(days: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.float64]]:
    """The parts of timestamps, by the names of `PARTS`.

    Args:
        days: since 1970-01-01 UTC, of any shape; NaN is missing.

    Returns:
        Time of day in [0, 1); weekday from 0, Monday; day of the month from 1; month from 0, January; NaN where
        missing.
    """
    return _parts(np.clip(days, FIRST_DAY, LAST_DAY), _ARRAYS)


@dataclass(frozen=True)
class CalendarNumbers(Block):
    """Parts of timestamps as numbers, for trees; NaN where missing.

    Attributes:
        chosen: place of the column among the numeric ones, and the part.
    """

    chosen: tuple[tuple[int, str], ...]

    @classmethod
    def fit(cls, table: Table) -> "CalendarNumbers":
        """Takes the parts that vary."""
        chosen = []
        for place in timestamps(table):
            parts = calendar_parts(table.numeric[:, place])
            chosen += [(place, part) for part in PARTS if _varies(parts[part])]
        return cls(tuple(chosen))

    @property
    def width(self) -> int:
        """How many parts there are."""
        return len(self.chosen)

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """The parts [N, F]."""
        features = np.empty((len(table), self.width), dtype=np.float32)
        for place in {place for place, _ in self.chosen}:
            parts = calendar_parts(table.numeric[:, place])
            for target, (source, part) in enumerate(self.chosen):
                if source == place:
                    features[:, target] = parts[part]
        return features

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        missing, parts = _emit_parts(graph, [place for place, _ in self.chosen])
        values = _emit_chosen(graph, parts, [part for _, part in self.chosen])
        return graph.cast(graph.add("Where", missing, graph.constant(np.nan, np.float64), values), FLOAT)


@dataclass(frozen=True)
class CalendarFlags(Block):
    """Each value of a part as a feature of 0 or 1, for models that add up; all 0 where missing.

    Attributes:
        chosen: place of the column among the numeric ones, the part, and its value.
    """

    chosen: tuple[tuple[int, str, int], ...]

    @classmethod
    def fit(cls, table: Table) -> "CalendarFlags":
        """Takes the values that some cases have and others have not."""
        chosen = []
        for place in timestamps(table):
            parts = calendar_parts(table.numeric[:, place])
            for part in PARTS:
                occurring = np.unique(_binned(parts[part], part))
                values = occurring[np.isfinite(occurring)].astype(int).tolist()
                if RANGES[part] and len(values) > 1:
                    chosen += [(place, part, value) for value in values]
        return cls(tuple(chosen))

    @property
    def width(self) -> int:
        """How many values there are."""
        return len(self.chosen)

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """The flags [N, F]."""
        flags = np.empty((len(table), self.width), dtype=np.float32)
        for place in {place for place, _, _ in self.chosen}:
            parts = calendar_parts(table.numeric[:, place])
            for target, (source, part, value) in enumerate(self.chosen):
                if source == place:
                    flags[:, target] = _binned(parts[part], part) == value
        return flags

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        missing, parts = _emit_parts(graph, [place for place, _, _ in self.chosen])
        bins = graph.constant(float(RANGES["time of day"]), np.float64)
        parts["time of day"] = graph.add("Floor", graph.add("Mul", parts["time of day"], bins))
        values = _emit_chosen(graph, parts, [part for _, part, _ in self.chosen])
        wanted = graph.constant([value for _, _, value in self.chosen], np.float64)
        found = graph.add("And", graph.add("Equal", values, wanted), graph.add("Not", missing))
        return graph.cast(found, FLOAT)


def timestamps(table: Table) -> list[int]:
    """The places of timestamps among the numeric columns."""
    return [place for place, column in enumerate(table.columns.numeric) if column.encoding == "timestamp"]


def _varies(values: npt.NDArray[np.float64]) -> bool:
    present = values[np.isfinite(values)]
    return bool(len(present)) and bool((present != present[0]).any())


def _binned(values: npt.NDArray[np.float64], part: str) -> npt.NDArray[np.float64]:
    return np.floor(values * RANGES[part]) if part == "time of day" else values


def _emit_parts(graph: Graph, places: list[int]) -> tuple[str, dict[str, str]]:
    """Which values are missing, and the parts of all: tensors [N, one for each place]."""
    days = graph.cast(graph.columns_of(graph.numeric, places), DOUBLE)
    missing = graph.add("IsNaN", days)
    known = graph.add("Where", missing, graph.constant(0.0, np.float64), days)
    ends = [graph.constant(day, np.float64) for day in (FIRST_DAY, LAST_DAY)]
    return missing, _parts(graph.add("Clip", known, *ends), _tensors(graph))


def _emit_chosen(graph: Graph, parts: dict[str, str], wanted: list[str]) -> str:
    """One part for each column: the parts side by side, and of each column its own."""
    every = graph.concat([parts[part] for part in PARTS])
    return graph.columns_of(every, [PARTS.index(part) * len(wanted) + place for place, part in enumerate(wanted)])
