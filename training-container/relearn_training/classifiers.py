"""The classifiers that recipes choose from: preprocessing and estimator as one pipeline that converts to ONNX."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from joblib import cpu_count
from skl2onnx.sklapi import CastTransformer
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

from relearn_training.cases import Cases, Table
from relearn_training.classification import Probabilities

CASES_WORTH_A_THREAD = 5000
"""Below this many cases, starting threads costs more than they save."""

LOGISTIC_REGRESSION = "logistic-regression"

Parameters = Mapping[str, float]


@dataclass(frozen=True)
class FittedClassifier:
    """A fitted pipeline that knows which of the schema's classes it has seen.

    Attributes:
        pipeline: from `Table.matrix()` to probabilities of the classes seen.
        seen: their indices in the schema's order, ascending.
        class_count: C, how many classes the schema has.
    """

    pipeline: Pipeline
    seen: tuple[int, ...]
    class_count: int

    def probabilities(self, table: Table) -> Probabilities:
        """Class probabilities [N, C] in the schema's order; 0 for a class that was not seen."""
        padded = np.zeros((len(table.numeric), self.class_count))
        if len(padded):
            padded[:, list(self.seen)] = self.pipeline.predict_proba(table.matrix())
        return padded


def fit_classifier(
    algorithm: str, parameters: Parameters, cases: Cases, class_count: int, seed: int
) -> FittedClassifier:
    """Fits one classifier; the same cases, parameters and seed give the same classifier.

    Args:
        algorithm: a key of `ALGORITHMS`.
        parameters: of the estimator.
        cases: to fit on, of at least 2 classes.
        class_count: C, how many classes the schema has.
        seed: of the estimator's draws.
    """
    build, scaled = ALGORITHMS[algorithm]
    threads = cpu_count() if len(cases) >= CASES_WORTH_A_THREAD else 1
    pipeline = make_pipeline(preprocessing(cases.table, scaled=scaled), build(parameters, seed, threads))
    # XGBoost takes labels 0 … n-1 without gaps, so labels are counted among the classes seen.
    seen, labels = np.unique(cases.labels, return_inverse=True)
    pipeline.fit(cases.table.matrix(), labels)
    return FittedClassifier(pipeline, tuple(seen.tolist()), class_count)


def preprocessing(table: Table, *, scaled: bool) -> ColumnTransformer:
    """Fills numeric columns with the median and encodes categorical ones one-hot; a category never seen is all zeros.

    ONNX fills in 32-bit floats, hence the first cast; linear models are fitted and computed in 64 bits on both sides,
    hence the second. Trees are not scaled: rounding would move rows across their thresholds.
    """
    numeric, categorical = table.numeric.shape[1], table.categorical.shape[1]
    fill = [SimpleImputer(strategy="median", keep_empty_features=True), CastTransformer(dtype=np.float32)]
    scale = [CastTransformer(dtype=np.float64), StandardScaler()] if scaled else []
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = [
        ("numeric", make_pipeline(*fill, *scale), list(range(numeric))),
        ("categorical", one_hot, list(range(numeric, numeric + categorical))),
    ]
    return ColumnTransformer([step for step in columns if step[2]])


def _logistic_regression(parameters: Parameters, seed: int, threads: int) -> ClassifierMixin:
    del threads  # one fit is one thread
    return LogisticRegression(max_iter=5000, random_state=seed, **parameters)


def _random_forest(parameters: Parameters, seed: int, threads: int) -> ClassifierMixin:
    return RandomForestClassifier(random_state=seed, n_jobs=threads, **parameters)


def _xgboost(parameters: Parameters, seed: int, threads: int) -> ClassifierMixin:
    return XGBClassifier(random_state=seed % 2**31, n_jobs=threads, verbosity=0, tree_method="hist", **parameters)


ALGORITHMS: Mapping[str, tuple[Callable[[Parameters, int, int], ClassifierMixin], bool]] = {
    LOGISTIC_REGRESSION: (_logistic_regression, True),
    "random-forest": (_random_forest, False),
    "xgboost": (_xgboost, False),
}
"""How each algorithm's estimator is built, and whether its numeric inputs are scaled."""
