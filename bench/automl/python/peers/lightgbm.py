"""LightGBM with its defaults."""

import numpy as np
import numpy.typing as npt
from features import native_features
from frames import Part
from lightgbm import LGBMClassifier, LGBMRegressor


def predict(part: Part, seconds: float, threads: int, seed: int) -> npt.NDArray[np.float64]:
    """A hundred trees."""
    del seconds
    train, test = native_features(part)
    # It refuses names with characters of JSON.
    train.columns = test.columns = [f"column_{number}" for number in range(train.shape[1])]
    settings = {"n_jobs": threads, "random_state": seed, "verbose": -1}
    if part.task == "regression":
        return LGBMRegressor(**settings).fit(train, part.codes()).predict(test)
    return LGBMClassifier(**settings).fit(train, part.codes()).predict_proba(test)
