"""Encode a record frame into the table that comparisons look at."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.address_chinese import part_arrays
from cleanse.compare.company import are_worded, numbered_pieces
from cleanse.compare.frequency import Frequencies
from cleanse.compare.mail import domains_of, locals_of, mail_arrays
from cleanse.compare.sound import consonants, first_sound
from cleanse.compare.table import (
    HAN,
    LATIN,
    OTHER,
    Column,
    Table,
    digits_of,
    encode,
    flags,
    numbered,
)
from cleanse.places import by_number
from cleanse.schema import (
    EXTRA_PREFIX,
    ID_FIELDS,
    IS_EVIDENCE,
    present,
    with_columns_present,
)
from cleanse.threads import in_threads

NAME_PARTS = ("given_compare", "family_compare", "given_root", "middle_compare")
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
)
LISTS = ("phones", "emails", "name_keys")
DATES = ("birth_on", "founded_on")

Arrays = dict[str, npt.NDArray[Any]]


def extra_columns(records: pl.DataFrame) -> list[str]:
    """Return the user's own columns that take part in matching, sorted."""
    return sorted(name for name in records.columns if name.startswith(EXTRA_PREFIX))


def columns_of_interest(records: pl.DataFrame) -> list[str]:
    """Return the columns of a record frame that `prepare` looks at."""
    named = {"record_id", "kind", "name_script", *NAME_PARTS, *PLAIN, *ID_FIELDS}
    named.add(IS_EVIDENCE)
    named |= {"name_latin_keys", "email_is_role", "source"}
    named |= {*LISTS, *DATES, "birth_precision", "founded_precision"}
    named |= {f"{field}_is_valid" for field in ID_FIELDS}
    named |= set(extra_columns(records))
    return [name for name in records.columns if name in named]


def prepare(records: pl.DataFrame, frequencies: Frequencies | None = None) -> Table:
    """Encode all columns that some comparison uses.

    Args:
        records: The normalised record frame; any order.
        frequencies: Those of the model; None: values count as often as they are here.

    Returns:
        One row per record, in the order of record_id.
    """
    frame = by_number(records.select(columns_of_interest(records)))
    frame = with_columns_present(
        frame, dict.fromkeys(("given_compare", "family_compare"), pl.String)
    )
    columns = encode(frame, present(frame, NAME_PARTS))
    if "company_core" in frame.columns:
        frame = with_columns_present(frame, {"company_compare": pl.String})
    names = [*present(frame, (*PLAIN, *ID_FIELDS, *LISTS)), *extra_columns(frame)]
    held = [
        [name]
        for name in names
        if frame[name].null_count() < frame.height or name == "company_compare"
    ]
    for found in in_threads(partial(encode, frame), held):
        columns |= found
    arrays: Arrays = {"script": _script(frame)}
    for name in present(frame, DATES):
        columns |= encode(_as_text(frame, name), [name])
        arrays |= _date_arrays(frame, name)
    for name in present(frame, [f"{field}_is_valid" for field in ID_FIELDS]):
        arrays[name] = frame[name].fill_null(value=False).to_numpy()
    columns |= _doorstep(frame)
    if "source" in frame.columns and frame["source"].n_unique() > 1:
        columns |= encode(frame, ["source"])
    arrays |= _value_arrays(columns, frequencies)
    if frequencies:
        columns = {
            name: _in_force(name, column, frequencies)
            for name, column in columns.items()
        }
    if "emails" in columns:
        arrays |= mail_arrays(columns["emails"].values, frame)
    if "name_latin_keys" in frame.columns:
        arrays |= _reading_arrays(frame)
    return Table(frame["record_id"].to_numpy(), columns, arrays)


def _in_force(name: str, column: Column, frequencies: Frequencies) -> Column:
    """Give the values of a column the bearers that the model knows."""
    present = column.bearers[:-1]
    found = frequencies.in_force(name, column.values, present, total=column.filled)
    return replace(column, bearers=np.append(found, 0.0).astype(np.float32))


def _as_text(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    counting = present(frame, [IS_EVIDENCE])
    return frame.select(pl.col(name).dt.to_string("%Y%m%d"), *counting)


def _script(frame: pl.DataFrame) -> npt.NDArray[np.int8]:
    if "name_script" not in frame.columns:
        return np.zeros(frame.height, dtype=np.int8)
    codes = {"latin": LATIN, "han": HAN, "other": OTHER}
    script = frame["name_script"].replace_strict(codes, default=0, return_dtype=pl.Int8)
    return script.fill_null(0).to_numpy()


def _date_arrays(frame: pl.DataFrame, name: str) -> Arrays:
    """Return digits YYYYMMDD (0: missing) and whether only the year is certain."""
    day = pl.col(name).dt
    year, month = day.year().cast(pl.Int64), day.month().cast(pl.Int64)
    digits = year * 10_000 + month * 100 + day.day()
    precision = f"{name.removesuffix('_on')}_precision"
    vague = (day.month() == 1) & (day.day() == 1)
    if precision in frame.columns:
        vague |= pl.col(precision).fill_null("day") == "year"
    found = frame.select(digits=digits.fill_null(0), vague=vague.fill_null(value=False))
    return {
        name: found["digits"].cast(pl.Int64).to_numpy(),
        f"{name}_vague": found["vague"].to_numpy(),
    }


def _doorstep(frame: pl.DataFrame) -> dict[str, Column]:
    """Encode house and street together: how many share a doorstep."""
    parts = present(frame, ("house_number", "street_compare"))
    if len(parts) < 2 and "street_compare" not in parts:  # noqa: PLR2004 - both of them
        return {}
    frame = with_columns_present(
        frame, dict.fromkeys(("house_number", "po_box"), pl.String)
    )
    street = pl.concat_str(
        "house_number", "street_compare", separator="|", ignore_nulls=True
    )
    doorstep = pl.when(pl.col("street_compare").is_not_null()).then(street)
    counting = present(frame, [IS_EVIDENCE])
    return encode(frame.select(*counting, doorstep=doorstep), ["doorstep"])


def _value_arrays(
    columns: dict[str, Column], frequencies: Frequencies | None
) -> Arrays:
    """Compute what comparisons need to know of each distinct value."""
    arrays = _part_arrays(columns["given_compare"].values)
    if "middle_compare" in columns:
        values = columns["middle_compare"].values
        arrays["middle_initial"] = numbered(values.str.slice(0, 1))
        arrays["middle_is_short"] = flags(values.str.len_chars() == 1)
    if "phones" in columns:
        values = columns["phones"].values
        arrays["phone_tail"] = numbered(values.str.slice(-7))
        arrays["phone_is_local"] = flags(~values.str.starts_with("+"))
    if "emails" in columns:
        arrays["email_local"] = locals_of(columns["emails"].values)
        arrays["email_domain"] = domains_of(columns["emails"], frequencies)
    if "city_compare" in columns:
        cities = columns["city_compare"].values
        arrays["city_is_latin"] = flags(~cities.str.contains(r"[^\x00-\x7f]"))
    if "address_parts" in columns:
        arrays |= part_arrays(columns["address_parts"].values)
    if "postcode_compare" in columns:
        arrays["postcode_area"] = numbered(_areas(columns["postcode_compare"].values))
    if "company_core" in columns:
        arrays |= _core_arrays(columns["company_core"], frequencies)
    return arrays


def _part_arrays(values: pl.Series) -> Arrays:
    return {
        "part_length": _lengths(values),
        "part_is_spaced": flags(values.str.contains(" ", literal=True)),
        "part_sound": numbered(_formed(values, consonants(pl.col("value")))),
        "part_head": numbered(_formed(values, first_sound(pl.col("value")))),
        "part_initial": numbered(values.str.slice(0, 1)),
    }


def _formed(values: pl.Series, form: pl.Expr) -> pl.Series:
    return values.rename("value").to_frame().select(form=form)["form"]


def _lengths(values: pl.Series) -> npt.NDArray[np.int64]:
    return np.append(values.str.len_chars().to_numpy().astype(np.int64), 0)


def _digits(values: pl.Series) -> npt.NDArray[np.int64]:
    """Number what digits each value holds, 0 for none: Kiosk 12 is not Kiosk 13."""
    digits = digits_of(values)
    numbers = numbered(digits)
    numbers[:-1][(digits == "").to_numpy()] = 0
    numbers[-1] = 0
    return numbers


def _reading_arrays(frame: pl.DataFrame) -> Arrays:
    """Number the spellings of each name in Latin letters, one after the other."""
    lists = frame["name_latin_keys"].fill_null([])
    sizes = lists.list.len().to_numpy().astype(np.int64)
    flat = lists.explode(empty_as_null=False).cast(pl.Categorical).to_physical()
    return {
        "reading_starts": np.concatenate([[0], np.cumsum(sizes)]),
        "readings": flat.cast(pl.Int64).to_numpy(),
    }


def _areas(postcodes: pl.Series) -> pl.Series:
    """Cut the part of a postcode that tells the very street or box.

    >>> _areas(pl.Series(["sw1a2aa", "518053", "08030"])).to_list()
    ['sw1a', '51805', '0803']
    """
    code = pl.col("value")
    # British and Canadian ones have letters and end in three signs.
    long = code.str.contains(r"\p{Alphabetic}") & (code.str.len_chars() > 4)  # noqa: PLR2004
    cut = pl.when(long).then(code.str.head(-3)).otherwise(code.str.head(-1))
    return _formed(postcodes, cut)


def _core_arrays(column: Column, frequencies: Frequencies | None) -> Arrays:
    """Number the pieces of each core and weigh each by how few cores have it."""
    owners, places, names = numbered_pieces(column.values)
    sizes = np.bincount(owners, minlength=len(column.values) + 1)
    # Cores that nobody bears who counts are not counted either.
    is_borne = column.bearers[:-1] > 0
    bearers = np.bincount(places, is_borne[owners], len(names)).astype(np.float64)
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
        "core_starts": np.concatenate([[0], np.cumsum(sizes)]),
        "core_weight": np.bincount(owners, rarity[places], minlength=len(sizes)),
        "core_length": _lengths(column.values),
        "core_start": numbered(column.values.str.slice(0, 2)),
        "core_is_worded": flags(_formed(column.values, are_worded(pl.col("value")))),
        "core_digits": _digits(column.values),
    }
