"""Learn: labels refine the model, a few of them or wrong ones do no harm."""

from __future__ import annotations

import random
from dataclasses import dataclass

import polars as pl
import pytest
from match_builders import crowd, frame, person

from cleanse.cluster import cluster
from cleanse.match import Before, MatchResult, match
from cleanse.match.learn import LABEL, MOVED, Lesson, learn
from cleanse.rulebook.matching import MatchRules
from cleanse.score import Model

STRANGERS, TWICE = 240, 80


def doubtful() -> list[dict[str, object]]:
    """Make strangers, people listed twice, and namesakes, whom only x_team tells apart.

    How much the user's own field tells, no shipped belief can know.
    """
    people = [
        one | {"x_team": f"team {at % 9}", "city_compare": f"city {at % 23}"}
        for at, one in enumerate(crowd(STRANGERS))
    ]
    again = [
        person(
            str(one["given_compare"]),
            str(one["family_compare"]),
            city_compare=one["city_compare"],
            x_team=one["x_team"] if at < TWICE else f"team {(at + 1) % 9}",
        )
        for at, one in enumerate(people[: 2 * TWICE])
    ]
    return [*people, *again]


def is_match(left: int, right: int) -> bool:
    return right - left == STRANGERS and left <= TWICE


@dataclass(frozen=True)
class Classroom:
    """A list, what matching finds in it, and a teacher who knows the truth."""

    records: pl.DataFrame
    rules: MatchRules
    found: MatchResult

    def labels(self, count: int, wrong: int = 0) -> pl.DataFrame:
        """Label unsure pairs, the first of them wrongly."""
        pairs = self.found.pairs.filter(pl.col("match_weight").abs() < 6)
        rows = pairs.select("record_id_l", "record_id_r").sort(pl.all()).rows()
        random.Random(5).shuffle(rows)
        told = [
            (left, right, is_match(left, right) != (at < wrong))
            for at, (left, right) in enumerate(rows[:count])
        ]
        return pl.DataFrame(told, schema=LABEL, orient="row")

    def teach(self, labels: pl.DataFrame, model: Model | None = None) -> Lesson:
        return learn(
            self.records,
            self.rules,
            model or self.found.model,
            self.found.frequencies,
            labels,
        )

    def wrong(self, model: Model) -> int:
        """Count pairs wrongly joined or parted under a model."""
        before = Before(
            frequencies=self.found.frequencies,
            inputs=self.found.inputs.clear(),
            pairs=self.found.pairs.clear(),
        )
        pairs = match(self.records, self.rules, model, before).pairs
        groups = cluster(pairs, self.records, self.rules).group_by("cluster_id")
        joined = {
            (a, b)
            for _, ids in groups.agg("record_id").iter_rows()
            for a in ids
            for b in ids
            if a < b
        }
        truth = {(at, at + STRANGERS) for at in range(1, TWICE + 1)}
        return len(joined ^ truth)


@pytest.fixture(scope="module")
def room(rulebook) -> Classroom:
    records, rules = frame(*doubtful()), rulebook.matching
    return Classroom(records, rules, match(records, rules))


def test_without_labels_nothing_is_learned(room):
    lesson = room.teach(LABEL.to_frame())
    assert lesson.model == room.found.model
    assert lesson.figures.is_empty()
    assert lesson.moved.is_empty()


def test_labels_make_the_model_better(room):
    lesson = room.teach(room.labels(150))
    figures = lesson.figures.row(0, named=True)
    assert figures["is_learned"]
    assert figures["loss_with"] < figures["loss_without"] - 0.1
    assert figures["wrong_with"] <= figures["wrong_without"]
    assert room.wrong(lesson.model) < room.wrong(room.found.model) / 2


def test_what_is_learned_is_what_the_labels_say(room):
    moved = room.teach(room.labels(150)).moved.filter(comparison="x_team")
    change = {
        row["level"]: row["bits_after"] - row["bits_before"] for row in moved.to_dicts()
    }
    assert change["SAME"] > 0.3
    assert change["ELSE"] < -0.3


def test_five_labels_move_little(room):
    lesson = room.teach(room.labels(5))
    moves = lesson.moved["bits_after"] - lesson.moved["bits_before"]
    assert moves.abs().max() is None or moves.abs().max() < 1.0
    assert room.wrong(lesson.model) <= room.wrong(room.found.model)


@pytest.mark.parametrize(("count", "wrong"), [(5, 5), (50, 5)], ids=["all", "a tenth"])
def test_wrong_labels_do_no_harm(room, count, wrong):
    lesson = room.teach(room.labels(count, wrong))
    before, after = room.wrong(room.found.model), room.wrong(lesson.model)
    assert after <= before + 4


def test_labels_that_tell_what_is_known_teach_nothing(room):
    strangers = [(at, at + 11, False) for at in range(1, 60)]
    lesson = room.teach(pl.DataFrame(strangers, schema=LABEL, orient="row"))
    assert lesson.figures["labels"].to_list() == [59]
    assert lesson.model == room.found.model


def test_the_order_of_labels_and_rows_changes_nothing(room):
    labels = room.labels(60)
    there = room.teach(labels)
    mirrored = Classroom(room.records.reverse(), room.rules, room.found)
    back = mirrored.teach(labels.reverse())
    assert there.model == back.model
    assert there.moved.equals(back.moved)


def test_learning_twice_is_learning_once(room):
    labels = room.labels(80)
    once = room.teach(labels).model
    twice = room.teach(labels, once)
    assert twice.model == once
    assert twice.moved.is_empty()


def test_labels_can_be_forgotten(room):
    taught = room.teach(room.labels(80)).model
    assert taught != room.found.model
    forgotten = room.teach(LABEL.to_frame(), taught)
    assert forgotten.model == room.found.model
    assert forgotten.moved.height


def test_labels_of_records_that_are_gone_are_not_used(room):
    labels = pl.DataFrame([(1, 99_999, True)], schema=LABEL, orient="row")
    lesson = room.teach(labels)
    assert lesson.used.is_empty()
    assert lesson.model == room.found.model


def test_what_a_customer_is_is_not_learned(room):
    moved = room.teach(room.labels(150)).moved
    assert moved.schema == MOVED
    fixed = [
        n for n, one in room.found.model.kinds["person"].evidence.items() if one.fixed
    ]
    assert moved.filter(pl.col("comparison").is_in(fixed)).is_empty()


def test_a_taught_model_survives_json_and_an_untaught_one_does_not_tell(room):
    taught = room.teach(room.labels(150)).model
    assert Model.from_json(taught.to_json()) == taught
    assert '"learned"' in taught.to_json()
    assert '"learned"' not in room.found.model.to_json()
