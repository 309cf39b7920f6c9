"""Blocks that turn columns of a table into numbers: fitted inside the fold, and written into the graph as they are."""
