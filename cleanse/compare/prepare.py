"""Encode a record frame into the table that comparisons look at."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.company import pieces
from cleanse.compare.table import HAN, LATIN, Column, Table, encode
from cleanse.schema import EXTRA_PREFIX, ID_FIELDS, present, with_columns_present

NAME_PARTS = ("given_compare", "family_compare", "given_root")
ATTRIBUTES = ("job_title", "industry")
"""Categories that are compared as the user's own columns are."""
PLAIN = (
    *ATTRIBUTES,
    "name_latin",
    "middle_compare",
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
    "address_compare",
    "company_core",
    "company_compare",
    "company_form",
    "company_region",
    "company_branch",
)
LISTS = ("phones", "emails")
DATES = ("birth_on", "founded_on")

DOMAIN_SHARE = 0.005
"""Share of all mail addresses above which a domain is a provider's."""

Arrays = dict[str, npt.NDArray[Any]]


def extra_columns(records: pl.DataFrame) -> list[str]:
    """Return the user's own columns that take part in matching, sorted."""
    return sorted(name for name in records.columns if name.startswith(EXTRA_PREFIX))


def prepare(records: pl.DataFrame) -> Table:
    """Encode all columns that some comparison uses.

    Args:
        records: The normalised record frame; any order.

    Returns:
        One row per record, in the order of record_id.
    """
    frame = records.sort("record_id")
    frame = with_columns_present(
        frame, dict.fromkeys(("given_compare", "family_compare"), pl.String)
    )
    columns = encode(frame, present(frame, NAME_PARTS))
    if "company_core" in frame.columns:
        frame = with_columns_present(frame, {"company_compare": pl.String})
    names = [*present(frame, (*PLAIN, *ID_FIELDS, *LISTS)), *extra_columns(frame)]
    for name in names:
        if frame[name].null_count() < frame.height or name == "company_compare":
            columns |= encode(frame, [name])
    arrays: Arrays = {"script": _script(frame)}
    for name in present(frame, DATES):
        columns |= encode(_as_text(frame, name), [name])
        arrays |= _date_arrays(frame, name)
    for name in present(frame, [f"{field}_is_valid" for field in ID_FIELDS]):
        arrays[name] = frame[name].fill_null(value=False).to_numpy()
    columns |= _doorstep(frame)
    arrays |= _value_arrays(columns)
    return Table(frame["record_id"].to_numpy(), columns, arrays)


def _as_text(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.select(pl.col(name).dt.to_string("%Y%m%d"))


def _script(frame: pl.DataFrame) -> npt.NDArray[np.int8]:
    if "name_script" not in frame.columns:
        return np.zeros(frame.height, dtype=np.int8)
    codes = {"latin": LATIN, "han": HAN}
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
    return encode(frame.select(doorstep=doorstep), ["doorstep"])


def _value_arrays(columns: dict[str, Column]) -> Arrays:
    """Compute what comparisons need to know of each distinct value."""
    arrays = _part_arrays(columns["given_compare"])
    if "middle_compare" in columns:
        values = columns["middle_compare"].values
        arrays["middle_initial"] = np.asarray([*(ord(v[0]) for v in values), 0])
        arrays["middle_is_short"] = np.asarray([*(len(v) == 1 for v in values), False])
    if "phones" in columns:
        values = columns["phones"].values
        arrays["phone_tail"] = _tails(values)
    if "emails" in columns:
        arrays["email_local"] = _locals(columns["emails"].values)
        arrays["email_domain"] = _domains(columns["emails"])
    if "city_compare" in columns:
        cities = columns["city_compare"].values
        arrays["city_is_latin"] = np.asarray([*(v.isascii() for v in cities), False])
    if "postcode_compare" in columns:
        areas = [_area(v) for v in columns["postcode_compare"].values]
        arrays["postcode_area"] = _numbered(areas)
    if "company_core" in columns:
        arrays |= _core_arrays(columns["company_core"])
    return arrays


def _part_arrays(column: Column) -> Arrays:
    values = column.values
    return {
        "part_length": np.asarray([*map(len, values), 0], dtype=np.int64),
        "part_is_spaced": np.asarray([*(" " in v for v in values), False]),
        "part_sound": _numbered([consonants(v) for v in values]),
        "part_initial": np.asarray([*(ord(v[0]) if v else 0 for v in values), 0]),
    }


_SILENT = re.compile("[^bcdfgjklmnpqrstvxz]")
_CLASSES = str.maketrans(
    {**dict.fromkeys("pfv", "b"), **dict.fromkeys("gjkqsxz", "c"), "t": "d", "n": "m"}
)


def consonants(name: str) -> str:
    """Fold a Latin name to its consonants by class; other scripts to nothing shared.

    >>> consonants("kaylee") == consonants("keeley")
    True
    """
    if not name.isascii():
        return name
    classes = _SILENT.sub("", name).translate(_CLASSES)
    return "".join(sign for sign, _ in itertools.groupby(classes))


def _digits(values: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Number what digits each value holds, 0 for none: Kiosk 12 is not Kiosk 13."""
    found = ["".join(sign for sign in value if sign.isdigit()) for value in values]
    numbers = {"": 0} | {d: i for i, d in enumerate(sorted(set(found) - {""}), 1)}
    return np.asarray([*(numbers[each] for each in found), 0], dtype=np.int64)


def _tails(values: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    return _numbered([v[-7:] for v in values])


def _locals(values: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Number the parts before the @; MISSING where one is too short to tell."""
    parts = [v.rpartition("@")[0] for v in values]
    numbers = _numbered(parts)
    short = np.asarray([len(part) < 6 for part in parts], dtype=np.bool_)  # noqa: PLR2004 - as EmailLevel says
    numbers[:-1][short] = -1
    return numbers


def _domains(column: Column) -> npt.NDArray[np.int64]:
    """Number the domains that few use; MISSING for those of mail providers."""
    numbers = _numbered([v.rpartition("@")[2] for v in column.values])
    used = np.bincount(numbers[:-1], weights=column.bearers[:-1])
    limit = max(3.0, DOMAIN_SHARE * column.filled)
    numbers[:-1][used[numbers[:-1]] > limit] = -1
    return numbers


def _area(postcode: str) -> str:
    """Cut the part of a postcode that tells the very street or box.

    >>> _area("sw1a2aa"), _area("518053"), _area("08030")
    ('sw1a', '51805', '0803')
    """
    alphanumeric = any(sign.isalpha() for sign in postcode)
    return postcode[:-3] if alphanumeric and len(postcode) > 4 else postcode[:-1]  # noqa: PLR2004 - British and Canadian ones end in three signs


def _numbered(texts: list[str]) -> npt.NDArray[np.int64]:
    numbers: dict[str, int] = {}
    coded = [numbers.setdefault(text, len(numbers)) for text in texts]
    return np.asarray([*coded, -1], dtype=np.int64)


def _core_arrays(column: Column) -> Arrays:
    """Number the pieces of each core and weigh each by how few cores have it."""
    numbers: dict[str, int] = {}
    coded = [
        sorted(numbers.setdefault(one, len(numbers)) for one in sorted(pieces(value)))
        for value in column.values
    ]
    sizes = np.asarray([*map(len, coded), 0], dtype=np.int64)
    places = np.asarray([one for codes in coded for one in codes], dtype=np.int64)
    bearers = np.bincount(places, minlength=max(1, len(numbers)))
    rarity = np.log((len(coded) + 20.0) / (bearers + 1.0))
    owners = np.repeat(np.arange(len(sizes)), sizes)
    return {
        "piece_places": places,
        "piece_rarity": rarity,
        "core_starts": np.concatenate([[0], np.cumsum(sizes)]),
        "core_weight": np.bincount(owners, rarity[places], minlength=len(sizes)),
        "core_length": np.asarray([*map(len, column.values), 0], dtype=np.int64),
        "core_digits": _digits(column.values),
    }
