"""Undo, in numbers: the customers are those that would be there without the runs withdrawn."""

from __future__ import annotations

from collections import Counter

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_identify_assign import (
    Store,
    brute_force,
    objectives,
    without_younger_wholes,
)

from cleanse.identify import (
    assign_as_if,
    assign_customer_ids,
    assign_moved,
    go_back,
    run_to_go_back_to,
    runs_that_count,
    told_without,
)
from cleanse.identify.bipartite import Edge
from cleanse.identify.withdrawal import TOLD

Clusters = list[set[int]]


class Undoing(Store):
    """Also keeps what an undo needs: every event, and which run withdrew which."""

    def __init__(self) -> None:
        super().__init__()
        self.undoes: dict[int, int | None] = {}
        self.all_events = TOLD.to_frame()

    def take_in(self, clusters: Clusters) -> None:
        """Run once, from a history that leaves out what is withdrawn."""
        self.undoes[self.run + 1] = None
        gone = frozenset(self.undoes) - runs_that_count(self.undoes)
        known = (
            frame(clusters),
            told_without(self.history, self.customers, gone),
            self.customers,
            self.next_number,
        )
        made = assign_customer_ids(*known, run_number=self.run + 1)
        moved = assign_moved(*known, run_number=self.run + 1)
        assert moved.events.equals(made.events)
        assert moved.customers.equals(made.customers)
        self.take(made)

    def undo(self, run: int, clusters: Clusters) -> None:
        """Withdraw a run; clusters are those of the records that stand without it."""
        number = self.run + 1
        self.undoes[number] = run
        counting = runs_that_count(self.undoes)
        beginning = go_back(
            self.history,
            self.customers,
            self.all_events,
            to_run=run_to_go_back_to(self.undoes),
            counting=counting,
            withdrawn=frozenset(self.undoes) - counting,
            run_number=number,
        )
        made = assign_as_if(
            frame(clusters),
            beginning,
            self.history,
            self.customers,
            self.next_number,
            run_number=number,
        )
        self.take(made)

    def take(self, made) -> None:
        self.run += 1
        self.keep(made)
        told = made.events.select(
            run_number=pl.lit(self.run, pl.Int64),
            customer_id="customer_id",
            event="event",
            other_id="other_id",
        )
        self.all_events = pl.concat([self.all_events, told])

    @property
    def members(self) -> dict[int, str]:
        """Customer by active record."""
        rows = self.history.filter("is_active").select("record_id", "customer_id")
        return dict(rows.iter_rows())

    def statuses(self, ids) -> dict[str, tuple[str, str | None]]:
        rows = self.customers.select("customer_id", "status", "successor").iter_rows()
        return {row[0]: row[1:] for row in rows if row[0] in ids}


def frame(clusters: Clusters) -> pl.DataFrame:
    rows = [(r, min(c), None) for c in clusters for r in c]
    schema = {"record_id": pl.Int64, "cluster_id": pl.Int64, "kind": pl.String}
    return pl.DataFrame(rows, schema, orient="row")


def groups(labels: list[int]) -> Clusters:
    """Group records 1, 2, … by label; 0: the record is not there."""
    found: dict[int, set[int]] = {}
    for record, label in enumerate(labels, 1):
        if label:
            found.setdefault(label, set()).add(record)
    return list(found.values())


partition = st.lists(st.integers(0, 3), min_size=6, max_size=6).map(groups)
runs = st.lists(partition, min_size=2, max_size=4)


def test_a_number_withdrawn_is_a_tombstone_and_comes_back():
    store = Undoing()
    store.take_in([{1, 2}])
    store.take_in([{1}, {2}, {3}])
    part, new = store.members[2], store.members[3]
    store.undo(2, [{1, 2}])
    assert store.told() == {
        (part, "withdrawn", None),
        (new, "withdrawn", None),
        (store.members[1], "kept", None),
    }
    assert store.resolve(new)["status"] == "withdrawn"
    store.take_in([{1, 2}, {4}])
    assert store.members[4] not in (part, new)
    store.take_in([{1}, {2}, {3}, {4}])
    assert (store.members[2], store.members[3]) == (part, new)


def test_a_withdrawn_number_whose_records_return_to_another_resolves_to_it():
    store = Undoing()
    store.take_in([{1}])
    store.take_in([{1}, {2}])
    gone = store.members[2]
    store.undo(2, [{1}])
    store.take_in([{1, 2}])
    assert store.resolve(gone)["customer_id"] == store.members[1]


def test_a_merge_of_a_run_that_is_withdrawn_is_no_more():
    store = Undoing()
    store.take_in([{1}, {2}])
    before = store.members
    store.take_in([{1, 2}])
    store.undo(2, [{1}, {2}])
    assert store.members == before
    assert (before[2], "restored", before[1]) in store.told()


def test_what_a_later_run_did_stays():
    store = Undoing()
    store.take_in([{1, 2}, {3}, {4}])
    store.take_in([{1, 2}, {3}, {4}, {5}])
    withdrawn = store.members[5]
    store.take_in([{1}, {2}, {3, 4}, {5}, {6}])
    later = store.members
    store.undo(2, [{1}, {2}, {3, 4}, {6}])
    assert store.members == {r: later[r] for r in (1, 2, 3, 4, 6)}
    assert store.told() == {(withdrawn, "withdrawn", None)}


def test_a_later_record_does_not_keep_a_number_that_is_withdrawn():
    store = Undoing()
    store.take_in([{1}])
    store.take_in([{1}, {2}])
    withdrawn = store.members[2]
    store.take_in([{1}, {2, 3}])
    store.undo(2, [{1}, {3}])
    assert store.members[3] != withdrawn
    assert store.resolve(withdrawn)["status"] == "withdrawn"
    store.undo(4, [{1}, {2, 3}])
    assert store.members[3] == withdrawn


def test_records_that_a_later_run_has_too_keep_the_number():
    store = Undoing()
    store.take_in([{1}])
    store.take_in([{1}, {2}, {3, 4}])
    before = store.members
    store.take_in([{1}, {2}, {3, 4}])
    store.undo(2, [{1}, {2}, {3, 4}])
    assert store.members == before
    assert store.told() == set()


@settings(max_examples=60)
@given(runs)
@example([[{4, 6}], [{4}], [{2}], [{2, 6}, {4}]])
def test_a_repeat_changes_nothing_whatever_was_before(past):
    store = Undoing()
    for clusters in [*past, past[-1]]:
        store.take_in(clusters)
    assert store.told() == set()


@settings(max_examples=60)
@given(runs, partition)
@example([[{4, 6}], [{4}], [{2}], [{2, 6}, {4}]], [])
def test_undoing_the_last_run_leaves_what_was_before_and_again_what_it_made(past, last):
    store = Undoing()
    for clusters in past:
        store.take_in(clusters)
    before, ids = store.members, set(store.customers["customer_id"])
    statuses = store.statuses(ids)
    store.take_in(last)
    after, all_ids = store.members, set(store.customers["customer_id"])
    made = store.statuses(all_ids)
    store.undo(store.run, past[-1])
    assert store.members == before
    assert store.statuses(ids) == statuses
    others = store.statuses(all_ids - ids).values()
    assert all(status == "withdrawn" for status, _ in others)
    store.take_in(last)
    assert store.members == after
    assert store.statuses(all_ids) == made
    store.undo(store.run - 1, last)
    assert store.members == after


@settings(max_examples=60)
@given(runs, partition, partition)
def test_a_run_after_an_undo_is_what_it_would_be_without_both(past, gone, later):
    """But for numbers never issued before: those follow the withdrawn ones."""
    one, other = Undoing(), Undoing()
    for clusters in past:
        one.take_in(clusters)
        other.take_in(clusters)
    known = set(other.customers["customer_id"])
    one.take_in(gone)
    one.undo(one.run, past[-1])
    for store in (one, other):
        store.take_in(later)
    for record, customer in other.members.items():
        if customer in known or one.members[record] in known:
            assert one.members[record] == customer
    assert one.statuses(known) == other.statuses(known)


@settings(max_examples=40)
@given(runs, st.data())
def test_undo_in_any_order_keeps_the_laws_of_numbers(past, data):
    """Undo anything at any time: one customer per cluster, IDs resolve, nobody else bears them."""
    store, made = Undoing(), {}
    for clusters in past:
        store.take_in(clusters)
        made[store.run] = clusters
    for _ in range(4):
        counting = sorted(runs_that_count(store.undoes))
        target = data.draw(st.sampled_from(counting))
        after = store.undoes | {store.run + 1: target}
        acting = [r for r in runs_that_count(after) if after[r] is None]
        store.undo(target, made[max(acting)] if acting else [])
        members, clusters = store.members, made[max(acting)] if acting else []
        assert len(set(members.values())) == len(clusters)
        assert all(len({members[r] for r in c}) == 1 for c in clusters)
        for customer in store.customers["customer_id"]:
            assert store.resolve(customer)["status"] in (
                "active",
                "retired",
                "withdrawn",
            )


@settings(max_examples=100)
@given(partition, partition)
def test_numbers_that_come_back_equal_brute_force(first, later):
    """Of those withdrawn as many as can, then with as many records as can be, then the oldest."""
    store = Undoing()
    store.take_in([{9}])
    store.take_in([{9}, *first])
    was = store.members
    store.undo(2, [{9}])
    store.take_in([{9}, *later])
    number = dict(store.customers.select("customer_id", "number").iter_rows())
    shared = Counter((number[was[r]], min(c)) for c in later for r in c if r in was)
    edges = [Edge(n, c, count, 0) for (n, c), count in sorted(shared.items())]
    now = {min(c): number[store.members[min(c)]] for c in later}
    back = {n: c for c, n in now.items() if (n, c) in shared}
    assert objectives(back, edges) == brute_force(without_younger_wholes(edges))
    assert all(
        n > max(number[i] for i in was.values()) for n in set(now.values()) - set(back)
    )
