"""What the background tells of each field, and what it does not."""

from collections import Counter

import numpy as np
import pytest

from relearn_training.background import ENTRIES, describe_background
from relearn_training.cases import Cases, Table
from relearn_training.model_schema import Column, TableColumns


def background(
    numeric: list[float] | None = None, strings: list[str] | None = None, encoding: str = "category"
) -> list:
    """Of a table of one column."""
    count = len(numeric or strings)
    ids = tuple(f"case-{number}" for number in range(count))
    table = Table(
        np.array(numeric or [], dtype=np.float64).reshape(count, 1 if numeric else 0),
        np.array(strings or [], dtype=object).reshape(count, 1 if strings else 0),
        TableColumns((Column("it", "number"),) if numeric else (), (Column("it", encoding),) if strings else ()),
    )
    return describe_background(Cases(ids, ids, np.zeros(count, dtype=np.intp), table))["it"]


def test_numbers_are_quantiles() -> None:
    rng = np.random.default_rng(0)
    assert background(rng.permutation(np.arange(160.0)).tolist()) == [5.0 + 10 * place for place in range(ENTRIES)]


@pytest.mark.parametrize("count", [5, 9, 10, 16, 40, 1000])
def test_an_extreme_of_few_cases_is_not_told(count: int) -> None:
    values = background(np.arange(float(count)).tolist())
    assert len(values) == ENTRIES
    assert min(values) >= min(4, (count - 1) // 2)
    assert max(values) <= count - 1 - min(4, (count - 1) // 2)


def test_an_extreme_of_many_cases_is_told() -> None:
    assert background([0.0] * 50 + [1.0] * 50) == [0.0] * 8 + [1.0] * 8


def test_numbers_are_missing_as_often_as_among_the_cases() -> None:
    values = background([np.nan] * 30 + np.arange(90.0).tolist())
    assert values.count(None) == 4
    assert values[:12] == sorted(values[:12])
    assert background([np.nan] * 4 + [1.0] * 4) == [None] * ENTRIES
    assert None not in background([np.nan] * 4 + [1.0] * 12)


def test_categories_are_as_frequent_as_among_the_cases() -> None:
    values = background(strings=["b"] * 50 + ["a"] * 30 + [""] * 16 + ["rare"] * 4)
    assert Counter(values) == {"b": 8, "a": 5, None: 3}
    assert values[0] == "b"


def test_many_categories_are_told_by_the_most_frequent() -> None:
    names = [f"{number:02d}" for number in range(40) for _ in range(45 - number)]
    assert background(strings=names) == [f"{number:02d}" for number in range(ENTRIES)]


def test_categories_of_few_cases_are_not_told() -> None:
    assert background(strings=["a", "b", "c"] * 4) == [None] * ENTRIES


def test_of_a_text_nothing_is_told() -> None:
    assert background(strings=["one person's words"] * 100, encoding="text") == [""] * ENTRIES
