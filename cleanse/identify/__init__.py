"""Identify: which row is which known record, and which customer each record belongs to."""

from cleanse.identify.number import (
    CustomerIdError,
    format_customer_id,
    format_customer_ids,
    parse_customer_id,
)
from cleanse.identify.recall import Recalled, recall_records

__all__ = [
    "CustomerIdError",
    "Recalled",
    "format_customer_id",
    "format_customer_ids",
    "parse_customer_id",
    "recall_records",
]
