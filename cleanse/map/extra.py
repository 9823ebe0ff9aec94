"""Choose which columns of the user's own may take part in matching."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from anyascii import anyascii

from cleanse.map.content import Content
from cleanse.map.fold import fold_words
from cleanse.map.heading import HeadingIndex
from cleanse.map.mapping import Column, Use
from cleanse.schema import EXTRA_PREFIX

_LEAST_FILL = 0.25
_LEAST_FILLED = 20
_LEAST_BITS = 3.0
"""What agreeing can tell: a column of eight even values."""
_MOST_UNIQUE = 0.95
"""A column that hardly repeats numbers rows, or notes them."""
_MOST_CHARACTERS = 40
_TEXTS = ("word", "person", "person_han", "company", "code", "kind", "address")
_LEAST_TEXT = 0.7


def matched_extras(
    contents: Mapping[str, Content], index: HeadingIndex, taken: Collection[str]
) -> list[Column]:
    """Choose texts, codes and categories that repeat, but not in every row.

    Args:
        contents: Columns that fill no standard field, by heading.
        index: Of headings; counters and keys are passed over.
        taken: Frame columns (``x_…``) that a rule named already.

    Returns:
        A Column of `Use.MATCHED` per chosen heading, by heading.
    """
    chosen = sorted(
        heading
        for heading, content in contents.items()
        if _may_tell(content)
        and index.key_rank(heading) is None
        and not index.is_counter(heading)
        and not index.is_of_others(heading)
    )
    names = _slugs(chosen, taken)
    return [
        Column(
            heading=heading,
            use=Use.MATCHED,
            field=names[heading],
            reason=f"of your own: {contents[heading].fill:.0%} filled, {contents[heading].distinct} values",
            confidence=0.5,
        )
        for heading in chosen
    ]


def _may_tell(content: Content) -> bool:
    return (
        content.fill >= _LEAST_FILL
        and content.filled >= _LEAST_FILLED
        and content.bits >= _LEAST_BITS
        and content.uniqueness <= _MOST_UNIQUE
        and content.mean_length <= _MOST_CHARACTERS
        and content.share(_TEXTS) >= _LEAST_TEXT
    )


def slug(heading: str) -> str:
    """Write a heading in lower-case ASCII, Chinese by its sound.

    >>> slug("Birth Place"), slug("籍贯"), slug("¿?")
    ('birth_place', 'ji_guan', 'column')
    """
    words = fold_words(heading)
    if re.search(r"[\u3400-\u9fff]", words):
        from pypinyin import lazy_pinyin  # noqa: PLC0415 - half a second, rarely needed

        words = " ".join(lazy_pinyin(words))
    return re.sub(r"[^a-z0-9]+", "_", anyascii(words).lower()).strip("_") or "column"


def _slugs(headings: list[str], taken: Collection[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    used = set(taken)
    for heading in headings:
        base = name = EXTRA_PREFIX + slug(heading)
        number = 2
        while name in used:
            name, number = f"{base}_{number}", number + 1
        names[heading] = name
        used.add(name)
    return names
