"""Person names: parts to show, forms to compare.

The customer's own name (see `cleanse.normalise.kind`) is read once per distinct
value.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.name_form import compare_forms, with_compare_forms
from cleanse.normalise.person_columns import plain_names
from cleanse.normalise.person_name import TypedName, displayed, read_person
from cleanse.normalise.person_order import family_first_lists
from cleanse.normalise.person_words import PersonName, PersonWords, person_words
from cleanse.normalise.placeholder import typed
from cleanse.normalise.spread import spread
from cleanse.rulebook import Rulebook
from cleanse.schema import present, with_columns_present

PARTS = ("given_name", "middle_name", "family_name")
"""Fields that hold a part of a person's name."""

BETWEEN = "; "
"""Stands between several names of one cell."""

_TYPED = ("name", *(f"{part}_typed" for part in PARTS), "family_first")

_PARSED = (*PARTS, "name_suffix", "said", "also", "name_partner", "display")


def normalise_person(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Add the parts of persons' names and the forms in which they are compared.

    Args:
        records: With ``kind``, ``name`` (the customer's own name, tidy), and
            ``<part>_raw`` for parts that have columns.
        rulebook: Vocabulary of person names.

    Returns:
        `records` with name (as displayed, western order), given_name,
        middle_name, family_name, name_suffix, salutation, name_compare,
        given_compare, middle_compare, family_compare, given_root, name_latin,
        name_script, name_latin_keys (see `person_latin`), name_also (other names
        typed beside it: a second script, a nickname) and name_partner (other
        people of the same cell, who are the contact where there is none); null
        for companies, whose name stays.
    """
    words = person_words(rulebook.vocabulary)
    persons = _persons(records, rulebook, words)
    distinct = persons.select(_TYPED).unique(maintain_order=True)
    lookup = _parsed(distinct, rulebook)
    lookup = with_compare_forms(lookup, rulebook)
    found = persons.join(lookup, on=_TYPED, how="left", nulls_equal=True)
    return _beside(records, found.drop(_TYPED))


def normalise_contact(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Show contact and alias as names of persons, and fold them for comparing.

    Returns:
        `records` with contact, contact_compare and alias, alias_compare, where
        those fields are there; titles go, but for a family name alone.
    """
    words = person_words(rulebook.vocabulary)
    if "name_also" in records.columns:
        records = records.with_columns(_aliases(records, rulebook)).drop("name_also")
    if "contact" not in records.columns:
        return records
    distinct = records["contact"].drop_nulls().unique().alias("name")
    names = [read_person(TypedName(name), words) for name in distinct]
    shown = pl.Series(
        [
            typed_name if not name.given else _all_displayed(name)
            for typed_name, name in zip(distinct, names, strict=True)
        ],
        dtype=pl.String,
    )
    contact = records["contact"].replace(distinct, shown)
    return records.with_columns(
        contact, compare_forms(contact).alias("contact_compare")
    )


def _all_displayed(name: PersonName) -> str:
    return BETWEEN.join(filter(None, (displayed(name), name.partner)))


def _aliases(records: pl.DataFrame, rulebook: Rulebook) -> list[pl.Series]:
    """Unite the alias a list has with the other names typed beside a name."""
    alias = typed(records, "alias", rulebook)
    frame = records.select("name_also", alias)
    united = frame.select(
        pl.concat_str("alias", "name_also", separator=BETWEEN, ignore_nulls=True)
        .replace("", None)
        .alias("alias")
    )
    each = united.with_row_index("row").drop_nulls("alias")
    each = each.with_columns(pl.col("alias").str.split(BETWEEN)).explode("alias")
    each = each.with_columns(compare_forms(each["alias"]).alias("alias_compare"))
    folded = each.group_by("row", maintain_order=True).agg(
        pl.col("alias_compare").drop_nulls().str.join(BETWEEN)
    )
    whole = united.with_row_index("row").join(
        folded, on="row", how="left", maintain_order="left"
    )
    return [whole["alias"], whole["alias_compare"]]


def _persons(
    records: pl.DataFrame, rulebook: Rulebook, words: PersonWords
) -> pl.DataFrame:
    """One row per person: row, and the name and its parts as typed."""
    parts = [typed(records, part, rulebook).alias(f"{part}_typed") for part in PARTS]
    columns = with_columns_present(
        records.select(present(records, ("kind", "name", "source"))),
        {"name": pl.String, "source": pl.String},
    )
    persons = (
        columns.with_columns(parts)
        .with_row_index("row")
        .filter(pl.col("kind") == "person")
        .with_columns(pl.col("source").fill_null(""))
    )
    turned = family_first_lists(persons.select("source", "name").unique(), words)
    return persons.join(turned, on="source", how="left", maintain_order="left").drop(
        "kind", "source"
    )


def _parsed(distinct: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read each distinct name once; add the columns of _PARSED."""
    words = person_words(rulebook.vocabulary)
    is_whole = (
        pl.col("given_name_typed").is_null() & pl.col("family_name_typed").is_null()
    )
    is_usual = ~pl.col("family_first").fill_null(value=False)
    name = distinct.select(pl.when(is_whole & is_usual).then("name")).to_series()
    plain = plain_names(name, words)
    parsed = plain.select(
        pl.col(column)
        if column in plain.columns
        else pl.lit(None, pl.String).alias(column)
        for column in _PARSED
    )
    is_read = parsed["display"].is_not_null()
    left = distinct.filter(~is_read)
    slow = spread(_read_one_by_one, left, rulebook)
    # First those read at once, then the others: as `distinct` is put in order.
    parsed = pl.concat([parsed.filter(is_read), slow])
    parted = pl.concat([distinct.filter(is_read), left])
    return pl.concat([parted, parsed], how="horizontal")


def _read_one_by_one(distinct: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read names (columns _TYPED) by the parsers: the columns of _PARSED."""
    words = person_words(rulebook.vocabulary)
    rows = []
    for values in distinct.fill_null("").iter_rows():
        found = read_person(TypedName(*values), words)
        also = _called(found) if found.nickname else found.also
        rows.append((*found[:5], also, found.partner, displayed(found)))
    read = pl.DataFrame(rows, schema=dict.fromkeys(_PARSED, pl.String), orient="row")
    return read.with_columns(pl.all().replace("", None))


def _called(name: PersonName) -> str:
    """Write the nickname with the family name, as another name of the person."""
    called = f"{name.nickname} {name.family}".strip()
    return BETWEEN.join(filter(None, (name.also, called)))


def _beside(records: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Lay what was read beside the records; companies keep their name."""
    found = found.rename({"also": "name_also"})
    new = [name for name in found.columns if name not in {"row", "display", "said"}]
    joined = (
        records.drop(present(records, new))
        .with_row_index("row")
        .join(found, on="row", how="left", maintain_order="left")
    )
    joined = with_columns_present(
        joined, dict.fromkeys(("name", "salutation", "contact"), pl.String)
    )
    return joined.with_columns(
        pl.coalesce("display", "name").alias("name"),
        pl.coalesce("salutation", "said").alias("salutation"),
        pl.coalesce("contact", "name_partner").alias("contact"),
    ).drop("row", "display", "said")
