"""Compare: how far the two records of a candidate pair agree, field by field.

Each kind of comparison is a module with a documented enum of levels. Missing is
no evidence: a comparison that has nothing to compare gives level -1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import partial
from types import MappingProxyType

import numpy as np
import polars as pl

from cleanse.compare.address import (
    AddressLevel,
    PlaceLevel,
    compare_addresses,
    compare_places,
)
from cleanse.compare.alias import with_aliases
from cleanse.compare.company import (
    BranchLevel,
    CompanyLevel,
    ScriptLevel,
    TextLevel,
    compare_branches,
    compare_companies,
    compare_forms,
    compare_scripts,
    compare_texts,
)
from cleanse.compare.contact import (
    EmailLevel,
    IdentifierLevel,
    PhoneLevel,
    compare_emails,
    compare_identifier,
    compare_phones,
    without_echoes,
)
from cleanse.compare.date import DateLevel, compare_dates
from cleanse.compare.derive import derive
from cleanse.compare.frequency import Frequencies
from cleanse.compare.name import (
    AgreeLevel,
    MiddleLevel,
    OrderLevel,
    PartLevel,
    PinyinLevel,
    SuffixLevel,
    compare_agreement,
    compare_middle,
    compare_names,
    compare_suffixes,
)
from cleanse.compare.name_keys import with_name_keys
from cleanse.compare.prepare import ATTRIBUTES, prepare
from cleanse.compare.table import Compared, Pairs, Table, magnitude
from cleanse.encoded import encode
from cleanse.schema import EXTRA_PREFIX, ID_FIELDS

__all__ = [
    "LEVELS",
    "compare",
    "compare_table",
    "compared_names",
    "derive",
    "kind_of",
    "levels_of",
    "prepare",
]

LEVELS: Mapping[str, type[IntEnum]] = MappingProxyType(
    {
        "given": PartLevel,
        "family": PartLevel,
        "order": OrderLevel,
        "pinyin": PinyinLevel,
        "alias": AgreeLevel,
        "middle": MiddleLevel,
        "suffix": SuffixLevel,
        "gender": AgreeLevel,
        "birth": DateLevel,
        "founded": DateLevel,
        "phone": PhoneLevel,
        "email": EmailLevel,
        "handle": AgreeLevel,
        "identifier": IdentifierLevel,
        "address": AddressLevel,
        "place": PlaceLevel,
        "company": CompanyLevel,
        "script": ScriptLevel,
        "form": AgreeLevel,
        "region": AgreeLevel,
        "branch": BranchLevel,
        "employer": TextLevel,
        "extra": TextLevel,
        "source": AgreeLevel,
    }
)
"""The levels of every kind of comparison in rules/matching.toml."""

_FAMILY = {
    **dict.fromkeys(ID_FIELDS, "identifier"),
    **dict.fromkeys(("wechat", "qq", "website"), "handle"),
    **dict.fromkeys(ATTRIBUTES, "extra"),
}


def kind_of(comparison: str) -> str:
    """Return the rule that speaks for a comparison.

    >>> kind_of("x_birth_place"), kind_of("tax_id"), kind_of("given")
    ('extra', 'identifier', 'given')
    """
    if comparison.startswith(EXTRA_PREFIX):
        return "extra"
    return _FAMILY.get(comparison, comparison)


def levels_of(comparison: str) -> type[IntEnum]:
    """Return the levels that a comparison can have."""
    return LEVELS[kind_of(comparison)]


Function = Callable[[Pairs], Compared]
Plan = dict[str, tuple[tuple[str, ...], Function]]
"""By comparison: the columns of which it needs one, and the function."""

_SHARED: Plan = {
    "phone": (("phones",), compare_phones),
    "email": (("emails",), compare_emails),
    "address": (("house_number", "street_compare", "po_box"), compare_addresses),
    "place": (("postcode_compare", "city_compare"), compare_places),
    "source": (("source",), partial(compare_agreement, name="source")),
}
_PERSON: Plan = {
    "middle": (("middle_compare",), compare_middle),
    "suffix": (("name_suffix",), compare_suffixes),
    "gender": (("gender",), partial(compare_agreement, name="gender")),
    "birth": (("birth_on",), partial(compare_dates, name="birth_on")),
    "employer": (("company_core",), partial(compare_texts, name="company_core")),
}
_COMPANY: Plan = {
    "company": (("company_core",), compare_companies),
    "script": (("name_latin",), compare_scripts),
    "form": (("company_form",), compare_forms),
    "region": (("company_region",), partial(compare_agreement, name="company_region")),
    "branch": (("company_branch",), compare_branches),
    "founded": (("founded_on",), partial(compare_dates, name="founded_on")),
}
NAMES = ("given", "family", "order", "pinyin")
"""What `compare_names` compares."""
HANDLES = ("wechat", "qq", "website")


def _plan(table: Table, kind: str) -> Plan:
    """Choose the comparisons that the columns of a table allow."""
    plan = {**(_PERSON if kind == "person" else _COMPANY), **_SHARED}
    for name in ID_FIELDS:
        plan[name] = ((name,), partial(compare_identifier, name=name))
    for name in HANDLES:
        plan[name] = ((name,), partial(compare_agreement, name=name, by_value=True))
    for name in sorted(table.columns):
        if name.startswith(EXTRA_PREFIX) or name in ATTRIBUTES:
            plan[name] = ((name,), partial(compare_texts, name=name))
    held = table.columns.keys()
    return {name: one for name, one in plan.items() if held & set(one[0])}


def compared_names(table: Table, kind: str) -> list[str]:
    """Name the comparisons that the columns of a table allow."""
    names = [*(NAMES if kind == "person" else ()), *_plan(table, kind)]
    return [*names, *(("alias",) if "name_keys" in table else ())]


def compare_table(pairs: Pairs, kind: str) -> dict[str, Compared]:
    """Compare pairs of one kind of customer.

    Args:
        pairs: Positions in a prepared table.
        kind: "person" or "company": which comparisons apply.

    Returns:
        By comparison, one level per pair and how many records bear the agreed value.
    """
    found = compare_names(pairs) if kind == "person" else {}
    plan = _plan(pairs.table, kind)
    found |= {name: function(pairs) for name, (_, function) in plan.items()}
    return with_aliases(pairs, without_echoes(pairs, found))


def compare(
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    frequencies: Frequencies | None = None,
) -> pl.DataFrame:
    """Compare candidate pairs of one kind of customer.

    Args:
        records: The normalised record frame.
        pairs: record_id_l, record_id_r, blocking_rule; both sides of one kind.
        frequencies: Those of the model; None: values count as often as they are here.

    Returns:
        `pairs` with ``level_<comparison>`` (Int8, -1 is missing) and ``bearers_<comparison>``
        (Float32: records that bear the agreed value, NaN where none is agreed), and
        ``magnitude_<comparison>`` where strangers are learned by it.
    """
    told = with_name_keys([encode(derive(records))])[0]
    table = prepare(told, frequencies)
    left = np.searchsorted(table.record_ids, pairs["record_id_l"].to_numpy())
    right = np.searchsorted(table.record_ids, pairs["record_id_r"].to_numpy())
    kinds = records.sort("record_id")["kind"].unique()
    kind = str(kinds[0]) if len(kinds) == 1 else "person"
    found = compare_table(Pairs(table, left, right), kind)
    return pairs.with_columns(
        *(pl.Series(f"level_{name}", one.levels) for name, one in found.items()),
        *(
            pl.Series(
                f"magnitude_{name}",
                np.where(one.whole, magnitude(np.nan_to_num(one.bearers, nan=1.0)), -1),
            )
            for name, one in found.items()
            if one.whole is not None and one.bearers is not None
        ),
        *(
            pl.Series(f"bearers_{name}", one.bearers)
            for name, one in found.items()
            if one.bearers is not None
        ),
    )
