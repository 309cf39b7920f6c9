"""An ensemble is one graph that agrees with Python, and is chosen, calibrated and thresholded honestly."""

import time

import numpy as np
import numpy.typing as npt
import pytest
from assignments import cases_of, loaded, problem_of, search
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score

from relearn_training.blending import Blend, Learner
from relearn_training.calibration import Calibration, choose_calibration, fit_calibration
from relearn_training.cases import Cases, Table
from relearn_training.delivery import deliver
from relearn_training.ensemble import BagModel, EnsembleModel
from relearn_training.estimators import FAMILIES, FitContext
from relearn_training.failures import TrainingFailure
from relearn_training.graph import FLOAT, Graph
from relearn_training.metrics import score
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.objective import Objective, areas
from relearn_training.onnx_check import require_parity
from relearn_training.problem import Problem
from relearn_training.thresholds import choose_weights


def fitted(algorithm: str, cases: Cases, seed: int = 1) -> FittedModel:
    """A model with the first setting of its family's defaults."""
    context = FitContext(problem_of(cases.labels), seed, 1, time.monotonic)
    return FAMILIES[algorithm].fit({}, cases, context)


@pytest.mark.parametrize("data", ["cancer", "wine", "diabetes"])
@pytest.mark.parametrize("way", ["weighted", "stacked"])
def test_a_blend_of_bags_agrees_with_its_graph(data: str, way: str) -> None:
    cases = loaded(data, 150)
    problem = problem_of(cases.labels)
    halves = [cases.take(np.arange(start, 150, 2)) for start in (0, 1)]
    members = (
        fitted("linear", cases),
        BagModel(problem, {}, tuple(fitted("lightgbm", half) for half in halves)),
    )
    seen = () if problem.is_regression else tuple(range(problem.outputs))
    bias = np.array([2.5]) if problem.is_regression else np.linspace(-0.5, 0.5, problem.outputs)
    blend = Blend(np.array([0.7, 0.45]), bias, seen) if way == "stacked" else Blend(np.array([0.7, 0.3]))
    calibration = None
    if way == "weighted" and not problem.is_regression:
        calibration = Calibration("sigmoid", np.full(problem.outputs, 1.7), bias, seen)
    model = EnsembleModel(problem, {}, members, blend, calibration)
    expected = model.predict(cases.table)
    graph = model.to_onnx(cases.table.columns)
    answers = require_parity(graph, cases.table, expected, regression=problem.is_regression)
    assert answers.shape == expected.shape
    if not problem.is_regression:
        assert np.allclose(expected.sum(axis=1), 1)


def test_a_class_that_was_never_seen_keeps_probability_zero() -> None:
    cases = loaded("cancer", 150)
    problem = Problem("multiclass", ("unseen", "a", "also unseen", "b"))
    moved = cases_of(cases.table.numeric, np.array([1, 3])[cases.labels])
    context = FitContext(problem, 1, 1, time.monotonic)
    member = FAMILIES["linear"].fit({}, moved, context)
    predictions = member.predict(moved.table)
    calibration = fit_calibration("temperature", moved.labels, predictions)
    model = EnsembleModel(problem, {}, (member,), Blend(np.ones(1)), calibration)
    assert (model.predict(moved.table)[:, [0, 2]] == 0).all()
    require_parity(model.to_onnx(moved.table.columns), moved.table, model.predict(moved.table))


class Disagreeing(FittedModel):
    """A model whose graph says something else than it does."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.parameters: Parameters = {}

    def predict(self, table: Table) -> Predictions:
        """Even odds."""
        return np.full((len(table), 2), 0.5)

    def emit(self, graph: Graph) -> str:
        """Nine to one."""
        nothing = graph.add("Mul", graph.columns_of(graph.numeric, [0, 0]), graph.constant(0.0, np.float32))
        return graph.cast(graph.add("Add", nothing, graph.constant([0.9, 0.1], np.float32)), FLOAT)


def test_a_member_that_disagrees_with_its_graph_is_dropped() -> None:
    cases = loaded("cancer", 100)
    problem = problem_of(cases.labels)
    good = fitted("linear", cases)
    model = EnsembleModel(problem, {}, (good, Disagreeing(problem)), Blend(np.array([0.6, 0.4])))
    said: list[str] = []
    delivery = deliver(model, cases.table.columns, {"training": cases.table}, 1, said.append)
    assert any("Member 2 of the ensemble is left out" in line for line in said)
    assert np.allclose(delivery.predictions["training"], good.predict(cases.table))
    alone = EnsembleModel(problem, {}, (Disagreeing(problem),), Blend(np.ones(1)))
    with pytest.raises(TrainingFailure, match="agree with the fitted model"):
        deliver(alone, cases.table.columns, {"training": cases.table}, 1, said.append)


def test_a_stacked_regressor_stays_near_its_labels() -> None:
    cases = loaded("diabetes", 150)
    blend = Blend(np.array([3.0]), np.array([-300.0]), ends=(50.0, 200.0))
    model = EnsembleModel(problem_of(cases.labels), {}, (fitted("linear", cases),), blend)
    expected = model.predict(cases.table)
    assert (expected.min(), expected.max()) == (50, 200)
    require_parity(model.to_onnx(cases.table.columns), cases.table, expected, regression=True)


def noisy_models(problem: Problem, truth: npt.NDArray[np.intp], spreads: list[float]) -> npt.NDArray[np.float64]:
    """Probabilities of the second of two classes, each with noise of its own [M, N, 2]."""
    rng = np.random.default_rng(0)
    logits = np.array([(truth * 2 - 1) * 0.8 + rng.normal(scale=spread, size=len(truth)) for spread in spreads])
    second = 1 / (1 + np.exp(-logits))
    assert problem.outputs == 2
    return np.stack([1 - second, second], axis=2)


@pytest.mark.parametrize("metric", ["log-loss", "roc-auc", "accuracy", "brier", "balanced-accuracy"])
def test_weights_do_better_on_other_cases_than_the_best_single_model(metric: str) -> None:
    problem = Problem("binary", ("a", "b"))
    truth = np.random.default_rng(1).integers(0, 2, 3000)
    stack = noisy_models(problem, truth, [1.0, 1.0, 1.2, 1.5])
    objective = Objective(metric, problem)
    learner = Learner(objective, seed=1)
    blends = {way: learner.learn(way, truth, stack, np.arange(1500)) for way in Learner.WAYS}
    rest = np.arange(1500, 3000)
    losses = {way: objective.loss(truth[rest], blend.apply(stack[:, rest])) for way, blend in blends.items()}
    assert losses["weighted"] < losses["none"]
    assert blends["weighted"].weights.sum() == pytest.approx(1)
    assert (blends["weighted"].weights >= 0).all()
    assert losses["stacked"] < losses["none"]


def test_areas_are_those_of_scikit_learn_with_ties() -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, 400)
    stack = np.round(rng.dirichlet([1, 1, 1], size=(3, 400)), 1)
    wanted = [np.mean([roc_auc_score(truth == c, each[:, c]) for c in range(3)]) for each in stack]
    assert areas(truth, stack) == pytest.approx(wanted)


def test_calibration_improves_the_log_loss_of_a_forest_of_pure_leaves() -> None:
    inputs, labels = make_classification(1500, 10, n_informative=3, flip_y=0.15, random_state=1)
    cases = cases_of(inputs, labels.astype(np.intp))
    learn, out, test = (cases.take(np.arange(start, start + 500)) for start in (0, 500, 1000))
    model = fitted("extra-trees", learn)
    # Votes of so many pure leaves are too sure of themselves when they are sharpened.
    sharp = [
        np.clip(side**4 / (side**4).sum(axis=1, keepdims=True), 1e-6, 1) for side in map(predict(model), (out, test))
    ]
    problem = problem_of(labels)
    calibration = choose_calibration("auto", problem, out.labels, sharp[0], out.groups, 1)
    before, after = (score("log-loss", problem, test.labels, p) for p in (sharp[1], calibration.apply(sharp[1])))
    assert after < before * 0.9


def predict(model: FittedModel) -> object:
    """The model's predictions of cases."""
    return lambda cases: model.predict(cases.table)


def test_calibration_leaves_well_calibrated_probabilities_alone() -> None:
    rng = np.random.default_rng(4)
    second = rng.random(2000)
    truth = (rng.random(2000) < second).astype(np.intp)
    predictions = np.column_stack([1 - second, second])
    groups = [str(row) for row in range(2000)]
    chosen = choose_calibration("auto", Problem("binary", ("a", "b")), truth, predictions, groups, 1)
    assert chosen is None or np.abs(chosen.apply(predictions) - predictions).max() < 0.05


def test_thresholds_improve_balanced_accuracy_of_an_imbalanced_table() -> None:
    inputs, labels = make_classification(1200, 8, n_informative=4, weights=[0.93], flip_y=0.03, random_state=3)
    cases = cases_of(inputs, labels.astype(np.intp))
    learn, rest = cases.take(np.arange(800)), cases.take(np.arange(800, 1200))
    given = {"seconds": 300, "folds": 3, "rounds": 1, "algorithms": ["linear"], "trials": 2}
    tuned = search(learn, "balanced-accuracy", given).trained
    plain = search(learn, "balanced-accuracy", {**given, "threshold": "none", "balance": "none"}).trained
    problem = problem_of(labels)
    values = [
        score("balanced-accuracy", problem, rest.labels, each.model.predict(rest.table), each.decision_weights)
        for each in (tuned, plain)
    ]
    assert plain.decision_weights is None
    assert tuned.decision_weights[1] > tuned.decision_weights[0]
    assert values[0] > values[1] + 0.1
    assert tuned.cross_validation.mean > plain.cross_validation.mean + 0.1


def test_weights_are_left_alone_where_the_metric_judges_probabilities() -> None:
    truth = np.array([0, 1] * 50)
    predictions = np.full((100, 2), 0.5)
    groups = [str(row) for row in range(100)]
    problem = Problem("binary", ("a", "b"))
    assert choose_weights("auto", "log-loss", problem, truth, predictions, groups, 1) is None
    assert choose_weights("auto", "accuracy", problem, truth, predictions, groups, 1) is None
