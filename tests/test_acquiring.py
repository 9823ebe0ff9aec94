"""An acquired company's list: what of it is ours already, before anything merges."""

from __future__ import annotations

import json

import polars as pl
import pytest
from pipeline_builders import HEADS, NOW, PEOPLE, customers, make_run, state, write_list

from cleanse.errors import GateError, InputError, UsageError
from cleanse.pipeline import RunRequest
from cleanse.pipeline.acquiring import acquire, rehearse_acquisition
from cleanse.pipeline.contradiction import said, weigh
from cleanse.warehouse import open_published
from cleanse.warehouse.sheets import sheet

THEIRS = (
    ("X1", "Miriam", "Oakes", "+44 20 7946 0022", "m.oakes@example.org", "York", ""),
    ("X2", "Cedric", "Plumtree", "020 7946 0999", "cedric@plumtree.example", "", ""),
    ("X3", "Cedric", "Plumtree", "", "cedric@plumtree.example", "Bath", ""),
    ("X4", "Ursula", "Nightingale", "+44 20 7946 0777", "u@night.example", "Rye", ""),
    ("X5", "Ursula", "Nightingale", "+44 20 7946 0777", "u@night.example", "Rye", ""),
    ("X6", "Balthasar", "Quince", "", "quince@b.example", "Deal", ""),
)
"""Miriam says nothing new; Cedric stands twice and brings a phone; Ursula stands twice."""


@pytest.fixture
def store(tmp_path):
    make_run(tmp_path / "store", write_list(tmp_path / "crm.csv"))
    return tmp_path / "store"


def plan(store, path, **more):
    more = {"source": "oldco", "accept": True} | more
    request = RunRequest(
        inputs=(path,), store=store, run_id="plan", now=NOW, actor="test", **more
    )
    return rehearse_acquisition(request)


def by_key(found, column):
    return dict(found.records.select("source_key", column).iter_rows())


def test_customers_are_known_sure_or_new(store, tmp_path):
    found = plan(store, write_list(tmp_path / "theirs.csv", THEIRS))
    assert by_key(found, "class") == {
        "X1": "known",
        "X2": "sure",
        "X3": "sure",
        "X4": "new",
        "X5": "new",
        "X6": "new",
    }
    ours = customers(store)
    assert by_key(found, "our_customer_id") == {
        "X1": ours["A3"],
        "X2": ours["A4"],
        "X3": ours["A4"],
        "X4": None,
        "X5": None,
        "X6": None,
    }
    counts = {name: row["customers"] for name, row in found.counts().items()}
    assert counts == {"known": 1, "sure": 1, "review": 0, "new": 2}
    assert by_key(found, "their_customer") == {
        "X1": 1,
        "X2": 2,
        "X3": 2,
        "X4": 3,
        "X5": 3,
        "X6": 4,
    }
    assert by_key(found, "filled_fields")["X2"] == ["phone"]


def test_the_plan_writes_nothing(store, tmp_path):
    before = state(store)
    plan(store, write_list(tmp_path / "theirs.csv", THEIRS))
    after = state(store)
    assert all(before[name].equals(after[name]) for name in before)
    assert [p.name for p in (store / "runs").iterdir()] == ["run-1"]


def test_what_is_planned_is_what_a_run_does(store, tmp_path):
    path = write_list(tmp_path / "theirs.csv", THEIRS)
    found = plan(store, path)
    ours = set(customers(store).values())
    make_run(store, path, number=2, source="oldco")
    now = customers(store)
    planned = by_key(found, "our_customer_id")
    for key, kind in by_key(found, "class").items():
        joined = kind in {"known", "sure"}
        assert (now[key] in ours) == joined
        assert not joined or now[key] == planned[key]


def test_the_same_list_again_is_known(store, tmp_path):
    path = write_list(tmp_path / "theirs.csv", THEIRS)
    make_run(store, path, number=2, source="oldco")
    found = plan(store, path)
    assert set(by_key(found, "class").values()) == {"known"}


def test_contradictions_are_counted_per_field(store, tmp_path):
    theirs = (
        ("X1", "Miriam", "Oakes", "+44 20 7946 0022", "", "York", ""),
        (
            "X2",
            "Cedric",
            "Plumtree",
            "020 7946 0999",
            "cedric@plumtree.example",
            "",
            "",
        ),
    )
    found = plan(store, write_list(tmp_path / "theirs.csv", theirs, HEADS))
    told = {row["field"]: row for row in found.fields}
    assert (told["email"]["agree"], told["email"]["differ"]) == (1, 0)
    assert (told["phone"]["we_lack"], told["phone"]["they_lack"]) == (1, 0)
    assert told["email"]["filled"] == 1
    assert told["email"]["our_records"] == 6


def test_a_list_of_mobiles_is_held_against_our_phones(store, tmp_path):
    heads = [{"phone": "mobile"}.get(head.lower(), head) for head in HEADS]
    assert "mobile" in heads
    theirs = [(*row, "vip") for row in THEIRS]
    path = write_list(tmp_path / "theirs.csv", theirs, (*heads, "tags"))
    found = plan(store, path)
    told = {row["field"]: row for row in found.fields}
    assert "mobile" not in told
    assert (told["phone"]["agree"], told["phone"]["we_lack"]) == (1, 1)
    assert told["phone"]["our_filled"] == 5
    assert told["tags"]["differ"] is None


def test_what_is_told_in_a_report_holds_no_names(store, tmp_path):
    found = plan(store, write_list(tmp_path / "theirs.csv", THEIRS))
    told = repr(found.facts())
    assert not [row[2] for row in (*PEOPLE, *THEIRS) if row[2] in told]
    assert found.as_json()["largest"]


def test_an_acquisition_needs_a_name(store, tmp_path):
    path = write_list(tmp_path / "theirs.csv", THEIRS)
    with pytest.raises(UsageError, match="--source"):
        plan(store, path, source=None)


def test_a_store_that_holds_nothing_has_no_overlap(tmp_path):
    found = plan(tmp_path / "store", write_list(tmp_path / "theirs.csv", THEIRS))
    assert {name: row["customers"] for name, row in found.counts().items()} == {
        "known": 0,
        "sure": 0,
        "review": 0,
        "new": 4,
    }
    assert not (tmp_path / "store").exists()


def test_one_of_many_values_is_enough_to_agree():
    theirs = said(
        pl.DataFrame(
            {
                "record_id": [1, 2, 3],
                "phones": [["+1"], ["+2", "+9"], None],
                "city": ["a", "b", "c"],
                "fax": ["1-2", None, "3"],
            }
        )
    )
    ours = pl.DataFrame(
        {
            "record_id": [1, 2, 3, 3],
            "field": ["phone", "phone", "phone", "fax"],
            "key": ["+7", "+9", "+3", "3"],
        }
    )
    assert weigh(theirs, ours, "record_id").rows() == [
        (1, "fax", "we_lack"),
        (1, "phone", "differ"),
        (2, "phone", "agree"),
        (3, "fax", "agree"),
        (3, "phone", "they_lack"),
    ]


def test_the_merge_leaves_the_overlap_and_the_crosswalk(store, tmp_path):
    before = set(customers(store).values())
    path = write_list(tmp_path / "theirs.csv", THEIRS)
    request = RunRequest(
        inputs=(path,),
        store=store,
        run_id="acq",
        now=NOW,
        actor="test",
        source="old co/1",
    )
    summary, found, files = acquire(request)
    assert summary.status == "published"
    assert [file.name for file in files] == [
        "overlap.xlsx",
        "crosswalk_old_co_1.csv",
        "crosswalk_old_co_1.xlsx",
    ]
    rows = pl.read_csv(files[1], infer_schema=False)
    now = customers(store)
    assert dict(rows.select("source_key", "customer_id").iter_rows()) == {
        row[0]: now[row[0]] for row in THEIRS
    }
    how = dict(rows.select("source_key", "how").iter_rows())
    assert how == {
        key: "joined" if now[key] in before else "new" for key in by_key(found, "class")
    }
    told = json.loads((files[0].parent / "report.json").read_text(encoding="utf-8"))
    assert told["overlap"]["classes"][1]["customers"] == 1
    page = (files[0].parent / "report.html").read_text(encoding="utf-8")
    assert "overlap.xlsx" in page
    assert "Plumtree" not in page


def test_a_gate_stops_the_merge_and_leaves_the_overlap(store, tmp_path):
    path = write_list(tmp_path / "theirs.csv", THEIRS)
    make_run(store, path, number=2, source="oldco")
    before = state(store)
    request = RunRequest(
        inputs=(write_list(path, THEIRS[:2]),),
        store=store,
        run_id="cut",
        now=NOW,
        actor="test",
        source="oldco",
    )
    with pytest.raises(GateError, match=r"are gone(.|\n)*overlap\.xlsx"):
        acquire(request)
    assert [p.name for p in (store / "runs" / "cut").iterdir()] == ["overlap.xlsx"]
    after = state(store)
    assert all(before[name].equals(after[name]) for name in before)


def test_tables_are_taken_out_as_they_stand(store):
    ours = customers(store)
    with open_published(store) as db:
        crosswalk = sheet(db, "crosswalk", ["crm"])
        golden = sheet(db, "golden")
        review = sheet(db, "review")
        with pytest.raises(InputError, match="did you mean 'crm'"):
            sheet(db, "crosswalk", ["crmm"])
    assert dict(crosswalk.select("source_key", "customer_id").iter_rows()) == ours
    assert set(crosswalk["how"]) == {"new"}
    assert sorted(golden["customer_id"]) == sorted(set(ours.values()))
    assert review.columns[:4] == [
        "match_probability",
        "match_weight",
        "customer_id_l",
        "customer_id_r",
    ]
