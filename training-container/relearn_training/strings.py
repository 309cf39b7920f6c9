"""Columns of strings as numbers: each different string is looked at once, however many cases have it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Self
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]

LISTED_AT_MOST = 20_000
LISTED_FROM = 2
"""A string that only one case has says nothing of others: it is coded like one that never occurred."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Strings that a model knows by their place; every other has the code `len(values)`.

    It is the same object for every model fitted on parts of one table, so that their graphs share its lookup. It holds
    no more than which strings occur: whatever is learnt of them is learnt inside the fold.
    """

    values: tuple[str, ...]

    def __len__(self) -> int:
        """How many strings are known."""
        return len(self.values)

    @cached_property
    def places(self) -> dict[str, int]:
        """The code of each string."""
        return {value: place for place, value in enumerate(self.values)}


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The different strings of a column; shared by the tables that were taken from one.

    Attributes:
        values: each once.
        counts: how many cases of the whole table have it.
        derived: what was computed from the strings alone, by name, such as their words.
        lock: of `derived`.
    """

    values: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    derived: dict[str, object] = field(default_factory=dict, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)
    _codes: WeakKeyDictionary[Vocabulary, Codes] = field(default_factory=WeakKeyDictionary, repr=False)

    @property
    def vocabulary(self) -> Vocabulary:
        """The strings that more than one case has, the most frequent first; always the same object."""
        with self.lock:
            if "vocabulary" not in self.derived:
                order = np.lexsort((np.arange(len(self.values)), -self.counts))[:LISTED_AT_MOST]
                several = (self.values[place] for place in order if self.counts[place] >= LISTED_FROM)
                self.derived["vocabulary"] = Vocabulary(tuple(several))
            return self.derived["vocabulary"]

    def codes(self, vocabulary: Vocabulary) -> Codes:
        """The code of each string in a vocabulary, perhaps another table's."""
        known = self._codes.get(vocabulary)
        if known is None:
            places, unknown = vocabulary.places, len(vocabulary)
            known = np.array([places.get(value, unknown) for value in self.values], dtype=np.int32)
            self._codes[vocabulary] = known
        return known


@dataclass(frozen=True, eq=False)
class StringColumn:
    """One column of N strings.

    Attributes:
        lexicon: its different strings.
        entries: which of them each case has [N].
    """

    lexicon: Lexicon
    entries: Codes

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        """Counts the different strings."""
        places: dict[str, int] = {}
        entries = np.array([places.setdefault(value, len(places)) for value in strings], dtype=np.int32)
        return cls(Lexicon(tuple(places), np.bincount(entries, minlength=len(places))), entries)

    def take(self, rows: npt.NDArray[np.intp]) -> Self:
        """The strings of some of the cases."""
        return type(self)(self.lexicon, self.entries[rows])

    def codes(self, vocabulary: Vocabulary) -> Codes:
        """The code of each case's string [N]."""
        return self.lexicon.codes(vocabulary)[self.entries]

    def strings(self) -> npt.NDArray[np.object_]:
        """The strings themselves [N]; cases that have the same string share the object."""
        return np.array(self.lexicon.values, dtype=object)[self.entries]
