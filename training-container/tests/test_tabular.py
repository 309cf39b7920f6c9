"""Recipe tabular: the graph agrees with Python, the seed decides, the declared metric chooses."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from conftest import Train
from graphs import OPERATORS, run_by_onnxruntime
from trees import clinical, hyperparameters, mixed, write_tree

from relearn_training.cases import split_cases
from relearn_training.classifiers import ALGORITHMS
from relearn_training.failures import TrainingFailure
from relearn_training.ledger import Row
from relearn_training.model_schema import parse_schema
from relearn_training.onnx_check import require_parity

TABLES = {
    "numbers, two classes": clinical("cancer", limit=200),
    "numbers, three classes": clinical("wine"),
    "mixed with missing values, two classes": mixed(2),
    "mixed with missing values, three classes": mixed(3),
    "a median between two 32-bit floats": mixed(2, seed=3, offset=3e4),
}


def only(algorithm: str, **more: object) -> str:
    """Parameters that restrict the search to one algorithm."""
    return json.dumps({"algorithms": [algorithm], "folds": 2, **more})


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_graph_agrees_with_python(tmp_path: Path, train: Train, table: str, algorithm: str) -> None:
    schema, rows = TABLES[table]
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only(algorithm)))
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["algorithm"] == algorithm
    expected = np.array([row["probabilities"] for row in outcome.predictions])
    got = run_by_onnxruntime(outcome)
    assert got.dtype == np.float32
    assert np.abs(got - expected).max() <= 1e-5
    assert {node.op_type for node in onnx.load(tmp_path / "model/model.onnx").graph.node} <= OPERATORS
    assert expected.shape == (outcome.sidecar["holdoutCases"], len(schema["label"]["classes"]))
    for row in outcome.predictions:
        exact = [value for value in row["numeric"] if value is not None]
        assert exact == np.array(exact, dtype=np.float32).tolist()


def test_values_never_seen_in_training_are_ignored_alike(tmp_path: Path, train: Train) -> None:
    schema, rows = mixed(2)
    for row in rows:
        if row["split"] == "holdout":
            row["input"]["zip"] = "999"
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("logistic-regression")))
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


@pytest.mark.parametrize("metric", ["accuracy", "balanced-accuracy", "f1", "log-loss", "roc-auc"])
def test_the_declared_metric_chooses(tmp_path: Path, train: Train, metric: str) -> None:
    parameters = '{"algorithms": ["xgboost", "logistic-regression"], "folds": 3}'
    write_tree(tmp_path, *mixed(3), hyperparameters(metric=metric, parameters=parameters))
    outcome = train(tmp_path)
    means = [entry["mean"] for entry in outcome.sidecar["leaderboard"]]
    assert means == sorted(means, reverse=metric != "log-loss")
    assert len(means) == 5
    validation = outcome.sidecar["metrics"]["crossValidation"]
    assert (validation["metric"], validation["mean"], validation["folds"]) == (metric, means[0], 3)
    assert outcome.sidecar["leaderboard"][0]["algorithm"] == outcome.sidecar["algorithm"]
    best = [event["best"] for event in outcome.events if "best" in event]
    assert best[-1] == means[0]


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
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("logistic-regression")))
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["metrics"]["holdout"] is None
    assert outcome.sidecar["holdoutCases"] == 0
    assert outcome.predictions == []


def test_the_sidecar_says_what_the_artifact_is(tmp_path: Path, train: Train) -> None:
    schema, rows = mixed(2)
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("logistic-regression")))
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


def test_a_graph_that_disagrees_is_not_delivered(tmp_path: Path, train: Train) -> None:
    schema, rows = clinical(limit=60)
    write_tree(tmp_path, schema, rows, hyperparameters(parameters=only("logistic-regression")))
    train(tmp_path)
    table = split_cases([Row("", row) for row in rows], parse_schema(schema), frozenset()).holdout.table
    graph = onnx.load(tmp_path / "model/model.onnx")
    with pytest.raises(TrainingFailure, match="agree with the fitted model within"):
        require_parity(graph, table, np.zeros((len(table.numeric), 2)))
