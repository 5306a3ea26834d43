from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import ConstantLabelWarning, OptionError
from mlkit.models.iblr import IBLR

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=4, random_state=0),
]


def shares(problem: Any, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The features of the training rows, and those of the same rows as new ones."""
    search = NearestNeighbors(n_neighbors=k).fit(problem.X)
    return tuple(
        problem.Y[search.kneighbors(rows)[1]].mean(axis=1) for rows in (None, problem.X)
    )


@pytest.mark.parametrize("variant", ["ml", "ml+"])
@pytest.mark.parametrize("base", BASES)
def test_the_definition(problem: Any, base: Any, variant: str) -> None:
    fitted = IBLR(base, variant=variant, n_neighbors=7).fit(problem.X, problem.Y)
    train, test = shares(problem, 7)
    if variant == "ml+":
        train, test = (np.hstack([part, problem.X]) for part in (train, test))
    for j, y in enumerate(problem.Y.T):
        alone = type(base)(**base.get_params()).fit(train, y)
        assert_allclose(
            fitted.predict_proba(problem.X)[:, j], alone.predict_proba(test)[:, 1]
        )
        assert_array_equal(fitted.predict(problem.X)[:, j], alone.predict(test))


def test_without_a_penalty_the_sums_of_the_paper_give_the_same(problem: Any) -> None:
    # +1 for each neighbour with the label, -1 for each one without.
    train, test = (2 * part * 7 - 7 for part in shares(problem, 7))
    base = LogisticRegression(C=1e8, max_iter=10_000, tol=1e-8)
    fitted = IBLR(base, n_neighbors=7).fit(problem.X, problem.Y)
    for j, y in enumerate(problem.Y.T):
        expected = LogisticRegression(C=1e8, max_iter=10_000, tol=1e-8).fit(train, y)
        assert_allclose(
            fitted.predict_proba(problem.X)[:, j],
            expected.predict_proba(test)[:, 1],
            atol=1e-3,
        )


def test_labels_of_neighbours_speak_for_other_labels(problem: Any) -> None:
    # The third label is the first one of the row before, which is near.
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=60) * 100, 2)[:, np.newaxis] + [[0], [0.1]] * 60
    first = np.column_stack([rng.integers(0, 2, 60), np.zeros(60, int)]).ravel()
    second = np.roll(first, 1)
    Y = np.column_stack([first, second])
    fitted = IBLR(n_neighbors=1).fit(X, Y)
    (weights,) = fitted.relevance_.estimators_[1].coef_
    assert weights[0] > abs(weights[1]) > 0
    assert fitted.predict([X[0] - 0.05])[0, 1] == first[0]


def test_a_constant_label_is_no_news(problem: Any) -> None:
    Y = np.column_stack([problem.Y, np.ones(90, int)])
    with pytest.warns(ConstantLabelWarning) as caught:
        fitted = IBLR().fit(problem.X, Y)
    # Said once, not again by the inner learner.
    assert len(caught) == 1
    assert (fitted.predict_proba(problem.X)[:, 5] == 1).all()


@pytest.mark.parametrize("variant", ["ml", "ml+"])
@pytest.mark.parametrize("base", BASES)
def test_features_are_sparse_where_those_of_the_rows_are(
    problem: Any, base: Any, variant: str
) -> None:
    dense = IBLR(base, variant=variant).fit(problem.X, problem.Y)
    rows = sp.csr_array(problem.X)
    fitted = IBLR(base, variant=variant).fit(rows, problem.Y)
    features = fitted._features(rows, fitted._count(rows))
    assert isinstance(features, sp.csr_array)
    assert_allclose(
        fitted.predict_proba(rows), dense.predict_proba(problem.X), atol=1e-6
    )


class TestBaseLearner:
    def test_without_probabilities(self, problem: Any) -> None:
        fitted = IBLR(LinearSVC()).fit(problem.X, problem.Y)
        assert fitted.predict(problem.X).shape == (90, 5)
        assert not hasattr(fitted, "predict_proba")
        with pytest.raises(AttributeError) as caught:
            fitted.predict_proba(problem.X)
        assert "IBLR has no predict_proba, since its base learner LinearSVC" in str(
            caught.value.__cause__
        )

    def test_says_whether_sparse_features_will_do(self, problem: Any) -> None:
        assert IBLR().__sklearn_tags__().input_tags.sparse
        learner = IBLR(GaussianNB())
        assert not learner.__sklearn_tags__().input_tags.sparse

    def test_gaps_will_not_do_even_where_it_takes_them(self, problem: Any) -> None:
        X = problem.X.copy()
        X[4, 2] = np.nan
        with pytest.raises(ValueError, match="Input X contains NaN"):
            IBLR(DecisionTreeClassifier()).fit(X, problem.Y)

    def test_is_not_fitted_itself(self, problem: Any) -> None:
        base = LogisticRegression()
        IBLR(base).fit(problem.X, problem.Y)
        assert not hasattr(base, "coef_")

    @pytest.mark.parametrize("variant", ["ml", "ml+"])
    def test_seeds_do_not_depend_on_jobs(self, problem: Any, variant: str) -> None:
        base = DecisionTreeClassifier(max_features=1)
        one, two = (
            IBLR(base, variant=variant, n_jobs=n_jobs, random_state=3).fit(
                problem.X, problem.Y
            )
            for n_jobs in (1, 2)
        )
        assert_array_equal(one.predict_proba(problem.X), two.predict_proba(problem.X))


def test_unknown_variant(problem: Any) -> None:
    with pytest.raises(OptionError, match=r"variant must be one of 'ml', 'ml\+'"):
        IBLR(variant="ML").fit(problem.X, problem.Y)
