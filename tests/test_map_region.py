"""The region of a list whose rows name no country."""

import pytest
from map_factory import raw_table

from cleanse.map import propose_mapping
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()
NAMES = ["Ann Lee", "Bob Ray", "Cy Dunn", "Di Marsh"]


def region_of(**columns):
    table = raw_table({"Name": NAMES, **columns})
    return propose_mapping(table, SourceRule(), RULEBOOK).region


@pytest.mark.parametrize(
    "phones",
    [
        ["(0115) 496 0000", "(0115) 496 0001", "(020) 7946 0002", "(0161) 496 0003"],
        ["0115-496-0000", "0115-496-0001", "020-7946-0002", "0161-496-0003"],
        ["+44 (0)115 496 0000", "0044 20 7946 0002", "01632 960 001", "+441632960001"],
        ["020 7946 0512 ext 12", "0115 496 0001 x7", "07700 900 123", "07700900124"],
    ],
)
def test_british_phones_and_postcodes_tell_the_region(phones):
    codes = ["NG1 5FT", "N8 9HT", "LS6 4GP", "CF24 4DG"]
    assert region_of(Tel=phones, Postcode=codes) == "GB"


def test_british_phones_alone_may_be_chinese():
    phones = ["0115-496-0000", "0115-496-0001", "020-7946-0002", "0161-496-0003"]
    assert region_of(Tel=phones) != "GB"


def test_chinese_landlines_stay_chinese():
    phones = ["010-62345678", "0755-82345678", "021-52345678-801", "0571-87654321"]
    assert region_of(电话=phones) == "CN"
