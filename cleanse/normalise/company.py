"""Company names: one to show, its parts to compare.

Three results of one name, each the same when read again as typed:

- display (``name``, ``company``): as a person should see it; no letter is lost.
- compare (``company_compare``): folded and in one order, the legal form by its one
  spelling; equal for two ways to write one registered name.
- core (``company_core``): without legal form, region and branch; what two names of
  one firm share. Of Chinese names ``company_brand`` (字号) and ``company_industry``
  (行业) are its two halves; what a body calls itself (厂, 医院) stays in the core.

Read once per distinct value, for companies and for the employers of persons.
"""

from __future__ import annotations

import re

import polars as pl
from anyascii import anyascii

from cleanse.normalise.company_words import CompanyName, CompanyWords, company_words
from cleanse.normalise.han_company import parse_han_company
from cleanse.normalise.pinyin import reading
from cleanse.normalise.placeholder import typed
from cleanse.normalise.spread import spread
from cleanse.normalise.text import HAN, fold, has_han
from cleanse.normalise.western_company import parse_western_company
from cleanse.normalise.western_name import is_one_case
from cleanse.rulebook import Rulebook
from cleanse.schema import present, with_columns_present

_COLUMNS = (
    "display",
    *("company_core", "company_form", "company_region", "company_branch"),
    *("also", "company_brand", "company_industry", "company_compare", "latin"),
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LONGEST_ACRONYM = 3
_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôûåæøœ")
_DOMAINS = frozenset("com net org io biz info co uk de fr eu cn au ca nl it es".split())
_SMALL = frozenset("and of the for in und de la du y et".split())


def normalise_company(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Add the parts of companies' names and the forms in which they are compared.

    Args:
        records: With ``kind`` and ``company`` (the company's own name, or a
            person's employer, tidy).
        rulebook: Vocabulary of company names.

    Returns:
        `records` with company (as displayed), company_compare, company_core,
        company_brand and company_industry (字号 and 行业 of a Chinese core),
        company_form, company_region, company_branch, parent_company; and of
        companies name (as displayed), name_compare, name_latin, name_script and
        alias_compare.
    """
    words = company_words(rulebook.vocabulary)
    records = with_columns_present(records, {"company": pl.String})
    distinct = records["company"].drop_nulls().unique().sort()
    lookup = spread(_read_names, distinct.to_frame("name"), rulebook)
    lookup = lookup.with_columns(distinct.alias("company"))
    return _with_parent(_beside(records, lookup), rulebook, words)


def _read_names(names: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read names of companies, one by one: the columns of _COLUMNS."""
    words = company_words(rulebook.vocabulary)
    rows = [_row(name, words) for name in names["name"]]
    schema = dict.fromkeys(_COLUMNS, pl.String)
    read = pl.DataFrame(rows, schema=schema, orient="row")
    return read.with_columns(pl.all().replace("", None))


def parse_company(name: str, words: CompanyWords) -> CompanyName:
    """Read one company name in any script.

    Args:
        name: The name, as typed or tidy.
        words: Vocabulary.

    Returns:
        Its parts, as they are compared. Never raises.

    >>> from cleanse.rulebook import load_rulebook
    >>> words = company_words(load_rulebook().vocabulary)
    >>> parse_company("Bright Foods (UK) Limited", words)
    CompanyName(core='bright foods', form='ltd', region='uk', branch='', also='', brand='', industry='')
    >>> parse_company("北京華夏科技有限責任公司上海分公司", words)
    CompanyName(core='华夏科技', form='有限公司', region='北京', branch='上海分公司', also='', brand='华夏', industry='科技')
    """
    text = fold(name)
    if has_han(text):
        return parse_han_company(text, words)
    return parse_western_company(text, words)


def displayed_company(name: str, words: CompanyWords) -> str:
    """Write a company's name as a person should see it.

    Recased when all letters are capitals or all small; what may be an acronym
    stays. Chinese names have their own brackets.

    >>> from cleanse.rulebook import load_rulebook
    >>> words = company_words(load_rulebook().vocabulary)
    >>> displayed_company("KBM FOODS AND TRAVEL LTD", words)
    'KBM Foods and Travel Ltd'
    """
    if has_han(name):
        return name.replace("(", "（").replace(")", "）")
    if not is_one_case(name):
        return name
    return _WORD.sub(lambda match: _recased(match, words), name)


def _recased(match: re.Match[str], words: CompanyWords) -> str:
    word, low = match[0], match[0].lower()
    if low in _DOMAINS and match.string[: match.start()].endswith("."):
        return low
    if low in words.shown_forms and match.start() > 0:
        return words.shown_forms[low]
    if low in _SMALL:
        return low if match.start() > 0 else low.capitalize()
    if low in words.industry or len(low) > _LONGEST_ACRONYM:
        return low.capitalize() if _VOWELS & set(low) else word
    # BMW and ABC stay, RED and SUN do not.
    vowels = [letter in _VOWELS for letter in low]
    sounds = vowels in ([False, True, False], [False, True])
    return low.capitalize() if sounds or word.islower() else word


def _row(name: str, words: CompanyWords) -> tuple[str, ...]:
    """Read one distinct name into the columns of _COLUMNS."""
    parts = parse_company(name, words)
    core, form, region, branch = parts[:4]
    if has_han(core):
        return (
            displayed_company(name, words),
            *parts,
            f"{region}{core}{'' if core.endswith(form) else form}{branch}",
            reading(core).replace(" ", ""),
        )
    compare = " ".join(filter(None, (core, form, region, branch)))
    latin = core if core.isascii() else anyascii(core).lower()
    return displayed_company(name, words), *parts, compare, latin


def _beside(records: pl.DataFrame, lookup: pl.DataFrame) -> pl.DataFrame:
    """Lay what was read beside the records."""
    own = ("name_compare", "name_latin", "name_script", "alias_compare", "name")
    records = with_columns_present(records, dict.fromkeys(own, pl.String))
    records = records.drop(present(records, lookup.columns[1:-1]))
    joined = records.join(lookup, on="company", how="left", maintain_order="left")
    is_company = pl.col("kind") == "company"
    script = (
        pl.when(pl.col("company_core").str.contains(HAN))
        .then(
            pl.when(pl.col("company_core").str.contains("[a-z]"))
            .then(pl.lit("mixed"))
            .otherwise(pl.lit("han"))
        )
        .when(pl.col("company_core").str.contains(r"^[\x00-\x7F]+$"))
        .then(pl.lit("latin"))
        .otherwise(pl.lit("other"))
    )
    mine = {
        "name": pl.col("display"),
        "name_compare": pl.col("company_compare"),
        "name_latin": pl.col("latin"),
        "name_script": script,
        "alias_compare": pl.coalesce("also", "alias_compare"),
    }
    return joined.with_columns(
        pl.col("display").alias("company"),
        *(
            pl.when(is_company).then(value).otherwise(pl.col(name)).alias(name)
            for name, value in mine.items()
        ),
    ).drop("display", "also", "latin")


def _with_parent(
    records: pl.DataFrame, rulebook: Rulebook, words: CompanyWords
) -> pl.DataFrame:
    """Add parent_company as displayed,."""
    if "parent_company_raw" not in records.columns:
        return records
    parent = typed(records, "parent_company", rulebook)
    distinct = parent.drop_nulls().unique()
    shown = pl.Series(
        [displayed_company(name, words) for name in distinct], dtype=pl.String
    )
    return records.with_columns(parent.replace(distinct, shown).alias("parent_company"))
