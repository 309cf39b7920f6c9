"""What recipes take: the same examples as the tests of the API have, which refuses what a recipe would refuse."""

import json
from pathlib import Path

import pytest

from recipes import drill, network, tabular
from relearn_training.failures import ConfigurationFailure

EXAMPLES = json.loads((Path(__file__).parent / "recipe_parameters.json").read_text())
CONFIGURE = {"tabular": tabular.configure, "network": network.configure, "drill": drill.configure}


def examples(kind: str) -> list[tuple[str, dict[str, object]]]:
    """Each recipe with each of its examples of a kind, `fit` or `unfit`."""
    return [(recipe, given) for recipe, kinds in EXAMPLES.items() for given in kinds[kind]]


@pytest.mark.parametrize(("recipe", "given"), examples("fit"))
def test_takes(recipe: str, given: dict[str, object]) -> None:
    CONFIGURE[recipe](given)


@pytest.mark.parametrize(("recipe", "given"), examples("unfit"))
def test_refuses(recipe: str, given: dict[str, object]) -> None:
    with pytest.raises(ConfigurationFailure, match=r"^Expected"):
        CONFIGURE[recipe](given)
