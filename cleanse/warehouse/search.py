"""The words by which a customer is found, kept with every publish, and how they are looked up.

The rows of a first publish lie in the order of their keys, so that DuckDB's zone
maps (the least and largest key of each row group) leave out nearly all of a table of
millions. Later publishes renew the rows of the customers that changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Any

from duckdb import CatalogException

from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.tables import literal

if TYPE_CHECKING:
    from cleanse.warehouse.writer import Writer

TAIL = 7
"""Last digits by which a telephone number is found, however it is typed."""
_HAN = r"^\p{Han}"


def _words(kind: str, text: str) -> str:
    """Write the keys of a folded text: its words, or pairs of signs where it is Chinese."""
    whole = f"replace({text}, ' ', '')"
    pairs = f"list_transform(range(1, greatest(length({whole}), 2)), lambda i: '{kind}:' || {whole}[i:i + 1])"
    words = f"list_transform(string_split({text}, ' '), lambda w: '{kind}:' || w)"
    return f"if(regexp_matches({text}, {literal(_HAN)}), {pairs}, {words})"


def _one(kind: str, text: str) -> str:
    return f"['{kind}:' || {text}]"


_NAME = "if(kind = 'company', company_core, name_compare)"
_KEYS: tuple[str, ...] = (
    _words("n", _NAME),
    _one("n", f"replace({_NAME}, ' ', '')"),
    _words("n", "name_latin"),
    _one("n", "array_to_string(list_reverse(string_split(name_latin, ' ')), '')"),
    _words("n", "lower(alias)"),
    _words("o", "lower(contact)"),
    f"list_transform(phones, lambda p: 't:' || right(p, {TAIL}))",
    "list_transform(emails, lambda e: 'e:' || e)",
    "list_transform(emails, lambda e: 'e:' || split_part(e, '@', 1))",
    *(
        _one("i", f"upper({name})")
        for name in "tax_id national_id passport licence lei wechat qq".split()
    ),
    _one("k", "lower(source_key)"),
    _one("a", "replace(postcode_compare, ' ', '')"),
    _words("a", "street_compare"),
    _words("a", "city_compare"),
    # The house: its number and the first word of the street, a Chinese street whole.
    _one(
        "a",
        f"lower(house_number) || ' ' || if(regexp_matches(street_compare, {literal(_HAN)}), street_compare, split_part(street_compare, ' ', 1))",
    ),
)

_RENEW = f"""
insert into search_word by name
with member as (
    select record.*, customer.number
    from crosswalk join record using (record_id) join customer using (customer_id)
    where crosswalk.is_active and $only$
),
keyed as (
    select number, unnest(flatten([{", ".join(f"coalesce({each}, [])" for each in _KEYS)}])) as key
    from member
)
select distinct key, number from keyed where length(key) > 2
order by key, number
"""

_RENEW_RECORDS = """
insert into search_record by name
select customer_id, nullif(concat_ws(chr(10), name_compare, name_latin), '') as names,
    nullif(array_to_string(phones, chr(10)), '') as phones
from crosswalk join record using (record_id)
where crosswalk.is_active and $only$
order by customer_id, record_id
"""

_CHANGED = """
create temp table search_customer as
select customer_id from golden_record_change
union select old_id from crosswalk_change where old_id is not null
union select new_id from crosswalk_change where new_id is not null
union select customer_id from crosswalk join record_change using (record_id) where crosswalk.is_active
"""


def write_search_keys(write: Writer) -> None:
    """Renew the words of the customers that a publish changed; of all, where there are none yet.

    Runs inside the transaction of `publish`, after records, crosswalk and golden records.
    """
    is_first = not write.has_rows("search_word")
    # The order of the rows is what makes looking up quick.
    write("set preserve_insertion_order = true")
    if is_first:
        write("delete from search_record")
        _renew(write, "true")
    else:
        changed = "customer_id in (select customer_id from search_customer)"
        write(_CHANGED)
        write(
            f"delete from search_word where number in (select number from customer where {changed})"
        )
        write(f"delete from search_record where {changed}")
        _renew(write, f"crosswalk.{changed}")
        write("drop table temp.search_customer")
    write("set preserve_insertion_order = false")


def _renew(write: Writer, only: str) -> None:
    for statement in (_RENEW, _RENEW_RECORDS):
        write(statement.replace("$only$", only))


def holds_keys(db: Connection) -> bool:
    """Tell whether a published copy can be searched."""
    try:
        return first_row(db, "select 1 from search_word limit 1") is not None
    except CatalogException:
        return False


@dataclass(frozen=True, slots=True)
class Asked:
    """A word that was asked for, and the keys that would answer it."""

    keys: tuple[str, ...]
    """Any of them; exact."""
    prefix: str | None = None
    """Keys that begin so answer it too, less well."""
    is_whole: bool = False
    """It is several words of what was asked taken together: it may help, and is not missed."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A key that answers a word."""

    word: int
    """Position of the word in what was asked."""
    key: str
    customers: int
    """How many customers have it."""
    nearness: float
    """1: exact."""


MOST_VARIANTS = 12
"""Keys that answer one word otherwise than exactly, the commonest first."""
BEGINS = 0.85
"""Nearness of a key that only begins with the word."""


def exact_hits(db: Connection, asked: Sequence[Asked]) -> list[Hit]:
    """Return the keys that are what was asked for."""
    keys = sorted({key for one in asked for key in one.keys})
    places = ", ".join(f"${number}" for number in range(1, len(keys) + 1))
    found = db.execute(
        f"select key, count(*) from search_word where key in ({places}) group by key",
        keys,
    ).fetchall()
    counts = dict(found)
    return [
        Hit(number, key, counts[key], 1.0)
        for number, one in enumerate(asked)
        for key in one.keys
        if key in counts
    ]


def prefix_hits(db: Connection, number: int, one: Asked) -> list[Hit]:
    """Return keys that begin as was asked."""
    if one.prefix is None:
        return []
    rows = db.execute(
        f"""
select key, count(*) from search_word where key > $1 and key < $2
group by key order by count(*) desc, key limit {MOST_VARIANTS}
""",
        [one.prefix, one.prefix + "\U0010ffff"],
    ).fetchall()
    return [Hit(number, key, count, BEGINS) for key, count in rows]


def near_hits(db: Connection, number: int, key: str, slips: int) -> list[Hit]:
    """Return keys of the same kind and first letter that are at most `slips` slips away.

    Those of the same two letters are looked at first: a tenth as many, and mostly enough.
    """
    return _near(db, number, key, slips, key[:4]) or _near(
        db, number, key, slips, key[:3]
    )


def _near(db: Connection, number: int, key: str, slips: int, low: str) -> list[Hit]:
    rows = db.execute(
        f"""
with near as (
    select key, count(*) as customers from search_word
    where key >= $1 and key < $2 and abs(length(key) - {len(key)}) <= {slips}
    group by key
)
select key, customers, damerau_levenshtein(key, $3) as away from near
where away between 1 and {slips}
order by away, customers desc, key limit {MOST_VARIANTS}
""",
        [low, low + "\U0010ffff", key],
    ).fetchall()
    return [
        Hit(number, found, count, 1.0 - 0.8 * away / (len(key) - 2))
        for found, count, away in rows
    ]


def customers_of(
    db: Connection, hits: Sequence[Hit], total: int, most: int
) -> list[tuple[str, int, float, str]]:
    """Return the customers that the most, and the rarest, words lead to.

    Returns:
        customer_id, words (how many are answered), score (sum over words of the best
        nearness x rarity), kinds (first signs of the keys) of each; best first.
    """
    parts, given = [], []
    for hit in hits:
        given.append(hit.key)
        worth = hit.nearness * rarity(hit.customers, total)
        parts.append(
            f"select distinct number, {hit.word} as word, {worth:.6f}::double as worth, {literal(hit.key[0])} as kind "
            f"from search_word where key = ${len(given)}"
        )
    return db.execute(
        f"""
with hit as ({" union all ".join(parts)}),
best as (select number, word, max(worth) as worth, arg_max(kind, worth) as kind from hit group by all),
most as (
    select number, count(*) as words, sum(worth) as score, string_agg(distinct kind, '' order by kind) as kinds
    from best group by number order by score desc, number limit {most}
)
select customer_id, words, score, kinds from most join customer using (number) order by score desc, number
""",
        given,
    ).fetchall()


def rarity(customers: int, total: int) -> float:
    """Return what a word that some of all customers have is worth, in bits; at least 1.

    After the inverse document frequency of K. Spärck Jones (1972).

    >>> rarity(1, 1024), rarity(1024, 1024)
    (11.0, 1.0)
    """
    return 1.0 + max(0.0, log2(total / max(customers, 1)))


def golden_of(db: Connection, customer_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the golden records of customers, with all their names and phones.

    Two small look-ups: joined in one query they took three times as long.
    """
    given = {"ids": list(customer_ids)}
    more: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for customer_id, names, phones in db.execute(
        "select customer_id, names, phones from search_record where customer_id in (select unnest($ids))",
        given,
    ).fetchall():
        told = more[customer_id]
        told["names"].update((names or "").splitlines())
        told["phones"].update((phones or "").splitlines())
    cursor = db.execute(
        """
select customer_id, kind, name, phone, mobile, email, city, record_count
from golden_record where customer_id in (select unnest($ids))
""",
        given,
    )
    columns = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        golden = dict(zip(columns, row, strict=True))
        told = more[golden["customer_id"]]
        yield {**golden, "names": told["names"], "phones": told["phones"]}
