"""Normalise: clean values beside what was typed, each distinct value read once.

One module per kind of value; each offers ``normalise_<thing>(records,
rulebook) -> records``, which adds its columns, never touches ``<field>_raw``,
and copes with absent fields.
"""

from typing import TYPE_CHECKING

from cleanse.lazy import lazily

if TYPE_CHECKING:
    from cleanse.normalise.order import normalise, normalise_onto
else:
    __getattr__ = lazily(
        __name__,
        {
            "order": "normalise normalise_onto",
        },
    )

__all__ = [
    "normalise",
    "normalise_onto",
]
