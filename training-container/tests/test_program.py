"""The program as SageMaker and `local/sagemaker` start it: a process of its own, without a network."""

import gzip
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from trees import clinical, hyperparameters, write_manifest, write_tree

from programs.train import fail
from relearn_training.failures import ExitCode
from relearn_training.progress import Progress

HERE = Path(__file__).resolve().parents[1]
PROGRAM = HERE / "programs/train.py"

WITHOUT_NETWORK = """
import os, runpy, sys
def refuse(event, details):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind"):
        os.write(2, event.encode())
        os._exit(99)
sys.addaudithook(refuse)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

SHORT_OF_MEMORY = """
import resource, runpy, sys
import numpy, sklearn, onnxruntime, recipes.tabular, relearn_training.attributions, relearn_training.delivery
import relearn_training.sidecar
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + 100 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


SHORT_OF_DISK = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
UNENDING = '{"algorithms": ["linear", "lightgbm"], "folds": 2, "rounds": 1, "seconds": 300}'
ENDING = '{"algorithms": ["linear", "lightgbm"], "folds": 2, "rounds": 1, "seconds": 300, "trials": 3}'
SHORT = '{"algorithms": ["linear", "lightgbm"], "folds": 2, "rounds": 1, "trials": 2}'


def start(*command: str | Path) -> subprocess.Popen[str]:
    """Starts Python with these arguments, away from the checkout, its output to be read line by line."""
    return subprocess.Popen(
        [sys.executable, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(HERE)},
    )


def test_trains_without_a_network_and_is_never_silent_for_long(tmp_path: Path) -> None:
    write_tree(tmp_path, *clinical(limit=375), hyperparameters(parameters='{"seconds": 5, "trials": 8}'))
    began = time.monotonic()
    process = start("-c", WITHOUT_NETWORK, PROGRAM, "train", "--root", tmp_path)
    times, events = [began], []
    for line in process.stdout:
        times.append(time.monotonic())
        events.append(json.loads(line))
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert max(later - earlier for earlier, later in pairwise(times)) < 3
    assert [event["event"] for event in events if event["event"] != "progress"][-1] == "finished"
    phases = [event["phase"] for event in events if event["event"] == "progress"]
    assert list(dict.fromkeys(phases)) == ["load", "search", "fit", "export", "check", "explain"]
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "holdout-predictions.jsonl",
        "model.json",
        "model.onnx",
    ]
    assert not (tmp_path / "output").exists()
    assert json.loads((tmp_path / "model/model.json").read_text())["metrics"]["holdout"]["accuracy"] > 0.85


def test_answers_sigterm_within_seconds_and_goes_on_from_there(tmp_path: Path) -> None:
    write_tree(tmp_path, *clinical(), hyperparameters(parameters=UNENDING))
    process = start(PROGRAM, "train", "--root", tmp_path)
    for line in process.stdout:
        if '"trial": 3' in line:
            break
    process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 143
    assert time.monotonic() - asked < 5
    last = json.loads(output.splitlines()[-1])
    assert (last["event"], last["code"], last["phase"]) == ("stopped", 143, "search")
    assert last["total"] == 100
    assert not (tmp_path / "model/model.json").exists()
    assert not (tmp_path / "output/failure").exists()
    # What was done is kept, and the next run goes on from there.
    (tmp_path / "input/config/hyperparameters.json").write_text(json.dumps(hyperparameters(parameters=ENDING)))
    again = start(PROGRAM, "train", "--root", tmp_path)
    output, _ = again.communicate(timeout=120)
    assert again.returncode == 0
    assert "Goes on from a checkpoint: 2 trials are done" in output
    assert '"message": "Trial 2:' not in output


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited and read as Linux does")
def test_says_that_memory_ran_out(tmp_path: Path) -> None:
    schema, rows = clinical(limit=20)
    write_tree(tmp_path, schema, rows, hyperparameters())
    name = "000000000001.jsonl.gz"
    packed = gzip.compress(b" " * 300 * 2**20, compresslevel=1)
    (tmp_path / "input/data/dataset" / name).write_bytes(packed)
    write_manifest(tmp_path, schema, [{"key": name, "sha256": hashlib.sha256(packed).hexdigest(), "cases": 1}], ())
    process = start("-c", SHORT_OF_MEMORY, PROGRAM, "train", "--root", tmp_path)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 5
    assert json.loads(output.splitlines()[-1])["code"] == 5
    assert "ran out of memory" in (tmp_path / "output/failure").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the size of files is limited as Linux does")
def test_goes_on_without_checkpoints_on_a_full_disk_and_says_that_the_model_found_no_room(tmp_path: Path) -> None:
    write_tree(tmp_path, *clinical(limit=80), hyperparameters(parameters=SHORT))
    process = start("-c", SHORT_OF_DISK, PROGRAM, "train", "--root", tmp_path)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 6
    assert output.count("No checkpoint can be written") == 1
    assert json.loads(output.splitlines()[-1])["code"] == 6
    assert "The disk is full" in (tmp_path / "output/failure").read_text()
    assert not (tmp_path / "model/model.json").exists()


def test_an_unforeseen_error_is_told_by_its_place_and_not_by_its_message(tmp_path: Path) -> None:
    write_tree(tmp_path, *clinical(limit=60), hyperparameters(parameters=SHORT))
    (tmp_path / "model/model.onnx").mkdir(parents=True)
    process = start(PROGRAM, "train", "--root", tmp_path)
    output, errors = process.communicate(timeout=60)
    reason = (tmp_path / "output/failure").read_text()
    assert process.returncode == 4
    assert "IsADirectoryError at" in reason
    assert "artifact.py:" in reason
    assert str(tmp_path) not in reason
    assert json.loads(output.splitlines()[-1])["reason"] == reason
    assert errors == ""


@pytest.mark.parametrize("reason", ["Expected x; got \ud83d: correct it.", "é" * 1000, "日" * 1000])
def test_a_reason_is_written_in_whole_characters_whatever_it_holds(tmp_path: Path, reason: str) -> None:
    lines: list[str] = []
    assert fail(tmp_path, Progress(lines.append), ExitCode.BAD_DATA, reason) == 3
    written = (tmp_path / "output/failure").read_bytes()
    assert min(len(reason), 1022) <= len(written) <= 1024
    told = json.loads(lines[0])["reason"]
    assert told.startswith(written.decode())
    assert told == reason.replace("\ud83d", "?")


def test_an_unknown_argument_is_bad_configuration() -> None:
    process = start(PROGRAM, "serve")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "serve" in errors


def test_the_image_holds_all_that_its_entry_point_needs(tmp_path: Path) -> None:
    lines = [line.split() for line in (HERE / "Dockerfile").read_text().splitlines() if line.strip()]
    image, tree = tmp_path / "image", tmp_path / "ml"
    (folder,) = [line[1] for line in lines if line[0] == "WORKDIR"]
    for _, source, target in [line for line in lines if line[0] == "COPY" and (HERE / line[1]).is_dir()]:
        shutil.copytree(HERE / source, image / target)
    ((python, program),) = [json.loads(" ".join(line[1:])) for line in lines if line[0] == "ENTRYPOINT"]
    (arguments,) = [json.loads(" ".join(line[1:])) for line in lines if line[0] == "CMD"]
    assert (python, arguments) == ("python", ["train"])
    write_tree(tree, *clinical(limit=60), hyperparameters(parameters=SHORT))
    finished = subprocess.run(
        [sys.executable, image / Path(program).relative_to(folder), *arguments, "--root", tree],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
