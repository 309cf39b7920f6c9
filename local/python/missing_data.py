"""Lets alarms judge by time when no data comes, as CloudWatch does.

The emulator judges an alarm where a datum is put. One that never gets any stays at INSUFFICIENT_DATA, and a rollout
without requests would wait for it for ever. Here an alarm becomes what its `TreatMissingData` says once its periods
have passed without a datum; that is settled when somebody asks for alarms, which is when a state can be seen.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import time
from typing import Any

from ministack.services import cloudwatch

_STATES = {"notBreaching": "OK", "breaching": "ALARM", "missing": "INSUFFICIENT_DATA"}
"""By `TreatMissingData`; `ignore` keeps the state."""

FIRST_EVALUATION_SECONDS = 10
"""Until a new alarm has judged for the first time."""


def install() -> None:
    """Patch the emulator; call once, before serving."""
    describe = cloudwatch._describe_alarms

    def settle_and_describe(*arguments: Any, **named: Any) -> Any:
        for alarm in cloudwatch._alarms.values():
            _settle(alarm, time.time())
        return describe(*arguments, **named)

    cloudwatch._describe_alarms = settle_and_describe


def _settle(alarm: dict, now: float) -> None:
    old = alarm["StateValue"]
    new = _STATES.get(alarm["TreatMissingData"], old)
    if new == old or not alarm.get("MetricName") or not _misses_data(alarm, now):
        return
    reason = f"no datum within the evaluation range was treated as {alarm['TreatMissingData']}"
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(now))
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _misses_data(alarm: dict, now: float) -> bool:
    if now < alarm["AlarmConfigurationUpdatedTimestamp"] + FIRST_EVALUATION_SECONDS:
        return False
    since = now - alarm["Period"] * alarm["EvaluationPeriods"]
    return not any(
        point["Timestamp"] >= since
        for (namespace, metric, _), points in cloudwatch._metrics.items()
        if (namespace, metric) == (alarm["Namespace"], alarm["MetricName"])
        for point in reversed(points)
    )
