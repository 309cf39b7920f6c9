"""Keeps queries of a large partition fast, as they are in DynamoDB.

The emulator reads the key condition anew for every item of the partition, some
50 µs each: with ten thousand outcomes of a model, each query would hold up
everything else for half a second. Here a condition is read once, and an item whose
sort key is plainly outside of it is passed over; all others are left to the emulator.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ministack.services import dynamodb

_KEY_CONDITION = "KeyConditionExpression"

_SORT_KEY = re.compile(
    r"\s*#?\w+\s*=\s*:\w+\s+AND\s+(?:"
    r"begins_with\s*\(\s*(?P<prefixed>#?\w+)\s*,\s*(?P<prefix>:\w+)\s*\)"
    r"|(?P<bounded>#?\w+)\s+BETWEEN\s+(?P<low>:\w+)\s+AND\s+(?P<high>:\w+)"
    r"|(?P<compared>#?\w+)\s*(?P<sign><=|>=|<|>|=)\s*(?P<operand>:\w+)"
    r")\s*",
    re.IGNORECASE,
)
_SIGNS = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}

Test = Callable[..., bool]


def install() -> None:
    """Patch the emulator; call once, before serving."""
    evaluate = dynamodb._evaluate_condition

    def evaluate_what_may_match(
        expression: str, item: dict, values: dict, names: dict, slot: str = "ConditionExpression"
    ) -> Any:
        if slot == _KEY_CONDITION and is_outside(expression, item, values, names):
            return False
        return evaluate(expression, item, values, names, slot=slot)

    dynamodb._evaluate_condition = evaluate_what_may_match


def is_outside(expression: str, item: Mapping[str, Any], values: Mapping[str, Any], names: Mapping[str, str]) -> bool:
    """Whether the item's sort key is a string that the condition on it plainly excludes.

    Strings are compared by code points, which is the order of their UTF-8 bytes.
    """
    condition = _read(expression)
    if condition is None:
        return False
    name, operands, test = condition
    key = _string(item.get(names.get(name, name)))
    bounds = [_string(values.get(operand)) for operand in operands]
    return key is not None and None not in bounds and not test(key, *bounds)


@lru_cache(maxsize=256)
def _read(expression: str) -> tuple[str, tuple[str, ...], Test] | None:
    """The sort key's name, the operands and the test; None for a condition of another shape."""
    match = _SORT_KEY.fullmatch(expression)
    if match is None:
        return None
    if match["prefixed"]:
        return match["prefixed"], (match["prefix"],), str.startswith
    if match["bounded"]:
        return match["bounded"], (match["low"], match["high"]), lambda key, low, high: low <= key <= high
    return match["compared"], (match["operand"],), _SIGNS[match["sign"]]


def _string(value: Any) -> str | None:
    return value.get("S") if isinstance(value, dict) else None
