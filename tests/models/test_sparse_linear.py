"""Linear binary relevance for many labels: the same answers, less memory."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import normalize
from sklearn.svm import SVC, LinearSVC

from mlkit.datasets import make_many_labels
from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    OptionError,
    TooManyLabelsError,
)
from mlkit.metrics import precision_at_k_score
from mlkit.models import BinaryRelevance, SparseLinearRelevance, neighbours
from mlkit.models.sparse_linear import best_places

BASES = [
    LinearSVC(random_state=0),
    LogisticRegression(max_iter=1000),
    RidgeClassifier(),
    SGDClassifier(random_state=0),
    LinearSVC(fit_intercept=False, random_state=0),
    SVC(kernel="linear"),
]


@pytest.fixture(scope="module")
def many() -> Any:
    """Draw 600 rows and 200 labels, a third of them constant or nearly so."""
    ds = make_many_labels(600, 200, n_features=150, cardinality=3.0, random_state=0)
    return sp.csr_array(normalize(ds.X)), ds.Y


def as_array(values: Any) -> np.ndarray:
    return values.toarray() if sp.issparse(values) else np.asarray(values)


class TestAsBinaryRelevance:
    @pytest.mark.parametrize("base", BASES, ids=str)
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_same_predictions_where_nothing_is_pruned(
        self, base: Any, container: Any, problem: Any
    ) -> None:
        X, Y = container(problem.X), container(problem.Y)
        expected = BinaryRelevance(base).fit(X, Y).predict(X)
        fitted = SparseLinearRelevance(base, prune_below=0).fit(X, Y)
        assert type(fitted.predict(X)) is type(expected)
        assert_array_equal(as_array(fitted.predict(X)), as_array(expected))

    def test_same_probabilities(self, problem: Any) -> None:
        for base in (
            LogisticRegression(),
            LogisticRegression(solver="liblinear", random_state=0),
            SGDClassifier(loss="log_loss", random_state=0),
        ):
            expected = BinaryRelevance(base).fit(problem.X, problem.Y)
            fitted = SparseLinearRelevance(base, prune_below=0)
            fitted.fit(problem.X, problem.Y)
            assert_allclose(
                fitted.predict_proba(problem.X), expected.predict_proba(problem.X)
            )

    def test_decision_values_of_one_vs_rest(self, problem: Any) -> None:
        base = LinearSVC(random_state=0)
        peer = OneVsRestClassifier(base).fit(problem.X, problem.Y)
        fitted = SparseLinearRelevance(base, prune_below=0).fit(problem.X, problem.Y)
        scores = fitted.decision_function(problem.X)
        assert_allclose(scores, peer.decision_function(problem.X))

    def test_weighted_rows(self, problem: Any) -> None:
        weights = np.linspace(1, 3, len(problem.X))
        base = LogisticRegression()
        args = {"X": problem.X, "y": problem.Y, "sample_weight": weights}
        expected = BinaryRelevance(base).fit(**args).predict_proba(problem.X)
        fitted = SparseLinearRelevance(base, prune_below=0).fit(**args)
        assert_allclose(fitted.predict_proba(problem.X), expected)

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_many_labels(self, many: Any) -> None:
        X, Y = many
        base = LinearSVC(random_state=0)
        expected = BinaryRelevance(base).fit(X, Y).predict(X)
        predicted = SparseLinearRelevance(base, prune_below=0).fit(X, Y).predict(X)
        assert (expected != predicted).nnz == 0
        assert predicted.dtype == np.int64


class TestPruning:
    def test_what_is_dropped(self, problem: Any) -> None:
        base = LogisticRegression()
        whole, pruned = (
            SparseLinearRelevance(base, prune_below=cut).fit(problem.X, problem.Y)
            for cut in (0, 0.3)
        )
        weights = whole.weights_.toarray()
        assert weights.shape == (5, 9)
        small = np.abs(weights) < 0.3
        # Intercepts are kept, whatever they are.
        assert small[:, -1].any()
        assert small[:, :-1].any()
        small[:, -1] = False
        assert_array_equal(pruned.weights_.toarray(), np.where(small, 0, weights))
        assert pruned.weights_.nnz == (~small).sum()

    def test_a_coefficient_at_the_limit_is_kept(self, problem: Any) -> None:
        X, Y = problem.X, problem.Y[:, [0]]
        coef = np.abs(LinearSVC(random_state=0).fit(X, Y[:, 0]).coef_[0])
        base = LinearSVC(random_state=0)
        fitted = SparseLinearRelevance(base, prune_below=coef.min()).fit(X, Y)
        assert fitted.weights_.nnz == 9
        above = np.nextafter(coef.min(), 1)
        assert fitted.set_params(prune_below=above).fit(X, Y).weights_.nnz == 8

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_precision_at_one_of_new_rows_stays_within_a_hundredth(self) -> None:
        ds = make_many_labels(3000, 100, n_features=1000, random_state=0)
        X, Y = sp.csr_array(normalize(ds.X)), ds.Y
        whole, pruned = (
            SparseLinearRelevance(random_state=0, prune_below=cut).fit(
                X[:2000], Y[:2000]
            )
            for cut in (0, 0.01)
        )
        first, second = (
            precision_at_k_score(Y[2000:], learner.decision_function(X[2000:]), k=1)
            for learner in (whole, pruned)
        )
        assert first > 0.5
        assert abs(first - second) <= 0.01
        assert pruned.weights_.nnz < 0.95 * whole.weights_.nnz

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_size_follows_the_weights_that_are_kept(self, many: Any) -> None:
        sizes = []
        for cut in (0, 1.0, 1e6):
            fitted = SparseLinearRelevance(prune_below=cut, random_state=0).fit(*many)
            # 12 bytes a weight; classes_ is two numbers a label, indptr one.
            expected = 12 * fitted.weights_.nnz + 200 * 20
            assert len(pickle.dumps(fitted)) < expected + 3000
            sizes.append(fitted.weights_.nnz)
        assert sizes[0] > 2 * sizes[1] > 400
        assert sizes[2] == 200


class TestConstantLabels:
    def test_cost_one_number_and_rank_at_the_ends(self, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 1], Y[:, 3] = 0, 1
        with pytest.warns(ConstantLabelWarning, match="2 of 5 labels"):
            fitted = SparseLinearRelevance(random_state=0).fit(problem.X, Y)
        assert np.diff(fitted.weights_.indptr)[[1, 3]].tolist() == [1, 1]
        # Rows far from all others do not outweigh a constant.
        labels, scores = fitted.top_k(1e6 * problem.X, 5)
        assert set(labels[:, 0]) == {3}
        assert set(labels[:, -1]) == {1}
        assert np.isfinite(scores).all()

    def test_are_not_fitted(self, problem: Any, monkeypatch: Any) -> None:
        learned = []
        fit = LinearSVC.fit
        monkeypatch.setattr(
            LinearSVC, "fit", lambda *args: learned.append(1) or fit(*args)
        )
        Y = problem.Y.copy()
        Y[:, 1:] = 0
        with pytest.warns(ConstantLabelWarning):
            SparseLinearRelevance(random_state=0).fit(problem.X, Y)
        assert len(learned) == 1

    def test_scorers_take_their_scores(self, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 1] = 0
        with pytest.warns(ConstantLabelWarning):
            fitted = SparseLinearRelevance(random_state=0).fit(problem.X, Y)
        scores = fitted.decision_function(problem.X)
        assert precision_at_k_score(problem.Y, scores, k=1) > 0.5


@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
class TestNothingLargeIsDense:
    def test_no_table_of_rows_and_labels(self, many: Any, monkeypatch: Any) -> None:
        X, Y = many
        monkeypatch.setattr(neighbours, "_BLOCK_NUMBERS", 2000)
        dense: list[int] = []

        def watch(kind: Any) -> None:
            original = kind.toarray

            def toarray(self: Any, *args: Any, **kwargs: Any) -> Any:
                dense.append(int(np.prod(self.shape)))
                return original(self, *args, **kwargs)

            monkeypatch.setattr(kind, "toarray", toarray)

        def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
            msg = "made dense"
            raise AssertionError(msg)

        for kind in (sp.csr_array, sp.csc_array, sp.coo_array):
            watch(kind)
            monkeypatch.setattr(kind, "todense", refuse)
        fitted = SparseLinearRelevance(random_state=0).fit(X, Y)
        assert dense == []
        predicted = fitted.predict(X)
        fitted.top_k(X, 5)
        assert isinstance(predicted, sp.csr_array)
        # Blocks of rows, and the intercepts; the whole would be 600 x 200.
        assert max(dense) <= 2000

    def test_blocks_do_not_change_the_answers(
        self, many: Any, monkeypatch: Any
    ) -> None:
        X, Y = many
        fitted = SparseLinearRelevance(random_state=0).fit(X, Y)
        whole = fitted.predict(X), fitted.decision_function(X), *fitted.top_k(X, 3)
        monkeypatch.setattr(neighbours, "_BLOCK_NUMBERS", 1)
        rows = fitted.predict(X), fitted.decision_function(X), *fitted.top_k(X, 3)
        for one, other in zip(whole, rows, strict=True):
            assert_array_equal(as_array(one), as_array(other))

    def test_dense_answers_have_a_limit(self, many: Any, monkeypatch: Any) -> None:
        X, Y = many
        base = LogisticRegression()
        fitted = SparseLinearRelevance(base).fit(X[:, :5], Y)
        monkeypatch.setattr("mlkit.models.sparse_linear._MAX_CELLS", 600 * 200 - 1)
        for ask in (fitted.decision_function, fitted.predict_proba):
            with pytest.raises(
                TooManyLabelsError, match=r"120000 numbers.*top_k\(X, k"
            ):
                ask(X[:, :5])
            assert ask(X[:599, :5]).shape == (599, 200)
        assert fitted.predict(X[:, :5]).shape == (600, 200)


class TestTopK:
    def test_against_sorting_all(self, many: Any) -> None:
        X, Y = many[0], many[1][:, :40]
        fitted = SparseLinearRelevance(random_state=0).fit(X, Y)
        all_scores = fitted.decision_function(X)
        labels, scores = fitted.top_k(X, 7)
        assert labels.shape == scores.shape == (600, 7)
        assert_array_equal(scores, -np.sort(-all_scores, axis=1)[:, :7])
        assert_array_equal(np.take_along_axis(all_scores, labels, axis=1), scores)

    @pytest.mark.parametrize("k", [1, 3])
    def test_gives_precision_at_k(self, many: Any, k: int) -> None:
        X, Y = many[0], many[1][:, :40]
        fitted = SparseLinearRelevance(random_state=0).fit(X, Y)
        labels, _ = fitted.top_k(X, k)
        found = Y[np.arange(len(labels))[:, None], labels].mean()
        expected = precision_at_k_score(Y, fitted.decision_function(X), k=k)
        assert found == pytest.approx(float(expected))

    def test_equal_scores_in_the_order_of_the_labels(self) -> None:
        places, best = best_places(np.array([[2.0, 5.0, 2.0, 5.0, 1.0]]), 4)
        assert places.tolist() == [[1, 3, 0, 2]]
        assert best.tolist() == [[5.0, 5.0, 2.0, 2.0]]

    @pytest.mark.parametrize(
        ("k", "error", "match"),
        [
            (0, OptionError, r"k must be in \[1, 5\], got 0"),
            (6, OptionError, r"k must be in \[1, 5\], got 6"),
            (1.5, TypeError, "k must be an integer"),
        ],
    )
    def test_bad_k(self, problem: Any, k: Any, error: Any, match: str) -> None:
        fitted = SparseLinearRelevance(random_state=0).fit(problem.X, problem.Y)
        with pytest.raises(error, match=match):
            fitted.top_k(problem.X, k)

    def test_is_for_label_matrices(self, problem: Any) -> None:
        fitted = SparseLinearRelevance(random_state=0)
        fitted.fit(problem.X, problem.Y.sum(axis=1))
        with pytest.raises(AttributeError, match="top_k") as caught:
            fitted.top_k(problem.X, 1)
        assert "vector of classes" in str(caught.value.__cause__)


class TestJobsAndSeeds:
    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_number_of_jobs_does_not_change_the_result(self, many: Any) -> None:
        X, Y = many[0], many[1][:, :12]
        one, two = (
            SparseLinearRelevance(n_jobs=n_jobs, random_state=3).fit(X, Y)
            for n_jobs in (1, 2)
        )
        assert_array_equal(one.weights_.toarray(), two.weights_.toarray())
        assert_array_equal(one.decision_function(X), two.decision_function(X))

    def test_each_label_has_a_seed_of_its_own(self, problem: Any) -> None:
        Y = problem.Y[:, [0, 0]]
        base = SGDClassifier(max_iter=5, tol=None)
        fitted = SparseLinearRelevance(base, random_state=0).fit(problem.X, Y)
        first, second = fitted.weights_.toarray()
        assert (first != second).any()
        # Without random_state the seed of the base learner is kept.
        base.set_params(random_state=0)
        fitted = SparseLinearRelevance(base).fit(problem.X, Y)
        first, second = fitted.weights_.toarray()
        assert_array_equal(first, second)


class TestContainers:
    def test_frame_in_frame_out(self, problem: Any) -> None:
        Y = pd.DataFrame(problem.Y, columns=["ä", "寂しい", "c", "d", "e"])
        X = pd.DataFrame(problem.X).add_prefix("f").set_axis(range(5, 95))
        predicted = SparseLinearRelevance(random_state=0).fit(X, Y).predict(X)
        assert list(predicted.columns) == list(Y.columns)
        assert_array_equal(predicted.index, X.index)

    def test_classes_by_the_greatest_decision_value(self, problem: Any) -> None:
        y = np.array(["no", "yes", "maybe"])[problem.Y[:, :2].sum(axis=1)]
        base = LinearSVC(random_state=0)
        fitted = SparseLinearRelevance(base, prune_below=0).fit(problem.X, y)
        peer = OneVsRestClassifier(base).fit(problem.X, y)
        assert_array_equal(fitted.predict(problem.X), peer.predict(problem.X))
        two = fitted.fit(problem.X, y == "no")
        assert two.decision_function(problem.X).shape == (90,)
        alone = base.fit(problem.X, y == "no")
        assert_array_equal(two.predict(problem.X), alone.predict(problem.X))


class TestBadInput:
    @pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
    def test_prune_below(self, problem: Any, value: float) -> None:
        with pytest.raises(OptionError, match="prune_below must be in"):
            SparseLinearRelevance(prune_below=value).fit(problem.X, problem.Y)

    @pytest.mark.parametrize(
        ("base", "match"),
        [
            (KNeighborsClassifier(), "that of KNeighborsClassifier has 0"),
            (SVC(kernel="rbf"), r"8 features.*of SVC has 0.*BinaryRelevance\(SVC"),
        ],
    )
    def test_base_learner_that_is_not_linear(
        self, problem: Any, base: Any, match: str
    ) -> None:
        with pytest.raises(TypeError, match=match):
            SparseLinearRelevance(base).fit(problem.X, problem.Y)

    def test_unknown_labels(self, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[3, 2] = np.nan
        with pytest.raises(MissingLabelsError, match=r"row 3, label 'label_2'.*Binary"):
            SparseLinearRelevance().fit(problem.X, Y)

    @pytest.mark.parametrize(
        "base", [None, SGDClassifier(loss="modified_huber"), RidgeClassifier()]
    )
    def test_without_probabilities(self, problem: Any, base: Any) -> None:
        fitted = SparseLinearRelevance(base, random_state=0)
        fitted.fit(problem.X, problem.Y)
        assert not hasattr(fitted, "predict_proba")
        with pytest.raises(AttributeError, match="predict_proba") as caught:
            fitted.predict_proba(problem.X)
        assert "LogisticRegression(max_iter=1000)" in str(caught.value.__cause__)

    def test_an_error_names_the_label(self, problem: Any) -> None:
        Y = pd.DataFrame(problem.Y, columns=list("abcde"))
        with pytest.raises(ValueError, match="C") as caught:
            SparseLinearRelevance(LinearSVC(C=-1)).fit(problem.X, Y)
        assert "LinearSVC learned label 'a'" in caught.value.__notes__[0]
