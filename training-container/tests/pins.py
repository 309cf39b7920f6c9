"""What files for pip name, and what comes along with it on this machine."""

import importlib.metadata
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONTAINER = Path(__file__).resolve().parents[1]
EMULATOR = CONTAINER.parent / "local/python"
"""The embedded cloud, installed together with the container's requirements."""


def lines_of(file: Path) -> list[str]:
    """The lines of a file for pip that name a package."""
    return [line for line in file.read_text().splitlines() if line and not line.startswith(("#", "-r "))]


def pinned(files: Sequence[Path]) -> dict[str, str]:
    """The version of each package that files for pip name."""
    requirements = [Requirement(line) for file in files for line in lines_of(file)]
    return {canonicalize_name(requirement.name): str(requirement.specifier)[2:] for requirement in requirements}


def _brought_along(requirement: Requirement) -> Iterator[Requirement]:
    """What a requirement asks for on this machine; nothing where it is not installed."""
    try:
        asked = importlib.metadata.requires(requirement.name) or []
    except importlib.metadata.PackageNotFoundError:
        return
    for one in map(Requirement, asked):
        extras = requirement.extras or {""}
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras):
            yield one


def everything(files: Sequence[Path]) -> set[str]:
    """The names of what pip installs here for files of requirements, and for what these ask for in turn."""
    waiting = [Requirement(line) for file in files for line in lines_of(file)]
    waiting = [one for one in waiting if one.marker is None or one.marker.evaluate()]
    found: dict[str, Requirement] = {}
    while waiting:
        one = waiting.pop()
        if str(one) not in found:
            found[str(one)] = one
            waiting.extend(_brought_along(one))
    return {canonicalize_name(one.name) for one in found.values()}


def installed() -> dict[str, str]:
    """The version of each package that is installed; PyTorch's without the name of its build, such as +cpu."""
    return {canonicalize_name(one.name): one.version.partition("+")[0] for one in importlib.metadata.distributions()}
