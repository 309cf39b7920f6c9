"""Runs the program inside the test process and reads back what it printed."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # onnxruntime would report its use to its maker, from its import on

from programs.train import main

HAS_TORCH = find_spec("torch") is not None
needs_torch = pytest.mark.skipif(not HAS_TORCH, reason="PyTorch is an extra: npm run set-up -- torch")
"""For what tests the family `network`; the heavy test run has the extra."""


@dataclass(frozen=True)
class Outcome:
    """How a training ended."""

    root: Path
    code: int
    events: list[dict[str, object]]

    @property
    def last(self) -> dict[str, object]:
        """The last event."""
        return self.events[-1]

    @property
    def failure(self) -> str:
        """What SageMaker is told."""
        return (self.root / "output/failure").read_text()

    @property
    def sidecar(self) -> dict[str, object]:
        """`model.json`."""
        return json.loads((self.root / "model/model.json").read_text())

    @property
    def predictions(self) -> list[dict[str, object]]:
        """`holdout-predictions.jsonl`."""
        return [json.loads(line) for line in (self.root / "model/holdout-predictions.jsonl").read_text().splitlines()]


Train = Callable[[Path], Outcome]


@pytest.fixture
def train(capfd: pytest.CaptureFixture[str]) -> Iterator[Train]:
    """Runs the program on a tree."""
    before = signal.getsignal(signal.SIGTERM)

    def run(root: Path) -> Outcome:
        capfd.readouterr()
        code = main(["train", "--root", str(root)])
        events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        return Outcome(root, code, events)

    yield run
    signal.signal(signal.SIGTERM, before)
