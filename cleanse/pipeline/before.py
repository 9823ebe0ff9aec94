"""What earlier runs left for matching."""

from __future__ import annotations

from cleanse.match import Before
from cleanse.warehouse import Known


def before_of(known: Known) -> Before:
    """Return what the newest run left: the pairs of records that are as they were are not weighed again."""
    return Before(
        frequencies=known.frequencies, inputs=known.match_inputs, pairs=known.pairs
    )
