"""Identify: which row is which known record, and which customer each record belongs to."""

from cleanse.identify.assign import (
    CUSTOMER,
    HISTORY,
    Assignment,
    assign_customer_ids,
)
from cleanse.identify.churn import Churn, count_churn
from cleanse.identify.events import EVENT
from cleanse.identify.number import (
    CustomerIdError,
    format_customer_id,
    format_customer_ids,
    parse_customer_id,
)
from cleanse.identify.recall import RECALLED, Recalled, recall_records

__all__ = [
    "CUSTOMER",
    "EVENT",
    "HISTORY",
    "RECALLED",
    "Assignment",
    "Churn",
    "CustomerIdError",
    "Recalled",
    "assign_customer_ids",
    "count_churn",
    "format_customer_id",
    "format_customer_ids",
    "parse_customer_id",
    "recall_records",
]
