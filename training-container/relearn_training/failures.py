"""How a training program ends: its exit codes, and failures whose message is a sentence for a person."""

import errno
from enum import IntEnum
from typing import ClassVar, Final

MOST_SHOWN: Final = 100
"""Characters of what came that a failure repeats."""


class ExitCode(IntEnum):
    """Exit codes of a training program; README.md says which of them are worth another try."""

    OK = 0
    BAD_CONFIGURATION = 2
    BAD_DATA = 3
    TRAINING_FAILED = 4
    OUT_OF_MEMORY = 5
    DISK_FULL = 6
    STOPPED = 143


class Failure(Exception):  # noqa: N818 - the word of the SageMaker contract
    """Why a training ended without a model; the message says what was expected, what came, and what to do next."""

    code: ClassVar[ExitCode] = ExitCode.TRAINING_FAILED


class ConfigurationFailure(Failure):
    """The hyperparameters ask for what this program cannot do."""

    code = ExitCode.BAD_CONFIGURATION


class DataFailure(Failure):
    """The manifest or the ledger segments are missing, damaged, or not enough to train on."""

    code = ExitCode.BAD_DATA


class TrainingFailure(Failure):
    """The model was fitted but cannot be delivered, such as a graph that disagrees with the model it came from."""

    code = ExitCode.TRAINING_FAILED


def shortened(text: str) -> str:
    """What came, short enough for a sentence about it to say what to do as well."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


_MEMORY_WORDS = (
    *("bad_alloc", "bad allocation", "can't allocate memory", "not enough memory", "unable to allocate"),
    "can't start new thread",  # for want of room for its stack
)
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, in Python or in a library that says so in words of its own."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _MEMORY_WORDS)


def is_disk_full(error: BaseException) -> bool:
    """Whether a file could not be written because there is no room for it."""
    return isinstance(error, OSError) and error.errno in _DISK_FULL
