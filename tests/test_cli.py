"""The command line: what it answers, where it writes, what it exits with."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys

import polars as pl
import pytest
from pipeline_builders import PEOPLE, customers, make_run, write_list
from python_calamine import CalamineWorkbook

from cleanse import __main__ as start
from cleanse import __version__, cli


@pytest.fixture
def cleanse(capsys, monkeypatch, tmp_path):
    """Run a command line in an empty folder; return exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["cleanse", *map(str, words)])
        mask = os.umask(0o077)
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        else:
            code = 0
        finally:
            os.umask(mask)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with one run; looked at only."""
    folder = tmp_path_factory.mktemp("cli")
    make_run(folder / "store", write_list(folder / "crm.csv"))
    return folder / "store"


def test_run_says_what_it_did_in_json(cleanse, tmp_path):
    crm = write_list(tmp_path / "crm.csv")
    code, out, err = cleanse("run", crm, "--json", "--actor", "li")
    told = json.loads(out)
    assert code == 0
    expected = {
        "run_number": 1,
        "status": "published",
        "files": 1,
        "rows_read": 6,
        "blank_rows": 0,
        "header_rows": 1,
        "rejects": 0,
        "records": 6,
        "customers": 5,
        "new_customers": 5,
        "merged": 0,
        "split": 0,
    }
    assert expected.items() <= told.items()
    assert {"run_id", "review_cases", "issues", "seconds", "peak_mb"} <= told.keys()
    assert "publish" in told["seconds"]
    assert "read" in err
    assert not [p for p in PEOPLE if p[2] in out + err]
    assert (tmp_path / "store" / "golden.duckdb").exists()
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700


def test_dry_run_and_plan_write_nothing(cleanse, tmp_path):
    crm = write_list(tmp_path / "crm.csv")
    assert cleanse("run", crm, "--dry-run")[0] == 0
    code, out, _ = cleanse("plan", crm, "--json")
    assert (code, json.loads(out)["status"]) == (0, "rehearsed")
    assert "new" in cleanse("plan", crm)[1]
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_clean_writes_one_row_per_record(cleanse, tmp_path, ending):
    crm = write_list(tmp_path / "crm.csv")
    out = tmp_path / f"cleaned.{ending}"
    assert cleanse("clean", crm, "--out", out)[0] == 0
    if ending == "xlsx":
        head, *rows = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
        cell = rows[0][head.index("phone")]
    else:
        frame = (
            pl.read_csv(out, infer_schema=False)
            if ending == "csv"
            else pl.read_parquet(out)
        )
        head, rows, cell = frame.columns, frame.rows(), frame["phone"][0]
    assert len(rows) == 6
    assert {"phone_raw", "phone", "email_raw", "name"} <= set(head)
    assert cell == "+442079460011"


def test_inspect(cleanse, tmp_path):
    crm = write_list(tmp_path / "crm.csv")
    code, out, _ = cleanse("inspect", crm, "--json")
    told = json.loads(out)[0]
    fields = {c["heading"]: c["field"] for c in told["tables"][0]["columns"]}
    assert code == 0
    assert fields["first name"] == "given_name"
    assert told["source"]["name"] == "crm"
    assert "utf-8" in cleanse("inspect", crm)[1].lower()


def test_inspect_writes_a_rule_that_a_run_obeys(cleanse, tmp_path):
    crm = write_list(tmp_path / "crm.csv")
    assert cleanse("inspect", crm, "--write")[0] == 0
    assert (tmp_path / "rules" / "sources" / "crm.toml").exists()
    assert cleanse("run", crm)[0] == 0
    code, _, err = cleanse("inspect", crm, "--write")
    assert (code, "is there already" in err) == (2, True)


def test_inspect_table_writes_the_table_as_read(cleanse, tmp_path):
    (tmp_path / "odd.csv").write_text(
        'List of 2026\n\nid;name\n1;"Ann; Lee"\n2;Bo\nTotal;2\n', encoding="utf-16"
    )
    assert cleanse("inspect", "odd.csv", "--table", "out.csv")[0] == 0
    assert (tmp_path / "out.csv").read_text(
        encoding="utf-8"
    ) == "id,name\n1,Ann; Lee\n2,Bo\n"


def test_customer(cleanse, store):
    number = customers(store)["A1"]
    code, out, _ = cleanse("customer", number.lower(), "--store", store, "--json")
    card = json.loads(out)
    assert code == 0
    assert {row["source_key"] for row in card["record"]} == {"A1", "A2"}
    assert "+442079460011" in cleanse("customer", number, "--store", store)[1]


def test_resolve(cleanse, store):
    number = customers(store)["A3"]
    code, out, _ = cleanse("resolve", number, "--store", store, "--json")
    assert (code, json.loads(out)["customer_id"]) == (0, number)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert cleanse("resolve", wrong, "--store", store)[0] == 2


def test_explain(cleanse, store):
    code, out, _ = cleanse("explain", 1, 2, "--store", store, "--json")
    told = json.loads(out)
    by = {row["comparison"]: row["weight"] for row in told["comparisons"]}
    assert (code, told["band"]) == (0, "match")
    assert by["phone"] > 0
    assert "one customer" in cleanse("explain", 2, 1, "--store", store)[1]
    assert "two customers" in cleanse("explain", 1, 3, "--store", store)[1]
    assert cleanse("explain", 1, 99, "--store", store)[0] == 2


def test_sql(cleanse, store):
    code, out, _ = cleanse(
        "sql", "select count(*) as n from golden_record", "--store", store, "--json"
    )
    assert (code, json.loads(out)) == (0, [{"n": 5}])
    for refused in (
        "drop table golden_record",
        "select 1; select 2",
        "copy golden_record to 'x.csv'",
    ):
        assert cleanse("sql", refused, "--store", store)[0] == 2


def listless(folder):
    folder.mkdir()
    (folder / "notes.md").write_text("nothing")
    return folder


def empty(path):
    path.write_bytes(b"")
    return path


def corrupt(path):
    path.write_bytes(b"PK\x03\x04 this is no workbook")
    return path


def locked(path):
    """A workbook under a password is an OLE file with the stream EncryptedPackage."""
    import io

    import msoffcrypto.format.ooxml
    import xlsxwriter

    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write_row(0, 0, ["name", "phone"])
    with path.open("wb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", file)
    return path


BAD = [
    (lambda d: d / "nowhere.csv", 2, "no such file"),
    (lambda d: empty(d / "empty.csv"), 2, "empty"),
    (lambda d: listless(d / "folder"), 2, "no list"),
    (lambda d: corrupt(d / "broken.xlsx"), 1, "broken.xlsx"),
    (lambda d: locked(d / "locked.xlsx"), 1, "CLEANSE_XLSX_PASSWORD"),
]


@pytest.mark.parametrize(("make", "code", "said"), BAD, ids=[said for *_, said in BAD])
def test_bad_input(cleanse, tmp_path, make, code, said):
    for command in (["run"], ["plan"], ["inspect"], ["clean", "--out", "x.csv"]):
        got, out, err = cleanse(
            *command,
            make(tmp_path)
            if not (tmp_path / "folder").exists()
            else tmp_path / "folder",
        )
        assert (got, out) == (code, ""), err
        assert said in err
        assert "Traceback" not in err
    assert not (tmp_path / "store").exists()
    assert not (tmp_path / "x.csv").exists()


def test_a_rule_with_a_typo(cleanse, tmp_path):
    crm = write_list(tmp_path / "crm.csv")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "identity.toml").write_text("[limit]\nchrun = 0.1\n")
    code, _, err = cleanse("run", crm)
    assert code == 2
    assert "identity.toml" in err
    assert "did you mean 'churn'" in err


def test_a_gate_exits_3(cleanse, tmp_path):
    crm = write_list(tmp_path / "crm.csv")
    assert cleanse("run", crm)[0] == 0
    write_list(crm, PEOPLE[:2])
    code, _, err = cleanse("run", crm)
    assert (code, "4 of 6 records are gone" in err) == (3, True)


def test_an_unforeseen_error_shows_no_value(cleanse, tmp_path, monkeypatch):
    from cleanse.pipeline import merging

    def broken(*_args, **_more):
        raise ValueError("Robert Hartwell")

    monkeypatch.setattr(merging, "merge", broken)
    code, out, err = cleanse("run", write_list(tmp_path / "crm.csv"))
    assert code == 1
    assert "unexpected ValueError" in err
    assert "Hartwell" not in out + err
    assert not (tmp_path / "store").exists()


def test_no_store(cleanse):
    for words in (
        ["customer", "C000"],
        ["sql", "select 1"],
        ["explain", 1, 2],
        ["resolve", "C0"],
    ):
        code, _, err = cleanse(*words)
        assert (code, "--store" in err) == (2, True), words


def test_help_needs_little_and_imports_nothing_heavy():
    code = "import sys; from cleanse import cli; print(sorted({'polars','duckdb','prefect','rich','numpy'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "cleanse", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"^\s+run\b", done.stdout, re.MULTILINE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"--help: {after.ru_utime - before.ru_utime:.2f} s of CPU")


def test_the_version_is_told(cleanse):
    assert cleanse("--version")[:2] == (0, f"cleanse {__version__}\n")


def test_an_interrupt_while_packages_load_is_told(monkeypatch, capsys):
    """Nothing heavy loads before Ctrl-C is caught."""

    def stop():
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", stop)
    with pytest.raises(SystemExit, match="130"):
        start.main()
    assert "interrupted" in capsys.readouterr().err
    code = "import sys, cleanse.__main__; print('typer' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_wide_answer_is_told_field_by_field(cleanse, store):
    """A table of eighty columns has no room for a single sign of a value."""
    query = "select * from golden_record order by customer_id limit 1"
    _, out, _ = cleanse("sql", query, "--store", store)
    told = dict(line.split("  ", 1) for line in out.splitlines())
    assert told["customer_id"].strip() in customers(store).values()


def test_numbers_can_be_copied_back(cleanse, store):
    query = "select 12345 as record_id, 28290.5::double as average"
    _, out, _ = cleanse("sql", query, "--store", store)
    assert ("12345" in out, "28290.50" in out) == (True, True)


def test_a_cut_answer_says_so(cleanse, store):
    _, _, err = cleanse("sql", "from record", "--limit", 2, "--store", store)
    assert "at most 2 rows" in err


@pytest.mark.parametrize("text", ["name,phone\n", "name,phone\nn/a,\n"])
def test_a_list_without_a_record_is_refused(cleanse, tmp_path, text):
    (tmp_path / "empty.csv").write_text(text, encoding="utf-8")
    code, _, err = cleanse("run", "empty.csv")
    assert (code, "empty.csv: no record in it" in err) == (2, True)


def test_a_list_without_headings_is_told(cleanse, tmp_path):
    text = "Ada,+442079460958\nBen,+441614960123\nCy,+441614960124\n"
    (tmp_path / "bare.csv").write_text(text, encoding="utf-8")
    assert "no heading row found" in cleanse("inspect", "bare.csv")[1]


def test_progress_moves_on_a_terminal_only(monkeypatch, tmp_path):
    """Rows, rows per second and the time left, in one line that goes away; no colour if unwanted."""
    path = tmp_path / "big.csv"
    path.write_text("id,name\n" + "1,Ann Oakes\n" * 2000, "utf-8")
    code = (
        "import cleanse.read.file as f, cleanse.cli.progress as p;"
        "f.LARGE = 0; p._SOON = 0.0; from pathlib import Path; from cleanse.read import read_file;"
        f"p.quietly(read_file, Path({str(path)!r}), 'big.csv')"
    )
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    leader, follower = os.openpty()
    command = [sys.executable, "-c", code]
    subprocess.run(command, stderr=follower, check=True)
    os.close(follower)
    shown = os.read(leader, 65_536).decode()
    assert "2,001 rows" in shown
    assert "rows/s" in shown
    assert "s left" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown)
    piped = subprocess.run(command, capture_output=True, text=True, check=True)
    assert piped.stderr == ""


def test_an_interrupt_is_told(cleanse, monkeypatch, tmp_path):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("cleanse.pipeline.run", stop)
    code, _, err = cleanse("run", write_list(tmp_path / "crm.csv"))
    assert (code, "interrupted" in err) == (130, True)
