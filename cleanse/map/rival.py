"""Settle which columns fill a field when several could.

Contact fields keep them all. The pieces of an address line (address 1, address
2) and of a contact's name are joined. Otherwise the best column fills the field;
another one fills it where the best is empty if the two are hardly ever filled
together, and what is not used stays in extra.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from cleanse.map.candidate import Candidate
from cleanse.map.mapping import Column, Use, text
from cleanse.rulebook.fields import FieldRules
from cleanse.schema import ADDRESS_FIELDS, MANY_VALUED

_TOGETHER_AT_MOST = 0.1
"""Columns that are both filled in more of the rows of the smaller one say different things."""

_WHOLE_FROM = 0.6
"""Share of cells that look like an address from which a column holds whole ones."""

_PARTS = frozenset(ADDRESS_FIELDS) - {"address"}


def settle(
    candidates: Sequence[Candidate],
    ruled: Iterable[str],
    rows: pl.DataFrame,
    rules: FieldRules,
) -> Iterator[Column]:
    """Give each candidate its use.

    Args:
        candidates: At most one per column.
        ruled: Fields that a rule fills: nobody else may.
        rows: The table, to see which columns are filled together.
        rules: Unused so far but for its fields' order.

    Yields:
        One Column per candidate.
    """
    ruled = set(ruled)
    home = _home_place(candidates)
    for field in rules.fields:
        rivals = [c for c in candidates if c.field == field]
        if field in ruled:
            yield from (_extra(c, f"a rule fills {field}") for c in rivals)
        elif field in MANY_VALUED:
            yield from _fill(sorted(rivals, key=_precedence))
        elif rivals:
            if field in _PARTS and home is not None:
                away = [c for c in rivals if _spot(c) != home]
                if len(away) < len(rivals):
                    yield from (_extra(c, f"of another {field}") for c in away)
                    rivals = [c for c in rivals if _spot(c) == home]
            yield from _single(rivals, rows)


def _precedence(candidate: Candidate) -> tuple[object, ...]:
    return (candidate.rank, candidate.number, candidate.place, candidate.heading)


def _spot(candidate: Candidate) -> tuple[str, int]:
    return candidate.place, candidate.number if candidate.field != "street" else 0


def _home_place(candidates: Iterable[Candidate]) -> tuple[str, int] | None:
    """Return place and number of the fullest set of address parts."""
    filled: dict[tuple[str, int], float] = {}
    for candidate in candidates:
        if candidate.field in _PARTS:
            spot = _spot(candidate)
            filled[spot] = filled.get(spot, 0.0) + candidate.fill
    ranked = sorted(filled.items(), key=lambda item: (-round(item[1], 2), item[0]))
    return ranked[0][0] if ranked else None


def _single(rivals: list[Candidate], rows: pl.DataFrame) -> Iterator[Column]:
    """Settle a field that holds one value: join pieces, pick the best, fall back."""
    best = max(
        rivals, key=lambda c: (_worth(c), -c.rank, -c.number, _reversed(c.heading))
    )
    joined = sorted(
        (
            c
            for c in rivals
            if c is best or (_are_pieces(best, c) and not _are_whole(best, c))
        ),
        key=lambda c: (c.part or 0, *_precedence(c)),
    )
    yield from _fill(joined)
    used = [c.heading for c in joined]
    others = [c for c in rivals if c not in joined]
    for other in sorted(others, key=lambda c: (-_worth(c), *_precedence(c))):
        if _together(rows, used, other.heading) <= _TOGETHER_AT_MOST and other.fill:
            reason = f"{other.reason}; where {best.heading!r} is empty"
            yield _column(other, Use.FALLBACK, reason, len(used))
            used.append(other.heading)
        else:
            yield _extra(other, f"{best.heading!r} fills {best.field} better")


def _worth(candidate: Candidate) -> float:
    return round(candidate.confidence * (0.3 + 0.7 * candidate.fill), 1)


def _reversed(heading: str) -> tuple[int, ...]:
    """Order headings so that `max` takes the first by the alphabet."""
    return (*(-ord(sign) for sign in heading), 0)


def _are_pieces(best: Candidate, other: Candidate) -> bool:
    if best.part is not None and other.part is not None:
        return True
    same = (best.field, best.known, best.place) == (
        other.field,
        other.known,
        other.place,
    )
    return same and best.number != other.number and best.field in ("address", "street")


def _are_whole(best: Candidate, other: Candidate) -> bool:
    """Whether two columns hold an address each: 地址1 and 地址2 of one customer."""
    return best.field == "address" and min(best.whole, other.whole) >= _WHOLE_FROM


def _together(rows: pl.DataFrame, used: Sequence[str], other: str) -> float:
    """Return in which share of the rows of `other` the used columns are filled too."""
    filled = text(other).is_not_null()
    both = filled & pl.any_horizontal(text(name).is_not_null() for name in used)
    share = rows.select(both.sum() / filled.sum()).item()
    return float(share or 0.0)


def _fill(candidates: Iterable[Candidate]) -> Iterator[Column]:
    for order, candidate in enumerate(candidates):
        yield _column(candidate, Use.FIELD, candidate.reason, order)


def _extra(candidate: Candidate, why: str) -> Column:
    reason = f"{candidate.reason}, but {why}"
    return Column(
        heading=candidate.heading,
        use=Use.EXTRA,
        reason=reason,
        confidence=candidate.confidence,
    )


def _column(candidate: Candidate, use: Use, reason: str, order: int) -> Column:
    return Column(
        heading=candidate.heading,
        use=use,
        field=candidate.field,
        order=order,
        reason=reason,
        confidence=candidate.confidence,
    )
