"""Decides for another local service whether a signed AWS request is allowed.

The emulator has no SageMaker; `local/sagemaker` has no identities. It hands each
request it receives to this endpoint, which checks signature and policies as the
emulator does for its own services, so that a missing `sagemaker:` or
`iam:PassRole` permission fails here as it would on AWS.

    POST /_relearn/authorize
    { "method", "path", "headers": [[name, value]], "body",
      "service", "checks": [{ "action", "resource", "context": { key: value } }] }

answers `{ "allowed": true, "principal": arn }`, or
`{ "allowed": false, "code", "message" }` for the first check that fails.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.app import _request_account_scope
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id, extract_region

PATH = "/_relearn/authorize"


async def handle(receive: Any, send: Any) -> None:
    """Answer one ASGI HTTP request to `PATH`."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    answer = json.dumps(decide(json.loads(body))).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def decide(request: dict) -> dict:
    """Authenticate and authorise the described *request*; see the module for both shapes."""
    headers = {name.lower(): value for name, value in request["headers"]}
    access_key = extract_access_key_id(headers, {})
    _pin(request, headers, access_key)
    for check in request["checks"]:
        denied = iam_evaluator.enforce(
            access_key,
            check["action"],
            request["service"],
            extract_region(headers, {}),
            resource_arn=check["resource"],
            service_context=check.get("context"),
        )
        if denied:
            return {"allowed": False, **_reason(denied, check)}
    return {"allowed": True, "principal": _principal(access_key)}


def _pin(request: dict, headers: dict[str, str], access_key: str) -> None:
    """Make *request* the one that the evaluator looks at in this context."""
    if access_key:
        set_request_account_id(_request_account_scope(access_key))
    set_request_region(extract_region(headers, {}))
    raw_headers = [(name.encode("latin-1"), value.encode()) for name, value in request["headers"]]
    iam_evaluator.pin_signed_request(request["method"], request["path"], {}, raw_headers)
    iam_evaluator.pin_signed_body(request["body"].encode())


def _reason(denied: Any, check: dict) -> dict[str, str]:
    if isinstance(denied, iam_evaluator.AuthError):
        return {"code": denied.code, "message": denied.message}
    why = (
        "with an explicit deny in an identity-based policy"
        if denied.decision == "Deny"
        else f"because no identity-based policy allows the {check['action']} action"
    )
    message = (
        f"User: {denied.principal_arn} is not authorized to perform: {check['action']} "
        f"on resource: {check['resource']} {why}"
    )
    return {"code": "AccessDeniedException", "message": message}


def _principal(access_key: str) -> str:
    principal = iam_evaluator.resolve_principal(access_key, get_account_id())
    return principal.arn
