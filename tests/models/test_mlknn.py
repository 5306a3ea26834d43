from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError

import mlkit
from mlkit.exceptions import ConstantLabelWarning, OptionError
from mlkit.metrics import METRICS
from mlkit.models.mlknn import MLkNN

X = np.array([[0.0], [1.0], [3.0], [10.0], [11.0], [13.0]])
Y = np.array([[1, 1], [1, 1], [0, 1], [0, 1], [0, 0], [1, 0]])


class TestByHand:
    """Two neighbours: of each row, the other two of its group of three.

    ==========================  ======================  ==========================
    row (1, 2, 3 | 4, 5, 6)     first label             second label
    ==========================  ======================  ==========================
    the row has it              1 1 0 | 0 0 1           1 1 1 | 1 0 0
    neighbours that have it     1 1 2 | 1 1 0           2 2 2 | 0 1 1
    rows that have it, by 0 1 2 neighbours    1 2 0     1 0 3
    rows that do not, by 0 1 2 neighbours     0 2 1     0 2 0
    ==========================  ======================  ==========================
    """

    def test_prior(self) -> None:
        fitted = MLkNN(n_neighbors=2).fit(X, Y)
        assert_allclose(fitted.prior_, [4 / 8, 5 / 8])

    def test_posterior(self) -> None:
        fitted = MLkNN(n_neighbors=2).fit(X, Y)
        # P(c | 1) = 2/6 3/6 1/6 and P(c | 0) = 1/6 3/6 2/6, at even odds.
        assert_allclose(fitted.posterior_[:, 0], [2 / 3, 1 / 2, 1 / 3])
        # P(c | 1) = 2/7 1/7 4/7 and P(c | 0) = 1/5 3/5 1/5, at odds of 5 to 3.
        assert_allclose(fitted.posterior_[:, 1], [50 / 71, 25 / 88, 100 / 121])

    def test_likelihood(self) -> None:
        fitted = MLkNN(n_neighbors=2).fit(X, Y)
        assert fitted.likelihood_.shape == (2, 3, 2)
        assert_allclose(fitted.likelihood_[1, :, 0], [2 / 6, 3 / 6, 1 / 6])
        assert_allclose(fitted.likelihood_[0, :, 0], [1 / 6, 3 / 6, 2 / 6])
        assert_allclose(fitted.likelihood_[1, :, 1], [2 / 7, 1 / 7, 4 / 7])
        assert_allclose(fitted.likelihood_[0, :, 1], [1 / 5, 3 / 5, 1 / 5])

    def test_predictions(self) -> None:
        fitted = MLkNN(n_neighbors=2).fit(X, Y)
        # Rows 1 and 2 are near the first, rows 5 and 6 near the second question.
        assert_allclose(
            fitted.predict_proba([[0.4], [12.0]]),
            [[1 / 3, 100 / 121], [1 / 2, 50 / 71]],
        )
        # A half is not more than a half.
        assert_array_equal(fitted.predict([[0.4], [12.0]]), [[0, 1], [0, 1]])

    def test_smoothing(self) -> None:
        fitted = MLkNN(n_neighbors=2, smoothing=0.5).fit(X, Y)
        assert_allclose(fitted.prior_, [3.5 / 7, 4.5 / 7])
        # (0.5 + 3) / (1.5 + 4) against (0.5 + 0) / (1.5 + 2).
        yes, no = 4.5 / 7 * 3.5 / 5.5, 2.5 / 7 * 0.5 / 3.5
        assert_allclose(fitted.posterior_[2, 1], yes / (yes + no))


def test_tables_of_scikit_multilearn(problem: Any) -> None:
    # Told to ignore the nearest row, it leaves the row itself out in training (and
    # the nearest neighbour of a new row in prediction, which is another matter).
    adapt = pytest.importorskip("skmultilearn.adapt")
    peer = adapt.MLkNN(k=4, s=0.7, ignore_first_neighbours=1)
    peer.fit(problem.X.copy(), problem.Y.copy())
    yes = peer._prior_prob_true[:, np.newaxis] * peer._cond_prob_true.toarray()
    no = peer._prior_prob_false[:, np.newaxis] * peer._cond_prob_false.toarray()
    fitted = MLkNN(n_neighbors=4, smoothing=0.7).fit(problem.X, problem.Y)
    assert_allclose(fitted.prior_, peer._prior_prob_true)
    assert_allclose(fitted.posterior_, (yes / (yes + no)).T)


def test_likelihoods_sum_to_one_and_give_the_posterior(problem: Any) -> None:
    fitted = MLkNN(n_neighbors=4, smoothing=0.7).fit(problem.X, problem.Y)
    assert_allclose(fitted.likelihood_.sum(axis=1), 1.0)
    yes = fitted.prior_ * fitted.likelihood_[1]
    no = (1 - fitted.prior_) * fitted.likelihood_[0]
    assert_allclose(fitted.posterior_, yes / (yes + no))


class TestFindNeighbors:
    def test_the_nearest_first(self) -> None:
        fitted = MLkNN(n_neighbors=3).fit(X, Y)
        found = fitted.find_neighbors([[2.9], [12.1]])
        assert_array_equal(found, [[2, 1, 0], [5, 4, 3]])

    def test_of_equally_near_rows_the_first(self) -> None:
        fitted = MLkNN(n_neighbors=2).fit([[0.0], [2.0], [0.0], [2.0]], Y[2:])
        assert_array_equal(fitted.find_neighbors([[1.0]]), [[0, 1]])

    def test_their_labels_give_the_prediction(self, problem: Any) -> None:
        fitted = MLkNN(n_neighbors=4).fit(problem.X, problem.Y)
        counts = problem.Y[fitted.find_neighbors(problem.X)].sum(axis=1)
        expected = np.take_along_axis(fitted.posterior_, counts, axis=0)
        assert_allclose(fitted.predict_proba(problem.X), expected)

    def test_before_fit_and_with_other_features(self) -> None:
        with pytest.raises(NotFittedError, match="not fitted"):
            MLkNN().find_neighbors(X)
        with pytest.raises(ValueError, match="2 features"):
            MLkNN(n_neighbors=2).fit(X, Y).find_neighbors([[1.0, 2.0]])


def test_counting_oneself_would_change_the_answer() -> None:
    # Two far pairs, one of each with the label: the nearest other row never agrees.
    pairs, label = [[0.0], [1.0], [50.0], [51.0]], [[1], [0], [0], [1]]
    fitted = MLkNN(n_neighbors=1).fit(pairs, label)
    assert_array_equal(fitted.predict(pairs), 1 - np.array(label))


def test_a_constant_label_is_certain() -> None:
    labels = np.column_stack([Y, np.ones(6, int), np.zeros(6, int)])
    with pytest.warns(ConstantLabelWarning):
        fitted = MLkNN(n_neighbors=2).fit(X, labels)
    assert_array_equal(fitted.posterior_[:, 2:], [[1, 0]] * 3)
    assert_allclose(fitted.posterior_[:, :2], MLkNN(n_neighbors=2).fit(X, Y).posterior_)


def test_label_order_does_not_matter(problem: Any) -> None:
    order = [3, 0, 4, 2, 1]
    whole = MLkNN().fit(problem.X, problem.Y)
    turned = MLkNN().fit(problem.X, problem.Y[:, order])
    assert_array_equal(turned.posterior_, whole.posterior_[:, order])


def test_predicted_is_what_is_likelier(problem: Any) -> None:
    fitted = MLkNN().fit(problem.X, problem.Y)
    assert_array_equal(fitted.predict(problem.X), fitted.predict_proba(problem.X) > 0.5)


@pytest.mark.parametrize(
    ("value", "error", "match"),
    [
        (0, OptionError, "smoothing must be more than 0, got 0: .* 0 / 0"),
        (-1.0, OptionError, "smoothing must be in"),
        (np.inf, OptionError, "smoothing must be in"),
        ("s", TypeError, "smoothing must be a number, got 's'"),
    ],
)
def test_smoothing_out_of_range(value: Any, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        MLkNN(smoothing=value).fit(X, Y)


@pytest.fixture(scope="module")
def emotions(mulan_folder: Any) -> Any:
    """True labels, predictions and probabilities of the test rows of emotions."""
    train, test = mlkit.load("emotions", "train"), mlkit.load("emotions", "test")
    fitted = MLkNN(n_neighbors=10, smoothing=1.0).fit(*train.as_xy())
    rows, truth = test.as_xy()
    return truth, fitted.predict(rows), fitted.predict_proba(rows)


@pytest.mark.data
class TestEmotions:
    """The published algorithm on MULAN's split of emotions, features as they are."""

    # No test row is without a label, each label is predicted somewhere, and no two
    # probabilities of a row are equal: there is nothing to settle by a convention.
    @pytest.mark.parametrize("convention", ["sklearn", "mulan", "meka"])
    @pytest.mark.parametrize(
        ("metric", "value"),
        [
            ("hamming_loss", 0.2937),
            ("macro_f1", 0.3853),
            ("example_jaccard", 0.3193),
            ("ranking_loss", 0.2829),
            ("label_ranking_average_precision", 0.6938),
        ],
    )
    def test_known_values(
        self, emotions: Any, metric: str, value: float, convention: str
    ) -> None:
        truth, predicted, proba = emotions
        judged = predicted if METRICS[metric].kind == "bipartition" else proba
        assert round(METRICS[metric](truth, judged, convention=convention), 4) == value

    def test_subset_accuracy(self, emotions: Any) -> None:
        truth, predicted, _ = emotions
        assert round(METRICS["subset_accuracy"](truth, predicted), 4) == 0.0842

    def test_sparse_features_as_dense_ones(self, emotions: Any) -> None:
        train, test = mlkit.load("emotions", "train"), mlkit.load("emotions", "test")
        features, labels = train.as_xy()
        fitted = MLkNN().fit(sp.csr_array(features.to_numpy()), labels)
        proba = fitted.predict_proba(sp.csr_array(test.as_xy()[0].to_numpy()))
        assert_allclose(proba, emotions[2])
