"""Headings of two and three rows: the last part tells, what stands above is context."""

import csv
from pathlib import Path

import pytest
import xlsxwriter
from map_factory import raw_table

from cleanse.map import (
    Use,
    map_file,
    propose_mapping,
    propose_mappings,
    recognise_source,
)
from cleanse.map.heading import heading_index
from cleanse.read import read_file
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()
INDEX = heading_index(RULEBOOK.fields)
CASES = Path(__file__).parent / "cases" / "map_group.csv"


def test_headings():
    """The first field that each may mean; one test for all, as in test_map_heading."""
    with CASES.open(encoding="utf-8", newline="") as lines:
        cases = list(csv.DictReader(lines))
    found = {
        case["heading"]: next((m.field for m in INDEX.meanings(case["heading"])), "")
        for case in cases
    }
    assert found == {case["heading"]: case["field"] for case in cases}


def workbook(path, heading, rows):
    """Write heading rows with merged cells (None: as to the left, "": as above), then records."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("客户")
        for r, row in enumerate(heading):
            for c, cell in enumerate(row):
                below = _run([heading[n][c] == "" for n in range(r + 1, len(heading))])
                right = _run([each is None for each in row[c + 1 :]])
                if cell and (below or right):
                    page.merge_range(r, c, r + below, c + right, cell)
                elif cell:
                    page.write(r, c, cell)
        for r, row in enumerate(rows, len(heading)):
            page.write_row(r, 0, row)
    return path


def _run(flags):
    return next((n for n, flag in enumerate(flags) if not flag), len(flags))


def mapped(path):
    """Read and map a workbook; return what each column is, and the records."""
    file = read_file(path, path.name)
    mappings = propose_mappings(file, SourceRule(), RULEBOOK)
    records = map_file(file, mappings, recognise_source(file, RULEBOOK), SourceRule())
    uses = {c.heading: (c.use.value, c.field) for c in mappings[0].columns}
    return uses, records


def test_three_rows_with_a_contact_for_each_purpose(tmp_path):
    heading = [
        ["客户名称", "联系信息", None, None, None, "开票信息", None],
        ["", "采购", None, "财务", None, "税号", "地址"],
        ["", "姓名", "电话", "姓名", "电话", "", ""],
    ]
    firms = ["杭州远山贸易有限公司", "宁波海蓝机械有限公司", "苏州金穗纺织有限公司"]
    rows = [
        [
            firm,
            buyer,
            f"0571-8899123{n}",
            payer,
            f"1381234567{n}",
            f"91330100MA2{n}ABCDX{n}",
            f"杭州市西湖区文三路{n}号",
        ]
        for n, (firm, buyer, payer) in enumerate(
            zip(firms, ["张伟", "王芳", "李娜"], ["赵敏", "钱军", "孙丽"], strict=True)
        )
    ]
    uses, records = mapped(workbook(tmp_path / "a.xlsx", heading, rows))
    assert records["name_raw"].to_list() == firms
    assert records["contact_raw"].to_list()[0] in {"张伟", "赵敏"}
    assert (
        uses["联系信息 采购 电话"] == uses["联系信息 财务 电话"] == ("field", "phone")
    )
    assert uses["开票信息 地址"] == ("field", "address")
    assert uses["开票信息 税号"] == ("field", "tax_id")
    assert records.height == 3
    everywhere = [
        str(value)
        for row in records.select("contact_raw", "extra").rows()
        for value in row
    ]
    for person in ("张伟", "赵敏", "李娜", "孙丽"):
        assert any(person in text for text in everywhere), f"{person} is lost"


def test_two_rows_with_another_address_for_goods(tmp_path):
    heading = [
        ["基本信息", None, "收货地址", None, None, "联系方式", None, "交易情况", None],
        [
            "客户名称",
            "等级",
            "省",
            "市",
            "详细地址",
            "联系人",
            "手机",
            "累计金额",
            "次数",
        ],
    ]
    rows = [
        [
            "甲远商贸有限公司",
            "A",
            "浙江省",
            "杭州市",
            "文三路1号",
            "张伟",
            "13812345671",
            1200,
            3,
        ],
        [
            "乙海机械有限公司",
            "B",
            "江苏省",
            "苏州市",
            "人民路2号",
            "王芳",
            "13812345672",
            800,
            1,
        ],
        [
            "丙穗纺织有限公司",
            "A",
            "江苏省",
            "无锡市",
            "中山路3号",
            "李娜",
            "13812345673",
            90,
            2,
        ],
    ]
    uses, _ = mapped(workbook(tmp_path / "b.xlsx", heading, rows))
    assert [field for _, field in uses.values()] == (
        "name importance province city address contact mobile total_amount purchase_count"
    ).split()


def test_two_rows_of_english(tmp_path):
    heading = [
        ["Company Information", None, "Billing Address", None, None, "Contact", None],
        ["Company Name", "VAT Number", "Street", "City", "Postcode", "Name", "Email"],
    ]
    rows = [
        [
            "Acme Ltd",
            "GB123456789",
            "1 High St",
            "Leeds",
            "LS1 1AA",
            "Ann Lee",
            "a@x.com",
        ],
        ["Beta Ltd", "GB987654321", "2 Low St", "Hull", "HU1 2BB", "Bo Li", "b@y.com"],
        ["Core Ltd", "GB555555555", "3 Mid St", "York", "YO1 3CC", "Cy Poe", "c@z.com"],
    ]
    uses, _ = mapped(workbook(tmp_path / "c.xlsx", heading, rows))
    assert [field for _, field in uses.values()] == (
        "company tax_id street city postcode contact email".split()
    )


@pytest.mark.parametrize("group", ["紧急联系人", "配偶", "供应商"])
def test_what_a_group_says_of_others_is_nobody_of_ours(group):
    columns = {"姓名": ["张伟"], f"{group} 姓名": ["王芳"], f"{group} 电话": ["1"]}
    mapping = propose_mapping(raw_table(columns), SourceRule(), RULEBOOK)
    assert [c.use for c in mapping.columns] == [Use.FIELD, Use.EXTRA, Use.EXTRA]
