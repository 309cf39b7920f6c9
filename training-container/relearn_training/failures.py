"""How a training program ends: its exit codes, and failures whose message is a sentence for a person."""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of a training program; README.md says which of them are worth another try."""

    OK = 0
    BAD_CONFIGURATION = 2
    BAD_DATA = 3
    TRAINING_FAILED = 4
    OUT_OF_MEMORY = 5
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
