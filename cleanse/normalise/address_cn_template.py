"""Chinese lines without their numbers: one stands for all houses of a street.

The parser looks at how many digits a number has, never at which, as long as nothing
but Han stands between numbers. Lines such as 人民路12号3栋501室 are therefore read once
for every street, with 11号2栋333室 in their place, and each line's own numbers put back.
tests/test_address_chinese.py holds both ways equal.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.address_cn_numeral import NUMERAL_SIGNS
from cleanse.normalise.shared import with_shared

NUMBERS = ("number_1", "number_2", "number_3")
"""Columns: the numbers of a line, in their order."""

_MARKS = ("\ue001", "\ue002", "\ue003")
"""Private signs: the place of each number in what was read."""
_MARK = f"[{''.join(_MARKS)}]"
_NUMBER = "([1-9][0-9]{0,4})"
_LINE = (
    rf"^\p{{Han}}+{_NUMBER}(?:\p{{Han}}+{_NUMBER})?(?:\p{{Han}}+{_NUMBER})?\p{{Han}}*$"
)
_HAN_ONLY = r"^\p{Han}*$"
# A numeral may be written as digits, which could not be told from the template's.
_NUMERAL = f"[{''.join(sorted(NUMERAL_SIGNS))}]"


def with_templates(lines: pl.DataFrame) -> pl.DataFrame:
    """Replace the numbers of plain Chinese lines, and keep them aside.

    Args:
        lines: own (the line) and above (the divisions of its columns; null for
            lines that are not Chinese).

    Returns:
        `lines` with own as a template, and the columns of NUMBERS, null where own
        is as it was.

    >>> lines = pl.DataFrame({"own": ["人民路12号501室"], "above": [""]})
    >>> with_templates(lines).row(0)
    ('人民路11号222室', '', '12', '501', None)
    """
    rows = lines["above"].is_not_null().arg_true()
    read = _templates(lines[rows])
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, lines.height)
    return lines.with_columns(
        lines["own"].scatter(rows, read["own"]),
        *(empty.clone().scatter(rows, read[name]).alias(name) for name in NUMBERS),
    )


def _templates(lines: pl.DataFrame) -> pl.DataFrame:
    """Do what `with_templates` does to Chinese lines."""
    own, above = pl.col("own"), pl.col("above")
    is_plain = (
        above.str.contains(_HAN_ONLY)
        & ~above.str.contains(_NUMERAL)
        & ~own.str.contains(_NUMERAL)
    )
    groups = pl.when(is_plain).then(own).str.extract_groups(_LINE)
    lines = lines.with_columns(groups.alias("groups")).with_columns(
        pl.col("groups").struct.field(str(place)).alias(name)
        for place, name in enumerate(NUMBERS, 1)
    )
    first, second, third = (
        pl.col(name).str.replace_all("[0-9]", str(place))
        for place, name in enumerate(NUMBERS, 1)
    )
    between = own.str.extract_all(r"[^0-9]+").list
    template = pl.concat_str(
        between.get(0, null_on_oob=True),
        first,
        between.get(1, null_on_oob=True).fill_null(""),
        second.fill_null(""),
        between.get(2, null_on_oob=True).fill_null(""),
        third.fill_null(""),
        between.get(3, null_on_oob=True).fill_null(""),
    )
    is_template = pl.col(NUMBERS[0]).is_not_null()
    return with_shared(
        lines, pl.when(is_template).then(template).otherwise(own).alias("own")
    )


def with_marks(read: pl.DataFrame, is_template: pl.Series) -> pl.DataFrame:
    """Put marks in the place of the numbers of templates: `read` are parts of addresses."""
    rows = is_template.arg_true()
    marked = read[rows]
    for place, mark in enumerate(_MARKS, 1):
        marked = marked.with_columns(pl.all().str.replace_all(f"{place}+", mark))
    return read.with_columns(
        read[name].scatter(rows, marked[name]) for name in read.columns
    )


def with_numbers(read: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Put each line's own numbers in the place of the marks.

    Args:
        read: Parts of addresses as `with_marks` leaves them, one row per line.
        numbers: The columns of NUMBERS.
    """
    rows = numbers[NUMBERS[0]].is_not_null().arg_true()
    part = pl.concat([read[rows], numbers.select(NUMBERS)[rows]], how="horizontal")
    marked = [name for name in read.columns if part[name].str.contains(_MARK).any()]
    for mark, number in zip(_MARKS, NUMBERS, strict=True):
        own = pl.col(number).fill_null("")
        part = part.with_columns(
            pl.col(marked).str.replace_all(mark, own, literal=True)
        )
    return read.with_columns(read[name].scatter(rows, part[name]) for name in marked)
