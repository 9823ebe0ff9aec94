"""Whether a record is a person or a company, and by which name it goes.

The rules are those of the design: a company beside a contact is the company's
row; a person's name beside a company is the person's, the company the employer;
where only one is filled, that one is the customer. Only where a single name
column holds both does the name itself decide, and the list it stands in.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.kind_evidence import CLEAR, HINT, SURE, kind_words, name_evidence
from cleanse.normalise.kind_pattern import name_patterns
from cleanse.normalise.placeholder import typed
from cleanse.normalise.spread import spread
from cleanse.normalise.text import folded
from cleanse.rulebook import Rulebook
from cleanse.schema import raw, with_columns_present

PERSON, COMPANY = "person", "company"
DECIDED = "decided_kind"
"""Column in which a steward's word on the kind stands, where there is one; it goes before all else."""

_READ = ("name", "given_name", "family_name", "company", "contact", "kind")

# Filled columns that speak for a person or a company where the name alone is unsure.
_PERSONAL = ("gender", "national_id", "passport", "job_title", "salutation")
_CORPORATE = ("tax_id", "founded_on", "industry", "lei")
_WEIGHED = (*_PERSONAL, *_CORPORATE)

# Among the clear names of a list, this many times more companies than persons
# make the unclear ones companies too.
_RATIO = 2


def normalise_kind(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Decide kind, and choose the customer's own name.

    Args:
        records: As mapped; ``customer`` says what the list is a list of, and `DECIDED`
            what a steward has said of a record.
        rulebook: Vocabularies of names and of kinds.

    Returns:
        `records` with kind (never null) and, as typed but tidy: name (the
        customer's own), company (a company's own name, a person's employer),
        contact.
    """
    frame = _as_typed(records, rulebook)
    names = folded(frame["name"])
    frame = frame.with_columns(
        _evidence(names, rulebook).alias("evidence"),
        (_filled(_CORPORATE) - _filled(_PERSONAL)).alias("columns"),
        (names == folded(frame["company"])).alias("same"),
    )
    frame = frame.with_columns(_kind().alias("decided"))
    frame = frame.with_columns(_by_list(frame).alias("kind"))
    return records.with_columns(frame.select(_own_names()))


def move_founding(records: pl.DataFrame) -> pl.DataFrame:
    """Give a birth date to persons and a founding date to companies.

    A column such as birth_or_founded holds both; run after dates are read.
    """
    pairs = (
        ("birth_on", "founded_on", pl.Date),
        ("birth_precision", "founded_precision", pl.String),
    )
    if not {"birth_on", "founded_on"} & set(records.columns):
        return records
    is_company = pl.col("kind") == COMPANY
    for birth, founded, dtype in pairs:
        records = with_columns_present(records, {birth: dtype, founded: dtype})
        records = records.with_columns(
            pl.when(is_company)
            .then(None)
            .otherwise(pl.coalesce(birth, founded))
            .alias(birth),
            pl.when(is_company).then(pl.coalesce(founded, birth)).alias(founded),
        )
    return _validity_of_persons(records, is_company)


def _validity_of_persons(records: pl.DataFrame, is_company: pl.Expr) -> pl.DataFrame:
    if "birth_on_is_valid" not in records.columns:
        return records
    birth = pl.when(is_company).then(None).otherwise(pl.col("birth_on_is_valid"))
    return records.with_columns(birth.alias("birth_on_is_valid"))


def _as_typed(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """The columns that decide, tidy; what a list lacks is null."""
    said = rulebook.vocabulary.mapping("kind_word", "kind")
    columns = {field: typed(records, field, rulebook) for field in _READ}
    columns["alias"] = typed(records, "alias", rulebook)
    columns["kind"] = folded(columns["kind"]).replace_strict(
        said, default=None, return_dtype=pl.String
    )
    if DECIDED in records.columns:
        columns["kind"] = records[DECIDED].zip_with(
            records[DECIDED].is_not_null(), columns["kind"]
        )
    hint = records["customer"] if "customer" in records.columns else None
    source = records["source"] if "source" in records.columns else None
    none = pl.repeat(None, records.height, dtype=pl.String, eager=True)
    return pl.DataFrame(columns).with_columns(
        _name_or_alias(),
        (none if hint is None else hint).alias("customer"),
        (none if source is None else source).fill_null("").alias("source"),
        *(
            (
                records[raw(f)].is_not_null()
                if raw(f) in records.columns
                else pl.lit(False)
            ).alias(f"has_{f}")
            for f in _WEIGHED
        ),
    )


def _name_or_alias() -> pl.Expr:
    """Let a person with no other name go by the alias: lists keep native names there."""
    parts = ("name", "given_name", "family_name", "contact")
    nameless = pl.all_horizontal(pl.col(part).is_null() for part in parts)
    no_company = pl.col("company").is_null() | (pl.col("kind") == PERSON).fill_null(
        False
    )
    return pl.when(nameless & no_company).then("alias").otherwise("name").alias("name")


def _evidence(names: pl.Series, rulebook: Rulebook) -> pl.Series:
    """Weigh each pattern of names once; null says nothing."""
    patterns = name_patterns(names, rulebook.vocabulary)
    distinct = patterns.drop_nulls().unique().alias("name")
    weights = spread(_weigh, distinct.to_frame(), rulebook)["weight"]
    return patterns.replace_strict(distinct, weights, default=0, return_dtype=pl.Int64)


def _weigh(names: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    words = kind_words(rulebook.vocabulary)
    weights = [name_evidence(name, words) for name in names["name"]]
    return pl.DataFrame({"weight": weights}, {"weight": pl.Int64})


def _filled(fields: tuple[str, ...]) -> pl.Expr:
    """HINT when any of the fields is filled."""
    return pl.any_horizontal(f"has_{field}" for field in fields).cast(pl.Int64) * HINT


def _kind() -> pl.Expr:
    """Decide by the columns; null where only the list can tell."""
    has_parts = pl.col("given_name").is_not_null() | pl.col("family_name").is_not_null()
    has_name, has_company = (
        pl.col("name").is_not_null(),
        pl.col("company").is_not_null(),
    )
    has_contact = pl.col("contact").is_not_null()
    weight = pl.col("evidence") + pl.col("columns")
    of_people, of_companies = (
        pl.col("customer") == PERSON,
        pl.col("customer") == COMPANY,
    )
    named = has_parts | has_name
    person, company = pl.lit(PERSON), pl.lit(COMPANY)
    return (
        pl.when(pl.col("kind").is_not_null())
        .then("kind")
        .when(of_companies)
        .then(pl.when(has_company | has_name).then(company).otherwise(person))
        .when(of_people)
        .then(pl.when(named | ~has_company).then(person).otherwise(company))
        .when(has_parts)
        .then(pl.when(pl.col("evidence") >= SURE).then(company).otherwise(person))
        .when(has_name & pl.col("same"))
        .then(company)
        .when(has_company & (has_contact | ~has_name))
        .then(company)
        .when(has_company)
        .then(pl.when(weight >= CLEAR).then(company).otherwise(person))
        .when(~has_name)
        .then(person)
        .when(weight > 0)
        .then(company)
        .when(weight < 0)
        .then(person)
    )


def _by_list(frame: pl.DataFrame) -> pl.Series:
    """Decide the rest by the kind that prevails among the clear names of their list."""
    clear = pl.col("decided").is_not_null() & (pl.col("evidence") != 0)
    counts = frame.group_by("source").agg(
        (clear & (pl.col("decided") == COMPANY)).sum().alias("companies"),
        (clear & (pl.col("decided") == PERSON)).sum().alias("persons"),
    )
    mostly = pl.col("companies") > pl.col("persons") * _RATIO
    prevailing = counts.select(
        "source",
        pl.when(mostly)
        .then(pl.lit(COMPANY))
        .otherwise(pl.lit(PERSON))
        .alias("prevails"),
    )
    joined = frame.join(prevailing, on="source", how="left", maintain_order="left")
    return joined.select(pl.coalesce("decided", "prevails")).to_series()


def _own_names() -> list[pl.Expr]:
    """Choose the customer's own name, the company beside it, and the contact."""
    is_company = pl.col("kind") == COMPANY
    has_parts = pl.col("given_name").is_not_null() | pl.col("family_name").is_not_null()
    # In a list of companies a person's name beside the company is its contact.
    is_contact = (
        pl.col("company").is_not_null() & ~pl.col("same") & (pl.col("evidence") <= 0)
    ).fill_null(False)
    parts = pl.concat_str("given_name", "family_name", separator=" ", ignore_nulls=True)
    whole = pl.when(has_parts).then(parts)
    company_name = (
        pl.when(is_contact)
        .then("company")
        .otherwise(pl.coalesce("name", "company", whole))
    )
    person_name = (
        pl.when(has_parts).then("name").otherwise(pl.coalesce("name", "contact"))
    )
    contact = (
        pl.when(is_company & is_contact)
        .then(pl.coalesce("contact", "name"))
        # Who is the customer is nobody's contact.
        .when(~is_company & ~has_parts & pl.col("name").is_null())
        .then(None)
    )
    return [
        pl.col("kind"),
        pl.when(is_company).then(company_name).otherwise(person_name).alias("name"),
        pl.when(is_company).then(company_name).otherwise("company").alias("company"),
        contact.otherwise("contact").alias("contact"),
    ]
