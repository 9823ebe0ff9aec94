from itertools import product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.identify import (
    CUSTOMER,
    HISTORY,
    assign_customer_ids,
    assign_moved,
    count_churn,
)
from cleanse.identify.bipartite import Edge, keep_numbers
from cleanse.rulebook.identity import IdentityRules, NumberRule


class Store:
    """Keeps what assign_customer_ids needs from run to run, as the warehouse does."""

    def __init__(self, rules=None):
        self.history, self.customers = (
            pl.DataFrame(schema=HISTORY),
            pl.DataFrame(schema=CUSTOMER),
        )
        self.next_number, self.run, self.rules = 1, 0, rules

    def publish(self, *clusters, kind=None, left=()):
        """Run once with clusters as sets of records, `left` of which are evidence; returns the assignment."""
        self.run += 1
        rows = [(r, min(c), kind) for c in clusters for r in c]
        is_left = pl.col("record_id").is_in(list(left))
        frame = pl.DataFrame(
            rows,
            {"record_id": pl.Int64, "cluster_id": pl.Int64, "kind": pl.String},
            orient="row",
        )
        evidence, frame = frame.filter(is_left), frame.filter(~is_left)
        known = (frame, self.history, self.customers, self.next_number)
        more = {"run_number": self.run, "rules": self.rules, "evidence": evidence}
        given_ = assign_customer_ids(*known, **more)
        # Work for those who moved only comes to the same.
        moved = assign_moved(*known, **more)
        assert moved.crosswalk.equals(given_.crosswalk)
        assert moved.customers.equals(given_.customers)
        assert moved.events.equals(given_.events)
        assert moved.next_number == given_.next_number
        self.keep(given_)
        return given_

    def keep(self, given_):
        """Keep what an assignment says."""
        self.churn = count_churn(self.history, given_)
        self.customers, self.next_number, self.events = (
            given_.customers,
            given_.next_number,
            given_.events,
        )
        old = self.history.filter("is_active")
        same = old.join(given_.crosswalk, on=["record_id", "customer_id"], how="semi")
        ended = old.join(same, on="record_id", how="anti").with_columns(
            is_active=pl.lit(value=False), valid_to_run=pl.lit(self.run, pl.Int64)
        )
        begun = given_.crosswalk.join(same, on="record_id", how="anti").select(
            "record_id",
            "customer_id",
            is_active=pl.lit(value=True),
            valid_from_run=pl.lit(self.run, pl.Int64),
            valid_to_run=pl.lit(None, pl.Int64),
        )
        past = self.history.filter(~pl.col("is_active"))
        self.history = pl.concat([past, same, ended, begun])

    def of(self, record):
        rows = self.history.filter(
            (pl.col("record_id") == record) & pl.col("is_active")
        )
        return rows["customer_id"].item()

    def told(self):
        """Return (customer_id, event, other_id) of the last run."""
        return {row[:3] for row in self.events.iter_rows()}

    def resolve(self, customer_id):
        rows = {r["customer_id"]: r for r in self.customers.iter_rows(named=True)}
        while rows[customer_id]["status"] == "merged":
            customer_id = rows[customer_id]["successor"]
        return rows[customer_id]


def test_a_repeat_changes_nothing():
    store = Store()
    first = store.publish({1, 2}, {3}, {4, 5})
    again = store.publish({4, 5}, {3}, {2, 1})
    assert again.crosswalk.equals(first.crosswalk)
    assert again.events.is_empty()
    assert again.next_number == first.next_number == 4


def test_the_oldest_survives_when_whole_customers_merge():
    store = Store()
    store.publish({1}, {2, 3, 4})
    old, larger = store.of(1), store.of(2)
    store.publish({1, 2, 3, 4})
    assert store.of(4) == old
    assert store.told() == {(larger, "merged", old), (old, "kept", None)}
    assert store.churn.records_moved == 3
    assert store.churn.share == 0.75


def test_a_split_keeps_the_number_where_most_records_are():
    store = Store()
    store.publish({1, 2, 3})
    number = store.of(1)
    store.publish({1}, {2, 3})
    assert store.of(2) == number
    assert store.told() == {(number, "kept", None), (store.of(1), "split", number)}


def test_a_part_gets_back_the_number_merged_away_earlier():
    store = Store()
    store.publish({1, 2}, {3, 4})
    old, young = store.of(1), store.of(3)
    store.publish({1, 2, 3, 4})
    assert store.resolve(young)["customer_id"] == old
    store.publish({1, 2}, {3, 4})
    assert (store.of(1), store.of(3)) == (old, young)
    assert (young, "restored", old) in store.told()
    assert store.next_number == 3


def test_the_part_of_the_records_that_were_there_first_keeps_the_number():
    store = Store()
    store.publish({5, 6}, {3, 4})
    ids = store.of(5), store.of(3)
    store.publish({3, 4, 5, 6})
    store.publish({5, 6}, {3, 4})
    assert (store.of(5), store.of(3)) == ids


def test_a_customer_gone_and_back_gets_the_old_number():
    store = Store()
    store.publish({1, 2}, {3})
    number = store.of(1)
    store.publish({3})
    assert store.told() == {(number, "retired", None)}
    store.publish({3, 4})
    store.publish({3, 4}, {1}, {2})
    assert store.of(1) == number
    assert store.of(2) not in (number, store.of(3))
    assert (number, "restored", None) in store.told()


def test_a_retired_customer_whose_record_comes_back_to_another_resolves_to_it():
    store = Store()
    store.publish({1}, {2})
    gone = store.of(1)
    store.publish({2})
    store.publish({1, 2})
    assert store.resolve(gone)["customer_id"] == store.of(2)


def test_who_is_like_a_record_that_left_gets_the_number_of_the_customer_gone():
    store = Store()
    store.publish({1}, {2})
    old = store.of(1)
    store.publish({2})
    store.publish({2}, {1, 3}, left={1})
    assert store.of(3) == old
    assert store.told() == {(old, "restored", None)}
    assert store.publish({2}, {1, 3}, left={1}).events.is_empty()
    assert store.publish({2}, {3}).events.is_empty()


def test_a_record_that_leaves_while_another_comes_in_its_place_keeps_the_number():
    store = Store()
    store.publish({1}, {2})
    old = store.of(1)
    store.publish({1, 3}, {2}, left={1})
    assert store.of(3) == old
    assert store.told() == {(old, "kept", None)}


def test_a_record_that_left_takes_no_number_from_those_who_are_there():
    store = Store()
    store.publish({1, 2, 3})
    old = store.of(1)
    store.publish({1}, {2, 3, 4}, left={2, 3})
    assert store.of(1) == old != store.of(4)


def test_a_customer_gone_whose_record_speaks_for_another_resolves_to_it():
    store = Store()
    store.publish({1}, {2})
    old, other = store.of(1), store.of(2)
    store.publish({1, 2}, left={1})
    assert store.told() == {(old, "merged", other), (other, "kept", None)} or (
        store.told() == {(old, "merged", other)}
    )
    assert store.resolve(old)["customer_id"] == other
    assert store.publish({2}).events.is_empty()


def test_an_erased_number_is_never_given_again():
    store = Store()
    store.publish({1})
    number = store.of(1)
    store.publish()
    store.customers = store.customers.with_columns(status=pl.lit("erased"))
    store.publish({1})
    assert store.of(1) != number
    assert store.resolve(number)["status"] == "erased"


def test_a_chain_of_merges_resolves_and_is_told_once():
    store = Store()
    store.publish({1}, {2}, {3})
    first, second, third = (store.of(r) for r in (1, 2, 3))
    store.publish({1}, {2, 3})
    store.publish({1, 2, 3})
    assert store.resolve(third)["customer_id"] == first
    assert store.told() == {(second, "merged", first), (first, "kept", None)}


def test_a_new_id_never_equals_an_issued_one_after_a_change_of_prefix():
    store = Store()
    store.publish({1})
    clash = assign_customer_ids(
        pl.DataFrame({"record_id": [9], "cluster_id": [9]}),
        store.history.clear(),
        store.customers.with_columns(number=pl.lit(-1, pl.Int64)),
        1,
        run_number=2,
    )
    assert clash.crosswalk["customer_id"].item() != store.of(1)
    assert clash.next_number == 3


def test_the_prefix_follows_the_kind():
    rules = IdentityRules(number=NumberRule(prefix={"person": "P", "company": "C"}))
    store = Store(rules)
    store.publish({1, 2}, kind="company")
    assert store.of(1).startswith("C")


def objectives(kept, edges):
    """The three objectives of an assignment, larger is better."""
    shared = {(e.number, e.cluster_id): e.shared for e in edges}
    numbers = sorted(kept)
    oldest = tuple(-n for n in numbers)
    return len(kept), sum(shared[p] for p in kept.items()), oldest


def brute_force(edges):
    """The best objectives, trying every choice of a cluster (or none) per number."""
    choices = {}
    for e in edges:
        choices.setdefault(e.number, [None]).append(e.cluster_id)
    best = (0, 0, ())
    for picked in product(*choices.values()):
        kept = {n: c for n, c in zip(choices, picked, strict=True) if c is not None}
        if len(set(kept.values())) == len(kept):
            best = max(best, objectives(kept, edges))
    return best


def without_younger_wholes(edges):
    degree = {}
    for e in edges:
        degree[e.number] = degree.get(e.number, 0) + 1
    wholes = {}
    for e in edges:
        if degree[e.number] == 1:
            wholes[e.cluster_id] = min(e.number, wholes.get(e.cluster_id, e.number))
    return [
        e for e in edges if degree[e.number] > 1 or wholes[e.cluster_id] == e.number
    ]


pairs = st.dictionaries(
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.integers(1, 4),
    min_size=1,
    max_size=14,
)


@given(pairs)
def test_assignment_equals_brute_force(shared):
    edges = [Edge(n, 100 + c, s, i) for i, ((n, c), s) in enumerate(shared.items())]
    frame = pl.DataFrame(edges, dict.fromkeys(Edge._fields, pl.Int64), orient="row")
    kept = dict(keep_numbers(frame).iter_rows())
    assert dict(keep_numbers(frame.reverse()).iter_rows()) == kept
    assert set(kept.items()) <= {(n, 100 + c) for n, c in shared}
    assert len(set(kept.values())) == len(kept)
    best = brute_force(without_younger_wholes(edges))
    assert objectives(kept, edges) == best


def test_a_large_component_is_solved_in_time():
    edges = [
        Edge(i, i + k, 1 + (i * 7 + k) % 3, 2 * i + k)
        for i in range(600)
        for k in (0, 1)
    ]
    frame = pl.DataFrame(edges, dict.fromkeys(Edge._fields, pl.Int64), orient="row")
    assert keep_numbers(frame).height == 600


partition = st.lists(st.integers(0, 4), min_size=8, max_size=8)


@settings(max_examples=20)
@given(st.lists(partition, min_size=2, max_size=4), st.randoms())
def test_the_laws_of_customer_ids_hold_over_many_runs(runs, random):
    store, ever = Store(), {}
    for labels in runs:
        clusters = {}
        for record, label in enumerate(labels, 1):
            if label:  # 0: not in this run's input
                clusters.setdefault(label, set()).add(record)
        shuffled = list(clusters.values())
        random.shuffle(shuffled)
        before = set(store.customers["customer_id"])
        store.publish(*shuffled)
        active = store.history.filter("is_active")
        assert active["record_id"].is_unique().all()
        assert active["record_id"].len() == sum(map(len, clusters.values()))
        # one customer per cluster, one cluster per customer
        for cluster in clusters.values():
            assert len({store.of(r) for r in cluster}) == 1
        assert active["customer_id"].n_unique() == len(clusters)
        now = {}
        # an ID always resolves, and only ever to whoever held some of its records
        assert before <= set(store.customers["customer_id"])
        for customer in store.customers["customer_id"]:
            assert store.resolve(customer)["status"] in ("active", "retired")
        for record, customer in active.select("record_id", "customer_id").iter_rows():
            now.setdefault(customer, set()).add(record)
        for customer, members in now.items():
            assert members & ever.get(customer, members)
            ever.setdefault(customer, set()).update(members)
    assert store.publish(*clusters.values()).events.is_empty()
    issued = store.customers["number"].to_list()
    assert issued == sorted(set(issued))


def test_who_is_there_says_where_a_number_leads_before_who_left():
    store = Store()
    store.publish({1}, {2}, {7, 8})
    store.publish({1, 7}, {2, 8}, left={7})
    _, there, ended = store.customers.iter_rows(named=True)
    assert ended["successor"] == there["customer_id"]
    assert store.publish({1, 7}, {2, 8}, left={7}).events.is_empty()


def test_who_comes_back_elsewhere_leads_a_number_from_the_first_run_on():
    store = Store()
    store.publish({1}, {2}, {7, 8})
    store.publish({1}, {2}, {8})
    store.publish({1, 7}, {2, 8})
    ended = store.customers.row(2, named=True)
    assert ended["status"] == "merged"
    assert store.publish({1, 7}, {2, 8}).events.is_empty()
    assert store.customers.row(2, named=True) == ended


spoken = st.lists(st.integers(-4, 4), min_size=8, max_size=8)


@settings(max_examples=40)
@given(st.lists(spoken, min_size=2, max_size=5))
def test_a_number_comes_back_only_to_whom_a_record_of_it_speaks_for(runs):
    """Labels below 0: it left, and is evidence in the cluster of that label."""
    store, ever = Store(), {}
    for labels in runs:
        known = set(store.history["record_id"])
        clusters, left = {}, set()
        for record, label in enumerate(labels, 1):
            if label > 0:
                clusters.setdefault(label, set()).add(record)
        for record, label in enumerate(labels, 1):
            if label < 0 and -label in clusters and record in known:
                clusters[-label].add(record)
                left.add(record)
        store.publish(*clusters.values(), left=left)
        for cluster in clusters.values():
            (customer,) = {store.of(r) for r in cluster - left}
            assert cluster & ever.get(customer, cluster)
            ever.setdefault(customer, set()).update(cluster - left)
        active = set(store.history.filter("is_active")["record_id"])
        assert not active & left
        assert store.publish(*clusters.values(), left=left).events.is_empty()
