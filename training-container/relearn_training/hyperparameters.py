"""The configuration of a training job: `input/config/hyperparameters.json`, a flat object of strings."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from relearn_training.failures import ConfigurationFailure, shortened

CLASSIFICATION, REGRESSION = "tabular-classification", "tabular-regression"
METRICS = {
    CLASSIFICATION: ("accuracy", "balanced-accuracy", "precision", "recall", "f1", "log-loss", "brier", "roc-auc"),
    REGRESSION: ("rmse", "mse", "mae", "r2"),
}
"""By which candidates can be compared, for each task."""
TASKS = tuple(METRICS)
RECIPES = ("tabular", "network", "drill")
REQUIRED = ("task", "recipe", "metric", "seed", "codeVersion")
OPTIONAL = ("parameters", "slices")
LARGEST_SEED = 2**32 - 1
MOST_SLICES = 10


@dataclass(frozen=True)
class Hyperparameters:
    """What a training job is asked to do.

    Attributes:
        task: what the model does, one of `TASKS`.
        recipe: how it is trained, one of `RECIPES`.
        metric: by which candidates are compared, one of the task's `METRICS`.
        seed: of every draw, 0 to 2^32 - 1.
        code_version: of the training code, copied into `model.json`.
        parameters: of the recipe, not yet checked: each recipe knows its own.
        slices: fields by whose values the holdout's metrics are told apart, at most 10.
    """

    task: str
    recipe: str
    metric: str
    seed: int
    code_version: str
    parameters: Mapping[str, object]
    slices: tuple[str, ...] = ()


def read_hyperparameters(path: Path) -> Hyperparameters:
    """Reads and checks the hyperparameters; keys that begin with `sagemaker_` are SageMaker's own and are ignored.

    Raises:
        ConfigurationFailure: naming the first key that is missing, unknown or out of range.
    """
    given = {key: value for key, value in _read_object(path).items() if not key.startswith("sagemaker_")}
    refuse_unknown_keys("hyperparameters", given, (*REQUIRED, *OPTIONAL))
    for key in REQUIRED:
        if key not in given:
            raise ConfigurationFailure(
                f"Expected the hyperparameters {', '.join(REQUIRED)}; {key} is missing: add it to the training job."
            )
    for key, value in given.items():
        if not isinstance(value, str):
            raise ConfigurationFailure(
                f"Expected every hyperparameter to be a string; {key} is {_kind(value)}: write it in quotes."
            )
    task = _one_of("task", given["task"], TASKS)
    return Hyperparameters(
        task=task,
        recipe=_one_of("recipe", given["recipe"], RECIPES),
        metric=_metric(given["metric"], task),
        seed=_seed(given["seed"]),
        code_version=given["codeVersion"],
        parameters=_parameters(given.get("parameters", "{}")),
        slices=_slices(given.get("slices", "[]")),
    )


def refuse_unknown_keys(where: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuses what nobody would read.

    Raises:
        ConfigurationFailure: naming the unknown keys and the known ones.
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ConfigurationFailure(
            f"Expected only {', '.join(known)} among the {where}; got {shortened(', '.join(unknown))}: "
            "remove or correct it."
        )


def _read_object(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ConfigurationFailure(
            f"Expected the hyperparameters in input/config/{path.name}; there is no such file: "
            "start the program with --root at the tree that holds it."
        ) from None
    except (ValueError, RecursionError):
        raise ConfigurationFailure(
            f"Expected {path.name} to be JSON; it cannot be read as JSON: start the training job anew."
        ) from None
    if not isinstance(content, dict):
        raise ConfigurationFailure(
            f"Expected {path.name} to be an object of strings; got {_kind(content)}: correct it."
        )
    return content


def _one_of(key: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ConfigurationFailure(
            f"Expected {key} to be {' or '.join(known)}; got {shortened(repr(value))}: "
            "choose one that this container can train."
        )
    return value


def _metric(value: str, task: str) -> str:
    if value not in METRICS[task]:
        raise ConfigurationFailure(
            f"Expected the metric of the task {task} to be {' or '.join(METRICS[task])}; got {shortened(repr(value))}: "
            "choose one of them."
        )
    return value


def _seed(value: str) -> int:
    readable = value.isascii() and value.isdigit() and len(value) <= len(str(LARGEST_SEED))
    if not readable or int(value) > LARGEST_SEED:
        raise ConfigurationFailure(
            f"Expected seed to be a whole number from 0 to {LARGEST_SEED}; got {shortened(repr(value))}: correct it."
        )
    return int(value)


def _parameters(value: str) -> dict[str, object]:
    parameters = _json("parameters", value, "a JSON object")
    if not isinstance(parameters, dict):
        raise ConfigurationFailure(
            f"Expected parameters to be a JSON object written as a string; got {_kind(parameters)}: correct it."
        )
    return parameters


def _slices(value: str) -> tuple[str, ...]:
    names = _json("slices", value, "a JSON array")
    if (
        not isinstance(names, list)
        or len(names) > MOST_SLICES
        or not all(isinstance(name, str) for name in names)
        or len(set(names)) < len(names)
    ):
        raise ConfigurationFailure(
            f"Expected slices to be a JSON array of at most {MOST_SLICES} different names of fields; "
            f"got {shortened(repr(value))}: correct it."
        )
    return tuple(names)


def _json(key: str, value: str, expected: str) -> object:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ConfigurationFailure(
            f"Expected {key} to be {expected} written as a string; it cannot be read as JSON: correct it."
        ) from None


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
