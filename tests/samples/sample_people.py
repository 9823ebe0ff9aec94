"""The people of the sample lists: households, twins, namesakes, father and son."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sample_customer import (
    Customer,
    ascii_letters,
    chinese_mobile,
    chinese_place,
    home_of,
    row_of,
    western_place,
)
from sample_dice import Dice, table

MAIL_HOSTS = ("mail.example", "post.example", "inbox.example", "letters.example")
"""Not example.com: the shipped rules rightly read that as no address at all."""
YOUNG_SINCE = 1966


def chinese_people(count: int) -> list[Customer]:
    """Invent people; some share a household, twins a birthday, strangers a name."""
    people: list[Customer] = []
    for i in range(count):
        person = _chinese_person(i)
        if i % 9 == 8:
            person = _relative(person, people[-1], twin=i % 45 == 26)
        if i % 30 == 29:
            other = people[i - 10]
            person = _with_mail(_named(person, other.family, other.given))
        people.append(person)
    return people


def _chinese_person(i: int) -> Customer:
    entity = f"PZ{i:03}"
    dice = Dice("person", entity)
    blank = Customer(entity=entity, kind="person", region="CN", name="")
    surname = dice.pick_first("surname", table("surname_han"))
    given = dice.pick("given", table("given_han"))
    person = _with_mail(_named(blank, surname["han"], given["han"]))
    return replace(
        person,
        mobile=chinese_mobile(dice),
        born_on=date(1948, 1, 1) + timedelta(days=dice.number("born", 0, 20_500)),
        **chinese_place(dice, "person"),
    )


def _with_mail(person: Customer) -> Customer:
    dice = Dice("mail", person.entity)
    number = dice.number("number", 1, 999)
    host = dice.pick("host", MAIL_HOSTS)
    return replace(person, email=f"{ascii_letters(person.english)}{number}@{host}")


def _named(person: Customer, family: str, given: str) -> Customer:
    surname = row_of("surname_han", family)
    name = row_of("given_han", given)
    return replace(
        person,
        name=family + given,
        family=family,
        given=given,
        misheard=family + name["homophone"],
        english=f"{name['pinyin']} {surname['pinyin']}",
    )


def _relative(person: Customer, other: Customer, *, twin: bool) -> Customer:
    """Move somebody into another's home; twins also share surname, birthday and mobile."""
    home = replace(person, **home_of(other))
    if not twin:
        return home
    home = _named(home, other.family, "佳琪" if other.given != "佳琪" else "雨桐")
    return replace(home, mobile=other.mobile, email="", born_on=other.born_on)


def western_people(count: int) -> list[Customer]:
    """Invent people; some share a household, a few a name with their father."""
    people: list[Customer] = []
    for i in range(count):
        person = _western_person(i)
        if i % 7 == 6:
            is_son = i % 49 == 20 and people[-1].category == "m"
            person = _western_relative(person, people[-1], same_name=is_son)
        people.append(person)
    return people


def _western_person(i: int) -> Customer:
    entity = f"PW{i:03}"
    dice = Dice("person", entity)
    given = dice.pick("given", table("given_latin"))
    family = dice.pick_first("surname", table("surname_latin"))["surname"]
    mail = f"{ascii_letters(given['formal'])}.{ascii_letters(family)}"
    return Customer(
        entity=entity,
        kind="person",
        name=f"{given['formal']} {family}",
        given=given["formal"],
        family=family,
        short=given["short"],
        email=f"{mail}{dice.number('mail number', 1, 99)}@{dice.pick('mail host', MAIL_HOSTS)}",
        born_on=date(1938, 1, 1) + timedelta(days=dice.number("born", 0, 25_000)),
        category=given["gender"],
        **western_place(dice),
    )


def _western_relative(
    person: Customer, other: Customer, *, same_name: bool
) -> Customer:
    given = other.given if same_name else person.given
    year = other.born_on.year if other.born_on else 0
    is_younger = year < YOUNG_SINCE
    born = date(year + (27 if is_younger else -27), 5, 17)
    suffix = f" {'Jr' if is_younger else 'Sr'}" if same_name else ""
    return replace(
        person,
        name=f"{given} {other.family}",
        given=given,
        family=other.family + suffix,
        short=other.short if same_name else person.short,
        email="",
        born_on=born if same_name else person.born_on,
        region=other.region,
        **home_of(other),
    )
