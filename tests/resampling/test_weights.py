from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.utils.class_weight import compute_class_weight

from mlkit.exceptions import IndicatorError
from mlkit.resampling import label_weights, sample_weights

NAN = np.nan


def test_weights_by_hand():
    # Known in 4 and 3 rows: 4 / (2 * 3) and 4 / 2, 3 / (2 * 1) and 3 / (2 * 2).
    Y = pd.DataFrame({"sea": [1, 0, 0, 0], "sky": [1, 1, 0, NAN]})
    weights = label_weights(Y)

    assert list(weights.index) == ["sea", "sky"]
    np.testing.assert_allclose(weights["absent"], [2 / 3, 1.5])
    np.testing.assert_allclose(weights["present"], [2, 0.75])
    # The last row averages over the one label that is known in it.
    expected = [(2 + 0.75) / 2, (2 / 3 + 0.75) / 2, (2 / 3 + 1.5) / 2, 2 / 3]
    np.testing.assert_allclose(sample_weights(Y), expected)


@pytest.mark.parametrize("column", [[0, 0], [1, 1], [NAN, NAN], [NAN, 1]])
def test_a_label_with_a_single_value_has_weights_of_one(column):
    Y = np.array([column]).T.astype(float)

    assert label_weights(Y).to_numpy().tolist() == [[1, 1]]
    np.testing.assert_array_equal(sample_weights(Y), ~np.isnan(Y[:, 0]))


@given(arrays(np.int8, (8, 3), elements=st.integers(0, 1)))
def test_weights_agree_with_scikit_learn_and_add_up(Y):
    weights = label_weights(Y)
    for j, column in enumerate(Y.T):
        if len(set(column.tolist())) == 2:
            expected = compute_class_weight("balanced", classes=np.arange(2), y=column)
            np.testing.assert_allclose(weights.iloc[j], expected)
    rows = sample_weights(Y)

    assert rows.sum() == pytest.approx(8)
    np.testing.assert_allclose(sample_weights(sp.csr_array(Y)), rows)


def test_unknown_labels_in_sparse_labels():
    Y = np.array([[1, 0, NAN], [0, NAN, 1], [NAN, 1, 0], [NAN, NAN, NAN]])

    np.testing.assert_allclose(sample_weights(sp.csr_array(Y)), sample_weights(Y))
    assert sample_weights(Y)[3] == 0


def test_other_values_are_refused():
    for weigh in (label_weights, sample_weights):
        with pytest.raises(IndicatorError, match="outside"):
            weigh([[2]])


def test_weights_follow_a_permutation_of_rows_and_labels():
    rng = np.random.default_rng(0)
    Y = (rng.random((20, 4)) < [0.1, 0.4, 0.6, 0.9]).astype(int)
    rows, columns = rng.permutation(20), rng.permutation(4)
    moved = Y[rows][:, columns]

    np.testing.assert_allclose(sample_weights(moved), sample_weights(Y)[rows])
    np.testing.assert_allclose(label_weights(moved), label_weights(Y).iloc[columns])
