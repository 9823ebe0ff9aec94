"""Labels: pairs of records of which somebody has said whether they are one customer.

They come from stewards' decisions, from a file, and from the lessons that the model
in force has had. Labels teach the model; only decisions bind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cleanse.errors import InputError, did_you_mean
from cleanse.read import read_file
from cleanse.review import DecisionKind
from cleanse.rulebook import Rulebook, Vocabulary

TOLD = pl.Schema(
    {
        "record_id_l": pl.Int64,
        "record_id_r": pl.Int64,
        "is_match": pl.Boolean,
        "origin": pl.String,
    }
)
"""One row per labelled pair, record_id_l < record_id_r."""
ANSWER = ("label", "is_match", "match", "answer", "decision", "标签", "判定", "答案")
"""Headings of the column that says match or no match."""
GROUP = (
    "group entity_id entity group_id cluster_id cluster customer customer_id 分组 组号 客户编号"
).split()
"""Headings of the column by which records are grouped into customers."""
FORMS = (
    "Write one row per pair, with record_id_l, record_id_r and label (match or no_match), or\n"
    "source_key_l, source_key_r and label (source_l, source_r beside them when several lists have\n"
    "such keys); or one row per record, with record_id (or source_key, and source) and group."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Labelled pairs, and what could not be used."""

    pairs: pl.DataFrame
    """Schema TOLD; each pair once."""
    counts: dict[str, int]
    """Labels by where they come from; unknown (records that are not in the store), unsure, and
    contradicting (one source says both) were left out."""


def decided(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that decisions speak of: schema TOLD."""
    pairs = decisions.filter(
        pl.col("kind").is_in([DecisionKind.MATCH, DecisionKind.NO_MATCH])
    )
    return pairs.select(
        record_id_l="record_id",
        record_id_r="other_record_id",
        is_match=pl.col("kind") == DecisionKind.MATCH,
        origin=pl.format("decision {}", "decision_id"),
    ).cast(TOLD)


def gather(
    *,
    decisions: pl.DataFrame,
    learned: pl.DataFrame,
    files: Sequence[Path],
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    rulebook: Rulebook,
) -> Labels:
    """Put the labels of all origins together: decisions before files before earlier lessons.

    Args:
        decisions: Schema DECISION: those that bind.
        learned: Labels of the model in force: schema TOLD. Those of a file that is
            given again are what it says now.
        files: CSV or Excel; later ones before earlier ones.
        records: Active records: record_id, source, source_key.
        pairs: record_id_l, record_id_r: kept by the newest run. Groups of records
            label these: pairs that no one would weigh teach nothing.
        rulebook: Its vocabulary says what a label may say.

    Raises:
        InputError: A file has no labels, or speaks of records that are not there.
    """
    told: list[tuple[pl.DataFrame, dict[str, int]]] = [(decided(decisions), {})]
    told += [
        read_labels(path, records, pairs, rulebook.vocabulary)
        for path in reversed(files)
    ]
    again = [origin_of(path) for path in files]
    earlier = learned.filter(~pl.col("origin").is_in(again))
    told.append((earlier.select(TOLD.names()).cast(TOLD), {}))
    counts = {"decisions": told[0][0].height, "earlier": told[-1][0].height}
    counts["file"] = sum(frame.height for frame, _ in told[1:-1])
    for _, left_out in told:
        for name, count in left_out.items():
            counts[name] = counts.get(name, 0) + count
    merged = pl.concat([frame for frame, _ in told]).unique(
        ["record_id_l", "record_id_r"], keep="first", maintain_order=True
    )
    return Labels(pairs=merged.sort("record_id_l", "record_id_r"), counts=counts)


def origin_of(path: Path) -> str:
    """Name a file as the origin of its labels.

    >>> origin_of(Path("lists/labels.csv"))
    'file labels.csv'
    """
    return f"file {path.name}"


def read_labels(
    path: Path, records: pl.DataFrame, pairs: pl.DataFrame, vocabulary: Vocabulary
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Read a file of labels: schema TOLD, and how many labels were left out and why."""
    raw = read_file(path, path.name, None, vocabulary)
    if len(raw.tables) != 1:
        raise InputError(
            f"{path.name}: {len(raw.tables)} tables found; labels are one.\n{FORMS}"
        )
    rows = raw.tables[0].rows
    rows = rows.rename({name: name.strip().lower() for name in rows.columns})
    rows = rows.with_columns(pl.col(pl.String).str.strip_chars())
    answer, group = _one_of(rows, ANSWER), _one_of(rows, GROUP)
    if group and not answer:
        return _of_groups(path, rows, group, records, pairs)
    if not answer:
        _refuse(path, rows, "label")
    return _of_pairs(path, rows, str(answer), records, vocabulary)


def _one_of(rows: pl.DataFrame, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in rows.columns), None)


def _refuse(path: Path, rows: pl.DataFrame, missing: str) -> None:
    near = did_you_mean(missing, rows.columns)
    raise InputError(f"{path.name}: no column {missing!r}{near}.\n{FORMS}")


def _of_pairs(
    path: Path,
    rows: pl.DataFrame,
    answer: str,
    records: pl.DataFrame,
    vocabulary: Vocabulary,
) -> tuple[pl.DataFrame, dict[str, int]]:
    words = vocabulary.mapping("label_word", "answer")
    said = pl.col(answer).str.to_lowercase().replace_strict(words, default=None)
    rows = rows.with_columns(said=said)
    odd = rows.filter(pl.col(answer).is_not_null() & pl.col("said").is_null())
    if odd.height:
        raise InputError(
            f"{path.name}, row {odd['row_number'][0]}: column {answer!r} says neither match nor no_match "
            f"({odd.height} such row(s)).\n"
            "Write match or no_match, or add the word to rules/vocabulary/label_word.csv."
        )
    sure = rows.filter(pl.col("said").is_in(["match", "no_match"]))
    placed = sure.select(
        _record(path, sure, records, "_l").alias("one"),
        _record(path, sure, records, "_r").alias("two"),
        is_match=pl.col("said") == "match",
    )
    known = placed.drop_nulls().filter(pl.col("one") != pl.col("two"))
    _require_some(path, rows, known)
    both = pl.col("is_match").n_unique().over("record_id_l", "record_id_r") > 1
    named = known.select(
        record_id_l=pl.min_horizontal("one", "two"),
        record_id_r=pl.max_horizontal("one", "two"),
        is_match="is_match",
        origin=pl.lit(origin_of(path)),
    )
    agreed = named.filter(~both).unique()
    return agreed.cast(TOLD), {
        "unsure": rows.height - sure.height,
        "unknown": placed.height - known.height,
        "contradicting": named.filter(both).height,
    }


def _of_groups(
    path: Path,
    rows: pl.DataFrame,
    group: str,
    records: pl.DataFrame,
    pairs: pl.DataFrame,
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Label the kept pairs of two grouped records."""
    placed = rows.select(
        _record(path, rows, records, "").alias("record_id"), group=pl.col(group)
    )
    known = placed.drop_nulls().unique("record_id", keep="first", maintain_order=True)
    _require_some(path, rows, known)
    told = pairs.select("record_id_l", "record_id_r")
    for side in "lr":
        mine = known.rename({"group": f"group_{side}"})
        told = told.join(mine, left_on=f"record_id_{side}", right_on="record_id")
    return told.select(
        "record_id_l",
        "record_id_r",
        is_match=pl.col("group_l") == pl.col("group_r"),
        origin=pl.lit(origin_of(path)),
    ).cast(TOLD), {"unknown": placed.height - known.height}


def _require_some(path: Path, rows: pl.DataFrame, known: pl.DataFrame) -> None:
    if known.is_empty():
        raise InputError(
            f"{path.name}: none of its {rows.height:,} rows speaks of records that are in the store.\n{FORMS}"
        )


def _record(
    path: Path, rows: pl.DataFrame, records: pl.DataFrame, side: str
) -> pl.Series:
    """Return the record number of one side of each row; null where it is not known."""
    name = f"record_id{side}"
    if name in rows.columns:
        number = rows[name].cast(pl.Int64, strict=False)
        if number.null_count() > rows[name].null_count():
            raise InputError(
                f"{path.name}: column {name!r} holds more than numbers. The keys of a list go into "
                f"source_key{side}; a record_id is a number that cleanse gave.\n{FORMS}"
            )
        return number.set(~number.is_in(records["record_id"].implode()), None)
    key, source = f"source_key{side}", f"source{side}"
    if key not in rows.columns:
        _refuse(path, rows, name)
    by = [key, source] if source in rows.columns else [key]
    known = records.drop_nulls("source_key").select(
        pl.col("record_id"),
        pl.col("source_key").alias(key),
        pl.col("source").alias(source),
    )
    # A key that several records have names none of them.
    alone = known.filter(pl.len().over(by) == 1)
    found = rows.select(by).join(alone, on=by, how="left", maintain_order="left")
    return found["record_id"]
