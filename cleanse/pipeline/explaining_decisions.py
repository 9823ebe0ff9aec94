"""What stewards have decided of two records, by one decision or by several together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from cleanse.judgement import DecisionKind, Standing, judge
from cleanse.pipeline.explaining_words import Sentence, say


def decided(decisions: pl.DataFrame, left: int, right: int) -> Iterator[Sentence]:
    """Say which decisions hold of two records, and which no longer does.

    Args:
        decisions: Table decision, as the newest run judged it.
        left: A record number.
        right: Another.
    """
    held = decisions.filter(pl.col("standing") == Standing.BINDING)
    pair = pl.DataFrame({"record_id_l": [left], "record_id_r": [right]})
    judgement = judge(held, date.min)
    verdict = judgement.settled(pair).item()
    if verdict is not None:
        numbers = judgement.ties.why(left, right)
        last = held.filter(pl.col("decision_id") == max(numbers)).row(0, named=True)
        yield say(
            "decided_match" if verdict else "decided_no_match",
            numbers=", ".join(map(str, numbers)),
            actor=last["actor"],
            day=last["decided_at"].date().isoformat(),
            reason=last["reason"],
        )
    lapsed = decisions.filter(
        (pl.col("kind") == DecisionKind.NO_MATCH)
        & (pl.col("standing") == Standing.LAPSED)
        & (pl.col("record_id") == min(left, right))
        & (pl.col("other_record_id") == max(left, right))
    )
    for number in lapsed["decision_id"]:
        yield say("decision_lapsed", number=number)
