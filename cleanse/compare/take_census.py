"""Take the census of records that are all laid out."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanse.compare.census import Census, Counts
from cleanse.compare.mail import domain_of, local_part
from cleanse.compare.table import Table
from cleanse.encoded import SEED, Hashes
from cleanse.places import Ints


def census_of(table: Table) -> Census:
    """Take the census of all records of one kind; nobody among them has left."""
    columns = {}
    for name, column in table.columns.items():
        borne = column.present > 0
        columns[name] = Counts(column.hashes[borne], column.present[borne])
    return Census(columns, _domains(table), _marks(table), _pieces(table))


def _domains(table: Table) -> Counts:
    if "emails" not in table.columns:
        return _counts(pl.Series(dtype=pl.String), np.zeros(0, dtype=np.int64))
    mails = table.columns["emails"]
    return _counts(domain_of(mails.values), mails.present)


def _marks(table: Table) -> dict[str, Hashes]:
    none = np.zeros(0, dtype=np.uint64)
    if "emails" not in table.columns:
        return dict.fromkeys(("made", "echo", "role"), none)
    mails = table.columns["emails"]
    made, echo, role = (
        table.arrays[f"email_is_{name}"][:-1] for name in ("made", "echo", "role")
    )
    roles = local_part(mails.values.filter(pl.Series(role))).unique()
    return {
        "made": mails.hashes[made],
        "echo": mails.hashes[echo],
        "role": np.sort(roles.hash(SEED).to_numpy()),
    }


def _pieces(table: Table) -> Counts:
    if "company_core" not in table.columns:
        return _counts(pl.Series(dtype=pl.String), np.zeros(0, dtype=np.int64))
    column, arrays = table.columns["company_core"], table.arrays
    owners = np.repeat(
        np.arange(len(column.values)), np.diff(arrays["core_starts"])[:-1]
    )
    borne = (column.present > 0)[owners]
    names = pl.Series(arrays["piece_names"], dtype=pl.String)
    bearers = np.bincount(arrays["piece_places"][borne], minlength=len(names))
    return _counts(names, bearers)


def _counts(texts: pl.Series, bearers: Ints) -> Counts:
    """Add the bearers of equal texts up."""
    told = pl.DataFrame({"hash": texts.hash(SEED), "bearers": bearers})
    told = told.group_by("hash").agg(pl.col("bearers").sum()).sort("hash")
    told = told.filter(pl.col("bearers") > 0)
    return Counts(told["hash"].to_numpy(), told["bearers"].cast(pl.Int64).to_numpy())
