"""A small neural network: a multilayer perceptron that PyTorch learns, with early stopping."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from optuna import Trial
from scipy.special import logit
from torch import nn

from relearn_training.answers import Answer
from relearn_training.cases import Cases
from relearn_training.dense import Dense, DenseModel, Layer, filled
from relearn_training.estimators.family import DataShape, Family, FitContext
from relearn_training.estimators.parameters import complete
from relearn_training.estimators.settled import settle
from relearn_training.lesson import Lesson
from relearn_training.models import FittedModel, Parameters
from relearn_training.preprocessing.block import Matrix
from relearn_training.preprocessing.prepare import NetworkInputs, prepare
from relearn_training.problem import Problem

DEFAULTS: Final[Parameters] = {
    "epochs": 0,
    "patience": 0,
    "learning_rate": 0.003,
    "weight_decay": 0.02,
    "dropout": 0.1,
    "width": 128,
    "depth": 3,
    "batch_size": 0,
    "bins": 0,
    "label_smoothing": 0.0,
}
"""`epochs`, `patience` and `batch_size` of 0: by the number of cases."""
STEPS: Final = 3000
"""Steps of learning at most, where `epochs` is 0."""
MOST_EPOCHS, FEWEST_EPOCHS = 80, 12
UNVALIDATED_SHARE: Final = 0.3
"""Of the most epochs, how many are run where neither a validation part nor an earlier fit says how many."""
AVERAGED: Final = 0.98
"""How much of the running mean of the weights a step keeps, which is what is judged and kept."""
LARGEST_SLOPE: Final = 2.0
WORTH_THREADS: Final = 256
"""Cases in a step from which several threads share it."""


class Network(Family):
    """ReLU between layers with batch normalisation, AdamW, one rise and fall of the learning rate, averaged weights."""

    name = "network"

    def portfolio(self, problem: Problem, shape: DataShape) -> Sequence[Parameters]:
        """Plain inputs, and inputs divided into bins, which follow jagged curves."""
        del problem
        wide = {"width": 256} if shape.rows >= 5000 else {}
        settings: list[Parameters] = [{**wide, "dropout": 0.2}]
        if shape.numeric:
            settings.insert(0 if shape.rows >= 5000 else 1, {**wide, "bins": 12, "dropout": 0.25})
        return settings

    def suggest(self, trial: Trial, problem: Problem, shape: DataShape) -> Parameters:
        """Form and speed."""
        drawn = {
            "learning_rate": trial.suggest_float("learning_rate", 5e-4, 0.02, log=True),
            "weight_decay": trial.suggest_float("weight_decay", 1e-4, 0.3, log=True),
            "dropout": trial.suggest_float("dropout", 0.0, 0.5),
            "width": trial.suggest_categorical("width", [64, 128, 256]),
            "depth": trial.suggest_int("depth", 1, 4),
        }
        if shape.numeric:
            drawn["bins"] = trial.suggest_categorical("bins", [0, 8, 16])
        if not problem.is_regression:
            drawn["label_smoothing"] = trial.suggest_categorical("label_smoothing", [0.0, 0.05])
        return drawn

    def grid(self, problem: Problem, shape: DataShape) -> Mapping[str, Sequence[float | int | str | bool | None]]:
        """Widths, speeds and inputs."""
        del problem
        bins = {"bins": [0, 12]} if shape.numeric else {}
        return {"width": [64, 256], "learning_rate": [0.001, 0.005], "dropout": [0.1, 0.3], **bins}

    def fit(
        self, parameters: Parameters, cases: Cases, context: FitContext, validation: Cases | None = None
    ) -> FittedModel:
        """Learns epoch by epoch, and goes back to the epoch that the validation part likes best."""
        given = complete(parameters, DEFAULTS)
        lesson = Lesson.of(cases, context.problem, balanced=context.balanced)
        prepared = prepare(lesson, NetworkInputs(bins=int(given["bins"])), context.seed)
        if lesson.is_settled or not prepared.blocks.width:
            return settle(lesson, parameters)
        judge = lesson.judging(validation)
        judged = None if judge is None else prepared.blocks.transform(judge.cases.table, np.float32)
        # Threads that wait for one another at each small step cost more than they bring.
        torch.set_num_threads(context.threads if _plan(given, len(cases)).batch >= WORTH_THREADS else 1)
        learning = _Learning(given, lesson, prepared.features, context)
        epochs = learning.run(judge, judged)
        answer = Answer.to(lesson, "log-odds")
        found = {**given, "epochs": epochs}
        return DenseModel(context.problem, found, prepared.blocks, [learning.network()], answer)


@dataclass
class _Plan:
    """How long learning takes: cases in a step, steps in an epoch, epochs, and how many to wait for a better one."""

    batch: int
    steps: int
    epochs: int
    patience: int


def _plan(given: Parameters, cases: int) -> _Plan:
    batch = int(given["batch_size"]) or int(np.clip(2 ** round(np.log2(max(1, cases / 30))), 16, 512))
    steps = max(1, cases // batch)
    most = int(np.clip(STEPS // steps, FEWEST_EPOCHS, MOST_EPOCHS))
    epochs = int(given["epochs"]) or most
    return _Plan(batch, steps, epochs, int(given["patience"]) or max(6, most // 6))


class _Learning:
    """One network while it learns."""

    def __init__(self, given: Parameters, lesson: Lesson, features: Matrix, context: FitContext) -> None:
        self._given, self._lesson, self._features, self._context = given, lesson, features, context
        # Of its own: other fits may draw at the same time, in other threads.
        self._draws = torch.Generator().manual_seed(context.seed)
        self._plan = _plan(given, len(lesson.cases))
        self._layers = _layers(given, features.shape[1], _general(lesson), self._draws)
        self._averaged = [tensor.detach().clone() for tensor in self._state()]
        self._kept = self._averaged

    def run(self, judge: Lesson | None, judged: Matrix | None) -> int:
        """Learns; the number of epochs after which the network that is kept was reached."""
        plan, context = self._plan, self._context
        epochs = plan.epochs
        if judge is None and not int(self._given["epochs"]):
            epochs = max(1, round(UNVALIDATED_SHARE * epochs))
        rate = float(self._given["learning_rate"])
        decay = float(self._given["weight_decay"])
        optimizer = torch.optim.AdamW(self._layers.parameters(), rate, weight_decay=decay, fused=True)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rate, total_steps=max(2, epochs * plan.steps), pct_start=0.15, cycle_momentum=False
        )
        best, least, epoch = 0, np.inf, 0
        while epoch < epochs and epoch - best < plan.patience and (not epoch or not context.overdue):
            self._epoch(optimizer, scheduler)
            epoch += 1
            loss = -epoch if judge is None else self._loss_on(judge, judged)
            if loss < least or epoch == 1:
                best, least, self._kept = epoch, loss, [tensor.clone() for tensor in self._averaged]
        return best

    def network(self) -> Dense:
        """What was kept, batch normalisation worked into the weights."""
        return _dense(self._layers, self._kept)

    def _epoch(self, optimizer: torch.optim.Optimizer, scheduler: torch.optim.lr_scheduler.LRScheduler) -> None:
        self._layers.train()
        state = self._state()
        for rows in self._batches():
            said = self._layers(torch.from_numpy(filled(self._features[rows])))
            loss = self._loss(said, self._lesson, rows)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self._layers.parameters(), LARGEST_SLOPE)
            optimizer.step()
            scheduler.step()
            with torch.no_grad():
                torch._foreach_lerp_(self._averaged, state, 1 - AVERAGED)

    def _batches(self) -> Iterator[npt.NDArray[np.int64]]:
        order = torch.randperm(len(self._lesson.cases), generator=self._draws).numpy()
        # The rest of the cases, fewer than a batch, have their turn in another order.
        for step in range(self._plan.steps):
            yield order[step * self._plan.batch : (step + 1) * self._plan.batch]

    def _loss(self, said: torch.Tensor, lesson: Lesson, rows: npt.NDArray[np.int64]) -> torch.Tensor:
        weights = torch.from_numpy(lesson.weights[rows].astype(np.float32))
        labels, smoothing = lesson.labels[rows], float(self._given["label_smoothing"])
        if lesson.problem.is_regression:
            losses = (said[:, 0] - torch.from_numpy(labels.astype(np.float32))) ** 2
        elif lesson.outputs == 1:
            wanted = torch.from_numpy(labels.astype(np.float32)) * (1 - smoothing) + smoothing / 2
            losses = nn.functional.binary_cross_entropy_with_logits(said[:, 0], wanted, reduction="none")
        else:
            losses = nn.functional.cross_entropy(
                said, torch.from_numpy(labels.astype(np.int64)), reduction="none", label_smoothing=smoothing
            )
        return (losses * weights).mean()

    def _loss_on(self, judge: Lesson, judged: Matrix) -> float:
        network = _dense(self._layers, self._averaged)
        total = 0.0
        for start in range(0, judged.shape[0], 4096):
            rows = np.arange(start, min(start + 4096, judged.shape[0]))
            said = torch.from_numpy(network.say(filled(judged[rows])))
            total += float(self._loss(said, judge, rows)) * len(rows)
        return total / judged.shape[0]

    def _state(self) -> list[torch.Tensor]:
        return [tensor for tensor in self._layers.state_dict().values() if tensor.is_floating_point()]


class _Dropout(nn.Module):
    """Like PyTorch's, with draws of its own."""

    def __init__(self, share: float, draws: torch.Generator) -> None:
        super().__init__()
        self._share, self._draws = share, draws

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Drops a share of the values while learning."""
        if not self.training or not self._share:
            return values
        kept = torch.empty_like(values).bernoulli_(1 - self._share, generator=self._draws)
        return values * kept / (1 - self._share)


def _general(lesson: Lesson) -> npt.NDArray[np.float64]:
    """What holds for cases in general [S]: log-odds, or 0 as the mean of standardised numbers."""
    shares = np.average(lesson.targets, axis=0, weights=lesson.weights)
    if lesson.problem.is_regression:
        return np.zeros(1)
    return logit(shares) if lesson.outputs == 1 else np.log(shares)


def _layers(given: Parameters, inputs: int, general: npt.NDArray[np.float64], draws: torch.Generator) -> nn.Sequential:
    """A network that says the same of every case at first: what holds in general."""
    width, layers = int(given["width"]), []
    for number in range(int(given["depth"])):
        linear = nn.utils.skip_init(nn.Linear, width if number else inputs, width)
        nn.init.kaiming_uniform_(linear.weight, nonlinearity="relu", generator=draws)
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.BatchNorm1d(width), nn.ReLU(), _Dropout(float(given["dropout"]), draws)]
    last = nn.utils.skip_init(nn.Linear, width, len(general))
    nn.init.zeros_(last.weight)
    with torch.no_grad():
        last.bias.copy_(torch.from_numpy(general))
    return nn.Sequential(*layers, last)


def _dense(layers: nn.Sequential, state: Sequence[torch.Tensor]) -> Dense:
    """Linear layers whose weights hold the batch normalisation after them too."""
    values = iter([tensor.numpy().astype(np.float64) for tensor in state])
    made: list[Layer] = []
    for layer in layers:
        if isinstance(layer, nn.Linear):
            weights, biases = next(values).T, next(values)
        elif isinstance(layer, nn.BatchNorm1d):
            gain, shift, mean, variance = next(values), next(values), next(values), next(values)
            factor = gain / np.sqrt(variance + layer.eps)
            weights, biases = weights * factor, (biases - mean) * factor + shift
        else:
            continue
        if isinstance(layer, nn.BatchNorm1d) or layer is layers[-1]:
            made.append(Layer(weights.astype(np.float32), biases.astype(np.float32)))
    return Dense(tuple(made))
