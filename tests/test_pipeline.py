"""The whole way, on small lists: the laws that only the whole way can hold."""

from __future__ import annotations

import random

import pytest
from pipeline_builders import (
    HEADS,
    NOW,
    PEOPLE,
    STATE,
    ask,
    assert_same,
    customers,
    make_run,
    state,
    together,
    write_list,
)

from cleanse.errors import GateError, InputError, SourceError, StoreError
from cleanse.pipeline import RunRequest, merging, rehearse
from cleanse.schema import FIELDS


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def people(tmp_path):
    return write_list(tmp_path / "in" / "crm.csv")


def test_a_list_becomes_customers(store, people):
    summary = make_run(store, people)
    assert (summary.rows_read, summary.records, summary.rejects) == (6, 6, 0)
    assert summary.header_rows == 1
    assert summary.customers == summary.new_customers == 5
    assert together(customers(store)) == {
        frozenset({"A1", "A2"}),
        *(frozenset({f"A{i}"}) for i in (3, 4, 5, 6)),
    }


def test_the_same_files_again_change_nothing(store, people):
    make_run(store, people)
    before = state(store)
    events = ask(store, "select count(*) from audit_event")[0][0]
    summary = make_run(store, people, number=2)
    assert summary.new_customers == 0
    assert_same(before, state(store))
    assert ask(store, "select count(*) from run") == [(2,)]
    assert ask(store, "select count(*) from audit_event")[0][0] <= events + 2


def test_the_order_of_rows_columns_and_files_changes_nothing(tmp_path, people):
    make_run(tmp_path / "one", people)
    order = list(range(len(HEADS)))
    rows = list(PEOPLE)
    random.Random(1).shuffle(order)
    random.Random(2).shuffle(rows)
    shuffled = write_list(
        tmp_path / "shuffled" / "crm.csv",
        [[row[i] for i in order] for row in rows],
        [HEADS[i] for i in order],
    )
    make_run(tmp_path / "two", shuffled)
    assert customers(tmp_path / "one") == customers(tmp_path / "two")
    golden = "select * from golden_record order by customer_id"
    assert ask(tmp_path / "one", golden) == ask(tmp_path / "two", golden)


def test_same_input_same_tables(tmp_path, people):
    for name in ("one", "two"):
        make_run(tmp_path / name, people)
    assert_same(state(tmp_path / "one"), state(tmp_path / "two"))


def test_sources_absent_from_the_input_stand(store, people, tmp_path):
    make_run(store, people)
    before = customers(store)
    other = write_list(
        tmp_path / "in2" / "erp.csv",
        [
            (
                "E1",
                "Miriam",
                "Oakes",
                "02079460022",
                "m.oakes@example.org",
                "York",
                "2026-02-01",
            ),
            (
                "E2",
                "Nadia",
                "Quill",
                "+44 20 7946 0077",
                "nadia@quill.example",
                "Rye",
                "2026-02-01",
            ),
        ],
    )
    summary = make_run(store, other, number=2, source="erp")
    after = customers(store)
    assert {key: after[key] for key in before} == before
    assert after["E1"] == before["A3"], "matching covers the records that stand"
    assert after["E2"] not in before.values()
    assert summary.new_customers == 1


def test_a_list_without_keys_is_known_again_under_another_name(store, tmp_path):
    rows = [row[1:] for row in PEOPLE]
    make_run(store, write_list(tmp_path / "shop.csv", rows, HEADS[1:]))
    odd = write_list(tmp_path / "aged.csv", (), ("Kunde", "Strasse"))
    with odd.open("a", encoding="utf-8") as file:
        file.writelines(f"Odd {n}. Ltd,Mill Lane {n}\n" for n in range(6))
    make_run(store, odd, number=2)
    before = ask(store, "select record_id, customer_id from crosswalk order by all")
    rows[2] = (*rows[2][:2], "+44 20 7946 0999", *rows[2][3:])
    again = write_list(tmp_path / "retail customers.csv", rows[::-1], HEADS[1:])
    make_run(store, again, number=3)
    after = "select record_id, customer_id from crosswalk where is_active order by all"
    assert ask(store, after) == before


def test_a_customer_keeps_the_number_through_changes(store, people):
    make_run(store, people)
    before = customers(store)
    rows = [list(row) for row in PEOPLE[1:]] + [
        ["A7", "Ines", "Quarrie", "", "ines@quarrie.example", "Rye", ""]
    ]
    rows[1][3] = "+44 20 7946 0999"
    write_list(people, rows)
    make_run(store, people, number=2)
    after = customers(store)
    assert set(after) == {"A2", "A3", "A4", "A5", "A6", "A7"}
    assert all(after[key] == before[key] for key in ("A2", "A3", "A4", "A5", "A6"))
    phone = ask(
        store, f"select phone from golden_record where customer_id = '{after['A3']}'"
    )
    assert phone == [("+442079460999",)]


def test_a_customer_gone_and_back_gets_the_old_number(store, people):
    make_run(store, people)
    before = customers(store)
    write_list(people, PEOPLE[:5])
    make_run(store, people, number=2)
    assert ask(
        store, f"select status from customer where customer_id = '{before['A6']}'"
    ) == [("retired",)]
    write_list(people, PEOPLE)
    make_run(store, people, number=3)
    assert customers(store) == before


def test_a_snapshot_that_lost_too_much_stops(store, people):
    make_run(store, people)
    before = state(store)
    write_list(people, PEOPLE[:3])
    with pytest.raises(GateError, match="3 of 6 records are gone"):
        make_run(store, people, number=2)
    assert_same(before, state(store))
    make_run(store, people, number=2, accept=True)
    assert set(customers(store)) == {"A1", "A2", "A3"}


def test_a_run_that_fails_half_way_leaves_everything_as_it_was(
    store, people, monkeypatch
):
    make_run(store, people)
    before = state(store, [*STATE, "run", "audit_event"])
    write_list(
        people, [*PEOPLE, ("A9", "New", "Person", "", "new@person.example", "", "")]
    )

    def broken(*_args, **_more):
        raise MemoryError

    monkeypatch.setattr(merging, "merge", broken)
    with pytest.raises(MemoryError):
        make_run(store, people, number=2)
    assert_same(before, state(store, [*STATE, "run", "audit_event"]))


def test_a_first_run_that_fails_leaves_no_store(store, tmp_path):
    with pytest.raises(InputError):
        make_run(store, tmp_path / "nowhere.csv")
    assert not store.exists()


def test_rehearsing_writes_nothing(store, people):
    request = RunRequest(
        inputs=(people,), store=store, run_id="r", now=NOW, actor="test"
    )
    summary = rehearse(request)
    assert (summary.status, summary.customers) == ("rehearsed", 5)
    assert not store.exists()


def test_a_row_that_names_nobody_is_a_reject(store, people):
    write_list(people, [*PEOPLE, ("A8", "", "", "n/a", "-", "Leeds", "2026-01-01")])
    summary = make_run(store, people)
    assert (summary.rows_read, summary.records, summary.rejects) == (7, 6, 1)
    assert ask(store, "select row_number from reject") == [(8,)]
    account = ask(
        store,
        "select row_count, record_count, reject_count, blank_count, header_count from source_file",
    )
    assert account == [(8, 6, 1, 0, 1)]


def test_two_files_of_one_source_need_an_order(store, tmp_path):
    folder = tmp_path / "in"
    write_list(folder / "crm.csv")
    write_list(folder / "crm (1).csv", PEOPLE[:4])
    with pytest.raises(InputError, match="nothing in their names says which is newer"):
        make_run(store, folder)
    assert not store.exists()


def test_successive_snapshots_in_one_run(store, tmp_path):
    folder = tmp_path / "in"
    write_list(folder / "crm_2026Q1.csv")
    write_list(folder / "crm_2026Q2.csv", PEOPLE[1:])
    summary = make_run(store, folder)
    assert summary.records == 11
    assert set(customers(store)) == {"A2", "A3", "A4", "A5", "A6"}
    assert ask(store, "select count(*), count(*) filter (is_active) from record") == [
        (6, 5)
    ]


def test_the_same_file_twice_is_read_once(store, tmp_path):
    folder = tmp_path / "in"
    write_list(folder / "crm.csv")
    write_list(folder / "crm - copy.csv")
    assert make_run(store, folder).records == 6


def test_a_mapped_column_that_is_not_there(store, people, tmp_path):
    rules = tmp_path / "rules"
    (rules / "sources").mkdir(parents=True)
    (rules / "sources" / "crm.toml").write_text(
        '[columns]\nphone = "Telefon"\n', encoding="utf-8"
    )
    with pytest.raises(SourceError, match="'Telefon'"):
        make_run(store, people, rules=rules)
    assert not store.exists()


def test_a_store_in_use_names_its_holder(store, people):
    from cleanse.warehouse import open_store

    make_run(store, people)
    with (
        open_store(store, actor="somebody else"),
        pytest.raises(StoreError, match="somebody else"),
    ):
        with open_store(store, actor="me", wait_s=0):
            pass


def test_every_golden_cell_has_its_lineage(store, people):
    make_run(store, people)
    assert ask(store, "select count(*) from golden_cell where len(record_ids) = 0") == [
        (0,)
    ]
    orphans = """
        select count(*) from (
            select customer_id, unnest(record_ids) as record_id from golden_cell
        ) anti join crosswalk using (customer_id, record_id)
    """
    assert ask(store, orphans) == [(0,)]
    differing = """
        from golden_values('golden_record') as golden full join golden_cell as cell using (customer_id, field)
        where golden.value is distinct from cell.value
    """
    assert ask(store, differing) == []
    twice = "from golden_cell group by customer_id, field having count(*) > 1"
    assert ask(store, f"select field {twice}") == []
    fields = "select distinct field from golden_values('golden_record')"
    known = {*FIELDS, "birth_precision", "founded_precision"}
    assert {name for (name,) in ask(store, fields)} <= known
