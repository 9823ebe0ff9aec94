"""How well names of companies are read, and told from names of persons.

The cases of cleanco are that library's own tests, so it is at home there; it is
measured beside ours when it is installed. The Chinese parts are the project's own
cases (tests/cases/company_chinese.csv).
"""

from __future__ import annotations

import csv
import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from value_sets import RULES, Figure, lines, table

from cleanse.normalise.company import parse_company
from cleanse.normalise.company_words import company_words
from cleanse.normalise.kind_evidence import kind_words, name_evidence
from cleanse.normalise.text import fold
from cleanse.normalise.western_company import company_tokens

WORDS = company_words(RULES.vocabulary)
KINDS = kind_words(RULES.vocabulary)
CHINESE = Path(__file__).parents[1] / "cases" / "company_chinese.csv"
PLAIN = "Hello World"
"""What is left of the cases whose set names no base."""


def base_names(folder: Path) -> Iterator[Figure]:
    """Share of cleanco's own cases whose name without its legal form is the expected one.

    Compared by words: no case, accents, dots, articles; & is and. Cases that expect
    nothing to be left (the name is "Ltd") have their own line: a core of ours is
    never empty. The library is called as its tests call it, forms in front and in
    the middle taken too.
    """
    readers: dict[str, Callable[[str], str]] = {
        "": lambda name: parse_company(name, WORDS).core
    }
    if library := _installed("cleanco"):
        readers["cleanco "] = _theirs(library)
    else:
        print("cleanco: the library is not installed, no column of its own")
    cases = list(_cases(folder / "cases_raw.csv"))
    for who, read in readers.items():
        named = [_words(read(name)) == _words(want) for name, want in cases if want]
        yield f"{who}base", sum(named) / len(named), len(named)
        bare = [not read(name) for name, want in cases if not want]
        yield f"{who}base, nothing left", sum(bare) / len(bare), len(bare)
    yield from _listed(folder / "companies_name_country.csv")


def _theirs(library: ModuleType) -> Callable[[str], str]:
    clean = importlib.import_module("cleanco.clean")
    terms = clean.prepare_default_terms()

    def read(name: str) -> str:
        once = clean.custom_basename(name, terms, prefix=True, suffix=True, middle=True)
        return library.basename(once)

    return read


def _words(text: str) -> list[str]:
    words = company_tokens(fold(text))
    return [word for word in words if word not in ("and", "&", "the", "of")]


def _cases(path: Path) -> Iterator[tuple[str, str]]:
    """Read (name, expected base name)."""
    for row in table(path):
        text = row["name_or_expected"]
        if text.startswith("["):
            name, want = json.loads(text)
            yield name, want
        elif row["group"].startswith("empty"):
            yield text, ""
        else:
            yield text, PLAIN


def _listed(path: Path) -> Iterator[Figure]:
    """Share of listed companies told to be companies, and whose legal form is taken off.

    Not each has a form. Errors were looked at in the even rows only.
    """
    with path.open(encoding="utf-8") as file:
        names = [row[0] for row in csv.reader(file, delimiter=";") if row]
    for part, some in (("even", names[::2]), ("odd", names[1::2])):
        told = sum(name_evidence(fold(name), KINDS) > 0 for name in some)
        yield f"listed {part} company", told / len(some), len(some)
        person = sum(name_evidence(fold(name), KINDS) < 0 for name in some)
        yield f"listed {part} person", person / len(some), len(some)
        form = sum(bool(parse_company(name, WORDS).form) for name in some)
        yield f"listed {part} form", form / len(some), len(some)


def labelled_companies(folder: Path) -> Iterator[Figure]:
    """Share of labelled companies told to be companies, and of their legal forms found."""
    cases = list(lines(folder / "company.jsonl"))
    for part, some in (("even", cases[::2]), ("odd", cases[1::2])):
        told = [name_evidence(fold(case["raw"]), KINDS) for case in some]
        yield (
            f"{part} company",
            sum(each > 0 for each in told) / len(some),
            len(some),
        )
        yield (
            f"{part} not person",
            sum(each >= 0 for each in told) / len(some),
            len(some),
        )
        formed = [
            case
            for case in some
            if case["tokens"][-1][1] == "CorporationLegalType"
            and "CorporationNameBranchType" not in dict(case["tokens"]).values()
        ]
        found = sum(bool(parse_company(case["raw"], WORDS).form) for case in formed)
        yield f"{part} form", found / len(formed), len(formed)


def chinese_parts(_folder: Path | None = None) -> Iterator[Figure]:
    """Share of the project's own Chinese names whose parts are the expected ones."""
    cases = table(CHINESE)
    right: Counter[str] = Counter()
    for case in cases:
        got = parse_company(case["raw"], WORDS)._asdict()
        parts = ("region", "brand", "industry", "form", "branch")
        same = {part: got[part] == case[part] for part in parts}
        right.update(part for part in same if same[part])
        right["all five"] += all(same.values())
    for part, count in right.items():
        yield f"Chinese {part}", count / len(cases), len(cases)


def _installed(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _both(folder: Path) -> Iterator[Figure]:
    yield from base_names(folder)
    yield from chinese_parts()


BENCHES = {"cleanco": _both, "probablepeople": labelled_companies}
