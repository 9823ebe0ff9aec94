import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.identify import RECALLED, recall_records

TEXT = (Path(__file__).parent / "cases/identify_recall.csv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(TEXT.splitlines()))

# Neighbours, so that a list has more than the row in question and rarity means something.
OTHERS = [
    {
        "name": f"Otto {sign * 5}",
        "phone": f"0312{i}55{i}9{i}",
        "email": f"{sign * 4}@other.org",
    }
    for i, sign in enumerate("bdfhjkmpqt")
]


def rows(*dicts, source="list"):
    """Make this run's record frame, as typed."""
    names = dict.fromkeys(name for d in dicts for name in d)
    columns = {
        ("source_key" if n == "key" else n if n == "extra" else f"{n}_raw"): [
            d.get(n) for d in dicts
        ]
        for n in names
    }
    frame = pl.DataFrame(columns, strict=False)
    ids = pl.int_range(1, len(dicts) + 1, eager=True)
    return frame.with_columns(
        source=pl.lit(source), row_id=ids, row_number=ids + 1, file=pl.lit("f.csv")
    )


def known_after(frame, recalled, *, is_active=True):
    """Make the store's records out of a run's rows."""
    kept = frame.join(recalled.records, on="row_id").drop(
        "row_id", "row_number", "file", "found_by"
    )
    return kept.with_columns(is_active=pl.lit(value=is_active))


def first(*dicts):
    frame = rows(*dicts)
    return known_after(frame, recall_records(frame, pl.DataFrame(), 1))


def cells(text):
    return dict(cell.split("=") for cell in text.split("|"))


def neighbours(row, *, stay):
    """Give the others keys if this row has one; a row whose key column changed stands alone."""
    if not stay:
        return []
    return [{**o, "key": f"K{i}"} if "key" in row else o for i, o in enumerate(OTHERS)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_row_is_found_again(case):
    before, after = cells(case["before"]), cells(case["after"])
    respelt = case["found_by"] == "key" and before["key"] != after["key"]
    known = first(before, *neighbours(before, stay=not respelt))
    frame = rows(after, *neighbours(after, stay=not respelt))
    found = recall_records(frame, known, 100).records.filter(pl.col("row_id") == 1)
    name = "name" if "name" in before else "company"
    old = known.filter(pl.col(f"{name}_raw") == before[name])["record_id"].item()
    expected = 100 if case["found_by"] == "new" else old
    assert found.rows() == [(1, expected, case["found_by"])]


def test_the_first_file_is_numbered_in_the_order_of_key_and_content():
    found = recall_records(
        rows({"key": "b", "name": "1"}, {"key": "a", "name": "2"}, {"name": "0"}),
        pl.DataFrame(),
        7,
    )
    assert found.records.sort("row_id")["record_id"].to_list() == [8, 7, 9]
    assert found.next_record_id == 10
    assert found.records.schema == RECALLED


def test_equal_rows_are_told_apart_by_their_occurrence():
    twice = [{"name": "Li Na", "phone": "1"}] * 2
    known = first(*twice, {"name": "Wang"})
    found = recall_records(rows(*twice, *twice), known, 10).records
    assert sorted(found["record_id"]) == [1, 2, 10, 11]


def test_a_repeated_key_is_an_issue_and_no_loss():
    known = first({"key": "7", "name": "Li Na"}, {"key": "7", "name": "Wang Wei"})
    frame = rows(
        {"key": "7", "name": "Wang Wei", "city": "Hangzhou"},
        {"key": "7", "name": "Li Na", "city": "Xi'an"},
    )
    found = recall_records(frame, known, 10)
    ids = dict(zip(known["name_raw"], known["record_id"], strict=True))
    assert found.records.sort("row_id")["record_id"].to_list() == [
        ids["Wang Wei"],
        ids["Li Na"],
    ]
    assert found.issues["check"].to_list() == ["source_key_repeats"] * 2


def test_a_key_given_to_somebody_else_is_an_issue():
    known = first({"key": "7", "name": "Li Na", "tax_id": "A1B2C3D4"})
    found = recall_records(
        rows({"key": "7", "name": "Tom Reed", "tax_id": "Z9Y8X7W6"}), known, 10
    )
    assert found.issues.select("record_id", "check").rows() == [
        (10, "source_key_reused")
    ]
    # and the time after, the key leads to its new owner
    both = pl.concat(
        [
            known.with_columns(is_active=pl.lit(value=False)),
            known.with_columns(
                record_id=pl.lit(10, pl.Int64),
                name_raw=pl.lit("Tom Reed"),
                tax_id_raw=pl.lit("Z9Y8X7W6"),
            ),
        ]
    )
    again = recall_records(
        rows({"key": "7", "name": "Tom Reed", "tax_id": "Z9Y8X7W6"}), both, 11
    )
    assert again.records["record_id"].item() == 10


def test_a_column_that_is_no_key_does_not_explode():
    many = [
        {"key": "n/a", "name": f"N{i}", "phone": str(10**9 + i * 977)}
        for i in range(300)
    ]
    known = first(*many)
    found = recall_records(rows(*many[::-1]), known, 1000).records
    assert not (found["found_by"] == "new").any()


def test_a_key_column_renamed_altogether_falls_back_to_content():
    people = [
        {"name": f"Person {c * 3}", "phone": str(10**9 + i * 977)}
        for i, c in enumerate("abcdefgh")
    ]
    known = first(*[{**p, "key": f"{i * 17 + 3}"} for i, p in enumerate(people)])
    found = recall_records(
        rows(
            *[{**p, "key": f"x{c}y"} for p, c in zip(people, "klmnopqr", strict=True)]
        ),
        known,
        100,
    )
    assert found.records["found_by"].unique().to_list() == ["content"]


def test_a_record_that_left_is_found_when_it_is_back():
    known = first({"key": "7", "name": "Li Na"}).with_columns(
        is_active=pl.lit(value=False)
    )
    assert (
        recall_records(rows({"key": "7", "name": "Li Na"}), known, 10)
        .records["record_id"]
        .item()
        == 1
    )


def test_a_counter_in_an_unknown_column_does_not_hide_a_row():
    def numbered(people):
        return [
            {**p, "extra": [{"key": "序号", "value": str(i)}]}
            for i, p in enumerate(people)
        ]

    people = OTHERS[:6]
    known = first(*numbered(people))
    found = recall_records(rows(*numbered(people[::-1])), known, 100).records
    assert set(found["found_by"]) <= {"content", "respelt"}


def test_sources_do_not_borrow_records():
    known = first({"key": "7", "name": "Li Na"})
    frame = rows({"key": "7", "name": "Li Na"}, source="another")
    assert recall_records(frame, known, 10).records["found_by"].item() == "new"


def test_two_candidates_alike_are_nobodys():
    known = first(
        {"name": "Li Na", "phone": "13900139000", "email": "a@x.cn"},
        {"name": "Li Na", "phone": "13900139000", "email": "b@x.cn"},
        *OTHERS,
    )
    frame = rows({"name": "Li Na", "phone": "13900139000", "email": "c@y.org"}, *OTHERS)
    assert (
        recall_records(frame, known, 100)
        .records.filter(pl.col("row_id") == 1)["found_by"]
        .item()
        == "new"
    )


person = st.fixed_dictionaries(
    {"name": st.sampled_from(["Li Na", "Li Na ", "Tom Reed", "张伟", "Ann Reed"])},
    optional={
        "key": st.sampled_from(["1", "2", "003", "C3"]),
        "phone": st.sampled_from(["13900139000", "13700137000", "139 0013 9000"]),
        "email": st.sampled_from(["a@x.cn", "b@x.cn"]),
    },
)


def by_content(frame, recalled):
    """What a run found, without row_id: the multiset of (cells, record or new)."""
    joined = frame.join(recalled.records, on="row_id").drop("row_id", "row_number")
    columns = sorted(set(joined.columns) - {"record_id", "found_by"})
    return joined.select(*columns, "record_id", "found_by").sort(
        pl.all(), nulls_last=True
    )


@settings(max_examples=20)
@given(
    st.lists(person, min_size=1, max_size=8),
    st.lists(person, min_size=1, max_size=8),
    st.randoms(),
)
def test_order_changes_nothing_and_no_record_is_used_twice(before, after, random):
    known, frame = first(*before), rows(*after)
    found = recall_records(frame, known, 100)
    assert sorted(found.records["row_id"]) == list(range(1, len(after) + 1))
    assert found.records["record_id"].is_unique().all()
    shuffled = list(after)
    random.shuffle(shuffled)
    other = rows(*shuffled)
    order = list(range(known.height))
    random.shuffle(order)
    again = recall_records(other.select(sorted(other.columns)), known[order], 100)
    assert by_content(other.select(frame.columns), again).equals(
        by_content(frame, found)
    )


@settings(max_examples=20)
@given(st.lists(person, min_size=1, max_size=8), st.randoms())
def test_the_same_file_again_finds_every_record(people, random):
    known = first(*people)
    random.shuffle(people)
    found = recall_records(rows(*people), known, 100)
    assert sorted(found.records["record_id"]) == sorted(known["record_id"])
    assert found.next_record_id == 100
