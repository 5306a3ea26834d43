from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import KNeighborsClassifier

from mlkit.exceptions import ConstantLabelWarning
from mlkit.models import BinaryRelevance
from mlkit.models.brknn import BRkNN, BRkNNa, BRkNNb

# Four neighbours of 1.5: all rows but the last.
X = [[0.0], [1.0], [2.0], [3.0], [99.0]]


def asked(learner: Any, Y: Any, container: Any = np.asarray) -> list[int]:
    predicted = learner.set_params(n_neighbors=4).fit(X, container(Y)).predict([[1.5]])
    return np.asarray(predicted.toarray() if sp.issparse(predicted) else predicted)[
        0
    ].tolist()


class TestBRkNN:
    @pytest.mark.parametrize("n_neighbors", [1, 5, 8])
    def test_binary_relevance_of_neighbours(
        self, problem: Any, n_neighbors: int
    ) -> None:
        peer = BinaryRelevance(KNeighborsClassifier(n_neighbors))
        peer.fit(problem.X, problem.Y)
        fitted = BRkNN(n_neighbors=n_neighbors).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), peer.predict(problem.X))
        assert_allclose(fitted.predict_proba(problem.X), peer.predict_proba(problem.X))

    def test_scikit_multilearn(self, problem: Any) -> None:
        # What is called variant a there leaves empty predictions empty.
        adapt = pytest.importorskip("skmultilearn.adapt")
        peer = adapt.BRkNNaClassifier(k=6).fit(
            problem.X.copy(), sp.csr_matrix(problem.Y)
        )
        expected = peer.predict(problem.X.copy())
        fitted = BRkNN(n_neighbors=6).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), expected.toarray())
        assert_allclose(fitted.predict_proba(problem.X), np.asarray(peer.confidences_))

    def test_a_half_is_no_majority(self) -> None:
        Y = [[1, 1], [1, 1], [0, 1], [0, 0], [0, 0]]
        assert asked(BRkNN(), Y) == [0, 1]


class TestVariantA:
    def test_is_the_plain_one_where_that_names_a_label(self, problem: Any) -> None:
        plain = BRkNN().fit(problem.X, problem.Y).predict(problem.X)
        named = BRkNNa().fit(problem.X, problem.Y).predict(problem.X)
        some = plain.any(axis=1)
        assert 0 < some.sum() < 90
        assert_array_equal(named[some], plain[some])
        assert (named[~some].sum(axis=1) == 1).all()

    def test_names_the_most_confident_label(self) -> None:
        Y = [[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 0, 1]]
        assert asked(BRkNN(), Y) == [0, 0, 0]
        assert asked(BRkNNa(), Y) == [0, 1, 0]

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_of_equal_ones_the_more_frequent_and_then_the_first(
        self, container: Any
    ) -> None:
        Y = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 1]]
        assert asked(BRkNNa(), Y, container) == [0, 0, 1]
        Y[4] = [0, 0, 0]
        assert asked(BRkNNa(), Y, container) == [1, 0, 0]

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_no_neighbour_with_a_label(self, container: Any) -> None:
        assert asked(BRkNNa(), [[0, 0]] * 4 + [[1, 1]], container) == [0, 0]

    def test_a_label_that_never_occurs(self) -> None:
        Y = [[0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]
        with pytest.warns(ConstantLabelWarning):
            assert asked(BRkNNa(), Y) == [0, 1, 0]


class TestVariantB:
    def test_as_many_labels_as_the_neighbours_have(self, problem: Any) -> None:
        fitted = BRkNNb(n_neighbors=5).fit(problem.X, problem.Y)
        share = fitted.predict_proba(problem.X)
        predicted = fitted.predict(problem.X)
        sizes = np.floor(share.sum(axis=1) + 0.5)
        assert_array_equal(predicted.sum(axis=1), sizes)
        # No label left out has more neighbours than one that is named.
        left_out = np.where(predicted == 1, -1.0, share).max(axis=1)
        named = np.where(predicted == 1, share, 2.0).min(axis=1)
        assert (named >= left_out).all()

    def test_halves_are_rounded_up(self) -> None:
        # Six labels on four rows.
        Y = [[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]
        assert asked(BRkNNb(), Y) == [1, 1, 0]
        # Five: 1.25 on average.
        Y[3] = [0, 0, 0]
        assert asked(BRkNNb(), Y) == [1, 0, 0]

    def test_of_equal_ones_the_more_frequent(self) -> None:
        Y = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 1]]
        assert asked(BRkNNb(), Y) == [0, 0, 1]

    def test_none_where_neighbours_have_few(self) -> None:
        Y = [[1, 0], [0, 0], [0, 0], [0, 0], [0, 1]]
        assert asked(BRkNNb(), Y) == [0, 0]

    def test_a_label_of_all_rows_is_always_named(self, problem: Any) -> None:
        Y = np.column_stack([problem.Y, np.ones(90, int)])
        with pytest.warns(ConstantLabelWarning):
            fitted = BRkNNb().fit(problem.X, Y)
        assert fitted.predict(problem.X)[:, 5].all()


@pytest.mark.parametrize("variant", [BRkNNa, BRkNNb])
def test_confidences_are_those_of_the_plain_one(problem: Any, variant: Any) -> None:
    plain = BRkNN().fit(problem.X, problem.Y).predict_proba(problem.X)
    fitted = variant().fit(problem.X, problem.Y)
    assert_array_equal(fitted.predict_proba(problem.X), plain)
