"""The column path says what phonenumbers says: in every region, for every type."""

import phonenumbers
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from cleanse.normalise import phone_plan
from cleanse.normalise.phone_plan import read_numbers

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
COMMON = ["CN", "US", "GB", "AU", "CA", "DE", "FR", "HK", "IT", "JP"]


def library(number, region):
    """E164 (valid only), national digits and type, straight from the library."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None, number.lstrip("+0") or None, None
    national = phonenumbers.national_significant_number(parsed)
    if not phonenumbers.is_valid_number(parsed):
        return None, national, None
    kind = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(parsed))
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return e164, national, kind.lower()


def same(pairs):
    numbers = pl.DataFrame(
        sorted(set(pairs), key=str),
        {"number": pl.String, "region": pl.String},
        orient="row",
    )
    read = read_numbers(numbers)
    assert read.height == numbers.height
    wrong = [row for row in read.rows() if row[2:] != library(*row[:2])]
    assert wrong == []


def forms(region, kind):
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return
    code = str(example.country_code)
    national = phonenumbers.national_significant_number(example)
    typed = phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL)
    digits = "".join(sign for sign in typed if sign.isdecimal())
    yield from ("+" + code + national, national, digits, code + national)
    yield from (f"+{code}0{national}", national[:-1], national + "1", "0" + national)


def test_examples_of_every_region_and_type():
    same(
        (form, region)
        for region in REGIONS
        for kind in range(11)
        for form in forms(region, kind)
    )


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"\A\+?[0-9]{2,14}\Z"), st.sampled_from([*COMMON, None])
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=20)
def test_any_digits_in_common_regions(pairs):
    same(pairs)


def test_common_forms_do_not_ask_the_library(monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(phone_plan, "_read_slowly", refuse)
    pairs = {
        "+14155552671": "CN", "4155552671": "US", "14155552671": "US",
        "13800138001": "CN", "02081234567": "CN", "+8613800138001": None,
        "07911123456": "GB", "0412345670": "AU", "61412345670": "AU",
    }  # fmt: skip
    numbers = pl.DataFrame({"number": list(pairs), "region": list(pairs.values())})
    assert read_numbers(numbers)["e164"].null_count() == 0
