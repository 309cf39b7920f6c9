"""Collects the output of an invocation up to its end, no more and no longer.

The emulator cannot know whether a function has said everything, so it waits
50 ms for a first line, which every call pays that logs nothing. Here the worker
program marks the end of each invocation's output (see `worker_program.py`), and
collecting stops there.
"""

from __future__ import annotations

import queue
import time
from typing import Any

from ministack.core import lambda_runtime

from worker_program import END_OF_OUTPUT

# For a worker that died before it could write the mark.
LONGEST_WAIT_SECONDS = 0.25


def install() -> None:
    """Patch the worker's method; call once, before serving."""
    wait_for_lines = lambda_runtime.Worker._drain_stderr_bounded

    def collect(worker: Any) -> str:
        marks = worker.config.get("Runtime", "").startswith("nodejs")
        return collect_output(worker) if marks else wait_for_lines(worker)

    lambda_runtime.Worker._drain_stderr_bounded = collect


def collect_output(worker: Any) -> str:
    """Give the lines that *worker* wrote to its standard error since the last mark."""
    lines: list[str] = []
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while (remaining := deadline - time.monotonic()) > 0:
        try:
            line = worker._stderr_queue.get(timeout=remaining)
        except queue.Empty:
            break
        if line == END_OF_OUTPUT:
            # The mark begins a line of its own, which leaves an empty one where no line was open.
            return "\n".join(lines[:-1] if lines[-1:] == [""] else lines)
        lines.append(line)
    return "\n".join(lines)
