"""客户清单: the CRM's export, GB18030, with title, date row, 合计 and all."""

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
    numbered,
    of_quarter,
    shuffled,
    sight,
)
from sample_mess import (
    NO_EMAIL,
    NO_PHONE,
    day_as_typed,
    landline_as_typed,
    mobile_as_typed,
)
from sample_story import became_joint_stock, moved, new_mobile

HEADINGS = (
    "客户编号", "客户名称", "客户类型", "联系人", "手机", "电话", "邮箱", "省份", "城市",
    "详细地址", "出生日期", "统一社会信用代码", "会员等级", "最近购买日期", "累计消费(元)",
    "购买次数", "客户经理", "备注", "更新时间",
)  # fmt: skip
CHANGES = {"phone": new_mobile, "address": moved, "renamed": became_joint_stock}
CLOSING = {"2026Q1": date(2026, 3, 31), "2026Q2": date(2026, 6, 30)}
NOTES = (
    "老客户介绍",
    "展会认识",
    "要求月结",
    "节假日勿扰",
    "发票抬头同名",
    "喜欢周末送货",
)
TWO_LINES = "2025年底换过收货人\n新收货人待确认"
ODD_BIRTHDAYS = ("1900-01-01", "0000-00-00")
REPEATED_KEY_ROW = 140


def crm_sightings(people: list[Customer], companies: list[Customer]) -> list[Sighting]:
    """Draw the rows of both quarters: 340 people, 190 companies, some again; then the new ones."""
    first = [sight("crm", c, 0) for c in people[:340] + companies[:190]]
    again = [sight("crm", c, 1, None) for c in people[3:340:7] + companies[2:190:6]]
    later = [sight("crm", c, 0) for c in people[340:364] + companies[190:196]]
    later += [sight("crm", c, 2, None) for c in people[5:340:55] + companies[7:190:60]]
    new = [replace(s, fate="new") for s in shuffled(later)]
    rows = numbered(shuffled(first + again) + new, lambda n: f"KH{20000 + n * 3:07}")
    twice = rows[REPEATED_KEY_ROW - 1].key
    rows[REPEATED_KEY_ROW] = replace(rows[REPEATED_KEY_ROW], key=twice)
    return rows


def crm_sheet(sightings: list[Sighting], quarter: str) -> Sheet:
    """Lay out the file of one quarter."""
    closing = CLOSING[quarter]
    head = [
        Line(kind="title", cells=["客户信息导出表"]),
        Line(kind="preamble", cells=[f"导出日期：{closing:%Y-%m-%d}　操作员：admin"]),
        Line(kind="header", cells=HEADINGS),
    ]
    records = [
        Line(kind="record", cells=_cells(s, quarter), sighting=s)
        for s in of_quarter(sightings, quarter)
    ]
    body = _with_breaks(records)
    total = fsum(float(str(line.cells[14]).replace(",", "") or 0) for line in records)
    tail = [
        Line(kind="total", cells=_sparse({0: "合计", 14: f"{total:.2f}"})),
        Line(kind="note", cells=["注：本表仅供内部使用，不得外传"]),
    ]
    return Sheet(
        source="客户清单",
        file=f"{quarter}/客户清单_{quarter}.csv",
        sheet="",
        lines=head + body + tail,
    )


def _with_breaks(records: list[Line]) -> list[Line]:
    """Put in what a printed report leaves between its pages."""
    middle = len(records) // 2
    nobody = _sparse({0: "KH0029998", 16: "陈静", 17: "待补充"})
    test = _sparse({0: "KH0029999", 1: "测试", 4: "13800138000", 6: "test@test.com"})
    blank = Line(kind="blank", cells=_sparse({}))
    return [
        *records[:60],
        Line(kind="nothing", cells=nobody),
        *records[60:middle],
        blank,
        Line(kind="repeated_header", cells=HEADINGS),
        *records[middle : middle + 150],
        blank,
        Line(kind="nothing", cells=test),
        *records[middle + 150 :],
        blank,
    ]


def _sparse(cells: dict[int, str]) -> list[str]:
    return [cells.get(n, "") for n in range(len(HEADINGS))]


def _cells(sighting: Sighting, quarter: str) -> list[Cell]:
    customer = as_of(sighting, quarter, CHANGES)
    dice = sighting.dice
    is_company = customer.kind == "company"
    kind = "企业" if is_company else "个人"
    born = customer.born_on
    last, amount, count = _purchases(sighting, quarter)
    return [
        sighting.key,
        customer.name,
        "" if dice.happens("no kind", 0.15) else kind,
        _contact(customer, dice) if is_company else "",
        *_phones(customer, dice, sighting.story),
        _email(customer, dice),
        "" if customer.province == customer.city else customer.province,
        customer.city.removesuffix("市")
        if dice.happens("city short", 0.3)
        else customer.city,
        _address(customer, dice),
        _birthday(born, dice) if born else "",
        f"{customer.tax_id}\t" if customer.tax_id and dice.happens("tax", 0.5) else "",
        dice.pick("level", ["普通会员", "银卡", "金卡", "VIP", ""]),
        day_as_typed(last, dice),
        f"{amount:.2f}" if dice.happens("plain amount", 0.8) else f"{amount:,.2f}",
        str(count),
        dice.pick("owner", ["陈静", "刘洋", "Amy", "王主管"]),
        _note(dice),
        f"{_updated(sighting, quarter):%Y-%m-%d} {dice.number('hour', 8, 19):02}:{dice.number('minute', 0, 59):02}",
    ]


def _contact(customer: Customer, dice: Dice) -> str:
    surname_only = customer.contact_title and dice.happens("surname only", 0.3)
    return (
        customer.contact[0] + customer.contact_title
        if surname_only
        else customer.contact
    )


def _phones(customer: Customer, dice: Dice, story: str) -> tuple[str, str]:
    """Write 手机 and 电话; at times swapped, missing, doubled or lost to a spreadsheet."""
    if dice.happens("lossy", 0.004):
        return f"{int(customer.mobile):.2E}", ""
    mobile = (
        mobile_as_typed(customer.mobile, dice)
        if customer.mobile.isascii()
        else customer.mobile
    )
    phone = landline_as_typed(customer.phone, dice) if customer.phone else ""
    if story == "as_is" and dice.happens("no mobile", 0.06):
        mobile = dice.pick("no mobile as", NO_PHONE)
    if not phone and dice.happens("no phone", 0.1):
        phone = dice.pick("no phone as", ("无", "-", "0"))
    if phone and dice.happens("both in one", 0.04):
        return f"{mobile.strip()} / {phone}", ""
    return (
        (phone, mobile) if phone and dice.happens("swapped", 0.04) else (mobile, phone)
    )


def _email(customer: Customer, dice: Dice) -> str:
    if not customer.email or dice.happens("no mail", 0.35):
        return (
            dice.pick("no mail as", NO_EMAIL)
            if dice.happens("mail placeholder", 0.2)
            else ""
        )
    ways = [customer.email] * 8 + [
        customer.email.upper(),
        f" {customer.email}",
        customer.email.replace("@", "＠"),
    ]
    return dice.pick("mail style", ways)


def _address(customer: Customer, dice: Dice) -> str:
    if not customer.street:
        return ""
    whole = f"{customer.city}{customer.district}{customer.street}"
    return (
        whole
        if dice.happens("whole address", 0.3)
        else customer.district + customer.street
    )


def _birthday(born: date, dice: Dice) -> str:
    if dice.happens("no birthday", 0.3):
        return (
            dice.pick("odd", ODD_BIRTHDAYS) if dice.happens("odd birthday", 0.1) else ""
        )
    month_only = f"{born.year}年{born.month}月"
    return (
        month_only
        if dice.happens("month only", 0.04)
        else day_as_typed(born, Dice("born", born))
    )


def _purchases(sighting: Sighting, quarter: str) -> tuple[date, float, int]:
    """Return last day, sum and number of purchases as of a quarter."""
    dice = sighting.dice
    last = CLOSING["2026Q1"] - timedelta(days=dice.number("days ago", 1, 700))
    amount, count = (
        dice.number("cents", 9_900, 6_800_000) / 100,
        dice.number("purchases", 1, 48),
    )
    if quarter == QUARTERS[1] and sighting.fate == "bought":
        last = CLOSING[quarter] - timedelta(days=dice.number("days ago Q2", 1, 80))
        return last, amount + dice.number("cents Q2", 5_000, 900_000) / 100, count + 1
    return last, amount, count


def _note(dice: Dice) -> str:
    if dice.happens("two lines", 0.006):
        return TWO_LINES
    return dice.pick("note", NOTES) if dice.happens("has note", 0.15) else ""


def _updated(sighting: Sighting, quarter: str) -> date:
    days = sighting.dice.number("updated", 5, 900)
    if sighting.fate == "new" or (quarter == QUARTERS[1] and sighting.fate != "same"):
        return CLOSING[QUARTERS[1]] - timedelta(days=days % 80 + 1)
    return CLOSING[QUARTERS[0]] - timedelta(days=days)
