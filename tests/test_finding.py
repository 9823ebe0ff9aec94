"""Finding: any part of what is known, in any script, with slips of the pen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pipeline_builders import HEADS, PEOPLE, ask, make_run, write_list

from cleanse.errors import InputError
from cleanse.pipeline.finding import asked_of, find

CHINESE = (
    ("B1", "張偉", "13800138001", "上海市浦东新区世纪大道88号"),
    ("B2", "李晓明", "13900139002", "北京市海淀区中关村大街1号"),
)
FIRMS = (
    ("K1", "华夏科技有限公司", "021-61234567", "王芳", "contact@huaxia.test"),
    ("K2", "远瞻环保设备有限公司", "020-88881234", "赵敏", ""),
)
HOUSES = (
    ("crm-0000016", "Edna Marsh", "71 Foxglove Lane", "Leeds", "GB"),
    ("crm-0000017", "Ralph Quint", "17 Foxglove Lane", "Leeds", "GB"),
    ("crm-0000018", "Odo Pell", "17 Bramble Road", "Leeds", "GB"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("find")
    make_run(folder / "store", write_list(folder / "crm.csv"))
    people = write_list(
        folder / "people.csv", CHINESE, ("编号", "姓名", "手机", "地址")
    )
    firms = write_list(
        folder / "firms.csv", FIRMS, ("编号", "公司名称", "电话", "联系人", "邮箱")
    )
    make_run(folder / "store", people, firms, number=2)
    houses = write_list(
        folder / "houses.csv", HOUSES, ("id", "name", "address", "city", "country")
    )
    make_run(folder / "store", houses, number=3)
    return folder / "store"


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ("Hartwell", "A1", "name"),
        ("hartwel robert", "A1", "name"),
        ("Ottolin FAIRBARN", "A6", "name"),
        ("plumt", "A4", "name"),
        ("020 7946 0011", "A1", "phone"),
        ("+44 (0)20 7946-0055", "A5", "phone"),
        ("cedric@plumtree.example", "A4", "email"),
        ("A6", "A6", "source key"),
        ("张伟", "B1", "name"),
        ("張偉", "B1", "name"),
        ("zhang wei", "B1", "name"),
        ("Wei ZHANG", "B1", "name"),
        ("zhangwei", "B1", "name"),
        ("li xiaoming", "B2", "name"),
        ("138 0013 8001", "B1", "phone"),
        ("世纪大道", "B1", "address"),
        ("華夏科技", "K1", "name"),
        ("远瞻环保设备有限公司", "K2", "name"),
        ("yuanzhan", "K2", "name"),
        ("6123 4567", "K1", "phone"),
        ("王芳", "K1", "contact"),
        ("li xiao ming", "B2", "name"),
        ("世纪大道88号", "B1", "address"),
        ("上海市浦东新区世纪大道88号", "B1", "address"),
        ("crm-0000017", "crm-0000017", "source key"),
        ("17 Foxglove Lane", "crm-0000017", "address"),
        ("Foxglove Lane 17, Leeds", "crm-0000017", "address"),
    ],
    ids=str,
)
def test_what_is_known_of_a_customer_finds_it_first(store, text, key, what):
    found = find(store, text)
    owner = ask(
        store,
        f"select customer_id from crosswalk where source_key = '{key}' and is_active",
    )[0][0]
    assert found
    assert found[0].customer_id == owner
    assert what in found[0].matched
    assert 0 < found[0].score <= 1


def test_a_customer_number_in_any_spelling_finds_it(store):
    number = ask(store, "select min(customer_id) from golden_record")[0][0]
    found = find(store, f" {number[:3]}-{number[3:]} ".lower())
    assert [one.customer_id for one in found] == [number]


def test_both_words_count_more_than_one(store):
    scores = [one.score for one in find(store, "Miriam Hartwell")]
    assert len(scores) == 2
    assert max(scores) < 0.9
    assert find(store, "Miriam Oakes")[0].score == 1


def test_nobody_and_nothing(store):
    assert find(store, "xqzj wvrt") == []


@pytest.mark.parametrize("text", ["a:b$1", "a%", "a\x00", "a🙂", "1" * 60, "x" * 300])
def test_no_text_breaks_it(store, text):
    assert len(find(store, text)) <= 20


@pytest.mark.parametrize("text", ["", "'", "“”", " ,; "])
def test_nothing_to_look_for_is_said(store, text):
    with pytest.raises(InputError, match="nothing to look for"):
        find(store, text)


def test_words_are_cut_by_what_they_are():
    kinds = [
        one.keys[0] for one in asked_of("Li +86 138-0013-8000, li@mail.test 世纪大道")
    ]
    assert kinds == [
        "n:li",
        "e:li@mail.test",
        "n:世纪",
        "n:纪大",
        "n:大道",
        "t:0138000",
    ]


def test_later_runs_renew_only_what_changed_and_leave_nothing_behind(tmp_path):
    store = tmp_path / "store"
    make_run(store, write_list(tmp_path / "crm.csv"))
    first = ask(store, "from search_word order by all")
    make_run(store, tmp_path / "crm.csv", number=2)
    assert ask(store, "from search_word order by all") == first
    rows = [*PEOPLE[:4], ("A5", "Wilma", "Vanderbilt", "", "", "Hull", "2026-02-01")]
    make_run(
        store, write_list(tmp_path / "crm.csv", rows, HEADS), number=3, accept=True
    )
    assert find(store, "Vanderbilt")[0].row["name"] == "Wilma Vanderbilt"
    assert (
        "vance"
        not in json.dumps([one.as_json() for one in find(store, "vance")]).lower()
    )
    assert find(store, "Ottoline") == []
    other = tmp_path / "other"
    make_run(other, tmp_path / "crm.csv")
    keys = "select distinct key from search_word order by all"
    assert ask(store, keys) == ask(other, keys)
