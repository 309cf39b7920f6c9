"""What a search tries next: the champion's settings, the families' portfolios, then what a sampler of Optuna proposes.

One study for each family, because their parameters differ; which family is next is decided by how well its best does.
The sampler is made anew for each proposal, from the seed and the number of the trial: what it proposes depends on the
trials before it alone, so a resumed search goes on as if it had not been stopped.
"""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import optuna
from optuna.distributions import distribution_to_json, json_to_distribution
from optuna.samplers import BaseSampler, GridSampler, RandomSampler, TPESampler
from optuna.trial import TrialState, create_trial

from relearn_training.estimators import DataShape, Family
from relearn_training.models import Parameters
from relearn_training.problem import Problem
from relearn_training.trials import Trial

optuna.logging.set_verbosity(optuna.logging.ERROR)

FIRST: Final = ("linear", "lightgbm", "xgboost", "network", "extra-trees", "random-forest")
"""In this order families are tried: fast ones first, and those next that differ most from them."""
MOST_OF_CHAMPION: Final = 5
EXPLORING: Final = 0.3
"""Share of the sampler's trials that go to a family by turn, whatever its best."""


@dataclass(frozen=True)
class Proposal:
    """A setting to try.

    Attributes:
        algorithm: name of the family.
        parameters: of it.
        origin: where it comes from.
        sampled: distributions and values of the sampler, for its memory. Default: none.
    """

    algorithm: str
    parameters: Parameters
    origin: str
    sampled: Mapping[str, Mapping[str, object]] | None = None


class Proposals:
    """Settings to try, in order.

    Args:
        families: to choose from.
        problem: to solve.
        shape: of the table.
        sampler: `tpe`, `random` or `grid`.
        metric: that is declared.
        seed: of the sampler.
        champion: sidecar of the version that serves, or None.
    """

    def __init__(
        self,
        families: Mapping[str, Family],
        problem: Problem,
        shape: DataShape,
        sampler: str,
        metric: str,
        seed: int,
        champion: Mapping[str, object] | None,
    ) -> None:
        self._families = families
        self._problem = problem
        self._shape = shape
        self._sampler = sampler
        self._metric = metric
        self._seed = seed
        self._opening = list(self._open(champion))
        self._grid = list(self._grid_proposals()) if sampler == "grid" else []

    @property
    def opening(self) -> int:
        """How many settings come before the sampler's."""
        return len(self._opening)

    def next(self, trials: Sequence[Trial]) -> Proposal | None:
        """The setting to try after these trials; None where a grid has been tried to its end."""
        number = len(trials)
        if number < len(self._opening):
            return self._opening[number]
        if self._sampler == "grid":
            place = number - len(self._opening)
            return self._grid[place] if place < len(self._grid) else None
        return self._sample(trials)

    def _open(self, champion: Mapping[str, object] | None) -> Iterator[Proposal]:
        portfolios = {
            name: list(self._families[name].portfolio(self._problem, self._shape))
            for name in FIRST
            if name in self._families
        }
        proposals = [
            Proposal(name, portfolio[turn], "portfolio")
            for turn in range(max(map(len, portfolios.values())))
            for name, portfolio in portfolios.items()
            if turn < len(portfolio)
        ]
        # The first two are fast: whatever the budget, there is a model soon.
        known: set[str] = set()
        for proposal in [*proposals[:2], *self._of_champion(champion), *proposals[2:]]:
            key = json.dumps([proposal.algorithm, proposal.parameters], sort_keys=True)
            if key not in known:
                known.add(key)
                yield proposal

    def _of_champion(self, champion: Mapping[str, object] | None) -> Iterator[Proposal]:
        """The best of a sidecar that somebody else wrote: whatever does not look like a setting is passed over."""
        board = champion.get("leaderboard") if champion else None
        found = 0
        for entry in board if isinstance(board, list) else []:
            if found == MOST_OF_CHAMPION:
                return
            if not isinstance(entry, dict):
                continue
            name, parameters = entry.get("algorithm"), entry.get("parameters")
            usable = isinstance(parameters, dict) and entry.get("status", "complete") == "complete"
            if isinstance(name, str) and name in self._families and usable and _flat(parameters):
                found += 1
                yield Proposal(name, parameters, "champion")

    def _grid_proposals(self) -> Iterator[Proposal]:
        for name in FIRST:
            if name not in self._families:
                continue
            grid = {key: list(values) for key, values in self._families[name].grid(self._problem, self._shape).items()}
            points: list[Parameters] = []

            def note(trial: optuna.Trial, grid: dict[str, list] = grid, points: list[Parameters] = points) -> float:
                points.append({key: trial.suggest_categorical(key, values) for key, values in grid.items()})
                return 0.0

            study = optuna.create_study(sampler=GridSampler(grid, seed=self._seed), pruner=optuna.pruners.NopPruner())
            study.optimize(note, n_trials=int(np.prod([len(values) for values in grid.values()])))
            yield from (Proposal(name, point, "grid") for point in points)

    def _sample(self, trials: Sequence[Trial]) -> Proposal:
        number = len(trials) + 1
        rng = np.random.default_rng([self._seed, number])
        name = self._family(trials, rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            study = optuna.create_study(direction="maximize", sampler=self._make_sampler(int(rng.integers(2**31))))
            for trial in trials:
                if trial.algorithm == name and trial.sampled and np.isfinite(trial.goodness(self._metric)):
                    study.add_trial(remembered(trial, self._metric))
            asked = study.ask()
            parameters = self._families[name].suggest(asked, self._problem, self._shape)
        distributions = {key: distribution_to_json(value) for key, value in asked.distributions.items()}
        sampled = {"distributions": distributions, "values": dict(asked.params)}
        return Proposal(name, parameters, self._sampler, sampled)

    def _make_sampler(self, seed: int) -> BaseSampler:
        if self._sampler == "random":
            return RandomSampler(seed=seed)
        return TPESampler(seed=seed, n_startup_trials=5, multivariate=True, group=False, constant_liar=False)

    def _family(self, trials: Sequence[Trial], rng: np.random.Generator) -> str:
        """By turn, or one drawn by rank: the best family half of the time, the next half of the rest, and so on."""
        names = [name for name in FIRST if name in self._families]
        if self._sampler == "random" or rng.random() < EXPLORING:
            return names[int(rng.integers(len(names)))]
        best = {name: float("-inf") for name in names}
        for trial in trials:
            if trial.algorithm in best:
                best[trial.algorithm] = max(best[trial.algorithm], trial.goodness(self._metric))
        ranked = sorted(names, key=lambda name: best[name], reverse=True)
        place = min(int(rng.geometric(0.5)) - 1, len(ranked) - 1)
        return ranked[place]


def _flat(parameters: Mapping[str, object]) -> bool:
    return all(isinstance(value, float | int | str | bool | None) for value in parameters.values())


def remembered(trial: Trial, metric: str) -> optuna.trial.FrozenTrial:
    """A trial as the sampler's memory holds it.

    Raises:
        ValueError: if the distributions and values of the sampler do not belong together.
    """
    sampled = trial.sampled or {"distributions": {}, "values": {}}
    distributions = {key: json_to_distribution(str(value)) for key, value in sampled["distributions"].items()}
    return create_trial(
        state=TrialState.COMPLETE,
        params=dict(sampled["values"]),
        distributions=distributions,
        value=trial.goodness(metric),
    )
