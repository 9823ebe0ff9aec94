"""What earlier runs left for matching."""

from __future__ import annotations

from cleanse.match import Before
from cleanse.rulebook import Rulebook
from cleanse.shelf import Shelf
from cleanse.warehouse import Known


def before_of(known: Known) -> Before:
    """Return what the newest run left: the pairs of records that are as they were are not weighed again."""
    return Before(
        frequencies=known.frequencies, inputs=known.match_inputs, pairs=known.pairs
    )


def read_ahead(known: Known, rulebook: Rulebook, shelf: Shelf | None) -> None:
    """Read what matching will ask of a store, unless that is too much to be held so early."""
    if not known.run_number or (shelf and shelf.takes(known.next_record_id)):
        return
    before_of(known)
    _ = known.crosswalk, known.customers
    if known.is_current(rulebook.sha256):
        _ = known.encoded
