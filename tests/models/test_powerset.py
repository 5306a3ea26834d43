from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_multilabel_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import ConstantLabelWarning, MissingLabelsError
from mlkit.models import LabelPowerset

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]


@pytest.mark.parametrize("base", BASES)
def test_scikit_multilearn(base: Any, problem: Any) -> None:
    # Its classes are numbered by first appearance, ours in lexicographic order; a few
    # label sets keep ties, which fall to the lower number, out of the comparison.
    peers = pytest.importorskip("skmultilearn.problem_transform")
    X, Y = problem.X, problem.Y[:, :2]
    peer = peers.LabelPowerset(base, require_dense=[True, True]).fit(X, Y)
    fitted = LabelPowerset(base).fit(X, Y)
    assert (fitted.predict(X) == peer.predict(X).toarray()).all(axis=1).mean() > 0.95


def test_by_hand_with_neighbours() -> None:
    # Three neighbours of 0.9: rows 0, 1, 2 with the sets {a}, {a}, {a, b}.
    X = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]
    Y = [[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    fitted = LabelPowerset(KNeighborsClassifier(3)).fit(X, Y)
    assert_array_equal(fitted.label_sets_, [[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 1, 0]])
    assert_array_equal(fitted.predict([[0.9], [11.0]]), [[1, 0, 0], [0, 0, 1]])
    assert_allclose(
        fitted.predict_proba([[0.9], [11.0]]), [[1, 1 / 3, 0], [0, 0, 2 / 3]]
    )


def test_mode_of_the_joint_is_not_the_mode_of_the_marginals() -> None:
    Y = np.repeat([[0, 0], [1, 0], [1, 1]], [4, 3, 3], axis=0)
    X = np.zeros((10, 1))
    fitted = LabelPowerset(DummyClassifier(strategy="prior")).fit(X, Y)
    assert_array_equal(fitted.predict(X[:1]), [[0, 0]])
    assert_allclose(fitted.predict_proba(X[:1]), [[0.6, 0.3]])


def test_marginals_are_sums_over_the_joint(problem: Any) -> None:
    fitted = LabelPowerset().fit(problem.X, problem.Y)
    joint = fitted.estimator_.predict_proba(problem.X)
    for j in range(5):
        having = np.flatnonzero(fitted.label_sets_[:, j])
        assert_allclose(
            fitted.predict_proba(problem.X)[:, j], joint[:, having].sum(axis=1)
        )


def test_a_multi_class_problem_is_left_to_the_base_learner(problem: Any) -> None:
    classes = problem.Y[:, 0] + problem.Y[:, 1]
    base = LogisticRegression(max_iter=1000)
    expected = base.fit(problem.X, classes).predict_proba(problem.X)
    fitted = LabelPowerset(base).fit(problem.X, np.eye(3, dtype=int)[classes])
    # Lexicographic order turns one-hot rows round.
    assert_allclose(fitted.predict_proba(problem.X), expected, atol=1e-3)


def test_only_sets_that_were_seen_are_predicted(problem: Any) -> None:
    fitted = LabelPowerset().fit(problem.X, problem.Y)
    seen = {tuple(row) for row in problem.Y}
    assert {tuple(row) for row in fitted.predict(problem.X * 3)} <= seen


def test_a_set_that_was_never_seen_bounds_the_subset_accuracy() -> None:
    # 2 000 training rows hold 1 118 of 2^20 sets, and 41 % of the test rows have one
    # that is not among them: there every label powerset is wrong, a perfect one too.
    X, Y = make_multilabel_classification(
        n_samples=4000, n_features=30, n_classes=20, n_labels=3, random_state=1
    )
    X_train, X_test, Y_train, Y_test = train_test_split(
        X, Y, train_size=2000, random_state=0
    )
    fitted = LabelPowerset(DecisionTreeClassifier(random_state=0))
    with pytest.warns(ConstantLabelWarning, match="always 0: 'label_2'"):
        fitted.fit(X_train, Y_train)
    assert len(fitted.label_sets_) == 1118
    seen = {tuple(row) for row in Y_train}
    unseen = np.array([tuple(row) not in seen for row in Y_test])
    assert unseen.mean() == 0.4095
    right = (fitted.predict(X_test) == Y_test).all(axis=1)
    assert not right[unseen].any()
    assert fitted.score(X_test, Y_test) == right.mean() <= 1 - unseen.mean()


def test_label_sets_are_sparse_where_the_labels_are(problem: Any) -> None:
    fitted = LabelPowerset().fit(problem.X, sp.csr_array(problem.Y))
    assert isinstance(fitted.label_sets_, sp.csr_array)
    dense = LabelPowerset().fit(problem.X, problem.Y)
    assert_array_equal(fitted.label_sets_.toarray(), dense.label_sets_)


def test_without_probabilities(problem: Any) -> None:
    fitted = LabelPowerset(LinearSVC()).fit(problem.X, problem.Y)
    assert not hasattr(fitted, "predict_proba")
    assert fitted.predict(problem.X).shape == (90, 5)


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_unknown_labels_are_refused_with_three_ways_out(
    problem: Any, container: Any
) -> None:
    Y = problem.Y.astype(float)
    Y[[7, 3], [0, 4]] = np.nan
    match = (
        r"LabelPowerset cannot learn from unknown labels \(2 cells, first: row 3, "
        r"label 'label_4'\)\. Use BinaryRelevance, .*rows_with_missing.*as_zero"
    )
    with pytest.raises(MissingLabelsError, match=match):
        LabelPowerset().fit(problem.X, container(Y))
