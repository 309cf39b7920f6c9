"""What a search knows of one setting: its scores fold by fold, and what it predicted for cases it was not fitted on.

In the first round of folds, the cases that a model is scored by also stopped it early, and made it look somewhat better
than it is: all settings alike enough to search by, but not to weigh a forest against a network. Further rounds are
fitted with what the first one found and without such cases: what they say is fair.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from relearn_training.cases import TableColumns
from relearn_training.cross_validation import CrossValidation, summarise
from relearn_training.folds import Fold
from relearn_training.metrics import rank
from relearn_training.models import FittedModel, Parameters, Predictions
from relearn_training.recipe import Candidate, Status


@dataclass
class OutOfFold:
    """Predictions for cases that a model was not fitted on.

    Attributes:
        summed: over rounds of folds [N, outputs].
        counts: rounds in which a case was predicted [N].
    """

    summed: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, cases: int, outputs: int) -> Self:
        """None yet."""
        return cls(np.zeros((cases, outputs)), np.zeros(cases, dtype=np.int64))

    def add(self, fold: Fold, predictions: Predictions) -> None:
        """Takes in one fold."""
        self.summed[fold.score] += predictions
        self.counts[fold.score] += 1

    def mean(self, rows: npt.NDArray[np.intp]) -> Predictions:
        """Of some cases, over the rounds."""
        return self.summed[rows] / self.counts[rows, None]


@dataclass
class Trial:
    """One setting of one family.

    Attributes:
        number: from 1, in the order of the search.
        algorithm: name of the family.
        parameters: of it.
        origin: `portfolio`, `champion` or the sampler that proposed it.
        folds: in a round.
        rows: most cases that a fit takes; None for all.
        status: `complete`, `pruned` or `failed`.
        reason: why it was given up or failed.
        scores: by the number of the fold, which counts on through the rounds.
        fit_seconds: of all folds.
        predict_seconds: of all folds.
        predicted_rows: that these seconds were for.
        searched: predictions of the first round; None once they are no longer needed.
        fair: predictions of further rounds; None where there are none.
        models: by fold, of this process; after a resumption they are absent.
        found: parameters with what early stopping found, by fold of the first round.
        sampled: distributions and values of the sampler, for its memory.
        graph_bytes: of the graphs of its models; None where that is not known.
    """

    number: int
    algorithm: str
    parameters: Parameters
    origin: str
    folds: int
    rows: int | None = None
    status: Status = "complete"
    reason: str | None = None
    scores: dict[int, float] = field(default_factory=dict)
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0
    predicted_rows: int = 0
    searched: OutOfFold | None = None
    fair: OutOfFold | None = None
    models: dict[int, FittedModel] = field(default_factory=dict)
    found: dict[int, Parameters] = field(default_factory=dict)
    sampled: Mapping[str, Mapping[str, object]] | None = None
    graph_bytes: int | None = None

    def add(self, number: int, fold: Fold, value: float, predictions: Predictions, cases: int) -> None:
        """Takes in one fold's score and predictions."""
        self.scores[number] = value
        name = "searched" if number < self.folds else "fair"
        if getattr(self, name) is None:
            setattr(self, name, OutOfFold.of(cases, predictions.shape[1]))
        getattr(self, name).add(fold, predictions)

    def forget(self) -> None:
        """Gives back the memory of predictions and models."""
        self.searched = self.fair = None
        self.models.clear()

    def settled(self, *, latest: bool) -> Parameters:
        """Parameters for a fit that nothing stops early: numbers that the folds found are averaged.

        Args:
            latest: whether those of the first fold count instead, which is the latest where folds follow time.
        """
        found = [self.found[number] for number in sorted(self.found)]
        if not found:
            return self.parameters
        merged = dict(found[0])
        if not latest:
            for key, value in merged.items():
                values = [parameters.get(key) for parameters in found]
                if len(set(values)) > 1 and all(type(each) in (int, float) and each > 0 for each in values):
                    mean = float(np.exp(np.mean(np.log(values))))
                    merged[key] = round(mean) if type(value) is int else mean
        return merged

    def searched_validation(self, metric: str) -> CrossValidation | None:
        """Its scores in the first round, by which settings are compared while searching; None before the first."""
        return self._summarise(metric, [n for n in sorted(self.scores) if n < self.folds])

    def validation(self, metric: str) -> CrossValidation | None:
        """Its fair scores where there are any, else those of the first round; None before the first."""
        fair = [number for number in sorted(self.scores) if number >= self.folds]
        return self._summarise(metric, fair) if fair else self.searched_validation(metric)

    def goodness(self, metric: str) -> float:
        """By which settings are compared while searching: larger for better."""
        validation = self.searched_validation(metric)
        return rank(metric, validation.mean) if validation else float("-inf")

    @property
    def predict_milliseconds(self) -> float | None:
        """That 1000 rows take; None where it has predicted none."""
        return 1e6 * self.predict_seconds / self.predicted_rows if self.predicted_rows else None

    def measure(self, columns: TableColumns) -> None:
        """Looks how large the graphs of its models are, where that is not known: one of them stands for the others."""
        if self.graph_bytes is None and self.models:
            self.graph_bytes = next(iter(self.models.values())).to_onnx(columns).ByteSize() * len(self.models)

    def candidate(self, metric: str) -> Candidate:
        """As the leaderboard shows it."""
        per_thousand = self.predict_milliseconds
        return Candidate(
            algorithm=self.algorithm,
            parameters=self.parameters,
            cross_validation=self.validation(metric),
            status=self.status,
            reason=self.reason,
            predict_milliseconds=None if per_thousand is None else round(per_thousand, 3),
            graph_bytes=self.graph_bytes,
        )

    def _summarise(self, metric: str, numbers: list[int]) -> CrossValidation | None:
        return summarise(metric, [self.scores[n] for n in numbers], self.fit_seconds) if numbers else None
