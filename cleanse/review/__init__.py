"""Stewards' decisions as they are made: kept beside the store, never waiting for a run."""

from cleanse.judgement import DECISION, DecisionKind
from cleanse.review.decisions import (
    Decision,
    add_decision,
    add_decisions,
    read_decisions,
    withdraw,
)

__all__ = [
    "DECISION",
    "Decision",
    "DecisionKind",
    "add_decision",
    "add_decisions",
    "read_decisions",
    "withdraw",
]
