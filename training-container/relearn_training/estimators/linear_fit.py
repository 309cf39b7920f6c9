"""Fits linear models by L-BFGS or exactly, over a path of penalties that ends where the validation part says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import LinAlgError, solve
from scipy.optimize import minimize
from scipy.special import expit, log_expit, log_softmax
from sklearn.linear_model import ElasticNet

from relearn_training.preprocessing.block import Matrix

Vector = npt.NDArray[np.float64]

PATH: Final = (0.001, 0.01, 0.05, 0.2, 1.0, 5.0, 25.0, 125.0)
"""Inverse penalties, from the simplest model on."""
WORSE_IN_A_ROW: Final = 1
EXACT_UP_TO: Final = 2000
"""Features whose products with one another are kept in memory."""
ITERATIONS: Final = 100
SMALLEST_SLOPE: Final = 1e-4
SMALLEST_GAIN: Final = 1e-6
"""Of the loss, relative: below it a descent ends."""


@dataclass(frozen=True)
class Weights:
    """A linear model: `features @ coefficients + intercepts`.

    Attributes:
        coefficients: [F, S].
        intercepts: [S].
    """

    coefficients: npt.NDArray[np.float64]
    intercepts: Vector

    def apply(self, features: Matrix) -> npt.NDArray[np.float64]:
        """What it says [N, S]."""
        return np.asarray(features @ self.coefficients.astype(features.dtype), dtype=np.float64) + self.intercepts


@dataclass(frozen=True)
class Examples:
    """What is learnt from.

    Attributes:
        features: [N, F].
        targets: flags of classes or standardised numbers [N, S].
        weights: of the cases [N].
    """

    features: Matrix
    targets: npt.NDArray[np.float64]
    weights: Vector


Fit = Callable[[Examples, float, Weights | None, Callable[[], bool]], Weights]
"""From examples, an inverse penalty C, a model to begin at, and whether time is over."""


def follow_path(
    fit: Fit,
    examples: Examples,
    path: Sequence[float],
    loss: Callable[[Weights], float] | None,
    overdue: Callable[[], bool],
) -> tuple[float, Weights]:
    """The inverse penalty with the least loss, and its model; the path is left when the loss grows.

    Args:
        fit: one model.
        examples: to learn from.
        path: inverse penalties, ascending; without a loss the last one counts.
        loss: of a model on other cases.
        overdue: whether time is over; at least one model is fitted.
    """
    if loss is None:
        return path[-1], fit(examples, path[-1], None, overdue)
    best: tuple[float, float, Weights] | None = None
    worse, start = 0, None
    for inverse in path:
        start = fit(examples, inverse, start, overdue)
        value = loss(start)
        if best is None or value < best[0]:
            best, worse = (value, inverse, start), 0
        else:
            worse += 1
        if worse == WORSE_IN_A_ROW or overdue():
            break
    return best[1], best[2]


def fit_logistic(examples: Examples, inverse: float, start: Weights | None, overdue: Callable[[], bool]) -> Weights:
    """Maximum likelihood with a normal prior: the weighted log loss, summed, and `|w|^2 / (2 C)`."""
    return _descend(_logistic_loss, examples, inverse, start, overdue)


def fit_ridge(examples: Examples, inverse: float, start: Weights | None, overdue: Callable[[], bool]) -> Weights:
    """Least squares: half the weighted squared errors, summed, and `|w|^2 / (2 C)`."""
    if examples.features.shape[1] > EXACT_UP_TO:
        return _descend(_squared_loss, examples, inverse, start, overdue)
    features, targets = examples.features, examples.targets
    mean, target_mean = np.asarray(features.mean(axis=0), dtype=np.float64).ravel(), targets.mean(axis=0)
    products = np.zeros((len(mean), len(mean)))
    against = np.zeros((len(mean), targets.shape[1]))
    for rows in _chunks(len(targets)):
        part = features[rows].astype(np.float64)
        product = part.T @ part
        products += product.toarray() if sparse.issparse(product) else product
        against += part.T @ targets[rows]
    products -= len(targets) * np.outer(mean, mean)
    against -= len(targets) * np.outer(mean, target_mean)
    products[np.diag_indices_from(products)] += 1 / inverse
    try:
        coefficients = solve(products, against, assume_a="pos")
    except LinAlgError:
        return _descend(_squared_loss, examples, inverse, start, overdue)
    return Weights(coefficients, target_mean - mean @ coefficients)


def elastic_net(share: float, seed: int) -> Fit:
    """Least squares with `share` of the penalty on absolute weights and the rest on squared ones."""

    def fit(examples: Examples, inverse: float, start: Weights | None, overdue: Callable[[], bool]) -> Weights:
        del start, overdue
        net = ElasticNet(
            alpha=1 / (inverse * len(examples.targets)),
            l1_ratio=share,
            max_iter=500,
            tol=1e-3,
            selection="random",
            random_state=seed % 2**32,
        )
        net.fit(examples.features, examples.targets[:, 0])
        coefficients = np.asarray(net.coef_, dtype=np.float64).reshape(-1, 1)
        return Weights(coefficients, np.atleast_1d(np.asarray(net.intercept_, dtype=np.float64)))

    return fit


def log_loss_of(said: npt.NDArray[np.float64], targets: npt.NDArray[np.float64], weights: Vector) -> float:
    """Mean log loss of log-odds [N, S]."""
    return float(np.average(_logistic_loss(said, targets)[0], weights=weights))


def squared_error_of(said: npt.NDArray[np.float64], targets: npt.NDArray[np.float64], weights: Vector) -> float:
    """Half the mean squared error [N, S]."""
    return float(np.average(_squared_loss(said, targets)[0], weights=weights))


class _OutOfTime(Exception):  # noqa: N818 - no failure
    """Ends a descent where it is."""


Loss = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], tuple[Vector, npt.NDArray[np.float64]]]


def _logistic_loss(
    said: npt.NDArray[np.float64], targets: npt.NDArray[np.float64]
) -> tuple[Vector, npt.NDArray[np.float64]]:
    if said.shape[1] == 1:
        losses = -(targets * log_expit(said) + (1 - targets) * log_expit(-said))
        return losses[:, 0], expit(said) - targets
    logarithms = log_softmax(said, axis=1)
    return -(targets * logarithms).sum(axis=1), np.exp(logarithms) - targets


def _squared_loss(
    said: npt.NDArray[np.float64], targets: npt.NDArray[np.float64]
) -> tuple[Vector, npt.NDArray[np.float64]]:
    errors = said - targets
    return 0.5 * (errors**2).sum(axis=1), errors


def _descend(
    loss: Loss, examples: Examples, inverse: float, start: Weights | None, overdue: Callable[[], bool]
) -> Weights:
    features, targets, weights = examples.features, examples.targets, examples.weights
    count, outputs = features.shape[1], targets.shape[1]
    begin = np.zeros((count + 1, outputs))
    if start is not None:
        begin[:-1], begin[-1] = start.coefficients, start.intercepts
    turned = features.T.tocsr() if sparse.issparse(features) else features.T
    reached = [begin.ravel()]

    def cost(flat: Vector) -> tuple[float, Vector]:
        model = flat.reshape(count + 1, outputs)
        losses, slopes = loss(Weights(model[:-1], model[-1]).apply(features), targets)
        slopes = slopes * weights[:, None]
        slope = np.empty_like(model)
        slope[:-1] = turned @ slopes.astype(features.dtype)
        slope[:-1] += model[:-1] / inverse
        slope[-1] = slopes.sum(axis=0)
        value = float(losses @ weights) + 0.5 / inverse * float((model[:-1] ** 2).sum())
        return value / len(targets), slope.ravel() / len(targets)

    def watch(flat: Vector) -> None:
        reached[0] = flat.copy()
        if overdue():
            raise _OutOfTime

    options = {"maxiter": ITERATIONS, "gtol": SMALLEST_SLOPE, "ftol": SMALLEST_GAIN}
    with suppress(_OutOfTime):
        reached[0] = minimize(cost, begin.ravel(), jac=True, method="L-BFGS-B", callback=watch, options=options).x
    model = reached[0].reshape(count + 1, outputs)
    return Weights(model[:-1].copy(), model[-1].copy())


def _chunks(rows: int, size: int = 8192) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, rows, size))
