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
_FORMS_IN_FRONT = frozenset(
    (
        *("ooo", "oao", "zao", "pao", "ao", "tov", "too", "jsc", "pjsc", "ojsc", "cjsc"),
        *("ооо", "оао", "зао", "пао", "ао", "тоо", "тов", "чп", "ип", "ат", "прат"),
        *("pt", "pt tbk", "cv", "ud", "ab", "as", "a/s", "oy", "oy ab", "ab oy", "uab", "sia"),
        *("cong ty tnhh", "cong ty co phan", "cong ty cp", "ctcp", "ctcp", "ao oo"),
        *("open joint stock company", "joint stock company", "public joint stock company"),
        *("closed joint stock company", "limited liability company"),
        "акционерное общество",
        *("общество с ограниченной ответственностью", "публичное акционерное общество"),
        *("закрытое акционерное общество", "открытое акционерное общество"),
        *("индивидуальный предприниматель", "товариство з обмеженою відповідальністю"),
        *("주식회사", "유한회사", "유한책임회사", "합자회사", "합명회사"),
        *("societe a responsabilite limitee", "societe anonyme"),
        *("kabushiki kaisha", "yugen kaisha", "kk", "gk", "sc", "bv", "nv", "eurl", "sarl"),
        *("s a r l", "sas", "sci", "scop", "ets", "etablissements", "gmbh", "p t"),
    )
)  # fmt: skip
_KOREAN_FORMS = {"주": "주식회사", "유": "유한회사", "합": "합자회사"}
_KOREAN = re.compile(r"\(([주유합])\)")
"""A legal form as one sign: (주)금일식품, also typed ㈜."""
_FRONTS = frozenset(form.split(" ", 1)[0] for form in _FORMS_IN_FRONT)
_LONGEST_IN_FRONT = 4
_LISTED = "tbk"
"""Stands behind where another form stands in front: PT Maju Tbk."""
_CARE = re.compile(r"\b(?:c/o|care of|attn:?)(?= )")
_WEB = re.compile(r"^(?:https?://)?(?:www[.])?(?=\S)")
_DASHED = re.compile(r"^(?P<name>.+?)\s*-\s+(?P<short>[^\W\d_]{3,})$")
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
    text = _KOREAN.sub(lambda sign: f" {_KOREAN_FORMS[sign[1]]} ", text).strip()
    notes = _read_brackets(
        _without_care(_WEB.sub("", text) if "." in text else text), words
    )
    text, *also = _ALSO.split(notes.text, maxsplit=1)
    text, short = _take_short(text)
    also = also or [notes.also or short]
    tokens = company_tokens(text)
    own_branch = _take_branch(tokens, text, words)
    form = _take_forms(tokens, words)
    # A branch may stand before the form too: Acme London Branch Ltd.
    if form and not own_branch:
        own_branch = _take_branch(tokens, text, words)
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
    longest = words.form_ends.get(tokens[-1], 0) if tokens else 0
    for length in range(min(longest, len(tokens) - 1), 0, -1):
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
    if not tokens or (form not in ("", _LISTED) and tokens[0] not in words.sure_forms):
        return form  # AB Foods Ltd
    return _take_front(tokens, words) or form


def _take_front(tokens: list[str], words: CompanyWords) -> str:
    """Take a legal form off the front, where it is written so: OOO Vega, PT Maju."""
    if tokens[0] not in _FRONTS:
        return ""
    for length in range(min(_LONGEST_IN_FRONT, len(tokens) - 1), 0, -1):
        front = " ".join(tokens[:length])
        if front in _FORMS_IN_FRONT and front in words.forms:
            del tokens[:length]
            return words.forms[front]
    return ""


def _without_care(text: str) -> str:
    """Leave out in whose care the post is: Acme Ltd c/o Smith & Jones."""
    if _CARE.search(text) is None:
        return text
    before, *after = _CARE.split(text, maxsplit=1)
    return before.strip(" ,;-") or (after[0].strip() if after else text)


def _take_short(text: str) -> tuple[str, str]:
    """Take a short name off that is made of letters of the long one, in their order.

    Companhia de Energia - Copel; a place behind a dash is left alone.
    """
    match = _DASHED.match(text) if "- " in text else None
    if match is None:
        return text, ""
    letters = iter(match["name"].replace(" ", ""))
    if all(letter in letters for letter in match["short"]):
        return match["name"], match["short"]
    return text, ""


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
        elif _is_of_name(tokens, text, match.span(), words):
            return f" {inside} "
        elif notes.region or not _NAME.fullmatch(note) or len(tokens) > _LONGEST_PLACE:
            notes = notes._replace(core=f"{notes.core} {note}".strip())
        else:
            notes = notes._replace(region=note)
        return " "

    left = _BRACKET.sub(read, text)
    return notes._replace(text=left) if company_tokens(left) else _Notes(text)


def _is_of_name(
    tokens: Sequence[str], text: str, span: tuple[int, int], words: CompanyWords
) -> bool:
    """Whether a note goes on with the name or its form: Acme (Holdings) (Pty) Ltd."""
    before = company_tokens(text[: span[0]])[-1:]
    follows = company_tokens(text[span[1] :])[:1]
    note = " ".join(tokens)
    if " ".join([*before, note]) in words.forms:  # UG (haftungsbeschränkt)
        return True
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
