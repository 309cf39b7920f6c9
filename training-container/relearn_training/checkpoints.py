"""Keeps a search's state on disk, so that a run which was stopped goes on where it was.

`search.json` holds what identifies the search, the seconds used and the trials; `trial-<number>-<folds>.npz` a trial's
out-of-fold predictions after so many folds. Each file is written beside its place and moved there, the arrays before
the text that names them: whenever the process ends, what lies there is whole. Nothing is pickled; models are fitted
again.
"""

import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, get_args
from zipfile import BadZipFile

import numpy as np

from relearn_training.progress import Progress
from relearn_training.proposals import remembered
from relearn_training.recipe import Status
from relearn_training.trials import OutOfFold, Trial

FORMAT_VERSION: Final = 1
STATE: Final = "search.json"
SAVED: Final = (
    *("number", "algorithm", "parameters", "origin", "folds", "rows", "status", "reason"),
    *("fit_seconds", "predict_seconds", "predicted_rows", "sampled", "graph_bytes"),
)
"""Attributes of a trial that are JSON as they are."""
ARRAYS: Final = ("searched", "fair")
"""And those that are arrays."""


class Checkpoints:
    """The checkpoint of one search.

    Args:
        folder: to keep it in; None to keep none.
        identity: what has to be the same for a checkpoint to be of this search; JSON. Its `families`, `folds`, `rounds`
            and `metric` also say which trials there can be.
        cases: N, how many cases are searched with.
        outputs: numbers of a prediction.
        progress: to say there what happened to a checkpoint.
    """

    def __init__(
        self, folder: Path | None, identity: Mapping[str, object], cases: int, outputs: int, progress: Progress
    ) -> None:
        self._folder = folder
        self._identity = json.loads(json.dumps(identity))
        self._shape = (cases, outputs)
        self._progress = progress

    def load(self) -> tuple[list[Trial], float, bool]:
        """The trials that were done, the seconds used and whether the search is broad; no trial without a checkpoint.

        A checkpoint that is damaged or of another search is said to be so, and not used.
        """
        if self._folder is None or not (self._folder / STATE).exists():
            return [], 0.0, False
        try:
            state = json.loads((self._folder / STATE).read_text(encoding="utf-8"))
            if state["formatVersion"] != FORMAT_VERSION or state["identity"] != self._identity:
                self._say("The checkpoint is of another search: it is not used, and the search begins anew")
                return [], 0.0, False
            trials = [self._read(number, entry) for number, entry in enumerate(state["trials"], start=1)]
            _require_predictions(trials)
            seconds, broad = _seconds(state["seconds"]), state["broad"] is True
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            EOFError,
            RuntimeError,
            BadZipFile,
        ) as error:
            self._say(f"The checkpoint is damaged ({type(error).__name__}): it is not used, and the search begins anew")
            return [], 0.0, False
        self._say(f"Goes on from a checkpoint: {len(trials)} trials are done, {seconds:.0f} s are used")
        return trials, seconds, broad

    def save(self, trials: Sequence[Trial], changed: Trial, seconds: float, *, broad: bool) -> None:
        """Writes the state after a trial; where that is impossible the search goes on without, which is said once."""
        if self._folder is None:
            return
        state = {
            "formatVersion": FORMAT_VERSION,
            "identity": self._identity,
            "seconds": seconds,
            "broad": broad,
            "trials": [_entry(trial) for trial in trials],
        }
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write_arrays(changed)
            self._replace(STATE, json.dumps(state).encode())
            self._remove_all_but({_arrays(trial) for trial in trials if trial.searched is not None})
        except OSError as error:
            self._folder = None
            self._say(f"No checkpoint can be written ({error.strerror}): the search goes on without")

    def _read(self, number: int, entry: Mapping[str, object]) -> Trial:
        trial = Trial(**{name: entry[name] for name in SAVED})
        if trial.number != number:
            raise ValueError("trials are missing")
        trial.scores = {int(number): float(value) for number, value in entry["scores"].items()}
        trial.found = {int(number): dict(parameters) for number, parameters in entry["found"].items()}
        if entry["arrays"]:
            path = self._folder / _arrays(trial)
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                for name in ARRAYS:
                    setattr(trial, name, self._out_of_fold(arrays, name))
        self._require_sound(trial)
        return trial

    def _require_sound(self, trial: Trial) -> None:
        """Refuses a trial that this search cannot have written.

        Raises:
            ValueError: saying what is odd about it.
        """
        folds, rounds = self._identity["folds"], self._identity["rounds"]
        if trial.algorithm not in self._identity["families"] or not isinstance(trial.parameters, dict):
            raise ValueError("a setting of another search")
        if trial.status not in get_args(Status) or trial.folds != folds:
            raise ValueError("a trial of another form")
        if not set(trial.scores) <= set(range(folds * rounds)) or not set(trial.found) <= set(range(folds)):
            raise ValueError("folds that there are not")
        for optional in (trial.rows, trial.graph_bytes):
            if optional is not None and (type(optional) is not int or optional < 1):
                raise ValueError("a count that counts nothing")
        for measured in (trial.fit_seconds, trial.predict_seconds, trial.predicted_rows):
            _seconds(measured)
        # What the sampler could not take in would end the search later.
        remembered(trial, self._identity["metric"])

    def _out_of_fold(self, arrays: Mapping[str, np.ndarray], name: str) -> OutOfFold | None:
        if f"{name}_summed" not in arrays:
            return None
        kept = OutOfFold(arrays[f"{name}_summed"], arrays[f"{name}_counts"])
        if kept.summed.shape != self._shape or kept.counts.shape != self._shape[:1]:
            raise ValueError("predictions are of other cases")
        if not np.isfinite(kept.summed).all() or kept.counts.dtype.kind != "i" or kept.counts.min() < 0:
            raise ValueError("predictions are no numbers")
        return kept

    def _write_arrays(self, trial: Trial) -> None:
        if trial.searched is None:
            return
        kept = {name: part for name in ARRAYS if (part := getattr(trial, name)) is not None}
        arrays = {f"{name}_summed": part.summed for name, part in kept.items()}
        arrays.update({f"{name}_counts": part.counts for name, part in kept.items()})
        place = self._folder / _arrays(trial)
        beside = place.with_suffix(".part")
        with beside.open("wb") as file:
            np.savez(file, **arrays)
        beside.replace(place)

    def _replace(self, name: str, content: bytes) -> None:
        beside = self._folder / f"{name}.part"
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._folder / name)

    def _remove_all_but(self, names: set[str]) -> None:
        for path in self._folder.glob("trial-*.npz"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def _say(self, message: str) -> None:
        self._progress.report("search", 0, 0, message)


def _seconds(value: float) -> float:
    """Seconds, or what else is measured by a number from 0.

    Raises:
        ValueError: if there are none such.
    """
    if not math.isfinite(value) or value < 0:
        raise ValueError("a measure below 0 or without end")
    return float(value)


def _require_predictions(trials: Sequence[Trial]) -> None:
    """Refuses trials of which no model could be made: a search keeps the predictions of its best.

    Raises:
        ValueError: if none has any.
    """
    complete = [trial for trial in trials if trial.status == "complete" and trial.scores]
    if complete and all(trial.searched is None for trial in complete):
        raise ValueError("predictions are gone")


def _arrays(trial: Trial) -> str:
    return f"trial-{trial.number}-{len(trial.scores)}.npz"


def _entry(trial: Trial) -> dict[str, object]:
    return {
        **{name: getattr(trial, name) for name in SAVED},
        "scores": {str(number): value for number, value in trial.scores.items()},
        "found": {str(number): dict(parameters) for number, parameters in trial.found.items()},
        "arrays": trial.searched is not None,
    }
