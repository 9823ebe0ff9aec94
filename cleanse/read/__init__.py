"""Files into tables of text: nothing inferred, nothing lost.

Law 1 is held here, per table: physical rows = records + rejects + blank rows + header rows.
"""

from cleanse.read.file import read_file
from cleanse.read.gather import InputFile, gather_inputs
from cleanse.read.parquet import read_sample, write_parquet

__all__ = ["InputFile", "gather_inputs", "read_file", "read_sample", "write_parquet"]
