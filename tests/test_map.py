"""The map stage: which column is what, and the record frame that comes of it."""

import polars as pl
import pytest

from cleanse.map import (
    SourceChoice,
    map_file,
    propose_mappings,
    recognise_source,
)
from cleanse.rulebook import load_rulebook
from cleanse.schema import REJECT, RawFile, RawTable


def raw_table(
    columns: dict[str, list[str | None]], sheet: str | None = None
) -> RawTable:
    count = len(next(iter(columns.values())))
    numbers = pl.Series("row_number", range(2, count + 2), pl.Int64)
    rows = pl.DataFrame(
        [
            numbers,
            numbers.alias("line_number"),
            *(pl.Series(h, v, pl.String) for h, v in columns.items()),
        ]
    )
    return RawTable(
        sheet=sheet,
        headings=tuple(columns),
        rows=rows,
        rejects=pl.DataFrame(schema=REJECT),
        row_count=count + 1,
        blank_count=0,
        header_count=1,
        header_row=1,
    )


def raw_file(*tables: RawTable, file: str = "crm.csv", sha256: str = "0") -> RawFile:
    return RawFile(
        file=file,
        sha256=sha256,
        format="csv",
        encoding="utf-8",
        encoding_confidence=1.0,
        dialect=",",
        tables=tables,
        notes=(),
    )


@pytest.fixture(scope="session")
def rulebook():
    return load_rulebook()


def mapped(rulebook, columns, **rule):
    from cleanse.rulebook import SourceRule

    source_rule = SourceRule.model_validate(rule)
    file = raw_file(raw_table(columns))
    choice = recognise_source(file, rulebook)
    mappings = propose_mappings(file, source_rule, rulebook)
    return mappings[0], map_file(file, mappings, choice, source_rule)


def test_the_factory_list(rulebook):
    headings = "公司名称 联系人 电话 邮箱 地址 成立时间 最近交易 累计金额 次数 主要产品 分类 等级"
    fields = (
        "company contact phone email address founded_on last_purchase_on total_amount "
        "purchase_count main_product category importance"
    )
    columns = {heading: [None] for heading in headings.split()}
    mapping, _ = mapped(rulebook, columns)
    assert [c.field for c in mapping.columns] == fields.split()


def test_several_phones_are_kept_in_the_order_of_their_headings(rulebook):
    columns = {"手机": ["139"], "电话2": ["0571"], "电话": ["010"], "姓名": ["张伟"]}
    _, records = mapped(rulebook, columns)
    assert records["phone_raw"].to_list() == ["010\n0571"]
    assert records["mobile_raw"].to_list() == ["139"]


def test_choice_is_by_row():
    assert SourceChoice(name="a", reason="", is_sure=True).is_by_row is False
