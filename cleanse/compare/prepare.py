"""Lay encoded records out as the table that comparisons look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.census import Census
from cleanse.compare.company import numbered_pieces
from cleanse.compare.forms import NAME_PARTS, with_forms
from cleanse.compare.frequency import Frequencies
from cleanse.compare.mail import domains_of, mail_arrays
from cleanse.compare.table import (
    HAN,
    LATIN,
    OTHER,
    Column,
    Table,
    counted,
    flags,
)
from cleanse.encoded import MARKS, MISSING, Encoded, Texts, no_texts, texts_of, united
from cleanse.places import Flags, coded, starts_of
from cleanse.schema import (
    EXTRA_PREFIX,
    ID_FIELDS,
    IS_EVIDENCE,
    present,
    who_counts,
)
from cleanse.threads import in_threads

ATTRIBUTES = ("job_title", "industry")
"""Categories that are compared as the user's own columns are."""
PLAIN = (
    *ATTRIBUTES,
    "name_latin",
    "name_suffix",
    "gender",
    "wechat",
    "qq",
    "website",
    "house_number",
    "street_compare",
    "unit",
    "po_box",
    "city_compare",
    "postcode_compare",
    "address_parts",
    "company_core",
    "company_compare",
    "company_form",
    "company_region",
    "company_branch",
    "company_bare",
    "doorstep",
)
LISTS = ("phones", "emails", "name_keys")
DATES = ("birth_on", "founded_on")

Arrays = dict[str, npt.NDArray[Any]]


def extra_columns(names: Iterable[str]) -> list[str]:
    """Return the user's own columns that take part in matching, sorted."""
    return sorted(name for name in names if name.startswith(EXTRA_PREFIX))


def columns_of_interest(names: Collection[str]) -> list[str]:
    """Return which of the columns of records `prepare` looks at."""
    wanted = {"record_id", "kind", "name_script", *NAME_PARTS, *PLAIN, *ID_FIELDS}
    wanted.add(IS_EVIDENCE)
    wanted |= {"name_latin_keys", "email_is_role", f"emails{MARKS}", "source"}
    wanted |= {*LISTS, *DATES, "birth_precision", "founded_precision"}
    wanted |= {f"{field}_is_valid" for field in ID_FIELDS}
    wanted |= set(extra_columns(names))
    return [name for name in names if name in wanted]


class Part(NamedTuple):
    """Some of the records, with what is known of the others."""

    census: Census
    is_new: Flags
    """Of each record whether it is not in the census; those at hand are all that are not."""


def prepare(records: Encoded, frequencies: Frequencies | None = None) -> Table:
    """Lay out all that some comparison looks at: see `lay_out` and `with_forms`."""
    return with_forms(lay_out(records, frequencies))


def lay_out(
    records: Encoded,
    frequencies: Frequencies | None = None,
    part: Part | None = None,
) -> Table:
    """Lay out all columns that some comparison uses, without the forms of their values.

    Args:
        records: The normalised records, encoded.
        frequencies: Those of the model; None: values count as often as they are here.
        part: Which of all records these are; None: all. Of some, `Column.filled` and
            `Column.agreeing` say nothing.

    Returns:
        One row per record, in the order of record_id.
    """
    counts = part.is_new if part else who_counts(records.plain)
    census = part.census if part else None
    columns = columns_of(records, counts, part)
    arrays: Arrays = {"script": _script(records)}
    for name in present(records.plain, DATES):
        arrays |= _date_arrays(records, name)
    for name in present(records.plain, [f"{field}_is_valid" for field in ID_FIELDS]):
        arrays[name] = records.plain[name].fill_null(value=False).to_numpy()
    arrays |= _value_arrays(columns, frequencies, census)
    if frequencies:
        columns = {
            name: _in_force(name, column, frequencies)
            for name, column in columns.items()
        }
    if "emails" in columns:
        arrays |= mail_arrays(records, census)
    if "name_latin_keys" in records.texts:
        arrays |= _reading_arrays(records.texts["name_latin_keys"])
    return Table(records.record_ids, columns, arrays)


def columns_of(
    records: Encoded, counts: Flags | None, part: Part | None = None
) -> dict[str, Column]:
    """Return the columns that are compared by their texts, and how many bear each value.

    Args:
        records: The normalised records, encoded.
        counts: Of each whether it counts to how many bear a value; None: all do.
        part: Which of all records these are; None: all.
    """
    texts = _compared_texts(records, part)
    made = in_threads(lambda each: counted(each, counts), texts.values())
    columns = dict(zip(texts, list(made), strict=True))
    if part is None:
        return columns
    add = part.census.added_to
    return {name: add(name, column) for name, column in columns.items()}


def _compared_texts(records: Encoded, part: Part | None) -> dict[str, Texts]:
    """Return the columns that are compared by their texts; the parts of names share their values."""
    none = no_texts(records.height)
    texts = records.texts
    # Of all records each column has values, of some perhaps none.
    held = {name: each for name, each in texts.items() if part or len(each.values)}
    parts = [name for name in NAME_PARTS if name in held or name in NAME_PARTS[:2]]
    shared = united([held.get(name, none) for name in parts])
    found = dict(zip(parts, shared, strict=True))
    names = (*PLAIN, *ID_FIELDS, *LISTS, *extra_columns(held))
    found |= {name: held[name] for name in names if name in held}
    if "company_core" in records.texts:
        found.setdefault("company_compare", none)
    for name in present(records.plain, DATES):
        found[name] = _days(records.plain[name])
    if "source" in held and (part or len(held["source"].values) > 1):
        found["source"] = held["source"]
    if part:
        found = {name: each for name, each in found.items() if part.census.knows(name)}
    return found


def _days(days: pl.Series) -> Texts:
    """Encode days as YYYYMMDD; each is written once."""
    there = days.is_not_null().to_numpy()
    numbers = days.drop_nulls().to_physical().to_numpy().astype(np.int64)
    places, count = coded(numbers)
    known = np.zeros(count, dtype=np.int32)
    known[places] = numbers
    texts = texts_of(pl.Series(known).cast(pl.Date).dt.to_string("%Y%m%d"))
    codes = np.full(len(days), MISSING, dtype=np.int32)
    codes[there] = texts.codes[places]
    return Texts(codes, texts.values)


def _in_force(name: str, column: Column, frequencies: Frequencies) -> Column:
    """Give the values of a column the bearers that the model knows."""
    borne = column.bearers[:-1]
    found = frequencies.in_force(
        name, column.values, borne, total=column.filled, hashes=column.hashes
    )
    return replace(column, bearers=np.append(found, 0.0).astype(np.float32))


def _script(records: Encoded) -> npt.NDArray[np.int8]:
    texts = records.texts.get("name_script")
    if texts is None:
        return np.zeros(records.height, dtype=np.int8)
    codes = {"latin": LATIN, "han": HAN, "other": OTHER}
    scripts = [codes.get(text, 0) for text in texts.values.texts]
    return np.asarray([*scripts, 0], dtype=np.int8)[texts.codes]


def _date_arrays(records: Encoded, name: str) -> Arrays:
    """Return digits YYYYMMDD (0: missing) and whether only the year is certain."""
    day = pl.col(name).dt
    year, month = day.year().cast(pl.Int64), day.month().cast(pl.Int64)
    digits = year * 10_000 + month * 100 + day.day()
    is_first = (day.month() == 1) & (day.day() == 1)
    found = records.plain.select(
        digits=digits.fill_null(0), vague=is_first.fill_null(value=False)
    )
    vague = found["vague"].to_numpy()
    precision = records.texts.get(f"{name.removesuffix('_on')}_precision")
    if precision is not None:
        is_year = flags(precision.values.texts == "year")
        vague = vague | is_year[precision.codes]
    return {name: found["digits"].cast(pl.Int64).to_numpy(), f"{name}_vague": vague}


def _value_arrays(
    columns: dict[str, Column],
    frequencies: Frequencies | None,
    census: Census | None,
) -> Arrays:
    """Compute what of a value depends on how often others are there."""
    arrays: Arrays = {}
    if "emails" in columns:
        arrays["email_domain"] = domains_of(columns["emails"], frequencies, census)
    if "company_core" in columns:
        arrays |= _core_arrays(columns["company_core"], frequencies, census)
    return arrays


def _reading_arrays(spellings: Texts) -> Arrays:
    """Number the spellings of each name in Latin letters, one after the other."""
    starts = np.arange(spellings.height + 1)
    if spellings.starts is not None:
        starts = spellings.starts
    return {"reading_starts": starts, "readings": spellings.codes}


def _core_arrays(
    column: Column, frequencies: Frequencies | None, census: Census | None
) -> Arrays:
    """Number the pieces of each core and weigh each by how few cores have it."""
    owners, places, names = numbered_pieces(column.values)
    sizes = np.bincount(owners, minlength=len(column.values) + 1)
    # Cores that nobody bears who counts are not counted either.
    is_borne = column.present > 0
    if census:
        is_borne &= ~census.has("company_core", column.hashes)
    bearers = np.bincount(places, is_borne[owners], len(names)).astype(np.float64)
    if census:
        bearers += census.cores_with(names)
    count = float(np.count_nonzero(is_borne))
    if frequencies:
        bearers = frequencies.in_force(
            "company_piece", names, bearers, total=count, least=1.0
        )
        count = frequencies.total("company_piece")
    rarity = np.log((count + 20.0) / (np.append(bearers, 0.0) + 1.0))
    return {
        "piece_places": places,
        "piece_names": names.to_numpy(),
        "piece_rarity": rarity,
        "core_starts": starts_of(sizes),
        "core_weight": np.bincount(owners, rarity[places], minlength=len(sizes)),
    }
