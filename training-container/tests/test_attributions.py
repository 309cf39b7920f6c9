"""SHAP summaries of fitted models: by field, in the label's unit, of ensembles too."""

import lightgbm
import numpy as np
import pytest
from trees import clinical, incidents, progression

from relearn_training import attributions
from relearn_training.attributions import shap_summary
from relearn_training.blending import Blend
from relearn_training.cases import Split, split_cases
from relearn_training.ensemble import BagModel, EnsembleModel
from relearn_training.estimators import FAMILIES, FitContext
from relearn_training.ledger import Row
from relearn_training.model_schema import parse_schema
from relearn_training.models import FittedModel
from relearn_training.problem import Problem, problem_of

SMALL = {
    "lightgbm": {"rounds": 30},
    "xgboost": {"rounds": 30},
    "random-forest": {"trees": 30},
    "extra-trees": {"trees": 30},
}


def fitted(table: tuple[dict, list[dict]], family: str, seed: int = 0) -> tuple[FittedModel, Split, Problem]:
    content, rows = table
    schema = parse_schema(content)
    split = split_cases([Row("", row) for row in rows], schema, frozenset())
    problem = problem_of(schema)
    context = FitContext(problem, seed=seed, threads=1, clock=lambda: 0.0)
    return FAMILIES[family].fit(SMALL.get(family, {}), split.train, context), split, problem


def summary(model: FittedModel, split: Split) -> dict[str, float]:
    return shap_summary(model, split.train, split.holdout, seed=1, clock=lambda: 0.0, seconds=1.0)


def test_agrees_with_what_lightgbm_says_itself() -> None:
    model, split, _ = fitted(clinical(limit=300), "lightgbm")
    (booster,) = [part for part in model.say.args if isinstance(part, lightgbm.Booster)]
    shares = booster.predict(model.blocks.transform(split.holdout.table, np.float32), pred_contrib=True)[:, :-1]
    expected = np.sort(np.abs(shares).mean(axis=0))[::-1]
    # A field whose values are all the same has no feature.
    assert sorted(summary(model, split).values(), reverse=True)[: len(expected)] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("family", ["xgboost", "lightgbm", "random-forest", "extra-trees"])
@pytest.mark.parametrize("classes", [0, 2, 3], ids=["number", "two classes", "three classes"])
def test_the_fields_that_decide_come_first(family: str, classes: int) -> None:
    model, split, _ = fitted(incidents(classes), family)
    values = summary(model, split)
    assert list(values) == ["at", "load", "note", "site"]
    # What the text says and the time of day decide; the site never does.
    assert values["note"] > 2 * max(values["at"], values["load"])
    assert values["site"] < values["at"] / 2


def test_values_are_in_the_unit_of_the_label() -> None:
    schema, rows = progression(limit=200)
    larger = [{**row, "label": 1024 * row["label"]} for row in rows]
    # A power of two: the same trees grow, whatever the rounding.
    (model, split, _), (scaled, other, _) = (fitted((schema, cases), "random-forest") for cases in (rows, larger))
    small, large = summary(model, split), summary(scaled, other)
    assert large["bmi"] == pytest.approx(1024 * small["bmi"], rel=1e-3)
    assert max(small, key=small.get) in ("bmi", "s5")
    assert sum(small.values()) < 3 * split.train.labels.std()


def test_a_member_counts_by_its_weight() -> None:
    (boosted, split, problem), (other, _, _) = (fitted(incidents(2), name) for name in ("lightgbm", "xgboost"))
    forest, linear = (fitted(incidents(2), name)[0] for name in ("random-forest", "linear"))
    bag = BagModel(problem, {}, (boosted, linear))
    weights = np.array([0.3, 0.2, 0.1, 0.4])
    ensemble = EnsembleModel(problem, {}, (bag, other, forest, linear), Blend(weights))
    alone = [summary(model, split) for model in (boosted, other)]
    expected = {field: 0.6 * alone[0][field] + 0.4 * alone[1][field] for field in alone[0]}
    assert summary(ensemble, split) == pytest.approx(expected)


def test_what_is_no_tree_has_no_values() -> None:
    model, split, _ = fitted(clinical(limit=60), "linear")
    assert summary(model, split) == {}


def test_some_trees_of_a_large_forest_speak_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    model, split, _ = fitted(clinical(limit=200), "random-forest")
    exact = summary(model, split)
    monkeypatch.setattr(attributions, "MOST_NODES", sum(map(len, model.grow())) // 2)
    estimated = summary(model, split)
    assert estimated != exact
    assert sum(estimated.values()) == pytest.approx(sum(exact.values()), rel=0.1)


def test_says_nothing_rather_than_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    model, split, _ = fitted(clinical(limit=60), "lightgbm")
    assert summary(model, split) != {}
    for limit in ("MOST_NODES", "MOST_WORK"):
        with monkeypatch.context() as patched:
            patched.setattr(attributions, limit, 100)
            assert summary(model, split) == {}
