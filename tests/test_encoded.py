"""Records encoded in parts are what they are encoded whole; what a run kept is used, and never missed."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_builders import company, crowd, frame, person
from pipeline_builders import (
    HEADS,
    NOW,
    PEOPLE,
    assert_same,
    make_run,
    state,
    take_back,
    write_list,
)

from cleanse.compare import prepare
from cleanse.compare.table import Table
from cleanse.encoded import Encoded, beside, encode, united
from cleanse.grown import Grown
from cleanse.match import encoded, match
from cleanse.match.contacts import drop_shared_contacts
from cleanse.pipeline import RunRequest, order, rehearse
from cleanse.pipeline import active as active_records
from cleanse.review import Decision, DecisionKind, add_decision
from cleanse.rulebook import Rulebook
from cleanse.warehouse import Known, StorePaths, encoding
from cleanse.warehouse.encoding import (
    Encoding,
    encoded_by,
    keep_encoded,
    lay_encoded,
)

WORDS = st.sampled_from(["anna", "bela", "卡尔", "", None])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": WORDS,
            "phones": st.none() | st.lists(WORDS, max_size=3),
            "is_old": st.sampled_from([True, False, None]),
        }
    ),
    max_size=8,
)
TYPES = {
    "record_id": pl.Int64,
    "kind": pl.String,
    "name": pl.String,
    "phones": pl.List(pl.String),
    "is_old": pl.Boolean,
}


def records_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    numbered = [
        {"record_id": 3 * at, "kind": "person", **row} for at, row in enumerate(rows)
    ]
    is_anna = (pl.element() == "anna").fill_null(value=False).cast(pl.UInt8)
    return pl.DataFrame(numbered, schema=TYPES).with_columns(
        phones_marks=pl.col("phones").list.eval(is_anna)
    )


def same(one: Encoded, other: Encoded) -> None:
    """Compare two lists down to their codes."""
    assert one.plain.equals(other.plain.select(one.plain.columns))
    assert set(one.texts) == set(other.texts)
    for name, texts in one.texts.items():
        again = other.texts[name]
        assert texts.codes.tolist() == again.codes.tolist()
        assert texts.values.texts.to_list() == again.values.texts.to_list()
        assert texts.values.hashes.tolist() == again.values.hashes.tolist()
        marks = [None if e.marks is None else e.marks.tolist() for e in (texts, again)]
        assert marks[0] == marks[1]
        starts = [
            each.starts is not None and each.starts.tolist() for each in (texts, again)
        ]
        assert starts[0] == starts[1]


@settings(max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_parts_laid_beside_each_other_are_the_whole(rows, chance):
    records = records_of(rows)
    first = pl.Series([chance.random() < 0.5 for _ in rows], dtype=pl.Boolean)
    parts = [encode(records.filter(some)) for some in (first, ~first)]
    whole = encode(records.sample(fraction=1, shuffle=True, seed=3))
    same(whole, beside(*parts))
    same(whole, beside(*parts[::-1]))


@settings(max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_records_left_out_leave_no_value_behind(rows, chance):
    records = records_of(rows)
    stays = np.array([chance.random() < 0.5 for _ in rows], dtype=bool)
    some = encode(records).filter(stays)
    same(encode(records.filter(pl.Series(stays, dtype=pl.Boolean))), some)


@given(ROWS)
def test_decoding_gives_what_was_encoded(rows):
    records = records_of(rows)
    empty = pl.col("phones").list.len() == 0
    expected = records.with_columns(phones=pl.when(~empty).then("phones"))
    expected = expected.drop("phones_marks")
    assert encode(records).frame().select(expected.columns).equals(expected)


def test_a_column_that_only_one_part_has_is_missing_in_the_other():
    one = pl.DataFrame({"record_id": [1], "kind": ["person"], "a": ["x"]})
    other = pl.DataFrame({"record_id": [2], "kind": ["person"], "l": [["y", "z"]]})
    both = beside(encode(one), encode(other)).frame()
    assert both["a"].to_list() == ["x", None]
    assert both["l"].to_list() == [None, ["y", "z"]]


def test_columns_that_share_values_still_say_what_they_said():
    names = pl.DataFrame({"record_id": [1, 2], "a": ["x", "y"], "b": ["y", None]})
    texts = encode(names).texts
    one, other = united([texts["a"], texts["b"]])
    assert one.values is other.values
    assert one.series("a").to_list() == ["x", "y"]
    assert other.series("b").to_list() == ["y", None]


def test_a_value_taken_out_of_lists_leaves_the_others():
    lists = pl.DataFrame({"record_id": [1, 2, 3], "l": [["x", "y"], ["x"], ["z"]]})
    marks = pl.Series([[1, 2], [1], [3]], dtype=pl.List(pl.UInt8))
    texts = encode(lists.with_columns(l_marks=marks)).texts["l"]
    left = texts.without((texts.values.texts == "x").arg_true().to_numpy())
    assert left.series("l").to_list() == [["y"], None, ["z"]]
    assert sorted(left.values.texts) == ["y", "z"]
    assert left.marks is not None
    assert left.marks.tolist() == [2, 3]


# ---------------------------------------------------------------- matching


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    firms = [
        company(f"{word} foods", "ltd", phone=f"+44207946{at % 7:04}")
        for at, word in enumerate("orion summit nova redwood kestrel".split() * 5)
    ]
    return frame(*crowd(80), *crowd(30), *firms)


def test_matching_parts_is_matching_the_whole(people, rulebook: Rulebook):
    rules = rulebook.matching
    whole = match(people, rules)
    later = people["record_id"] % 3 == 0
    one, other = (encoded(people.filter(some), rules) for some in (~later, later))
    parts = {kind: beside(part, other[kind]) for kind, part in one.items()}
    again = match(parts, rules)
    assert whole.pairs.equals(again.pairs)
    assert whole.inputs.equals(again.inputs)
    assert whole.frequencies.equals(again.frequencies)


def test_who_shares_a_contact_is_counted_over_all_parts():
    mail = "info@post.test"
    rows = [person(name, "lee", email=mail) for name in "ann bea cid dot eve".split()]
    records = frame(*rows, person("flo", "lee", email="flo@post.test"))
    halves = [encode(records[:3]), encode(records[3:])]
    kept = [part.frame(["emails"]) for part in drop_shared_contacts(halves, 4)]
    assert pl.concat(kept)["emails"].to_list() == [*[None] * 5, ["flo@post.test"]]
    few = [part.frame(["emails"]) for part in drop_shared_contacts(halves, 5)]
    assert pl.concat(few)["emails"].to_list() == records["emails"].to_list()


def test_names_are_told_apart_by_their_latin_form_whatever_stands_first():
    spellings = "李明 李鸣 李铭 李名 黎明".split()
    rows = [person("ming", "li", email="li@post.test") for _ in spellings]
    records = frame(*rows).with_columns(name_compare=pl.Series(spellings))
    for names in (records.columns, records.columns[::-1]):
        (kept,) = drop_shared_contacts([encode(records.select(names))], 4)
        assert kept.frame(["emails"])["emails"].null_count() == 0


def test_tables_of_parts_are_the_table_of_the_whole(people):
    persons = people.filter(pl.col("kind") == "person")
    halves = [encode(persons[:50]), encode(persons[50:])]
    one, other = prepare(encode(persons)), prepare(beside(*halves))
    assert set(one.columns) == set(other.columns)
    for name, column in one.columns.items():
        assert np.array_equal(column.codes, other.columns[name].codes), name
        assert np.array_equal(column.bearers, other.columns[name].bearers), name
    _same_arrays(one, other)


def _same_arrays(one: Table, other: Table) -> None:
    assert set(one.arrays) == set(other.arrays)
    for name, array in one.arrays.items():
        assert np.array_equal(array, other.arrays[name]), name


# ---------------------------------------------------------------- kept for the next run


MORE = (
    ("B1", "Rob", "Hartwell", "+44 20 7946 0011", "", "Leeds", "2026-02-05"),
    ("B2", "Greta", "Moss", "+44 20 7946 0077", "greta@moss.example", "York", ""),
)


@pytest.fixture
def paths(tmp_path) -> StorePaths:
    """A store after one run."""
    make_run(tmp_path / "store", write_list(tmp_path / "list.csv"))
    return StorePaths(tmp_path / "store")


def test_what_is_laid_down_is_read_as_it_was(tmp_path, people, rulebook):
    records = encoded(people, rulebook.matching)
    paths = StorePaths(tmp_path)
    laid = lay_encoded(Encoding(Grown(records)), {}, tmp_path / "laid")
    keep_encoded(laid, paths, "run-1")
    found = encoded_by(paths, "run-1")
    assert found is not None
    assert found.most.keys() == records.keys()
    for kind, part in records.items():
        same(part, found.most[kind])
    assert encoded_by(paths, "run-2") is None


def only(records: Encoded, wanted: Collection[int]) -> Encoded:
    """Return the records that have some numbers."""
    return records.filter(np.isin(records.record_ids, list(wanted)))


@settings(max_examples=40)
@given(
    rows=ROWS,
    steps=st.lists(
        st.tuples(st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7))), max_size=4
    ),
    few=st.sampled_from([0.0, 0.5, 10.0]),
)
def test_what_runs_keep_one_after_the_other_is_what_they_all_encoded(
    tmp_path_factory, rows, steps, few
):
    """Each step takes some records away, and brings some (back)."""
    paths = StorePaths(tmp_path_factory.mktemp("kept"))
    records = {"person": encode(records_of(rows))}
    now = records
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "FEW", few)
        laid = lay_encoded(Encoding(Grown(records)), {}, paths.spill / "laid")
        keep_encoded(laid, paths, "run-0")
        for number, (gone, back) in enumerate(steps):
            kept = encoded_by(paths, f"run-{number}")
            assert kept is not None
            away = {3 * at for at in gone | back}
            given = {"person": only(records["person"], {3 * at for at in back})}
            made = kept.followed(
                given, lambda part, away=away: ~np.isin(part.record_ids, list(away))
            )
            there = {*now["person"].record_ids.tolist()} - away
            there |= {*given["person"].record_ids.tolist()}
            now = {"person": only(records["person"], there)}
            same(now["person"], made.records.whole()["person"])
            laid = lay_encoded(made, {}, paths.spill / "laid")
            keep_encoded(laid, paths, f"run-{number + 1}")
            assert len([*paths.folder.glob("encoded-*")]) == 1 + (
                made.news() is not None
            )


def test_only_the_newest_run_has_a_file_and_it_is_its_owners(paths, tmp_path):
    kept = paths.encoded("run-1")
    assert [*paths.folder.glob("encoded-*")] == [kept]
    assert kept.stat().st_mode & 0o077 == 0
    make_run(
        paths.folder, write_list(tmp_path / "more.csv", MORE), number=2, accept=True
    )
    assert [*paths.folder.glob("encoded-*")] == [paths.encoded("run-2")]


def _second_run(paths: StorePaths, folder: Path) -> dict[str, pl.DataFrame]:
    make_run(paths.folder, write_list(folder / "more.csv", MORE), number=2, accept=True)
    changed = [("A1", "Robert", "Hartwell", "", "", "Hull", "2026-03-01"), *PEOPLE[1:5]]
    make_run(
        paths.folder,
        write_list(folder / "list.csv", changed, HEADS),
        number=3,
        accept=True,
    )
    return state(paths.folder)


@pytest.fixture
def seen(monkeypatch) -> list[int]:
    """How many records are encoded at a time."""
    heights: list[int] = []

    def watched(records: pl.DataFrame, rules: object) -> object:
        heights.append(records.height)
        return encoded(records, rules)

    monkeypatch.setattr(active_records, "encoded", watched)
    return heights


@pytest.mark.parametrize("few", [0.0, 10.0])
def test_a_run_encodes_what_is_new_and_publishes_the_same(
    paths, tmp_path, seen, monkeypatch, few
):
    monkeypatch.setattr(encoding, "FEW", few)
    alike = StorePaths(tmp_path / "alike")
    make_run(alike.folder, write_list(tmp_path / "list.csv"))
    seen.clear()
    used = _second_run(paths, tmp_path)
    assert seen == [len(MORE), 5]
    monkeypatch.setattr(Known, "encoded", None)
    assert_same(_second_run(alike, tmp_path), used)
    assert seen[2:] == [len(PEOPLE) + len(MORE), 5 + len(MORE)]


@pytest.mark.parametrize("spoil", ["gone", "cut", "other", "version"])
def test_a_file_that_cannot_be_used_is_not_missed(
    paths, tmp_path, seen, spoil, monkeypatch
):
    kept = paths.encoded("run-1")
    whole = kept.read_bytes()
    kept.unlink()
    if spoil == "cut":
        kept.write_bytes(whole[: len(whole) // 2])
    if spoil == "other":
        kept.write_bytes(b"ARROW1")
    if spoil == "version":
        kept.write_bytes(whole)
        monkeypatch.setattr(encoding, "_MARK", {b"cleanse.encoded": b"another"})
    make_run(
        paths.folder, write_list(tmp_path / "more.csv", MORE), number=2, accept=True
    )
    assert seen == [len(PEOPLE) + len(MORE)]
    assert encoded_by(paths, "run-2") is not None


def test_a_disk_that_takes_nothing_stops_no_run(paths, tmp_path, monkeypatch):
    def full(body: pa.Buffer) -> bytes:
        assert body.size
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(encoding, "_digest_of", full)
    make_run(
        paths.folder, write_list(tmp_path / "more.csv", MORE), number=2, accept=True
    )
    assert not [*paths.folder.glob("encoded-*")]
    assert not paths.spill.exists()
    laid = lay_encoded(Encoding(Grown({})), {}, tmp_path / "laid")
    assert laid is None
    assert not (tmp_path / "laid").exists()


def test_a_rehearsal_keeps_what_is_there(paths, tmp_path):
    kept = paths.encoded("run-1").read_bytes()
    before = {each.name for each in paths.folder.iterdir()}
    request = RunRequest(
        inputs=(write_list(tmp_path / "more.csv", MORE),),
        store=paths.folder,
        run_id="run-2",
        now=NOW,
        actor="test",
        accept=True,
    )
    rehearse(request)
    assert {each.name for each in paths.folder.iterdir()} == before
    assert paths.encoded("run-1").read_bytes() == kept


def _added_twice(paths: StorePaths, folder: Path) -> None:
    """Add records twice: with the first run there are two sources, so with it all is kept anew."""
    for number, name in ((2, "more.csv"), (3, "yet_more.csv")):
        more = write_list(folder / name, MORE)
        make_run(paths.folder, more, number=number, accept=True)


@pytest.mark.parametrize("which", ["run-2", "run-3"])
def test_a_damaged_file_is_not_used_wherever_the_damage_is(
    paths, tmp_path, monkeypatch, which
):
    monkeypatch.setattr(encoding, "FEW", 10.0)
    _added_twice(paths, tmp_path)
    kept = paths.encoded(which)
    whole = kept.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        kept.write_bytes(damaged)
        assert encoded_by(paths, "run-3") is None, at
    kept.write_bytes(whole)
    assert encoded_by(paths, "run-3") is not None


def test_another_file_in_the_place_of_the_one_it_goes_with_is_not_used(
    paths, tmp_path, monkeypatch, rulebook
):
    monkeypatch.setattr(encoding, "FEW", 10.0)
    _added_twice(paths, tmp_path)
    records = encoded(
        pl.DataFrame({"record_id": [1], "kind": ["person"]}), rulebook.matching
    )
    laid = lay_encoded(Encoding(Grown(records)), {}, paths.encoded("run-2"))
    assert laid is not None
    assert encoded_by(paths, "run-3") is None
    assert encoded_by(paths, "run-2") is not None
    paths.encoded("run-2").unlink()
    assert encoded_by(paths, "run-3") is None


def test_a_run_killed_before_it_keeps_leaves_what_the_next_can_do_without(
    paths, tmp_path, seen, monkeypatch
):
    more = write_list(tmp_path / "more.csv", MORE)
    monkeypatch.setattr(order, "keep_encoded", _killed)
    with pytest.raises(KeyboardInterrupt):
        make_run(paths.folder, more, number=2, accept=True)
    monkeypatch.undo()
    assert [*paths.folder.glob("encoded-*")] == [paths.encoded("run-1")]
    make_run(paths.folder, more, number=3, accept=True)
    assert [*paths.folder.glob("encoded-*")] == [paths.encoded("run-3")]
    assert len(state(paths.folder)["crosswalk"]) == len(PEOPLE) + len(MORE)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _history(folder: Path) -> dict[str, pl.DataFrame]:
    """Make a store with lists, decisions, records that left, and steps that were taken back."""
    store = folder / "store"
    ours, theirs = folder / "ours.csv", folder / "theirs.csv"
    make_run(store, write_list(ours), number=1)
    make_run(store, write_list(theirs, MORE), number=2, accept=True)
    decide(store, kind=DecisionKind.KIND, record_id=4, value="company")
    decide(store, kind=DecisionKind.NO_MATCH, record_id=1, other_record_id=2)
    make_run(store, number=3, accept=True)
    changed = (PEOPLE[0], (*PEOPLE[2][:3], "", *PEOPLE[2][4:]), *PEOPLE[3:5])
    make_run(store, write_list(ours, changed), number=4, accept=True)
    take_back(store, 2, 5, accept=True)
    take_back(store, "D1", 6, accept=True)
    make_run(store, write_list(theirs, (*MORE, PEOPLE[1])), number=7, accept=True)
    make_run(store, write_list(ours), number=8, accept=True)
    return state(store)


def decide(store: Path, **said: object) -> None:
    """Let a steward say something."""
    decision = Decision(reason="as seen", actor="li", decided_at=NOW, **said)
    add_decision(StorePaths(store).steward, decision)


@pytest.mark.parametrize("few", [0.0, 10.0])
def test_whatever_happened_what_was_kept_publishes_what_the_records_do(
    tmp_path, seen, monkeypatch, few
):
    monkeypatch.setattr(encoding, "FEW", few)
    used = _history(tmp_path / "used")
    with_files = [*seen]
    seen.clear()
    monkeypatch.setattr(Known, "encoded", None)
    assert_same(_history(tmp_path / "read"), used)
    assert sum(with_files) < sum(seen)
