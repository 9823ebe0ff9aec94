"""Write a mapping as a source rule, for `cleanse inspect --write`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from cleanse.map.mapping import Mapping, Use
from cleanse.map.period import pattern_of
from cleanse.map.source import SourceChoice
from cleanse.schema import EXTRA_PREFIX, FIELDS


def proposal_toml(file: str, choice: SourceChoice, mapping: Mapping | None) -> str:
    """Write what was found as rules/sources/<source>.toml.

    The rule says what would happen without it, so that it may be edited line by
    line; what a line cannot say (a column that only steps in) stays automatic.

    Args:
        file: Path relative to INPUT.
        choice: The source it is taken for.
        mapping: Of its longest table; None for a file without any.

    Returns:
        TOML, with the reason of each line behind it.
    """
    lines = [
        f"# {choice.name}: proposed by `cleanse inspect --write` from {PurePosixPath(file).name}.",
        "# Edit what is wrong; what you take out is found automatically.",
        "[file]",
        f"match = {_text(pattern_of(file))}",
    ]
    if mapping:
        lines += [*_file_lines(mapping), "", "[columns]", *_column_lines(mapping)]
        lines += _section("[extra]", _extra_lines(mapping))
        ignored = [c.heading for c in mapping.used(Use.IGNORED)]
        listed = [f"columns = [{', '.join(map(_text, ignored))}]"] if ignored else []
        lines += _section("[ignore]", listed)
    return "\n".join(lines) + "\n"


def _file_lines(mapping: Mapping) -> Iterator[str]:
    if mapping.key:
        yield f"key = {_text(mapping.key)}"
    if mapping.customer != "auto":
        yield f"customer = {_text(mapping.customer)}  # {mapping.customer_reason}"
    if mapping.region:
        yield f"region = {_text(mapping.region)}  # {mapping.region_reason}"


def _column_lines(mapping: Mapping) -> Iterator[str]:
    reasons = {c.heading: c.reason for c in mapping.columns}
    for field in FIELDS:
        headings = mapping.headings(field)
        if not headings:
            continue
        line = f"{field} = {_value(headings)}"
        if others := mapping.fallbacks(field):
            yield f"# {line}, and where it is empty {_value(others)}: automatic"
        else:
            yield f"{line}  # {reasons[headings[0]]}"


def _extra_lines(mapping: Mapping) -> list[str]:
    return [
        f"{str(column.field).removeprefix(EXTRA_PREFIX)} = "
        f'{{ column = {_text(column.heading)}, kind = "text" }}  # {column.reason}'
        for column in mapping.used(Use.MATCHED)
    ]


def _section(head: str, lines: list[str]) -> list[str]:
    return ["", head, *lines] if lines else []


def _value(headings: list[str]) -> str:
    if len(headings) == 1:
        return _text(headings[0])
    return f"[{', '.join(map(_text, headings))}]"


def _text(value: str) -> str:
    """Write a TOML string: JSON's escapes are among TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
