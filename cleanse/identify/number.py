r"""The customer ID: a running number made fit to be read out, typed and checked.

``C3XPJVP9U`` = prefix ``C``, payload ``3XPJVP9``, check sign ``U``.

*Signs.* 31 of them, a prime; each stands for its place in `SIGNS`.

*Check.* As ISBN-10 with 11: number the signs from the right 1, 2, 3 …; an ID is
good when :math:`\sum_i i \cdot v_i \equiv 0 \pmod{31}`. A wrong sign at i changes
the sum by :math:`i (v' - v)`, a swap of i and j by :math:`(i - j)(v_j - v_i)`. With
at most 30 signs every factor is between 1 and 30 in size, and a prime divides no
product of such, so every single wrong sign and every swap of two signs is found.

*Payload.* Number x becomes :math:`A\,\mathrm{rev}(A x)` modulo 31^length, where rev
reverses the signs. A is no multiple of 31, so each step can be undone and no two
numbers share a payload, while neighbours share no pattern.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.field import SIGNS
from cleanse.identify.spelling import CustomerIdError
from cleanse.rulebook.identity import NumberRule

Digits = npt.NDArray[np.int64]

_PRIME: Final = len(SIGNS)
_MULTIPLIER: Final = 5_700_357_409_661_599_242
"""2^63 divided by the golden ratio (Knuth's multiplicative hashing); no multiple of 31."""
_INT64: Final = 2**63
_VALUE: Final = {sign: value for value, sign in enumerate(SIGNS)}


def format_customer_id(number: int, kind: str, rule: NumberRule) -> str:
    """Write a running number as a customer ID.

    Args:
        number: From 1.
        kind: ``person`` or ``company``; decides the prefix.
        rule: Length and prefixes.

    Raises:
        CustomerIdError: All numbers of this length are used up.

    >>> format_customer_id(1, "person", NumberRule())
    'C3XPJVP9U'
    >>> format_customer_id(2, "person", NumberRule())
    'CY3B29UMN'
    """
    return format_customer_ids(pl.Series([number]), pl.Series([kind]), rule)[0]


def format_customer_ids(
    numbers: pl.Series, kinds: pl.Series, rule: NumberRule
) -> list[str]:
    """Write many running numbers as customer IDs, in their order; see `format_customer_id`."""
    if numbers.is_empty():
        return []
    room = _PRIME**rule.length
    if not numbers.is_between(1, min(room, _INT64) - 1).all():
        raise CustomerIdError(
            f"Customer numbers no longer fit into {rule.length} signs. "
            "Raise number.length in rules/identity.toml; issued IDs stay valid."
        )
    payload = _times(_times(_digits(numbers, rule.length))[:, ::-1])
    body = np.hstack([_prefixes(kinds, rule), payload])
    weights = np.arange(body.shape[1] + 1, 1, -1)
    check = -(body @ weights) % _PRIME
    signs = np.array(list(SIGNS))[np.column_stack([body, check])]
    return [str(text) for text in _joined(signs)]


def _prefixes(kinds: pl.Series, rule: NumberRule) -> Digits:
    """Write the prefix of each kind: one row per kind."""
    distinct = kinds.unique()
    values = [[_VALUE[sign] for sign in rule.prefix[kind]] for kind in distinct]
    places = pl.int_range(len(distinct), eager=True)
    at = kinds.replace_strict(distinct, places, return_dtype=pl.Int64)
    digits = np.array(values, np.int64).reshape(len(distinct), -1)
    return digits.take(at.to_numpy(), axis=0)


def _digits(numbers: pl.Series, length: int) -> Digits:
    """Write numbers in base 31, most significant digit first: one row per number."""
    rest, digits = numbers.cast(pl.Int64).to_numpy().copy(), []
    for _ in range(length):
        digits.append(rest % _PRIME)
        rest //= _PRIME
    return np.column_stack(digits[::-1])


def _times(digits: Digits) -> Digits:
    """Multiply by A modulo 31^length, by hand, as int64 would overflow."""
    length = digits.shape[1]
    factor = _digits(pl.Series([_MULTIPLIER]), length)[0, ::-1]
    low_first, product = digits[:, ::-1], np.zeros_like(digits)
    carry = np.zeros(len(digits), np.int64)
    for place in range(length):
        column = low_first[:, : place + 1] @ factor[place::-1] + carry
        carry, product[:, place] = column // _PRIME, column % _PRIME
    return product[:, ::-1]


def _joined(signs: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    width = signs.shape[1]
    return np.ascontiguousarray(signs).view(f"<U{width}").ravel()
