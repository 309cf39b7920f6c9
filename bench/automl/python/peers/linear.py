"""Logistic or ridge regression."""

import numpy as np
import numpy.typing as npt
from features import linear_features
from frames import Part
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline


def predict(part: Part, seconds: float, threads: int, seed: int) -> npt.NDArray[np.float64]:
    """Default strength; as many steps as it takes."""
    del seconds, threads, seed
    if part.task == "regression":
        return make_pipeline(linear_features(part), Ridge()).fit(part.train, part.codes()).predict(part.test)
    model = make_pipeline(linear_features(part), LogisticRegression(max_iter=2000))
    return model.fit(part.train, part.codes()).predict_proba(part.test)
