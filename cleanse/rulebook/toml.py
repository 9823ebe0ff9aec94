"""Read a rule file into a frozen model, or say what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from cleanse.errors import RuleError, did_you_mean


class Rule(BaseModel):
    """A part of a rule file: frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


R = TypeVar("R", bound=Rule)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; empty when it is not there.

    Raises:
        RuleError: The file is not TOML in UTF-8.
    """
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not a valid TOML file: {error}\nMend the line it names."
        raise RuleError(message) from error


def overlay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another, key by key, tables inside tables too.

    >>> overlay({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}})
    {'a': {'x': 1, 'y': 3}}
    """
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = overlay(below, value) if both else value  # type: ignore[arg-type]
    return merged


def parse_rule(model: type[R], values: Mapping[str, Any], path: Path) -> R:
    """Turn the tables of a rule file into a model.

    Raises:
        RuleError: Names the file, each wrong key, its nearest known key, and why.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        lines = [f"{path}: {error.error_count()} key(s) not understood:"]
        for item in error.errors(include_url=False, include_input=False):
            where = [str(part) for part in item["loc"]]
            why = (
                "unknown key"
                if item["type"] == "extra_forbidden"
                else _why(item["msg"])
            )
            known = _keys_at(model, where[:-1])
            near = did_you_mean(where[-1], known) if why == "unknown key" else ""
            named = f"{'.'.join(where)}: " if where else ""
            lines.append(f"  - {named}{why}{near}")
        lines.append("Mend the key(s) in that file; rules/README.md lists them all.")
        raise RuleError("\n".join(lines)) from None


def _why(message: str) -> str:
    """Say pydantic's message to somebody who edits a file.

    >>> _why("Value error, 'namee' is not a standard field")
    "'namee' is not a standard field"
    >>> _why("Input should be a valid number, unable to parse string as a number")
    'should be a valid number'
    """
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text.partition(", unable to parse")[0]


def _keys_at(model: type[BaseModel], where: Sequence[str]) -> list[str]:
    """List the keys known at a place inside a model."""
    current: type[BaseModel] = model
    parts = iter(where)
    for part in parts:
        field = current.model_fields.get(part)
        depth, inner = _model_in(field.annotation if field else None)
        if inner is None:
            return []
        current = inner
        for _ in range(depth):
            next(parts, None)  # the user's own key, or the number of a table
    return [f.alias or name for name, f in current.model_fields.items()]


def _model_in(annotation: object) -> tuple[int, type[BaseModel] | None]:
    """Find the model inside a type, and how many tables and lists stand around it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return 0, annotation
    around = get_origin(annotation) in (dict, tuple)
    for inner in get_args(annotation):
        depth, model = _model_in(inner)
        if model:
            return depth + around, model
    return 0, None
