"""How well Chinese addresses are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from value_sets import RULES, Figure, lines

from cleanse.normalise.address_chinese import parse_chinese
from cleanse.normalise.division import divisions_of
from cleanse.normalise.text import simplify

LEVELS = {"prov": "province", "city": "city", "district": "district"}
DETAILS = {
    "town": "town", "road": "street", "roadno": "house_number", "houseno": "building",
    "cellno": "unit", "floorno": "floor", "roomno": "room", "poi": "site",
}  # fmt: skip


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
        for label, part in DETAILS.items():
            texts = [text for name, text in case["components"] if name == label]
            is_text = label in ("town", "road", "poi")
            got.add((label, sign(getattr(found, part), keep=is_text)))
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
    return text if keep or not text else re.sub(r"[^0-9A-Za-z]", "", text).upper()


BENCHES = {"zh_address_parsing": chinese_addresses, "jionlp": places}
