"""The image as far as it can be shown without building it: what its Dockerfile says, and what its entry point does."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from trees import clinical, hyperparameters, write_tree

HERE = Path(__file__).resolve().parents[1]
NOBODY = 65534

Instruction = tuple[str, str]


def instructions() -> list[Instruction]:
    """The Dockerfile's instructions, each in one line: its name and the rest."""
    text = re.sub(r"^\s*#.*\n", "", (HERE / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines) if name]


def stages() -> dict[str, list[Instruction]]:
    """The instructions of each stage, after its FROM; the last stage, the image itself, is named `image`."""
    found: dict[str, list[Instruction]] = {}
    for name, rest in instructions():
        if name == "FROM":
            current = found.setdefault(rest.partition(" AS ")[2] or "image", [])
        elif found:
            current.append((name, rest))
    return found


def defaults() -> dict[str, str]:
    """The build arguments that have a default."""
    return dict(rest.split("=", 1) for name, rest in instructions() if name == "ARG" and "=" in rest)


def bases(variant: str) -> list[str]:
    """What each stage is built on, for a variant."""
    arguments = {**defaults(), "VARIANT": variant}
    froms = [rest.partition(" AS ")[0] for name, rest in instructions() if name == "FROM"]
    return [re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], base) for base in froms]


@pytest.mark.parametrize("variant", ["cpu", "gpu"])
def test_each_variant_is_built_from_stages_that_there_are_and_one_pinned_base(variant: str) -> None:
    outside = {base for base in bases(variant) if base not in stages()}
    assert outside == {"python:3.12-slim-bookworm"}
    assert f"libraries-{variant}" in bases(variant)


def test_without_an_argument_it_is_the_cpu_variant_and_an_ordinary_user_runs_it() -> None:
    assert defaults()["VARIANT"] == "cpu"
    assert [rest for name, rest in stages()["image"] if name == "USER"] == ["${RUN_AS}"]
    assert defaults()["RUN_AS"] not in ("root", "0")
    assert any(f" {defaults()['RUN_AS']}" in rest for name, rest in stages()["image"] if "useradd" in rest)


def test_both_variants_hold_pytorch_and_the_cpu_one_without_cuda() -> None:
    for variant in ("cpu", "gpu"):
        (install,) = [rest for name, rest in stages()[f"libraries-{variant}"] if name == "RUN"]
        assert "--requirement requirements.txt --requirement requirements-torch.txt" in install
        assert ("--extra-index-url ${TORCH_CPU_INDEX}" in install) == (variant == "cpu")
    assert defaults()["TORCH_CPU_INDEX"].endswith("/cpu")


def test_the_image_is_built_by_the_constraints() -> None:
    libraries = stages()["libraries"]
    assert any("PIP_CONSTRAINT=/constraints.txt" in rest for name, rest in libraries if name == "ENV")
    assert [rest for name, rest in libraries if name == "COPY"] == [
        "constraints.txt requirements.txt requirements-torch.txt /"
    ]


def test_it_installs_what_its_requirements_name() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 3
    assert all(re.search(r"pip install (--extra-index-url \S+ )?--requirement ", install) for install in installs)


def test_what_it_copies_is_let_through_to_the_build() -> None:
    let_through = [line[1:] for line in (HERE / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copies = [rest.split() for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    copied = [source for *sources, _ in copies for source in sources]
    assert copied
    for source in copied:
        assert (HERE / source).exists()
        files = [source] if (HERE / source).is_file() else [f"{source}/__init__.py"]
        assert all(any(fnmatch(file, pattern) for pattern in let_through) for file in files)


def test_has_the_openmp_that_lightgbm_needs() -> None:
    assert any("libgomp1" in rest for name, rest in stages()["image"] if name == "RUN")


def environment() -> dict[str, str]:
    """The variables that the image sets."""
    return dict(pair.split("=", 1) for name, rest in stages()["image"] if name == "ENV" for pair in rest.split())


def test_sends_nothing_home() -> None:
    assert environment()["ORT_DISABLE_TELEMETRY"] == "1"


def isolated(*command: str | Path) -> list[str]:
    """A command line that runs as an ordinary user, in a network of its own in which nobody else is."""
    ordinary = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
    prefix = ["unshare", "--net", *ordinary] if os.geteuid() == 0 else ["unshare", "--map-current-user", "--net"]
    return [*prefix, *map(str, command)]


ALONE = """
import errno, os, socket
assert os.geteuid() != 0
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as error:
    assert error.errno == errno.ENETUNREACH, error
else:
    raise SystemExit("there is a network")
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that another user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="relearn-image-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_its_entry_point_trains_as_an_ordinary_user_without_a_network(shared_folder: Path) -> None:
    try:
        probe = subprocess.run(isolated(sys.executable, "-c", ALONE), capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        pytest.skip(f"there is no {error.filename} here")
    if probe.returncode != 0:
        pytest.skip(f"this machine allows no user and network of its own: {probe.stderr.strip()}")
    image, tree = shared_folder / "image", shared_folder / "ml"
    said = dict(stages()["image"])
    for name, rest in stages()["image"]:
        if name == "COPY" and "--from" not in rest:
            source, target = rest.split()
            shutil.copytree(HERE / source, image / target, ignore=shutil.ignore_patterns("__pycache__"))
    parameters = {"algorithms": ["linear", "xgboost", "lightgbm"], "folds": 2, "seconds": 6, "trials": 3}
    write_tree(tree, *clinical(limit=120), hyperparameters(parameters=json.dumps(parameters)))
    (tree / "checkpoints").mkdir()
    if os.geteuid() == 0:
        for path in [tree, *tree.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
    python, program = json.loads(said["ENTRYPOINT"])
    assert python == "python"
    program = image / Path(program).relative_to(said["WORKDIR"])
    before = sorted(image.rglob("*"))
    finished = subprocess.run(
        isolated(sys.executable, program, *json.loads(said["CMD"]), "--root", tree),
        cwd=image,
        env={**environment(), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (finished.returncode, finished.stderr) == (0, ""), finished.stdout
    assert {path.name for path in (tree / "model").iterdir()} >= {"model.json", "model.onnx"}
    assert sorted(image.rglob("*")) == before
