"""Lists of odd shape: nobody is merged by a value that everybody has, and nothing breaks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pipeline_builders import PEOPLE, ask, customers, make_run, together, write_list

GIVEN = (
    "Anna Bela Carl Dora Emil Fay Gus Hana Ivan Jill Kurt Lena Milo Nina Otto".split()
)
FAMILY = (
    "Abel Brandt Costa Dreyer Eklund Faber Grant Hollis Iversen Jonas Krause".split()
)
STREETS = "Elm Mill Station Harbour Church Bridge King Queen".split()
HEADS = ("id", "first name", "last name", "phone", "email", "address", "postcode")


def strangers(count: int) -> list[tuple[str, ...]]:
    """List people who have nothing in common but a common name."""
    chosen = random.Random(count)
    return [
        (
            f"K{at}",
            chosen.choice(GIVEN),
            chosen.choice(FAMILY),
            f"+44 20 7946 {at:04}",
            f"{chosen.choice(GIVEN).lower()}{chosen.randrange(10**6)}@example{at}.com",
            f"{chosen.randrange(1, 200)} {chosen.choice(STREETS)} Street",
            f"LS{chosen.randrange(1, 29)} {chosen.randrange(1, 9)}{chosen.choice('ABDEFG')}{chosen.choice('HJLNPQ')}",
        )
        for at in range(count)
    ]


def groups(tmp_path: Path, rows: list[tuple[str, ...]], heads=HEADS) -> list[list[str]]:
    """Run a list; return the source keys of customers with several records."""
    store = tmp_path / "store"
    summary = make_run(store, write_list(tmp_path / "crm.csv", rows, heads))
    assert summary.rows_read == len(rows)
    assert (
        sum(n for (n,) in ask(store, "select record_count from golden_record"))
        == summary.records
    )
    return sorted(sorted(one) for one in together(customers(store)) if len(one) > 1)


def test_one_row(tmp_path):
    assert groups(tmp_path, strangers(1)) == []


def test_two_identical_rows_are_one_customer(tmp_path):
    row = strangers(1)[0]
    assert groups(tmp_path, [row, ("K9", *row[1:])]) == [["K0", "K9"]]


def test_twelve_rows(tmp_path):
    rows = strangers(11)
    assert groups(tmp_path, [*rows, ("K99", *rows[4][1:])]) == [["K4", "K99"]]


@pytest.mark.parametrize("value", [0, 300], ids=["names", "more names"])
def test_only_names(tmp_path, value):
    """A name alone joins nobody but its equal, and people of unlike names never."""
    rows = [row[:3] for row in strangers(60 + value)]
    names = {row[0]: row[1:] for row in rows}
    for group in groups(tmp_path, rows, HEADS[:3]):
        assert len({names[key] for key in group}) == 1


def test_only_phones(tmp_path):
    rows = [(row[0], row[3]) for row in strangers(80)]
    assert groups(tmp_path, rows, ("id", "phone")) == []


def test_forty_columns(tmp_path):
    chosen = random.Random(1)
    more = [f"attribute {at}" for at in range(33)]
    rows = [
        (*row, *(chosen.choice(("a", "b", "c", "", "x y")) for _ in more))
        for row in strangers(80)
    ]
    again = ("K99", *rows[7][1:])
    assert groups(tmp_path, [*rows, again], (*HEADS, *more)) == [["K7", "K99"]]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("ملاحظات", "عميل جديد مهم من الرياض قديم دائم"),
        ("Отдел", "продажи закупки склад бухгалтерия сервис охрана"),
        ("担当者", "田中 佐藤 鈴木 高橋 伊藤 渡辺"),
        ("담당자", "김철수 이영희 박민수 최지우 정하늘 강바다"),
    ],
    ids=["Arabic", "Cyrillic", "Japanese", "Korean"],
)
def test_a_column_in_another_script_does_no_harm(tmp_path, heading, words):
    chosen = random.Random(2)
    rows = [(*row, chosen.choice(words.split())) for row in strangers(80)]
    again = ("K99", *rows[5][1:])
    assert groups(tmp_path, [*rows, again], (*HEADS, heading)) == [["K5", "K99"]]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("الاسم", ("محمد أحمد", "فاطمة الزهراء", "خالد منصور", "ليلى حسن")),
        ("Имя", ("Иван Петров", "Мария Иванова", "Олег Сидоров", "Анна Смирнова")),
        ("氏名", ("山田太郎", "佐藤花子", "鈴木一郎", "高橋美咲")),
        ("이름", ("김철수", "이영희", "박민수", "최지우")),
    ],
    ids=["Arabic", "Cyrillic", "Japanese", "Korean"],
)
def test_names_in_another_script_are_told_apart(tmp_path, heading, names):
    rows = [
        (f"N{at}", name, f"+44 20 7946 {at:04}", f"n{at}@example{at}.com")
        for at, name in enumerate(names)
    ]
    again = ("N99", *rows[1][1:])
    found = groups(tmp_path, [*rows, again], ("id", heading, "phone", "email"))
    assert found == [["N1", "N99"]]


@pytest.mark.parametrize(
    "place", [1, 3, 4, 5], ids=["given name", "phone", "email", "address"]
)
def test_a_value_that_everybody_has_merges_nobody(tmp_path, place):
    rows = [list(row) for row in strangers(300)]
    for row in rows:
        row[place] = rows[0][place]
    assert groups(tmp_path, [tuple(row) for row in rows]) == []


def test_one_name_merges_nobody(tmp_path):
    rows = [(key, "Anna", "Abel", *rest) for key, _, _, *rest in strangers(300)]
    assert groups(tmp_path, rows) == []


@pytest.mark.parametrize("value", ["", "N/A", "-"], ids=["empty", "N/A", "dash"])
def test_keys_that_are_all_missing_merge_nobody(tmp_path, value):
    rows = [
        (key, given, family, value, value, value, value)
        for key, given, family, *_ in strangers(120)
    ]
    names = {row[0]: row[1:3] for row in rows}
    for group in groups(tmp_path, rows):
        assert len({names[key] for key in group}) == 1


def test_a_list_that_is_one_row_many_times_is_one_customer(tmp_path):
    rows = [(f"A{at}", *PEOPLE[0][1:6]) for at in range(40)]
    heads = ("id", "first name", "last name", "phone", "email", "city")
    assert [len(g) for g in groups(tmp_path, rows, heads)] == [40]
