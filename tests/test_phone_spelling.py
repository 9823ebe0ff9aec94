"""Every way of writing a number gives what phonenumbers gives, in every region, for every type."""

import phonenumbers
import polars as pl
from phonenumbers import PhoneNumberFormat

from cleanse.normalise.phone import normalise_phone
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
WIDE = str.maketrans("0123456789-() ", "０１２３４５６７８９－（）　")
FORMATS = (
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.E164,
    PhoneNumberFormat.RFC3966,
)
SPELLINGS = {
    "as printed": lambda text: text,
    "dots": lambda text: text.replace(" ", ".").replace("-", "."),
    "full width": lambda text: text.translate(WIDE),
    "apostrophe": lambda text: "'" + text,
    "label": lambda text: f"Tel: {text}",
    "digits": lambda text: "".join(sign for sign in text if sign in "+0123456789"),
}


def examples():
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in range(11):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None and phonenumbers.is_valid_number(number):
                yield region, number


EXAMPLES = list(examples())


def library(text, region):
    """E164 where the library finds the number valid, else None."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    is_valid = phonenumbers.is_valid_number(number)
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164) if is_valid else None
    )


FILLERS = {"+861012345678", "+48123456789"}
"""Valid numbers that are placeholders: one listed, one the digits in order."""


def test_examples_of_every_region_however_spelled():
    rows = {
        (region, spell(phonenumbers.format_number(number, form)))
        for region, number in EXAMPLES
        for form in FORMATS
        for spell in SPELLINGS.values()
    }
    frame = pl.DataFrame(sorted(rows), ["region", "phone_raw"], orient="row")
    found = normalise_phone(frame, RULES)["phone_e164"]
    expected = [library(text, region) for region, text in frame.rows()]
    wrong = [
        (*typed, number, wanted)
        for typed, number, wanted in zip(frame.rows(), found, expected, strict=True)
        if wanted is not None and wanted not in FILLERS and number != wanted
    ]
    assert wrong == []


def test_double_zero_is_a_plus_everywhere():
    numbers = {
        phonenumbers.format_number(number, PhoneNumberFormat.E164)
        for _, number in EXAMPLES
    }
    frame = pl.DataFrame({"wanted": sorted(numbers)}).with_columns(
        pl.lit("CN").alias("region"),
        pl.col("wanted").str.replace("+", "00", literal=True).alias("phone_raw"),
    )
    read = normalise_phone(frame, RULES)
    assert read.filter(pl.col("phone_e164").ne_missing(pl.col("wanted"))).height == 0
