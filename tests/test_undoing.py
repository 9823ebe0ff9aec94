"""Undo: what is published then is what would be without the run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pipeline_builders import (
    NOW,
    PEOPLE,
    ask,
    assert_equal,
    customers,
    make_run,
    published,
    take_back,
    together,
    write_list,
)

from cleanse.errors import UsageError
from cleanse.review import Decision, DecisionKind, add_decision, withdraw
from cleanse.warehouse import StorePaths
from cleanse.warehouse.verify import verify_store


@pytest.fixture
def quarter(tmp_path):
    """Write the list of a quarter: A2 has left A1, A3 has moved, A5 is gone, A7 is new."""
    rows = [list(row) for row in PEOPLE]
    rows[1][1:5] = ["Bertram", "Quill", "+44 20 7946 0099", "b.quill@example.net"]
    rows[2][5] = "Ripon"
    rows[4] = ["A7", "Nora", "Ives", "", "nora@ives.example", "Kent", "2026-03-01"]
    first = write_list(tmp_path / "q1" / "crm.csv")
    second = write_list(tmp_path / "q2" / "crm_q2.csv", rows[::-1])
    return first, second


def test_the_last_run_is_taken_back_and_may_come_again(tmp_path, quarter):
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    before = published(store)
    make_run(store, quarter[1], number=2, accept=True)
    after = published(store)
    summary = take_back(store, 2, 3, reason="wrong file")
    assert_equal(published(store), before)
    assert summary.undoes == "run 2"
    assert summary.churn["withdrawn"] == 2
    make_run(store, quarter[1], number=4, accept=True)
    assert_equal(published(store), after)
    told = ask(store, "select run_number, undoes, reason from run order by run_number")
    assert told[2] == (3, 2, "wrong file")


def test_what_it_issued_is_a_tombstone_until_its_records_return(tmp_path, quarter):
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    make_run(store, quarter[1], number=2, accept=True)
    nora = customers(store)["A7"]
    take_back(store, 2, 3)
    resolve = f"select customer_id, status from resolve('{nora}')"
    assert ask(store, resolve) == [(nora, "withdrawn")]
    told = f"select event from customer_id_event where customer_id = '{nora}' order by run_number"
    make_run(store, quarter[1], number=4, accept=True)
    assert customers(store)["A7"] == nora
    assert ask(store, told) == [("new",), ("withdrawn",), ("restored",)]


def test_an_undo_is_undone(tmp_path, quarter):
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    make_run(store, quarter[1], number=2, accept=True)
    after = published(store)
    take_back(store, 2, 3)
    before = published(store)
    take_back(store, 3, 4)
    assert_equal(published(store), after)
    take_back(store, "run-4", 5)
    assert_equal(published(store), before)


def test_a_run_is_not_taken_back_twice(tmp_path, quarter):
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    make_run(store, quarter[1], number=2, accept=True)
    take_back(store, 2, 3)
    with pytest.raises(UsageError, match="by run 3"):
        take_back(store, 2, 4)
    with pytest.raises(UsageError, match="no run '9'"):
        take_back(store, 9, 4)


def test_the_only_run_leaves_an_empty_table(tmp_path, quarter):
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    before = published(store)
    summary = take_back(store, 1, 2)
    assert summary.customers == 0
    assert any("empty" in note for note in summary.notes)
    assert ask(store, "select count(*) from golden_record") == [(0,)]
    make_run(store, quarter[0], number=3)
    assert_equal(published(store), before)


def of_kind(store: Path, record: int) -> int:
    """Write down that a record is a company."""
    said = Decision(
        kind=DecisionKind.KIND,
        record_id=record,
        value="company",
        reason="a firm",
        actor="steward:li",
        decided_at=NOW,
    )
    return add_decision(StorePaths(store).steward, said)


def kind_of(store: Path, key: str) -> object:
    told = "select kind from crosswalk join golden_record using (customer_id)"
    return ask(store, f"{told} where is_active and source_key = '{key}'")[0][0]


def test_the_kind_decided_binds_also_after_an_undo(tmp_path, quarter):
    """Decided after what the undo goes back to, on a record that changed since."""
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    of_kind(store, 3)
    make_run(store, quarter[1], number=2, accept=True)
    assert kind_of(store, "A3") == "company"
    take_back(store, 2, 3)
    assert kind_of(store, "A3") == "company"
    assert verify_store(store).is_whole


def test_a_kind_no_longer_decided_does_not_come_back_with_an_undo(tmp_path, quarter):
    """Withdrawn after what the undo goes back to, on a record that changed since."""
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    number = of_kind(store, 3)
    make_run(store, number=2)
    withdraw(StorePaths(store).steward, number, "no firm", "steward:li", NOW)
    make_run(store, quarter[1], number=3, accept=True)
    take_back(store, 3, 4)
    assert kind_of(store, "A3") == "person"


@pytest.fixture(scope="module")
def samples(tmp_path_factory, sample_inputs):
    """What is published after Q1, Q2, the undo of Q2, and Q2 again."""
    store = tmp_path_factory.mktemp("samples") / "store"
    found = []
    make_run(store, sample_inputs / "2026Q1", number=1)
    found.append(published(store))
    make_run(store, sample_inputs / "2026Q2", number=2)
    found.append(published(store))
    take_back(store, 2, 3)
    found.append(published(store))
    make_run(store, sample_inputs / "2026Q2", number=4)
    return store, [*found, published(store)]


def test_a_quarter_taken_back_leaves_the_quarter_before(samples):
    _, (first, _, undone, _) = samples
    assert_equal(undone, first)


def test_a_quarter_taken_back_and_taken_in_again_is_what_it_was(samples):
    _, (_, second, _, again) = samples
    assert_equal(again, second)


def test_a_store_with_an_undo_proves_itself(samples):
    assert verify_store(samples[0]).is_whole


def rows_of(prefix: str, *picked: int) -> list[list[str]]:
    """Return some of the people as another list has them."""
    return [[f"{prefix}{i}", *PEOPLE[i - 1][1:]] for i in picked]


def test_a_run_in_the_middle_is_taken_back(tmp_path):
    """Three lists, each of which knows somebody of the others."""
    crm = write_list(tmp_path / "crm.csv", PEOPLE[:4])
    shop = write_list(tmp_path / "shop.csv", rows_of("S", 1, 5))
    fair = write_list(tmp_path / "fair.csv", rows_of("F", 3, 5, 6))
    store, other = tmp_path / "store", tmp_path / "other"
    make_run(store, crm, number=1)
    shutil.copytree(store, other)
    make_run(store, shop, number=2, source="shop", accept=True)
    make_run(store, fair, number=3, source="fair", accept=True)
    make_run(other, fair, number=2, source="fair", accept=True)
    before = published(store)
    known, wilma = customers(other), customers(store)["S5"]
    summary = take_back(store, 2, 4)
    assert [row["source"] for row in summary.sources] == ["shop"]
    found = customers(store)
    assert together(found) == together(known)
    # A number that the other store issued later is another here: shop has had one.
    issued = {"F5", "F6"}
    assert {k: v for k, v in found.items() if k not in issued} == {
        k: v for k, v in known.items() if k not in issued
    }
    assert found["F5"] != wilma
    assert ask(store, f"select status from resolve('{wilma}')") == [("withdrawn",)]
    take_back(store, 4, 5)
    assert_equal(published(store), before)


def test_a_delta_is_taken_back(tmp_path):
    rules = tmp_path / "rules" / "sources" / "crm.toml"
    rules.parent.mkdir(parents=True)
    rules.write_text('[file]\nmatch = "crm*.csv"\nsnapshot = "delta"\n')
    more = {"rules": tmp_path / "rules"}
    store = tmp_path / "store"
    moved, later = list(PEOPLE[2]), list(PEOPLE[3])
    moved[5], later[5] = "Ripon", "Wells"
    new = ["A7", "Nora", "Ives", "", "nora@ives.example", "Kent", "2026-03-01"]
    make_run(store, write_list(tmp_path / "crm_1.csv"), number=1, **more)
    make_run(store, write_list(tmp_path / "crm_2.csv", [moved, new]), number=2, **more)
    make_run(store, write_list(tmp_path / "crm_3.csv", [later]), number=3, **more)
    take_back(store, 2, 4, **more)
    cities = "select source_key, city from crosswalk join golden_record using (customer_id) where is_active"
    found = dict(ask(store, cities))
    assert "A7" not in found
    assert (found["A3"], found["A4"]) == ("York", "Wells")
    files = dict(ask(store, "select source_key, file from crosswalk where is_active"))
    assert (files["A3"], files["A4"]) == ("crm_1.csv", "crm_3.csv")


def test_a_run_is_taken_back_after_the_rules_changed(tmp_path, quarter):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "identity.toml").write_text("[limit]\nchurn = 0.5\n")
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    before = published(store)
    make_run(store, quarter[1], number=2, accept=True)
    take_back(store, 2, 3, rules=rules)
    assert_equal(published(store), before)


def test_a_decision_is_taken_back(tmp_path, quarter):
    store = tmp_path / "store"
    make_run(store, quarter[0], number=1)
    before = published(store)
    said = Decision(
        kind=DecisionKind.NO_MATCH,
        record_id=1,
        other_record_id=2,
        reason="brothers",
        actor="steward:li",
        decided_at=NOW,
    )
    number = add_decision(StorePaths(store).steward, said)
    make_run(store, number=2, accept=True)
    assert customers(store)["A1"] != customers(store)["A2"]
    withdrawn = take_back(store, 2, 3, dry_run=True)
    assert any("still bind (1)" in note for note in withdrawn.notes)
    rehearsed = take_back(store, f"D{number}", 3, dry_run=True)
    assert rehearsed.undoes == f"decision {number}"
    assert customers(store)["A1"] != customers(store)["A2"]
    take_back(store, f"D{number}", 3, reason="one man")
    assert_equal(published(store), before)
    with pytest.raises(UsageError, match="withdrawn already"):
        take_back(store, f"D{number}", 4)
    with pytest.raises(UsageError, match="not there"):
        take_back(store, "D77", 4)
