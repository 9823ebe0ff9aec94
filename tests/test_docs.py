"""What a reader is promised: commands, rule keys, vocabularies and changes are written down."""

from __future__ import annotations

import csv
import importlib
import pkgutil
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
import typer
from typer.main import get_command

import cleanse
from cleanse import rulebook as rulebook_package
from cleanse.rulebook.toml import Rule

ROOT = Path(__file__).parent.parent
RULES = ROOT / "rules"
_PI = "pi"  # in pieces, so that this file does not name what it looks for
WORKPLACE = re.compile(
    rf"/(work|tmp|root|opt|home/\w+)/|\.pyenv|py{_PI}\.org|python(?:hosted)|https?://[^\s)\"'>]*/simple\b"
)
"""Hosts of package indexes and folders of somebody's machine have no place in the project."""
WRITTEN_FOR_PEOPLE = {
    ".py",
    ".md",
    ".toml",
    ".csv",
    ".txt",
    ".sql",
    ".html",
    ".j2",
    ".css",
    "",
}


def rule_models() -> Iterator[type[Rule]]:
    """Yield every part of every rule file."""
    for module in pkgutil.iter_modules(rulebook_package.__path__):
        importlib.import_module(f"{rulebook_package.__name__}.{module.name}")
    todo = [Rule]
    while todo:
        model = todo.pop()
        todo += model.__subclasses__()
        if model is not Rule and model.__module__.startswith("cleanse."):
            yield model


def rule_keys() -> list[tuple[str, str]]:
    """Return (rule file, key) of every key that a rule file may hold."""
    return sorted(
        {
            (model.__module__.rsplit(".", 1)[1], field.alias or name)
            for model in rule_models()
            for name, field in model.model_fields.items()
        }
    )


def section(file: str) -> str:
    """Return what rules/README.md says of one rule file."""
    text = (RULES / "README.md").read_text(encoding="utf-8")
    heading = "sources/<source>" if file == "source" else file
    _, _, rest = text.partition(f"\n## `{heading}.toml`")
    return rest.partition("\n## ")[0]


def commands() -> list[str]:
    """Return the names of all commands; 'group name' for one inside a group."""
    cli = importlib.import_module("cleanse.cli")
    group = get_command(cli.app)
    assert isinstance(group, typer.core.TyperGroup)
    names = []
    for name, command in group.commands.items():
        inner = getattr(command, "commands", {})
        names += [f"{name} {each}" for each in inner] or [name]
    return sorted(names)


def vocabularies() -> list[Path]:
    return sorted((RULES / "vocabulary").glob("*.csv"))


def tracked_files() -> list[Path]:
    """Return the files that git tracks; none outside a checkout."""
    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [
        path for path in paths if path.is_file() and path.suffix in WRITTEN_FOR_PEOPLE
    ]


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_in_the_readme(command):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"cleanse {command}\b", readme), (
        f"`cleanse {command}` is not in README.md"
    )


@pytest.mark.parametrize(("file", "key"), rule_keys())
def test_every_rule_key_is_explained(file, key):
    known = rf"`(?:[\w.<>]+\.)?{re.escape(key)}`"
    assert re.search(known, section(file)), (
        f"{key} of {file}.toml is not in rules/README.md"
    )


def test_every_rule_file_and_vocabulary_is_explained():
    text = (RULES / "README.md").read_text(encoding="utf-8")
    names = [path.name for path in [*RULES.glob("*.toml"), *vocabularies()]]
    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("path", vocabularies(), ids=lambda path: path.stem)
def test_every_vocabulary_says_what_it_is_and_where_from(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    policy = list(takewhile(lambda line: line.startswith("#"), lines))
    columns, *rows = csv.reader(lines[len(policy) :])
    keys = [row[0] for row in rows]
    assert sum(map(len, policy)) > 30, "the head states the policy"
    assert columns[-1] == "origin"
    assert [row for row in rows if not row[-1] or len(row) != len(columns)] == []
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_the_changelog_has_a_part_for_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert "Unreleased" in parts or cleanse.__version__ in parts


def test_no_file_names_a_package_index_or_a_machine():
    found = {
        str(path.relative_to(ROOT)): WORKPLACE.findall(
            path.read_text(encoding="utf-8", errors="ignore")
        )
        for path in tracked_files()
        if path != Path(__file__)
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_pins_are_plain():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert lines[0].startswith("#")
    assert all(re.fullmatch(r"[a-z0-9._-]+==[0-9a-z.]+( ; .+)?", pin) for pin in pins)
    fastapi = next(pin for pin in pins if pin.startswith("fastapi=="))
    assert int(fastapi.split(".")[1]) < 155
