"""Linear models: logistic regression for classes, ridge and elastic net for numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from optuna import Trial

from relearn_training.answers import Answer
from relearn_training.cases import Cases, Table
from relearn_training.estimators.family import DataShape, Family, FitContext
from relearn_training.estimators.linear_fit import (
    PATH,
    Examples,
    Weights,
    elastic_net,
    fit_logistic,
    fit_ridge,
    follow_path,
    log_loss_of,
    squared_error_of,
)
from relearn_training.estimators.parameters import complete
from relearn_training.estimators.settled import settle
from relearn_training.graph import DOUBLE, Graph
from relearn_training.lesson import Lesson
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.preprocessing.block import Blocks, Matrix
from relearn_training.preprocessing.prepare import LinearInputs, prepare
from relearn_training.problem import Problem

DEFAULTS: Final[Parameters] = {"C": None, "l1_ratio": 0.0, "bins": 0, "characters": False}
"""`C`, the inverse penalty, is sought on the validation part if it is None; without such a part it is `USUAL`."""
USUAL: Final = 1.0
CHUNK: Final = 8192


@dataclass(frozen=True, eq=False)
class LinearModel(FittedModel):
    """Blocks, and a weighted sum of their features, all in 64 bits.

    Attributes:
        problem: that is answered.
        parameters: with the inverse penalty that was found.
        blocks: of features.
        weights: of the sum.
        answer: how to read it.
    """

    problem: Problem
    parameters: Parameters
    blocks: Blocks
    weights: Weights
    answer: Answer

    def predict(self, table: Table) -> Predictions:
        """Probabilities or values."""
        said = np.empty((len(table), self.weights.intercepts.size))
        for start in range(0, len(table), CHUNK):
            rows = np.arange(start, min(start + CHUNK, len(table)))
            said[rows] = self.weights.apply(self.blocks.transform(table.take(rows), np.float64))
        return self.answer.read(said)

    def emit(self, graph: Graph) -> str:
        """Writes the same into a graph."""
        product = graph.add("MatMul", self.blocks.emit(graph, DOUBLE), graph.constant(self.weights.coefficients))
        return self.answer.emit(graph, graph.add("Add", product, graph.constant(self.weights.intercepts)))


class Linear(Family):
    """Logistic regression; ridge regression, or an elastic net where `l1_ratio` is above 0."""

    name = "linear"

    def portfolio(self, problem: Problem, shape: DataShape) -> Sequence[Parameters]:
        """Straight lines; curves of single numbers, where there are cases enough to tell their form."""
        settings: list[Parameters] = [{"characters": shape.text > 0}]
        if shape.numeric:
            settings.insert(0 if shape.rows >= 1000 else 1, {"bins": 12 if shape.rows >= 1000 else 5})
        if shape.text:
            settings.append({})
        if problem.is_regression:
            settings.append({"l1_ratio": 0.5})
        return settings

    def suggest(self, trial: Trial, problem: Problem, shape: DataShape) -> Parameters:
        """The penalty is sought by the fit itself."""
        drawn: dict[str, float | int | bool] = {}
        if shape.numeric:
            drawn["bins"] = trial.suggest_categorical("bins", [0, 4, 8, 16, 24])
        if shape.text:
            drawn["characters"] = trial.suggest_categorical("characters", [False, True])
        if problem.is_regression:
            drawn["l1_ratio"] = trial.suggest_categorical("l1_ratio", [0.0, 0.2, 0.5, 0.9])
        drawn["C"] = trial.suggest_float("C", PATH[0], PATH[-1], log=True)
        return drawn

    def grid(self, problem: Problem, shape: DataShape) -> Mapping[str, Sequence[float | int | str | bool | None]]:
        """Penalties, by curves or straight lines."""
        del problem
        return {"C": [0.01, 0.1, 1.0, 10.0], **({"bins": [0, 8]} if shape.numeric else {})}

    def fit(
        self, parameters: Parameters, cases: Cases, context: FitContext, validation: Cases | None = None
    ) -> FittedModel:
        """Fits along a path of penalties where none is given and there is a validation part."""
        given = complete(parameters, DEFAULTS)
        lesson = Lesson.of(cases, context.problem, balanced=context.balanced)
        if lesson.is_settled:
            return settle(lesson, parameters)
        inputs = LinearInputs(bins=int(given["bins"]), characters=bool(given["characters"]))
        prepared = prepare(lesson, inputs, context.seed)
        if not prepared.blocks.width:
            return settle(lesson, parameters)
        examples = Examples(prepared.features, lesson.targets, lesson.weights)
        regression, share = context.problem.is_regression, float(given["l1_ratio"])
        fit = (elastic_net(share, context.seed) if share else fit_ridge) if regression else fit_logistic
        judge = lesson.judging(validation) if given["C"] is None else None
        path, loss = [USUAL if given["C"] is None else float(given["C"])], None
        if judge is not None:
            path, loss = PATH, _loss_on(judge, prepared.blocks.transform(judge.cases.table, prepared.features.dtype))
        inverse, weights = follow_path(fit, examples, path, loss, lambda: context.overdue)
        answer = Answer.to(lesson, "log-odds")
        return LinearModel(context.problem, {**given, "C": inverse}, prepared.blocks, weights, answer)


def _loss_on(judge: Lesson, features: Matrix) -> Callable[[Weights], float]:
    loss = squared_error_of if judge.problem.is_regression else log_loss_of
    return lambda weights: loss(weights.apply(features), judge.targets, judge.weights)
