"""What the decisions of stewards mean together: which hold, which lose to newer ones, what follows.

Pure: a decision names records, and so does all that follows from it. Every run judges
all decisions anew, newest first; a decision that contradicts newer ones is overruled by
them for as long as these hold, and binds again when they are taken back.
"""

from cleanse.judgement.bonds import Bonds
from cleanse.judgement.judge import (
    DECISION,
    KIND,
    PIN,
    VERDICT,
    DecisionKind,
    Judgement,
    Standing,
    judge,
)
from cleanse.judgement.parting import Parting
from cleanse.judgement.typed import TYPED, typed_digests, typed_fields

__all__ = [
    "DECISION",
    "KIND",
    "PIN",
    "TYPED",
    "VERDICT",
    "Bonds",
    "DecisionKind",
    "Judgement",
    "Parting",
    "Standing",
    "judge",
    "typed_digests",
    "typed_fields",
]
