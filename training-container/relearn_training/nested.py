"""Honest comparison of things that are themselves learnt from out-of-fold predictions.

Each way is learnt on most subjects' predictions and judged on the others', so that the one which follows chance best
does not win.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

PARTS = 5
SIMPLER_WITHIN = 0.25
"""Standard errors of the difference by which a less simple way has to be better."""


def divide(groups: Sequence[str], seed: int, parts: int = PARTS) -> list[npt.NDArray[np.intp]]:
    """Rows in parts of about equal size; a subject is in one of them."""
    subjects, places = np.unique(np.asarray(groups), return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(subjects)) % parts
    numbers = dealt[places]
    return [rows for part in range(parts) if len(rows := np.flatnonzero(numbers == part))]


def choose(
    ways: Mapping[str, Callable[[npt.NDArray[np.intp], npt.NDArray[np.intp]], float]],
    groups: Sequence[str],
    seed: int,
) -> str:
    """The name of the best way; a simpler one, where the better is not clearly so, the simplest of one subject alone.

    Args:
        ways: the simplest first; each is learnt on its first rows and gives its goodness on its second.
        groups: the subject of each row.
        seed: of the division.
    """
    names = list(ways)
    if len(names) == 1:
        return names[0]
    parts = divide(groups, seed)
    if len(parts) < 2:
        return names[0]
    everyone = np.arange(len(groups))
    goodness = {name: [] for name in names}
    for part in parts:
        rest = np.setdiff1d(everyone, part, assume_unique=True)
        for name in names:
            goodness[name].append(ways[name](rest, part))
    chosen = names[0]
    for name in names[1:]:
        gain = np.asarray(goodness[name]) - np.asarray(goodness[chosen])
        gain = gain[np.isfinite(gain)]
        if len(gain) > 1 and gain.mean() > SIMPLER_WITHIN * gain.std(ddof=1) / np.sqrt(len(gain)) and gain.mean() > 0:
            chosen = name
    return chosen
