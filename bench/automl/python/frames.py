"""Reads an exported table as data frames."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class Part:
    """A table to learn from, and what to predict.

    Attributes:
        task: binary, multiclass or regression.
        metric: roc-auc, log-loss or rmse.
        classes: sorted; empty for a regression.
        kinds: of the features: number, boolean, timestamp, category or text.
        train: features.
        labels: of them: class names or numbers.
        test: features.
    """

    task: str
    metric: str
    classes: list[str]
    kinds: dict[str, str]
    train: pd.DataFrame
    labels: pd.Series
    test: pd.DataFrame

    def names(self, *kinds: str) -> list[str]:
        """The features of some kinds."""
        return [name for name, kind in self.kinds.items() if kind in kinds]

    def codes(self) -> npt.NDArray[Any]:
        """Labels as numbers: indices of the classes, or the labels of a regression."""
        if self.task == "regression":
            return self.labels.to_numpy(dtype=np.float64)
        return pd.Categorical(self.labels, categories=self.classes).codes.astype(np.intp)


def read_table(folder: Path) -> Part:
    """Reads both parts; groups and moments that are no features stay in the file."""
    description = json.loads((folder / "description.json").read_text())
    kinds, label = description["features"], description["label"]
    train, test = _read(folder / "train.csv"), _read(folder / "test.csv")
    labels = train[label]
    if description["task"] == "regression":
        labels = labels.astype(np.float64)
    return Part(
        task=description["task"],
        metric=description["metric"],
        classes=description["classes"],
        kinds=kinds,
        train=_typed(train, kinds),
        labels=labels,
        test=_typed(test, kinds),
    )


def _read(file: Path) -> pd.DataFrame:
    # Names such as "None" and "NA" are no missing values here.
    return pd.read_csv(file, dtype=str, keep_default_na=False, na_values=[""])


def _typed(frame: pd.DataFrame, kinds: dict[str, str]) -> pd.DataFrame:
    columns = {}
    for name, kind in kinds.items():
        values = frame[name]
        if kind == "number":
            columns[name] = values.astype(np.float64)
        elif kind == "boolean":
            columns[name] = values.map({"true": 1.0, "false": 0.0})
        elif kind == "timestamp":
            columns[name] = pd.to_datetime(values, utc=True).dt.tz_localize(None)
        else:
            columns[name] = values.astype(object)
    return pd.DataFrame(columns)
