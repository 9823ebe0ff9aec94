"""Find customers by anything that is known of them: name, phone, mail, number, address."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from cleanse.errors import InputError
from cleanse.identify.spelling import CustomerIdError, parse_customer_id
from cleanse.normalise.fold import fold, has_han
from cleanse.warehouse import open_published
from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.search import (
    TAIL,
    Asked,
    Hit,
    customers_of,
    exact_hits,
    golden_of,
    holds_keys,
    near_hits,
    prefix_hits,
    rarity,
)

KINDS: Mapping[str, str] = {
    "n": "name",
    "o": "contact",
    "t": "phone",
    "e": "email",
    "i": "identifier",
    "k": "source key",
    "a": "address",
}
"""What a key is of, by its first sign."""
COMMON = 20_000
"""Customers of a word above which it only helps to rank, where there are rarer ones."""
CANDIDATES = 50
"""Customers that are looked at closely."""
_PHONE = re.compile(
    r"(?<![A-Za-z0-9@_./+-])\+?\(?\d[\d\s()./-]{5,}\d(?![A-Za-z0-9@_-])"
)
"""A number that stands by itself: not the digits of a key (crm-0000017) or of a mail."""
_NUMBER = re.compile(r"\d{1,5}[a-z]?")
_HAN_HOUSE = re.compile(r"([\u4e00-\u9fff]{1,4}[路街道巷弄里])(\d{1,5})")
_MOST_WORDS = 4
"""Words that may be one name written apart: hu jia xiu for Hu Jiaxiu."""
_BETWEEN = re.compile(r"[\s,;:，；：、。()（）'’‘\"“”]+")
_SURE = frozenset("eik")
"""Kinds of keys that say all of what was asked: a name adds nothing to them."""
_LONG, _VERY_LONG = 4, 8
"""Letters from which a word may have one slip, and two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One customer that answers."""

    customer_id: str
    score: float
    """0 to 1: the share of what was asked for that this customer has, rare words counting more."""
    matched: tuple[str, ...]
    """What was recognised: name, phone …"""
    row: Mapping[str, Any]
    """kind, name, phone, email, city, record_count."""

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "customer_id": self.customer_id,
            **self.row,
            "matched": list(self.matched),
            "score": self.score,
        }


def find(store: Path, text: str, limit: int = 20) -> list[Found]:
    """Find customers by any text, the best first; slips in words are forgiven.

    Args:
        store: Folder of the store.
        text: Parts of names (any script), telephone numbers, mails, identifiers, addresses.
        limit: How many to return at the most.

    Raises:
        InputError: The text is empty, or the store was published by an earlier version.
    """
    asked = list(asked_of(text))
    if not asked:
        raise InputError(
            "nothing to look for: give a name, phone, mail, number or address."
        )
    with open_published(store) as db:
        _require_keys(db)
        if known := _by_number(db, text):
            return [
                _found(row, 1.0, ("customer number",)) for row in golden_of(db, [known])
            ]
        hits = _hits(db, asked)
        return _ranked(db, text, asked, hits)[:limit] if hits else []


def asked_of(text: str) -> Iterator[Asked]:
    """Cut a text into the words that it asks for.

    >>> [one.keys for one in asked_of("Bob +44 20 7946-0011")]
    [('n:bob', 'o:bob', 'a:bob', 'e:bob', 'i:BOB', 'k:bob'), ('t:9460011', 'i:442079460011', 'k:442079460011')]
    >>> [one.keys for one in asked_of("li xiao ming")][-1]
    ('n:lixiaoming',)
    """
    phones = _PHONE.findall(text)
    rest = _PHONE.sub(" ", text)
    for word in re.split(_BETWEEN, rest):
        yield from _word(word)
    for phone in phones:
        digits = re.sub(r"\D", "", phone)
        keys = (f"t:{digits[-TAIL:]}", f"i:{digits}", f"k:{digits}")
        yield Asked(keys)
    yield from _whole(fold(rest))


def _whole(plain: str) -> Iterator[Asked]:
    """Ask for what several words are together: a name written apart, a house in its street."""
    words = re.split(_BETWEEN, plain)
    if 1 < len(words) <= _MOST_WORDS and all(
        w.isascii() and w.isalpha() for w in words
    ):
        yield Asked((f"n:{''.join(words)}",), is_whole=True)
    for at, number in enumerate(words):
        if _NUMBER.fullmatch(number):
            near = [*words[max(0, at - 3) : at], *words[at + 1 : at + 2]]
            keys = tuple(f"a:{number} {word}" for word in near if word.isalpha())
            yield from [Asked(keys, is_whole=True)] if keys else ()
    for street, number in _HAN_HOUSE.findall(plain):
        yield Asked((f"a:{number} {street}",), is_whole=True)


def _word(word: str) -> Iterator[Asked]:
    whole = word.strip(".-_/").casefold()
    if not whole:
        return
    if "@" in whole:
        yield Asked((f"e:{whole}",), prefix=f"e:{whole}")
        return
    folded = fold(word).replace(" ", "")
    ids = (f"i:{whole.upper()}", f"k:{whole}")
    if has_han(folded):
        yield from _signs(folded, ids)
        return
    words = [part for part in fold(word).split() if part] or [whole]
    for part in words:
        keys = tuple(f"{kind}:{part}" for kind in "noae")
        prefix = f"n:{part}" if len(part) > 2 else None  # noqa: PLR2004 - two begin too many
        yield Asked((*keys, *ids) if len(words) == 1 else keys, prefix)


def _signs(folded: str, ids: tuple[str, ...]) -> Iterator[Asked]:
    """Ask for a Chinese word whole when it is short, else for its pairs of signs."""
    if len(folded) <= 2:  # noqa: PLR2004 - a pair is whole
        yield Asked((f"n:{folded}", f"o:{folded}", f"a:{folded}", *ids), f"n:{folded}")
        return
    for at in range(len(folded) - 1):
        pair = folded[at : at + 2]
        yield Asked((f"n:{pair}", f"o:{pair}", f"a:{pair}"))


def _require_keys(db: Connection) -> None:
    if not holds_keys(db):
        raise InputError(
            "this store was last published by a version without search, or holds no customers.\n"
            "Run it once more with any of its files: cleanse run INPUT --store DIR"
        )


def _by_number(db: Connection, text: str) -> str | None:
    """Return the customer that a number stands for today."""
    try:
        number = parse_customer_id(text)
    except CustomerIdError:
        return None
    row = first_row(db, "select customer_id from resolve($id)", {"id": number})
    return str(row[0]) if row else None


def _hits(db: Connection, asked: list[Asked]) -> list[Hit]:
    """Find the keys of each word; where none is exact, those that begin so or are a slip away."""
    hits = exact_hits(db, asked)
    answered = {hit.word for hit in hits if hit.key[0] in "nteik"}
    if any(asked[hit.word].is_whole for hit in hits):
        return hits
    known = {hit.word for hit in hits}
    for number, one in enumerate(asked):
        if number in answered:
            continue
        hits += prefix_hits(db, number, one)
        word = one.keys[0]
        letters = len(word) - 2
        if one.prefix and number not in known and letters >= _LONG and word.isascii():
            slips = 2 if letters >= _VERY_LONG else 1
            hits += near_hits(db, number, word, slips)
    return hits


def _ranked(
    db: Connection, text: str, asked: list[Asked], hits: list[Hit]
) -> list[Found]:
    total = max((first_row(db, "select count(*) from golden_record") or (1,))[0], 1)
    rare = [hit for hit in hits if hit.customers <= COMMON] or hits
    answered = {hit.word for hit in hits}
    only_rank = answered - {hit.word for hit in rare}
    if any(asked[word].is_whole for word in answered):
        # The words by themselves may stand in nobody's name: jia, xiu.
        only_rank |= set(range(len(asked))) - answered
    best = [
        max(
            (rarity(hit.customers, total) for hit in rare if hit.word == number),
            default=_unknown(one, total),
        )
        for number, one in enumerate(asked)
        if number not in only_rank and not (one.is_whole and number not in answered)
    ]
    rows = customers_of(db, rare, total, CANDIDATES)
    known = {row["customer_id"]: row for row in golden_of(db, [row[0] for row in rows])}
    digits, plain = re.sub(r"\D", "", text), fold(text)
    ranked = []
    for customer_id, _, score, kinds in rows:
        row = known[customer_id]
        share = min(score / sum(best), 1.0)
        alike = max(_alike(plain, row), _same_end(digits, row["phones"]))
        alike = 1.0 if set(kinds) <= _SURE else alike
        matched = tuple(KINDS[kind] for kind in kinds)
        ranked.append((0.8 * share + 0.2 * alike, _found(row, share, matched)))
    ranked.sort(
        key=lambda r: (-round(r[0], 4), -r[1].row["record_count"], r[1].customer_id)
    )
    return [_rescored(one, score) for score, one in ranked]


def _unknown(one: Asked, total: int) -> float:
    """Return what a word that nobody has counts: less where it may be a filler (有限公司)."""
    return rarity(1, total) * (0.2 if not one.keys[0].isascii() else 0.6)


def _alike(plain: str, row: Mapping[str, Any]) -> float:
    """Return how much the text is like the best of a customer's names, 0 to 1."""
    scores = (fuzz.token_sort_ratio(plain, name) / 100 for name in row["names"])
    return max(scores, default=0.0)


def _same_end(digits: str, phones: Collection[str]) -> float:
    """Return how much of a number's end a customer's telephones share, 0 to 1."""
    if len(digits) < TAIL:
        return 0.0
    bare = digits.removeprefix("00").lstrip("0")
    return float(any(bare.endswith(p[-9:]) or p.endswith(bare) for p in phones))


def _found(row: Mapping[str, Any], score: float, matched: tuple[str, ...]) -> Found:
    shown = {
        name: row[name] for name in ("kind", "name", "email", "city", "record_count")
    }
    shown["phone"] = row["phone"] or row["mobile"]
    order = ("kind", "name", "phone", "email", "city", "record_count")
    return Found(
        customer_id=row["customer_id"],
        score=round(score, 3),
        matched=matched,
        row={name: shown[name] for name in order},
    )


def _rescored(one: Found, score: float) -> Found:
    return Found(
        customer_id=one.customer_id,
        score=round(score, 3),
        matched=one.matched,
        row=one.row,
    )
