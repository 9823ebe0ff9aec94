"""Households: people who live at one address or share a contact; linked, never merged.

Two customers are of one household when they share two of: the doorstep (house,
street, unit and town), a telephone or mail address, the family name. One alone
says little: a tower block, an agency's telephone, a common name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from cleanse.components import components
from cleanse.places import found
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
    people, who = _people(records, crosswalk)
    borne = {contact: _borne(people, contact) for contact in _CONTACTS}
    links = pl.concat(
        _shared(_bearers(people, borne, parts), who, reason)
        for reason, parts in REASONS.items()
    )
    if links.is_empty():
        return HOUSEHOLD.to_frame()
    groups = _groups(links)
    why = links.unpivot(["first", "customer_id"], index="reason", value_name="who")
    why = why.group_by(customer_id="who").agg(
        reason=pl.col("reason").unique().sort().str.join("; ")
    )
    found = groups.join(_numbered(groups, before), on="first")
    return found.join(why, on="customer_id").select(HOUSEHOLD.names()).sort(pl.all())


_CONTACTS: Final = ("phone", "email")


def _people(
    records: pl.DataFrame, crosswalk: pl.DataFrame
) -> tuple[pl.DataFrame, pl.Series]:
    """Return doorstep, family, phone, email: a row per record of a person; and customer_id of each.

    Doorstep and family are hashes: facts are only told apart, and numbers are told apart
    several times faster than texts. The last two are lists.
    """
    needed = ["record_id", "kind", *present(records, _TELLING)]
    people = records.select(needed).filter(pl.col("kind") == "person")
    whose = crosswalk.sort("record_id")
    places, is_there = found(
        whose["record_id"].to_numpy(), people["record_id"].to_numpy()
    )
    people = people.filter(pl.Series(is_there, dtype=pl.Boolean))
    who = whose["customer_id"].gather(places[is_there])
    people = with_columns_present(people, _TELLING)
    town = pl.coalesce("city_compare", "postcode_compare", pl.lit(""))
    house, street = pl.col("house_number"), pl.col("street_compare")
    doorstep = pl.struct(
        house, street, pl.col("unit").fill_null(""), town.alias("town")
    )
    facts = people.select(
        doorstep=_hashed(doorstep, house.is_not_null() & street.is_not_null()),
        family=_hashed(
            pl.col("family_compare"), pl.col("family_compare").is_not_null()
        ),
        phone="phones",
        email="emails",
    )
    return facts, who


def _hashed(fact: pl.Expr, is_there: pl.Expr) -> pl.Expr:
    return pl.when(is_there).then(fact.hash())


def _borne(people: pl.DataFrame, contact: str) -> pl.DataFrame:
    """Return row (of `people`) and contact (its hash); without the contacts of nobody's home.

    Behind those are too many families.
    """
    rows = people.select(contact, row=pl.int_range(pl.len(), dtype=pl.UInt32))
    rows = rows.filter(pl.col(contact).list.len() > 0)
    rows = rows.explode(contact, empty_as_null=True).drop_nulls(contact)
    rows = rows.with_columns(pl.col(contact).hash())
    # Families are only counted behind the few that many bear at all.
    often = rows.group_by(contact).len().filter(pl.col("len") > MOST_FAMILIES)
    some = rows.join(often, on=contact, how="semi")
    families = some.with_columns(family=people["family"].gather(some["row"]))
    crowded = (
        families.group_by(contact)
        .agg(pl.col("family").n_unique())
        .filter(pl.col("family") > MOST_FAMILIES)
    )
    return rows.join(crowded, on=contact, how="anti")


def _bearers(
    people: pl.DataFrame, borne: Mapping[str, pl.DataFrame], parts: tuple[str, str]
) -> pl.DataFrame:
    """Return row (of `people`) and both parts as one number, of those who have both."""
    contact = next((part for part in parts if part in borne), None)
    if contact is None:
        both = people.select(*parts, row=pl.int_range(pl.len(), dtype=pl.UInt32))
    else:
        rows = borne[contact]
        (other,) = (part for part in parts if part != contact)
        both = rows.with_columns(people[other].gather(rows["row"]))
    return both.drop_nulls().select("row", both=pl.struct(parts).hash())


def _shared(bearers: pl.DataFrame, who: pl.Series, reason: str) -> pl.DataFrame:
    """Return first, customer_id, reason: each other customer who shares two facts with the first."""
    # Most share with nobody: they are told apart before anybody looks who they are.
    shared = bearers.filter(pl.col("both").is_duplicated())
    named = shared.select("both", customer_id=who.gather(shared["row"])).unique()
    some = named.filter(pl.len().over("both").is_between(2, MOST_MEMBERS))
    first = pl.col("customer_id").min().over("both")
    linked = some.select(first.alias("first"), "customer_id", reason=pl.lit(reason))
    return linked.filter(pl.col("first") != pl.col("customer_id")).unique()


def _groups(links: pl.DataFrame) -> pl.DataFrame:
    """Return first, customer_id: the connected customers beside the smallest of them."""
    who = pl.concat([links["first"], links["customer_id"]]).unique().sort()
    known = pl.Enum(who)
    left, right = (
        links[end].cast(known).to_physical().cast(pl.Int64).to_numpy()
        for end in ("first", "customer_id")
    )
    places = components(left, right, len(who))
    return pl.DataFrame({"first": who.gather(places), "customer_id": who})


def _numbered(groups: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return first, household_id: the number that most of a group had, or one of its own."""
    had = before.sort("customer_id", "household_id")
    had = had.unique("customer_id", keep="last").select("customer_id", "household_id")
    claims = groups.join(had, on="customer_id").group_by("household_id", "first").len()
    claims = claims.sort(
        "len", "household_id", "first", descending=[True, False, False]
    )
    numbers: dict[str, str] = {}
    taken: set[str] = set()
    for number, first in claims.select("household_id", "first").iter_rows():
        if first not in numbers and number not in taken:
            numbers[first] = number
            taken.add(number)
    taken |= set(
        had["household_id"]
    )  # the number of a household that went is not another's
    new = groups.filter(~pl.col("first").is_in(list(numbers))).sort("customer_id")
    for first, group in (
        new.group_by("first", maintain_order=True).agg("customer_id").iter_rows()
    ):
        free = (PREFIX + who for who in group if PREFIX + who not in taken)
        numbers[first] = next(free, f"{PREFIX}{first}{len(taken)}")
        taken.add(numbers[first])
    columns = {"first": pl.String, "household_id": pl.String}
    return pl.DataFrame(list(numbers.items()), columns, orient="row")
