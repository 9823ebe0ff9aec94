"""Identify: which row is which known record, and which customer each record belongs to."""

from typing import TYPE_CHECKING

from cleanse.lazy import lazily

if TYPE_CHECKING:
    from cleanse.identify.assign import (
        CUSTOMER,
        HISTORY,
        Assignment,
        assign_customer_ids,
    )
    from cleanse.identify.churn import Churn, count_churn
    from cleanse.identify.events import EVENT
    from cleanse.identify.number import format_customer_id, format_customer_ids
    from cleanse.identify.recall import RECALLED, Recalled, recall_records
    from cleanse.identify.resume import Beginning, assign_as_if, go_back
    from cleanse.identify.spelling import CustomerIdError, parse_customer_id
    from cleanse.identify.unmoved import assign_moved
    from cleanse.identify.withdrawal import (
        run_to_go_back_to,
        runs_that_count,
        runs_under,
        told_without,
    )
else:
    __getattr__ = lazily(
        __name__,
        {
            "assign": "CUSTOMER HISTORY Assignment assign_customer_ids",
            "churn": "Churn count_churn",
            "events": "EVENT",
            "number": "format_customer_id format_customer_ids",
            "recall": "RECALLED Recalled recall_records",
            "resume": "Beginning assign_as_if go_back",
            "unmoved": "assign_moved",
            "withdrawal": "run_to_go_back_to runs_that_count runs_under told_without",
            "spelling": "CustomerIdError parse_customer_id",
        },
    )

__all__ = [
    "CUSTOMER",
    "EVENT",
    "HISTORY",
    "RECALLED",
    "Assignment",
    "Beginning",
    "Churn",
    "CustomerIdError",
    "Recalled",
    "assign_as_if",
    "assign_customer_ids",
    "assign_moved",
    "count_churn",
    "format_customer_id",
    "format_customer_ids",
    "go_back",
    "parse_customer_id",
    "recall_records",
    "run_to_go_back_to",
    "runs_that_count",
    "runs_under",
    "told_without",
]
