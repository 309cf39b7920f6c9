"""The search: settings are fitted fold by fold within a budget, the hopeless ones are given up, the best are deepened.

    seconds  |- a linear model, boosted trees -|- portfolios -|- sampler -|- deepening -|- final model -|

Where all folds of a setting cost little of the budget, each setting is fitted on all of them (deep). Where they cost
much, each is fitted on the first fold alone (broad), and those that the ensemble would use get the other folds, as
time permits; what that leaves goes to further settings, and to the folds of the best of these. Small tables are
divided anew for further rounds of folds, which lowers the variance of the scores and of the model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from relearn_training.budget import Budget
from relearn_training.checkpoints import Checkpoints
from relearn_training.failures import Failure, is_out_of_memory
from relearn_training.fitting import FoldFit, FoldFitter
from relearn_training.folds import Fold
from relearn_training.metrics import rank, score
from relearn_training.models import Parameters
from relearn_training.objective import Objective
from relearn_training.progress import Progress
from relearn_training.proposals import Proposal, Proposals
from relearn_training.trials import Trial

PROBED_ROWS: Final = 2500
"""Of a larger table a family's first fit takes so many, to learn what all rows would cost."""
TRIAL_SHARE: Final = 0.2
FIRST_SHARE: Final = 0.35
"""Of all seconds, that one trial may take, and each of the first two; then they give what they have."""
LEAST_SHARE: Final = 0.05
BOOSTED: Final = frozenset({"lightgbm", "xgboost"})
USUAL_RATE, HURRY, LARGEST_RATE = 0.05, 3.0, 0.3
"""Of boosted trees: the learning rate where a setting has none, and by how much it grows for want of time."""
DEEP_TRIALS: Final = 12
"""So many settings on all folds have to fit into the budget for the search to be deep."""
BROAD_SHARES: Final = (0.5, 0.8)
ROUNDS_SHARE: Final = 0.6
"""Shares of the search's seconds after which folds that are left, twice, and further rounds are fitted."""
KEPT: Final = 16
"""Trials, the best ones, whose models and predictions are kept; and those of each family's best."""
HOPELESS: Final = 2.0
"""Standard errors of the difference from the best, on the same folds, at which a trial is given up."""
FINISH_MEMBERS, FINISH_FOLDS = 4, 1.5
"""Members that a final model is expected to have, and models of each where the search is broad."""
FINISH_FACTOR: Final = 3.0
"""At the end every case, those held out too, is predicted in Python and by the graph; one thread's seconds."""

Chooser = Callable[[Sequence[Trial]], Sequence[Trial]]


@dataclass(frozen=True)
class Plan:
    """How a search goes about it.

    Attributes:
        rounds: of folds; settings are compared by the first.
        trials: at most.
        pruning: whether hopeless settings are given up.
        weights: of the classes, by which labels are decided while searching. Default: all 1.
    """

    rounds: Sequence[Sequence[Fold]]
    trials: int
    pruning: bool
    weights: np.ndarray | None = None

    @property
    def folds(self) -> int:
        """In one round."""
        return len(self.rounds[0])

    def fold(self, number: int) -> Fold:
        """A fold by its number, which counts on through the rounds."""
        return self.rounds[number // self.folds][number % self.folds]


class Search:
    """Tries settings until trials or time end.

    Args:
        objective: the problem, and the metric by which settings are compared.
        fitter: of folds.
        proposals: what is tried.
        plan: how.
        budget: of seconds.
        checkpoints: where the state is kept.
        progress: to report to.
    """

    def __init__(
        self,
        objective: Objective,
        fitter: FoldFitter,
        proposals: Proposals,
        plan: Plan,
        budget: Budget,
        checkpoints: Checkpoints,
        progress: Progress,
    ) -> None:
        self.objective = objective
        self.metric = objective.metric
        self.fitter = fitter
        self.proposals = proposals
        self.plan = plan
        self.budget = budget
        self.checkpoints = checkpoints
        self.progress = progress
        self.trials: list[Trial] = []
        self.broad = False
        self.lean = False

    def run(self, chosen: Chooser) -> None:
        """Tries settings, and fits more folds of what an ensemble would use.

        Args:
            chosen: those of the trials that an ensemble would use.

        Raises:
            MemoryError: if none could be fitted for want of memory.
        """
        self.trials, used, self.broad = self.checkpoints.load()
        self.budget.spend(used)
        self._try_until(BROAD_SHARES[0])
        if not any(trial.scores for trial in self.trials):
            self._refuse()
        self._deepen(chosen)
        for share in BROAD_SHARES[1:] if self.broad else ():
            self._try_until(share)
            self._deepen(chosen)

    def _try_until(self, broad_share: float) -> None:
        while len(self.trials) < self.plan.trials and not self._enough_tried(broad_share):
            if not self._try_next():
                break

    def _deepen(self, chosen: Chooser) -> None:
        """Fits the folds that are left of what an ensemble would use, and further rounds, as time permits."""
        for number in range(len(self.plan.rounds)):
            first = number * self.plan.folds
            for trial in self._to_deepen(chosen, number):
                missing = [fold for fold in range(first, first + self.plan.folds) if fold not in trial.scores]
                if missing and self._cost(trial, len(missing)) < self.budget.search_left:
                    self._report(f"Fitting {trial.algorithm} of trial {trial.number} on {len(missing)} more folds")
                    self._evaluate(trial, missing, self.budget.search_left)
                    self._finish_trial(trial)

    def _to_deepen(self, chosen: Chooser, number: int) -> list[Trial]:
        """What an ensemble would use; before it is weighed fairly for the first time, the best of each family too."""
        usable = self.usable()
        wanted = list(chosen(usable))
        if number == 1:
            seen = {trial.algorithm for trial in wanted}
            for trial in self.best(usable):
                if trial.algorithm not in seen:
                    seen.add(trial.algorithm)
                    wanted.append(trial)
        return wanted

    def usable(self) -> list[Trial]:
        """Trials that a model can be made of: with scores and predictions, those on all folds unless there are none.

        Where the metric tells nothing in any fold, as ROC AUC where one class alone is scored, those with predictions.
        """
        predicted = [trial for trial in self.trials if trial.searched is not None]
        scored = [trial for trial in predicted if np.isfinite(trial.goodness(self.metric))] or predicted
        complete = [trial for trial in scored if trial.status == "complete"]
        return complete or scored

    def _enough_tried(self, broad_share: float) -> bool:
        if not any(trial.scores for trial in self.trials):
            return len(self.trials) > self.proposals.opening
        self.budget.reserve(self._finish_seconds())
        share = 1.0
        if self.broad:
            share = broad_share
        elif len(self.plan.rounds) > 1:
            share = ROUNDS_SHARE
        return self.budget.search_share >= share

    def _try_next(self) -> bool:
        proposal = self.proposals.next(self.trials)
        if proposal is None:
            return False
        number = len(self.trials) + 1
        self._report(f"Trial {number}: {proposal.algorithm} ({proposal.origin})", number)
        trial = Trial(
            number,
            proposal.algorithm,
            self._hurried(proposal),
            proposal.origin,
            self.plan.folds,
            sampled=proposal.sampled,
        )
        self.trials.append(trial)
        self._attempt(trial)
        self._finish_trial(trial)
        return True

    def _hurried(self, proposal: Proposal) -> Parameters:
        """Larger steps for boosted trees, where others did not come to their end in time."""
        late = any(trial.algorithm in BOOSTED and self._was_cut_short(trial) for trial in self.trials)
        if proposal.algorithm not in BOOSTED or not late:
            return proposal.parameters
        given = proposal.parameters.get("learning_rate")
        # A champion's may be anything.
        rate = float(given) if isinstance(given, int | float) and 0 < given <= 1 else USUAL_RATE
        return {**proposal.parameters, "learning_rate": min(HURRY * rate, LARGEST_RATE)}

    def _was_cut_short(self, trial: Trial) -> bool:
        width = self.fitter.width(trial.algorithm, at_once=not self.broad)
        return trial.fit_seconds / width > 0.9 * self._seconds_for(trial.number)

    def _seconds_for(self, number: int) -> float:
        return (FIRST_SHARE if number <= 2 else TRIAL_SHARE) * self.budget.seconds

    def _attempt(self, trial: Trial) -> None:
        """Evaluates a trial; a fault of one setting is that setting's, and the search goes on."""
        try:
            self._probe(trial)
            seconds = min(self._seconds_for(trial.number), self.budget.search_left)
            seconds = max(seconds, LEAST_SHARE * self.budget.seconds)
            trial.rows = self._affordable_rows(trial.algorithm, seconds)
            self._evaluate(trial, [0] if self.broad else range(self.plan.folds), seconds)
        except Failure as failure:
            _fail(trial, str(failure))
        except Exception as error:  # noqa: BLE001 - the libraries' errors have no common kind
            if is_out_of_memory(error):
                self._use_less(trial)
            else:
                _fail(trial, f"{type(error).__name__} while fitting")

    def _probe(self, trial: Trial) -> None:
        """Learns what a row costs a family, and with the second trial how deep the search can be."""
        if self._rows <= PROBED_ROWS:
            return
        if not self.fitter.costs.known(trial.algorithm):
            deadline = self.fitter.clock() + 0.1 * self.budget.seconds
            self.fitter.probe(trial.algorithm, trial.parameters, PROBED_ROWS, deadline)
        if trial.number <= 2:
            whole = self.fitter.costs.estimate(trial.algorithm, self._rows) * self.plan.folds / self.fitter.threads
            self.broad = self.broad or whole * DEEP_TRIALS > self.budget.seconds

    def _affordable_rows(self, algorithm: str, seconds: float) -> int | None:
        """Only so many that the fit of one fold ends in time, where it is known that all would not; else all."""
        parallel = self.fitter.width(algorithm, at_once=not self.broad)
        folds = 1 if self.broad else self.plan.folds
        whole = self.fitter.costs.estimate(algorithm, self._rows) * folds / parallel
        if whole <= 2 * seconds:
            return None
        return max(int(self._rows * seconds / whole), min(PROBED_ROWS, self._rows))

    def _evaluate(self, trial: Trial, numbers: Sequence[int], seconds: float) -> None:
        fair = min(numbers) >= self.plan.folds
        waves = self.fitter.fit_folds(
            trial.algorithm,
            trial.settled(latest=False) if fair else trial.parameters,
            numbers,
            trial.rows,
            seconds,
            at_once=not self.broad,
            stopping=not fair,
        )
        left = len(numbers)
        for wave in waves:
            for fit in wave:
                self._take(trial, fit)
            left -= len(wave)
            if left and not self._worth_going_on(trial, left):
                return

    def _take(self, trial: Trial, fit: FoldFit) -> None:
        fold = self.plan.fold(fit.number)
        if not np.isfinite(fit.predictions).all():
            raise Failure("it predicts what is no number")
        truth = self.fitter.cases.labels[fold.score]
        value = score(self.metric, self.objective.problem, truth, fit.predictions, self.plan.weights)
        trial.add(fit.number, fold, value, fit.predictions, len(self.fitter.cases))
        trial.models[fit.number] = fit.model
        if fit.number < self.plan.folds:
            trial.found[fit.number] = dict(fit.model.parameters)
        trial.fit_seconds += fit.fit_seconds
        trial.predict_seconds += fit.predict_seconds
        trial.predicted_rows += len(fold.score)

    def _worth_going_on(self, trial: Trial, left: int) -> bool:
        if max(trial.scores) >= self.plan.folds:
            return self.budget.search_left > 0
        if self._cost(trial, left) > self.budget.search_left and self._others_complete(trial):
            trial.status, trial.reason = "pruned", "the time for the search ended"
            return False
        if self.plan.pruning and (reason := self._hopeless(trial)):
            trial.status, trial.reason = "pruned", reason
            return False
        return True

    def _hopeless(self, trial: Trial) -> str | None:
        """Compares with the best trial on the folds that both were scored on; each family's first is let be."""
        others = self._others_complete(trial)
        if not others or not any(other.algorithm == trial.algorithm for other in others):
            return None
        best = max(others, key=lambda other: other.goodness(self.metric))
        both = sorted(set(trial.scores) & set(best.scores))
        every = [best.scores[number] for number in sorted(best.scores) if number < self.plan.folds]
        ours, theirs = (rank(self.metric, float(np.mean([t.scores[n] for n in both]))) for t in (trial, best))
        behind = theirs - ours
        if len(every) < 2 or not behind > HOPELESS * max(float(np.std(every)) / np.sqrt(len(both)), 1e-9):
            return None
        return f"behind the best by {behind:.4g} after {len(both)} of {self.plan.folds} folds"

    def _others_complete(self, trial: Trial) -> list[Trial]:
        return [t for t in self.trials if t is not trial and t.scores and t.status == "complete"]

    def _finish_trial(self, trial: Trial) -> None:
        """Gives memory back that no final model will need, and writes the checkpoint."""
        complete = [each for each in self.trials if each.status == "complete" and each.scores]
        if complete:
            kept = {each.number for each in self.best(complete)}
            for each in self.trials:
                if each.number not in kept:
                    each.forget()
        self.checkpoints.save(self.trials, trial, self.budget.used, broad=self.broad)

    def best(self, trials: Sequence[Trial]) -> list[Trial]:
        """Those that a model may be made of: the best ones, and the best of each family; the best first."""
        ranked = sorted(trials, key=lambda each: each.goodness(self.metric), reverse=True)
        first = {each.algorithm: each for each in reversed(ranked)}
        return [each for place, each in enumerate(ranked) if place < KEPT or first[each.algorithm] is each]

    def _use_less(self, trial: Trial) -> None:
        """After memory ran out: half of the rows, one thread, nothing cached; the trial is tried once more."""
        self.fitter.forget()
        if self.lean:
            _fail(trial, "memory ran out")
            return
        self.lean = True
        for each in self.trials:
            each.models.clear()
        trial.scores.clear()
        trial.forget()
        self.fitter.threads = 1
        self.fitter.most_rows = max(self._rows // 2, 10)
        self._report("Memory ran out: the search goes on with half of the cases in a fit and one thread")
        self._attempt(trial)

    def _refuse(self) -> None:
        reasons = [trial.reason for trial in self.trials if trial.reason]
        if any(reason == "memory ran out" for reason in reasons):
            raise MemoryError
        raise Failure(
            f"Expected at least one of {len(self.trials)} settings to be fitted; none was, the first because "
            f"{reasons[0] if reasons else 'there was no time'}: allow other algorithms or more seconds."
        )

    @property
    def _rows(self) -> int:
        """Of one fit."""
        return max(len(fold.fit) for fold in self.plan.rounds[0])

    def _cost(self, trial: Trial, folds: int) -> float:
        """Seconds that more folds of a trial take, by those that it has."""
        at_once = min(self.fitter.width(trial.algorithm, at_once=not self.broad), folds)
        return trial.fit_seconds / max(len(trial.scores), 1) * folds / at_once

    def _finish_seconds(self) -> float:
        """What predicting every case by the final model takes."""
        rates = [t.predict_seconds / t.predicted_rows for t in self.trials if t.predicted_rows]
        bag = FINISH_FOLDS if self.broad else self.plan.folds * len(self.plan.rounds)
        return FINISH_MEMBERS * bag * self.checking_seconds(float(np.median(rates)))

    def checking_seconds(self, rate: float) -> float:
        """What predicting every case by one model takes, which needs `rate` seconds for one."""
        return FINISH_FACTOR * len(self.fitter.cases) * rate / self.fitter.threads

    def _report(self, message: str, number: int | None = None) -> None:
        best = max((t for t in self.trials if t.scores), key=lambda t: t.goodness(self.metric), default=None)
        mean = best.searched_validation(self.metric).mean if best else None
        self.progress.report(
            "search",
            len(self.trials),
            self.plan.trials,
            message,
            mean if mean is not None and np.isfinite(mean) else None,
            trial=number,
            seconds_left=self.budget.left,
        )


def _fail(trial: Trial, reason: str) -> None:
    trial.status, trial.reason = "failed", reason
    trial.forget()
