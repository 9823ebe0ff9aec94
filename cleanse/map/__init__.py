"""Raw tables into records of standard fields, as typed.

Pure: takes frames, returns frames; no file, no clock. In a run: `recognise_source`
for each file, `order_snapshots` for those of one source, then `propose_mappings`
and `map_file`.
"""

from cleanse.map.drop import without_dropped
from cleanse.map.expect import check_expectations
from cleanse.map.mapping import Column, Customer, Mapping, Use
from cleanse.map.overlap import KNOWN_SOURCE
from cleanse.map.period import period_of, stem_of
from cleanse.map.profile import profile_columns
from cleanse.map.propose import propose_mapping, propose_mappings
from cleanse.map.records import map_file, map_table
from cleanse.map.source import SourceChoice, order_snapshots, recognise_source

__all__ = [
    "KNOWN_SOURCE",
    "Column",
    "Customer",
    "Mapping",
    "SourceChoice",
    "Use",
    "check_expectations",
    "map_file",
    "map_table",
    "order_snapshots",
    "period_of",
    "profile_columns",
    "propose_mapping",
    "propose_mappings",
    "recognise_source",
    "stem_of",
    "without_dropped",
]
