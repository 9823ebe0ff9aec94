"""The map stage: tables into records of standard fields, nothing lost."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from map_factory import raw_file, raw_table

from cleanse.errors import GateError, RuleError, SourceError
from cleanse.map import Use, map_file, propose_mappings, recognise_source
from cleanse.rulebook import SourceRule, load_rulebook
from cleanse.schema import LINEAGE

RULEBOOK = load_rulebook()


def mapped(*columns, given=None, **rule):
    """Map sheets of columns; return the first mapping and the records."""
    source_rule = SourceRule.model_validate(rule)
    file = raw_file(*(raw_table(c, f"sheet{n}") for n, c in enumerate(columns)))
    choice = recognise_source(file, RULEBOOK, given=given)
    mappings = propose_mappings(file, source_rule, RULEBOOK, choice.name)
    return mappings[0], map_file(file, mappings, choice, source_rule)


def extras(records):
    return [
        {pair["key"]: pair["value"] for pair in row or ()}
        for row in records["extra"].to_list()
    ]


# ---- columns of a field -------------------------------------------------------------


def test_contact_columns_are_all_kept_the_best_heading_first():
    columns = {"手机": ["139"], "电话2": ["0571"], "电话": ["010"], "姓名": ["张伟"]}
    _, records = mapped(columns)
    assert records["phone_raw"].to_list() == ["010\n0571"]
    assert records["mobile_raw"].to_list() == ["139"]


def test_address_lines_are_joined_in_the_order_of_their_numbers():
    columns = {"Address 2": ["Flat 3", None], "Address 1": ["1 High St", "2 Low St"]}
    _, records = mapped(columns)
    assert records["address_raw"].to_list() == ["1 High St Flat 3", "2 Low St"]


def test_a_second_column_steps_in_where_the_best_is_empty_and_is_never_lost():
    ours = [f"521-21-{n:04}" for n in range(12)]
    columns = {
        "SSN": ours + [None] * 30,
        "National ID": [None] * 11 + [f"Y{n}" for n in range(31)],
    }
    mapping, records = mapped(columns)
    assert mapping.headings("national_id") == ["National ID"]
    assert mapping.fallbacks("national_id") == ["SSN"]
    assert records["national_id_raw"][9:13].to_list() == [*ours[9:11], "Y0", "Y1"]
    assert extras(records)[9:13] == [{}, {}, {"SSN": ours[11]}, {}]


def test_a_full_name_goes_before_names_put_together():
    columns = {
        "first_and_surname": ["ann lee", "bo li"],
        "full_name": ["ann mary lee", "bo li"],
        "first_name": ["ann", "bo"],
        "surname": ["lee", "li"],
    }
    mapping, records = mapped(columns)
    assert records["name_raw"].to_list() == ["ann mary lee", "bo li"]
    assert records["given_name_raw"].to_list() == ["ann", "bo"]
    assert extras(records)[0] == {"first_and_surname": "ann lee"}
    assert mapping.used(Use.MATCHED) == []


def test_shipping_parts_are_not_mixed_into_the_billing_address():
    columns = {
        "Account Name": ["A", "B"],
        "Billing Street": ["1 High St", "2 Low St"],
        "Billing City": ["Leeds", None],
        "Shipping Street": ["9 Dock Rd", "8 Dock Rd"],
        "Shipping City": ["Hull", "Hull"],
        "Billing Country": ["UK", "UK"],
    }
    _, records = mapped(columns)
    assert records["city_raw"].to_list() == ["Leeds", None]
    assert extras(records)[1]["Shipping City"] == "Hull"


def test_a_contact_is_the_customer_where_nobody_else_is_named():
    mapping, _ = mapped({"联系人": ["张伟"], "电话": ["010-88886666"]})
    assert mapping.headings("name") == ["联系人"]
    mapping, _ = mapped({"联系人": ["张伟"], "公司名称": ["华夏科技有限公司"]})
    assert mapping.headings("contact") == ["联系人"]


def test_an_account_is_a_company_beside_people_and_a_name_alone():
    mapping, _ = mapped({"Account Name": ["Acme"], "Last Name": ["Lee"]})
    assert mapping.headings("company") == ["Account Name"]
    mapping, _ = mapped({"Account Name": ["Acme"], "Phone": ["020 7946 0000"]})
    assert mapping.headings("name") == ["Account Name"]


def test_a_list_without_headings_is_known_by_its_contents():
    columns = {
        "column_1": ["张伟", "王芳", "李娜", "刘洋"],
        "column_2": ["13812345678", "13912345678", "18612345678", "17712345678"],
        "column_3": ["甲", "乙", "丙", "丁"],
    }
    mapping, _ = mapped(columns)
    assert [c.field for c in mapping.columns] == ["name", "phone", None]


# ---- keys ---------------------------------------------------------------------------


def test_a_key_that_repeats_from_sheet_to_sheet_is_none():
    sheet = {"客户编号": ["1", "2", "3"], "客户名称": ["甲公司", "乙公司", "丙公司"]}
    mapping, records = mapped(sheet, sheet)
    assert mapping.key is None
    assert extras(records)[0] == {"客户编号": "1"}


def test_a_key_by_rule_may_repeat_and_fill_a_field_too():
    columns = {"税号": ["7", "7", " "], "客户名称": ["甲", "乙", "丙"]}
    _, records = mapped(columns, file={"key": "税号"}, columns={"tax_id": "税号"})
    assert records["source_key"].to_list() == ["7", "7", None]
    assert records["tax_id_raw"].to_list() == ["7", "7", None]


# ---- what the list is a list of -----------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"First name": ["Al"], "Last name": ["Li"], "Employer": ["Acme"]}, "person"),
        ({"姓名": ["张伟"], "性别": ["男"]}, "person"),
        ({"name": ["Al Li"], "birth_or_founded": ["1990-01-01"]}, "auto"),
        ({"公司名称": ["华夏"], "联系人": ["张伟"]}, "auto"),
        ({"公司名称": ["华夏"], "联系人": ["张伟"], "联系人性别": ["男"]}, "auto"),
        ({"Name": ["Al"], "Gender": ["M"], "Record type": ["PERSON"]}, "auto"),
        (
            {
                "First name": ["Al", None],
                "Last name": ["Li", None],
                "Company": ["A", "B"],
            },
            "auto",
        ),
    ],
)
def test_customer(columns, expected):
    mapping, records = mapped(columns)
    assert mapping.customer == expected
    assert records["customer"].unique().to_list() == [expected]


def test_customer_by_rule_goes_before_all():
    mapping, _ = mapped({"姓名": ["张伟"]}, file={"customer": "company"})
    assert (mapping.customer, mapping.customer_reason) == ("company", "rule")


def test_region_is_guessed_from_provinces_and_phones():
    phones = ["13812345678", "13912345678", "0571-88991234", "17712345678"]
    mapping, _ = mapped({"客户": ["甲", "乙", "丙", "丁"], "电话": phones})
    assert mapping.region == "CN"
    states = {
        "State": ["NSW", "VIC", "QLD", "WA"],
        "Postcode": ["2000", "3000", "4000", "6000"],
    }
    mapping, _ = mapped({"Name": ["A", "B", "C", "D"], **states})
    assert mapping.region == "AU"


# ---- rules --------------------------------------------------------------------------


def test_what_a_rule_says_goes_before_headings():
    columns = {"名称": ["甲"], "备用名": ["乙"], "备注": ["x"], "籍贯": ["杭州"]}
    mapping, records = mapped(
        columns,
        columns={"name": "备用名"},
        ignore={"columns": ["备注"]},
        extra={"native_place": {"column": "籍贯"}},
        file={"region": "CN"},
    )
    assert records["name_raw"].to_list() == ["乙"]
    assert records["x_native_place"].to_list() == ["杭州"]
    assert records["region"].to_list() == ["CN"]
    assert extras(records) == [{"名称": "甲", "籍贯": "杭州"}]
    assert mapping.used(Use.IGNORED)[0].heading == "备注"


def test_replaced_values_stand_beside_those_typed():
    columns = {
        "电话": ["无", "010-1"],
        "手机": ["1", "2"],
        "成立日期": ["2001.5.6", "?"],
    }
    _, records = mapped(
        columns,
        columns={"founded_on": {"from": "成立日期", "formats": ["%Y.%m.%d"]}},
        replace={"phone": {"无": ""}},
    )
    assert records["phone_raw"].to_list() == ["无", "010-1"]
    assert records["phone_replaced"].to_list() == ["", None]
    assert records["founded_on_raw"].to_list() == ["2001.5.6", "?"]
    assert records["founded_on_replaced"].to_list() == ["2001-05-06", None]


def test_of_several_values_each_is_replaced_by_itself():
    columns = {"电话1": ["无"], "电话2": ["010-88886666"]}
    _, records = mapped(columns, replace={"phone": {"无": ""}})
    assert records["phone_replaced"].to_list() == ["010-88886666"]


def test_a_mapped_column_that_is_not_there_is_named():
    with pytest.raises(SourceError, match=r"'Telefone' \(did you mean 'Telephone'\?\)"):
        mapped({"Telephone": ["1"]}, columns={"phone": "Telefone"})


def test_a_mapped_column_may_be_on_one_sheet_only():
    _, records = mapped(
        {"姓名": ["张伟"], "Tele": ["1"]}, {"姓名": ["王芳"]}, columns={"phone": "Tele"}
    )
    assert records["phone_raw"].to_list() == ["1", None]


def test_a_new_column_stops_a_source_that_says_so():
    rule = {"file": {"on_new_column": "stop"}, "columns": {"name": "姓名"}}
    with pytest.raises(SourceError, match="'年龄'"):
        mapped({"姓名": ["张伟"], "年龄": ["3"]}, **rule)


def test_a_column_named_for_two_things_is_refused():
    with pytest.raises(RuleError, match="'姓名'"):
        mapped({"姓名": ["张伟"]}, columns={"name": "姓名", "contact": "姓名"})


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"rows": {"min": 3}}, r"rows = 2, expected at least 3"),
        ({"rows": {"min": 0, "max": 1}}, r"rows = 2, expected 0 to 1"),
        (
            {"filled": {"name": {"min": 0.9}}},
            r"filled\.name = 0\.5000, expected at least 0\.9",
        ),
    ],
)
def test_a_file_outside_its_expectations_stops(expect, said):
    with pytest.raises(GateError, match=said):
        mapped({"姓名": ["张伟", " "]}, expect=expect)
    mapped({"姓名": ["张伟", "王芳", "李娜"]}, expect={"rows": {"min": 3, "max": 3}})


# ---- laws ---------------------------------------------------------------------------

HEADINGS = (
    "姓名 公司名称 电话 手机 Phone2 Address1 Address2 邮箱 备注 序号 客户编号 SSN 身份证 "
    "colour sort source key value extra * ^.*$ region Phone* Billing_City Shipping_City 注册地址 办公地址 籍贯 name"
).split()
CELLS = st.sampled_from(
    ["", " ", "甲", "张伟", "a@x.com", "13812345678", "2020-01-02", "x y"]
)


@st.composite
def tables(draw):
    headings = draw(st.lists(st.sampled_from(HEADINGS), min_size=1, unique=True))
    count = draw(st.integers(1, 6))
    cells = st.lists(CELLS | st.none(), min_size=count, max_size=count)
    return {heading: draw(cells) for heading in headings}


def as_rows(records):
    """Rows as sorted text: neither the order of rows nor of columns matters."""
    names = sorted(set(records.columns) - {"row_number", "line_number"})
    return sorted(map(str, records.select(names).iter_rows()))


@settings(max_examples=40)
@given(tables(), st.randoms(use_true_random=False))
def test_order_changes_nothing(columns, random):
    count = len(next(iter(columns.values())))
    order = random.sample(range(count), count)
    names = random.sample(sorted(columns), len(columns))
    shuffled = {h: [columns[h][i] for i in order] for h in names}
    assert as_rows(mapped(columns)[1]) == as_rows(mapped(shuffled)[1])


@settings(max_examples=40)
@given(tables(), st.booleans())
def test_no_cell_is_lost(columns, is_named):
    mapping, records = mapped(columns, given="crm" if is_named else None)
    ignored = {c.heading for c in mapping.used(Use.IGNORED)}
    held = records.select(
        pl.selectors.ends_with("_raw") | pl.selectors.by_name("source", "source_key")
    )
    for number, row in enumerate(held.iter_rows()):
        found = " ".join(filter(None, row)) + str(extras(records)[number])
        for heading, values in columns.items():
            cell = (values[number] or "").strip()
            assert heading in ignored or cell in found


@given(tables())
@settings(max_examples=20)
def test_the_record_frame_has_its_lineage(columns):
    _, records = mapped(columns)
    assert records.height == len(next(iter(columns.values())))
    assert {name: records.schema[name] for name in LINEAGE} == dict(LINEAGE)
