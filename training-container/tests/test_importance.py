"""Permutation importance: it finds what a model leans on, keeps to its time, and shuffles fields as wholes."""

from collections.abc import Callable
from functools import partial
from itertools import count

import numpy as np
import pytest

from relearn_training.cases import Cases, Table
from relearn_training.importance import MOST_REPETITIONS, FieldImportance, permutation_importance
from relearn_training.metrics import Predictions, graded
from relearn_training.model_schema import Column, TableColumns
from relearn_training.problem import Problem

COLUMNS = TableColumns((Column("noise", "number"), Column("dose", "number")), (Column("note", "text"),))


class Formula:
    """A model that is a formula, and counts the rows that it was asked about."""

    def __init__(self, problem: Problem, predict: Callable[[Table], np.ndarray]) -> None:
        self.problem = problem
        self._predict = predict
        self.calls: list[int] = []

    def predict(self, table: Table) -> Predictions:
        """What the formula says; the table's strings must be those that its columns hold."""
        self.calls.append(len(table))
        assert [column.strings().tolist() for column in table.strings] == table.categorical.T.tolist()
        return self._predict(table)


def cases(number: int, labels: Callable[[Table], np.ndarray], seed: int = 0) -> Cases:
    rng = np.random.default_rng(seed)
    notes = rng.choice(["a leak", "all well", ""], size=(number, 1)).astype(object)
    table = Table(rng.normal(size=(number, 2)), notes, COLUMNS)
    ids = tuple(f"case-{row}" for row in range(number))
    return Cases(ids, ids, labels(table), table)


def response(table: Table) -> np.ndarray:
    return 2 * table.numeric[:, 1] + (table.categorical[:, 0] == "a leak")


def measure(
    model: Formula, held_out: Cases, metric: str, seconds: float = 60.0, **more: object
) -> list[FieldImportance]:
    ticks, weights = more.pop("clock", lambda: 0.0), more.pop("weights", None)
    grade = partial(graded, metric, model.problem, weights=weights)
    return permutation_importance(model.predict, held_out, grade, 1, ticks, seconds, **more)


def regressor() -> Formula:
    return Formula(Problem("regression"), lambda table: response(table)[:, None])


def test_the_fields_that_matter_come_first() -> None:
    held_out = cases(300, response)
    entries = measure(regressor(), held_out, "mse")
    assert [entry.field for entry in entries] == ["dose", "note", "noise"]
    dose, note, noise = entries
    # Shuffling doubles the variance that a field explains (Fisher, Rudin and Dominici, 2019).
    assert dose.mean == pytest.approx(8 * held_out.table.numeric[:, 1].var(), rel=0.1)
    assert note.mean == pytest.approx(2 * (1 / 3) * (2 / 3), rel=0.2)
    assert (noise.mean, noise.standard_error) == (0.0, 0.0)
    assert 0 < dose.standard_error < dose.mean / 10


def test_labels_are_decided_by_weights() -> None:
    problem = Problem("binary", ("no", "yes"))
    truth = cases(200, lambda table: (table.numeric[:, 1] > 0).astype(np.intp))
    model = Formula(
        problem, lambda table: np.column_stack([np.full(len(table), 0.6), 0.4 + 0.1 * (table.numeric[:, 1] > 0)])
    )
    assert {entry.mean for entry in measure(model, truth, "accuracy")} == {0.0}
    weighted = measure(model, truth, "accuracy", weights=(1.0, 1.3))
    assert weighted[0].field == "dose"
    assert weighted[0].mean == pytest.approx(0.5, abs=0.05)


def test_repeats_itself_while_there_is_time() -> None:
    calls = {}
    for seconds in (1.0, 100.0, 1e6):
        ticks = count(step=10.0)
        model = regressor()
        entries = measure(model, cases(100, response), "rmse", seconds, clock=lambda ticks=ticks: next(ticks))
        calls[seconds] = len(model.calls) - 1
        assert (entries[0].standard_error is None) == (calls[seconds] == 1)
    assert calls[1.0] == 1
    assert 1 < calls[100.0] < MOST_REPETITIONS
    assert calls[1e6] == MOST_REPETITIONS


def test_a_large_holdout_is_drawn_from_and_a_slow_model_gets_less_of_it() -> None:
    large = cases(12_000, response)
    quick, slow = regressor(), regressor()
    entries = measure(quick, large, "rmse")
    assert (quick.calls[0], max(quick.calls)) == (5000, 15_000)
    assert entries[0].field == "dose"
    ticks = count(step=10.0)
    measure(slow, large, "rmse", 40.0, clock=lambda: next(ticks))
    assert slow.calls[:3] == [5000, 2222, 6666]


def test_the_seed_decides() -> None:
    held_out = cases(100, response)
    assert measure(regressor(), held_out, "rmse") == measure(regressor(), held_out, "rmse")


def test_says_nothing_where_the_metric_is_undefined() -> None:
    assert measure(regressor(), cases(20, lambda table: np.ones(len(table))), "r2") == []
    assert measure(regressor(), cases(0, response), "rmse") == []


def test_shap_values_are_told_beside() -> None:
    entries = measure(regressor(), cases(50, response), "rmse", shap={"dose": 0.7})
    assert [entry.shap for entry in entries] == [0.7, None, None]
