"""The tables of the bench, each with its source, its licence and how it was cleaned."""

from catalogue.binary import BINARY
from catalogue.leaking import LEAKING
from catalogue.multiclass import MULTICLASS
from catalogue.regression import REGRESSION

TABLES = (*BINARY, *MULTICLASS, *REGRESSION)

__all__ = ["LEAKING", "TABLES"]
