"""Explanations: they say what the run did, and what would have changed it."""

from __future__ import annotations

from string import Formatter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_builders import crowd, frame, person
from pipeline_builders import HEADS, PEOPLE, ask, customers, make_run, write_list

from cleanse.block import block
from cleanse.block.trace import trace_pair
from cleanse.cluster import cluster, opinions_between
from cleanse.compare import LEVELS, compare, derive, prepare
from cleanse.compare.frequency import Frequencies
from cleanse.compare.name_keys import with_name_keys
from cleanse.encoded import encode
from cleanse.errors import InputError
from cleanse.match import estimate_model
from cleanse.pipeline import explaining_context
from cleanse.pipeline.balance import balance_of, tipping
from cleanse.pipeline.explaining import explain
from cleanse.pipeline.explaining_customer import explain_any, explain_customer
from cleanse.pipeline.explaining_words import SENTENCES, Words, say
from cleanse.rulebook import load_rulebook
from cleanse.schema import ID_FIELDS
from cleanse.score import score

BOOK = load_rulebook()
RULES = BOOK.matching
WORDS = Words(BOOK.vocabulary)


@pytest.mark.parametrize(
    ("kind", "level"),
    [(k, level.name) for k, levels in LEVELS.items() for level in levels if level >= 0],
)
def test_every_level_has_words_in_both_languages(kind, level):
    said = WORDS.level("tax_id" if kind == "identifier" else kind, kind, level)
    assert said.english != f"{kind}.{level}"
    assert not said.chinese.isascii()


@pytest.mark.parametrize("name", [*LEVELS, *ID_FIELDS, "wechat", "qq", "website"])
def test_every_comparison_has_a_noun(name):
    if name not in {"handle", "identifier", "extra"}:
        assert not WORDS.noun(name).chinese.isascii() or name == "qq"


def test_strengths_go_by_bits_and_sign():
    said = [WORDS.strength(bits).english for bits in (14, 3, 0.1, -0.1, -3, -14)]
    assert said == [
        "very strong evidence for",
        "evidence for",
        "hardly any evidence",
        "hardly any evidence",
        "evidence against",
        "very strong evidence against",
    ]


@pytest.mark.parametrize("what", SENTENCES)
def test_both_forms_of_a_sentence_take_the_same_values(what):
    taken = [set(_fields(text)) for text in SENTENCES[what]]
    assert taken[0] == taken[1]


def _fields(text):
    return [name for _, name, _, _ in Formatter().parse(text) if name]


# ---------------------------------------------------------------- balance


@pytest.fixture(scope="module")
def scored():
    """Pairs of a small list, scored by its own model."""
    twins = [
        person("anna", "abel", born="1980-02-03", phone="+442070000001"),
        person("anna", "abel", born="1980-02-03", phone="+442070000001"),
        person("bela", "abel", born="1981-05-06", phone="+442070000001"),
        person("anna", "abel", born="1991-12-30", email="anna.abel@mail.test"),
    ]
    records = frame(*twins, *crowd(60))
    model = estimate_model(records, RULES)
    ids = [(left, right) for left in range(1, 5) for right in range(left + 1, 9)]
    pairs = pl.DataFrame(ids, ("record_id_l", "record_id_r"), orient="row")
    pairs = pairs.with_columns(blocking_rule=pl.lit("x"))
    told = score(compare(records, pairs), model, "person")
    return told, model.kinds["person"]


def test_the_parts_add_up_to_the_match_weight(scored):
    told, model = scored
    for row in told.iter_rows(named=True):
        balance = balance_of(row, model)
        assert balance.weight == pytest.approx(row["match_weight"], abs=0.05)
        assert balance.related == pytest.approx(row["weight_related"], abs=0.05)
        name = next(iter(balance.bits))
        same = balance.replaced(name, balance.bits[name], balance.near[name])
        assert same == pytest.approx(balance.weight)


def test_without_a_comparison_is_as_if_nobody_had_the_column(scored):
    told, model = scored
    row = told.row(0, named=True)
    balance = balance_of(row, model)
    bare = {
        **row,
        "level_birth": -1,
        "weight_birth": 0.0,
        "match_weight": balance.without({"birth"}),
    }
    again = balance_of({**bare, "weight_related": None}, model)
    assert again.related == pytest.approx(
        bare["match_weight"] - sum(again.bits.values()) - balance.prior, abs=1e-6
    )


def test_what_tips_a_pair_does_tip_it(scored):
    told, model = scored
    for row in told.iter_rows(named=True):
        weight = row["match_weight"]
        for at in (weight - 3, weight + 3):
            for tip in tipping(balance_of(row, model), row, model, at):
                assert (tip.match_weight >= at) != (weight >= at)


# ---------------------------------------------------------------- blocking


NAMES = st.sampled_from(["anna", "annie", "bela", "carl", None])
ROWS = st.lists(
    st.builds(
        person,
        NAMES,
        st.sampled_from(["abel", "brandt", None]),
        phone=st.sampled_from(["+442070000001", "+442070000002"]),
        house_number=st.sampled_from(["1", "2", None]),
        postcode_compare=st.sampled_from(["a1", "b2"]),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=25)
@given(ROWS, st.sampled_from([2, 3, 60]))
def test_trace_says_found_exactly_where_blocking_finds(rows, limit):
    records = frame(*rows)
    rules = RULES.model_copy(
        update={"limit": RULES.limit.model_copy(update={"block": limit})}
    )
    found = {pair[:2] for part in block(records, rules) for pair in part.iter_rows()}
    last = records.height
    traced = trace_pair(records, rules, "person", (1, last))
    hit = bool(set(traced["outcome"]) & {"found", "split"})
    assert hit == ((1, last) in found)


def test_trace_names_large_blocks_and_missing_keys():
    rows = [person("anna", None, phone="+442070000001") for _ in range(5)]
    records = frame(*rows).with_columns(birth_on=pl.lit(None, pl.Date))
    rules = RULES.model_copy(
        update={
            "limit": RULES.limit.model_copy(update={"block": 3}),
            "tighten": ("birth_on",),
        }
    )
    traced = trace_pair(records, rules, "person", (1, 2))
    by = {row["blocking_rule"]: row for row in traced.iter_rows(named=True)}
    assert (by["phone"]["outcome"], by["phone"]["record_count"]) == ("too_large", 5)
    assert (by["birth"]["outcome"], by["birth"]["left"]) == ("missing", None)
    idle = trace_pair(records, RULES, "person", (1, 2), idle=["phone"])
    assert idle.row(by_predicate=pl.col("blocking_rule") == "phone")[-1] == "idle"


def test_a_pair_weighs_among_its_relatives_what_it_weighs_among_all(monkeypatch):
    twins = [
        person("anna", "abel", born="1980-02-03", phone="+442070000001"),
        person("anna", "abel", born="1981-02-03", phone="+442070000001"),
        person("anne", "abell", phone="+442070000001", email="anna@mail.test"),
    ]
    records = frame(*twins, *crowd(300))
    model = estimate_model(records, RULES)
    monkeypatch.setattr(explaining_context, "FEW", 0)
    monkeypatch.setattr(explaining_context, "COMMON", 0.2)
    for pair in ((1, 2), (1, 3), (2, 40), (50, 60)):
        few = explaining_context.relatives(records, pair)
        assert few.height < records.height
        one = pl.DataFrame({"record_id_l": pair[:1], "record_id_r": pair[1:]})
        told = [
            score(compare(each, one, Frequencies(_counted(records))), model, "person")
            for each in (few, records)
        ]
        assert told[0].drop("match_weight").equals(told[1].drop("match_weight"))
        assert told[0]["match_weight"][0] == pytest.approx(told[1]["match_weight"][0])


def _counted(records):
    counted = Frequencies()
    prepare(*with_name_keys([encode(derive(records))]), counted)
    return counted.frame()


# ---------------------------------------------------------------- clusters


def test_what_keeps_two_groups_apart_is_what_clustering_saw():
    pairs = pl.DataFrame(
        {
            "record_id_l": [1, 2, 1, 1, 3],
            "record_id_r": [2, 3, 3, 4, 4],
            "match_weight": [12.0, 1.5, -9.0, -9.0, 8.0],
            "weight_birth": [3.0, 1.0, -9.0, -9.0, 3.0],
        }
    )
    groups = cluster(pairs, pl.DataFrame({"record_id": [1, 2, 3, 4]}), RULES)
    assert groups["cluster_id"].to_list() == [1, 1, 3, 3]
    opinions, worth = opinions_between(pairs, [1, 2], [3, 4])
    assert worth < RULES.decide.match_at
    assert opinions.row(0)[:2] == (2, 3)
    assert opinions_between(pairs, [1], [2])[1] >= RULES.decide.match_at


# ---------------------------------------------------------------- from a store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explain")
    people = list(PEOPLE)
    people[2] = ("A3", "Miriam", "Oakes", "+44 20 7946 0099", "", "York", "2026-01-03")
    people += [
        ("A7", "Mirjam", "Oakes", "+44 20 7946 0099", "", "York", "2026-01-03"),
        ("A8", "M", "Oakes", "+44 20 7946 0099", "mo@oakes.example", "", "2026-01-03"),
    ]
    make_run(folder / "store", write_list(folder / "crm.csv", people, HEADS))
    return folder / "store"


def test_a_kept_pair_is_told_as_the_run_weighed_it(store):
    told = explain(store, None, 1, 2)
    weight = ask(
        store,
        "select match_weight from match_pair where record_id_l=1 and record_id_r=2",
    )[0][0]
    assert told.match_weight == weight
    by = {row["comparison"]: row for row in told.comparisons}
    assert by["family"]["frequency"] == 2
    assert "only these two" in by["family"]["sentence"]
    assert "仅此两条" in by["family"]["sentence_zh"]
    parts = {row["part"]: row["bits"] for row in told.balance}
    assert parts["prior"] + parts["fields"] + parts["related"] == pytest.approx(
        parts["total"], abs=0.05
    )
    assert any("blocking rule" in one.english for one in told.said)


def test_a_pair_that_was_not_kept_says_why(store):
    told = explain(store, None, 1, 4)
    assert told.band == "no_match"
    assert {"differs", "missing"} >= {row["outcome"] for row in told.blocking}
    english = " ".join(one.english for one in told.said)
    assert "No blocking rule" in english
    assert "two customers" in english
    assert "bits more" in english


def test_sides_do_not_matter(store):
    one, two = explain(store, None, 1, 2), explain(store, None, 2, 1)
    assert one.match_weight == two.match_weight
    assert one.said == two.said
    assert [r["left"] for r in one.comparisons] == [r["right"] for r in two.comparisons]


def test_a_customer_is_told_with_its_weakest_link(store):
    of = customers(store)
    told = explain_customer(store, None, of["A1"].lower())
    assert told.customer_id == of["A1"]
    assert [row["record_id"] for row in told.records] == [1, 2]
    assert [row["weakest"] for row in told.pairs] == [True]
    assert "Weakest link" in told.said[1].english
    alone = explain_customer(store, None, of["A4"])
    assert alone.said[0] == say("alone")


def test_two_customers_are_told_by_their_strongest_pair(store):
    of = customers(store)
    told, _ = explain_any(store, None, of["A1"], of["A4"])
    assert {row["customer_id"] for row in told.records} == {of["A1"], of["A4"]}
    with pytest.raises(InputError, match="one customer"):
        explain_any(store, None, of["A1"], of["A1"])
    with pytest.raises(InputError, match="99"):
        explain_any(store, None, "1", "99")
