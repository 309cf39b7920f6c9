"""Values of the one-sided Wilcoxon signed-rank test: `python signed-rank.py > signed-rank.json`.

Small samples by going through every way to give the sizes their signs, large ones by scipy's normal approximation.
"""

import json
from itertools import product

import numpy as np
from scipy.stats import rankdata, wilcoxon

SMALL = [
    [1.0],
    [-1.0],
    [1.0, 1.0, 1.0],
    [1.0, -1.0],
    [0.0, 2.0, -1.0, 3.0],
    [1.0, 1.0, -1.0, 2.0, 2.0, -2.0, 5.0],
    [-3.0, -2.0, -1.0, 4.0],
    [0.5, 0.5, 0.5, -0.25, -0.25, 0.75, 1.5, -2.0, 3.0, 0.0],
    [float(value) for value in range(1, 13)],
    [-1.0, 2.0, -3.0, 4.0, -5.0, 6.0, -7.0, 8.0, -9.0, 10.0, -11.0, 12.0],
]


def exact(differences: list[float]) -> float:
    """P(W >= w) over all signs, each as likely as the other."""
    kept = np.array([value for value in differences if value != 0])
    ranks = rankdata(np.abs(kept))
    least = ranks[kept > 0].sum()
    sums = [
        sum(rank for rank, sign in zip(ranks, signs, strict=True) if sign)
        for signs in product((0, 1), repeat=len(kept))
    ]
    return sum(value >= least - 1e-9 for value in sums) / len(sums)


def approximate(seed: int, size: int, shift: float) -> tuple[list[float], float]:
    """Rounded, so that there are ties and zeros."""
    differences = np.round(np.random.default_rng(seed).standard_t(3, size) + shift, 1)
    result = wilcoxon(differences, zero_method="wilcox", correction=True, alternative="greater", method="approx")
    return differences.tolist(), float(result.pvalue)


small = [(differences, exact(differences)) for differences in SMALL]
large = [
    approximate(seed, size, shift)
    for seed, size, shift in [(1, 150, 0.0), (2, 300, 0.2), (3, 300, -0.3), (4, 1000, 0.1)]
]
print(json.dumps({"small": small, "large": large}))
