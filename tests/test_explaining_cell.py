"""The lineage of one golden value: every row, what touched it, and why the others lost."""

import json

import polars as pl
import pytest
from factory import make_records
from pipeline_builders import HEADS, make_run, write_list

from cleanse.errors import InputError
from cleanse.merge import contest
from cleanse.pipeline.explaining_cell import explain_cell
from cleanse.rulebook import load_rulebook
from cleanse.warehouse import customer_card, open_published

ROBERT = ("Robert", "Hartwell", "+44 20 7946 0011", "rob.hartwell@example.com", "Leeds")
PEOPLE = (
    ("A1", *ROBERT, "2026-01-05", "1980-05-17"),
    ("A2", *ROBERT[:2], "+44 20 7946 0012", *ROBERT[3:], "2026-01-07", "1980-05-17"),
    ("A3", *ROBERT[:4], "York", "2026-01-01", "1980-05-17"),
    ("A4", "Wilma", "Vance", "n/a", "wilma@vance.example", "Hull", "2026-01-04", ""),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lineage")
    rows = write_list(folder / "crm.csv", PEOPLE, (*HEADS, "birth date"))
    make_run(folder / "store", rows)
    return folder / "store"


def number_of(store, name):
    with open_published(store) as db:
        sql = "select customer_id from golden_record where family_name = ?"
        ((number,),) = db.execute(sql, [name]).fetchall()
    return number


def test_a_value_tells_its_rows_its_rules_and_who_lost(store):
    told = explain_cell(store, None, number_of(store, "Hartwell"), "phone")
    (cell,) = told.cell
    assert (cell["value"], cell["rule"]) == ("+442079460012", "most_recent")
    assert [(v["value"], v["lost_by"]) for v in told.values] == [
        ("+442079460012", None),
        ("+442079460011", "most_recent"),
    ]
    assert sum(v["share"] for v in told.values) == pytest.approx(1)
    assert cell["confidence"] == pytest.approx(told.values[0]["share"], abs=0.01)
    golden, *lost = told.records
    assert {
        k: golden[k]
        for k in ("standing", "value", "rules", "raw", "file", "row_number")
    } == {
        "standing": "golden",
        "value": "+442079460012",
        "rules": ["phone.e164"],
        "raw": "+44 20 7946 0012",
        "file": "crm.csv",
        "row_number": 3,
    }
    assert [(row["standing"], row["row_number"]) for row in lost] == [
        ("runner_up", 2),
        ("runner_up", 4),
    ]
    assert told.notes == ()


def test_a_value_taken_as_missing_is_told(store):
    told = explain_cell(store, None, number_of(store, "Vance"), "phone")
    assert told.cell == told.values == ()
    assert [
        (r["standing"], r["value"], r["raw"], r["rules"]) for r in told.records
    ] == [("emptied", None, "n/a", ["placeholder"])]


def test_a_part_of_an_address_is_told_with_its_address(store):
    told = explain_cell(store, None, number_of(store, "Hartwell"), "city")
    assert [(v["value"], v["lost_by"]) for v in told.values] == [
        ("Leeds", None),
        ("York", "most_recent"),
    ]
    assert [row["standing"] for row in told.records] == [
        "golden",
        "golden",
        "runner_up",
    ]


def test_rules_other_than_those_of_the_run_are_named(store, tmp_path):
    text = '[field]\nphone = ["most_frequent"]\n'
    (tmp_path / "survivorship.toml").write_text(text)
    told = explain_cell(store, tmp_path, number_of(store, "Hartwell"), "phone")
    assert told.values[0]["value"] == "+442079460011"
    assert "--rules" in told.notes[0]


def test_a_field_that_is_none_is_named(store):
    with pytest.raises(InputError, match=r"fone: no field.*'phone'"):
        explain_cell(store, None, number_of(store, "Hartwell"), "fone")


@pytest.mark.parametrize(
    "field", ["birth_precision", "kind", "extra.none", "tags", "source"]
)
def test_every_kind_of_field_has_a_lineage(store, field):
    told = explain_cell(store, None, number_of(store, "Hartwell"), field)
    assert json.dumps(told.as_json(), default=str)


def test_the_macro_tells_an_analyst_the_same(store):
    number = number_of(store, "Hartwell")
    with open_published(store) as db:
        rows = db.sql("from lineage($id, 'phone')", params={"id": number}).pl()
    assert rows["standing"].to_list() == ["golden", "runner_up", "runner_up"]
    assert rows["changes"][0].to_list() == [
        {"rule": "phone.e164", "raw": "+44 20 7946 0012", "clean": "+442079460012"}
    ]


def test_the_reason_of_each_loser_is_its_own():
    records = make_records(
        {
            "phone": "+8613900139000",
            "phone_is_valid": True,
            "source_updated_at": "2025-01-01",
        },
        {
            "phone": "+8613700137000",
            "phone_is_valid": True,
            "source_updated_at": "2024-01-01",
        },
        {"phone": "12345", "phone_is_valid": False, "source_updated_at": "2026-01-01"},
    )
    found = contest(records, "phone", load_rulebook())
    assert dict(found.select("value", "lost_by").iter_rows()) == {
        "+8613900139000": None,
        "+8613700137000": "most_recent",
        "12345": "valid",
    }
    assert found["share"].sum() == pytest.approx(1)
    assert (
        contest(records.reverse(), "phone", load_rulebook())
        .sort("value")
        .equals(found.sort("value"))
    )


def test_totals_and_united_values_have_no_losers():
    records = make_records(
        {"total_amount": "1", "tags": "a"}, {"total_amount": "2", "tags": "b"}
    )
    for field in ("total_amount", "tags", "extra.colour", "fax"):
        assert contest(records, field, load_rulebook()).select(pl.len()).item() == 0


def test_contradictions_stand_in_the_store_the_report_and_the_card(tmp_path):
    other = [*PEOPLE[2][:-1], "1991-02-03"]
    rows = write_list(
        tmp_path / "crm.csv", (*PEOPLE[:2], other), (*HEADS, "birth date")
    )
    make_run(tmp_path / "store", rows)
    with open_published(tmp_path / "store") as db:
        found = db.sql("from golden_conflict").pl()
    card = customer_card(tmp_path / "store", found["customer_id"][0])
    assert card["golden_conflict"][0]["field"] == "birth_on"
    report = (tmp_path / "store/runs/run-1/report.json").read_text("utf-8")
    assert json.loads(report)["conflicts"] == [
        {"severity": "error", "field": "birth_on", "customers": 1}
    ]
