"""Lets one peer learn a table and writes what it predicts: `python run_peer.py PEER TABLE SECONDS THREADS SEED OUT`."""

import json
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np
from frames import read_table


def main() -> None:
    """Writes OUT/predictions.npy and OUT/run.json."""
    peer, table, seconds, threads, seed, out = sys.argv[1:]
    part = read_table(Path(table))
    module = import_module(f"peers.{peer}")
    started = time.perf_counter()
    predictions = module.predict(part, float(seconds), int(threads), int(seed))
    taken = time.perf_counter() - started
    np.save(Path(out) / "predictions.npy", np.asarray(predictions, dtype=np.float64), allow_pickle=False)
    (Path(out) / "run.json").write_text(json.dumps({"seconds": taken}))


if __name__ == "__main__":
    main()
