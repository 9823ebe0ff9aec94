"""Normalised records for the tests of matching, without going through the earlier stages."""

from __future__ import annotations

from datetime import date

import polars as pl

SCHEMA = {
    "record_id": pl.Int64,
    "kind": pl.String,
    "source": pl.String,
    "name_compare": pl.String,
    "name_latin": pl.String,
    "name_script": pl.String,
    "name_latin_keys": pl.List(pl.String),
    "alias_compare": pl.String,
    "given_compare": pl.String,
    "given_root": pl.String,
    "middle_compare": pl.String,
    "family_compare": pl.String,
    "name_suffix": pl.String,
    "gender": pl.String,
    "birth_on": pl.Date,
    "company_core": pl.String,
    "company_compare": pl.String,
    "company_form": pl.String,
    "company_region": pl.String,
    "company_branch": pl.String,
    "phones": pl.List(pl.String),
    "emails": pl.List(pl.String),
    "email_is_role": pl.Boolean,
    "house_number": pl.String,
    "street_compare": pl.String,
    "address_parts": pl.String,
    "unit": pl.String,
    "city_compare": pl.String,
    "postcode_compare": pl.String,
    "tax_id": pl.String,
    "tax_id_is_valid": pl.Boolean,
    "x_team": pl.String,
}


def person(
    given: str | None, family: str | None, **fields: object
) -> dict[str, object]:
    """Make a person's record."""
    parts = [part for part in (given, family) if part]
    return {
        "kind": "person",
        "given_compare": given,
        "given_root": fields.pop("root", given),
        "family_compare": family,
        "name_compare": " ".join(parts) or None,
        "name_latin": " ".join(sorted(" ".join(parts).split())) or None,
        "name_script": "latin" if parts else None,
        **_listed(fields),
    }


def company(core: str, form: str | None = None, **fields: object) -> dict[str, object]:
    """Make a company's record."""
    parts = (fields.get("region"), core, form, fields.get("branch"))
    full = " ".join(str(part) for part in parts if part)
    fields = {
        {"region": "company_region", "branch": "company_branch"}.get(k, k): v
        for k, v in fields.items()
    }
    return {
        "kind": "company",
        "company_core": core,
        "company_compare": full,
        "company_form": form,
        "name_compare": full,
        "name_latin": core,
        **_listed(fields),
    }


def _listed(fields: dict[str, object]) -> dict[str, object]:
    """Spell out short names: phone, email, born."""
    out = dict(fields)
    for short, long in (("phone", "phones"), ("email", "emails")):
        if short in out:
            out[long] = [out.pop(short)]
    if "born" in out:
        out["birth_on"] = date.fromisoformat(str(out.pop("born")))
    return out


def frame(*records: dict[str, object]) -> pl.DataFrame:
    """Make a record frame; record_id counts from 1."""
    numbered = [{"record_id": at, **one} for at, one in enumerate(records, 1)]
    return pl.DataFrame(numbered, schema=SCHEMA)


GIVEN = "anna bela carl dora emil fay gus hana ivan jill kurt lena milo nina otto petra quin rosa stan tina".split()
FAMILY = "abel brandt costa dreyer eklund faber grant hollis iversen jonas krause lowe mertens nolan ortega petit quist renner sorel tamm".split()


def crowd(count: int) -> list[dict[str, object]]:
    """Make strangers with names that repeat and everything else their own."""
    return [
        person(
            GIVEN[at % 20],
            FAMILY[(at // 20 + at * 7) % 20],
            born=date.fromordinal(712_000 + (at * 3_643) % 20_000).isoformat(),
            phone=f"+4420{70_000_000 + at * 9_973}",
            email=f"{GIVEN[at % 20]}{at * 31}@mail.test",
            house_number=str(1 + at * 37 % 180),
            street_compare=f"{FAMILY[at * 11 % 20]} st",
            postcode_compare=f"{10_000 + at * 613 % 80_000}",
        )
        for at in range(count)
    ]
