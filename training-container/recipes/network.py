"""Recipe `network`: a small neural network, trained with early stopping on a part of the cases that it does not see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from relearn_training.hyperparameters import refuse_unknown_keys
from relearn_training.networks import Epoch, NetworkSettings, hold_back, learn_network
from relearn_training.recipe import Assignment, Trained
from relearn_training.recipe_parameters import number, whole_number, whole_numbers

ALGORITHM: Final = "multilayer-perceptron"
PARAMETERS: Final = ("hiddenLayers", "learningRate", "weightDecay", "batchSize", "patience", "maximumEpochs", "folds")
MOST_LAYERS, MOST_UNITS = 3, 1024
FEWEST_FOLDS, MOST_FOLDS, DEFAULT_FOLDS = 2, 20, 5


@dataclass(frozen=True)
class Network:
    """The recipe's parameters.

    Attributes:
        settings: of the network and of how it learns.
        folds: the validation part is one of so many equal parts of the training cases, 2 to 20. Default: 5.
    """

    settings: NetworkSettings
    folds: int = DEFAULT_FOLDS

    def train(self, assignment: Assignment) -> Trained:
        """Learns on all folds but one, and keeps the epoch whose score on that one is best by the declared metric."""
        settings, progress, metric = self.settings, assignment.progress, assignment.metric
        learning, validation = hold_back(assignment.cases, assignment.problem, self.folds, assignment.seed)
        split = f"{len(learning)} cases, {len(validation)} others to validate"
        progress.report("fit", 0, settings.maximum_epochs, f"Learning {settings.shape} hidden units from {split}")

        def tell(epoch: Epoch) -> None:
            score = "undefined" if epoch.score is None else f"{epoch.score:.4f}"
            message = (
                f"Epoch {epoch.number}: loss {epoch.loss:.4f}, validation {metric} {score}, "
                f"patience left {epoch.patience_left}"
            )
            progress.report("fit", epoch.number, settings.maximum_epochs, message, epoch.best)

        learnt = learn_network(settings, learning, validation, metric, assignment.problem, assignment.seed, tell)
        best = learnt.best
        message = f"Kept epoch {best.number} of {learnt.epochs}; the network has {learnt.weights:,} weights"
        progress.report("fit", learnt.epochs, learnt.epochs, message, best.score)
        details = {
            "network": {
                "hiddenLayers": list(settings.hidden_layers),
                "weights": learnt.weights,
                "epochs": learnt.epochs,
                "bestEpoch": best.number,
                "validation": {"metric": metric, "score": best.score, "cases": len(validation)},
            }
        }
        return Trained(ALGORITHM, learnt.model, cross_validation=None, leaderboard=[], details=details)


def configure(parameters: Mapping[str, object]) -> Network:
    """Checks the recipe's parameters, those of `PARAMETERS`; each may be left out.

    Raises:
        ConfigurationFailure: naming the parameter that is unknown or out of range.
    """
    refuse_unknown_keys("parameters of the recipe network", parameters, PARAMETERS)
    default = NetworkSettings()
    return Network(
        NetworkSettings(
            hidden_layers=whole_numbers(parameters, "hiddenLayers", default.hidden_layers, MOST_LAYERS, MOST_UNITS),
            learning_rate=number(parameters, "learningRate", default.learning_rate, above=0, highest=1),
            weight_decay=number(parameters, "weightDecay", default.weight_decay, above=0, highest=100),
            batch_size=whole_number(parameters, "batchSize", default.batch_size, 1, 4096),
            patience=whole_number(parameters, "patience", default.patience, 1, 1000),
            maximum_epochs=whole_number(parameters, "maximumEpochs", default.maximum_epochs, 1, 10_000),
        ),
        folds=whole_number(parameters, "folds", DEFAULT_FOLDS, FEWEST_FOLDS, MOST_FOLDS),
    )
