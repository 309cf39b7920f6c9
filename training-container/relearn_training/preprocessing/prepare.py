"""The blocks that each kind of model is given."""

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from relearn_training.cases import Cases, Table
from relearn_training.lesson import Lesson
from relearn_training.preprocessing.block import Block, Blocks, Fitted, Matrix, Scaled, beside
from relearn_training.preprocessing.calendar import CalendarFlags, CalendarNumbers
from relearn_training.preprocessing.categories import (
    MOST_TARGETS,
    CategoryFlags,
    CategoryMeans,
    cardinality,
    category_places,
    cross_parts,
)
from relearn_training.preprocessing.numbers import (
    MissingFlags,
    RawNumbers,
    RobustNumbers,
    StandardNumbers,
    Steps,
)
from relearn_training.preprocessing.terms import text_places
from relearn_training.preprocessing.texts import Held, TellingTerms, WeighedTerms, fit_scores, fit_topics

MOST_FLAGS: Final = 500
"""Of one column, for models that add up."""
MOST_TREE_FLAGS: Final = 2000
"""Of all columns, for trees: their zeros are in memory too."""
MOST_KEPT: Final = 5_000_000
"""Numbers in features that are kept for the next fit on the same cases."""
VARIANTS_KEPT: Final = 3
LARGEST_STEPS: Final = 15_000_000
"""Numbers that steps may take: with more cases there are fewer bins."""


@dataclass(frozen=True)
class TreeInputs:
    """What trees are given.

    Attributes:
        flags_up_to: categories of a column that become flags; those of columns with more become means of the label.
        topics: of each text.
        terms: of each text, those that tell the labels apart best.
    """

    flags_up_to: int = 4
    topics: int = 24
    terms: int = 60


@dataclass(frozen=True)
class LinearInputs:
    """What linear models are given.

    Attributes:
        bins: into which each number is divided beside being given as it is; 0: none.
        characters: whether runs of characters are counted too, not words alone.
        rare_below: cases below which a category is counted among the rare ones.
        means_from: categories from which a column is given by means of the label too.
    """

    bins: int = 0
    characters: bool = False
    rare_below: int = 3
    means_from: int = 50


@dataclass(frozen=True)
class NetworkInputs:
    """What networks are given.

    Attributes:
        bins: into which each number is divided beside being given as it is; 0: none.
        topics: of each text.
        rare_below: cases below which a category is counted among the rare ones.
        flags: categories of one column at most that become flags.
        means_from: categories from which a column is given by means of the label too.
    """

    bins: int = 0
    topics: int = 48
    rare_below: int = 5
    flags: int = 50
    means_from: int = 20


Inputs = TreeInputs | LinearInputs | NetworkInputs


@dataclass(frozen=True)
class Prepared:
    """Blocks, and the features of the cases that they were fitted on [N, F]."""

    blocks: Blocks
    features: Matrix


_prepared: WeakKeyDictionary[Cases, dict[object, Prepared]] = WeakKeyDictionary()


def prepare(lesson: Lesson, inputs: Inputs, seed: int) -> Prepared:
    """Fits the blocks on cases; the same again for the same cases is not computed again while they are there.

    Args:
        lesson: the cases to fit on, and what is learnt from them.
        inputs: which blocks.
        seed: of the topics.
    """
    known = _prepared.setdefault(lesson.cases, {})
    # The seed counts where topics are drawn by it alone.
    key = (inputs, seed if text_places(lesson.cases.table) else 0, lesson.problem, lesson.balanced)
    if key not in known:
        fitted = [part for part in FITS[type(inputs)](lesson, inputs, seed) if part.block.width]
        dtype = np.float64 if isinstance(inputs, LinearInputs) and not inputs.bins else np.float32
        features = beside([part.features for part in fitted], len(lesson.cases), dtype)
        prepared = Prepared(Blocks(tuple(part.block for part in fitted)), features)
        if features.size > MOST_KEPT:
            return prepared
        while len(known) >= VARIANTS_KEPT:
            known.pop(next(iter(known)), None)
        known[key] = prepared
        return prepared
    return known[key]


def _for_trees(lesson: Lesson, inputs: TreeInputs, seed: int) -> list[Fitted]:
    cases, table = lesson.cases, lesson.cases.table
    few, many = _by_cardinality(table, inputs.flags_up_to)
    blocks: list[Block] = [
        RawNumbers.fit(table),
        CalendarNumbers.fit(table),
        CategoryFlags.fit(table, few, rare_below=2, most=inputs.flags_up_to, dense=True),
    ]
    fitted = [*_plain(cases, blocks), _means(lesson, many, scaled=False)]
    for place in text_places(table):
        fitted += _texts(lesson, place, inputs.topics, seed)
        fitted += _plain(cases, [TellingTerms.fit(cases, place, lesson.targets, inputs.terms)])
    return fitted


def _by_cardinality(table: Table, flags_up_to: int) -> tuple[list[int], list[int]]:
    """Places of categories: of columns that become flags, as far as there is room, and of the others."""
    few: list[int] = []
    flags = 0
    places = category_places(table)
    for place in sorted(places, key=lambda place: cardinality(table, place)):
        flags += cardinality(table, place)
        if cardinality(table, place) <= flags_up_to and flags <= MOST_TREE_FLAGS:
            few.append(place)
    return sorted(few), [place for place in places if place not in set(few)]


def _for_linear(lesson: Lesson, inputs: LinearInputs, seed: int) -> list[Fitted]:
    del seed
    cases, table = lesson.cases, lesson.cases.table
    blocks: list[Block] = [
        StandardNumbers.fit(table),
        MissingFlags.fit(table),
        CalendarFlags.fit(table),
        CategoryFlags.fit(table, category_places(table), inputs.rare_below, MOST_FLAGS),
    ]
    if inputs.bins:
        blocks.append(Steps.fit(table, _bins(cases, inputs.bins)))
    for place in text_places(table):
        blocks.append(WeighedTerms.fit(table, place, "words"))
        if inputs.characters:
            blocks.append(WeighedTerms.fit(table, place, "characters"))
    many = [place for place in category_places(table) if cardinality(table, place) >= inputs.means_from]
    return [*_plain(cases, blocks), _means(lesson, many, scaled=True)]


def _for_network(lesson: Lesson, inputs: NetworkInputs, seed: int) -> list[Fitted]:
    cases, table = lesson.cases, lesson.cases.table
    blocks: list[Block] = [
        RobustNumbers.fit(table),
        MissingFlags.fit(table),
        CalendarFlags.fit(table),
        CategoryFlags.fit(table, category_places(table), inputs.rare_below, inputs.flags),
    ]
    if inputs.bins:
        blocks.append(Steps.fit(table, _bins(cases, inputs.bins)))
    many = [place for place in category_places(table) if cardinality(table, place) >= inputs.means_from]
    fitted = [*_plain(cases, blocks), _means(lesson, many, scaled=True)]
    for place in text_places(table):
        fitted += [Scaled.by_deviation(part) for part in _texts(lesson, place, inputs.topics, seed)]
    return fitted


FITS: Final = {TreeInputs: _for_trees, LinearInputs: _for_linear, NetworkInputs: _for_network}


def _means(lesson: Lesson, places: list[int], *, scaled: bool) -> Fitted:
    targets = lesson.targets if lesson.targets.shape[1] <= MOST_TARGETS else lesson.targets[:, :0]
    return CategoryMeans.fit(lesson.cases, places, targets, lesson.weights, scaled=scaled)


def _texts(lesson: Lesson, place: int, topics: int, seed: int) -> list[Fitted]:
    held = Held.by(lesson.cases.table, place)
    targets = lesson.targets if lesson.targets.shape[1] <= MOST_TARGETS else lesson.targets[:, :0]
    scores = fit_scores(held, targets, lesson.weights, cross_parts(lesson.cases))
    return [part for part in (fit_topics(held, topics, seed), scores) if part.block.width]


def _plain(cases: Cases, blocks: list[Block]) -> list[Fitted]:
    return [Fitted(block, block.transform(cases.table)) for block in blocks if block.width]


def _bins(cases: Cases, wanted: int) -> int:
    numbers = max(1, cases.table.numeric.shape[1])
    return max(2, min(wanted, LARGEST_STEPS // (max(1, len(cases)) * numbers)))
