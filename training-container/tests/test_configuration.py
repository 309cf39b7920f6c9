"""What the program says of hyperparameters that it cannot follow."""

import json
from pathlib import Path

import pytest
from conftest import Train
from trees import REGRESSION, clinical, edit_manifest, hyperparameters, write_tree

from relearn_training.hyperparameters import read_hyperparameters

WRONG = {
    "unknown key": ({"colour": "red"}, "colour"),
    "unknown task": (
        {"task": "image-classification"},
        "task to be tabular-classification or tabular-regression; got 'image-classification'",
    ),
    "unknown recipe": ({"recipe": "magic"}, "recipe to be tabular or network or drill; got 'magic'"),
    "unknown metric": ({"metric": "vibes"}, "got 'vibes'"),
    "metric of numbers for classes": (
        {"metric": "rmse"},
        "metric of the task tabular-classification to be accuracy or balanced-accuracy or precision or recall or f1 "
        "or log-loss or brier or roc-auc; got 'rmse'",
    ),
    "metric of classes for numbers": (
        {"task": "tabular-regression", "metric": "accuracy"},
        "metric of the task tabular-regression to be rmse or mse or mae or r2; got 'accuracy'",
    ),
    "slices that are no JSON": ({"slices": "age"}, "slices to be a JSON array written as a string; it cannot be read"),
    "slices that are no array": ({"slices": '"age"'}, "different names of fields; got '\"age\"'"),
    "slices that are no names": ({"slices": "[1]"}, "different names of fields; got '[1]'"),
    "a slice twice": ({"slices": '["age", "age"]'}, "different names of fields"),
    "too many slices": ({"slices": json.dumps([f"field-{number}" for number in range(11)])}, "at most 10 different"),
    "seed with a sign": ({"seed": "-1"}, "whole number from 0 to 4294967295; got '-1'"),
    "seed too large": ({"seed": "4294967296"}, "got '4294967296'"),
    "number in place of a string": ({"seed": 7}, "seed is a number"),
    "parameters that are no JSON": ({"parameters": "{"}, "cannot be read as JSON"),
    "parameters that are no object": ({"parameters": "[]"}, "got an array"),
    "unknown parameter": ({"parameters": '{"trees": 5}'}, "got trees"),
    "unknown algorithm": ({"parameters": '{"algorithms": ["svm"]}'}, "got ['svm']"),
    "no algorithm": ({"parameters": '{"algorithms": []}'}, "got []"),
    "too many folds": ({"parameters": '{"folds": 11}'}, "from 2 to 10; got 11"),
    "folds that are no number": ({"parameters": '{"folds": true}'}, "got True"),
    "drill without behaviour": ({"recipe": "drill"}, "worse or nan or throws; got None"),
    "drill with an unknown parameter": (
        {"recipe": "drill", "parameters": '{"behaviour": "nan", "folds": 3}'},
        "recipe drill; got folds",
    ),
    "drill of an unknown algorithm": (
        {"recipe": "drill", "parameters": '{"behaviour": "nan", "algorithm": "xgboost"}'},
        "linear or network or logistic-regression; got 'xgboost'",
    ),
    "network with an unknown parameter": ({"recipe": "network", "parameters": '{"layers": [8]}'}, "got layers"),
    "network without layers": (
        {"recipe": "network", "parameters": '{"hiddenLayers": []}'},
        "an array of 1 to 3 whole numbers from 1 to 1024; got []",
    ),
    "network with a layer of no unit": ({"recipe": "network", "parameters": '{"hiddenLayers": [8, 0]}'}, "got [8, 0]"),
    "network with half a unit": ({"recipe": "network", "parameters": '{"hiddenLayers": [8.5]}'}, "got [8.5]"),
    "network that does not learn": (
        {"recipe": "network", "parameters": '{"learningRate": 0}'},
        "learningRate to be a number above 0 and at most 1; got 0",
    ),
    "network with a text for a rate": (
        {"recipe": "network", "parameters": '{"learningRate": "fast"}'},
        "learningRate to be a number above 0 and at most 1; got 'fast'",
    ),
    "network with a rate that is no number": ({"recipe": "network", "parameters": '{"learningRate": NaN}'}, "got nan"),
    "network without patience": (
        {"recipe": "network", "parameters": '{"patience": 0}'},
        "patience to be a whole number from 1 to 1000; got 0",
    ),
    "network without end": (
        {"recipe": "network", "parameters": '{"maximumEpochs": 1000000}'},
        "maximumEpochs to be a whole number from 1 to 10000; got 1000000",
    ),
    "network with too heavy a decay": ({"recipe": "network", "parameters": '{"weightDecay": -1}'}, "got -1"),
    "network with a long text for a rate": (
        {"recipe": "network", "parameters": json.dumps({"learningRate": "日" * 5000})},
        "日…: correct it.",
    ),
    "network with many layers": (
        {"recipe": "network", "parameters": json.dumps({"hiddenLayers": [8] * 5000})},
        "8, …: correct it.",
    ),
    "many algorithms": ({"parameters": json.dumps({"algorithms": ["magic"] * 5000})}, "…: correct it."),
    "a long text for a boolean": ({"parameters": json.dumps({"pruning": "x" * 5000})}, "xx…: correct it."),
    "a long array for an order": ({"parameters": json.dumps({"order": [1] * 5000})}, "…: correct it."),
    "parameter with a long name": ({"parameters": json.dumps({"x" * 5000: 1})}, "xx…: remove or correct it."),
    "task with a long name": ({"task": "x" * 5000}, "xx…: choose one that this container can train."),
    "metric with a long name": ({"metric": "x" * 5000}, "xx…: choose one of them."),
    "seed with many digits": ({"seed": "1" * 5000}, "11…: correct it."),
    "seed with leading zeros": ({"seed": "0" * 5000 + "7"}, "00…: correct it."),
    "slices that are many": ({"slices": json.dumps(["x" * 50] * 100)}, "…: correct it."),
    "drill that flips too much": (
        {"recipe": "drill", "parameters": '{"behaviour": "worse", "flippedShare": 0.9}'},
        "at most 0.5; got 0.9",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), WRONG.values(), ids=WRONG)
def test_refuses_configuration_with_one_sentence(
    tmp_path: Path, train: Train, changes: dict[str, str], sentence: str
) -> None:
    schema, rows = clinical(limit=20)
    write_tree(tmp_path, schema, rows, hyperparameters(**changes))
    outcome = train(tmp_path)
    assert outcome.code == 2
    assert sentence in outcome.failure
    assert outcome.failure.startswith("Expected")
    assert outcome.last == {"event": "failed", "code": 2, "reason": outcome.failure}
    assert not (tmp_path / "model/model.json").exists()


@pytest.mark.parametrize("missing", ["task", "recipe", "metric", "seed", "codeVersion"])
def test_names_the_missing_hyperparameter(tmp_path: Path, train: Train, missing: str) -> None:
    given = hyperparameters()
    del given[missing]
    write_tree(tmp_path, *clinical(limit=20), given)
    outcome = train(tmp_path)
    assert outcome.code == 2
    assert f"{missing} is missing" in outcome.failure


@pytest.mark.parametrize(("content", "sentence"), [("{", "cannot be read as JSON"), ("[]", "got an array")])
def test_refuses_a_configuration_that_is_no_object(tmp_path: Path, train: Train, content: str, sentence: str) -> None:
    write_tree(tmp_path, *clinical(limit=20), hyperparameters())
    (tmp_path / "input/config/hyperparameters.json").write_text(content)
    outcome = train(tmp_path)
    assert outcome.code == 2
    assert sentence in outcome.failure


def test_says_where_it_looked_for_the_configuration(tmp_path: Path, train: Train) -> None:
    outcome = train(tmp_path)
    assert outcome.code == 2
    assert "input/config/hyperparameters.json" in outcome.failure


def test_refuses_a_dataset_of_another_task(tmp_path: Path, train: Train) -> None:
    write_tree(tmp_path, *clinical(limit=20), hyperparameters())
    edit_manifest(tmp_path, task="tabular-regression")
    outcome = train(tmp_path)
    assert outcome.code == 2
    assert "its manifest says 'tabular-regression'" in outcome.failure


def test_refuses_a_tree_it_cannot_write_to_before_it_reads_data(tmp_path: Path, train: Train) -> None:
    write_tree(tmp_path, *clinical(limit=20), hyperparameters())
    (tmp_path / "model").write_text("a file where a folder belongs")
    outcome = train(tmp_path)
    assert outcome.code == 2
    assert "run the program as the user that owns the tree" in outcome.failure
    assert len(outcome.events) == 1


def test_ignores_what_sagemaker_adds(tmp_path: Path) -> None:
    path = tmp_path / "hyperparameters.json"
    path.write_text(json.dumps({**hyperparameters(parameters='{"folds": 3}'), "sagemaker_region": "eu-west-1"}))
    read = read_hyperparameters(path)
    assert (read.seed, read.code_version, read.parameters, read.slices) == (7, "1.2.3", {"folds": 3}, ())


def test_reads_what_a_regression_is_told(tmp_path: Path) -> None:
    path = tmp_path / "hyperparameters.json"
    path.write_text(json.dumps(hyperparameters(**REGRESSION, slices='["sex", "age"]')))
    read = read_hyperparameters(path)
    assert (read.task, read.metric, read.slices) == ("tabular-regression", "rmse", ("sex", "age"))
