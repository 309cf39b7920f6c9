"""Turns embedded-metric log lines into metrics, as CloudWatch does.

The emulator stores log lines but ignores the embedded metric format, so no
alarm would ever see what a function reports. Each stored line is looked at once,
where it is stored, and its metrics are put the way `PutMetricData` puts them,
which also makes alarms judge at once.

Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs

log = logging.getLogger("relearn.metrics")

# The format's own limits; CloudWatch drops what is beyond them.
MAX_VALUES_PER_METRIC = 100
MAX_DIMENSIONS = 30


def metrics_of_line(line: str) -> Iterator[tuple[str, list[dict]]]:
    """Yield `(namespace, MetricData)` for each directive of one log *line*.

    A line that is no embedded-metric document yields nothing. Each metric
    appears once per dimension set; a set that names a member which is missing
    or no string is left out, and so is a metric without numeric value.
    """
    document = _parse(line)
    metadata = document.get("_aws")
    if not isinstance(metadata, dict):
        return
    seconds = metadata.get("Timestamp", 0) / 1000
    for directive in metadata.get("CloudWatchMetrics", []):
        data = [
            _datum(metric, values, dimensions, seconds)
            for dimensions in _dimension_sets(directive, document)
            for metric in directive.get("Metrics", [])
            if (values := _values(document.get(metric.get("Name"))))
        ]
        if data:
            yield directive["Namespace"], data


def install() -> None:
    """Patch the emulator's log store to extract metrics; call once, before serving.

    Both ways into the store, a function's output and `PutLogEvents`, end by
    offering the stored events to subscription filters: that is the place where
    each event passes exactly once, in the scope of its account and region.
    """
    offer_to_subscriptions = cloudwatch_logs._fanout_to_subscription_filters

    def extract_and_offer(group: str, stream: str, events: list[dict]) -> None:
        for event in events:
            _put_metrics(event.get("message", ""))
        offer_to_subscriptions(group, stream, events)

    cloudwatch_logs._fanout_to_subscription_filters = extract_and_offer


def _put_metrics(line: str) -> None:
    try:
        for namespace, data in metrics_of_line(line):
            request = {"Namespace": namespace, "MetricData": data}
            cloudwatch._put_metric_data({}, request, False, is_json=True)
    except (AttributeError, KeyError, TypeError) as error:
        # CloudWatch, too, stores a malformed document as plain log text.
        log.warning("an embedded-metric line has no valid structure: %s", error)


def _parse(line: str) -> dict[str, Any]:
    if not line.startswith("{") or '"_aws"' not in line:
        return {}
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _dimension_sets(directive: dict, document: dict) -> Iterator[list[dict]]:
    for names in directive.get("Dimensions", [[]]):
        complete = all(isinstance(document.get(name), str) for name in names)
        if complete and len(names) <= MAX_DIMENSIONS:
            yield [{"Name": name, "Value": document[name]} for name in names]


def _values(member: Any) -> list[float]:
    members = member if isinstance(member, list) else [member]
    numbers = [n for n in members if isinstance(n, int | float) and not isinstance(n, bool)]
    return numbers if len(numbers) == len(members) <= MAX_VALUES_PER_METRIC else []


def _datum(metric: dict, values: list[float], dimensions: list[dict], seconds: float) -> dict:
    counts = Counter(values)
    return {
        "MetricName": metric["Name"],
        "Dimensions": dimensions,
        "Timestamp": seconds,
        "Unit": metric.get("Unit", "None"),
        "StorageResolution": metric.get("StorageResolution", 60),
        "Values": list(counts),
        "Counts": [float(count) for count in counts.values()],
    }
