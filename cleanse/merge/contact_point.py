"""Every way of reaching a customer that some list gave, as typed and as normalised."""

from __future__ import annotations

from typing import Final

import polars as pl

from cleanse.schema import (
    VALUE_SEPARATOR,
    present,
    raw,
    valid,
    with_columns_present,
)

CONTACT_POINT: Final = pl.Schema(
    {
        "customer_id": pl.String,
        "record_id": pl.Int64,
        "kind": pl.String,
        "value_as_typed": pl.String,
        "value": pl.String,
        "type": pl.String,
        "is_primary": pl.Boolean,
        "is_valid": pl.Boolean,
    }
)
"""One row per record, kind and value; value is null where what was typed is no such thing."""

_PHONES: Final = ("phone", "mobile", "fax")
_BETWEEN: Final = {
    "phone": r"[\n;,/|；，、／｜]",
    "mobile": r"[\n;,/|；，、／｜]",
    "fax": r"[\n;,/|；，、／｜]",
    "email": r"[\s;,|；，、｜<>]",
}
_SINGLE: Final = ("website", "wechat", "qq", "address")
_KINDS: Final = (*_PHONES, "email", *_SINGLE)
_SHARED: Final = ("customer_id", "record_id", "kind", "value_as_typed")
_ADDRESS: Final = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
_TAIL: Final = 7
"""Last digits by which a number as typed is found among the normalised ones."""


def list_contact_points(members: pl.DataFrame, golden: pl.DataFrame) -> pl.DataFrame:
    """List the contact points of all members.

    Args:
        members: See `gather_members`.
        golden: golden_record; what it has is primary.

    Returns:
        Schema CONTACT_POINT, sorted.
    """
    kinds = [
        *(_phones(members, field) for field in present(members, _PHONES)),
        *(_emails(members) for _ in present(members, ("email",))),
        *(_singles(members, field) for field in present(members, _SINGLE)),
    ]
    if not kinds:
        return pl.DataFrame(schema=CONTACT_POINT)
    primary = golden.select("customer_id", *present(golden, _KINDS)).unpivot(
        index="customer_id", variable_name="kind", value_name="value"
    )
    primary = primary.drop_nulls("value").with_columns(is_primary=pl.lit(value=True))
    return (
        pl.concat(kinds)
        .join(primary, on=["customer_id", "kind", "value"], how="left")
        .with_columns(pl.col("is_primary").fill_null(value=False))
        .select(CONTACT_POINT.names())
        .sort("customer_id", "kind", "record_id", "value", "value_as_typed")
        .unique(["record_id", "kind", "value"], keep="first", maintain_order=True)
    )


def _typed(members: pl.DataFrame, field: str, *columns: str) -> pl.DataFrame:
    """Split the cells of a field: one row per piece, with ``place`` in the cell."""
    cell = raw(field) if raw(field) in members.columns else field
    keep = ["customer_id", "record_id", field, *present(members, columns)]
    pieces = pl.col(cell).str.replace_all(_BETWEEN.get(field, VALUE_SEPARATOR), "\n")
    return (
        members.select(*keep, pieces.str.split("\n").alias("value_as_typed"))
        .explode("value_as_typed")
        .with_columns(pl.col("value_as_typed").str.strip_chars())
        .filter(pl.col("value_as_typed") != "")
        .with_columns(
            pl.lit(field).alias("kind"),
            pl.int_range(pl.len()).over("record_id").alias("place"),
        )
    )


def _phones(members: pl.DataFrame, field: str) -> pl.DataFrame:
    """Find the numbers of each piece among the normalised ones of its record by their last digits."""
    columns = ("phones", "phone_e164", "phone_type")
    typed = with_columns_present(
        _typed(members, field, *columns),
        {
            "phones": pl.List(pl.String),
            "phone_e164": pl.String,
            "phone_type": pl.String,
        },
    ).with_columns(_digits("value_as_typed").alias("digits"))
    none = pl.lit([], pl.List(pl.String))
    listed = none if field == "fax" else pl.col("phones").fill_null([])
    keys = typed.select(
        "record_id",
        "place",
        "digits",
        pl.concat_list(pl.concat_list(field).list.drop_nulls(), listed).alias("key"),
    ).explode("key")
    same = _digits("digits").str.contains(
        _digits("key").str.slice(-_TAIL), literal=True
    )
    found = (
        keys.drop_nulls("key")
        .filter(same)
        .select("record_id", "place", pl.col("key").alias("value"))
    )
    is_main = pl.col("value") == pl.col("phone_e164")
    return typed.join(found, on=["record_id", "place"], how="left").select(
        *_SHARED,
        "value",
        pl.when(is_main).then("phone_type").alias("type"),
        pl.col("value").str.starts_with("+").fill_null(value=False).alias("is_valid"),
    )


def _digits(column: str) -> pl.Expr:
    return pl.col(column).str.normalize("NFKC").str.replace_all(r"[^0-9]", "")


def _emails(members: pl.DataFrame) -> pl.DataFrame:
    """Take the pieces with an at sign, or the one that was kept though it has none."""
    columns = ("email_is_valid", "email_is_role", "emails")
    typed = with_columns_present(
        _typed(members, "email", *columns),
        {
            "email_is_valid": pl.Boolean,
            "email_is_role": pl.Boolean,
            "emails": pl.List(pl.String),
        },
    )
    address = pl.col("value_as_typed").str.normalize("NFKC").str.to_lowercase()
    is_main = address == pl.col("email").str.to_lowercase()
    others = pl.col("emails").list.len() > 1
    is_address = address.str.contains(_ADDRESS)
    kept = is_main | (others & is_address)
    return typed.filter(is_main | address.str.contains("@", literal=True)).select(
        *_SHARED,
        pl.when(is_main).then("email").when(kept).then(address).alias("value"),
        pl.when(is_main & pl.col("email_is_role")).then(pl.lit("role")).alias("type"),
        pl.when(is_main)
        .then("email_is_valid")
        .otherwise(kept.fill_null(value=False))
        .alias("is_valid"),
    )


def _singles(members: pl.DataFrame, field: str) -> pl.DataFrame:
    """List a field of which only the first value is normalised; the others stay as typed."""
    flag = "postcode_is_valid" if field == "address" else valid(field)
    typed = with_columns_present(_typed(members, field, flag), {flag: pl.Boolean})
    is_main = pl.col("place") == 0
    value = pl.when(is_main).then(field).otherwise("value_as_typed")
    return typed.select(
        *_SHARED,
        value.alias("value"),
        pl.lit(None, pl.String).alias("type"),
        pl.when(is_main).then(flag).alias("is_valid"),
    )
