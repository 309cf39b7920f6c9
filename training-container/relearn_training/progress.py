"""Progress of a training job: one JSON object a line on standard output, and never silent for long."""

import json
import math
import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

HEARTBEAT_SECONDS = 1.5

Phase = Literal["load", "search", "fit", "export", "check", "explain"]
Writer = Callable[[str], None]


def write_line(line: str) -> None:
    """Writes one line to standard output in one system call.

    A signal handler and the heartbeat may write while the main thread does; Python's buffered stream is not
    reentrant, and one write below PIPE_BUF is not torn apart.
    """
    os.write(1, f"{line}\n".encode())


class Progress:
    """Reports what a training program is doing; as a context manager it repeats the last report while work is long.

    Args:
        write: takes one line without its end.
        clock: monotonic seconds.
    """

    def __init__(self, write: Writer = write_line, clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._began = clock()
        self._written = self._began
        self._reported = self._began
        self._last: dict[str, object] = {}
        self._ended = threading.Event()
        self._heartbeat = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        """Starts the heartbeat."""
        self._heartbeat.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ends the heartbeat; nothing is written after it."""
        self._ended.set()
        self._heartbeat.join()

    @property
    def seconds(self) -> float:
        """Seconds since this object was made."""
        return self._clock() - self._began

    @property
    def last(self) -> dict[str, object]:
        """The fields of the last report: phase, done, total, message and, while searching, best."""
        return dict(self._last)

    def emit(self, event: str, **fields: object) -> None:
        """Writes one event.

        Raises:
            ValueError: if a field is not finite: NaN is not JSON.
        """
        self._written = self._clock()
        self._write(json.dumps({"event": event, **fields}, allow_nan=False))

    def report(
        self,
        phase: Phase,
        done: int,
        total: int,
        message: str,
        best: float | None = None,
        *,
        trial: int | None = None,
        seconds_left: float | None = None,
    ) -> None:
        """Writes a progress event: `done` of `total` steps of `phase`.

        Args:
            phase: of the training.
            done: steps.
            total: steps.
            message: for a person.
            best: score so far; what is not finite is left out. Default: none yet.
            trial: of the search, from 1. Default: it is not at a trial.
            seconds_left: of the budget. Default: not known.
        """
        self._last = {"phase": phase, "done": done, "total": total, "message": message}
        left = None if seconds_left is None else round(seconds_left, 1)
        known = best if best is not None and math.isfinite(best) else None
        optional = {"best": known, "trial": trial, "secondsLeft": left}
        self._last.update({name: value for name, value in optional.items() if value is not None})
        self._reported = self._clock()
        self.emit("progress", **self._last)

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS / 3):
            silent = self._clock() - self._written
            if self._last and silent >= HEARTBEAT_SECONDS:
                since = self._clock() - self._reported
                again = {**self._last, "message": f"{self._last['message']} ({since:.0f} s)"}
                if "secondsLeft" in again:
                    again["secondsLeft"] = round(max(again["secondsLeft"] - since, 0.0), 1)
                self.emit("progress", **again)
