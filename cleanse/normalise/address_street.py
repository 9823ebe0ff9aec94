"""The words of one western line, and where among them the street ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleanse.normalise.address_words import Words, plain

HIGHWAYS = frozenset(
    "highway highways route routes interstate hwy hwys rte rt county country state us i sr cr fm ih".split()
)
"""Words that a number follows: Highway 50 is a street."""

ROADS = frozenset(
    "street road avenue drive boulevard lane highway parkway freeway expressway turnpike way broadway".split()
)
"""Types that name a road and hardly ever a house or a town."""

ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)

JOINTS = frozenset({"&", "and", "@"})
"""What stands between two streets that cross."""

_NUMBERED = re.compile(r"[a-z]|\d+[a-z]?", re.IGNORECASE)
_ROAD_NUMBER = re.compile(r"#?\d+[a-z]?", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z]{2}", re.IGNORECASE)
_COMPACT = re.compile(r"([A-Za-z]+)\.?(\d[\w-]*)")
_DASH = re.compile(r"\s[-–]\s(?!\d)|\s?[|•·]\s?")
_OF = frozenset("de du des del da do dos das di dei della".split())
_SAINTS = ("st", "dr", "mt", "ft")
_QUADRANTS = frozenset("ne nw se sw northeast northwest southeast southwest".split())
_NORTH_SOUTH, _EAST_WEST = ("n", "s"), ("e", "w")


class Token(NamedTuple):
    """One word of a line."""

    text: str
    """As typed."""
    word: str
    """As the keys of Words are."""
    ends: bool
    """A comma follows."""


def read_tokens(text: str, words: Words) -> list[Token]:
    """Split a line into words; "#" belongs to what follows, Ste5300 is two words."""
    if " - " in text or "|" in text or "·" in text or "•" in text:
        text = _DASH.sub(", ", text)
    text = text.replace(";", ",").replace(",", " , ")
    if "#" in text:
        text = text.replace("#", " #").replace("# ", "#")
    tokens: list[Token] = []
    for part in text.split():
        if part == ",":
            if tokens:
                tokens[-1] = tokens[-1]._replace(ends=True)
            continue
        word = plain(part)
        if word[-1:].isdecimal() and word[:1].isalpha():
            tokens += _apart(part, word, words)
        else:
            tokens.append(Token(part, word, ends=False))
    return tokens


def _apart(part: str, word: str, words: Words) -> list[Token]:
    compact = _COMPACT.fullmatch(part)
    if not compact or not _is_compact_unit(compact[1].lower(), words):
        return [Token(part, word, ends=False)]
    return [Token(half, half.lower(), ends=False) for half in compact.groups()]


def _is_compact_unit(word: str, words: Words) -> bool:
    return len(word) > 1 and (word in words.units or word in words.floors)


def text_of(tokens: Sequence[Token]) -> str:
    """Put words together again."""
    return " ".join(token.text for token in tokens).strip(" ,.")


def street_end(  # noqa: PLR0911 - a ladder
    tokens: Sequence[Token], words: Words
) -> int | None:
    """Where the street ends: behind its type, number of a highway, and direction.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> for line in ("Lake Shore Drive Park City", "N 800 E Provo", "Main", "SE 2nd Ocala"):
    ...     street_end(read_tokens(line, words), words)
    3
    3
    2
    """
    if not tokens:
        return None
    start = 1 if tokens[0].word in words.directions and len(tokens) > 1 else 0
    if tokens[start].word in words.first_types or _is_led(tokens, start, words):
        return len(tokens)
    joint = next((at for at, t in enumerate(tokens) if t.word in JOINTS), 0)
    if 0 < joint < len(tokens) - 1:
        behind = street_end(tokens[joint + 1 :], words)
        return len(tokens) if behind is None else joint + 1 + behind
    highway = _highway_end(tokens, start)
    if highway:
        return _behind_directions(tokens, highway, words)
    grid = _grid_end(tokens, start, words)
    if grid:
        return grid
    last = _type_at(tokens, words, start)
    if last is None:
        return _end_without_type(tokens, start, words)
    end = _behind_number(tokens, last, start)
    return _behind_directions(tokens, end, words)


def _is_led(tokens: Sequence[Token], start: int, words: Words) -> bool:
    """Tell whether a kind leads the name: Place de la Paix."""
    if tokens[start].word not in words.types or start + 1 >= len(tokens):
        return False
    follows = tokens[start + 1].word
    return follows in _OF or follows.startswith("d'")


def _behind_number(tokens: Sequence[Token], last: int, start: int) -> int:
    """Go behind the number of a highway: Hwy No. 130, Avenue H, Avenue of the Americas."""
    end = last + 1
    if last == start and end + 1 < len(tokens) and tokens[end].word == "of":
        return min(len(tokens), end + 2 + (tokens[end + 1].word == "the"))
    before = tokens[last - 1].word if last else ""
    is_numbered = last == start or {tokens[last].word, before} & HIGHWAYS
    if is_numbered and end + 1 < len(tokens) and tokens[end].word in {"no", "number"}:
        end += 1
    while end < len(tokens) and is_numbered and _NUMBERED.fullmatch(tokens[end].word):
        end += 1
        if before not in HIGHWAYS and tokens[last].word not in HIGHWAYS:
            break
    letters = end + 1 == len(tokens) and _LETTERS.fullmatch(tokens[end].word)
    return end + 1 if letters and before == "county" else end


def _behind_directions(tokens: Sequence[Token], end: int, words: Words) -> int:
    compass = tokens[end].word if end < len(tokens) else ""
    if words.types.get(compass) == "extension":
        return end + 1
    if compass not in words.directions:
        return end
    follows = tokens[end + 1].word if end + 1 < len(tokens) else ""
    if compass in _NORTH_SOUTH and follows in _EAST_WEST:
        return end + 2
    is_sure = len(compass) < 3 or not follows or follows[0].isdecimal()  # noqa: PLR2004
    return end + 1 if is_sure or tokens[end - 1].word.isdecimal() else end


def _highway_end(tokens: Sequence[Token], start: int) -> int | None:
    """Read a road that has a number for a name: State Route 118, FM 1960."""
    at = start + (tokens[start].word == "old")
    first = at
    while at < len(tokens) and tokens[at].word in HIGHWAYS:
        at += 1
    if first < at < len(tokens) and tokens[at].word in {"no", "number"}:
        at += 1
    if not first < at < len(tokens) or not _ROAD_NUMBER.fullmatch(tokens[at].word):
        return None
    while at < len(tokens) and _ROAD_NUMBER.fullmatch(tokens[at].word):
        at += 1
    return at + 1 if at + 1 == len(tokens) and len(tokens[at].word) == 1 else at


def _grid_end(tokens: Sequence[Token], start: int, words: Words) -> int | None:
    """Read a street of a numbered grid: North 800 East."""
    for at in {start, 0}:
        behind = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if tokens[at].word.isdecimal() and behind in words.directions:
            follows = tokens[at + 2].word if at + 2 < len(tokens) else ""
            return at + 2 + (follows in words.strong_types)
    return None


def _end_without_type(tokens: Sequence[Token], start: int, words: Words) -> int | None:
    for at in range(1, len(tokens)):
        if tokens[at].word in _QUADRANTS:
            return at + 1
    if ORDINAL.fullmatch(tokens[start].word) or tokens[start].word in words.ordinals:
        return start + 1
    return None


def _type_at(tokens: Sequence[Token], words: Words, start: int) -> int | None:
    """Find the word that ends the name of the street: Drive of Lake Shore Drive."""
    types = [
        at
        for at, token in enumerate(tokens)
        if token.word in words.types and not _is_saint(tokens, at, start, words)
    ]
    if types[:1] == [start] and len(tokens) > start + 1:
        follows = tokens[start + 1].word
        if _NUMBERED.fullmatch(follows) or follows == "of":
            return start
    inside = [at for at in types if at > start] or [at for at in types if at > 0]
    strong = [at for at in inside if tokens[at].word in words.strong_types]
    for at in strong:
        follows = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if at + 1 not in strong or (follows == "st" and at + 2 < len(tokens)):
            return _last_road(tokens, at, strong, words)
    return inside[0] if inside else None


def _last_road(
    tokens: Sequence[Token], first: int, strong: Sequence[int], words: Words
) -> int:
    """Go on to a later road that no number parts from the first: Big Run South Rd."""
    found = first
    for at in strong:
        if at <= found or words.types[tokens[at].word] not in ROADS:
            continue
        if at == found + 1 and tokens[at].word == "st" and at + 1 < len(tokens):
            break
        if any(sign.isdecimal() for t in tokens[found + 1 : at] for sign in t.text):
            break
        found = at
    return found


def _is_saint(tokens: Sequence[Token], at: int, start: int, words: Words) -> bool:
    """Whether St is Saint, Dr Doctor: a name follows, and none stands before."""
    if tokens[at].word not in _SAINTS or at + 1 >= len(tokens):
        return False
    return at <= start or (
        # Port St Lucie Blvd: a further type ends the street.
        tokens[at].word == "st"
        and tokens[at + 1].word not in words.types
        and tokens[at + 1].word not in words.directions
        and at + 2 < len(tokens)
        and words.types.get(tokens[at + 2].word) in ROADS
    )


def has_type(tokens: Sequence[Token], words: Words) -> bool:
    """Tell whether a kind of street is among the words after the first."""
    return any(
        token.word in words.types or token.word in words.first_types
        for token in tokens[1:]
    )


def is_road(tokens: Sequence[Token], words: Words) -> bool:
    """Tell whether a word after the first names a road, not a house or a square."""
    return any(words.types.get(token.word) in ROADS for token in tokens[1:])
