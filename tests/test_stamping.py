"""Stamp: customer IDs beside any list, no row lost or moved, nothing unsure filled in."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pipeline_builders import HEADS, PEOPLE, ask, customers, make_run, state, write_list
from python_calamine import CalamineWorkbook

from cleanse.errors import CleanseError, InputError, UsageError
from cleanse.pipeline.stamp_key import standing
from cleanse.pipeline.stamp_match import decide
from cleanse.pipeline.stamping import STAMPS, StampRequest, stamp
from cleanse.report.export import write_sheets
from cleanse.warehouse import open_store

SAMPLES = Path(__file__).parent.parent / "sample_inputs" / "2026Q1"
ORDERS = ("order no", "customer id", "item", "amount")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store of six records; looked at only."""
    folder = tmp_path_factory.mktemp("stamp")
    make_run(folder / "store", write_list(folder / "crm.csv"))
    return folder / "store"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """A store of the first quarter's samples."""
    store = tmp_path_factory.mktemp("samples") / "store"
    make_run(store, SAMPLES)
    return store


def stamped(store, path, **more):
    return stamp(StampRequest(file=path, store=store, **more))


def rows_of(found):
    ((_, frame),) = found.sheets
    return frame.select(STAMPS).rows()


def test_a_key_of_ours_is_found_by_overlap(store, tmp_path):
    ours = customers(store)
    orders = [("1", "A3", "tea", "2"), ("2", "A1", "=cmd", "-3"), ("3", "Z9", "", "1")]
    orders += [("4", "A3", "tea", "2")]
    found = stamped(store, write_list(tmp_path / "orders.csv", orders, ORDERS))
    assert rows_of(found) == [
        (ours["A3"], "key", None, None),
        (ours["A1"], "key", None, None),
        (None, "none", None, None),
        (ours["A3"], "key", None, None),
    ]
    assert any("'customer id' holds keys of crm" in note for note in found.notes)


def test_a_number_of_ours_counts_first_in_any_spelling(store, tmp_path):
    ours = customers(store)
    odd = f" {ours['A4'][:3].lower()}-{ours['A4'][3:]}"
    orders = [("1", "A3", odd, "2"), ("2", "A3", ours["A5"], "2"), ("3", "A3", "", "")]
    found = stamped(
        store,
        write_list(tmp_path / "o.csv", orders, ("no", "customer id", "number", "n")),
    )
    assert [row[:2] for row in rows_of(found)] == [
        (ours["A4"], "id"),
        (ours["A5"], "id"),
        (ours["A3"], "key"),
    ]


def test_a_number_stands_for_the_customer_of_today():
    customers = pl.DataFrame(
        {
            "customer_id": ["A", "B", "C", "D"],
            "status": ["merged", "merged", "active", "retired"],
            "successor": ["B", "C", None, None],
        }
    )
    assert sorted(standing(customers).rows()) == [
        ("A", "C", "active"),
        ("B", "C", "active"),
        ("C", "C", "active"),
        ("D", "D", "retired"),
    ]


def test_order_numbers_are_not_taken_for_keys_of_customers(store, tmp_path):
    orders = [("A1", "R0001"), ("A3", "R0002"), ("A4", "R0003")]
    path = write_list(tmp_path / "o.csv", orders, ("order no", "ref"))
    with pytest.raises(InputError, match="--key 'order no=crm'"):
        stamped(store, path)


def test_without_numbers_it_matches_and_marks_what_is_unsure(store, tmp_path):
    ours = customers(store)
    orders = [
        ("1", "Robert Hartwell", "rob.hartwell@example.com", "020 7946 0011"),
        ("2", "Nobody Known", "nobody@known.example", ""),
        ("3", "", "", ""),
        ("4", "Robert Hartwell", "rob.hartwell@example.com", "020 7946 0011"),
    ]
    heads = ("order no", "name", "email", "phone")
    found = stamped(store, write_list(tmp_path / "orders.csv", orders, heads))
    first, second, third, fourth = rows_of(found)
    assert first == fourth
    assert first[:2] == (ours["A1"], "match")
    assert first[2] > 0.9
    assert first[3] is None
    assert second == third == (None, "none", None, None)


def test_review_is_never_filled_in():
    pairs = pl.DataFrame(
        {
            "record_id_l": [1, 2, 3, 4],
            "record_id_r": [10, 10, 11, 12],
            "match_weight": [9.0, 8.0, 1.0, 9.0],
            "match_probability": [0.99, 0.98, 0.5, 0.99],
            "band": ["match", "match", "review", "match"],
        }
    )
    owners = pl.DataFrame(
        {"record_id": [1, 2, 3, 4], "customer_id": ["A", "B", "C", "D"]}
    )
    assert decide(pairs, owners, 5.0).rows() == [
        (10, None, "review", 0.99, "A"),
        (11, None, "review", 0.5, "C"),
        (12, "D", "match", 0.99, None),
    ]


def test_a_record_of_the_customer_that_contradicts_is_heard():
    pairs = pl.DataFrame(
        {
            "record_id_l": [1, 2],
            "record_id_r": [10, 10],
            "weight_birth": [0.0, -9.0],
            "match_weight": [9.0, -12.0],
            "match_probability": [0.99, 0.0],
            "band": ["match", "no_match"],
        }
    )
    owners = pl.DataFrame({"record_id": [1, 2], "customer_id": ["A", "A"]})
    assert decide(pairs, owners, 5.0).row(0)[:3] == (10, None, "review")


def own(store):
    """Return file, sheet, row_number → customer of the records of a store."""
    rows = ask(
        store,
        "select file, sheet, row_number, customer_id from crosswalk where is_active",
    )
    return {tuple(row[:3]): row[3] for row in rows}


def places(path):
    """Return sheet, row_number of each row of a list, in the order of its sheets."""
    from cleanse.read import read_file

    raw = read_file(path, path.name)
    return [[(t.sheet, n) for n in t.rows["row_number"]] for t in raw.tables]


@pytest.mark.parametrize(
    "name", ["Northgate_customers_2026Q1.csv", "客户清单_2026Q1.csv"]
)
def test_samples_stamped_back_by_key_are_their_own_customers(samples, name):
    known, path = own(samples), SAMPLES / name
    (frame,) = [f for _, f in stamped(samples, path).sheets]
    (where,) = places(path)
    given = dict(zip(where, frame.select(STAMPS).rows(), strict=True))
    ours = {
        (name, *place): row
        for place, row in given.items()
        if (name, *place) in known and row[1] == "key"
    }
    assert len(ours) >= 0.99 * frame.height
    assert [p for p, row in ours.items() if row[0] != known[p]] == []


KEYS = {"Northgate_customers_2026Q1.csv": "Cust Ref", "客户清单_2026Q1.csv": "客户编号"}


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_samples_without_keys_are_matched_right_or_not_at_all(
    samples, tmp_path, name, key
):
    from cleanse.read import read_file

    known = own(samples)
    (table,) = read_file(SAMPLES / name, name).tables
    bare = table.rows.drop("row_number", "line_number", key)
    bare.write_csv(tmp_path / name)
    ((_, frame),) = stamped(samples, tmp_path / name).sheets
    assert frame.height == table.rows.height
    told = [
        (given, known.get((name, None, number)))
        for given, number in zip(
            frame["customer_id"], table.rows["row_number"], strict=True
        )
    ]
    wrong = [pair for pair in told if pair[0] and pair[0] != pair[1]]
    right = [pair for pair in told if pair[0] and pair[0] == pair[1]]
    records = sum(truth is not None for _, truth in told)
    print(f"{name}: precision 1, recall {len(right) / records:.4f}")
    assert wrong == []
    assert len(right) >= 0.97 * records


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12
)


@settings(
    max_examples=6,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from([*(row[0] for row in PEOPLE), "Z1"]), CELLS, CELLS),
        min_size=3,
        max_size=8,
    )
)
def test_every_row_and_cell_is_kept_as_typed_and_in_order(store, tmp_path, cells):
    # A row of which a cell comes again below would be no heading: these are longer than any cell.
    heads = ("ref", "customer id", "memo of the order", "note of the order")
    rows = [(f"R{n:04}", *row) for n, row in enumerate(cells)]
    path = write_list(tmp_path / "o.csv", rows, heads)
    out = tmp_path / "o.stamped.csv"
    found = stamped(store, path)
    write_sheets(found.sheets, out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        head, *written = csv.reader(file)
    assert head == [*heads, *STAMPS]
    assert [tuple(row[:4]) for row in written] == rows
    ours = customers(store)
    assert [row[4] for row in written] == [ours.get(row[1], "") for row in rows]


def test_formulas_and_long_numbers_stay_text_in_a_workbook(store, tmp_path):
    odd = ("=1+1", "+44", "-3", "@SUM(A1)", "6222021234567890123", "007")
    orders = [(str(n), "A3", text, "") for n, text in enumerate(odd)]
    path = write_list(tmp_path / "orders.csv", orders, ORDERS)
    write_sheets(stamped(store, path).sheets, tmp_path / "o.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "o.xlsx")
    _, *rows = book.get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows] == list(odd)
    with zipfile.ZipFile(tmp_path / "o.xlsx") as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_every_sheet_of_a_workbook_is_stamped_however_wide(store, tmp_path):
    heads = ["Order", "Customer No", *(f"col{n}" for n in range(50))]
    wide = [[f"O{n}", f"A{n}", *map(str, range(50))] for n in range(1, 5)]
    tables = {
        "Jan": pl.DataFrame(wide, heads, orient="row"),
        "Feb": pl.DataFrame({"Order": ["Z1", "Z2"], "Customer No": ["A1", "A9"]}),
        "Notes": pl.DataFrame({"Some free text": ["nothing here"]}),
    }
    path = tmp_path / "orders.xlsx"
    write_sheets(tuple(tables.items()), path)
    found = stamped(store, path)
    assert {name: frame.height for name, frame in found.sheets} == {"Jan": 4, "Feb": 2}
    ours = customers(store)
    stamps = pl.concat([frame["customer_id"] for _, frame in found.sheets])
    assert stamps.to_list() == [ours[f"A{n}"] for n in (1, 2, 3, 4, 1)] + [None]


def test_a_mistyped_number_of_ours_is_told_of(store, tmp_path):
    ours = customers(store)["A4"]
    swapped = ours[:3] + ours[4] + ours[3] + ours[5:]
    orders = [("1", ours, "x"), ("2", ours, "y"), ("3", swapped, "z")]
    path = write_list(tmp_path / "o.csv", orders, ("no", "number", "memo"))
    found = stamped(store, path)
    assert [row[1] for row in rows_of(found)] == ["id", "id", "none"]
    assert any("no customer ID in row 4" in note for note in found.notes)


def test_a_list_in_gb18030(samples, tmp_path):
    (name, phone, owner) = ask(
        samples,
        "select name, phone_raw, customer_id from record join crosswalk using (record_id) "
        "where crosswalk.is_active and kind = 'company' and phone_raw is not null and name ~ '^[一-龥]+$' order by record_id",
    )[0]
    path = tmp_path / "订单.csv"
    path.write_text(
        f"订单号,公司名称,电话,备注\n1,{name},{phone},加急\n2,没有这个客户有限公司,,无\n3,{name},{phone},\n",
        encoding="gb18030",
    )
    ((_, frame),) = stamped(samples, path).sheets
    assert frame["备注"].to_list() == ["加急", "无", None]
    assert frame["customer_id"].to_list() == [owner, None, owner]


def test_an_empty_list_stays_empty(store, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("order no,customer name,phone\n", encoding="utf-8")
    ((_, frame),) = stamped(store, path).sheets
    assert frame.height == 0
    assert frame.columns[-4:] == list(STAMPS)


def test_a_list_without_customers_is_refused(store, tmp_path):
    rows = [("red", "3"), ("blue", "4")]
    path = write_list(tmp_path / "colours.csv", rows, ("colour", "pieces"))
    with pytest.raises(InputError, match=r"no column tells of customers(.|\n)*--key"):
        stamped(store, path)


def test_a_column_of_keys_can_be_named(store, tmp_path):
    ours = customers(store)
    path = write_list(
        tmp_path / "o.csv", [("A1", "x"), ("zz", "y"), ("yy", "y")], ("who", "what")
    )
    found = stamped(store, path, keys=("who=crm",))
    assert [row[0] for row in rows_of(found)] == [ours["A1"], None, None]
    with pytest.raises(UsageError, match="did you mean 'who'"):
        stamped(store, path, keys=("whoo=crm",))
    with pytest.raises(UsageError, match="did you mean 'crm'"):
        stamped(store, path, keys=("who=crn",))


def test_columns_of_ours_that_stand_there_already_stay(store, tmp_path):
    path = write_list(
        tmp_path / "o.csv",
        [("A1", "old"), ("A3", "old")],
        ("customer no", "customer_id"),
    )
    ((_, frame),) = stamped(store, path).sheets
    assert frame["customer_id"].to_list() == ["old", "old"]
    assert frame["stamped_customer_id"].null_count() == 0


def test_the_store_is_only_looked_at_even_while_a_run_holds_it(store, tmp_path):
    before = state(store)
    path = write_list(tmp_path / "list.csv", PEOPLE, HEADS)
    with open_store(store, actor="a run"):
        first, second = stamped(store, path), stamped(store, path)
    assert first.sheets[0][1].equals(second.sheets[0][1])
    assert first.as_json() == second.as_json()
    after = state(store)
    assert all(before[name].equals(after[name]) for name in before)


def test_without_a_store_it_says_so(tmp_path):
    path = write_list(tmp_path / "list.csv")
    with pytest.raises(CleanseError, match="--store"):
        stamped(tmp_path / "nowhere", path)
