"""How much a model's answers on the holdout lean on each field.

Permutation importance (Breiman, 2001; Fisher, Rudin and Dominici, 2019): the values of one field are shuffled among
the cases, which leaves the field as it is and takes away what it tells, and the score is looked at again. A field is
shuffled before preprocessing, so all columns that derive from it, of a text or a timestamp too, go together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from relearn_training.cases import Cases, Table
from relearn_training.metrics import Predictions, Truth
from relearn_training.rearrangement import field_names, rearrange

MOST_REPETITIONS: Final = 10
WANTED_REPETITIONS: Final = 3
"""For which cases are left out where there is no time for more: of one alone nobody knows how much chance is in it."""
MOST_CASES: Final = 5000
"""Of a larger holdout so many are drawn: the error of the score is then below a hundredth."""
FEWEST_CASES: Final = 500
"""Below this no cases are left out for want of time."""
MOST_FIELDS: Final = 100
"""That are told of: the platform keeps a version's metrics in one item."""
ROWS_AT_ONCE: Final = 20_000
"""Several fields are shuffled in one call, because a call costs more than its first thousand rows."""


Predict = Callable[[Table], Predictions]
Grade = Callable[[Truth, Predictions], float]
"""How good predictions are: higher is better, whatever the metric; minus infinity where it is undefined."""


@dataclass(frozen=True)
class FieldImportance:
    """How much the answers lean on one field.

    Attributes:
        field: its name.
        mean: by how much the score becomes worse, in the metric's unit; above 0 the field helps.
        standard_error: of that mean, over the repetitions. None after a single one.
        shap: mean absolute SHAP value. None where the model has none.
    """

    field: str
    mean: float
    standard_error: float | None
    shap: float | None = None


def permutation_importance(
    predict: Predict,
    cases: Cases,
    grade: Grade,
    seed: int,
    clock: Callable[[], float],
    seconds: float,
    shap: Mapping[str, float] | None = None,
) -> list[FieldImportance]:
    """The importance of the fields, the largest first, at most `MOST_FIELDS` of them.

    It repeats itself until `seconds` are used, at most `MOST_REPETITIONS` times, and once in any case; where even that
    would take too long, on fewer cases.

    Args:
        predict: the model's answers.
        cases: that it was not fitted on.
        grade: of answers.
        seed: of the shuffling.
        clock: monotonic seconds.
        seconds: that it may take.
        shap: mean absolute SHAP value of each field, where the model has some.

    Returns:
        Nothing where there is no case, or the grade is undefined for them.
    """
    if not len(cases):
        return []
    began = clock()
    rng = np.random.default_rng(seed)
    sample = _draw(cases, MOST_CASES, rng)
    best = grade(sample.labels, predict(sample.table))
    fields = field_names(cases.table)
    # A repetition predicts the sample once for each field.
    affordable = int(len(sample) * seconds / (WANTED_REPETITIONS * len(fields) * max(clock() - began, 1e-9)))
    if affordable < len(sample) > FEWEST_CASES:
        sample = _draw(sample, max(affordable, FEWEST_CASES), rng)
        best = grade(sample.labels, predict(sample.table))
    if not np.isfinite(best):
        return []
    drops: list[np.ndarray] = []
    started, took = clock(), 0.0
    while len(drops) < MOST_REPETITIONS and (not drops or clock() - began + took <= seconds):
        drops.append(best - _shuffled(predict, sample, grade, rng))
        took = (clock() - started) / len(drops)
    means = np.mean(drops, axis=0)
    errors = np.std(drops, axis=0, ddof=1) / np.sqrt(len(drops)) if len(drops) > 1 else None
    entries = [
        FieldImportance(field, float(means[at]), None if errors is None else float(errors[at]), (shap or {}).get(field))
        for at, field in enumerate(fields)
    ]
    return sorted(entries, key=lambda entry: -entry.mean)[:MOST_FIELDS]


def _draw(cases: Cases, most: int, rng: np.random.Generator) -> Cases:
    if len(cases) <= most:
        return cases
    return cases.take(np.sort(rng.choice(len(cases), size=most, replace=False)))


def _shuffled(predict: Predict, cases: Cases, grade: Grade, rng: np.random.Generator) -> np.ndarray:
    """The grade with each field shuffled in turn [fields]."""
    fields, together = len(field_names(cases.table)), max(1, ROWS_AT_ONCE // len(cases))
    grades: list[float] = []
    for first in range(0, fields, together):
        chunk = range(first, min(first + together, fields))
        predictions = np.split(predict(_shuffled_table(cases.table, chunk, rng)), len(chunk))
        grades.extend(grade(cases.labels, part) for part in predictions)
    return np.array(grades)


def _shuffled_table(table: Table, fields: Sequence[int], rng: np.random.Generator) -> Table:
    """The table as often as there are fields, in each copy one of them shuffled."""
    count = len(table)
    orders = [np.tile(np.arange(count), len(fields)) for _ in field_names(table)]
    for place, field in enumerate(fields):
        orders[field][place * count : (place + 1) * count] = rng.permutation(count)
    return rearrange(table, orders)
