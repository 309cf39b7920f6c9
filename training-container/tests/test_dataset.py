"""What the program trusts of a dataset, and what it says of one that it does not."""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Train
from trees import PREFIX, Row, Schema, clinical, edit_manifest, hyperparameters, ledger_row, mixed, write_tree

from relearn_training.cases import split_cases
from relearn_training.failures import DataFailure
from relearn_training.ledger import Row as LedgerRow
from relearn_training.ledger import read_segment
from relearn_training.manifest import read_manifest
from relearn_training.model_schema import parse_schema

SEGMENT = f"input/data/dataset/{PREFIX}/000000000001.jsonl.gz"
FAST = hyperparameters(parameters='{"algorithms": ["logistic-regression"], "folds": 2}')


def tree(root: Path, cases: int = 60, **options: object) -> Path:
    """A tree of breast cancer rows."""
    write_tree(root, *clinical(limit=cases), FAST, segment_cases=25, **options)
    return root


def split(schema: Schema, rows: list[Row], tombstones: frozenset[str] = frozenset()) -> object:
    """The rows as the program sees them."""
    return split_cases([LedgerRow(f"line {n}", row) for n, row in enumerate(rows)], parse_schema(schema), tombstones)


def test_refuses_a_segment_whose_bytes_changed(tmp_path: Path, train: Train) -> None:
    segment = tree(tmp_path) / SEGMENT
    rows = gzip.decompress(segment.read_bytes()).replace(b'"malignant"', b'"benign"', 1)
    segment.write_bytes(gzip.compress(rows))
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert "000000000001.jsonl.gz to have SHA-256" in outcome.failure
    assert outcome.last["reason"] == outcome.failure


def test_refuses_a_segment_with_another_count(tmp_path: Path, train: Train) -> None:
    manifest = json.loads((tree(tmp_path) / "input/data/manifest/manifest.json").read_text())
    manifest["segments"][0]["cases"] = 24
    edit_manifest(tmp_path, segments=manifest["segments"])
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert "Expected 24 cases" in outcome.failure
    assert "got 25" in outcome.failure


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no gzip", "cannot be unpacked"),
        (gzip.compress(b'{"id": NaN}\n', mtime=0), "line 1; it is none"),
        (None, "no such file"),
    ],
)
def test_refuses_a_segment_it_cannot_read(tmp_path: Path, train: Train, content: bytes | None, sentence: str) -> None:
    segment = tree(tmp_path) / SEGMENT
    if content is None:
        segment.unlink()
    else:
        segment.write_bytes(content)
        manifest = json.loads((tmp_path / "input/data/manifest/manifest.json").read_text())
        manifest["segments"][0]["sha256"] = hashlib.sha256(content).hexdigest()
        edit_manifest(tmp_path, segments=manifest["segments"])
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert sentence in outcome.failure


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"formatVersion": 3}, "format version 1 or 2; got 3"),
        ({"formatVersion": "2"}, "format version 1 or 2; got '2'"),
        ({"formatVersion": 2}, "pages in the manifest to be of type list; got NoneType"),
        ({"formatVersion": 2, "pages": [{"key": "p", "sha256": "", "cases": 1}], "packs": []}, "no such file"),
        ({"segments": None}, "segments in the manifest to be of type list; got NoneType"),
        ({"segments": [{"key": "../../secret", "sha256": "", "cases": 1}]}, "stay within the dataset"),
        ({"schema": {"fields": {}, "label": {"classes": ["a", "b"]}}}, "at least one field that is a feature"),
        ({"schema": {"fields": {"note": {"kind": "free-text"}}, "label": {"classes": ["a", "b"]}}}, "kind 'free-text'"),
        (
            {"schema": {"fields": {"x": {"kind": "feature", "type": "number"}}, "label": {"classes": ["a"]}}},
            "2 or more",
        ),
        ({"schema": {}}, "to hold fields and label"),
        (
            {"schema": {"fields": {"\ud83d": {"kind": "feature", "type": "number"}}, "label": {"classes": ["a", "b"]}}},
            "names of the fields to be written in whole characters",
        ),
        (
            {"schema": {"fields": {"x": {"kind": "feature", "type": "number"}}, "label": {"classes": ["a", "\ud83d"]}}},
            "the label's classes to be written in whole characters",
        ),
        (
            {
                "schema": {
                    "fields": {"x": {"kind": "feature", "type": "category", "categories": ["\udc00", "b"]}},
                    "label": {"classes": ["a", "b"]},
                }
            },
            "the categories of x to be written in whole characters",
        ),
        ({"schema": {"fields": {"x": {"kind": "\ud83d" * 500}}, "label": {}}}, "… and type None: declare what"),
    ],
)
def test_refuses_a_manifest_it_does_not_understand(
    tmp_path: Path, train: Train, changes: dict[str, object], sentence: str
) -> None:
    edit_manifest(tree(tmp_path), **changes)
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert sentence in outcome.failure


@pytest.mark.parametrize("layout", [PREFIX, "ledger", ".", "elsewhere/altogether"])
def test_finds_segments_wherever_sagemaker_puts_them(tmp_path: Path, train: Train, layout: str) -> None:
    outcome = train(tree(tmp_path, layout=layout))
    assert outcome.code == 0
    assert outcome.sidecar["trainedCases"] == 48


def test_leaves_erased_cases_out(tmp_path: Path, train: Train) -> None:
    erased = ["case_00000000000000000000000000", "case_00000000000000000000000004"]
    outcome = train(tree(tmp_path, tombstones=erased))
    assert (outcome.sidecar["trainedCases"], outcome.sidecar["holdoutCases"]) == (47, 11)
    assert erased[1] not in {prediction["id"] for prediction in outcome.predictions}


def repack(root: Path, *, pages: int = 1) -> dict[str, object]:
    """Turns the tree's first segments into packs of two, as many as said into pages of one pack, under format 2."""
    manifest = json.loads((root / "input/data/manifest/manifest.json").read_text())
    folder = root / "input/data/dataset" / PREFIX
    packs = []
    for number in (1, 2):
        members = manifest["segments"][2 * number - 2 : 2 * number]
        content = b"".join((folder / Path(member["key"]).name).read_bytes() for member in members)
        packs.append({"number": number, **store(folder, f"packs/{number:012d}.jsonl.gz", content)})
        packs[-1]["cases"] = sum(member["cases"] for member in members)
    listed = []
    for number, pack in enumerate(packs[:pages], start=1):
        text = json.dumps({"formatVersion": 2, "packs": [pack]}).encode()
        page = store(folder, f"pages/{number:012d}.json", text)
        listed.append({**page, "cases": pack["cases"], "packs": 1})
    changes = {"formatVersion": 2, "pages": listed, "packs": packs[pages:], "segments": manifest["segments"][4:]}
    for member in manifest["segments"][:4]:
        (folder / Path(member["key"]).name).unlink()
    edit_manifest(root, **changes)
    return changes


def store(folder: Path, name: str, content: bytes) -> dict[str, object]:
    """Writes an object of the ledger. Returns how a manifest names it."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return {"key": f"{PREFIX}/{name}", "sha256": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_reads_packs_as_it_reads_their_segments(tmp_path: Path, pages: int) -> None:
    """The same rows in the same order, whatever holds them."""

    def ids(root: Path) -> list[object]:
        manifest = read_manifest(root / "input/data/manifest/manifest.json")
        return [
            row.content["id"]
            for segment in manifest.segments
            for row in read_segment(root / "input/data/dataset", segment)
        ]

    before = ids(tree(tmp_path, cases=130))
    repack(tmp_path, pages=pages)
    assert ids(tmp_path) == before
    assert len(before) == 130


@pytest.mark.parametrize("name", ["packs/000000000002.jsonl.gz", "pages/000000000001.json"])
def test_refuses_a_pack_or_page_whose_bytes_changed(tmp_path: Path, train: Train, name: str) -> None:
    repack(tree(tmp_path, cases=130))
    path = tmp_path / "input/data/dataset" / PREFIX / name
    path.write_bytes(path.read_bytes() + b" ")
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert f"{name} to have SHA-256" in outcome.failure


def test_refuses_a_page_with_another_count(tmp_path: Path, train: Train) -> None:
    pages = repack(tree(tmp_path, cases=130))["pages"]
    edit_manifest(tmp_path, pages=[{**page, "cases": 49} for page in pages])
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert "Expected 49 cases in the packs of" in outcome.failure


def test_refuses_a_page_that_leaves_the_dataset(tmp_path: Path, train: Train) -> None:
    folder = tree(tmp_path, cases=130) / "input/data/dataset" / PREFIX
    text = json.dumps({"packs": [{"key": "../../secret", "sha256": "", "cases": 1}]}).encode()
    edit_manifest(tmp_path, formatVersion=2, pages=[{**store(folder, "pages/1.json", text), "cases": 1}], packs=[])
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert "stay within the dataset" in outcome.failure


def corrupt(name: str, value: object) -> Callable[[list[Row]], None]:
    """Replaces an input of the first row."""
    return lambda rows: rows[0]["input"].update({name: value})


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (corrupt("marker", "Secretname"), "marker in line 0 to be a number"),
        (corrupt("marker", True), "marker in line 0 to be a number"),
        (corrupt("marker", 1e39), "within the range of a 32-bit float"),
        (corrupt("marker", 10**400), "within the range of a 32-bit float"),
        (corrupt("smoker", 1), "smoker in line 0 to be true or false"),
        (corrupt("stage", "Secretname"), "stage in line 0 to be a string, one of the schema's categories"),
        (corrupt("zip", 21), "zip in line 0 to be a string"),
        (lambda rows: rows[0].update(label="Secretname"), "label in line 0 to be one of the schema's 2 classes"),
        (lambda rows: rows[0].update(split="Secretname"), "split to be train, holdout, gold in line 0"),
        (lambda rows: rows[0].update(input=None), "input to be an object in line 0"),
        (lambda rows: rows[0].pop("id"), "id to be a string in line 0"),
        (lambda rows: rows[1].update(id=rows[0]["id"]), "each case once; the one in line 1"),
        (lambda rows: rows[1].update(split="holdout"), "one side of the split; the one in line 1"),
    ],
)
def test_refuses_a_row_without_repeating_it(spoil: Callable[[list[Row]], None], sentence: str) -> None:
    schema, rows = mixed(2, cases=30)
    spoil(rows)
    with pytest.raises(DataFailure) as failure:
        split(schema, rows)
    assert sentence in str(failure.value)
    assert "Secretname" not in str(failure.value)


def test_gives_the_model_features_in_schema_order() -> None:
    schema, rows = mixed(2, cases=30)
    rows[0]["input"] = {"marker": 0.1, "smoker": True, "age": 41, "seen": 2020, "stage": "II"}
    train = split(schema, rows).train
    parsed = parse_schema(schema)
    assert [column.name for column in parsed.numeric] == ["marker", "smoker", "age", "seen", "empty"]
    assert [column.name for column in parsed.categorical] == ["stage", "zip"]
    assert train.table.numeric[0].tolist()[:4] == [0.10000000149011612, 1.0, 41.0, 2020.0]
    assert str(train.table.numeric[0, 4]) == "nan"
    assert train.table.categorical[0].tolist() == ["II", ""]


def few(labels: list[str], subjects: list[str] | None = None) -> tuple[Schema, list[Row]]:
    """Training rows with these labels."""
    schema, rows = clinical(limit=len(labels))
    for number, (row, label) in enumerate(zip(rows, labels, strict=True)):
        subject = subjects[number] if subjects else None
        row.update(ledger_row(number, row["input"], label, subject=subject))
    return schema, rows


M, B = "malignant", "benign"
NOT_ENOUGH = {
    "too few cases": (few([M, B] * 3), "at least 10 training cases; got 6: collect 4 more"),
    "no case": (few([]), "got 0: collect 10 more"),
    "one class": (few([B] * 12), "at least 2 classes; got only benign"),
    "one subject of a class": (
        few([M] * 4 + [B] * 8, ["s"] * 4 + list("abcdefgh")),
        "at least 2 subjects for class malignant; got 1",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), NOT_ENOUGH.values(), ids=NOT_ENOUGH)
def test_says_how_many_cases_it_needs(
    tmp_path: Path, train: Train, data: tuple[Schema, list[Row]], sentence: str
) -> None:
    write_tree(tmp_path, *data, FAST)
    outcome = train(tmp_path)
    assert outcome.code == 3
    assert sentence in outcome.failure
