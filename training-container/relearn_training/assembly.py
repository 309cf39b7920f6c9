"""From the trials of a search to one model: which trials, with which weights, calibrated how, deciding how."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from relearn_training.blending import Blend, Learner, weighted
from relearn_training.calibration import Calibration, choose_calibration
from relearn_training.cross_validation import CrossValidation, summarise
from relearn_training.ensemble import BagModel, EnsembleModel
from relearn_training.failures import Failure, TrainingFailure, is_out_of_memory
from relearn_training.metrics import Predictions, Truth, score
from relearn_training.models import FittedModel
from relearn_training.nested import choose
from relearn_training.objective import Objective, Stack
from relearn_training.onnx_check import require_parity
from relearn_training.search import Search
from relearn_training.thresholds import choose_weights
from relearn_training.trials import Trial

REFITTED: Final = frozenset({"linear", "random-forest", "extra-trees"})
"""Families whose models profit from all cases and gain little by a mean over folds, which would only be larger."""
MOST_BLENDED: Final = 14
MOST_COMPARED: Final = 10_000
"""Cases by which ways to combine are compared."""
NAMES: Final = {"weighted": "weighted-ensemble", "stacked": "stacked-ensemble"}
MOST_GRAPH_BYTES: Final = 16 * 2**20
"""Of the final model: far below what the platform takes, because it is loaded into small machines."""
MOST_NODES: Final = 1800
GENEROUS: Final = 1.5
"""How much more of the room that is left a member may take than its share of the weights that are left."""
SAMPLE: Final = 1000
"""Cases by which each model is compared with its graph, before all cases are with the whole."""
LEAST_SECONDS: Final = 0.5
CHECKING_SHARE: Final = 0.8
LEAST_CHECKING_SHARE: Final = 0.05
"""Of the seconds that are left when the members are chosen, for predicting every case; and of all, at least."""


@dataclass(frozen=True)
class Choice:
    """What the final model will be.

    Attributes:
        way: `none` for a single trial, `weighted` or `stacked`.
        members: trials that have a weight, the heaviest first.
        blend: their weights.
        calibration: of the combined probabilities, or none.
        decision_weights: of the classes, or none.
        validation: of the combination, on out-of-fold predictions.
    """

    way: str
    members: tuple[Trial, ...]
    blend: Blend
    calibration: Calibration | None
    decision_weights: tuple[float, ...] | None
    validation: CrossValidation


@dataclass(frozen=True)
class Wishes:
    """The recipe's parameters that say how a model is made of trials.

    Attributes:
        ensemble: `auto`, `none`, `weighted` or `stacked`.
        calibration: `auto`, `none`, `sigmoid` or `temperature`.
        threshold: `auto` or `none`.
        ordered: whether folds follow time: then `auto` does not stack, because what a linear layer learns of the middle
            of the past pulls the future there.
    """

    ensemble: str = "auto"
    calibration: str = "auto"
    threshold: str = "auto"
    ordered: bool = False


def contributors(search: Search, trials: Sequence[Trial], seed: int) -> list[Trial]:
    """Trials that a weighted ensemble of out-of-fold predictions would use, the heaviest first."""
    if not trials:
        return []
    some, _, truth, stack = _together(search, search.best(trials)[:MOST_BLENDED])
    blend = weighted(search.objective, truth, stack, seed)
    order = np.argsort(-blend.weights, kind="stable")
    return [some[place] for place in order if blend.weights[place] > 0]


def choose_model(search: Search, wishes: Wishes, seed: int, among: Sequence[Trial] | None = None) -> Choice:
    """Chooses by comparisons on cases that the thing compared was not learnt from.

    Args:
        search: that is over.
        wishes: of the recipe.
        seed: of draws and divisions.
        among: trials that are left. Default: the best.
    """
    objective, cases = search.objective, search.fitter.cases
    candidates = search.best(search.usable())[:MOST_BLENDED] if among is None else among
    trials, rows, truth, stack = _together(search, candidates)
    groups = np.asarray(cases.groups)[rows]
    learner = Learner(objective, seed)
    way = _choose_way(wishes, learner, objective, truth, stack, groups, seed)
    blend = learner.learn(way, truth, stack, np.arange(len(rows)))
    used = sorted(np.flatnonzero(blend.weights), key=lambda place: -abs(blend.weights[place]))
    if len(used) == 1 and not blend.stacked:
        way = "none"
    chosen = replace(blend, weights=blend.weights[used])
    combined = chosen.apply(stack[used])
    calibration = None
    if not chosen.stacked:
        calibration = choose_calibration(wishes.calibration, objective.problem, truth, combined, groups, seed)
    calibrated = calibration.apply(combined) if calibration else combined
    weights = choose_weights(wishes.threshold, objective.metric, objective.problem, truth, calibrated, groups, seed)
    validation = _validate(search, rows, truth, calibrated, weights)
    return Choice(way, tuple(trials[place] for place in used), chosen, calibration, weights, validation)


def _choose_way(
    wishes: Wishes,
    learner: Learner,
    objective: Objective,
    truth: Truth,
    stack: Stack,
    groups: npt.NDArray[np.str_],
    seed: int,
) -> str:
    if wishes.ensemble != "auto":
        return wishes.ensemble
    if len(stack) == 1:
        return "none"
    if len(truth) > MOST_COMPARED:
        drawn = np.sort(np.random.default_rng(seed).choice(len(truth), size=MOST_COMPARED, replace=False))
        truth, stack, groups = truth[drawn], stack[:, drawn], groups[drawn]
        # What was learnt before was learnt from other rows.
        learner = Learner(objective, seed)

    def goodness(way: str, learnt: npt.NDArray[np.intp], judged: npt.NDArray[np.intp]) -> float:
        blend = learner.learn(way, truth, stack, learnt)
        return -objective.loss(truth[judged], blend.apply(stack[:, judged]))

    ways = [way for way in Learner.WAYS if not (wishes.ordered and way == "stacked")]
    return choose({way: partial(goodness, way) for way in ways}, groups, seed)


def _together(search: Search, trials: Sequence[Trial]) -> tuple[list[Trial], npt.NDArray[np.intp], Truth, Stack]:
    """Trials that were weighed alike, the cases that all of them predicted, their labels, and the predictions.

    Where several trials have fair predictions of all cases, these alone are compared.
    """
    every = len(search.fitter.cases)
    fair = [trial for trial in trials if trial.fair is not None and np.count_nonzero(trial.fair.counts) == every]
    if len(fair) > 1:
        kept, parts = fair, [trial.fair for trial in fair]
    else:
        kept, parts = list(trials), [trial.searched for trial in trials]
    rows = np.flatnonzero(np.all([part.counts > 0 for part in parts], axis=0))
    return kept, rows, search.fitter.cases.labels[rows], np.stack([part.mean(rows) for part in parts])


def _validate(
    search: Search,
    rows: npt.NDArray[np.intp],
    truth: Truth,
    predictions: Predictions,
    weights: Sequence[float] | None,
) -> CrossValidation:
    """Scores the combination fold by fold of the first round, so that it compares with single trials."""
    places = np.full(len(search.fitter.cases), -1)
    places[rows] = np.arange(len(rows))
    scores = []
    for fold in search.plan.rounds[0]:
        inside = places[fold.score]
        if (inside >= 0).all() and len(inside):
            scores.append(score(search.metric, search.objective.problem, truth[inside], predictions[inside], weights))
    return summarise(search.metric, scores, 0.0)


class Assembler:
    """Fits what a choice still lacks, and puts the model together.

    Where folds follow time, every member is fitted on all cases, the latest too.

    Args:
        search: whose trials are chosen from.
        wishes: of the recipe.
        seed: of draws and divisions.
    """

    def __init__(self, search: Search, wishes: Wishes, seed: int) -> None:
        self._search = search
        self._wishes = wishes
        self._seed = seed
        self._ordered = wishes.ordered
        self._columns = search.fitter.cases.table.columns
        self._sample = search.fitter.cases.take(np.arange(min(len(search.fitter.cases), SAMPLE))).table
        self.said: list[str] = []

    def build(self, choice: Choice) -> tuple[Choice, EnsembleModel]:
        """The model, and the choice that was made for it; `said` has a sentence for each member that was left out.

        Members are fitted in the order of their weights. One that cannot be fitted in time, does not agree with its
        graph, or for which the graph has no room is left out, and the choice is made again among the others; among
        all other trials where none is left.

        Raises:
            TrainingFailure: if no trial is left.
        """
        tried: set[int] = set()
        while not (members := self._members(choice)):
            tried |= {trial.number for trial in choice.members}
            others = [trial for trial in self._search.best(self._search.usable()) if trial.number not in tried]
            if not others:
                raise TrainingFailure(
                    f"Expected a member of the model that agrees with its graph; none of {len(tried)} does "
                    f"({self.said[0]}): restrict the parameter algorithms to others and report this as a defect."
                )
            choice = choose_model(self._search, self._wishes, self._seed, others[:MOST_BLENDED])
        if len(members) < len(choice.members):
            left = [trial for trial in choice.members if trial.number in members]
            choice = choose_model(self._search, self._wishes, self._seed, left)
        used = tuple(members[trial.number] for trial in choice.members)
        problem = self._search.objective.problem
        return choice, EnsembleModel(problem, {}, used, choice.blend, choice.calibration)

    def _members(self, choice: Choice) -> dict[int, FittedModel]:
        """Models of the members that can be delivered, by the number of their trial."""
        members: dict[int, FittedModel] = {}
        budget = self._search.budget
        seconds = max(CHECKING_SHARE * budget.left, LEAST_CHECKING_SHARE * budget.seconds)
        room = Room(MOST_GRAPH_BYTES, MOST_NODES, seconds)
        weights = np.abs(choice.blend.weights)
        for place, trial in enumerate(choice.members):
            share = min(GENEROUS * weights[place] / weights[place:].sum(), 1.0)
            member = self._member(trial, room, share, needed=not members)
            if member is not None:
                members[trial.number] = member
        return members

    def _member(self, trial: Trial, room: "Room", share: float, *, needed: bool) -> FittedModel | None:
        name = f"{trial.algorithm} of trial {trial.number}"
        if not needed and self._search.budget.left <= 0 and not trial.models:
            return self._leave_out(name, "there was no time for it")
        try:
            models = self._models(trial, needed=needed)
            graph = models[0].to_onnx(self._columns)
            rate = trial.predict_seconds / max(trial.predicted_rows, 1)
            need = Room(graph.ByteSize(), len(graph.graph.node), self._search.checking_seconds(rate))
            count = min(len(models), room.part(share).holds(need) or min(room.holds(need), 1))
            if not count and not needed:
                return self._leave_out(name, "its graph finds no room beside the others, or no time to be checked")
            models = models[: max(count, 1)]
            room.take(need, len(models))
            trial.graph_bytes = need.bytes * len(models)
            for model in models:
                require_parity(
                    model.to_onnx(self._columns),
                    self._sample,
                    model.predict(self._sample),
                    regression=model.problem.is_regression,
                )
        except Failure as failure:
            return self._leave_out(name, str(failure))
        except Exception as error:
            if is_out_of_memory(error):
                raise
            return self._leave_out(name, f"{type(error).__name__} while it was fitted or exported")
        problem = self._search.objective.problem
        return models[0] if len(models) == 1 else BagModel(problem, trial.parameters, tuple(models))

    def _models(self, trial: Trial, *, needed: bool) -> list[FittedModel]:
        """One fitted on all cases, or those of the folds; fold models of an earlier process are fitted again."""
        search, fitter = self._search, self._search.fitter
        whole = fitter.costs.estimate(trial.algorithm, len(fitter.cases))
        # Half of what is left, because other members are still to come.
        affordable = whole <= search.budget.left / 2
        if self._ordered or (trial.algorithm in REFITTED and (affordable or not trial.models)):
            deadline = fitter.clock() + max(search.budget.left / 2, LEAST_SECONDS)
            return [fitter.fit_all(trial.algorithm, trial.settled(latest=self._ordered), trial.rows, deadline)]
        models: list[FittedModel] = []
        for number in sorted(trial.scores):
            model = trial.models.get(number)
            if model is None and ((needed and not models) or search.budget.left > LEAST_SECONDS):
                model = self._again(trial, number)
            if model is not None:
                models.append(model)
        if not models:
            raise TrainingFailure("there was no time to fit it again")
        return models

    def _again(self, trial: Trial, number: int) -> FittedModel:
        """A fold's model as the search fitted it."""
        fitter, search = self._search.fitter, self._search
        fair = number >= trial.folds
        return fitter.fit_fold(
            trial.algorithm,
            trial.settled(latest=False) if fair else trial.parameters,
            number,
            trial.rows,
            fitter.threads if search.broad else 1,
            fitter.clock() + max(search.budget.left / 2, LEAST_SECONDS),
            stopping=not fair,
        ).model

    def _leave_out(self, name: str, reason: str) -> None:
        self.said.append(f"{name} is left out: {reason}")


@dataclass
class Room:
    """What graphs take, or still may take: bytes, nodes, and seconds to predict every case."""

    bytes: int
    nodes: int
    seconds: float

    def holds(self, need: "Room") -> int:
        """How many graphs there is room for that take so much each."""
        by_time = int(self.seconds / max(need.seconds, 1e-9))
        return max(min(self.bytes // max(need.bytes, 1), self.nodes // max(need.nodes, 1), by_time), 0)

    def part(self, share: float) -> "Room":
        """A share of it."""
        return Room(int(share * self.bytes), int(share * self.nodes), share * self.seconds)

    def take(self, need: "Room", count: int) -> None:
        """Uses room for so many graphs."""
        self.bytes -= need.bytes * count
        self.nodes -= need.nodes * count
        self.seconds -= need.seconds * count
