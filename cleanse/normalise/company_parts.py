"""The core of a Chinese company name into 字号 (its own name) and 行业 (its trade).

The rule of registration: 行政区划 + 字号 + 行业 + 组织形式, the 字号 of two signs
and more (企业名称登记管理规定, 2020, articles 6 and 8).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.company_words import CompanyWords

_SHORTEST_BRAND = 2
_LONGEST_TRADE = 8
_LONGEST_OWN = 8
_GROUP = "集团"
# 钨业, 参业: any goods and 业; but 兴业 and its kin are brands.
_GOODS = re.compile(
    "[\u4e00-\u9fff](?<![兴创立伟宏大基建鸿荣恒隆华昌盛同永敬乐事企就])业"
)
_ORDINAL = re.compile("第[一二三四五六七八九十百0-9]{1,3}")
# Forms that stand behind what a body calls itself: 投资中心(有限合伙).
_BEHIND_OWN = frozenset(
    ("有限合伙", "普通合伙", "个人独资", "个体工商户", "财团法人", "社团法人")
)


class CoreParts(NamedTuple):
    """A core, parted."""

    brand: str
    industry: str
    own_form: str
    """What the body calls itself where it has no legal form: 厂, 店, 医院, 局."""


def split_core(core: str, form: str, region: str, words: CompanyWords) -> CoreParts:
    """Part the core of a Chinese name.

    Args:
        core: As `parse_han_company` finds it, folded.
        form: Its legal form, canonical; empty for none.
        region: The place in front that the core kept as it has no other name; or empty.
        words: Vocabulary.

    Returns:
        Its parts. Brand is empty only when `core` is.

    >>> from cleanse.normalise.company_words import company_words
    >>> from cleanse.rulebook import load_rulebook
    >>> words = company_words(load_rulebook().vocabulary)
    >>> split_core("华夏网络科技", "有限公司", "", words)
    CoreParts(brand='华夏', industry='网络科技', own_form='')
    >>> split_core("大发饰品厂", "", "", words)
    CoreParts(brand='大发', industry='饰品', own_form='厂')
    """
    body, own = core, ""
    if not form or form in _BEHIND_OWN:
        body, own = take_own_form(core, words)
    rest = body.removeprefix(region) if region else ""
    if region and region != core and is_trade_only(rest, words):
        return CoreParts(region, rest, own)
    body = _without_group(body, words)
    start = _trade_start(body, words, after_sign=len(own) == 1)
    return CoreParts(body[:start], body[start:].replace(_GROUP, ""), own)


def take_own_form(core: str, words: CompanyWords) -> tuple[str, str]:
    """Take off the end what a body calls itself: 厂, 事务所, 人民政府.

    Two signs are left at least, as 工厂 and 药店 are no names.
    """
    for length in range(min(_LONGEST_OWN, len(core) - _SHORTEST_BRAND), 0, -1):
        form = words.own_forms.get(core[-length:])
        if form is not None:
            return (core[:-length], form) if form else (core, "")
    return core, ""


def is_trade_only(core: str, words: CompanyWords) -> bool:
    """Tell whether nothing but words of trade is left, as of 上海银行 without 上海.

    Such a core would be the same for unrelated companies.
    """
    start = 0
    while start < len(core):
        for end in range(len(core), start, -1):
            if core[start:end] in words.industry:
                start = end
                break
        else:
            return False
    return True


def _trade_start(body: str, words: CompanyWords, *, after_sign: bool) -> int:
    """Where the words of trade begin that end `body`; its length when there are none."""
    size = len(body)
    starts = {size}
    if after_sign and body[-1:] in words.trade_signs:
        starts.add(size - 1)
    for start in range(size - 2, _SHORTEST_BRAND - 1, -1):
        ends = range(start + 2, min(size, start + _LONGEST_TRADE) + 1)
        if any(end in starts and _is_trade(body, start, end, words) for end in ends):
            starts.add(start)
    return min((at for at in starts if at >= _SHORTEST_BRAND), default=size)


def _is_trade(body: str, start: int, end: int, words: CompanyWords) -> bool:
    """Whether a piece is a word of trade, or an ordinal before one: 建设第三工程局."""
    piece = body[start:end]
    if piece in words.industry or (piece[-1] == "业" and _GOODS.fullmatch(piece)):
        return True
    if end - start == 2 and piece[0] in words.trade_signs:  # noqa: PLR2004 - 茶厂
        return piece[1] in words.own_forms
    return piece[0] == "第" and end < len(body) and bool(_ORDINAL.fullmatch(piece))


def _without_group(body: str, words: CompanyWords) -> str:
    """Leave out the place of a group's company: 移动通信集团广东."""
    head, group, place = body.rpartition(_GROUP)
    if group and len(head) >= _SHORTEST_BRAND and place in words.regions:
        return head
    return body
