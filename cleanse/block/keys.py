"""Blocking keys: what two records must share to be compared at all.

A key is a column, or a column in one of these forms:

- ``column[:3]``: its first signs
- ``column.sound``: as it sounds, so that a slip in a vowel or a doubled letter is no matter
- ``column.year``: of a date
- ``column.tokens``: each of its words
- ``column.across``: its first letters (of a name's Latin form), where names in two scripts
  begin with them: a Chinese name and its Latin spelling
- ``column.local``: last seven digits, where somebody gives a number without its area code
- ``column.spelt``: of lists of spellings, those that somebody has beside others
- ``column.rare``: each of its rarest words or pairs of signs

A list column gives a key for each of its values. A form is computed once per distinct
value; from there on a key is a number (its hash), and records are positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanse.block.form import CONDITIONAL, formed
from cleanse.block.pieces import Places, in_pieces
from cleanse.encoded import SEED, Encoded, Hashes, are_among
from cleanse.errors import RuleError
from cleanse.places import Flags, Ints, distinct
from cleanse.schema import who_counts
from cleanse.threads import in_threads

_FORM = re.compile(r"(?P<column>\w+)(?:\[:(?P<first>\d+)\]|\.(?P<form>\w+))?")
_KNOWN = {None, "sound", "year", "tokens", "across", "rare", "local", "spelt"}
RARE = 3
"""Rarest pieces of a name that each make a key."""


Called = tuple[Hashes, ...]
"""See `cleanse.block.form.Formed.called`."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A key of all records: no entry where it is missing, several where it has several."""

    places: Places
    """Positions of records, ascending."""
    hashes: Hashes
    """What stands for the key of each."""
    is_single: bool
    """No record has several."""

    def take(self, where: Flags) -> Keyed:
        """Return some of the entries only."""
        return Keyed(self.places[where], self.hashes[where], self.is_single)

    def take_called(self, called: Called) -> Keyed:
        """Return the entries that are called for; those of most keys need not be: no sets."""
        return self.take(are_called(self.hashes, called)) if called else self


@dataclass(frozen=True, slots=True)
class Around:
    """Some records, around which blocks are wanted."""

    chosen: Flags
    """One flag per record."""
    share: float
    """How many of all they are."""

    def keep(self, keyed: Keyed) -> Keyed:
        """Keep the entries that share a key with a chosen record, and few others."""
        short = keyed.hashes ^ (keyed.hashes >> np.uint64(32))
        short &= np.uint64((1 << _TABLE) - 1)
        table = np.zeros(1 << _TABLE, dtype=np.bool_)
        table[short[self.chosen[keyed.places]]] = True
        return keyed.take(table[short])


_TABLE = 20
"""Bits by which the keys of chosen records are told from others."""


def column_of(key: str) -> str:
    """Return the column that a key reads.

    >>> column_of("family_compare.sound"), column_of("street_compare[:5]")
    ('family_compare', 'street_compare')
    """
    return _parsed(key)["column"]


def is_own(key: str) -> bool:
    """Say whether a record's key depends on that record only, whoever else is there.

    >>> is_own("family_compare.sound"), is_own("company_core.rare")
    (True, False)
    """
    return _parsed(key)["form"] not in {*CONDITIONAL, "rare"}


def is_ranked(key: str) -> bool:
    """Say whether a record's key depends on how many bear what it is made of."""
    return _parsed(key)["form"] == "rare"


def _parsed(key: str) -> re.Match[str]:
    found = _FORM.fullmatch(key)
    if not found:
        raise RuleError(f"rules/matching.toml: {key!r} is no blocking key.")
    if found["form"] not in _KNOWN:
        form = found["form"]
        raise RuleError(f"rules/matching.toml: {key!r}: unknown form {form!r}.")
    return found


class Part(NamedTuple):
    """Some of the records, with what their keys depend on of the others."""

    places: Ints
    """Position of each among all records."""
    total: int
    """Number of all records."""
    called: Mapping[str, Called]
    """By key, which forms others call for."""


class Keys:
    """The keys of one list of records; each is computed once."""

    def __init__(self, records: Encoded, part: Part | None = None) -> None:
        """Take the records in the order of their positions.

        Args:
            records: All records, or some.
            part: Which they are; None: all.
        """
        self._records: Encoded | None = records
        self._part = part
        self._count = records.height
        self._is_list = dict.fromkeys(records.plain.columns, False)
        self._is_list |= {
            name: each.starts is not None for name, each in records.texts.items()
        }
        self.counts = who_counts(records.plain)
        self._values: dict[str, Keyed] = {}
        self._fields: dict[str | None, Hashes] = {}
        self._bare: dict[str, tuple[Keyed, Called]] = {}

    @property
    def count(self) -> int:
        """Number of records here."""
        return self._count

    @property
    def total(self) -> int:
        """Number of all records."""
        return self._part.total if self._part else self._count

    def hold(self, *keys: str) -> bool:
        """Say whether the records have the columns of all these keys."""
        return all(column_of(key) in self._is_list for key in keys)

    def compute(self, keys: Iterable[str]) -> None:
        """Compute several keys, some at a time."""
        new = [key for key in dict.fromkeys(keys) if key not in self._values]
        for key, found in zip(new, in_threads(self.values, new), strict=True):
            self._values[key] = found

    def let_go(self) -> None:
        """Let go of the records, which take much memory: all keys wanted are computed."""
        self._records = None

    def around(self, around: Around) -> Keys:
        """Return the keys computed, with those entries only that chosen records share."""
        kept = in_threads(around.keep, self._values.values())
        found = copy(self)
        found._values = dict(zip(self._values, kept, strict=True))  # noqa: SLF001 - a copy of its own
        return found

    def values(self, key: str) -> Keyed:
        """Return one key: see `key_values`."""
        if key not in self._values and self._records is not None:
            bare, called = self._bare[key] = keys_if_called(self._records, key)
            if self._part:
                called = together(called, self._part.called.get(key))
            self._values[key] = bare.take_called(called)
        return self._values[key]

    def bare(self, key: str) -> tuple[Keyed, Called]:
        """Return one key of all that have it if it is called for; and what these records call for."""
        self.values(key)
        return self._bare[key]

    def second(self, keys: Sequence[str], but: Sequence[str]) -> Hashes:
        """Pack second keys of each record into one number: see `share_one`.

        Args:
            keys: By preference; the first that fit and have one value per record.
            but: Keys whose columns are left out.
        """
        own = {column_of(key) for key in but}
        fit = [
            key
            for key in keys
            if self.hold(key) and column_of(key) not in own and self._is_plain(key)
        ]
        packed = np.zeros(self.count, dtype=np.uint64)
        for number in range(FIELDS):
            field = self._field(fit[number] if number < len(fit) else None)
            packed |= field << np.uint64(number * WIDTH)
        return packed

    def _field(self, key: str | None) -> Hashes:
        """Return a few bits of a key; a record without it shares it with nobody, but for chance."""
        if key not in self._fields:
            places = self._part.places if self._part else np.arange(self.count)
            field = mix(places.astype(np.uint64))
            if key:
                keyed = self.values(key)
                field[keyed.places] = mix(keyed.hashes)
            self._fields[key] = field >> np.uint64(64 - WIDTH)
        return self._fields[key]

    def _is_plain(self, key: str) -> bool:
        return not self._is_list[column_of(key)]


FIELDS, WIDTH = 6, 10
"""Second keys of a record, and the bits that tell each from others."""
_ONES = np.uint64(sum(1 << (at * WIDTH) for at in range(FIELDS)))
_TOPS = _ONES << np.uint64(WIDTH - 1)


def share_one(left: Hashes, right: Hashes) -> Flags:
    """Say of each pair of packed second keys whether one is the same.

    One in 170 pairs is said to share one that does not. That a word has a field of zeros
    is found as in H. S. Warren, "Hacker's Delight" (2002), 6-1.
    """
    differ = left ^ right
    return np.asarray(((differ - _ONES) & ~differ & _TOPS) != 0, dtype=np.bool_)


def mix(values: Hashes) -> Hashes:
    """Mix the bits of numbers (splitmix64's finaliser, Steele, Lea and Flood, 2014)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def key_values(records: Encoded, key: str) -> Keyed:
    """Compute one key.

    Args:
        records: The columns that keys read; the position of a row stands for its record.
        key: See the head of this module.
    """
    return Keys(records).values(key)


def keys_if_called(records: Encoded, key: str) -> tuple[Keyed, Called]:
    """Compute one key of all that have it if it is called for; and what these records call for."""
    asked = _parsed(key)
    texts, form = records.texts.get(asked["column"]), asked["form"]
    if texts is None or form == "year":
        return _of_days(records.series(asked["column"]), asked), ()
    if form in {"tokens", "rare"}:
        rarest = RARE if form == "rare" else None
        found = in_pieces(texts, rarest, who_counts(records.plain))
        return Keyed(*found, is_single=False), ()
    made = formed(asked["column"], form, asked["first"], records)
    there = (made.texts.str.len_bytes() > 0).fill_null(value=False).to_numpy()
    at = np.flatnonzero(np.append(there, False)[texts.codes])
    places = texts.rows()[at].astype(np.int32)
    hashes = made.hashes[texts.codes[at]]
    return Keyed(places, hashes, is_single=texts.starts is None), made.called


def together(one: Called, other: Called | None) -> Called:
    """Unite what several call for."""
    if not other:
        return one
    return tuple(
        distinct(np.concatenate(both)) for both in zip(one, other, strict=True)
    )


def are_called(hashes: Hashes, called: Called) -> Flags:
    """Say of each hash whether it is called for."""
    found = np.ones(len(hashes), dtype=np.bool_)
    for some in called:
        found &= are_among(hashes, some)
    return found


def _of_days(days: pl.Series, asked: re.Match[str]) -> Keyed:
    form = asked["form"]
    if days.dtype != pl.Date or asked["first"] or form not in {None, "year"}:
        raise RuleError(
            f"rules/matching.toml: key {asked[0]!r}: a day has the form .year only, and a text has not."
        )
    values = days.dt.year() if form == "year" else days
    at = np.flatnonzero(values.is_not_null().to_numpy()).astype(np.int32)
    return Keyed(at, values.hash(SEED).to_numpy()[at], is_single=True)
