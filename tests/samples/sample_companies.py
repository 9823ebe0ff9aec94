"""The companies of the sample lists: branches, sisters, shops, shared switchboards."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sample_customer import (
    Customer,
    ascii_letters,
    chinese_mobile,
    chinese_place,
    chinese_tax_id,
    city_english,
    home_of,
    western_place,
)
from sample_dice import Dice, Row, table

AGENT_MOBILE = "13340424321"


def chinese_companies(count: int) -> list[Customer]:
    """Invent companies; some are branches, sisters in one office, or share a switchboard."""
    companies: list[Customer] = []
    names = _company_words()
    for i in range(count):
        core, trade = next(names)
        before = companies[-1] if companies and companies[-1].phone else None
        neighbour = before if i % 25 in {3, 4} else None
        company = _chinese_company(i, core, trade, neighbour)
        if before and i % 12 == 11:
            company = _branch(company, before)
        elif i % 20 == 13:
            company = _shop(company)
        elif before and i % 40 == 21:
            company = _sister(company, before)
        if i % 55 == 17:
            company = replace(company, mobile=AGENT_MOBILE)
        companies.append(company)
    return companies


def _company_words() -> itertools.chain[tuple[Row, Row]]:
    """Yield (core, trade), the ready-made cores and the composed ones mixed, none twice."""
    signs = table("core_sign_han")
    composed = [
        {
            "han": a["han"] + b["han"],
            "english": a["pinyin"] + b["pinyin"].lower(),
            "homophone": a["han"] + b["homophone"],
        }
        for a, b in itertools.permutations(signs, 2)
    ]
    cores = [*table("core_han") * 3, *composed[::3]]
    pairs = {
        (core["han"], trade["han"]): (core, trade)
        for n, core in enumerate(cores)
        for trade in [Dice("trade", core["han"], n).pick("trade", table("trade_han"))]
    }
    order = sorted(pairs, key=lambda pair: Dice("words", *pair).fraction("order"))
    return itertools.chain(pairs[key] for key in order)


def _chinese_company(
    i: int, core: Row, trade: Row, neighbour: Customer | None
) -> Customer:
    """Invent a company; one with a neighbour shares building and switchboard."""
    entity = f"CZ{i:03}"
    dice = Dice("company", entity)
    place = home_of(neighbour) if neighbour else chinese_place(dice, "company")
    city = place["city"].removesuffix("市")
    form = dice.pick("form", ["有限公司"] * 8 + ["有限责任公司", "股份有限公司"])
    body = f"{core['han']}{trade['han']}"
    bracketed = f"{body}（{city}）{form}"
    name = dice.pick(
        "shape", [f"{city}{body}{form}"] * 6 + [f"{city}市{body}{form}", bracketed]
    )
    host = ascii_letters(core["english"]) + ascii_letters(trade["english"])[:3]
    surname = dice.pick_first("surname", table("surname_han"))["han"]
    products = trade["products"].split("|")
    return Customer(
        entity=entity,
        kind="company",
        region="CN",
        name=name,
        family=body,
        given=city,
        short=f"{core['han']}{trade['short']}",
        misheard=name.replace(core["han"], core["homophone"]),
        english=f"{city_english(place['city'])} {core['english']} {trade['english']} Co., Ltd.",
        mobile=chinese_mobile(dice),
        email=f"{dice.pick('mailbox', ['sales', 'info', 'office', 'purchase'])}@{host}.example",
        founded_on=date(1988, 1, 1) + timedelta(days=dice.number("founded", 0, 13_000)),
        tax_id=chinese_tax_id(dice),
        contact=surname + dice.pick("given", table("given_han"))["han"],
        contact_title=dice.pick("title", ["经理", "总", "主任", "", "", ""]),
        products="、".join(products[: dice.number("products", 1, 3)]),
        category=trade["category"],
        **place,
    )


def _branch(branch: Customer, head: Customer) -> Customer:
    """Make a company a branch: own place and phones, the head office's name and mail domain."""
    city = branch.city.removesuffix("市")
    ending = Dice("branch", branch.entity).pick(
        "ending", ["分公司", "分公司", "办事处", "销售部"]
    )
    return replace(
        branch,
        name=f"{head.name}{city}{ending}",
        misheard=f"{head.misheard}{city}{ending}",
        english=head.english.removesuffix(" Co., Ltd.")
        + f" Co., Ltd. {city_english(branch.city)} Branch",
        family=head.family,
        given="",
        short=f"{head.short}{city}{ending}",
        email=head.email.replace(head.email.split("@")[0], "branch", 1),
        products=head.products,
        category=head.category,
    )


def _shop(shop: Customer) -> Customer:
    """Make a company a small shop of one owner, who is also its contact."""
    dice = Dice("shop", shop.entity)
    trade = dice.pick("trade", table("shop_han"))
    owner = shop.contact
    family = next(r["han"] for r in table("surname_han") if owner.startswith(r["han"]))
    name = f"{shop.district}{dice.pick('shape', ['老{}', '{}记'])}{trade['han']}"
    return replace(
        shop,
        name=name.format(family),
        misheard="",
        english="",
        given="",
        family="",
        short="",
        phone="",
        email="",
        products="",
        category=trade["category"],
    )


def _sister(sister: Customer, other: Customer) -> Customer:
    """Put a company of the same group, core and switchboard, into the other's office."""
    trade = next(r for r in table("trade_han") if r["han"] not in other.family)
    old = next(r for r in table("trade_han") if r["han"] in other.family)
    swap = {"name": other.name, "misheard": other.misheard, "family": other.family}
    words: dict[str, Any] = {
        key: text.replace(old["han"], trade["han"]) for key, text in swap.items()
    }
    return replace(
        sister,
        **words,
        given=other.given,
        short=other.short.replace(old["short"], trade["short"]),
        english=other.english.replace(old["english"], trade["english"]),
        email=other.email.replace("@", "." + ascii_letters(trade["english"])[:4] + "@"),
        **home_of(other),
        category=trade["category"],
        products="、".join(trade["products"].split("|")[:2]),
    )


def western_companies(count: int) -> list[Customer]:
    """Invent firms: each core twice at most, then with its trading town behind it."""
    return [_western_company(i) for i in range(count)]


def _western_company(i: int) -> Customer:
    entity = f"CW{i:03}"
    dice = Dice("company", entity)
    firms = table("firm_latin")
    firm = firms[i % len(firms)]
    place = western_place(dice)
    forms = [r["form"] for r in table("form_latin") if r["country"] == place["region"]]
    form = dice.pick("form", forms)
    town = f" ({place['city']})" if i >= len(firms) else ""
    given = dice.pick("given", table("given_latin"))["formal"]
    family = dice.pick("surname", table("surname_latin"))["surname"]
    host = ascii_letters(firm["core"].replace("&", "and")) + (
        "" if not town else str(i)
    )
    return Customer(
        entity=entity,
        kind="company",
        name=f"{firm['core']}{town} {form}",
        short=f"{firm['core']}{town}",
        misheard=f"{firm['again']}{town} {form}",
        family=form,
        email=f"{dice.pick('mailbox', ['sales', 'accounts', 'orders'])}@{host}.example",
        contact=f"{family}, {given}",
        **place,
    )
