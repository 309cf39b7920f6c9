"""What is to be predicted: one of two classes, one of several, or a number."""

from dataclasses import dataclass
from typing import Literal

from relearn_training.model_schema import ModelSchema

ProblemKind = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True)
class Problem:
    """What a model predicts.

    Attributes:
        kind: `binary` with two classes, `multiclass` with more, `regression` for a number.
        classes: names in the schema's order; empty for a regression.
    """

    kind: ProblemKind
    classes: tuple[str, ...] = ()

    @property
    def is_regression(self) -> bool:
        """Whether a number is predicted."""
        return self.kind == "regression"

    @property
    def outputs(self) -> int:
        """How many numbers a prediction is made of: C probabilities, or 1 value."""
        return 1 if self.is_regression else len(self.classes)


def problem_of(schema: ModelSchema) -> Problem:
    """The problem that a schema's label poses."""
    if schema.is_regression:
        return Problem("regression")
    return Problem("binary" if len(schema.classes) == 2 else "multiclass", schema.classes)
