"""The pipeline: the order of the stages, written once.

The command line passes a step that calls a stage plainly, a flow one that shows
it as a Prefect task. Run id, time and actor come in with the request.
"""

from cleanse.pipeline.order import clean, rehearse, run
from cleanse.pipeline.request import IO_STAGES, RunRequest, Step, plainly
from cleanse.pipeline.summary import RunSummary

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
