"""Stewards' decisions as they are made: kept beside the store, never waiting for a run."""

from cleanse.review.decisions import DECISION, Decision, add_decision, read_decisions

__all__ = ["DECISION", "Decision", "add_decision", "read_decisions"]
