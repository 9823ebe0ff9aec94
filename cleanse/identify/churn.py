"""How much a run moved: the counts that the churn gate and the report read."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from cleanse.identify.assign import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """Customers and records before and after a run."""

    customers_before: int
    customers_after: int
    kept: int
    """Customers active before and after."""
    new: int
    split: int
    merged: int
    restored: int
    retired: int
    withdrawn: int
    records_stayed: int
    """Records active before and after."""
    records_moved: int
    """Of those, the ones whose customer is another now."""

    @property
    def share(self) -> float:
        """Share of the records that stayed but changed their customer, 0 to 1; the gate's measure."""
        return self.records_moved / self.records_stayed if self.records_stayed else 0.0

    def as_json(self) -> dict[str, int | float]:
        """Return what ``--json`` prints: the counts and the share."""
        return asdict(self) | {"share": self.share}


def count_churn(history: pl.DataFrame, assignment: Assignment) -> Churn:
    """Count what an assignment changes.

    Args:
        history: record_id, customer_id, is_active as the previous run left it.
        assignment: Of this run.
    """
    unmoved = assignment.unmoved
    active = history.filter("is_active").select("record_id", "customer_id")
    before, after = map(unmoved.others, (active, assignment.crosswalk))
    stayed = before.join(after, on="record_id", suffix="_now")
    was = before.select("customer_id").unique()
    now = after.select("customer_id").unique()
    told = dict(assignment.events.group_by("event").len().iter_rows())
    return Churn(
        customers_before=was.height + unmoved.customers,
        customers_after=now.height + unmoved.customers,
        kept=was.join(now, on="customer_id", how="semi").height + unmoved.customers,
        new=told.get("new", 0),
        split=told.get("split", 0),
        merged=told.get("merged", 0),
        restored=told.get("restored", 0),
        retired=told.get("retired", 0),
        withdrawn=told.get("withdrawn", 0),
        records_stayed=stayed.height + len(unmoved.record_ids),
        records_moved=stayed.filter(
            pl.col("customer_id") != pl.col("customer_id_now")
        ).height,
    )
