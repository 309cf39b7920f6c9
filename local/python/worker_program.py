"""Changes to the JavaScript program in which the emulator runs a Node function."""

from __future__ import annotations

import json

from ministack.core import lambda_runtime

# A line of standard error after everything that an invocation wrote there.
END_OF_OUTPUT = "\u241e relearn: end of output"
_ANSWER = "const _realStdoutWrite = process.stdout.write.bind(process.stdout);"
_ANSWER_AFTER_END_OF_OUTPUT = """
const _writeAnswer = process.stdout.write.bind(process.stdout);
const _realStdoutWrite = (answer) => {
  if (!answer.startsWith('{"status":"ready"')) _stderrWrite(END_OF_OUTPUT);
  return _writeAnswer(answer);
};""".replace("END_OF_OUTPUT", json.dumps(f"\n{END_OF_OUTPUT}\n"))

# Where the program finds that a call goes to this machine, it speaks plain HTTP to whatever port
# was meant, which a port that speaks TLS refuses. Only what means the plain port may be changed.
_DOWNGRADE = 'if (host === "127.0.0.1" || host === "localhost" || host === msHost\n'
_DOWNGRADE_OF_PLAIN_PORT = (
    "const meansPlainPort = [undefined, null, '', 443, msPort].some("
    "(port) => String(port ?? '') === String(options.port ?? ''));\n"
    '    if (meansPlainPort && (host === "127.0.0.1" || host === "localhost" || host === msHost\n'
)
_DOWNGRADE_END = "|| (advertised && host === advertised)) {"

_EDITS = {
    _ANSWER: _ANSWER_AFTER_END_OF_OUTPUT,
    # AWS reports an error's own name, on which state machines match.
    'trace: err.stack || ""': 'trace: err.stack || "", name: err.name',
    "error: e.message, trace: e.stack": "error: e.message, trace: e.stack, name: e.name",
    _DOWNGRADE: _DOWNGRADE_OF_PLAIN_PORT,
    _DOWNGRADE_END: "|| (advertised && host === advertised))) {",
}


def install() -> None:
    """Edit the program; call once, before serving.

    Raises RuntimeError where the emulator is not the version these edits are for.
    """
    program = lambda_runtime._NODEJS_WORKER_SCRIPT
    for found, put in _EDITS.items():
        if program.count(found) != 1:
            raise RuntimeError(
                f"expected {found!r} once in the emulator's worker program, got "
                f"{program.count(found)}: install the versions of local/python/requirements.txt"
            )
        program = program.replace(found, put)
    lambda_runtime._NODEJS_WORKER_SCRIPT = program
