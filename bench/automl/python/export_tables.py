"""Writes the tables: `python export_tables.py PACKAGES FOLDER`.

Of each a folder with `description.json`, `train.csv`, `test.csv` without the label, and `test-labels.csv`; of a table
that leaks, which is not learnt from here, `description.json` and `table.csv`. An empty cell is a missing value, a
moment is ISO 8601 in UTC, a boolean is true or false. `tables.json` names those that are learnt, in the catalogue's
order.
"""

import json
import re
import sys
from hashlib import sha256
from pathlib import Path

import pandas as pd
from catalogue import LEAKING, TABLES
from catalogue.packages import Packages
from catalogue.table import METRICS, Table
from splits import grouped_test, latest_test, random_test

LONGEST_NAME = 64


def main() -> None:
    """Writes all of them, a line each."""
    packages, folder = Packages(Path(sys.argv[1])), Path(sys.argv[2])
    for table in (*TABLES, *LEAKING):
        frame = table.load(packages).dropna(subset=table.label).reset_index(drop=True)
        place = folder / table.name
        place.mkdir(parents=True, exist_ok=True)
        description = describe(table, frame, packages)
        if table.leaks:
            write(frame, place / "table.csv", table)
        else:
            test = pd.Series(test_rows(table, frame))
            require_honest(table, frame, test)
            apart = [] if table.time_is_feature or table.time is None else [table.time]
            write(frame[~test], place / "train.csv", table)
            write(frame[test].drop(columns=[table.label, *apart]), place / "test.csv", table)
            write(frame.loc[test, [table.label]], place / "test-labels.csv", table)
            description |= {"trainRows": int((~test).sum()), "testRows": int(test.sum())}
        description["digest"] = sha256(b"".join(file.read_bytes() for file in sorted(place.glob("*.csv")))).hexdigest()
        (place / "description.json").write_text(json.dumps(description, indent=2, ensure_ascii=False))
        print(f"{table.name}: {len(frame)} rows, {len(table.features(frame))} features", flush=True)
    (folder / "tables.json").write_text(json.dumps([table.name for table in TABLES]))


def test_rows(table: Table, frame: pd.DataFrame) -> list[bool]:
    """By subject, by time, or each row by itself."""
    if table.group is not None:
        return grouped_test(table.name, frame[table.group].tolist(), table.test_share)
    if table.time is not None:
        return latest_test(frame[table.time].tolist(), table.test_share)
    return random_test(table.name, len(frame), table.test_share)


def require_honest(table: Table, frame: pd.DataFrame, test: pd.Series) -> None:
    """Refuses a split that would measure something else."""
    if not 0.15 < test.mean() < 0.4:
        raise ValueError(f"Expected about {table.test_share} of {table.name} to be its test part; it is {test.mean()}.")
    if table.group is not None and set(frame.loc[test, table.group]) & set(frame.loc[~test, table.group]):
        raise ValueError(f"Expected each {table.group} of {table.name} on one side.")
    if table.time is not None and frame.loc[test, table.time].min() <= frame.loc[~test, table.time].max():
        raise ValueError(f"Expected the test part of {table.name} to come after the rest.")
    if table.task != "regression" and set(frame.loc[test, table.label]) - set(frame.loc[~test, table.label]):
        raise ValueError(f"Expected each class of {table.name} among what is learnt from.")


def describe(table: Table, frame: pd.DataFrame, packages: Packages) -> dict[str, object]:
    """What whoever reads the CSV has to know, and what the page tells."""
    features = table.features(frame)
    names = {name: field_name(name) for name in frame.columns}
    if len(set(names.values())) < len(names):
        raise ValueError(f"Expected different names of columns in {table.name}.")
    kinds = {names[name]: kind(table, name, frame[name]) for name in features}
    return {
        "name": table.name,
        "package": f"{table.source.package}=={packages.version(table.source.package)}",
        "item": table.source.item,
        "origin": table.source.origin,
        "licence": table.source.licence,
        "cleaning": table.cleaning,
        "task": table.task,
        "metric": METRICS[table.task],
        "label": names[table.label],
        "classes": [] if table.task == "regression" else sorted(frame[table.label].unique()),
        "positive": table.positive,
        "group": table.group and names[table.group],
        "time": table.time and names[table.time],
        "features": kinds,
        "leaks": {names[name]: how for name, how in table.leaks.items()},
        "rows": len(frame),
        "missingShare": round(float(frame[features].isna().mean().mean()), 4),
        "mostCategories": max((frame[n].nunique() for n in features if kinds[names[n]] == "category"), default=0),
        "rarestShare": None
        if table.task == "regression"
        else round(float(frame[table.label].value_counts(normalize=True).min()), 4),
    }


def kind(table: Table, name: str, values: pd.Series) -> str:
    """What a feature is, by how it was read."""
    if name in table.texts:
        return "text"
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return "timestamp"
    return "number" if pd.api.types.is_numeric_dtype(values) else "category"


def field_name(name: str) -> str:
    """As a schema of Relearn takes it."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:LONGEST_NAME]


def write(frame: pd.DataFrame, file: Path, table: Table) -> None:
    """One CSV; the subject is a string wherever it is a number."""
    written = frame.copy()
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            written[name] = frame[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif pd.api.types.is_bool_dtype(frame[name]):
            written[name] = frame[name].map({True: "true", False: "false"})
        elif kind(table, name, frame[name]) in ("category", "text"):
            # Line breaks would end a cell for a simple reader, and mean nothing to a model.
            written[name] = frame[name].str.replace(r"\s+", " ", regex=True).str.strip().replace("", None)
    written.columns = [field_name(name) for name in written.columns]
    written.to_csv(file, index=False)


if __name__ == "__main__":
    main()
