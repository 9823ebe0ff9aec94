"""Decide what each column of a table is: by rule, by heading, by contents.

The answer does not depend on the order of rows or of columns: where several
columns fit one field, the better heading goes first, then the lower number in
it, then the heading by the alphabet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from cleanse.map.candidate import (
    Candidate,
    candidates_by_content,
    judge_heading,
    naming_candidates,
)
from cleanse.map.content import Content, column_contents
from cleanse.map.context import NAMING, by_context
from cleanse.map.customer import decide_customer
from cleanse.map.extra import matched_extras
from cleanse.map.flag import asked_kind
from cleanse.map.heading import heading_index
from cleanse.map.key import KEY_SHARE, find_key
from cleanse.map.mapping import Column, Mapping, Use
from cleanse.map.money import preamble_money, with_money
from cleanse.map.region import decide_region
from cleanse.map.rival import settle
from cleanse.map.ruled import check_columns, rule_headings
from cleanse.map.split import REACHED, joint_field
from cleanse.map.suffix import suffix_column
from cleanse.rulebook import Rulebook, SourceRule
from cleanse.schema import RawFile, RawTable

_AND = r"\s*(?:[/／&+、,，]|及|和|与|\band\b)\s*"
"""Stands between the names of a heading that gives two."""


def propose_mapping(
    table: RawTable, rule: SourceRule, rulebook: Rulebook, source: str = "the list"
) -> Mapping:
    """Decide what each column of one table is.

    Args:
        table: As read.
        rule: What the user says of this source; it goes before all else.
        rulebook: For rules/fields.toml.
        source: Name for messages.

    Returns:
        One decision per column, with reason and confidence.

    Raises:
        SourceError: The rule names a column that is not there.
    """
    check_columns(table.headings, rule, source)
    return _Proposal(table, rule, rulebook).mapping()


def propose_mappings(
    raw: RawFile, rule: SourceRule, rulebook: Rulebook, source: str = "the list"
) -> tuple[Mapping, ...]:
    """Decide what the columns of all tables of a file are.

    As `propose_mapping`, but a column that a rule names may be on one sheet only,
    a source key must be unique over all sheets together, and the customer of the
    list is decided once, by the longest sheet.

    Returns:
        One Mapping per table.
    """
    everywhere = dict.fromkeys(h for table in raw.tables for h in table.headings)
    check_columns(tuple(everywhere), rule, source)
    mappings = [_Proposal(table, rule, rulebook).mapping() for table in raw.tables]
    if len(mappings) < 2:  # noqa: PLR2004 - nothing to agree on
        return tuple(mappings)
    if not rule.file.key and not _unique_over(raw.tables, mappings):
        mappings = [_without_key(mapping) for mapping in mappings]
    longest = max(range(len(mappings)), key=lambda i: (raw.tables[i].rows.height, -i))
    chief = mappings[longest]
    return tuple(
        replace(m, customer=chief.customer, customer_reason=chief.customer_reason)
        for m in mappings
    )


def _unique_over(tables: Sequence[RawTable], mappings: Sequence[Mapping]) -> bool:
    keys = [
        table.rows[mapping.key].alias("key").drop_nulls()
        for table, mapping in zip(tables, mappings, strict=True)
        if mapping.key
    ]
    if not keys:
        return True
    together = pl.concat(keys)
    return together.n_unique() >= KEY_SHARE * len(together)


def _without_key(mapping: Mapping) -> Mapping:
    why = "repeats from sheet to sheet"
    columns = tuple(
        replace(c, use=Use.EXTRA, reason=f"a heading of keys, but it {why}")
        if c.use is Use.KEY
        else c
        for c in mapping.columns
    )
    reason = f"{mapping.key!r} {why}"
    return replace(mapping, columns=columns, key=None, key_reason=reason)


@dataclass
class _Proposal:
    """The decisions on one table while they are being made."""

    table: RawTable
    rule: SourceRule
    rulebook: Rulebook
    decided: dict[str, Column] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = self.rulebook.fields
        self.index = heading_index(self.rules)
        self.contents = column_contents(
            self.table.rows, self.table.headings, self.rules
        )

    def mapping(self) -> Mapping:
        self._by_rule()
        candidates = self._by_heading()
        key, key_reason = self._key(candidates)
        candidates = [c for c in candidates if c.heading not in self.decided]
        candidates += self._by_content(candidates)
        for column in settle(
            candidates, self._ruled_fields(), self.table.rows, self.rules
        ):
            self.decided[column.heading] = column
        self._suffix()
        self._joint()
        self._flags()
        self._rest()
        codes = self.rulebook.vocabulary.mapping("currency", "currency")
        above = preamble_money(self.table.preamble, codes)
        columns = tuple(
            with_money(self.decided[h], codes, above) for h in self.table.headings
        )
        customer, why_customer = decide_customer(self.table.rows, columns, self.rule)
        region, why_region = decide_region(
            columns, self.contents, self.rule, self.rules
        )
        return Mapping(
            columns=columns,
            customer=customer,
            customer_reason=why_customer,
            region=region,
            region_reason=why_region,
            key=key,
            key_reason=key_reason,
        )

    def _by_rule(self) -> None:
        def decide(heading: str, use: Use, name: str | None = None, n: int = 0) -> None:
            if heading not in self.table.headings:
                return
            self.decided[heading] = Column(
                heading=heading,
                use=use,
                field=name,
                order=n,
                reason="rule",
                confidence=1,
            )

        for heading in self.rule.ignore.columns:
            decide(heading, Use.IGNORED)
        for name, extra in self.rule.extra.items():
            decide(extra.column, Use.MATCHED, f"x_{name}")
        if self.rule.file.key:
            decide(self.rule.file.key, Use.KEY)
        for name, value in self.rule.columns.items():
            for n, heading in enumerate(rule_headings(value)):
                decide(heading, Use.FIELD, name, n)

    def _ruled_fields(self) -> set[str]:
        return {c.field for c in self.decided.values() if c.field}

    def _open(self) -> list[str]:
        return [h for h in self.table.headings if h not in self.decided]

    def _by_heading(self) -> list[Candidate]:
        """Take each open column for the best field its heading may mean."""
        verdicts = {
            h: judge_heading(h, self.contents[h], self.index, self.rules)
            for h in self._open()
        }
        self.doubts = {h: v.doubt for h, v in verdicts.items() if v.doubt}
        return by_context(
            {h: v.candidates for h, v in verdicts.items() if v.candidates},
            self.contents,
        )

    def _key(self, candidates: Iterable[Candidate]) -> tuple[str | None, str]:
        """Find the source key among the columns that fill nothing better."""
        if key := self.rule.file.key:
            there = key in self.table.headings
            return (key, "rule") if there else (None, f"no {key!r} on this sheet")
        taken = {c.heading for c in candidates}
        open_ = [h for h in self._open() if h not in taken]
        column, reason = find_key(open_, self.contents, self.index)
        if column:
            self.decided[column.heading] = column
        return column.heading if column else None, reason

    def _by_content(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        named = {c.heading for c in candidates}
        fields = {c.field for c in candidates} | self._ruled_fields()
        left = {h: self.contents[h] for h in self._open() if h not in named}
        if fields & {"mobile", "phone"}:
            fields |= {"phone"}
        if fields & {"street", "address"}:
            fields |= {"address"}
        found = candidates_by_content(left, fields, self.index, self.rules)
        if not fields & NAMING:
            gone = {c.heading for c in found}
            left = {h: c for h, c in left.items() if h not in gone}
            found += naming_candidates(left, self.index, self.rules)
        return found

    def _suffix(self) -> None:
        """Write the column of Jr and III behind the family name."""
        column = suffix_column(
            {h: self.contents[h] for h in self._open()},
            self.decided.values(),
            self.rulebook.vocabulary.words("name_suffix", when=""),
            self.rules,
        )
        if column:
            self.decided[column.heading] = column

    def _flags(self) -> None:
        """Mark the columns that ask for a kind of customer."""
        for heading, column in self.decided.items():
            if column.field == "kind" and column.use is Use.FIELD:
                asks = asked_kind(heading, self.rules)
                self.decided[heading] = replace(column, asks=asks)

    def _joint(self) -> None:
        """Find columns whose cells fill two fields, known ones and others."""
        for heading in sorted(self.table.headings):
            column = self.decided.get(heading)
            if column and column.use is not Use.FIELD:
                continue
            if not column and self.index.is_of_others(heading):
                continue
            filled = {c.field for c in self.decided.values() if c.field}
            content = self.contents[heading]
            known = column.field if column else None
            names = re.split(_AND, heading)
            meant = {m.field for name in names for m in self.index.meanings(name)}
            both = joint_field(content, known, meant, filled, self.rules)
            if not both:
                continue
            said = f"with {'numbers or addresses' if both[1] in REACHED else 'names'} in its cells"
            reason = (
                f"{column.reason}; {said}"
                if column
                else f"by its contents: names {said}"
            )
            self.decided[heading] = Column(
                heading=heading,
                use=Use.FIELD,
                field=both[0],
                order=column.order if column else 0,
                also=both[1],
                reason=reason,
                confidence=column.confidence if column else 0.7,
            )

    def _rest(self) -> None:
        """Keep what fills no field: for matching, as extra, or not at all."""
        for heading in self._open():
            self.decided[heading] = self._left_over(heading, self.contents[heading])
        free = [
            h
            for h, c in self.decided.items()
            if c.use is Use.EXTRA and c.confidence == 0 and h not in self.doubts
        ]
        for column in matched_extras(
            {h: self.contents[h] for h in free}, self.index, self._ruled_fields()
        ):
            self.decided[column.heading] = column

    def _left_over(self, heading: str, content: Content) -> Column:
        use, reason = Use.EXTRA, self.doubts.get(heading, "no heading that we know")
        if self.index.is_counter(heading) and _counts_rows(self.table.rows[heading]):
            use, reason = Use.IGNORED, "counts the rows"
        elif self.index.key_rank(heading) is not None:
            reason = f"a heading of keys, but {content.fill:.0%} filled and {content.uniqueness:.0%} unique"
        elif not content.filled:
            reason = "empty"
        return Column(heading=heading, use=use, reason=reason, confidence=0)


def _counts_rows(column: pl.Series) -> bool:
    """Whether a column is 1, 2, 3 … in some order, or from any other start."""
    numbers = column.str.strip_chars().cast(pl.Int64, strict=False).drop_nulls()
    if not len(numbers) or len(numbers) < column.count():
        return False
    first, last = int(numbers.min()), int(numbers.max())  # type: ignore[arg-type]
    return numbers.n_unique() == len(numbers) == last - first + 1
