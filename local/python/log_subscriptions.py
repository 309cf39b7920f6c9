"""Hands log lines to subscribed functions in batches, as CloudWatch Logs does.

The emulator calls a subscriber for every call of the function it listens to, each
in a thread and a process of its own: ten thousand predictions would be ten thousand
calls more. CloudWatch collects lines for a moment first. Here the lines of a log
group, whichever stream they come from, are collected for a second.
"""

from __future__ import annotations

import contextvars
import threading
from collections import defaultdict

from ministack.services import cloudwatch_logs

COLLECT_SECONDS = 1.0


def install() -> None:
    """Patch the emulator's log store; call once, before serving and before `embedded_metrics`."""
    deliver = cloudwatch_logs._fanout_to_subscription_filters
    waiting: dict[str, list[dict]] = defaultdict(list)
    lock = threading.Lock()

    def deliver_waiting(group: str, stream: str) -> None:
        with lock:
            events = waiting.pop(group)
        deliver(group, stream, events)

    def collect(group: str, stream: str, events: list[dict]) -> None:
        stored = cloudwatch_logs._log_groups.get(group)
        if not events or not stored or not stored.get("subscriptionFilters"):
            return
        with lock:
            is_first = group not in waiting
            waiting[group].extend(events)
        if is_first:
            # The account and the region are in the context, which a new thread does not inherit.
            context = contextvars.copy_context()
            timer = threading.Timer(COLLECT_SECONDS, context.run, (deliver_waiting, group, stream))
            timer.daemon = True
            timer.start()

    cloudwatch_logs._fanout_to_subscription_filters = collect
