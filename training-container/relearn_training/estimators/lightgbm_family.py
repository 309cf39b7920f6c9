"""LightGBM: boosted trees grown leaf by leaf on histograms."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import lightgbm
import numpy as np
import numpy.typing as npt
from optuna import Trial

from relearn_training.answers import Answer
from relearn_training.cases import Cases
from relearn_training.estimators.family import DataShape, Family, FitContext
from relearn_training.estimators.lightgbm_trees import read_trees
from relearn_training.estimators.parameters import complete, patience_of
from relearn_training.estimators.settled import settle
from relearn_training.estimators.tree_model import TreeModel
from relearn_training.lesson import Lesson
from relearn_training.models import FittedModel, Parameters
from relearn_training.preprocessing.prepare import TreeInputs, prepare
from relearn_training.problem import Problem

DEFAULTS: Final[Parameters] = {
    "rounds": 2000,
    "patience": 0,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_child_samples": 20,
    "feature_fraction": 0.9,
    "bagging_fraction": 1.0,
    "lambda_l1": 0.0,
    "lambda_l2": 0.0,
    "max_bin": 255,
    "extra_trees": False,
    "flags_up_to": 4,
}
"""`patience`, rounds in a row that may bring no better loss on the validation part; 0: by the learning rate."""
OBJECTIVES: Final = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}
OWN: Final = ("rounds", "patience", "flags_up_to")
UNVALIDATED_ROUNDS: Final = 200
"""Where neither a validation part nor an earlier fit says how many."""


class LightGbm(Family):
    """Boosted trees; the log loss, or the squared error, is made small round by round."""

    name = "lightgbm"

    def portfolio(self, problem: Problem, shape: DataShape) -> Sequence[Parameters]:
        """Random thresholds, which do better on most tables; the usual ones; many or few leaves."""
        del problem
        usual = {"min_child_samples": 5, "num_leaves": 15} if shape.rows < 1000 else {}
        fewer = {"learning_rate": 0.03, "num_leaves": 10, "min_child_samples": 3, "feature_fraction": 0.5}
        more = {"learning_rate": 0.03, "num_leaves": 128, "min_child_samples": 5}
        narrow = {"learning_rate": 0.04, "num_leaves": 64, "feature_fraction": 0.4, "min_child_samples": 30}
        sized = fewer if shape.rows < 5000 else more
        return [{**usual, "extra_trees": True}, usual, sized, {**narrow, "lambda_l2": 1.0}]

    def suggest(self, trial: Trial, problem: Problem, shape: DataShape) -> Parameters:
        """Around the presets."""
        del problem
        most_leaves = 255 if shape.rows >= 10_000 else 64
        return {
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.15, log=True),
            "num_leaves": trial.suggest_int("num_leaves", 4, most_leaves, log=True),
            "min_child_samples": trial.suggest_int("min_child_samples", 2, 100, log=True),
            "feature_fraction": trial.suggest_float("feature_fraction", 0.3, 1.0),
            "bagging_fraction": trial.suggest_float("bagging_fraction", 0.6, 1.0),
            "lambda_l1": trial.suggest_float("lambda_l1", 1e-4, 10.0, log=True),
            "lambda_l2": trial.suggest_float("lambda_l2", 1e-4, 30.0, log=True),
            "extra_trees": trial.suggest_categorical("extra_trees", [False, True]),
            "flags_up_to": trial.suggest_categorical("flags_up_to", [2, 4, 12]),
        }

    def grid(self, problem: Problem, shape: DataShape) -> Mapping[str, Sequence[float | int | str | bool | None]]:
        """Speeds and sizes."""
        del problem, shape
        return {"learning_rate": [0.03, 0.1], "num_leaves": [8, 31, 96], "extra_trees": [False, True]}

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
        settings = _settings(given, lesson, context)
        learning = _dataset(prepared.features, lesson, settings)
        rounds = int(given["rounds"]) if judge is not None or "rounds" in parameters else UNVALIDATED_ROUNDS
        judged = []
        if judge is not None:
            features = prepared.blocks.transform(judge.cases.table, np.float32)
            judged = [learning.create_valid(features, judge.labels, weight=judge.weights, params=learning.params)]
        watch = _Watch(patience_of(given), context)
        booster = lightgbm.train(settings, learning, rounds, valid_sets=judged, callbacks=[watch])
        best = watch.best
        text = booster.model_to_string(num_iteration=best)
        return TreeModel(
            problem=context.problem,
            parameters={**given, "rounds": best},
            blocks=prepared.blocks,
            say=partial(_say, lightgbm.Booster(model_str=text), context.threads),
            grow=partial(read_trees, text, lesson.outputs),
            strict=False,
            answer=Answer.to(lesson, "log-odds"),
        )


def _settings(given: Parameters, lesson: Lesson, context: FitContext) -> dict[str, object]:
    kind = "multiclass" if lesson.outputs > 1 else "regression" if lesson.problem.is_regression else "binary"
    rows = len(lesson.cases)
    return {
        **{name: value for name, value in given.items() if name not in OWN},
        "objective": OBJECTIVES[kind],
        **({"num_class": lesson.outputs} if kind == "multiclass" else {}),
        "bagging_freq": 1 if given["bagging_fraction"] < 1 else 0,
        "min_child_samples": max(1, min(int(given["min_child_samples"]), rows // 10)),
        "seed": context.seed % 2**31,
        "num_threads": context.threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }


def _dataset(features: npt.NDArray[np.float32], lesson: Lesson, settings: Mapping[str, object]) -> lightgbm.Dataset:
    held = {"max_bin": settings["max_bin"], "verbosity": -1, "min_data_in_bin": 3 if len(lesson.cases) >= 100 else 1}
    return lightgbm.Dataset(features, lesson.labels, weight=lesson.weights, params=held)


class _Watch:
    """Ends boosting when the deadline has passed or patience ends; knows the best round in either case."""

    def __init__(self, patience: int, context: FitContext) -> None:
        self._patience = patience
        self._context = context
        self._least = np.inf
        self.best = 0

    def __call__(self, environment: lightgbm.callback.CallbackEnv) -> None:
        done, judged = environment.iteration + 1, environment.evaluation_result_list
        loss = judged[0][2] if judged else -done
        if loss < self._least or not self.best:
            self._least, self.best = loss, done
        if done - self.best >= self._patience or self._context.overdue:
            raise lightgbm.callback.EarlyStopException(self.best - 1, judged)


def _say(booster: lightgbm.Booster, threads: int, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    return booster.predict(features, raw_score=True, num_threads=threads)
