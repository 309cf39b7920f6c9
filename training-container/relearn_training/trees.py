"""Ensembles of decision trees as arrays, and as one ONNX node."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relearn_training.graph import ML, Graph

Integers = npt.NDArray[np.int64]
LEAF = -1


@dataclass(frozen=True)
class Tree:
    """One tree of n nodes; the first is the root.

    Attributes:
        feature: that a node looks at [n]; -1 for a leaf.
        threshold: exactly float32 [n]; a case goes left if its value is at most this, or below it where `strict`.
        left: node [n]; whatever for a leaf.
        right: node [n]; whatever for a leaf.
        missing_left: whether a case without a value goes left [n].
        values: what a leaf adds to each output [n, outputs].
    """

    feature: Integers
    threshold: npt.NDArray[np.float32]
    left: Integers
    right: Integers
    missing_left: npt.NDArray[np.bool_]
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.feature)

    @classmethod
    def leaf(cls, values: Sequence[float]) -> Self:
        """A tree that says the same of every case."""
        nothing = np.zeros(1, dtype=np.int64)
        return cls(
            feature=nothing + LEAF,
            threshold=np.zeros(1, dtype=np.float32),
            left=nothing,
            right=nothing,
            missing_left=np.zeros(1, dtype=bool),
            values=np.array([values], dtype=np.float32),
        )


def round_down(thresholds: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """The largest float32 that is not above: for a value that is a float32 the comparison `<=` comes out the same."""
    with np.errstate(over="ignore"):
        rounded = thresholds.astype(np.float32)
    above = rounded > thresholds
    rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
    # Beyond the range of float32 every value, but not infinity, is below.
    return np.minimum(rounded, np.finfo(np.float32).max)


def emit_trees(graph: Graph, inputs: str, trees: Sequence[Tree], outputs: int, *, strict: bool) -> str:
    """One node that adds up what the trees say.

    Args:
        graph: to write into.
        inputs: float32 [N, F].
        trees: at least 1.
        outputs: S, of each tree.
        strict: whether cases go left below the threshold, or else also at it.

    Returns:
        float32 [N, S].
    """
    sizes = np.array([len(tree) for tree in trees])
    feature = np.concatenate([tree.feature for tree in trees])
    leaves = feature == LEAF
    number = np.repeat(np.arange(len(trees)), sizes)
    node = np.concatenate([np.arange(size) for size in sizes])
    values = np.concatenate([tree.values for tree in trees])
    # A leaf says only what is not 0, but it says something.
    spoken = leaves[:, None] & (values != 0)
    spoken[leaves & ~spoken.any(axis=1), 0] = True
    where, target = np.nonzero(spoken)
    branch = np.where(leaves, "LEAF", "BRANCH_LT" if strict else "BRANCH_LEQ")

    def inner(name: str) -> npt.NDArray[np.generic]:
        return np.where(leaves, 0, np.concatenate([getattr(tree, name) for tree in trees]))

    return graph.add(
        "TreeEnsembleRegressor",
        inputs,
        domain=ML,
        n_targets=outputs,
        aggregate_function="SUM",
        post_transform="NONE",
        nodes_treeids=number,
        nodes_nodeids=node,
        nodes_featureids=np.where(leaves, 0, feature),
        nodes_modes=branch,
        nodes_values=inner("threshold").astype(np.float32),
        nodes_truenodeids=inner("left").astype(np.int64),
        nodes_falsenodeids=inner("right").astype(np.int64),
        nodes_missing_value_tracks_true=inner("missing_left").astype(np.int64),
        target_treeids=number[where],
        target_nodeids=node[where],
        target_ids=target,
        target_weights=values[where, target].astype(np.float32),
    )
