"""Authorises batch calls of SQS as AWS does.

On AWS, who may send may send a batch: there is no action `sqs:SendMessageBatch`,
the call is authorised as `sqs:SendMessage`, and likewise for the two other batch
calls. The emulator asks for actions of those names, which no policy can grant.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator

_SINGLE = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def install() -> None:
    """Patch the emulator; call once, before serving."""
    enforce = iam_evaluator.enforce

    def enforce_single(access_key: str, action: str, *arguments: Any, **options: Any) -> Any:
        return enforce(access_key, _SINGLE.get(action, action), *arguments, **options)

    iam_evaluator.enforce = enforce_single
