"""Prove that a store is what its runs left: the chain, the values, the tables, the files.

Everything is read-only. What is looked at, from the outside in:

- *files*: the manifest's seal and what it says, the published copy byte for byte,
  the working database against the copy, row by row;
- *chain*: each event against its digest, each run's root, the chain to the manifest;
- *values*: records, golden records, decisions, models, what happened to customer IDs,
  against the events that wrote them;
- *follows*: crosswalk, statuses, golden record and cells against the history.

Decided 2026-11: tables that no event tells of row by row (contact_point, match_pair,
cell_change …) are held by the digest of the published file and its comparison with the
working database; a digest per row would have cost every run as much as writing them.
Whoever has audit.key can make all of it anew: keep a run's audit head elsewhere (its
report shows it), and give it to `verify`.
"""

from cleanse.warehouse.verify.checking import Verdict, verify_store
from cleanse.warehouse.verify.finding import Finding

__all__ = ["Finding", "Verdict", "verify_store"]
