"""How one customer comes to stand in lists more than once, and in other words.

A story is a function of a customer (as it really is) that returns the customer
as this clerk knew it. Its name goes into the truth table, as the reason why two
rows are one customer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sample_customer import Customer, chinese_mobile
from sample_dice import Dice, table
from sample_mess import mistyped, traditional, wide

Story = Callable[[Customer, Dice], Customer]


def as_is(customer: Customer, _: Dice) -> Customer:
    """Nothing odd."""
    return customer


def in_traditional(customer: Customer, _: Dice) -> Customer:
    """Name and street in traditional signs, as a Hong Kong office writes."""
    return replace(
        customer,
        name=traditional(customer.name),
        contact=traditional(customer.contact),
        street=traditional(customer.street),
    )


def misheard(customer: Customer, _: Dice) -> Customer:
    """One sign or word of the name replaced by another of the same sound."""
    return replace(customer, name=customer.misheard or customer.name)


def new_mobile(customer: Customer, dice: Dice) -> Customer:
    """An earlier mobile number; name, mail and address tell."""
    return replace(customer, mobile=chinese_mobile(dice))


def moved(customer: Customer, dice: Dice) -> Customer:
    """An earlier address in the same city; phones and mail tell."""
    road = dice.pick("old road", table("road_han"))["han"]
    return replace(customer, street=f"{road}{dice.number('old house', 1, 899)}号")


def sparse(customer: Customer, _: Dice) -> Customer:
    """Only name and phones, as taken down at the counter."""
    return replace(
        customer,
        email="",
        street="",
        district="",
        born_on=None,
        tax_id="",
        founded_on=None,
    )


def spaced_and_wide(customer: Customer, _: Dice) -> Customer:
    """Name pulled apart, numbers full-width."""
    apart = customer.name if customer.kind == "company" else "　".join(customer.name)
    return replace(
        customer, name=apart, mobile=wide(customer.mobile), street=wide(customer.street)
    )


def with_courtesy(customer: Customer, dice: Dice) -> Customer:
    """The name with 先生 or 女士 behind it."""
    return replace(
        customer, name=customer.name + dice.pick("courtesy", ["先生", "女士", "老师"])
    )


def surname_with_courtesy(customer: Customer, dice: Dice) -> Customer:
    """Surname and 先生 only; nobody of one household, where that would fit two."""
    if not customer.email:
        return with_courtesy(customer, dice)
    return replace(
        customer, name=customer.family + dice.pick("courtesy", ["先生", "女士"])
    )


def without_region(customer: Customer, _: Dice) -> Customer:
    """The name without its city."""
    city = customer.given
    return replace(
        customer,
        name=customer.name.replace(f"{city}市", "")
        .replace(city, "")
        .replace("（）", ""),
    )


def region_in_brackets(customer: Customer, dice: Dice) -> Customer:
    """The city in brackets behind the core, full-width or not."""
    if not customer.given or "（" in customer.name:
        return customer
    bare = without_region(customer, dice).name
    city = dice.pick("brackets", ["（{}）", "({})"]).format(customer.given)
    return replace(customer, name=bare.replace(customer.family, customer.family + city))


def became_joint_stock(customer: Customer, _: Dice) -> Customer:
    """The name after the change of legal form (the tax id stays)."""
    name = customer.name.replace("有限责任公司", "有限公司")
    return replace(
        customer,
        name=name if "股份" in name else name.replace("有限公司", "股份有限公司"),
    )


def long_form(customer: Customer, _: Dice) -> Customer:
    """有限公司 written out as 有限责任公司."""
    if "股份" in customer.name or "责任" in customer.name:
        return customer
    return replace(customer, name=customer.name.replace("有限公司", "有限责任公司"))


def with_department(customer: Customer, dice: Dice) -> Customer:
    """The name with a department behind it, which is no customer of its own."""
    return replace(
        customer,
        name=customer.name + dice.pick("department", ["采购部", "财务部", "仓库"]),
    )


def abbreviated(customer: Customer, _: Dice) -> Customer:
    """Core and trade only."""
    return replace(customer, name=customer.short or customer.name)


def in_english(customer: Customer, _: Dice) -> Customer:
    """The English name; address and contact left to mail and phone."""
    return replace(customer, name=customer.english or customer.name)


def in_capitals(customer: Customer, _: Dice) -> Customer:
    """Everything in capitals."""
    changed = {
        key: getattr(customer, key).upper()
        for key in ("name", "given", "family", "street", "city")
    }
    return replace(customer, **changed)


def by_short_name(customer: Customer, _: Dice) -> Customer:
    """Bill for William; a firm without its legal form."""
    if customer.kind == "company":
        return replace(customer, name=customer.short or customer.name)
    return replace(customer, given=customer.short or customer.given)


def by_initial(customer: Customer, _: Dice) -> Customer:
    """The first letter of the given name."""
    return replace(customer, given=customer.given[0])


def mistyped_name(customer: Customer, dice: Dice) -> Customer:
    """A typo in the family name, or in the firm's."""
    return replace(
        customer,
        family=mistyped(customer.family, dice),
        name=mistyped(customer.name, dice),
    )


def before_marriage(customer: Customer, dice: Dice) -> Customer:
    """A woman's earlier family name; phone, mail, birth date tell."""
    if customer.category != "f":
        return by_initial(customer, dice)
    return replace(
        customer, family=dice.pick("maiden", table("surname_latin"))["surname"]
    )


def former_home(customer: Customer, dice: Dice) -> Customer:
    """An earlier street; phone, mail and birth date tell."""
    street = dice.pick("old street", table("street_latin"))["street"]
    return replace(customer, street=f"{dice.number('old house', 1, 240)} {street}")


def short_street(customer: Customer, _: Dice) -> Customer:
    """Road as Rd."""
    short = {r["street"]: r["short"] for r in table("street_latin")}
    street = next((s for s in short if customer.street.endswith(s)), "")
    return replace(
        customer, street=customer.street.replace(street, short.get(street, ""))
    )


def other_form(customer: Customer, _: Dice) -> Customer:
    """Ltd as Limited."""
    again = {r["form"]: r["again"] for r in table("form_latin")}
    return replace(
        customer, name=customer.name.replace(customer.family, again[customer.family])
    )


def counter_sale(customer: Customer, _: Dice) -> Customer:
    """Only name, phone and town."""
    return replace(customer, email="", street="", postcode="", born_on=None, contact="")


PERSON_HAN = (
    in_traditional,
    misheard,
    new_mobile,
    moved,
    sparse,
    spaced_and_wide,
    with_courtesy,
    surname_with_courtesy,
)
COMPANY_HAN = (
    without_region,
    region_in_brackets,
    became_joint_stock,
    long_form,
    in_traditional,
    with_department,
    abbreviated,
    misheard,
    sparse,
    moved,
)
PERSON_LATIN = (
    by_short_name,
    by_initial,
    mistyped_name,
    before_marriage,
    former_home,
    in_capitals,
    short_street,
    counter_sale,
)
COMPANY_LATIN = (
    by_short_name,
    misheard,
    mistyped_name,
    other_form,
    in_capitals,
    former_home,
    counter_sale,
)
STORIES: Mapping[tuple[str, str], tuple[Story, ...]] = {
    ("CN", "person"): PERSON_HAN,
    ("CN", "company"): COMPANY_HAN,
    ("western", "person"): PERSON_LATIN,
    ("western", "company"): COMPANY_LATIN,
}


def draw_story(customer: Customer, dice: Dice) -> Story:
    """Draw one of the stories that fit this customer."""
    region = "CN" if customer.region == "CN" else "western"
    return dice.pick("story", STORIES[region, customer.kind])
