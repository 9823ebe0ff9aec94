"""Accuracy on made-up lists of kinds that no bench set has (tests/list_factory.py).

    python tests/bench/unseen.py [NAME ...] [--seed N]

Defaults were looked at on lists of seed 1; any other seed makes lists that no default has
seen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import polars as pl
from match_lab import cleaned
from scoring import score

sys.path.insert(0, str(Path(__file__).parent.parent))

from list_factory import LISTS, make_list

from cleanse.cluster import cluster
from cleanse.match import match
from cleanse.rulebook import load_rulebook


def main() -> int:
    """Print one line per list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*LISTS, []])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rulebook = load_rulebook()
    for name in given.names or LISTS:
        made = make_list(name, given.seed)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.csv"
            pl.DataFrame(made.rows).write_csv(path)
            records = cleaned(path, rulebook)
        groups = cluster(
            match(records, rulebook.matching).pairs, records, rulebook.matching
        )
        named = groups.with_columns(pl.col("cluster_id").cast(pl.String))
        entities = pl.Series("entity_id", made.entities).cast(pl.String)
        truth = records.select("record_id").with_columns(
            entities.gather(records["row_id"]).alias("entity_id")
        )
        whole = score(truth, named)
        print(
            f"{name:20} rows {len(made.rows):5} P {whole.precision:.3f} R {whole.recall:.3f} "
            f"F1 {whole.f1:.3f} exact {whole.exact:.3f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
