"""Headings, contents and file names: what they are taken for."""

import csv
from pathlib import Path

import pytest
from map_factory import raw_table

from cleanse.errors import RuleError
from cleanse.map import Use, period_of, propose_mapping, stem_of
from cleanse.map.heading import heading_index
from cleanse.map.period import pattern_of
from cleanse.rulebook import SourceRule, load_rulebook
from cleanse.schema import FIELDS

RULEBOOK = load_rulebook()
INDEX = heading_index(RULEBOOK.fields)


def cases(name):
    path = Path(__file__).parent / "cases" / name
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def why(case):
    return case["why"]


def test_headings():
    """One test for all: as many tests as there are cases would take longer than they."""
    missed = {
        case["why"]: (case["heading"], found)
        for case in cases("map_heading.csv")
        if case["field"] not in (found := meant(case["heading"]))
    }
    assert missed == {}


def meant(heading):
    """Fields that a heading may mean, else nothing and, where it may number rows, ``(key)``."""
    found = [meaning.field for meaning in INDEX.meanings(heading)]
    return found or ["", *["(key)"] * (INDEX.key_rank(heading) is not None)]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"Vorname": "Al", "Name": "Li"}, ["given_name", "family_name"]),
        ({"First name": "Al", "Name": "Al Li"}, ["given_name", "name"]),
        ({"Nombre": "Ana", "Apellidos": "Ruiz"}, ["given_name", "family_name"]),
        ({"Nom": "Roy", "Prénom": "Luc"}, ["family_name", "given_name"]),
        ({"Nom": "Luc Roy", "Ville": "Lyon"}, ["name", "city"]),
        ({"公司名称": "甲公司", "负责人": "张伟"}, ["company", "contact"]),
        (
            {"公司名称": "甲公司", "联系人": "张伟", "负责人": "王芳"},
            ["company", "contact", "owner"],
        ),
    ],
)
def test_other_columns_tell(columns, expected):
    table = raw_table({heading: [value] for heading, value in columns.items()})
    mapping = propose_mapping(table, SourceRule(), RULEBOOK)
    assert [column.field for column in mapping.columns] == expected


def test_who_answers_for_many_customers_is_ours():
    columns = {
        "公司名称": [f"甲{n}公司" for n in range(30)],
        "负责人": ["张伟", "王芳", "李娜"] * 10,
    }
    mapping = propose_mapping(raw_table(columns), SourceRule(), RULEBOOK)
    assert mapping.columns[1].field == "owner"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (["浙江", "江苏", "四川"], "province"),
        (["3", "4", "5"], None),
        (["a", "b"], None),
    ],
)
def test_chinese_in_latin_letters_needs_contents_that_bear_it_out(values, field):
    table = raw_table({"sf": values, "姓名": ["张伟"] * len(values)})
    mapping = propose_mapping(table, SourceRule(), RULEBOOK)
    assert mapping.columns[0].field == field


@pytest.mark.parametrize("case", cases("map_content.csv"), ids=why)
def test_column(case):
    values = case["values"].split("|")
    names = [f"Name{n} Doe" for n in range(len(values))]
    columns = {case["heading"]: values, "公司名称": names}
    mapping = propose_mapping(raw_table(columns), SourceRule(), RULEBOOK)
    column = mapping.columns[0]
    assert (column.use, column.field or "") == (Use(case["use"]), case["field"])


@pytest.mark.parametrize("case", cases("map_file_name.csv"), ids=why)
def test_file_name(case):
    period = period_of(case["file"])
    assert (stem_of(case["file"]), str(period or ""), pattern_of(case["file"])) == (
        case["stem"],
        case["period"],
        case["pattern"],
    )


def test_every_field_has_headings_in_both_languages():
    rules = RULEBOOK.fields.fields
    assert set(rules) == set(FIELDS)
    assert [f for f, rule in rules.items() if not (rule.en and rule.zh)] == []


def test_every_look_that_a_field_names_is_there():
    known = {*RULEBOOK.fields.looks, "word"}
    named = {look for rule in RULEBOOK.fields.fields.values() for look in rule.looks}
    assert named <= known


def test_a_users_heading_lies_over_ours(tmp_path):
    rules = '[fields.phone]\nalso = ["Rufnummer"]\n'
    (tmp_path / "fields.toml").write_text(rules, encoding="utf-8")
    index = heading_index(load_rulebook(tmp_path).fields)
    assert [m.field for m in index.meanings("Rufnummer")] == ["phone"]
    assert [m.field for m in index.meanings("电话")] == ["phone"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('[fields.fone]\nalso = ["x"]\n', r"'fone' is not a standard field.*'phone'"),
        ("[looks.email]\npattern = '(?<=a)b'\n", "not a regular expression"),
        ("[fields.phone]\nallso = []\n", r"unknown key.*'also'"),
    ],
)
def test_a_rule_that_is_not_understood_is_named(tmp_path, rules, said):
    (tmp_path / "fields.toml").write_text(rules, encoding="utf-8")
    with pytest.raises(RuleError, match=said):
        load_rulebook(tmp_path)
