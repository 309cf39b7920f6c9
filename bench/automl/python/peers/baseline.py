"""The share of each class, or the mean."""

import numpy as np
import numpy.typing as npt
from frames import Part


def predict(part: Part, seconds: float, threads: int, seed: int) -> npt.NDArray[np.float64]:
    """Says the same of every row."""
    del seconds, threads, seed
    codes = part.codes()
    if part.task == "regression":
        return np.full(len(part.test), codes.mean())
    shares = np.bincount(codes, minlength=len(part.classes)) / len(codes)
    return np.tile(shares, (len(part.test), 1))
