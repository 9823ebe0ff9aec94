"""Block: every pair once, bounded, in one kind, whatever the order of rows."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_builders import company, crowd, frame, person

from cleanse.block import CANDIDATE, block, blocking_of, build_blocks
from cleanse.block.form import sound
from cleanse.block.keys import key_values
from cleanse.encoded import encode
from cleanse.errors import RuleError
from cleanse.rulebook import Rulebook
from cleanse.schema import IS_EVIDENCE


def pairs_of(records: pl.DataFrame, rulebook: Rulebook, **limit: int) -> pl.DataFrame:
    rules = rulebook.matching
    rules = rules.model_copy(update={"limit": rules.limit.model_copy(update=limit)})
    return pl.concat([CANDIDATE.to_frame(), *block(records, rules)])


def test_a_pair_is_found_once_smaller_id_first(rulebook):
    one = person("ann", "lee", born="1980-02-03", phone="+15550001111")
    found = pairs_of(frame(one, one, one), rulebook)
    pairs = found.select("record_id_l", "record_id_r").sort(
        "record_id_l", "record_id_r"
    )
    assert pairs.rows() == list(combinations((1, 2, 3), 2))


def test_the_first_rule_that_finds_a_pair_gets_it(rulebook):
    one = person("ann", "lee", born="1980-02-03", phone="+15550001111")
    assert set(pairs_of(frame(one, one), rulebook)["blocking_rule"]) == {"phone"}


def test_persons_are_never_paired_with_companies(rulebook):
    shared = {"phone": "+15550001111", "email": "a@b.test"}
    records = frame(person("ann", "lee", **shared), company("ann lee", **shared))
    assert pairs_of(records, rulebook).is_empty()


def test_a_huge_block_is_split_by_a_second_key(rulebook):
    rows = [
        person("ann", "lee", born=f"19{50 + at % 40}-01-{1 + at % 28:02}")
        for at in range(600)
    ]
    twin = person("ann", "lee", born="2001-05-06")
    found = pairs_of(frame(*rows, twin, twin), rulebook)
    assert found.height < 600 * 60
    pairs = set(found.select("record_id_l", "record_id_r").rows())
    assert (601, 602) in pairs


def test_who_left_makes_no_word_of_a_name_common():
    rows = [company(f"{rare} {' '.join(WORDS)}") for rare in ("azure", "brass")]
    more = [company(f"{word} {at}") for word in WORDS for at in "12"]
    left = [company(f"{WORDS[0]} gone {at}") for at in range(30)]
    alone, with_them = frame(*rows, *more), frame(*rows, *more, *left)
    with_them = with_them.with_columns(
        pl.Series(IS_EVIDENCE, [at >= alone.height for at in range(with_them.height)])
    )
    key = "company_core.rare"
    keyed = [key_values(encode(records), key) for records in (alone, with_them)]
    found, still = (
        {*zip(each.places.tolist(), each.hashes.tolist(), strict=True)}
        for each in keyed
    )
    assert found <= still
    others = range(alone.height, with_them.height)
    assert {place for place, _ in still - found} == {*others}


WORDS = ("ember", "fjord", "grove", "haven")


def test_the_order_of_rows_changes_nothing(rulebook):
    records = frame(*crowd(60), *crowd(60)[:20])
    order = ["record_id_l", "record_id_r"]
    there = pairs_of(records, rulebook).sort(order)
    back = pairs_of(records.reverse(), rulebook).sort(order)
    assert there.equals(back)


def test_chunks_together_are_all_pairs(rulebook):
    records = frame(*crowd(300))
    whole = pairs_of(records, rulebook)
    parts = pairs_of(records, rulebook, chunk=1_000)
    order = ["record_id_l", "record_id_r"]
    assert parts.sort(order).equals(whole.sort(order))
    blocks = build_blocks(records, rulebook.matching, "person")
    assert len(list(blocks.chunks(200))) > 1


def test_missing_keys_make_no_block(rulebook):
    assert pairs_of(frame(*[person(None, None)] * 5), rulebook).is_empty()


@pytest.mark.parametrize(
    ("one", "two"), [("meyer", "mayer"), ("phillip", "filip"), ("knight", "night")]
)
def test_what_sounds_alike_shares_a_key(one, two):
    heard = pl.DataFrame({"name": [one, two]}).select(sound(pl.col("name")))
    assert heard["name"].n_unique() == 1


def test_an_unknown_form_is_refused():
    records = pl.DataFrame({"record_id": [0], "name": ["a"]})
    with pytest.raises(RuleError, match="unknown form"):
        key_values(encode(records), "name.nonsense")


@pytest.mark.parametrize("key", ["birth_on[:4]", "birth_on.sound", "name.year"])
def test_a_form_that_a_column_cannot_have_is_refused(key):
    born = pl.Series("birth_on", [date(1980, 2, 3)])
    records = pl.DataFrame({"record_id": [0], "name": ["a"]}).with_columns(born)
    with pytest.raises(RuleError, match="a day has the form"):
        key_values(encode(records), key)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.05, 0.5, 1.0]))
def test_blocks_touching_some_records_make_all_their_pairs(rulebook, seed, share):
    chosen = np.random.default_rng(seed)
    blocks = build_blocks(frame(*crowd(120)), rulebook.matching, "person")
    changed = chosen.random(len(blocks.record_ids)) < share

    def pairs(some):
        return {
            (left, right, rule)
            for chunk in some.chunks(500)
            for left, right, rule in zip(*chunk, strict=True)
            if changed[left] or changed[right]
        }

    some = blocks.touching(changed)
    assert pairs(some) == pairs(blocks)
    assert some.pair_count() <= blocks.pair_count()
    assert share or not some.pair_count()


@pytest.mark.parametrize("share", [0.05, 0.3, 1.0])
def test_blocks_around_some_records_make_all_their_pairs(rulebook, share, monkeypatch):
    blocking = blocking_of(encode(frame(*crowd(400))), rulebook.matching, "person")
    whole = blocking.blocks(blocking.names)
    monkeypatch.setattr("cleanse.block._FIRST_LOOK", 400 * share)
    some = blocking.sampled(1)

    def pairs(blocks):
        return {
            pair
            for chunk in blocks.chunks(500, share)
            for pair in zip(*chunk, strict=True)
        }

    assert some.share == share
    assert pairs(some) == pairs(whole)
    assert some.rules == whole.rules


def test_a_sample_holds_as_many_pairs_as_asked_for(rulebook, monkeypatch):
    monkeypatch.setattr("cleanse.block._FIRST_LOOK", 4)
    blocking = blocking_of(encode(frame(*crowd(400))), rulebook.matching, "person")
    whole = blocking.blocks(blocking.names)
    wanted = whole.pair_count() // 4
    some = blocking.sampled(wanted)
    assert some.share < 1.0
    assert sum(entry.pair_count() for entry in some.entries) >= wanted
    assert 0.5 < some.pair_count() / whole.pair_count() < 2.0
    assert blocking.sampled(10 * whole.pair_count()).report().equals(whole.report())
