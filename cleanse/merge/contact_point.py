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
_KIND: Final = pl.Enum(sorted(_KINDS))
_SHARED: Final = ("row", "record_id", "kind", "value_as_typed")
POINT_COLUMNS: Final = frozenset(
    (
        *(*map(raw, _KINDS), "phones", "phone_e164", "phone_type"),
        *("emails", "email_is_valid", "email_is_role", "postcode_is_valid"),
    )
)
"""Columns of members that are looked at here, beside the fields themselves."""
_ADDRESS: Final = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
_TAIL: Final = 7
"""Last digits by which a number as typed is found among the normalised ones."""


def list_contact_points(members: pl.DataFrame, golden: pl.DataFrame) -> pl.DataFrame:
    """List the contact points of all members.

    Args:
        members: See `gather_members`.
        golden: golden_record of the same customers in the same order; what it has is primary.

    Returns:
        Schema CONTACT_POINT, sorted.
    """
    members = members.with_columns(row=pl.col("customer_id").rle_id())
    kinds = [
        *(_phones(members, field) for field in present(members, _PHONES)),
        *(_emails(members) for _ in present(members, ("email",))),
        *(_singles(members, field) for field in present(members, _SINGLE)),
    ]
    if not kinds:
        return pl.DataFrame(schema=CONTACT_POINT)
    points = _each_once(pl.concat(_with_primary(kind, golden) for kind in kinds))
    return points.with_columns(
        golden["customer_id"].gather(points["row"]), pl.col("kind").cast(pl.String)
    ).select(CONTACT_POINT.names())


def _with_primary(points: pl.DataFrame, golden: pl.DataFrame) -> pl.DataFrame:
    """Mark the values that the golden record has; points are of one kind."""
    if points.is_empty():
        return points.with_columns(is_primary=pl.lit(value=False))
    chosen = golden[points["kind"][0]].gather(points["row"])
    return points.with_columns(
        is_primary=(pl.col("value") == chosen).fill_null(value=False)
    )


def _each_once(points: pl.DataFrame) -> pl.DataFrame:
    """Sort by customer, kind, record, value and text, and keep each value of a record once.

    Texts are compared only where a record has several of one kind.
    """
    cell = ["row", "kind", "record_id"]
    points = points.sort(cell, maintain_order=True)
    is_next = pl.all_horizontal(pl.col(c) == pl.col(c).shift() for c in cell)
    is_next = is_next.fill_null(value=False)
    is_alone = ~(is_next | is_next.shift(-1, fill_value=False))
    several = points.filter(~is_alone).sort(
        *cell, "value", "value_as_typed", maintain_order=True
    )
    is_again = is_next & pl.col("value").eq_missing(pl.col("value").shift())
    return pl.concat([points.filter(is_alone), several.filter(~is_again)]).sort(
        cell, maintain_order=True
    )


def _typed(members: pl.DataFrame, field: str, *columns: str) -> pl.DataFrame:
    """Split the cells of a field: one row per piece, with ``place`` in the cell."""
    cell = raw(field) if raw(field) in members.columns else field
    keep = ["row", "record_id", field, *present(members, columns)]
    filled = members.select(*keep, value_as_typed=cell).drop_nulls("value_as_typed")
    between = _BETWEEN.get(field, VALUE_SEPARATOR)
    is_one = ~pl.col("value_as_typed").str.contains(between)
    several = filled.filter(~is_one).with_columns(
        pl.col("value_as_typed").str.replace_all(between, "\n").str.split("\n")
    )
    pieces = pl.concat([filled.filter(is_one), several.explode("value_as_typed")])
    place = pl.int_range(pl.len(), dtype=pl.Int64).over("record_id")
    return (
        pieces.with_columns(pl.col("value_as_typed").str.strip_chars())
        .filter(pl.col("value_as_typed") != "")
        .with_columns(
            pl.lit(field).cast(_KIND).alias("kind"),
            place=place if several.height else pl.lit(0, pl.Int64),
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
    if field == "fax":
        typed = typed.with_columns(phones=pl.lit([], pl.List(pl.String)))
    listed = pl.col("phones").list
    key = pl.coalesce(listed.first(), field)
    own = pl.col(field).fill_null(key) == key
    has_one = (listed.len().fill_null(0) < 2) & own.fill_null(value=True)  # noqa: PLR2004
    single = typed.filter(has_one).with_columns(key=key)
    found = pl.concat(
        [
            single.with_columns(value=pl.when(_has_tail("digits", "key")).then("key")),
            _of_several(typed.filter(~has_one), field),
        ],
        how="diagonal",
    )
    is_main = pl.col("value") == pl.col("phone_e164")
    return found.select(
        *_SHARED,
        "value",
        pl.when(is_main).then("phone_type").alias("type"),
        pl.col("value").str.starts_with("+").fill_null(value=False).alias("is_valid"),
    )


def _of_several(typed: pl.DataFrame, field: str) -> pl.DataFrame:
    """Add the ``value`` of pieces where the record has several numbers; a piece may have more than one."""
    listed = pl.col("phones").fill_null([])
    keys = typed.select(
        "record_id",
        "place",
        "digits",
        pl.concat_list(pl.concat_list(field).list.drop_nulls(), listed).alias("key"),
        own=pl.col(field),
    ).explode("key")
    # What is no valid number is listed with its digits alone; the field has it as it is written.
    is_same = (pl.col("key") != pl.col("own")) & _digits("own").str.ends_with(
        pl.col("key")
    )
    found = (
        keys.drop_nulls("key")
        .filter(_has_tail("digits", "key"), ~is_same.fill_null(value=False))
        .select("record_id", "place", pl.col("key").alias("value"))
    )
    return typed.join(found, on=["record_id", "place"], how="left")


def _has_tail(digits: str, key: str) -> pl.Expr:
    """Tell whether some digits hold the last ones of a number."""
    return pl.col(digits).str.contains(_digits(key).str.slice(-_TAIL), literal=True)


def _digits(column: str) -> pl.Expr:
    return _folded(pl.col(column)).str.replace_all(r"[^0-9]", "")


def _folded(text: pl.Expr) -> pl.Expr:
    """Normalise (NFKC) the texts that are not ASCII; the others are what they would become."""
    other = pl.when(text.str.len_bytes() != text.str.len_chars()).then(text)
    return pl.coalesce(other.str.normalize("NFKC"), text)


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
    address = _folded(pl.col("value_as_typed")).str.to_lowercase()
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
