"""Northgate: the list of an acquired company, semicolons, `Last, First`, day first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sample_customer import Customer
from sample_dice import Dice, table
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
from sample_mess import western_phone_as_typed
from sample_story import before_marriage, former_home, in_english, other_form

HEADINGS = (
    "Cust Ref", "Contact Name", "Org", "Tel", "E-mail Addr", "Street", "Town", "Post Code",
    "Ctry", "D.O.B.", "Last Order", "Spend",
)  # fmt: skip
COUNTRY = {
    "GB": ("UK", "UK", "GB", "United Kingdom", "England"),
    "FR": ("France", "FR"),
    "DE": ("Germany", "DE"),
}
CLOSING = {"2026Q1": date(2026, 3, 31), "2026Q2": date(2026, 6, 30)}
TITLES = {"m": ("Mr", "Dr"), "f": ("Mrs", "Ms", "Dr")}


def western_sightings(
    people: list[Customer], firms: list[Customer], chinese: list[Customer]
) -> list[Sighting]:
    """Draw the rows of both quarters: 250 people, 90 firms, some again, and `chinese` customers in English."""
    first = [sight("west", c, 0) for c in people[:250] + firms[:88]]
    again = [sight("west", c, 1, None) for c in people[1:250:5] + firms[2:88:4]]
    abroad = [sight("west", c, 0, in_english) for c in chinese]
    later = [sight("west", c, 0) for c in people[250:266] + firms[88:]]
    later += [sight("west", c, 2, None) for c in people[3:250:50]]
    new = [replace(s, fate="new") for s in shuffled(later)]
    return numbered(
        shuffled(first + again + abroad) + new, lambda n: f"NV-{n * 2 + 111:05}"
    )


def western_sheet(sightings: list[Sighting], quarter: str) -> Sheet:
    """Lay out the file of one quarter."""
    records = [
        Line(kind="record", cells=_cells(s, quarter), sighting=s)
        for s in of_quarter(sightings, quarter)
    ]
    nobody = Line(kind="nothing", cells=["NV-09001", *[""] * 7, "UK", *[""] * 3])
    lines = [
        Line(kind="header", cells=HEADINGS),
        *records[:200],
        nobody,
        *records[200:],
    ]
    file = f"{quarter}/Northgate_customers_{quarter}.csv"
    return Sheet(source="Northgate_customers", file=file, sheet="", lines=lines)


def _cells(sighting: Sighting, quarter: str) -> list[Cell]:
    changes = {"phone": _new_phone, "address": former_home, "renamed": _renamed}
    customer = as_of(sighting, quarter, changes)
    dice = sighting.dice
    return [
        sighting.key,
        _contact(customer, dice),
        customer.name if customer.kind == "company" else "",
        _phone(customer, dice, sighting.story),
        _email(customer, dice),
        *_address(customer, dice),
        _birthday(customer, dice),
        *_orders(sighting, quarter),
    ]


def _new_phone(customer: Customer, dice: Dice) -> Customer:
    town = next(
        (r for r in table("town") if r["town"].lower() == customer.city.lower()), None
    )
    phone = (
        town["phone"].format(dice.number("new phone", 0, 999))
        if town
        else customer.phone
    )
    return replace(customer, phone=phone)


def _renamed(customer: Customer, dice: Dice) -> Customer:
    if customer.region == "CN":
        return customer
    return (other_form if customer.kind == "company" else before_marriage)(
        customer, dice
    )


def _contact(customer: Customer, dice: Dice) -> str:
    """Write ``Last, First``, now and then otherwise."""
    if customer.kind == "company":
        return "" if customer.region == "CN" else customer.contact
    if customer.region == "CN":
        given, family = customer.english.rsplit(" ", 1)
        return f"{family}, {given}"
    title = dice.pick("title", TITLES[customer.category])
    plain = f"{customer.family}, {customer.given}"
    ways = [plain] * 14 + [
        f"{customer.family}, {title} {customer.given}",
        f"{title} {customer.given} {customer.family}",
    ]
    return dice.pick("contact style", ways)


def _phone(customer: Customer, dice: Dice, story: str) -> str:
    if story == "as_is" and dice.happens("no phone", 0.05):
        return dice.pick("no phone as", ["", "n/a", "-", "tbc", "00000000000"])
    if customer.region != "CN":
        return western_phone_as_typed(customer.phone, dice)
    if customer.kind == "person":
        return f"+86 {customer.mobile[:3]} {customer.mobile[3:7]} {customer.mobile[7:]}"
    return f"+86 {customer.phone[1:].replace('-', ' ')}"


def _email(customer: Customer, dice: Dice) -> str:
    if not customer.email or dice.happens(
        "no mail", 0.25 if customer.region != "CN" else 0
    ):
        return ""
    wrong = customer.email.replace("example", "exmaple")
    return dice.pick(
        "mail style", [customer.email] * 20 + [customer.email.title(), wrong]
    )


def _address(customer: Customer, dice: Dice) -> tuple[str, str, str, str]:
    """Write street, town, post code and country."""
    if customer.region == "CN":
        town = next(
            r["english"] for r in table("place_han") if r["city"] == customer.city
        )
        return (
            "",
            town,
            customer.postcode,
            dice.pick("country", ["China", "CN", "P.R. China"]),
        )
    postcode = customer.postcode
    if dice.happens("post code style", 0.15):
        postcode = dice.pick(
            "post code as", [postcode.replace(" ", ""), postcode.lower()]
        )
    return (
        customer.street,
        customer.city,
        postcode,
        dice.pick("country", COUNTRY[customer.region]),
    )


def _birthday(customer: Customer, dice: Dice) -> str:
    born = customer.born_on
    if born is None or dice.happens("no birthday", 0.32):
        return "01/01/1900" if born and dice.happens("odd birthday", 0.05) else ""
    return (
        f"{born:%d-%b-%Y}"
        if dice.happens("month in letters", 0.05)
        else f"{born:%d/%m/%Y}"
    )


def _orders(sighting: Sighting, quarter: str) -> tuple[str, str]:
    """Write last order and spend as of a quarter."""
    dice = sighting.dice
    last = CLOSING[QUARTERS[0]] - timedelta(days=dice.number("days ago", 1, 800))
    cents = dice.number("cents", 1_500, 2_400_000)
    if quarter == QUARTERS[1] and sighting.fate == "bought":
        last = CLOSING[quarter] - timedelta(days=dice.number("days ago Q2", 1, 80))
        cents += dice.number("cents Q2", 2_000, 300_000)
    ways = [f"{cents / 100:.2f}"] * 5 + [f"£{cents / 100:,.2f}", f"{cents / 100:,.2f}"]
    return f"{last:%d/%m/%Y}", dice.pick("spend style", ways)
