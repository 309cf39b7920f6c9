"""Gives a function's own error name back to whoever invoked it.

The emulator reports every throw of a Node function as `Runtime.HandlerError`,
where AWS reports the error's `name`, on which `Retry` and `Catch` of a state
machine match. The worker program (see `worker_program.py`) sends the name along,
and here the executor is made to report it.
"""

from __future__ import annotations

import contextvars
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_UNNAMED = "Runtime.HandlerError"
_EXITED = "Runtime.ExitError"

_error_name: contextvars.ContextVar[str | None] = contextvars.ContextVar("error_name", default=None)


def install() -> None:
    """Patch the worker's and the executor's methods; call once, before serving."""
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


def _name_of(response: dict) -> str | None:
    """The name of the error in a worker's *response*, None where it succeeded or had none."""
    if response.get("status") != "error":
        return None
    if response.get("error") == "Worker process died":
        return _EXITED
    return response.get("name")
