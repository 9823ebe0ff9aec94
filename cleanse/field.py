"""The words of the data that need no frame: the standard fields, and the signs of a customer ID."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


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

SIGNS = "0123456789ABCDEFGHJKMNPQRTUVWXY"
"""The 31 signs of a customer ID: no I, L (1), O (0), S (5), Z (2), which people confuse."""
