"""The headings of source keys and of row counters."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from cleanse.map.fold import Alike, fold_words
from cleanse.rulebook.fields import KeyRule


class KeyHeadings:
    """[key] of fields.toml, folded."""

    def __init__(self, rule: KeyRule, same: Alike) -> None:
        """Take the headings, and the words that are written for one another."""
        self._rule = rule
        self._same = same
        self._counters = {fold_words(h).replace(" ", "") for h in rule.counters}

    def rank(self, forms: Iterable[str], whole: Iterable[str]) -> int | None:
        """Return the rank of the first that is known, None where none is.

        Args:
            forms: What a folded heading may be peeled to, to be known as it stands.
            whole: Of these, what may be written with other words too.
        """
        ranks = [self._ranks.get(form.replace(" ", "")) for form in forms]
        ranks += [self._alike.get(self._same.key(text)) for text in whole]
        return next((rank for rank in ranks if rank is not None), None)

    def is_counter(self, heading: str) -> bool:
        """Whether a heading counts rows (序号, No., #)."""
        text = fold_words(heading).replace(" ", "")
        return text in self._counters or heading.strip() in {"#", "№"}

    @cached_property
    def _folded(self) -> list[tuple[int, str]]:
        """The best rank last, so that it stays in a table."""
        return [(r, fold_words(h)) for r, h in enumerate(self._rule.headings)][::-1]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {text.replace(" ", ""): rank for rank, text in self._folded}

    @cached_property
    def _alike(self) -> dict[str, int]:
        return {self._same.key(text): rank for rank, text in self._folded}
