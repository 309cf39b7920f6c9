"""Tables whose columns are taken from different rows: what a model says when a field no longer belongs to the case."""

from collections.abc import Sequence

import numpy as np

from relearn_training.cases import Rows, Table


def rearrange(table: Table, orders: Sequence[Rows]) -> Table:
    """A table of R rows, each column of which has rows of its own.

    Args:
        table: of N cases.
        orders: for each column, numeric ones first, which row's value comes to each place [R].
    """
    places = len(orders[0])
    columns = range(table.numeric.shape[1])
    numeric, categorical = (
        np.empty((places, len(columns))),
        np.empty((places, table.categorical.shape[1]), dtype=object),
    )
    for column in columns:
        numeric[:, column] = table.numeric[orders[column], column]
    strings = [column.take(order) for column, order in zip(table.strings, orders[len(columns) :], strict=True)]
    for place, column in enumerate(strings):
        categorical[:, place] = column.strings()
    rearranged = Table(numeric, categorical, table.columns)
    # What models found out about the strings is kept, as `Table.take` does: a text is then not read again.
    rearranged.__dict__["strings"] = tuple(strings)
    return rearranged


def field_names(table: Table) -> list[str]:
    """The name of each column, numeric ones first."""
    return [column.name for column in (*table.columns.numeric, *table.columns.categorical)]
