"""XGBoost: boosted trees grown level by level on histograms."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import xgboost
from optuna import Trial
from scipy.special import logit

from relearn_training.answers import Answer
from relearn_training.cases import Cases
from relearn_training.estimators.family import DataShape, Family, FitContext
from relearn_training.estimators.parameters import complete, patience_of
from relearn_training.estimators.settled import settle
from relearn_training.estimators.tree_model import TreeModel
from relearn_training.lesson import Lesson
from relearn_training.models import FittedModel, Parameters
from relearn_training.preprocessing.prepare import TreeInputs, prepare
from relearn_training.problem import Problem
from relearn_training.trees import LEAF, Tree

DEFAULTS: Final[Parameters] = {
    "rounds": 2000,
    "patience": 0,
    "learning_rate": 0.08,
    "max_depth": 6,
    "min_child_weight": 1.0,
    "subsample": 0.9,
    "colsample_bytree": 0.8,
    "reg_alpha": 0.0,
    "reg_lambda": 1.0,
    "gamma": 0.0,
    "max_bin": 256,
    "flags_up_to": 8,
}
"""`patience`, rounds in a row that may bring no better loss on the validation part; 0: by the learning rate."""
OWN: Final = ("rounds", "patience", "flags_up_to")
UNVALIDATED_ROUNDS: Final = 200
"""Where neither a validation part nor an earlier fit says how many."""


class XgBoost(Family):
    """Boosted trees; the log loss, or the squared error, is made small round by round."""

    name = "xgboost"

    def portfolio(self, problem: Problem, shape: DataShape) -> Sequence[Parameters]:
        """Deep trees for much data, shallow ones for little."""
        del problem
        deep = {"max_depth": 9, "min_child_weight": 2.0, "colsample_bytree": 0.6, "learning_rate": 0.05}
        shallow = {"max_depth": 3, "subsample": 0.8, "colsample_bytree": 0.6, "learning_rate": 0.06, "reg_lambda": 2.0}
        return [{}, shallow, deep] if shape.rows >= 10_000 else [shallow, {}, deep]

    def suggest(self, trial: Trial, problem: Problem, shape: DataShape) -> Parameters:
        """Around the usual values."""
        del problem
        return {
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
            "max_depth": trial.suggest_int("max_depth", 2, 10 if shape.rows >= 5000 else 7),
            "min_child_weight": trial.suggest_float("min_child_weight", 0.5, 30.0, log=True),
            "subsample": trial.suggest_float("subsample", 0.5, 1.0),
            "colsample_bytree": trial.suggest_float("colsample_bytree", 0.3, 1.0),
            "reg_alpha": trial.suggest_float("reg_alpha", 1e-4, 10.0, log=True),
            "reg_lambda": trial.suggest_float("reg_lambda", 0.1, 30.0, log=True),
            "flags_up_to": trial.suggest_categorical("flags_up_to", [2, 8, 16]),
        }

    def grid(self, problem: Problem, shape: DataShape) -> Mapping[str, Sequence[float | int | str | bool | None]]:
        """Speeds and depths."""
        del problem, shape
        return {"learning_rate": [0.03, 0.1], "max_depth": [3, 5, 8], "colsample_bytree": [0.5, 0.9]}

    def fit(
        self, parameters: Parameters, cases: Cases, context: FitContext, validation: Cases | None = None
    ) -> FittedModel:
        """Boosts until the validation part has not gained for `patience` rounds, and goes back to its best round."""
        given = complete(parameters, DEFAULTS)
        lesson = Lesson.of(cases, context.problem, balanced=context.balanced)
        prepared = prepare(lesson, TreeInputs(flags_up_to=int(given["flags_up_to"])), context.seed)
        if lesson.is_settled or not prepared.blocks.width:
            return settle(lesson, parameters)
        judge = lesson.judging(validation)
        rounds = int(given["rounds"]) if judge is not None or "rounds" in parameters else UNVALIDATED_ROUNDS
        learning = xgboost.DMatrix(prepared.features, lesson.labels, weight=lesson.weights, nthread=context.threads)
        judged, watchers = [], []
        if judge is not None:
            features = prepared.blocks.transform(judge.cases.table, np.float32)
            part = xgboost.DMatrix(features, judge.labels, weight=judge.weights, nthread=context.threads)
            judged = [(part, "validation")]
            watchers = [xgboost.callback.EarlyStopping(rounds=patience_of(given))]
        settings = _settings(given, lesson, context)
        booster = xgboost.train(
            settings,
            learning,
            num_boost_round=rounds,
            evals=judged,
            verbose_eval=False,
            callbacks=[*watchers, StopInTime(context)],
        )
        best = booster.best_iteration + 1 if judge is not None else booster.num_boosted_rounds()
        booster = booster[:best]
        return TreeModel(
            problem=context.problem,
            parameters={**given, "rounds": best},
            blocks=prepared.blocks,
            say=partial(_say, booster),
            grow=partial(read_trees, booster, lesson.outputs),
            strict=True,
            answer=Answer.to(lesson, "log-odds"),
        )


class StopInTime(xgboost.callback.TrainingCallback):
    """Ends boosting when the deadline has passed."""

    def __init__(self, context: FitContext) -> None:
        super().__init__()
        self._context = context

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: Mapping[str, object]) -> bool:
        """True ends it."""
        del model, epoch, evals_log
        return self._context.overdue


def read_trees(booster: xgboost.Booster, outputs: int) -> list[Tree]:
    """The trees, the first of which says what holds before any is grown.

    Args:
        booster: the model.
        outputs: S.
    """
    learner = json.loads(booster.save_raw("json"))["learner"]
    base = np.array(json.loads(learner["learner_model_param"]["base_score"]), dtype=np.float32).astype(np.float64)
    if learner["objective"]["name"] == "binary:logistic":
        base = logit(base)
    model = learner["gradient_booster"]["model"]
    trees = [_tree(fields, output, outputs) for fields, output in zip(model["trees"], model["tree_info"], strict=True)]
    return [Tree.leaf(np.broadcast_to(base, outputs)), *trees]


def _tree(fields: Mapping[str, Sequence[float]], output: int, outputs: int) -> Tree:
    left = np.array(fields["left_children"], dtype=np.int64)
    leaves = left == LEAF
    conditions = np.array(fields["split_conditions"], dtype=np.float32)
    values = np.zeros((len(left), outputs), dtype=np.float32)
    values[leaves, output] = conditions[leaves]
    return Tree(
        feature=np.where(leaves, LEAF, np.array(fields["split_indices"], dtype=np.int64)),
        threshold=conditions,
        left=left,
        right=np.array(fields["right_children"], dtype=np.int64),
        missing_left=np.array(fields["default_left"], dtype=bool),
        values=values,
    )


def _settings(given: Parameters, lesson: Lesson, context: FitContext) -> dict[str, object]:
    settings = {
        **{name: value for name, value in given.items() if name not in OWN},
        "seed": context.seed % 2**31,
        "nthread": context.threads,
        "tree_method": "hist",
        "verbosity": 0,
    }
    if lesson.problem.is_regression:
        return {**settings, "objective": "reg:squarederror", "base_score": 0.0}
    if lesson.outputs > 1:
        return {**settings, "objective": "multi:softprob", "num_class": lesson.outputs}
    share = float(np.average(lesson.labels, weights=lesson.weights))
    return {**settings, "objective": "binary:logistic", "base_score": share}


def _say(booster: xgboost.Booster, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return booster.inplace_predict(features, predict_type="margin")
