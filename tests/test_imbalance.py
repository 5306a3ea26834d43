from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit.imbalance import imbalance_ratios, row_scumble


def test_ratios_by_hand():
    assert imbalance_ratios(np.array([12, 6, 3, 0])).tolist() == [1, 2, 4, np.inf]
    assert imbalance_ratios(np.zeros(2, dtype=int)).tolist() == [np.inf, np.inf]
    assert imbalance_ratios(np.zeros(0, dtype=int)).tolist() == []


def test_scumble_by_hand():
    """Labels of 4 and 1 rows: ratios 1 and 4, means 2 (geometric) and 2.5."""
    Y = sp.csr_array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]])

    assert row_scumble(Y).tolist() == pytest.approx([0, 0, 0, 1 - 2 / 2.5, 0])


def test_equally_frequent_labels_have_no_concurrence():
    assert row_scumble(sp.csr_array(np.eye(3, dtype=int) | 1)).tolist() == [0, 0, 0]
