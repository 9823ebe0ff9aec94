"""Who answers for a company: 联系人, linked to it and never merged with it."""

from __future__ import annotations

from typing import Final

import polars as pl

from cleanse.schema import present, with_columns_present

CONTACT_PERSON: Final = pl.Schema(
    {
        "customer_id": pl.String,
        "person_customer_id": pl.String,
        "name": pl.String,
        "job_title": pl.String,
        "department": pl.String,
        "phone": pl.String,
        "email": pl.String,
        "record_id": pl.Int64,
    }
)
"""One row per company and person; person_customer_id where that person is a customer too."""

_POINTS: Final = ("phones", "emails")
CONTACT_COLUMNS: Final = frozenset(
    (
        *("record_id", "source", "kind", "source_updated_at", *_POINTS),
        *("name", "name_compare", "contact", "contact_compare"),
        *("job_title", "department", "phone", "email"),
    )
)
"""Columns of members that are looked at here."""


def find_contact_persons(members: pl.DataFrame) -> pl.DataFrame:
    """List the contacts of companies, each once, and find those that are customers.

    A contact is a customer when name and phone or e-mail are that person's, and no
    other person's too.

    Args:
        members: See `gather_members`.

    Returns:
        Schema CONTACT_PERSON, sorted.
    """
    if "contact" not in members.columns:
        return pl.DataFrame(schema=CONTACT_PERSON)
    members = with_columns_present(members, CONTACT_PERSON)
    contacts = members.filter(
        pl.col("contact").is_not_null() & (pl.col("customer_kind") == "company")
    )
    if contacts.is_empty():
        return pl.DataFrame(schema=CONTACT_PERSON)
    contacts = contacts.with_columns(
        _name_key(contacts, "contact"), pl.col("contact").alias("name")
    )
    persons = members.filter(
        pl.col("name").is_not_null() & (pl.col("customer_kind") == "person")
    )
    persons = persons.with_columns(_name_key(persons, "name"))
    return (
        contacts.drop("person_customer_id")
        .join(_customers(contacts, persons), on=["customer_id", "name_key"], how="left")
        .group_by("customer_id", "name_key", maintain_order=True)
        .agg(
            pl.col("person_customer_id", "name").first(),
            pl.col("job_title", "department", "phone", "email").drop_nulls().first(),
            pl.col("record_id").first(),
        )
        .select(CONTACT_PERSON.names())
        .sort("customer_id", "name", "record_id")
    )


def _name_key(people: pl.DataFrame, field: str) -> pl.Expr:
    """Reduce a name to its sorted tokens, so that their order does not matter."""
    columns = [pl.col(name) for name in present(people, (f"{field}_compare", field))]
    tokens = (
        pl.coalesce(columns)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars()
        .str.split(" ")
    )
    return tokens.list.eval(pl.element().sort()).list.join(" ").alias("name_key")


def _customers(contacts: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, name_key, person_customer_id of the contacts that are customers."""
    found = [
        _points(contacts, column)
        .join(
            _points(persons, column).rename({"customer_id": "person_customer_id"}),
            on=["name_key", "point"],
        )
        .select("customer_id", "name_key", "person_customer_id")
        for column in present(contacts, _POINTS)
    ]
    if not found:
        schema = ("customer_id", "name_key", "person_customer_id")
        return pl.DataFrame(schema=dict.fromkeys(schema, pl.String))
    return (
        pl.concat(found).unique().filter(pl.len().over("customer_id", "name_key") == 1)
    )


def _points(people: pl.DataFrame, column: str) -> pl.DataFrame:
    return (
        people.select("customer_id", "name_key", pl.col(column).alias("point"))
        .explode("point")
        .drop_nulls("point")
        .unique()
    )
