"""Scikit-learn's random forest with its defaults."""

import numpy as np
import numpy.typing as npt
from features import tree_features
from frames import Part
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.pipeline import make_pipeline


def predict(part: Part, seconds: float, threads: int, seed: int) -> npt.NDArray[np.float64]:
    """A hundred full trees."""
    del seconds
    settings = {"n_jobs": threads, "random_state": seed}
    if part.task == "regression":
        model = make_pipeline(tree_features(part), RandomForestRegressor(**settings))
        return model.fit(part.train, part.codes()).predict(part.test)
    model = make_pipeline(tree_features(part), RandomForestClassifier(**settings))
    return model.fit(part.train, part.codes()).predict_proba(part.test)
