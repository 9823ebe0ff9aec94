"""Western company names into core, form, region and branch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleanse.normalise.company_words import CompanyName, CompanyWords

_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_ALSO = re.compile(r"\b(?:t/a|d/b/a|dba|trading as|doing business as|aka|formerly)\b")
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_WORD = re.compile(r"[^\W_]+(?:[&/+'][^\W_]+)*|[&+]")
_SMALL = frozenset(("and", "&", "+", "the", "of", "und", "et", "y"))
_LINKS = frozenset(("and", "&", "+", "und", "et", "y"))
_FORMS_IN_FRONT = frozenset(("ooo", "oao", "zao", "pao", "ооо", "оао", "зао", "пао", "pt", "ab", "as", "uab", "sia"))  # fmt: skip
_SHORTEST_CORE = 1
_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_LONGEST_PLACE = 3
"""Words of a note that may be a place."""


def parse_western_company(text: str, words: CompanyWords) -> CompanyName:
    """Read one company name in Latin or another alphabet.

    Args:
        text: A folded name: lower case, no accents.
        words: Vocabulary.

    Returns:
        Its parts. Never raises; core is never empty unless `text` has no word.
    """
    notes = _read_brackets(text, words)
    text, *also = _ALSO.split(notes.text, maxsplit=1)
    also = also or [notes.also]
    tokens = company_tokens(text)
    own_branch = _take_branch(tokens, text, words)
    form = _take_forms(tokens, words)
    # A branch may stand before the form too: Acme London Branch Ltd.
    own_branch = own_branch or _take_branch(tokens, text, words)
    region = _take_region(tokens, words) or notes.region
    tokens += notes.core.split()
    core = [words.industry.get(token) or token for token in tokens]
    kept = [token for token in core if token not in _SMALL] or core
    return CompanyName(
        core=" ".join(kept),
        form=form,
        region=region,
        branch=own_branch or notes.branch,
        also=" ".join(company_tokens(also[0])),
    )


def company_tokens(text: str) -> list[str]:
    """Part a folded name into words: dots closed up, apostrophes gone, & kept.

    >>> company_tokens("o'neil & sons, l.l.c.")
    ['oneil', '&', 'sons', 'llc']
    """
    if text.replace(" ", "").isalpha():
        return text.split()
    text = _DOTTED.sub("", text).replace("'", "")
    return _WORD.findall(text)


def form_length(tokens: Sequence[str], words: CompanyWords) -> int:
    """Count the words of the longest legal form that ends `tokens`; 0 when there is none."""
    if tokens and tokens[-1] not in words.form_ends:
        return 0
    for length in range(min(words.longest_form, len(tokens) - 1), 0, -1):
        if " ".join(tokens[-length:]) in words.forms:
            return length
    return 0


def _take_forms(tokens: list[str], words: CompanyWords) -> str:
    """Take the legal forms off the end; the last one written tells the form."""
    form = ""
    while length := form_length(tokens, words):
        form = form or words.forms[" ".join(tokens[-length:])]
        del tokens[-length:]
    while len(tokens) > 1 and tokens[-1] in _LINKS:
        del tokens[-1]
    if not form and len(tokens) > 1 and tokens[0] in _FORMS_IN_FRONT:
        form = words.forms.get(tokens[0], tokens[0])
        del tokens[0]
    return form


class _Notes(NamedTuple):
    """A name without its brackets, and what stood in them."""

    text: str
    region: str = ""
    branch: str = ""
    core: str = ""
    """What belongs to the name, behind its legal form."""
    also: str = ""
    """A former, short or trading name."""


def _read_brackets(text: str, words: CompanyWords) -> _Notes:
    """Take brackets out; what tells one customer from another is kept apart.

    An unknown short note is taken for a place: (Leeds) and (Sheffield) are two.
    """
    if "(" not in text and "[" not in text:
        return _Notes(text)
    notes = _Notes("")

    def read(match: re.Match[str]) -> str:
        nonlocal notes
        inside = match[1].strip()
        tokens = company_tokens(inside)
        note = " ".join(tokens)
        former = _ALSO.match(inside)
        if former or _is_acronym(note, text[: match.start()]):
            name = inside[former.end() :] if former else inside
            notes = notes._replace(also=name.strip())
        elif note in words.regions:
            notes = notes._replace(region=notes.region or words.regions[note])
        elif tokens and tokens[-1] in words.branches:
            notes = notes._replace(branch=notes.branch or note)
        elif not note or note in words.remarks or tokens[-1] in words.departments:
            return " "
        elif _is_of_name(tokens, text[match.end() :], words):
            return f" {inside} "
        elif notes.region or not _NAME.fullmatch(note) or len(tokens) > _LONGEST_PLACE:
            notes = notes._replace(core=f"{notes.core} {note}".strip())
        else:
            notes = notes._replace(region=note)
        return " "

    left = _BRACKET.sub(read, text)
    return notes._replace(text=left) if left.strip() else _Notes(text)


def _is_of_name(tokens: Sequence[str], behind: str, words: CompanyWords) -> bool:
    """Whether a note goes on with the name or its form: Acme (Holdings) (Pty) Ltd."""
    follows = company_tokens(behind)[:1]
    note = " ".join(tokens)
    if note in words.forms or " ".join([note, *follows]) in words.forms:
        return True
    return bool(follows) and any(token in words.industry for token in tokens)


def _is_acronym(note: str, before: str) -> bool:
    """Whether a note is made of the initials of the name: British Beer Company (BBC)."""
    tokens = company_tokens(before)
    initials = "".join(token[0] for token in tokens)
    short = "".join(token[0] for token in tokens if token not in _SMALL)
    return len(note) > 1 and (initials.startswith(note) or short.startswith(note))


def _take_branch(tokens: list[str], text: str, words: CompanyWords) -> str:
    """Take "- London Branch" off the end; a department goes without a trace."""
    length = next(
        (
            n
            for n in (2, 1)
            if _is_part(" ".join(tokens[-n:]), words) and len(tokens) > n
        ),
        0,
    )
    if not length:
        return ""
    word = " ".join(tokens[-length:])
    start = len(tokens) - length
    before = re.split(r"\s[-,|]\s|,\s*", text)
    apart = len(company_tokens(before[-1])) if len(before) > 1 else 0
    if length < apart < len(tokens):
        start = len(tokens) - apart
    else:
        for size in (2, 1):
            if start > size and " ".join(tokens[start - size : start]) in words.regions:
                start -= size
                break
    if start == len(tokens) - length and word in words.branches:
        return ""  # "Apple Store" is a name; "Apple London Store" a branch.
    branch = " ".join(tokens[start:])
    del tokens[start:]
    return branch if word in words.branches else ""


def _is_part(word: str, words: CompanyWords) -> bool:
    return word in words.branches or word in words.departments


def _take_region(tokens: list[str], words: CompanyWords) -> str:
    """Take a place off the end or front, where two words of a name are left.

    "Bank of China" and "Air Canada" keep theirs.
    """
    for size in (2, 1):
        rest = len(tokens) - size
        if rest <= _SHORTEST_CORE or tokens[rest - 1] in (*_SMALL, "in", "for", "de"):
            continue
        region = words.regions.get(" ".join(tokens[rest:]))
        if region:
            del tokens[rest:]
            return region
    front = words.regions.get(tokens[0]) if len(tokens) > _SHORTEST_CORE + 1 else None
    # Only Chinese places stand in front by rule: Xiamen Naying Network.
    if front and not front.isascii():
        del tokens[0]
        return front
    return ""
