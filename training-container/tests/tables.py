"""Made-up tables of every kind of column, for tests of estimators and of what prepares their inputs."""

from collections.abc import Callable, Mapping

import numpy as np

from relearn_training.cases import Cases, Table
from relearn_training.model_schema import Column, TableColumns
from relearn_training.problem import Problem

ROWS = 150
WORDS = np.array(["fine", "good", "bad", "ugly", "naïve", "日本", "x1", "run", "off", "\U0001f600"], dtype=object)

BINARY = Problem("binary", ("no", "yes"))
MULTICLASS = Problem("multiclass", ("low", "middle", "high"))
REGRESSION = Problem("regression")
PROBLEMS = {problem.kind: problem for problem in (BINARY, MULTICLASS, REGRESSION)}

Made = tuple[Column, np.ndarray]
Make = Callable[[np.random.Generator, int], list[Made]]


def number(name: str, values: np.ndarray, encoding: str = "number") -> Made:
    """A column of numbers, each exactly a float32."""
    return Column(name, encoding), values.astype(np.float32).astype(np.float64)


def strings(name: str, values: np.ndarray, encoding: str = "category") -> Made:
    """A column of strings."""
    return Column(name, encoding), values


def holes(values: np.ndarray, missing: object, rng: np.random.Generator, share: float = 0.15) -> np.ndarray:
    """The values, some of them missing."""
    return np.where(rng.random(len(values)) < share, missing, values)


def numbers(rng: np.random.Generator, rows: int) -> list[Made]:
    """Plain, skewed and whole numbers, a boolean; of some a part is missing."""
    return [
        number("whole range", rng.normal(size=rows)),
        number("plain", holes(rng.normal(size=rows), np.nan, rng)),
        number("skewed", np.exp(3 * rng.normal(size=rows))),
        number("whole", holes(rng.integers(0, 5, rows).astype(float), np.nan, rng)),
        number("flag", rng.integers(0, 2, rows).astype(float), "boolean"),
    ]


def categories(rng: np.random.Generator, rows: int) -> list[Made]:
    """A category of few values, one of many, one almost always the same; some missing."""
    few = np.array(["red", "gr\u00fcn", "blue"], dtype=object)[rng.integers(0, 3, rows)]
    many = np.array([f"zip {value}" for value in rng.integers(0, 40, rows)], dtype=object)
    rare = np.where(rng.random(rows) < 0.03, "rare", "usual").astype(object)
    return [strings("few", holes(few, "", rng)), strings("many", holes(many, "", rng)), strings("rare", rare)]


def flags(rng: np.random.Generator, rows: int) -> list[Made]:
    """So many categories that their flags are more than a hundred, beside numbers of which some are missing."""
    names = np.array(["a", "b", "c", "d"], dtype=object)
    columns = [strings(f"choice {place}", names[rng.integers(0, 4, rows)]) for place in range(30)]
    return [*numbers(rng, rows), *columns]


def texts(rng: np.random.Generator, rows: int) -> list[Made]:
    """Texts of a few words, some empty."""
    drawn = [" ".join(WORDS[rng.integers(0, len(WORDS), rng.integers(0, 9))]) for _ in range(rows)]
    return [strings("note", np.array(drawn, dtype=object), "text")]


def timestamps(rng: np.random.Generator, rows: int) -> list[Made]:
    """Days since 1970 with a time of day; some missing, some before 1970."""
    return [number("seen", holes(rng.uniform(-400, 20_000, rows), np.nan, rng), "timestamp")]


def useless(rng: np.random.Generator, rows: int) -> list[Made]:
    """Columns that hold nothing, always the same, or never the same."""
    return [
        number("empty", np.full(rows, np.nan)),
        number("constant", np.full(rows, 7.0)),
        strings("nothing", np.full(rows, "", dtype=object)),
        strings("identifier", np.array([f"id {row}" for row in range(rows)], dtype=object)),
        strings("silent", np.full(rows, "", dtype=object), "text"),
        number("some", rng.normal(size=rows)),
    ]


def extremes(rng: np.random.Generator, rows: int) -> list[Made]:
    """Numbers at the ends of 32 bits, and neighbours that only the last bit tells apart."""
    ends = np.array([3.4028235e38, -3.4028235e38, 1e-45, -1e-45, 0.0, -0.0, 1.1754944e-38, 1.0, 16_777_217.0, np.nan])
    near = np.float32(1) + np.arange(-4, 4, dtype=np.float32) * np.finfo(np.float32).eps
    return [
        number("ends", ends[rng.integers(0, len(ends), rows)]),
        number("near", near[rng.integers(0, len(near), rows)]),
        number("far", 1e9 + rng.integers(-3, 4, rows) * 64.0),
    ]


def everything(rng: np.random.Generator, rows: int) -> list[Made]:
    """All of them."""
    return [column for make in (numbers, categories, texts, timestamps, useless) for column in make(rng, rows)]


MIXES: Mapping[str, Make] = {
    "numbers": numbers,
    "categories": categories,
    "flags": flags,
    "text": texts,
    "timestamps": timestamps,
    "extremes": extremes,
    "everything": everything,
}


def make_cases(make: Make, problem: Problem, seed: int = 0, rows: int = ROWS) -> Cases:
    """Cases whose label depends on every column, with noise; two cases a subject."""
    rng = np.random.default_rng(seed)
    made = make(rng, rows)
    signal = rng.normal(size=rows)
    for column, values in made:
        if column.encoding in ("category", "text"):
            signal += np.array([len(value) % 3 for value in values])
        elif np.isfinite(values).any():
            ranks = np.nan_to_num(values).argsort().argsort() / rows
            signal += 3 * ranks
    names = tuple(f"case {row}" for row in range(rows))
    groups = tuple(f"subject {row // 2}" for row in range(rows))
    return Cases(names, groups, label(signal, problem), table_of(made, rows))


def label(signal: np.ndarray, problem: Problem) -> np.ndarray:
    """Numbers far from 0, or classes of equal size."""
    if problem.is_regression:
        return 1e5 + 50 * signal
    edges = np.quantile(signal, np.linspace(0, 1, problem.outputs + 1)[1:-1])
    return np.searchsorted(edges, signal).astype(np.intp)


def table_of(made: list[Made], rows: int) -> Table:
    """The columns as a table."""
    numeric = [entry for entry in made if entry[0].encoding not in ("category", "text")]
    categorical = [entry for entry in made if entry[0].encoding in ("category", "text")]
    return Table(
        numeric=np.column_stack([values for _, values in numeric]) if numeric else np.empty((rows, 0)),
        categorical=np.column_stack([values for _, values in categorical]).astype(object)
        if categorical
        else np.empty((rows, 0), dtype=object),
        columns=TableColumns(tuple(column for column, _ in numeric), tuple(column for column, _ in categorical)),
    )
