"""How well western addresses are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from value_sets import RULES, Figure, lines

from cleanse.normalise.address_western import parse_western
from cleanse.normalise.address_words import words_of
from cleanse.normalise.text import tidy

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


def plain(text: str | None) -> str:
    return re.sub(r"[.,]", "", text or "").lower().strip()


BENCHES = {"usaddress": american_addresses}
