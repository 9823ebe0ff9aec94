"""Which source a file is, in which order its files came, and what inspect shows."""

import json
import tomllib
from dataclasses import replace

import polars as pl
import pytest
from map_factory import raw_file, raw_table

from cleanse.errors import InputError
from cleanse.map import (
    KNOWN_SOURCE,
    map_file,
    order_snapshots,
    propose_mappings,
    recognise_source,
)
from cleanse.pipeline.inspection import inspect_file
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()
COUNT = 40


def customers(first=0, prefix="C", name="客户"):
    numbers = range(first, first + COUNT)
    return {
        "客户编号": [f"{prefix}{n:03}" for n in numbers],
        "客户名称": [f"{name}{n}有限公司" for n in numbers],
        "电话": [f"0571-8{len(name)}{ord(name[0]) % 100:02}{n:04}" for n in numbers],
    }


def known(source="crm", columns=None, **other):
    columns = columns or customers()
    row = {
        "source": source,
        "headings": list(columns),
        "key_sample": columns["客户编号"],
        "content_sample": [*columns["客户名称"], *columns["电话"]],
        "record_count": COUNT,
        "files": [f"{source}_2026Q1.csv"],
    }
    return pl.DataFrame([row | other], schema=KNOWN_SOURCE)


def rulebook_with(**rules):
    sources = {name: SourceRule.model_validate(rule) for name, rule in rules.items()}
    return replace(RULEBOOK, sources=sources)


def choose(columns, sources=None, file="x.csv", rulebook=RULEBOOK, given=None):
    raw = raw_file(raw_table(columns), file=file)
    choice = recognise_source(raw, rulebook, sources, given)
    return choice.name, choice.is_sure


def test_a_name_given_goes_before_all():
    rulebook = rulebook_with(crm={})
    assert choose(customers(), known(), "crm.csv", rulebook, "acq") == ("acq", True)


def test_a_rule_fits_by_its_match_or_by_its_name():
    rulebook = rulebook_with(erp={"file": {"match": "*export*.csv"}}, crm={})
    assert choose(customers(), None, "q1/my export.csv", rulebook) == ("erp", True)
    assert choose(customers(), None, "crm_2026.csv", rulebook) == ("crm", True)


def test_two_rules_that_fit_equally_well_are_an_error():
    match = {"file": {"match": "list*.csv"}}
    with pytest.raises(InputError, match="'a' and 'b'"):
        choose(customers(), None, "list1.csv", rulebook_with(a=match, b=match))


def test_a_column_names_each_rows_source_unless_a_name_is_given():
    columns = {"source": ["crm", "erp", None], "姓名": ["张伟", "王芳", "李娜"]}
    raw = raw_file(raw_table(columns), file="all.csv")
    mappings = propose_mappings(raw, SourceRule(), RULEBOOK)
    by_row = recognise_source(raw, RULEBOOK, known())
    records = map_file(raw, mappings, by_row, SourceRule())
    assert records["source"].to_list() == ["crm", "erp", "all"]
    given = recognise_source(raw, RULEBOOK, known(), "acq")
    records = map_file(raw, mappings, given, SourceRule())
    assert records["source"].to_list() == ["acq"] * 3
    assert records["extra"][0].to_list() == [{"key": "source", "value": "crm"}]


def test_a_known_source_is_told_by_its_keys_and_contents():
    assert choose(customers(2), known(), "renamed.csv") == ("crm", True)


def test_a_known_source_is_told_when_its_keys_lose_their_prefix():
    assert choose(customers(prefix=""), known(), "renamed.csv") == ("crm", True)


def test_a_delta_of_a_known_source_is_told():
    columns = {heading: values[:8] for heading, values in customers().items()}
    assert choose(columns, known(content_sample=None), "renamed.csv") == ("crm", True)


def test_a_renamed_list_without_keys_is_told_by_its_contents():
    columns = {h: v for h, v in customers(2).items() if h != "客户编号"}
    assert choose(columns, known(), "renamed.csv") == ("crm", True)


def test_under_other_headings_it_is_another_list_of_the_same_customers():
    columns = {f"their {h}": v for h, v in customers(2).items()}
    assert choose(columns, known(), "newsletter.csv") == ("newsletter", True)


def test_a_name_and_contents_that_contradict_each_other_are_unsure():
    others = customers(first=500, name="别家")
    both = pl.concat([known(), known("erp", others)])
    mixed = {h: [*v[:3], *others[h][3:]] for h, v in customers().items()}
    assert choose(mixed, both, "crm_2026Q2.csv") == ("crm", False)


def test_alike_headings_of_which_nothing_can_be_compared_are_unsure():
    columns = {h: v for h, v in customers(2).items() if h != "客户编号"}
    none = {"key_sample": None, "content_sample": None}
    both = pl.concat(
        [
            known(
                "aaa",
                {"客户编号": ["x"], "客户名称": ["y"], "电话": ["z"]},
                headings=["别"],
            ),
            known(**none),
        ]
    )
    assert choose(columns, both, "renamed.csv") == ("renamed", False)


def test_a_list_without_headings_is_told_by_its_contents():
    values = [v for h, v in customers(2).items() if h != "客户编号"]
    columns = {f"column_{n}": cells for n, cells in enumerate(values, 1)}
    assert choose(columns, known(), "renamed.csv") == ("crm", True)


def test_the_same_numbers_under_other_names_are_unsure():
    assert choose(customers(name="别家"), known(), "b.csv") == ("b", False)


def test_a_list_that_shares_nothing_is_new_if_its_name_says_something():
    columns = customers(first=500, name="别家")
    assert choose(columns, known(), "hangzhou_2026.csv") == ("hangzhou", True)
    assert choose(columns, known(), "records.csv") == ("records", False)


def test_a_known_name_with_nothing_in_common_is_unsure():
    columns = customers(first=500, name="别家")
    assert choose(columns, known(), "crm_2026Q2.csv") == ("crm", False)


def test_the_first_run_takes_the_files_name():
    assert choose(customers(), None, "q/records.csv") == ("records", True)


# ---- snapshots ----------------------------------------------------------------------


def snapshot(file, sha256):
    return raw_file(raw_table({"姓名": ["张伟"]}), file=file, sha256=sha256)


def test_snapshots_are_ordered_by_the_period_in_their_names():
    files = [snapshot("crm_2026Q2.csv", "b"), snapshot("crm_2026Q1.csv", "a")]
    for given in (files, files[::-1]):
        ordered = order_snapshots("crm", given)
        assert [f.file for f in ordered] == ["crm_2026Q1.csv", "crm_2026Q2.csv"]


def test_byte_identical_files_are_one():
    files = [snapshot("crm (1).csv", "a"), snapshot("crm.csv", "a")]
    assert [f.file for f in order_snapshots("crm", files)] == ["crm (1).csv"]


@pytest.mark.parametrize("other", ["crm_final.csv", "crm_2026Q1_new.csv"])
def test_two_files_without_an_order_are_an_error_that_names_both(other):
    files = [snapshot("crm_2026Q1.csv", "a"), snapshot(other, "b")]
    with pytest.raises(InputError, match=r"crm_2026Q1\.csv") as raised:
        order_snapshots("crm", files)
    assert other in str(raised.value)


# ---- inspect ------------------------------------------------------------------------


def inspected():
    raw = raw_file(raw_table(customers() | {"产地": ["杭州"] * COUNT}))
    choice = recognise_source(raw, RULEBOOK)
    return raw, inspect_file(raw, choice, propose_mappings(raw, SourceRule(), RULEBOOK))


def test_inspection_says_what_why_and_how_full():
    _, inspection = inspected()
    facts = {fact["what"]: fact["is"] for fact in inspection.facts()}
    assert facts["encoding"] == "utf-8"
    assert facts["source key"] == "客户编号"
    phone = next(c for c in inspection.columns() if c["heading"] == "电话")
    assert (phone["field"], phone["filled"]) == ("phone", "100%")
    assert phone["patterns"] == "9999-99999999 100%"
    assert json.dumps(inspection.as_json(), ensure_ascii=False)


def test_the_proposed_rule_maps_as_no_rule_does():
    raw, inspection = inspected()
    rule = SourceRule.model_validate(tomllib.loads(inspection.rule_toml()))
    choice = recognise_source(raw, RULEBOOK)
    records = [
        map_file(raw, propose_mappings(raw, each, RULEBOOK), choice, each)
        for each in (SourceRule(), rule)
    ]
    assert rule.file.match == "crm*.csv"
    assert records[0].equals(records[1])
