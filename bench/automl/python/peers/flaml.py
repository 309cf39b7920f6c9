"""FLAML's search with its own preparation of the data frame."""

import numpy as np
import numpy.typing as npt
from flaml import AutoML
from frames import Part

METRICS = {"roc-auc": "roc_auc", "log-loss": "log_loss", "rmse": "rmse"}


def predict(part: Part, seconds: float, threads: int, seed: int) -> npt.NDArray[np.float64]:
    """Its default list of estimators, as long as it may."""
    task = "regression" if part.task == "regression" else "classification"
    model = AutoML()
    model.fit(
        part.train,
        part.codes(),
        task=task,
        metric=METRICS[part.metric],
        time_budget=seconds,
        n_jobs=threads,
        seed=seed,
        verbose=0,
    )
    if task == "regression":
        return np.asarray(model.predict(part.test), dtype=np.float64)
    return np.asarray(model.predict_proba(part.test), dtype=np.float64)
