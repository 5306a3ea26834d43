"""What follows a wrong label in a chain, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal

from mlkit.evaluation.propagation import error_propagation, predict_after_truth
from mlkit.exceptions import LabelNameError, MissingLabelsError, ShapeError
from mlkit.models import ClassifierChain

NAMES = ["sea", "sun", "sky"]
TRUE = pd.DataFrame(np.ones((5, 3), dtype=int), columns=NAMES)
# Wrong where 0. Rows with an error before sun: 2; before sky: 3.
CHAIN = pd.DataFrame(
    [[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]], columns=NAMES
)


class TestErrorPropagation:
    def test_by_hand(self):
        table = error_propagation(TRUE, CHAIN)
        assert table.index.tolist() == NAMES
        assert_allclose(table["wrong"], [2 / 5, 2 / 5, 3 / 5])
        assert table["n_after_error"].tolist() == [0, 2, 3]
        assert table["n_after_none"].tolist() == [5, 3, 2]
        assert_allclose(table["after_error"], [np.nan, 1 / 2, 2 / 3])
        assert_allclose(table["after_none"], [2 / 5, 1 / 3, 1 / 2])

    def test_another_order(self):
        table = error_propagation(TRUE, CHAIN, order=["sky", "sea", "sun"])
        assert table.index.tolist() == ["sky", "sea", "sun"]
        assert table["n_after_error"].tolist() == [0, 3, 3]
        assert_allclose(table["after_error"], [np.nan, 2 / 3, 1 / 3])
        assert_allclose(table["after_none"], [3 / 5, 0, 1 / 2])

    def test_the_baseline_is_counted_in_the_same_rows(self):
        other = TRUE.assign(sun=[0, 1, 1, 1, 0])
        table = error_propagation(TRUE, CHAIN, baseline=other)
        assert_allclose(table["baseline_wrong"], [0, 2 / 5, 0])
        assert_allclose(table["baseline_after_error"], [np.nan, 1 / 2, 0])
        assert_allclose(table["baseline_after_none"], [0, 1 / 3, 0])

    def test_positions_names_and_containers_agree(self):
        expected = error_propagation(TRUE, CHAIN, order=[2, 0, 1])
        named = error_propagation(TRUE, CHAIN, order=["sky", "sea", "sun"])
        pd.testing.assert_frame_equal(named, expected)
        sparse = error_propagation(
            sp.csr_array(TRUE.to_numpy()), CHAIN.to_numpy(), order=[2, 0, 1]
        )
        assert_allclose(sparse.to_numpy(), expected.to_numpy())

    def test_rows_may_come_in_any_order(self):
        turned = [3, 0, 4, 2, 1]
        table = error_propagation(TRUE.iloc[turned], CHAIN.iloc[turned])
        pd.testing.assert_frame_equal(table, error_propagation(TRUE, CHAIN))

    def test_without_an_error_there_is_no_share(self):
        table = error_propagation(TRUE, TRUE)
        assert table["after_error"].isna().all()
        assert (table["after_none"] == 0).all()

    def test_what_does_not_fit(self):
        with pytest.raises(MissingLabelsError, match="handed on wrong cannot be said"):
            error_propagation([[1, np.nan]], [[1, 0]])
        with pytest.raises(LabelNameError, match="each of the 3 labels once"):
            error_propagation(TRUE, CHAIN, order=["sea"])
        with pytest.raises(ShapeError, match="at least one of each"):
            error_propagation(TRUE[:0], CHAIN[:0])
        with pytest.raises(ShapeError, match="same shape"):
            error_propagation(TRUE, CHAIN[:2])


class TestPredictAfterTruth:
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 10)
    Y = np.column_stack([X.sum(axis=1) % 2, X.min(axis=1), X.max(axis=1)])

    def test_the_first_label_is_what_the_chain_says(self):
        chain = ClassifierChain(order=[1, 0, 2]).fit(self.X, self.Y)
        told = predict_after_truth(chain, self.X, self.Y)
        assert told.dtype == np.int8
        assert_array_equal(told[:, 1], chain.predict(self.X)[:, 1])

    def test_it_is_the_chain_where_nothing_was_wrong_before(self):
        chain = ClassifierChain().fit(self.X, self.Y)
        found, told = chain.predict(self.X), predict_after_truth(chain, self.X, self.Y)
        right = (found == self.Y)[:, 0]
        assert right.any()
        assert_array_equal(told[right, 1], found[right, 1])

    def test_sparse_features_give_the_same(self):
        chain = ClassifierChain().fit(sp.csr_array(self.X), self.Y)
        sparse = predict_after_truth(chain, sp.csr_array(self.X), self.Y)
        dense = ClassifierChain().fit(self.X, self.Y)
        assert_array_equal(sparse, predict_after_truth(dense, self.X, self.Y))

    def test_what_does_not_fit(self):
        chain = ClassifierChain().fit(self.X, self.Y)
        with pytest.raises(ShapeError, match="X has 40 rows and Y has 3"):
            predict_after_truth(chain, self.X, self.Y[:3])
        with pytest.raises(
            ShapeError, match=r"the chain and Y .*\(40, 3\) and \(40, 2"
        ):
            predict_after_truth(chain, self.X, self.Y[:, :2])
