"""The search: it finds better than it began with, keeps to its budget, gives up the hopeless, and repeats itself."""

import time

import numpy as np
import pytest
from assignments import cases_of, loaded, search
from onnx import ModelProto

from relearn_training import assembly
from relearn_training.cases import Table
from relearn_training.failures import ConfigurationFailure, TrainingFailure
from relearn_training.metrics import rank
from relearn_training.onnx_check import require_parity

FEW = {"seconds": 300, "folds": 3, "rounds": 1}
FAST = ["linear", "lightgbm", "extra-trees"]


@pytest.mark.parametrize(("data", "metric"), [("cancer", "log-loss"), ("diabetes", "rmse")])
def test_finds_better_than_its_first_candidate(data: str, metric: str) -> None:
    trained = search(loaded(data, 250), metric, {**FEW, "algorithms": FAST, "trials": 6}).trained
    assert trained.details["search"]["trials"] == 6
    single = [entry for entry in trained.leaderboard if "ensemble" not in entry.algorithm]
    first = [entry for entry in single if entry.algorithm == "lightgbm" and "extra_trees" not in entry.parameters]
    scores = [rank(metric, entry.cross_validation.mean) for entry in first]
    assert rank(metric, trained.cross_validation.mean) > min(scores)
    assert all(entry.predict_milliseconds > 0 and entry.cross_validation.fit_seconds > 0 for entry in single)
    assert all(entry.cross_validation.standard_error > 0 for entry in single if entry.status == "complete")
    assert all(entry.graph_bytes > 0 for entry in single if entry.status == "complete")
    for ensemble in (entry for entry in trained.leaderboard if "ensemble" in entry.algorithm):
        assert ensemble.predict_milliseconds > 0
        assert ensemble.cross_validation.fit_seconds > 0


def test_the_leaderboard_is_in_order_and_says_what_looks_too_good() -> None:
    given = {**FEW, "rounds": 2, "algorithms": FAST, "trials": 8}
    leaderboard = search(loaded("cancer", 250), "log-loss", given).trained.leaderboard
    complete = [entry for entry in leaderboard if entry.status == "complete"]
    order = [(entry.optimistic, entry.cross_validation.mean) for entry in complete]
    assert order == sorted(order)
    assert {entry.optimistic for entry in complete} == {False, True}
    assert not any(entry.optimistic for entry in complete if "ensemble" in entry.algorithm)


def test_ends_within_its_seconds() -> None:
    cases = loaded("digits", 600)
    began = time.process_time()
    trained = search(cases, "log-loss", {"seconds": 6, "algorithms": ["linear"]}).trained
    assert time.process_time() - began < 6 * 1.5
    assert 2 <= trained.details["search"]["trials"] < 100


def test_has_a_model_whatever_the_budget() -> None:
    trained = search(loaded("cancer", 200), "roc-auc", {"seconds": 0.01}).trained
    assert trained.cross_validation.mean > 0.8


@pytest.mark.parametrize("sampler", ["tpe", "random", "grid"])
def test_a_sampler_proposes_what_comes_after_the_portfolio(sampler: str) -> None:
    given = {**FEW, "algorithms": ["linear"], "trials": 6, "sampler": sampler}
    first, again = (search(loaded("wine", 120), "log-loss", given) for _ in range(2))
    proposed = first.said(f"({sampler})")
    assert proposed
    assert first.graph == again.graph
    settings = [dict(entry.parameters) for entry in first.trained.leaderboard if entry.algorithm == "linear"]
    assert len({str(sorted(each.items())) for each in settings}) == len(settings) == 6
    other = search(loaded("wine", 120), "log-loss", given, seed=2)
    assert (sampler == "grid") or (other.said(f"({sampler})") and other.graph != first.graph)


def test_a_grid_ends_when_it_is_tried() -> None:
    given = {**FEW, "algorithms": ["linear"], "trials": 100, "sampler": "grid"}
    trained = search(loaded("wine", 100), "log-loss", given).trained
    assert trained.details["search"]["trials"] < 20


def test_a_family_whose_models_cannot_be_delivered_leaves_the_job_to_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse_trees(graph: ModelProto, table: Table, expected: np.ndarray, *, regression: bool) -> np.ndarray:
        if any(node.op_type.startswith("TreeEnsemble") for node in graph.graph.node):
            raise TrainingFailure("it disagrees")
        return require_parity(graph, table, expected, regression=regression)

    monkeypatch.setattr(assembly, "require_parity", refuse_trees)
    # Of XOR a linear model knows nothing, so that trees alone are chosen at first.
    inputs = np.random.default_rng(1).normal(size=(300, 2))
    cases = cases_of(inputs, (inputs.prod(axis=1) > 0).astype(np.intp))
    given = {**FEW, "algorithms": FAST, "trials": 3, "ensemble": "none"}
    trained = search(cases, "log-loss", given).trained
    members = trained.details["search"]["members"]
    assert [member["algorithm"] for member in members] == ["linear"]
    assert len(trained.details["search"]["leftOut"]) == 2
    with pytest.raises(TrainingFailure, match="none of 3 does"):
        search(cases, "log-loss", {**given, "algorithms": FAST[1:]})


def test_a_metric_that_no_fold_can_tell_still_leaves_a_model() -> None:
    rng = np.random.default_rng(5)
    inputs = rng.normal(size=(200, 2))
    labels = np.where(np.arange(200) < 50, inputs[:, 0], 1.0)
    given = {**FEW, "algorithms": ["linear"], "trials": 2, "order": "receivedAt"}
    trained = search(cases_of(inputs, labels, times=np.arange(200.0)), "r2", given).trained
    assert np.isnan(trained.cross_validation.mean)
    assert trained.algorithm == "linear"


def hopeless() -> dict[str, object]:
    """The sidecar of a champion that learns next to nothing, among other things that are no settings."""
    entries = [
        "no entry",
        {"algorithm": "weighted-ensemble", "parameters": {"trial 1": 0.5}},
        {"algorithm": "lightgbm", "parameters": {"rounds": 1, "learning_rate": 0.001}},
        {"algorithm": "lightgbm", "parameters": {"rounds": [1]}},
        {"algorithm": "linear", "parameters": {"no such parameter": 3}},
    ]
    return {"leaderboard": entries}


def test_begins_with_the_champions_settings_and_gives_up_what_is_hopeless() -> None:
    given = {**FEW, "algorithms": ["linear", "lightgbm"], "trials": 4, "folds": 5}
    training = search(loaded("cancer", 200), "log-loss", given, champion=hopeless())
    assert [line.split(": ")[1] for line in training.said("(champion)")] == ["lightgbm (champion)", "linear (champion)"]
    (pruned,) = [entry for entry in training.trained.leaderboard if entry.status == "pruned"]
    assert pruned.parameters["rounds"] == 1
    assert pruned.cross_validation.folds < 5
    assert "behind the best by" in pruned.reason
    (failed,) = [entry for entry in training.trained.leaderboard if entry.status == "failed"]
    assert "KeyError" in failed.reason
    assert training.trained.leaderboard[-1] is failed


@pytest.mark.parametrize("name", [["linear"], {"linear": 1}, None, 7, "unheard of"])
def test_passes_over_a_champions_setting_whose_algorithm_is_no_known_name(name: object) -> None:
    champion = {"leaderboard": [{"algorithm": name, "parameters": {}}, *hopeless()["leaderboard"]]}
    training = search(loaded("wine", 60), "log-loss", {**FEW, "algorithms": ["linear"], "trials": 2}, champion=champion)
    assert len(training.trained.leaderboard) == 2


def test_gives_nothing_up_without_pruning() -> None:
    given = {**FEW, "algorithms": ["linear", "lightgbm"], "trials": 4, "pruning": False}
    training = search(loaded("cancer", 150), "log-loss", given, champion=hopeless())
    assert not [entry for entry in training.trained.leaderboard if entry.status == "pruned"]


def test_the_number_of_trials_decides_the_bytes() -> None:
    given = {**FEW, "folds": 2, "trials": 5, "algorithms": [*FAST, "xgboost", "network"]}
    first, again = (search(loaded("cancer", 60), "roc-auc", given) for _ in range(2))
    assert first.graph == again.graph
    assert first.trained.cross_validation.mean == again.trained.cross_validation.mean


def test_folds_follow_time_where_that_is_asked() -> None:
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(200, 2))
    # The label drifts: who is asked of the future has to be worse than who is asked of the time between.
    times = np.arange(200.0)
    cases = cases_of(inputs, 3 * inputs[:, 0] + times / 10, times=times)
    given = {**FEW, "algorithms": ["linear"], "trials": 1, "folds": 4}
    mixed = search(cases, "rmse", given).trained.cross_validation
    ordered = search(cases, "rmse", {**given, "order": "receivedAt"}).trained.cross_validation
    by_column = search(
        cases_of(np.column_stack([inputs, times]), cases.labels), "rmse", {**given, "order": "x2"}
    ).trained
    assert ordered.mean > 1.05 * mixed.mean
    assert ordered.folds == 4
    assert by_column.cross_validation.folds == 4
    with pytest.raises(ConfigurationFailure, match="order to be receivedAt or x0 or x1"):
        search(cases, "rmse", {**given, "order": "colour"})


def test_further_rounds_are_not_stopped_by_the_cases_that_score_them() -> None:
    given = {**FEW, "rounds": 2, "algorithms": ["lightgbm"], "trials": 1}
    (bag,) = search(loaded("cancer", 150), "log-loss", given).trained.model.members
    found = [model.parameters["rounds"] for model in bag.models]
    assert len(set(found[:3])) > 1
    assert len(found) == 6
    assert set(found[3:]) == {round(float(np.exp(np.mean(np.log(found[:3])))))}


def test_what_comes_later_is_not_pulled_to_the_middle_of_the_past() -> None:
    rng = np.random.default_rng(5)
    times = np.arange(240.0)
    inputs = np.column_stack([rng.normal(size=(240, 2)), times])
    cases = cases_of(inputs, inputs[:, 0] + times / 10 + rng.normal(scale=0.5, size=240), times=times)
    given = {**FEW, "algorithms": ["linear", "extra-trees"], "trials": 3, "order": "receivedAt"}
    assert search(cases, "rmse", given).trained.algorithm != "stacked-ensemble"
    stacked = search(cases, "rmse", {**given, "ensemble": "stacked"}).trained
    assert stacked.algorithm == "stacked-ensemble"


def test_a_broad_search_goes_on_after_it_deepened_and_deepens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # As where one fold costs much: each setting is fitted on one fold first.
    monkeypatch.setattr("relearn_training.search.DEEP_TRIALS", 10**9)
    monkeypatch.setattr("relearn_training.search.PROBED_ROWS", 40)
    given = {"seconds": 6, "folds": 3, "rounds": 1, "algorithms": FAST, "trials": 10_000}
    training = search(loaded("cancer", 300), "log-loss", given)
    assert training.trained.details["search"]["broad"]
    said = [line for line in training.said("") if "more folds" in line or line.startswith("Trial ")]
    turns = ["deepened" if "more folds" in line else "tried" for line in said]
    assert [turn for turn, before in zip(turns, ["", *turns[:-1]], strict=True) if turn != before][:3] == [
        *("tried", "deepened", "tried")
    ]
