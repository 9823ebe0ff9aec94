"""Households: people who live at one address or share a contact; linked, never merged.

Two customers are of one household when they share two of: the doorstep (house,
street, unit and town), a telephone or mail address, the family name. One alone
says little: a tower block, an agency's telephone, a common name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

import polars as pl

from cleanse.components import components
from cleanse.schema import present, with_columns_present

HOUSEHOLD: Final = pl.Schema(
    {"household_id": pl.String, "customer_id": pl.String, "reason": pl.String}
)
"""One row per customer who shares a household with others."""

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "address and family name": ("doorstep", "family"),
    "address and phone": ("doorstep", "phone"),
    "address and e-mail": ("doorstep", "email"),
    "phone and family name": ("phone", "family"),
    "e-mail and family name": ("email", "family"),
}
"""What two customers share, as the table says it."""

MOST_MEMBERS = 8
"""Customers who share the same; more of them are a home, a dormitory or an agency."""
MOST_FAMILIES = 3
"""Family names behind one telephone or mail address; with more it is nobody's home."""
PREFIX = "H"
"""A household's number is this and the number of its first member."""

_TELLING: Final = pl.Schema(
    {
        "house_number": pl.String(),
        "street_compare": pl.String(),
        "unit": pl.String(),
        "city_compare": pl.String(),
        "postcode_compare": pl.String(),
        "family_compare": pl.String(),
        "phones": pl.List(pl.String()),
        "emails": pl.List(pl.String()),
    }
)

FACTS: Final = frozenset(("record_id", "kind", *_TELLING))
"""Columns of records that are looked at here."""


def link_households(
    records: pl.DataFrame, crosswalk: pl.DataFrame, before: pl.DataFrame
) -> pl.DataFrame:
    """Find the households of the people among the customers.

    Args:
        records: Normalised records with record_id and kind.
        crosswalk: record_id, customer_id: one row per active record.
        before: The frame `HOUSEHOLD` of the run before: a household keeps its number
            while more of its members go on together than elsewhere.

    Returns:
        The frame `HOUSEHOLD`, sorted; it does not depend on the order of rows.
    """
    facts = _facts(records, crosswalk)
    shared = [_shared(facts, reason, parts) for reason, parts in REASONS.items()]
    links = pl.concat(shared)
    if links.is_empty():
        return HOUSEHOLD.to_frame()
    groups = _groups(links)
    numbers = _numbered(groups, before)
    why = links.unpivot(["first", "customer_id"], index="reason", value_name="who")
    why = why.group_by(customer_id="who").agg(
        reason=pl.col("reason").unique().sort().str.join("; ")
    )
    rows = [(numbers[first], who) for first, group in groups.items() for who in group]
    found = pl.DataFrame(rows, ["household_id", "customer_id"], orient="row")
    return found.join(why, on="customer_id").select(HOUSEHOLD.names()).sort(pl.all())


def _facts(records: pl.DataFrame, crosswalk: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, doorstep, family, phone, email: a row per record and contact."""
    needed = ["record_id", "kind", *present(records, _TELLING)]
    people = records.select(needed).filter(pl.col("kind") == "person")
    people = with_columns_present(people, _TELLING).join(
        crosswalk.select("record_id", "customer_id"), on="record_id"
    )
    town = pl.coalesce("city_compare", "postcode_compare", pl.lit(""))
    parts = ("house_number", "street_compare", pl.col("unit").fill_null(""), town)
    facts = people.select(
        "customer_id",
        doorstep=pl.concat_str(*parts, separator="|"),
        family="family_compare",
        phone="phones",
        email="emails",
    )
    for contact in ("phone", "email"):
        facts = facts.explode(contact, empty_as_null=True)
        crowded = _crowded(facts, contact)
        own = pl.when(~pl.col(contact).is_in(crowded.implode())).then(contact)
        facts = facts.with_columns(own.alias(contact))
    return facts


def _crowded(facts: pl.DataFrame, contact: str) -> pl.Series:
    """Return the contacts behind which there are too many families to be anybody's home."""
    borne = facts.select("family", contact).drop_nulls(contact)
    # Families are only counted behind the few that many bear at all.
    often = borne.group_by(contact).len().filter(pl.col("len") > MOST_FAMILIES)
    families = (
        borne.join(often, on=contact, how="semi")
        .group_by(contact)
        .agg(pl.col("family").n_unique())
    )
    return families.filter(pl.col("family") > MOST_FAMILIES)[contact]


def _shared(facts: pl.DataFrame, reason: str, parts: tuple[str, str]) -> pl.DataFrame:
    """Return first, customer_id, reason: each other customer who shares two facts with the first."""
    bearers = facts.select("customer_id", *parts).drop_nulls()
    # Numbers are found twice several times faster than texts; most are not.
    bearers = bearers.filter(pl.struct(parts).hash().is_duplicated()).unique()
    count = pl.len().over(*parts)
    some = bearers.filter(count.is_between(2, MOST_MEMBERS))
    first = pl.col("customer_id").min().over(*parts)
    linked = some.select(first.alias("first"), "customer_id", reason=pl.lit(reason))
    return linked.filter(pl.col("first") != pl.col("customer_id")).unique()


def _groups(links: pl.DataFrame) -> dict[str, list[str]]:
    """Return the connected customers, by the smallest of them."""
    who = pl.concat([links["first"], links["customer_id"]]).unique().sort()
    known = pl.Enum(who)
    left, right = (
        links[end].cast(known).to_physical().cast(pl.Int64).to_numpy()
        for end in ("first", "customer_id")
    )
    groups: dict[str, list[str]] = defaultdict(list)
    for place, one in zip(components(left, right, len(who)), who, strict=True):
        groups[who[int(place)]].append(one)
    return dict(groups)


def _numbered(groups: Mapping[str, list[str]], before: pl.DataFrame) -> dict[str, str]:
    """Give each group the number that most of its members had, or one of its own."""
    had: dict[str, str] = {}
    if before.height:
        pairs = before.select("customer_id", "household_id").sort(pl.all())
        had = dict(pairs.iter_rows())
    claims = [
        (-count, number, first)
        for first, group in groups.items()
        for number, count in Counter(had[w] for w in group if w in had).items()
    ]
    numbers: dict[str, str] = {}
    taken: set[str] = set()
    for _, number, first in sorted(claims):
        if first not in numbers and number not in taken:
            numbers[first] = number
            taken.add(number)
    taken |= set(had.values())  # the number of a household that went is not another's
    for first, group in groups.items():
        if first not in numbers:
            free = (PREFIX + who for who in group if PREFIX + who not in taken)
            numbers[first] = next(free, f"{PREFIX}{first}{len(taken)}")
            taken.add(numbers[first])
    return numbers
