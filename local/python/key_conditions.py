"""Keeps queries of a large partition fast, as they are in DynamoDB.

The emulator sorts all items of the partition, and reads the key condition anew for
each, some 50 µs: with ten thousand cases of a model, each query would hold up
everything else for half a second. Here a condition is read once. Of a table, the
emulator is shown a partition with the items alone whose sort keys are within it; of
an index, an item whose sort key is plainly outside is passed over.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb

_KEY_CONDITION = "KeyConditionExpression"

_SORT_KEY = re.compile(
    r"\s*#?\w+\s*=\s*(?P<partition>:\w+)\s+AND\s+(?:"
    r"begins_with\s*\(\s*(?P<prefixed>#?\w+)\s*,\s*(?P<prefix>:\w+)\s*\)"
    r"|(?P<bounded>#?\w+)\s+BETWEEN\s+(?P<low>:\w+)\s+AND\s+(?P<high>:\w+)"
    r"|(?P<compared>#?\w+)\s*(?P<sign><=|>=|<|>|=)\s*(?P<operand>:\w+)"
    r")\s*",
    re.IGNORECASE,
)
_SIGNS = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}

Test = Callable[..., bool]

_shown: ContextVar[tuple[str, dict] | None] = ContextVar("shown", default=None)
"""The name of the table that a query is being made of, and what it is shown of it."""


class _Tables(AccountRegionScopedDict):
    """The emulator's tables, of which one may be shown in part."""

    __slots__ = ()

    def get(self, key: str, default: Any = None) -> Any:
        shown = _shown.get()
        return shown[1] if shown and shown[0] == key else super().get(key, default)


def install() -> None:
    """Patch the emulator; call once, before serving."""
    evaluate = dynamodb._evaluate_condition

    def evaluate_what_may_match(
        expression: str, item: dict, values: dict, names: dict, slot: str = "ConditionExpression"
    ) -> Any:
        if slot == _KEY_CONDITION and is_outside(expression, item, values, names):
            return False
        return evaluate(expression, item, values, names, slot=slot)

    query = dynamodb._query

    def query_what_may_match(data: dict) -> Any:
        token = _shown.set(_narrow(data))
        try:
            return query(data)
        finally:
            _shown.reset(token)

    dynamodb._evaluate_condition = evaluate_what_may_match
    dynamodb._query = query_what_may_match
    # The same object, with the data that other parts of the emulator hold on to.
    dynamodb._tables.__class__ = _Tables


def _narrow(data: Mapping[str, Any]) -> tuple[str, dict] | None:
    """The queried table with a part of one partition; None where all of it has to be looked at."""
    condition = _read(data.get("KeyConditionExpression") or "")
    table = dynamodb._tables.get(data.get("TableName"))
    if condition is None or not table or data.get("IndexName"):
        return None
    values, names = data.get("ExpressionAttributeValues") or {}, data.get("ExpressionAttributeNames") or {}
    partition, name, operands, test = condition
    bounds = [_string(values.get(operand)) for operand in operands]
    key = _string(values.get(partition))
    if key is None or None in bounds or names.get(name, name) != table["sk_name"]:
        return None
    items = table["items"].get(key, {})
    within = {sort_key: item for sort_key, item in list(items.items()) if test(sort_key, *bounds)}
    return data["TableName"], {**table, "items": {key: within}}


def is_outside(expression: str, item: Mapping[str, Any], values: Mapping[str, Any], names: Mapping[str, str]) -> bool:
    """Whether the item's sort key is a string that the condition on it plainly excludes.

    Strings are compared by code points, which is the order of their UTF-8 bytes.
    """
    condition = _read(expression)
    if condition is None:
        return False
    _, name, operands, test = condition
    key = _string(item.get(names.get(name, name)))
    bounds = [_string(values.get(operand)) for operand in operands]
    return key is not None and None not in bounds and not test(key, *bounds)


@lru_cache(maxsize=256)
def _read(expression: str) -> tuple[str, str, tuple[str, ...], Test] | None:
    """The partition's operand, the sort key's name, its operands and the test; None for another shape."""
    match = _SORT_KEY.fullmatch(expression)
    if match is None:
        return None
    if match["prefixed"]:
        return match["partition"], match["prefixed"], (match["prefix"],), str.startswith
    if match["bounded"]:
        bounds = (match["low"], match["high"])
        return match["partition"], match["bounded"], bounds, lambda key, low, high: low <= key <= high
    return match["partition"], match["compared"], (match["operand"],), _SIGNS[match["sign"]]


def _string(value: Any) -> str | None:
    return value.get("S") if isinstance(value, dict) else None
