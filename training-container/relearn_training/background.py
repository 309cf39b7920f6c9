"""What values each field has in general: the values against which single answers are explained.

Each field is described by itself, so no row of the description is a person's, and no value is in it that only a few
cases have: of categories none rarer than `FEWEST_CASES`, of numbers none nearer to an end than that many cases.
"""

from collections import Counter
from typing import Final

import numpy as np
import numpy.typing as npt

from relearn_training.case_values import MISSING_CATEGORY
from relearn_training.cases import Cases

ENTRIES: Final = 16
FEWEST_CASES: Final = 5

Background = dict[str, list[float | str | None]]


def describe_background(cases: Cases) -> Background:
    """For each field that the model is given `ENTRIES` values, each as frequent as among the cases.

    Numbers are as the graph's input has them: a boolean is 0 or 1, a timestamp days since 1970. Of a text nothing is
    told: it is always the empty one. None stands for a missing value.

    Args:
        cases: those that the model was fitted on.
    """
    table = cases.table
    numeric = {column.name: _numbers(table.numeric[:, at]) for at, column in enumerate(table.columns.numeric)}
    categorical = {
        column.name: [""] * ENTRIES if column.encoding == "text" else _categories(table.categorical[:, at])
        for at, column in enumerate(table.columns.categorical)
    }
    return {**numeric, **categorical}


def _numbers(values: npt.NDArray[np.float64]) -> list[float | None]:
    known = np.sort(values[~np.isnan(values)])
    missing = len(values) - len(known)
    if len(known) < FEWEST_CASES:
        return [None] * ENTRIES
    absent = round(ENTRIES * missing / len(values)) if missing >= FEWEST_CASES else 0
    present = ENTRIES - absent
    places = ((np.arange(present) + 0.5) / present * len(known)).astype(int)
    # With fewer than nine values no place is that far from both ends: the middle one is.
    from_the_end = min(FEWEST_CASES - 1, (len(known) - 1) // 2)
    inside = np.clip(places, from_the_end, len(known) - 1 - from_the_end)
    return known[inside].tolist() + [None] * absent


def _categories(values: npt.NDArray[np.object_]) -> list[str | None]:
    counts = {value: count for value, count in Counter(values.tolist()).items() if count >= FEWEST_CASES}
    if not counts:
        return [None] * ENTRIES
    shares = {value: ENTRIES * count / sum(counts.values()) for value, count in counts.items()}
    entries = {value: int(share) for value, share in shares.items()}
    # The largest remainder method: it gives each value its share within one entry, and all shares add up.
    by_remainder = sorted(shares, key=lambda value: (entries[value] - shares[value], value))
    for value in by_remainder[: ENTRIES - sum(entries.values())]:
        entries[value] += 1
    ordered = sorted(entries, key=lambda value: (-entries[value], value))
    return [None if value == MISSING_CATEGORY else value for value in ordered for _ in range(entries[value])]
