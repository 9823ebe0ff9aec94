"""What each column may be: its heading weighed against what it holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cleanse.map.content import Content
from cleanse.map.heading import HeadingIndex, Meaning, Way
from cleanse.rulebook.fields import FieldRules
from cleanse.schema import FIELDS, FieldKind

_STRICT = (
    FieldKind.PHONE,
    FieldKind.EMAIL,
    FieldKind.DATE,
    FieldKind.TIME,
    FieldKind.AMOUNT,
    FieldKind.COUNT,
)
"""Kinds whose cells can look like little else."""

_DOUBTED_BELOW = 0.15
"""A strict field is doubted when fewer of its cells look right."""

_TELLING_FROM = 0.6
"""A heading is doubted when so many cells tell of something else."""

_TAKEN_FROM = 0.7
"""A column without a telling heading is taken for what so many of its cells look like."""

_BORNE_OUT = 0.5
"""A heading that may mean other things as well is believed when so many cells look right."""

_VAGUE = ("number", "long", "code", "word")
_SHOWN_BY = {
    "gender": ("gender",),
    "kind": ("kind",),
    "postcode": ("postcode", "number"),
    "total_amount": ("amount", "number"),
    "purchase_count": ("number",),
}
"""Looks of fields that no look speaks for alone."""

_NAMES_FROM = 0.5
"""The same, where no heading names anyone and some column must."""

_FEWEST = 3
"""Different values needed to doubt a heading or to do without one."""

_SOURCE_AT_MOST = 100
"""A column of sources has few values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A column that may fill a field."""

    heading: str
    field: str
    reason: str
    confidence: float
    """0 to 1."""
    rank: int
    """How good its heading is for the field, 0 best."""
    number: int = 0
    place: str = ""
    known: str = ""
    """The heading of fields.toml it was taken for."""
    part: int | None = None
    """Its place when it is a piece of the field."""
    fill: float = 0.0
    whole: float = 0.0
    """Share of its cells that look like a whole address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the heading of a column says, if the contents bear it out."""

    candidates: tuple[Candidate, ...]
    """Best first; several when the heading is ambiguous and the contents do not tell."""
    doubt: str = ""
    """Why the heading is not believed."""


def judge_heading(
    heading: str, content: Content, index: HeadingIndex, rules: FieldRules
) -> Verdict:
    """Weigh what a heading means against what the column holds.

    Returns:
        The fields it may be, best first; none with a doubt when the contents
        contradict, none without one when the heading says nothing.
    """
    meanings = index.meanings(heading)
    doubts = [_doubt(meaning, content, rules) for meaning in meanings]
    believed = [m for m, doubt in zip(meanings, doubts, strict=True) if not doubt]
    if not believed:
        return Verdict(candidates=(), doubt=next(iter(doubts), ""))
    order = list(FIELDS)
    believed.sort(key=lambda m: (-_support(m, content, rules), order.index(m.field)))
    return Verdict(
        candidates=tuple(
            _candidate(heading, m, content, index, rules) for m in believed
        )
    )


def _support(meaning: Meaning, content: Content, rules: FieldRules) -> float:
    """Return the share of cells that look right; a half where nothing can be told."""
    looks = rules.fields[meaning.field].looks
    return content.share(looks) if looks and content.sampled else 0.5


def _doubt(meaning: Meaning, content: Content, rules: FieldRules) -> str:
    looks = rules.fields[meaning.field].looks
    if meaning.field == "source" and content.distinct > _SOURCE_AT_MOST:
        return f"a heading of source, but {content.distinct} different values"
    if meaning.way is Way.SOUND and not _bears_out(meaning.field, content, rules):
        return f"may sound like {meaning.known!r}, but what it holds does not look so"
    if content.sampled < min(_FEWEST, max(content.distinct, 1)):
        return ""
    right = content.share(looks) if looks else 1.0
    look, share = dominant(content)
    strict = FIELDS[meaning.field] in _STRICT or meaning.field in ("kind", "website")
    contradicted = (
        share >= _TELLING_FROM
        and look not in looks
        and rules.looks.get(look) is not None
        and rules.looks[look].is_telling
        and (meaning.way is Way.HEADED or not _takes_anything(meaning.field, look))
    )
    if contradicted or (looks and strict and right < _DOUBTED_BELOW):
        return f"the heading says {meaning.field}, but {share:.0%} of it are {_named(look, rules)}"
    return ""


def _bears_out(field: str, content: Content, rules: FieldRules) -> bool:
    """Whether a column holds what its heading, Chinese in Latin letters, may mean.

    A few letters mean little in a list that is not Chinese (cs, sh): where cells of
    the field look like nothing else they must do so, else be Chinese.
    """
    own = [name for name, look in rules.looks.items() if look.field == field]
    if FIELDS[field] in _STRICT:
        own = [look for look in rules.fields[field].looks if look not in _VAGUE]
    if field in _SHOWN_BY:
        own = list(_SHOWN_BY[field])
    if own and field != "address":
        return content.share(own) >= _BORNE_OUT
    han = content.sample["value"].str.contains(r"\p{Han}").mean()
    return float(han or 0.0) >= _BORNE_OUT  # type: ignore[arg-type]


def _takes_anything(field: str, look: str) -> bool:
    kind = FIELDS[field]
    free = (FieldKind.CATEGORY, FieldKind.TAGS, FieldKind.TEXT, FieldKind.HANDLE)
    if look == "address":
        return kind in (*free, FieldKind.ADDRESS, FieldKind.COMPANY)
    return kind in free or (kind is FieldKind.ID and look != "email")


def dominant(content: Content) -> tuple[str, float]:
    """Return the commonest look and its share; ties go to the first by name."""
    if not content.looks:
        return "", 0.0
    return max(sorted(content.looks.items()), key=lambda item: item[1])


_SAID = {
    Way.HEADED: "heading ending or beginning in {known!r}",
    Way.GROUPED: "heading under others, its last part {known!r}",
    Way.SHORTENED: "heading short for {known!r}",
    Way.SOUND: "heading that sounds like {known!r}",
    Way.ALIKE: "heading written for {known!r}",
    Way.EXACT: "heading",
    Way.NUMBERED: "heading without its number",
    Way.PEELED: "heading {known!r} in it",
    Way.PLACED: "heading {known!r} in it",
    Way.FUZZY: "heading like {known!r}",
}


def _candidate(
    heading: str,
    meaning: Meaning,
    content: Content,
    index: HeadingIndex,
    rules: FieldRules,
) -> Candidate:
    looks = rules.fields[meaning.field].looks
    reason = _SAID[meaning.way].format(known=meaning.known)
    confidence = meaning.way / 100
    if not content.filled:
        reason += ", empty"
    elif looks and content.sampled:
        right = content.share(looks)
        confidence += 0.04 if right >= 0.8 else -0.25 if right < 0.5 else 0.0  # noqa: PLR2004
        reason += f", {right:.0%} of its cells look so"
    return Candidate(
        heading=heading,
        field=meaning.field,
        reason=reason,
        confidence=round(confidence, 2),
        rank=meaning.rank,
        number=meaning.number,
        place=meaning.place,
        known=meaning.known,
        part=index.part_of(meaning.field, meaning),
        fill=content.fill,
        whole=content.share(["address"]),
    )


def candidates_by_content(
    contents: Mapping[str, Content],
    taken: Collection[str],
    index: HeadingIndex,
    rules: FieldRules,
) -> list[Candidate]:
    """Find fields by contents alone, for columns whose heading says nothing.

    Args:
        contents: The columns left over, by heading.
        taken: Fields that some heading named already.
        index: Of headings; those that speak of others are passed over.
        rules: For looks that stand for a field.

    Returns:
        One column per look that stands for a field not taken yet.
    """
    eligible = {h: c for h, c in contents.items() if not index.is_of_others(h)}
    found: list[Candidate] = []
    for field, looks in _looks_by_field(rules).items():
        if field not in taken and (best := _most_alike(eligible, looks, _TAKEN_FROM)):
            found.append(_by_look(best, field, looks[0], rules))
            eligible.pop(best[2])
    return found


def _looks_by_field(rules: FieldRules) -> dict[str, list[str]]:
    looks: dict[str, list[str]] = {}
    for name, look in rules.looks.items():
        if look.field and look.is_telling:
            looks.setdefault(look.field, []).append(name)
    return looks


def _most_alike(
    contents: Mapping[str, Content], looks: Sequence[str], least: float
) -> tuple[float, float, str] | None:
    """Return share, fill and heading of the column that looks so most."""
    alike = (
        (content.share(looks), content.fill, heading)
        for heading, content in contents.items()
        if content.sampled >= _FEWEST and content.share(looks) >= least
    )
    return max(alike, default=None)


def naming_candidates(
    contents: Mapping[str, Content], index: HeadingIndex, rules: FieldRules
) -> list[Candidate]:
    """Find who a list is about by contents, when no heading names anyone."""
    eligible = {h: c for h, c in contents.items() if not index.is_of_others(h)}
    found: list[Candidate] = []
    wanted = {"company": ["company"], "name": ["person_han", "person"]}
    for field, looks in wanted.items():
        if best := _most_alike(eligible, looks, _NAMES_FROM):
            found.append(_by_look(best, field, looks[0], rules))
            eligible.pop(best[2])
    return found


def _named(look: str, rules: FieldRules) -> str:
    """Say what cells of a look are."""
    rule = rules.looks.get(look)
    return (rule and rule.says) or "other words"


def _by_look(
    best: tuple[float, float, str], field: str, look: str, rules: FieldRules
) -> Candidate:
    share, fill, heading = best
    return Candidate(
        heading=heading,
        field=field,
        reason=f"by its contents: {share:.0%} are {_named(look, rules)}",
        confidence=round(0.85 * share, 2),
        rank=99,
        fill=fill,
    )
