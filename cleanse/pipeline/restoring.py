"""From the records of earlier runs to those of an undo: as they were read, beside all others as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from cleanse.normalise import normalise
from cleanse.pipeline.active import Active
from cleanse.pipeline.recall import SOURCE, Recalled, is_delta
from cleanse.rulebook import Rulebook
from cleanse.schema import CELL_CHANGE, ISSUE
from cleanse.validate import validate
from cleanse.warehouse import THEN, Known, is_as_typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whose word stands for a source."""

    run_number: int | None
    """The newest run that counts and has read it; None: there is none."""
    readers: frozenset[int]
    """All runs that count and have read it."""


def restore(
    sources: Mapping[str, Standing], known: Known, rulebook: Rulebook
) -> Recalled:
    """Lay out the records of some sources as the runs that count left them.

    Of a full snapshot that is what the newest such run read; of a delta, what each record
    was when one of them read it last.
    """
    then = _asked(sources, known, rulebook)
    found = known.past.records(then)
    again = _normalised_again(then, found, sources, known, rulebook)
    told = again or _as_stored(found, known, rulebook)
    return Recalled(
        normalised=told.records,
        active=Active(
            stays=told.records,
            known=known if known.is_current(rulebook.sha256) else None,
            replaced=frozenset(sources),
            read=found.select("record_id"),
        ),
        changes=told.changes,
        issues=told.issues,
        next_record_id=known.next_record_id,
        sources=_by_source(sources, found, known),
        is_as_stored=again is None,
    )


def _asked(
    sources: Mapping[str, Standing], known: Known, rulebook: Rulebook
) -> pl.DataFrame:
    """Return the frame `THEN` of the records that are active without the run."""
    asked = [THEN.to_frame()]
    for source, standing in sources.items():
        if standing.run_number is None:
            continue
        if is_delta(source, rulebook):
            asked.append(known.past.last_read(source, standing.readers))
        else:
            asked.append(known.past.active_after(source, standing.run_number))
    return pl.concat(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Normalised records and what was found in them."""

    records: pl.DataFrame
    changes: pl.DataFrame
    issues: pl.DataFrame


def _normalised_again(
    then: pl.DataFrame,
    found: pl.DataFrame,
    sources: Mapping[str, Standing],
    known: Known,
    rulebook: Rulebook,
) -> _Told | None:
    """Normalise what is not stored as the rules in force would have it; None: all of it is."""
    is_current = known.is_current(rulebook.sha256)
    if then.is_empty() and is_current:
        return None
    if is_current and _same_rules_since(then, known.runs):
        return None
    rows = found.select(n for n in found.columns if n == "record_id" or is_as_typed(n))
    if not is_current:
        others = known.records.filter("is_active").drop("is_active")
        others = others.filter(~pl.col("source").is_in(list(sources)))
        rows = pl.concat([rows, others], how="diagonal_relaxed")
    if rows.is_empty():
        return None
    return _normalised(rows, rulebook)


def _same_rules_since(then: pl.DataFrame, runs: pl.DataFrame) -> bool:
    """Tell whether all runs from the first one asked for on had the same rules and program."""
    since = runs.filter(pl.col("run_number") >= then["run_number"].min())
    return since.select("rules_sha256", "version").n_unique() <= 1


def _normalised(rows: pl.DataFrame, rulebook: Rulebook) -> _Told:
    records, changes = normalise(rows, rulebook)
    _, issues, _ = validate(records, rulebook)
    return _Told(records=records, changes=changes, issues=issues)


def _as_stored(found: pl.DataFrame, known: Known, rulebook: Rulebook) -> _Told:
    """Take records as they were normalised then; look again only for what was found in those that changed since."""
    same = found.filter("is_same")["record_id"]
    changes, issues = (
        known.past.findings(table, same).select(schema.names()).cast(schema)
        for table, schema in (("cell_change", CELL_CHANGE), ("issue", ISSUE))
    )
    others = found.filter(~pl.col("is_same"))
    if not others.is_empty():
        typed = (n for n in others.columns if n == "record_id" or is_as_typed(n))
        again = _normalised(others.select(typed), rulebook)
        changes = pl.concat([changes, again.changes])
        issues = pl.concat([issues, again.issues])
    return _Told(records=found.drop("is_same"), changes=changes, issues=issues)


def _by_source(
    sources: Mapping[str, Standing], found: pl.DataFrame, known: Known
) -> pl.DataFrame:
    """Count per source what stays, comes back, or is gone: the frame `SOURCE`."""
    asked = pl.DataFrame({"source": sorted(sources)}, schema={"source": pl.String})
    had = known.active({"record_id", "source"}).join(asked, on="source", how="semi")
    count = pl.len().cast(pl.Int64)
    parts = {
        "before": had,
        "records": found,
        "new": found.join(had, on="record_id", how="anti"),
        "gone": had.join(found, on="record_id", how="anti"),
        "found": found.join(had, on="record_id", how="semi"),
    }
    for name, part in parts.items():
        counted = part.group_by("source").agg(count.alias(name))
        asked = asked.join(counted, on="source", how="left", maintain_order="left")
    told = asked.with_columns(pl.exclude("source").fill_null(0))
    return told.with_columns(share_lost=pl.lit(None, pl.Float64)).select(*SOURCE)
