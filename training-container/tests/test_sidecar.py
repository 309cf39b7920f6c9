"""What `model.json` and the predictions beside it say of a model, whatever it predicts."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trees import REGRESSION, hyperparameters, incidents, with_gold, write_tree

from relearn_training.artifact import write_artifact
from relearn_training.cases import Split, split_cases
from relearn_training.cross_validation import CrossValidation
from relearn_training.estimators import FAMILIES, FitContext
from relearn_training.hyperparameters import Hyperparameters, read_hyperparameters
from relearn_training.importance import FieldImportance
from relearn_training.ledger import Row, read_segment
from relearn_training.manifest import Manifest, read_manifest
from relearn_training.problem import problem_of
from relearn_training.recipe import Candidate, Trained
from relearn_training.sidecar import describe, metric_values
from relearn_training.slices import SliceReader

IMPORTANCE = [FieldImportance("note", 0.2, 0.01, 0.7), FieldImportance("load", 0.1, None)]


class Training:
    """A training by hand: one linear model, as a recipe would give it."""

    def __init__(self, root: Path, classes: int, *, gold: bool = True, **changes: str) -> None:
        schema, rows = incidents(classes, cases=120)
        kind = {} if classes else REGRESSION
        configuration = hyperparameters(slices='["site"]', **{**kind, **changes})
        write_tree(root, schema, with_gold(rows) if gold else rows, configuration)
        self.folder = root / "model"
        self.hyperparameters: Hyperparameters = read_hyperparameters(root / "input/config/hyperparameters.json")
        self.manifest: Manifest = read_manifest(root / "input/data/manifest/manifest.json")
        self.problem = problem_of(self.manifest.schema)
        slices = SliceReader(self.hyperparameters.slices)
        found: list[Row] = [
            row for segment in self.manifest.segments for row in read_segment(root / "input/data/dataset", segment)
        ]
        self.split: Split = split_cases(slices.watch(found), self.manifest.schema, frozenset())
        self.slices = slices.of(self.split.holdout)
        context = FitContext(self.problem, seed=0, threads=1, clock=lambda: 0.0)
        model = FAMILIES["linear"].fit({}, self.split.train, context)
        self.trained = Trained("linear", model, None, [])

    def deliver(self, trained: Trained | None = None) -> dict[str, object]:
        """Writes the artifact and reads `model.json` back."""
        given, split = trained or self.trained, self.split
        sides = {"training": split.train, "holdout": split.holdout, "gold": split.gold}
        predictions = {side: given.model.predict(cases.table) for side, cases in sides.items()}
        sidecar = describe(self.hyperparameters, self.manifest, split, given, predictions, self.slices, IMPORTANCE)
        held_out = {side: (sides[side], predictions[side]) for side in ("holdout", "gold")}
        graph = given.model.to_onnx(self.manifest.schema.columns)
        write_artifact(self.folder, graph, sidecar, self.problem, held_out)
        return json.loads((self.folder / "model.json").read_text(), parse_constant=pytest.fail)

    def lines(self, side: str) -> list[dict[str, object]]:
        """The predictions of one side."""
        return [json.loads(line) for line in (self.folder / f"{side}-predictions.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("classes", [0, 2, 3], ids=["number", "two classes", "three classes"])
def test_says_what_the_model_is_and_how_good(tmp_path: Path, classes: int) -> None:
    training = Training(tmp_path, classes)
    sidecar = training.deliver()
    split = training.split
    assert sidecar["classes"] == [f"class-{index}" for index in range(classes)]
    assert sidecar["inputs"] == {"numeric": ["at", "load"], "categorical": ["note", "site"]}
    assert (sidecar["trainedCases"], sidecar["holdoutCases"]) == (len(split.train), len(split.holdout))
    assert sidecar["goldCases"] == len(split.gold) == 12
    assert {name: len(values) for name, values in sidecar["background"].items()} == dict.fromkeys(
        ("at", "load", "note", "site"), 16
    )
    assert sidecar["opset"]["ai.onnx"] == 18
    metrics = sidecar["metrics"]
    assert metrics["gold"]["cases"] == 12
    assert {entry["field"] for entry in metrics["slices"]} == {"site"}
    assert sum(entry["metrics"]["cases"] for entry in metrics["slices"]) <= len(split.holdout)
    assert metrics["importance"] == [
        {"field": "note", "mean": 0.2, "standardError": 0.01, "shap": 0.7},
        {"field": "load", "mean": 0.1, "standardError": None},
    ]
    assert metrics["crossValidation"] is None
    main = "holdout:accuracy" if classes else "holdout:rmse"
    assert metric_values(sidecar)[main] == metrics["holdout"][main.partition(":")[2]]


@pytest.mark.parametrize("classes", [0, 2], ids=["number", "two classes"])
def test_writes_predictions_of_the_holdout_and_of_gold_cases(tmp_path: Path, classes: int) -> None:
    training = Training(tmp_path, classes)
    training.deliver()
    for side, cases in (("holdout", training.split.holdout), ("gold", training.split.gold)):
        lines = training.lines(side)
        assert [line["id"] for line in lines] == list(cases.ids)
        expected = training.trained.model.predict(cases.table)
        for row, line in enumerate(lines):
            assert line["categorical"] == cases.table.categorical[row].tolist()
            if classes:
                assert line["label"] == f"class-{cases.labels[row]}"
                assert line["probabilities"] == expected[row].tolist()
            else:
                assert (line["label"], line["value"]) == (cases.labels[row], expected[row, 0])
    assert any(None in line["numeric"] for line in training.lines("holdout"))


def test_labels_are_decided_by_the_weights(tmp_path: Path) -> None:
    training = Training(tmp_path, 2, gold=False)
    plain = training.deliver()
    sidecar = training.deliver(replace(training.trained, decision_weights=(1.0, 1e6)))
    assert (plain["decisionWeights"], sidecar["decisionWeights"]) == (None, [1.0, 1e6])
    for metrics in (sidecar["metrics"]["holdout"], sidecar["metrics"]["slices"][0]["metrics"]):
        assert [row[0] for row in metrics["confusionMatrix"]["counts"]] == [0, 0]
    assert sidecar["metrics"]["gold"] is None
    assert not (training.folder / "gold-predictions.jsonl").exists()


def test_the_leaderboard_tells_of_every_candidate(tmp_path: Path) -> None:
    training = Training(tmp_path, 2)
    scored = CrossValidation("accuracy", mean=0.8, standard_error=None, folds=1, fit_seconds=1.23456)
    candidates = [
        Candidate("linear", {"C": 1.0}, scored, predict_milliseconds=3.5, graph_bytes=1000),
        Candidate("xgboost", {}, None, status="failed", reason="memory ran out"),
    ]
    sidecar = training.deliver(replace(training.trained, leaderboard=candidates, cross_validation=scored))
    assert sidecar["leaderboard"] == [
        {
            "algorithm": "linear",
            "parameters": {"C": 1.0},
            "status": "complete",
            "mean": 0.8,
            "standardError": None,
            "folds": 1,
            "fitSeconds": 1.235,
            "predictMilliseconds": 3.5,
            "bytes": 1000,
        },
        {
            "algorithm": "xgboost",
            "parameters": {},
            "status": "failed",
            "reason": "memory ran out",
            "mean": None,
            "standardError": None,
            "folds": 0,
            "fitSeconds": None,
            "predictMilliseconds": None,
            "bytes": None,
        },
    ]
    assert sidecar["metrics"]["crossValidation"] == {
        "metric": "accuracy",
        "mean": 0.8,
        "standardError": None,
        "folds": 1,
    }


def test_what_is_undefined_is_null(tmp_path: Path) -> None:
    training = Training(tmp_path, 2)
    undefined = CrossValidation("roc-auc", mean=math.nan, standard_error=math.inf, folds=2, fit_seconds=0.0)
    candidate = Candidate("linear", {"C": np.inf}, undefined)
    sidecar = training.deliver(replace(training.trained, leaderboard=[candidate], cross_validation=undefined))
    assert sidecar["metrics"]["crossValidation"] is None
    (entry,) = sidecar["leaderboard"]
    assert (entry["mean"], entry["standardError"], entry["parameters"]) == (None, None, {"C": None})
