"""How well single values are read: a line per set and part.

    python tests/bench/values.py FOLDER

FOLDER (or the environment variable CLEANSE_BENCH_VALUES) holds phone_examples, isemail,
usaddress, zh_address_parsing, jionlp …; sets that are not there are skipped with a word.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import value_amount
import value_chinese
import value_company
import value_email
import value_person
import value_phone
import value_western

MODULES = (
    value_phone,
    value_email,
    value_western,
    value_chinese,
    value_amount,
    value_person,
    value_company,
)
"""Each has BENCHES: name of the set's folder → function of it that yields figures."""


def main() -> int:
    """Print every set found under the folder."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CLEANSE_BENCH_VALUES")
    if not given or not Path(given).is_dir():
        print("values: skipped, no folder given (argument or CLEANSE_BENCH_VALUES)")
        return 0
    for module in MODULES:
        for name, bench in module.BENCHES.items():
            folder = Path(given) / name
            if not folder.is_dir():
                print(f"{name}: skipped, not in the folder")
                continue
            start = time.perf_counter()
            for part, share, cases in bench(folder):
                print(f"{name:<20} {part:<28} {share:7.2%} of {cases}")
            print(f"{name:<20} {time.perf_counter() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
