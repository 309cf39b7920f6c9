"""Stands in for a training program that goes wrong, in the way that the fault says.

    python faulty_program.py FAULT TREE PROGRAM [PARAMETER …]

FAULT is a fault of kind `program` as JSON; local/sagemaker/faults.ts describes its behaviours. TREE stands for
`/opt/ml`, PROGRAM is the true one: it runs until the fault is due.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

MEGABYTE = 2**20


def run_until_due(command: list[str], seconds: float) -> None:
    """Runs the true program; ends as it does where it ends before its time, and ends it otherwise."""
    program = subprocess.Popen(command)  # noqa: S603 - the program that would run without the fault
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    try:
        status = program.wait(seconds)
    except subprocess.TimeoutExpired:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        program.kill()
        program.wait()
    else:
        sys.exit(status if status >= 0 else 128 - status)


def die_of(number: signal.Signals) -> NoReturn:
    """Ends by a signal, without a memory image on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.kill(os.getpid(), number)
    time.sleep(600)
    raise SystemExit(1)


def hang() -> NoReturn:
    """Looks busy for ever."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(json.dumps({"event": "progress", "phase": "search", "done": 1, "total": 2, "message": "Hanging"}), flush=True)
    while True:
        time.sleep(600)


def print_rubbish() -> None:
    """Prints what no reader of lines expects."""
    out = sys.stdout.buffer
    out.write(bytes(range(256)) * 1000 + b"\n")
    out.write(b'{"event": "progress", "phase": \n{"event": 7}\n[]\nnull\n"\xff\xfe\xed\xa0\x80"\n')
    for number in range(20_000):
        out.write(b"line %d of rubbish\n" % number)
    out.write(b"x" * (8 * MEGABYTE) + b"\n")
    out.flush()


def write_no_model(tree: Path) -> None:
    """Leaves an artifact of the right names."""
    (tree / "model/model.onnx").write_bytes(b"this is no model")
    (tree / "model/model.json").write_text('{"formatVersion": 1}')


def fill_disk(tree: Path) -> NoReturn:
    """Writes files until somebody ends it, at a speed that leaves time for that."""
    for number in range(sys.maxsize):
        (tree / f"tmp/filling-{number}").write_bytes(bytes(MEGABYTE))
        time.sleep(0.005)
    raise SystemExit(1)


def main() -> int:
    """Does what the fault says."""
    fault, tree, command = json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    if fault["afterSeconds"] > 0:
        run_until_due(command, fault["afterSeconds"])
    match fault["behaviour"]:
        case "crash":
            die_of(signal.SIGSEGV)
        case "out-of-memory":
            die_of(signal.SIGKILL)
        case "hang":
            hang()
        case "rubbish":
            print_rubbish()
            os.execv(command[0], command)  # noqa: S606 - the program that would run without the fault
        case "no-model":
            write_no_model(tree)
        case "fill-disk":
            fill_disk(tree)
        case "exit":
            if fault["reason"]:
                (tree / "output/failure").write_text(fault["reason"])
            return fault["exitCode"]
    return 0


if __name__ == "__main__":
    sys.exit(main())
