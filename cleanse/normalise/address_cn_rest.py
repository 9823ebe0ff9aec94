"""What of a Chinese address is not read yet, and the numbers of a door in it."""

from __future__ import annotations

import re

from cleanse.normalise import address_cn_pattern as cn

Parts = dict[str, str | None]
"""Parts of an address by the names of ChineseAddress, as they are found."""

_CLOSE = 60
"""Numbers of one range of houses are not further apart: 456-458."""
_FEW = 2
"""Digits of numbers that rather count buildings, or doors of one, than rooms."""
_DIGIT_OR_LETTER = re.compile(r"[A-Za-z\d]")
_MARKS = " ,.;:/|_-·、"
_NUMBER_START = re.compile(r"[A-Za-z\d第甲乙丙丁]")
_GAP = re.compile(cn.GAP)
_GAP_SIGNS = frozenset(" \t\n,.;:/|_-·、?*")
_NUMBER_SIGNS = frozenset(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz甲乙丙丁东西南北新第负地-#"
)


INSIDE = re.compile(
    "|".join(
        f"(?:{each.pattern.removeprefix(cn.GAP)})"
        for each in (
            cn.DASHED,
            cn.PAIR,
            cn.BUILDING,
            cn.UNIT,
            cn.FLOOR,
            cn.NUMBER,
            cn.ROOM,
        )
    )
)


class Rest:
    """What of an address is not read yet."""

    __slots__ = ("notes", "signs", "start", "text")

    def __init__(self, text: str, start: int, notes: list[str]) -> None:
        self.text = text
        self.start = start
        self.signs = frozenset(text[start:])
        self.notes = notes
        """What is no part of its own."""

    def has(self, signs: str) -> bool:
        """Whether any of some signs stands in the text."""
        return not self.signs.isdisjoint(signs)

    def is_number(self) -> bool:
        """Whether the next sign may begin a number; marks before it are passed."""
        self.skip_gap()
        return self.text[self.start : self.start + 1] in _NUMBER_SIGNS

    def take_until(self, pattern: re.Pattern[str]) -> str:
        """Take what stands before the next number where a pattern fits."""
        self.skip_gap()
        end = len(self.text)
        for sign in _NUMBER_START.finditer(self.text, self.start):
            if pattern.match(self.text, sign.start()):
                end = sign.start()
                break
        taken = self.text[self.start : end].strip(_MARKS)
        self.start = end
        return taken

    def is_over(self) -> bool:
        """Whether all is read."""
        return self.start >= len(self.text)

    def left(self) -> str:
        """Give back what is left, without marks at its ends."""
        left = self.text[self.start :].strip(_MARKS)
        self.start = len(self.text)
        return left

    def starts(self, pattern: re.Pattern[str]) -> bool:
        """Whether what is left begins so."""
        return pattern.match(self.text, self.start) is not None

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Take what a pattern captures, its groups joined by dashes."""
        found = pattern.match(self.text, self.start)
        if not found:
            return None
        self.start = found.end()
        if found.lastindex == 1:
            return found[1]
        return "-".join(part for part in found.groups() if part)

    def take_all(self, pattern: re.Pattern[str]) -> tuple[str, ...] | None:
        """Take the groups of a pattern."""
        found = pattern.match(self.text, self.start)
        if not found:
            return None
        self.start = found.end()
        return found.groups()

    def take_whole(self, pattern: re.Pattern[str]) -> str | None:
        """Take all that a pattern fits, without marks at its ends."""
        found = pattern.match(self.text, self.start)
        if not found:
            return None
        self.start = found.end()
        return found[0].strip(_MARKS)

    def skip_gap(self) -> None:
        """Pass blanks and marks."""
        if self.text[self.start : self.start + 1] in _GAP_SIGNS:
            found = _GAP.match(self.text, self.start)
            self.start = found.end() if found else self.start

    def skip_name(self) -> bool:
        """Put a name aside that stands before the next digit or letter."""
        found = _DIGIT_OR_LETTER.search(self.text, self.start)
        if not found:
            return False
        if found.start() == self.start:
            return False
        self.notes.append(self.text[self.start : found.start()].strip(_MARKS))
        self.start = found.start()
        return True


def read_door(rest: Rest, parts: Parts) -> None:
    """Read building, unit, floor and room, where signs or only dashes tell them apart."""
    if not rest.is_number():
        return
    is_free = not any(parts.get(part) for part in ("building", "unit", "room"))
    dashed = is_free and rest.take_all(cn.DASHED)
    if dashed:
        parts["building"], parts["unit"], parts["room"] = dashed
        return
    if not parts.get("building") and (building := rest.take(cn.BUILDING)):
        parts["building"] = building
    elif not parts.get("floor") and _pair(rest, parts, "building"):
        return
    if parts.get("building") and _pair(rest, parts, "unit"):
        return
    for part, pattern in (("unit", cn.UNIT), ("floor", cn.FLOOR)):
        if not parts.get(part):
            parts[part] = rest.take(pattern)
    if not parts.get("room"):
        _number_inside(rest, parts)
    if not parts.get("floor"):
        parts["floor"] = rest.take(cn.FLOOR)


def _pair(rest: Rest, parts: Parts, first: str) -> bool:
    """Read two numbers: a part and the room in it, or a range of rooms."""
    if parts.get(first) or parts.get("room"):
        return False
    pair = rest.take_all(cn.PAIR)
    if not pair:
        return False
    if _is_range(*pair):
        parts["room"] = "-".join(pair)
    else:
        parts[first], parts["room"] = pair
    return True


def _number_inside(rest: Rest, parts: Parts) -> None:
    """Read one number: with its word a room, without by what stands before it."""
    start = rest.start
    if not (number := rest.take(cn.ROOM)):
        return
    word = rest.text[start : rest.start].strip()[-1]
    has_word = word != "号" and not word.isascii()
    if has_word or parts.get("floor"):
        parts["room"] = number
        return
    role = _role(number, parts, is_house=word == "号")
    # A door of a building is counted by 号 too: 3栋16号.
    parts[role] = number + "号" if role == "unit" and word == "号" else number


def _role(number: str, parts: Parts, *, is_house: bool) -> str:
    """Tell what a number is by its digits and by what it stands behind."""
    few = sum(sign.isdecimal() for sign in number) <= _FEW
    if parts.get("building") or parts.get("unit"):
        return "unit" if few and not parts.get("unit") else "room"
    site = parts.get("site") or ""
    is_shop = cn.SHOPS.search(site) is not None
    if not is_house:
        return (
            "building"
            if few or (_is_hundreds(number, site) and not is_shop)
            else "room"
        )
    if is_shop:
        return "room"
    if cn.HOMES.search(site) or parts.get("house_number") or parts.get("lane"):
        return "building"
    return "house_number"


def _is_hundreds(number: str, site: str) -> bool:
    """Whether a number of three digits stands behind an estate: rather its house than a room."""
    return bool(site) and sum(sign.isdecimal() for sign in number) == _FEW + 1


def _is_range(first: str, last: str) -> bool:
    """Whether two numbers are a range: 322-324, not building 3 and room 24."""
    if len(first) != len(last) or not (first.isdecimal() and last.isdecimal()):
        return False
    return len(first) > 1 and 0 < int(last) - int(first) <= _CLOSE
