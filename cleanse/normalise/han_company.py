"""Chinese company names into region, core, form and branch.

A registered name is 行政区划 + 字号 + 行业 + 组织形式, a branch follows; the
region may stand in brackets instead. What is left when the others are taken
off is the core.
"""

from __future__ import annotations

import re

from cleanse.normalise.company_words import CompanyName, CompanyWords
from cleanse.normalise.western_company import company_tokens, form_length

_BRACKET = re.compile(r"[(\[【〔《]([^()\[\]【】〔〕《》]*)[)\]】〕》]")
# What makes 市 the beginning of a word: 市场, 市政, 市民.
_BEHIND_TOWN = "场政民"
# A rank that is wrong or doubled, as in 河北市.
_DOUBLED = re.compile(r"^([\u4e00-\u9fff]{2,3})(?=\1[市县区])")
_RANK = re.compile(rf"^[市省](?![{_BEHIND_TOWN}])(?=..)")
_NOT_HAN = re.compile(r"[\s,.;:·•\"'|*#_~-]+")
_REGION_LENGTHS = (8, 7, 6, 5, 4, 3, 2)
# A county or town that no list has: two or three signs and 市 or 县, but not 超市.
_COUNTY = re.compile(r"[\u4e00-\u9fff]{2,3}(?:(?<![超夜上城都门集早股菜花书])市|县)")
_DISTRICT = re.compile(r"[\u4e00-\u9fff]{2,3}(?:区|县|镇|新区|开发区)")
_SHORTEST_CORE = 2
# 工商银行 is known without 中国, 银行 is not.
_WHOLE_COUNTRY = "中国"
_JAPANESE = "株式会社"
_SURE_FORM = "有限公司"
# What a note on a former name begins with.
_FORMER = ("原", "曾用名", "旧", "前身", "更名")
_SIGNS = r"[^\u4e00-\u9fff]"
_LATIN_BEHIND = re.compile(
    rf"(?P<han>.*[\u4e00-\u9fff]{{3,}}\S*)[ (/|-]+(?P<latin>{_SIGNS}{{3,}}?)[)]?$"
)
_LATIN_BEFORE = re.compile(
    rf"(?P<latin>{_SIGNS}{{3,}}?)[ (/|-]+(?P<han>[\u4e00-\u9fff]{{3,}}[^)]*)[)]?$"
)
_HEAD = re.compile(r"^.*?(?:公司|集团|银行|事务所|合作社|学校|医院|有限合伙)(?=.)")


def parse_han_company(text: str, words: CompanyWords) -> CompanyName:
    """Read one company name with Han signs in it.

    Args:
        text: A folded name: lower case, simplified, plain brackets.
        words: Vocabulary.

    Returns:
        Its parts. Never raises; core is never empty unless `text` is.
    """
    text, also = _beside_latin(text, words)
    text, region, branch = _read_brackets(text, words)
    text = _NOT_HAN.sub("", text) or text
    text, own_branch = _take_branch(text, words)
    text, behind = _part_behind_form(text, words)
    text, form = _take_form(text, words)
    core, own_region = _take_region(text, words)
    known = own_region == _WHOLE_COUNTRY and len(core) > len("银行") + 1
    if own_region and not known and is_trade_only(core, words):
        core = f"{own_region}{core}"
    return CompanyName(
        core=core or text,
        form=form,
        region=own_region or region,
        branch=own_branch or branch or behind,
        also=also,
    )


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
        if match[0] in dict(words.han_forms) or inside == "集团":
            return inside
        if inside in words.regions or _COUNTY.fullmatch(inside):
            region = region or words.regions.get(inside, inside)
        elif han_part_word(inside, words) in words.branches:
            branch = branch or inside
        elif match.end() < len(text) and not inside.startswith(_FORMER):
            return inside  # a part of the name: 上海(娜颖)贸易
        return " "

    left = _BRACKET.sub(read, text)
    return (left if left.strip() else text, region, branch)


def _beside_latin(text: str, words: CompanyWords) -> tuple[str, str]:
    """Part a latin name that stands before or behind the Chinese one."""
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
    return head, part


# Words that also end the names of whole companies, without a company before them.
_PLAIN_PARTS = frozenset(("店", "经营部", "服务部", "仓库", "分中心", "项目部"))


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
    forms = (form for form, _ in words.han_forms if text.startswith(form, end))
    return end + len(next(forms, ""))


def _part_behind_form(text: str, words: CompanyWords) -> tuple[str, str]:
    """Take what stands behind 有限公司 off, a branch that does not say so: 有限公司第一汽车集团."""
    start = text.find(_SURE_FORM)
    end = start + len(_SURE_FORM)
    behind = text[end:]
    if any(behind == form for form, _ in words.han_forms):
        return text[:end], ""
    if start < _SHORTEST_CORE or not behind or behind.endswith("公司"):
        return text, ""
    return text[:end], behind


def _take_form(text: str, words: CompanyWords) -> tuple[str, str]:
    """Take the longest legal form off the end; the Japanese one off the front too."""
    if words.han_form_pattern.search(text) is None:
        return text, ""
    for form, canonical in words.han_forms:
        if text.endswith(form) and len(text) > len(form):
            return text[: -len(form)], canonical
        if text.startswith(form) and canonical == _JAPANESE and len(text) > len(form):
            return text[len(form) :], canonical
    return text, ""


def _place(text: str, words: CompanyWords) -> str:
    """Return the longest known place that `text` begins with; 上海市场 begins with 上海."""
    for length in _REGION_LENGTHS:
        place, rest = text[:length], text[length:]
        if place not in words.regions or len(rest) < _SHORTEST_CORE:
            continue
        if not (place.endswith("市") and rest[0] in _BEHIND_TOWN):
            return place
    return ""


def _take_region(text: str, words: CompanyWords) -> tuple[str, str]:
    """Take province, city and district off the front; the narrowest named is the region."""
    region = ""
    left = _DOUBLED.sub("", text)  # 泰和泰和县
    while True:
        place = _place(left, words)
        if place:
            region, left = words.regions[place], left[len(place) :]
            left = _RANK.sub("", left)
        else:
            pattern = _DISTRICT if region else _COUNTY
            match = pattern.match(left)
            rest = len(left) - match.end() if match else 0
            if match is None or rest < 2 * _SHORTEST_CORE:
                return left, region
            if not region:
                region = match[0][:-1]
            left = left[match.end() :]
