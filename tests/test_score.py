"""Score and estimate: weights of evidence, held by shipped beliefs, refined by the list."""

from __future__ import annotations

import json

import numpy as np
import pytest
from match_builders import company, crowd, frame, person

from cleanse.errors import StoreError
from cleanse.match import estimate_model, match
from cleanse.score import Evidence, Model, Observed, evidence_bits, probability


def evidence(**changes: object) -> Evidence:
    values = {"m": (0.1, 0.9), "u": (0.99, 0.01), "related": (0.5, 0.5), "most": 20.0}
    return Evidence(**{"filled": 1_000.0, **values, **changes})  # type: ignore[arg-type]


def test_missing_gives_no_bits():
    bits, near = evidence_bits(evidence(), Observed(np.array([-1], np.int8)), 1.0)
    assert bits.tolist() == near.tolist() == [0.0]


def test_a_rare_value_counts_more_than_a_common_one():
    seen = Observed(np.array([1, 1], np.int8), np.array([2, 200], np.float32), 1_000)
    bits, _ = evidence_bits(evidence(), seen, 1.0)
    assert bits[0] > bits[1] + 3


def test_no_comparison_counts_more_than_its_most():
    bits, _ = evidence_bits(
        evidence(most=2.0), Observed(np.array([0, 1], np.int8)), 1.0
    )
    assert np.abs(bits).max() <= 2.0


def test_probability_of_even_odds():
    assert probability(np.array([0.0])).tolist() == [0.5]


def test_the_model_survives_json(rulebook):
    model = estimate_model(frame(*crowd(80), *crowd(30)), rulebook.matching)
    assert Model.from_json(model.to_json()) == model


def test_weights_and_prior_make_the_match_weight(rulebook):
    result = match(frame(*crowd(80), *crowd(30)), rulebook.matching)
    pairs = result.pairs
    parts = pairs.select(name for name in pairs.columns if name.startswith("weight_"))
    share = result.model.kinds["person"].match_share
    prior = np.log2(share) - np.log2(1 - share)
    expected = parts.sum_horizontal().to_numpy() + prior
    assert pairs["match_weight"].to_numpy() == pytest.approx(expected, abs=1e-3)


def test_a_shared_household_is_not_counted_field_by_field(rulebook):
    home = {
        "phone": "+442070000001",
        "house_number": "5",
        "street_compare": "elm st",
        "postcode_compare": "77777",
    }
    records = frame(
        *crowd(200), person("walter", "berg", **home), person("sylvia", "berg", **home)
    )
    result = match(records, rulebook.matching)
    pair = result.pairs.filter(record_id_l=201, record_id_r=202)
    assert pair.is_empty() or pair["weight_related"][0] < -3
    assert pair.is_empty() or pair["band"][0] != "match"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_lists(rulebook, count):
    result = match(frame(*crowd(count)), rulebook.matching)
    assert result.pairs.filter(band="match").is_empty()


def test_twelve_rows_follow_the_shipped_beliefs(rulebook):
    known = person("petra", "quist", born="1970-03-09", phone="+15550101010")
    again = person("petra", "quist", phone="+15550101010")
    result = match(frame(*crowd(10), known, again), rulebook.matching)
    matches = result.pairs.filter(band="match")
    assert matches.select("record_id_l", "record_id_r").rows() == [(11, 12)]


def test_a_branch_is_not_its_head_office(rulebook):
    records = frame(
        company("远大银行", "有限公司", phone="+8602012345678"),
        company("远大银行", "有限公司", branch="西湖支行", phone="+8602012345678"),
        company("华夏科技"),
        company("长江贸易"),
    )
    result = match(records, rulebook.matching)
    assert result.pairs.filter(band="match").is_empty()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"version": 1, "kinds": {"person": {"evidence": {}}}}'],
)
def test_a_model_that_is_not_understood_says_what_to_do(text):
    with pytest.raises(StoreError, match="start a new store"):
        Model.from_json(text)


def test_a_model_without_a_key_of_this_version_is_not_understood(rulebook):
    model = estimate_model(frame(*crowd(80), *crowd(30)), rulebook.matching)
    values = json.loads(model.to_json())
    del values["kinds"]["person"]["evidence"]["given"]["m"]
    with pytest.raises(StoreError):
        Model.from_json(json.dumps(values))
