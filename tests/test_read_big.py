"""Large files: the same result however a text is cut, and without holding it in memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cleanse.read import file as file_module
from cleanse.read import parquet, read_file, spool, write_parquet
from cleanse.read.dialect import Dialect
from cleanse.read.progress import Progress, watched
from cleanse.read.spool import open_text
from cleanse.read.text import read_text, whole_text
from cleanse.read.words import words_of
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawFile

RULE, WORDS = FileRule(), words_of(None)
FILE = "list.csv"

PIECES = (
    "id,name,phone\n", "1,Ann,0201\n", '2,"Li, Bo",0202\n', '3,"two\nlines",0203\n',
    '4,"say ""hi""",0204\n', "5,张伟,0205\n", "6,Ann\n", "7,Ann,0207,x\n", "\n", " \n",
    '8,"stray,0208\n', '9,a"b,0209\n', ",,\n", "total,,9\n", "10,Bo,0210\r\n", "11,Bo,0211\r",
    '"12","x\ny","0212"\n', '13,"ab"c,0213\n', "no end", '"', ",", "id,street,town,code\n",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map(
    lambda parts: "id,name,phone\n" + "".join(parts)
)


def same(one: RawFile, other: RawFile) -> None:
    """Assert that two readings of a file are the same."""
    for mine, theirs in zip(one.tables, other.tables, strict=True):
        for each in fields(mine):
            left, right = getattr(mine, each.name), getattr(theirs, each.name)
            if isinstance(left, pl.DataFrame):
                assert_frame_equal(left, right)
            else:
                assert left == right, each.name
    assert replace(one, tables=()) == replace(other, tables=())


@settings(max_examples=120)
@given(text=TEXTS, size=st.integers(1, 60), exact=st.integers(1, 40))
@example(text='a,b\n1,"x\n2,y\n3,"z\n', size=5, exact=5)
def test_the_same_however_it_is_cut(text: str, size: int, exact: int) -> None:
    """A block may end anywhere: in a quoted cell, after a stray quote, in a line end."""
    data = text.encode()
    whole = read_text(whole_text(data, "", FILE, RULE), FILE, RULE, WORDS)
    with (
        patch("cleanse.read.blocks._EXACT", exact),
        patch("cleanse.read.blocks._KEPT", 0),
    ):
        cut = read_text(whole_text(data, "", FILE, RULE), FILE, RULE, WORDS, size)
    same(whole, cut)


def opened(path: Path, rule: FileRule = RULE) -> RawFile:
    """Read a file as large ones are read, whatever its size."""
    with ExitStack() as stack:
        return read_text(open_text(path, FILE, rule, stack), FILE, rule, WORDS)


LIST = "id,name,city\n" + "".join(
    f"{n},{name},上海市浦东新区世纪大道{n}号\n"
    for n, name in enumerate(("张伟", "李娜", "王芳", "赵敏") * 40)
)
ENCODED = {
    "utf-8": LIST.encode(),
    "utf-8 with a mark": codecs.BOM_UTF8 + LIST.encode(),
    "gb18030": LIST.replace("张伟", "张㐆").encode("gb18030"),
    "big5": LIST.replace("东", "東").replace("区", "區").replace("纪", "紀").replace("号", "號")
    .replace("张伟", "張偉").replace("赵", "趙").encode("cp950"),
    "utf-16 with a mark": LIST.encode("utf-16"),
    "utf-16 without a mark": LIST.encode("utf-16-le"),
    "zero bytes": LIST.replace("李娜", "李\0娜").encode(),
    "UTF-8 with lines of GBK": LIST.encode() + "900,钱多多,北京市朝阳区\n".encode("gbk") * 3,
    "GBK with lines of UTF-8": LIST.encode("gbk") + "900,钱多多,北京市朝阳区\n".encode() * 3,
    "UTF-8 with a bad byte": LIST.encode().replace("王".encode(), b"\xff", 1),
    "escaped quotes": b"id,name,city\n" + b'1,"say \\"hi\\" all",Rome\n' * 30,
}  # fmt: skip


@pytest.mark.parametrize("name", ENCODED)
def test_the_same_whatever_the_encoding(name: str, tmp_path: Path) -> None:
    """A large file is decoded in small pieces, the same way as a small one whole."""
    path = tmp_path / FILE
    path.write_bytes(ENCODED[name])
    with patch.object(spool, "_CHUNK", 50):
        large = opened(path)
    same(large, read_file(path, FILE))
    assert large.tables[0].rows.height >= 30


def test_the_encoding_a_rule_says(tmp_path: Path) -> None:
    """A rule's word goes before what the bytes look like."""
    path = tmp_path / FILE
    path.write_bytes(LIST.encode("gbk") + b"99,\xff,x\n")
    rule = FileRule(encoding="gbk")
    with patch.object(spool, "_CHUNK", 50):
        same(opened(path, rule), read_file(path, FILE, rule))


def test_a_few_lines_in_another_encoding_tell_it(tmp_path: Path) -> None:
    """The sample of a large file holds the lines that are no UTF-8, however few."""
    path = tmp_path / FILE
    plain = "".join(f"{n},Ann,Rome\n" for n in range(2_000))
    path.write_bytes(
        ("id,name,city\n" + plain).encode()
        + "9001,钱多多,北京市朝阳区\n".encode("gbk") * 5
    )
    with patch.multiple(spool, _SAMPLE=1000, _PLACES=4, _PLACE=100, _CHUNK=500):
        found = opened(path)
    assert found.encoding == "gbk"
    assert found.tables[0].rows["name"][-1] == "钱多多"


@pytest.fixture
def ragged(tmp_path: Path) -> Iterator[Path]:
    """A list that takes several blocks, with every kind of odd row."""
    rows = [f'{n},"Ann ""A"" {n}\nB",02{n:05}\n' for n in range(300)]
    rows[100:100] = ["\n", '7,"stray,0207\n', "8,Bo\n", "9,Bo,1,2,3\n"]
    path = tmp_path / FILE
    path.write_text(
        "Customers of 2026,,\nid,name,phone\n" + "".join(rows) + "total,,300\n", "utf-8"
    )
    with (
        patch("cleanse.read.blocks._EXACT", 200),
        patch("cleanse.read.text.BLOCK", 1000),
    ):
        yield path


def test_parquet_holds_what_was_read(ragged: Path, tmp_path: Path) -> None:
    """Rows, row and line numbers; the file returned counts the same rows."""
    out = tmp_path / "list.parquet"
    told, read = write_parquet(out, ragged, FILE), read_file(ragged, FILE)
    assert_frame_equal(pl.read_parquet(out), read.tables[0].rows)
    same(told, read)
    table = told.tables[0]
    parts = (
        table.rows.height,
        table.rejects.height,
        table.blank_count,
        table.header_count,
    )
    assert sum(parts) == table.row_count
    assert table.rejects.height >= 2
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_parquet_of_a_large_list_returns_a_sample(ragged: Path, tmp_path: Path) -> None:
    """The sample is even, the counts are of all; nameless empty columns are left out."""
    text = "".join(
        line + ",\n" for line in "id,name,phone 1,Ann,2 2,Bo,3 3,Cy,4 4,Di,5".split()
    )
    (tmp_path / "tail.csv").write_text(text, "utf-8")
    with patch.object(parquet, "SAMPLE_ROWS", 2):
        told = write_parquet(tmp_path / "out.parquet", tmp_path / "tail.csv", FILE)
    table = told.tables[0]
    assert table.row_count == 5
    assert table.rows["name"].to_list() == ["Ann", "Di"]
    written = pl.read_parquet(tmp_path / "out.parquet")
    assert written["name"].to_list() == ["Ann", "Bo", "Cy", "Di"]
    assert written.columns == ["row_number", "line_number", "id", "name", "phone"]


def test_parquet_of_nothing_readable_leaves_nothing(tmp_path: Path) -> None:
    """An error leaves no half-written file."""
    (tmp_path / FILE).write_bytes(b"%PDF-1.4 ...")
    with pytest.raises(Exception, match="PDF"):
        write_parquet(tmp_path / "out.parquet", tmp_path / FILE, FILE)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_large_files_tell_how_far_they_are(ragged: Path) -> None:
    """Shares only grow, and end at 1; small blocks tell often."""
    heard: list[Progress] = []
    with patch.object(file_module, "LARGE", 0), watched(heard.append):
        read_file(ragged, FILE)
    shares = [each.share for each in heard]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert heard[-1].rows == 307
    assert len(shares) > 10


def test_one_dialect_for_a_text_without_a_row() -> None:
    """A text of blank lines has no record and no fault."""
    text = replace(whole_text(b"a,b\n", "", FILE, RULE), dialect=Dialect(","))
    assert read_text(text, FILE, RULE, WORDS).tables[0].row_count == 1
