"""Trains one model in a SageMaker-shaped tree and ends with a documented exit code.

    python programs/train.py train --root /opt/ml

Reads `input/`, writes `model/` and keeps its state in `checkpoints/`, prints one JSON object a line. It needs no
network. README.md describes the tree, the events and the exit codes.
"""

import argparse
import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

# Numeric libraries read these when they are loaded. Threads that spin while they wait cost several times the work
# where cores are shared; with one thread, sums of linear algebra do not depend on the number of cores.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
os.environ["GOMP_SPINCOUNT"] = "0"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
# The program runs from a checkout or an image without being installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from relearn_training.failures import ConfigurationFailure, ExitCode, Failure, is_disk_full, is_out_of_memory
from relearn_training.hyperparameters import Hyperparameters, read_hyperparameters
from relearn_training.progress import Progress

if TYPE_CHECKING:
    from relearn_training.ledger import Row
    from relearn_training.manifest import Segment
    from relearn_training.recipe import Assignment, Recipe, Trained

FAILURE_BYTES = 1024
"""SageMaker shows no more of `output/failure`."""
IMPORTANCE_SECONDS, SHAP_SECONDS = 2.0, 2.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line, trains, and turns every ending into an exit code and a reason."""
    parser = argparse.ArgumentParser(description="Train one model of Relearn.", allow_abbrev=False)
    parser.add_argument("command", nargs="?", choices=["train"], default="train", help="what SageMaker asks for")
    parser.add_argument("--root", type=Path, default=Path("/opt/ml"), help="the tree to work in (default: /opt/ml)")
    root = parser.parse_args(arguments).root
    with Progress() as progress:
        stop_on_sigterm(progress)
        try:
            train(root, progress)
        except Failure as failure:
            return fail(root, progress, failure.code, str(failure))
        except Exception as error:  # noqa: BLE001 - every ending has a code and a reason
            if is_out_of_memory(error):
                reason = "The training ran out of memory: train on an instance with more, or restrict algorithms."
                return fail(root, progress, ExitCode.OUT_OF_MEMORY, reason)
            if is_disk_full(error):
                reason = "The disk is full, so the model could not be written: train with a larger volume."
                return fail(root, progress, ExitCode.DISK_FULL, reason)
            return fail(root, progress, ExitCode.TRAINING_FAILED, unexpected(error))
    return ExitCode.OK


def train(root: Path, progress: Progress) -> None:
    """The whole training: configuration, data, recipe, export, check, artifact."""
    hyperparameters = read_hyperparameters(root / "input/config/hyperparameters.json")
    require_writable(root / "model")
    progress.report("load", 0, 1, "Loading the numeric libraries")

    # These imports take a second or more: they come after the first progress line.
    from joblib import cpu_count

    from relearn_training.artifact import write_artifact
    from relearn_training.attributions import shap_summary
    from relearn_training.cases import split_cases
    from relearn_training.delivery import deliver
    from relearn_training.folds import require_enough_cases
    from relearn_training.importance import permutation_importance
    from relearn_training.manifest import read_manifest
    from relearn_training.metrics import graded
    from relearn_training.onnx_check import ExportedModel
    from relearn_training.problem import problem_of
    from relearn_training.recipe import Assignment, Recipe
    from relearn_training.regression import require_precision
    from relearn_training.sidecar import describe, metric_values
    from relearn_training.slices import SliceReader

    recipe: Recipe = import_module(f"recipes.{hyperparameters.recipe}").configure(hyperparameters.parameters)

    manifest = read_manifest(root / "input/data/manifest/manifest.json")
    require_task(manifest.task, hyperparameters)
    schema, problem = manifest.schema, problem_of(manifest.schema)
    slices = SliceReader(hyperparameters.slices)
    rows = read_rows(root / "input/data/dataset", manifest.segments, progress)
    split = split_cases(slices.watch(rows), schema, manifest.tombstones)
    require_enough_cases(split.train, problem)
    require_precision(split.train.labels, schema.tolerance)
    counted = f"{len(split.train)} cases to train on, {len(split.holdout)} held out, {len(split.gold)} gold"
    progress.report("load", len(manifest.segments), len(manifest.segments), counted)

    assignment = Assignment(
        cases=split.train,
        problem=problem,
        metric=hyperparameters.metric,
        seed=hyperparameters.seed,
        progress=progress,
        clock=time.perf_counter,
        champion=read_champion(root / "input/data/champion/model.json", progress),
        checkpoints=root / "checkpoints",
        dataset=manifest.dataset_id,
    )
    trained = train_within_memory(recipe, assignment)

    sides = {"training": split.train, "holdout": split.holdout, "gold": split.gold}
    progress.report("export", 0, 1, f"Converting {trained.algorithm} to ONNX")
    delivery = deliver(
        trained.model,
        schema.columns,
        {side: cases.table for side, cases in sides.items()},
        cpu_count(),
        lambda message: progress.report("check", 0, 1, message),
    )
    trained = replace(trained, model=delivery.model)
    progress.report("check", 1, 1, "The graph agrees with the fitted model")

    progress.report("explain", 0, 2, "Summing up what the trees lean on")
    shap = shap_summary(
        trained.model, split.train, split.holdout, hyperparameters.seed, time.perf_counter, SHAP_SECONDS
    )
    progress.report("explain", 1, 2, "Shuffling the held-out values of one field after the other")
    importance = permutation_importance(
        ExportedModel(delivery.graph, cpu_count()).predict,
        split.holdout,
        partial(graded, hyperparameters.metric, problem, weights=trained.decision_weights),
        hyperparameters.seed,
        time.perf_counter,
        IMPORTANCE_SECONDS,
        shap,
    )
    progress.report("explain", 2, 2, "Writing the model")
    sidecar = describe(
        hyperparameters, manifest, split, trained, delivery.answers, slices.of(split.holdout), importance
    )
    held_out = {side: (sides[side], delivery.predictions[side]) for side in ("holdout", "gold")}
    digest = write_artifact(root / "model", trained.alter_graph(delivery.graph), sidecar, problem, held_out)
    for name, value in metric_values(sidecar).items():
        progress.emit("metric", name=name, value=value)
    progress.emit(
        "finished",
        recipe=hyperparameters.recipe,
        algorithm=trained.algorithm,
        sha256=digest,
        trainedCases=len(split.train),
        holdoutCases=len(split.holdout),
        seconds=round(progress.seconds, 2),
    )


def read_rows(dataset: Path, segments: "Sequence[Segment]", progress: Progress) -> "Iterator[Row]":
    """The rows of all segments, one segment in memory at a time."""
    from relearn_training.ledger import read_segment

    for done, segment in enumerate(segments):
        progress.report("load", done, len(segments), f"Reading segment {done + 1}")
        yield from read_segment(dataset, segment)


def read_champion(path: Path, progress: Progress) -> Mapping[str, object] | None:
    """The sidecar of the version that serves, where the job has that channel; it only helps the search to begin."""
    try:
        sidecar = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        sidecar = None
    if not isinstance(sidecar, dict):
        progress.report("load", 0, 1, "The champion's model.json cannot be read: the search begins without it")
        return None
    return sidecar


def train_within_memory(recipe: "Recipe", assignment: "Assignment") -> "Trained":
    """Trains, and once more with less at a time where memory ran out."""
    try:
        return recipe.train(assignment)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    # Outside the handler: the traceback would keep what the first attempt held.
    gc.collect()
    assignment.progress.report("search", 0, 1, "Memory ran out: once more with half of the cases and one thread")
    return recipe.train(replace(assignment, lean=True))


def require_writable(folder: Path) -> None:
    """Refuses a tree that the artifact could not be written to, before any time is spent on it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        writable = False
    else:
        writable = os.access(folder, os.W_OK)
    if not writable:
        raise ConfigurationFailure(
            f"Expected a folder {folder} to write the model to; it cannot be written: "
            "run the program as the user that owns the tree."
        )


def require_task(task: str, hyperparameters: Hyperparameters) -> None:
    """Refuses a dataset that was made for another task."""
    if task != hyperparameters.task:
        raise ConfigurationFailure(
            f"Expected the dataset to be for the task {hyperparameters.task}; its manifest says {task!r}: "
            "train on a dataset of this model."
        )


def fail(root: Path, progress: Progress, code: ExitCode, reason: str) -> ExitCode:
    """Says why there is no model: to SageMaker in `output/failure`, to whoever reads the log in a last event."""
    # A name in the reason may hold half of a surrogate pair, which is no character.
    content = reason.encode(errors="replace")
    progress.emit("failed", code=code, reason=content.decode())
    output = root / "output"
    try:
        output.mkdir(parents=True, exist_ok=True)
        whole_characters = content[:FAILURE_BYTES].decode(errors="ignore")
        (output / "failure").write_bytes(whole_characters.encode())
    except OSError as error:
        print(f"output/failure cannot be written: {error.strerror}", file=sys.stderr)  # noqa: T201
    return code


def unexpected(error: Exception) -> str:
    """Where an unforeseen error arose. Its own message is left out: a library may have put a case's content into it."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    return (
        f"The training failed unexpectedly with {type(error).__name__} at {places}: try once more, "
        "then report this as a defect."
    )


def stop_on_sigterm(progress: Progress) -> None:
    """Ends the program when SageMaker asks for it; `model.json` is written last, so nothing half done looks whole."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        # Not an exception: raised inside a library's callback it could be swallowed.
        progress.emit("stopped", code=ExitCode.STOPPED, **progress.last)
        os._exit(ExitCode.STOPPED)

    signal.signal(signal.SIGTERM, stop)


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Where memory was short, libraries that tidy up behind Python can fail or wait forever: the code would be lost.
    os._exit(code)
