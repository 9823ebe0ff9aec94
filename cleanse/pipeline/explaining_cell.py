"""Where one golden value comes from, and why the others lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cleanse.errors import InputError, did_you_mean
from cleanse.merge import contest
from cleanse.rulebook import load_rulebook
from cleanse.warehouse import Known, open_published, resolve
from cleanse.warehouse.evidence import Evidence

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellExplanation:
    """One golden cell and all that touched it."""

    customer_id: str
    field: str
    cell: Rows
    """The golden cell (value, origin, rule, source, confidence); none where no record has a value."""
    values: Rows
    """value, share (of the votes), lost_by (the survivorship rule; None: it won), sources, record_ids."""
    records: Rows
    """Per record: standing (golden, agrees, runner_up, lost, emptied), value, rules (that touched it, in
    order), raw, source, file, sheet, row_number, record_id."""
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return asdict(self)


def explain_cell(
    store: Path, rules: Path | None, customer_id: str, field: str
) -> CellExplanation:
    """Tell the lineage of one golden cell.

    Args:
        store: Folder of the store.
        rules: Folder of the user's rules; None: the shipped ones.
        customer_id: A customer number in any spelling; a merged one shows its survivor.
        field: A column of golden_record, or ``extra.<heading>``.

    Raises:
        InputError: The number was never issued, or there is no such field.
    """
    owner = str(resolve(store, customer_id)["customer_id"])
    rulebook = load_rulebook(rules)
    with open_published(store) as db:
        evidence = Evidence(db)
        known = evidence.golden_fields()
        if field not in known and not field.startswith("extra."):
            near = did_you_mean(field, known)
            raise InputError(
                f"{field}: no field of a golden record{near}\n"
                "A column of your own is extra.<heading>."
            )
        cell, places = evidence.cell(owner, field), evidence.lineage(owner, field)
        records = evidence.normalised(evidence.members([owner]))
        is_current = Known(db).is_current(rulebook.sha256)
    values = contest(records, field, rulebook)
    note = "The rules differ from those of the newest run: what lost is told by these. Name them with --rules."
    return CellExplanation(
        customer_id=owner,
        field=field,
        cell=tuple(cell),
        values=tuple(_against_pin(row, cell) for row in values.iter_rows(named=True)),
        records=tuple(_told(row) for row in places),
        notes=() if is_current else (note,),
    )


def _against_pin(row: dict[str, Any], cell: list[dict[str, Any]]) -> dict[str, Any]:
    """Say of a value that would have won that a steward pinned another."""
    pinned = [each for each in cell if each["origin"] == "pinned"]
    if pinned and not row["lost_by"] and row["value"] != pinned[0]["value"]:
        return {**row, "lost_by": pinned[0]["rule"]}
    return row


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    rules = [change["rule"] for change in row["changes"]]
    names = "raw source file sheet row_number record_id".split()
    return {
        "standing": row["standing"],
        "value": row["value"],
        "rules": rules,
        **{name: row[name] for name in names},
    }
