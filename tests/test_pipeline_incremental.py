"""Incremental, the whole way: every published table is what doing all of it anew gives."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import polars as pl
import pytest
from pipeline_builders import assert_same, make_run, state, write_list

from cleanse.pipeline import drafting
from cleanse.warehouse import Known

HEADS = (
    "id,first name,last name,company,contact,phone,email,address,city,postcode,updated"
).split(",")
FIRST = "Anna Robert Bob Lena Carl Miriam Otto Rosa Jill Kurt".split()
LAST = "Hartwell Oakes Plumtree Vance Fairbairn Grant Moss".split()
FIRMS = ("Blue Harbor Ltd", "Summit Metro Inc", "Red Nova Trading", "Global Orion Co")
CITIES = ("Leeds", "York", "Bath", "Hull")


def row(key: str, chosen: random.Random) -> list[str]:
    """Make a record out of few values, so that many agree in something."""
    number = chosen.randrange(40)
    is_firm = number % 4 == 0
    first, last = FIRST[number % 10], LAST[number % 7]
    person = f"{first} {last}"
    return [
        key,
        "" if is_firm else first,
        "" if is_firm else chosen.choice([last, last, last + "e"]),
        FIRMS[number % 4] if is_firm else "",
        person if is_firm and number % 8 else "",
        chosen.choice([f"+44 20 7946 {number:04d}", ""]),
        chosen.choice([f"{first}.{last}{number}@example.com", ""]),
        f"{1 + number} Mill Lane",
        CITIES[number % 4],
        f"LS{number % 9} 1AA",
        f"2026-01-{1 + chosen.randrange(28):02d}",
    ]


def stepped(rows: dict[str, list[str]], chosen: random.Random) -> dict[str, list[str]]:
    """Take some rows away, change some, add some."""
    kept = {k: r for k, r in rows.items() if chosen.random() > 0.05}
    for key in [k for k in kept if chosen.random() < 0.08]:
        kept[key] = row(key, chosen)
    first = 1 + max(int(key[1:]) for key in rows)
    new = [
        f"{key[0]}{number}"
        for key in [next(iter(rows))]
        for number in range(first, first + 4)
    ]
    return kept | {key: row(key, chosen) for key in new}


def all_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run weigh all pairs and merge all customers."""
    none = pl.DataFrame(schema={"record_id": pl.Int64, "digest": pl.UInt64})
    monkeypatch.setattr(Known, "match_inputs", none)
    monkeypatch.setattr(drafting, "touched_customers", lambda *_: None)


def one_run(store: Path, folder: Path, lists: dict[str, object], number: int) -> None:
    files = [
        write_list(folder / f"{name}.csv", list(rows.values()), HEADS)
        for name, rows in lists.items()
    ]
    make_run(store, *files, number=number, accept=True)


@pytest.mark.parametrize("seed", [1])
def test_runs_after_runs_publish_what_full_runs_publish(tmp_path, seed):
    chosen = random.Random(seed)
    lists = {
        "crm": {f"A{i}": row(f"A{i}", chosen) for i in range(90)},
        "shop": {f"B{i}": row(f"B{i}", chosen) for i in range(40)},
    }
    step, full = tmp_path / "step", tmp_path / "full"
    one_run(step, tmp_path / "0", lists, 1)
    shutil.copytree(step, full)
    for number in (2, 3):
        name = chosen.choice(list(lists))
        lists[name] = stepped(lists[name], chosen)
        given = {name: lists[name]}
        if number == 3:
            given = {"trade": {f"C{i}": row(f"C{i}", chosen) for i in range(12)}}
        one_run(step, tmp_path / str(number), given, number)
        with pytest.MonkeyPatch.context() as patch:
            all_anew(patch)
            one_run(full, tmp_path / str(number), given, number)
        assert_same(
            state(full, (*STATES, "match_input", "model_frequency")),
            state(step, (*STATES, "match_input", "model_frequency")),
        )


STATES = (
    "record record_history golden_record golden_cell golden_record_history contact_point contact_person crosswalk "
    "customer customer_id_event match_pair review_case cell_change issue reject model scorecard household audit_event"
).split()


def test_only_touched_customers_are_merged_again(tmp_path, monkeypatch):
    chosen = random.Random(5)
    rows = {f"A{i}": row(f"A{i}", chosen) for i in range(60)}
    one_run(tmp_path / "store", tmp_path / "0", {"crm": rows}, 1)
    merged = []
    whole = drafting.merge
    monkeypatch.setattr(
        drafting,
        "merge",
        lambda *given: merged.append(given[-1].height) or whole(*given),
    )
    one_run(tmp_path / "store", tmp_path / "1", {"crm": rows}, 2)
    one_run(tmp_path / "store", tmp_path / "2", {"shop": {"B1": row("B1", chosen)}}, 3)
    assert merged[0] == 0
    assert 1 <= merged[1] <= 5
