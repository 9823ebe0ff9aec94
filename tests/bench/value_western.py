"""How well western addresses are read, beside the usaddress library where it is installed."""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from value_sets import RULES, Figure, lines

from cleanse.normalise.address_western import parse_western
from cleanse.normalise.address_words import words_of
from cleanse.normalise.text import tidy

PARTS = {
    "number": "AddressNumber AddressNumberPrefix AddressNumberSuffix",
    "street": "StreetName StreetNamePostType StreetNamePreType StreetNamePreDirectional StreetNamePostDirectional StreetNamePreModifier StreetNamePostModifier prefix suffix IntersectionSeparator",
    "city": "PlaceName",
    "state": "StateName",
    "zip": "ZipCode ZipPlus4",
}
WORDS = words_of(RULES.vocabulary)

CROSSING = "IntersectionSeparator"
"""Label of the sign or word between two streets that cross."""

Read = Callable[[str], Mapping[str, str]]


def american_addresses(folder: Path) -> Iterator[Figure]:
    """Share of lines whose part is the labelled one.

    By the letter, and by what it means: ``214 B`` is ``214B``, ``MA 1241`` is ZIP
    01241. Two streets that cross are one street with & between them, on both sides:
    the label of what joins them (&, and, at) counts as part of the street.
    train_labeled is also shown by even and odd lines; errors of both were looked at,
    those of test_labeled never.
    """
    peers: dict[str, Read] = {"": ours}
    try:
        peers["usaddress "] = peer(importlib.import_module("usaddress").parse)
    except ImportError:
        print("usaddress: the library is not installed, no column of its own")
    for path in sorted(folder.glob("*.jsonl")):
        cases = list(lines(path))
        for peer_name, read in peers.items():
            yield from measured(cases, peer_name + path.stem[:17], read)
        if path.stem == "train_labeled":
            yield from measured(cases[::2], "train even lines", ours)
            yield from measured(cases[1::2], "train odd lines", ours)


def measured(cases: list[dict], name: str, read: Read) -> Iterator[Figure]:
    """Compare each part of each line."""
    right, meant = Counter(), Counter()
    for case in cases:
        got = read(case["raw"])
        for part, labels in PARTS.items():
            want = said(case["tokens"], labels.split())
            want = state_code(want) if part == "state" else want
            value = plain(got[part])
            right[part] += value == want
            meant[part] += meaning(part, value) == meaning(part, want)
    for part in PARTS:
        yield f"{name} {part}", right[part] / len(cases), len(cases)
    for part in PARTS:
        yield f"{name} {part} meant", meant[part] / len(cases), len(cases)


def ours(raw: str) -> Mapping[str, str]:
    found = parse_western(tidy(re.sub(r"\s*,?\s*\n\s*", ", ", raw)), WORDS)
    got = (
        found.house_number,
        found.street,
        found.city,
        found.province,
        found.postcode,
    )
    return {part: value or "" for part, value in zip(PARTS, got, strict=True)}


def peer(parse: Callable[[str], list[tuple[str, str]]]) -> Read:
    """Make a reader of a library that labels words."""

    def read(raw: str) -> Mapping[str, str]:
        tokens = parse(raw)
        got = {part: said(tokens, labels.split()) for part, labels in PARTS.items()}
        return got | {"state": state_code(got["state"])}

    return read


def said(tokens: list, labels: list[str]) -> str:
    """Put the words with some of the labels together; what joins two streets is &."""
    return plain(
        " ".join(
            "&" if label == CROSSING else token
            for token, label in tokens
            if label in labels
        )
    )


def state_code(name: str) -> str:
    return WORDS.states[name].code.lower() if name in WORDS.states else name


def plain(text: str) -> str:
    return re.sub(r"[.,;]", "", text).replace("# ", "#").lower().strip()


def meaning(part: str, text: str) -> str:
    """Leave out what two readers may write differently without meaning another place."""
    text = unicodedata.normalize("NFKC", text).replace("⁄", "/").strip("\"' ")
    if part == "number":
        return re.sub(r"[\s#-]", "", text)
    if part == "street":
        return " ".join(re.sub(r"[^\w/#]|\band\b", " ", text).split())
    if part == "zip":
        return re.sub(r"\s", "", text).lstrip("0")
    if part == "state":
        return text.rsplit(" ", 1)[-1]
    return text


BENCHES = {"usaddress": american_addresses}
