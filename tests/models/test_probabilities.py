from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain as ScikitLearnChain
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import ScoresError
from mlkit.models import BinaryRelevance, LabelPowerset, positive_proba
from mlkit.models.probabilities import class_proba

FOREIGN = [
    OneVsRestClassifier(LogisticRegression(max_iter=1000)),
    ScikitLearnChain(LogisticRegression(max_iter=1000)),
    MultiOutputClassifier(LogisticRegression(max_iter=1000)),
    KNeighborsClassifier(),
    RandomForestClassifier(n_estimators=5, random_state=0),
    ExtraTreesClassifier(n_estimators=5, random_state=0),
    DecisionTreeClassifier(max_depth=3, random_state=0),
    MLPClassifier((4,), solver="lbfgs", max_iter=20_000, random_state=0),
    BinaryRelevance(),
    LabelPowerset(),
]


def fake(proba: Any, classes: Any = None) -> Any:
    """A fitted classifier that always answers the same."""
    estimator = SimpleNamespace(predict_proba=lambda X: proba)
    if classes is not None:
        estimator.classes_ = classes
    return estimator


@pytest.mark.parametrize("n_labels", [1, 2, 5])
@pytest.mark.parametrize("estimator", FOREIGN, ids=lambda e: type(e).__name__)
def test_all_shapes_of_scikit_learn(
    estimator: Any, problem: Any, n_labels: int
) -> None:
    Y = problem.Y[:, :n_labels]
    no_columns = isinstance(estimator, OneVsRestClassifier | MLPClassifier)
    trees = isinstance(estimator, RandomForestClassifier | DecisionTreeClassifier)
    others = isinstance(estimator, KNeighborsClassifier | ExtraTreesClassifier)
    if n_labels == 1 and (no_columns or trees or others):
        Y = Y.ravel()
    proba = positive_proba(estimator.fit(problem.X, Y), problem.X, n_labels=n_labels)
    assert proba.shape == (90, n_labels)
    assert proba.dtype == np.float64
    truth = problem.Y[:, :n_labels]
    for p, y in zip(proba.T, truth.T, strict=True):
        assert p[y == 1].mean() > p[y == 0].mean()


class TestAlignment:
    def test_label_never_seen_has_probability_zero(self) -> None:
        # The last column of a single-column block would say 1.
        tree = DecisionTreeClassifier().fit([[0], [1]], [[0, 0, 1], [1, 0, 1]])
        assert_array_equal(positive_proba(tree, [[0], [1]]), [[0, 0, 1], [1, 0, 1]])

    @pytest.mark.parametrize(("value", "expected"), [(0, 0.0), (1, 1.0)])
    def test_single_class(self, value: int, expected: float) -> None:
        tree = DecisionTreeClassifier().fit([[0], [1]], [value, value])
        assert_array_equal(positive_proba(tree, [[0]]), [[expected]])

    def test_columns_follow_classes(self) -> None:
        turned = fake(np.array([[0.7, 0.3]]), np.array([1, 0]))
        assert_array_equal(positive_proba(turned, [[0]]), [[0.7]])

    def test_booleans_count_as_one_and_zero(self) -> None:
        estimator = LogisticRegression().fit([[0], [1]], [False, True])
        expected = estimator.predict_proba([[1]])[:, [1]]
        assert_array_equal(positive_proba(estimator, [[1]]), expected)

    def test_class_proba_leaves_missing_classes_at_zero(self) -> None:
        estimator = fake(np.array([[0.25, 0.75]]), np.array([2, 0]))
        assert_array_equal(class_proba(estimator, [[0]], 4), [[0.75, 0, 0.25, 0]])


class TestInference:
    """Without n_labels, and where that cannot be told."""

    def test_two_labels_of_one_vs_rest(self, problem: Any) -> None:
        # The shape is that of one label: (n, 2), classes_ = [0, 1].
        peer = OneVsRestClassifier(LogisticRegression()).fit(
            problem.X, problem.Y[:, :2]
        )
        assert peer.classes_.tolist() == [0, 1]
        assert_allclose(positive_proba(peer, problem.X), peer.predict_proba(problem.X))

    def test_one_label(self, problem: Any) -> None:
        estimator = LogisticRegression().fit(problem.X, problem.Y[:, 0])
        assert_array_equal(
            positive_proba(estimator, problem.X)[:, 0],
            estimator.predict_proba(problem.X)[:, 1],
        )

    def test_a_kit_learner_fitted_on_a_vector(self, problem: Any) -> None:
        estimator = BinaryRelevance().fit(problem.X, problem.Y[:, 0])
        assert_array_equal(
            positive_proba(estimator, problem.X)[:, 0],
            estimator.predict_proba(problem.X)[:, 1],
        )

    def test_multi_layer_perceptron_needs_help(self) -> None:
        estimator = fake(np.array([[0.2, 0.9]]), np.array([0, 1]))
        with pytest.raises(ScoresError, match="pass n_labels"):
            positive_proba(estimator, [[0]])
        assert_array_equal(positive_proba(estimator, [[0]], n_labels=2), [[0.2, 0.9]])

    def test_multi_class_is_refused(self, problem: Any) -> None:
        classes = problem.Y[:, 0] + problem.Y[:, 1]
        estimator = LogisticRegression().fit(problem.X, classes)
        with pytest.raises(ScoresError, match=r"labels or classes .*\[0, 1, 2\]"):
            positive_proba(estimator, problem.X)

    def test_no_classes_and_one_column_a_label(self) -> None:
        assert_array_equal(
            positive_proba(fake(np.array([[0.1, 0.8]])), [[0]]), [[0.1, 0.8]]
        )

    def test_sparse_answer(self) -> None:
        estimator = fake(sp.csr_array([[0.0, 0.8, 0.0]]))
        assert_array_equal(positive_proba(estimator, [[0]]), [[0.0, 0.8, 0.0]])


def test_unexpected_shape() -> None:
    with pytest.raises(ScoresError, match=r"gave shape \(1, 3\); expected \(1, 2\)"):
        positive_proba(fake(np.ones((1, 3))), [[0]], n_labels=2)
    with pytest.raises(ScoresError, match=r"gave shape \(1,\)"):
        positive_proba(fake(np.ones(1)), [[0]])


def test_no_probabilities(problem: Any) -> None:
    estimator = LinearSVC().fit(problem.X, problem.Y[:, 0])
    with pytest.raises(AttributeError, match="predict_proba"):
        positive_proba(estimator, problem.X)
