"""Numbering plans: what ``phonenumbers`` says of many numbers, column by column.

phonenumbers needs 100 microseconds a number. Its plans are regular expressions,
though, and polars runs those over a whole column: the functions here repeat
``phonenumbers.parse``, ``is_valid_number`` and ``number_type`` step by step with
the library's own patterns, so a new version of it is followed at once. What its
parser rewrites by a transform rule (Argentina, Brazil …) or an international
prefix is left to it. tests/test_phone_plan.py holds both equal in every region.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import phonenumbers
import polars as pl
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType
from phonenumbers.phonemetadata import PhoneNumberDesc

from cleanse.normalise.shared import with_shared

READ = pl.Schema({"e164": pl.String, "national": pl.String, "type": pl.String})
"""What is known of a number: e164 and type only when it is valid; national are
its digits without country code and trunk prefix."""

_FIXED, _MOBILE, _EITHER = "fixed_line", "mobile", "fixed_line_or_mobile"
_SPECIAL = "premium_rate toll_free shared_cost voip personal_number pager uan voicemail"
_CODES = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
_REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
_NO_TYPE = pl.lit(None, pl.String)
_LONGEST = 17
"""Digits of the longest national number the library reads."""


def read_numbers(numbers: pl.DataFrame) -> pl.DataFrame:
    """Read numbers as ``phonenumbers`` does.

    Args:
        numbers: ``number`` (digits, with ``+`` before them when typed so) and
            ``region`` (ISO 3166-1 alpha-2, or null), distinct.

    Returns:
        number, region and the columns of READ, one row per row of `numbers`.

    >>> read_numbers(pl.DataFrame({"number": ["01223336000"], "region": ["GB"]})).row(0)
    ('01223336000', 'GB', '+441223336000', '1223336000', 'fixed_line')
    """
    rows = numbers.select("number", "region").with_row_index("row")
    known = pl.col("region").is_in(_REGIONS).fill_null(value=False)
    nowhere = rows.filter(~known & _is_national())
    rest = rows.join(nowhere, on="row", how="anti")
    dialled = pl.concat([_international(rest), *_nationals(rest)])
    stripped = pl.concat(
        [_dialled(dialled.head(0)), *map(_strip_trunk, _parts(dialled, "plan"))]
    )
    classified = map(_classify, _parts(stripped, "code"))
    read = pl.concat([_unread(nowhere), *classified])
    left = rows.join(read, on="row", how="anti")
    slow = [(row, *_read_slowly(number, region)) for row, number, region in left.rows()]
    read = pl.concat([read, pl.DataFrame(slow, _no_read().schema, orient="row")])
    return rows.join(read, on="row").select("number", "region", *READ)


def _parts(frame: pl.DataFrame, column: str) -> Iterator[pl.DataFrame]:
    return iter(frame.partition_by(column, maintain_order=True))


def _no_read() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **READ})


def _is_national() -> pl.Expr:
    return pl.col("number").str.contains(r"^\d+$")


def _unread(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what is known of numbers that cannot be dialled from nowhere."""
    digits = pl.col("number").str.strip_chars_start("0").replace("", None)
    none = pl.lit(None, pl.String)
    return rows.select("row", e164=none, national=digits, type=none)


def _dialled(rows: pl.DataFrame) -> pl.DataFrame:
    """Row, calling code, region whose plan reads it, digits after the code."""
    return rows.select("row", "code", "plan", "digits")


def _international(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the country code off numbers with a plus."""
    codes = "|".join(map(str, sorted(code for code in _CODES if _main_region(code))))
    found = pl.col("number").str.extract_groups(
        rf"^\+(?P<code>{codes})(?P<digits>\d+)$"
    )
    plans = {str(code): _main_region(code) for code in _CODES}
    split = rows.with_columns(found.alias("found")).unnest("found").drop_nulls("code")
    plan = pl.col("code").replace_strict(plans, return_dtype=pl.String)
    return _dialled(split.with_columns(plan.alias("plan")))


def _nationals(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Read numbers without a plus in their region, unless a code is typed in front."""
    digits = rows.filter(pl.col("number").str.contains(r"^\d{2,}$")).drop_nulls()
    for part in _parts(digits, "region"):
        region = part["region"][0]
        if region in phonenumbers.SUPPORTED_REGIONS:
            yield from _national(part.rename({"number": "digits"}), region)


def _national(part: pl.DataFrame, region: str) -> Iterator[pl.DataFrame]:
    plan = _plan(region)
    code, digits = str(plan.country_code), pl.col("digits")
    if plan.international_prefix:
        part = part.filter(~digits.str.contains(f"^(?:{plan.international_prefix})"))
    after = digits.str.slice(len(code))
    with_code = digits.str.starts_with(code) & (
        (~_fits(digits, plan) & _fits(after, plan)) | _too_long(digits, plan)
    )
    # The library would take a trunk prefix off twice here: left to it.
    twice = digits.str.starts_with(code) & _has_trunk(after, plan)
    part = part.filter(~twice).with_columns(with_code.alias("with_code"))
    named = part.with_columns(pl.lit(code).alias("code"))
    yield _dialled(
        named.filter("with_code").with_columns(
            after.alias("digits"), pl.lit(_main_region(int(code))).alias("plan")
        )
    )
    yield _dialled(named.filter(~pl.col("with_code")).with_columns(plan=pl.lit(region)))


def _strip_trunk(part: pl.DataFrame) -> pl.DataFrame:
    """Take the national prefix off, where what remains can be a number."""
    plan, digits = _plan(part["plan"][0]), pl.col("digits")
    if not plan.national_prefix_for_parsing:
        return part
    if plan.national_prefix_transform_rule:
        return part.filter(~_has_trunk(digits, plan))
    bare = digits.str.replace(f"^(?:{plan.national_prefix_for_parsing})", "")
    length = bare.str.len_chars()
    possible = length.is_in(_lengths(plan)) | _too_long(bare, plan)
    local = length.is_in(list(_general(plan).possible_length_local_only))
    keep = _fits(digits, plan) & ~_fits(bare, plan)
    strip = _has_trunk(digits, plan) & possible & ~local & ~keep
    return part.with_columns(
        pl.when(strip).then(bare).otherwise(digits).alias("digits")
    )


def _classify(part: pl.DataFrame) -> pl.DataFrame:
    """Find the type of each number: the first region of its code that knows it decides."""
    code = part["code"][0]
    part = part.filter(pl.col("digits").str.len_chars().is_between(2, _LONGEST))
    done = []
    for region in _CODES[int(code)]:
        mine, part = _claimed(part, _plan(region))
        done.append(mine)
        if part.is_empty():
            break
    digits, valid = pl.col("digits"), pl.col("type").is_not_null()
    return pl.concat([*done, part.with_columns(type=_NO_TYPE)]).select(
        "row",
        pl.when(valid).then(pl.lit("+" + code) + digits).alias("e164"),
        digits.alias("national"),
        "type",
    )


def _claimed(
    part: pl.DataFrame, plan: PhoneMetadata
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part numbers into those that a region knows, with their ``type``, and the others."""
    if plan.leading_digits:
        leads = part["digits"].str.contains(f"^(?:{plan.leading_digits})")
        if not leads.any():
            return part.clear().with_columns(type=_NO_TYPE), part
        return _typed(part.filter(leads), plan), part.filter(~leads)
    typed = _typed(part, plan)
    known = typed["type"].is_not_null()
    return typed.filter(known), part.filter(~known)


def _typed(part: pl.DataFrame, plan: PhoneMetadata) -> pl.DataFrame:
    # Without numbers the plan's patterns need not be compiled.
    kind = _NO_TYPE if part.is_empty() else _type(plan)
    return with_shared(part, kind.alias("type"))


def _type(plan: PhoneMetadata) -> pl.Expr:
    """The type of ``digits`` in a plan; null when it is in no range (``_number_type_helper``)."""
    digits = pl.col("digits")
    fixed = _matches(digits, plan.fixed_line)
    same = plan.same_mobile_and_fixed_line_pattern
    mobile = pl.lit(value=False) if same else _matches(digits, plan.mobile)
    both = fixed if same else fixed & mobile
    special = {name: _matches(digits, getattr(plan, name)) for name in _SPECIAL.split()}
    ranges = {**special, _EITHER: both, _FIXED: fixed, _MOBILE: mobile}
    first = pl.coalesce(pl.when(hit).then(pl.lit(name)) for name, hit in ranges.items())
    return pl.when(_matches(digits, plan.general_desc)).then(first)


def _matches(digits: pl.Expr, desc: PhoneNumberDesc | None) -> pl.Expr:
    pattern = desc and desc.national_number_pattern
    if desc is None or not pattern or pattern == "NA":
        return pl.lit(value=False)
    fits = digits.str.contains(f"^(?:{pattern})$")
    lengths = list(desc.possible_length)
    return fits & digits.str.len_chars().is_in(lengths) if lengths else fits


def _fits(digits: pl.Expr, plan: PhoneMetadata) -> pl.Expr:
    return digits.str.contains(f"^(?:{_general(plan).national_number_pattern})$")


def _has_trunk(digits: pl.Expr, plan: PhoneMetadata) -> pl.Expr:
    prefix = plan.national_prefix_for_parsing
    return digits.str.contains(f"^(?:{prefix})") if prefix else pl.lit(value=False)


def _too_long(digits: pl.Expr, plan: PhoneMetadata) -> pl.Expr:
    return digits.str.len_chars() > pl.lit(_lengths(plan)[-1])


def _lengths(plan: PhoneMetadata) -> list[int]:
    return list(_general(plan).possible_length)


def _general(plan: PhoneMetadata) -> PhoneNumberDesc:
    """Description of all numbers of a region; every region has one."""
    return plan.general_desc or PhoneNumberDesc()


def _main_region(code: int) -> str | None:
    region: str = phonenumbers.region_code_for_country_code(code)
    # "001" stands for codes of no country, such as +800: left to the library.
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


@cache
def _plan(region: str) -> PhoneMetadata:
    plan = PhoneMetadata.metadata_for_region(region)
    if plan is None:
        raise KeyError(region)
    return plan


def _read_slowly(number: str, region: str | None) -> tuple[str | None, ...]:
    """Ask the library itself about one number."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None, number.lstrip("+0") or None, None
    national = phonenumbers.national_significant_number(parsed)
    if not phonenumbers.is_valid_number(parsed):
        return None, national, None
    kind = PhoneNumberType.to_string(phonenumbers.number_type(parsed)).lower()
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164), national, kind
