"""The words of one western line, and where among them the street ends."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.address_words import Words, plain

HIGHWAYS = frozenset(
    "highway route interstate hwy rte county country state us i sr cr fm".split()
)
"""Words that a number follows: Highway 50 is a street."""

_NUMBERED = re.compile(r"[a-z]|\d+[a-z]?", re.IGNORECASE)
_SAINTS = ("st", "dr", "mt", "ft")


class Token(NamedTuple):
    """One word of a line."""

    text: str
    """As typed."""
    word: str
    """As the keys of Words are."""
    ends: bool
    """A comma follows."""


def read_tokens(text: str) -> list[Token]:
    """Split a line into words; "#" belongs to what follows."""
    text = (
        text.replace(";", ",").replace(",", " , ").replace("#", " #").replace("# ", "#")
    )
    tokens: list[Token] = []
    for part in text.split():
        if part == ",":
            if tokens:
                tokens[-1] = tokens[-1]._replace(ends=True)
            continue
        tokens.append(Token(part, plain(part), ends=False))
    return tokens


def street_and_city(
    tokens: list[Token], words: Words, *, is_city_last: bool, has_number: bool
) -> tuple[str | None, str | None]:
    """Cut what stands between number and state into street and city.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> tokens = read_tokens("Lake Shore Drive Park City")
    >>> street_and_city(tokens, words, is_city_last=True, has_number=True)
    ('Lake Shore Drive', 'Park City')
    """
    if not tokens:
        return None, None
    commas = [at for at, token in enumerate(tokens[:-1]) if token.ends]
    if commas:
        return text_of(tokens[: commas[0] + 1]), text_of(tokens[commas[-1] + 1 :])
    cut = street_end(tokens, words)
    if cut is not None and cut < len(tokens):
        return text_of(tokens[:cut]), text_of(tokens[cut:])
    if is_city_last and not has_number and cut is None:
        return None, text_of(tokens)
    if is_city_last and cut is None and len(tokens) > 1:
        return text_of(tokens[:-1]), tokens[-1].text
    return text_of(tokens), None


def street_end(tokens: list[Token], words: Words) -> int | None:
    """Where the street ends: behind its type, number of a highway, and direction."""
    start = 1 if tokens[0].word in words.directions and len(tokens) > 1 else 0
    if tokens[start].word in words.first_types:
        return len(tokens)
    last = _type_at(tokens, words, start)
    if last is None:
        return None
    end = last + 1
    before = tokens[last - 1].word if last else ""
    is_numbered = last == start or {tokens[last].word, before} & HIGHWAYS
    if end < len(tokens) and is_numbered and _NUMBERED.fullmatch(tokens[end].word):
        end += 1
    compass = tokens[end].word if end < len(tokens) else ""
    if compass in words.directions and (len(compass) < 3 or end + 1 == len(tokens)):  # noqa: PLR2004
        end += 1
    return end


def _type_at(tokens: list[Token], words: Words, start: int) -> int | None:
    """Find the word that ends the name of the street: Drive of Lake Shore Drive."""
    types = [
        at
        for at, token in enumerate(tokens)
        if token.word in words.types and not _is_saint(tokens, at, start)
    ]
    numbered = types[:1] == [start] and len(tokens) > start + 1
    if numbered and _NUMBERED.fullmatch(tokens[start + 1].word):
        return start
    inside = [at for at in types if at > start] or [at for at in types if at > 0]
    strong = [at for at in inside if tokens[at].word in words.strong_types]
    for at in strong:
        follows = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if at + 1 not in strong or (follows == "st" and at + 2 < len(tokens)):
            return at
    return inside[0] if inside else None


def _is_saint(tokens: list[Token], at: int, start: int) -> bool:
    """Whether St is Saint, Dr Doctor: a name follows, and none stands before."""
    return tokens[at].word in _SAINTS and at <= start and at + 1 < len(tokens)


def has_type(street: str, words: Words) -> bool:
    """Tell whether a kind of street is among the words after the first."""
    parts = [plain(part) for part in street.split()]
    return any(part in words.types or part in words.first_types for part in parts[1:])


def text_of(tokens: list[Token]) -> str:
    """Put words together again."""
    return " ".join(token.text for token in tokens).strip(" ,.")
