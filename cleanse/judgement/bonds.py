"""Records tied together and kept apart, by one decision after another."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator


class Bonds:
    """Groups of records that are one customer, and pairs of groups that are not.

    A bond that contradicts those taken in before it is refused, naming them: so the
    newest decision is to come first.
    """

    def __init__(self) -> None:
        self._above: dict[int, int] = {}
        self._ties: dict[int, dict[int, int]] = defaultdict(dict)
        self._apart: dict[int, dict[int, tuple[int, int, int]]] = defaultdict(dict)

    def group_of(self, record_id: int) -> int:
        """Return the smallest record that this one is tied to, however far; itself if to none."""
        self._above.setdefault(record_id, record_id)
        while (above := self._above[record_id]) != record_id:
            self._above[record_id] = record_id = self._above[above]
        return record_id

    def tie(self, one: int, two: int, decision_id: int) -> list[int]:
        """Make two records one customer.

        Returns:
            The decisions that contradict it, ascending; none when it holds.
        """
        a, b = sorted((self.group_of(one), self.group_of(two)))
        parted = self._apart[a].get(b) if a != b else None
        if parted:
            return self._why_apart(one, two, parted)
        self._ties[one].setdefault(two, decision_id)
        self._ties[two].setdefault(one, decision_id)
        if a != b:
            self._above[b] = a
            for other, told in self._apart.pop(b, {}).items():
                self._apart[a].setdefault(other, told)
                self._apart[other][a] = self._apart[other].pop(b)
        return []

    def part(self, one: int, two: int, decision_id: int) -> list[int]:
        """Make two records two customers.

        Returns:
            The decisions that contradict it, ascending; none when it holds.
        """
        a, b = self.group_of(one), self.group_of(two)
        if a == b:
            return sorted(self._path(one, two))
        told = (one, two, decision_id)
        self._apart[a].setdefault(b, told)
        self._apart[b].setdefault(a, told)
        return []

    def records(self) -> Iterator[tuple[int, int]]:
        """Yield each record that a decision names, and its group."""
        for record_id in sorted(self._above):
            yield record_id, self.group_of(record_id)

    def parted(self) -> Iterator[tuple[int, int, int]]:
        """Yield each two groups that are two customers, the smaller first, and by which decision."""
        for a in sorted(self._apart):
            for b, (_, _, decision_id) in sorted(self._apart[a].items()):
                if a < b:
                    yield a, b, decision_id

    def why(self, one: int, two: int) -> list[int]:
        """Return the decisions by which two records are one customer, or are two; none if it is open."""
        a, b = self.group_of(one), self.group_of(two)
        if a == b:
            return sorted(self._path(one, two))
        parted = self._apart[a].get(b)
        return self._why_apart(one, two, parted) if parted else []

    def _why_apart(self, one: int, two: int, parted: tuple[int, int, int]) -> list[int]:
        left, right, decision_id = parted
        if self.group_of(left) != self.group_of(one):
            left, right = right, left
        return sorted({decision_id, *self._path(one, left), *self._path(right, two)})

    def _path(self, start: int, end: int) -> Iterable[int]:
        """Return the decisions of a shortest chain of ties."""
        came: dict[int, tuple[int, int]] = {}
        queue = deque([start])
        while queue and end not in came:
            at = queue.popleft()
            for other, decision_id in sorted(self._ties[at].items()):
                if other not in came and other != start:
                    came[other] = (at, decision_id)
                    queue.append(other)
        found = set()
        while end != start:
            end, decision_id = came[end]
            found.add(decision_id)
        return found
