"""Decisions of stewards, from the command line to the published table."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
from pipeline_builders import (
    HEADS,
    NOW,
    PEOPLE,
    ask,
    customers,
    make_run,
    take_back,
    together,
    write_list,
)
from typer.testing import CliRunner

from cleanse.cli import app
from cleanse.cli import deciding as cli_deciding
from cleanse.errors import CleanseError

RUNNER = CliRunner()
SILENT = {"list", "conflicts", "export", "import"}


@pytest.fixture
def store(tmp_path):
    """Six records of five people: A1 and A2 (records 1 and 2) are one."""
    make_run(tmp_path / "store", write_list(tmp_path / "0/crm.csv"))
    return tmp_path / "store"


def decide(store, *words, reason="they say so"):
    args = ["decide", *map(str, words), "--store", str(store)]
    if words[0] not in SILENT and "--reason" not in words:
        args += ["--reason", reason]
    found = RUNNER.invoke(app, args)
    if found.exception:
        raise found.exception
    return found.stdout


def run_again(store, tmp_path, number, rows=PEOPLE):
    return make_run(
        store, write_list(tmp_path / f"{number}/crm.csv", rows), number=number
    )


def told(store, *words):
    return json.loads(decide(store, *words, "--json"))


def stand(store, *words):
    return [(r["decision_id"], r["standing"]) for r in told(store, "list", *words)]


def apart(*groups):
    """Everybody alone, but for these groups of keys."""
    joined = {key for group in groups for key in group.split()}
    alone = {frozenset({row[0]}) for row in PEOPLE if row[0] not in joined}
    return alone | {frozenset(group.split()) for group in groups}


def changed(key, **cells):
    """The list, with other cells in one row."""
    names = dict(zip(HEADS, range(len(HEADS)), strict=True))
    rows = [list(row) for row in PEOPLE]
    for name, value in cells.items():
        next(row for row in rows if row[0] == key)[names[name]] = value
    return rows


def test_a_decision_binds_from_the_next_run_on(store, tmp_path):
    assert together(customers(store)) == apart("A1 A2")
    decide(store, "match", 5, 3)
    decide(store, "no-match", 1, 2)
    assert together(customers(store)) == apart("A1 A2")
    assert stand(store) == [(2, "waiting"), (1, "waiting")]
    for number in (2, 3):
        run_again(store, tmp_path, number)
        assert together(customers(store)) == apart("A3 A5")
    assert stand(store) == [(2, "binding"), (1, "binding")]
    band = "select band from match_pair where (record_id_l, record_id_r) = (1, 2)"
    assert ask(store, band) == [("match",)]


def test_a_decision_is_put_in_force_at_once_or_only_planned(store):
    decide(store, "match", 3, 5)
    planned = RUNNER.invoke(app, ["plan", "--store", str(store), "--json"])
    assert {"event": "merged", "customers": 1} in json.loads(planned.stdout)["changes"]
    assert together(customers(store)) == apart("A1 A2")
    found = told(store, "match", 3, 4, "--apply")
    assert (found["decision_id"], found["run"]["status"]) == (2, "published")
    assert together(customers(store)) == apart("A1 A2", "A3 A4 A5")


def test_an_explanation_says_what_is_decided(store):
    decide(store, "match", 3, 5)
    decide(store, "match", 5, 6)
    decide(store, "no-match", 1, 2, "--apply", reason="twins")

    def explained(*records):
        words = ["explain", *map(str, records), "--store", str(store), "--json"]
        return " ".join(json.loads(RUNNER.invoke(app, words).stdout)["sentences"])

    assert "they are one customer, whatever the evidence (decision 1, 2;" in explained(
        3, 6
    )
    said = explained(1, 2)
    assert "they are two customers, whatever the evidence (decision 3;" in said
    assert "twins" in said
    assert "decided" not in explained(3, 1)


def test_a_split_parts_and_a_withdrawal_joins_again(store):
    from datetime import UTC, datetime

    from cleanse.review import withdraw

    number = told(store, "split", 2, "--apply")["decision_id"]
    assert together(customers(store)) == apart()
    withdraw(store / "steward.sqlite", number, "no", "steward:li", datetime.now(UTC))
    told(store, "match", 3, 5, "--apply")
    assert together(customers(store)) == apart("A1 A2", "A3 A5")
    assert stand(store, "--all")[-1] == (number, "withdrawn")


def test_a_contradiction_is_listed_with_the_winner(store):
    decide(store, "match", 3, 5)
    decide(store, "match", 5, 6)
    decide(store, "no-match", 3, 6, "--apply")
    found = told(store, "conflicts")
    assert [(r["decision_id"], r["standing"], r["against"]) for r in found] == [
        (1, "overruled", [2, 3])
    ]
    assert together(customers(store)) == apart("A1 A2", "A5 A6")


def test_a_no_match_lapses_when_a_side_changes_and_binds_when_it_changes_back(
    store, tmp_path
):
    decide(store, "no-match", 1, 2, "--apply")
    run_again(store, tmp_path, 3, changed("A2", city="LEEDS ", phone="0207 9460011"))
    assert stand(store) == [(1, "binding")]
    summary = run_again(store, tmp_path, 4, changed("A2", phone="020 7946 0012"))
    assert any("decision 1" in note and "lapsed" in note for note in summary.notes)
    assert stand(store) == [(1, "lapsed")]
    cases = "select status, decision_id from review_case where (record_id_l, record_id_r) = (1, 2)"
    assert ask(store, cases) == [("open", 1)]
    run_again(store, tmp_path, 5)
    assert stand(store) == [(1, "binding")]
    assert together(customers(store)) == apart()
    assert ask(store, cases) == [("decided", 1)]


def test_a_change_in_the_run_that_takes_it_in_lapses_it(store, tmp_path):
    """The steward saw the record as the store had it."""
    decide(store, "no-match", 1, 2)
    run_again(store, tmp_path, 2, changed("A1", phone="020 7946 0099"))
    assert stand(store) == [(1, "lapsed")]


def test_a_decision_waits_for_its_record_to_return(store, tmp_path):
    decide(store, "match", 3, 5, "--apply")
    make_run(
        store, write_list(tmp_path / "3/crm.csv", PEOPLE[:4]), number=3, accept=True
    )
    run_again(store, tmp_path, 4)
    assert together(customers(store)) == apart("A1 A2", "A3 A5")


def cell(store, field, record):
    return ask(
        store,
        "select value, origin, rule, record_ids, runner_up from golden_cell semi join "
        f"(from crosswalk where is_active and record_id = {record}) using (customer_id) where field = '{field}'",
    )


def golden(store, field, record):
    return ask(
        store,
        f"select {field} from golden_record semi join "
        f"(from crosswalk where is_active and record_id = {record}) using (customer_id)",
    )[0][0]


def test_a_pin_stands_in_the_golden_record_with_its_lineage(store, tmp_path):
    owner = customers(store)["A3"]
    decide(store, "pin", owner, "city", " Ripon")
    decide(store, "pin", 3, "birth_on", "1978-03-04", "--apply")
    pinned = [("Ripon", "pinned", "decision 1", [3], "York")]
    assert cell(store, "city", 3) == pinned
    assert golden(store, "city", 3) == "Ripon"
    assert golden(store, "birth_on", 3) == date(1978, 3, 4)
    assert golden(store, "birth_precision", 3) == "day"
    run_again(store, tmp_path, 3, changed("A3", city="Selby"))
    assert cell(store, "city", 3)[0][4] == "Selby"
    decide(store, "pin", 3, "city", "Thirsk", "--apply")
    assert golden(store, "city", 3) == "Thirsk"
    assert [r["decision_id"] for r in told(store, "conflicts")] == [1]


def test_a_pin_goes_with_its_record(store):
    decide(store, "pin", 2, "city", "Ripon")
    decide(store, "no-match", 1, 2, "--apply")
    assert (golden(store, "city", 1), golden(store, "city", 2)) == ("Leeds", "Ripon")


def test_two_pins_of_one_customer_are_a_contradiction_while_it_is_one(store):
    decide(store, "pin", 1, "city", "Ripon")
    decide(store, "pin", 2, "city", "Selby")
    decide(store, "pin", 2, "birth_on", "1978-03-04", "--apply")
    found = [(r["decision_id"], r["against"]) for r in told(store, "conflicts")]
    assert (found, golden(store, "city", 1)) == ([(1, [2])], "Selby")
    decide(store, "no-match", 1, 2, "--apply")
    assert told(store, "conflicts") == []
    assert golden(store, "city", 1) == "Ripon"


def test_a_record_is_of_the_kind_decided_until_that_is_withdrawn(store, tmp_path):
    from datetime import UTC, datetime

    from cleanse.review import withdraw

    before = ask(store, "select * exclude (extra) from record order by record_id")
    decide(store, "kind", 4, "company", "--apply")
    kinds = "select record_id from record where kind = 'company'"
    assert ask(store, kinds) == [(4,)]
    assert (golden(store, "kind", 4), golden(store, "name", 4)) == (
        "company",
        "Cedric Plumtree",
    )
    run_again(store, tmp_path, 3)
    assert ask(store, kinds) == [(4,)]
    withdraw(store / "steward.sqlite", 1, "no", "steward:li", datetime.now(UTC))
    told(store, "match", 3, 5, "--apply")
    after = ask(store, "select * exclude (extra) from record order by record_id")
    assert [row[:8] for row in after][3] == [row[:8] for row in before][3]
    assert ask(store, kinds) == []


WRONG = {
    "a record that never was": (("match", 1, 99), "99: never was"),
    "a record with itself": (("no-match", 2, 2), "two different records"),
    "a customer number": (("match", "C1", 2), "no record number"),
    "no reason": (("match", 1, 3, "--reason", " "), "needs a reason"),
    "a day that is over": (("match", 1, 3, "--until", "2020-01-01"), "is over"),
    "a whole customer": (("split", 1, 2), "nobody would stay"),
    "records of two customers": (("split", 1, 3), "several customers"),
    "a field that is none": (("pin", 1, "ciyt", "York"), "did you mean 'city'"),
    "a value that is none": (("pin", 1, "birth_on", "soon"), "none that this field"),
    "a mail that is none": (("pin", 1, "email", "at home"), "none that this field"),
    "where it is from": (("pin", 1, "source", "crm"), "cannot be pinned"),
    "another kind": (("kind", 1, "robot"), "a person or a company"),
}


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wrong")
    make_run(folder / "store", write_list(folder / "0/crm.csv"))
    return folder / "store"


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_decided_is_refused(lasting, words, said):
    with pytest.raises(CleanseError, match=said):
        decide(lasting, *words)
    assert told(lasting, "list", "--all") == []


ROWS = (
    ("kind", "record_id", "other_record_id", "field", "value", "reason", "until_on"),
    ("match", "3", "5", "", "", "same person", "2099-12-31"),
    ("no_match", "1", "2", "", "", "twins", ""),
    ("pin", "4", "", "city", "Bath Spa", "", ""),
    ("kind", "6", "", "", "company", "a firm", ""),
    ("match", "3", "5", "", "", "same person", "2099-12-31"),
)


def write_rows(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_list_is_imported_once_however_often(store, tmp_path):
    path = write_rows(tmp_path / "list.csv", *ROWS)
    first = told(store, "import", path, "--reason", "as agreed", "--apply")
    assert (first["written"], first["known"], first["wrong"]) == (4, 1, 0)
    assert together(customers(store)) == apart("A3 A5")
    again = told(store, "import", path, "--reason", "as agreed")
    assert (again["written"], again["known"]) == (0, 5)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_is_exported_can_be_imported_elsewhere(store, tmp_path, ending):
    decide(store, "split", 2)
    for row in ROWS[1:5]:
        if row[0] == "no_match":
            continue
        words = {
            "match": row[1:3],
            "pin": (row[1], *row[3:5]),
            "kind": (row[1], row[4]),
        }
        decide(store, row[0], *words[row[0]])
    out = tmp_path / f"out{ending}"
    decide(store, "export", out)
    assert told(store, "import", out)["written"] == 0
    make_run(tmp_path / "other", write_list(tmp_path / "o/crm.csv"))
    assert told(tmp_path / "other", "import", out, "--apply")["written"] == 4
    assert together(customers(tmp_path / "other")) == apart("A3 A5")
    assert told(tmp_path / "other", "import", out)["written"] == 0


def test_an_export_leaves_out_what_was_taken_back(store, tmp_path):
    decide(store, "match", 3, 5)
    decide(store, "kind", 4, "company")
    take_back(store, "D1", 2)
    out = tmp_path / "out.csv"
    decide(store, "export", out)
    make_run(tmp_path / "other", write_list(tmp_path / "o/crm.csv"))
    assert told(tmp_path / "other", "import", out)["written"] == 1


def test_a_list_whose_last_day_is_over_is_known_still(store, tmp_path, monkeypatch):
    row = ("match", "3", "5", "", "", "for now", "2026-06-30")
    path = write_rows(tmp_path / "list.csv", ROWS[0], row)
    monkeypatch.setattr(cli_deciding, "new_run", lambda: ("a", NOW))
    assert told(store, "import", path)["written"] == 1
    later = NOW.replace(year=2027)
    monkeypatch.setattr(cli_deciding, "new_run", lambda: ("b", later))
    assert told(store, "import", path)["known"] == 1
    with pytest.raises(CleanseError, match="that day is over"):
        decide(store, "match", 3, 4, "--until", "2026-06-30")


def test_a_split_that_says_nobody_is_refused(store, tmp_path):
    row = ("split", "2", "", "", "{abc", "so", "")
    path = write_rows(tmp_path / "list.csv", ROWS[0], row)
    with pytest.raises(CleanseError, match="row 2: value is not what an export says"):
        decide(store, "import", path)


def test_a_wrong_row_refuses_the_list_or_goes_into_a_file_of_its_own(store, tmp_path):
    path = write_rows(
        tmp_path / "list.csv", *ROWS[:3], ("match", "3", "77", "", "", "so", "")
    )
    with pytest.raises(CleanseError, match=r"row 4: record 77: never was"):
        decide(store, "import", path)
    assert told(store, "list") == []
    found = told(store, "import", path, "--skip-wrong")
    assert (found["written"], found["wrong"]) == (2, 1)
    rejects = (tmp_path / "list.rejects.csv").read_text(encoding="utf-8-sig")
    assert "never was" in rejects
    assert len(rejects.splitlines()) == 2
