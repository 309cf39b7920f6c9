"""Metrics of the holdout told apart by the values of fields, so that nobody does worse unnoticed behind an average.

A slice of few cases tells of persons, and so does what the others leave over of a total. Hence no slice is given that
has fewer than `FEWEST_CASES`, nor so many of the others that those left out have fewer together.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from relearn_training.cases import Cases
from relearn_training.ledger import Row
from relearn_training.metrics import Truth, evaluate
from relearn_training.models import Predictions
from relearn_training.problem import Problem

FEWEST_CASES: Final = 5
MOST_VALUES: Final = 20
MOST_BYTES: Final = 48 * 2**10
"""Of all slices as JSON: the platform keeps a version's metrics in one item, and would do without any of them above."""
VALUE, OTHER, MISSING = "value", "other", "missing"
"""Which cases a slice holds: those of one value, of the values that are too many to be told, or without a value."""
OLDEST_DECADE: Final = 90
"""Ages arrive top-coded: 90 stands for all above 89."""

SliceValues = Mapping[str, Sequence[str | None]]
"""For each field, the value by which each case belongs to a slice [N]; `None`: it has none."""


class SliceName(NamedTuple):
    """A category may be called `other` or `missing` too: the kind tells it from the slices of these names."""

    value: str
    kind: str


class SliceReader:
    """Notes to which slices the holdout's cases belong while the ledger's rows pass by.

    A field by which metrics are told apart need not be an input of the model.

    Args:
        fields: categories, booleans, ages or zips.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._values: dict[str, tuple[str | None, ...]] = {}

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, one by one, each noted on its way."""
        for row in rows:
            case, values = row.content.get("id"), row.content.get("input")
            # Whether a row is sound is for its reader to say.
            if isinstance(case, str) and isinstance(values, dict) and row.content.get("split") == "holdout":
                self._values[case] = tuple(_named(values.get(field)) for field in self._fields)
            yield row

    def of(self, cases: Cases) -> SliceValues:
        """The slices of N cases of the holdout; a field of which no case has a value is left out."""
        columns = {field: [self._values[case][place] for case in cases.ids] for place, field in enumerate(self._fields)}
        return {field: values for field, values in columns.items() if set(values) - {None}}


def evaluate_slices(
    slices: SliceValues,
    problem: Problem,
    truth: Truth,
    predictions: Predictions,
    weights: Sequence[float] | None,
    tolerance: float | None,
) -> tuple[list[dict[str, object]], int]:
    """The metrics of each slice that is large enough.

    Args:
        slices: by which value each of the N cases belongs to a slice.
        problem: what is predicted.
        truth: of the cases [N].
        predictions: for them.
        weights: of the classes, by which labels are decided.
        tolerance: of numbers: the largest error with which an answer counts as right.

    Returns:
        `{ field, value, kind, metrics }` for each slice, of each field the largest first, without the calibration
        curve; and how many slices were left out because they are small, or the smallest of more than `MOST_BYTES`.
    """
    entries: list[dict[str, object]] = []
    left_out = 0
    for field, values in slices.items():
        grouped = _grouped(values)
        shown, hidden = _large(Counter(grouped))
        left_out += hidden
        for name in shown:
            inside = np.array([of_case == name for of_case in grouped])
            metrics = evaluate(problem, truth[inside], predictions[inside], weights, tolerance)
            metrics.pop("calibration", None)
            entries.append({"field": field, **name._asdict(), "metrics": metrics})
    kept = _within_bytes(entries)
    return kept, left_out + len(entries) - len(kept)


def _named(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        decade = int(value // 10) * 10
        return f"{decade}+" if decade >= OLDEST_DECADE else f"{decade}\N{EN DASH}{decade + 9}"
    return sys.intern(str(value))


def _grouped(values: Sequence[str | None]) -> list[SliceName]:
    """To which slice each case belongs: that of its value, but for those beyond the most frequent ones."""
    counts = Counter(SliceName(MISSING, MISSING) if value is None else SliceName(value, VALUE) for value in values)
    frequent = _largest_first(counts)
    kept = frequent if len(frequent) <= MOST_VALUES else frequent[: MOST_VALUES - 1]
    slice_of = {None if name.kind == MISSING else name.value: name for name in kept}
    return [slice_of.get(value, SliceName(OTHER, OTHER)) for value in values]


def _largest_first(counts: Mapping[SliceName, int]) -> list[SliceName]:
    return sorted(counts, key=lambda name: (-counts[name], name))


def _large(counts: Mapping[SliceName, int]) -> tuple[list[SliceName], int]:
    """The slices to show, the largest first, and how many are left out."""
    shown = _largest_first(counts)
    hidden = 0
    while shown and (counts[shown[-1]] < FEWEST_CASES or 0 < hidden < FEWEST_CASES):
        hidden += counts[shown.pop()]
    return shown, len(counts) - len(shown)


def _within_bytes(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """As many as fit into `MOST_BYTES`, the largest slices first, in the given order."""
    by_cases = sorted(range(len(entries)), key=lambda at: -entries[at]["metrics"]["cases"])
    sizes = np.cumsum([len(json.dumps(entries[at]).encode()) for at in by_cases])
    kept = set(by_cases[: int(np.searchsorted(sizes, MOST_BYTES, side="right"))])
    return [entry for at, entry in enumerate(entries) if at in kept]
