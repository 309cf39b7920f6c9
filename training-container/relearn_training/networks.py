"""A feed-forward network that learns epoch by epoch and keeps the epoch that its validation part likes best."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

from relearn_training.answers import Answer
from relearn_training.cases import Cases
from relearn_training.dense import Dense, DenseModel, Layer, filled
from relearn_training.folds import make_folds
from relearn_training.lesson import Lesson
from relearn_training.metrics import Predictions, Truth, graded, rank, score
from relearn_training.preprocessing.prepare import LinearInputs, prepare
from relearn_training.problem import Problem


@dataclass(frozen=True)
class NetworkSettings:
    """How a network is built and how it learns.

    Attributes:
        hidden_layers: units of each, first to last; ReLU between them.
        learning_rate: of Adam (Kingma and Ba, 2015), its other constants as in the paper.
        weight_decay: factor of the squared weights in the loss, divided by the batch's size.
        batch_size: cases in a step; fewer where there are fewer cases.
        patience: epochs in a row that may bring no better validation score.
        maximum_epochs: after which learning ends in any case.
    """

    hidden_layers: tuple[int, ...] = (128, 64)
    learning_rate: float = 0.001
    weight_decay: float = 0.01
    batch_size: int = 32
    patience: int = 10
    maximum_epochs: int = 200

    @property
    def shape(self) -> str:
        """The hidden layers in words, such as `128 and 64`."""
        return " and ".join(map(str, self.hidden_layers))


@dataclass(frozen=True)
class Epoch:
    """What one pass over the cases came to.

    Attributes:
        number: from 1.
        loss: mean loss while learning, with the weight decay's part.
        score: of the declared metric on the validation part; None where it is undefined.
        best: that of the best epoch so far.
        patience_left: epochs that may still bring no better score.
    """

    number: int
    loss: float
    score: float | None
    best: float | None
    patience_left: int


@dataclass(frozen=True)
class LearntNetwork:
    """The network as it was after its best epoch.

    Attributes:
        model: preprocessing and network.
        weights: how many numbers the network learnt, biases included.
        best: its epoch.
        epochs: that were run.
    """

    model: DenseModel
    weights: int
    best: Epoch
    epochs: int


def ignore(epoch: Epoch) -> None:
    """What to tell where nobody watches."""
    del epoch


def hold_back(cases: Cases, problem: Problem, folds: int, seed: int) -> tuple[Cases, Cases]:
    """Divides cases into those to learn from and, one of `folds` equal parts, those to validate on.

    Both have every class, and a subject is on one side only.

    Raises:
        DataFailure: if subjects and classes cannot be divided.
    """
    fold = make_folds(cases, problem, folds, seed)[0]
    return cases.take(fold.fit), cases.take(fold.score)


def learn_network(
    settings: NetworkSettings,
    learning: Cases,
    validation: Cases,
    metric: str,
    problem: Problem,
    seed: int,
    watch: Callable[[Epoch], None] = ignore,
) -> LearntNetwork:
    """Learns until the validation score has not improved for `patience` epochs, and goes back to the best epoch.

    Args:
        settings: of the network.
        learning: cases to learn from, of at least 2 classes or numbers; preprocessing is fitted on them alone.
        validation: cases to score each epoch on.
        metric: to score; of equal scores the earlier epoch is kept. Where it is undefined, the validation part's loss
            decides.
        problem: what is predicted.
        seed: of the first weights and of the order of the cases.
        watch: is told of each epoch.
    """
    lesson = Lesson.of(learning, problem, balanced=False)
    prepared = prepare(lesson, LinearInputs(), seed)
    inputs = filled(prepared.features).astype(np.float64)
    network = _network(settings, lesson, seed)
    answer = Answer.to(lesson, "log-odds")

    def model_of(layers: Dense) -> DenseModel:
        return DenseModel(problem, {}, prepared.blocks, (layers,), answer)

    best: Epoch | None = None
    highest = (float("-inf"), float("-inf"))
    kept = Dense(())
    number = 0
    while number < settings.maximum_epochs and (best is None or number - best.number < settings.patience):
        number += 1
        if isinstance(network, MLPClassifier):
            network.partial_fit(inputs, lesson.labels, classes=np.arange(len(lesson.seen)))
        else:
            network.partial_fit(inputs, lesson.labels)
        layers = _layers(network)
        predictions = model_of(layers).predict(validation.table)
        value, goodness = _judge(metric, problem, validation.labels, predictions)
        better = best is None or goodness > highest
        since = 0 if better else number - best.number
        epoch = Epoch(number, float(network.loss_), value, value if better else best.score, settings.patience - since)
        if better:
            best, highest, kept = epoch, goodness, layers
        watch(epoch)
    return LearntNetwork(model_of(kept), kept.size, best, number)


def _judge(
    metric: str, problem: Problem, truth: Truth, predictions: Predictions
) -> tuple[float | None, tuple[float, float]]:
    """The score, None where it is undefined, and what epochs are compared by: its rank, or else the loss's."""
    value = score(metric, problem, truth, predictions)
    if np.isfinite(value):
        return value, (rank(metric, value), 0.0)
    loss = "rmse" if problem.is_regression else "log-loss"
    return None, (float("-inf"), graded(loss, problem, truth, predictions))


def _network(settings: NetworkSettings, lesson: Lesson, seed: int) -> MLPClassifier | MLPRegressor:
    kind = MLPRegressor if lesson.problem.is_regression else MLPClassifier
    return kind(
        hidden_layer_sizes=settings.hidden_layers,
        learning_rate_init=settings.learning_rate,
        alpha=settings.weight_decay,
        batch_size=min(settings.batch_size, len(lesson.cases)),
        # A generator, not a number: with a number every epoch would see the cases in the same order.
        random_state=np.random.RandomState(seed),
    )


def _layers(network: MLPClassifier | MLPRegressor) -> Dense:
    """The weights as they are now, in 32 bits."""
    return Dense(
        tuple(
            Layer(weights.astype(np.float32), biases.astype(np.float32))
            for weights, biases in zip(network.coefs_, network.intercepts_, strict=True)
        )
    )
