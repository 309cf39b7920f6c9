"""Reads the trees of a LightGBM model from its text, which gives every number in full."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from relearn_training.trees import LEAF, Tree, round_down

DEFAULT_LEFT: Final = 2
MISSING_SHIFT: Final = 2
MISSING_IS_NAN: Final = 2


def read_trees(text: str, outputs: int) -> list[Tree]:
    """The trees, each of which adds to one output in turn.

    Args:
        text: of `Booster.model_to_string()`.
        outputs: S.
    """
    return [_tree(fields, number % outputs, outputs) for number, fields in enumerate(_sections(text))]


def _sections(text: str) -> Iterator[Mapping[str, str]]:
    body = text[: text.index("end of trees")]
    for section in body.split("\nTree=")[1:]:
        yield dict(line.split("=", 1) for line in section.split("\n") if "=" in line)


def _tree(fields: Mapping[str, str], output: int, outputs: int) -> Tree:
    leaves = _floats(fields["leaf_value"])
    values = np.zeros((2 * len(leaves) - 1, outputs), dtype=np.float32)
    inner = len(leaves) - 1
    values[inner:, output] = leaves
    if not inner:
        return Tree.leaf(values[0])
    decisions = _integers(fields["decision_type"])
    thresholds = _floats(fields["threshold"])
    missing = decisions >> MISSING_SHIFT & 3
    # Where the training cases had no value missing, a missing one counts as 0.
    missing_left = np.where(missing == MISSING_IS_NAN, decisions & DEFAULT_LEFT != 0, thresholds >= 0)

    def places(children: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return _padded(np.where(children < 0, inner + ~children, children), len(leaves), 0)

    return Tree(
        feature=_padded(_integers(fields["split_feature"]), len(leaves), LEAF),
        threshold=_padded(round_down(thresholds), len(leaves), 0),
        left=places(_integers(fields["left_child"])),
        right=places(_integers(fields["right_child"])),
        missing_left=_padded(missing_left, len(leaves), 0),
        values=values,
    )


def _padded(values: npt.NDArray[np.generic], leaves: int, filler: int) -> npt.NDArray[np.generic]:
    return np.concatenate([values, np.full(leaves, filler, dtype=values.dtype)])


def _integers(text: str) -> npt.NDArray[np.int64]:
    return np.array(text.split(), dtype=np.int64)


def _floats(text: str) -> npt.NDArray[np.float64]:
    return np.array(text.split(), dtype=np.float64)
