"""A customer ID as people spell it: read and checked, without loading frames."""

from __future__ import annotations

import unicodedata
from typing import Final

from cleanse.errors import UsageError
from cleanse.field import SIGNS

_PRIME: Final = len(SIGNS)
_LONGEST: Final = _PRIME - 1
LOOK_ALIKES: Final = dict(zip("ILOSZ", "11052", strict=True))
"""Signs that are none of ours, and those of ours that they are taken for."""
_FORGIVEN: Final = str.maketrans(LOOK_ALIKES)
_VALUE: Final = {sign: value for value, sign in enumerate(SIGNS)}


class CustomerIdError(UsageError):
    """A text is not a customer ID, or the numbers are used up."""


def parse_customer_id(text: str) -> str:
    """Read a customer ID as people type it and return it as it is written.

    Case, spaces, hyphens, full-width signs and the look-alikes I L O S Z are
    forgiven. IDs of any length and prefix are accepted, since the rule may have
    changed after they were issued.

    Raises:
        CustomerIdError: A sign is none of ours, or the check sign says no.

    >>> parse_customer_id(" c3xp-jvp9u ")
    'C3XPJVP9U'
    """
    folded = unicodedata.normalize("NFKC", text).upper().translate(_FORGIVEN)
    signs = "".join(sign for sign in folded if not _is_spacing(sign))
    if not 6 <= len(signs) <= _LONGEST or any(sign not in _VALUE for sign in signs):  # noqa: PLR2004
        raise CustomerIdError(
            "Not a customer ID: it has 6 to 30 digits and letters, such as C3XPJVP9U."
        )
    if _weighted_sum(signs) % _PRIME:
        raise CustomerIdError(
            "Not a customer ID: the check sign does not fit. "
            "A sign is mistyped or two are swapped; compare it with where you read it."
        )
    return signs


def _is_spacing(sign: str) -> bool:
    return (
        sign.isspace() or unicodedata.category(sign) == "Pd" or sign == "\N{MINUS SIGN}"
    )


def _weighted_sum(signs: str) -> int:
    return sum(i * _VALUE[sign] for i, sign in enumerate(reversed(signs), 1))
