"""Starts the emulator: MiniStack with IAM enforced, on loopback, with its state kept.

    python launcher.py --state FOLDER --certificate FILE --key FILE [--port N] [--tls-port N]

Prints one JSON object a line on standard output:

    {"event": "listening", "port": 4566, "tlsPort": 4567}
    {"event": "done", "command": 7, "ok": true}    a command was carried out, or not
    {"event": "refused", "reason": …}        it cannot start; see the exit statuses

With `--follow-stdin` it reads commands from standard input, one a line after a
number to answer to, and stops when that closes, so that it never outlives the
process that started it:

    7 save      write a snapshot now
    8 hold      write none, not even when stopped: what is going on must not be seen half done
    9 release   write them again

SIGTERM and SIGINT stop it too. A stop saves first.

Functions inherit this process's environment, so whoever starts it passes a
clean one, with a TMPDIR that nobody else uses: it is emptied.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import NoReturn

from announcements import announce
from state_lock import StateInUseError, lock_state

EXIT_PORT_TAKEN = 3
EXIT_STATE_IN_USE = 4

LOOPBACK = "127.0.0.1"


def main() -> None:
    """Listen, then serve until stopped; see the module."""
    options = _options()
    if os.getpgrp() != os.getpid():
        # Stopping signals the group, which must hold nothing but the emulator and its functions.
        os.setpgrp()
    try:
        # Kept in a variable: closing the file would give the folder away.
        lock = lock_state(options.state)
    except StateInUseError as error:
        _refuse(EXIT_STATE_IN_USE, reason="state-in-use", process=error.owner)
    _make_empty(Path(os.environ["TMPDIR"]))
    plain = _listen(options.port)
    tls = _listen(options.tls_port)
    port, tls_port = plain.getsockname()[1], tls.getsockname()[1]
    _configure(options.state, port, tls_port)

    # Not before: the emulator reads its configuration when it is imported.
    import server

    announce(event="listening", port=port, tlsPort=tls_port)
    server.run(options, plain, tls)
    lock.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--state", type=Path, required=True, help="folder of the state")
    parser.add_argument("--certificate", type=Path, required=True, help="PEM certificate")
    parser.add_argument("--key", type=Path, required=True, help="PEM key of the certificate")
    parser.add_argument("--port", type=int, default=0, help="plain HTTP, 0: any free port")
    parser.add_argument("--tls-port", type=int, default=0, help="HTTPS, 0: any free port")
    parser.add_argument("--save-seconds", type=float, default=20.0, help="between snapshots")
    parser.add_argument("--follow-stdin", action="store_true", help="stop when stdin closes")
    options = parser.parse_args()
    options.state = options.state.resolve()
    return options


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit it; without it each answer waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((LOOPBACK, port))
        # Two emulators may bind one port where neither listens yet; the second to listen fails.
        listener.listen(100)
    except OSError as error:
        _refuse(EXIT_PORT_TAKEN, reason="port-taken", port=port, error=os.strerror(error.errno))
    return listener


def _make_empty(folder: Path) -> None:
    """Clear what functions left in their temporary *folder* when they were last stopped."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)


def _configure(state: Path, port: int, tls_port: int) -> None:
    os.environ.update(
        {
            "AUTH": "true",
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": "us-east-1",
            "MINISTACK_ACCOUNT_ID": "000000000000",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "objects"),
            "LAMBDA_EXECUTOR": "local",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # Functions reach the emulator here; S3 by TLS, which bucket policies insist on.
            "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{port}",
            # Buckets and queues refuse what does not come over TLS.
            "AWS_ENDPOINT_URL_S3": f"https://{LOOPBACK}:{tls_port}",
            "AWS_ENDPOINT_URL_SQS": f"https://{LOOPBACK}:{tls_port}",
            "AWS_ENDPOINT_URL_SNS": f"https://{LOOPBACK}:{tls_port}",
        }
    )
    os.environ.setdefault("LOG_LEVEL", "WARNING")


def _refuse(status: int, **why: object) -> NoReturn:
    announce(event="refused", **why)
    sys.exit(status)


if __name__ == "__main__":
    main()
