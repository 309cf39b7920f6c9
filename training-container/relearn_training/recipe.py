"""What a recipe is given and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from onnx import ModelProto

from relearn_training.cases import Cases
from relearn_training.cross_validation import CrossValidation
from relearn_training.models import FittedModel, Parameters
from relearn_training.problem import Problem
from relearn_training.progress import Progress

Status = Literal["complete", "pruned", "failed"]


@dataclass(frozen=True)
class Assignment:
    """One training, without the recipe's own parameters.

    Attributes:
        cases: to train on, already known to be enough.
        problem: what is predicted.
        metric: by which candidates are compared.
        seed: of every draw.
        progress: to report to.
        clock: monotonic seconds.
        champion: the sidecar of the version that serves, from which a search may start. Default: none.
        checkpoints: folder in which a search keeps its state. Default: none is kept.
        dataset: id of the dataset, by which a checkpoint is known to be of the same one. Default: none.
        lean: whether memory ran out before, so that less of it has to do. Default: false.
    """

    cases: Cases
    problem: Problem
    metric: str
    seed: int
    progress: Progress
    clock: Callable[[], float]
    champion: Mapping[str, object] | None = None
    checkpoints: Path | None = None
    dataset: str = ""
    lean: bool = False


@dataclass(frozen=True)
class Candidate:
    """An algorithm and its parameters, and how cross-validation found them.

    Attributes:
        algorithm: its name.
        parameters: of it.
        cross_validation: over the folds that it was fitted on; None where it failed before the first was scored.
        status: `complete`; `pruned`, given up after the first folds; `failed`.
        reason: why it was given up or failed. Default: none.
        predict_milliseconds: that 1000 rows take in Python. Default: not measured.
        graph_bytes: of its graph, or an estimate. Default: not known.
        optimistic: whether its score is of folds whose cases stopped it early too, while others are scored fairly.
            Default: no.
    """

    algorithm: str
    parameters: Parameters
    cross_validation: CrossValidation | None
    status: Status = "complete"
    reason: str | None = None
    predict_milliseconds: float | None = None
    graph_bytes: int | None = None
    optimistic: bool = False


def leave_unaltered(graph: ModelProto) -> ModelProto:
    """What a recipe for real use does to its graph."""
    return graph


@dataclass(frozen=True)
class Trained:
    """What a recipe made.

    Attributes:
        algorithm: of the model.
        model: fitted on all training cases that the recipe wanted.
        cross_validation: of that model; None where it was not cross-validated.
        leaderboard: every candidate, the best first.
        details: that only this recipe puts into `model.json`.
        alter_graph: what is done to the graph after it was found to agree with the model.
        decision_weights: of the classes, by which the label is chosen. Default: all 1.
    """

    algorithm: str
    model: FittedModel
    cross_validation: CrossValidation | None
    leaderboard: Sequence[Candidate]
    details: Mapping[str, object] = field(default_factory=dict)
    alter_graph: Callable[[ModelProto], ModelProto] = leave_unaltered
    decision_weights: tuple[float, ...] | None = None


class Recipe(Protocol):
    """A way to train, with its parameters already checked."""

    def train(self, assignment: Assignment) -> Trained:
        """Trains; the same assignment and parameters give the same result, save for seconds that were measured."""
        ...
