"""The masked copy: hides what the rule says, and leaves nothing of it in the file."""

from __future__ import annotations

import duckdb
import pytest
from warehouse_builders import run

from cleanse.errors import RuleError
from cleanse.rulebook import load_rulebook
from cleanse.rulebook.privacy import PublishRule
from cleanse.warehouse import open_store
from cleanse.warehouse.masked import write_masked_copy


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("masked") / "store"
    run(folder, 1)
    return folder


def copied(folder, **rule):
    with open_store(folder, actor="test") as store:
        return write_masked_copy(store, PublishRule(**rule))


def test_columns_are_shown_as_the_rule_says(folder, tmp_path):
    mask = {
        "name": "hide",
        "phone": "last_4",
        "email": "digest",
        "birth_on": "year",
        "extra": "hide",
    }
    path = copied(folder, path=str(tmp_path / "bi.duckdb"), mode="640", mask=mask)
    with duckdb.connect(path, read_only=True) as db:
        names = {row[0] for row in db.sql("describe golden_record").fetchall()}
        phones = db.sql(
            "select phone from golden_record order by customer_id"
        ).fetchall()
    assert not names & {"name", "extra"}
    assert phones == [("8888",), ("1111",), (None,)]
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["bi.duckdb"]
    assert b"William Soto" not in path.read_bytes()


def test_the_shipped_rule_asks_for_no_copy(folder):
    rule = load_rulebook().privacy.publish
    assert rule.mask["national_id"] == "hide"
    assert copied(folder, **rule.model_dump()) is None


@pytest.mark.parametrize(
    "wrong", [{"group": "no-such-group"}, {"path": "/no/such/folder/x"}], ids=str
)
def test_a_place_that_is_not_there_is_said_so(folder, tmp_path, wrong):
    with pytest.raises(RuleError, match="there is no"):
        copied(folder, **({"path": str(tmp_path / "x.duckdb")} | wrong))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("tables", '["golden_recrod"]', "did you mean 'golden_record'"),
        ("tables", '["record"]', "cannot be shared"),
        ("mask", '{ emial = "hide" }', "did you mean 'email'"),
        ("mask", '{ name = "year" }', "is no date"),
        ("mask", '{ extra = "digest" }', "can only be hidden"),
        ("mode", '"0x"', "pattern"),
        ("pth", '"x"', "did you mean 'path'"),
    ],
)
def test_a_rule_with_a_typo_is_refused(tmp_path, key, text, told):
    (tmp_path / "privacy.toml").write_text(f"[publish]\n{key} = {text}\n")
    with pytest.raises(RuleError, match=r"privacy\.toml") as error:
        load_rulebook(tmp_path)
    assert told in str(error.value)
