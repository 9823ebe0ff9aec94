"""Cells that hold two things, columns that hold one thing each, and units above the headings."""

from dataclasses import replace

import pytest
from map_factory import raw_file, raw_table

from cleanse.map import map_file, propose_mappings, recognise_source
from cleanse.normalise import normalise
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()
PEOPLE = [
    "张三 13800138001",
    "李四：13900139002",
    "王五/18612345678",
    "赵六(17712345678)",
]


def mapped(columns, preamble=()):
    file = raw_file(replace(raw_table(columns), preamble=preamble))
    choice = recognise_source(file, RULEBOOK)
    mappings = propose_mappings(file, SourceRule(), RULEBOOK, choice.name)
    records = map_file(file, mappings, choice, SourceRule())
    rows = records.with_row_index("record_id").cast({"record_id": int})
    return mappings[0], normalise(rows, RULEBOOK)[0]


@pytest.mark.parametrize(
    "heading", ["联系人", "联系人及电话", "联系人/电话", "column_2", "电话"]
)
def test_a_name_and_a_number_in_one_cell_are_two_fields(heading):
    columns = {
        "公司名称": [f"华夏{n}科技有限公司" for n in "甲乙丙丁"],
        heading: PEOPLE,
    }
    _, records = mapped(columns)
    assert records["contact"].to_list() == ["张三", "李四", "王五", "赵六"]
    assert records["phones"].to_list() == [
        ["+8613800138001"], ["+8613900139002"], ["+8618612345678"], ["+8617712345678"]
    ]  # fmt: skip


def test_a_column_of_people_and_numbers_names_the_customers():
    _, records = mapped({"column_1": PEOPLE, "column_2": ["a", "b", "c", "d"]})
    assert records["name"].to_list() == ["张三", "李四", "王五", "赵六"]
    assert records["phones"].null_count() == 0


def test_a_name_with_its_address_in_brackets():
    mails = ["Ann Lee <ann@x-mail.com>", "Bo Roe <bo@x-mail.com>", "cy@x-mail.com"]
    _, records = mapped({"E-mail": mails})
    assert records["email"].to_list() == [
        "ann@x-mail.com",
        "bo@x-mail.com",
        "cy@x-mail.com",
    ]
    assert records["name"].to_list() == ["Ann Lee", "Bo Roe", None]


def test_labels_are_no_names():
    phones = ["手机 13800138001", "办公 010-88886666", "电话：0571-88991234"]
    mapping, _ = mapped({"姓名": ["张三", "李四", "王五"], "电话": phones})
    assert [column.also for column in mapping.columns] == ["", ""]


def test_two_whole_addresses_are_never_one_line():
    columns = {
        "客户名称": ["甲公司", "乙公司"],
        "地址1": ["杭州市西湖区文三路1号", "上海市徐汇区漕溪路2号"],
        "地址2": ["广州市天河区中山路33号", "北京市海淀区中关村大街5号"],
    }
    _, records = mapped(columns)
    assert records["address_raw"].to_list() == columns["地址1"]
    assert records["extra"][0].to_list()[0]["value"] == columns["地址2"][0]


@pytest.mark.parametrize(
    ("preamble", "heading", "amounts", "currency"),
    [
        (("客户表", "制表：张三 单位：万元"), "累计金额", [12000, 35000], "CNY"),
        (("Amounts in USD thousands",), "Total spend", [1200, 3500], "USD"),
        (("币种：美元",), "累计金额", [1.2, 3.5], "USD"),
        (("单位：万元",), "累计金额(元)", [1.2, 3.5], "CNY"),
        (("单位：华夏公司",), "累计金额", [1.2, 3.5], None),
    ],
)
def test_what_stands_above_the_headings_is_said_of_amounts(
    preamble, heading, amounts, currency
):
    columns = {"客户名称": ["甲公司", "乙公司"], heading: ["1.2", "3.5"]}
    mapping, records = mapped(columns, preamble)
    assert [float(a) for a in records["total_amount"]] == amounts
    found = records["currency"].to_list() if currency else [None] * 2
    assert found == [currency] * 2
    is_above = "above the headings" in mapping.columns[1].reason
    assert is_above == (currency is not None and "(" not in heading)


@pytest.mark.parametrize(
    ("heading", "answers"),
    [("Is a company?", ["No", "Yes"]), ("是否个人", ["是", "否"]), ("IsPersonAccount", ["TRUE", "FALSE"])],
)  # fmt: skip
def test_a_yes_says_what_the_customer_is(heading, answers):
    columns = {"Name": ["Avery Lane", "Avery Lane"], heading: answers}
    _, records = mapped(columns)
    assert records["kind_raw"].to_list() == answers
    assert records["kind"].to_list() == ["person", "company"]


def test_a_heading_of_both_needs_few_cells_of_both():
    cells = ["张三 13800138001", "手机139 0013 9002", "李经理 010-66886688转801/802"]
    cells += [f"010-6688{n}" for n in range(1000, 1007)]
    names = [f"华夏{sign}科技有限公司" for sign in "甲乙丙丁戊己庚辛壬癸"]
    _, records = mapped({"公司名称": names, "联系人/电话": cells})
    assert records["contact"].to_list() == ["张三", None, "李经理", *[None] * 7]
    assert records["phone"].null_count() == 0
