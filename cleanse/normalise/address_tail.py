"""What ends a western line: city before or after the code, state, postcode, country."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

from cleanse.normalise.address_place import is_place, longer_place
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
_DIGITS_CITY = re.compile(
    r"[,\s](?:[A-Z]{1,2}-)?(\d{4,5})\s+([^\d,]{3,}?(?:\s+cedex(?:\s+\d+)?)?)$",
    re.IGNORECASE,
)
_CUT_ZIP = re.compile(r"(?<![\w-])(\d{3,4}-\d{4})$")
_LED = re.compile(
    r"(?:^|[,\s])(D|DE|A|AT|CH|F|FR|B|BE|I|IT|E|ES|NL|L|LU|DK|S|SE|N|NO|FI|FIN|P|PT|PL|CZ|LV|LT)-"
    r"(\d{4,5}(?:-\d{3})?(?:\s?[A-Z]{2})?|\d{3} \d{2}|\d{2}-\d{3})\s+([^\d,]+)$"
)
_LEADS = {
    "D": "DE", "A": "AT", "F": "FR", "B": "BE", "I": "IT", "E": "ES", "L": "LU",
    "S": "SE", "N": "NO", "FIN": "FI", "P": "PT",
}  # fmt: skip
_UNIQUE = (
    ("PT", re.compile(r"(?<![\w-])(\d{4}-\d{3})\s+([^\d,]+)$")),
    ("PL", re.compile(r"(?<![\w-])(\d{2}-\d{3})\s+([^\d,]+)$")),
    ("BR", re.compile(r"(?<![\w-])(\d{5}-\d{3})(?:\s+([^\d,]+))?$")),
    ("NL", re.compile(r"(?<=\d)[a-zA-Z]?\s*,\s*(\d{4} ?[A-Z]{2})\s+([^\d,]+)$")),
)
"""Forms of postcodes that only one country has."""
_CODE_BEFORE = re.compile(r"\d{4} ?[A-Z]{2}\s+[^\d,]+$")
_CEDEX = re.compile(r"\s+cedex(?:\s+\d+)?\s*$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{3}")
_NUMBER_FOLLOWS = re.compile(r"(?:#|\bno\.?)$", re.IGNORECASE)
_ORDINAL_LAST = re.compile(r"\d(?:st|nd|rd|th)\W*$", re.IGNORECASE)
_STATE_WORDS = 4
"""Words of the longest name of a state."""
_FEWEST_NAMES = 2
_SHORT = 4
_FOUR_DIGITS = ("AU", "NZ", "CH", "AT", "BE", "DK", "NO", "ZA", "LU", "HU", "SI", "PH")
"""Countries whose postcodes have four digits: too short to be told without them."""
_SIX_DIGITS = ("BY", "CN", "CO", "IN", "KG", "KZ", "RO", "RS", "RU", "SG", "TJ", "VN")
"""Countries whose postcodes have six digits, as the numbers of other things too."""
_SIX = 6
_OWN_FORM = ("US", "GB", "CA", "AU", "NZ", "SG")
"""Countries whose postcodes are found without their name."""
_CAPITAL = "washington"


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
    line, typed = _take_country(text.strip(" ,.;\"'"), words, country)
    end = _code(line, words, typed or country)
    if not typed:
        typed, end = _before_code(end, words)
    if not end.before:
        return _without_rest(line, end, typed)
    where = typed or end.country or country
    rest, state = _take_state(end, where, words)
    if end.code and not (state or end.country or _is_postcode(end, where, words)):
        end, rest = _Code(line), line
    rest, city, province = _take_province(rest, end.city, where, words)
    code = _whole_zip(end.code, state, words)
    return Tail(
        rest.rstrip(" ,."),
        _CEDEX.sub("", city) if city else None,
        state.code if state else province,
        code,
        typed or end.country or _sure_country(state, code),
    )


def _without_rest(line: str, end: _Code, typed: str | None) -> Tail:
    """Read a line of country, code and city only."""
    if end.code and end.city:
        return Tail("", _CEDEX.sub("", end.city), None, end.code, typed or end.country)
    if end.code and typed:
        return Tail("", postcode=end.code, country=typed)
    return Tail(line, country=typed)


def _take_country(line: str, words: Words, hint: str | None) -> tuple[str, str | None]:
    """Take the country off, also when it is said twice: United States, US."""
    found = said = None
    for _ in range(2):
        rest, name = _phrase(
            line, words.countries, words.country_ends, _STATE_WORDS + 1
        )
        if not name or not _is_country(name, rest, hint, words):
            break
        if found and (words.countries[name] != found or name == said):
            break
        line, found, said = rest.rstrip(" ,"), words.countries[name], name
    return line, found


def _is_country(name: str, rest: str, hint: str | None, words: Words) -> bool:
    """Whether a name is a country here: not Georgia behind Atlanta, nor Granada of a street."""
    count = name.count(" ") + 1
    if hint in {None, "US"} and longer_place(f"{rest} {name}", words, count):
        return False
    state = words.states.get(name)
    if (
        state
        and rest
        and (hint in state.countries or is_place(rest.rstrip(" ,"), words, state.code))
    ):
        return False
    return not rest or _is_before_country(rest, words)


def _is_before_country(rest: str, words: Words) -> bool:
    """Whether an address may end here: not "300 W", before Peru."""
    if "," in rest or not rest[:1].isdecimal():
        return True
    names = [name for name in map(plain, rest.split()[1:]) if name.isalpha()]
    names = [name for name in names if name not in words.directions]
    return len(names) > 1 and any(
        name in words.types or name in words.first_types or name.endswith(words.endings)
        for name in names
    )


def _code(line: str, words: Words, where: str | None) -> _Code:  # noqa: PLR0911 - a ladder
    """Find the postcode at the end of a line, or before its last name."""
    tail = line[-9:]
    if any(sign.isdecimal() for sign in tail):
        for pattern, country in ((_GB, "GB"), (_CA, "CA")):
            if found := pattern.search(line):
                compact = re.sub(r"[\s-]", "", found[1]).upper()
                code = f"{compact[:-3]} {compact[-3:]}"
                return _Code(line[: found.start()].rstrip(" ,."), code, None, country)
    own = words.postcodes.get(where or "") if where not in _OWN_FORM else None
    if own and (found := own.search(line)):
        before = line[: found.start()].rstrip(" ,.-〒")
        if found[2] or where not in _FOUR_DIGITS:
            return _Code(before, found[1].upper(), (found[2] or "").strip() or None)
    is_city_last = line[-1:].isalpha() and _CODE_BEFORE.search(line) is not None
    if ("-" in line or is_city_last) and (end := _unique(line, words)):
        return end
    if found := _DIGITS_LAST.search(line):
        return _Code(line[: found.start()].rstrip(" ,.-"), found[1])
    if found := _CUT_ZIP.search(line):
        return _Code(line[: found.start()].rstrip(" ,."), found[1])
    if found := _DIGITS_CITY.search(line):
        before = line[: found.start()].rstrip(" ,.")
        return _Code(before, found[1], found[2].strip())
    return _Code(line)


def _unique(line: str, words: Words) -> _Code | None:
    """Find a code that names its country, by its form or by a letter in front."""
    if found := _LED.search(line):
        country = _LEADS.get(found[1], found[1])
        before = line[: found.start()].rstrip(" ,.")
        return _Code(before, found[2].upper(), found[3].strip(), country)
    for country, pattern in _UNIQUE:
        if found := pattern.search(line):
            before = line[: found.start(1)].rstrip(" ,.-")
            city = (found[2] or "").strip() or None
            if city and plain(city.rsplit(None, 1)[-1]) in words.strong_types:
                # "Apt 3, 1098 SE Elm Street" is no Dutch code.
                continue
            if city or country == "BR":
                return _Code(before, found[1], city, country)
    return None


def _before_code(end: _Code, words: Words) -> tuple[str | None, _Code]:
    """Read a country that stands before its code: Singapore 059413, England SW1A 2AA."""
    if end.city or not end.code:
        return None, end
    rest, name = _phrase(
        end.before, words.countries, words.country_ends, _STATE_WORDS + 1
    )
    country = words.countries[name] if name else None
    if not country:
        return None, end
    if end.country:
        is_same = country == end.country
        return None, end._replace(before=rest.rstrip(" ,")) if is_same else end
    form = words.postcodes.get(country)
    is_six = len(end.code) == _SIX
    if (
        country not in _SIX_DIGITS
        if is_six
        else not (form and form.fullmatch(end.code))
    ):
        return None, end
    if country in {"US", "MX"} or name in words.states:
        return None, end
    return country, end._replace(before=rest.rstrip(" ,"))


def _phrase(
    text: str, known: Container[str], ends: Container[str], most: int
) -> tuple[str, str | None]:
    """Take the longest known phrase off the end of a text; `ends` are the last words of all."""
    parts = text.rsplit(None, most)
    if not parts or plain(parts[-1]).rpartition(" ")[2] not in ends:
        return text, None
    for start in range(max(0, len(parts) - most), len(parts)):
        phrase = plain(" ".join(parts[start:]))
        if phrase in known and "," not in " ".join(parts[start:]).strip(" ,"):
            return " ".join(parts[:start]), phrase
    last = text.rsplit(",", 1)
    if len(last) > 1 and plain(last[1]) in known:
        return last[0] + ",", plain(last[1])
    return text, None


def _take_state(
    end: _Code, where: str | None, words: Words
) -> tuple[str, State | None]:
    rest, name = _phrase(end.before, words.states, words.state_ends, _STATE_WORDS)
    if not name:
        return end.before, None
    if name.startswith(_CAPITAL + " ") and rest:
        # The capital is a city too.
        rest, name = f"{rest} {_CAPITAL.title()}", "dc"
    if not _is_state(name, rest, end.code, where, words):
        return end.before, None
    state = words.states[name]
    again, second = _phrase(
        rest.rstrip(" ,"), words.states, words.state_ends, _STATE_WORDS
    )
    is_city = second == name or state.code in words.places.get(second or "", ())
    if second and not is_city and words.states[second] == state and "," in again:
        # Georgia, GA; but New York, NY is a city in its state.
        rest = again
    return rest, state


def _is_state(  # noqa: PLR0911 - a ladder
    name: str, left: str, code: str | None, where: str | None, words: Words
) -> bool:
    """Whether a word that may be a state is one here: not CT of "Elm Ct"."""
    if not left:
        return code is not None
    state = words.states[name]
    if where and where not in state.countries:
        return False
    if name == "fl" and _ORDINAL_LAST.search(left):
        return False
    is_type = name in words.types
    if code:
        other = words.zip_states.get(code[:3]) if len(code) > _SHORT else None
        return not (is_type and other and other != state.code)
    if left.endswith(","):
        segment = left.rstrip(" ,").rpartition(",")[2]
        # "Elm Road, NE" goes on with a side, "Elm, NE" with a state.
        return name not in words.directions or not _has_street(segment, words)
    if "US" in state.countries and is_place(left, words, state.code):
        return not is_type or _has_street(left, words)
    if is_type or name in words.directions:
        street, comma, city = left.rpartition(",")
        if not comma:
            street = left.rpartition(" ")[0]
        return bool(city.strip()) and _has_street(street, words)
    if any(sign.isdecimal() for sign in left):
        # "5900 W. Iowa": what is left must still be a street.
        names = [word for word in map(plain, left.split()) if len(word) > 1]
        named = [w for w in names if w.isalpha() and w not in words.directions]
        return len(named) >= _FEWEST_NAMES
    return "," in left or bool(where) or "US" not in state.countries


def _has_street(text: str, words: Words) -> bool:
    """Whether a text holds a number and a kind of street."""
    parts = text.split()
    return any(sign.isdecimal() for sign in text) and any(
        plain(part) in words.strong_types for part in parts[2:]
    )


def _take_province(
    rest: str, city: str | None, where: str | None, words: Words
) -> tuple[str, str | None, str | None]:
    """Take a county or province of a known country off: rest, city, province."""
    if not where:
        return rest, city, None
    if city:
        name, _, last = city.rpartition(" ")
        found = words.provinces.get((where, plain(last)))
        return (
            (rest, name.rstrip(" -"), found) if name and found else (rest, city, None)
        )
    for sign in (",", " - ", "/"):
        before, cut, last = rest.rstrip(" ,").rpartition(sign)
        if cut and (found := words.provinces.get((where, plain(last)))):
            return before, None, found
    before, _, last = rest.rstrip(" ,").rpartition(" ")
    found = words.provinces.get((where, plain(last)))
    if found and last.isupper() and len(last) == 2 and "," in before:  # noqa: PLR2004
        return before, None, found
    return rest, city, None


def _is_postcode(end: _Code, where: str | None, words: Words) -> bool:  # noqa: PLR0911 - a ladder
    """Whether digits are a postcode, not the number of a street or a unit."""
    before = end.before
    if _CUT_ZIP.fullmatch(end.code or ""):
        return where in words.postcodes and where not in _OWN_FORM
    if end.city:
        is_street = plain(end.city.rsplit(None, 1)[-1]) in words.types
        if plain(before.rsplit(None, 1)[-1]) in HIGHWAYS:
            return False
        return not is_street and re.search(r"[\d,]", before) is not None
    if not _LETTERS.search(before) or _NUMBER_FOLLOWS.search(before):
        return False
    if len(end.code or "") == _SHORT:
        return where in _FOUR_DIGITS
    if len(end.code or "") == _SIX:
        return where in _SIX_DIGITS
    return plain(before.rsplit(None, 1)[-1]) not in HIGHWAYS


def _whole_zip(code: str | None, state: State | None, words: Words) -> str | None:
    """Put back the zero that a spreadsheet took off, where the state agrees."""
    if not (state and code and len(code) == _SHORT and state.countries == {"US"}):
        return code
    is_sure = words.zip_states.get("0" + code[:2]) == state.code
    return "0" + code if is_sure else code


def _sure_country(state: State | None, code: str | None) -> str | None:
    """A state and a code of the length that only one country has."""
    if not state or not code:
        return None
    country = {4: "AU", 5: "US", 9: "US"}.get(len(code.replace("-", "")))
    return country if country in state.countries else None
