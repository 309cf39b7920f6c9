"""Scores predictions of a table's test part: `python score.py TABLE PREDICTIONS`; prints a number.

Probabilities are held above one in 100,000 before the logarithm, so that a model which is wrong without any doubt loses
much but not everything.
"""

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error

LEAST_PROBABILITY = 1e-5


def main() -> None:
    """Prints the score, or ends with an error where the predictions are none."""
    folder, file = Path(sys.argv[1]), Path(sys.argv[2])
    description = json.loads((folder / "description.json").read_text())
    labels = pd.read_csv(folder / "test-labels.csv", dtype=str, keep_default_na=False)[description["label"]]
    print(score(description, labels, np.load(file, allow_pickle=False)))


def score(description: dict, labels: pd.Series, predictions: npt.NDArray[np.float64]) -> float:
    """ROC AUC of the positive class, log loss, or the root of the mean squared error."""
    classes = description["classes"]
    expected = (len(labels), len(classes)) if classes else (len(labels),)
    if predictions.shape != expected or not np.isfinite(predictions).all():
        raise ValueError(f"Expected finite predictions of shape {expected}; got {predictions.shape}.")
    if description["metric"] == "rmse":
        return root_mean_squared_error(labels.astype(float), predictions)
    if description["metric"] == "roc-auc":
        positive = description["positive"]
        return roc_auc_score(labels == positive, predictions[:, classes.index(positive)])
    held = np.clip(predictions, LEAST_PROBABILITY, 1)
    return log_loss(labels, held / held.sum(axis=1, keepdims=True), labels=classes)


if __name__ == "__main__":
    main()
