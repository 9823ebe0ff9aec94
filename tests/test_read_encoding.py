"""Encodings: the rows of tests/cases/read_encoding.csv, damage, and mixtures."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cleanse.errors import UnreadableError, UsageError
from cleanse.read.encoding import LOW_CONFIDENCE, decode
from cleanse.read.mixed import REPLACEMENT

CASES_PATH = Path(__file__).parent / "cases" / "read_encoding.csv"
CASES = list(csv.DictReader(CASES_PATH.read_text("utf-8").splitlines()))
CHINESE = "客户名称,地址\n广州华星贸易有限公司,广州市天河区体育东路一号\n" * 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_an_encoding_is_recognised(case):
    text = case["text"].replace(r"\n", "\n")
    found = decode(text.encode(case["encoding"]), "list.csv")
    assert found.text == text
    assert found.encoding == case["expected"]
    assert (found.confidence < LOW_CONFIDENCE) == any(
        "might be" in note for note in found.notes
    )


def test_long_chinese_text_is_sure():
    assert decode(CHINESE.encode("gbk"), "list.csv").confidence > 0.9


def test_one_chinese_cell_is_reported_as_doubtful():
    found = decode("name,city\nAnn,Paris\n王伟,x\n".encode("gbk"), "list.csv")
    assert found.confidence < 0.5
    assert "might be" in found.notes[0]


def test_the_first_lines_may_be_ascii():
    data = b"name,city\n" + b"Ann,Paris\n" * 2_000 + CHINESE.encode("gbk")
    assert decode(data, "list.csv").encoding == "gbk"


def test_bad_bytes_are_shown_and_located():
    lines = CHINESE.encode("gbk").split(b"\n")
    lines[4] += b"\xff\xff"
    found = decode(b"\n".join(lines), "list.csv")
    assert found.text.replace(REPLACEMENT, "") == CHINESE
    assert [note for note in found.notes if "(lines 5)" in note]


def test_two_exports_glued_together_are_read_and_reported():
    found = decode(CHINESE.encode("gbk") + CHINESE.encode(), "list.csv")
    assert found.text == CHINESE * 2
    assert "mixed encodings: 40 line(s) are utf-8" in found.notes[0]
    assert "(lines 41-80)" in found.notes[0]


def test_a_damaged_utf8_file_stays_utf8():
    lines = CHINESE.encode().split(b"\n")
    lines[2] = lines[2][:-1]
    found = decode(b"\n".join(lines), "list.csv")
    assert found.encoding == "utf-8"
    assert [note for note in found.notes if "(lines 3)" in note]


def test_a_stray_byte_does_not_cost_the_file():
    found = decode(b"name,city\nAnn,Par\x90 is\nBob,Oslo\n", "list.csv")
    assert found.text == f"name,city\nAnn,Par{REPLACEMENT} is\nBob,Oslo\n"
    assert [note for note in found.notes if "(lines 2)" in note]


def test_a_rule_may_name_the_encoding():
    assert decode("é".encode("cp1252"), "list.csv", "cp1252").text == "é"
    with pytest.raises(UsageError, match="'gbx' is not known"):
        decode(b"a", "list.csv", "gbx")


def test_a_picture_is_no_text():
    with pytest.raises(UnreadableError, match="neither a text file"):
        decode(bytes(range(256)) * 20, "list.csv")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk"]
)
def test_a_file_may_break_off_inside_a_character(encoding):
    text = "name,city\n张伟,北京\n王芳,上海"
    found = decode(text.encode(encoding)[:-1], "list.csv")
    assert found.text == text[:-1] + REPLACEMENT
    assert found.encoding == encoding


@pytest.mark.parametrize(
    ("written", "said"),
    [("utf-8", "gbk"), ("gbk", "utf-8"), ("utf-8", "cp1252"), ("utf-8", "utf-16")],
)
def test_a_file_that_contradicts_its_rule_stops(written, said):
    with pytest.raises(UnreadableError, match=r"Correct \[file\] encoding"):
        decode(CHINESE.encode(written), "list.csv", said)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,name\n1,刘洋\n2,Bob\n", "gbk"),
        ("id,name\n1,陳大文\n2,Bob\n", "big5"),
        ("id,name\n1,Müller\n2,Bob\n", "cp1252"),
    ],
    ids=["GBK", "Big5", "western"],
)
def test_one_cell_is_read_and_doubted_with_the_alternatives_named(text, encoding):
    found = decode(text.encode(encoding), "list.csv")
    assert found.text == text
    assert found.confidence < LOW_CONFIDENCE
    assert "it might be" in found.notes[0]
