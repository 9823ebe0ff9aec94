"""The index of all records, and what it tells of those that were added since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block import Blocking, Blocks
from cleanse.block.index import index_blocks
from cleanse.block.keys import is_own, is_ranked
from cleanse.block.postings import index_of
from cleanse.compare.census import census_in
from cleanse.compare.frequency import Frequencies
from cleanse.compare.name_keys import keys_of_aliases, rows_called, with_known_keys
from cleanse.compare.table import Table
from cleanse.compare.take_census import census_of
from cleanse.encoded import Encoded, Hashes
from cleanse.grown import Grown, Index
from cleanse.match.around import NOBODY, Known, Neighbours, Surroundings, TooWideError
from cleanse.match.contacts import is_newly_shared, without_contacts
from cleanse.rulebook.matching import MatchRules


def index_kind(
    table: Table,
    blocking: Blocking,
    blocks: Blocks,
    columns: frozenset[str],
    shared: Mapping[str, Hashes],
    seed: int,
) -> Index:
    """Index the records of one kind.

    Args:
        table: All of them.
        blocking: Their keys.
        blocks: Their blocks, by the rules that are applied.
        columns: The columns that some of them fill.
        shared: Contacts that count for nothing, by column.
        seed: All else that the outcome depends on.
    """
    found = {f"keys {name}": a for name, a in index_blocks(blocking, blocks).arrays()}
    found |= {f"census {name}": a for name, a in census_of(table).arrays()}
    found |= {f"shared {name}": a for name, a in shared.items()}
    told = "\0".join(sorted(columns)).encode()
    found["columns"] = np.frombuffer(told, dtype=np.uint8)
    found["seed"] = np.asarray([seed], dtype=np.uint64)
    return found


def columns_in(index: Index) -> frozenset[str]:
    """Return the columns that some record in an index fills."""
    return frozenset(index["columns"].tobytes().decode().split("\0"))


def around_new(
    grown: Grown,
    rules: MatchRules,
    frequencies: Mapping[str, Frequencies],
    idle: Mapping[str, Collection[str]],
) -> Callable[[str], tuple[Surroundings, Neighbours]]:
    """Return what lays out the new records of a kind and those around them.

    Args:
        grown: The records.
        rules: rules/matching.toml.
        frequencies: By kind, those of the model.
        idle: By kind, the blocking rules that the model does not apply.

    Raises:
        TooWideError: All records are to be laid out.
    """
    known = {
        kind: _known(grown.most[kind], index) for kind, index in grown.index.items()
    }
    _require_narrow(grown, known, rules)
    before = keys_of_aliases([*grown.most.values()])
    later = [*grown.since.values(), *grown.given.values()]
    added = keys_of_aliases(later) if later else before.clear()
    aliases = pl.concat([before, added]).unique()
    new = added.filter(~added.is_in(before.implode()))

    def laid_out(kind: str) -> tuple[Surroundings, Neighbours]:
        one, news = known[kind], grown.news(kind)
        if news is None:
            news = one.most.gather(NOBODY)
        is_given = np.zeros(news.height, dtype=np.bool_)
        if kind in grown.given:
            is_given[len(is_given) - grown.given[kind].height :] = True
        news = without_contacts(with_known_keys(news, aliases), one.shared)
        surroundings = Surroundings(
            one, news, is_given, aliases, rules, frequencies[kind]
        )
        if len(new):
            if len(rows_called(one.most, new)):
                raise TooWideError("an alias calls for records of the index")
            surroundings.mark(rows_called(news, new))
        return surroundings, surroundings.around(idle[kind], kind)

    return laid_out


def _known(most: Encoded, index: Index) -> Known:
    def of(prefix: str) -> dict[str, npt.NDArray[Any]]:
        return {
            name.removeprefix(prefix): array
            for name, array in index.items()
            if name.startswith(prefix)
        }

    columns = columns_in(index)
    return Known(
        most=most,
        columns=columns,
        keys=index_of(of("keys ")),
        census=census_in(of("census ")),
        shared=of("shared "),
    )


def _require_narrow(
    grown: Grown, known: Mapping[str, Known], rules: MatchRules
) -> None:
    """See to it that what the given records change can be looked up.

    Raises:
        TooWideError: All records are to be laid out.
    """
    for kind, most in grown.most.items():
        news = grown.news(kind)
        if news is None or not news.height:
            continue
        if kind not in known or news.record_ids[0] <= most.record_ids[-1]:
            raise TooWideError("a kind is new, or records are not the newest")
        parts = (each for each in (most, news) if "source" in each.texts)
        sources = (part.texts["source"].values.hashes.tolist() for part in parts)
        names = {hashed for several in sources for hashed in several}
        if not known[kind].census.knows("source") and len(names) > 1:
            raise TooWideError("there was one source only")
    keys = [
        key
        for one in known.values()
        for name in one.keys.rules
        for key in rules.block[name].keys
    ]
    if any(map(is_ranked, keys)) or not all(map(is_own, rules.tighten)):
        raise TooWideError("keys depend on what others have")
    several = [*grown.most.values(), *grown.since.values(), *grown.given.values()]
    shared = next(iter(known.values())).shared
    if is_newly_shared(
        several,
        [*grown.since.values(), *grown.given.values()],
        shared,
        rules.limit.shared,
    ):
        raise TooWideError("a contact has become shared")
