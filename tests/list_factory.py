"""Made-up lists with known truth, of kinds that no bench set has.

Each maker returns rows as a list would have them (strings, by heading) and, row by row, who
the row is about. Names are put together from parts, so that namesakes happen as they do in
life: a few parts are common and most are rare. All is drawn from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from list_companies import FRANCE, GERMANY, INDIA, JAPAN, chinese_branches, companies
from list_firms import FIRMS
from list_parts import MadeList
from list_people import (
    birth_slips,
    customers_of,
    families,
    many_each,
    married,
    mostly_singletons,
    name_and_birth,
    names_only,
    one_column,
    phones_only,
    singletons,
    two_clean_lists,
    two_date_formats,
    without_duplicates,
)
from list_world import WORLD, names_alone

LISTS: Mapping[str, Callable[[Random], MadeList]] = {
    "name_and_birth": name_and_birth,
    "birth_slips": birth_slips,
    "two_date_formats": two_date_formats,
    "names_only": names_only,
    "phones_only": phones_only,
    "mails_only": partial(one_column, column="email"),
    "mostly_singletons": mostly_singletons,
    "singletons_95": partial(singletons, size=5_000, share=0.04),
    "singletons_99": partial(singletons, size=5_000, share=0.008),
    "singletons_99_large": partial(singletons, size=50_000, share=0.008),
    "without_duplicates": without_duplicates,
    "many_each": many_each,
    "two_clean_lists": two_clean_lists,
    "families": families,
    "married": married,
    "people_12": partial(customers_of, size=12),
    "people_50": partial(customers_of, size=50),
    "people_500": partial(customers_of, size=500),
    "people_5000": partial(customers_of, size=5_000),
    "people_50000": partial(customers_of, size=50_000),
    **WORLD,
    "chinese_names": partial(names_alone, language="chinese_people"),
    "spanish_names": partial(names_alone, language="spanish"),
    "russian_names": partial(names_alone, language="russian"),
    "german": lambda random: companies(GERMANY, random, place=True),
    "german_names": lambda random: companies(GERMANY, random, place=False),
    "french": lambda random: companies(FRANCE, random, place=True),
    "indian": lambda random: companies(INDIA, random, place=True),
    "japanese": lambda random: companies(JAPAN, random, place=True),
    "japanese_names": lambda random: companies(JAPAN, random, place=False),
    "chinese_branches": chinese_branches,
    **FIRMS,
}
"""Makers by name."""


def make_list(name: str, seed: int = 1) -> MadeList:
    """Make a list of LISTS."""
    return LISTS[name](Random(f"{name} {seed}"))
