"""Values of the exact one-sided McNemar test, computed with exact fractions: `python mcnemar.py > mcnemar.json`."""

import json
from fractions import Fraction
from math import comb

SMALL = [(0, 0), (1, 0), (0, 1), (3, 3), (5, 1), (1, 5), (10, 2), (12, 25), (30, 11), (60, 40), (200, 150)]
LARGE = [(700, 600), (600, 700), (0, 1200), (2600, 2500), (2500, 2600)]


def p_value(champion_only: int, challenger_only: int) -> float:
    """P(X >= b) of a binomial of b + c trials and probability 1/2."""
    trials = champion_only + challenger_only
    ways = sum(comb(trials, k) for k in range(champion_only, trials + 1))
    return float(Fraction(ways, 2**trials))


print(json.dumps([[b, c, p_value(b, c)] for b, c in SMALL + LARGE], indent=2))
