"""Connected components: what hangs together by links, however far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]


def components(left: Places, right: Places, count: int) -> Places:
    """Return per position the smallest position that it is linked to, however far.

    Args:
        left: Positions of one end of each link.
        right: Positions of the other end.
        count: How many positions there are.

    >>> components(np.array([0, 3]), np.array([2, 4]), 5).tolist()
    [0, 1, 0, 3, 3]
    """
    label = np.arange(count, dtype=np.int64)
    while True:
        low = np.minimum(label[left], label[right])
        new = label.copy()
        np.minimum.at(new, label[left], low)
        np.minimum.at(new, label[right], low)
        # Jump to the label of the label, so that long chains take few rounds.
        new = new[new]
        if np.array_equal(new, label):
            return label
        label = new
