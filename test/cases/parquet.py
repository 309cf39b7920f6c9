"""Reads a Parquet file as other programs do. Prints its schema and its rows as JSON."""

import json
import sys

import pyarrow.parquet as parquet

file = parquet.ParquetFile(sys.argv[1])
table = file.read()
print(
    json.dumps(
        {
            "schema": {field.name: str(field.type) for field in table.schema},
            "rows": table.to_pylist(),
            "groups": file.metadata.num_row_groups,
        },
        default=lambda value: value.isoformat(),
    )
)
