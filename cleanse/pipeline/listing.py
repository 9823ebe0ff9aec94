"""Decisions as a list: written for a spreadsheet, and taken in from one, a row per decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from cleanse.errors import InputError, UsageError, did_you_mean
from cleanse.judgement import DecisionKind, Parting
from cleanse.pipeline.deciding import (
    Desk,
    Said,
    decisions_of,
    numbers_of,
    open_desk,
    require_time,
    write_down,
)
from cleanse.read import read_file
from cleanse.review import Decision, read_decisions
from cleanse.rulebook import Rulebook
from cleanse.warehouse import StorePaths

COLUMNS: Final = (
    "kind record_id other_record_id field value reason actor until_on".split()
)
"""Columns that an import reads; kind, record_id and reason (or --reason) are needed."""
_NEEDED: Final = ("kind", "record_id")
FORMS = (
    "Write one row per decision: kind (match, no_match, split, pin or kind), record_id, other_record_id\n"
    "(match, no_match), field and value (pin; for kind the value is person or company; for split the\n"
    "numbers of others who leave with it), reason, and if need be actor and until_on (2027-12-31).\n"
    "'cleanse decide export' writes such a list."
)
MOST_TOLD = 10
"""Wrong rows named in one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of the rows of a list."""

    written: tuple[int, ...]
    """decision_ids."""
    known: int
    """Rows that say what is decided already."""
    wrong: pl.DataFrame
    """The rows refused, as typed, with ``row_number`` and ``why``."""


def export_frame(store: Path) -> pl.DataFrame:
    """Return the decisions as a list: as they can be imported, and how each stands.

    Those that were taken back are left out: nothing would tell an import that they were.
    """
    told = decisions_of(store).drop("typed_l", "typed_r")
    is_withdrawal = pl.col("kind") == DecisionKind.WITHDRAW
    taken_back = told.filter(is_withdrawal)["value"].cast(pl.Int64)
    told = told.filter(
        ~is_withdrawal, ~pl.col("decision_id").is_in(taken_back.implode())
    )
    return told.select("decision_id", *COLUMNS, "decided_at", "standing", "against")


def import_list(
    store: Path, path: Path, said: Said, rulebook: Rulebook, *, skip_wrong: bool
) -> Taken:
    """Write the decisions of a list down, each once however often it is imported.

    Args:
        store: Folder of the store.
        path: CSV or Excel, see `FORMS`.
        said: Who decides, when; and why, for rows that do not say.
        rulebook: The rules, by which pinned values are read.
        skip_wrong: Take the rows that are right; else one wrong row refuses the file.

    Raises:
        InputError: Names the wrong rows and why; nothing was written.
    """
    rows = _read(path, rulebook)
    before = {_matter(row) for row in _made(store)}
    right: list[Decision] = []
    wrong: list[dict[str, Any]] = []
    with open_desk(store) as desk:
        for row in rows.iter_rows(named=True):
            try:
                decision = _decision(row, desk, said, rulebook, before)
                if _matter(_as_row(decision)) not in before:
                    require_time(decision)
                right.append(decision)
            except UsageError as error:
                wrong.append(row | {"why": str(error).partition("\n")[0]})
    if wrong and not skip_wrong:
        raise InputError("\n".join(_refusal(path, wrong)))
    new: dict[tuple[Any, ...], Decision] = {}
    for decision in right:
        matter = _matter(_as_row(decision))
        if matter not in before:
            new.setdefault(matter, decision)
    numbers = write_down(store, *new.values()) if new else []
    schema = dict.fromkeys([*rows.columns, "why"], pl.String) | {
        name: rows.schema[name] for name in ("row_number",)
    }
    return Taken(
        written=tuple(numbers),
        known=len(right) - len(new),
        wrong=pl.DataFrame(wrong, schema=schema),
    )


def _read(path: Path, rulebook: Rulebook) -> pl.DataFrame:
    raw = read_file(path, path.name, None, rulebook.vocabulary)
    if len(raw.tables) != 1:
        raise InputError(
            f"{path.name}: {len(raw.tables)} tables found; decisions are one.\n{FORMS}"
        )
    rows = raw.tables[0].rows
    rows = rows.rename({name: name.strip().lower() for name in rows.columns})
    for name in _NEEDED:
        if name not in rows.columns:
            near = did_you_mean(name, rows.columns)
            raise InputError(f"{path.name}: no column {name!r}{near}.\n{FORMS}")
    kept = [name for name in COLUMNS if name in rows.columns]
    return rows.select("row_number", pl.col(kept).str.strip_chars())


def _decision(
    row: dict[str, Any],
    desk: Desk,
    said: Said,
    rulebook: Rulebook,
    before: Collection[tuple[Any, ...]],
) -> Decision:
    """Make the decision that a row speaks of."""
    kind, record = row["kind"] or "", row["record_id"] or ""
    said = replace(
        said,
        reason=row.get("reason") or said.reason,
        actor=row.get("actor") or said.actor,
        until=_day(row.get("until_on")) or said.until,
    )
    value = row.get("value") or ""
    match kind.replace("-", "_"):
        case DecisionKind.MATCH | DecisionKind.NO_MATCH as name:
            other = row.get("other_record_id") or ""
            return desk.pair(DecisionKind(name), record, other, said)
        case DecisionKind.SPLIT:
            texts = [record, *_others(record, value)]
            again = _parting(texts, said)
            # Once in force, it cannot be decided again: nobody is left to part from.
            return (
                again if _matter(_as_row(again)) in before else desk.split(texts, said)
            )
        case DecisionKind.PIN:
            return desk.pin(record, row.get("field") or "", value, said, rulebook)
        case DecisionKind.KIND:
            return desk.kind(record, value, said)
        case DecisionKind.WITHDRAW:
            raise UsageError("a withdrawal is not imported: cleanse undo takes back.")
        case _:
            raise UsageError(
                f"kind {kind!r} is none of match, no_match, split, pin, kind."
            )


def _parting(texts: list[str], said: Said) -> Decision:
    """Make a split that says only who leaves."""
    leave = tuple(sorted(set(numbers_of(texts))))
    value = Parting(leave, ()).as_value()
    return said.decision(DecisionKind.SPLIT, record_id=leave[0], value=value)


def _others(record: str, value: str) -> list[str]:
    """Return who leaves with a record: numbers, or what an export says of a split."""
    if value.startswith("{"):
        try:
            leave = Parting.of(int(record), value).leave
        except (ValueError, KeyError, TypeError):
            raise UsageError(
                "value is not what an export says of a split: write the numbers of others who leave with it."
            ) from None
        return [str(each) for each in leave if str(each) != record]
    return value.replace(",", " ").replace(";", " ").split()


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UsageError(f"until_on {text!r} is no day like 2027-12-31.") from None


def _refusal(path: Path, wrong: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{path.name}: {len(wrong):,} row(s) are wrong; nothing was written."
    for row in wrong[:MOST_TOLD]:
        yield f"  - row {row['row_number']}: {row['why']}"
    if len(wrong) > MOST_TOLD:
        yield f"  … and {len(wrong) - MOST_TOLD:,} more."
    yield "Mend them, or take the others in with --skip-wrong."


def _made(store: Path) -> Iterator[dict[str, Any]]:
    yield from read_decisions(StorePaths(store).steward).iter_rows(named=True)


def _as_row(decision: Decision) -> dict[str, Any]:
    names = "kind record_id other_record_id field value reason until_on".split()
    return {name: getattr(decision, name) for name in names}


def _matter(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a decision says; of a split who leaves, for others may have come to those who stay."""
    value = row["value"]
    if row["kind"] == DecisionKind.SPLIT:
        value = Parting.of(row["record_id"], value).leave
    names = ("kind", "record_id", "other_record_id", "field", "reason", "until_on")
    return (*(row[name] for name in names), value)
