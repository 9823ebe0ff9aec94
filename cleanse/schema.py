"""The words of the data: the standard fields, and the frames in which stages meet.

A frame holds only the columns that its input has: an absent column means that
every value is missing, so a list with 3 columns and one with 60 cost what they
hold. `with_columns_present` gives a stage the columns it cannot do without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import polars as pl


class FieldKind(StrEnum):
    """What a standard field holds; decides how it is cleaned, checked and compared."""

    PERSON = "person"
    """A person's name or a part of one."""
    COMPANY = "company"
    """A company's name."""
    PHONE = "phone"
    """Telephone numbers, one or several to a cell."""
    EMAIL = "email"
    """E-mail addresses, one or several to a cell."""
    HANDLE = "handle"
    """A website or a name in a messenger: compared whole, lower case."""
    ADDRESS = "address"
    """An address or a part of one."""
    DATE = "date"
    """A calendar day."""
    TIME = "time"
    """A moment in UTC."""
    ID = "id"
    """An identifier that an authority issues."""
    AMOUNT = "amount"
    """Money, two decimals."""
    COUNT = "count"
    """A whole number."""
    CATEGORY = "category"
    """One of a few values."""
    TAGS = "tags"
    """Several values of a few."""
    TEXT = "text"
    """Free text."""


def _fields() -> dict[str, FieldKind]:
    kind = FieldKind
    groups: dict[FieldKind, str] = {
        kind.CATEGORY: "kind",
        kind.PERSON: "name given_name middle_name family_name alias",
        kind.COMPANY: "company parent_company",
    }
    fields = {name: k for k, names in groups.items() for name in names.split()}
    fields |= {"contact": kind.PERSON, "salutation": kind.CATEGORY}
    fields |= dict.fromkeys(("job_title", "department", "gender"), kind.CATEGORY)
    fields |= dict.fromkeys(("phone", "mobile", "fax"), kind.PHONE)
    fields |= {"email": kind.EMAIL}
    fields |= dict.fromkeys(("website", "wechat", "qq"), kind.HANDLE)
    fields |= dict.fromkeys(ADDRESS_FIELDS, kind.ADDRESS)
    fields |= dict.fromkeys(("birth_on", "founded_on"), kind.DATE)
    fields |= dict.fromkeys(ID_FIELDS, kind.ID)
    fields |= {"industry": kind.CATEGORY, "category": kind.CATEGORY, "tags": kind.TAGS}
    fields |= dict.fromkeys(("importance", "status", "owner"), kind.CATEGORY)
    fields |= dict.fromkeys(("preference", "special_needs"), kind.TEXT)
    fields |= {"payment_method": kind.CATEGORY}
    fields |= dict.fromkeys(
        ("contract_from_on", "contract_until_on", "last_purchase_on"), kind.DATE
    )
    fields |= {"total_amount": kind.AMOUNT, "currency": kind.CATEGORY}
    fields |= {"purchase_count": kind.COUNT, "main_product": kind.TEXT}
    fields |= {"satisfaction": kind.CATEGORY, "consent": kind.CATEGORY}
    fields |= {"note": kind.TEXT, "source": kind.CATEGORY}
    fields |= dict.fromkeys(("source_created_at", "source_updated_at"), kind.TIME)
    return fields


ADDRESS_FIELDS = tuple(
    "address house_number street building unit po_box district city province postcode country".split()
)
"""The parts of an address; they survive as one group."""

ID_FIELDS = ("tax_id", "national_id", "passport", "licence", "lei")
"""Identifiers that an authority issues."""

FIELDS: Mapping[str, FieldKind] = MappingProxyType(_fields())
"""Every standard field and its kind, in the order in which tables show them."""

MANY_VALUED = frozenset(("phone", "mobile", "fax", "email", "website", "wechat", "qq"))
"""Fields that keep all their values; the first is primary."""

VALUE_SEPARATOR = "\n"
"""Stands between the values of one field that came from several columns."""

SOURCE_FIELDS = ("source", "source_created_at", "source_updated_at")
"""Fields that speak of the record, not of the customer."""


def raw(field: str) -> str:
    """Name the column that holds `field` as typed.

    >>> raw("phone")
    'phone_raw'
    """
    return f"{field}_raw"


def valid(field: str) -> str:
    """Name the column that says whether `field` obeys its standard.

    >>> valid("email")
    'email_is_valid'
    """
    return f"{field}_is_valid"


def replaced(field: str) -> str:
    """Name the column that holds what a rule says to read instead of `field` as typed.

    Null where no rule speaks, empty where it says that the value is nothing;
    map writes it, normalise reads it in the place of `raw`.

    >>> replaced("phone")
    'phone_replaced'
    """
    return f"{field}_replaced"


def rule(field: str) -> str:
    """Name the column that says by which rule `field` came about, where it is not the usual one.

    A normaliser writes it where it filled, moved or mended a value; the cell
    changes tell it, and no later stage has it.

    >>> rule("province")
    'province_rule'
    """
    return f"{field}_rule"


EXTRA_PREFIX = "x_"
"""Columns of the user's own that may take part in matching begin with this."""

EXTRA = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
"""Type of `extra`: the columns that are no standard field, as typed."""

LINEAGE = pl.Schema(
    {
        "source": pl.String,
        "source_key": pl.String,
        "file": pl.String,
        "sheet": pl.String,
        "row_number": pl.Int64,
        "line_number": pl.Int64,
    }
)
"""Where a record was read: row_number as a spreadsheet shows it, line_number for text files."""

REJECT = pl.Schema(
    {
        "file": pl.String,
        "sheet": pl.String,
        "row_number": pl.Int64,
        "line_number": pl.Int64,
        "reason": pl.String,
        "raw": pl.String,
    }
)
"""One row per row of a file that did not become a record."""

REPAIR = pl.Schema({"row_number": pl.Int64, "what": pl.String})
"""One row per record that the reader had to mend, or that may be incomplete."""

CELL_CHANGE = pl.Schema(
    {
        "record_id": pl.Int64,
        "field": pl.String,
        "raw": pl.String,
        "clean": pl.String,
        "rule": pl.String,
    }
)
"""One row per record and field that normalising changed."""

ISSUE = pl.Schema(
    {
        "record_id": pl.Int64,
        "field": pl.String,
        "check": pl.String,
        "severity": pl.String,
        "value": pl.String,
        "advice": pl.String,
    }
)
"""One row per record and failed check."""

CROSSWALK = pl.Schema({"record_id": pl.Int64, "customer_id": pl.String})
"""One row per active record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table of a file (a text file, or one data sheet of a workbook) as it stands."""

    sheet: str | None
    """Sheet name; None for text files."""
    headings: tuple[str, ...]
    """Headings, made unique; an empty one is ``column_N`` (1-based)."""
    rows: pl.DataFrame
    """row_number, line_number (Int64; line_number null in workbooks), then one String column
    per heading, same order and names; a missing or empty cell is null; spaces are kept."""
    rejects: pl.DataFrame
    """Schema REJECT."""
    row_count: int
    """Physical rows: records + rejects + blank_count + header_count."""
    blank_count: int
    """Rows without any text."""
    header_count: int
    """Rows of preamble, titles and headings."""
    header_row: int
    """Row number of the (last) heading row; 0 when the file has none."""
    preamble: tuple[str, ...] = ()
    """What stands above the headings, line by line: 单位：万元."""
    repairs: pl.DataFrame = field(default_factory=REPAIR.to_frame)
    """Schema REPAIR: the records in `rows` that were mended; a person should look at them."""

    @property
    def record_count(self) -> int:
        """Records of the whole table, of which `rows` may be a sample."""
        others = self.rejects.height + self.blank_count + self.header_count
        return self.row_count - others


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One input file as it stands."""

    file: str
    """Path relative to INPUT, with forward slashes."""
    sha256: str
    format: str
    """csv, xlsx, xls, xlsb or ods."""
    encoding: str | None
    """Python codec name; None for workbooks."""
    encoding_confidence: float
    """0 to 1; 1 for workbooks."""
    dialect: str | None
    """Delimiter, quote and line end for a person to read; None for workbooks."""
    tables: tuple[RawTable, ...]
    notes: tuple[str, ...]
    """What a person should know: hidden sheets, doubtful encoding, formulas without a value."""


def with_columns_present(
    frame: pl.DataFrame, columns: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    """Add the columns that are not there, all null.

    >>> with_columns_present(pl.DataFrame({"a": [1]}), {"b": pl.String}).columns
    ['a', 'b']
    """
    absent = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in columns.items()
        if name not in frame.columns
    ]
    return frame.with_columns(absent) if absent else frame


def present(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """Return those of `names` that `frame` has, in the order given."""
    return [name for name in names if name in frame.columns]
