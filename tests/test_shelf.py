"""Large frames on disk: read as frames in memory are, and a run that lays all of them down publishes the same."""

from __future__ import annotations

import errno
from pathlib import Path

import polars as pl
import pytest
from pipeline_builders import (
    HEADS,
    NOW,
    STATE,
    assert_same,
    make_run,
    state,
    write_list,
)

from cleanse import shelf
from cleanse.errors import StoreError
from cleanse.pipeline import RunRequest, rehearse
from cleanse.rulebook import load_rulebook
from cleanse.shelf import Shelf, Shelved, by_part, filled, in_memory
from cleanse.validate import validate
from cleanse.warehouse import open_store

SAMPLES = Path(__file__).parent.parent / "sample_inputs"
FRAME = pl.DataFrame(
    {
        "id": [3, 1, 2, 5, 4],
        "name": ["a", None, "汉", "", "e"],
        "lists": [["x"], [], None, ["y", "z"], ["w"]],
        "nothing": pl.Series([None] * 5, dtype=pl.String),
    }
)


@pytest.fixture
def small_parts(monkeypatch):
    """Lay every frame down, in parts of a few rows."""
    monkeypatch.setattr(shelf, "FEWEST_ROWS", 1)
    monkeypatch.setattr(shelf, "PART_ROWS", 2)


@pytest.fixture
def laid(tmp_path, small_parts) -> Shelved:
    return Shelf(tmp_path).lay(FRAME)


def test_a_shelved_frame_is_what_it_was(laid):
    assert in_memory(laid).equals(FRAME)
    assert laid.height == FRAME.height
    assert laid.columns == FRAME.columns
    assert laid["name"].equals(FRAME["name"])
    assert [part.height for part in laid.parts()] == [2, 2, 1]
    assert laid.select(pl.col("id").max()).item() == 5
    assert laid.filter(pl.col("id") > 2)["id"].to_list() == [3, 5, 4]


def test_what_no_row_fills_is_known(laid):
    assert filled(laid) == filled(FRAME) == {"id", "name", "lists"}


def test_renaming_reads_under_the_new_name(laid):
    names = {"id": "row_id"}
    renamed = laid.rename(names)
    assert renamed.columns == FRAME.rename(names).columns
    assert in_memory(renamed).equals(FRAME.rename(names))
    assert pl.concat(renamed.parts()).equals(FRAME.rename(names))
    assert "row_id" in filled(renamed)


def test_a_change_by_part_is_the_change_of_the_whole(laid):
    def change(part: pl.DataFrame) -> pl.DataFrame:
        return part.filter(pl.col("id") != 1).with_columns(twice=pl.col("id") * 2)

    assert in_memory(by_part(laid, change)).equals(change(FRAME))
    assert in_memory(laid).equals(FRAME)


def test_rows_that_are_nobody_are_rejected_on_the_shelf_too(tmp_path, small_parts):
    records = pl.DataFrame(
        {
            "record_id": [1, 2, 3],
            "name": ["Ann Lee", None, "Bo Li"],
            "city": ["Ely"] * 3,
        }
    )
    rulebook = load_rulebook(None)
    kept, issues, rejected = validate(records, rulebook)
    on_shelf = validate(Shelf(tmp_path).lay(records), rulebook)
    assert rejected["record_id"].to_list() == [2]
    assert isinstance(on_shelf[0], Shelved)
    assert in_memory(on_shelf[0]).equals(kept)
    assert on_shelf[1].equals(issues)
    assert on_shelf[2].equals(rejected)


def test_a_full_disk_is_told(tmp_path, small_parts, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(
        StoreError, match=r"No space left on device.*\n.*Free some space"
    ):
        Shelf(tmp_path).lay(FRAME)


def test_what_is_discarded_leaves_no_file(laid, tmp_path):
    laid.discard()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


TABLES = (*STATE, "scorecard", "source_file", "match_input")


def runs(store: Path, *each: tuple[Path, ...]) -> dict[str, pl.DataFrame]:
    """Publish runs over inputs, one after the other; return what the store then says."""
    for number, inputs in enumerate(each, 1):
        make_run(store, *inputs, number=number, accept=True)
    assert not (store / "spill").exists()
    return state(store, TABLES)


def test_runs_that_lay_everything_down_publish_the_same(tmp_path, monkeypatch):
    quarters = [(SAMPLES / "2026Q1",), (SAMPLES / "2026Q2",)]
    plain = runs(tmp_path / "plain", *quarters)
    monkeypatch.setattr(shelf, "FEWEST_ROWS", 1)
    monkeypatch.setattr(shelf, "PART_ROWS", 150)
    laid = []
    lay = Shelf.lay
    monkeypatch.setattr(
        Shelf, "lay", lambda self, frame: laid.append(frame.height) or lay(self, frame)
    )
    assert_same(plain, runs(tmp_path / "laid", *quarters))
    assert laid


def test_a_rehearsal_leaves_nothing(tmp_path, small_parts):
    store = tmp_path / "store"
    asked = RunRequest(
        inputs=(write_list(tmp_path / "crm.csv"),),
        store=store,
        run_id="r",
        now=NOW,
        actor="test",
    )
    assert rehearse(asked).status == "rehearsed"
    assert not store.exists()


def test_frames_of_a_killed_run_go_when_the_store_is_opened(tmp_path):
    store = tmp_path / "store"
    files = (SAMPLES / "2026Q1",)
    runs(store, files)
    Shelf(store / "spill").lay(FRAME)
    with open_store(store, actor="test"):
        assert not (store / "spill").exists()


def test_snapshots_of_one_source_and_rows_that_are_nobody(tmp_path, monkeypatch):
    older = [
        (f"K{n}", f"Ann{n}", "Lee", f"020 7946 0{n:03}", "", "Ely", "2026-01-05")
        for n in range(60)
    ]
    newer = [
        row if n % 3 else (row[0], "Bea", *row[2:]) for n, row in enumerate(older[:-5])
    ]
    newer.insert(7, ("", "", "", "", "", "Bath", ""))
    files = (
        write_list(tmp_path / "shop_2026-01.csv", older, HEADS),
        write_list(tmp_path / "shop_2026-02.csv", newer, HEADS),
    )
    plain = runs(tmp_path / "plain", files)
    monkeypatch.setattr(shelf, "FEWEST_ROWS", 1)
    monkeypatch.setattr(shelf, "PART_ROWS", 16)
    assert_same(plain, runs(tmp_path / "laid", files))
    assert plain["reject"].height == 1
