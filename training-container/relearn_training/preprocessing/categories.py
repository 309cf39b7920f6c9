"""Categories as numbers: flags for those of few values, what the label is on average for those of many."""

from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse

from relearn_training.cases import Cases, Table
from relearn_training.graph import FLOAT, ML, Graph
from relearn_training.preprocessing.block import Block, Fitted, Matrix
from relearn_training.strings import Vocabulary

CROSS_FITS: Final = 5
SMOOTHING: Final = 10.0
"""Cases by which the general mean counts against that of a category: James-Stein-like, Micci-Barreca 2001."""
SMALLEST_DEVIATION: Final = 1e-3
MOST_DENSE: Final = 100
"""Flags up to which zeros are kept in any case."""
MOST_TARGETS: Final = 10
"""With more classes a category would become too many numbers: only its frequency is given then."""


def category_places(table: Table) -> list[int]:
    """The places of categories among the categorical columns."""
    return [place for place, column in enumerate(table.columns.categorical) if column.encoding == "category"]


def emit_codes(graph: Graph, place: int, vocabulary: Vocabulary) -> str:
    """The code of a categorical column's string, int64 [N, 1]; `len(vocabulary)` for one that is not in it."""
    value = graph.columns_of(graph.categorical, [place])
    return graph.add(
        "LabelEncoder",
        value,
        domain=ML,
        keys_strings=vocabulary.values,
        values_int64s=np.arange(len(vocabulary)),
        default_int64=len(vocabulary),
    )


@dataclass(frozen=True, eq=False)
class Coded:
    """Some categorical columns, and for each the strings that are known."""

    places: tuple[int, ...]
    vocabularies: tuple[Vocabulary, ...]

    @classmethod
    def of(cls, table: Table, places: list[int]) -> "Coded":
        """The strings that the table knows, of columns in which it knows any."""
        places = [place for place in places if len(table.strings[place].lexicon.vocabulary)]
        return cls(tuple(places), tuple(table.strings[place].lexicon.vocabulary for place in places))

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many codes each column has, the one of unknown strings included."""
        return tuple(len(vocabulary) + 1 for vocabulary in self.vocabularies)

    def codes(self, table: Table) -> list[npt.NDArray[np.int32]]:
        """The codes of each column [N]."""
        return [
            table.strings[place].codes(vocabulary)
            for place, vocabulary in zip(self.places, self.vocabularies, strict=True)
        ]

    def emit(self, graph: Graph, rows: npt.NDArray[np.generic]) -> str:
        """Looks up in a table that holds a row for each code, one column's codes after the other's.

        Args:
            graph: to write into.
            rows: [sum of sizes], or [sum of sizes, W].

        Returns:
            [N, columns], or [N, columns * W].
        """
        coded = zip(self.places, self.vocabularies, strict=True)
        codes = graph.concat([emit_codes(graph, place, vocabulary) for place, vocabulary in coded])
        starts = np.cumsum((0, *self.sizes[:-1]))
        found = graph.add("Gather", graph.constant(rows), graph.add("Add", codes, graph.constant(starts)), axis=0)
        if rows.ndim == 1:
            return found
        return graph.add("Reshape", found, graph.constant([0, len(self.places) * rows.shape[1]], np.int64))


@dataclass(frozen=True, eq=False)
class CategoryFlags(Block):
    """One feature of 0 or 1 for each category that is frequent enough; those that are not share one.

    A string never seen is among the rare ones; where there is no rare one, all flags are 0.

    Attributes:
        coded: the columns.
        flags: which flag of its column a code raises, -1 for none; one column's codes after the other's.
        counts: how many flags each column has.
        dense: whether zeros are given too where there are many flags.
    """

    coded: Coded
    flags: npt.NDArray[np.int64]
    counts: tuple[int, ...]
    dense: bool = False

    @classmethod
    def fit(
        cls, table: Table, places: list[int], rare_below: int, most: int, *, dense: bool = False
    ) -> "CategoryFlags":
        """Gives a flag to each category of `rare_below` cases or more, to the `most` frequent of each column.

        Args:
            table: to fit on.
            places: of the columns.
            rare_below: cases.
            most: flags of a column.
            dense: for trees, which take what a sparse matrix leaves out for missing, or take no sparse matrix.
        """
        kept, flags, counts = [], [], []
        for place in Coded.of(table, places).places:
            known = Coded.of(table, [place])
            (codes,) = known.codes(table)
            cases = np.bincount(codes, minlength=known.sizes[0])
            frequent = np.flatnonzero(cases[:-1] >= rare_below)
            frequent = frequent[np.argsort(-cases[frequent], kind="stable")][:most]
            rare = int(cases.sum() - cases[frequent].sum())
            # Of two flags that exclude one another the second says nothing.
            raised = np.full(len(cases), len(frequent) if rare >= rare_below else -1)
            raised[frequent] = np.arange(len(frequent))
            count = int(raised.max()) + 1
            if count == 2 and not (raised < 0).any():
                raised[raised == 1] = -1
                count = 1
            if len(np.unique(raised[codes])) > 1:
                kept.append(place)
                flags.append(raised)
                counts.append(count)
        return cls(
            Coded.of(table, kept),
            np.concatenate([*flags, np.empty(0, np.int64)]).astype(np.int64),
            tuple(counts),
            dense,
        )

    @property
    def width(self) -> int:
        """How many flags there are."""
        return sum(self.counts)

    def transform(self, table: Table) -> Matrix:
        """The flags [N, F]; sparse where there are many, and zeros are not asked for."""
        rows, columns = [], []
        start = first = 0
        for codes, size, count in zip(self.coded.codes(table), self.coded.sizes, self.counts, strict=True):
            raised = self.flags[start : start + size][codes]
            flagged = np.flatnonzero(raised >= 0).astype(np.int32)
            rows.append(flagged)
            columns.append((first + raised[flagged]).astype(np.int32))
            start, first = start + size, first + count
        places = np.concatenate(rows), np.concatenate(columns)
        ones = np.ones(len(places[0]), dtype=np.float32)
        flags = sparse.csr_matrix((ones, places), shape=(len(table), self.width))
        return flags.toarray() if self.dense or self.width <= MOST_DENSE else flags

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        raised = self.coded.emit(graph, self.flags)
        of_flag = np.repeat(np.arange(len(self.counts)), self.counts)
        wanted = np.concatenate([np.arange(count) for count in self.counts])
        return graph.cast(graph.add("Equal", graph.columns_of(raised, of_flag), graph.constant(wanted)), FLOAT)


@dataclass(frozen=True, eq=False)
class CategoryMeans(Block):
    """For each category the mean of the targets, smoothed towards the general mean, and how frequent it is.

    Attributes:
        coded: the columns.
        rows: what each code becomes, float32 [sum of sizes, W]; one column's codes after the other's.
    """

    coded: Coded
    rows: npt.NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        cases: Cases,
        places: list[int],
        targets: npt.NDArray[np.float64],
        weights: npt.NDArray[np.float64],
        *,
        scaled: bool = False,
    ) -> Fitted:
        """Means over all cases; for the cases themselves over those of other subjects, so none knows its own label.

        Args:
            cases: to fit on.
            places: of the columns.
            targets: whose means are taken [N, S]; S may be 0.
            weights: of the cases [N].
            scaled: whether each number has mean 0 and standard deviation 1, for models that add up.
        """
        known = Coded.of(cases.table, places)
        places = list(known.places)
        codes = known.codes(cases.table)
        parts = cross_parts(cases)
        width = targets.shape[1] + 1
        rows = []
        features = np.empty((len(cases), len(places) * width), dtype=np.float32)
        for number, (of_case, size) in enumerate(zip(codes, known.sizes, strict=True)):
            frequency = np.log1p(np.bincount(of_case, minlength=size))
            # A string never seen is as rare as can be.
            frequency[-1] = 0
            means, held_out = _means(of_case, size, parts, targets, weights)
            table = np.column_stack([means, frequency])
            own = np.column_stack([held_out, frequency[of_case]])
            if scaled:
                mean, deviation = own.mean(axis=0), np.maximum(own.std(axis=0), SMALLEST_DEVIATION)
                table, own = (table - mean) / deviation, (own - mean) / deviation
            features[:, number * width : (number + 1) * width] = own
            rows.append(table.astype(np.float32))
        empty = np.empty((0, width), dtype=np.float32)
        return Fitted(cls(known, np.concatenate([*rows, empty])), features)

    @property
    def width(self) -> int:
        """W for each column."""
        return len(self.coded.places) * self.rows.shape[1]

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """Means and frequencies [N, F]."""
        features = np.empty((len(table), self.width), dtype=np.float32)
        width = self.rows.shape[1]
        start = 0
        for number, (codes, size) in enumerate(zip(self.coded.codes(table), self.coded.sizes, strict=True)):
            features[:, number * width : (number + 1) * width] = self.rows[start : start + size][codes]
            start += size
        return features

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        return self.coded.emit(graph, self.rows)


def _means(
    codes: npt.NDArray[np.int32],
    size: int,
    parts: npt.NDArray[np.int64],
    targets: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of each code [size, S], and for each case without the part that it is in [N, S]."""
    cell = codes + size * parts
    cells = size * CROSS_FITS
    mass = np.bincount(cell, weights, cells).reshape(CROSS_FITS, size)
    means = np.empty((size, targets.shape[1]))
    held_out = np.empty_like(targets)
    for column, target in enumerate(targets.T):
        total = np.bincount(cell, weights * target, cells).reshape(CROSS_FITS, size)
        means[:, column] = _smoothed(total.sum(axis=0), mass.sum(axis=0))
        without = _smoothed(total.sum(axis=0) - total, mass.sum(axis=0) - mass)
        held_out[:, column] = without[parts, codes]
    return means, held_out


def _smoothed(total: npt.NDArray[np.float64], mass: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    whole = mass.sum(axis=-1, keepdims=True)
    prior = np.divide(total.sum(axis=-1, keepdims=True), whole, out=np.zeros_like(whole), where=whole > 0)
    return (total + SMOOTHING * prior) / (mass + SMOOTHING)


def cross_parts(cases: Cases) -> npt.NDArray[np.int64]:
    """Divides cases into `CROSS_FITS` parts [N], so that no subject is in two of them."""
    return np.array([crc32(group.encode("utf-8", "replace")) % CROSS_FITS for group in cases.groups], dtype=np.int64)


def cardinality(table: Table, place: int) -> int:
    """How many known categories occur in a column, a missing one included."""
    vocabulary = table.strings[place].lexicon.vocabulary
    codes = table.strings[place].codes(vocabulary)
    return len(np.unique(codes[codes < len(vocabulary)]))
