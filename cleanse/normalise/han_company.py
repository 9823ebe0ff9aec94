"""Chinese company names into region, core, form and branch.

A registered name is 行政区划 + 字号 + 行业 + 组织形式, a branch follows; the
region may stand in brackets instead. What is left when the others are taken
off is the core.
"""

from __future__ import annotations

import re

from cleanse.normalise.company_parts import is_trade_only, split_core, take_own_form
from cleanse.normalise.company_words import CompanyName, CompanyWords
from cleanse.normalise.western_company import company_tokens, form_length

_BRACKET = re.compile(r"[(\[【〔《]([^()\[\]【】〔〕《》]*)[)\]】〕》]")
# What makes 市 the beginning of a word: 市场, 市政, 市民.
_BEHIND_TOWN = "场政民"
# A rank that is wrong or doubled, as in 河北市.
_DOUBLED = re.compile(r"^([\u4e00-\u9fff]{2,3})(?=\1[市县区])")
_RANK = re.compile(rf"^(?:[市省](?![{_BEHIND_TOWN}])|新区|区(?![块域]))(?=..)")
_NOT_HAN = re.compile(r"[\s,.;:·•\"'|*#_~-]+")
_REGION_LENGTHS = (8, 7, 6, 5, 4, 3, 2)
# A county or town that no list has: two or three signs and 市 or 县, but not 超市.
_COUNTY = re.compile(r"[\u4e00-\u9fff]{2,3}(?:(?<![超夜上城都门集早股菜花书])市|县)")
_DISTRICT = re.compile(
    r"[\u4e00-\u9fff]{2,3}(?:(?<![社小园校厂院片])区|县|镇|街道|新区|开发区)"
)
# A zone behind a place; the first form stands for a place itself.
_FREE_TRADE = re.compile(
    r"^中国\((?P<province>[\u4e00-\u9fff]{2,3})\)自由贸易试验区(?:(?P<part>[\u4e00-\u9fff]{2,4})片区)?"
)
_ZONE = re.compile(
    r"[\u4e00-\u9fff]{0,3}?(?:自由贸易试验区|自由贸易区|自贸试验区|自贸区|经济技术开发区|经济开发区|高新技术产业开发区|高新技术开发区|高新区|综合保税区|保税区|工业园区)(?:[\u4e00-\u9fff]{2,3}片区)?"
)
_SHORTEST_CORE = 2
# 工商银行 is known without 中国, 银行 is not.
_WHOLE_COUNTRY = "中国"
_IN_FRONT = (
    *("株式会社", "个体工商户", "有限会社", "合同会社", "财团法人", "社团法人"),
    *("合资会社", "合名会社"),
)
_SURE_FORM = "有限公司"
_COMPANY = "公司"
# What a note on a former name begins with; 原 alone only before a whole name.
_NOW = ("现", "已", "更名为", "变更")
_LABEL = "(?P<label>(?:原名称|原名|曾用名称|曾用名|曾用|曾名|旧名|旧称|前身|更名前|现更名|现改名|现名|已更名|更名|变更)[为是]?|原)[:]?"
_FORMER_SIGN = re.compile("[原曾旧更现变]|前身")
_FORMER_NAME = re.compile(
    rf"(?P<before>.{{3,}}?)\s*[(\[【〔]\s*{_LABEL}\s*(?P<after>[^()\[\]]{{4,}}(?:[(][^()]*[)][^()]*)?)\s*[)\]】〕]$"
)
_FORMER_BEHIND = re.compile(
    rf"(?P<before>.{{2,}}(?:公司|集团|合作社|事务所|银行|[厂店行])|.{{2,}}(?=[ ,;/]))[ ,;/]*{_LABEL}\s*(?P<after>.{{2,}}(?:公司|集团|合作社|事务所|银行|厂|店|行))$"
)
_NOTE = re.compile(rf"{_LABEL}.{{3,}}")
_SIGNS = r"[^\u4e00-\u9fff]"
_APART = re.compile(rf"[ (/|-]{_SIGNS}{{2}}|{_SIGNS}{{2}}[ (/|-]")
_LATIN_BEHIND = re.compile(
    rf"(?P<han>.*[\u4e00-\u9fff]{{3,}}\S*?)[ (/|-]+(?P<latin>{_SIGNS}{{3,}}?)[)]?$"
)
_LATIN_BEFORE = re.compile(
    rf"(?P<latin>{_SIGNS}{{3,}}?)[ (/|-]+(?P<han>[\u4e00-\u9fff]{{3,}}[^)]*)[)]?$"
)
_HEAD = re.compile(r"^.*?(?:公司|集团|银行|事务所|合作社|联社|学校|医院|有限合伙)(?=.)")


def parse_han_company(text: str, words: CompanyWords) -> CompanyName:
    """Read one company name with Han signs in it.

    Args:
        text: A folded name: lower case, simplified, plain brackets.
        words: Vocabulary.

    Returns:
        Its parts. Never raises; core is never empty unless `text` is.
    """
    text, also = _take_former(_without_zone(text, words))
    text, latin = _beside_latin(text, words)
    text, region, branch = _read_brackets(text, words)
    text = _NOT_HAN.sub("", text) or text
    text, own_branch = _take_branch(text, words)
    text, behind = _part_behind_form(text, words)
    text, form = _take_form(text, words)
    if len(text) > len(_COMPANY) + _SHORTEST_CORE:
        text = text.removesuffix(_COMPANY)  # 物流公司有限公司
    core, own_region, below = _take_region(text, words)
    needs = _needs_region(core, form, own_region, words)
    kept = own_region + below if needs else ""
    core = f"{kept}{core}" or text
    brand, industry, own_form = split_core(core, form, kept, words)
    return CompanyName(
        core=core,
        form=form or own_form,
        region=own_region or region,
        branch=own_branch or branch or behind,
        also=also or latin,
        brand=brand,
        industry=industry,
    )


def _needs_region(core: str, form: str, region: str, words: CompanyWords) -> bool:
    """Whether nothing but trade is left without the place: 上海银行, 厦门市教育局."""
    if not region or (region == _WHOLE_COUNTRY and len(core) > len("银行") + 1):
        return False
    if is_trade_only(core, words) or form:
        return is_trade_only(core, words)
    left, own_form = take_own_form(core, words)
    return core in words.own_forms or (bool(own_form) and is_trade_only(left, words))


def _take_former(text: str) -> tuple[str, str]:
    """Take a former name off the end or out of its brackets; both are names without one."""
    if _FORMER_SIGN.search(text) is None:
        return text, ""
    match = _FORMER_NAME.match(text) or _FORMER_BEHIND.match(text)
    if match is None:
        return text, ""
    names = match["before"].strip(), match["after"].strip()
    is_now = match["label"].startswith(_NOW)
    return names[::-1] if is_now else names


def han_part_word(text: str, words: CompanyWords) -> str:
    """Return the branch or department word that `text` ends with, or nothing."""
    for length in range(min(len(text) - 1, 8), 0, -1):
        word = text[-length:]
        if word in words.branches or word in words.departments:
            return word
    return ""


def _read_brackets(text: str, words: CompanyWords) -> tuple[str, str, str]:
    """Take brackets out: a form or 集团 stays in place, a region or branch is kept apart."""
    region = branch = ""

    def read(match: re.Match[str]) -> str:
        nonlocal region, branch
        inside = match[1].strip()
        if match[0] in words.han_form_of and inside not in words.han_form_of:
            return words.han_form_of[match[0]]  # 山田(株)
        if match[0] in words.han_form_of or inside == "集团":
            return inside
        if inside in words.regions or _COUNTY.fullmatch(inside):
            region = region or words.regions.get(inside, inside)
        elif han_part_word(inside, words) in words.branches:
            branch = branch or inside
        elif match.end() < len(text) and not _NOTE.match(inside):
            return inside  # a part of the name: 上海(娜颖)贸易
        return " "

    left = _BRACKET.sub(read, text)
    return (left if left.strip() else text, region, branch)


def _beside_latin(text: str, words: CompanyWords) -> tuple[str, str]:
    """Part a latin name that stands before or behind the Chinese one."""
    if _APART.search(text) is None:
        return text, ""
    match = _LATIN_BEHIND.match(text) or _LATIN_BEFORE.match(text)
    if match is None:
        return text, ""
    tokens = company_tokens(match["latin"])
    if len(tokens) > 1 or form_length(["", *tokens], words):
        return match["han"], " ".join(tokens)
    return text, ""


def _take_branch(text: str, words: CompanyWords) -> tuple[str, str]:
    """Take a branch with its place off the end; departments go without a trace."""
    word = han_part_word(text, words)
    if not word:
        return text, ""
    head = _head(text[: -len(word)], words, needs_form=word in _PLAIN_PARTS)
    if not head:
        return text, ""
    part = text[len(head) :]
    if word in words.departments:
        return head, ""
    above, upper = _take_branch(head, words)
    return (above, upper + part) if upper else (head, part)


# Words that also end the names of whole companies, without a company before them.
_PLAIN_PARTS = frozenset(
    ("店", "经营部", "服务部", "仓库", "分中心", "项目部", "办公室", "信用社")
)


def _head(text: str, words: CompanyWords, *, needs_form: bool) -> str:
    """Find the company that a branch belongs to, in what stands before the branch word."""
    match = _HEAD.match(f"{text}。")
    if match:
        return text[: _form_end(text, match.end(), words)]
    if needs_form:
        return ""
    for length in _REGION_LENGTHS:
        if text[-length:] in words.regions and len(text) - length >= _SHORTEST_CORE:
            return text[:-length]
    return text if len(text) >= _SHORTEST_CORE else ""


def _form_end(text: str, end: int, words: CompanyWords) -> int:
    """Where the legal form ends behind a word that may end a company.

    集团 may go on with a place (移动通信集团广东有限公司), others with a form only:
    工商银行长春第一汽车集团公司支行 is a branch of 工商银行.
    """
    if text[:end].endswith("公司"):
        return end
    later = text.find("公司", end)
    if text[:end].endswith("集团") and later >= 0:
        return later + len("公司")
    for length in range(words.longest_han_form, 0, -1):
        if text[end : end + length] in words.han_form_of:
            return end + min(length, len(text) - end)
    return end


def _part_behind_form(text: str, words: CompanyWords) -> tuple[str, str]:
    """Take what stands behind 有限公司 off, a branch that does not say so: 有限公司第一汽车集团."""
    start = text.find(_SURE_FORM)
    end = start + len(_SURE_FORM)
    behind = text[end:]
    if behind in words.han_form_of:
        return text[:end], ""
    if start < _SHORTEST_CORE or not behind or behind.endswith("公司"):
        return text, ""
    return text[:end], behind


def _take_form(text: str, words: CompanyWords) -> tuple[str, str]:
    """Take the longest legal form off the end; some off the front too."""
    if words.han_form_pattern.search(text) is None:
        return text, ""
    for length in range(min(words.longest_han_form, len(text) - 1), 0, -1):
        if form := words.han_form_of.get(text[-length:]):
            return text[:-length], form
    for form in _IN_FRONT:
        if text.startswith(form) and len(text) > len(form):
            return text[len(form) :], form
    return text, ""


def _place(text: str, words: CompanyWords) -> str:
    """Return the longest known place that `text` begins with; 上海市场 begins with 上海."""
    for length in _REGION_LENGTHS:
        place, rest = text[:length], text[length:]
        if place not in words.regions or len(rest) < _SHORTEST_CORE:
            continue
        is_market = place.endswith("市") and rest[0] in _BEHIND_TOWN
        # 厦门大学 is a name.
        if not is_market and not rest.startswith("大学"):
            return place
    return ""


def _take_region(text: str, words: CompanyWords) -> tuple[str, str, str]:
    """Take province, city and district off the front: the rest, the region, what is below.

    The region is the narrowest of the list, or a county; a district, town or zone
    behind it is below.
    """
    region = below = ""
    left = _DOUBLED.sub("", text)  # 泰和泰和县
    while True:
        place = _place(left, words)
        if place:
            region, below = words.regions[place], ""
            left = _RANK.sub("", left[len(place) :])
        elif county := _bare_county(left, region, words):
            rank = left[len(county)] if left[len(county)] in "县市" else ""
            left = left[len(county) + len(rank) :]
            if rank == "市" or region in words.provinces or not region:
                region = county
            else:
                below += county + rank
        elif match := _below(left, region):
            left = left[match.end() :]
            if not region or (region in words.provinces and match[0][-1] in "县市"):
                region = match[0][:-1]
            else:
                below += match[0]
        else:
            return left, region, below


def _below(text: str, region: str) -> re.Match[str] | None:
    """Find a county, district, town or zone in front, where a name is left behind it."""
    match = (_ZONE.match(text) or _DISTRICT.match(text)) if region else None
    match = match or (None if region else _COUNTY.match(text))
    if match is None:
        return None
    least = _SHORTEST_CORE if match[0][-1] == "县" else 2 * _SHORTEST_CORE
    return match if len(text) - match.end() >= least else None


def _without_zone(text: str, words: CompanyWords) -> str:
    """Put the place for a free trade zone: 中国(福建)自由贸易试验区厦门片区 is 厦门."""
    match = _FREE_TRADE.match(text)
    if match is None:
        return text
    part = match["part"] or ""
    place = part if part in words.regions else match["province"]
    return f"{place}{text[match.end() :]}" if text[match.end() :] else text


def _bare_county(text: str, region: str, words: CompanyWords) -> str:
    """Return the county of `region` that `text` begins with, without its 县 or 市.

    Only where a name and a trade follow: 福建安溪 is a place, 安溪茶厂 a name.
    With its rank (安庆市桐城市) it is one anyway.
    """
    counties = words.counties.get(region, ())
    for length in (4, 3, 2):
        county, rest = text[:length], text[length:]
        if county in counties and len(rest) >= 2 * _SHORTEST_CORE:
            if rest[0] in "县市":
                return county
            start = rest[0] not in "区镇乡" and not is_trade_only(rest, words)
            return county if start else ""
    return ""
