"""Telephones, mail addresses, handles and identifiers: any value with any value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import IntEnum

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from cleanse.compare.company import CompanyLevel
from cleanse.compare.table import (
    Compared,
    Floats,
    Levels,
    Measure,
    Pairs,
    by_distinct,
    scored,
)
from cleanse.encoded import MISSING
from cleanse.places import Ints


class PhoneLevel(IntEnum):
    """The best agreement of any of one record's numbers with any of the other's."""

    MISSING = -1
    """No number on either side, or only numbers that many share."""
    ELSE = 0
    """All different."""
    ONE_OFF = 1
    """One digit wrong, missing, too many, or swapped with its neighbour."""
    LOCAL = 2
    """The same last seven digits, and one side has no more: no area or country code."""
    SAME = 3
    """The same number."""


class EmailLevel(IntEnum):
    """The best agreement of any of one record's mails with any of the other's."""

    MISSING = -1
    """No mail on either side, or only mails that many share."""
    ELSE = 0
    """All different."""
    DOMAIN = 1
    """The same domain, one that few use."""
    SIMILAR = 2
    """At most two slips, or Jaro-Winkler at least .92; but no other number in it:
    ruth.taylor32 is not ruth.taylor48. No evidence at all if both are made of the names and
    have no number in common: then they are alike because the names are."""
    LOCAL = 3
    """The same before the @, at least six signs; no evidence at all if those are the name
    and the domain is not a slip of the other: jjones is any J. Jones."""
    SAME = 4
    """The same mailbox."""


class IdentifierLevel(IntEnum):
    """How far two identifiers of one kind agree."""

    MISSING = -1
    """Absent on either side."""
    CONFLICT = 0
    """Different though of one length, and the check digits of both are right: two customers."""
    ELSE = 1
    """Different."""
    ONE_OFF = 2
    """One slip apart."""
    SAME = 3
    """Equal."""


slips = scored(OSA.distance, score_cutoff=2)
jaro = scored(JaroWinkler.normalized_similarity, score_cutoff=0.92)
OneLevels = Callable[[Pairs, Ints, Ints], Levels]


def compare_lists(pairs: Pairs, name: str, levels_of: OneLevels, same: int) -> Compared:
    """Compare lists: the best level of any value with any value.

    Returns:
        Levels, and how many bear the rarest of the values they agree on.
    """
    left, right = pairs.codes(name)
    column = pairs.table.columns[name]
    bearers = column.bearers
    best = np.full(len(pairs), MISSING, dtype=np.int8)
    rarest: Floats = np.full(len(pairs), np.inf, dtype=np.float32)
    for one in left.T:
        for two in right.T:
            todo = np.flatnonzero((one >= 0) & (two >= 0))
            levels = levels_of(pairs, one[todo], two[todo])
            best[todo] = np.maximum(best[todo], levels)
            agreed = todo[levels == same]
            rarest[agreed] = np.minimum(rarest[agreed], bearers[one[agreed]])
    agreed_by = np.where(np.isinf(rarest), np.nan, rarest).astype(np.float32)
    return Compared(best, agreed_by, column)


def compare_phones(pairs: Pairs) -> Compared:
    """Compare telephone numbers (`PhoneLevel`)."""
    return compare_lists(pairs, "phones", _phone_levels, PhoneLevel.SAME)


def _phone_levels(pairs: Pairs, left: Ints, right: Ints) -> Levels:
    column, tail = pairs.table.columns["phones"], pairs.table.arrays["phone_tail"]
    todo = left != right
    levels = np.zeros(len(left), dtype=np.int8)
    levels[by_distinct(left, right, todo, column, slips) == 1] = PhoneLevel.ONE_OFF
    local = pairs.table.arrays["phone_is_local"]
    local = todo & (tail[left] == tail[right]) & (local[left] | local[right])
    levels[local] = PhoneLevel.LOCAL
    levels[~todo] = PhoneLevel.SAME
    return levels


def compare_emails(pairs: Pairs) -> Compared:
    """Compare mail addresses (`EmailLevel`)."""
    return compare_lists(pairs, "emails", _email_levels, EmailLevel.SAME)


def _email_levels(pairs: Pairs, left: Ints, right: Ints) -> Levels:
    column, local = pairs.table.columns["emails"], pairs.table.arrays["email_local"]
    todo = left != right
    levels = np.zeros(len(left), dtype=np.int8)
    domain = pairs.table.arrays["email_domain"]
    levels[todo & (domain[left] == domain[right]) & (domain[left] >= 0)] = (
        EmailLevel.DOMAIN
    )
    close = by_distinct(left, right, todo, column, jaro) > 0
    distance = by_distinct(left, right, todo & ~close, column, slips)
    close |= todo & (distance <= 2)  # noqa: PLR2004 - as SIMILAR says
    close[close] = by_distinct(left, right, close, column, numbered_alike)[close] > 0
    levels[close] = EmailLevel.SIMILAR
    same = todo & (local[left] == local[right]) & (local[left] >= 0)
    levels[same] = EmailLevel.LOCAL
    named = pairs.table.arrays["email_is_named"]
    named = same & named[left] & named[right]
    apart = by_distinct(left, right, named, column, slips)
    levels[named & (apart > 2)] = MISSING  # noqa: PLR2004 - as SIMILAR says
    made = pairs.table.arrays["email_is_made"]
    digits = pairs.table.arrays["email_digits"]
    alike = (levels == EmailLevel.SIMILAR) & made[left] & made[right]
    numbered = (digits[left] >= 0) & (digits[left] == digits[right])
    levels[alike & ~numbered] = MISSING
    levels[~todo] = EmailLevel.SAME
    return levels


def without_echoes(pairs: Pairs, found: dict[str, Compared]) -> dict[str, Compared]:
    """Take out what a mail says once more of two companies whose names agree.

    The domain is often made of the name, and info@ is before most: two strangers who
    are called the same have such a mail in common too. A person's mail there still tells.

    Args:
        pairs: Positions in a prepared table.
        found: What the comparisons say, ``company`` and ``email`` among them.

    Returns:
        `found` with another ``email``, where the list has both.
    """
    if not {"company", "email"} <= found.keys():
        return found
    email = found["email"]
    alike = found["company"].levels >= CompanyLevel.CLOSE
    places = np.flatnonzero(alike & (email.levels > EmailLevel.ELSE))
    again = compare_lists(pairs.take(places), "emails", _beside_names, EmailLevel.SAME)
    levels, bearers = email.levels.copy(), np.array(email.bearers)
    levels[places] = again.levels
    bearers[places] = again.bearers
    return {**found, "email": replace(email, levels=levels, bearers=bearers)}


def _beside_names(pairs: Pairs, left: Ints, right: Ints) -> Levels:
    """Compare mails of companies whose names agree."""
    levels = _email_levels(pairs, left, right)
    echo, role = (pairs.table.arrays[f"email_is_{kind}"] for kind in ("echo", "role"))
    same = levels == EmailLevel.SAME
    same &= ~(role[left] & role[right])
    repeats = echo[left] & echo[right] & (levels > EmailLevel.ELSE) & ~same
    return np.where(repeats, MISSING, levels).astype(np.int8)


def _numbered_alike(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say of each pair of mails whether their numbers are at most one slip apart."""
    digits = [
        pl.Series(texts, dtype=pl.String).str.replace_all(r"\D", "").to_list()
        for texts in (left, right)
    ]
    distance = cpdist(*digits, scorer=OSA.distance, score_cutoff=1)
    return np.asarray(distance <= 1, dtype=np.float32)


numbered_alike = Measure(_numbered_alike)


def compare_identifier(pairs: Pairs, name: str) -> Compared:
    """Compare one kind of identifier (`IdentifierLevel`)."""
    left, right = pairs.codes(name)
    both = (left >= 0) & (right >= 0)
    todo = both & (left != right)
    levels = np.where(both, IdentifierLevel.ELSE, MISSING).astype(np.int8)
    if f"{name}_is_valid" in pairs.table:
        valid_l, valid_r = pairs.arrays(f"{name}_is_valid")
        # Of another length it is another kind of number: a tax number and a VAT number.
        length = pairs.table.columns[name].values.str.len_bytes().to_numpy()
        alike = np.append(length, 0)
        conflict = todo & valid_l & valid_r & (alike[left] == alike[right])
        levels[conflict] = IdentifierLevel.CONFLICT
    values = pairs.table.columns[name]
    distance = by_distinct(left, right, todo, values, slips)
    levels[todo & (distance == 1)] = IdentifierLevel.ONE_OFF
    same = both & ~todo
    levels[same] = IdentifierLevel.SAME
    column = pairs.table.columns[name]
    bearers = np.where(same, column.bearers[left], np.nan).astype(np.float32)
    return Compared(levels, bearers, column)
