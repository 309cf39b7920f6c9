"""The families: each agrees with its graph on every kind of column, and keeps what the search relies on."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import optuna
import pytest
from conftest import HAS_TORCH, needs_torch
from graphs import OPERATORS
from tables import BINARY, MIXES, MULTICLASS, PROBLEMS, REGRESSION, categories, everything, make_cases, numbers

from relearn_training.cases import Cases, Table
from relearn_training.estimators import ABSENT, FAMILIES, DataShape, FitContext, find_families
from relearn_training.failures import TrainingFailure
from relearn_training.model_schema import Column, TableColumns
from relearn_training.models import FittedModel, Parameters
from relearn_training.onnx_check import ExportedModel, require_parity
from relearn_training.problem import Problem

BRIEF: dict[str, Parameters] = {
    "linear": {"bins": 3, "characters": True},
    "random-forest": {"trees": 6},
    "extra-trees": {"trees": 6},
    "xgboost": {"rounds": 8, "learning_rate": 0.5},
    "lightgbm": {"rounds": 8, "learning_rate": 0.5, "min_child_samples": 3},
    "network": {"epochs": 3, "width": 16, "bins": 3},
}

CAUTIOUS: dict[str, Parameters] = {
    "linear": {"C": 0.01},
    "random-forest": {"trees": 10, "min_samples_leaf": 10},
    "extra-trees": {"trees": 10, "min_samples_leaf": 10},
    "xgboost": {"rounds": 5, "min_child_weight": 5.0},
    "lightgbm": {"rounds": 5},
    "network": {"epochs": 12, "width": 16},
}
"""With these a family follows noise little."""


def context(problem: Problem, seed: int = 3, **changes: object) -> FitContext:
    """One thread and no deadline."""
    return replace(FitContext(problem, seed=seed, threads=1, clock=lambda: 0.0), **changes)


def fit(family: str, cases: Cases, problem: Problem, validation: Cases | None = None, **changes: object) -> FittedModel:
    """A model after few rounds."""
    return FAMILIES[family].fit(BRIEF[family], cases, context(problem, **changes), validation)


def halves(cases: Cases) -> tuple[Cases, Cases]:
    """The first two thirds, and the rest."""
    cut = len(cases) * 2 // 3
    return cases.take(np.arange(cut)), cases.take(np.arange(cut, len(cases)))


def require_agreement(model: FittedModel, table: Table) -> np.ndarray:
    """Compares the graph with the model, row by row."""
    predictions = model.predict(table)
    graph = model.to_onnx(table.columns)
    assert {node.op_type for node in graph.graph.node} <= OPERATORS
    require_parity(graph, table, predictions, regression=model.problem.is_regression)
    return predictions


def test_no_family_is_absent_whose_library_is_installed() -> None:
    assert list(ABSENT) == ([] if HAS_TORCH else ["network"])
    assert list(FAMILIES) == [name for name in BRIEF if name not in ABSENT]


def test_a_family_whose_library_is_not_installed_is_absent_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "relearn_training.estimators.network", raising=False)
    found, absent = find_families()
    assert list(found) == [name for name in BRIEF if name != "network"]
    assert "torch" in absent["network"]


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("kind", PROBLEMS)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_graph_agrees_row_by_row(family: str, kind: str, mix: str) -> None:
    problem = PROBLEMS[kind]
    learning, others = halves(make_cases(MIXES[mix], problem))
    model = fit(family, learning, problem)
    predictions = np.vstack([require_agreement(model, cases.table) for cases in (learning, others)])
    assert np.isfinite(predictions).all()
    assert len(np.unique(predictions[:, 0])) > 3
    if not problem.is_regression:
        assert np.allclose(predictions.sum(axis=1), 1)


STRANGE: dict[str, Callable[[Table], Table]] = {
    "all missing": lambda table: replace(
        table, numeric=np.full_like(table.numeric, np.nan), categorical=np.full_like(table.categorical, "")
    ),
    "never seen": lambda table: replace(table, categorical=table.categorical + " \U0001f9ea never\x00seen \u202e"),
    "as large as can be": lambda table: replace(table, numeric=np.full_like(table.numeric, np.finfo(np.float32).max)),
    "as small as can be": lambda table: replace(table, numeric=np.full_like(table.numeric, np.finfo(np.float32).min)),
    "neighbours": lambda table: replace(
        table, numeric=np.nextafter(table.numeric.astype(np.float32), np.float32(np.inf)).astype(np.float64)
    ),
    "four thousand characters": lambda table: replace(
        table, categorical=np.array([[text[:1] * 4000 for text in row] for row in table.categorical], dtype=object)
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_graph_agrees_on_values_unlike_those_it_was_fitted_on(family: str) -> None:
    cases = make_cases(everything, MULTICLASS)
    model = fit(family, cases, MULTICLASS)
    graph = model.to_onnx(cases.table.columns)
    some = cases.table.take(np.arange(20))
    for name, change in STRANGE.items():
        strange = change(some)
        predictions = model.predict(strange)
        assert np.isfinite(predictions).all(), name
        require_parity(graph, strange, predictions)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_class_never_seen_has_probability_zero(family: str) -> None:
    problem = Problem("multiclass", ("absent", "no", "absent too", "yes"))
    cases = make_cases(numbers, BINARY)
    cases = replace(cases, labels=np.where(cases.labels == 0, 1, 3))
    predictions = require_agreement(fit(family, cases, problem), cases.table)
    assert (predictions[:, [0, 2]] == 0).all()
    assert np.allclose(predictions.sum(axis=1), 1)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("problem", [BINARY, REGRESSION], ids=["one class", "one number"])
def test_cases_that_are_all_alike_give_the_same_answer(family: str, problem: Problem) -> None:
    cases = make_cases(numbers, problem, rows=20)
    cases = replace(cases, labels=np.full_like(cases.labels, 1))
    predictions = require_agreement(fit(family, cases, problem), cases.table)
    assert (predictions == [[0, 1]] if problem is BINARY else predictions == 1).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_table_without_any_feature_that_varies_gives_the_shares(family: str) -> None:
    cases = make_cases(numbers, BINARY, rows=40)
    nothing = TableColumns((), (Column("same", "category"),))
    table = Table(np.empty((40, 0)), np.full((40, 1), "same", dtype=object), nothing)
    labels = (np.arange(40) < 10).astype(np.intp)
    predictions = require_agreement(fit(family, replace(cases, table=table, labels=labels), BINARY), table)
    assert np.allclose(predictions, [0.75, 0.25], atol=0.02)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_seed_decides(family: str) -> None:
    learning, others = halves(make_cases(everything, BINARY))
    graphs = [
        fit(family, learning, BINARY, seed=seed).to_onnx(others.table.columns).SerializeToString(deterministic=True)
        for seed in (5, 5, 6)
    ]
    assert graphs[0] == graphs[1]
    # Logistic regression draws nothing.
    assert (graphs[0] != graphs[2]) == (family != "linear")


@pytest.mark.parametrize("family", FAMILIES)
def test_fits_at_the_same_time_do_not_disturb_one_another(family: str) -> None:
    parts = halves(make_cases(everything, BINARY))

    def predicted(part: Cases) -> np.ndarray:
        return fit(family, part, BINARY).predict(part.table)

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(predicted, [part.take(np.arange(len(part))) for part in parts]))
    for part, predictions in zip(parts, together, strict=True):
        np.testing.assert_array_equal(predictions, predicted(part))


@pytest.mark.parametrize("family", FAMILIES)
def test_balance_raises_the_rare_class(family: str) -> None:
    cases = make_cases(numbers, BINARY)
    learning, others = halves(replace(cases, labels=(np.arange(len(cases)) % 10 == 0).astype(np.intp)))
    plain, balanced = (
        FAMILIES[family].fit(CAUTIOUS[family], learning, context(BINARY, balanced=balanced)).predict(others.table)[:, 1]
        for balanced in (False, True)
    )
    assert balanced.mean() > plain.mean() + 0.1


@pytest.mark.parametrize("family", ["xgboost", "lightgbm", pytest.param("network", marks=needs_torch)])
def test_stops_early_and_says_after_how_many_rounds(family: str) -> None:
    learning, others = halves(make_cases(numbers, BINARY))
    noise = replace(learning, labels=np.random.default_rng(0).permutation(learning.labels))
    counted = "epochs" if family == "network" else "rounds"
    model = FAMILIES[family].fit({"patience": 5, "learning_rate": 0.3}, noise, context(BINARY), others)
    assert 1 <= model.parameters[counted] < 40
    again = FAMILIES[family].fit(model.parameters, learning, context(BINARY))
    assert again.parameters[counted] == model.parameters[counted]
    assert json.loads(json.dumps(model.parameters)) == model.parameters


def test_the_penalty_is_found_on_the_validation_part() -> None:
    learning, others = halves(make_cases(everything, BINARY))
    noise = replace(learning, labels=np.random.default_rng(0).permutation(learning.labels))
    found = [FAMILIES["linear"].fit({}, cases, context(BINARY), others).parameters["C"] for cases in (noise, learning)]
    assert found[0] < found[1]


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"linear"}))
def test_the_deadline_ends_a_fit_after_its_first_round(family: str) -> None:
    cases = make_cases(numbers, BINARY)
    endless = {"rounds": 10_000} if family in ("xgboost", "lightgbm") else {}
    late = context(BINARY, clock=lambda: 2.0, deadline=1.0)
    model = FAMILIES[family].fit(endless, cases, late, cases)
    counted = {"xgboost": "rounds", "lightgbm": "rounds", "network": "epochs"}.get(family, "trees")
    assert 1 <= model.parameters[counted] <= 10
    require_agreement(model, cases.table)


@pytest.mark.parametrize("family", FAMILIES)
def test_offers_settings_that_it_takes(family: str) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    for problem in PROBLEMS.values():
        cases = make_cases(everything, problem, rows=40)
        shape = DataShape.of(cases, problem)
        assert (shape.rows, shape.numeric, shape.categorical, shape.text) == (40, 9, 5, 2)
        offered = [*FAMILIES[family].portfolio(problem, shape), FAMILIES[family].suggest(study.ask(), problem, shape)]
        offered.append({name: values[0] for name, values in FAMILIES[family].grid(problem, shape).items()})
        assert len(offered) > 2
        for parameters in offered:
            assert json.loads(json.dumps(parameters)) == parameters
            quick = {**parameters, **{name: 3 for name in ("rounds", "epochs", "trees") if name in BRIEF[family]}}
            model = FAMILIES[family].fit(quick, cases, context(problem))
            assert model.predict(cases.table).shape == (40, problem.outputs)


def test_refuses_a_parameter_that_it_does_not_know() -> None:
    with pytest.raises(KeyError, match=r"Expected only the parameters .*; got colour"):
        FAMILIES["linear"].fit({"colour": "red"}, make_cases(numbers, BINARY), context(BINARY))


def test_models_of_parts_of_one_table_share_the_lookup_of_categories() -> None:
    cases = make_cases(categories, BINARY)
    models = [fit("lightgbm", part, BINARY) for part in halves(cases)]
    graph_of = [model.to_onnx(cases.table.columns).graph for model in models]
    lookups = [{str(node.attribute) for node in graph.node if node.op_type == "LabelEncoder"} for graph in graph_of]
    assert lookups[0] & lookups[1]


def test_parity_names_the_rows_that_differ() -> None:
    cases = make_cases(numbers, REGRESSION)
    model = fit("lightgbm", cases, REGRESSION)
    graph, expected = model.to_onnx(cases.table.columns), model.predict(cases.table)
    expected[7] += 0.01 * expected.std()
    with pytest.raises(TrainingFailure, match=f"1 of {len(cases)} cases differ"):
        require_parity(graph, cases.table, expected, regression=True)
    assert ExportedModel(graph).predict(cases.table.take(np.arange(0))).shape == (0, 1)
