"""客户管理信息表: the factory's ERP workbook: cover, two data sheets by region, one hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import fsum

from sample_customer import Customer
from sample_dice import Dice
from sample_line import (
    QUARTERS,
    Cell,
    Line,
    Sheet,
    Sighting,
    as_of,
    of_quarter,
    shuffled,
    sight,
)
from sample_mess import landline_as_typed
from sample_story import became_joint_stock, moved, new_mobile

HEADINGS = (
    "公司名称", "联系人", "电话", "邮箱", "地址", "成立时间", "最近交易", "累计金额", "次数",
    "主要产品", "分类", "等级",
)  # fmt: skip
SHEETS = ("华东区", "华南区")
HIDDEN = "旧数据_勿用"
CHANGES = {"phone": new_mobile, "address": moved, "renamed": became_joint_stock}
CLOSING = {"2026Q1": date(2026, 3, 31), "2026Q2": date(2026, 6, 30)}


def erp_sightings(people: list[Customer], companies: list[Customer]) -> list[Sighting]:
    """Draw the rows of both quarters: 290 companies (100 of them in the CRM too), a few people."""
    shared = [
        sight("erp", c, 0, None if n % 2 else _plain)
        for n, c in enumerate(companies[90:190])
    ]
    own = [
        sight("erp", _with_known_contact(c, n, people), 0)
        for n, c in enumerate(companies[200:390])
    ]
    private = [sight("erp", c, 0) for c in people[10:50:10]]
    again = [sight("erp", c, 1, None) for c in companies[93:390:6] if c.short]
    later = [sight("erp", c, 0) for c in companies[390:402]]
    later += [sight("erp", c, 2, None) for c in companies[97:390:50] if c.short]
    new = [replace(s, fate="new") for s in later]
    return shuffled(shared + own + private + again + new)


def _plain(customer: Customer, _: Dice) -> Customer:
    return customer


_plain.__name__ = "as_is"


def _with_known_contact(company: Customer, n: int, people: list[Customer]) -> Customer:
    """Let every fifteenth company's contact be a customer of the CRM in person."""
    if n % 15 != 4 or not company.short:
        return company
    person = people[n]
    return replace(company, contact=person.name, contact_title="", mobile=person.mobile)


def erp_sheets(sightings: list[Sighting], quarter: str) -> list[Sheet]:
    """Lay out the two data sheets of one quarter."""
    rows = of_quarter(sightings, quarter)
    file = f"{quarter}/客户管理信息表_{quarter}.xlsx"
    return [
        Sheet(
            source="客户管理信息表",
            file=file,
            sheet=name,
            lines=_lines(name, [s for s in rows if s.customer.sheet == name], quarter),
        )
        for name in SHEETS
    ]


def _lines(name: str, rows: list[Sighting], quarter: str) -> list[Line]:
    closing = f"统计截止：{CLOSING[quarter]:%Y-%m-%d}    单位：元    制表：财务部"
    head = [
        Line(kind="title", cells=[f"客户管理信息表（{name}）"]),
        Line(kind="preamble", cells=[closing]),
        Line(kind="blank", cells=[]),
        Line(kind="header", cells=HEADINGS),
    ]
    records = [Line(kind="record", cells=_cells(s, quarter), sighting=s) for s in rows]
    nobody: list[Cell] = [None] * len(HEADINGS)
    nobody[10:12] = ["其他", "D"]
    amounts = [line.cells[7] for line in records]
    total: list[Cell] = [
        "合计",
        *[None] * 6,
        round(fsum(a for a in amounts if isinstance(a, float)), 1),
    ]
    tail = [Line(kind="blank", cells=[]), Line(kind="total", cells=total)]
    body = [*records[:80], Line(kind="nothing", cells=nobody), *records[80:]]
    return head + (body if name == SHEETS[0] else records) + tail


def _cells(sighting: Sighting, quarter: str) -> list[Cell]:
    customer = as_of(sighting, quarter, CHANGES)
    dice = sighting.dice
    last, amount, count = _trade(sighting, quarter)
    return [
        customer.name,
        _contact(customer, dice),
        _phone(customer, dice, sighting.story),
        customer.email
        if dice.happens("mail", 0.6)
        else dice.pick("no mail", [None, None, None, "无"]),
        _address(customer, dice),
        _founded(customer.founded_on, dice),
        last,
        amount,
        count,
        customer.products or None,
        customer.category or None,
        dice.pick("grade", "AAABBBCD"),
    ]


def _contact(customer: Customer, dice: Dice) -> str | None:
    if customer.kind == "person":
        return None
    if customer.contact_title and dice.happens("surname only", 0.4):
        return customer.contact[0] + customer.contact_title
    return dice.pick(
        "contact style",
        [customer.contact] * 7
        + [f"{customer.contact}（{customer.contact_title or '采购'}）"],
    )


def _phone(customer: Customer, dice: Dice, story: str) -> Cell:
    """Write the one 电话 cell: mostly a number cell, as the ERP stores it."""
    if story == "as_is" and dice.happens("no phone", 0.04):
        return dice.pick("no phone as", ["无", "-", 0.0])
    mobile = customer.mobile
    if not customer.phone or dice.happens("mobile", 0.45):
        return (
            float(mobile)
            if mobile.isascii() and dice.happens("number", 0.85)
            else mobile
        )
    if dice.happens("both", 0.1):
        return f"{customer.phone} {mobile}"
    if dice.happens("landline as number", 0.25):
        return float(customer.phone.replace("-", ""))
    return landline_as_typed(customer.phone, dice)


def _address(customer: Customer, dice: Dice) -> str | None:
    if not customer.street:
        return None
    province = customer.province if customer.province != customer.city else ""
    whole = f"{customer.city}{customer.district}{customer.street}"
    return dice.pick(
        "address style", [province + whole, whole, customer.district + customer.street]
    )


def _founded(day: date | None, dice: Dice) -> Cell:
    if day is None or dice.happens("not founded", 0.1):
        return None
    ways: list[Cell] = [day] * 8 + [
        f"{day.year}年{day.month}月",
        f"{day.year}年",
        f"{day.year}.{day.month}",
    ]
    return dice.pick("founded style", [*ways, f"{day:%Y-%m-%d}"])


def _trade(sighting: Sighting, quarter: str) -> tuple[date, float, int]:
    """Return last day, sum and number of orders as of a quarter."""
    dice = sighting.dice
    last = CLOSING[QUARTERS[0]] - timedelta(days=dice.number("days ago", 1, 900))
    amount, count = (
        dice.number("amount", 8_000, 9_000_000) / 10,
        dice.number("orders", 1, 120),
    )
    if quarter == QUARTERS[1] and sighting.fate == "bought":
        last = CLOSING[quarter] - timedelta(days=dice.number("days ago Q2", 1, 80))
        return last, amount + dice.number("amount Q2", 500, 400_000) / 10, count + 2
    return last, amount, count
