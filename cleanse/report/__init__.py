"""The report of a run, and frames as files that people open."""

from cleanse.report.facts import ReportFacts
from cleanse.report.write import write_report

__all__ = ["ReportFacts", "write_report"]
