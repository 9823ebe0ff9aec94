"""What ends a western line: city before or after the code, state, postcode, country."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

from cleanse.normalise.address_street import HIGHWAYS
from cleanse.normalise.address_words import State, Words, plain

_GB = re.compile(
    r"\b(GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2})\b[\s,.]*$",
    re.IGNORECASE,
)
_CA = re.compile(
    r"\b([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][\s-]?\d[ABCEGHJ-NPRSTV-Z]\d)\b[\s,.]*$",
    re.IGNORECASE,
)
_DIGITS_LAST = re.compile(
    r"(?<![\w-])((?:[A-Z]{1,2}-)?(?:\d{5}(?:[-–\s]\d{4})?|\d{4}|\d{6}|\d{9}))[\s,.]*$"
)
_DIGITS_CITY = re.compile(r"[,\s](?:[A-Z]{1,2}-)?(\d{4,5})\s+([^\d,]+)$")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_NUMBER_FOLLOWS = re.compile(r"(?:#|\bno\.?)$", re.IGNORECASE)
_STATE_WORDS = 4
"""Words of the longest name of a state."""
_FEWEST_NAMES = 2
_SHORT = 4
_FOUR_DIGITS = ("AU", "NZ", "CH", "AT", "BE", "DK", "NO", "ZA")
"""Countries whose postcodes have four digits: too short to be told without them."""
_SIX_DIGITS = ("BY", "CN", "CO", "IN", "KG", "KZ", "RO", "RS", "RU", "SG", "TJ", "VN")
"""Countries whose postcodes have six digits, as the numbers of other things too."""
_SIX = 6


class Tail(NamedTuple):
    """What stands at the end of a line."""

    rest: str
    """The line before it."""
    city: str | None = None
    """A city that stands behind its code: 10115 Berlin."""
    province: str | None = None
    """Code of a state."""
    postcode: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2: typed, or certain from state and postcode."""


class _Code(NamedTuple):
    """A postcode, with what stands before it and the city behind it."""

    before: str
    code: str | None = None
    city: str | None = None
    country: str | None = None


def take_tail(text: str, words: Words, country: str | None) -> Tail:
    """Take country, postcode and state off the end of a line.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> take_tail("1 Elm Ct, Austin, Texas 78701, USA", words, None)
    Tail(rest='1 Elm Ct, Austin', city=None, province='TX', postcode='78701', country='US')
    >>> take_tail("1 Elm Ct", words, "US").province is None
    True
    """
    line, named = _phrase(text.strip(" ,.;"), words.countries, _STATE_WORDS + 1)
    line = line.rstrip(" ,")
    typed = words.countries[named] if named else None
    end = _code(line)
    if not typed:
        typed, end = _before_code(end, words)
    if not end.before and typed and end.code and not named:
        return Tail("", postcode=end.code, country=typed)
    if not end.before:
        return Tail(line, country=typed)
    where = typed or end.country or country
    rest, name = _phrase(end.before, words.states, _STATE_WORDS)
    state = words.states[name] if name else None
    if state and not _is_state(name or "", rest, end.code, where, words):
        state, rest = None, end.before
    if end.code and not (state or end.country or _is_postcode(end, where, words)):
        end, rest = _Code(line), line
    code = end.code
    if state and code and len(code) == _SHORT and state.countries == {"US"}:
        # A spreadsheet took the zero off: no ZIP code has four digits.
        code = "0" + code
    return Tail(
        rest.rstrip(" ,."),
        end.city,
        state.code if state else None,
        code,
        typed or end.country or _sure_country(state, code),
    )


def _code(line: str) -> _Code:
    """Find the postcode at the end of a line, or before its last name."""
    for pattern, country in ((_GB, "GB"), (_CA, "CA")):
        if found := pattern.search(line):
            compact = re.sub(r"[\s-]", "", found[1]).upper()
            code = f"{compact[:-3]} {compact[-3:]}"
            return _Code(line[: found.start()].rstrip(" ,."), code, None, country)
    if found := _DIGITS_LAST.search(line):
        return _Code(line[: found.start()].rstrip(" ,."), found[1])
    if found := _DIGITS_CITY.search(line):
        before = line[: found.start()].rstrip(" ,.")
        return _Code(before, found[1], found[2].strip())
    return _Code(line)


def _before_code(end: _Code, words: Words) -> tuple[str | None, _Code]:
    """Read a country that stands before its code: Singapore 059413."""
    if end.city or len(end.code or "") != _SIX:
        return None, end
    rest, name = _phrase(end.before, words.countries, _STATE_WORDS + 1)
    country = words.countries[name] if name else None
    if country not in _SIX_DIGITS:
        return None, end
    return country, end._replace(before=rest.rstrip(" ,"))


def _phrase(text: str, known: Container[str], most: int) -> tuple[str, str | None]:
    """Take the longest known phrase off the end of a text."""
    parts = text.rsplit(None, most)
    for start in range(max(0, len(parts) - most), len(parts)):
        phrase = plain(" ".join(parts[start:]))
        if phrase in known and "," not in " ".join(parts[start:]).strip(" ,"):
            return " ".join(parts[:start]), phrase
    last = text.rsplit(",", 1)
    if len(last) > 1 and plain(last[1]) in known:
        return last[0] + ",", plain(last[1])
    return text, None


def _is_state(
    name: str, left: str, code: str | None, where: str | None, words: Words
) -> bool:
    """Whether a word that may be a state is one here: not CT of "Elm Ct"."""
    if not left:
        return code is not None
    if where and where not in words.states[name].countries:
        return False
    if code or left.endswith(","):
        return True
    if any(sign.isdecimal() for sign in left):
        # "5900 W. Iowa": what is left must still be a street.
        names = [word for word in map(plain, left.split()) if len(word) > 1]
        named = [w for w in names if w.isalpha() and w not in words.directions]
        if len(named) < _FEWEST_NAMES:
            return False
    return name not in words.types and (bool(where) or name not in words.directions)


def _is_postcode(end: _Code, where: str | None, words: Words) -> bool:
    """Whether digits are a postcode, not the number of a street or a unit."""
    before = end.before
    if end.city:
        is_street = plain(end.city.rsplit(None, 1)[-1]) in words.types
        return not is_street and re.search(r"[\d,]", before) is not None
    if not _LETTERS.search(before) or _NUMBER_FOLLOWS.search(before):
        return False
    if len(end.code or "") == _SHORT:
        return where in _FOUR_DIGITS
    if len(end.code or "") == _SIX:
        return where in _SIX_DIGITS
    return plain(before.rsplit(None, 1)[-1]) not in HIGHWAYS


def _sure_country(state: State | None, code: str | None) -> str | None:
    """A state and a code of the length that only one country has."""
    if not state or not code:
        return None
    country = {4: "AU", 5: "US", 9: "US"}.get(len(code.replace("-", "")))
    return country if country in state.countries else None
