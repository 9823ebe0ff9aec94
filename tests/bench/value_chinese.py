"""How well Chinese addresses are read."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from value_sets import RULES, Figure, lines, table

from cleanse.normalise.address_chinese import ChineseAddress, parse_chinese
from cleanse.normalise.address_cn_numeral import NUMERALS, read_numeral
from cleanse.normalise.division import divisions_of
from cleanse.normalise.text import simplify

RANGE = 60
"""Numbers of one range of houses are not further apart."""
SAMPLE = 15
"""Every so manieth line is read by jionlp too: it needs 10 to 40 ms a line."""
JIONLP = """
import json, sys
import jionlp
found = [jionlp.parse_location(text) for text in json.load(sys.stdin)]
print(json.dumps([(f["province"], f["city"], f["county"]) for f in found]))
"""
LEVELS = {"prov": "province", "city": "city", "district": "district"}
TEXTS = ("town", "road", "poi")
DETAILS = (*TEXTS, "roadno", "houseno", "cellno", "floorno", "roomno")


def chinese_addresses(folder: Path) -> Iterator[Figure]:
    """F1 of the parts as typed; of a part that stands twice the first."""
    divisions = divisions_of(RULES.vocabulary)
    hits, found_parts, labelled = Counter(), Counter(), Counter()
    for case in lines(folder / "dev.jsonl"):
        found = parse_chinese(case["raw"], divisions)
        got = {
            (level, name) for level, name in found.place.typed if level != "redundant"
        }
        want = {
            (LEVELS[label], text)
            for label, text in case["components"]
            if label in LEVELS
        }
        ours = labelled_as_theirs(found)
        for label in DETAILS:
            texts = [text for name, text in case["components"] if name == label]
            is_text = label in TEXTS
            got.add((label, sign(ours.get(label), keep=is_text)))
            want.add((label, sign(texts[0] if texts else None, keep=is_text)))
        for counter, parts in (
            (hits, got & want),
            (found_parts, got),
            (labelled, want),
        ):
            counter.update(part for part, value in parts if value)
    for part in [*LEVELS.values(), *DETAILS]:
        yield (
            part,
            2 * hits[part] / (found_parts[part] + labelled[part]),
            labelled[part],
        )


def labelled_as_theirs(found: ChineseAddress) -> dict[str, str | None]:
    """Our parts by the labels of the set.

    It calls the group of a village its road, the number of a 弄 the road's and the
    one behind it the house's, and takes 654-12号 apart, but not a range (456-458号).
    """
    number, house = found.house_number, found.building
    if found.cross:
        number = None
    if found.lane and found.lane.endswith("弄"):
        number, house = found.lane, house or number
    elif number and not house and (dash := re.fullmatch(r"(\d+)-(\d+)", number)):
        is_range = 0 < int(dash[2]) - int(dash[1]) <= RANGE
        number, house = (number, house) if is_range else dash.groups()
    return {
        "town": found.town,
        "road": found.street or found.group,
        "poi": found.site or found.zone,
        "roadno": number,
        "houseno": house,
        "cellno": found.unit,
        "floorno": found.floor,
        "roomno": found.room,
    }


def places(folder: Path) -> Iterator[Figure]:
    """Share of places whose province, city and county are all right."""
    divisions = divisions_of(RULES.vocabulary)
    cases = [case["case"] for case in lines(folder / "location_parser.jsonl")]
    right = 0
    for text, *_, want in cases:
        found = divisions.find(simplify(text))
        right += found[:3] == (want["province"], want["city"], want["county"])
    yield "places", right / len(cases), len(cases)


def sign(text: str | None, *, keep: bool) -> str | None:
    """What counts of a part: its text, or its number (六楼 is 6)."""
    if keep or not text:
        return text
    text = re.sub(r"[Ff]$", "", text)
    digits = NUMERALS.sub(lambda found: read_numeral(found[0]), text)
    return re.sub(r"[^0-9A-Za-z]", "", digits).upper()


def addresses(folder: Path) -> Iterator[Figure]:
    """F1 of the parts, then the divisions of a sample beside jionlp."""
    yield from chinese_addresses(folder)
    yield from beside_jionlp(folder)


def beside_jionlp(folder: Path) -> Iterator[Figure]:
    """Share of labelled divisions that are named right, ours and jionlp's.

    jionlp tells no road, number or room. It is no dependency: the environment
    variable CLEANSE_BENCH_JIONLP names a Python that has it.
    """
    python = os.environ.get("CLEANSE_BENCH_JIONLP")
    if not python:
        print("jionlp beside ours: skipped, CLEANSE_BENCH_JIONLP names no Python")
        return
    cases = list(lines(folder / "dev.jsonl"))[::SAMPLE]
    texts = json.dumps([case["raw"] for case in cases])
    answer = subprocess.run(
        [python, "-c", JIONLP], input=texts, capture_output=True, text=True, check=True
    )
    theirs = json.loads(answer.stdout.splitlines()[-1])
    divisions = divisions_of(RULES.vocabulary)
    ours = [parse_chinese(case["raw"], divisions).place[:3] for case in cases]
    for at, (label, level) in enumerate(LEVELS.items()):
        wanted = [
            [text for name, text in case["components"] if name == label][-1:]
            for case in cases
        ]
        for name, found in (("ours", ours), ("jionlp", theirs)):
            pairs = [
                (want[0], each[at])
                for want, each in zip(wanted, found, strict=True)
                if want
            ]
            right = sum(stem(want) == stem(got or "") for want, got in pairs)
            yield f"{level}, {name}", right / len(pairs), len(pairs)


def stem(name: str) -> str:
    return re.sub(r"(?<=..)(?:省|市|区|县|(?:壮族|回族|维吾尔)?自治区)$", "", name)


def coverage(folder: Path) -> Iterator[Figure]:
    """Share of unlabelled lines in which a level is known."""
    divisions = divisions_of(RULES.vocabulary)
    texts = [row["原始地址"] for row in table(folder / "addr.csv")]
    found = [parse_chinese(simplify(text), divisions).place for text in texts]
    for at, level in enumerate(LEVELS.values()):
        yield (
            f"{level} known",
            sum(bool(each[at]) for each in found) / len(found),
            len(found),
        )


BENCHES = {"zh_address_parsing": addresses, "jionlp": places, "cpca": coverage}
