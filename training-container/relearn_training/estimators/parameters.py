"""Parameters of a family: the given ones over its defaults."""

import numpy as np

from relearn_training.models import Parameters


def complete(given: Parameters, defaults: Parameters) -> Parameters:
    """The defaults, but for what is given.

    Raises:
        KeyError: naming a parameter that the family does not know.
    """
    unknown = sorted(set(given) - set(defaults))
    if unknown:
        raise KeyError(f"Expected only the parameters {', '.join(defaults)}; got {', '.join(unknown)}.")
    return {**defaults, **given}


def patience_of(given: Parameters) -> int:
    """Rounds of boosting without progress to wait for: as given, or more where each makes a small step."""
    return int(given["patience"]) or int(np.clip(4 / float(given["learning_rate"]), 30, 150))
