"""Pinyin: readings of signs."""

from __future__ import annotations

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from cleanse.normalise.pinyin import reading


def test_signs_are_read_as_pypinyin_reads_them():
    for sign in [*map(chr, PINYIN_DICT), *"aÀü1,，の한𠀀"]:
        (said,) = lazy_pinyin(sign)
        said = said.replace("ü", "u").replace("v", "u") if said != sign else sign
        assert reading(sign) == said, sign
