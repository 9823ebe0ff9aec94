"""Headings of several rows, or of a path: the last part tells, what stands before is context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cleanse.map.fold import HAN
from cleanse.map.meaning import Meaning, Way
from cleanse.schema import FIELDS, FieldKind

NAMES = ("name", "名称", "姓名", "名字", "全称")
"""Parts that say no more than that the part before them is named."""

_CODES = ("code", "编码", "代码")
_CODED = ("currency", "country")
"""Fields that hold a code as well as a name."""

_TITLES = ("信息", "资料", "档案", "情况", "数据", "明细")
"""How the groups end that say what stands below them, and of nobody."""

_BARE = ("name", "名称")
"""Parts that may name anything: below a group that we do not know they are no customer's."""

_PEOPLE = {
    "name": "contact",
    "given_name": "contact first name",
    "middle_name": "contact middle name",
    "family_name": "contact last name",
}
"""Fields of a person → the heading of contact that the same part of a contact has."""

_NAMED = (
    FieldKind.PERSON,
    FieldKind.CATEGORY,
    FieldKind.ADDRESS,
    FieldKind.TAGS,
)
"""Kinds that have a name: 结算方式.名称, Ansprechpartner Name."""

_NOT_NAMED = (*_PEOPLE, "alias", "address", "kind", "gender", "salutation")

_OF_DEALINGS = (FieldKind.AMOUNT, FieldKind.COUNT, FieldKind.DATE)
"""Kinds of what we had to do with the customer, whoever of ours the group names."""

_NOT_OF_DEALINGS = ("birth_on", "founded_on")


def parted(text: str) -> Iterator[tuple[str, str]]:
    """Yield where a folded heading may be parted in a group and what it is over.

    Only Chinese parts: between Latin words a space says nothing. The longest last
    part comes first, so that a third row is parted afterwards.

    >>> list(parted("联系信息 财务 姓名")), list(parted("姓名 name")), list(parted("city name"))
    ([('联系信息', '财务 姓名'), ('联系信息 财务', '姓名')], [('姓名', 'name')], [])
    """
    words = text.split(" ")
    for at in range(1, len(words)):
        if HAN.search(words[at - 1]) or HAN.search(words[at]):
            yield " ".join(words[:at]), " ".join(words[at:])


def named(text: str) -> str:
    """Return what a folded heading is the name of, empty where it names nothing.

    >>> named("结算方式 名称"), named("业务员姓名"), named("industry name"), named("name")
    ('结算方式', '业务员', 'industry', '')
    """
    head, _, tail = text.rpartition(" ")
    if head:
        return head if tail in (*NAMES, *_CODES) else ""
    tail = next((n for n in NAMES if HAN.match(n) and text.endswith(n)), "")
    return text.removesuffix(tail) if tail else ""


def may_name(text: str, field: str) -> bool:
    """Whether a folded heading with a name or a code at its end tells a field by what it is of.

    >>> may_name("结算方式 名称", "payment_method"), may_name("country code", "country")
    (True, True)
    >>> may_name("phone name", "phone"), may_name("city code", "city")
    (False, False)
    """
    if text.endswith(_CODES):
        return field in _CODED
    return FIELDS[field] in _NAMED and field not in _NOT_NAMED


def is_anyones(above: str, last: str) -> bool:
    """Whether a part names what its group is, and the group may be anything.

    >>> is_anyones("仓库", "名称"), is_anyones("开票信息", "名称"), is_anyones("仓库", "电话")
    (True, False, False)
    """
    return last in _BARE and not above.endswith(_TITLES)


def within(
    meanings: Sequence[Meaning], place: str, *, is_contact: bool, is_of_others: bool
) -> list[Meaning]:
    """Read what the last part means within its group.

    Args:
        meanings: Of the last part.
        place: Which of several the group says it is (收货地址 省).
        is_contact: The group speaks of who answers for the customer: a name is the contact's.
        is_of_others: It speaks of somebody else: only what we had to do with the customer stays.
    """
    if is_of_others:
        meanings = [m for m in meanings if m.field == "owner" or _is_dealing(m.field)]
    if is_contact:
        meanings = [
            replace(m, field="contact", known=_PEOPLE[m.field])
            if m.field in _PEOPLE
            else m
            for m in meanings
        ]
    return [
        replace(m, way=min(m.way, Way.GROUPED), place=m.place or place)
        for m in {m.field: m for m in reversed(meanings)}.values()
    ][::-1]


def _is_dealing(field: str) -> bool:
    return (
        FIELDS[field] in _OF_DEALINGS and field not in _NOT_OF_DEALINGS
    ) or field == "currency"
