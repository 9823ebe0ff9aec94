"""Validate: what is doubtful becomes an issue, who is nobody becomes a reject.

The checks are declared in rules/validation.toml; here they are only carried out.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import polars as pl

from cleanse.errors import RuleError
from cleanse.rulebook import Rulebook
from cleanse.rulebook.validation import CheckRule
from cleanse.schema import FIELDS, ISSUE, FieldKind, present, raw
from cleanse.shelf import Frame, FrameT, by_part

REJECTED = pl.Schema({"record_id": pl.Int64, "reason": pl.String})
"""One row per record that identifies nobody."""

NOBODY = "nothing in the row tells who it is"
"""Reason of such rejects."""

NEWEST = "newest_on"
"""Column that checks may use: the newest day a record of the frame was updated."""


def validate(
    records: FrameT, rulebook: Rulebook
) -> tuple[FrameT, pl.DataFrame, pl.DataFrame]:
    """Hold records against the checks.

    Args:
        records: Normalised records with record_id.
        rulebook: Its `validation`.

    Returns:
        The records that identify somebody; their issues (schema ISSUE, sorted by
        record and check); the others (schema REJECTED).

    Raises:
        RuleError: A predicate is not SQL, or names no column of a record.
    """
    rejected = _rejected(records, rulebook)
    kept = without(rejected, records)
    return kept, _issues(kept, rulebook), rejected


def without(rejected: pl.DataFrame, frame: FrameT) -> FrameT:
    """Leave out what is of rejected records; of both, record_id is looked at."""
    if rejected.is_empty():
        return frame

    def left(part: pl.DataFrame) -> pl.DataFrame:
        return part.join(rejected, on="record_id", how="anti", maintain_order="left")

    return by_part(frame, left)


def _rejected(records: Frame, rulebook: Rulebook) -> pl.DataFrame:
    """Return the records that identify nobody: schema REJECTED."""
    names = present(records, rulebook.validation.identify.any_of)
    is_nobody = pl.all_horizontal(
        [pl.lit(value=True)] + [pl.col(name).is_null() for name in names]
    )
    nobody = records.lazy().filter(is_nobody)
    told = nobody.select("record_id", pl.lit(NOBODY).alias("reason")).collect()
    return told.cast(REJECTED)


def _issues(records: Frame, rulebook: Rulebook) -> pl.DataFrame:
    """Return the issues of records that identify somebody: schema ISSUE, sorted."""
    dated = records.lazy().with_columns(_newest(records))
    columns = {*records.columns, NEWEST}
    failed = [
        _failed(dated, columns, name, rule, field, when)
        for name, rule in rulebook.validation.check.items()
        if rule.is_on
        for field, when in rule.parts()
    ]
    return pl.concat([ISSUE.to_frame(), *failed]).sort("record_id", "check")


def _newest(records: Frame) -> pl.Expr:
    if "source_updated_at" not in records.columns:
        return pl.lit(None, pl.Date).alias(NEWEST)
    newest = records.select(pl.col("source_updated_at").max().dt.date()).item()
    return pl.lit(newest, pl.Date).alias(NEWEST)


def _failed(
    records: pl.LazyFrame,
    columns: Collection[str],
    name: str,
    rule: CheckRule,
    field: str,
    when: str,
) -> pl.DataFrame:
    """Return the issues of one check of one field."""
    failing = predicate(name, when)
    advice = _advice(name, rule)
    used = [*failing.meta.root_names(), *advice.meta.root_names()]
    absent = [c for c in used if c not in columns]
    shown = [name for name in (raw(field), field) if name in columns]
    value = pl.coalesce(shown).cast(pl.String) if shown else pl.lit(None, pl.String)
    return (
        # Lazily: only the columns that are shown are gathered.
        records.with_columns(
            pl.lit(None, column_type(c)).alias(c) for c in dict.fromkeys(absent)
        )
        .filter(failing)
        .select(
            "record_id",
            pl.lit(field).alias("field"),
            pl.lit(name).alias("check"),
            pl.lit(rule.severity.value).alias("severity"),
            value.alias("value"),
            advice.alias("advice"),
        )
        .cast(ISSUE)
        .collect(engine="in-memory")
    )


def _advice(name: str, rule: CheckRule) -> pl.Expr:
    """Write the advice, with the record's value where it names a column in braces."""
    columns = re.findall(r"\{(\w+)\}", rule.advice)
    for column in columns:
        if not is_column(column):
            where = f"rules/validation.toml: [check.{name}] advice"
            message = f"{where}: no column {column!r} in a record."
            raise RuleError(f"{message}\nColumns are listed in rules/README.md.")
    if not columns:
        return pl.lit(rule.advice)
    values = [pl.col(column).cast(pl.String).fill_null("") for column in columns]
    return pl.format(re.sub(r"\{\w+\}", "{}", rule.advice), *values)


def predicate(name: str, when: str) -> pl.Expr:
    """Read the predicate of a check.

    Raises:
        RuleError: It is not a SQL predicate, or names what is no column of a record.
    """
    where = f"rules/validation.toml: [check.{name}] when"
    try:
        failing = pl.sql_expr(when)
    except pl.exceptions.PolarsError as error:
        raise RuleError(
            f"{where}: {error}\nWrite a SQL predicate over the columns of a record."
        ) from None
    for column in failing.meta.root_names():
        if not is_column(column):
            message = f"{where}: no column {column!r} in a record."
            raise RuleError(f"{message}\nColumns are listed in rules/README.md.")
    return failing


_ENDINGS = "_raw _replaced _is_valid _is_lossy _precision _compare _e164 _type _extension _is_role _is_disposable _suggestion _key _root _latin _script _core _form _region _branch _suffix _partner _province".split()


def is_column(name: str) -> bool:
    """Tell whether a record may have such a column.

    >>> is_column("phone_is_valid"), is_column("phome"), is_column("x_birth_place")
    (True, False, True)
    """
    stem = next((name.removesuffix(e) for e in _ENDINGS if name.endswith(e)), name)
    others = {NEWEST, "source", "source_key", "region"}
    others |= {"given", "middle", "family", "birth", "founded"}
    return stem in FIELDS or stem in others or name.startswith("x_")


def column_type(name: str) -> pl.DataType:
    """Return the type of a column that no list of the run has."""
    if "_is_" in name:
        return pl.Boolean()
    match FIELDS.get(name):
        case FieldKind.DATE:
            return pl.Date()
        case FieldKind.TIME:
            return pl.Datetime("us", "UTC")
        case FieldKind.AMOUNT:
            return pl.Decimal(18, 2)
        case FieldKind.COUNT:
            return pl.Int64()
        case _:
            return pl.Date() if name == NEWEST else pl.String()
