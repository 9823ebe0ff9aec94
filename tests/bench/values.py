"""How well single values are read: a line per set and part.

    python tests/bench/values.py FOLDER

FOLDER (or the environment variable CLEANSE_BENCH_VALUES) holds phone_examples, isemail,
usaddress, zh_address_parsing and jionlp; sets that are not there are skipped with a word.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from cleanse.normalise.address_chinese import parse_chinese
from cleanse.normalise.address_western import parse_western
from cleanse.normalise.address_words import words_of
from cleanse.normalise.amount import parse_amount
from cleanse.normalise.division import divisions_of
from cleanse.normalise.email import cell_emails
from cleanse.normalise.phone import normalise_phone
from cleanse.normalise.text import simplify, tidy
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()


def main() -> int:
    """Print every set found under the folder."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CLEANSE_BENCH_VALUES")
    if not given or not Path(given).is_dir():
        print("values: skipped, no folder given (argument or CLEANSE_BENCH_VALUES)")
        return 0
    for name, bench in BENCHES.items():
        folder = Path(given) / name
        if not folder.is_dir():
            print(f"{name}: skipped, not in the folder")
            continue
        start = time.perf_counter()
        for part, share, cases in bench(folder):
            print(f"{name:<20} {part:<24} {share:7.2%} of {cases}")
        print(f"{name:<20} {time.perf_counter() - start:.1f} s")
    return 0


Figure = tuple[str, float, int]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def phones(folder: Path) -> Iterator[Figure]:
    """Share of inputs that come out as the true number."""
    cases = pl.DataFrame(table(folder / "cases.csv"))
    frame = cases.select(
        pl.col("input").alias("phone_raw"),
        pl.col("default_region").alias("region"),
        "form",
        "expected_e164",
    )
    read = normalise_phone(frame, RULES)
    right = read.select(
        "form",
        (pl.col("phone_e164") == pl.col("expected_e164"))
        .fill_null(value=False)
        .alias("right"),
    )
    yield from (
        right.group_by("form", maintain_order=True)
        .agg(pl.col("right").mean(), pl.len())
        .rows()
    )
    yield "all forms", right["right"].mean(), right.height


def emails(folder: Path) -> Iterator[Figure]:
    """Share of ordinary addresses told right; outer white space is trimmed before."""
    wanted = {"ISEMAIL_VALID_CATEGORY": True, "ISEMAIL_ERR": False}
    right = Counter()
    cases = Counter()
    for name in ("cases.csv", "cases_original.csv"):
        for case in table(folder / name):
            if (
                case["category"] not in wanted
                or case["address"] != case["address"].strip()
            ):
                continue
            found = cell_emails(case["address"])
            is_valid = len(found) == 1 and found[0].is_valid
            cases[case["category"]] += 1
            right[case["category"]] += is_valid is wanted[case["category"]]
    for category, count in cases.items():
        yield category, right[category] / count, count


PARTS = {
    "number": "AddressNumber AddressNumberPrefix AddressNumberSuffix",
    "street": "StreetName StreetNamePostType StreetNamePreType StreetNamePreDirectional StreetNamePostDirectional StreetNamePreModifier StreetNamePostModifier prefix suffix",
    "city": "PlaceName",
    "state": "StateName",
    "zip": "ZipCode ZipPlus4",
}


def american_addresses(folder: Path) -> Iterator[Figure]:
    """Share of lines whose part is exactly the labelled one."""
    words = words_of(RULES.vocabulary)
    for path in sorted(folder.glob("*.jsonl")):
        right = Counter()
        cases = list(lines(path))
        for case in cases:
            found = parse_western(
                tidy(re.sub(r"\s*,?\s*\n\s*", ", ", case["raw"])), words
            )
            got = (
                found.house_number,
                found.street,
                found.city,
                found.province,
                found.postcode,
            )
            for (part, labels), value in zip(PARTS.items(), got, strict=True):
                want = plain(
                    " ".join(
                        token
                        for token, label in case["tokens"]
                        if label in labels.split()
                    )
                )
                if part == "state" and want in words.states:
                    want = words.states[want].code.lower()
                right[part] += plain(value) == want
        for part in PARTS:
            yield f"{path.stem[:17]} {part}", right[part] / len(cases), len(cases)


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
    """Share of places whose province, city and county are all right; of amounts."""
    divisions = divisions_of(RULES.vocabulary)
    cases = [case["case"] for case in lines(folder / "location_parser.jsonl")]
    right = 0
    for text, *_, want in cases:
        found = divisions.find(simplify(text))
        right += found[:3] == (want["province"], want["city"], want["county"])
    yield "places", right / len(cases), len(cases)
    amounts = [case["case"] for case in lines(folder / "money_parser.jsonl")]
    sure = [(text, want["num"]) for text, want in amounts if isinstance(want, dict)]
    right = sum(str(parse_amount(text).value) == want for text, want in sure)
    yield "amounts", right / len(sure), len(sure)


def plain(text: str | None) -> str:
    return re.sub(r"[.,]", "", text or "").lower().strip()


def sign(text: str | None, *, keep: bool) -> str | None:
    return text if keep or not text else re.sub(r"[^0-9A-Za-z]", "", text).upper()


BENCHES: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "phone_examples": phones,
    "isemail": emails,
    "usaddress": american_addresses,
    "zh_address_parsing": chinese_addresses,
    "jionlp": places,
}

if __name__ == "__main__":
    sys.exit(main())
