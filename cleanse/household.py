"""Households: people who live at one address or share a contact; linked, never merged.

Two customers are of one household when they share two of: the doorstep (house,
street, unit and town), a telephone or mail address, the family name. One alone
says little: a tower block, an agency's telephone, a common name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from cleanse.components import components
from cleanse.encoded import Encoded, no_texts
from cleanse.places import found, starts_of

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


def link_households(
    records: Sequence[Encoded], crosswalk: pl.DataFrame, before: pl.DataFrame
) -> pl.DataFrame:
    """Find the households of the people among the customers.

    Args:
        records: The records as matching encodes them, so with the family name that `derive`
            found where the parts of a name stood in another order; in as many parts as they
            were encoded in.
        crosswalk: record_id, customer_id: one row per active record.
        before: The frame `HOUSEHOLD` of the run before: a household keeps its number
            while more of its members go on together than elsewhere.

    Returns:
        The frame `HOUSEHOLD`, sorted; it does not depend on the order of rows, nor on the parts.
    """
    whose = crosswalk.sort("record_id")
    parts = [_people(part, whose) for part in records]
    if not parts:
        return HOUSEHOLD.to_frame()
    facts = pl.concat(_facts(people, who) for people, who in parts)
    people = [each for each, _ in parts]
    borne = {contact: _borne(people, contact, facts) for contact in _CONTACTS}
    shared = pl.concat(
        _shared(_bearers(facts, borne, both), facts["customer"], place)
        for place, both in enumerate(REASONS.values())
    )
    if shared.is_empty():
        return HOUSEHOLD.to_frame()
    names = pl.concat(who for _, who in parts).gather(shared["row"])
    known = names.unique().sort()
    # Where a name stands among those that are linked: compared sooner than a name.
    shared = shared.select("reason", "both", customer=names.rank("dense") - 1)
    groups = _groups(shared, known).with_columns(_reasons(shared))
    found = groups.join(_numbered(groups, before), on="first")
    return found.select(HOUSEHOLD.names()).sort(pl.all())


_CONTACTS: Final = {"phone": "phones", "email": "emails"}
_HOME: Final = (
    "house_number",
    "street_compare",
    "unit",
    "city_compare",
    "postcode_compare",
)
OF_PEOPLE: Final = (*_HOME, "family_compare", *_CONTACTS.values())
"""Columns that `link_households` looks at."""


def _people(records: Encoded, whose: pl.DataFrame) -> tuple[Encoded, pl.Series]:
    """Return the records of people, and customer_id of each; `whose` is sorted."""
    is_one = (records.plain["kind"] == "person").fill_null(value=False).to_numpy()
    ids = whose["record_id"].to_numpy()
    people = records.filter(is_one & found(ids, records.record_ids)[1])
    return people, whose["customer_id"].gather(found(ids, people.record_ids)[0])


def _facts(people: Encoded, who: pl.Series) -> pl.DataFrame:
    """Return doorstep, family, customer: a row per record.

    All are hashes: facts are only told apart, and numbers are told apart several times faster
    than texts.
    """
    told = pl.DataFrame([_hashes(people, name) for name in (*_HOME, "family_compare")])
    house, street, unit, city, postcode = map(pl.col, _HOME)
    town = pl.coalesce(city, postcode, 0)
    doorstep = pl.struct(house, street, unit.fill_null(0), town.alias("town")).hash()
    is_there = house.is_not_null() & street.is_not_null()
    return told.select(
        doorstep=pl.when(is_there).then(doorstep),
        family="family_compare",
        customer=who.hash(),
    )


def _hashes(people: Encoded, column: str) -> pl.Series:
    texts = people.texts.get(column, no_texts(people.height))
    return texts.hashed().alias(column)


def _borne(
    people: Sequence[Encoded], contact: str, facts: pl.DataFrame
) -> pl.DataFrame:
    """Return row (of `facts`) and contact (its hash) of contacts that may be of several customers.

    Without the contacts of nobody's home: behind those are too many families.
    """
    rows = _contacts(people, contact)
    rows = rows.filter(_of_several(rows, contact, facts["customer"]))
    # Families are only counted behind the few that many bear at all.
    often = rows.group_by(contact).len().filter(pl.col("len") > MOST_FAMILIES)
    some = rows.join(often, on=contact, how="semi")
    families = some.with_columns(family=facts["family"].gather(some["row"]))
    crowded = (
        families.group_by(contact)
        .agg(pl.col("family").n_unique())
        .filter(pl.col("family") > MOST_FAMILIES)
    )
    return rows.join(crowded, on=contact, how="anti")


def _contacts(people: Sequence[Encoded], contact: str) -> pl.DataFrame:
    """Return contact (its hash) and row, counted through all parts."""
    column = _CONTACTS[contact]
    firsts = starts_of(np.array([part.height for part in people]))
    told = []
    for part, first in zip(people, firsts[:-1], strict=True):
        texts = part.texts.get(column, no_texts(part.height))
        row = pl.Series(texts.rows() + first, dtype=pl.UInt32)
        told.append(pl.DataFrame({contact: texts.hashed(), "row": row}))
    return pl.concat(told).drop_nulls(contact)


_PLACES = 4
"""Places per row for a quick look at hashes: with more, fewer facts share one."""


def _of_several(rows: pl.DataFrame, fact: str, customer: pl.Series) -> pl.Series:
    """Say of each row whether its fact (a hash) may be one of several customers.

    It is true wherever it is so, and rarely elsewhere: each place of a table holds one customer,
    and is flagged where another comes to it, with whatever other fact has its place there.
    """
    who = customer.gather(rows["row"]).to_numpy()
    size = np.uint64(_PLACES * len(who) + 1)
    places = (rows[fact].to_numpy() % size).astype(np.int64)
    one = np.zeros(size, dtype=np.uint64)
    one[places] = who
    has_other = np.zeros(size, dtype=np.bool_)
    has_other[places[one[places] != who]] = True
    return pl.Series(has_other[places], dtype=pl.Boolean)


def _bearers(
    people: pl.DataFrame, borne: Mapping[str, pl.DataFrame], parts: tuple[str, str]
) -> pl.DataFrame:
    """Return row (of `people`) and both parts as one number, where several customers may have both."""
    contact = next((part for part in parts if part in _CONTACTS), None)
    if contact is None:
        both = people.select(*parts, row=pl.int_range(pl.len(), dtype=pl.UInt32))
    else:
        rows = borne[contact]
        (other,) = (part for part in parts if part != contact)
        both = rows.with_columns(people[other].gather(rows["row"]))
    both = both.drop_nulls().select("row", both=pl.struct(parts).hash())
    return both.filter(_of_several(both, "both", people["customer"]))


def _shared(bearers: pl.DataFrame, customer: pl.Series, reason: int) -> pl.DataFrame:
    """Return reason, both, row: a row of each customer who shares two facts with others."""
    each = bearers.with_columns(customer=customer.gather(bearers["row"]))
    each = each.unique(["both", "customer"])
    shared = each.filter(pl.len().over("both").is_between(2, MOST_MEMBERS))
    return shared.select(pl.lit(reason, pl.Int64).alias("reason"), "both", "row")


def _groups(shared: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Return first, customer_id: the connected customers beside the smallest of them."""
    first = pl.col("customer").min().over("reason", "both")
    links = shared.select(first.alias("first"), "customer").cast(pl.Int64)
    left, right = (links[end].to_numpy() for end in ("first", "customer"))
    places = components(left, right, len(known))
    return pl.DataFrame({"first": known.gather(places), "customer_id": known})


def _reasons(shared: pl.DataFrame) -> pl.Series:
    """Return the reasons for which each customer is linked, as the table says them."""
    bits = shared.select("customer", bit=2 ** pl.col("reason"))
    sums = bits.unique().group_by("customer").agg(pl.col("bit").sum()).sort("customer")
    texts = {bits: _text(bits) for bits in sums["bit"].unique()}
    return sums["bit"].replace_strict(texts, return_dtype=pl.String).alias("reason")


def _text(bits: int) -> str:
    """Say the reasons whose bits are set."""
    return "; ".join(sorted(why for at, why in enumerate(REASONS) if bits >> at & 1))


def _numbered(groups: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return first, household_id: the number that most of a group had, or one of its own."""
    had = before.group_by("customer_id").agg(pl.col("household_id").max())
    claims = groups.join(had, on="customer_id").group_by("household_id", "first").len()
    is_alone = [pl.len().over(end) == 1 for end in ("household_id", "first")]
    alone = claims.filter(is_alone).select("first", "household_id")
    contested = claims.join(alone, on="first", how="anti").sort(
        "len", "household_id", "first", descending=[True, False, False]
    )
    numbers: dict[str, str] = {}
    taken: set[str] = set()
    for number, first in contested.select("household_id", "first").iter_rows():
        if first not in numbers and number not in taken:
            numbers[first] = number
            taken.add(number)
    kept = pl.concat([alone, _by_first(numbers)])
    new = groups.join(kept, on="first", how="anti")
    return pl.concat([kept, _new_numbers(new, had["household_id"])])


def _new_numbers(groups: pl.DataFrame, had: pl.Series) -> pl.DataFrame:
    """Return first, household_id of new ones; the number of a household that went is not another's."""
    numbers: dict[str, str] = {}
    taken = set(had.unique().to_list()) if groups.height else set()
    for first, group in (
        groups.sort("customer_id")
        .group_by("first", maintain_order=True)
        .agg("customer_id")
        .iter_rows()
    ):
        free = (PREFIX + who for who in group if PREFIX + who not in taken)
        numbers[first] = next(free, f"{PREFIX}{first}{len(taken)}")
        taken.add(numbers[first])
    return _by_first(numbers)


def _by_first(numbers: Mapping[str, str]) -> pl.DataFrame:
    columns = {"first": list(numbers), "household_id": list(numbers.values())}
    return pl.DataFrame(columns, {"first": pl.String, "household_id": pl.String})
