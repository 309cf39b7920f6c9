"""What a recipe is given and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from onnx import ModelProto

from relearn_training.cases import Cases
from relearn_training.classifiers import FittedClassifier, Parameters
from relearn_training.cross_validation import CrossValidation
from relearn_training.progress import Progress


@dataclass(frozen=True)
class Assignment:
    """One training, without the recipe's own parameters.

    Attributes:
        cases: to train on, already known to be enough.
        classes: of the schema, in its order.
        metric: by which candidates are compared.
        seed: of every draw.
        progress: to report to.
        clock: monotonic seconds.
    """

    cases: Cases
    classes: Sequence[str]
    metric: str
    seed: int
    progress: Progress
    clock: Callable[[], float]


@dataclass(frozen=True)
class Candidate:
    """An algorithm and its parameters, as cross-validation found them."""

    algorithm: str
    parameters: Parameters
    cross_validation: CrossValidation


def leave_unaltered(graph: ModelProto) -> ModelProto:
    """What a recipe for real use does to its graph."""
    return graph


@dataclass(frozen=True)
class Trained:
    """What a recipe made.

    Attributes:
        algorithm: of the classifier.
        classifier: fitted on all training cases that the recipe wanted.
        cross_validation: of that classifier; None where it was not cross-validated.
        leaderboard: every candidate, the best first.
        details: that only this recipe puts into `model.json`.
        alter_graph: what is done to the graph after it was found to agree with the classifier.
    """

    algorithm: str
    classifier: FittedClassifier
    cross_validation: CrossValidation | None
    leaderboard: Sequence[Candidate]
    details: Mapping[str, object] = field(default_factory=dict)
    alter_graph: Callable[[ModelProto], ModelProto] = leave_unaltered


class Recipe(Protocol):
    """A way to train, with its parameters already checked."""

    def train(self, assignment: Assignment) -> Trained:
        """Trains; the same assignment and parameters give the same result, save for `fit_seconds`."""
        ...
