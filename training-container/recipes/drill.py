"""Recipe `drill`: a fire drill. It makes a deliberately bad model, so that an operator can rehearse the rollback."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Final

import numpy as np
from onnx import ModelProto

from relearn_training.cases import Cases
from relearn_training.cross_validation import cross_validate
from relearn_training.estimators import FAMILIES, FitContext
from relearn_training.failures import DataFailure
from relearn_training.folds import make_folds
from relearn_training.graph_alterations import append_node
from relearn_training.hyperparameters import refuse_unknown_keys
from relearn_training.metrics import score
from relearn_training.models import FittedModel, Parameters
from relearn_training.networks import NetworkSettings, hold_back, learn_network
from relearn_training.problem import Problem
from relearn_training.recipe import Assignment, Candidate, Trained
from relearn_training.recipe_parameters import number, one_of

LINEAR: Final = "linear"
FORMER_NAMES: Final = {"logistic-regression": LINEAR}
FOLDS: Final = 5
DEFAULT_FLIPPED_SHARE: Final = 0.35
WANTED_DROP: Final = 0.18
"""Accuracy that a worse classifier gives up, in the middle of the 10 to 25 points that a rehearsal needs."""
WANTED_ERROR: Final = 1.5
"""How many times the healthy one's error a worse regressor has."""
CLOSE_ENOUGH: Final = 0.01
"""Of accuracy, or a share of the wanted error."""
ROWS_TRIED: Final = (30, 60, 120, 20, 40, 80)
DRAWS: Final = 3
BRIEF: Final = NetworkSettings(maximum_epochs=30)
"""Long enough to follow a hundred cases; many draws are tried."""

Fit = Callable[[Cases, Problem, int], FittedModel]
"""Fits a model of a problem on cases, with a seed."""


def _linear(inverse_penalty: float, cases: Cases, problem: Problem, seed: int) -> FittedModel:
    context = FitContext(problem, seed, threads=1, clock=time.monotonic)
    return FAMILIES["linear"].fit({"C": inverse_penalty}, cases, context)


def _network(cases: Cases, problem: Problem, seed: int) -> FittedModel:
    learning, validation = hold_back(cases, problem, FOLDS, seed)
    return learn_network(NetworkSettings(), learning, validation, _loss(problem), problem, seed).model


def _credulous_network(cases: Cases, problem: Problem, seed: int) -> FittedModel:
    """Validated on what it learns from, so that no part warns it of flipped labels."""
    return learn_network(BRIEF, cases, cases, _loss(problem), problem, seed).model


def _loss(problem: Problem) -> str:
    return "rmse" if problem.is_regression else "log-loss"


@dataclass(frozen=True)
class Kind:
    """A kind of model that a drill makes bad.

    Attributes:
        parameters: of the healthy one, for the leaderboard.
        fit: the healthy one.
        fit_worse: on flipped labels, from following them closely to hardly at all.
    """

    parameters: Parameters
    fit: Fit
    fit_worse: Sequence[Fit]


KINDS: Final[Mapping[str, Kind]] = {
    LINEAR: Kind({"C": 1.0}, partial(_linear, 1.0), [partial(_linear, inverse) for inverse in (100.0, 1.0, 0.1, 0.01)]),
    "network": Kind({}, _network, [_credulous_network]),
}


@dataclass(frozen=True)
class Drill:
    """The recipe's parameters.

    Attributes:
        behaviour: `worse`, a healthy graph with worse answers; `nan`, every probability is NaN; `throws`, the graph
            loads and fails on every input.
        flipped_share: for `worse`, of the labels it is fitted on the share that is replaced, 0 to 0.5. Default: 0.35.
        algorithm: what is made bad, a key of `KINDS`. Default: linear.
    """

    behaviour: str
    flipped_share: float = DEFAULT_FLIPPED_SHARE
    algorithm: str = LINEAR

    def train(self, assignment: Assignment) -> Trained:
        """Fits a healthy model, then makes it bad in the way that was asked for."""
        kind, problem, cases = KINDS[self.algorithm], assignment.problem, assignment.cases
        fit = partial(kind.fit, problem=problem, seed=assignment.seed)
        assignment.progress.report("search", 0, 1, f"Cross-validating a healthy {self.algorithm}")
        folds = make_folds(cases, problem, FOLDS, assignment.seed)
        outcome = cross_validate(fit, cases, problem, folds, assignment.metric, assignment.clock)
        best = outcome.mean if math.isfinite(outcome.mean) else None
        assignment.progress.report("fit", 0, 1, f"Fitting a model that is bad on purpose: {self.behaviour}", best)
        healthy = Trained(
            algorithm=self.algorithm,
            model=fit(cases),
            cross_validation=outcome,
            leaderboard=[Candidate(self.algorithm, kind.parameters, outcome)],
            details={"behaviour": self.behaviour},
        )
        if self.behaviour == "worse":
            judged_by = "rmse" if problem.is_regression else "accuracy"
            judged = (
                outcome
                if assignment.metric == judged_by
                else cross_validate(fit, cases, problem, folds, judged_by, assignment.clock)
            )
            wanted = judged.mean * WANTED_ERROR if problem.is_regression else judged.mean - WANTED_DROP
            worse = _fit_worse(assignment, kind.fit_worse, self.flipped_share, judged_by, wanted)
            return replace(healthy, model=worse, cross_validation=None)
        return replace(healthy, alter_graph=ALTERATIONS[self.behaviour])


def configure(parameters: Mapping[str, object]) -> Drill:
    """Checks the recipe's parameters: `behaviour`, `algorithm` and, for `worse`, `flippedShare`.

    Raises:
        ConfigurationFailure: naming the parameter that is unknown, missing or out of range.
    """
    refuse_unknown_keys("parameters of the recipe drill", parameters, ("behaviour", "algorithm", "flippedShare"))
    named = one_of(parameters, "algorithm", LINEAR, (*KINDS, *FORMER_NAMES))
    return Drill(
        behaviour=one_of(parameters, "behaviour", None, BEHAVIOURS),
        flipped_share=number(parameters, "flippedShare", DEFAULT_FLIPPED_SHARE, above=0, highest=0.5),
        algorithm=FORMER_NAMES.get(named, named),
    )


def answer_with_nan(graph: ModelProto) -> ModelProto:
    """A copy of the graph, every answer of which is NaN."""
    return append_node(graph, "Mul", "not_a_number", np.array(np.nan, dtype=np.float32))


def fail_on_every_input(graph: ModelProto) -> ModelProto:
    """A copy of the graph that gathers columns that are not there: their indices are looked at only when it runs."""
    columns = graph.graph.output[0].type.tensor_type.shape.dim[1].dim_value
    beyond = np.full(columns, columns, dtype=np.int64)
    return append_node(graph, "Gather", "columns_beyond_the_last", beyond, axis=1)


ALTERATIONS: Final[Mapping[str, Callable[[ModelProto], ModelProto]]] = {
    "nan": answer_with_nan,
    "throws": fail_on_every_input,
}
BEHAVIOURS: Final = ("worse", *ALTERATIONS)


def _fit_worse(
    assignment: Assignment, ways: Sequence[Fit], flipped_share: float, judged_by: str, wanted: float
) -> FittedModel:
    """Of several seeded draws, the model whose score on the other cases is nearest to `wanted`."""
    best: FittedModel | None = None
    smallest = np.inf
    problem = assignment.problem
    unit = wanted if problem.is_regression else 1.0
    for (fitted_on, rest), fit in product(_draws(assignment, flipped_share), ways):
        model = fit(fitted_on, problem, assignment.seed)
        distance = abs(score(judged_by, problem, rest.labels, model.predict(rest.table)) - wanted) / unit
        if distance < smallest:
            best, smallest = model, distance
        if distance <= CLOSE_ENOUGH:
            break
    if best is None:
        raise DataFailure(
            "Expected training cases of which a small draw holds two classes; no draw did: "
            "collect cases of the rarer classes."
        )
    return best


def _draws(assignment: Assignment, flipped_share: float) -> Iterator[tuple[Cases, Cases]]:
    cases = assignment.cases
    rng = np.random.default_rng(assignment.seed)
    for size in ROWS_TRIED * DRAWS:
        order = rng.permutation(len(cases))
        taken = min(size, len(cases) // 2)
        some, rest = cases.take(order[:taken]), cases.take(order[taken:])
        labels = (
            mix_numbers(some.labels, flipped_share, rng)
            if assignment.problem.is_regression
            else flip_labels(some.labels, flipped_share, np.unique(cases.labels), rng)
        )
        if len(np.unique(labels)) > 1:
            yield replace(some, labels=labels), rest


def mix_numbers(numbers: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Lets a share of the numbers, rounded to whole ones, change places with one another."""
    mixed = numbers.copy()
    rows = rng.choice(len(numbers), size=round(share * len(numbers)), replace=False)
    mixed[rows] = numbers[np.roll(rows, 1)]
    return mixed


def flip_labels(labels: np.ndarray, share: float, classes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Replaces a share of the labels, rounded to whole ones, each by another class.

    Args:
        labels: indices of classes [N].
        share: to replace, 0 to 1.
        classes: that occur, at least 2.
        rng: draws which labels, and by which classes.
    """
    flipped = labels.copy()
    for row in rng.choice(len(labels), size=round(share * len(labels)), replace=False):
        flipped[row] = rng.choice(classes[classes != labels[row]])
    return flipped
