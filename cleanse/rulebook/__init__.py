"""rules/ as frozen models: the only opener of rule files.

The shipped rules are the base; a user's folder lies over them, per key for
policy, per file for sources, per row for vocabulary.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cleanse.errors import RuleError
from cleanse.rulebook.fields import FieldRules
from cleanse.rulebook.identity import IdentityRules
from cleanse.rulebook.lookup import with_lookups
from cleanse.rulebook.matching import MatchRules
from cleanse.rulebook.privacy import PrivacyRules
from cleanse.rulebook.source import SourceRule
from cleanse.rulebook.survivorship import SurvivorshipRules
from cleanse.rulebook.toml import R, overlay, parse_rule, read_toml
from cleanse.rulebook.validation import ValidationRules
from cleanse.rulebook.vocabulary import Vocabulary, read_vocabulary

__all__ = ["Rulebook", "SourceRule", "Vocabulary", "load_rulebook", "shipped_rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules of a run."""

    sources: Mapping[str, SourceRule]
    """By source name."""
    fields: FieldRules
    identity: IdentityRules
    matching: MatchRules
    privacy: PrivacyRules
    survivorship: SurvivorshipRules
    validation: ValidationRules
    vocabulary: Vocabulary
    sha256: str
    """Over every rule file in force; part of a run's identity."""

    def source(self, name: str) -> SourceRule:
        """Return the rule of a source, or the defaults."""
        return self.sources.get(name, SourceRule())


def shipped_rules() -> Path:
    """Return the folder of the shipped rules: in the wheel, or beside the package."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_rulebook(folder: Path | None = None) -> Rulebook:
    """Read the shipped rules and, over them, those of `folder`.

    Raises:
        RuleError: The folder is not there, or a file in it is not understood.
    """
    if folder is not None and not folder.is_dir():
        raise RuleError(f"{folder}: no such rules folder. Check --rules.")
    shipped = shipped_rules()
    own = folder and folder.resolve() != shipped.resolve()
    folders = [shipped, folder] if folder and own else [shipped]
    return Rulebook(
        sources=_sources(folders),
        fields=_policy(FieldRules, "fields.toml", folders),
        identity=_policy(IdentityRules, "identity.toml", folders),
        matching=_policy(MatchRules, "matching.toml", folders),
        privacy=_policy(PrivacyRules, "privacy.toml", folders),
        survivorship=_policy(SurvivorshipRules, "survivorship.toml", folders),
        validation=_policy(ValidationRules, "validation.toml", folders),
        vocabulary=read_vocabulary(each / "vocabulary" for each in folders),
        sha256=_digest(folders),
    )


def _policy(model: type[R], name: str, folders: list[Path]) -> R:
    """Read one policy file, each folder's over the one before."""
    values: dict[str, object] = {}
    for each in folders:
        values = overlay(values, read_toml(each / name))
    return parse_rule(model, values, folders[-1] / name)


def _sources(folders: list[Path]) -> dict[str, SourceRule]:
    return {
        path.stem: with_lookups(parse_rule(SourceRule, read_toml(path), path), path)
        for each in folders
        for path in sorted((each / "sources").glob("*.toml"))
    }


def _digest(folders: list[Path]) -> str:
    digest = hashlib.sha256()
    for each in folders:
        for path in sorted([*each.rglob("*.toml"), *each.rglob("*.csv")]):
            digest.update(path.relative_to(each).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
