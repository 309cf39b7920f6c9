"""How much trees lean on each field, by SHAP values: the summary that stands beside permutation importance.

Of an ensemble the members that are trees are summed up, each by its weight; of a bag of models that differ only in the
cases they were fitted on, the first speaks for all, and of a very large forest some trees do. Log-odds, as boosted
trees say them, and probabilities, as forests do, are no sums of one kind: the kind that has more weight is told.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from relearn_training.cases import Cases, Table
from relearn_training.ensemble import BagModel, EnsembleModel
from relearn_training.estimators.tree_model import TreeModel
from relearn_training.models import FittedModel
from relearn_training.preprocessing.block import Blocks
from relearn_training.rearrangement import field_names, rearrange
from relearn_training.tree_shap import described_nodes, tree_shap, work
from relearn_training.trees import Tree

MOST_REFERENCES: Final = 2000
MOST_EXPLAINED: Final = 200
FEWEST_EXPLAINED: Final = 20
MOST_NODES: Final = 200_000
"""Of one member; to describe them takes about 2 seconds."""
MOST_WORK: Final = 2e9
"""Of one member, in steps of `tree_shap.work`: about 2 seconds."""
PROBED: Final = 500
"""Cases by which is found out which features derive from a field."""

Summary = dict[str, float]


def shap_summary(
    model: FittedModel, reference: Cases, explained: Cases, seed: int, clock: Callable[[], float], seconds: float
) -> Summary:
    """Mean absolute SHAP value of each field, over cases and classes.

    The members of an ensemble are looked at by their weight until `seconds` are used; the heaviest one in any case.

    Args:
        model: fitted.
        reference: cases by which is known how many pass each node of a tree; those that it was fitted on.
        explained: cases to sum up over.
        seed: of the draws from both.
        clock: monotonic seconds.
        seconds: after which no further member is looked at.

    Returns:
        By the name of the field, in log-odds, as a probability, or in the label's unit; nothing where the model has
        no trees, or so many nodes that it would take too long.
    """
    rng = np.random.default_rng(seed)
    counted, cases = _draw(reference, MOST_REFERENCES, rng), _draw(explained, MOST_EXPLAINED, rng)
    if not len(counted) or not len(cases):
        return {}
    began = clock()
    kinds: dict[str, list[tuple[float, npt.NDArray[np.float64]]]] = {}
    for weight, member in sorted(_tree_models(model, 1.0), key=lambda entry: -entry[0]):
        if kinds and clock() - began > seconds:
            break
        values = _mean_absolute(member, counted, cases, rng)
        if values is not None:
            kinds.setdefault(member.answer.saying, []).append((weight, values))
    if not kinds:
        return {}
    told = max(kinds.values(), key=lambda entries: sum(weight for weight, _ in entries))
    weights, values = zip(*told, strict=True)
    return dict(zip(field_names(counted), np.average(values, axis=0, weights=weights).tolist(), strict=True))


def _tree_models(model: FittedModel, weight: float) -> Iterator[tuple[float, TreeModel]]:
    """The members that are trees, and their weights."""
    if isinstance(model, TreeModel):
        yield weight, model
    elif isinstance(model, BagModel):
        yield from _tree_models(model.models[0], weight)
    elif isinstance(model, EnsembleModel):
        for share, member in zip(np.abs(model.blend.weights).tolist(), model.members, strict=True):
            if share:
                yield from _tree_models(member, weight * share)


def _mean_absolute(
    model: TreeModel, reference: Table, explained: Table, rng: np.random.Generator
) -> npt.NDArray[np.float64] | None:
    """For each field of the table [fields]; None where it would take too long."""
    trees = _told(model)
    rows = _affordable(trees, len(explained))
    if not rows:
        return None
    inputs = model.blocks.transform(explained.take(np.arange(rows)), np.float32)
    shares = tree_shap(trees, inputs, model.blocks.transform(reference, np.float32), strict=model.strict)
    sources = _sources(model.blocks, reference.take(np.arange(min(len(reference), PROBED))), rng)
    by_field = np.einsum("rfs,gf->rgs", shares.astype(np.float64), sources)
    return np.abs(by_field).mean(axis=(0, 2)) * model.answer.scale


def _told(model: TreeModel) -> list[Tree]:
    """The trees; of a forest that says probabilities, whose trees are draws of one kind, as many as are affordable."""
    trees, step = model.grow(), 1
    if model.answer.saying == "probabilities":
        while step < len(trees) and not _affordable(trees[::step], FEWEST_EXPLAINED):
            step += 1
    some = trees[::step]
    return [replace(tree, values=tree.values * np.float32(len(trees) / len(some))) for tree in some]


def _affordable(trees: list[Tree], rows: int) -> int:
    """How many cases can be explained."""
    if described_nodes(trees) > MOST_NODES:
        return 0
    affordable = min(rows, int(MOST_WORK / max(work(trees), 1)))
    return affordable if affordable >= min(rows, FEWEST_EXPLAINED) else 0


def _sources(blocks: Blocks, table: Table, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Which features derive from which field [fields, F]: those that change where its values change places."""
    usual, fields, unmoved = _comparable(blocks, table), len(field_names(table)), np.arange(len(table))
    changed = []
    for field in range(fields):
        orders = [unmoved] * fields
        orders[field] = rng.permutation(len(table))
        changed.append((_comparable(blocks, rearrange(table, orders)) != usual).any(axis=0))
    return np.array(changed, dtype=np.float64)


def _comparable(blocks: Blocks, table: Table) -> npt.NDArray[np.float32]:
    """The features, NaN as a number like others."""
    features = blocks.transform(table, np.float32)
    return np.where(np.isnan(features), np.float32(np.inf), features)


def _draw(cases: Cases, most: int, rng: np.random.Generator) -> Table:
    return cases.table.take(np.sort(rng.permutation(len(cases))[:most]))
