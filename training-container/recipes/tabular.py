"""Recipe `tabular`: searches settings of several families within a budget, and makes one model of the best."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from joblib import cpu_count

from relearn_training.assembly import NAMES, Assembler, Choice, Wishes, choose_model, contributors
from relearn_training.budget import Budget
from relearn_training.checkpoints import Checkpoints
from relearn_training.estimators import ABSENT, FAMILIES, DataShape
from relearn_training.failures import ConfigurationFailure, Failure, shortened
from relearn_training.fitting import FoldFitter
from relearn_training.folds import Fold, make_folds, make_ordered_folds
from relearn_training.hyperparameters import refuse_unknown_keys
from relearn_training.metrics import rank
from relearn_training.objective import LABEL_METRICS, Objective, search_weights
from relearn_training.proposals import Proposals
from relearn_training.recipe import Assignment, Candidate, Trained
from relearn_training.recipe_parameters import number, one_of, whole_number
from relearn_training.search import Plan, Search

ALGORITHMS: Final = ("linear", "random-forest", "extra-trees", "xgboost", "lightgbm", "network")
FORMER_NAMES: Final = {"logistic-regression": "linear"}
PARAMETERS: Final = (
    *("algorithms", "folds", "rounds", "seconds", "trials", "sampler", "pruning"),
    *("ensemble", "calibration", "threshold", "balance", "order"),
)
FEWEST_FOLDS, MOST_FOLDS, MOST_ROUNDS = 2, 10, 5
SMALL_FOLDS, USUAL_FOLDS = 8, 5
"""Folds of a table of fewer cases than `SMALL`, whose models need every case, and of others."""
SMALL, MIDDLING = 1000, 3000
"""Cases up to which there may be three rounds of folds, and two."""
DEFAULT_SECONDS, MOST_SECONDS = 60.0, 432_000.0
DEFAULT_TRIALS, MOST_TRIALS = 100, 10_000
SIZING_SECONDS: Final = 1.0
"""For looking how large candidates are that the model is not made of."""
MOST_SHOWN: Final = 40
"""Candidates in `model.json`, which has to stay small."""


@dataclass(frozen=True)
class Tabular:
    """The recipe's parameters.

    Attributes:
        algorithms: to choose from, of `ALGORITHMS`. Default: all that can be imported.
        folds: of the cross-validation, 2 to 10; fewer are made where a class has fewer subjects. Default: 8 for fewer
            than 1000 cases, else 5.
        rounds: of folds, 1 to 5, into which settings of the final model are divided anew. Default: 3 for fewer than
            1000 cases, 2 for fewer than 3000, else 1.
        seconds: from the first trial to the checked model, above 0. Default: 60.
        trials: at most, 1 to 10,000. Default: 100.
        sampler: `tpe`, `random` or `grid`, which proposes settings after the families' own. Default: tpe.
        pruning: whether a trial whose first folds are hopeless ends. Default: true.
        wishes: how a model is made of trials.
        balance: `balanced`: every class weighs the same in a fit. `none`: every case does. `auto`: every class, where
            the metric judges labels, treats classes alike and no threshold is tuned.
        order: name of a column, or `receivedAt`, in whose order folds follow one another. Default: no order.
    """

    algorithms: Sequence[str] = ALGORITHMS
    folds: int | None = None
    rounds: int | None = None
    seconds: float = DEFAULT_SECONDS
    trials: int = DEFAULT_TRIALS
    sampler: str = "tpe"
    pruning: bool = True
    wishes: Wishes = field(default_factory=Wishes)
    balance: str = "auto"
    order: str | None = None

    def train(self, assignment: Assignment) -> Trained:
        """Searches, chooses by out-of-fold predictions, and fits what the choice still lacks."""
        search = self._search(assignment)
        seed = assignment.seed
        search.run(lambda trials: contributors(search, trials, seed))
        wishes = replace(self.wishes, ordered=self.order is not None)
        choice = choose_model(search, wishes, seed)
        best = choice.validation.mean
        progress, budget = assignment.progress, search.budget
        told = " and ".join(f"{trial.algorithm} of trial {trial.number}" for trial in choice.members[:3])
        more = f" and {len(choice.members) - 3} more" if len(choice.members) > 3 else ""
        progress.report("fit", 0, 1, f"Making the model of {told}{more}", best, seconds_left=budget.left)
        assembler = Assembler(search, wishes, seed)
        choice, model = assembler.build(choice)
        for said in assembler.said:
            progress.report("fit", 0, 1, said, best, seconds_left=budget.left)
        progress.report("fit", 1, 1, f"Made a model of {len(model.members)} members", best, seconds_left=budget.left)
        measure_sizes(search)
        return Trained(
            algorithm=algorithm_of(choice),
            model=model,
            cross_validation=choice.validation,
            leaderboard=leaderboard(search, choice),
            details={"search": describe(search, choice, assembler.said)},
            decision_weights=choice.decision_weights,
        )

    def _search(self, assignment: Assignment) -> Search:
        cases, problem, metric = assignment.cases, assignment.problem, assignment.metric
        budget = Budget(self.seconds, assignment.clock)
        tuned = self.wishes.threshold == "auto"
        weights = None if problem.is_regression else search_weights(metric, problem, cases.labels, tuned=tuned)
        objective = Objective(metric, problem, weights)
        families = {name: FAMILIES[name] for name in self.algorithms if name in FAMILIES}
        if not families:
            raise ConfigurationFailure(
                f"Expected an algorithm that can be imported; got {', '.join(self.algorithms)} "
                f"({'; '.join(ABSENT[name] for name in self.algorithms if name in ABSENT)}): allow another."
            )
        plan = Plan(self._rounds(assignment), self.trials, self.pruning, weights)
        fitter = FoldFitter(
            cases,
            problem,
            families,
            plan.fold,
            assignment.seed,
            balanced=self._balanced(metric),
            clock=assignment.clock,
            threads=1 if assignment.lean else cpu_count(),
        )
        if assignment.lean:
            fitter.most_rows = max(len(cases) // 2, 10)
        proposals = Proposals(
            families,
            problem,
            DataShape.of(cases, problem),
            self.sampler,
            metric,
            assignment.seed,
            assignment.champion,
        )
        identity = {
            "dataset": assignment.dataset,
            "metric": metric,
            "seed": assignment.seed,
            "families": list(families),
            "folds": plan.folds,
            "rounds": len(plan.rounds),
            **{name: getattr(self, name) for name in ("sampler", "pruning", "balance", "order")},
            "threshold": self.wishes.threshold,
            "champion": assignment.champion is not None,
            "lean": assignment.lean,
        }
        checkpoints = Checkpoints(assignment.checkpoints, identity, len(cases), problem.outputs, assignment.progress)
        return Search(objective, fitter, proposals, plan, budget, checkpoints, assignment.progress)

    def _rounds(self, assignment: Assignment) -> list[tuple[Fold, ...]]:
        cases, problem, seed = assignment.cases, assignment.problem, assignment.seed
        folds = self.folds or (SMALL_FOLDS if len(cases) < SMALL else USUAL_FOLDS)
        if self.order is not None:
            return [make_ordered_folds(cases, problem, folds, self.order)]
        first = make_folds(cases, problem, folds, seed)
        wanted = self.rounds or (3 if len(cases) < SMALL else 2 if len(cases) < MIDDLING else 1)
        rounds = [first]
        for turn in range(1, wanted):
            again = make_folds(cases, problem, len(first), seed + 1000 * turn)
            if len(again) == len(first):
                rounds.append(again)
        return rounds

    def _balanced(self, metric: str) -> bool:
        if self.balance == "auto":
            alike = metric in LABEL_METRICS and metric != "accuracy"
            return alike and self.wishes.threshold == "none"
        return self.balance == "balanced"


def algorithm_of(choice: Choice) -> str:
    """The name of the model: of its only family, or of the kind of ensemble."""
    return NAMES.get(choice.way, choice.members[0].algorithm)


def measure_sizes(search: Search) -> None:
    """Looks how large the graphs of the best trials are, as far as `SIZING_SECONDS` go."""
    deadline = search.fitter.clock() + SIZING_SECONDS
    for trial in search.best(search.usable()):
        if search.fitter.clock() > deadline:
            return
        # What cannot be exported is no member of the model, and its size stays unknown.
        with suppress(Failure, ValueError):
            trial.measure(search.fitter.cases.table.columns)


def leaderboard(search: Search, choice: Choice) -> list[Candidate]:
    """Every trial and, where there is one, the ensemble; the best first, those that failed last.

    Where some were weighed fairly, on further folds, the others follow them: their scores are optimistic.
    """
    some_fair = any(trial.fair is not None for trial in search.trials)
    candidates = [
        replace(trial.candidate(search.metric), optimistic=some_fair and trial.fair is None and bool(trial.scores))
        for trial in search.trials
    ]
    if choice.way in NAMES:
        candidates.append(_candidate_of(choice))

    def order(candidate: Candidate) -> tuple[int, bool, float]:
        # What was given up was scored on fewer folds than the rest.
        place = ("complete", "pruned", "failed").index(candidate.status)
        validation = candidate.cross_validation
        return place, candidate.optimistic, -rank(search.metric, validation.mean) if validation else float("inf")

    return sorted(candidates, key=order)[:MOST_SHOWN]


def _candidate_of(choice: Choice) -> Candidate:
    """The ensemble: what its members took together, and how it was found to be."""
    members = choice.members
    return Candidate(
        algorithm=NAMES[choice.way],
        parameters={
            f"trial {trial.number}: {trial.algorithm}": round(float(weight), 4)
            for trial, weight in zip(members, choice.blend.weights, strict=True)
        },
        cross_validation=replace(choice.validation, fit_seconds=sum(trial.fit_seconds for trial in members)),
        predict_milliseconds=round(sum(trial.predict_milliseconds or 0 for trial in members), 3),
        graph_bytes=sum(trial.graph_bytes or 0 for trial in members),
    )


def describe(search: Search, choice: Choice, left_out: Sequence[str]) -> dict[str, object]:
    """What `model.json` says of the search."""
    statuses = [trial.status for trial in search.trials]
    return {
        "trials": len(search.trials),
        **{status: statuses.count(status) for status in ("complete", "pruned", "failed")},
        "shown": MOST_SHOWN,
        "folds": search.plan.folds,
        "broad": search.broad,
        "seconds": round(search.budget.used, 1),
        "members": [
            {"trial": trial.number, "algorithm": trial.algorithm, "weight": float(weight), "folds": len(trial.scores)}
            for trial, weight in zip(choice.members, choice.blend.weights, strict=True)
        ],
        "calibration": choice.calibration.method if choice.calibration else "none",
        "leftOut": list(left_out),
        "absent": dict(ABSENT),
    }


def configure(parameters: Mapping[str, object]) -> Tabular:
    """Checks the recipe's parameters, those of `PARAMETERS`; each may be left out.

    Raises:
        ConfigurationFailure: naming the parameter that is unknown or out of range.
    """
    refuse_unknown_keys("parameters of the recipe tabular", parameters, PARAMETERS)
    _refuse_a_budget_of_nothing(parameters)
    return Tabular(
        algorithms=_algorithms(parameters),
        folds=_given(parameters, "folds", FEWEST_FOLDS, MOST_FOLDS),
        rounds=_given(parameters, "rounds", 1, MOST_ROUNDS),
        seconds=number(parameters, "seconds", DEFAULT_SECONDS, above=0, highest=MOST_SECONDS),
        trials=whole_number(parameters, "trials", DEFAULT_TRIALS, 1, MOST_TRIALS),
        sampler=one_of(parameters, "sampler", "tpe", ("tpe", "random", "grid")),
        pruning=_boolean(parameters, "pruning", default=True),
        wishes=Wishes(
            ensemble=one_of(parameters, "ensemble", "auto", ("auto", "none", "weighted", "stacked")),
            calibration=one_of(parameters, "calibration", "auto", ("auto", "none", "sigmoid", "temperature")),
            threshold=one_of(parameters, "threshold", "auto", ("auto", "none")),
        ),
        balance=one_of(parameters, "balance", "auto", ("auto", "none", "balanced")),
        order=_order(parameters),
    )


def _refuse_a_budget_of_nothing(parameters: Mapping[str, object]) -> None:
    for name in ("seconds", "trials"):
        value = parameters.get(name)
        if type(value) in (int, float) and value == 0:
            raise ConfigurationFailure(
                f"Expected a budget; got {name} 0, with which nothing can be tried: give {name} above 0."
            )


def _algorithms(parameters: Mapping[str, object]) -> tuple[str, ...]:
    given = parameters.get("algorithms", list(ALGORITHMS))
    known = (*ALGORITHMS, *FORMER_NAMES)
    if not isinstance(given, list) or not given or any(name not in known for name in given):
        raise ConfigurationFailure(
            f"Expected the parameter algorithms to be an array of {', '.join(ALGORITHMS)}; "
            f"got {shortened(repr(given))}: correct it."
        )
    named = {FORMER_NAMES.get(name, name) for name in given}
    return tuple(name for name in ALGORITHMS if name in named)


def _given(parameters: Mapping[str, object], name: str, lowest: int, highest: int) -> int | None:
    return whole_number(parameters, name, lowest, lowest, highest) if name in parameters else None


def _boolean(parameters: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = parameters.get(name, default)
    if type(value) is not bool:
        raise ConfigurationFailure(
            f"Expected the parameter {name} to be true or false; got {shortened(repr(value))}: correct it."
        )
    return value


def _order(parameters: Mapping[str, object]) -> str | None:
    value = parameters.get("order")
    if value is not None and not isinstance(value, str):
        raise ConfigurationFailure(
            f"Expected the parameter order to be the name of a field, or receivedAt; "
            f"got {shortened(repr(value))}: correct it."
        )
    return value
