"""The seconds of a search: counted from its beginning, some of them kept for the end."""

import pytest

from relearn_training.budget import Budget


class Clock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Monotonic seconds."""
        return self.now


def test_counts_down_to_nothing() -> None:
    clock = Clock()
    budget = Budget(60, clock)
    assert (budget.used, budget.left) == (0, 60)
    clock.now += 45
    assert (budget.used, budget.left) == (45, 15)
    clock.now += 45
    assert (budget.left, budget.search_left) == (0, 0)
    assert budget.search_share > 1


def test_the_search_ends_before_the_end_by_what_that_takes() -> None:
    clock = Clock()
    budget = Budget(100, clock)
    assert budget.search_left == pytest.approx(88)
    budget.reserve(30)
    assert budget.search_left == pytest.approx(70)
    clock.now += 35
    assert budget.search_left == pytest.approx(35)
    assert budget.search_share == pytest.approx(0.5)
    clock.now += 36
    assert budget.search_left == 0
    assert budget.left == pytest.approx(29)


@pytest.mark.parametrize(("asked", "kept"), [(0, 12), (44, 44), (1e9, 45)])
def test_keeps_neither_nothing_nor_most_for_the_end(asked: float, kept: float) -> None:
    budget = Budget(100, Clock())
    budget.reserve(asked)
    assert budget.search_left == pytest.approx(100 - kept)


def test_counts_what_an_earlier_process_used_but_half_at_most() -> None:
    budget = Budget(100, Clock())
    budget.spend(20)
    assert budget.left == pytest.approx(80)
    late = Budget(100, Clock())
    late.spend(500)
    assert late.left == pytest.approx(50)
