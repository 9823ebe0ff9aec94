"""The words of one western line, and where among them the street ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleanse.normalise.address_words import Words, plain

HIGHWAYS = frozenset(
    "highway highways route routes interstate hwy hwys hghwy rte rt rts county country state us i sr cr fm ih".split()
)
"""Words that a number follows: Highway 50 is a street."""

ROADS = frozenset(
    "street road avenue drive boulevard lane highway parkway freeway expressway turnpike way broadway".split()
)
"""Types that name a road and hardly ever a house or a town."""

_QUALIFIERS = frozenset(
    "business bus bsnss alternate alt bypass byp spur truck service svc frontage access loop toll".split()
)
"""What tells a branch of a highway from the highway."""

ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)

JOINTS = frozenset({"&", "and", "@"})
"""What stands between two streets that cross; in the street it is written as &."""

_NUMBERED = re.compile(r"[a-z]|\d+[a-z]?", re.IGNORECASE)
_ROAD_NUMBER = re.compile(r"#?\d+[a-z]?|a1a", re.IGNORECASE)
_MAIN_NUMBER = re.compile(r"\d+[nsew]?", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z]{2}", re.IGNORECASE)
_COMPACT = re.compile(r"([A-Za-z]+)\.?(\d[\w-]*)")
_DASH = re.compile(r"\s[-–]\s(?!\d)|\s?[|•·]\s?")
_OF = frozenset("de du des del da do dos das di dei della".split())
_SAINTS = ("st", "dr", "mt", "ft")
QUADRANTS = frozenset("ne nw se sw northeast northwest southeast southwest".split())
_COMPASS = frozenset("n s e w north south east west".split())
_BRANCHES = frozenset("road rd route rte highway hwy loop drive dr".split())
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
    return _unspaced(tokens)


def _unspaced(tokens: list[Token]) -> list[Token]:
    """Make one word of "U S" before a highway or its number."""
    for at in range(len(tokens) - 3, -1, -1):
        first, second, third = tokens[at : at + 3]
        if (first.word, second.word) != ("u", "s") or first.ends or second.ends:
            continue
        if third.word.isdecimal() or third.word in HIGHWAYS:
            text = f"{first.text} {second.text}"
            tokens[at : at + 2] = [Token(text, "us", ends=False)]
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
    joint = next((at for at, t in enumerate(tokens) if _joins(tokens, at, words)), 0)
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
    if end == last + 1 and _names_more(tokens, end, words):
        end += 1
    return _behind_directions(tokens, end, words)


def _names_more(tokens: Sequence[Token], end: int, words: Words) -> bool:
    """Tell whether a square or park only names what follows: Washington Square Village."""
    if end + 1 != len(tokens) or not tokens[end].ends:
        return False
    return (
        words.types.get(tokens[end - 1].word) not in ROADS
        and tokens[end].word in words.types
    )


def _joins(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Tell whether a word joins two streets; "at" does behind a road: Oak Dr at Main St."""
    word = tokens[at].word
    if word != "at":
        return word in JOINTS
    return at > 1 and words.types.get(tokens[at - 1].word) in ROADS


def shown_street(
    tokens: Sequence[Token], words: Words, *, has_number: bool
) -> str | None:
    """Write a street; where two cross, & stands between them.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> shown_street(read_tokens("Elm and 2nd", words), words, has_number=False)
    'Elm & 2nd'
    >>> shown_street(read_tokens("S and W Farm Rd", words), words, has_number=True)
    'S and W Farm Rd'
    """
    texts = [token.text for token in tokens]
    for at in range(1, len(tokens) - 1):
        if not _joins(tokens, at, words):
            continue
        if not has_number or (
            _is_street_like(tokens[:at], words)
            and _is_street_like(tokens[at + 1 :], words)
        ):
            texts[at] = "&"
    return " ".join(texts).strip(" ,") or None


def _is_street_like(tokens: Sequence[Token], words: Words) -> bool:
    return has_type(tokens, words) or tokens[-1].word[:1].isdecimal()


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
        return min(len(tokens), end + 2 + (tokens[end + 1].word in {"the", "th"}))
    before = tokens[last - 1].word if last else ""
    is_local = before in {"co", "county"} and end < len(tokens)
    if is_local and _MAIN_NUMBER.fullmatch(tokens[end].word):
        return end + 1
    is_numbered = last == start or {tokens[last].word, before} & HIGHWAYS
    if is_numbered and end + 1 < len(tokens) and tokens[end].word in {"no", "number"}:
        end += 1
    while end < len(tokens) and is_numbered and _NUMBERED.fullmatch(tokens[end].word):
        end += 1
        if before not in HIGHWAYS and tokens[last].word not in HIGHWAYS:
            break
    return _behind_letters(tokens, end, before)


def _behind_letters(tokens: Sequence[Token], end: int, before: str) -> int:
    """Go behind the letters of a road of a county: County Road BB."""
    letters = end + 1 == len(tokens) and _LETTERS.fullmatch(tokens[end].word)
    return end + 1 if letters and before == "county" else end


def _behind_directions(tokens: Sequence[Token], end: int, words: Words) -> int:
    compass = tokens[end].word if end < len(tokens) else ""
    if compass in {"no", "so"}:
        follows = tokens[end + 1].word if end + 1 < len(tokens) else ""
        is_last = not follows or tokens[end].ends
        return end + 1 if is_last and not follows[:1].isdecimal() else end
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
    united = [token.word for token in tokens[at : at + 3]]
    if united[:2] == ["united", "states"] and united[2:] and united[2] in HIGHWAYS:
        at += 1
    elif united[:2] == ["business", "loop"]:
        first, at = at - 1, at + 2
    while at < len(tokens) and tokens[at].word in HIGHWAYS:
        at += 1
    if first < at < len(tokens) and tokens[at].word in {"no", "number"}:
        at += 1
    if not first < at < len(tokens) or not _ROAD_NUMBER.fullmatch(tokens[at].word):
        return None
    while at < len(tokens) and _ROAD_NUMBER.fullmatch(tokens[at].word):
        at += 1
    if at + 1 == len(tokens) and len(tokens[at].word) == 1:
        return at + 1
    return _behind_qualifier(tokens, at)


def _behind_qualifier(tokens: Sequence[Token], at: int) -> int:
    """Go behind what tells a branch: Highway 71 Business, I 49 S Service Rd."""
    for first in (at, at + 1):
        if first >= len(tokens) or tokens[first].word not in _QUALIFIERS:
            continue
        if first > at and tokens[at].word not in _COMPASS:
            continue
        end = first + 1
        is_road = end < len(tokens) and tokens[end].word in _BRANCHES
        return end + is_road
    if at < len(tokens) and tokens[at].word in {"highway", "hwy"}:
        return at + 1
    return at


def _grid_end(tokens: Sequence[Token], start: int, words: Words) -> int | None:
    """Read a street of a numbered grid: North 800 East."""
    for at in {start, 0}:
        behind = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if tokens[at].word.isdecimal() and behind in words.directions:
            follows = tokens[at + 2].word if at + 2 < len(tokens) else ""
            if follows in _QUALIFIERS:
                return _behind_qualifier(tokens, at + 2)
            return at + 2 + (follows in words.strong_types)
    return None


def _end_without_type(tokens: Sequence[Token], start: int, words: Words) -> int | None:
    for at in range(1, len(tokens)):
        if tokens[at].word in QUADRANTS:
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
