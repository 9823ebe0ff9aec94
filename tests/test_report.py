"""The report: whole in itself, escaped, bilingual, and true to its facts."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from cleanse import schema
from cleanse.report import ReportFacts, write_report
from cleanse.report.charts import bar, histogram, stacked
from cleanse.report.figures import weight_bins
from cleanse.report.write import as_json, render

HOSTILE = "<script>alert('x')</script>"

MODEL = {
    "version": 1,
    "kinds": {
        "person": {
            "match_share": 0.001,
            "related_share": 0.01,
            "evidence": {
                "email": {
                    "m": [0.2, 0.8],
                    "u": [0.99, 0.01],
                    "related": [0.5, 0.5],
                    "most": 5.0,
                },
                "name": {
                    "m": [0.1, 0.2, 0.7],
                    "u": [0.9, 0.09, 0.01],
                    "related": [0.9, 0.09, 0.01],
                    "most": 12.0,
                },
            },
        }
    },
}


def facts(**changes) -> ReportFacts:
    """A run of two lists."""
    pairs = 300
    values = {
        "run_id": "20260331T080000Z-abc123",
        "run_number": 2,
        "status": "published",
        "actor": "user:王芳",
        "started_at": datetime(2026, 3, 31, 8, tzinfo=UTC),
        "version": "0.1.0",
        "counts": {
            "files": 2,
            "rows_read": 1210,
            "records": 1200,
            "customers": 941,
            "new_customers": 52,
            "merged": 7,
            "split": 1,
            "review_cases": 23,
            "issues": 118,
            "rejects": 10,
        },
        "reconciliation": [
            {
                "source": "crm",
                "file": "2026Q1/客户管理信息表.xlsx",
                "sheet": "华东",
                "row_count": 812,
                "record_count": 800,
                "reject_count": 7,
                "header_count": 3,
                "blank_count": 2,
            },
            {
                "source": "acme",
                "file": f"2026Q1/{HOSTILE}.csv",
                "sheet": None,
                "row_count": 404,
                "record_count": 400,
                "reject_count": 3,
                "header_count": 1,
                "blank_count": 0,
            },
        ],
        "sources": [
            {
                "source": "crm",
                "before": 780,
                "records": 800,
                "found": 760,
                "new": 40,
                "gone": 20,
            },
            {
                "source": "acme",
                "before": 0,
                "records": 400,
                "found": 0,
                "new": 400,
                "gone": 0,
            },
        ],
        "events": [
            {"event": "kept", "customers": 860},
            {"event": "merged", "customers": 7},
            {"event": "new", "customers": 52},
            {"event": "retired", "customers": 11},
            {"event": "split", "customers": 1},
        ],
        "changes": {"run_published": 1, "record_added": 440},
        "quality": [
            {
                "source": source,
                "field": field,
                "records": records,
                "filled": filled,
                "valid": valid,
                "changed": changed,
                "repaired": changed // 2,
                "distinct": filled,
                "unique": filled // 2,
                "patterns": [{"pattern": "999-9999 汉+", "records": filled}],
                "records_before": records - 10,
                "filled_before": filled // 2,
                "valid_before": None if valid is None else valid // 2,
                "repaired_before": 0,
                "distinct_before": 1,
            }
            for source, records in (("crm", 800), ("acme", 400))
            for field, filled, valid, changed in (
                ("name", records, None, 120),
                ("phone", records - 60, records - 90, 300),
                ("email", records // 2, records // 3, 12),
                ("address", records - 5, None, 77),
                ("fax", 0, None, 0),
            )
        ],
        "pairs": pl.DataFrame(
            {
                "match_weight": [(n % 60) * 0.7 - 6 for n in range(pairs)],
                "band": [
                    "match"
                    if (n % 60) * 0.7 - 6 > 12
                    else "review"
                    if (n % 60) * 0.7 - 6 > 4
                    else "no_match"
                    for n in range(pairs)
                ],
            }
        ),
        "bands": pl.DataFrame(
            {
                "blocking_rule": [
                    "phone",
                    "phone",
                    "name+city",
                    "name+city",
                    "closure",
                ],
                "kind": ["person"] * 5,
                "band": ["match", "review", "no_match", "match", "match"],
                "pair_count": [210, 14, 90_000, 88, 3],
            }
        ),
        "model": json.dumps(MODEL),
        "issues": pl.DataFrame(
            [
                {
                    "record_id": n,
                    "check": "phone.invalid",
                    "field": "phone",
                    "severity": "warning",
                }
                for n in range(90)
            ]
            + [
                {
                    "record_id": n,
                    "check": "birth.future",
                    "field": "birth_on",
                    "severity": "error",
                }
                for n in range(28)
            ]
        ),
        "rejects": pl.DataFrame(
            [
                {
                    "file": "a.csv",
                    "row_number": n,
                    "reason": "total row 合计",
                    "raw": "=1+1 0010",
                }
                for n in range(7)
            ]
            + [
                {
                    "file": "b.csv",
                    "row_number": n,
                    "reason": "identifies nobody",
                    "raw": HOSTILE,
                }
                for n in range(3)
            ],
            schema=schema.REJECT,
        ),
        "seconds": {
            "read": 0.8,
            "map": 0.2,
            "normalise": 2.4,
            "validate": 0.2,
            "match": 6.1,
            "merge": 1.2,
            "publish": 1.9,
        },
        "peak_mb": 612,
        "notes": ("客户管理信息表.xlsx: sheet 'old' is hidden and was not read",),
        "audit_head": "ab" * 32,
    }
    return ReportFacts(**(values | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    write_report(folder, facts())
    return folder


@pytest.fixture(scope="module")
def page(folder) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Every tag with its attributes; and that what is opened is closed."""

    VOID = frozenset(("meta", "br"))

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_in_itself(page):
    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    names = {name for name, _ in parser.tags}
    assert not names & {"script", "link", "img", "iframe"}
    assert not re.search(r"https?://|url\(|@import", page)
    hrefs = {attrs["href"] for name, attrs in parser.tags if name == "a"}
    assert hrefs == {"rejects.xlsx"}


def test_names_of_files_are_escaped_and_values_stay_out(page, folder):
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    told = (folder / "report.json").read_text(encoding="utf-8")
    assert "0010" not in page + told


def test_chinese_is_marked_as_simplified(page):
    body = page[page.index("<body>") :]
    for part in re.findall(r">([^<>]*[一-鿿][^<>]*)<", body):
        place = page.index(f">{part}<")
        tag = page[page.rindex("<", 0, place) : place]
        assert 'lang="zh-Hans"' in tag, part


def test_the_sum_of_each_file_can_be_checked(page):
    assert page.count("✓") == 2
    row = next(part for part in page.split("<tr>") if "华东" in part)
    assert re.findall(r">([\d,]+)<", row) == ["800", "7", "3", "2", "812"]


def test_a_file_that_does_not_add_up_is_shown(tmp_path):
    wrong = [{**facts().reconciliation[0], "row_count": 999}]
    page = write_report(tmp_path, facts(reconciliation=wrong)).read_text(
        encoding="utf-8"
    )
    assert "✗ 999" in page


def test_report_json_says_the_same(folder):
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert told["customers"] == 941
    assert told["rejects_by_reason"][0] == {"reason": "total row 合计", "count": 7}
    assert told["issues_by_check"][0]["count"] == 90
    assert [row["is_right"] for row in told["reconciliation"]] == [True, True]


def test_rejects_are_text_in_the_workbook(folder):
    sheet = (
        CalamineWorkbook.from_path(folder / "rejects.xlsx")
        .get_sheet_by_index(0)
        .to_python()
    )
    assert len(sheet) == 1 + 10
    assert "=1+1 0010" in sheet[1]


def test_an_empty_run_has_a_report_too(tmp_path):
    empty = facts(
        reconciliation=(),
        sources=(),
        events=(),
        quality=(),
        pairs=pl.DataFrame(),
        bands=pl.DataFrame(),
        model=None,
        issues=pl.DataFrame(),
        rejects=pl.DataFrame(),
        seconds={},
        notes=(),
        audit_head=None,
        counts={"records": 0, "customers": 0},
    )
    page = write_report(tmp_path, empty)
    assert "No pair was kept" in page.read_text(encoding="utf-8")
    assert not (tmp_path / "rejects.xlsx").exists()


def test_bars_stay_inside_their_track():
    assert 'width="100.00"' in bar(7.0)
    assert 'width="0.00"' in bar(-1.0)
    widths = [
        float(w)
        for w in re.findall(
            r'width="([\d.]+)" height="8" class="[ab]', stacked([("a", 1), ("b", 3)], 4)
        )
    ]
    assert widths == [25.0, 75.0]


def test_the_histogram_keeps_every_pair():
    step, bins = weight_bins(facts().pairs)
    assert sum(sum(parts.values()) for _, parts in bins) == 300
    assert [b - a for (a, _), (b, _) in pairwise(bins)] == [step] * (len(bins) - 1)
    assert histogram(bins, step, "x").count("<title>") == 3 * len(bins)


def test_one_pair_alone_makes_a_histogram():
    one = pl.DataFrame({"match_weight": [3.0], "band": ["review"]})
    step, bins = weight_bins(one)
    assert 'class="review"' in histogram(bins, step, "x")


def test_what_each_blocking_rule_costs_is_told():
    blocking = pl.DataFrame(
        {
            "kind": ["person", "company", "person"],
            "blocking_rule": ["phone", "phone", "family"],
            "block_count": [300, 20, 9],
            "pair_count": [900, 40, 5_000_000],
            "split_count": [1, 2, 3],
            "is_applied": [True, True, False],
        }
    )
    told = facts(blocking=blocking, left_out={"person": ["family"]})
    rows = {row["blocking_rule"]: row for row in as_json(told)["matching"]}
    costs = ("blocks", "block_pairs", "split")
    assert [rows["phone"][name] for name in costs] == [320, 940, 3]
    assert [rows["closure"][name] for name in costs] == [None] * 3
    assert as_json(told)["blocking_left_out"] == {"person": ["family"]}
    page = render(told)
    assert "find too little for what they cost: family." in page
    assert ">940<" in page
