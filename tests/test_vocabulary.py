"""Vocabulary files: ours, a user's over them, and what Excel makes of them."""

from __future__ import annotations

import pytest

from cleanse.errors import RuleError
from cleanse.rulebook.vocabulary import read_vocabulary


def written(folder, name, text, encoding="utf-8"):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text(text, encoding=encoding)
    return folder


def test_a_word_may_begin_with_the_comment_sign(tmp_path):
    folder = written(tmp_path, "placeholder", "# head\nword,origin\n#n/a,us\nnil,us\n")
    assert read_vocabulary([folder]).words("placeholder") == {"#n/a", "nil"}


def test_a_users_row_replaces_ours_and_an_empty_one_takes_it_away(tmp_path):
    ours = written(
        tmp_path / "ours",
        "title",
        "# h\nword,place,origin\nmr,before,us\n总,after,us\n",
    )
    theirs = written(
        tmp_path / "theirs",
        "title",
        "word,place,origin\r\nmr,after,them\r\n总,,\r\n",
        "utf-8-sig",
    )
    assert read_vocabulary([ours, theirs]).mapping("title", "place") == {"mr": "after"}


def test_an_unknown_vocabulary_names_the_nearest(tmp_path):
    vocabulary = read_vocabulary([written(tmp_path, "surname", "word,origin\n王,us\n")])
    with pytest.raises(RuleError, match="did you mean 'surname'"):
        vocabulary.rows("surnames")


def test_a_file_that_excel_saved_in_gbk_is_refused_with_a_remedy(tmp_path):
    folder = written(tmp_path, "surname", "word,origin\n王,us\n", "gbk")
    with pytest.raises(RuleError, match="CSV UTF-8"):
        read_vocabulary([folder])


def test_a_row_with_too_many_cells_is_refused(tmp_path):
    folder = written(tmp_path, "surname", "word,origin\n王,us,more\n")
    with pytest.raises(RuleError, match="row 1"):
        read_vocabulary([folder])


def test_shipped_placeholders_know_what_excel_writes_for_an_error(rulebook):
    assert "#n/a" in rulebook.vocabulary.words("placeholder")
