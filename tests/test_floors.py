"""The house stands: imports only point down (DESIGN: floors), files stay small, names say something."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    "flows": 6,
    "cleanse.__main__": 6,
    "cleanse.cli": 5,
    "cleanse.web": 5,
    "cleanse.pipeline": 4,
    "cleanse.read": 3,
    "cleanse.warehouse": 3,
    "cleanse.report": 3,
    "cleanse.review": 3,
    "cleanse.map": 2,
    "cleanse.normalise": 2,
    "cleanse.validate": 2,
    "cleanse.block": 2,
    "cleanse.compare": 2,
    "cleanse.estimate": 2,
    "cleanse.score": 2,
    "cleanse.match": 2,
    "cleanse.cluster": 2,
    "cleanse.household": 2,
    "cleanse.judgement": 2,
    "cleanse.identify": 2,
    "cleanse.merge": 2,
    "cleanse.evaluate": 2,
    "cleanse.quality": 2,
    "cleanse.rulebook": 1,
    "cleanse.errors": 0,
    "cleanse.schema": 0,
    "cleanse.shelf": 0,
    "cleanse.field": 0,
    "cleanse.lazy": 0,
    "cleanse.threads": 0,
    "cleanse.components": 0,
    "cleanse.places": 0,
    "cleanse.encoded": 0,
    "cleanse.grown": 0,
}
"""Every part of the house and its floor; a new part is entered here."""

STAGE_FLOOR = 2
SIDEWAYS = {
    "cleanse.match": {
        "cleanse.block",
        "cleanse.compare",
        "cleanse.estimate",
        "cleanse.score",
    },
    "cleanse.estimate": {"cleanse.score"},
    "cleanse.schema": {"cleanse.field"},
    "cleanse.shelf": {"cleanse.errors"},
    "cleanse.encoded": {"cleanse.places", "cleanse.threads"},
    "cleanse.grown": {"cleanse.encoded"},
}
"""The allowed steps between equals: match maps compare and score over the chunks of
block, so that candidate pairs never exist all at once; estimate learns score's model;
schema is what of the words of the data needs frames; shelf tells of a full disk."""

OUTSIDE = frozenset(
    "io logging os pathlib shutil socket sqlite3 subprocess tempfile time duckdb".split()
)
"""Modules through which a stage could reach files, clock or database."""
SPILLS = "cleanse.shelf"
"""The one module of these floors that writes files: stages are handed it to lay large frames down."""
PURE = {"pathlib.PurePath", "pathlib.PurePosixPath"}
"""Names of files, without the files."""
CLOCKS = re.compile(r"\b(datetime\.now|utcnow|date\.today|time\.time|perf_counter)\b")
NAMELESS = re.compile(r"(^|_)(util|utils|helper|helpers|common|manager|misc)(_|$)")
MOST_LINES = 400


def modules() -> list[Path]:
    """Every module of the product."""
    return [
        path
        for top in ("cleanse", "flows")
        for path in sorted((ROOT / top).rglob("*.py"))
    ]


def part_of(name: str) -> str | None:
    """Return the part of the house that a dotted name lies in."""
    return next(
        (part for part in FLOORS if name == part or name.startswith(part + ".")), None
    )


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, also inside functions and for types only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{dotted(path)}: write imports in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {
                node.module
            }
    return found


def faults(name: str, imported: set[str]) -> list[str]:
    """Say which imports of a module point up or sideways."""
    part = part_of(name)
    if part is None:
        return (
            []
            if name == "cleanse"
            else [f"{name} stands on no floor: enter it in FLOORS"]
        )
    below = {other for other in map(part_of, imported) if other and other != part}
    return [
        f"{name} (floor {FLOORS[part]}) imports {other} (floor {FLOORS[other]})"
        for other in sorted(below)
        if FLOORS[other] >= FLOORS[part] and other not in SIDEWAYS.get(part, ())
    ]


def reaching_out(imported: set[str]) -> set[str]:
    """Return the imports through which a module reaches the outside."""
    if imported & PURE:
        imported = imported - PURE - {"pathlib"}
    return {name for name in imported if name.split(".")[0] in OUTSIDE}


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_imports_point_down(path):
    assert faults(dotted(path), imports(path)) == []


def test_a_step_up_or_sideways_is_found():
    assert faults("cleanse.schema", {"cleanse.rulebook.toml"})
    assert faults("cleanse.merge.golden", {"cleanse.normalise"})
    assert faults("cleanse.helpers", {"polars"})
    assert not faults("cleanse.match", {"cleanse.block", "polars"})


def test_reaching_out_is_found():
    assert reaching_out({"pathlib", "pathlib.Path"})
    assert reaching_out({"pathlib", "pathlib.Path", "pathlib.PurePosixPath"})
    assert not reaching_out({"pathlib", "pathlib.PurePosixPath", "polars"})


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_only_flows_import_prefect(path):
    tops = {name.split(".")[0] for name in imports(path)}
    assert "prefect" not in tops or dotted(path).startswith("flows")


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in modules()
        if FLOORS.get(part_of(dotted(p)) or "") in {0, STAGE_FLOOR}
        and dotted(p) != SPILLS
    ],
    ids=dotted,
)
def test_stages_touch_neither_files_nor_clock(path):
    assert reaching_out(imports(path)) == set()
    assert CLOCKS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_only_the_rulebook_opens_rule_files(path):
    if part_of(dotted(path)) != "cleanse.rulebook":
        assert "tomllib" not in imports(path)


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_files_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_names_say_something(path):
    assert not [part for part in dotted(path).split(".") if NAMELESS.search(part)]
