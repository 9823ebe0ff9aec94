import csv
from pathlib import Path

import duckdb
import polars as pl
import pytest
from factory import make_crosswalk, make_records
from hypothesis import given, settings
from hypothesis import strategies as st
from merge_builders import assert_survives

from cleanse.merge import GOLDEN_CHOICE, merge
from cleanse.merge.golden import choose_values
from cleanse.merge.members import gather_members
from cleanse.rulebook import load_rulebook
from cleanse.schema import FIELDS
from cleanse.warehouse.tables import (
    create_sql,
    create_table_sql,
    definitions,
    tables,
)

TEXT = (Path(__file__).parent / "cases/merge_survive.csv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(TEXT.splitlines()))


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """The shipped rules, one trusted source and two with sales of their own."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "sources").mkdir()
    for source, line in (
        ("trusted", "trust = 1"),
        ("shop_a", "additive = true"),
        ("shop_b", "additive = true"),
    ):
        (folder / "sources" / f"{source}.toml").write_text(f"[file]\n{line}\n")
    return load_rulebook(folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_value_that_survives(case, rules):
    assert_survives(case, rules)


def test_a_value_names_all_records_that_have_it(rules):
    records = make_records(
        {"phone": "+8613900139000"},
        {"phone": "+8613700137000"},
        {"phone": "+8613900139000"},
        {"name": "Li Na"},
    )
    cells = merge(records, make_crosswalk(C1=[1, 2, 3], C2=[4]), rules).golden_choice
    lineage = (
        cells.filter(pl.col("field") == "phone").select("record_ids", "source").rows()
    )
    assert lineage == [([1, 3], "crm")]


def test_a_tag_is_there_once_however_it_is_written(rules):
    records = make_records(
        {"tags": "VIP; Newsletter"},
        {"tags": "vip|NEWSLETTER|ＶＩＰ"},
        {"tags": "VIP, C++, c"},
    )
    golden = merge(records, make_crosswalk(C1=[1, 2, 3]), rules).golden_record
    assert golden["tags"].to_list() == ["C++; NEWSLETTER; VIP; c"]


def test_every_standard_field_is_there_in_its_type(rules):
    golden = merge(
        make_records({"name": "Li Na"}), make_crosswalk(C1=[1]), rules
    ).golden_record
    assert set(FIELDS) < set(golden.columns)
    types = golden.schema
    assert types["birth_on"] == pl.Date
    assert types["total_amount"] == pl.Decimal(18, 2)
    assert types["purchase_count"] == pl.Int64
    assert types["source_updated_at"] == pl.Datetime("us", "UTC")
    assert types["confidence"] == pl.Float64


def test_only_records_of_the_crosswalk_are_members(rules):
    records = make_records({"name": "Li Na"}, {"name": "Tom Reed"})
    golden = merge(records, make_crosswalk(C1=[2]), rules).golden_record
    assert golden.select("customer_id", "name", "record_count").rows() == [
        ("C1", "Tom Reed", 1)
    ]


def test_nobody_at_all_makes_empty_tables(rules):
    merged = merge(make_records({"name": "Li Na"}), make_crosswalk(), rules)
    assert merged.golden_record.is_empty()
    assert merged.golden_choice.schema == GOLDEN_CHOICE
    assert merged.contact_point.is_empty()
    assert merged.contact_person.is_empty()


def test_confidence_is_the_weakest_record_s_best_link(rules):
    records = make_records(
        {"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}, {"name": "e"}
    )
    pairs = pl.DataFrame(
        {
            "record_id_l": [1, 1, 2, 3],
            "record_id_r": [2, 3, 3, 4],
            "match_probability": [0.99, 0.6, 0.9, 0.8],
        }
    )
    golden = merge(
        records, make_crosswalk(C1=[1, 2, 3], C2=[4], C3=[5]), rules, pairs
    ).golden_record
    assert golden["confidence"].to_list() == [0.9, 1.0, 1.0]


def test_a_rule_of_the_user_s_changes_the_value(tmp_path):
    (tmp_path / "survivorship.toml").write_text('[field]\ngender = ["most_recent"]\n')
    records = make_records(
        {"gender": "f"},
        {"gender": "f"},
        {"gender": "m", "source_updated_at": "2025-01-01"},
    )
    crosswalk = make_crosswalk(C1=[1, 2, 3])
    assert (
        merge(records, crosswalk, load_rulebook()).golden_record["gender"].item() == "f"
    )
    assert (
        merge(records, crosswalk, load_rulebook(tmp_path))
        .golden_record["gender"]
        .item()
        == "m"
    )


values = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["crm", "trusted", "shop_a", "shop_b"]),
        "kind": st.sampled_from(["person", "company"]),
    },
    optional={
        "name": st.sampled_from(["Li Na", "LI NA", "Na Li", "Acme Ltd"]),
        "given_name": st.sampled_from(["Na", "Li"]),
        "phone": st.sampled_from(["+8613900139000", "+8613700137000", "12345"]),
        "address": st.sampled_from(["1 Main St", "9 Oak Ave"]),
        "city": st.sampled_from(["York", "Leeds"]),
        "birth_on": st.sampled_from(["1980-05-17", "1980-01-01"]),
        "consent": st.sampled_from(["yes", "no", "?"]),
        "tags": st.sampled_from(["vip;old", "vip", "new"]),
        "total_amount": st.sampled_from(["1.50", "20", "300"]),
        "currency": st.sampled_from(["CNY", "USD"]),
        "purchase_count": st.integers(0, 9),
        "extra": st.dictionaries(
            st.sampled_from(["k", "z"]), st.sampled_from(["1", "2"])
        ),
        "source_updated_at": st.sampled_from(["2020-01-01", "2025-01-01"]),
    },
)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(values, st.sampled_from(["C1", "C2", "C3"])), min_size=1, max_size=9
    ),
    st.randoms(),
)
def test_customers_merged_in_parts_are_those_merged_at_once(rules, rows, random):
    crosswalk = make_crosswalk(
        **{c: [n for n, (_, own) in enumerate(rows, 1) if own == c] for _, c in rows}
    )
    records = make_records(*[row for row, _ in rows])
    whole = merge(records, crosswalk, rules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cleanse.merge._PART", random.randint(1, 4))
        parts = merge(records, crosswalk, rules)
    by = ["customer_id", pl.col("field").cast(pl.String)]
    assert parts.golden_choice.sort(by).equals(whole.golden_choice.sort(by))
    for name in ("golden_record", "contact_point", "contact_person"):
        assert getattr(parts, name).equals(getattr(whole, name))


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(values, st.sampled_from(["C1", "C2", "C3"])), min_size=1, max_size=9
    ),
    st.randoms(),
)
def test_the_laws_of_golden_choices(rules, rows, random):
    records = make_records(*[row for row, _ in rows])
    customers = {}
    for record_id, (_, customer) in enumerate(rows, 1):
        customers.setdefault(customer, []).append(record_id)
    crosswalk = make_crosswalk(**customers)
    merged = merge(records, crosswalk, rules)

    # order changes nothing (law 2), of rows or of columns
    order = list(range(records.height))
    random.shuffle(order)
    again = merge(
        records[order].select(sorted(records.columns)),
        crosswalk[order].reverse(),
        rules,
    )
    assert again.golden_record.equals(merged.golden_record)
    assert again.golden_choice.equals(merged.golden_choice)
    assert again.contact_point.equals(merged.contact_point)

    # every filled cell of several records has its lineage, and no other (law 6)
    cells = merged.golden_choice
    assert cells.select("customer_id", "field").is_unique().all()
    standard = cells.filter(~pl.col("field").cast(pl.String).str.starts_with("extra."))
    golden = merged.golden_record.drop(
        "extra", "record_count", "source_count", "confidence"
    )
    filled = {
        (row["customer_id"], f)
        for row in golden.iter_rows(named=True)
        for f, v in row.items()
        if v is not None
        and f != "customer_id"
        and len(customers[row["customer_id"]]) > 1
    }
    assert filled == set(standard.select("customer_id", "field").iter_rows())

    # a value is that of some record of this customer, unless it is an aggregate
    typed = {row["record_id"]: row for row in records.iter_rows(named=True)}
    plain = golden.select("customer_id", pl.exclude("customer_id")).rows_by_key(
        "customer_id", named=True, unique=True
    )
    for cell in standard.iter_rows(named=True):
        assert cell["record_ids"] == sorted(set(cell["record_ids"]))
        assert set(cell["record_ids"]) <= set(customers[cell["customer_id"]])
        if cell["origin"] == "record" and cell["field"] not in ("name", "tags"):
            value = plain[cell["customer_id"]][cell["field"]]
            assert value in [typed[r].get(cell["field"]) for r in cell["record_ids"]]
        assert cell["value"] != cell["runner_up"]


@settings(max_examples=25)
@given(st.lists(values, min_size=1, max_size=5))
def test_of_one_record_all_is_told_by_its_golden_record(rules, rows):
    records = make_records(*rows)
    ids = records["record_id"].to_list()
    crosswalk = make_crosswalk(**{f"C{n}": [n] for n in ids})
    merged = merge(records, crosswalk, rules)
    assert merged.golden_choice.is_empty()

    # what the view tells is what would have been chosen
    told = golden_cells(merged.golden_record, crosswalk.join(records, on="record_id"))
    chosen = [
        (cell["customer_id"], field, *(cell[name] for name in CELL))
        for field, cells in choose_values(
            gather_members(records, crosswalk, rules), rules.survivorship
        )
        for cell in cells.iter_rows(named=True)
    ]
    extra = [
        (f"C{n}", f"extra.{key}", "only_value", [n], row["source"], None, 1.0)
        for n, row in enumerate(rows, 1)
        for key in row.get("extra", {})
    ]
    assert sorted(told) == sorted(chosen + extra)


CELL = ("rule", "record_ids", "source", "runner_up", "confidence")


def golden_cells(golden: pl.DataFrame, places: pl.DataFrame) -> list[tuple]:
    """Ask the view golden_cell."""
    with duckdb.connect() as db:
        for statement in (
            *(each for table in tables().values() for each in create_table_sql(table)),
            *(each for made in definitions() for each in create_sql(made)),
        ):
            db.execute(statement)
        columns = ", ".join(
            f"map_from_entries({name}) as {name}" if name == "extra" else name
            for name in golden.columns
        )
        db.execute(f"insert into golden_record by name select {columns} from golden")
        db.execute("""
insert into crosswalk by name
select customer_id, record_id, source, true as is_active, 1 as valid_from_run from places
""")
        return db.execute(
            f"select customer_id, field, {', '.join(CELL)} from golden_cell"
        ).fetchall()
