"""Serves the emulator on two listeners, saves its state, and stops without losing any."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import socket
import sys
from typing import Any, NoReturn

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as emulator
from ministack.core import hypercorn_compat

import batch_actions
import embedded_metrics
import function_errors
import function_output
import key_conditions
import log_subscriptions
import missing_data
import request_authorization
import worker_program
from announcements import announce
from object_files import restore_objects
from snapshots import Snapshots
from state_files import restore_from
from state_lock import sign_off

# Wiping the state needs no credentials in the emulator, and any web page can send a POST here.
REFUSED_PATH = "/_ministack/reset"
HEALTH_PATH = "/_ministack/health"


class Server:
    """The emulator behind its listeners, and the snapshots of what it knows."""

    def __init__(self, options: argparse.Namespace, port: int) -> None:
        self._options = options
        self._snapshots = Snapshots(options.state, port)
        self._saving = asyncio.Lock()
        self._writer = 0
        self._changed = False
        self._held = False
        latest = self._snapshots.latest()
        restore_objects(latest, options.state / "objects")
        restore_from(latest)

    async def run(self, plain: socket.socket, tls: socket.socket) -> None:
        """Serve until a signal, or the end of standard input, stops the process."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop_soon)
        background = [self._save_regularly()]
        if self._options.follow_stdin:
            background.append(self._follow_stdin())
        # The loop keeps only weak references to tasks.
        self._tasks = [asyncio.create_task(work) for work in background]
        never = asyncio.Event()
        configuration = self._configuration(plain, tls)
        await serve(self._application, configuration, shutdown_trigger=never.wait)

    async def save(self) -> bool:
        """Write a snapshot of the state as it is when this is called, or later; returns whether it exists."""
        async with self._saving:
            self._changed = False
            self._writer = self._snapshots.begin()
            _, status = await asyncio.to_thread(os.waitpid, self._writer, 0)
            self._writer = 0
            return status == 0

    async def _application(self, scope: dict, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if path == request_authorization.PATH:
            await request_authorization.handle(receive, send)
        elif path == REFUSED_PATH:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            self._changed = self._changed or (scope["type"] == "http" and path != HEALTH_PATH)
            await emulator.app(scope, receive, send)

    def _configuration(self, plain: socket.socket, tls: socket.socket) -> Config:
        configuration = Config()
        configuration.insecure_bind = [f"fd://{plain.fileno()}"]
        configuration.bind = [f"fd://{tls.fileno()}"]
        configuration.certfile = str(self._options.certificate)
        configuration.keyfile = str(self._options.key)
        configuration.alpn_protocols = ["http/1.1"]
        configuration.keep_alive_timeout = 75
        # Clients see a closed connection as a failed request.
        configuration.keep_alive_max_requests = sys.maxsize
        configuration.loglevel = "WARNING"
        return configuration

    async def _save_regularly(self) -> None:
        while True:
            await asyncio.sleep(self._options.save_seconds)
            if self._changed and not self._held:
                await self.save()

    async def _follow_stdin(self) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        while line := (await reader.readline()).decode().split():
            number, command = line
            announce(event="done", command=int(number), ok=await self._obey(command))
        await self._stop()

    async def _obey(self, command: str) -> bool:
        if command == "save":
            return await self.save()
        self._held = command == "hold"
        return True

    def _stop_soon(self) -> None:
        self._tasks.append(asyncio.create_task(self._stop()))

    async def _stop(self) -> NoReturn:
        if not self._held:
            await asyncio.to_thread(log_subscriptions.finish)
        self._end()

    def _end(self) -> NoReturn:
        """Save what is there unless that is held, end the functions and this process.

        It blocks the loop, so nothing is accepted after the snapshot's instant.
        The process ends here: the emulator's own way out can hang for minutes.
        """
        if self._writer:
            _wait(self._writer)
        saved = self._held
        for _ in range(2):
            saved = saved or _wait(self._snapshots.begin()) == 0
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
        sign_off(self._options.state)
        os._exit(0 if saved else 1)


def run(options: argparse.Namespace, plain: socket.socket, tls: socket.socket) -> None:
    """Serve the emulator on the two listening sockets; does not return."""
    hypercorn_compat.install()
    worker_program.install()
    batch_actions.install()
    function_errors.install()
    function_output.install()
    key_conditions.install()
    log_subscriptions.install()
    embedded_metrics.install()
    missing_data.install()

    async def start() -> None:
        await Server(options, plain.getsockname()[1]).run(plain, tls)

    asyncio.run(start())


def _wait(writer: int) -> int:
    try:
        return os.waitpid(writer, 0)[1]
    except ChildProcessError:
        # The thread that waits for a regular save has collected it.
        return 0
