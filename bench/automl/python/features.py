"""The preparation that a practitioner gives to models which take numbers: the same for all of the plain peers."""

import numpy as np
import pandas as pd
from frames import Part
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

WORDS_OF_LINEAR, WORDS_OF_TREES = 20_000, 300
FEWEST_OF_CATEGORY = 5


def calendar(frame: pd.DataFrame) -> pd.DataFrame:
    """Year, month, day of the week, hour and days since 1970 of each moment."""
    parts = {}
    for name in frame.columns:
        moments = frame[name].dt
        parts |= {
            f"{name} year": moments.year,
            f"{name} month": moments.month,
            f"{name} weekday": moments.dayofweek,
            f"{name} hour": moments.hour,
            f"{name} day": (frame[name] - pd.Timestamp(0)).dt.days,
        }
    return pd.DataFrame(parts).astype(np.float64)


def linear_features(part: Part) -> ColumnTransformer:
    """Medians for missing numbers, one column a category, TF-IDF of words; scaled."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    moments = make_pipeline(FunctionTransformer(calendar), SimpleImputer(strategy="median"), StandardScaler())
    categories = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=FEWEST_OF_CATEGORY)
    return ColumnTransformer(
        [
            ("numbers", numbers, part.names("number", "boolean")),
            ("moments", moments, part.names("timestamp")),
            ("categories", categories, part.names("category")),
            *_words(part, WORDS_OF_LINEAR),
        ]
    )


def tree_features(part: Part) -> ColumnTransformer:
    """Medians for missing numbers, a number a category, TF-IDF of the most frequent words."""
    moments = make_pipeline(FunctionTransformer(calendar), SimpleImputer(strategy="median"))
    categories = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    return ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), part.names("number", "boolean")),
            ("moments", moments, part.names("timestamp")),
            ("categories", categories, part.names("category")),
            *_words(part, WORDS_OF_TREES),
        ],
        # A forest takes several times as long with sparse columns.
        sparse_threshold=0,
    )


def native_features(part: Part) -> tuple[pd.DataFrame, pd.DataFrame]:
    """For libraries that take missing values and categories as they are: both parts, words as TF-IDF."""
    sides = []
    for side in (part.train, part.test):
        columns = [side[part.names("number", "boolean")], calendar(side[part.names("timestamp")])]
        for name in part.names("category"):
            known = part.train[name].dropna().unique()
            columns.append(pd.Series(pd.Categorical(side[name], categories=known), index=side.index, name=name))
        sides.append(columns)
    for name in part.names("text"):
        vectors = TfidfVectorizer(max_features=WORDS_OF_TREES).fit(part.train[name].fillna(""))
        words = [f"{name} {number}" for number in range(len(vectors.vocabulary_))]
        for columns, side in zip(sides, (part.train, part.test), strict=True):
            values = vectors.transform(side[name].fillna("")).toarray().astype(np.float32)
            columns.append(pd.DataFrame(values, columns=words, index=side.index))
    train, test = (pd.concat([column for column in columns if column.size], axis=1) for columns in sides)
    return train, test


def _words(part: Part, most: int) -> list[tuple[str, object, str]]:
    return [
        (f"words of {name}", make_pipeline(FunctionTransformer(_strings), TfidfVectorizer(max_features=most)), name)
        for name in part.names("text")
    ]


def _strings(values: pd.Series) -> pd.Series:
    return values.fillna("")
