"""A search that was stopped goes on where it was; a checkpoint that cannot be used is said and not used."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from assignments import Stopped, Training, loaded, search

GIVEN = {"seconds": 300, "folds": 2, "rounds": 1, "algorithms": ["linear"]}


def run(folder: Path | None, trials: int, seed: int = 1) -> Training:
    """A search of so many trials."""
    given = {**GIVEN, "trials": trials}
    return search(loaded("wine", 80), "log-loss", given, seed=seed, checkpoints=folder)


def board(training: Training) -> list[tuple[object, ...]]:
    """The leaderboard without what was measured in seconds."""
    return [
        (entry.algorithm, dict(entry.parameters), entry.status, entry.cross_validation.mean)
        for entry in training.trained.leaderboard
    ]


@pytest.mark.parametrize("stop_at", ["Trial 6", "more folds"])
def test_a_resumed_search_is_the_uninterrupted_one(tmp_path: Path, stop_at: str) -> None:
    given = {**GIVEN, "trials": 7, "rounds": 2, "algorithms": ["linear", "extra-trees"]}
    cases = loaded("cancer", 80)
    whole = search(cases, "log-loss", given)
    with pytest.raises(Stopped):
        search(cases, "log-loss", given, checkpoints=tmp_path, stop_at=stop_at)
    resumed = search(cases, "log-loss", given, checkpoints=tmp_path)
    done = 5 if stop_at == "Trial 6" else 7
    assert resumed.said(f"{done} trials are done")
    again = [line.split(":")[0] for line in resumed.said("Trial ") if ":" in line]
    assert again == [f"Trial {number}" for number in range(done + 1, 8)]
    assert board(resumed) == board(whole)
    assert resumed.graph == whole.graph


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def state(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """Damage to the state that leaves it valid JSON."""

    def damage(folder: Path) -> None:
        content = json.loads((folder / "search.json").read_text())
        change(content)
        (folder / "search.json").write_text(json.dumps(content))

    return damage


def first_trial(**changes: object) -> Callable[[Path], None]:
    """Damage to the first trial."""
    return state(lambda content: content["trials"][0].update(changes))


def without_numbers(folder: Path) -> None:
    path = sorted(folder.glob("*.npz"))[0]
    with np.load(path) as arrays:
        damaged = {name: np.full_like(part, np.nan) if part.ndim == 2 else part for name, part in arrays.items()}
    np.savez(path, **damaged)


def without_predictions(content: dict[str, object]) -> None:
    for trial in content["trials"]:
        trial["arrays"] = False


DAMAGE = {
    "broad is absent": state(lambda content: content.pop("broad")),
    "seconds that are no number": state(lambda content: content.update(seconds=float("nan"))),
    "seconds below 0": state(lambda content: content.update(seconds=-1e9)),
    "seconds too many to count": state(lambda content: content.update(seconds=10**400)),
    "unknown status": first_trial(status="weird"),
    "status of another form": first_trial(status=["complete"]),
    "another algorithm": first_trial(algorithm="no such family"),
    "parameters of another form": first_trial(parameters=["C"]),
    "scores of folds that there are not": state(
        lambda content: content["trials"][0]["scores"].update({"99": 0.5}),
    ),
    "found by folds that there are not": first_trial(found={"-1": {}}),
    "fit seconds that are no number": first_trial(fit_seconds=float("nan")),
    "rows that are a text": first_trial(rows="all"),
    "a sampler's memory of another form": first_trial(sampled={"distributions": {"C": "{}"}, "values": {"C": 1}}),
    "no predictions at all": state(without_predictions),
    "predictions that are no numbers": without_numbers,
    "state cut off": lambda folder: cut(folder / "search.json"),
    "state that is rubbish": lambda folder: (folder / "search.json").write_bytes(b"\x80\x04rubbish"),
    "state of another form": lambda folder: (folder / "search.json").write_text('{"formatVersion": 1}'),
    "state that is an array": lambda folder: (folder / "search.json").write_text("[]"),
    "predictions cut off": lambda folder: cut(sorted(folder.glob("*.npz"))[0]),
    "predictions gone": lambda folder: sorted(folder.glob("*.npz"))[0].unlink(),
    "predictions of another table": lambda folder: sorted(folder.glob("*.npz"))[0].write_bytes(other_arrays(folder)),
}


def other_arrays(folder: Path) -> bytes:
    other = folder / "other"
    search(loaded("wine", 70), "log-loss", {**GIVEN, "trials": 1}, checkpoints=other)
    return next(other.glob("*.npz")).read_bytes()


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_checkpoint_is_said_and_not_used(tmp_path: Path, damage: object) -> None:
    run(tmp_path, 2)
    damage(tmp_path)
    again = run(tmp_path, 2)
    assert len(again.said("The checkpoint is damaged")) == 1
    assert len(again.said("Trial 1:")) == 1
    assert again.graph == run(None, 2).graph
    # It was written anew.
    assert run(tmp_path, 2).said("2 trials are done")


def test_a_checkpoint_of_another_search_is_said_and_not_used(tmp_path: Path) -> None:
    run(tmp_path, 2)
    other = run(tmp_path, 2, seed=2)
    assert other.said("of another search")
    assert other.graph == run(None, 2, seed=2).graph


def test_goes_on_without_a_checkpoint_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder belongs")
    training = run(tmp_path / "file", 3)
    assert len(training.said("No checkpoint can be written")) == 1
    assert training.graph == run(None, 3).graph
