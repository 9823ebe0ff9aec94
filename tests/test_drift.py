"""Drift: a model that no longer fits is announced, never silently replaced."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from match_builders import crowd, frame
from pipeline_builders import PEOPLE, ask, make_run, write_list

from cleanse.match import match
from cleanse.match.drift import beliefs_of, reasons_to_refit


@pytest.fixture(scope="module")
def listed(rulebook):
    records = frame(*crowd(300), *crowd(250))
    return records, match(records, rulebook.matching)


def test_the_records_that_a_model_was_estimated_on_need_no_refit(listed, rulebook):
    records, found = listed
    assert reasons_to_refit(records, found.pairs, found.model, rulebook.matching) == []


def test_tenfold_growth_is_told(listed, rulebook):
    records, found = listed
    grown = pl.concat([records.select("record_id", "kind")] * 10)
    told = reasons_to_refit(grown, found.pairs, found.model, rulebook.matching)
    assert told == ["it was estimated on 550 persons, of whom there are 5,500 now"]


def test_matches_that_agree_otherwise_are_told(listed, rulebook):
    records, found = listed
    moved = found.pairs.with_columns(level_phone=pl.lit(0, pl.Int8))
    told = reasons_to_refit(records, moved, found.model, rulebook.matching)
    assert len(told) == 1
    assert "agree in phone otherwise" in told[0]


def test_other_beliefs_are_told(listed, rulebook):
    records, found = listed
    rules = rulebook.matching
    prior = rules.prior.model_copy(update={"duplicates": 0.9})
    changed = rules.model_copy(update={"prior": prior})
    assert beliefs_of(rules) != beliefs_of(changed)
    told = reasons_to_refit(records, found.pairs, found.model, changed)
    assert len(told) == 1
    assert "matching.toml" in told[0]
    unknown = replace(found.model, beliefs="")
    assert reasons_to_refit(records, found.pairs, unknown, changed) == []


def test_a_run_announces_it_and_moves_nobody(tmp_path):
    store, path = tmp_path / "store", tmp_path / "crm.csv"
    make_run(store, write_list(path))
    more = [
        (
            f"N{at}",
            f"Given{at}",
            f"Name{at}",
            f"+44 20 7946 {at:04}",
            "",
            "Leeds",
            "2026-02-01",
        )
        for at in range(60)
    ]
    summary = make_run(store, write_list(path, [*PEOPLE, *more]), number=2)
    assert any("due for a refit" in note for note in summary.notes)
    assert ask(store, "select count(*) from model") == [(1,)]
    assert (summary.merged, summary.split) == (0, 0)


def test_where_the_bands_lie_the_rules_say(listed, rulebook):
    records, found = listed
    rules = rulebook.matching
    decide = rules.decide.model_copy(update={"match_at": 4.0})
    again = match(records, rules.model_copy(update={"decide": decide}), found.model)
    assert again.model.match_at == 4.0
    assert again.model.kinds == found.model.kinds
