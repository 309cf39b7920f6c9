"""Progress lines: what they hold, and that long work is not silent."""

import json
import threading
import time

import pytest

from relearn_training.progress import HEARTBEAT_SECONDS, Progress


def test_a_report_is_one_line_of_json() -> None:
    lines: list[str] = []
    progress = Progress(lines.append)
    progress.report("search", 2, 7, "Cross-validating xgboost", best=0.97)
    assert [json.loads(line) for line in lines] == [
        {
            "event": "progress",
            "phase": "search",
            "done": 2,
            "total": 7,
            "message": "Cross-validating xgboost",
            "best": 0.97,
        }
    ]


@pytest.mark.parametrize("best", [float("nan"), float("inf"), None])
def test_a_score_that_is_not_finite_is_left_out(best: float | None) -> None:
    lines: list[str] = []
    Progress(lines.append).report("fit", 1, 7, "Epoch 1", best)
    assert [json.loads(line) for line in lines] == [
        {"event": "progress", "phase": "fit", "done": 1, "total": 7, "message": "Epoch 1"}
    ]


def test_repeats_the_last_report_while_work_is_long_and_stops_at_the_end() -> None:
    lines: list[str] = []
    repeated = threading.Event()

    def write(line: str) -> None:
        lines.append(line)
        if len(lines) > 1:
            repeated.set()

    with Progress(write) as progress:
        progress.report("fit", 0, 1, "Fitting xgboost")
        assert repeated.wait(timeout=2 * HEARTBEAT_SECONDS)
    count = len(lines)
    again = json.loads(lines[1])
    assert (again["phase"], again["done"]) == ("fit", 0)
    assert again["message"].startswith("Fitting xgboost (")
    time.sleep(HEARTBEAT_SECONDS)
    assert len(lines) == count


def test_never_writes_what_is_not_json() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Progress(lambda _: None).emit("metric", value=float("nan"))
