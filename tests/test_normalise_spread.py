"""Reading in several processes: the same as in one, and no harm where none can be had."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from textwrap import dedent
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cleanse.normalise import normalise, spread
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    """Persons and companies, western and Chinese, each name and address another."""
    names = ("张伟", "Ann Oakes", "上海华夏科技有限公司", "Harrow & Sons Ltd")
    return pl.DataFrame(
        {
            "record_id": range(60),
            "source": "crm",
            "customer": "auto",
            "name_raw": [f"{names[n % 4]}{n}" for n in range(60)],
            "address_raw": [f"上海市浦东新区世纪大道{n}号" if n % 2 else f"{n} High Street, Leeds" for n in range(60)],
        }
    )  # fmt: skip


def test_the_same_in_several_processes(records: pl.DataFrame) -> None:
    """Every column and every change; slices of seven values, so that there are many."""
    alone = normalise(records, RULES)
    with (
        patch.multiple(spread, FEWEST_ROWS=1, FEWEST_VALUES=1, _SLICE=7),
        patch.object(spread, "cpu_count", return_value=3),
        patch.object(spread, "_read_here", wraps=spread._read_here) as here,
    ):
        together = normalise(records, RULES)
    assert here.call_count == 0
    for one, other in zip(alone, together, strict=True):
        assert_frame_equal(one, other)


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    """Processes of the standard library run the script again, each, and wait for each other."""
    script = tmp_path / "script.py"
    script.write_text(
        dedent("""
            import polars as pl
            from cleanse.normalise import spread
            from cleanse.rulebook import load_rulebook
            spread.FEWEST_VALUES = 1
            rules = load_rulebook()
            with spread.crew(rules, spread.FEWEST_ROWS):
                values = pl.DataFrame({"name": ["a", "b"]})
                found = spread.spread(lambda frame, _: frame, values, rules)
            print(found["name"].to_list())
        """)
    )
    said = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert said.stdout == "['a', 'b']\n"


class Broken:
    """A pool whose processes were taken away."""

    def map(self, *_: Any) -> None:
        """Fail as the real one does."""
        raise BrokenProcessPool


def test_without_processes_it_is_done_here() -> None:
    """A slow run is better than none."""
    values = pl.DataFrame({"name": ["a", "b"]})
    token = spread._crew.set(Broken())  # type: ignore[arg-type]
    try:
        with patch.object(spread, "FEWEST_VALUES", 1):
            found = spread.spread(
                lambda frame, _: frame.select(pl.col("name") + "!"), values, RULES
            )
    finally:
        spread._crew.reset(token)
    assert found["name"].to_list() == ["a!", "b!"]
