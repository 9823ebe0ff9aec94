"""Guess the region of a list whose phones and addresses name no country."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import polars as pl

from cleanse.map.content import Content
from cleanse.map.mapping import Column, Use
from cleanse.rulebook import SourceRule
from cleanse.rulebook.fields import FieldRules, RegionRule

_LEAST_SHARE = 0.7
"""Of all values that could tell."""
_LEAST_CLUE = 0.5
"""Of one kind of them: misspelt states are many, each once."""
_LEAST_LEAD = 0.15
_FEWEST = 3
_COUNTRY_KNOWN = 0.8
_CLUES = {
    "province": "province",
    "address": "address",
    "postcode": "postcode",
    "phone": "phone",
    "mobile": "phone",
}
"""Standard field → the pattern of a region that it is held against."""
_EXTENSION = r"(?:\s*(?:[xX#转]|(?i:ext(?:ension)?)\.?)\s*\d{1,6})?"


def decide_region(
    columns: Iterable[Column],
    contents: Mapping[str, Content],
    rule: SourceRule,
    rules: FieldRules,
) -> tuple[str | None, str]:
    """Take the region whose provinces, postcodes or phones most values look like.

    Returns:
        ISO 3166-1 alpha-2 or None, and why. None too when the rows mostly name
        their country themselves.
    """
    if rule.file.region:
        return rule.file.region, "rule"
    filling = [c for c in columns if c.use in (Use.FIELD, Use.FALLBACK)]
    for column in filling:
        if (
            column.field == "country"
            and contents[column.heading].fill >= _COUNTRY_KNOWN
        ):
            return None, f"{column.heading!r} names the country"
    samples: dict[str, list[pl.DataFrame]] = {}
    for column in filling:
        sample = contents[column.heading].sample
        if (clue := _CLUES.get(column.field or "")) and sample.height >= _FEWEST:
            samples.setdefault(clue, []).append(sample)
    shares = {
        region: _share(each, {clue: pl.concat(s) for clue, s in samples.items()})
        for region, each in sorted(rules.region.items())
    }
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < _LEAST_SHARE:
        return None, "nothing tells"
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if ranked[0][1] - second < _LEAST_LEAD:
        return None, f"may be {ranked[0][0]} or {ranked[1][0]}"
    clues = ", ".join(sorted(samples))
    return ranked[0][0], f"{ranked[0][1]:.0%} of {clues} look so"


def _share(region: RegionRule, samples: Mapping[str, pl.DataFrame]) -> float:
    """Return the mean share of values that look of a region, 0 if too little tells."""
    shares = {
        clue: _fitting(sample, pattern, _EXTENSION if clue == "phone" else "")
        for clue, sample in samples.items()
        if (pattern := getattr(region, clue))
    }
    told = {clue for clue, share in shares.items() if share >= _LEAST_CLUE}
    if len(told) < 2 and not told & set(region.enough):  # noqa: PLR2004 - two agree
        return 0.0
    return sum(shares.values()) / len(shares)


def _fitting(sample: pl.DataFrame, pattern: str, tail: str) -> float:
    fits = sample["value"].str.contains(f"{_flags(pattern)}{tail}$")
    weight = sample["weight"]
    return int(weight.filter(fits).sum()) / int(weight.sum())


def _flags(pattern: str) -> str:
    """Anchor a pattern at its front, behind its flags."""
    flags = re.match(r"\(\?[a-z]+\)", pattern)
    start = flags.end() if flags else 0
    return f"{pattern[:start]}^(?:{pattern[start:]})"
