"""Why two records are one customer, or why they are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from cleanse.block.trace import trace_pair
from cleanse.cluster import opinions_between
from cleanse.compare import compare
from cleanse.compare.frequency import Frequencies
from cleanse.encoded import encode
from cleanse.errors import InputError
from cleanse.match import CLOSURE, columns_needed, drop_shared_contacts
from cleanse.pipeline.balance import Balance, balance_of, tipping
from cleanse.pipeline.explaining_context import relatives
from cleanse.pipeline.explaining_decisions import decided
from cleanse.pipeline.explaining_fields import Pair, compared_fields, value_of
from cleanse.pipeline.explaining_words import Sentence, Words, listed, say
from cleanse.pipeline.linkage import Edge, strongest_path
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.score import Model, score
from cleanse.warehouse import Known, open_published
from cleanse.warehouse.evidence import Evidence

MOST_TIPS = 4
"""Changes that would tip the outcome, at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Two records side by side."""

    records: tuple[Mapping[str, Any], ...]
    """record_id, customer_id, source, file, row_number of each."""
    comparisons: tuple[Mapping[str, Any], ...] = ()
    """comparison, left, right, level, weight (bits for, or against when negative), frequency
    (records that bear the agreed value; None where none is agreed), sentence, sentence_zh."""
    balance: tuple[Mapping[str, Any], ...] = ()
    """part, bits, meaning, meaning_zh: prior + fields + related = total."""
    match_weight: float | None = None
    """log2 odds that they are one customer; None when they are not comparable."""
    match_probability: float | None = None
    band: str | None = None
    blocking: tuple[Mapping[str, Any], ...] = ()
    """Rows of `cleanse.block.trace.TRACE`; empty when the run kept the pair."""
    said: tuple[Sentence, ...] = field(default=())
    """The outcome, what would have changed it, how the pair was found, and the customers."""

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "records": [dict(row) for row in self.records],
            "comparisons": [dict(row) for row in self.comparisons],
            "balance": [dict(row) for row in self.balance],
            "match_weight": self.match_weight,
            "match_probability": self.match_probability,
            "band": self.band,
            "blocking": [dict(row) for row in self.blocking],
            "sentences": [one.english for one in self.said],
            "sentences_zh": [one.chinese for one in self.said],
        }


def explain(store: Path, rules: Path | None, left: int, right: int) -> Explanation:
    """Compare two records under the model in force, as the run did.

    Args:
        store: Folder of the store.
        rules: Folder of the user's rules; None: the shipped ones.
        left: A record number.
        right: Another.

    Raises:
        InputError: A record is unknown, no longer active, or both are one.
    """
    if left == right:
        raise InputError(f"record {left}: two different records are needed.")
    rulebook = load_rulebook(rules)
    with open_published(store) as db:
        evidence = Evidence(db)
        pair = _pair(evidence, Known(db), rulebook, left, right)
        return _explained(pair, evidence)


def _pair(
    evidence: Evidence, known: Known, rulebook: Rulebook, left: int, right: int
) -> Pair:
    sides = evidence.records([left, right])
    for each in (left, right):
        if each not in sides:
            raise InputError(
                f"record {each}: not an active record of this store.\n"
                "cleanse customer ID shows the record numbers of a customer; table crosswalk holds all."
            )
    a, b = sides[left], sides[right]
    model = Model.from_json(str(known.model))
    told: Mapping[str, Any] = evidence.pair(left, right)
    blocking: tuple[Mapping[str, Any], ...] = ()
    if not told and a["kind"] == b["kind"] and a["kind"] in model.kinds:
        told, blocking = _weighed(known, model, rulebook, (a, b))
    return Pair(
        left=a,
        right=b,
        told=told,
        blocking=blocking,
        model=model,
        rulebook=rulebook,
        words=Words(rulebook.vocabulary),
        decided=tuple(decided(known.decisions, left, right)),
    )


def _weighed(
    known: Known,
    model: Model,
    rulebook: Rulebook,
    sides: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> tuple[dict[str, Any], tuple[Mapping[str, Any], ...]]:
    """Compare, score and trace a pair that the run has not kept."""
    kind = sides[0]["kind"]
    ids = sorted(side["record_id"] for side in sides)
    needed = columns_needed(known.record_columns, rulebook.matching)
    records = known.active(needed).filter(pl.col("kind") == kind)
    limit = rulebook.matching.limit.shared
    alike = drop_shared_contacts([encode(records)], limit)[0].frame()
    pairs = pl.DataFrame({"record_id_l": ids[:1], "record_id_r": ids[1:]})
    pairs = pairs.with_columns(blocking_rule=pl.lit(""))
    counted = known.frequencies.filter(pl.col("kind") == kind).drop("kind")
    compared = compare(relatives(alike, ids), pairs, Frequencies(counted))
    told = score(compared, model, kind).row(0, named=True)
    asked = (sides[0]["record_id"], sides[1]["record_id"])
    idle = [name for name, worth in model.kinds[kind].blocking.items() if not worth]
    traced = trace_pair(alike, rulebook.matching, kind, asked, idle)
    return told, tuple(traced.to_dicts())


def _explained(pair: Pair, evidence: Evidence) -> Explanation:
    places = tuple(_place(side) for side in (pair.left, pair.right))
    if not pair.told:
        one, two = (pair.words.of(f"kind.{s['kind']}") for s in (pair.left, pair.right))
        owners = tuple(_owners(pair, evidence))
        return Explanation(
            records=places, said=(say("kinds", one=one, two=two), *owners)
        )
    told, balance = (
        pair.told,
        balance_of(pair.told, pair.model.kinds[pair.left["kind"]]),
    )
    return Explanation(
        records=places,
        comparisons=compared_fields(pair, evidence),
        balance=tuple(_parts(balance)),
        match_weight=told["match_weight"],
        match_probability=told["match_probability"],
        band=told["band"],
        blocking=pair.blocking,
        said=(
            _outcome(pair),
            *_tips(pair, balance),
            _found(pair),
            *_owners(pair, evidence),
            *_silent(pair),
        ),
    )


def _parts(balance: Balance) -> Iterator[dict[str, Any]]:
    parts = {
        "prior": balance.prior,
        "fields": sum(balance.bits.values()),
        "related": balance.related,
        "total": balance.weight,
    }
    for part, bits in parts.items():
        said = say(part)
        yield {
            "part": part,
            "bits": round(bits, 2) + 0.0,
            "meaning": said.english,
            "meaning_zh": said.chinese,
        }


def _place(side: Mapping[str, Any]) -> Mapping[str, Any]:
    names = "record_id customer_id name source source_key file sheet row_number"
    return {name: side[name] for name in names.split()}


def _outcome(pair: Pair) -> Sentence:
    told, model = pair.told, pair.model
    return say(
        "outcome",
        weight=told["match_weight"],
        match_at=model.match_at,
        review_at=model.review_at,
        chance=told["match_probability"],
        band=pair.words.of(f"band.{told['band']}"),
    )


def _tips(pair: Pair, balance: Balance) -> Iterator[Sentence]:
    """Say what would have changed the outcome."""
    at = pair.model.match_at
    is_match = pair.told["match_weight"] >= at
    kind_model = pair.model.kinds[pair.left["kind"]]
    tips = tipping(balance, pair.told, kind_model, at)
    direction = {"without": "tip_without_down" if is_match else "tip_without_up"}
    for tip in tips[:MOST_TIPS]:
        what = direction.get(tip.what, f"tip_{tip.what}")
        yield say(what, noun=pair.words.noun(tip.comparison), weight=tip.match_weight)
    gap = abs(at - pair.told["match_weight"])
    if not is_match:
        yield say("missing_bits", gap=gap)
    elif not tips:
        yield say("spare_bits", gap=gap)


def _found(pair: Pair) -> Sentence:
    """Say which blocking rule found the pair, or why none did."""
    if pair.is_kept:
        rule = pair.told["blocking_rule"]
        if rule == CLOSURE:
            return say("found_in_group")
        known = pair.rulebook.matching.block.get(rule)
        return say("found_by", rule=rule, keys=" + ".join(known.keys) if known else "?")
    rows = pair.blocking
    hits = [r["blocking_rule"] for r in rows if r["outcome"] in {"found", "split"}]
    if hits:
        low = pair.told["match_weight"] < pair.model.keep_at
        what = "below_keep" if low else "since"
        return say(what, keep_at=pair.model.keep_at, rules=", ".join(hits))
    why = [
        say(
            f"why_{row['outcome']}",
            rule=row["blocking_rule"],
            count=row["record_count"],
        )
        for row in rows
        if row["outcome"] in {"too_large", "idle"}
    ]
    for outcome in ("differs", "missing"):
        count = sum(row["outcome"] == outcome for row in rows)
        why += [say(f"why_{outcome}", count=count)] if count else []
    return say("not_found", why=listed(why))


def _owners(pair: Pair, evidence: Evidence) -> Iterator[Sentence]:
    """Say whose the two records are, and why, where the pair alone does not tell."""
    one, two = pair.left["customer_id"], pair.right["customer_id"]
    is_match = pair.told.get("band") == "match"
    is_one = one == two
    yield say("together", id=one) if is_one else say("apart", one=one, two=two)
    yield from pair.decided
    if pair.decided:
        return
    if is_one and not is_match:
        yield _chain(pair, evidence)
    if is_match and not is_one:
        yield from _apart(pair, evidence)


def _steady(pair: Pair) -> float:
    return pair.rulebook.identity.steady.bits


def _chain(pair: Pair, evidence: Evidence) -> Sentence:
    members = evidence.members([pair.left["customer_id"]])
    inside = evidence.pairs(members)
    strong = inside.filter(pl.col("match_weight") >= pair.model.match_at)
    edges = [
        Edge(*row)
        for row in strong.select(
            "record_id_l", "record_id_r", "match_weight"
        ).iter_rows()
    ]
    ends = (pair.left["record_id"], pair.right["record_id"])
    chain = strongest_path(edges, *ends)
    if not chain and pair.told["match_weight"] >= pair.model.match_at - _steady(pair):
        return say("steady_one", bits=_steady(pair))
    if not chain:
        return say("by_others")
    return say("by_chain", chain=" – ".join(map(str, chain)))


def _apart(pair: Pair, evidence: Evidence) -> Iterator[Sentence]:
    """Say what the two groups of records say of each other."""
    ones = evidence.members([pair.left["customer_id"]])
    twos = evidence.members([pair.right["customer_id"]])
    opinions, worth = opinions_between(evidence.pairs([*ones, *twos]), ones, twos)
    if worth >= pair.model.match_at:
        border = pair.told["match_weight"] < pair.model.match_at + _steady(pair)
        yield say("steady_two", bits=_steady(pair)) if border else say("kept_apart")
        return
    yield say(
        "by_group",
        ones=len(ones),
        twos=len(twos),
        worth=worth,
        needed=pair.model.match_at,
    )
    left, right, opinion = opinions.row(-1)
    if opinion < 0:
        yield say("against", left=left, right=right, opinion=opinion)


def _silent(pair: Pair) -> Iterator[Sentence]:
    """Say which comparisons had nothing to compare, though one side has a value."""
    names = [
        column.removeprefix("level_")
        for column, level in pair.told.items()
        if column.startswith("level_") and level == -1
    ]
    lacking = [
        pair.words.noun(name)
        for name in names
        if bool(value_of(pair.left, name)) != bool(value_of(pair.right, name))
    ]
    if lacking:
        yield say(
            "silent",
            nouns=Sentence(
                ", ".join(noun.english for noun in lacking),
                "、".join(noun.chinese for noun in lacking),
            ),
        )
