"""SHAP values of trees: against their definition, worked out over all subsets of features."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from relearn_training.tree_shap import tree_shap, work
from relearn_training.trees import LEAF, Tree, round_down

FEATURES = 4


def grown(outputs: int, depth: int, seed: int = 0) -> tuple[list[Tree], np.ndarray]:
    """Trees of scikit-learn, and the inputs that they were grown on, some of them missing."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(80, FEATURES)).astype(np.float32).round(1)
    inputs[rng.random(inputs.shape) < 0.1] = np.nan
    targets = np.nan_to_num(inputs[:, :1] * inputs[:, 1:2]) + rng.normal(scale=0.1, size=(80, outputs))
    forest = ExtraTreesRegressor(3, max_depth=depth, random_state=seed).fit(
        inputs, targets if outputs > 1 else targets[:, 0]
    )
    return [as_tree(estimator.tree_) for estimator in forest.estimators_], inputs


def as_tree(tree: object) -> Tree:
    return Tree(
        feature=np.where(tree.children_left < 0, LEAF, tree.feature),
        threshold=round_down(tree.threshold),
        left=tree.children_left,
        right=tree.children_right,
        missing_left=tree.missing_go_to_left.astype(bool),
        values=tree.value[:, :, 0].astype(np.float32),
    )


def goes_left(tree: Tree, node: int, case: np.ndarray, *, strict: bool) -> bool:
    value = case[tree.feature[node]]
    if np.isnan(value):
        return bool(tree.missing_left[node])
    return bool(value < tree.threshold[node] if strict else value <= tree.threshold[node])


def expected(tree: Tree, known: frozenset[int], case: np.ndarray, others: np.ndarray, *, strict: bool) -> np.ndarray:
    """What a tree says where some features are known: at the others each branch counts by the cases that take it."""

    def descend(node: int, present: np.ndarray) -> np.ndarray:
        if tree.feature[node] == LEAF:
            return tree.values[node].astype(np.float64)
        left = np.array([goes_left(tree, node, other, strict=strict) for other in present], dtype=bool)
        if tree.feature[node] in known:
            return follow(node, present, left, case)
        share = left.mean()
        return sum(
            part * descend(child, present[rows])
            for part, child, rows in ((share, tree.left[node], left), (1 - share, tree.right[node], ~left))
            if part
        )

    def follow(node: int, present: np.ndarray, left: np.ndarray, case: np.ndarray) -> np.ndarray:
        if goes_left(tree, node, case, strict=strict):
            return descend(tree.left[node], present[left])
        return descend(tree.right[node], present[~left])

    return descend(0, others)


def by_definition(trees: list[Tree], case: np.ndarray, others: np.ndarray, *, strict: bool) -> np.ndarray:
    """Shapley's formula [F, S]."""
    values = np.zeros((FEATURES, trees[0].values.shape[1]))
    for feature in range(FEATURES):
        rest = [other for other in range(FEATURES) if other != feature]
        for size in range(FEATURES):
            for subset in combinations(rest, size):
                without, within = frozenset(subset), frozenset({*subset, feature})
                gain = sum(
                    expected(tree, within, case, others, strict=strict)
                    - expected(tree, without, case, others, strict=strict)
                    for tree in trees
                )
                values[feature] += gain / (FEATURES * comb(FEATURES - 1, size))
    return values


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("outputs", [1, 3])
def test_agrees_with_the_definition(outputs: int, strict: bool) -> None:
    trees, inputs = grown(outputs, depth=3)
    found = tree_shap(trees, inputs[:4], inputs, strict=strict)
    assert found.shape == (4, FEATURES, outputs)
    for case, values in zip(inputs[:4], found, strict=True):
        np.testing.assert_allclose(values, by_definition(trees, case, inputs, strict=strict), atol=1e-5)


def said(trees: list[Tree], inputs: np.ndarray) -> np.ndarray:
    """What the trees say of each case [N, S]."""
    known = frozenset(range(FEATURES))
    return np.array([sum(expected(tree, known, case, inputs, strict=False) for tree in trees) for case in inputs])


@pytest.mark.parametrize("passing", [80, 3], ids=["every node is passed", "few nodes are passed"])
def test_deep_trees_say_what_their_features_add_up_to(passing: int) -> None:
    trees, inputs = grown(2, depth=30)
    found = tree_shap(trees, inputs, inputs[:passing], strict=False)
    values = said(trees, inputs)
    np.testing.assert_allclose(found.sum(axis=1), values - values[:passing].mean(axis=0), atol=1e-4)


def test_a_tree_that_is_one_leaf_adds_nothing() -> None:
    inputs = np.ones((3, 2), dtype=np.float32)
    assert (tree_shap([Tree.leaf([0.5])], inputs, inputs, strict=True) == 0).all()


def test_work_grows_with_leaves_depth_and_outputs() -> None:
    (tree, *_), _ = grown(3, depth=3)
    leaves = int((tree.feature == LEAF).sum())
    assert work([tree]) == leaves * 9 * 3
    assert work([tree, tree]) == 2 * work([tree])
