"""What estimators are given: fitted on the fold alone, and the same in the graph, for trees to the bit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from onnxruntime import InferenceSession
from tables import (
    BINARY,
    MULTICLASS,
    REGRESSION,
    Make,
    categories,
    everything,
    make_cases,
    number,
    numbers,
    strings,
    table_of,
    texts,
    timestamps,
    useless,
)

from relearn_training.cases import Cases, Table
from relearn_training.graph import FLOAT, Graph
from relearn_training.lesson import Lesson
from relearn_training.preprocessing.block import Block, Blocks
from relearn_training.preprocessing.calendar import CalendarFlags, CalendarNumbers, calendar_parts
from relearn_training.preprocessing.categories import CategoryFlags, CategoryMeans, cross_parts
from relearn_training.preprocessing.numbers import (
    MissingFlags,
    RawNumbers,
    RobustNumbers,
    StandardNumbers,
    Steps,
)
from relearn_training.preprocessing.prepare import LinearInputs, NetworkInputs, TreeInputs, prepare
from relearn_training.preprocessing.terms import SPLITS, terms_of
from relearn_training.preprocessing.texts import Held, TellingTerms, WeighedTerms, fit_scores, fit_topics
from relearn_training.problem import Problem

ROWS = 600


def run(graph: Graph, output: str, width: int, table: Table) -> np.ndarray:
    """The tensor by onnxruntime."""
    model = graph.finish(output, Problem("multiclass", tuple(map(str, range(width)))))
    session = InferenceSession(model.SerializeToString())
    tensors = {"numeric": table.numeric.astype(np.float32), "categorical": table.categorical}
    return session.run(None, {given.name: tensors[given.name] for given in session.get_inputs()})[0]


def in_graph(block: Block | Blocks, table: Table) -> np.ndarray:
    """What the graph gives as float32 [N, F]."""
    graph = Graph(table.columns)
    output = block.emit(graph, FLOAT) if isinstance(block, Blocks) else graph.cast(block.emit(graph), FLOAT)
    return run(graph, output, block.width, table)


def dense(block: Block, table: Table) -> np.ndarray:
    """What Python gives as float32 [N, F]."""
    features = block.transform(table)
    return (features if isinstance(features, np.ndarray) else features.toarray()).astype(np.float32)


def flags(number: int) -> np.ndarray:
    """Targets of a made-up label."""
    return np.random.default_rng(number).integers(0, 2, (ROWS, 1)).astype(float)


BLOCKS: dict[str, tuple[Make, Callable[[Cases], Block], float]] = {
    "raw numbers": (numbers, lambda cases: RawNumbers.fit(cases.table), 0),
    "some raw numbers": (useless, lambda cases: RawNumbers.fit(cases.table), 0),
    "calendar numbers": (timestamps, lambda cases: CalendarNumbers.fit(cases.table), 0),
    "calendar flags": (timestamps, lambda cases: CalendarFlags.fit(cases.table), 0),
    "category flags": (categories, lambda cases: CategoryFlags.fit(cases.table, [0, 1, 2], 8, 20), 0),
    "category means": (
        categories,
        lambda cases: CategoryMeans.fit(cases, [0, 1], flags(1), np.ones(ROWS)).block,
        0,
    ),
    "topics": (texts, lambda cases: fit_topics(Held.by(cases.table, 0), 5, seed=1).block, 0),
    "scores": (
        texts,
        lambda cases: fit_scores(Held.by(cases.table, 0), flags(3), np.ones(ROWS), cross_parts(cases)).block,
        0,
    ),
    "telling terms": (texts, lambda cases: TellingTerms.fit(cases, 0, flags(2), 6), 0),
    "weighed words": (texts, lambda cases: WeighedTerms.fit(cases.table, 0, "words"), 1e-6),
    "weighed characters": (texts, lambda cases: WeighedTerms.fit(cases.table, 0, "characters"), 1e-6),
    "standard numbers": (numbers, lambda cases: StandardNumbers.fit(cases.table), 1e-6),
    "robust numbers": (numbers, lambda cases: RobustNumbers.fit(cases.table), 1e-6),
    "steps": (numbers, lambda cases: Steps.fit(cases.table, 6), 1e-6),
    "missing flags": (numbers, lambda cases: MissingFlags.fit(cases.table), 0),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_gives_the_same_in_python_and_in_the_graph(name: str) -> None:
    make, fit, tolerance = BLOCKS[name]
    fitted_on, others = (make_cases(make, BINARY, seed, ROWS) for seed in (1, 2))
    block = fit(fitted_on)
    assert block.width
    for cases in (fitted_on, others):
        expected = dense(block, cases.table)
        assert expected.shape == (ROWS, block.width)
        np.testing.assert_allclose(in_graph(block, cases.table), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    "inputs", [TreeInputs(), LinearInputs(bins=3), NetworkInputs(bins=3)], ids=lambda i: type(i).__name__
)
def test_nothing_is_learnt_from_cases_outside_the_fold(inputs: TreeInputs | LinearInputs | NetworkInputs) -> None:
    cases = make_cases(everything, MULTICLASS, rows=200)
    inside = np.arange(120)
    labels, numeric = cases.labels.copy(), cases.table.numeric.copy()
    labels[120:] = 0
    numeric[120:] *= 100
    altered = replace(cases, labels=labels, table=replace(cases.table, numeric=numeric))
    features = [
        prepare(Lesson.of(each.take(inside), MULTICLASS, balanced=False), inputs, seed=1).features
        for each in (cases, altered)
    ]
    first, second = (each if isinstance(each, np.ndarray) else each.toarray() for each in features)
    np.testing.assert_array_equal(first, second)


def test_the_mean_of_a_category_does_not_tell_a_case_its_own_label() -> None:
    rng = np.random.default_rng(4)
    names = np.array([f"pair {row // 2}" for row in range(400)], dtype=object)
    table = table_of([strings("pair", names)], 400)
    identifiers = tuple(map(str, range(400)))
    labels = np.repeat(rng.integers(0, 2, 200), 2)
    # Both cases of a pair are of one subject, and have one label.
    groups = tuple(f"subject {row // 2}" for row in range(400))
    fitted = CategoryMeans.fit(
        Cases(identifiers, groups, labels, table), [0], labels[:, None].astype(float), np.ones(400)
    )
    told = np.corrcoef(fitted.features[:, 0], labels)[0, 1]
    assert abs(told) < 0.2
    assert np.corrcoef(fitted.block.transform(table)[:, 0], labels)[0, 1] > 0.9


def test_the_score_of_a_text_does_not_tell_a_case_its_own_label() -> None:
    rng = np.random.default_rng(4)
    texts = np.array([f"pair{row // 2} and pair{row // 2}" for row in range(400)], dtype=object)
    table = table_of([strings("note", texts, "text")], 400)
    labels = np.repeat(rng.integers(0, 2, 200), 2)
    groups = tuple(f"subject {row // 2}" for row in range(400))
    cases = Cases(tuple(map(str, range(400))), groups, labels, table)
    fitted = fit_scores(Held.by(table, 0), labels[:, None].astype(float), np.ones(400), cross_parts(cases))
    assert abs(np.corrcoef(fitted.features[:, 0], labels)[0, 1]) < 0.3
    assert np.corrcoef(fitted.block.transform(table)[:, 0], labels)[0, 1] > 0.9


def test_a_category_mean_is_drawn_to_the_general_one_the_rarer_the_category() -> None:
    names = np.array(["often"] * 200 + ["seldom"] * 2 + ["other"] * 198, dtype=object)
    labels = np.array([1.0] * 202 + [0.0] * 198)
    table = table_of([strings("name", names)], 400)
    identifiers = tuple(map(str, range(400)))
    block = CategoryMeans.fit(Cases(identifiers, identifiers, labels, table), [0], labels[:, None], np.ones(400)).block
    often, seldom, other = (block.transform(table)[row, 0] for row in (0, 200, 399))
    assert often > 0.95
    assert 0.5 < seldom < 0.65
    assert other < 0.05
    never = replace(table, categorical=np.full((1, 1), "never", dtype=object), numeric=np.empty((1, 0)))
    assert block.transform(never).tolist() == [[pytest.approx(0.505), 0]]


def test_rare_categories_share_a_flag_with_those_never_seen() -> None:
    names = np.array(["a"] * 50 + ["b"] * 40 + ["c"] * 2 + ["d"] * 2, dtype=object)
    block = CategoryFlags.fit(table_of([strings("name", names)], 94), [0], rare_below=3, most=10)
    of = lambda *values: block.transform(table_of([strings("name", np.array(values, dtype=object))], len(values)))  # noqa: E731
    assert of("a", "b", "c", "d", "never", "").tolist() == [[1, 0, 0], [0, 1, 0], *[[0, 0, 1]] * 4]


def test_constants_and_columns_that_hold_nothing_become_no_feature() -> None:
    table = make_cases(useless, BINARY, rows=50).table
    assert RawNumbers.fit(table).places == (2,)
    assert StandardNumbers.fit(table).width == 1
    assert CategoryFlags.fit(table, [0, 1], rare_below=1, most=50).width == 0
    assert terms_of(table, 2, "words").terms == ()


def test_a_calendar_is_right_over_ten_thousand_years() -> None:
    days = np.arange(-719_162.0, 2_932_896.0, 997.0)
    parts = calendar_parts(days)
    dates = [date(1970, 1, 1) + timedelta(days=day) for day in days]
    assert parts["weekday"].tolist() == [day.weekday() for day in dates]
    assert parts["day of month"].tolist() == [day.day for day in dates]
    assert parts["month"].tolist() == [day.month - 1 for day in dates]
    leap = calendar_parts(np.array([19_782.75, 19_782.0, np.nan]))
    assert [leap["day of month"][0], leap["month"][0], leap["time of day"][0]] == [29, 1, 0.75]
    assert all(np.isnan(part[2]) for part in leap.values())


def test_a_calendar_bears_any_number_of_days() -> None:
    values = np.array([1e38, -1e38, 2_932_895.75, -719_468.0, 1e-40, -0.001])
    table = table_of([number("seen", values, "timestamp")], 6)
    for block in (CalendarNumbers.fit(table), CalendarFlags.fit(table)):
        np.testing.assert_array_equal(in_graph(block, table), dense(block, table))


def test_skewed_numbers_are_straightened_and_outliers_bounded() -> None:
    values = np.exp(4 * np.random.default_rng(2).normal(size=500))
    table = table_of([number("skewed", values)], 500)
    scaled = StandardNumbers.fit(table).transform(table)[:, 0]
    assert np.abs(scaled).max() < 7 < ((values - values.mean()) / values.std()).max()
    assert np.corrcoef(scaled, np.log(values))[0, 1] > 0.75
    further = replace(table, numeric=np.array([[1e38]]), categorical=np.empty((1, 0), dtype=object))
    assert np.abs(StandardNumbers.fit(table).transform(further)).max() <= 10
    assert np.abs(RobustNumbers.fit(table).transform(further)).max() <= 3


TEXTS = [
    *("the hello wörld foo-bar hello hello", "", "a\x00b z the hello", "日本語 テスト the 日本語", "the"),
    *("naïve  \t\n the  hello café", "\U0001f600 smile \U0001f600 the", "!!! ---", "日本語 テスト\u00a0x", "x" * 4000),
    *("e\u0301 combining the", "\u200bzero width the", "ﬁ ligature the hello", "\u202eright to left the hello"),
]


@pytest.mark.parametrize("kind", SPLITS)
def test_terms_are_counted_alike_in_any_script(kind: str) -> None:
    table = table_of([strings("note", np.array(TEXTS, dtype=object), "text")], len(TEXTS))
    terms = terms_of(table, 0, kind)
    expected = terms.counts(table, 0).toarray()
    assert expected.max() >= 3
    graph = Graph(table.columns)
    np.testing.assert_array_equal(run(graph, terms.emit(graph, 0), len(terms), table), expected)
    for row in range(len(TEXTS)):
        one = table.take(np.array([row]))
        graph = Graph(table.columns)
        np.testing.assert_array_equal(run(graph, terms.emit(graph, 0), len(terms), one)[0], expected[row])


def test_sums_over_hundreds_of_terms_agree_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    words = np.array([f"word{number}" for number in range(400)], dtype=object)
    texts = [" ".join(words[rng.integers(0, 400, rng.integers(100, 300))]) for _ in range(100)]
    table = table_of([strings("note", np.array(texts, dtype=object), "text")], 100)
    block = fit_topics(Held.by(table, 0), 8, seed=1).block
    np.testing.assert_array_equal(in_graph(block, table), dense(block, table))


def test_what_is_prepared_once_is_not_prepared_again() -> None:
    lesson = Lesson.of(make_cases(everything, REGRESSION), REGRESSION, balanced=False)
    first, again = (prepare(lesson, TreeInputs(), seed=1) for _ in range(2))
    assert first is again
    assert prepare(lesson, TreeInputs(flags_up_to=9), seed=1) is not first
