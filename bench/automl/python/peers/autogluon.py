"""AutoGluon's tabular predictor, its models without torch."""

from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from autogluon.tabular import TabularPredictor
from frames import Part

PRESETS = "best_quality"
"""What its documentation advises for the most accurate predictions without a GPU."""
METRICS = {"roc-auc": "roc_auc", "log-loss": "log_loss", "rmse": "root_mean_squared_error"}
LABEL = "__label__"


def predict(part: Part, seconds: float, threads: int, seed: int) -> npt.NDArray[np.float64]:
    """As long as it may; it finds texts and moments by itself, and is not told of subjects and order."""
    del seed
    with TemporaryDirectory() as folder:
        predictor = TabularPredictor(LABEL, part.task, METRICS[part.metric], path=folder, verbosity=0)
        train = part.train.assign(**{LABEL: part.codes()})
        predictor.fit(train, presets=PRESETS, time_limit=seconds, num_cpus=threads, num_gpus=0)
        if part.task == "regression":
            return predictor.predict(part.test).to_numpy(dtype=np.float64)
        probabilities = predictor.predict_proba(part.test)
        return probabilities[range(len(part.classes))].to_numpy(dtype=np.float64)
