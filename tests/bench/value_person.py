"""How well names of persons are read, and persons told from companies.

The cases of nameparser are that library's own tests, so it is at home there; it
is measured beside ours when it is installed.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from value_sets import RULES, Figure, lines

from cleanse.normalise.kind_evidence import kind_words, name_evidence
from cleanse.normalise.person_couple import split_people
from cleanse.normalise.person_name import parse_person
from cleanse.normalise.person_words import person_words
from cleanse.normalise.text import fold, tidy

WORDS = person_words(RULES.vocabulary)
PARTS = ("first", "middle", "last", "suffix", "title", "nickname", "surnames")


def library_cases(folder: Path) -> Iterator[Figure]:
    """Share of names whose parts are the expected ones; a part not expected is not judged.

    "whole" is first, middle and last of the names of which one is expected.
    """
    cases = list(lines(folder / "cases.jsonl"))
    readers: dict[str, Callable[[str], Mapping[str, str]]] = {"": ours}
    if library := _installed("nameparser"):
        readers["nameparser: "] = lambda name: theirs(library.HumanName(name))
    for who, read in readers.items():
        right: Counter[str] = Counter()
        asked: Counter[str] = Counter()
        for case in cases:
            got = read(case["name"])
            same = {
                part: plain(got[part], part) == plain(want, part)
                for part, want in case["expected"].items()
            }
            asked.update([*same, "exact"])
            right.update(
                [*(p for p in same if same[p]), *["exact"] * all(same.values())]
            )
            names = [same[part] for part in ("first", "middle", "last") if part in same]
            asked["whole"] += bool(names)
            right["whole"] += bool(names) and all(names)
        for part in ("exact", "whole", *PARTS):
            yield f"{who}{part}", right[part] / asked[part], asked[part]


def ours(name: str) -> dict[str, str]:
    """Read a name in the words of the library.

    It calls a couple one person (John and Jane Smith), and a name typed in quotes
    alone no first name; ours says the same in other columns.
    """
    people = [parse_person(each, WORDS) for each in split_people(tidy(name), WORDS)]
    found = people[0]
    is_called = bool(found.nickname) and found.given == found.nickname
    return {
        "first": "" if is_called else " and ".join(each.given for each in people),
        "middle": found.middle,
        "last": found.family,
        "suffix": found.honours,
        "title": " and ".join(each.titles for each in people if each.titles),
        "nickname": found.nickname,
        "surnames": f"{found.middle} {found.family}",
    }


def theirs(name: object) -> dict[str, str]:
    return {part: getattr(name, part) for part in PARTS}


def plain(text: str, part: str) -> str:
    """Compare without case, dots and commas; suffixes in any order."""
    words = fold(text).replace(".", "").replace(",", " ").split()
    return " ".join(sorted(words) if part == "suffix" else words)


def labelled_names(folder: Path) -> Iterator[Figure]:
    """Share of names of two words and more read as labelled; of a couple the first.

    A word alone is left out: nothing in it tells a given from a family name.
    """
    labels = {
        "given": ("GivenName", "FirstInitial"),
        "family": ("Surname", "LastInitial"),
        "suffix": ("SuffixGenerational",),
        "nickname": ("Nickname",),
    }
    cases = [each for each in lines(folder / "person.jsonl") if len(each["tokens"]) > 1]
    for half, chosen in (("even", cases[::2]), ("odd", cases[1::2])):
        right: Counter[str] = Counter()
        for case in chosen:
            found = parse_person(tidy(case["raw"]), WORDS)
            got = (found.given, found.family, found.suffix, found.nickname)
            all_right = True
            for (part, names), value in zip(labels.items(), got, strict=True):
                want = _first_run(case["tokens"], names)
                same = _letters(value) == _letters(want)
                if part == "given":
                    same = _letters(value.split(" ")[0]) == _letters(want.split(" ")[0])
                right[part] += same
                all_right &= same
            right["exact"] += all_right
        for part in ("exact", *labels):
            yield f"{half} {part}", right[part] / len(chosen), len(chosen)
    yield from _kinds(
        {
            "person": [each["raw"] for each in cases],
            "company": [each["raw"] for each in lines(folder / "company.jsonl")],
        }
    )


def company_names(folder: Path) -> Iterator[Figure]:
    """Share of names of listed companies that are told to be companies."""
    rows = (folder / "companies_name_country.csv").read_text("utf-8").splitlines()
    yield from _kinds({"company": [row.rpartition(";")[0] for row in rows if row]})


def _kinds(names: Mapping[str, list[str]]) -> Iterator[Figure]:
    """What a name by itself says: rightly, or wrongly; the rest its list decides."""
    words = kind_words(RULES.vocabulary)
    for kind, texts in names.items():
        for half, chosen in (("even", texts[::2]), ("odd", texts[1::2])):
            sign = 1 if kind == "company" else -1
            said = [sign * name_evidence(fold(text), words) for text in chosen]
            for word, count in (
                ("right", sum(each > 0 for each in said)),
                ("wrong", sum(each < 0 for each in said)),
            ):
                yield f"{half} {kind} {word}", count / len(chosen), len(chosen)


def _first_run(tokens: list[list[str]], names: tuple[str, ...]) -> str:
    """Join the first words in a row that bear one of the labels."""
    run: list[str] = []
    for token, label in tokens:
        if label in names:
            run.append(token)
        elif run:
            break
    return " ".join(run)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _installed(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


BENCHES = {
    "nameparser": library_cases,
    "probablepeople": labelled_names,
    "cleanco": company_names,
}
