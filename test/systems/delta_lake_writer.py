"""Run in the environment of Delta Lake: appends two rows to a table, and says what is there then."""

from __future__ import annotations

import datetime
import os
import sys

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake


def main(address: str, first: str) -> None:
    rows = pa.table(
        {
            "sample_id": pa.array([int(first), int(first) + 1], pa.int64()),
            "mean_radius": pa.array([17.99, 20.57], pa.float64()),
            "measured_on": pa.array([datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)], pa.date32()),
        }
    )
    write_deltalake(address, rows, mode="append", partition_by=["measured_on"])
    table = DeltaTable(address)
    found = pa.table(table.to_pyarrow_table())
    print(table.version(), sorted(found["sample_id"].to_pylist()), table.metadata().partition_columns)


main(*sys.argv[1:])
# The threads of Arrow and of the client sometimes abort each other when Python ends.
sys.stdout.flush()
os._exit(0)
