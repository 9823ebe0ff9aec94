"""What decisions come to together: the newest wins, and nothing is lost for good."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.judgement import (
    DECISION,
    Judgement,
    Parting,
    judge,
    typed_digests,
)

DAY = date(2026, 5, 1)


def judged(*rows, lapsed=()) -> Judgement:
    """Judge decisions: (kind, record, other or value)."""
    told = []
    for number, (kind, one, two, *more) in enumerate(rows, 1):
        row = {"decision_id": number, "kind": kind, "record_id": one}
        row["other_record_id" if kind in {"match", "no_match"} else "value"] = two
        told.append(row | dict(*more))
    frame = pl.DataFrame(told, schema=DECISION)
    return judge(frame, DAY, lapsed)


def standings(judgement: Judgement) -> list[tuple[str, list[int]]]:
    return judgement.verdicts.select("standing", "against").rows()


def groups(judgement: Judgement) -> list[set[int]]:
    named = judgement.named.group_by("group", maintain_order=True).agg("record_id")
    return [set(members) for members in named["record_id"].to_list()]


def test_of_a_contradiction_the_newest_wins_and_the_loser_names_it():
    found = judged(("match", 1, 2), ("match", 2, 3), ("no_match", 1, 3))
    assert standings(found) == [("overruled", [2, 3]), ("binding", []), ("binding", [])]
    assert groups(found) == [{1}, {2, 3}]


def test_a_no_match_loses_to_a_newer_chain_of_matches():
    found = judged(("no_match", 1, 4), ("match", 1, 2), ("match", 2, 4))
    assert standings(found)[0] == ("overruled", [2, 3])


def test_what_overruled_is_taken_back_and_the_older_binds_again():
    rows = [("match", 1, 2), ("no_match", 1, 2)]
    assert standings(judged(*rows))[0] == ("overruled", [2])
    found = judged(*rows, ("withdraw", None, "2"))
    assert standings(found) == [("binding", []), ("withdrawn", [3]), ("binding", [])]


def test_the_same_word_twice_is_no_contradiction():
    found = judged(("match", 1, 2), ("match", 1, 2), ("kind", 3, "company"))
    assert {standing for standing, _ in standings(found)} == {"binding"}


def test_an_expired_or_lapsed_decision_does_not_bind():
    until = {"until_on": date(2026, 4, 30)}
    found = judged(("match", 1, 2, until), ("no_match", 3, 4), lapsed=[2])
    assert [standing for standing, _ in standings(found)] == ["expired", "lapsed"]
    assert groups(found) == []
    last_day = judged(("match", 1, 2, {"until_on": DAY}))
    assert standings(last_day) == [("binding", [])]


def test_a_split_keeps_together_who_leave_and_apart_who_stay():
    found = judged(("split", 1, Parting((1, 2), (3, 4)).as_value()))
    assert groups(found) == [{1, 2}, {3}, {4}]
    pairs = pl.DataFrame({"record_id_l": [1, 1, 2, 3], "record_id_r": [2, 3, 4, 4]})
    assert found.settled(pairs).to_list() == [True, False, False, None]


def test_a_newer_match_takes_one_out_of_a_split():
    rows = [("split", 1, Parting((1,), (3, 4)).as_value()), ("match", 1, 3)]
    found = judged(*rows)
    assert standings(found) == [("binding", [2]), ("binding", [])]
    assert found.settled(
        pl.DataFrame({"record_id_l": [1, 1], "record_id_r": [3, 4]})
    ).to_list() == [True, False]


def test_the_newest_pin_of_a_cell_stands():
    rows = [("pin", 1, value, {"field": "name"}) for value in ("A", "B")]
    found = judged(*rows, ("pin", 1, "C", {"field": "city"}))
    assert standings(found)[0] == ("overruled", [2])
    assert found.pins.rows() == [(1, "city", "C", 3), (1, "name", "B", 2)]


def test_a_tie_holds_through_a_record_that_is_not_there():
    found = judged(("match", 1, 2), ("match", 2, 3), ("no_match", 2, 9))
    there = pl.DataFrame({"record_id": [1, 3, 9]})
    assert found.bonds(there).rows() == [(1, 3, True), (1, 9, False)]


numbers = st.integers(1, 7)
pairs = st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1])
decisions = st.one_of(
    st.tuples(st.sampled_from(["match", "no_match"]), pairs),
    st.lists(numbers, min_size=2, max_size=5, unique=True).map(
        lambda each: ("split", (each[:-1], each[-1:]))
    ),
)


@settings(max_examples=200)
@given(told=st.lists(decisions, max_size=14))
def test_what_binds_is_free_of_contradiction_and_as_much_as_may(told):
    """Brute force: the newest first, each bond that the bonds before it allow."""
    rows = [
        (kind, *said)
        if kind != "split"
        else (kind, said[0][0], Parting(tuple(said[0]), tuple(said[1])).as_value())
        for kind, said in told
    ]
    found = judged(*rows)
    ties, parts = [], []
    for kind, said in reversed(told):
        if kind == "split":
            (first, *others), (stay,) = sorted(said[0]), said[1]
            asked = [(first, other, True) for other in others]
            asked += [(one, stay, False) for one in (first, *others)]
        else:
            asked = [(*said, kind == "match")]
        for one, two, is_match in asked:
            more = (
                ([*ties, (one, two)], parts)
                if is_match
                else (ties, [*parts, (one, two)])
            )
            if consistent(*more):
                ties, parts = more
    everybody = pl.DataFrame({"record_id": range(1, 8)})
    told_by = found.bonds(everybody).rows()
    label = labels(ties)
    bound = labels([row[:2] for row in told_by if row[2]])
    assert label == bound
    assert {frozenset((label[a], label[b])) for a, b in parts} == {
        frozenset((bound[a], bound[b])) for a, b, is_match in told_by if not is_match
    }


def labels(ties):
    label = {n: n for n in range(1, 8)}
    for one, two in ties:
        low, high = sorted((label[one], label[two]))
        label = {n: low if at == high else at for n, at in label.items()}
    return label


def consistent(ties, parts):
    label = labels(ties)
    return all(label[one] != label[two] for one, two in parts)


TYPED = {"record_id": 1, "name_raw": "Liam O'Neill", "phone_raw": "020 7946 0011"}


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"name_raw": "LIAM  ONEILL"}, True),
        ({"phone_raw": "(020) 79460011"}, True),
        ({"phone_raw": "０２０ 7946 0011"}, True),
        ({"note_raw": "pays late"}, True),
        ({"city_raw": None}, True),
        ({"phone_raw": "020 7946 0012"}, False),
        ({"phone_raw": None}, False),
        ({"city_raw": "Leeds"}, False),
        ({"name_raw": "Noel Neill"}, False),
    ],
)
def test_case_spaces_and_punctuation_do_not_change_a_record(change, is_same):
    one, two = (
        typed_digests(pl.DataFrame([row]))["typed"].item()
        for row in (TYPED, TYPED | change)
    )
    assert (one == two) == is_same


def test_the_digest_is_the_same_for_ever():
    """A digest is compared with one that an earlier version made."""
    assert typed_digests(pl.DataFrame([TYPED]))["typed"].item() == (
        "f5d05658f95691ec8c3470648ab08bed"
    )
