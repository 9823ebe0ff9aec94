"""The store: a working database with the whole history, and the published golden table.

``open_store`` → ``Store.known()`` → … → ``publish``; what people read comes from
the published copy alone. Nothing here knows how records are matched or merged.
"""

from typing import TYPE_CHECKING

from cleanse.lazy import lazily

if TYPE_CHECKING:
    from cleanse.warehouse.encoding import Encoding, Laid, keep_encoded, lay_encoded
    from cleanse.warehouse.known import Known
    from cleanse.warehouse.masked import check_masked_copy, write_masked_copy
    from cleanse.warehouse.past import THEN
    from cleanse.warehouse.paths import StorePaths
    from cleanse.warehouse.publication import Publication, Receipt
    from cleanse.warehouse.published import customer_card, open_published, resolve, runs
    from cleanse.warehouse.query import query_sql
    from cleanse.warehouse.reading import ALWAYS, is_as_typed
    from cleanse.warehouse.store import Store, open_store
    from cleanse.warehouse.transaction import publish
else:
    __getattr__ = lazily(
        __name__,
        {
            "encoding": "Encoding Laid keep_encoded lay_encoded",
            "known": "Known",
            "masked": "check_masked_copy write_masked_copy",
            "past": "THEN",
            "paths": "StorePaths",
            "publication": "Publication Receipt",
            "published": "customer_card open_published resolve runs",
            "query": "query_sql",
            "reading": "ALWAYS is_as_typed",
            "store": "Store open_store",
            "transaction": "publish",
        },
    )

__all__ = [
    "ALWAYS",
    "THEN",
    "Encoding",
    "Known",
    "Laid",
    "Publication",
    "Receipt",
    "Store",
    "StorePaths",
    "check_masked_copy",
    "customer_card",
    "is_as_typed",
    "keep_encoded",
    "lay_encoded",
    "open_published",
    "open_store",
    "publish",
    "query_sql",
    "resolve",
    "runs",
    "write_masked_copy",
]
