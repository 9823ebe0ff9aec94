"""The masked copy: some published tables, elsewhere, for people who must not see everything."""

from __future__ import annotations

import shutil
from pathlib import Path

from cleanse.errors import RuleError
from cleanse.rulebook.privacy import Mask, PublishRule
from cleanse.warehouse.audit import keyed_sql
from cleanse.warehouse.connection import create
from cleanse.warehouse.files import move_into_place, unfinished
from cleanse.warehouse.staging import all_columns
from cleanse.warehouse.store import Store
from cleanse.warehouse.tables import literal, quoted


def check_masked_copy(rule: PublishRule) -> None:
    """Make sure, before a run, that the masked copy will have a place.

    Raises:
        RuleError: Its folder is not there.
    """
    if rule.path and not Path(rule.path).parent.is_dir():
        folder = Path(rule.path).parent
        raise RuleError(f"[publish] path: there is no folder {folder}. Create it.")


def write_masked_copy(store: Store, rule: PublishRule) -> Path | None:
    """Replace the masked copy that `rule` asks for, whole or not at all.

    Its rows are written into a new file, so that nothing hidden is left in it.

    Returns:
        Its path; None when no copy is asked for.

    Raises:
        RuleError: Its folder or group is not there.
    """
    if rule.path is None:
        return None
    check_masked_copy(rule)
    path = Path(rule.path)
    made = unfinished(path)
    made.unlink(missing_ok=True)
    create(made).close()
    db = store.db
    db.execute(f"attach {literal(str(made))} as masked")
    try:
        for table in rule.tables:
            masks = rule.mask if table == "golden_record" else {}
            columns = ", ".join(
                _shown(name, masks.get(name), store.audit_key)
                for name, _ in all_columns(db, table)
                if masks.get(name) != "hide"
            )
            db.execute(f"create table masked.{table} as select {columns} from {table}")
        db.execute("checkpoint masked")
    finally:
        db.execute("detach masked")
    _hand_over(made, rule)
    move_into_place(path)
    return path


def _shown(name: str, how: Mask | None, key: str) -> str:
    column = quoted(name)
    expressions = {
        "last_4": f"right({column}::varchar, 4)",
        "year": f"date_trunc('year', {column})::date",
        "digest": f"lower(hex({keyed_sql(key, f'{column}::varchar')}))",
    }
    return f"{expressions[how]} as {column}" if how in expressions else column


def _hand_over(path: Path, rule: PublishRule) -> None:
    path.chmod(int(rule.mode, 8))
    if rule.group:
        try:
            shutil.chown(path, group=rule.group)
        except LookupError:
            path.unlink()
            message = f"[publish] group: there is no group {rule.group!r} here."
            raise RuleError(message) from None
