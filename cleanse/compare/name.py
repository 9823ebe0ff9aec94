"""Names of persons: given and family parts, on whichever alignment fits."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from cleanse.compare.sound import words_heard
from cleanse.compare.table import (
    HAN,
    Compared,
    Floats,
    Levels,
    Measure,
    Pairs,
    by_distinct,
    mixed_scripts,
    other_scripts,
    scored,
    spread,
)
from cleanse.encoded import MISSING
from cleanse.places import Flags, Ints


class PartLevel(IntEnum):
    """How far two given names, or two family names, agree."""

    MISSING = -1
    """Absent on either side: no evidence."""
    ELSE = 0
    """None of the below."""
    NEAR = 1
    """Jaro-Winkler at least .85, or .77 with the same first sound and consonants (Marie and
    Mary, Sarah and Zara, not Jane and John or Nina and Anna), or one of two Chinese signs
    differs."""
    INITIAL = 2
    """One is a single letter, with which the other begins."""
    PART = 3
    """The words of one are among the words of the other; for a family name also among its
    middle names: María García, María Carmen García López."""
    SIMILAR = 4
    """One slip in at least four letters, Jaro-Winkler at least .92 and a slip per three signs
    at most, or Chinese signs that sound the same."""
    ROOT = 5
    """Forms of one name: Bill and William."""
    SAME = 6
    """Equal."""


class OrderLevel(IntEnum):
    """Whether given and family names stand in the same order."""

    MISSING = -1
    """Parts are missing."""
    STRAIGHT = 0
    """Given name agrees with given name, or nothing agrees."""
    SWAPPED = 1
    """They agree only when one side is read the other way round."""


class PinyinLevel(IntEnum):
    """How far a name in Chinese signs and one in Latin letters agree."""

    MISSING = -1
    """Given and family names are compared instead: both are in one script, and no spelling
    of Chinese names explains how they differ. Or nothing is known of how one is read."""
    ELSE = 0
    """None of the below."""
    FAMILY = 1
    """The same but for one word; or one word of two or more has the same consonants."""
    READING = 2
    """Another reading of the family name or another spelling of the syllables is the same:
    陈大文, Chan Tai Man; or all words have the same consonants: فيصل صديقي, Faisal Siddiqui."""
    SAME = 3
    """The same words, in any order."""


class AgreeLevel(IntEnum):
    """Whether two categories agree."""

    MISSING = -1
    """Absent on either side."""
    ELSE = 0
    """Different."""
    SAME = 1
    """Equal."""


class SuffixLevel(IntEnum):
    """How far generations (Jr, III) agree."""

    MISSING = -1
    """Neither names one."""
    ELSE = 0
    """Different: father and son."""
    ONE = 1
    """One names none: left out, or the other generation."""
    SAME = 2
    """Equal."""


class MiddleLevel(IntEnum):
    """How far middle names agree."""

    MISSING = -1
    """Absent on either side: many lists leave it out."""
    ELSE = 0
    """Different."""
    INITIAL = 1
    """They begin with the same letter and one is an initial, or they are similar."""
    SAME = 2
    """Equal."""


_SIMILAR, _NEAR, _SOUNDS = 0.92, 0.85, 0.77

jaro = scored(JaroWinkler.normalized_similarity, score_cutoff=_SOUNDS)
slips = scored(OSA.distance, score_cutoff=1)
distance = scored(OSA.distance)
subset = scored(fuzz.token_set_ratio, score_cutoff=99)


def part_levels(pairs: Pairs, left: Ints, right: Ints) -> Levels:
    """Compare name parts by their codes, which share the values of given_compare."""
    values = pairs.table.columns["given_compare"]
    length = pairs.table.arrays["part_length"]
    spaced = pairs.table.arrays["part_is_spaced"]
    both = (left >= 0) & (right >= 0)
    levels = np.where(both, PartLevel.ELSE, PartLevel.MISSING).astype(np.int8)
    todo = both & (left != right)
    close = by_distinct(left, right, todo, values, jaro)
    shorter = np.minimum(length[left], length[right])
    # One slip can cost two places of Jaro-Winkler at the start of a word.
    slip = todo & (np.abs(length[left] - length[right]) <= 1) & (shorter > 1)
    slip &= by_distinct(left, right, slip, values, slips) <= 1
    sound = pairs.table.arrays["part_sound"]
    first, head = pairs.table.arrays["part_initial"], pairs.table.arrays["part_head"]
    sounds = (close >= _SOUNDS) & (sound[left] == sound[right])
    sounds &= head[left] == head[right]
    near = (close >= _NEAR) & ~slip
    levels[near | sounds | slip] = PartLevel.NEAR
    initial = todo & (shorter == 1) & (first[left] == first[right])
    levels[initial] = PartLevel.INITIAL
    wordy = todo & (spaced[left] | spaced[right])
    levels[by_distinct(left, right, wordy, values, subset) >= 99] = PartLevel.PART  # noqa: PLR2004 - of 100
    # Jaro-Winkler forgives any ending after a common beginning; the distance does not.
    similar = near & (close >= _SIMILAR) & (shorter >= 3)  # noqa: PLR2004 - as SIMILAR says
    longer = np.maximum(length[left], length[right])
    similar &= by_distinct(left, right, similar, values, distance) <= longer // 3
    similar |= slip & ((shorter >= 4) | ((close >= _SIMILAR) & (shorter >= 3)))  # noqa: PLR2004
    levels[similar] = PartLevel.SIMILAR
    levels[both & (left == right)] = PartLevel.SAME
    return levels


def compare_names(pairs: Pairs) -> dict[str, Compared]:
    """Compare given and family names; swapped parts are aligned first.

    Returns:
        ``given``, ``family``, ``order`` and ``pinyin``.
    """
    given_l, given_r = pairs.codes("given_compare")
    family_l, family_r = pairs.codes("family_compare")
    mixed, other = mixed_scripts(pairs), other_scripts(pairs)
    columns = pairs.table.columns
    given = part_levels(pairs, given_l, given_r)
    given = _with_roots(pairs, given)
    family = part_levels(pairs, family_l, family_r)
    given = _homophones(pairs, given, family)
    family = _within_middle(pairs, family)
    swapped = _swapped(pairs, given, family)
    given_bearers = _bearers(pairs, "given_compare", given_l, given == PartLevel.SAME)
    if "given_root" in pairs.table:
        root, _ = pairs.codes("given_root")
        common = _bearers(pairs, "given_root", root, given == PartLevel.ROOT)
        given_bearers = np.where(given == PartLevel.ROOT, common, given_bearers)
    family_bearers = _bearers(
        pairs, "family_compare", family_l, family == PartLevel.SAME
    )
    places = np.flatnonzero(swapped)
    if len(places):
        some, one, two = pairs.take(places), given_l[places], family_l[places]
        given[places] = part_levels(some, one, family_r[places])
        family[places] = part_levels(some, two, given_r[places])
        given_bearers[places] = _bearers(
            some, "given_compare", one, given[places] == PartLevel.SAME
        )
        family_bearers[places] = _bearers(
            some, "family_compare", two, family[places] == PartLevel.SAME
        )
    parts = (given >= 0) & (family >= 0)
    order = np.where(parts, np.where(swapped, 1, 0), MISSING).astype(np.int8)
    pinyin = _pinyin(pairs, mixed)
    poor = (given == PartLevel.ELSE) | (family == PartLevel.ELSE)
    read = _readings(pairs, (poor & ~mixed) | (mixed & (pinyin < PinyinLevel.SAME)))
    pinyin[read] = PinyinLevel.READING
    pinyin = np.where(other, _by_consonants(pairs, other), pinyin).astype(np.int8)
    for levels in (given, family, order):
        levels[mixed | other | read] = MISSING
    for bearers in (given_bearers, family_bearers):
        bearers[other | read] = np.nan
    return {
        "given": Compared(
            given.astype(np.int8),
            given_bearers,
            columns["given_compare"],
            ~np.isnan(given_bearers),
        ),
        "family": Compared(
            family.astype(np.int8),
            family_bearers,
            columns["family_compare"],
            ~np.isnan(family_bearers),
        ),
        "order": Compared(order),
        "pinyin": Compared(pinyin),
    }


def _with_roots(pairs: Pairs, given: Levels) -> Levels:
    if "given_root" not in pairs.table:
        return given
    left, right = pairs.codes("given_root")
    same = (left >= 0) & (left == right) & (given < PartLevel.ROOT)
    return np.where(same, PartLevel.ROOT, given).astype(np.int8)


def _homophones(pairs: Pairs, given: Levels, family: Levels) -> Levels:
    """Take Chinese given names that sound the same for similar: an input method's slip."""
    if "name_latin" not in pairs.table:
        return given
    left, right = pairs.arrays("script")
    sound_l, sound_r = pairs.codes("name_latin")
    same = (left == HAN) & (right == HAN) & (sound_l >= 0) & (sound_l == sound_r)
    same &= (family == PartLevel.SAME) & (given >= 0) & (given < PartLevel.SIMILAR)
    return np.where(same, PartLevel.SIMILAR, given).astype(np.int8)


def _within_middle(pairs: Pairs, family: Levels) -> Levels:
    """Find family names that the other side has among its middle names."""
    if "middle_compare" not in pairs.table:
        return family
    values = pairs.table.columns["given_compare"]
    length = pairs.table.arrays["part_length"]
    names, middles = pairs.codes("family_compare"), pairs.codes("middle_compare")
    level = family.copy()
    for one, two in ((names[0], middles[1]), (names[1], middles[0])):
        todo = (family >= 0) & (family < PartLevel.PART) & (one >= 0) & (two >= 0)
        todo &= length[one] > 1
        level[by_distinct(one, two, todo, values, subset) >= 99] = PartLevel.PART  # noqa: PLR2004 - of 100
    return level


def _swapped(pairs: Pairs, given: Levels, family: Levels) -> Flags:
    """Find pairs that agree better the other way round, and agree well."""
    given_l, given_r = pairs.codes("given_compare")
    family_l, family_r = pairs.codes("family_compare")
    poor = (given <= PartLevel.INITIAL) & (family <= PartLevel.INITIAL)
    cross = (given_l >= 0) & (given_l == family_r)
    cross |= (family_l >= 0) & (family_l == given_r)
    swapped = np.zeros(len(pairs), dtype=np.bool_)
    places = np.flatnonzero(poor & cross)
    if not len(places):
        return swapped
    some = pairs.take(places)
    one = part_levels(some, given_l[places], family_r[places])
    two = part_levels(some, family_l[places], given_r[places])
    fits = ((one >= PartLevel.NEAR) | (one == MISSING)) & (
        (two >= PartLevel.NEAR) | (two == MISSING)
    )
    swapped[places[fits]] = True
    return swapped


def _bearers(pairs: Pairs, name: str, codes: Ints, where: Flags) -> Floats:
    bearers = pairs.table.columns[name].bearers
    return np.where(where, bearers[codes], np.nan).astype(np.float32)


def _pinyin(pairs: Pairs, mixed: Flags) -> Levels:
    levels = np.full(len(pairs), MISSING, dtype=np.int8)
    if not mixed.any() or "name_latin" not in pairs.table:
        return levels
    left, right = pairs.codes("name_latin")
    mixed = mixed & (left >= 0) & (right >= 0)
    values = pairs.table.columns["name_latin"]
    alike = by_distinct(
        left, right, mixed & (left != right), values, scored(fuzz.token_set_ratio)
    )
    levels[mixed] = PinyinLevel.ELSE
    levels[mixed & (alike >= 60)] = PinyinLevel.FAMILY  # noqa: PLR2004 - of 100
    levels[mixed & (left == right)] = PinyinLevel.SAME
    return levels


def _by_consonants(pairs: Pairs, other: Flags) -> Levels:
    """Compare names in two alphabets as they are written in Latin letters.

    Vowels are lost in some and spelt in many ways, so only consonants count, and what
    does not agree is no evidence.
    """
    levels = np.full(len(pairs), MISSING, dtype=np.int8)
    if not other.any() or "name_latin" not in pairs.table:
        return levels
    left, right = pairs.codes("name_latin")
    column = pairs.table.columns["name_latin"]
    both = other & (left >= 0) & (right >= 0)
    heard = by_distinct(left, right, both, column, Measure(words_heard))
    levels[heard == 1] = PinyinLevel.FAMILY
    levels[heard > 1] = PinyinLevel.READING
    return levels


def _readings(pairs: Pairs, todo: Flags) -> Flags:
    """Find pairs of names of which any spellings in Latin letters are the same."""
    found = np.zeros(len(pairs), dtype=np.bool_)
    if "readings" not in pairs.table:
        return found
    starts = pairs.table.arrays["reading_starts"]
    sizes = starts[1:] - starts[:-1]
    left, right = pairs.left, pairs.right
    todo = todo & (sizes[left] > 0) & (sizes[right] > 0)
    places = np.flatnonzero(todo & ((sizes[left] > 1) | (sizes[right] > 1)))
    held, other = (
        spread(side[places], starts, pairs.table.arrays["readings"])
        for side in (left, right)
    )
    common = np.intersect1d(held, other)
    found[places[np.unique(common >> 32)]] = True
    return found


def compare_middle(pairs: Pairs) -> Compared:
    """Compare middle names (`MiddleLevel`)."""
    left, right = pairs.codes("middle_compare")
    column = pairs.table.columns["middle_compare"]
    both = (left >= 0) & (right >= 0)
    levels = np.where(both, MiddleLevel.ELSE, MISSING).astype(np.int8)
    initial = pairs.table.arrays["middle_initial"]
    short = pairs.table.arrays["middle_is_short"]
    fits = both & (initial[left] == initial[right]) & (short[left] | short[right])
    todo = both & (left != right) & ~fits
    fits |= by_distinct(left, right, todo, column, jaro) >= _NEAR
    levels[fits] = MiddleLevel.INITIAL
    same = both & (left == right)
    levels[same] = MiddleLevel.SAME
    return Compared(
        levels,
        _bearers(pairs, "middle_compare", left, same),
        column,
    )


def compare_suffixes(pairs: Pairs) -> Compared:
    """Compare generations (`SuffixLevel`)."""
    left, right = pairs.codes("name_suffix")
    levels = np.full(len(pairs), MISSING, dtype=np.int8)
    levels[(left >= 0) | (right >= 0)] = SuffixLevel.ONE
    both = (left >= 0) & (right >= 0)
    levels[both] = np.where(left == right, SuffixLevel.SAME, SuffixLevel.ELSE)[both]
    return Compared(levels)


def compare_agreement(pairs: Pairs, name: str, *, by_value: bool = False) -> Compared:
    """Compare a category (`AgreeLevel`)."""
    left, right = pairs.codes(name)
    both = (left >= 0) & (right >= 0)
    levels = np.where(both, (left == right).astype(np.int8), MISSING).astype(np.int8)
    if not by_value:
        return Compared(levels)
    agreed = _bearers(pairs, name, left, levels == AgreeLevel.SAME)
    return Compared(levels, agreed, pairs.table.columns[name])
