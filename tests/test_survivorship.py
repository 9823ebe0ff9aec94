"""Survivorship by rules of the user's own: votes that fade, orders, groups; and the laws of all of them."""

import csv
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from factory import make_crosswalk, make_records
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from merge_builders import assert_survives

from cleanse.errors import RuleError
from cleanse.merge import merge
from cleanse.rulebook import load_rulebook
from cleanse.rulebook.survivorship import Strategy, SurvivorshipRules

TEXT = (Path(__file__).parent / "cases/survivorship_rules.csv").read_text("utf-8")
CASES = list(csv.DictReader(TEXT.splitlines()))


def rulebook(folder, rules=""):
    """The shipped rules, one trusted source, and some rules in one line."""
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "trusted.toml").write_text("[file]\ntrust = 1\n")
    text = rules.replace("; ", "\n")
    (folder / "survivorship.toml").write_text(text, encoding="utf-8")
    return load_rulebook(folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_value_that_a_rule_lets_survive(case, tmp_path):
    assert_survives(case, rulebook(tmp_path, case["rules"]))


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ('field.fone = ["valid"]', r"field\.fone: no standard field.*'phone'"),
        ('field.city = ["valid"]', r"survives with address; write field\.address"),
        ('field.given_name = ["valid"]', r"survives with name; write field\.name"),
        ('field.status = ["strictest"]', r"list the values in \[order\.status\]"),
        ('field.status = ["custom_order"]', r"needs a table \[order\.status\]"),
        ('field.status = ["newest"]', r"field\.status\.0: should be 'valid'"),
        ("order.status = {}", r"order\.status: list what goes first"),
        ('order.status.values = ["a", "a"]', r"values lists 'a' twice"),
        ('order.statos.values = ["a"]', r"order\.statos: no standard field.*'status'"),
        ('order.address.values = ["a"]', r"taken as a whole.*list sources"),
        ('order.tags.values = ["a"]', r"order\.tags: its values are added or united"),
        ('order.total_amount.sources = ["a"]', r"added or united"),
        ('order.phone.source = ["a"]', r"order\.phone\.source: unknown key.*'sources'"),
        ('group.phone = ["wechat", "qq"]', r"'phone' is a standard field"),
        ('group.im = ["wechat"]', r"im: a group has at least two fields"),
        ('group.im = ["wechat", "qqq"]', r"'qqq' is not a standard field.*extra\."),
        ('group.im = ["wechat", "city"]', r"'city' survives in a way of its own"),
        ('group.a = ["qq", "fax"]; group.b = ["qq", "fax"]', r"'qq' is in a already"),
        (
            'group.im = ["wechat", "qq"]; order.qq.sources = ["a"]',
            r"survives with its group; write order\.im",
        ),
        (
            'group.im = ["wechat", "qq"]; field.im = ["latest"]',
            r"cannot be chosen by latest",
        ),
        ("weighted.trust_step = 0", r"weighted\.trust_step: should be greater than 0"),
        ("weighted.half_life_months = 0", r"half_life_months: should be greater"),
        ("weighted.field.qqq = 3", r"weighted\.field\.qqq: no standard field.*'qq'"),
        ("weighted.kind.fone = 3", r"weighted\.kind\.fone"),
    ],
)
def test_a_rule_that_cannot_be_meant_says_what_to_write(rules, what, tmp_path):
    with pytest.raises(RuleError, match=what):
        rulebook(tmp_path, rules)


def test_confidence_is_the_share_of_the_votes(tmp_path):
    records = make_records(
        {"owner": "Ann", "source_updated_at": "2025-01-01"},
        {"owner": "ANN", "source_updated_at": "2025-01-01"},
        {"owner": "Bob", "source_updated_at": "2023-01-01", "qq": "1"},
        {"owner": "Cid"},
        {"owner": "Cid"},
    )
    crosswalk = make_crosswalk(C1=[1, 2, 3], C2=[4, 5])
    cells = merge(records, crosswalk, rulebook(tmp_path)).golden_choice
    found = {
        (row["customer_id"], row["field"]): row["confidence"]
        for row in cells.iter_rows(named=True)
    }
    # two years are one half-life: 1 + 1 votes of 2.5
    assert found["C1", "owner"] == pytest.approx(0.8, abs=1e-3)
    assert found["C1", "qq"] == 1
    assert found["C2", "owner"] == 1


def test_totals_are_no_matter_of_votes(tmp_path):
    records = make_records(*[{"total_amount": "1", "currency": "CNY"}] * 2)
    cells = merge(records, make_crosswalk(C1=[1, 2]), rulebook(tmp_path)).golden_choice
    of_totals = cells.filter(pl.col("field") == "total_amount")
    assert of_totals["confidence"].to_list() == [None]


FIELDS = ("owner", "status", "phone", "birth_on", "contract_until_on", "payment_method")
dates = st.sampled_from(["2005-01-01", "2020-01-01", "2024-07-01", "2025-01-01"])
rows = st.fixed_dictionaries(
    {"source": st.sampled_from(["crm", "trusted", "erp"])},
    optional={
        "kind": st.sampled_from(["person", "company"]),
        "name": st.sampled_from(["Li Na", "LI NA", "Na Li", "Acme Ltd"]),
        "given_name": st.sampled_from(["Na", "Li"]),
        "family_name": st.sampled_from(["Na", "Li"]),
        "owner": st.sampled_from(["Ann", "ann", "Bob"]),
        "status": st.sampled_from(["active", "dormant", "休眠"]),
        "phone": st.sampled_from(["+8613900139000", "12345"]),
        "phone_is_valid": st.booleans(),
        "birth_on": st.sampled_from(["1980-05-17", "1980-01-01"]),
        "birth_precision": st.sampled_from(["day", "year"]),
        "contract_until_on": st.sampled_from(["2024-01-01", "2026-01-01"]),
        "payment_method": st.sampled_from(["cash", "card"]),
        "address": st.sampled_from(["1 Main St", "9 Oak Ave"]),
        "city": st.sampled_from(["York", "Leeds"]),
        "consent": st.sampled_from(["yes", "no", "?"]),
        "tags": st.sampled_from(["vip;old", "vip", "new"]),
        "source_updated_at": dates,
    },
)
customers = st.lists(
    st.tuples(rows, st.sampled_from(["C1", "C2"])), min_size=1, max_size=8
)
words = st.lists(
    st.sampled_from(
        [
            w
            for w in Strategy
            if w not in (Strategy.UNITE, Strategy.STRICTEST, Strategy.CUSTOM_ORDER)
        ]
    ),
    max_size=4,
)
orders = st.fixed_dictionaries(
    {"sources": st.permutations(["crm", "erp"])},
    optional={"values": st.permutations(["Bob", "active", "dormant", "12345"])},
)
groups = st.sampled_from(
    [
        {},
        {"deal": ["contract_until_on", "payment_method"]},
        {"deal": ["owner", "status", "birth_on"]},
        {"deal": ["phone", "payment_method"]},
    ]
)
weights = st.fixed_dictionaries(
    {
        "trust_step": st.sampled_from([0.1, 0.7, 1.0]),
        "half_life_months": st.sampled_from([0.5, 24, 600]),
    }
)


@st.composite
def random_rules(draw):
    """Survivorship rules as a file may hold them."""
    group = draw(groups)
    free = [f for f in FIELDS if not any(f in fields for fields in group.values())]
    chosen = draw(st.lists(st.sampled_from(free), unique=True, max_size=3))
    return {
        "group": group,
        "field": {field: draw(words) for field in chosen},
        "order": {field: draw(orders) for field in free if draw(st.booleans())},
        "weighted": draw(weights),
    }


@cache
def base_rules():
    with TemporaryDirectory() as folder:
        return rulebook(Path(folder))


def with_rules(rules):
    base = base_rules()
    survivorship = base.survivorship.model_dump() | {"field": {}}
    found = SurvivorshipRules.model_validate(survivorship | rules)
    return replace(base, survivorship=found)


def members_of(drawn):
    found = {}
    for record_id, (_, customer) in enumerate(drawn, 1):
        found.setdefault(customer, []).append(record_id)
    return found


@settings(max_examples=15, phases=[Phase.generate])
@given(customers, random_rules(), st.randoms())
def test_no_value_is_made_up_under_any_rules(drawn, drawn_rules, random):
    rules = with_rules(drawn_rules)
    records = make_records(*[row for row, _ in drawn])
    crosswalk = make_crosswalk(**members_of(drawn))
    merged = merge(records, crosswalk, rules)
    order = list(range(records.height))
    random.shuffle(order)
    again = merge(records[order], crosswalk[order], rules)
    assert again.golden_choice.equals(merged.golden_choice)

    typed = {row["record_id"]: row for row in records.iter_rows(named=True)}
    golden = {row["customer_id"]: row for row in merged.golden_record.to_dicts()}
    for cell in merged.golden_choice.iter_rows(named=True):
        value = golden[cell["customer_id"]][cell["field"]]
        had = [typed[r][cell["field"]] for r in cell["record_ids"]]
        assert 0 <= cell["confidence"] <= 1
        if cell["origin"] == "record" and cell["field"] not in ("tags", "alias"):
            assert value in had
        else:
            assert cell["field"] in ("tags", "alias")
            assert {p for h in had for p in h.split(";")} == set(value.split("; "))

    # a group is that of one record, whole
    together = [
        ("name", "given_name", "middle_name", "family_name"),
        ("address", "city"),
        ("birth_on", "birth_precision"),
        *drawn_rules["group"].values(),
    ]
    for customer, ids in members_of(drawn).items():
        for fields in together:
            mine = [golden[customer].get(f) for f in fields]
            theirs = [[typed[r].get(f) for f in fields] for r in ids]
            assert mine in theirs or not any(mine)


@settings(max_examples=10, phases=[Phase.generate])
@given(customers, random_rules(), st.integers(-3000, 3000), rows)
def test_no_winner_depends_on_the_day_from_which_age_is_counted(
    drawn, drawn_rules, days, newcomer
):
    rules = with_rules(drawn_rules)
    records = make_records(*[row for row, _ in drawn])
    crosswalk = make_crosswalk(**members_of(drawn))
    before = merge(records, crosswalk, rules).golden_choice
    times = pl.Datetime("us", "UTC")
    if "source_updated_at" not in records.columns:
        records = records.with_columns(source_updated_at=pl.lit(None, times))
    plain = ("field", "rule", "record_ids", "runner_up", "confidence")

    # all records older or newer by the same time
    moved = records.with_columns(pl.col("source_updated_at") + timedelta(days=days))
    after = merge(moved, crosswalk, rules).golden_choice
    others = pl.col("field") != "source_updated_at"
    assert (
        after.filter(others).select(plain).equals(before.filter(others).select(plain))
    )

    # another customer with a newer record than any
    late = make_records({**newcomer, "source_updated_at": "2031-01-01"})
    late = late.with_columns(record_id=pl.lit(99, pl.Int64))
    more = pl.concat([records, late], how="diagonal_relaxed")
    wider = pl.concat([crosswalk, make_crosswalk(C9=[99])])
    after = merge(more, wider, rules).golden_choice.filter(
        pl.col("customer_id") != "C9"
    )
    assert after.sort("field", "customer_id").equals(
        before.sort("field", "customer_id")
    )
