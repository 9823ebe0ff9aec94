"""Companies: the core of the name by the rarity of its words, then form, region, branch."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from cleanse.compare.company_words import (
    initials,
    left_out,
    same_branch,
    two_trades,
    words_within,
)
from cleanse.compare.table import (
    HAN,
    Compared,
    Floats,
    Levels,
    Measure,
    Pairs,
    by_distinct,
    mixed_scripts,
    scored,
    spread,
)
from cleanse.encoded import MISSING
from cleanse.places import Flags, Ints


class CompanyLevel(IntEnum):
    """How far two company names agree."""

    MISSING = -1
    """Either has no name, or they are in different scripts: see `ScriptLevel`."""
    ELSE = 0
    """None of the below, or another number: Kiosk 12 is not Kiosk 13."""
    TRADE = 1
    """The telling words are shared, and each has other words of its own: Keller Holding and
    Keller Logistics, 华夏科技 and 华夏贸易 are two firms, perhaps of one owner."""
    CONTAINS = 2
    """All telling words of one are in the other, or all words of the one whole name in the
    other (Singapore Exports, Universal Exports Singapore)."""
    ACRONYM = 3
    """One is the initials of the other: IBM, International Business Machines."""
    SHORTENED = 4
    """One leaves out signs of the other between the same ends (长沙银行, 长沙商业银行)."""
    SIMILAR = 5
    """Seven tenths of what the words tell is shared, or the spelling is much alike, or two
    signs of a Chinese name are swapped."""
    CLOSE = 6
    """A slip per five signs in a core of five or more, nine tenths of what the words tell is
    shared, or only a word for a group is left out (阳煤集团平原化工, 阳煤平原化工)."""
    SAME_LATIN = 7
    """Equal cores in another script or spelling."""
    SAME_CORE = 8
    """Equal without legal form, region and branch."""
    SAME_NAME = 9
    """Equal as normalised, or only parted otherwise: all signs but those of the legal form are
    the same (中粮（唐山）糖业有限公司, 中粮唐山糖业有限公司)."""


class ScriptLevel(IntEnum):
    """How far a Chinese company name and one in Latin letters agree."""

    MISSING = -1
    """Both are in one script: `CompanyLevel` tells."""
    ELSE = 0
    """None of the below: a translated name, or another company."""
    START = 1
    """The first word is what the Chinese name sounds like at its start: 远瞻环保设备,
    Yuanzhan Environmental Equipment."""
    SAME = 2
    """All of the name sounds the same."""


class BranchLevel(IntEnum):
    """Whether two names of one company speak of the same branch."""

    MISSING = -1
    """Both are head offices."""
    ELSE = 0
    """Different branches."""
    HEAD = 1
    """A branch and a head office."""
    CLOSE = 2
    """One is written with less (杭州西湖支行, 西湖支行), or a longer one with a slip."""
    SAME = 3
    """The same branch."""


class TextLevel(IntEnum):
    """How far two short texts agree."""

    MISSING = -1
    """Absent on either side."""
    ELSE = 0
    """Different."""
    SIMILAR = 1
    """Similarity of at least 85 of 100."""
    SAME = 2
    """Equal."""


_ALIKE = 85
alike = scored(fuzz.ratio, score_cutoff=_ALIKE)
slips = scored(OSA.distance, score_cutoff=2)
coarse = scored(fuzz.ratio, score_cutoff=40)
spaced = scored(fuzz.token_set_ratio, score_cutoff=60)


def pieces(core: str) -> frozenset[str]:
    """Cut a core into the pieces whose rarity is weighed: words, or pairs of signs.

    >>> sorted(pieces("blue metro"))
    ['blue', 'metro']
    >>> sorted(pieces("华夏科技"))
    ['华夏', '夏科', '科技']
    """
    if core.isascii() or " " in core:
        return frozenset(core.split())
    if len(core) < 2:  # noqa: PLR2004 - no pair of signs
        return frozenset((core,))
    return frozenset(core[at : at + 2] for at in range(len(core) - 1))


def are_worded(core: pl.Expr) -> pl.Expr:
    """Say which cores are cut into words, and not into pairs of signs."""
    is_ascii = ~core.str.contains(r"[^\x00-\x7f]")
    return is_ascii | core.str.contains(" ", literal=True)


def numbered_pieces(cores: pl.Series) -> tuple[Ints, Ints, pl.Series]:
    """Cut many cores into `pieces`, and number these.

    Returns:
        Position of a core and number of a piece of it, by both ascending, each pair
        once; and the pieces by number.
    """
    frame = pl.DataFrame({"core": cores}).with_row_index("owner")
    core, size = pl.col("core"), pl.col("core").str.len_chars()
    in_words = are_worded(core)
    words = frame.filter(in_words).with_columns(piece=core.str.extract_all(r"\S+"))
    signs = frame.filter(~in_words)
    longest = int(signs.select(size).to_series().to_numpy().max(initial=0))
    pairs = [
        signs.filter((size > at + 1) | (at == 0)).with_columns(
            piece=core.str.slice(at, 2)
        )
        for at in range(max(1, longest - 1))
    ]
    cut = pl.concat([words.explode("piece", empty_as_null=False), *pairs])
    names = cut["piece"].unique().sort()
    number = cut["piece"].cast(pl.Enum(names)).to_physical().cast(pl.Int64)
    owner = cut["owner"].cast(pl.Int64)
    found = pl.DataFrame({"owner": owner, "piece": number}).unique().sort(pl.all())
    return found["owner"].to_numpy(), found["piece"].to_numpy(), names


def compare_companies(pairs: Pairs) -> Compared:
    """Compare company names (`CompanyLevel`)."""
    left, right = pairs.codes("company_core")
    full_l, full_r = pairs.codes("company_compare")
    column = pairs.table.columns["company_core"]
    both = (left >= 0) & (right >= 0) & ~mixed_scripts(pairs)
    todo = both & (left != right)
    levels = np.where(both, CompanyLevel.ELSE, MISSING).astype(np.int8)
    close, trades = _by_words(pairs, todo, levels)
    length = pairs.table.arrays["core_length"]
    shorter = np.minimum(length[left], length[right])
    long = todo & ~trades & (shorter >= 5)  # noqa: PLR2004 - as CLOSE says
    distance = by_distinct(left, right, long, column, slips)
    close |= long & (distance <= np.minimum(shorter // 5, 2))
    poor = todo & (levels < CompanyLevel.SIMILAR) & ~close & ~trades
    shortened = by_distinct(left, right, poor, column, left_out)
    close |= shortened > 1
    cut = shortened > 0
    levels[cut] = CompanyLevel.SHORTENED
    levels[_within(pairs, poor & (levels == CompanyLevel.ELSE))] = CompanyLevel.CONTAINS
    spelt = by_distinct(left, right, poor, column, sorted_words) > 0
    levels[spelt & ~cut] = CompanyLevel.SIMILAR
    levels[close] = CompanyLevel.CLOSE
    digits = pairs.table.arrays["core_digits"]
    numbered = (digits[left] > 0) & (digits[right] > 0)
    levels[todo & numbered & (digits[left] != digits[right])] = CompanyLevel.ELSE
    if "name_latin" in pairs.table:
        latin_l, latin_r = pairs.codes("name_latin")
        levels[both & (latin_l == latin_r) & (latin_l >= 0)] = CompanyLevel.SAME_LATIN
    same = both & (left == right)
    bare = _bare_alike(pairs) & both
    # A Chinese name with two signs swapped is as long: 华盛科技 is not 盛华科技.
    swapped = bare & ~same & (length[left] == length[right]) & _are_han(pairs)
    levels[swapped] = CompanyLevel.SIMILAR
    bare &= ~swapped
    levels[same] = CompanyLevel.SAME_CORE
    levels[bare & ~same] = CompanyLevel.SAME_NAME
    bearers = np.where(same, column.bearers[left], np.nan)
    if bare.any():
        bare_l, _ = pairs.codes("company_bare")
        bearers[bare] = pairs.table.columns["company_bare"].bearers[bare_l[bare]]
    # A full name is registered once; its core may be common (a bank and its branches).
    whole = both & (full_l >= 0) & (full_l == full_r)
    levels[whole] = CompanyLevel.SAME_NAME
    bearers[whole] = pairs.table.columns["company_compare"].bearers[full_l[whole]]
    return Compared(levels, bearers.astype(np.float32), column, same & ~whole)


def _by_words(pairs: Pairs, todo: Flags, levels: Levels) -> tuple[Flags, Flags]:
    """Set what words of cores say in `levels`; return pairs that are close, and of two trades."""
    left, right = pairs.codes("company_core")
    places = np.flatnonzero(todo)
    overlap = _overlap(pairs, left[places], right[places])
    # Weighing words costs less than a string measure: it is asked of few.
    some = overlap[:, 1] >= _SHARED
    places, overlap = places[some], overlap[some]
    maybe = np.zeros(len(pairs), dtype=np.bool_)
    maybe[places] = True
    worth = _worth_it(pairs, maybe)[places]
    places, overlap = places[worth], overlap[worth]
    levels[places[overlap[:, 1] >= 0.999]] = CompanyLevel.CONTAINS  # noqa: PLR2004 - all
    levels[places[overlap[:, 0] >= 0.70]] = CompanyLevel.SIMILAR  # noqa: PLR2004
    close = np.zeros(len(pairs), dtype=np.bool_)
    close[places[overlap[:, 0] >= 0.88]] = True  # noqa: PLR2004
    shared = np.zeros(len(pairs), dtype=np.bool_)
    shared[places] = True
    trades = two_trades(pairs, shared)
    trades &= ~_within(pairs, trades)
    levels[trades], close[trades] = CompanyLevel.TRADE, False
    none = todo & (levels == CompanyLevel.ELSE)
    levels[_acronyms(left, right, none, pairs)] = CompanyLevel.ACRONYM
    return close, trades


_SHARED = 0.45
"""Part of the lighter name's weight, about half, from which shared words tell anything."""


def _are_han(pairs: Pairs) -> Flags:
    left, right = pairs.arrays("script")
    return np.asarray((left == HAN) & (right == HAN), dtype=np.bool_)


_SHORTEST, _LONGEST = 3, 6
"""Letters of initials that tell a company."""


def _acronyms(left: Ints, right: Ints, where: Flags, pairs: Pairs) -> Flags:
    """Find pairs of which one core is the initials of the other."""
    length = pairs.table.arrays["core_length"]
    short = np.minimum(length[left], length[right])
    long = np.maximum(length[left], length[right])
    where = where & (short >= _SHORTEST) & (short <= _LONGEST) & (long > 2 * short)
    column = pairs.table.columns["company_core"]
    return by_distinct(left, right, where, column, initials) > 0


def _bare_alike(pairs: Pairs) -> Flags:
    """Find names that are the same without legal form, whatever the order of their signs."""
    if "company_bare" not in pairs.table:
        return np.zeros(len(pairs), dtype=np.bool_)
    left, right = pairs.codes("company_bare")
    return np.asarray((left >= 0) & (left == right), dtype=np.bool_)


def _within(pairs: Pairs, where: Flags) -> Flags:
    """Find pairs of which one whole name has all words of the other, two or more."""
    if "company_bare" not in pairs.table:
        return np.zeros(len(pairs), dtype=np.bool_)
    left, right = pairs.codes("company_bare")
    column = pairs.table.columns["company_bare"]
    where = where & (left >= 0) & (right >= 0)
    return by_distinct(left, right, where, column, words_within) > 0


def compare_scripts(pairs: Pairs) -> Compared:
    """Compare company names of which one is Chinese and one Latin (`ScriptLevel`)."""
    left, right = pairs.codes("name_latin")
    mixed = mixed_scripts(pairs) & (left >= 0) & (right >= 0)
    levels = np.where(mixed, ScriptLevel.ELSE, MISSING).astype(np.int8)
    column = pairs.table.columns["name_latin"]
    sounds = by_distinct(left, right, mixed, column, Measure(_sounds_alike))
    levels[mixed] = sounds[mixed].astype(np.int8)
    return Compared(levels)


def compare_forms(pairs: Pairs) -> Compared:
    """Compare legal forms (`AgreeLevel`); those of two languages cannot be compared."""
    left, right = pairs.codes("company_form")
    both = (left >= 0) & (right >= 0) & ~mixed_scripts(pairs)
    return Compared(np.where(both, left == right, MISSING).astype(np.int8))


_FIRST_WORD = 4
"""Letters from which a first word tells a company."""


def _sounds_alike(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Compare the Latin forms of names, one of each two without spaces (pinyin).

    >>> _sounds_alike(["yuanzhanhuanbao"], ["yuanzhan environmental"]).tolist()
    [1.0]
    """
    one, two = pl.col("one"), pl.col("two")
    words = [side.str.extract("^([^ ]*)") for side in (one, two)]
    short = pl.min_horizontal(*(word.str.len_chars() for word in words))
    starts = words[0].str.starts_with(words[1]) | words[1].str.starts_with(words[0])
    joined = [side.str.replace_all(" ", "", literal=True) for side in (one, two)]
    level = (
        pl.when(joined[0] == joined[1])
        .then(int(ScriptLevel.SAME))
        .when(starts & (short >= _FIRST_WORD))
        .then(int(ScriptLevel.START))
        .otherwise(int(ScriptLevel.ELSE))
    )
    frame = pl.DataFrame(
        {"one": left, "two": right}, {"one": pl.String, "two": pl.String}
    )
    found = frame.select(level=level)
    return found["level"].cast(pl.Float32).to_numpy()


_SPELT_ALIKE = 84
sorted_words = scored(fuzz.token_sort_ratio, score_cutoff=_SPELT_ALIKE)


def _worth_it(pairs: Pairs, todo: Flags) -> Flags:
    left, right = pairs.codes("company_core")
    values = pairs.table.columns["company_core"]
    found = by_distinct(left, right, todo, values, coarse) > 0
    return found | (by_distinct(left, right, todo & ~found, values, spaced) > 0)


def _overlap(pairs: Pairs, left: np.ndarray, right: np.ndarray) -> Floats:
    """Return per pair the shared part of both names' weight, and of the lighter one's."""
    keys, back = np.unique((left << 32) | right, return_inverse=True)
    one, two = keys >> 32, keys & 0xFFFFFFFF
    arrays = pairs.table.arrays
    places, rarity = arrays["piece_places"], arrays["piece_rarity"]
    weight = arrays["core_weight"]
    held = spread(one, arrays["core_starts"], places)
    other = spread(two, arrays["core_starts"], places)
    common = np.intersect1d(held, other, assume_unique=True)
    both = np.bincount(
        common >> 32, weights=rarity[common & 0xFFFFFFFF], minlength=len(keys)
    )
    lighter = np.maximum(np.minimum(weight[one], weight[two]), 1e-6)
    total = np.maximum(weight[one] + weight[two], 1e-6)
    found = np.stack([2 * both / total, both / lighter], axis=1)
    return found.astype(np.float32)[back]


def compare_branches(pairs: Pairs) -> Compared:
    """Compare branches (`BranchLevel`)."""
    left, right = pairs.codes("company_branch")
    levels = np.full(len(pairs), MISSING, dtype=np.int8)
    levels[(left >= 0) != (right >= 0)] = BranchLevel.HEAD
    both = (left >= 0) & (right >= 0)
    levels[both] = BranchLevel.ELSE
    values = pairs.table.columns["company_branch"]
    close = by_distinct(left, right, both & (left != right), values, same_branch)
    levels[close > 0] = BranchLevel.CLOSE
    same = both & (left == right)
    levels[same] = BranchLevel.SAME
    # One of two spellings of a name may have been parted at another place.
    spelt = _bare_alike(pairs) & (levels >= 0) & ~same
    levels[spelt] = MISSING
    column = pairs.table.columns["company_branch"]
    bearers = np.where(same, column.bearers[left], np.nan).astype(np.float32)
    return Compared(levels, bearers, column)


def compare_texts(pairs: Pairs, name: str) -> Compared:
    """Compare a short text (`TextLevel`)."""
    left, right = pairs.codes(name)
    column = pairs.table.columns[name]
    both = (left >= 0) & (right >= 0)
    levels = np.where(both, TextLevel.ELSE, MISSING).astype(np.int8)
    close = by_distinct(left, right, both & (left != right), column, alike)
    levels[close > 0] = TextLevel.SIMILAR
    same = both & (left == right)
    levels[same] = TextLevel.SAME
    bearers = np.where(same, column.bearers[left], np.nan).astype(np.float32)
    return Compared(levels, bearers, column)
