"""Recipe `drill`: a fire drill. It makes a deliberately bad model, so that an operator can rehearse the rollback."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Final

import numpy as np
from onnx import ModelProto, helper

from relearn_training.cases import Cases
from relearn_training.classification import accuracy
from relearn_training.classifiers import LOGISTIC_REGRESSION, FittedClassifier, Parameters, fit_classifier
from relearn_training.cross_validation import cross_validate
from relearn_training.failures import DataFailure
from relearn_training.folds import make_folds
from relearn_training.hyperparameters import refuse_unknown_keys
from relearn_training.networks import NetworkSettings, hold_back, learn_network
from relearn_training.onnx_export import OUTPUT, append_nodes
from relearn_training.recipe import Assignment, Candidate, Trained
from relearn_training.recipe_parameters import number, one_of

FOLDS: Final = 5
DEFAULT_FLIPPED_SHARE: Final = 0.35
WANTED_DROP: Final = 0.18
"""Accuracy that a worse model gives up, in the middle of the 10 to 25 points that a rehearsal needs."""
CLOSE_ENOUGH: Final = 0.01
ROWS_TRIED: Final = (30, 60, 120, 20, 40, 80)
DRAWS: Final = 3
BRIEF: Final = NetworkSettings(maximum_epochs=30)
"""Long enough to follow a hundred cases; many draws are tried."""

Fit = Callable[[Cases, int, int], FittedClassifier]
"""Fits a classifier on cases, of so many classes, with a seed."""


def _logistic_regression(penalty: float, cases: Cases, class_count: int, seed: int) -> FittedClassifier:
    return fit_classifier(LOGISTIC_REGRESSION, {"C": penalty}, cases, class_count, seed)


def _network(cases: Cases, class_count: int, seed: int) -> FittedClassifier:
    return learn_network(NetworkSettings(), *hold_back(cases, FOLDS, seed), "log-loss", class_count, seed).classifier


def _credulous_network(cases: Cases, class_count: int, seed: int) -> FittedClassifier:
    """Validated on what it learns from, so that no part warns it of flipped labels."""
    return learn_network(BRIEF, cases, cases, "log-loss", class_count, seed).classifier


@dataclass(frozen=True)
class Kind:
    """A kind of classifier that a drill makes bad.

    Attributes:
        parameters: of the healthy one, for the leaderboard.
        fit: the healthy one.
        fit_worse: on flipped labels, from following them closely to hardly at all.
    """

    parameters: Parameters
    fit: Fit
    fit_worse: Sequence[Fit]


KINDS: Final[Mapping[str, Kind]] = {
    LOGISTIC_REGRESSION: Kind(
        {"C": 1.0},
        partial(_logistic_regression, 1.0),
        [partial(_logistic_regression, penalty) for penalty in (100.0, 1.0, 0.1, 0.01)],
    ),
    "network": Kind({}, _network, [_credulous_network]),
}


@dataclass(frozen=True)
class Drill:
    """The recipe's parameters.

    Attributes:
        behaviour: `worse`, a healthy graph with worse answers; `nan`, every probability is NaN; `throws`, the graph
            loads and fails on every input.
        flipped_share: for `worse`, of the labels it is fitted on the share that is replaced, 0 to 0.5. Default: 0.35.
        algorithm: what is made bad, a key of `KINDS`. Default: logistic-regression.
    """

    behaviour: str
    flipped_share: float = DEFAULT_FLIPPED_SHARE
    algorithm: str = LOGISTIC_REGRESSION

    def train(self, assignment: Assignment) -> Trained:
        """Fits a healthy classifier, then makes it bad in the way that was asked for."""
        kind = KINDS[self.algorithm]
        fit = partial(kind.fit, class_count=len(assignment.classes), seed=assignment.seed)
        assignment.progress.report("search", 0, 1, f"Cross-validating a healthy {self.algorithm}")
        folds = make_folds(assignment.cases, FOLDS, assignment.seed)
        outcome = cross_validate(fit, assignment.cases, folds, assignment.metric, assignment.clock)
        assignment.progress.report(
            "fit", 0, 1, f"Fitting a model that is bad on purpose: {self.behaviour}", outcome.mean
        )
        healthy = Trained(
            algorithm=self.algorithm,
            classifier=fit(assignment.cases),
            cross_validation=outcome,
            leaderboard=[Candidate(self.algorithm, kind.parameters, outcome)],
            details={"behaviour": self.behaviour},
        )
        if self.behaviour == "worse":
            accuracies = (
                outcome
                if assignment.metric == "accuracy"
                else cross_validate(fit, assignment.cases, folds, "accuracy", assignment.clock)
            )
            wanted = accuracies.mean - WANTED_DROP
            worse = _fit_worse(assignment, kind.fit_worse, self.flipped_share, wanted)
            return replace(healthy, classifier=worse, cross_validation=None)
        return replace(healthy, alter_graph=ALTERATIONS[self.behaviour])


def configure(parameters: Mapping[str, object]) -> Drill:
    """Checks the recipe's parameters: `behaviour`, `algorithm` and, for `worse`, `flippedShare`.

    Raises:
        ConfigurationFailure: naming the parameter that is unknown, missing or out of range.
    """
    refuse_unknown_keys("parameters of the recipe drill", parameters, ("behaviour", "algorithm", "flippedShare"))
    return Drill(
        behaviour=one_of(parameters, "behaviour", None, BEHAVIOURS),
        flipped_share=number(parameters, "flippedShare", DEFAULT_FLIPPED_SHARE, above=0, highest=0.5),
        algorithm=one_of(parameters, "algorithm", LOGISTIC_REGRESSION, tuple(KINDS)),
    )


def answer_with_nan(graph: ModelProto) -> ModelProto:
    """A copy of the graph, every probability of which is NaN."""
    return _altered(graph, "Mul", "not_a_number", np.array(np.nan, dtype=np.float32))


def fail_on_every_input(graph: ModelProto) -> ModelProto:
    """A copy of the graph that gathers classes that are not there: their indices are looked at only when it runs."""
    classes = graph.graph.output[0].type.tensor_type.shape.dim[1].dim_value
    beyond = np.full(classes, classes, dtype=np.int64)
    return _altered(graph, "Gather", "classes_beyond_the_last", beyond, axis=1)


ALTERATIONS: Final[Mapping[str, Callable[[ModelProto], ModelProto]]] = {
    "nan": answer_with_nan,
    "throws": fail_on_every_input,
}
BEHAVIOURS: Final = ("worse", *ALTERATIONS)


def _altered(graph: ModelProto, operator: str, name: str, constant: np.ndarray, **attributes: int) -> ModelProto:
    altered = ModelProto()
    altered.CopyFrom(graph)
    node = helper.make_node(operator, [OUTPUT, name], ["altered"], **attributes)
    append_nodes(altered, [node], [(name, constant)])
    return altered


def _fit_worse(assignment: Assignment, ways: Sequence[Fit], flipped_share: float, wanted: float) -> FittedClassifier:
    """Of several seeded draws, the classifier whose accuracy on the other cases is nearest to `wanted`."""
    best: FittedClassifier | None = None
    smallest = np.inf
    for (fitted_on, rest), fit in product(_draws(assignment, flipped_share), ways):
        classifier = fit(fitted_on, len(assignment.classes), assignment.seed)
        distance = abs(accuracy(rest.labels, classifier.probabilities(rest.table)) - wanted)
        if distance < smallest:
            best, smallest = classifier, distance
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
        labels = flip_labels(some.labels, flipped_share, np.unique(cases.labels), rng)
        if len(np.unique(labels)) > 1:
            yield replace(some, labels=labels), rest


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
