"""Every package has one exact version, also those that others bring along: a new release changes nothing by itself."""

import re
from pathlib import Path

import pytest
from pins import CONTAINER, EMULATOR, everything, installed, lines_of, pinned

REQUIREMENTS = {
    "training programs": [
        CONTAINER / name for name in ("requirements.txt", "requirements-dev.txt", "requirements-torch.txt")
    ],
    "embedded cloud": [EMULATOR / "requirements.txt"],
}
ALL_REQUIREMENTS = [file for files in REQUIREMENTS.values() for file in files]
CONSTRAINTS = [CONTAINER / "constraints.txt", EMULATOR / "constraints.txt"]
KNOWN = {"training programs": {"scipy", "protobuf", "pluggy"}, "embedded cloud": {"botocore", "h2", "pyyaml"}}


@pytest.mark.parametrize("whose", REQUIREMENTS)
def test_what_requirements_bring_along_has_one_exact_version_too(whose: str) -> None:
    versions = pinned([*REQUIREMENTS[whose], *CONSTRAINTS])
    needed = everything(REQUIREMENTS[whose])
    assert sorted(needed - versions.keys()) == []
    there = {name: version for name, version in installed().items() if name in needed}
    assert there.keys() >= KNOWN[whose]
    assert there == {name: versions[name] for name in there}


@pytest.mark.parametrize("file", [*ALL_REQUIREMENTS, *CONSTRAINTS], ids=str)
def test_each_line_names_one_version(file: Path) -> None:
    assert [line for line in lines_of(file) if not re.fullmatch(r"[\w.-]+==[\d.]+(post\d+)?( ; .+)?", line)] == []


def test_constraints_repeat_nothing() -> None:
    one, other = (pinned([file]) for file in CONSTRAINTS)
    assert not (one.keys() | other.keys()) & pinned(ALL_REQUIREMENTS).keys()
    assert not one.keys() & other.keys()
