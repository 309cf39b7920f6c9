"""XGBoost with its defaults."""

import numpy as np
import numpy.typing as npt
from features import native_features
from frames import Part
from xgboost import XGBClassifier, XGBRegressor


def predict(part: Part, seconds: float, threads: int, seed: int) -> npt.NDArray[np.float64]:
    """A hundred trees."""
    del seconds
    train, test = native_features(part)
    settings = {"n_jobs": threads, "random_state": seed, "enable_categorical": True}
    if part.task == "regression":
        return XGBRegressor(**settings).fit(train, part.codes()).predict(test).astype(np.float64)
    return XGBClassifier(**settings).fit(train, part.codes()).predict_proba(test).astype(np.float64)
