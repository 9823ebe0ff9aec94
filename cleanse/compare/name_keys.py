"""Keys of names: whoever is called as another calls himself besides shares a key with him."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from cleanse.encoded import Encoded, Texts, Values, no_texts, texts_of
from cleanse.places import Flags, Ints, starts_of
from cleanse.threads import in_threads

BETWEEN = "; "
"""Stands between several names in alias_compare."""


def with_name_keys(several: Sequence[Encoded]) -> list[Encoded]:
    """Add name_keys (lists): name and aliases, the words of each sorted.

    Only where there is an alias, or an alias of somebody else says the same.

    Args:
        several: Records, in one part or several.
    """
    known = keys_of_aliases(several)
    return [*in_threads(lambda records: with_known_keys(records, known), several)]


def keys_of_aliases(several: Sequence[Encoded]) -> pl.Series:
    """Return the keys that the aliases of some records make, each once."""
    return pl.concat([_told(records)["key"] for records in several]).unique()


def with_known_keys(records: Encoded, known: pl.Series) -> Encoded:
    """Add name_keys, as far as aliases of anybody make them.

    Args:
        records: Records, all or some.
        known: The keys of all aliases.
    """
    found = _keys(records, known)
    if found.is_empty():
        return records
    sizes = np.bincount(found["row"].to_numpy(), minlength=records.height)
    keys = replace(texts_of(found["key"]), starts=starts_of(sizes))
    return records.with_texts({"name_keys": keys})


def rows_called(records: Encoded, keys: pl.Series) -> Ints:
    """Return which records have one of some keys, by name or alias."""
    found = _keys(records, keys)
    return found.filter(pl.col("key").is_in(keys.implode()))["row"].unique().to_numpy()


def _told(records: Encoded) -> pl.DataFrame:
    """Return code, key of the aliases."""
    aliases = records.texts.get("alias_compare", no_texts(records.height))
    split = _numbered(aliases.values).with_columns(pl.col("key").str.split(BETWEEN))
    found = split.explode("key", empty_as_null=True).drop_nulls("key")
    return found.with_columns(key=_sorted_words()).filter(pl.col("key") != "")


def _keys(records: Encoded, known: pl.Series) -> pl.DataFrame:
    """Return row, key: each once, sorted."""
    told = _told(records)
    everybody = np.ones(records.height, dtype=np.bool_)
    entries = [pl.DataFrame(schema={"row": pl.Int64, "key": pl.String})]
    if "alias_compare" in records.texts:
        entries.append(_keys_of(records.texts["alias_compare"], told, everybody))
    for names, whose in _names(records) if len(known) else ():
        own = _maybe(_numbered(names.values), known)
        own = own.with_columns(key=_sorted_words())
        own = own.filter(pl.col("key").is_in(known.implode()))
        entries.append(_keys_of(names, own, whose))
    return pl.concat(entries).unique().sort("row", "key")


def _names(records: Encoded) -> Iterator[tuple[Texts, Flags]]:
    """Yield the columns of names, and whose they are: a person's company is the employer's."""
    everybody = np.ones(records.height, dtype=np.bool_)
    if "company_core" in records.texts:
        is_company = everybody
        if "kind" in records.plain.columns:
            is_company = (records.plain["kind"] == "company").to_numpy()
        yield records.texts["company_core"], is_company
    if "name_compare" in records.texts:
        yield records.texts["name_compare"], everybody


def _numbered(values: Values) -> pl.DataFrame:
    """Return code, key of values."""
    texts = values.texts.alias("key").to_frame()
    return texts.with_columns(code=pl.int_range(pl.len(), dtype=pl.Int32))


def _sorted_words() -> pl.Expr:
    return pl.col("key").str.split(" ").list.sort().list.join(" ")


def _keys_of(texts: Texts, keys: pl.DataFrame, whose: Flags) -> pl.DataFrame:
    """Return row, key of the records that bear a value which has keys."""
    has_keys = texts.values.marked(keys["code"].to_numpy())
    rows = np.flatnonzero(has_keys[texts.codes] & whose)
    bearers = pl.DataFrame({"row": rows, "code": texts.codes[rows]})
    return bearers.join(keys, on="code").select("row", "key")


def _maybe(names: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Leave out names that cheaply show that their words make no known key.

    A key is as long as its name, and holds its first word.
    """
    sizes = known.str.len_bytes().unique().implode()
    words = known.str.split(" ").explode(empty_as_null=True).unique().implode()
    fit = names.filter(pl.col("key").str.len_bytes().is_in(sizes))
    return fit.filter(pl.col("key").str.extract("^([^ ]*)").is_in(words))
