"""Numbers for models that add up: filled, on one scale, without outliers that outweigh everything else.

All of it is computed in 64 bits, in Python and in the graph alike.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from relearn_training.cases import Table
from relearn_training.graph import DOUBLE, FLOAT, Graph
from relearn_training.preprocessing.block import Block

Vector = npt.NDArray[np.float64]

SKEWED_FROM: Final = 2.0
"""Skewness from which a column is taken by its logarithm, if that is less skewed."""
FURTHEST: Final = 10.0
"""Standard deviations beyond which a value counts as that far."""
BEND: Final = 3.0
"""Where the smooth clip bends: Holzmüller et al. 2024, "Better by Default", section 3."""
MISSING_CASES: Final = 3
"""With fewer, that a value is missing tells nothing."""


def varying(table: Table) -> list[int]:
    """The places of the numeric columns in which two cases differ, by value or by having none."""
    kept = []
    for place, column in enumerate(table.numeric.T):
        missing = np.isnan(column)
        present = column[~missing]
        if len(present) and (missing.any() or (present != present[0]).any()):
            kept.append(place)
    return kept


@dataclass(frozen=True, eq=False)
class RawNumbers(Block):
    """Numbers as they are, NaN where missing: for trees."""

    places: tuple[int, ...]

    @classmethod
    def fit(cls, table: Table) -> "RawNumbers":
        """Takes the columns that vary."""
        return cls(tuple(varying(table)))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.places)

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """The numbers [N, F]."""
        return table.numeric[:, list(self.places)].astype(np.float32)

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        if self.places == tuple(range(len(graph.columns.numeric))):
            return graph.numeric
        return graph.columns_of(graph.numeric, self.places)


@dataclass(frozen=True, eq=False)
class Filled:
    """Numeric columns with the median of the fold where a value is missing."""

    places: tuple[int, ...]
    medians: Vector

    @classmethod
    def fit(cls, table: Table) -> "Filled":
        """Takes the columns in which the values that are there vary."""
        places = [
            place for place in varying(table) if np.nanmax(table.numeric[:, place]) > np.nanmin(table.numeric[:, place])
        ]
        return cls(
            tuple(places), np.array([np.nanmedian(table.numeric[:, place]) for place in places], dtype=np.float64)
        )

    def transform(self, table: Table) -> npt.NDArray[np.float64]:
        """The numbers [N, F]."""
        values = table.numeric[:, list(self.places)].astype(np.float64)
        return np.where(np.isnan(values), self.medians, values)

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph, double."""
        values = graph.cast(graph.columns_of(graph.numeric, self.places), DOUBLE)
        return graph.add("Where", graph.add("IsNaN", values), graph.constant(self.medians), values)


@dataclass(frozen=True, eq=False)
class StandardNumbers(Block):
    """Mean 0 and standard deviation 1, very skewed columns by the logarithm of their distance from the median.

    Attributes:
        filled: the columns.
        spread: of each column about the median [F], for the logarithm.
        by_logarithm: which columns are taken so [F].
        mean: of each column then [F].
        deviation: standard [F].
    """

    filled: Filled
    spread: Vector
    by_logarithm: npt.NDArray[np.bool_]
    mean: Vector
    deviation: Vector

    @classmethod
    def fit(cls, table: Table) -> "StandardNumbers":
        """Takes the columns that vary."""
        filled = Filled.fit(table)
        values = filled.transform(table)
        spread = _spread(values)
        plain, bent = values, _logarithm(values, filled.medians, spread)
        skewness = np.abs(_skewness(plain))
        by_logarithm = (skewness > SKEWED_FROM) & (np.abs(_skewness(bent)) < skewness)
        values = np.where(by_logarithm, bent, plain)
        return cls(filled, spread, by_logarithm, values.mean(axis=0), _deviation(values))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.filled.places)

    def transform(self, table: Table) -> npt.NDArray[np.float64]:
        """The numbers [N, F]."""
        values = self.filled.transform(table)
        if self.by_logarithm.any():
            values = np.where(self.by_logarithm, _logarithm(values, self.filled.medians, self.spread), values)
        return np.clip((values - self.mean) / self.deviation, -FURTHEST, FURTHEST)

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        values = self.filled.emit(graph)
        if self.by_logarithm.any():
            away = graph.add(
                "Div", graph.add("Sub", values, graph.constant(self.filled.medians)), graph.constant(self.spread)
            )
            one = graph.constant(1.0, np.float64)
            size = graph.add("Log", graph.add("Add", graph.add("Abs", away), one))
            bent = graph.add("Mul", graph.add("Sign", away), size)
            values = graph.add("Where", graph.constant(self.by_logarithm), bent, values)
        scaled = graph.add("Div", graph.add("Sub", values, graph.constant(self.mean)), graph.constant(self.deviation))
        return graph.add("Clip", scaled, *(graph.constant(end, np.float64) for end in (-FURTHEST, FURTHEST)))


@dataclass(frozen=True, eq=False)
class RobustNumbers(Block):
    """Median 0 and half the distance between the quartiles about 1, bent smoothly so that nothing is beyond 3."""

    filled: Filled
    spread: Vector

    @classmethod
    def fit(cls, table: Table) -> "RobustNumbers":
        """Takes the columns that vary."""
        filled = Filled.fit(table)
        return cls(filled, _spread(filled.transform(table)))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.filled.places)

    def transform(self, table: Table) -> npt.NDArray[np.float64]:
        """The numbers [N, F]."""
        away = (self.filled.transform(table) - self.filled.medians) / self.spread
        return away / np.sqrt(1 + (away / BEND) * (away / BEND))

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        values = graph.add("Sub", self.filled.emit(graph), graph.constant(self.filled.medians))
        away = graph.add("Div", values, graph.constant(self.spread))
        bent = graph.add("Div", away, graph.constant(BEND, np.float64))
        square = graph.add("Add", graph.constant(1.0, np.float64), graph.add("Mul", bent, bent))
        return graph.add("Div", away, graph.add("Sqrt", square))


@dataclass(frozen=True, eq=False)
class Steps(Block):
    """How far a number has come through each of the bins between its quantiles, 0 to 1.

    Gorishniy et al. 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", section 3.2. What adds up
    can follow any curve of a single number then.

    Attributes:
        filled: the columns.
        columns: which of them each step is of [F].
        starts: where each step begins [F].
        lengths: of the steps [F].
    """

    filled: Filled
    columns: npt.NDArray[np.int64]
    starts: Vector
    lengths: Vector

    @classmethod
    def fit(cls, table: Table, bins: int) -> "Steps":
        """Divides each column that has more than two values into so many bins at most, of equally many cases."""
        filled = Filled.fit(table)
        columns, starts, lengths = [], [], []
        for number, values in enumerate(filled.transform(table).T):
            edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)).astype(np.float32).astype(np.float64))
            if len(edges) > 2:
                columns += [number] * (len(edges) - 1)
                starts += edges[:-1].tolist()
                lengths += np.diff(edges).tolist()
        return cls(filled, np.array(columns, dtype=np.int64), np.array(starts), np.array(lengths))

    @property
    def width(self) -> int:
        """How many steps there are."""
        return len(self.columns)

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """The steps [N, F]."""
        values = self.filled.transform(table)
        features = np.empty((len(table), self.width), dtype=np.float32)
        for number, (column, start, length) in enumerate(zip(self.columns, self.starts, self.lengths, strict=True)):
            features[:, number] = np.clip((values[:, column] - start) / length, 0.0, 1.0)
        return features

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        values = graph.columns_of(self.filled.emit(graph), self.columns)
        gone = graph.add("Div", graph.add("Sub", values, graph.constant(self.starts)), graph.constant(self.lengths))
        inside = graph.add("Clip", gone, graph.constant(0.0, np.float64), graph.constant(1.0, np.float64))
        return graph.cast(inside, FLOAT)


@dataclass(frozen=True, eq=False)
class MissingFlags(Block):
    """1 where a number is missing."""

    places: tuple[int, ...]

    @classmethod
    def fit(cls, table: Table) -> "MissingFlags":
        """Takes the columns in which some values are missing and some are not."""
        missing = np.isnan(table.numeric).sum(axis=0)
        enough = (missing >= MISSING_CASES) & (missing <= len(table) - MISSING_CASES)
        return cls(tuple(np.flatnonzero(enough).tolist()))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.places)

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """The flags [N, F]."""
        return np.isnan(table.numeric[:, list(self.places)]).astype(np.float32)

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        return graph.cast(graph.add("IsNaN", graph.columns_of(graph.numeric, self.places)), FLOAT)


def _spread(values: npt.NDArray[np.float64]) -> Vector:
    """Half the distance between the quartiles over that of a normal distribution; else over the whole range."""
    if not values.size:
        return np.ones(values.shape[1])
    lowest, first, third, highest = np.quantile(values, (0, 0.25, 0.75, 1), axis=0)
    return np.where(third > first, (third - first) / 1.349, (highest - lowest) / 2)


def _logarithm(values: npt.NDArray[np.float64], medians: Vector, spread: Vector) -> npt.NDArray[np.float64]:
    away = (values - medians) / spread
    return np.sign(away) * np.log(np.abs(away) + 1)


def _skewness(values: npt.NDArray[np.float64]) -> Vector:
    if not values.size:
        return np.zeros(values.shape[1])
    scaled = (values - values.mean(axis=0)) / _deviation(values)
    return (scaled**3).mean(axis=0)


def _deviation(values: npt.NDArray[np.float64]) -> Vector:
    if not values.size:
        return np.ones(values.shape[1])
    deviation = values.std(axis=0)
    return np.where(deviation > 0, deviation, 1.0)
