"""Forms of values: what comparisons look at that a value alone decides, made once of each.

A run that weighs few pairs makes them of the values of these pairs only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.address_chinese import part_arrays
from cleanse.compare.company import are_worded
from cleanse.compare.mail import digits_in, locals_of
from cleanse.compare.sound import consonants, first_sound
from cleanse.compare.table import Table, digits_of, flags, numbered
from cleanse.places import Ints

NAME_PARTS = ("given_compare", "family_compare", "given_root", "middle_compare")
"""They share their values."""

Arrays = Mapping[str, npt.NDArray[Any]]


def with_forms(table: Table, rows: Ints | None = None) -> Table:
    """Add the forms of values to a table.

    Args:
        table: As `cleanse.compare.prepare.lay_out` gives it.
        rows: Positions of the records whose values are asked for: those of others have
            none (0); None: all.
    """
    if table.has_forms:
        return table
    found = dict(table.arrays)
    for name, make in _FORMS.items():
        if name in table.columns:
            values = table.columns[name].values
            some = None if rows is None else _borne(table, name, rows)
            found |= make(values) if some is None else _spread(make, values, some)
    return replace(table, arrays=found, has_forms=rows is None)


def _borne(table: Table, name: str, rows: Ints) -> Ints:
    """Return the codes of a column's values that some records bear, in it or where else they are."""
    shared = NAME_PARTS if name == NAME_PARTS[0] else (name,)
    is_borne = np.zeros(len(table.columns[name].values) + 1, dtype=np.bool_)
    for one in shared:
        if one in table.columns:
            is_borne[table.columns[one].codes.take(rows, axis=0)] = True
    return np.flatnonzero(is_borne[:-1])


def _spread(
    make: Callable[[pl.Series], Arrays], values: pl.Series, some: Ints
) -> Arrays:
    """Make the forms of some values, and lay them where they stand among all."""
    found = {}
    for name, array in make(values[some]).items():
        whole = np.zeros(len(values) + 1, dtype=array.dtype)
        whole[some], whole[-1] = array[:-1], array[-1]
        found[name] = whole
    return found


def _of_parts(values: pl.Series) -> Arrays:
    return {
        "part_length": _lengths(values),
        "part_is_spaced": flags(values.str.contains(" ", literal=True)),
        "part_sound": numbered(formed(values, consonants(pl.col("value")))),
        "part_head": numbered(formed(values, first_sound(pl.col("value")))),
        "part_initial": numbered(values.str.slice(0, 1)),
    }


def _of_middles(values: pl.Series) -> Arrays:
    return {
        "middle_initial": numbered(values.str.slice(0, 1)),
        "middle_is_short": flags(values.str.len_chars() == 1),
    }


def _of_phones(values: pl.Series) -> Arrays:
    return {
        "phone_tail": numbered(values.str.slice(-7)),
        "phone_is_local": flags(~values.str.starts_with("+")),
    }


def _of_mails(values: pl.Series) -> Arrays:
    return {"email_local": locals_of(values), "email_digits": digits_in(values)}


def _of_cities(values: pl.Series) -> Arrays:
    return {"city_is_latin": flags(~values.str.contains(r"[^\x00-\x7f]"))}


def _of_postcodes(values: pl.Series) -> Arrays:
    return {"postcode_area": numbered(_areas(values))}


def _of_cores(values: pl.Series) -> Arrays:
    return {
        "core_length": _lengths(values),
        "core_start": numbered(values.str.slice(0, 2)),
        "core_is_worded": flags(formed(values, are_worded(pl.col("value")))),
        "core_digits": _digits(values),
    }


_FORMS: Mapping[str, Callable[[pl.Series], Arrays]] = {
    NAME_PARTS[0]: _of_parts,
    "middle_compare": _of_middles,
    "phones": _of_phones,
    "emails": _of_mails,
    "city_compare": _of_cities,
    "postcode_compare": _of_postcodes,
    "address_parts": part_arrays,
    "company_core": _of_cores,
}
"""Columns → the forms of their values; the last place of each serves missing ones."""


def formed(values: pl.Series, form: pl.Expr) -> pl.Series:
    """Put values into a form, an expression over `value`."""
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


def _areas(postcodes: pl.Series) -> pl.Series:
    """Cut the part of a postcode that tells the very street or box.

    >>> _areas(pl.Series(["sw1a2aa", "518053", "08030"])).to_list()
    ['sw1a', '51805', '0803']
    """
    code = pl.col("value")
    # British and Canadian ones have letters and end in three signs.
    long = code.str.contains(r"\p{Alphabetic}") & (code.str.len_chars() > 4)  # noqa: PLR2004
    cut = pl.when(long).then(code.str.head(-3)).otherwise(code.str.head(-1))
    return formed(postcodes, cut)
