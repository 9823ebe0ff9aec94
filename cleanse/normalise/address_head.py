"""What stands before state and postcode: who, house, street, city."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleanse.normalise.address_number import (
    NUMBER,
    NUMBER_BEHIND,
    REPEATS,
    Numbered,
    anchor,
    is_number,
    number_behind,
    take_number,
)
from cleanse.normalise.address_place import is_large, place_start
from cleanse.normalise.address_street import (
    HIGHWAYS,
    JOINTS,
    ORDINAL,
    ROADS,
    Token,
    has_type,
    is_road,
    street_end,
    text_of,
)
from cleanse.normalise.address_words import NUMBER_WORDS, Words

_DOOR = re.compile(r"(?=.*\d)[\w-]+|[a-z]", re.IGNORECASE)
_LAST_DOOR = re.compile(r"\d+[a-z]{0,2}|[a-z]\d+|\d+-[a-z\d]+", re.IGNORECASE)
_PLACE_COUNTRIES = (None, "US")
_CROSSINGS = frozenset({"junction", "jct", "corner", "cor", "crsrds", "crossroads"})
_HOUSES = frozenset(
    {
        "mall",
        "center",
        "ctr",
        "centre",
        "tower",
        "building",
        "bldg",
        "airport",
        "village",
        "plaza",
        "square",
        "place",
        "campus",
        "station",
    }
)
"""What ends the name of a house or a site that is no street, in the US."""
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "esq", "md", "phd"})
_FEW = 2
_LONG_NUMBER = 6


_Cut = tuple[Sequence[Token], Sequence[Token], Sequence[Token]]
"""Street, what is neither, city."""


class Known(NamedTuple):
    """What the end of the line tells of its beginning."""

    country: str | None
    """ISO 3166-1 alpha-2."""
    state: str | None
    """Code of a state of the US."""
    is_city_last: bool
    """State or postcode follow, so a city does stand before them."""
    is_inside: bool = False
    """A door or a box is there: a name without a number is a house."""


class Head(NamedTuple):
    """Parts of the beginning of a line, as lists of words."""

    number: str | None = None
    street: Sequence[Token] = ()
    city: Sequence[Token] = ()
    building: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()


def read_head(tokens: Sequence[Token], words: Words, known: Known) -> Head:
    """Read the words before state and postcode; no word is lost."""
    parts = _parts(tokens, words, known)
    recipients, parts = _take_recipients(parts, words, known)
    if not parts:
        return Head(recipient=recipients)
    at = _street_part(parts, words, known)
    if at is None:
        return _without_street(parts, words, known)._replace(recipient=recipients)
    head = _read_street(parts[at], words, known, is_last=at + 1 == len(parts))
    head = head._replace(
        building=(*map(text_of, parts[:at]), *head.building),
        recipient=(*recipients, *head.recipient),
    )
    return _read_rest(head, parts[at + 1 :], words, known)


def _parts(tokens: Sequence[Token], words: Words, known: Known) -> list[list[Token]]:
    """Split at commas; a number alone goes with the street it belongs to."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.word in words.care and parts[-1]:
            parts.append([])
        parts[-1].append(token)
        if token.ends:
            parts.append([])
    merged: list[list[Token]] = []
    for part in filter(None, parts):
        is_bare = _is_bare_number(part)
        if merged and (
            (
                not is_bare
                and _is_bare_number(merged[-1])
                and not NUMBER.fullmatch(part[0].word)
            )
            or (is_bare and _is_led_street(merged[-1], words, known))
        ):
            merged[-1] += part
        else:
            merged.append(list(part))
    return merged


def _is_bare_number(part: Sequence[Token]) -> bool:
    is_short = len(part) == 1 or (len(part) == _FEW and part[1].word in REPEATS)
    return (
        is_short
        and NUMBER.fullmatch(part[0].word) is not None
        and any(sign.isdecimal() for sign in part[0].word)
    )


def _is_led_street(part: Sequence[Token], words: Words, known: Known) -> bool:
    """Tell whether a part is a street that waits for its number: "Via Verdi, 5"."""
    if any(sign.isdecimal() for token in part for sign in token.word):
        return False
    first = part[0].word
    if first in words.first_types or part[-1].word.endswith(words.endings):
        return True
    return known.country in NUMBER_BEHIND and (
        first in words.types or has_type(part, words)
    )


def _take_recipients(
    parts: list[list[Token]], words: Words, known: Known
) -> tuple[tuple[str, ...], list[list[Token]]]:
    """Take out who gets it: "c/o J Ray", "Ray Ltd"."""
    names: list[str] = []
    left: list[list[Token]] = []
    for at, part in enumerate(parts):
        is_city = known.is_city_last and at + 1 == len(parts)
        if part[0].word in words.care:
            end = anchor(part, words)
            if end is None and is_city:
                end = place_start(part, words, known.state, 1)
            names.append(text_of(part[:end]))
            if end is not None:
                left.append(part[end:])
        elif names and not left and len(part) == 1 and _ends_name(part[0], words):
            names[-1] += ", " + part[0].text
        elif (
            len(part) > 1
            and part[-1].word in words.firms
            and not is_city
            and not any(sign.isdecimal() for token in part for sign in token.word)
        ):
            names.append(text_of(part))
        else:
            left.append(part)
    return tuple(names), left


def _ends_name(token: Token, words: Words) -> bool:
    """Tell what a comma often parts from a name: Jr., Inc."""
    return token.word in words.firms or token.word in _SUFFIXES


def _street_part(
    parts: Sequence[Sequence[Token]], words: Words, known: Known
) -> int | None:
    """Choose the part that holds the street."""
    if len(parts) == 1:
        return None if _is_city_alone(parts[0], words, known) else 0
    scores = [_likeness(part, words, known) for part in parts]
    if known.is_city_last and scores[-1] < 4:  # noqa: PLR2004 - it has no number
        scores[-1] = 0
    best = max(scores)
    return scores.index(best) if best else None


def _likeness(part: Sequence[Token], words: Words, known: Known) -> int:  # noqa: PLR0911 - a ladder
    """How much a part is like a street: 0 not at all, 6 number and road."""
    if len(part) > 1 and is_number(part, words):
        return 4 + has_type(part, words) + is_road(part, words)
    if part[0].word in HIGHWAYS and len(part) > 1 and part[1].text[-1:].isdecimal():
        return 4
    if anchor(part, words) is not None or _behind(part, words, known):
        return 4
    if part[0].word in words.bare and len(part) == 1:
        return 2
    if (
        part[0].word in words.first_types
        or _is_led_street(part, words, known)
        or any(
            token.word in words.strong_types or token.word.endswith(words.endings)
            for token in part[1:]
        )
    ):
        return 3
    if part[0].word.endswith(words.endings) and part[0].word not in words.types:
        return 3
    return 2 if has_type(part, words) else 0


def _behind(part: Sequence[Token], words: Words, known: Known) -> Numbered | None:
    if known.country not in NUMBER_BEHIND and known.country is not None:
        return None
    return number_behind(part, words, is_usual=known.country in NUMBER_BEHIND)


def _is_city_alone(part: Sequence[Token], words: Words, known: Known) -> bool:
    if not known.is_city_last or any(t.word[:1].isdecimal() for t in part):
        return False
    if known.country in _PLACE_COUNTRIES and place_start(part, words, known.state) == 0:
        return True
    if part[0].word in words.bare and len(part) > 1:
        return False
    if is_road(part, words) or part[-1].word in words.strong_types:
        return False
    return not part[-1].word.endswith(words.endings)


def _without_street(
    parts: Sequence[Sequence[Token]], words: Words, known: Known
) -> Head:
    """Read a line of names: a station, mall or farm that needs no street."""
    if len(parts) == 1:
        if known.is_city_last:
            return Head(city=parts[0])
        return Head(street=parts[0])
    return _read_rest(Head(building=(text_of(parts[0]),)), parts[1:], words, known)


def _read_street(
    part: list[Token], words: Words, known: Known, *, is_last: bool
) -> Head:
    """Read the part that holds the street, and what else stands in it."""
    if found := _behind(part, words, known):
        return _around(found, is_last=is_last)
    recipient: tuple[str, ...] = ()
    start = None if is_number(part, words) else anchor(part, words)
    if start:
        recipient, part = (text_of(part[:start]),), part[start:]
    if part[0].word in _CROSSINGS and len(part) > _FEW and not start:
        part = part[2:] if part[1].word == "of" else part[1:]
    tokens: Sequence[Token]
    number, tokens = take_number(part, words)
    if number and (second := _second_house(tokens, words)):
        lead = f"{number} {text_of(tokens[:second])}"
        head = _read_street(list(tokens[second:]), words, known, is_last=is_last)
        return head._replace(building=(lead, *head.building), recipient=recipient)
    if number and is_last and _is_account(number, tokens, words, known):
        return Head(city=tokens, unit=(number,), recipient=recipient)
    door, tokens = _take_door(tokens, words)
    place = _place(tokens, words, known, number) if is_last else None
    street, left, city = _cut(
        tokens, place, words, known, is_last=is_last, has_number=bool(number)
    )
    head = Head(number, street, city, unit=door, recipient=recipient)
    head = _with_left(head, left)
    if not number and head.building and head.building[-1].lower() == "station":
        return _as_station(head)
    return _as_building(head, words, known)


def _is_account(
    number: str, tokens: Sequence[Token], words: Words, known: Known
) -> bool:
    """Tell a long number before a city from that of a house."""
    return len(number) >= _LONG_NUMBER and place_start(tokens, words, known.state) == 0


def _take_door(
    tokens: Sequence[Token], words: Words
) -> tuple[tuple[str, ...], Sequence[Token]]:
    """Take a door off the end that has no word: "308 Elizabeth 1W"."""
    if _is_sided_door(tokens, words):
        return (text_of(tokens[-2:]),), tokens[:-2]
    if len(tokens) < _FEW or not _LAST_DOOR.fullmatch(tokens[-1].word):
        return (), tokens
    street, door = tokens[:-1], tokens[-1].word
    if ORDINAL.fullmatch(door) or street[-1].word in words.types:
        return (), tokens
    if any(t.word in HIGHWAYS or t.word in JOINTS for t in street):
        return (), tokens
    names = [t for t in street if t.word not in words.directions]
    # Business 190 is a road; 190 of North Clark 190 a door.
    if not names or (door.isdecimal() and len(street) < _FEW):
        return (), tokens
    end = len(tokens) - 1
    if end > 1 and tokens[end - 1].word in {"no", "number"}:
        end -= 1
    return (text_of(tokens[-1:]),), tokens[:end]


def _is_sided_door(tokens: Sequence[Token], words: Words) -> bool:
    """Tell a door with its side behind a name: 1 W of "Randolph 1 W"."""
    if len(tokens) <= _FEW or tokens[-1].word not in {"n", "s", "e", "w"}:
        return False
    before = tokens[-3].word
    return (
        tokens[-2].word.isdecimal()
        and len(tokens[-2].word) <= _FEW
        and before.isalpha()
        and before not in words.directions
        and before not in HIGHWAYS
        and before not in words.types
    )


def _as_building(head: Head, words: Words, known: Known) -> Head:
    """Tell a house by its name from a street: "1600 Crestar Bank Bldg", "Valley West Mall"."""
    street = head.street
    if len(street) < _FEW or (known.country not in _PLACE_COUNTRIES):
        return head
    last = street[-1].word
    if not head.number:
        is_house = last in _HOUSES and (known.state or known.country)
        if not is_house and not (known.is_inside and not _is_like_road(street, words)):
            return head
        return head._replace(street=(), building=(text_of(street), *head.building))
    if is_road(street, words) or not (
        words.buildings.get(last) in {"building", "tower"}
        or (
            words.types.get(last) == "center"
            and len(head.number) > _FEW
            and not known.is_city_last
        )
        or street[0].word in NUMBER_WORDS
    ):
        return head
    name = text_of(street)
    if len(head.number) > _FEW:
        return head._replace(
            number=None,
            street=(),
            unit=(head.number, *head.unit),
            building=(name, *head.building),
        )
    return head._replace(
        number=None, street=(), building=(f"{head.number} {name}", *head.building)
    )


def _as_station(head: Head) -> Head:
    """Read a station of the post that is named like a street: Church Street Station."""
    name = f"{text_of(head.street)} {head.building[-1]}"
    return head._replace(street=(), building=(*head.building[:-1], name))


def _is_like_road(street: Sequence[Token], words: Words) -> bool:
    return has_type(street, words) or street[0].word in HIGHWAYS | words.types.keys()


def _around(found: Numbered, *, is_last: bool) -> Head:
    """Read what follows a number that stands behind its street."""
    head = Head(found.number, found.street)
    behind = found.behind
    if not behind:
        return head
    if all(len(t.word) <= _FEW or t.word[:1].isdecimal() for t in behind):
        return head._replace(unit=(text_of(behind),))
    if is_last:
        return head._replace(city=behind)
    return head._replace(building=(text_of(behind),))


def _second_house(tokens: Sequence[Token], words: Words) -> int | None:
    """Find a house behind another: 925 of "1000 Cathedral Pl 925 W Georgia St"."""
    for at in range(_FEW, len(tokens) - 1):
        word = tokens[at].word
        if not (word.isdecimal() and len(word) > 1) or tokens[at - 1].word in HIGHWAYS:
            continue
        before = tokens[:at]
        if before[-1].word in words.types and not is_road(before, words):
            return at if is_road(tokens[at:], words) else None
    return None


def _place(
    tokens: Sequence[Token], words: Words, known: Known, number: str | None
) -> int | None:
    """Find the city behind the street where no comma parts them."""
    if known.country not in _PLACE_COUNTRIES:
        return None
    place = place_start(tokens, words, known.state, 1 if number else 0)
    if place is None or known.is_city_last:
        return _unless_bare(tokens, place, words)
    end = street_end(tokens, words)
    if end is not None:
        return place if end <= place else None
    is_sure = is_large(tokens[place:], words) and number
    return _unless_bare(tokens, place, words) if is_sure else None


def _unless_bare(
    tokens: Sequence[Token], place: int | None, words: Words
) -> int | None:
    """Leave the street a name: not North of "North Dearborn"."""
    if place and all(token.word in words.directions for token in tokens[:place]):
        return None
    return place


def _cut(
    tokens: Sequence[Token],
    place: int | None,
    words: Words,
    known: Known,
    *,
    is_last: bool,
    has_number: bool,
) -> _Cut:
    """Cut into street, what is neither, and city."""
    if place is not None:
        return _cut_before(tokens, place, words)
    if known.is_city_last and not has_number and tokens[0].word in words.bare:
        return tokens[:1], (), tokens[1:]
    end = street_end(tokens, words)
    if not is_last:
        if end and _goes_on(tokens, end, words):
            end = len(tokens)
        return tokens[: end or len(tokens)], tokens[end or len(tokens) :], ()
    if end is not None and end < len(tokens):
        return tokens[:end], *_behind_street(tokens[end:], words, known)
    if known.is_city_last and end is None and len(tokens) > 1:
        return tokens[:-1], (), tokens[-1:]
    return tokens, (), ()


def _goes_on(tokens: Sequence[Token], end: int, words: Words) -> bool:
    """Tell whether one word more is the name's, behind what is no road: Lake Lansing."""
    return (
        end + 1 == len(tokens)
        and words.types.get(tokens[end - 1].word) not in ROADS
        and tokens[end - 1].word not in words.strong_types
        and not ORDINAL.fullmatch(tokens[end - 1].word)
        and tokens[end - 1].word in words.types
        and tokens[end].word.isalpha()
        and tokens[end].word not in words.buildings
    )


def _cut_before(tokens: Sequence[Token], place: int, words: Words) -> _Cut:
    """Cut what stands before a known city."""
    end = street_end(tokens[:place], words) or place
    door, _ = _take_door(tokens[:place], words)
    if end == place and door:
        end -= 1
    if all(t.word in words.types or t.word == "no" for t in tokens[end:place]):
        end = place
    if end + 1 == place and _is_of_city(tokens[end], words):
        return tokens[:end], (), tokens[end:]
    return tokens[:end], tokens[end:place], tokens[place:]


def _behind_street(
    rest: Sequence[Token], words: Words, known: Known
) -> tuple[Sequence[Token], Sequence[Token]]:
    """Tell what is neither from the city, behind a street."""
    if len(rest) > 1 and rest[0].word.isdecimal() and _is_building(rest[1:], words):
        return rest, ()
    if _DOOR.fullmatch(rest[0].word):
        return rest[:1], rest[1:]
    if known.is_city_last or not _is_building(rest, words):
        return (), rest
    return rest, ()


def _is_of_city(token: Token, words: Words) -> bool:
    """Tell whether a word between street and known city belongs to the city: Old of Old Utica."""
    return (
        token.word.isalpha()
        and len(token.word) > 1
        and token.word not in words.directions
        and token.word not in words.types
        and token.word not in words.unplain
    )


def _is_building(part: Sequence[Token], words: Words) -> bool:
    """Tell whether a part without a city behind it is a house, not a city."""
    if any(sign.isdecimal() for token in part for sign in token.word):
        return True
    last = part[-1].word
    if last in words.directions and len(part) > _FEW:
        last = part[-2].word
    if last in words.buildings or part[0].word in words.buildings:
        return True
    return len(part) > 1 and last in words.strong_types


def _with_left(head: Head, left: Sequence[Token]) -> Head:
    """Add what stood between street and city: a door or a building."""
    if not left:
        return head
    if len(left) == 1 and _DOOR.fullmatch(left[0].word):
        return head._replace(unit=(*head.unit, text_of(left)))
    return head._replace(building=(*head.building, text_of(left)))


def _read_rest(
    head: Head, parts: Sequence[Sequence[Token]], words: Words, known: Known
) -> Head:
    """Read the parts behind the street: directions, buildings, localities, the city."""
    if parts and head.street:
        head, first = _with_directions(head, parts[0], words, known)
        parts = [first, *parts[1:]] if first else parts[1:]
    for at, part in enumerate(parts):
        is_last = at + 1 == len(parts)
        if not head.number and _is_bare_number(part) and head.street:
            head = head._replace(number=text_of(part))
        elif is_last:
            head = _with_city(head, part, words, known)
        elif _is_inside(part, words, known):
            head = head._replace(building=(*head.building, text_of(part)))
        else:
            head = head._replace(district=(*head.district, text_of(part)))
    return head


def _with_directions(
    head: Head, part: Sequence[Token], words: Words, known: Known
) -> tuple[Head, Sequence[Token]]:
    """Give the street the direction behind a comma: "Elm St, NW"."""
    count = 0
    if part[0].word in words.directions:
        is_pair = len(part) > 1 and part[0].word in "ns" and part[1].word in "ew"
        count = 1 + is_pair
    is_sure = (
        count > 1 or len(part[0].word) > 1 or _is_of_road(head, part, words, known)
    )
    if count == len(part) or (count and is_sure):
        if count < len(part) and (
            place_start(part, words, known.state) == 0
            or (
                len(part[0].word) > _FEW
                and place_start(part[count:], words, known.state) != 0
            )
        ):
            return head, part
        return head._replace(street=(*head.street, *part[:count])), part[count:]
    return head, part


def _is_of_road(head: Head, part: Sequence[Token], words: Words, known: Known) -> bool:
    """Tell whether a compass point before a known city belongs to the highway before it."""
    return (
        known.country in _PLACE_COUNTRIES
        and any(token.word in HIGHWAYS for token in head.street)
        and len(part) > 1
        and place_start(part, words, known.state) not in {0, None}
        and place_start(part[1:], words, known.state) == 0
    )


def _with_city(head: Head, part: Sequence[Token], words: Words, known: Known) -> Head:
    """Read the last part: the city, perhaps with a house before it."""
    if (
        not known.is_city_last
        and _is_building(part, words)
        and (
            known.country not in _PLACE_COUNTRIES
            or place_start(part, words, known.state) is None
        )
    ):
        return head._replace(building=(*head.building, text_of(part)))
    if known.country in _PLACE_COUNTRIES:
        place = place_start(part, words, known.state)
        if place and (place > 1 or _DOOR.fullmatch(part[0].word)):
            head = _with_left(head, part[:place])
            part = part[place:]
    return head._replace(city=part)


def _is_inside(part: Sequence[Token], words: Words, known: Known) -> bool:
    """Tell a house behind the street from a locality."""
    return known.country in _PLACE_COUNTRIES or _is_building(part, words)
