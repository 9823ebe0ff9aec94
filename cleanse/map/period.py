"""What the name of a file says about time, versions and copies; and what is left of it."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

_YEAR = r"(?<!\d)(?P<y>(?:19|20)\d{2})"
_QUARTER_WORDS = {"一": 1, "二": 2, "三": 3, "四": 4}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = "|".join(_MONTHS)
_GAP = r"[ _.\-]*"
_PERIODS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}{_GAP}年?{_GAP}(?:q|第)?(?P<q>[1-4一二三四]){_GAP}季度?",
        rf"{_YEAR}{_GAP}年?{_GAP}q(?P<q>[1-4])(?!\d)",
        rf"(?<![a-z])q(?P<q>[1-4]){_GAP}{_YEAR}(?!\d)",
        rf"(?<![a-z])q(?P<q>[1-4]){_GAP}(?P<yy>\d{{2}})(?!\d)",
        rf"{_YEAR}年(?P<m>\d{{1,2}})月(?:(?P<d>\d{{1,2}})[日号])?",
        rf"{_YEAR}[-_.](?P<m>0?[1-9]|1[0-2])[-_.](?P<d>0?[1-9]|[12]\d|3[01])(?!\d)",
        rf"{_YEAR}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)",
        r"(?<!\d)(?P<d>0?[1-9]|[12]\d|3[01])[-_.](?P<m>0?[1-9]|1[0-2])[-_.](?P<y>(?:19|20)\d{2})(?!\d)",
        rf"{_YEAR}[-_.](?P<m>0[1-9]|1[0-2])(?!\d)",
        rf"{_YEAR}(?P<m>0[1-9]|1[0-2])(?!\d)",
        rf"(?<![a-z])(?P<mon>{_MONTH})[a-z]*{_GAP}{_YEAR}(?!\d)",
        rf"{_YEAR}{_GAP}(?P<mon>{_MONTH})[a-z]*(?![a-z])",
        rf"{_YEAR}{_GAP}(?P<h>h[12]|[上下]半年)",
        rf"{_YEAR}年?(?!\d)",
    )
]
_NOISE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b\d{1,2}[:hH时点]\d{2}([:m分]\d{2}s?秒?)?\b",
        r"\(\d+\)|（\d+）",
        r"(?<![a-z])copy of |[ _-]+copy(?![a-z])|[ _-]*副本|[ _-]*复制|[ _-]*备份|(?<![a-z])backup(?![a-z])|(?<![a-z])bak(?![a-z])",
        r"(?<![a-z])(v|ver|version|rev|版本?)[ ._]?\d+(\.\d+)*(?![a-z0-9])|第[\d一二三四五]版",
        r"(?<![a-z])(final|latest|new|old|updated|draft|export|exported|dump|extract|snapshot)(?![a-z])",
        r"最终版?|终版|最新版?|修改版|更新版?|定稿|导出|新版|旧版|(第[一二三四]|(?<!\d)[1-4])季度|(?<![a-z])q[1-4](?![a-z0-9])",
    )
]
_VAGUE = frozenset(
    "records record customers customer clients client data list table sheet sheet1 contacts file input book1 test results report all 客户 客户列表 客户名单 客户信息 客户资料 名单 数据 工作簿1 客户表 列表 客户数据 新建".split()
)


def period_of(file: str) -> date | None:
    """Return the last day of the period in a file's name, else in its folders'.

    >>> period_of("crm_2026Q1.csv"), period_of("2025年4季度/客户.xlsx")
    (datetime.date(2026, 3, 31), datetime.date(2025, 12, 31))
    >>> period_of("export-20260215.csv"), period_of("list (2).csv")
    (datetime.date(2026, 2, 15), None)
    """
    for part in _parts(file):
        for pattern in _PERIODS:
            for match in pattern.finditer(part):
                if day := _last_day(match.groupdict()):
                    return day
    return None


def stem_of(file: str) -> str:
    """Return a file's name without what changes from one delivery to the next.

    Lower case; without dates, quarters, versions, copies and the extension. When
    nothing is left, the name of the folder above says it.

    >>> stem_of("in/Acme_CRM 2026-Q1 (1).csv"), stem_of("客户管理信息表-副本.xlsx")
    ('acme_crm', '客户管理信息表')
    >>> stem_of("客户表（最终版）.xlsx")
    '客户表'
    >>> stem_of("hangzhou/2026Q1.csv"), stem_of("2026.csv")
    ('hangzhou', 'list')
    """
    for part in _parts(file):
        text = part.casefold()
        for pattern in (*_PERIODS, *_NOISE):
            text = pattern.sub(" ", text)
        text = re.sub(r"[(\[【][\s_\-.]*(?:[)\]】]|$)", " ", text)
        words = re.split(r"[\s_\-.,;+~]+", text)
        joint = (
            "_" if "_" in part or " " in part.strip() else "-" if "-" in part else "_"
        )
        if left := joint.join(w for w in words if w.strip("()[]（）【】")):
            return left
    return "list"


def pattern_of(file: str) -> str:
    """Return a glob for the names of a file's later deliveries.

    >>> pattern_of("in/Acme_CRM 2026-Q1 (1).csv"), pattern_of("客户管理信息表-副本.xlsx")
    ('Acme_CRM *.csv', '客户管理信息表*.xlsx')
    """
    path = PurePosixPath(file)
    stem = path.stem
    for pattern in (*_PERIODS, *_NOISE):
        stem = pattern.sub("*", stem)
    stem = re.sub(r"[\[\]?]", "?", stem)
    return re.sub(r"\*[ *_.\-]*", "*", f"{stem}*") + path.suffix


def is_vague(stem: str) -> bool:
    """Whether a stem could be any list (records, customers, 客户名单).

    >>> is_vague("records"), is_vague("acme_crm")
    (True, False)
    """
    return stem in _VAGUE


def _parts(file: str) -> Iterator[str]:
    path = PurePosixPath(unicodedata.normalize("NFKC", file))
    yield path.stem
    yield from reversed(path.parts[:-1])


def _last_day(found: dict[str, str | None]) -> date | None:
    year = int(found.get("y") or 0) or 2000 + int(found.get("yy") or 0)
    month, day = 12, 0
    if quarter := found.get("q"):
        month = 3 * (_QUARTER_WORDS.get(quarter) or int(quarter))
    elif half := found.get("h"):
        month = 6 if half in ("h1", "H1", "上半年") else 12
    elif name := found.get("mon"):
        month = _MONTHS.index(name[:3].lower()) + 1
    elif number := found.get("m"):
        month, day = int(number), int(found.get("d") or 0)
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None
