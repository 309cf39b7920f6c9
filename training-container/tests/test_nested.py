"""The comparison of ways that are learnt: each is judged on subjects that it was not learnt on."""

import numpy as np
import numpy.typing as npt
import pytest

from relearn_training.calibration import choose_calibration
from relearn_training.nested import choose
from relearn_training.problem import Problem
from relearn_training.thresholds import choose_weights

GROUPS = ["the only subject"] * 30


def test_of_one_subject_alone_the_simplest_way_is_taken() -> None:
    def never(learnt: npt.NDArray[np.intp], judged: npt.NDArray[np.intp]) -> float:
        pytest.fail(f"learnt on {len(learnt)} rows, judged on {len(judged)}")

    assert choose({"simple": never, "elaborate": never}, GROUPS, seed=1) == "simple"


def test_one_subject_alone_teaches_neither_calibration_nor_thresholds() -> None:
    problem, truth = Problem("binary", ("a", "b")), np.array([0, 1, 1] * 10)
    predictions = np.tile([0.9, 0.1], (30, 1))
    assert choose_calibration("auto", problem, truth, predictions, GROUPS, 1) is None
    assert choose_weights("auto", "f1", problem, truth, predictions, GROUPS, 1) is None
