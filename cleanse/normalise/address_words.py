"""The words of western addresses, from the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cleanse.normalise.text import fold
from cleanse.rulebook import Vocabulary

_ARTICLES = frozenset("de del des du el la las le los mc o san santa van".split())


NUMBER_WORDS = frozenset("one two three four five six seven eight nine ten".split())


class State(NamedTuple):
    """A state, province or territory."""

    code: str
    countries: frozenset[str]
    """ISO 3166-1 alpha-2; WA is in the US and in Australia."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What single words and short phrases of an address mean; keys are folded, without dots."""

    types: dict[str, str]
    """st → street."""
    strong_types: frozenset[str]
    """Types that end a street's name wherever they stand."""
    first_types: dict[str, str]
    """Types that stand before the name: rue, via."""
    endings: tuple[str, ...]
    """How words end that are a street by themselves: strasse of Hauptstrasse."""
    bare: frozenset[str]
    """Streets that need no type: main."""
    directions: dict[str, str]
    ordinals: dict[str, str]
    units: dict[str, str]
    """apt → apartment."""
    floors: dict[str, str]
    buildings: dict[str, str]
    mail: dict[str, str]
    """Where inside a house mail goes: mailstop."""
    care: frozenset[str]
    """What leads the name of who gets it: attn, c/o."""
    firms: frozenset[str]
    """Legal forms that end the name of who gets it."""
    states: dict[str, State]
    places: dict[str, frozenset[str]]
    """Cities of the United States → codes of their states."""
    large_places: frozenset[str]
    provinces: dict[tuple[str, str], str]
    """(country, name) → name of its province, county or region, as shown."""
    postcodes: dict[str, re.Pattern[str]]
    """Country → its postcode at the end of a line or before the city: (code, city)."""
    zip_states: Mapping[str, str]
    """Three digits → code of the state."""
    countries: dict[str, str]
    """Countries that may end an address; no codes that are states as well."""
    country_ends: frozenset[str]
    """Last words of `countries`."""
    state_ends: frozenset[str]
    """Last words of `states`."""
    inside: frozenset[str]
    """Words for what lies inside a house, or for who gets it."""
    unplain: frozenset[str]
    """Words that are more than a name before the last word of a street."""


@lru_cache(maxsize=4)
def words_of(vocabulary: Vocabulary) -> Words:
    """Build the words of a vocabulary once."""

    def street(kind: str) -> dict[str, str]:
        return dict(vocabulary.mapping("street_word", "canonical", kind=kind))

    def unit(kind: str) -> dict[str, str]:
        return dict(vocabulary.mapping("unit_word", "canonical", kind=kind))

    states, countries = _states(vocabulary), _countries(vocabulary)
    types = street("type")
    strong = vocabulary.words("street_word", kind="type", alone="yes")
    strong_types = frozenset(word for word, full in types.items() if full in strong)
    firsts = vocabulary.words("street_word", kind="first")
    return Words(
        types=types,
        strong_types=strong_types,
        first_types=street("first"),
        endings=tuple(sorted(word.strip("-") for word in street("ending"))),
        bare=frozenset(street("bare")),
        directions=street("direction"),
        ordinals=street("ordinal"),
        units=unit("unit"),
        floors=unit("floor"),
        buildings=unit("building"),
        mail=unit("mail"),
        care=frozenset(unit("care")),
        firms=_firms(vocabulary),
        states=states,
        places=_places(vocabulary),
        large_places=vocabulary.words("us_place", large="yes"),
        provinces=_provinces(vocabulary),
        postcodes={
            country: re.compile(
                rf"(?<![\w-])(?:[A-Z]{{1,2}}-)?({form})(?:\s+([^\d,]+(?:cedex \d+)?))?$",
                re.IGNORECASE,
            )
            for country, form in vocabulary.mapping("postcode_form", "pattern").items()
        },
        zip_states=vocabulary.mapping("zip_prefix", "state"),
        countries=countries,
        country_ends=frozenset(name.rpartition(" ")[2] for name in countries),
        state_ends=frozenset(name.rpartition(" ")[2] for name in states),
        inside=vocabulary.words("unit_word"),
        unplain=strong_types | firsts | NUMBER_WORDS | vocabulary.words("unit_word"),
    )


def _places(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """Index cities by name, also as typed in a hurry: DesPlaines, LaGrange Park."""
    found: dict[str, frozenset[str]] = {}
    rows = vocabulary.rows("us_place")
    states = {text: frozenset(text.split("|")) for text in {r["states"] for r in rows}}
    for row in rows:
        name, within = row["name"], states[row["states"]]
        first, _, others = name.partition(" ")
        names = {name}
        if first in _ARTICLES and others:
            names.add(first + others)
        if first == "the" and others:
            names.add(others)
        for each in names:
            found[each] = found[each] | within if each in found else within
    return found


def _firms(vocabulary: Vocabulary) -> frozenset[str]:
    forms = (plain(form) for form in vocabulary.words("legal_form"))
    return frozenset(form for form in forms if form.isascii() and " " not in form)


def _provinces(vocabulary: Vocabulary) -> dict[tuple[str, str], str]:
    found = {}
    for row in vocabulary.rows("province"):
        country, _, name = row["place"].partition(":")
        for each in (name, *row["aliases"].split("|")):
            if each:
                found[country, plain(each)] = name
    return found


def _states(vocabulary: Vocabulary) -> dict[str, State]:
    found: dict[str, dict[str, str]] = {}
    for row in vocabulary.rows("state"):
        country = row["subdivision"].partition("-")[0]
        names = [row["code"], row["name"], *row["aliases"].split("|")]
        for name in filter(None, map(plain, names)):
            found.setdefault(name, {})[country] = row["code"]
    return {
        name: State(next(iter(codes.values())), frozenset(codes))
        for name, codes in found.items()
        if len(set(codes.values())) == 1
    }


def _countries(vocabulary: Vocabulary) -> dict[str, str]:
    short = 3
    names = vocabulary.mapping("country", "country")
    kept = {"us", "uk", "usa", "prc", "uae", "u s a", "u s", "u k"}
    return {
        name: code
        for name, code in names.items()
        if name.isascii() and (len(name) > short or name in kept)
    }


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Fold a word as the keys are: no dots, no commas.

    >>> plain("St.,"), plain("Québec")
    ('st', 'quebec')
    """
    return fold(text).replace(".", "").strip(" ,;:'\"")
