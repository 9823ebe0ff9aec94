"""Find the column that numbers the rows of a source for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cleanse.map.content import Content
from cleanse.map.heading import HeadingIndex
from cleanse.map.mapping import Column, Use

KEY_SHARE = 0.99
"""A source key is filled and unique in at least this share of rows."""


def find_key(
    headings: Sequence[str], contents: Mapping[str, Content], index: HeadingIndex
) -> tuple[Column | None, str]:
    """Take the best heading of keys whose column is filled and unique.

    Args:
        headings: Columns that fill no field.
        contents: Of those columns, by heading.
        index: Of headings.

    Returns:
        The column, or None; and why.
    """
    ranked = sorted(
        (rank, heading)
        for heading in headings
        if (rank := index.key_rank(heading)) is not None
    )
    for _, heading in ranked:
        content = contents[heading]
        unique = content.distinct / content.rows if content.rows else 0.0
        if min(content.fill, unique) >= KEY_SHARE:
            reason = f"heading of keys, {content.fill:.0%} filled, {unique:.0%} unique"
            column = Column(
                heading=heading, use=Use.KEY, reason=reason, confidence=0.95
            )
            return column, f"{heading!r}: {reason}"
    if ranked:
        return None, f"{ranked[0][1]!r} is not filled and unique in 99 % of rows"
    return None, "no heading of keys: rows are found again by what they say"
