"""Random forest and extra trees: many deep trees, each on a draw of its own, and their mean."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
from optuna import Trial
from sklearn.base import BaseEstimator
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from relearn_training.answers import Answer
from relearn_training.cases import Cases
from relearn_training.estimators.family import DataShape, Family, FitContext
from relearn_training.estimators.parameters import complete
from relearn_training.estimators.settled import settle
from relearn_training.estimators.tree_model import TreeModel
from relearn_training.lesson import Lesson
from relearn_training.models import FittedModel, Parameters
from relearn_training.preprocessing.prepare import TreeInputs, prepare
from relearn_training.problem import Problem
from relearn_training.trees import LEAF, Tree, round_down

DEFAULTS: Final[Parameters] = {
    "trees": 150,
    "max_features": "sqrt",
    "min_samples_leaf": 1,
    "max_samples": 1.0,
    "criterion": "gini",
    "flags_up_to": 8,
}
"""`max_features` is `sqrt` or a share; `max_samples` is the share that each tree draws, of a random forest only;
`criterion` counts for classes only."""
MOST_LEAVES: Final = 100_000
"""Of all trees together: a graph holds some 70 bytes for each, and has other members too."""
FEWEST_LEAVES: Final = 32
ROUND: Final = 10
"""Trees that are grown between two looks at the clock, for each thread."""

Build = Callable[..., BaseEstimator]


class _Forest(Family):
    classifier: ClassVar[Build]
    regressor: ClassVar[Build]
    draws: ClassVar[bool]
    """Whether each tree is grown on a draw of the cases, not on all."""

    def portfolio(self, problem: Problem, shape: DataShape) -> Sequence[Parameters]:
        """Full-grown trees; leaves of several cases where there are many; for classes, the entropy too."""
        leaf = 1 if shape.rows < 2000 else 2 if shape.rows < 20_000 else 4
        if problem.is_regression:
            first = {"max_features": 0.5 if shape.rows < 20_000 else 0.33, "min_samples_leaf": leaf}
            return [first, {"max_features": 1.0 if shape.rows < 5000 else 0.6, "min_samples_leaf": 2 * leaf + 1}]
        first = {"max_features": "sqrt", "min_samples_leaf": leaf, "criterion": "entropy"}
        wide = {"max_features": 0.4, "min_samples_leaf": 2 * leaf + 1, "criterion": "entropy"}
        return [first, wide, {**first, "criterion": "gini"}] if shape.rows < 5000 else [wide, first]

    def suggest(self, trial: Trial, problem: Problem, shape: DataShape) -> Parameters:
        """How much each split sees, and how small leaves may be."""
        drawn = {
            "max_features": trial.suggest_categorical("max_features", ["sqrt", 0.25, 0.5, 0.75, 1.0]),
            "min_samples_leaf": trial.suggest_int("min_samples_leaf", 1, 20 if shape.rows >= 1000 else 8, log=True),
            "flags_up_to": trial.suggest_categorical("flags_up_to", [2, 8, 16]),
        }
        if not problem.is_regression:
            drawn["criterion"] = trial.suggest_categorical("criterion", ["gini", "entropy"])
        if self.draws:
            drawn["max_samples"] = trial.suggest_float("max_samples", 0.4, 1.0)
        return drawn

    def grid(self, problem: Problem, shape: DataShape) -> Mapping[str, Sequence[float | int | str | bool | None]]:
        """Features for each split and cases in a leaf."""
        del problem, shape
        return {"max_features": ["sqrt", 0.5, 1.0], "min_samples_leaf": [1, 3, 10]}

    def fit(
        self, parameters: Parameters, cases: Cases, context: FitContext, validation: Cases | None = None
    ) -> FittedModel:
        """Grows trees until there are `trees` or the deadline has passed; there is nothing to validate."""
        del validation
        given = complete(parameters, DEFAULTS)
        lesson = Lesson.of(cases, context.problem, balanced=context.balanced)
        prepared = prepare(lesson, TreeInputs(flags_up_to=int(given["flags_up_to"])), context.seed)
        if lesson.is_settled or not prepared.blocks.width:
            return settle(lesson, parameters)
        forest = (self.regressor if context.problem.is_regression else self.classifier)(**self._settings(given, lesson))
        forest.set_params(random_state=context.seed % 2**32, n_jobs=context.threads, warm_start=True)
        grown = 0
        while grown < int(given["trees"]) and (not grown or not context.overdue):
            grown = min(grown + ROUND * context.threads, int(given["trees"]))
            forest.set_params(n_estimators=grown)
            # It sums columns up to find missing values, also where the numbers are the largest that there are.
            with np.errstate(over="ignore", invalid="ignore"):
                forest.fit(prepared.features, lesson.labels, sample_weight=lesson.weights)
        return TreeModel(
            problem=context.problem,
            parameters={**given, "trees": grown},
            blocks=prepared.blocks,
            say=partial(_say, forest),
            grow=partial(read_trees, forest, lesson.outputs),
            strict=False,
            answer=Answer.to(lesson, "probabilities"),
        )

    def _settings(self, given: Parameters, lesson: Lesson) -> dict[str, object]:
        cases_in_leaf = int(given["min_samples_leaf"])
        most = max(FEWEST_LEAVES, MOST_LEAVES // (int(given["trees"]) * max(1, lesson.outputs // 2)))
        settings: dict[str, object] = {
            "max_features": given["max_features"],
            "min_samples_leaf": min(cases_in_leaf, max(1, len(lesson.cases) // 4)),
            # Growing the best leaf first takes longer, so only where trees would become too large.
            "max_leaf_nodes": most if len(lesson.cases) // cases_in_leaf > 2 * most else None,
        }
        if self.draws and given["max_samples"] < 1:
            settings["max_samples"] = float(given["max_samples"])
        if not lesson.problem.is_regression:
            settings["criterion"] = given["criterion"]
        return settings


class RandomForest(_Forest):
    """Breiman 2001: each tree on a bootstrap draw, each split the best one of some features."""

    name = "random-forest"
    classifier = RandomForestClassifier
    regressor = RandomForestRegressor
    draws = True


class ExtraTrees(_Forest):
    """Geurts et al. 2006: each tree on all cases, each split the best of random ones."""

    name = "extra-trees"
    classifier = ExtraTreesClassifier
    regressor = ExtraTreesRegressor
    draws = False


def read_trees(forest: BaseEstimator, outputs: int) -> list[Tree]:
    """The trees; what their leaves say is divided by how many there are.

    Args:
        forest: fitted.
        outputs: S; with 1 of two classes the second's share is said.
    """
    return [_tree(member.tree_, outputs, len(forest.estimators_)) for member in forest.estimators_]


def _tree(grown: object, outputs: int, trees: int) -> Tree:
    leaves = grown.children_left == LEAF
    values = grown.value[:, 0, :]
    if values.shape[1] > 1:
        values = values / values.sum(axis=1, keepdims=True)
    return Tree(
        feature=np.where(leaves, LEAF, grown.feature),
        threshold=np.where(leaves, 0, round_down(np.where(leaves, 0, grown.threshold))).astype(np.float32),
        left=grown.children_left,
        right=grown.children_right,
        missing_left=grown.missing_go_to_left.astype(bool),
        values=(values[:, -outputs:] / trees).astype(np.float32),
    )


def _say(forest: BaseEstimator, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    if not hasattr(forest, "predict_proba"):
        return forest.predict(features)
    shares = forest.predict_proba(features)
    return shares[:, 1] if shares.shape[1] == 2 else shares
