"""Reads single parameters of a recipe, which arrive as JSON values, and says what was expected where one is unfit."""

from collections.abc import Mapping, Sequence

from relearn_training.failures import ConfigurationFailure, shortened


def one_of(parameters: Mapping[str, object], name: str, default: str | None, known: Sequence[str]) -> str:
    """One of the known names; without a default it must be given.

    Raises:
        ConfigurationFailure: naming the parameter, what was expected and what came.
    """
    value = parameters.get(name, default)
    if value not in known:
        raise ConfigurationFailure(
            f"Expected the parameter {name} to be {' or '.join(known)}; got {shortened(repr(value))}: name one of them."
        )
    return str(value)


def whole_number(parameters: Mapping[str, object], name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number from `lowest` to `highest`.

    Raises:
        ConfigurationFailure: naming the parameter, what was expected and what came.
    """
    value = parameters.get(name, default)
    if type(value) is not int or not lowest <= value <= highest:
        raise ConfigurationFailure(
            f"Expected the parameter {name} to be a whole number from {lowest} to {highest}; "
            f"got {shortened(repr(value))}: correct it."
        )
    return value


def number(parameters: Mapping[str, object], name: str, default: float, above: float, highest: float) -> float:
    """A number above `above` and at most `highest`.

    Raises:
        ConfigurationFailure: naming the parameter, what was expected and what came.
    """
    value = parameters.get(name, default)
    if type(value) not in (int, float) or not above < value <= highest:
        raise ConfigurationFailure(
            f"Expected the parameter {name} to be a number above {above:g} and at most {highest:g}; "
            f"got {shortened(repr(value))}: correct it."
        )
    return float(value)


def whole_numbers(
    parameters: Mapping[str, object], name: str, default: Sequence[int], most: int, highest: int
) -> tuple[int, ...]:
    """One to `most` whole numbers, each from 1 to `highest`.

    Raises:
        ConfigurationFailure: naming the parameter, what was expected and what came.
    """
    values = parameters.get(name, list(default))
    if (
        not isinstance(values, list)
        or not 1 <= len(values) <= most
        or any(type(value) is not int or not 1 <= value <= highest for value in values)
    ):
        raise ConfigurationFailure(
            f"Expected the parameter {name} to be an array of 1 to {most} whole numbers from 1 to {highest}; "
            f"got {shortened(repr(values))}: correct it."
        )
    return tuple(values)
