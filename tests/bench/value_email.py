"""How well e-mail addresses are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from value_sets import Figure, table

from cleanse.normalise.email_cell import cell_emails


def emails(folder: Path) -> Iterator[Figure]:
    """Share of ordinary addresses told right; outer white space is trimmed before.

    An address that had to be mended counts as told invalid: it was, as typed.
    """
    wanted = {"ISEMAIL_VALID_CATEGORY": True, "ISEMAIL_ERR": False}
    right = Counter()
    cases = Counter()
    for name in ("cases.csv", "cases_original.csv"):
        for case in table(folder / name):
            if (
                case["category"] not in wanted
                or case["address"] != case["address"].strip()
            ):
                continue
            found = cell_emails(case["address"])
            is_valid = len(found) == 1 and found[0].is_valid and not found[0].rule
            cases[case["category"]] += 1
            right[case["category"]] += is_valid is wanted[case["category"]]
    for category, count in cases.items():
        yield category, right[category] / count, count


BENCHES = {"isemail": emails}
