"""Which words, pairs of words or runs of characters a text holds, counted alike in Python and in the graph.

Texts are in lower case before. A word is a run of anything but ASCII white space, punctuation and control characters.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from relearn_training.cases import Table
from relearn_training.graph import CONTRIBUTED, Graph
from relearn_training.strings import Lexicon

WORD: Final = r"[^\x00-\x2f\x3a-\x60\x7b-\x7f]+"
_WORDS: Final = re.compile(WORD)
SEVERAL_TEXTS: Final = 2
"""A term of one text alone says nothing of others."""
MOST_TERMS: Final = 10_000
LONGEST_RUN: Final = 4
MOST_CHARACTERS: Final = 4_000_000
"""Of all texts together, above which runs of characters are not counted: it would take memory and time."""

Term = tuple[str, ...]


def _words_and_pairs(text: str) -> chain[Term]:
    words = _WORDS.findall(text)
    return chain(((word,) for word in words), pairwise(words))


def _runs(text: str) -> chain[Term]:
    return chain.from_iterable(zip(*(text[start:] for start in range(length)), strict=False) for length in _LENGTHS)


_LENGTHS: Final = range(2, LONGEST_RUN + 1)
SPLITS: Final[Mapping[str, Callable[[str], chain[Term]]]] = {"words": _words_and_pairs, "characters": _runs}


@dataclass(frozen=True, eq=False)
class Terms:
    """Terms that are counted, all of one kind; the same object for every model fitted on parts of one table.

    Attributes:
        kind: a key of `SPLITS`.
        terms: T of them, each a tuple of words or characters, shorter tuples first.
    """

    kind: str
    terms: tuple[Term, ...]
    _counts: WeakKeyDictionary[Lexicon, sparse.csr_matrix] = field(default_factory=WeakKeyDictionary, repr=False)

    def __len__(self) -> int:
        """T."""
        return len(self.terms)

    def counts(self, table: Table, place: int) -> sparse.csr_matrix:
        """How often the text of each case holds each term, float32 [N, T].

        Args:
            table: of N cases.
            place: of the text among the categorical columns.
        """
        column = table.strings[place]
        counted = self._counts.get(column.lexicon)
        if counted is None:
            counted = self._counts[column.lexicon] = self._count(column.lexicon)
        return counted[column.entries]

    def emit(self, graph: Graph, place: int) -> str:
        """Writes the count into a graph, float32 [N, T]."""
        text = graph.add("Gather", graph.categorical, graph.constant(place, np.int64), axis=1)
        how = {"tokenexp": WORD} if self.kind == "words" else {"separators": [""]}
        tokens = graph.add("Tokenizer", text, domain=CONTRIBUTED, mark=0, mincharnum=1, pad_value="", **how)
        lengths = [len(term) for term in self.terms]
        longest = max(lengths)
        of_length = [lengths.count(length) * length for length in range(1, longest + 1)]
        return graph.add(
            "TfIdfVectorizer",
            tokens,
            mode="TF",
            min_gram_length=min(lengths),
            max_gram_length=longest,
            max_skip_count=0,
            ngram_counts=np.cumsum([0, *of_length[:-1]]),
            ngram_indexes=np.arange(len(self.terms)),
            pool_strings=list(chain.from_iterable(self.terms)),
        )

    def _count(self, lexicon: Lexicon) -> sparse.csr_matrix:
        place_of = {term: place for place, term in enumerate(self.terms)}
        split = SPLITS[self.kind]
        places, ends = [], [0]
        for text in lexicon.values:
            places += [place_of[term] for term in split(text) if term in place_of]
            ends.append(len(places))
        shape = (len(lexicon.values), len(self.terms))
        counts = sparse.csr_matrix((np.ones(len(places), dtype=np.float32), np.array(places, np.int32), ends), shape)
        counts.sum_duplicates()
        return counts


def terms_of(table: Table, place: int, kind: str) -> Terms:
    """The terms that several texts of a column hold, the most frequent ones; none where there is too much to count."""
    lexicon = table.strings[place].lexicon
    # Folds may be fitted at the same time, and have to share one object.
    with lexicon.lock:
        if kind not in lexicon.derived:
            lexicon.derived[kind] = Terms(kind, _frequent(lexicon, kind))
        return lexicon.derived[kind]


def _frequent(lexicon: Lexicon, kind: str) -> tuple[Term, ...]:
    if kind == "characters" and sum(map(len, lexicon.values)) > MOST_CHARACTERS:
        return ()
    texts: Counter[Term] = Counter()
    for text, cases in zip(lexicon.values, lexicon.counts.tolist(), strict=True):
        for term in set(SPLITS[kind](text)):
            texts[term] += cases
    several = [(term, count) for term, count in texts.items() if count >= SEVERAL_TEXTS]
    several.sort(key=lambda entry: (-entry[1], entry[0]))
    return tuple(sorted((term for term, _ in several[:MOST_TERMS]), key=lambda term: (len(term), term)))


def text_places(table: Table) -> list[int]:
    """The places of texts among the categorical columns."""
    return [place for place, column in enumerate(table.columns.categorical) if column.encoding == "text"]
