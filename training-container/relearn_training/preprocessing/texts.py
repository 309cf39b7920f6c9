"""Texts as numbers: all terms weighed for models that add up, few numbers for the others.

Trees need numbers that Python and the graph agree on to the bit. So their sums over terms are sums of whole numbers
below 2^24, which come out the same in any order, and what follows is one rounding in 64 bits.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import Ridge

from relearn_training.cases import Cases, Table
from relearn_training.graph import DOUBLE, FLOAT, Graph
from relearn_training.preprocessing.block import Block, Fitted
from relearn_training.preprocessing.terms import Terms, terms_of

Vector = npt.NDArray[np.float64]

LARGEST_SUM: Final = 2.0**23
"""Of whole numbers, half of what is exact in 32 bits: rounding may add to it."""
FEWEST_CASES: Final = 2
MOST_HELD: Final = 4000
"""Of the terms, the most frequent in the fold: the graph holds a number for each of them and each sum."""
RIDGE_TOLERANCE: Final = 1e-3
SMALLEST_LENGTH: Final = 1e-6


def _rarity(cases: int, having: Vector) -> Vector:
    """Inverse document frequency, smoothed as if one more text held every term."""
    return np.log((1 + cases) / (1 + having)) + 1


@dataclass(frozen=True, eq=False)
class WeighedTerms(Block):
    """TF-IDF: how often a text holds a term, by logarithm, times how rare the term is; each text of length 1.

    Attributes:
        place: of the text among the categorical columns.
        terms: all that are counted.
        chosen: those that occur in enough cases of the fold [F].
        rarity: of the chosen ones, float32 [F].
    """

    place: int
    terms: Terms
    chosen: npt.NDArray[np.int64]
    rarity: npt.NDArray[np.float32]

    @classmethod
    def fit(cls, table: Table, place: int, kind: str) -> Self:
        """Takes the terms that two cases or more hold, but not all."""
        terms = terms_of(table, place, kind)
        having = _having(terms.counts(table, place))
        chosen = np.flatnonzero((having >= FEWEST_CASES) & (having < len(table)))
        return cls(place, terms, chosen, _rarity(len(table), having[chosen]).astype(np.float32))

    @property
    def width(self) -> int:
        """How many terms are chosen."""
        return len(self.chosen)

    def transform(self, table: Table) -> sparse.csr_matrix:
        """The weights [N, F]."""
        counts = self.terms.counts(table, self.place)[:, self.chosen]
        weighed = counts.copy()
        weighed.data = np.log1p(counts.data)
        weighed = sparse.csr_matrix(weighed.multiply(self.rarity), dtype=np.float32)
        lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1), dtype=np.float32))
        return sparse.csr_matrix(weighed.multiply(1 / np.maximum(lengths, SMALLEST_LENGTH)), dtype=np.float32)

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        counts = graph.columns_of(self.terms.emit(graph, self.place), self.chosen)
        size = graph.add("Log", graph.add("Add", counts, graph.constant(1.0, np.float32)))
        weighed = graph.add("Mul", size, graph.constant(self.rarity))
        length = graph.add("ReduceL2", weighed, graph.constant([1], np.int64), keepdims=1)
        return graph.add("Div", weighed, graph.add("Max", length, graph.constant(SMALLEST_LENGTH, np.float32)))


@dataclass(frozen=True, eq=False)
class HeldTerms(Block):
    """Weighed sums over the terms that a text holds, divided by the text's length.

    Attributes:
        place: of the text among the categorical columns.
        terms: all that are counted.
        chosen: those that are used [T].
        weights: of each term in each sum and, in the last column, of its share in the text's squared length: whole
            numbers as float32 [T, F + 1].
        units: whole units in 1, powers of 2 [F + 1].
    """

    place: int
    terms: Terms
    chosen: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]
    units: Vector

    @classmethod
    def of(cls, held: "Held", weights: npt.NDArray[np.float64]) -> Self:
        """Rounds weights [T, F] so finely that no sum is inexact, whichever terms a text holds."""
        with_length = np.column_stack([weights, held.rarity**2])
        total = np.maximum(np.abs(with_length).sum(axis=0), 1e-9)
        units = 2.0 ** np.floor(np.log2(LARGEST_SUM / total))
        return cls(held.place, held.terms, held.chosen, np.rint(with_length * units).astype(np.float32), units)

    @property
    def width(self) -> int:
        """How many sums there are."""
        return self.weights.shape[1] - 1

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """The sums [N, F]."""
        return self.sums_of(_held(self.terms, table, self.place)[:, self.chosen])

    def sums_of(self, held: sparse.csr_matrix) -> npt.NDArray[np.float32]:
        """The sums [N, F] of cases whose texts hold the chosen terms [N, T] where there is a 1."""
        sums = np.asarray(held @ self.weights, dtype=np.float64) / self.units
        lengths = np.sqrt(np.maximum(sums[:, -1:], SMALLEST_LENGTH))
        return (sums[:, :-1] / lengths).astype(np.float32)

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        held = graph.add("Sign", graph.columns_of(self.terms.emit(graph, self.place), self.chosen))
        whole = graph.cast(graph.add("MatMul", held, graph.constant(self.weights)), DOUBLE)
        sums = graph.add("Div", whole, graph.constant(self.units))
        square = graph.add("Max", graph.columns_of(sums, [self.width]), graph.constant(SMALLEST_LENGTH, np.float64))
        scores = graph.columns_of(sums, np.arange(self.width))
        return graph.cast(graph.add("Div", scores, graph.add("Sqrt", square)), FLOAT)


@dataclass(frozen=True, eq=False)
class Held:
    """The terms of a text column that the cases of a fold hold, each weighed by how rare it is.

    Attributes:
        place: of the text among the categorical columns.
        terms: all that are counted.
        chosen: the most frequent ones that several cases hold, but not all [T].
        rarity: of these [T].
        present: 1 where a case holds one [N, T].
        weighed: of each case, of length 1 where it holds any [N, T].
    """

    place: int
    terms: Terms
    chosen: npt.NDArray[np.int64]
    rarity: Vector
    present: sparse.csr_matrix
    weighed: sparse.csr_matrix

    @classmethod
    def by(cls, table: Table, place: int) -> Self:
        """Looks at words and pairs of words."""
        terms = terms_of(table, place, "words")
        held = _held(terms, table, place)
        having = _having(held)
        chosen = np.flatnonzero((having >= FEWEST_CASES) & (having < len(table)))
        chosen = np.sort(chosen[np.argsort(-having[chosen], kind="stable")][:MOST_HELD])
        rarity = _rarity(len(table), having[chosen])
        present = held[:, chosen]
        weighed = sparse.csr_matrix(present.multiply(rarity), dtype=np.float32)
        lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)))
        weighed = sparse.csr_matrix(weighed.multiply(1 / np.maximum(lengths, SMALLEST_LENGTH)), dtype=np.float32)
        return cls(place, terms, chosen, rarity, present, weighed)


def fit_topics(held: Held, topics: int, seed: int) -> Fitted:
    """The directions in which the texts differ most: latent semantic analysis; fewer where there are fewer terms."""
    count = max(0, min(topics, len(held.chosen) - 1, held.weighed.shape[0] - 1))
    found = np.empty((len(held.chosen), 0))
    if count:
        found = TruncatedSVD(count, n_iter=3, random_state=seed % 2**32).fit(held.weighed).components_.T
    block = HeldTerms.of(held, found * held.rarity[:, None])
    return Fitted(block, block.sums_of(held.present))


def fit_scores(held: Held, targets: npt.NDArray[np.float64], weights: Vector, parts: npt.NDArray[np.int64]) -> Fitted:
    """What a ridge regression on the terms says of each target.

    Args:
        held: the terms of N cases.
        targets: [N, S].
        weights: of the cases [N].
        parts: a number for each case [N]: what is said of it comes from a regression on those of other numbers.
    """
    count, wanted = len(held.chosen), targets.shape[1] if len(held.chosen) else 0
    scores = np.empty((len(targets), wanted), dtype=np.float32)
    if not wanted:
        return Fitted(HeldTerms.of(held, np.empty((count, 0))), scores)
    whole = Ridge(solver="sparse_cg", tol=RIDGE_TOLERANCE).fit(held.weighed, targets, weights)
    for part in np.unique(parts):
        inside, outside = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
        ridge = whole
        if len(outside):
            ridge = Ridge(solver="sparse_cg", tol=RIDGE_TOLERANCE)
            ridge.fit(held.weighed[outside], targets[outside], weights[outside])
        said = held.weighed[inside] @ ridge.coef_.reshape(wanted, count).T
        # The block says nothing of what holds for a text without any term: trees need no such constant.
        scores[inside] = said + np.atleast_1d(ridge.intercept_ - whole.intercept_)
    return Fitted(HeldTerms.of(held, whole.coef_.reshape(wanted, count).T * held.rarity[:, None]), scores)


@dataclass(frozen=True, eq=False)
class TellingTerms(Block):
    """How often a text holds each of the few terms that tell the labels apart best.

    Attributes:
        place: of the text among the categorical columns.
        terms: all that are counted.
        chosen: those that are used [F].
    """

    place: int
    terms: Terms
    chosen: npt.NDArray[np.int64]

    @classmethod
    def fit(cls, cases: Cases, place: int, targets: npt.NDArray[np.float64], most: int) -> Self:
        """Takes the terms whose presence goes with the targets most, by the largest correlation with one of them.

        Args:
            cases: to fit on.
            place: of the text among the categorical columns.
            targets: [N, S].
            most: how many terms to take.
        """
        terms = terms_of(cases.table, place, "words")
        held = _held(terms, cases.table, place)
        having = _having(held)
        centred = targets - targets.mean(axis=0)
        # Of a flag, covariance with the target over its own deviation; the target's is the same for all.
        with np.errstate(divide="ignore", invalid="ignore"):
            strength = np.abs(held.T @ centred).max(axis=1, initial=0.0) / np.sqrt(having * (1 - having / len(cases)))
        fit = (having >= FEWEST_CASES) & (having < len(cases))
        strength = np.where(fit, strength, -1.0)
        best = np.argsort(-strength, kind="stable")[:most]
        return cls(place, terms, np.sort(best[strength[best] > 0]))

    @property
    def width(self) -> int:
        """How many terms there are."""
        return len(self.chosen)

    def transform(self, table: Table) -> npt.NDArray[np.float32]:
        """The counts [N, F]."""
        return self.terms.counts(table, self.place)[:, self.chosen].toarray()

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        return graph.columns_of(self.terms.emit(graph, self.place), self.chosen)


def _held(terms: Terms, table: Table, place: int) -> sparse.csr_matrix:
    """1 where a text holds a term."""
    counts = terms.counts(table, place)
    return sparse.csr_matrix((np.ones_like(counts.data), counts.indices, counts.indptr), counts.shape)


def _having(counts: sparse.csr_matrix) -> Vector:
    """In how many cases each term occurs."""
    return np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.float64)
