"""Training: labels in, what would change shown, a new version put into force or not."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from pipeline_builders import (
    NOW,
    ask,
    assert_equal,
    assert_same,
    make_run,
    published,
    state,
    take_back,
    write_list,
)
from typer.testing import CliRunner

from cleanse.cli import app
from cleanse.errors import GateError, InputError, UsageError
from cleanse.match import match
from cleanse.pipeline.labels import FORMS
from cleanse.pipeline.training import TrainRequest, TrainSummary, train
from cleanse.review import Decision, DecisionKind, add_decision
from cleanse.warehouse import open_store
from cleanse.warehouse.verify import verify_store

HEADS = ("id", "first name", "last name", "email", "phone", "city", "club")
GIVEN = "Anna Bela Carl Dora Emil Fay Gus Hana Ivan Jill Kurt Lena Milo Nina Otto Petra Quin Rosa Stan Tina".split()
FAMILY = "Abel Brandt Costa Dreyer Eklund Faber Grant Hollis Iversen Jonas Krause Lowe Mertens Nolan Ortega Petit Quist Renner Sorel Tamm".split()
CITIES = (
    "Leeds York Bath Hull Ely Derby Ripon Truro Wells Lincoln Exeter Durham".split()
)
PEOPLE, TWICE = 160, 50
"""A1-A160 are strangers; B1-B50 are A1-A50 again, B51-B100 namesakes of A51-A100."""


def rows() -> list[tuple[str, ...]]:
    """List people of whom only the club tells who is listed twice."""
    people = [
        (
            f"A{at + 1}",
            GIVEN[at % 20],
            FAMILY[(at // 20 + at * 7) % 20],
            f"{GIVEN[at % 20]}{at * 31}@example.com".lower(),
            f"+44 20 7946 {at * 61 % 9973:04}",
            CITIES[(at // 3 + at * 5) % 12],
            f"{FAMILY[at % 9]} club",
        )
        for at in range(PEOPLE)
    ]
    again = [
        (
            f"B{at + 1}",
            given,
            family,
            "",
            "",
            city,
            club if at < TWICE else f"{FAMILY[(at + 1) % 9]} club",
        )
        for at, (_, given, family, _, _, city, club) in enumerate(people[: 2 * TWICE])
    ]
    return [*people, *again]


@pytest.fixture
def store(tmp_path) -> Path:
    make_run(tmp_path / "store", write_list(tmp_path / "crm.csv", rows(), HEADS))
    return tmp_path / "store"


def write_labels(path: Path, heads: str, lines: list[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads.split(), *lines])
    return path


def truth(count: int = 100) -> list[tuple[object, ...]]:
    """Label A1-B1 … A100-B100."""
    told = [
        (f"A{at}", f"B{at}", "match" if at <= TWICE else "不是") for at in range(1, 101)
    ]
    return told[:: 100 // count]


PAIRS = "source_key_l source_key_r label"


def teach(store: Path, *files: Path, number: int = 9, **more: object) -> TrainSummary:
    request = TrainRequest(
        store=store,
        run_id=f"train-{number}",
        now=NOW,
        actor="test",
        files=files,
        **more,
    )
    return train(request)


def wrong(store: Path) -> int:
    """Count keys of A1-B1 … A100-B100 that are joined or parted wrongly."""
    found = dict(
        ask(store, "select source_key, customer_id from crosswalk where is_active")
    )
    return sum(
        (found[f"A{at}"] == found[f"B{at}"]) != (at <= TWICE) for at in range(1, 101)
    )


@pytest.fixture
def labels(tmp_path) -> Path:
    return write_labels(tmp_path / "labels.csv", PAIRS, truth())


def test_a_preview_writes_nothing(store, labels):
    before = state(store, ("run", "model", "model_label", "golden_record"))
    summary = teach(store, labels)
    assert summary.status == "previewed"
    assert summary.learned_from == 100
    assert summary.churn["records_moved"] > 0
    assert {row["event"] for row in summary.changes} & {"merged", "split"}
    assert_same(before, state(store, ("run", "model", "model_label", "golden_record")))


def test_more_churn_than_the_limit_stops_it(store, labels):
    with pytest.raises(GateError, match="change their customer"):
        teach(store, labels, apply=True)
    assert ask(store, "select count(*) from model") == [(1,)]


def test_what_is_applied_is_in_force_at_once_and_lasts(store, labels, tmp_path):
    mistakes = wrong(store)
    summary = teach(store, labels, apply=True, accept=True)
    assert (summary.status, summary.version_before, summary.version_after) == (
        "applied",
        1,
        2,
    )
    assert wrong(store) < mistakes / 2
    versions = ask(
        store,
        "select model_version, origin, from_version, label_count from model order by 1",
    )
    assert versions == [(1, "estimated", None, 0), (2, "trained", 1, 100)]
    assert ask(store, "select count(*), any_value(origin) from model_label") == [
        (100, "file labels.csv")
    ]
    tables = (
        "golden_record",
        "golden_cell",
        "crosswalk",
        "match_pair",
        "model",
        "model_label",
    )
    taught = state(store, tables)
    make_run(store, tmp_path / "crm.csv", number=3)
    assert_same(taught, state(store, tables))


def test_the_same_labels_again_change_nothing(store, labels):
    teach(store, labels, apply=True, accept=True)
    again = teach(store, labels, number=10, apply=True)
    assert again.status == "unchanged"
    assert teach(store, number=11).status == "unchanged"
    assert ask(store, "select count(*) from run") == [(2,)]


def test_labels_can_be_forgotten(store, labels):
    first = state(store, ("match_pair",))
    teach(store, labels, apply=True, accept=True)
    teach(store, number=10, forget=True, apply=True, accept=True)
    assert_same(first, state(store, ("match_pair",)))
    assert ask(store, "select count(*) from model_label where model_version = 3") == [
        (0,)
    ]


def test_decisions_of_stewards_teach_too(store):
    ids = dict(ask(store, "select source_key, record_id from record"))
    for left, right, said in truth():
        add_decision(
            store / "steward.sqlite",
            Decision(
                kind=DecisionKind.MATCH if said == "match" else DecisionKind.NO_MATCH,
                record_id=ids[left],
                other_record_id=ids[right],
                reason="asked them",
                actor="steward:wang",
                decided_at=datetime(2026, 3, 1, tzinfo=UTC),
            ),
        )
    summary = teach(store, apply=True, accept=True)
    assert summary.labels["decisions"] == 100
    assert ask(
        store, "select count(*) from model_label where origin like 'decision %'"
    ) == [(100,)]


def test_a_decision_goes_before_a_file(store, tmp_path):
    ids = dict(ask(store, "select source_key, record_id from record"))
    add_decision(
        store / "steward.sqlite",
        Decision(
            kind=DecisionKind.NO_MATCH,
            record_id=ids["B1"],
            other_record_id=ids["A1"],
            reason="twins",
            actor="steward:wang",
            decided_at=datetime(2026, 3, 1, tzinfo=UTC),
            until_on=date(2030, 1, 1),
        ),
    )
    teach(
        store, write_labels(tmp_path / "l.csv", PAIRS, truth()), apply=True, accept=True
    )
    pair = f"record_id_l = {ids['A1']} and record_id_r = {ids['B1']}"
    assert ask(store, f"select is_match, origin from model_label where {pair}") == [
        (False, "decision 1")
    ]


def test_records_may_be_labelled_by_number_by_key_or_in_groups(store, tmp_path):
    ids = dict(ask(store, "select source_key, record_id from record"))
    numbers = [(ids[a], ids[b], label) for a, b, label in truth()]
    by_number = write_labels(
        tmp_path / "n.csv", "record_id_l record_id_r label", numbers
    )
    sourced = [("crm", a, "crm", b, label) for a, b, label in truth()]
    heads = "source_l source_key_l source_r source_key_r label"
    by_key = write_labels(tmp_path / "k.csv", heads, sourced)
    groups = [(f"A{at}", at) for at in range(1, 101)]
    groups += [(f"B{at}", at if at <= TWICE else 1000 + at) for at in range(1, 101)]
    grouped = write_labels(tmp_path / "g.csv", "source_key group", groups)
    one, two, three = (teach(store, each) for each in (by_number, by_key, grouped))
    assert one.figures == two.figures
    assert three.learned_from >= 100


def test_labels_that_say_nothing_are_counted(store, tmp_path):
    told = [*truth(), ("A1", "B2", "unsure"), ("A1", "Z9", "match"), ("A3", "B3", "no")]
    summary = teach(store, write_labels(tmp_path / "l.csv", PAIRS, told))
    assert summary.labels["unsure"] == 1
    assert summary.labels["unknown"] == 1
    assert summary.labels["contradicting"] == 2
    assert summary.learned_from == 99


@pytest.mark.parametrize(
    ("heads", "line", "said"),
    [
        (PAIRS, ("A1", "B1", "perhaps"), "neither match nor no_match"),
        (PAIRS, ("Q1", "Q2", "match"), "none of its 1 rows"),
        ("record_id_l record_id_r label", ("A1", "B1", "yes"), "source_key_l"),
        ("left right label", ("A1", "B1", "yes"), "no column 'record_id_l'"),
        (
            "source_key_l source_key_r lable",
            ("A1", "B1", "yes"),
            "did you mean 'lable'",
        ),
    ],
)
def test_a_file_that_is_no_labels_says_so(store, tmp_path, heads, line, said):
    path = write_labels(tmp_path / "l.csv", heads, [line])
    with pytest.raises(InputError) as told:
        teach(store, path)
    assert said in str(told.value)
    assert not {"A1", "B1", "Q1"} & set(str(told.value).replace(FORMS, "").split())


def test_a_store_without_a_run_has_nothing_to_learn(tmp_path):
    with pytest.raises(UsageError, match="no run"):
        teach(tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_refit_without_labels_is_what_a_first_run_estimates(store, rulebook):
    summary = teach(store, refit=True, apply=True)
    with open_store(store, actor="test") as opened:
        known = opened.known()
        fresh = match(known.active(known.record_columns), rulebook.matching)
        assert known.model == fresh.model.to_json()
    assert summary.status in {"unchanged", "applied"}


def test_a_refit_is_taken_back_with_its_frequencies(tmp_path):
    """The first model has seen half of the list; a refit counts the whole of it."""
    model = "select model from model order by model_version desc limit 1"
    counted = "from model_frequency order by all"
    store, crm = tmp_path / "store", tmp_path / "crm.csv"
    make_run(store, write_list(crm, rows()[:130], HEADS), number=1)
    make_run(store, write_list(crm, rows(), HEADS), number=2)
    before, pairs = published(store), state(store, ("match_pair",))
    was = (ask(store, model), ask(store, counted))
    teach(store, refit=True, apply=True, accept=True, number=3)
    refitted = (ask(store, model), ask(store, counted))
    assert refitted[0] != was[0]
    assert refitted[1] != was[1]
    take_back(store, 3, 4)
    assert (ask(store, model), ask(store, counted)) == was
    assert_equal(published(store), before)
    assert_same(pairs, state(store, ("match_pair",)))
    assert verify_store(store).is_whole
    take_back(store, 4, 5)
    assert (ask(store, model), ask(store, counted)) == refitted


def test_the_command_tells_what_it_would_do(store, labels):
    told = CliRunner().invoke(app, ["train", str(labels), "--store", str(store)])
    assert told.exit_code == 0
    assert "100 learned from" in told.output
    assert "Nothing was written" in told.output
    as_json = CliRunner().invoke(
        app, ["train", str(labels), "--store", str(store), "--json"]
    )
    facts = json.loads(as_json.stdout)
    assert facts["status"] == "previewed"
    assert facts["figures"][0]["labels"] == 100
    assert pl.DataFrame(facts["moved"]).columns[:3] == ["kind", "comparison", "level"]
