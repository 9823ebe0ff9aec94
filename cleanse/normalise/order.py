"""The normalisers in their order, which stands here and nowhere else.

Those that read nothing of each other's go at the same time: while one waits for the
processes that parse (`spread`), the others work on their columns.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

import polars as pl

from cleanse.normalise.address import normalise_address
from cleanse.normalise.amount import normalise_amount
from cleanse.normalise.category import normalise_category
from cleanse.normalise.change import cell_changes
from cleanse.normalise.company import normalise_company
from cleanse.normalise.country import normalise_country
from cleanse.normalise.date import normalise_date
from cleanse.normalise.email import normalise_email
from cleanse.normalise.extra import normalise_extra
from cleanse.normalise.fill import normalise_fill
from cleanse.normalise.identifier import normalise_identifier
from cleanse.normalise.kind import move_founding, normalise_kind
from cleanse.normalise.mojibake import normalise_mojibake
from cleanse.normalise.person import normalise_contact, normalise_person
from cleanse.normalise.phone import normalise_phone
from cleanse.normalise.spread import crew
from cleanse.rulebook import Rulebook
from cleanse.schema import EXTRA_PREFIX, FIELDS, LINEAGE, present, rule
from cleanse.shelf import Shelf, Shelved, slices

Normaliser = Callable[[pl.DataFrame, Rulebook], pl.DataFrame]

_FIRST: tuple[Normaliser, ...] = (
    normalise_mojibake,  # before anything reads a text
    normalise_extra,
)
_LANES: tuple[tuple[Normaliser, ...], ...] = (
    (
        normalise_kind,  # before names, which are read by it
        normalise_category,  # before names: a salutation column goes before a title
        normalise_person,
        normalise_company,
        normalise_contact,
    ),
    (
        normalise_country,  # before what is read differently from country to country
        normalise_address,  # finds countries too
        normalise_phone,
        normalise_date,
        normalise_amount,
    ),
    (normalise_email, normalise_identifier),
)
_LAST: tuple[Normaliser, ...] = (
    normalise_fill,  # after what it fills and what it fills from
)

_STEMS = {field.split("_")[0] for field in FIELDS} | {"phones", "emails"}
"""How the names of all columns begin that normalisers make."""
_RULES = frozenset(map(rule, FIELDS))


def normalise(
    records: pl.DataFrame, rulebook: Rulebook
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add clean values to records; what was typed stays.

    The result of a row depends on its own cells and, where a cell alone cannot
    tell (order of day and month, family name first, region of phones), on the
    list it stands in; never on the order of rows. Doing it twice is doing it once.

    Args:
        records: The record frame of the map stage, with ``record_id``.
        rulebook: Vocabularies and source rules.

    Returns:
        The records with the columns of every normaliser, in the same order, and
        the changed cells (schema CELL_CHANGE).
    """
    records = _given(records)
    with crew(rulebook, records.height):
        records = _one_by_one(_FIRST, records, rulebook)
        ways = [partial(_one_by_one, lane, records, rulebook) for lane in _LANES]
        found = _at_once(ways)
    return _finished(
        records.with_columns(
            column for each in found for column in _news(records, each)
        ),
        rulebook,
    )


def normalise_onto(
    shelf: Shelf, records: pl.DataFrame, rulebook: Rulebook
) -> tuple[Shelved, Shelved]:
    """Do what `normalise` does, for frames that together would fill the memory.

    One lane after the other, each lane's columns laid on the shelf when it is through; what
    looks at single rows only is done part by part.

    Args:
        shelf: Where the columns and the result are laid.
        records: As for `normalise`; sorted by record_id.
        rulebook: Vocabularies and source rules.
    """
    records = _given(records)
    with crew(rulebook, records.height, own=0):
        records = _one_by_one(_FIRST, records, rulebook)
        lanes = [_laid(shelf, lane, records, rulebook) for lane in _LANES]
    whole, changed = shelf.pile(), shelf.pile()
    # A list may have no column that a lane looks at.
    found = (each.parts() for each in lanes if each.columns)
    for part, *more in zip(slices(records), *found, strict=True):
        columns = (column for each in more for column in each.iter_columns())
        made, changes = _finished(part.with_columns(columns), rulebook)
        whole.add(made)
        changed.add(changes)
    for each in lanes:
        each.discard()
    return whole.done(), changed.done()


def _laid(
    shelf: Shelf,
    lane: Sequence[Normaliser],
    records: pl.DataFrame,
    rulebook: Rulebook,
) -> Shelved:
    """Lay down what a lane finds; in memory nothing of it stays."""
    laid = shelf.lay(pl.DataFrame(_news(records, _one_by_one(lane, records, rulebook))))
    # Nor of the columns on the way, which cycles would keep.
    gc.collect()
    return laid


def _given(records: pl.DataFrame) -> pl.DataFrame:
    return records.select(name for name in records.columns if _is_given(name))


def _finished(
    records: pl.DataFrame, rulebook: Rulebook
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Do what a row alone decides, and list the changed cells."""
    records = _one_by_one(_LAST, records, rulebook)
    records = move_founding(records)
    changes = cell_changes(records, rulebook)
    return records.drop(present(records, _RULES)), changes


def _one_by_one(
    normalisers: Sequence[Normaliser], records: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    for normaliser in normalisers:
        records = normaliser(records, rulebook)
    return records


def _at_once(ways: Sequence[Callable[[], pl.DataFrame]]) -> list[pl.DataFrame]:
    """Go several ways, each in a thread: columns are worked on outside Python."""
    with ThreadPoolExecutor(len(ways)) as threads:
        # With the context of this thread, where the crew is.
        going = [threads.submit(copy_context().run, way) for way in ways]
        return [each.result() for each in going]


def _news(records: pl.DataFrame, way: pl.DataFrame) -> list[pl.Series]:
    """Return the columns that came or changed on a way that began at `records`."""
    before = {column.name: column for column in records.get_columns()}
    return [
        column
        for column in way.get_columns()
        if column.name not in before
        # The rules by which cells were mended go on to those who fill others.
        or (column.name in _RULES and not column.equals(before[column.name]))
    ]


def _is_given(column: str) -> bool:
    """Tell what the map stage gave from what an earlier normalising left."""
    if column in LINEAGE or column.startswith(EXTRA_PREFIX):
        return True
    if column.endswith(("_raw", "_replaced")):
        return True
    return column.split("_", maxsplit=1)[0] not in _STEMS
