"""What a family of estimators offers to the search, and what it is given to fit."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from optuna import Trial

from relearn_training.cases import Cases
from relearn_training.models import FittedModel, Parameters
from relearn_training.problem import Problem


@dataclass(frozen=True)
class DataShape:
    """How large a table is.

    Attributes:
        rows: cases to train on.
        numeric: columns that are numbers, booleans or timestamps.
        categorical: columns of categories.
        text: columns of text.
        classes: C, 0 for a regression.
    """

    rows: int
    numeric: int
    categorical: int
    text: int
    classes: int

    @classmethod
    def of(cls, cases: Cases, problem: Problem) -> Self:
        """The shape of labelled cases."""
        strings = cases.table.columns.categorical
        text = sum(column.encoding == "text" for column in strings)
        return cls(
            rows=len(cases),
            numeric=len(cases.table.columns.numeric),
            categorical=len(strings) - text,
            text=text,
            classes=len(problem.classes),
        )


@dataclass(frozen=True)
class FitContext:
    """How a fit is done, whatever the family.

    Attributes:
        problem: to solve.
        seed: of every draw, 0 to 2^32 - 1.
        threads: that may work at once.
        clock: monotonic seconds.
        deadline: on that clock, by which the fit gives what it has; None where it may take its time. Boosters, forests
            and networks keep to it to within one round; a first round is always finished.
        balanced: whether every class weighs the same, however rare it is.
    """

    problem: Problem
    seed: int
    threads: int
    clock: Callable[[], float]
    deadline: float | None = None
    balanced: bool = False

    @property
    def overdue(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and self.clock() >= self.deadline


class Family(ABC):
    """Models of one kind. Parameters left out have the family's defaults; unknown ones are refused with KeyError."""

    name: ClassVar[str]

    @abstractmethod
    def portfolio(self, problem: Problem, shape: DataShape) -> Sequence[Parameters]:
        """Settings that do well on many tables, the best bet first."""

    @abstractmethod
    def suggest(self, trial: Trial, problem: Problem, shape: DataShape) -> Parameters:
        """Settings drawn by a sampler of Optuna."""

    @abstractmethod
    def grid(self, problem: Problem, shape: DataShape) -> Mapping[str, Sequence[float | int | str | bool | None]]:
        """Values of a small grid, by parameter: names and values as `suggest` gives them."""

    @abstractmethod
    def fit(
        self, parameters: Parameters, cases: Cases, context: FitContext, validation: Cases | None = None
    ) -> FittedModel:
        """Fits preprocessing and estimator; the same arguments give the same model, unless the deadline cuts it short.

        Args:
            parameters: of this family.
            cases: to fit on; at least 1.
            context: problem, seed, threads and deadline.
            validation: other cases by which to stop early, for boosters and networks; they are not fitted on. Without
                them the `rounds` or `epochs` of the parameters are run.
        """
