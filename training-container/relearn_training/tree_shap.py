"""Exact SHAP values of ensembles of decision trees, whichever library grew them.

Path-dependent TreeSHAP (Lundberg et al., "From local explanations to global understanding with explainable AI for
trees", 2020). The trees, as the graph has them, are handed to XGBoost, which computes it in C++; how many cases pass
each node is counted anew, because libraries count differently.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from xgboost import Booster, DMatrix

from relearn_training.trees import LEAF, Tree

ROOT_PARENT: Final = 2**31 - 1
BARELY: Final = 1e-6
"""Of a case, that a leaf has beside those counted: where no case goes is no share of 0/0."""
LARGEST: Final = np.nextafter(np.finfo(np.float32).max, np.float32(0))
"""The largest threshold that has another number above it."""

Inputs = npt.NDArray[np.float32]


def tree_shap(trees: Sequence[Tree], inputs: Inputs, reference: Inputs, *, strict: bool) -> npt.NDArray[np.float32]:
    """What each feature adds to what the trees say in sum.

    Args:
        trees: at least 1, each with S outputs.
        inputs: of the cases to explain [R, F]; NaN is missing, infinity is refused.
        reference: of the cases by which is known how many pass each node [N, F].
        strict: whether cases go left below the threshold, or else also at it.

    Returns:
        [R, F, S]; summed over the features, what is said beyond the mean over the reference.
    """
    outputs, features = trees[0].values.shape[1], inputs.shape[1]
    described, targets = [], []
    for tree in map(_by_levels, trees):
        cover = _cover(tree, reference, strict=strict)
        for output in _spoken(tree):
            described.append(_describe(tree, cover, output, features, len(described), strict=strict))
            targets.append(output)
    booster = Booster()
    booster.load_model(bytearray(json.dumps(_model(described, targets, outputs, features)).encode()))
    shares = booster.predict(DMatrix(inputs), pred_contribs=True)
    # The last one is the mean. A single output has no axis of its own.
    return shares.reshape(len(inputs), outputs, features + 1)[:, :, :-1].transpose(0, 2, 1)


def work(trees: Sequence[Tree]) -> float:
    """How much one case costs, in steps of the algorithm: for each output, leaves times squared depth."""
    return float(sum((tree.feature == LEAF).sum() * _depth(tree) ** 2 * len(_spoken(tree)) for tree in trees))


def described_nodes(trees: Sequence[Tree]) -> int:
    """How many nodes have to be described: those of a tree once for each output that it adds to."""
    return sum(len(tree) * len(_spoken(tree)) for tree in trees)


def _spoken(tree: Tree) -> list[int]:
    """The outputs that a tree adds to; one in any case."""
    return np.flatnonzero(tree.values.any(axis=0)).tolist() or [0]


def _depth(tree: Tree) -> int:
    depth, level = 0, np.zeros(1, dtype=np.int64)
    while len(level := _children(tree, level)):
        depth += 1
    return depth


def _children(tree: Tree, level: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Left and right child of each inner node of a level, side by side."""
    inner = level[tree.feature[level] != LEAF]
    return np.column_stack([tree.left[inner], tree.right[inner]]).ravel()


def _by_levels(tree: Tree) -> Tree:
    """The same tree with its nodes by their level; XGBoost takes the right child to follow the left one."""
    levels = [np.zeros(1, dtype=np.int64)]
    while len(level := _children(tree, levels[-1])):
        levels.append(level)
    order = np.concatenate(levels)
    inner = tree.feature[order] != LEAF
    left = np.where(inner, 2 * np.cumsum(inner) - 1, 0)
    return replace(
        tree,
        feature=tree.feature[order],
        threshold=tree.threshold[order],
        left=left,
        right=np.where(inner, left + 1, 0),
        missing_left=tree.missing_left[order],
        values=tree.values[order],
    )


def _cover(tree: Tree, reference: Inputs, *, strict: bool) -> npt.NDArray[np.float64]:
    """How many cases pass each node [n]."""
    at = np.zeros(len(reference), dtype=np.int64)
    moving = np.arange(len(reference))
    while len(moving := moving[tree.feature[at[moving]] != LEAF]):
        node = at[moving]
        value, threshold = reference[moving, tree.feature[node]], tree.threshold[node]
        below = value < threshold if strict else value <= threshold
        goes_left = np.where(np.isnan(value), tree.missing_left[node], below)
        at[moving] = np.where(goes_left, tree.left[node], tree.right[node])
    leaves = tree.feature == LEAF
    cover = np.where(leaves, np.bincount(at, minlength=len(tree)) + BARELY, 0.0)
    # A child stands behind its parent, so that from behind every child is complete before it is added.
    for node in np.flatnonzero(~leaves)[::-1]:
        cover[node] = cover[tree.left[node]] + cover[tree.right[node]]
    return cover


def _describe(
    tree: Tree, cover: npt.NDArray[np.float64], output: int, features: int, number: int, *, strict: bool
) -> dict[str, object]:
    """One output of a tree as XGBoost's JSON has it."""
    leaves = tree.feature == LEAF
    inner = np.flatnonzero(~leaves)
    parents = np.full(len(tree), ROOT_PARENT)
    parents[tree.left[inner]] = parents[tree.right[inner]] = inner
    # XGBoost goes left below a threshold.
    above = np.nextafter(np.minimum(tree.threshold, LARGEST), np.float32(np.inf))
    conditions = np.where(leaves, tree.values[:, output], tree.threshold if strict else above)
    no_number, nothing = [0.0] * len(tree), [0] * len(tree)
    return {
        "base_weights": no_number,
        "categories": [],
        "categories_nodes": [],
        "categories_segments": [],
        "categories_sizes": [],
        "id": number,
        "default_left": (tree.missing_left & ~leaves).astype(int).tolist(),
        "left_children": np.where(leaves, -1, tree.left).tolist(),
        "loss_changes": no_number,
        "parents": parents.tolist(),
        "right_children": np.where(leaves, -1, tree.right).tolist(),
        "split_conditions": conditions.astype(float).tolist(),
        "split_indices": np.where(leaves, 0, tree.feature).tolist(),
        "split_type": nothing,
        "sum_hessian": cover.tolist(),
        "tree_param": {
            "num_deleted": "0",
            "num_feature": str(features),
            "num_nodes": str(len(tree)),
            "size_leaf_vector": "1",
        },
    }


def _model(
    described: Sequence[dict[str, object]], targets: list[int], outputs: int, features: int
) -> dict[str, object]:
    several = outputs > 1
    objective = (
        {"name": "multi:softprob", "softmax_multiclass_param": {"num_class": str(outputs)}}
        if several
        else {"name": "reg:squarederror", "reg_loss_param": {"scale_pos_weight": "1"}}
    )
    return {
        "learner": {
            "attributes": {},
            "feature_names": [],
            "feature_types": [],
            "gradient_booster": {
                "model": {
                    "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(described))},
                    "iteration_indptr": [0, len(described)],
                    "tree_info": targets,
                    "trees": described,
                },
                "name": "gbtree",
            },
            "learner_model_param": {
                "base_score": "0E0",
                "boost_from_average": "0",
                "num_class": str(outputs if several else 0),
                "num_feature": str(features),
                "num_target": "1",
            },
            "objective": objective,
        },
        "version": [3, 2, 0],
    }
