"""How quickly `cleanse find` answers, and how often with the customer that was meant.

    python tests/bench/find_speed.py STORE [--queries 200] [--commands 5]

What is asked is drawn from the store itself: of each chosen record one thing that a
person at a desk would type. Each kind of question is told by itself: median and
95th percentile of the wall time of `find` in one process, the CPU beside it (what it
would be on a machine that does nothing else), and the share of questions whose
customer came first and among the first five. A name is no question that has one
answer, so namesakes of the asked count as found. Then whole commands, start of
Python included.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pypinyin import lazy_pinyin

from cleanse.pipeline.finding import find
from cleanse.warehouse import open_published

SEED = 4
FIRST = 5
ASKED = """
select customer_id, record.kind, record.name, name_compare, phones[1] as phone, emails[1] as email,
    coalesce(crosswalk.source_key, '') as source_key, street, house_number, city
from record join crosswalk using (record_id)
where crosswalk.is_active and record.name is not null
order by hash(record_id) limit $count
"""

Row = dict[str, str | None]


def is_han(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def slipped(text: str, draw: random.Random) -> str:
    """Make one slip of the pen: two letters swapped, one left out or doubled."""
    places = [
        n
        for n in range(1, len(text) - 1)
        if text[n].isalpha() and text[n + 1].isalpha()
    ]
    at = draw.choice(places or [0])
    return draw.choice(
        (
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
        )
    )


def spaced(phone: str) -> str:
    """Write a number as people do: without its country code, in groups."""
    bare = phone.removeprefix("+86").removeprefix("+1").removeprefix("+44")
    return f"{bare[:3]} {bare[3:7]} {bare[7:]}".strip()


def latin_name(row: Row) -> str | None:
    return row["name"] if not is_han(row["name"] or "") else None


def han_name(row: Row) -> str | None:
    return row["name"] if is_han(row["name"] or "") else None


KINDS: dict[str, Callable[[Row, random.Random], str | None]] = {
    "name": lambda row, _: latin_name(row),
    "name, swapped": lambda row, _: " ".join((latin_name(row) or "").split()[::-1]),
    "name, a slip": lambda row, draw: (name := latin_name(row)) and slipped(name, draw),
    "name, Chinese": lambda row, _: han_name(row),
    "name, pinyin": lambda row, _: (
        " ".join(lazy_pinyin(name))
        if (name := han_name(row)) and row["kind"] == "person"
        else None
    ),
    "name and city": lambda row, _: row["city"] and f"{row['name']} {row['city']}",
    "phone": lambda row, _: row["phone"] and spaced(row["phone"]),
    "phone, its end": lambda row, _: row["phone"] and row["phone"][-8:],
    "mail": lambda row, _: row["email"],
    "source key": lambda row, _: row["source_key"],
    "customer number": lambda row, _: row["customer_id"],
    "address": lambda row, _: (
        row["street"]
        and f"{row['house_number'] or ''} {row['street']} {row['city'] or ''}"
    ),
}


def questions(rows: list[Row], count: int) -> Iterator[tuple[str, str, Row]]:
    """Draw as many questions of every kind, as far as the store has them."""
    draw = random.Random(SEED)
    for kind, ask in KINDS.items():
        made = ((text, row) for row in rows if (text := ask(row, draw)))
        for _, (text, row) in zip(range(count), made, strict=False):
            yield kind, text, row


def measure(store: Path, count: int) -> None:
    with open_published(store) as db:
        customers = db.execute("select count(*) from golden_record").fetchall()[0][0]
        cursor = db.execute(ASKED, {"count": 60 * count})
        heads = [column[0] for column in cursor.description]
        rows = [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]
    print(f"{customers:,} customers, {count} questions of all kinds")
    per_kind = max(1, round(count / len(KINDS)))
    told: dict[str, list[tuple[float, float, int]]] = {}
    find(store, "warm")
    for kind, text, row in questions(rows, per_kind):
        wall, cpu = time.perf_counter(), time.process_time()
        found = find(store, text)
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        place = next(
            (
                number
                for number, one in enumerate(found, 1)
                if one.customer_id == row["customer_id"]
                or (kind.startswith("name") and one.row["name"] == row["name"])
            ),
            99,
        )
        told.setdefault(kind, []).append((*spent, place))
    print(
        f"{'kind':<17}{'n':>4}{'median ms':>11}{'p95 ms':>8}{'CPU ms':>8}{'first':>8}{'in 5':>7}"
    )
    for kind, each in [
        *told.items(),
        ("all", [one for part in told.values() for one in part]),
    ]:
        walls = sorted(one[0] for one in each)
        first = sum(one[2] == 1 for one in each) / len(each)
        within = sum(one[2] <= FIRST for one in each) / len(each)
        p95 = walls[min(len(walls) - 1, round(0.95 * len(walls)))]
        cpu = statistics.median(one[1] for one in each)
        print(
            f"{kind:<17}{len(each):>4}{1e3 * statistics.median(walls):>11.0f}{1e3 * p95:>8.0f}"
            f"{1e3 * cpu:>8.0f}{first:>8.0%}{within:>7.0%}"
        )


def measure_commands(store: Path, count: int) -> None:
    """Time whole commands: the median of some calls of each."""
    asked = {
        "--help": ["--help"],
        "find": ["find", "smith", "--store", str(store)],
        "find, Chinese": ["find", "张伟", "--store", str(store)],
        "sql": ["sql", "select count(*) from golden_record", "--store", str(store)],
    }
    for name, words in asked.items():
        spent = []
        for _ in range(count):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "cleanse", *words],
                capture_output=True,
                check=True,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            spent.append((time.perf_counter() - wall, cpu))
        wall, cpu = (statistics.median(one[n] for one in spent) for n in (0, 1))
        print(f"cleanse {name:<16} {wall:.2f} s wall, {cpu:.2f} s CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--commands", type=int, default=5)
    given = parser.parse_args()
    measure(given.store, given.queries)
    measure_commands(given.store, given.commands)


if __name__ == "__main__":
    main()
