"""Recipe tabular through the whole program: the graph agrees with Python, the seed decides, the metric chooses."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from conftest import Train, needs_torch
from graphs import OPERATORS, run_by_onnxruntime
from trees import REGRESSION, clinical, hyperparameters, incidents, mixed, progression, write_tree

from recipes.tabular import ALGORITHMS, configure
from relearn_training.cases import split_cases
from relearn_training.failures import ConfigurationFailure, TrainingFailure
from relearn_training.ledger import Row
from relearn_training.model_schema import parse_schema
from relearn_training.onnx_check import require_parity


def only(*algorithms: str, **more: object) -> str:
    """Parameters of a short search of some algorithms."""
    return json.dumps({"algorithms": list(algorithms), "folds": 2, "rounds": 1, "trials": len(algorithms), **more})


@pytest.mark.parametrize(
    "algorithm", [pytest.param(name, marks=needs_torch) if name == "network" else name for name in ALGORITHMS]
)
def test_the_graph_agrees_with_python(tmp_path: Path, train: Train, algorithm: str) -> None:
    schema, rows = mixed(3)
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only(algorithm)))
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["algorithm"] == algorithm
    expected = np.array([row["probabilities"] for row in outcome.predictions])
    got = run_by_onnxruntime(outcome)
    assert got.dtype == np.float32
    assert np.abs(got - expected).max() <= 1e-5
    assert {node.op_type for node in onnx.load(tmp_path / "model/model.onnx").graph.node} <= OPERATORS
    assert expected.shape == (outcome.sidecar["holdoutCases"], 3)
    for row in outcome.predictions:
        exact = [value for value in row["numeric"] if value is not None]
        assert exact == np.array(exact, dtype=np.float32).tolist()


@pytest.mark.parametrize(
    "table", [progression(limit=200), incidents(0), incidents(3)], ids=["numbers", "texts and times", "three classes"]
)
def test_an_ensemble_of_several_families_is_one_graph(tmp_path: Path, train: Train, table: tuple) -> None:
    schema, rows = table
    changes = REGRESSION if schema["label"]["type"] == "number" else {"metric": "log-loss"}
    parameters = only("linear", "lightgbm", "extra-trees", ensemble="weighted", trials=3)
    write_tree(tmp_path, schema, rows, hyperparameters(**changes, parameters=parameters))
    outcome = train(tmp_path)
    assert outcome.code == 0
    members = outcome.sidecar["search"]["members"]
    assert outcome.sidecar["algorithm"] == ("weighted-ensemble" if len(members) > 1 else members[0]["algorithm"])
    assert sum(member["weight"] for member in members) == pytest.approx(1)
    output = "values" if changes is REGRESSION else "probabilities"
    graph = onnx.load(tmp_path / "model/model.onnx").graph
    assert [given.name for given in graph.output] == [output]
    assert {node.op_type for node in graph.node} <= OPERATORS
    validation = outcome.sidecar["metrics"]["crossValidation"]
    assert validation["metric"] == outcome.sidecar["metric"]
    assert outcome.sidecar["metrics"]["holdout"]["cases"] == outcome.sidecar["holdoutCases"]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"seconds": 0}, "Expected a budget; got seconds 0"),
        ({"trials": 0}, "Expected a budget; got trials 0"),
        ({"seconds": -1}, "seconds to be a number above 0"),
        ({"trials": 2.5}, "trials to be a whole number from 1 to 10000; got 2.5"),
        ({"rounds": 6}, "rounds to be a whole number from 1 to 5; got 6"),
        ({"sampler": "guess"}, "sampler to be tpe or random or grid; got 'guess'"),
        ({"pruning": "yes"}, "pruning to be true or false; got 'yes'"),
        ({"ensemble": "voting"}, "ensemble to be auto or none or weighted or stacked; got 'voting'"),
        ({"calibration": "isotonic"}, "calibration to be auto or none or sigmoid or temperature; got 'isotonic'"),
        ({"threshold": 0.5}, "threshold to be auto or none; got 0.5"),
        ({"balance": True}, "balance to be auto or none or balanced; got True"),
        ({"order": 3}, "order to be the name of a field, or receivedAt; got 3"),
        ({"algorithms": "linear"}, "algorithms to be an array of linear, random-forest"),
    ],
)
def test_refuses_parameters_it_cannot_follow(parameters: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigurationFailure, match="Expected") as caught:
        configure(parameters)
    assert sentence in str(caught.value)


def test_knows_algorithms_by_their_former_names() -> None:
    assert configure({"algorithms": ["logistic-regression", "xgboost"]}).algorithms == ("linear", "xgboost")


def test_values_never_seen_in_training_are_ignored_alike(tmp_path: Path, train: Train) -> None:
    schema, rows = mixed(2)
    for row in rows:
        if row["split"] == "holdout":
            row["input"]["zip"] = "999"
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("linear")))
    outcome = train(tmp_path)
    expected = np.array([row["probabilities"] for row in outcome.predictions])
    assert np.abs(run_by_onnxruntime(outcome) - expected).max() <= 1e-5


def test_the_seed_decides(tmp_path: Path, train: Train) -> None:
    outcomes = []
    for number, seed in enumerate(["7", "7", "8"]):
        root = tmp_path / str(number)
        write_tree(root, *mixed(2), hyperparameters(seed=seed, parameters=only("random-forest")))
        outcomes.append(train(root))
    first, again, other = ((outcome.root / "model/model.onnx").read_bytes() for outcome in outcomes)
    assert first == again
    assert first != other
    assert outcomes[0].predictions == outcomes[1].predictions
    assert outcomes[0].sidecar["metrics"] == outcomes[1].sidecar["metrics"]


@pytest.mark.parametrize("metric", ["precision", "log-loss"])
def test_the_declared_metric_chooses(tmp_path: Path, train: Train, metric: str) -> None:
    parameters = only("lightgbm", "linear", folds=3, trials=4, ensemble="none")
    write_tree(tmp_path, *mixed(3), hyperparameters(metric=metric, parameters=parameters))
    outcome = train(tmp_path)
    board = [entry for entry in outcome.sidecar["leaderboard"] if entry["status"] == "complete"]
    means = [entry["mean"] for entry in board]
    assert means == sorted(means, reverse=metric != "log-loss")
    assert len(outcome.sidecar["leaderboard"]) == 4
    validation = outcome.sidecar["metrics"]["crossValidation"]
    assert (validation["metric"], validation["folds"]) == (metric, 3)
    assert board[0]["algorithm"] == outcome.sidecar["algorithm"]
    searching = [event for event in outcome.events if "trial" in event]
    assert [event["trial"] for event in searching if " s)" not in event["message"]] == [1, 2, 3, 4]
    assert all(event["secondsLeft"] <= 60 for event in searching)
    assert means[0] in [event["best"] for event in outcome.events if "best" in event]


def test_a_class_without_training_cases_has_probability_zero(tmp_path: Path, train: Train) -> None:
    schema, rows = mixed(2)
    schema["label"]["classes"] = ["unseen", "class-0", "unseen-too", "class-1"]
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("xgboost")))
    outcome = train(tmp_path)
    assert outcome.code == 0
    expected = np.array([row["probabilities"] for row in outcome.predictions])
    got = run_by_onnxruntime(outcome)
    assert (got[:, [0, 2]] == 0).all()
    assert np.abs(got - expected).max() <= 1e-5
    assert outcome.sidecar["classes"] == schema["label"]["classes"]
    assert outcome.sidecar["metrics"]["holdout"]["accuracy"] > 0.5


def test_goes_without_a_holdout(tmp_path: Path, train: Train) -> None:
    schema, rows = clinical(limit=100)
    rows = [row for row in rows if row["split"] == "train"]
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("linear")))
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["metrics"]["holdout"] is None
    assert outcome.sidecar["holdoutCases"] == 0
    assert outcome.predictions == []


def test_the_sidecar_says_what_the_artifact_is(tmp_path: Path, train: Train) -> None:
    schema, rows = mixed(2)
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("linear")))
    outcome = train(tmp_path)
    content = (tmp_path / "model/model.onnx").read_bytes()
    graph = onnx.load_from_string(content).graph
    sidecar = outcome.sidecar
    assert sidecar["onnx"] == {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "nodes": len(graph.node),
    }
    assert [given.name for given in graph.input] == ["numeric", "categorical"]
    assert [given.name for given in graph.output] == ["probabilities"]
    assert sidecar["inputs"] == {
        "numeric": ["marker", "smoker", "age", "seen", "empty"],
        "categorical": ["stage", "zip"],
    }
    assert (sidecar["datasetId"], sidecar["codeVersion"], sidecar["seed"]) == ("ds_" + "a" * 64, "1.2.3", 7)
    assert sidecar["libraries"]["scikit-learn"] == "1.9.1"
    assert outcome.last["event"] == "finished"
    assert outcome.last["sha256"] == sidecar["onnx"]["sha256"]
    reported = {event["name"]: event["value"] for event in outcome.events if event["event"] == "metric"}
    assert reported["holdout:accuracy"] == sidecar["metrics"]["holdout"]["accuracy"]


def test_metrics_are_those_of_the_graph_that_is_served(tmp_path: Path, train: Train) -> None:
    schema, rows = progression(limit=200)
    # So far from 0 that 32 bits have steps of 0.5, where the labels' spread is 77.
    rows = [{**row, "label": row["label"] + 6e6} for row in rows]
    schema = {**schema, "label": {"type": "number", "tolerance": 50}}
    parameters = json.dumps({"algorithms": ["linear"], "trials": 1, "folds": 2})
    given = hyperparameters(task="tabular-regression", metric="rmse", parameters=parameters)
    write_tree(tmp_path, schema, rows, given)
    outcome = train(tmp_path)
    assert outcome.code == 0
    told = outcome.sidecar["metrics"]["holdout"]["mae"]
    by_model = np.mean([abs(row["value"] - row["label"]) for row in outcome.predictions])
    by_graph = np.mean([abs(float(np.float32(row["value"])) - row["label"]) for row in outcome.predictions])
    assert told == pytest.approx(by_graph, rel=1e-12)
    assert told != by_model


def test_labels_that_32_bits_do_not_tell_apart_are_refused(tmp_path: Path, train: Train) -> None:
    schema, rows = progression(limit=60)
    rows = [{**row, "label": row["label"] + 1.7e9} for row in rows]
    schema = {**schema, "label": {"type": "number", "tolerance": 50}}
    write_tree(tmp_path, schema, rows, hyperparameters(task="tabular-regression", metric="rmse"))
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert "within the tolerance of 50; they are as large as 1.7e+09, where two neighbours lie 128 apart" in (
        outcome.failure
    )


@pytest.mark.parametrize("algorithm", ["random-forest", "xgboost", "lightgbm"])
def test_more_than_a_hundred_flags_are_told_to_trees_as_they_are(tmp_path: Path, train: Train, algorithm: str) -> None:
    schema, rows = clinical(limit=150)
    rng = np.random.default_rng(2)
    names = [f"choice{place}" for place in range(30)]
    fields = {name: {"kind": "feature", "type": "category", "categories": list("abcd")} for name in names}
    schema = {**schema, "fields": {**schema["fields"], **fields}}
    inputs = [{name: "abcd"[rng.integers(4)] for name in names} for _ in rows]
    rows = [{**row, "input": {**row["input"], **chosen}} for row, chosen in zip(rows, inputs, strict=True)]
    parameters = json.dumps({"algorithms": [algorithm], "trials": 1, "folds": 2, "rounds": 1})
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=parameters))
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["search"]["leftOut"] == []
    importance = outcome.sidecar["metrics"]["importance"]
    assert {"choice0", "choice29"} <= {entry["field"] for entry in importance}


def test_a_graph_that_disagrees_is_not_delivered(tmp_path: Path, train: Train) -> None:
    schema, rows = clinical(limit=60)
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("linear")))
    train(tmp_path)
    table = split_cases([Row("", row) for row in rows], parse_schema(schema), frozenset()).holdout.table
    graph = onnx.load(tmp_path / "model/model.onnx")
    with pytest.raises(TrainingFailure, match="agree with the fitted model within"):
        require_parity(graph, table, np.zeros((len(table.numeric), 2)))
