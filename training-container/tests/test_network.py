"""Recipe network: the graph agrees with Python, learning stops early and goes back to its best epoch."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from assignments import cases_of, problem_of
from conftest import Outcome, Train
from graphs import OPERATORS, run_by_onnxruntime
from trees import REGRESSION, clinical, hyperparameters, ledger_row, mixed, progression, write_tree

from recipes.network import configure
from relearn_training.networks import Epoch, NetworkSettings, hold_back, learn_network


def network(metric: str = "log-loss", **parameters: object) -> dict[str, str]:
    """The configuration of a network."""
    return hyperparameters(recipe="network", metric=metric, parameters=json.dumps(parameters))


def epochs_of(outcome: Outcome) -> list[dict[str, object]]:
    """The progress lines of single epochs."""
    return [event for event in outcome.events if str(event.get("message", "")).startswith("Epoch ")]


@pytest.mark.parametrize(
    "table",
    [clinical("cancer", limit=200), clinical("wine"), mixed(2), mixed(3)],
    ids=["numbers, two classes", "numbers, three", "mixed with missing values, two", "mixed, three"],
)
def test_the_graph_agrees_with_python(tmp_path: Path, train: Train, table: tuple) -> None:
    write_tree(tmp_path, *table, network(hiddenLayers=[16, 8]))
    outcome = train(tmp_path)
    assert outcome.code == 0
    expected = np.array([row["probabilities"] for row in outcome.predictions])
    got = run_by_onnxruntime(outcome)
    assert got.dtype == np.float32
    assert np.abs(got - expected).max() <= 1e-5
    assert {node.op_type for node in onnx.load(tmp_path / "model/model.onnx").graph.node} <= OPERATORS
    assert expected.shape == (outcome.sidecar["holdoutCases"], len(table[0]["label"]["classes"]))


def test_thirty_inputs_make_12289_weights(tmp_path: Path, train: Train) -> None:
    write_tree(tmp_path, *clinical(limit=200), network())
    outcome = train(tmp_path)
    said = outcome.sidecar["network"]
    assert said["hiddenLayers"] == [128, 64]
    # Weights and biases: 30 inputs to 128, 128 to 64, 64 to 1.
    assert said["weights"] == 30 * 128 + 128 + 128 * 64 + 64 + 64 + 1 == 12_289
    kept = [event["message"] for event in outcome.events if "Kept epoch" in str(event.get("message"))]
    assert kept == [f"Kept epoch {said['bestEpoch']} of {said['epochs']}; the network has 12,289 weights"]


def test_stops_when_patience_ends_and_keeps_the_best_epoch(tmp_path: Path, train: Train) -> None:
    write_tree(tmp_path, *mixed(3), network(patience=4, maximumEpochs=500))
    outcome = train(tmp_path)
    said, epochs = outcome.sidecar["network"], epochs_of(outcome)
    assert said["epochs"] == said["bestEpoch"] + 4 == len(epochs) < 500
    assert epochs[-1]["message"].endswith("patience left 0")
    scores = [float(event["message"].split("log-loss ")[1].split(",")[0]) for event in epochs]
    assert np.argmin(scores) + 1 == said["bestEpoch"]
    assert said["validation"]["score"] == epochs[-1]["best"] == pytest.approx(min(scores), abs=1e-4)


def test_gives_the_weights_of_the_best_epoch_not_of_the_last() -> None:
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(120, 5))
    cases = cases_of(inputs, (inputs[:, 0] + rng.normal(size=120) > 0).astype(np.intp))
    problem = problem_of(cases.labels)
    learning, validation = hold_back(cases, problem, 5, seed=1)
    settings = NetworkSettings(hidden_layers=(32,), learning_rate=0.01, patience=30, maximum_epochs=60)
    seen: list[Epoch] = []
    learnt = learn_network(settings, learning, validation, "log-loss", problem, 1, seen.append)
    assert learnt.best.number < learnt.epochs
    again = NetworkSettings(hidden_layers=(32,), learning_rate=0.01, maximum_epochs=learnt.best.number)
    stopped_there = learn_network(again, learning, validation, "log-loss", problem, 1)
    assert np.array_equal(learnt.model.predict(cases.table), stopped_there.model.predict(cases.table))


def test_learns_numbers(tmp_path: Path, train: Train) -> None:
    write_tree(tmp_path, *progression(limit=250), {**network("rmse", maximumEpochs=60), **REGRESSION})
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["metrics"]["holdout"]["r2"] > 0.2


def test_weight_decay_keeps_answers_near_the_middle(tmp_path: Path, train: Train) -> None:
    spreads = []
    for decay in (0.001, 100.0):
        root = tmp_path / str(decay)
        write_tree(root, *clinical(limit=200), network(weightDecay=decay, maximumEpochs=40))
        outcome = train(root)
        spreads.append(np.std([row["probabilities"][0] for row in outcome.predictions]))
    assert spreads[1] < 0.5 * spreads[0]


@pytest.mark.parametrize("metric", ["accuracy", "roc-auc"])
def test_the_declared_metric_decides_when_to_stop(tmp_path: Path, train: Train, metric: str) -> None:
    write_tree(tmp_path, *mixed(3), network(metric))
    outcome = train(tmp_path)
    bests = [event["best"] for event in epochs_of(outcome)]
    assert bests == sorted(bests)
    validation = outcome.sidecar["network"]["validation"]
    assert (validation["metric"], validation["score"]) == (metric, bests[-1])


def test_where_the_metric_is_undefined_the_loss_of_the_validation_part_decides() -> None:
    seen: list[Epoch] = []
    cases = cases_of(np.random.default_rng(1).normal(size=(200, 3)), np.array([1.0, 2.0] * 10 + [7.0] * 180))
    problem = problem_of(cases.labels)
    alike = np.flatnonzero(cases.labels == 7)
    learning, validation = cases.take(np.arange(100)), cases.take(alike[-50:])
    settings = NetworkSettings(hidden_layers=(8,), learning_rate=0.05, patience=5, maximum_epochs=60)
    by_r2 = learn_network(settings, learning, validation, "r2", problem, 1, seen.append)
    by_rmse = learn_network(settings, learning, validation, "rmse", problem, 1)
    assert {(epoch.score, epoch.best) for epoch in seen} == {(None, None)}
    assert (by_r2.best.number, by_r2.epochs) == (by_rmse.best.number, by_rmse.epochs)


def test_an_undefined_validation_score_is_said_and_does_not_end_the_training(tmp_path: Path, train: Train) -> None:
    schema, rows = progression(limit=100)
    for number, row in enumerate(rows):
        row["label"] = 100.0 + number if number in (0, 1) else 80.0
    write_tree(
        tmp_path, schema, rows, {**network("r2", maximumEpochs=3, folds=20), **REGRESSION, "metric": "r2", "seed": "2"}
    )
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["network"]["validation"]["score"] is None
    epochs = epochs_of(outcome)
    assert "validation r2 undefined" in epochs[0]["message"]
    assert "best" not in epochs[0]


def test_validates_on_subjects_it_does_not_learn_from() -> None:
    groups = [f"subject {number // 3}" for number in range(60)]
    labels = np.array([number % 2 for number in range(60)])
    cases = cases_of(np.zeros((60, 1)), labels, groups)
    learning, validation = hold_back(cases, problem_of(labels), 5, seed=3)
    assert set(learning.groups).isdisjoint(validation.groups)
    assert set(learning.groups) | set(validation.groups) == set(groups)
    assert {0, 1} == set(validation.labels.tolist())


def test_the_seed_decides(tmp_path: Path, train: Train) -> None:
    graphs = []
    for number, seed in enumerate(["7", "7", "8"]):
        root = tmp_path / str(number)
        write_tree(root, *mixed(2), {**network(maximumEpochs=5), "seed": seed})
        train(root)
        graphs.append((root / "model/model.onnx").read_bytes())
    first, again, other = graphs
    assert first == again
    assert first != other


def test_learns_what_no_straight_line_divides(tmp_path: Path, train: Train) -> None:
    rng = np.random.default_rng(5)
    inputs = rng.uniform(-1, 1, size=(600, 2))
    schema = {
        "fields": {"across": {"kind": "feature", "type": "number"}, "along": {"kind": "feature", "type": "number"}},
        "label": {"type": "category", "classes": ["same", "different"]},
    }
    rows = [
        ledger_row(
            number,
            {"across": float(across), "along": float(along)},
            "same" if across * along > 0 else "different",
            holdout=number % 4 == 0,
        )
        for number, (across, along) in enumerate(inputs)
    ]
    accuracies = []
    configurations = [
        network("accuracy"),
        hyperparameters(parameters='{"algorithms": ["linear"], "trials": 1, "rounds": 1}'),
    ]
    for number, configuration in enumerate(configurations):
        write_tree(tmp_path / str(number), schema, rows, configuration)
        accuracies.append(train(tmp_path / str(number)).sidecar["metrics"]["holdout"]["accuracy"])
    assert accuracies[0] > 0.9
    assert accuracies[1] < 0.7


def test_reads_every_parameter() -> None:
    given = {
        "hiddenLayers": [8],
        "learningRate": 0.1,
        "weightDecay": 2,
        "batchSize": 16,
        "patience": 3,
        "maximumEpochs": 9,
        "folds": 4,
    }
    read = configure(given)
    assert read.folds == 4
    assert read.settings == NetworkSettings((8,), 0.1, 2.0, 16, 3, 9)
