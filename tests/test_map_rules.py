"""What a user says of one list: replacements, lookups, patterns, constants, rows to drop or tag."""

from pathlib import Path

import polars as pl
import pytest
from map_factory import raw_file, raw_table
from pipeline_builders import ask, make_run, write_list

from cleanse.errors import RuleError
from cleanse.map import (
    map_file,
    propose_mappings,
    recognise_source,
    without_dropped,
)
from cleanse.normalise import normalise
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()


def mapped(columns, **rule):
    source_rule = SourceRule.model_validate(rule)
    file = raw_file(raw_table(columns))
    choice = recognise_source(file, RULEBOOK)
    mappings = propose_mappings(file, source_rule, RULEBOOK, choice.name)
    return map_file(file, mappings, choice, source_rule)


def source_rule(folder: Path, text: str, **tables: str) -> Path:
    """Write rules/sources/crm.toml and tables beside it; return the rules folder."""
    sources = folder / "rules" / "sources"
    sources.mkdir(parents=True)
    (sources / "crm.toml").write_text(text, encoding="utf-8")
    for name, table in tables.items():
        (sources / f"{name}.csv").write_text(table, encoding="utf-8")
    return folder / "rules"


PEOPLE = {
    "姓名": ["张伟", "王芳", "李娜"],
    "电话": ["00861380000", "010-1", "无"],
    "状态": ["正常", "作废", None],
}


def test_a_pattern_rewrites_each_value_and_leaves_what_was_typed():
    pattern = {"phone": [{"find": "^0086", "replace": "+86"}]}
    records = mapped(PEOPLE | {"电话2": ["0086139", None, "1"]}, pattern=pattern)
    assert records["phone_raw"].to_list() == ["00861380000\n0086139", "010-1", "无\n1"]
    assert records["phone_replaced"].to_list() == ["+861380000\n+86139", None, None]


def test_a_pattern_may_use_its_groups_and_the_one_before_it():
    pattern = {
        "name": [
            {"find": r"^(\w+), (\w+)$", "replace": "$2 $1"},
            {"find": "LI$", "replace": "Li"},
        ]
    }
    records = mapped({"Name": ["LI, Ann", "Bo LI", "Cy"]}, pattern=pattern)
    assert records["name_replaced"].to_list() == ["Ann Li", "Bo Li", None]


def test_a_replacement_goes_before_a_pattern():
    records = mapped(
        PEOPLE,
        replace={"phone": {"无": ""}},
        pattern={"phone": [{"find": "^.*$", "replace": "x"}]},
    )
    assert records["phone_replaced"].to_list() == ["x", "x", ""]


def test_a_constant_stands_where_a_row_has_none():
    country = {"country": ["US", " ", None]}
    records = mapped(PEOPLE | country, set={"country": "CN", "currency": "CNY"})
    assert records["country_replaced"].to_list() == [None, "CN", "CN"]
    assert records["currency_replaced"].to_list() == ["CNY"] * 3
    assert records["currency_raw"].to_list() == [None] * 3


@pytest.mark.parametrize(
    "where",
    [
        "status_raw = '作废'",
        "\"状态\" = '作废'",
        "status_raw like '作%' and fax_raw is null",
    ],
)
def test_rows_are_dropped_with_a_reason(where):
    records = mapped(PEOPLE, drop={"where": where, "reason": "void"})
    kept, rejects = without_dropped(records)
    assert kept["name_raw"].to_list() == ["张伟", "李娜"]
    assert rejects.select("row_number", "reason").rows() == [
        (3, "dropped by rule: void")
    ]
    assert "王芳" in rejects["raw"][0]


def test_rows_are_tagged_beside_their_own_tags():
    columns = PEOPLE | {"标签": ["A", None, "B"]}
    rules = [
        {"where": "phone_raw like '010%'", "tag": "北京"},
        {"where": "status_raw is null", "tag": "?"},
    ]
    records = mapped(columns, tag=rules)
    assert records["tags_replaced"].to_list() == [None, "北京", "B; ?"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"drop": {"where": "stats_raw = 'x'"}},
            r"crm.*\[drop\].*'stats_raw'.*'status_raw'",
        ),
        ({"tag": {"where": "name_raw", "tag": "x"}}, "not a predicate"),
        ({"drop": {"where": "name_raw > 3"}}, r"\[drop\] where"),
    ],
)
def test_a_predicate_over_what_is_not_there_is_refused(rule, said):
    with pytest.raises(RuleError, match=said):
        mapped(PEOPLE, **rule)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[pattern.phone]]\nfind = '(?<=0)8'\nreplace = ''\n", r"crm\.toml.*\n.*pattern\.phone\.0\.find: .*look-around"),
        ("[[pattern.phone]]\nfind = '(.)\\1'\nreplace = ''\n", r"pattern\.phone\.0\.find"),
        ("[[pattern.phone]]\nfnd = '1'\nreplace = ''\n", r"pattern\.phone\.0\.fnd: unknown key.*'find'"),
        ("[[pattern.fone]]\nfind = '1'\nreplace = ''\n", r"'fone' is not a standard field.*'phone'"),
        ("[set]\ncontry = 'CN'\n", r"'contry'.*'country'"),
        ("[drop]\nwhere = 'status_raw = = 1'\n", r"drop\.0\.where: not a SQL predicate"),
        ("[drop]\nwhen = '1 = 1'\n", r"drop\.0\.when: unknown key"),
        ("[lookup]\nindustry = 'kode.csv'\n", r"lookup\.industry: no file 'kode\.csv'.*'code\.csv'"),
    ],
)  # fmt: skip
def test_a_rule_that_is_not_understood_names_file_and_key(tmp_path, text, said):
    folder = source_rule(tmp_path, text, code="code,name\nA,Bau\n")
    with pytest.raises(RuleError, match=said):
        load_rulebook(folder)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("code\nA\n", "row 2 has one column"),
        ("c,n\nA,x\nA,y\n", "row 3 says something else"),
    ],
)
def test_a_lookup_table_that_is_not_one_is_refused(tmp_path, table, said):
    folder = source_rule(tmp_path, "[lookup]\nindustry = 'code.csv'\n", code=table)
    with pytest.raises(RuleError, match=said):
        load_rulebook(folder)


def test_a_lookup_reads_codes_and_a_replacement_goes_before_it(tmp_path):
    text = "[lookup]\nindustry = 'code.csv'\n[replace.industry]\nB = 'Bank'\n"
    table = "code,name\nA,Agriculture\nB,Building\n"
    rule = load_rulebook(source_rule(tmp_path, text, code=table)).source("crm")
    assert rule.replace["industry"] == {"A": "Agriculture", "B": "Bank"}


def test_a_run_accounts_for_the_rows_that_a_rule_drops(tmp_path):
    heads = ("id", "name", "phone", "status", "sector")
    rows = [
        ("1", "Ann Lee", "020 7946 0011", "ok", "A"),
        ("2", "Bo Lee", "020 7946 0022", "void", "A"),
        ("3", "Cy Poe", "020 7946 0033", "ok", "Z"),
    ]
    people = write_list(tmp_path / "in" / "crm.csv", rows, heads)
    text = (
        "[file]\nmatch = 'crm*.csv'\n[columns]\nindustry = 'sector'\n"
        "[lookup]\nindustry = 'code.csv'\n[set]\ncountry = 'GB'\n"
        "[drop]\nwhere = \"status_raw = 'void'\"\n[tag]\nwhere = \"sector = 'Z'\"\ntag = 'odd'\n"
    )
    rules = source_rule(tmp_path, text, code="code,name\nA,Farming\n")
    summary = make_run(tmp_path / "store", people, rules=rules)
    assert (summary.rows_read, summary.records, summary.rejects) == (3, 2, 1)
    golden = (
        "select name, country, industry, tags, phone from golden_record order by name"
    )
    assert ask(tmp_path / "store", golden) == [
        ("Ann Lee", "GB", "Farming", None, "+442079460011"),
        ("Cy Poe", "GB", "Z", "odd", "+442079460033"),
    ]
    reasons = "select row_number, reason from reject"
    assert ask(tmp_path / "store", reasons) == [
        (3, "dropped by rule: status_raw = 'void'")
    ]


def test_a_constant_shows_among_the_cell_changes():
    records = mapped(
        {"姓名": ["张伟", "王芳"], "国家": [None, "US"]}, set={"country": "CN"}
    )
    _, changes = normalise(
        records.with_row_index("record_id").cast({"record_id": pl.Int64}), RULEBOOK
    )
    country = changes.filter(pl.col("field") == "country")
    assert country.rows() == [(0, "country", None, "CN", "source.set")]
