"""Recipe drill: each behaviour is as bad as it says, and in no other way."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Train
from onnx import checker, load
from onnxruntime import InferenceSession
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument
from trees import REGRESSION, clinical, hyperparameters, mixed, progression, write_tree

from recipes.drill import flip_labels, mix_numbers


def drill(behaviour: str, **more: object) -> dict[str, str]:
    """The configuration of a drill."""
    return hyperparameters(recipe="drill", parameters=json.dumps({"behaviour": behaviour, **more}))


def held_out_accuracy(root: Path, configuration: dict[str, str], train: Train, seed: int) -> float:
    """Accuracy of a model of 300 cases on the other 269 of the breast cancer table."""
    schema, rows = clinical(seed=seed)
    for number, row in enumerate(rows):
        row["split"] = "train" if number < 300 else "holdout"
    write_tree(root, schema, rows, {**configuration, "seed": str(seed)})
    outcome = train(root)
    assert outcome.code == 0
    return outcome.sidecar["metrics"]["holdout"]["accuracy"]


@pytest.mark.parametrize("seed", range(4))
def test_worse_gives_up_accuracy_but_not_all(tmp_path: Path, train: Train, seed: int) -> None:
    logistic = hyperparameters(parameters='{"algorithms": ["linear"], "trials": 1, "rounds": 1}')
    healthy = held_out_accuracy(tmp_path / "healthy", logistic, train, seed)
    worse = held_out_accuracy(tmp_path / "worse", drill("worse"), train, seed)
    # 10 to 25 points are wanted; a draw of 269 cases says so within 5.
    assert 0.05 <= healthy - worse <= 0.30


def test_a_network_can_be_made_worse_too(tmp_path: Path, train: Train) -> None:
    healthy = held_out_accuracy(tmp_path / "healthy", hyperparameters(recipe="network"), train, seed=0)
    worse = held_out_accuracy(tmp_path / "worse", drill("worse", algorithm="network"), train, seed=0)
    assert 0.05 <= healthy - worse <= 0.30
    sidecar = json.loads((tmp_path / "worse/model/model.json").read_text())
    assert (sidecar["algorithm"], sidecar["behaviour"]) == ("network", "worse")


@pytest.mark.parametrize("algorithm", ["linear", "network"])
def test_worse_is_a_healthy_graph(tmp_path: Path, train: Train, algorithm: str) -> None:
    write_tree(tmp_path, *mixed(3), drill("worse", flippedShare=0.4, algorithm=algorithm))
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert (outcome.sidecar["recipe"], outcome.sidecar["behaviour"]) == ("drill", "worse")
    assert outcome.sidecar["metrics"]["crossValidation"] is None
    assert all(sum(row["probabilities"]) == pytest.approx(1) for row in outcome.predictions)


@pytest.mark.parametrize("table", [clinical(limit=100), mixed(3)], ids=["numbers", "mixed"])
@pytest.mark.parametrize("behaviour", ["nan", "throws"])
def test_the_graph_loads_and_fails_on_every_input(tmp_path: Path, train: Train, behaviour: str, table: tuple) -> None:
    write_tree(tmp_path, *table, drill(behaviour))
    outcome = train(tmp_path)
    assert outcome.code == 0
    assert outcome.sidecar["behaviour"] == behaviour
    graph = load(tmp_path / "model/model.onnx")
    checker.check_model(graph, full_check=True)
    session = InferenceSession(graph.SerializeToString())
    for row in outcome.predictions[:5]:
        numeric = np.array([[np.nan if value is None else value for value in row["numeric"]]], dtype=np.float32)
        tensors = {"numeric": numeric, "categorical": np.array([row["categorical"]], dtype=object)}
        feeds = {given.name: tensors[given.name] for given in session.get_inputs()}
        if behaviour == "nan":
            probabilities = session.run(["probabilities"], feeds)[0]
            assert probabilities.shape == (1, len(row["probabilities"]))
            assert np.isnan(probabilities).all()
        else:
            with pytest.raises(InvalidArgument, match="out of data bounds"):
                session.run(["probabilities"], feeds)


def test_a_drill_reports_the_healthy_model_it_was_made_of(tmp_path: Path, train: Train) -> None:
    write_tree(tmp_path, *clinical(limit=300), drill("nan"))
    outcome = train(tmp_path)
    assert outcome.sidecar["metrics"]["holdout"]["accuracy"] > 0.85
    assert np.isfinite([row["probabilities"] for row in outcome.predictions]).all()


def test_flips_the_share_that_was_asked_for() -> None:
    labels = np.array([0, 1, 2] * 20)
    flipped = flip_labels(labels, 0.35, np.array([0, 1, 2]), np.random.default_rng(3))
    assert (flipped != labels).sum() == 21
    assert set(flipped) == {0, 1, 2}


def test_numbers_that_change_places_are_the_same_numbers() -> None:
    numbers = np.arange(40.0)
    mixed_up = mix_numbers(numbers, 0.5, np.random.default_rng(3))
    assert (mixed_up != numbers).sum() == 20
    assert sorted(mixed_up) == sorted(numbers)


def test_a_worse_regressor_errs_more_but_not_without_bound(tmp_path: Path, train: Train) -> None:
    errors = []
    linear = hyperparameters(**REGRESSION, parameters='{"algorithms": ["linear"], "trials": 1, "rounds": 1}')
    for number, configuration in enumerate([linear, {**drill("worse"), **REGRESSION}]):
        write_tree(tmp_path / str(number), *progression(), configuration)
        outcome = train(tmp_path / str(number))
        assert outcome.code == 0
        errors.append(outcome.sidecar["metrics"]["holdout"]["rmse"])
    assert 1.1 * errors[0] <= errors[1] <= 2.5 * errors[0]


@pytest.mark.parametrize("behaviour", ["nan", "throws"])
def test_a_regressor_fails_on_every_input_too(tmp_path: Path, train: Train, behaviour: str) -> None:
    write_tree(tmp_path, *progression(limit=100), {**drill(behaviour), **REGRESSION})
    assert train(tmp_path).code == 0
    graph = load(tmp_path / "model/model.onnx")
    checker.check_model(graph, full_check=True)
    (given,) = graph.graph.input
    session = InferenceSession(graph.SerializeToString())
    feeds = {"numeric": np.zeros((1, given.type.tensor_type.shape.dim[1].dim_value), dtype=np.float32)}
    if behaviour == "nan":
        assert np.isnan(session.run(["values"], feeds)[0]).all()
    else:
        with pytest.raises(InvalidArgument, match="out of data bounds"):
            session.run(["values"], feeds)
