"""Customers of a list's rows by a number that they bear: ours, or that of a known source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from cleanse.errors import UsageError, did_you_mean
from cleanse.field import SIGNS
from cleanse.identify.spelling import (
    LOOK_ALIKES,
    CustomerIdError,
    parse_customer_id,
)
from cleanse.map.fold import fold_words
from cleanse.map.heading import HeadingIndex
from cleanse.warehouse import Known

FEWEST: Final = 0.5
"""Share of a column's different values that must be known for it to be taken for keys."""
_NAMED: Final = 10
"""Rows that are named one by one."""
_NEAR: Final = 0.9
"""Share of the best column's found values from which another source is as likely."""
_TELLING: Final = r"^(.{9,}|.*\p{L}.*\d{3,}.*|.*\d{3,}.*\p{L}.*)$"
"""Keys that tell by themselves: long, or letters with three digits; 1017 is a number of many lists."""
_ANYBODY: Final = frozenset(
    "id no ref key code number nr uuid guid 编号 代码 编码 号码 记录编号".split()
) | {"record id", "row id"}
"""Headings of keys that do not say of whom: of an order, as likely."""
_SIGN: Final = f"^[{SIGNS}]{{6,30}}$"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyColumn:
    """A column whose values are numbers that are known."""

    heading: str
    source: str | None
    """Source whose keys they are; None: they are customer IDs of ours."""
    found: int
    """Different values that are known."""
    values: int
    """Different values."""
    given: bool = False
    """A person said so."""

    @property
    def said(self) -> str:
        """Say what it is, for a person."""
        what = f"keys of {self.source}" if self.source else "customer IDs"
        why = "named with --key" if self.given else "found by overlap"
        return f"{self.heading!r} holds {what}: {self.found:,} of {self.values:,} different values are known ({why})"


class Numbers:
    """The numbers that a store knows: customer IDs ever issued, and source keys."""

    def __init__(self, known: Known, source: str | None = None) -> None:
        """Read them; of source keys only those of `source`, where one is named."""
        self.customers = standing(known.customers)
        places = known.source_keys.drop_nulls("source_key")
        if source:
            places = places.filter(pl.col("source") == source)
        self.keys = _keys(places, self.customers)
        self.sources = sorted(known.source_keys["source"].drop_nulls().unique())

    def by_id(self, rows: pl.DataFrame, heading: str) -> pl.DataFrame:
        """Return value, customer_id of the values of a column that are customer IDs of ours."""
        values = _values(rows, heading)
        return values.with_columns(asked_id=spelt("value")).join(
            self.customers.select("asked_id", "customer_id"), on="asked_id"
        )

    def by_key(
        self, rows: pl.DataFrame, heading: str, source: str, *, is_given: bool = False
    ) -> pl.DataFrame:
        """Return value, customer_id of the values of a column that are keys of a source.

        As typed; where a person says what they are and hardly any is so, without prefix
        and leading zeros. Unasked that would take order R0017 for customer A17.
        """
        keys = self.keys.filter(pl.col("source") == source)
        values = _values(rows, heading)
        exact = values.join(keys, left_on="value", right_on="key")
        if not is_given or exact.height >= FEWEST * values.height:
            return exact.select("value", "customer_id")
        bare = keys.with_columns(bare=_bare("key")).filter(pl.col("bare").is_unique())
        found = values.with_columns(bare=_bare("value")).join(bare, on="bare")
        best = found if found.height > exact.height else exact
        return best.select("value", "customer_id")


def id_column(rows: pl.DataFrame, numbers: Numbers) -> KeyColumn | None:
    """Find the column that holds customer IDs of ours, current or old."""
    best = None
    for heading in _headings(rows):
        values = _values(rows, heading).height
        found = numbers.by_id(rows, heading).height
        if found and found >= FEWEST * values and (not best or found > best.found):
            best = KeyColumn(heading=heading, source=None, found=found, values=values)
    return best


def mistyped(rows: pl.DataFrame, column: KeyColumn, numbers: Numbers) -> str | None:
    """Say where a column of customer IDs holds something else; None: nowhere."""
    found = numbers.by_id(rows, column.heading)
    others = _values(rows, column.heading).join(found, on="value", how="anti")
    wrong = [text for text in others["value"] if not _is_customer_id(text)]
    if not wrong:
        return None
    is_wrong = rows.get_column(column.heading).str.strip_chars().is_in(wrong)
    places = rows["row_number"].filter(is_wrong.fill_null(value=False)).to_list()
    more = ", …" if len(places) > _NAMED else ""
    return (
        f"{column.heading!r} holds no customer ID in row {', '.join(map(str, places[:_NAMED]))}{more}: "
        "a sign is mistyped, or two are swapped"
    )


def _is_customer_id(text: str) -> bool:
    try:
        parse_customer_id(text)
    except CustomerIdError:
        return False
    return True


def key_column(
    rows: pl.DataFrame, numbers: Numbers, index: HeadingIndex
) -> tuple[KeyColumn | None, tuple[str, ...]]:
    """Find the column that holds keys of a source.

    Returns:
        The column, or None; and what a person should be told of columns that are
        keys of several sources alike.
    """
    fitting, doubts = [], []
    for heading in _headings(rows):
        values = _values(rows, heading)
        shared = values.join(numbers.keys, left_on="value", right_on="key")
        for source in shared["source"].unique().sort():
            found = numbers.by_key(rows, heading, source)
            if found.height < FEWEST * values.height:
                continue
            column = KeyColumn(
                heading=heading,
                source=source,
                found=found.height,
                values=values.height,
            )
            is_headed = (
                index.key_rank(heading) is not None
                and fold_words(heading) not in _ANYBODY
            )
            if is_headed or _tells(found):
                fitting.append((is_headed, column, found))
            else:
                doubts.append(
                    f"{heading!r} could hold keys of {source} ({column.found:,} of {column.values:,} different values are known) "
                    f"and was not used: so short, they are numbers of many lists. If it does: --key '{heading}={source}'"
                )
    if not fitting:
        return None, tuple(doubts)
    headed = any(is_headed for is_headed, _, _ in fitting)
    ranked = [
        (column, found) for is_headed, column, found in fitting if is_headed == headed
    ]
    ranked.sort(key=lambda one: (-one[0].found, one[0].heading, one[0].source or ""))
    best, said = ranked[0]
    rivals = [
        column
        for column, other in ranked[1:]
        if column.found >= _NEAR * best.found
        and _contradicts(rows, (best, said), (column, other))
    ]
    if not rivals:
        return best, tuple(doubts)
    names = ", ".join(f"{c.heading}={c.source}" for c in (best, *rivals))
    return None, (
        f"No key was used: columns fit the keys of several sources alike ({names}). Name the right one with --key COLUMN=SOURCE.",
    )


def named_column(rows: pl.DataFrame, numbers: Numbers, given: str) -> KeyColumn:
    """Read COLUMN=SOURCE, as a person gave it.

    Raises:
        UsageError: It names no column of the list, or no source of the store.
    """
    heading, sign, source = given.rpartition("=")
    headings = _headings(rows)
    if not sign or heading not in headings:
        raise UsageError(
            f"--key {given}: no column {heading!r} in the list{did_you_mean(heading, headings)}. "
            f"Write --key COLUMN=SOURCE; columns: {', '.join(headings)}."
        )
    if source not in numbers.sources:
        raise UsageError(
            f"--key {given}: the store has no source {source!r}{did_you_mean(source, numbers.sources)}. "
            f"It has: {', '.join(numbers.sources)}."
        )
    found = numbers.by_key(rows, heading, source, is_given=True).height
    values = _values(rows, heading).height
    return KeyColumn(
        heading=heading, source=source, found=found, values=values, given=True
    )


def standing(customers: pl.DataFrame) -> pl.DataFrame:
    """Say what every customer ID stands for today.

    Args:
        customers: customer_id, status, successor.

    Returns:
        asked_id, customer_id, status (of that one: active, retired, withdrawn or erased).
    """
    links = customers.select(customer_id="customer_id", next="successor")
    walk = customers.select(asked_id="customer_id", customer_id="customer_id")
    for _ in range(customers.height):
        step = walk.join(links, on="customer_id", how="left", maintain_order="left")
        if step["next"].null_count() == step.height:
            break
        walk = step.select("asked_id", customer_id=pl.coalesce("next", "customer_id"))
    return walk.join(customers.select("customer_id", "status"), on="customer_id")


def spelt(name: str) -> pl.Expr:
    """Write customer IDs as they are issued: case, spaces, hyphens and look-alikes are forgiven.

    >>> pl.select(value=pl.lit(" c3xp-jvp9u ")).select(spelt("value")).item()
    'C3XPJVP9U'
    """
    plain = (
        pl.col(name)
        .str.normalize("NFKC")
        .str.to_uppercase()
        .str.replace_all(r"[\s\p{Pd}\u2212]", "")
        .str.replace_many(LOOK_ALIKES)
    )
    return pl.when(plain.str.contains(_SIGN)).then(plain)


def _tells(found: pl.DataFrame) -> bool:
    """Tell whether most values are keys by the look of them, whatever the heading says."""
    return 2 * int(found["value"].str.contains(_TELLING).sum()) > found.height


def _keys(places: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Return source, key, customer_id of the keys that lead to one customer.

    A key that a record bears now counts before those of records that left.
    """
    told = (
        places.join(
            customers.rename({"customer_id": "today"}),
            left_on="customer_id",
            right_on="asked_id",
        )
        .select(
            "source",
            "is_active",
            key=pl.col("source_key").str.strip_chars(),
            customer_id="today",
        )
        .filter(pl.col("is_active") | ~pl.col("is_active").any().over("source", "key"))
        .select("source", "key", "customer_id")
        .unique()
    )
    return told.filter(pl.len().over("source", "key") == 1).sort("source", "key")


def _contradicts(
    rows: pl.DataFrame,
    one: tuple[KeyColumn, pl.DataFrame],
    two: tuple[KeyColumn, pl.DataFrame],
) -> bool:
    """Tell whether two columns lead to other customers in some row."""
    sides: Mapping[str, tuple[KeyColumn, pl.DataFrame]] = {"one": one, "two": two}
    led = rows
    for name, (column, found) in sides.items():
        led = led.join(
            found.rename({"customer_id": f"::{name}"}),
            left_on=pl.col(column.heading).str.strip_chars(),
            right_on="value",
            how="left",
        )
    return bool((led["::one"] != led["::two"]).any())


def _headings(rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name not in {"row_number", "line_number"}]


def _values(rows: pl.DataFrame, heading: str) -> pl.DataFrame:
    """Return the different values of a column, trimmed: value."""
    values = rows.get_column(heading).str.strip_chars().rename("value")
    return values.filter(values.fill_null("") != "").unique().to_frame()


def _bare(name: str) -> pl.Expr:
    """Take prefix and leading zeros off keys: C-0017 and 17 are one."""
    return pl.col(name).str.replace(r"^\D*0*(\d+)$", "$1")
