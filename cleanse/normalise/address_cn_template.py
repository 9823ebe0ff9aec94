"""Chinese lines without their numbers: one stands for all houses of a street.

The parser looks at how many digits a number has, never at which, as long as nothing
but Han stands between numbers. Lines such as 人民路12号3栋501室 are therefore read once
for every street, with 11号2栋333室 in their place, and each line's own numbers put back.
tests/test_address_chinese.py holds both ways equal.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.address_cn_numeral import NUMERAL_SIGNS

NUMBERS = ("number_1", "number_2", "number_3")
"""Columns: the numbers of a line, in their order."""

_MARKS = ("\ue001", "\ue002", "\ue003")
"""Private signs: the place of each number in what was read."""
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
    own, above = pl.col("own"), pl.col("above")
    is_plain = (
        above.str.contains(_HAN_ONLY)
        & ~above.str.contains(_NUMERAL)
        & ~own.str.contains(_NUMERAL)
    )
    groups = pl.when(is_plain).then(own.str.extract_groups(_LINE))
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
    return lines.with_columns(
        pl.when(pl.col(NUMBERS[0]).is_not_null()).then(template).otherwise(own)
    ).drop("groups")


def with_marks(read: pl.DataFrame, is_template: pl.Series) -> pl.DataFrame:
    """Put marks in the place of the numbers of templates: `read` are parts of addresses."""
    marked = []
    for name in read.columns:
        column = pl.col(name)
        for place, mark in enumerate(_MARKS, 1):
            column = column.str.replace_all(f"{place}+", mark)
        marked.append(pl.when(is_template).then(column).otherwise(name).alias(name))
    return read.with_columns(marked)


def with_numbers(read: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Put each line's own numbers in the place of the marks.

    Args:
        read: Parts of addresses as `with_marks` leaves them, one row per line.
        numbers: The columns of NUMBERS.
    """
    columns = read.columns
    read = pl.concat([read, numbers.select(NUMBERS)], how="horizontal")
    for name in columns:
        for mark, number in zip(_MARKS, NUMBERS, strict=True):
            if read[name].str.contains(mark, literal=True).any():
                own = pl.col(number).fill_null("")
                filled = pl.col(name).str.replace_all(mark, own, literal=True)
                read = read.with_columns(filled)
    return read.select(columns)
