"""A column of Jr and III is a part of the name."""

import polars as pl
import pytest
from map_factory import raw_file, raw_table

from cleanse.map import Use, map_file, propose_mappings, recognise_source
from cleanse.normalise import normalise
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()
SUFFIXES = ["Jr", None, "III", "PhD"]


def read(**columns):
    file, rule = raw_file(raw_table(columns)), SourceRule()
    mappings = propose_mappings(file, rule, RULEBOOK)
    records = map_file(file, mappings, recognise_source(file, RULEBOOK), rule)
    numbers = pl.int_range(pl.len(), dtype=pl.Int64).alias("record_id")
    return mappings[0], normalise(records.with_columns(numbers), RULEBOOK)[0]


@pytest.mark.parametrize("heading", ["Suffix", "NAME_SUFFIX", "nameSuffix"])
def test_a_suffix_goes_behind_the_family_name(heading):
    given = ["Ann", "Bob", "Cy", "Di"]
    family = ["Lee", "Ray", "Dunn", "Marsh"]
    columns = {"First Name": given, "Last Name": family, heading: SUFFIXES}
    _, records = read(**columns)
    assert records["family_name"].to_list() == family
    assert records["name_suffix"].to_list() == ["jr", None, "iii", None]
    assert records["extra"].null_count() == records.height


def test_a_suffix_goes_behind_the_whole_name():
    names = ["Ann Lee", "Bob Ray", "Cy Dunn", "Di Marsh"]
    _, records = read(**{"Full Name": names, "Suffix": SUFFIXES})
    assert records["family_name"].to_list() == ["Lee", "Ray", "Dunn", "Marsh"]
    assert records["name_suffix"].to_list() == ["jr", None, "iii", None]


def test_a_column_that_holds_something_else_stays_extra():
    columns = {"Full Name": ["Ann Lee", "Bob Ray"], "Suffix": ["Street", "Road"]}
    mapping, _ = read(**columns)
    assert mapping.columns[1].use is Use.EXTRA
