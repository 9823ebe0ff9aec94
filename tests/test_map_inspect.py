"""What inspect shows and writes: in a steward's words, and as a rule that says the same."""

import tomllib
from pathlib import Path

import pytest
from pipeline_builders import write_list

from cleanse.errors import InputError, UsageError
from cleanse.map import map_file, propose_mappings, recognise_source
from cleanse.pipeline import inspecting
from cleanse.pipeline.inspection import inspect_file
from cleanse.read import read_file
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()
SAMPLES = sorted((Path(__file__).parents[1] / "sample_inputs" / "2026Q1").iterdir())


def look(*files, store=None):
    store = store or files[0].parent / "store"
    return inspecting.inspect(files, store=Path(store), rules=None, source=None)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.suffix + path.stem[:4])
def test_the_proposal_of_a_sample_gives_the_same_records(path):
    raw = read_file(path, path.name, None, RULEBOOK.vocabulary)
    choice = recognise_source(raw, RULEBOOK)
    free = propose_mappings(raw, SourceRule(), RULEBOOK)
    text = inspect_file(raw, choice, free).rule_toml()
    rule = SourceRule.model_validate(tomllib.loads(text))
    ruled = propose_mappings(raw, rule, RULEBOOK, choice.name)
    records = [
        map_file(raw, mappings, choice, each)
        for mappings, each in ((free, SourceRule()), (ruled, rule))
    ]
    assert records[0].equals(records[1].select(records[0].columns))


def test_reasons_name_no_look_by_its_key(tmp_path):
    path = tmp_path / "in.csv"
    rows = "".join(
        f"a{n}@x.com,1391234567{n},{'张王李赵刘陈杨黄'[n]}伟\n" for n in range(8)
    )
    path.write_text("phone,Field_7,栏目\n" + rows, encoding="utf-8")
    (looked,) = look(path)
    reasons = {c["heading"]: c["reason"] for c in looked.columns()}
    assert reasons["phone"].endswith("100% are e-mail addresses") or (
        "e-mail addresses" in reasons["phone"]
    )
    assert "Chinese mobile numbers" in reasons["Field_7"]
    keys = [key for key in RULEBOOK.fields.looks if "_" in key]
    assert [r for r in reasons.values() if any(key in r for key in keys)] == []


def test_an_edited_rule_is_not_written_over_unasked(tmp_path):
    looked = look(write_list(tmp_path / "crm.csv"))
    (path,) = inspecting.write_rules(looked, tmp_path / "rules")
    proposal = path.read_text(encoding="utf-8")
    assert inspecting.write_rules(looked, tmp_path / "rules") == [path]
    path.write_text(proposal + "# mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="--overwrite"):
        inspecting.write_rules(looked, tmp_path / "rules")
    assert path.read_text(encoding="utf-8").endswith("# mine\n")
    inspecting.write_rules(looked, tmp_path / "rules", overwrite=True)
    assert path.read_text(encoding="utf-8") == proposal


def test_one_rule_is_not_written_twice(tmp_path):
    files = [write_list(tmp_path / f"crm_2026Q{n}.csv") for n in (1, 2)]
    with files[1].open("a", encoding="utf-8") as more:
        more.write("A9,Zed,Last,,,,\n")
    with pytest.raises(UsageError, match="one source"):
        inspecting.write_rules(look(*files), tmp_path / "rules")
