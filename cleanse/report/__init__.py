"""The report of a run, and frames as files that people open."""

from typing import TYPE_CHECKING

from cleanse.lazy import lazily

if TYPE_CHECKING:
    from cleanse.report.facts import ReportFacts
    from cleanse.report.write import write_report
else:
    __getattr__ = lazily(
        __name__,
        {
            "facts": "ReportFacts",
            "write": "write_report",
        },
    )

__all__ = [
    "ReportFacts",
    "write_report",
]
