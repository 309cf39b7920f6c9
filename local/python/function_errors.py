"""Gives a function's own error name back to whoever invoked it.

The emulator reports every throw of a Node function as `Runtime.HandlerError`,
where AWS reports the error's `name`, on which `Retry` and `Catch` of a state
machine match. The worker program is made to send the name along, and the
executor to report it.
"""

from __future__ import annotations

import contextvars
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_UNNAMED = "Runtime.HandlerError"
_EXITED = "Runtime.ExitError"

# The two places of the worker program that report an error, and what each becomes.
_WORKER_REPORTS = {
    'trace: err.stack || ""': 'trace: err.stack || "", name: err.name',
    "error: e.message, trace: e.stack": "error: e.message, trace: e.stack, name: e.name",
}

_error_name: contextvars.ContextVar[str | None] = contextvars.ContextVar("error_name", default=None)


def install() -> None:
    """Patch the worker program and the executor of the emulator; call once, before serving.

    Raises RuntimeError where the emulator is not the version this was written for.
    """
    lambda_runtime._NODEJS_WORKER_SCRIPT = _worker_that_sends_names(
        lambda_runtime._NODEJS_WORKER_SCRIPT
    )
    invoke_worker = lambda_runtime.Worker.invoke
    execute = lambda_svc._execute_function_warm

    def invoke_and_keep_name(self: Any, *arguments: Any, **options: Any) -> dict:
        response = invoke_worker(self, *arguments, **options)
        _error_name.set(_name_of(response))
        return response

    def execute_and_name_error(func: dict, event: Any, request_id: str) -> dict:
        _error_name.set(None)
        result = execute(func, event, request_id)
        body, name = result.get("body"), _error_name.get()
        if name and result.get("error") and body.get("errorType") == _UNNAMED:
            body["errorType"] = name
        return result

    lambda_runtime.Worker.invoke = invoke_and_keep_name
    lambda_svc._execute_function_warm = execute_and_name_error


def _worker_that_sends_names(script: str) -> str:
    for report, named in _WORKER_REPORTS.items():
        if script.count(report) != 1:
            raise RuntimeError(
                f"expected the emulator's worker program to contain {report!r} once, got "
                f"{script.count(report)}: install the versions of local/python/requirements.txt"
            )
        script = script.replace(report, named)
    return script


def _name_of(response: dict) -> str | None:
    """The name of the error in a worker's *response*, None where it succeeded or had none."""
    if response.get("status") != "error":
        return None
    if response.get("error") == "Worker process died":
        return _EXITED
    return response.get("name")
