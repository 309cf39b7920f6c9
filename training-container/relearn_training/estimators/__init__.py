"""The families of estimators that the search chooses from.

    FAMILIES["lightgbm"].fit({}, cases, FitContext(problem, seed=1, threads=2, clock=time.monotonic), validation)

A family whose library cannot be imported is absent from `FAMILIES`; `ABSENT` says why.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from relearn_training.estimators.family import DataShape, Family, FitContext

__all__ = ["ABSENT", "FAMILIES", "DataShape", "Family", "FitContext", "find_families"]

_PLACES: Final = {
    "linear": ("linear", "Linear"),
    "random-forest": ("forests", "RandomForest"),
    "extra-trees": ("forests", "ExtraTrees"),
    "xgboost": ("xgboost_family", "XgBoost"),
    "lightgbm": ("lightgbm_family", "LightGbm"),
    "network": ("network", "Network"),
}


def find_families() -> tuple[dict[str, Family], dict[str, str]]:
    """Those that can be imported here, and why the others cannot."""
    found, absent = {}, {}
    for name, (module, family) in _PLACES.items():
        try:
            found[name] = getattr(import_module(f"{__name__}.{module}"), family)()
        # A library that lacks one of the system's, such as OpenMP, raises OSError.
        except (ImportError, OSError) as error:
            absent[name] = f"The family {name} needs a library that cannot be loaded: {error}."
    return found, absent


_FOUND: Final = find_families()
FAMILIES: Final[Mapping[str, Family]] = _FOUND[0]
"""By name."""
ABSENT: Final[Mapping[str, str]] = _FOUND[1]
"""Why a family is absent, by its name."""
