"""Trainings without a program around them: scikit-learn's tables as cases, and the reports of a recipe."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn import datasets

from recipes.tabular import configure
from relearn_training.cases import Cases, Table
from relearn_training.model_schema import Column, TableColumns
from relearn_training.problem import Problem
from relearn_training.progress import Progress
from relearn_training.recipe import Assignment, Trained

LOADERS = {
    "cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
    "digits": datasets.load_digits,
    "wine": datasets.load_wine,
}


def cases_of(
    inputs: np.ndarray, labels: np.ndarray, groups: list[str] | None = None, times: np.ndarray | None = None
) -> Cases:
    """Cases with numbers alone."""
    numeric = inputs.astype(np.float32).astype(np.float64)
    columns = TableColumns(tuple(Column(f"x{place}", "number") for place in range(numeric.shape[1])), ())
    table = Table(numeric, np.empty((len(numeric), 0), dtype=object), columns)
    ids = tuple(f"case {row}" for row in range(len(labels)))
    return Cases(ids, tuple(groups or ids), labels, table, np.zeros(len(labels)) if times is None else times)


def problem_of(labels: np.ndarray) -> Problem:
    """The problem that labels pose."""
    if labels.dtype.kind == "f":
        return Problem("regression")
    names = tuple(f"class-{label}" for label in range(int(labels.max()) + 1))
    return Problem("binary" if len(names) == 2 else "multiclass", names)


def loaded(name: str, limit: int, seed: int = 0) -> Cases:
    """Some rows of a real table, in random order."""
    inputs, labels = LOADERS[name](return_X_y=True)
    rows = np.random.default_rng(seed).permutation(len(labels))[:limit]
    return cases_of(inputs[rows], labels[rows].astype(float if name == "diabetes" else np.intp))


class Stopped(BaseException):
    """Ends a search from outside, whatever it is doing."""


@dataclass
class Training:
    """What a recipe made, and what it reported."""

    trained: Trained
    events: list[dict[str, object]]
    columns: TableColumns

    def said(self, part: str) -> list[str]:
        """The messages that hold a text."""
        return [str(event["message"]) for event in self.events if part in str(event.get("message"))]

    @property
    def graph(self) -> bytes:
        """The model's graph."""
        model = self.trained.model
        return model.to_onnx(self.columns).SerializeToString(deterministic=True)


def search(
    cases: Cases,
    metric: str,
    parameters: dict[str, object],
    *,
    seed: int = 1,
    champion: dict[str, object] | None = None,
    checkpoints: Path | None = None,
    stop_at: str | None = None,
) -> Training:
    """Trains by the recipe tabular; its seconds are of work, so that a busy machine does not end it early.

    Raises:
        Stopped: at the first report that holds the text `stop_at`.
    """
    events: list[dict[str, object]] = []

    def write(line: str) -> None:
        events.append(json.loads(line))
        if stop_at is not None and stop_at in line:
            raise Stopped

    progress = Progress(write)
    assignment = Assignment(
        cases=cases,
        problem=problem_of(cases.labels),
        metric=metric,
        seed=seed,
        progress=progress,
        clock=time.process_time,
        champion=champion,
        checkpoints=checkpoints,
        dataset="ds_1",
    )
    trained = configure(parameters).train(assignment)
    return Training(trained, events, cases.table.columns)
