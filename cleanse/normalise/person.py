"""Person names: parts to show, forms to compare.

The customer's own name (see `cleanse.normalise.kind`) is read once per distinct
value.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.name_form import compare_forms, with_compare_forms
from cleanse.normalise.person_name import TypedName, displayed, read_person
from cleanse.normalise.person_words import PersonWords, person_words
from cleanse.normalise.placeholder import typed
from cleanse.normalise.text import has_han
from cleanse.rulebook import Rulebook
from cleanse.schema import present, with_columns_present

PARTS = ("given_name", "middle_name", "family_name")
"""Fields that hold a part of a person's name."""

_TYPED = ("name", *(f"{part}_typed" for part in PARTS), "family_first")

_PARSED = (*PARTS, "name_suffix", "said", "also", "display")

# A list writes family names first when at least this many of its names prove it,
# and this many times more than prove the contrary.
_PROOFS = 20
_PROOF_RATIO = 5


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
        name_script and alias_compare (the name in a second script); null for
        companies, whose name stays.
    """
    words = person_words(rulebook.vocabulary)
    persons = _persons(records, rulebook, words)
    lookup = _parsed(persons.select(_TYPED).unique(maintain_order=True), words)
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
    if "alias_raw" in records.columns:
        alias = typed(records, "alias", rulebook)
        same_script = compare_forms(alias).alias("alias_compare")
        records = records.with_columns(alias, same_script)
    if "contact" not in records.columns:
        return records
    distinct = records["contact"].drop_nulls().unique().alias("name")
    names = [read_person(TypedName(name), words) for name in distinct]
    shown = pl.Series(
        [
            typed_name if not name.given else displayed(name, words)
            for typed_name, name in zip(distinct, names, strict=True)
        ],
        dtype=pl.String,
    )
    contact = records["contact"].replace(distinct, shown)
    return records.with_columns(
        contact, compare_forms(contact).alias("contact_compare")
    )


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
    turned = _family_first(persons.select("source", "name").unique(), words)
    return persons.join(turned, on="source", how="left", maintain_order="left").drop(
        "kind", "source"
    )


def _family_first(names: pl.DataFrame, words: PersonWords) -> pl.DataFrame:
    """Find the sources that write western family names first, without a comma.

    Returns:
        source, family_first: one row per source.
    """
    text = pl.col("name").str.to_lowercase()
    first = text.str.extract(r"^(\p{L}+) ")
    last = text.str.extract(r" (\p{L}+)$")
    given, only_given = sorted(words.given), sorted(words.only_given)
    turned = last.is_in(only_given) & ~first.is_in(given)
    straight = first.is_in(only_given) & ~last.is_in(given)
    counts = (
        names.filter(~pl.col("name").str.contains(",").fill_null(False))
        .group_by("source")
        .agg(turned.sum().alias("turned"), straight.sum().alias("straight"))
    )
    proven = (pl.col("turned") >= _PROOFS) & (
        pl.col("turned") > pl.col("straight") * _PROOF_RATIO
    )
    sources = names.select("source").unique()
    return sources.join(
        counts.select("source", family_first=proven), on="source", how="left"
    ).with_columns(pl.col("family_first").fill_null(False))


def _parsed(distinct: pl.DataFrame, words: PersonWords) -> pl.DataFrame:
    """Read each distinct name once; add the columns of _PARSED."""
    rows = []
    for values in distinct.fill_null("").iter_rows():
        typed_name = TypedName(*values)
        name = read_person(typed_name, words)
        # 王总 stays 王总: a family name alone names nobody.
        alone = has_han(name.family) and not name.given and typed_name.name
        rows.append((*name, alone or displayed(name, words)))
    schema = dict.fromkeys(_PARSED, pl.String)
    parsed = pl.DataFrame(rows, schema=schema, orient="row")
    parsed = parsed.with_columns(pl.all().replace("", None))
    return pl.concat([distinct, parsed], how="horizontal")


def _beside(records: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Lay what was read beside the records; companies keep their name."""
    new = [name for name in found.columns if name not in {"row", "display", "said"}]
    joined = (
        records.drop(present(records, new))
        .with_row_index("row")
        .join(found, on="row", how="left", maintain_order="left")
    )
    joined = with_columns_present(joined, {"name": pl.String, "salutation": pl.String})
    return joined.with_columns(
        pl.coalesce("display", "name").alias("name"),
        pl.coalesce("salutation", "said").alias("salutation"),
    ).drop("row", "display", "said", "also")
