"""Recipe `tabular`: cross-validates a small grid of classifiers and fits the best one again on all training cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from relearn_training.cases import Cases
from relearn_training.classification import rank
from relearn_training.classifiers import FittedClassifier, Parameters, fit_classifier
from relearn_training.cross_validation import cross_validate
from relearn_training.failures import ConfigurationFailure
from relearn_training.folds import make_folds
from relearn_training.hyperparameters import refuse_unknown_keys
from relearn_training.recipe import Assignment, Candidate, Trained
from relearn_training.recipe_parameters import whole_number

GRID: Final[Mapping[str, Sequence[Parameters]]] = {
    "logistic-regression": ({"C": 0.1}, {"C": 1.0}, {"C": 10.0}),
    "random-forest": (
        {"n_estimators": 100, "min_samples_leaf": 1, "max_leaf_nodes": 256},
        {"n_estimators": 100, "min_samples_leaf": 4, "max_leaf_nodes": 256},
    ),
    "xgboost": (
        {"n_estimators": 100, "learning_rate": 0.1, "max_depth": 3, "subsample": 0.8, "colsample_bytree": 0.8},
        {"n_estimators": 200, "learning_rate": 0.05, "max_depth": 5, "subsample": 0.8, "colsample_bytree": 0.8},
    ),
}
"""Simplest algorithm first: of equal scores the earlier wins. `max_leaf_nodes` bounds the size of the graph."""
FEWEST_FOLDS, MOST_FOLDS, DEFAULT_FOLDS = 2, 10, 5


@dataclass(frozen=True)
class Tabular:
    """The recipe's parameters.

    Attributes:
        algorithms: to choose from, keys of `GRID`. Default: all.
        folds: of the cross-validation, 2 to 10; fewer are made where a class has fewer subjects. Default: 5.
    """

    algorithms: Sequence[str] = tuple(GRID)
    folds: int = DEFAULT_FOLDS

    def train(self, assignment: Assignment) -> Trained:
        """Chooses by the mean of the declared metric over the folds, and fits the winner on all training cases."""
        folds = make_folds(assignment.cases, self.folds, assignment.seed)
        grid = [(name, parameters) for name in self.algorithms for parameters in GRID[name]]
        leaderboard: list[Candidate] = []
        for done, (algorithm, parameters) in enumerate(grid):
            best = leaderboard[0].cross_validation.mean if leaderboard else None
            message = f"Cross-validating {algorithm} in {len(folds)} folds"
            assignment.progress.report("search", done, len(grid), message, best)

            def fit(cases: Cases, name: str = algorithm, values: Parameters = parameters) -> FittedClassifier:
                return fit_classifier(name, values, cases, len(assignment.classes), assignment.seed)

            outcome = cross_validate(fit, assignment.cases, folds, assignment.metric, assignment.clock)
            leaderboard.append(Candidate(algorithm, parameters, outcome))
            leaderboard.sort(key=lambda entry: rank(assignment.metric, entry.cross_validation.mean), reverse=True)
        winner = leaderboard[0]
        mean = winner.cross_validation.mean
        assignment.progress.report("search", len(grid), len(grid), f"Chose {winner.algorithm}", mean)
        assignment.progress.report("fit", 0, 1, f"Fitting {winner.algorithm} on {len(assignment.cases)} cases", mean)
        classifier = fit_classifier(
            winner.algorithm, winner.parameters, assignment.cases, len(assignment.classes), assignment.seed
        )
        assignment.progress.report("fit", 1, 1, f"Fitted {winner.algorithm}", mean)
        return Trained(winner.algorithm, classifier, winner.cross_validation, leaderboard)


def configure(parameters: Mapping[str, object]) -> Tabular:
    """Checks the recipe's parameters: `algorithms`, an array of names, and `folds`, a whole number.

    Raises:
        ConfigurationFailure: naming the parameter that is unknown or out of range.
    """
    refuse_unknown_keys("parameters of the recipe tabular", parameters, ("algorithms", "folds"))
    algorithms = parameters.get("algorithms", list(GRID))
    if not isinstance(algorithms, list) or not algorithms or any(name not in GRID for name in algorithms):
        raise ConfigurationFailure(
            f"Expected the parameter algorithms to be an array of {', '.join(GRID)}; got {algorithms!r}: correct it."
        )
    folds = whole_number(parameters, "folds", DEFAULT_FOLDS, FEWEST_FOLDS, MOST_FOLDS)
    return Tabular(algorithms=tuple(name for name in GRID if name in algorithms), folds=folds)
