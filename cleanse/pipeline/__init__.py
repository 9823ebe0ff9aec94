"""The pipeline: the order of the stages, written once.

The command line passes a step that calls a stage plainly, a flow one that shows
it as a Prefect task. Run id, time and actor come in with the request.
"""

from typing import TYPE_CHECKING

from cleanse.lazy import lazily

if TYPE_CHECKING:
    from cleanse.pipeline.order import clean, rehearse, run
    from cleanse.pipeline.request import IO_STAGES, RunRequest, Step, plainly
    from cleanse.pipeline.summary import RunSummary
else:
    __getattr__ = lazily(
        __name__,
        {
            "order": "clean rehearse run",
            "request": "IO_STAGES RunRequest Step plainly",
            "summary": "RunSummary",
        },
    )

__all__ = [
    "IO_STAGES",
    "RunRequest",
    "RunSummary",
    "Step",
    "clean",
    "plainly",
    "rehearse",
    "run",
]
