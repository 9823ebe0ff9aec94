"""Where numbers stand among others: by table, by search and by counting it is the same."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from cleanse.places import found, is_among, searched

NUMBERS = st.integers(-4, 12) | st.sampled_from([10**9, 10**12])


@given(st.sets(NUMBERS), st.lists(NUMBERS))
@example({3, 4, 5}, [2, 3, 5, 6, 10**12])
@example({7}, [6, 7, 8])
@example(set(), [1])
def test_numbers_are_found_where_a_search_finds_them(known, asked):
    numbers, wanted = (
        np.array(each, dtype=np.int64) for each in (sorted(known), asked)
    )
    assert (searched(numbers, wanted) == np.searchsorted(numbers, wanted)).all()
    places, there = found(numbers, wanted)
    assert there.tolist() == [each in known for each in asked]
    assert (numbers[places[there]] == wanted[there]).all()
    assert ((places >= 0) & (places < max(1, len(known)))).all()
    among = is_among(pl.Series(wanted), pl.Series(numbers))
    assert among.to_list() == there.tolist()
