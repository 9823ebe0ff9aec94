"""A customer of the sample lists as it really is, and where it sits.

Nobody in here exists. Mobile numbers lie in ranges without a city, western
numbers in those that regulators keep for fiction, domains under ``.example``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from sample_dice import Dice, Row, table

TAX_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TAX_MODULUS = 31
HOME = ("phone", "province", "city", "district", "street", "postcode", "sheet")
POSTCODE_SIGNS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, kw_only=True)
class Customer:
    """One real person or company; '' and None where there is nothing."""

    entity: str
    kind: str
    region: str
    name: str
    given: str = ""
    family: str = ""
    short: str = ""
    """Another way to say the name that is no mistake: nickname, or the name without legal form."""
    misheard: str = ""
    english: str = ""
    mobile: str = ""
    phone: str = ""
    email: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""
    sheet: str = ""
    """Region sheet of the ERP."""
    born_on: date | None = None
    founded_on: date | None = None
    tax_id: str = ""
    contact: str = ""
    contact_title: str = ""
    products: str = ""
    category: str = ""


def chinese_mobile(dice: Dice) -> str:
    """Draw a mobile number of eleven digits."""
    prefix = dice.pick("mobile prefix", table("mobile_prefix_cn"))["prefix"]
    return f"{prefix}{dice.number('mobile', 0, 9999):04}"


def chinese_tax_id(dice: Dice) -> str:
    """Draw a 统一社会信用代码 of a region that does not exist (99), with its check sign (GB 32100-2015)."""
    body = "91" + "990000" + "MA"
    body += "".join(dice.pick(f"tax {n}", TAX_SIGNS) for n in range(7))
    total = sum(
        TAX_SIGNS.index(sign) * pow(3, n, TAX_MODULUS) for n, sign in enumerate(body)
    )
    return body + TAX_SIGNS[-total % TAX_MODULUS]


def ascii_letters(text: str) -> str:
    """Keep the plain letters, lower case, for the left side of an ``@``.

    >>> ascii_letters("Núñez O’Brien")
    'nunezobrien'
    """
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    return "".join(sign for sign in plain.lower() if sign.isalpha())


def chinese_place(dice: Dice, kind: str) -> dict[str, Any]:
    """Draw a Chinese address and the landline that belongs there, as fields of Customer."""
    place = dice.pick("place", table("place_han"))
    district = dice.pick("district", place["districts"].split("|"))
    road = dice.pick("road", table("road_han"))["han"]
    estates = [r["han"] for r in table("estate_han") if r["kind"] == kind]
    street = f"{road}{dice.number('house', 1, 899)}号"
    if kind == "person":
        street += f"{dice.pick('estate', estates)}{dice.number('block', 1, 30)}栋"
        street += f"{dice.number('unit', 1, 4)}单元{_room(dice)}室"
    elif dice.happens("in a park", 0.5):
        street += f"{dice.pick('estate', estates)}{dice.pick('tower', 'ABCD')}座{_room(dice)}室"
    phone = f"{place['area_code']}-5550{dice.number('phone', 0, 9999):04}"
    has_phone = kind == "company" or dice.happens("landline", 0.3)
    return {
        "province": place["province"],
        "city": place["city"],
        "district": district,
        "street": street,
        "postcode": place["postcode"],
        "sheet": place["sheet"],
        "phone": phone if has_phone else "",
    }


def western_place(dice: Dice) -> dict[str, Any]:
    """Draw a western address and phone, as fields of Customer."""
    town = dice.pick("town", table("town"))
    street = dice.pick("street", table("street_latin"))["street"]
    inward = f"{dice.number('inward', 1, 9)}{dice.pick('in 1', POSTCODE_SIGNS)}{dice.pick('in 2', POSTCODE_SIGNS)}"
    house = str(dice.number("house", 1, 240))
    british = town["country"] == "GB"
    flat = f"Flat {dice.number('flat', 1, 9)}, " if dice.happens("flat", 0.15) else ""
    return {
        "region": town["country"],
        "street": f"{flat}{house} {street}",
        "city": town["town"],
        "postcode": f"{town['district']} {inward}" if british else town["district"],
        "phone": town["phone"].format(dice.number("phone", 0, 999)),
    }


def _room(dice: Dice) -> str:
    return f"{dice.number('floor', 2, 22)}{dice.number('door', 1, 8):02}"


def home_of(other: Customer) -> dict[str, Any]:
    """Return address and landline of a customer, for somebody who shares them."""
    return {name: getattr(other, name) for name in HOME}


def city_english(city: str) -> str:
    """Return the English name of a Chinese city."""
    return next(r["english"] for r in table("place_han") if r["city"] == city)


def row_of(name: str, han: str) -> Row:
    """Return the row of a table by its Chinese key."""
    return next(r for r in table(name) if r["han"] == han)
