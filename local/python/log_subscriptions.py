"""Hands log lines to subscribed functions in batches, as CloudWatch Logs does.

The emulator calls a subscriber for every call of the function it listens to, each
in a thread and a process of its own: ten thousand predictions would be ten thousand
calls more. CloudWatch collects lines for a moment first. Here the lines of a log
group, whichever stream they come from, are collected for a second. What waits when
the emulator is stopped is handed over by `finish`.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ministack.services import cloudwatch_logs, lambda_svc

COLLECT_SECONDS = 1.0
# A subscriber that takes longer is left behind, as by a kill.
FINISH_SECONDS = 5.0


@dataclass
class _Batch:
    """Lines of a log group that wait, and what hands lines over as the call would that logged the first."""

    deliver: Callable[[list[dict]], None]
    events: list[dict] = field(default_factory=list)


_waiting: dict[str, _Batch] = {}
_lock = threading.Lock()


def install() -> None:
    """Patch the emulator's log store; call once, before serving and before `embedded_metrics`."""
    deliver = cloudwatch_logs._fanout_to_subscription_filters

    def collect(group: str, stream: str, events: list[dict]) -> None:
        stored = cloudwatch_logs._log_groups.get(group)
        if not events or not stored or not stored.get("subscriptionFilters"):
            return
        with _lock:
            is_first = group not in _waiting
            if is_first:
                # The account and the region are in the context, which a new thread does not inherit.
                context = contextvars.copy_context()
                _waiting[group] = _Batch(lambda lines: context.run(deliver, group, stream, lines))
            _waiting[group].events.extend(events)
        if is_first:
            timer = threading.Timer(COLLECT_SECONDS, _hand_over, (group,))
            timer.daemon = True
            timer.start()

    cloudwatch_logs._fanout_to_subscription_filters = collect


def finish() -> None:
    """Hand over what waits, and wait until functions that were called without waiting are done.

    Blocks, for FINISH_SECONDS at most; the emulator must go on serving meanwhile, because
    subscribers call it.
    """
    deadline = time.monotonic() + FINISH_SECONDS
    for group in list(_waiting):
        _hand_over(group)
    # The emulator calls each subscriber in a thread that it does not keep; the name has what it runs.
    run = f"({lambda_svc._execute_function_with_config_scope.__name__})"
    for thread in threading.enumerate():
        if thread.name.endswith(run):
            thread.join(max(0.0, deadline - time.monotonic()))


def _hand_over(group: str) -> None:
    with _lock:
        batch = _waiting.pop(group, None)
    if batch:
        batch.deliver(batch.events)
