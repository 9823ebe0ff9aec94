"""Added records: looking only around what was added finds what laying out all records finds."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_builders import person
from polars.testing import assert_frame_equal
from test_match_incremental import (
    EVERYBODY,
    Row,
    assert_written,
    changed,
    left_by,
    limited,
    numbered,
)

from cleanse.block import entries
from cleanse.encoded import ByKind, beside
from cleanse.grown import Grown
from cleanse.match import MatchResult, encoded, match
from cleanse.match.added import match_added
from cleanse.match.around import TooWideError
from cleanse.rulebook.matching import MatchRules
from cleanse.schema import IS_EVIDENCE


@pytest.fixture(scope="module")
def rules(rulebook) -> MatchRules:
    return rulebook.matching


def looser(rules: MatchRules) -> MatchRules:
    """Return rules under which fewer additions concern all records."""
    block = dict(rules.block) | {
        "core_rare": rules.block["core_rare"].model_copy(update={"on": False})
    }
    limit = rules.limit.model_copy(update={"shared": 30})
    return rules.model_copy(update={"block": block, "limit": limit})


def varied(row: Row, chosen: random.Random) -> Row:
    """Give a record what may change how others are compared, now and then."""
    row = changed(row, chosen)
    other = chosen.choice(EVERYBODY)
    local = [str(phone)[-7:] for phone in other.get("phones") or ()]
    odd: list[Row] = [
        {"alias_compare": other.get("name_compare")},
        {"phones": local or None},
        {"name_script": "han"},
        {"name_latin_keys": ["abel anna", "anna abell"]},
        {"source": chosen.choice(["crm", "shop"])},
    ]
    if row["kind"] == "company":
        core = f"{row['company_core']} {chosen.choice(['zinc', 'opal', 'onyx'])}"
        odd.append({"company_core": core, "name_latin": core})
    return row | chosen.choice([{}, *odd])


class Store:
    """A list that grows run by run."""

    def __init__(self, rows: dict[int, Row], rules: MatchRules) -> None:
        self.rules, self.rows = rules, dict(rows)
        self.most = encoded(numbered(self.rows), rules)
        self.since: ByKind = {}
        self.last = match(numbered(self.rows), rules, keep_index=True)
        self.index = self.last.index

    def add(self, rows: list[Row]) -> MatchResult | None:
        """Add records; None: they change more than can be looked up."""
        number = max(self.rows) + 1
        new = dict(enumerate(rows, number))
        self.rows |= new
        given = encoded(numbered(new), self.rules)
        grown = Grown(self.most, self.since, given, self.index)
        before = left_by(self.last, only_added=True)
        whole = numbered(self.rows)
        anew = replace(before, inputs=self.last.inputs.clear())
        full = match(whole, self.rules, self.last.model, anew, keep_index=True)
        try:
            found = match_added(grown, self.rules, self.last.model, before, "")
        except TooWideError:
            self.most, self.since = encoded(whole, self.rules), {}
            self.last, self.index = full, full.index
            return None
        assert_frame_equal(found.pairs, full.pairs, check_exact=True)
        assert_frame_equal(found.inputs, full.inputs)
        assert found.frequencies.equals(full.frequencies)
        assert found.model == full.model
        assert_frame_equal(found.blocking, full.blocking)
        assert_written(self.last, found)
        self.since = {
            kind: beside(self.since[kind], part) if kind in self.since else part
            for kind, part in given.items()
        }
        self.last = found
        return found


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    limit=st.sampled_from([3, 4, 6, 60]),
    counts=st.lists(st.sampled_from([1, 3, 8, 30]), min_size=1, max_size=4),
)
def test_records_added_are_matched_as_if_all_were_laid_out(rules, seed, limit, counts):
    chosen = random.Random(seed)
    rows = [varied(row, chosen) for row in EVERYBODY]
    store = Store(dict(enumerate(rows, 1)), looser(limited(rules, limit)))
    for count in counts:
        store.add([varied(chosen.choice(EVERYBODY), chosen) for _ in range(count)])


def test_few_records_more_do_not_concern_all(rules):
    chosen = random.Random(7)
    store = Store(dict(enumerate(EVERYBODY, 1)), looser(rules))
    for _ in range(3):
        assert store.add([changed(chosen.choice(EVERYBODY), chosen)]) is not None


PERSON = {
    "kind": "person",
    "name_compare": "zoe quill",
    "name_latin": "quill zoe",
    "given_compare": "zoe",
    "given_root": "zoe",
    "family_compare": "quill",
    "source": "crm",
}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"alias_compare": "max moss"},
        {"phones": ["5551234"]},
        {"phones": ["+442075551234", "5551234"]},
        {"emails": ["zoe.quill@quill.test", "zq77@oak.test"]},
        {"birth_on": date(1970, 1, 1), "postcode_compare": "yo1"},
        {"house_number": "7", "street_compare": "mill lane"},
    ],
)
def test_what_a_new_record_says_is_looked_up(rules, more):
    """None of it concerns all, and so none is matched otherwise unseen."""
    two = ("crm", "shop")
    rows = [row | {"source": two[at % 2]} for at, row in enumerate(EVERYBODY)]
    rows[0] |= {"alias_compare": "old name"}
    store = Store(dict(enumerate(rows, 1)), looser(rules))
    assert store.add([PERSON | more, PERSON | more]) is not None
    assert store.add([PERSON | {"name_compare": "max moss"} | more]) is not None


def test_an_alias_that_calls_for_somebody_known_concerns_all(rules):
    """Their own names are keys only now, which no index has."""
    known = EVERYBODY[0]["name_compare"]
    store = Store(dict(enumerate(EVERYBODY, 1)), looser(rules))
    assert store.add([PERSON | {"alias_compare": known}]) is None
    assert store.add([PERSON | {"alias_compare": known}]) is not None


def test_records_without_a_source_are_looked_up(rules):
    rows = [{k: v for k, v in row.items() if k != "source"} for row in EVERYBODY]
    store = Store(dict(enumerate(rows, 1)), looser(rules))
    assert store.add(rows[:1]) is not None


def test_how_many_pairs_share_a_second_key_is_known_of_the_index(rules, monkeypatch):
    monkeypatch.setattr(entries, "FEW", 0)
    limit = looser(rules).limit.model_copy(update={"each": 0.2})
    tight = looser(rules).model_copy(update={"limit": limit})
    store = Store(dict(enumerate(EVERYBODY, 1)), tight)
    found = store.add([])
    assert found is not None
    narrowed = {kind: one.narrowed for kind, one in found.model.kinds.items()}
    assert any(any(rules.values()) for rules in narrowed.values())


def test_a_rule_whose_first_key_is_called_for_is_counted_once(rules):
    loose = looser(rules)
    two = {"keys": ("phones.local", "birth_on.year")}
    block = loose.block | {"two": loose.block["phone"].model_copy(update=two)}
    tight = loose.model_copy(update={"block": block})
    rows = [
        person("Anna", name, phone=phone, birth_on=date(1970, 1, 1), source=source)
        for at, name in enumerate("abel brandt costa dreyer eklund".split())
        for phone, source in ((f"+44207555{at:04}", "crm"), (f"7555{at:04}", "shop"))
    ]
    store = Store(dict(enumerate(rows, 1)), tight)
    assert store.add(rows[:1]) is not None
    assert store.add(rows[1:3]) is not None


def test_while_somebody_has_left_nothing_is_indexed(rules):
    """Also not of the other kind, of which his aliases call for somebody."""
    everybody = numbered(dict(enumerate(EVERYBODY, 1)))
    is_first = pl.col("record_id") == 1
    left = everybody.filter(is_first).with_columns(
        pl.lit(value=True).alias(IS_EVIDENCE)
    )
    there, gone = (encoded(each, rules) for each in (everybody.filter(~is_first), left))
    kinds = {"person", "company"}
    assert match(there, rules, keep_index=True).index.keys() == kinds
    both = {kind: beside(part, gone[kind]) for kind, part in there.items()}
    assert not match(both, rules, keep_index=True).index
