"""Around: match records that were only added, looking at these and those they touch.

Of most records nothing has changed, and what brings two of them together neither. An index of
an earlier run tells whose blocks and values the new records change, and who is in a block with
these; only they are laid out. What is found is what laying out all records finds (tested).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from cleanse.block import Blocking, blocking_of
from cleanse.block.entries import Among
from cleanse.block.groups import Groups, combined, grouped, salted
from cleanse.block.keys import Around, Keyed, Keys, are_called, keys_if_called, together
from cleanse.block.keys import Part as KeyPart
from cleanse.block.postings import KeyIndex, Postings, RulePostings
from cleanse.compare.altered import altered_values, rows_with
from cleanse.compare.census import Census
from cleanse.compare.frequency import Frequencies
from cleanse.compare.name_keys import rows_called, with_known_keys
from cleanse.compare.prepare import Part, lay_out
from cleanse.compare.table import Table
from cleanse.encoded import Encoded, Hashes, beside, no_texts
from cleanse.match.contacts import without_contacts
from cleanse.match.inputs import looked_at
from cleanse.places import Flags, Ints, found
from cleanse.rulebook.matching import MatchRules

NOBODY = np.zeros(0, dtype=np.int64)


class TooWideError(Exception):
    """What was added changes more than can be looked up: all records are to be laid out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The records of one kind that are in the index, and what it holds of them."""

    most: Encoded
    """Only the columns that matching looks at."""
    columns: frozenset[str]
    """Those that some record fills, name_keys among them."""
    keys: KeyIndex
    census: Census
    shared: Mapping[str, Hashes]
    """Contacts that count for nothing, by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Records of one kind, whole enough to be compared with those that have changed."""

    records: Encoded
    """Those of the index, then all new ones."""
    table: Table
    blocking: Blocking
    among: Among
    changed: Flags
    """Per record whether it is new or may have changed; who is in a block with one of these is
    among the records."""


class Surroundings:
    """Who is around the new records of one kind.

    Raises:
        TooWideError: All records are to be laid out.
    """

    def __init__(
        self,
        known: Known,
        news: Encoded,
        is_given: Flags,
        aliases: pl.Series,
        rules: MatchRules,
        frequencies: Frequencies,
    ) -> None:
        """Take what is known, and what is new.

        Args:
            known: The records in the index.
            news: Those that are not, ascending; with name_keys, without shared contacts.
            is_given: Of each of these whether this run has added it.
            aliases: The keys that aliases of anybody make.
            rules: rules/matching.toml.
            frequencies: Those of the model.
        """
        if more := (news.filled() & looked_at(news.columns, rules)) - known.columns:
            raise TooWideError(f"nobody had {', '.join(sorted(more))}")
        self._known, self._rules, self._aliases = known, rules, aliases
        self._frequencies, self._limit = frequencies, rules.limit.block
        self._is_given = is_given
        self._changed_news = is_given.copy()
        self._split: list[Ints] = []
        self._count = known.most.height
        self._news = self._whole(news)
        self._called = dict(known.keys.called)
        self._new_keys = self._keys(self._news, self._count + np.arange(news.height))
        for key, called in self._called.items():
            self._called[key] = together(called, self._new_keys.bare(key)[1])

    def around(self, idle: Collection[str], kind: str) -> Neighbours:
        """Lay out the records that are new, those that changed, and who is in a block with these.

        Args:
            idle: Blocking rules that are left out.
            kind: "person" or "company".
        """
        changed = self._once(self._altered(), *self._joined())
        looked = self._taken(changed)
        asking = [
            (self._keys(looked, changed), np.ones(looked.height, dtype=np.bool_)),
            (self._new_keys, self._changed_news),
        ]
        mates = (
            each
            for name in self._known.keys.rules
            for each in self._mates(name, asking)
        )
        rows = self._once(changed, *self._split, *mates)
        if not len(rows):
            # So that there are columns, though nothing is compared.
            rows = np.arange(min(1, self._count))
        records = beside(self._taken(rows), self._news)
        places = np.append(rows, self._count + np.arange(self._news.height))
        is_new = places >= self._count
        part = KeyPart(places, self._total, self._called)
        table = lay_out(records, self._frequencies, Part(self._known.census, is_new))
        is_changed = np.append(found(changed, rows)[1], self._changed_news)
        return Neighbours(
            records=records,
            table=table,
            blocking=blocking_of(records, self._rules, kind, idle, part),
            among=Among(self._known.keys, is_new, Around(is_changed | is_new, 1.0)),
            changed=is_changed,
        )

    def mark(self, news: Ints) -> None:
        """Mark new records that have changed, as is known already."""
        self._changed_news[news] = True

    def own(self, record_ids: Ints) -> Ints:
        """Return which records are of this kind."""
        known, news = self._known.most.record_ids, self._news.record_ids
        is_own = found(known, record_ids)[1] | found(news, record_ids)[1]
        return record_ids[is_own]

    def table_of(self, record_ids: Ints) -> Table:
        """Lay out some records of the index, and the new ones."""
        ids = self._known.most.record_ids
        places, is_there = found(ids, record_ids)
        rows = np.sort(places[is_there])
        records = beside(self._taken(rows), self._news)
        is_new = np.arange(records.height) >= len(rows)
        return lay_out(records, self._frequencies, Part(self._known.census, is_new))

    def _once(self, *several: Ints) -> Ints:
        """Return some records of the index, each once, ascending."""
        marked = np.zeros(self._count, dtype=np.bool_)
        for rows in several:
            marked[rows] = True
        return np.flatnonzero(marked)

    @property
    def _total(self) -> int:
        return self._count + self._news.height

    def _taken(self, rows: Ints) -> Encoded:
        """Return some records of the index as they are compared."""
        told = with_known_keys(self._known.most.gather(rows), self._aliases)
        return self._whole(without_contacts(told, self._known.shared))

    def _whole(self, records: Encoded) -> Encoded:
        """Give records the columns that all have: those that nobody here fills are empty."""
        like, wanted = self._known.most, self._known.columns
        plain = records.plain.with_columns(
            pl.lit(None, like.plain[name].dtype).alias(name)
            for name in like.plain.columns
            if name in wanted and name not in records.plain.columns
        )
        lists = {name for name, each in like.texts.items() if each.starts is not None}
        lists.add("name_keys")
        texts = {
            name: no_texts(records.height, are_lists=name in lists)
            for name in sorted(wanted.difference(plain.columns, records.texts))
        }
        return Encoded(plain, {**records.texts, **texts}).select(wanted)

    def _keys(self, records: Encoded, places: Ints) -> Keys:
        keys = Keys(records, KeyPart(places, self._total, self._called))
        rules = self._known.keys.rules
        keys.compute(key for name in rules for key in self._rules.block[name].keys)
        keys.compute(filter(keys.hold, self._rules.tighten))
        return keys

    def _altered(self) -> Ints:
        """Return who bears a value that does not count as it did."""
        known = self._known
        altered = altered_values(
            self._news, self._is_given, self._frequencies, known.census
        )
        if altered is None:
            raise TooWideError("a mail's role or domain is new")
        rows = [NOBODY]
        for column, values in altered.items():
            of_new = rows_with(self._news, column, values)
            self._changed_news[of_new] = True
            if column == "name_keys":
                rows.append(rows_called(known.most, values))
            else:
                rows.append(rows_with(known.most, column, values))
        return np.concatenate(rows)

    def _joined(self) -> Iterator[Ints]:
        """Yield whose blocks are others now: they are called for, or have become too large."""
        for key in self._called:
            yield from self._newly_called(key)
        for name, postings in self._known.keys.rules.items():
            yield from self._crossing(name, postings)

    def _newly_called(self, key: str) -> Iterator[Ints]:
        """Yield who has a key that was not called for before."""
        since = keys_if_called(self._news.filter(~self._is_given), key)[1]
        before = together(self._known.keys.called[key], since)
        new = np.unique(np.concatenate(self._new_keys.bare(key)[1]))
        new = new[are_called(new, self._called[key]) & ~are_called(new, before)]
        for name, postings in self._known.keys.rules.items() if len(new) else ():
            keys = self._rules.block[name].keys
            if key not in keys:
                continue
            sizes = postings.whole.sizes(new)
            if len(keys) > 1 or (sizes > self._limit).any():
                raise TooWideError("a key is called for that makes large blocks")
            mine = self._new_keys.values(key)
            self._changed_news[mine.places[np.isin(mine.hashes, new)]] = True
            yield postings.whole.members(new)

    def _crossing(self, name: str, postings: RulePostings) -> Iterator[Ints]:
        """Yield the members of blocks of a rule that have become too large."""
        keys, limit = self._new_keys, self._limit
        whole = _groups(combined([*map(keys.values, self._rules.block[name].keys)]))
        known = postings.whole.sizes(whole.hashes)
        given = self._given_in(whole)
        # Those that others since the index was made have split are whole in no posting.
        split = (known <= limit) & (known + whole.sizes > limit)
        self._split.append(postings.whole.members(whole.hashes[split]))
        yield from self._members(whole, split & (given > 0), postings.whole)
        for tight in self._tight(keys, _entries(whole, known > limit)):
            known, given = postings.tight.sizes(tight.hashes), self._given_in(tight)
            now = known + tight.sizes
            split = (now - given <= limit) & (now > limit)
            yield from self._members(tight, split, postings.tight)

    def _given_in(self, groups: Groups) -> Ints:
        """Count how many given records are in each group of new ones."""
        given = self._is_given[groups.places]
        return np.bincount(groups.group[given], minlength=len(groups.hashes))

    def _members(
        self, groups: Groups, some: Flags, postings: Postings
    ) -> Iterator[Ints]:
        """Yield the members of some groups in the index, and mark those among the new."""
        self._changed_news[groups.places[some[groups.group]]] = True
        yield postings.members(groups.hashes[some])

    def _tight(self, keys: Keys, large: Keyed) -> Iterator[Groups]:
        """Yield large blocks by each second key."""
        for number, key in enumerate(self._rules.tighten if len(large.places) else ()):
            if keys.hold(key):
                yield _groups(salted([large, keys.values(key)], number))

    def _mates(self, name: str, asking: Iterable[tuple[Keys, Flags]]) -> Iterator[Ints]:
        """Yield who in the index is in a block of a rule with those who ask."""
        limit, postings = self._limit, self._known.keys.rules[name]
        for keys, asks in asking:
            keyed = combined([*map(keys.values, self._rules.block[name].keys)])
            whole = _groups(keyed.take(asks[keyed.places]))
            known = postings.whole.sizes(whole.hashes)
            yield postings.whole.members(whole.hashes[known <= limit])
            for tight in self._tight(keys, _entries(whole, known > limit)):
                known_tight = postings.tight.sizes(tight.hashes)
                small = tight.hashes[known_tight <= limit]
                yield postings.tight.members(small)


def _groups(keyed: Keyed) -> Groups:
    return grouped(keyed, None, limit=len(keyed.places))


def _entries(groups: Groups, some: Flags) -> Keyed:
    """Return the entries of some groups, in the order of records."""
    at = np.flatnonzero(some[groups.group])
    at = at[np.argsort(groups.places[at])]
    return Keyed(groups.places[at], groups.hashes[groups.group[at]], is_single=False)
