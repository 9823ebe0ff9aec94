"""The column of what is written behind a name: Jr, Sr, III."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from cleanse.map.content import Content
from cleanse.map.fold import fold_words
from cleanse.map.mapping import Column, Use
from cleanse.rulebook.fields import FieldRules

_LEAST = 0.7
"""Of its cells are known suffixes."""
_BEHIND = ("family_name", "name")
"""Fields that it is written behind: the first that some column fills."""


def suffix_column(
    contents: Mapping[str, Content],
    columns: Iterable[Column],
    suffixes: Collection[str],
    rules: FieldRules,
) -> Column | None:
    """Find the column of name suffixes, to be joined behind the family name.

    Args:
        contents: The columns left over, by heading.
        columns: Those decided.
        suffixes: Known ones, folded, without dots.
        rules: For the headings of suffixes.

    Returns:
        Its decision; None where there is none, or no name to write it behind.
    """
    known = {fold_words(h).replace(" ", "") for h in rules.words.suffixes}
    fitting = sorted(
        heading
        for heading, content in contents.items()
        if fold_words(heading).replace(" ", "") in known
        and _share(content, suffixes) >= _LEAST
    )
    named = [c for c in columns if c.use is Use.FIELD and c.confidence < 1]
    for field in _BEHIND:
        whole = [c for c in named if c.field == field]
        if whole and fitting:
            return Column(
                heading=fitting[0],
                use=Use.FIELD,
                field=field,
                order=1 + max(c.order for c in whole),
                reason=f"heading, written behind {whole[0].heading!r}",
                confidence=0.95,
            )
    return None


def _share(content: Content, suffixes: Collection[str]) -> float:
    sample = content.sample
    if not sample.height:
        return 0.0
    folded = sample["value"].str.to_lowercase().str.replace_all(r"[.,\s]", "")
    fits = folded.is_in(sorted(suffixes))
    return int(sample["weight"].filter(fits).sum()) / int(sample["weight"].sum())
