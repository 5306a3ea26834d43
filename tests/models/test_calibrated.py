"""Calibration of a learner by its own out-of-fold probabilities."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, ShuffleSplit
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from mlkit.calibration import (
    IsotonicCalibrator,
    SigmoidCalibrator,
)
from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    SplitError,
    UncalibratedLabelWarning,
    UnknownNameError,
)
from mlkit.metrics import brier_loss, calibration_error
from mlkit.models import BinaryRelevance, LabelPowerset
from mlkit.models.calibrated import CalibratedClassifier
from mlkit.splitting import IterativeStratification

BALANCED = BinaryRelevance(LogisticRegression(class_weight="balanced"))

# Check -> reason. xfail_strict reports an entry that has become wrong.
EXPECTED_FAILURES = dict.fromkeys(
    (
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weight_equivalence_on_sparse_data",
    ),
    "folds are made of rows, and a repeated row may stand in several of them",
)


@pytest.fixture(scope="module")
def rare() -> tuple[np.ndarray, np.ndarray]:
    """Three labels with shares of about 0.1, learned badly by balanced weights."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1600, 3))
    return X, (X + 1.5 * rng.normal(size=X.shape) > 2.3).astype(int)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_balanced_weights_are_undone(rare: Any, method: Any) -> None:
    X, Y = rare
    train, test = slice(800), slice(800, None)
    raw = clone(BALANCED).fit(X[train], Y[train]).predict_proba(X[test])

    learner = CalibratedClassifier(BALANCED, method=method).fit(X[train], Y[train])
    proba = learner.predict_proba(X[test])

    losses, before = (brier_loss(Y[test], p, average=None) for p in (proba, raw))
    assert (losses < before / 2).all()
    assert calibration_error(Y[test], raw) > 0.2
    assert calibration_error(Y[test], proba) < 0.03


@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
def test_a_tree_that_is_too_sure_is_tamed(rare: Any, method: Any) -> None:
    X, Y = rare
    tree = BinaryRelevance(DecisionTreeClassifier(random_state=0))
    raw = clone(tree).fit(X[:800], Y[:800]).predict_proba(X[800:])

    learner = CalibratedClassifier(tree, method=method).fit(X[:800], Y[:800])

    loss = brier_loss(Y[800:], learner.predict_proba(X[800:]))
    assert loss < brier_loss(Y[800:], raw) - 0.02


def test_it_is_the_calibrator_on_out_of_fold_scores(rare: Any) -> None:
    X, Y = rare
    scores = np.empty(Y.shape)
    for train, test in IterativeStratification(3, shuffle=False).split(X, Y):
        learner = clone(BALANCED).fit(X[train], Y[train])
        scores[test] = learner.predict_proba(X[test])
    by_hand = SigmoidCalibrator(score_type="probabilities").fit(Y, scores)
    expected = by_hand.predict(clone(BALANCED).fit(X, Y).predict_proba(X))

    learner = CalibratedClassifier(BALANCED, cv=3).fit(X, Y)

    assert_allclose(learner.predict_proba(X), expected, atol=1e-9)
    assert_array_equal(learner.predict(X), expected > 0.5)


def test_the_sigmoid_keeps_the_ranking(rare: Any) -> None:
    X, Y = rare
    learner = CalibratedClassifier(BALANCED).fit(X, Y)

    before = np.argsort(learner.estimator_.predict_proba(X), axis=0)
    assert_array_equal(np.argsort(learner.predict_proba(X), axis=0), before)


def test_containers_and_names(rare: Any) -> None:
    X, Y = rare[0][:400], rare[1][:400]
    frame = pd.DataFrame(Y, columns=["a", "b", "c"])
    plain = CalibratedClassifier(BALANCED).fit(X, Y)

    named = CalibratedClassifier(BALANCED).fit(X, frame)
    sparse = CalibratedClassifier(BALANCED).fit(sp.csr_array(X), sp.csr_array(Y))

    assert list(named.predict(X).columns) == ["a", "b", "c"]
    assert named.calibrator_.label_names_ == ("a", "b", "c")
    assert_array_equal(named.predict(X), plain.predict(X))
    assert isinstance(sparse.predict(sp.csr_array(X)), sp.csr_array)
    expected = plain.predict_proba(X)
    assert_allclose(sparse.predict_proba(sp.csr_array(X)), expected, atol=1e-4)


def test_the_same_seed_gives_the_same_maps(rare: Any) -> None:
    X, Y = rare
    first, again, other = (
        CalibratedClassifier(BALANCED, random_state=seed).fit(X, Y).calibrator_.slopes_
        for seed in (1, 1, 2)
    )

    assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_calibrator_brings_its_own_options(rare: Any) -> None:
    X, Y = rare
    mine = IsotonicCalibrator(min_count=20)

    learner = CalibratedClassifier(BALANCED, method=mine).fit(X, Y)

    assert learner.calibrator_.min_count == 20
    assert learner.calibrator_.score_type == "probabilities"
    assert mine.score_type == "logits"
    assert not hasattr(mine, "maps_")


def test_rare_and_constant_labels_are_named_once(rare: Any) -> None:
    X, Y = rare[0], rare[1].copy()
    Y[:, 1], Y[:, 2] = 0, 0
    Y[:3, 1] = 1
    frame = pd.DataFrame(Y, columns=["a", "b", "c"])

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        learner = CalibratedClassifier(BALANCED).fit(X, frame)

    categories = [item.category for item in caught]
    assert categories == [ConstantLabelWarning, UncalibratedLabelWarning]
    assert "'b', 'c'" in str(caught[1].message)
    raw = learner.estimator_.predict_proba(X)
    assert_array_equal(learner.predict_proba(X)[:, 1:], raw[:, 1:])
    assert (learner.predict_proba(X)[:, 2] == 0).all()


@pytest.mark.parametrize("value", [0, 1])
def test_a_shared_map_leaves_constant_labels_certain(rare: Any, value: int) -> None:
    X, Y = rare[0], rare[1].copy()
    Y[:, 2] = value
    learner = CalibratedClassifier(BALANCED, method="temperature")

    with pytest.warns(ConstantLabelWarning, match=f"always {value}: 'label_2'"):
        proba = learner.fit(X, Y).predict_proba(X)

    assert (proba[:, 2] == value).all()
    assert not np.allclose(proba[:, 0], learner.estimator_.predict_proba(X)[:, 0])


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_unknown_labels_are_left_out(rare: Any, container: Any) -> None:
    X, Y = rare[0], rare[1].astype(float)
    Y[::4, 0] = np.nan
    known = ~np.isnan(Y[:, 0])

    learner = CalibratedClassifier(BALANCED, cv=KFold(4)).fit(X, container(Y))

    # A single label alone, with its own rows in the same folds.
    parts = np.repeat(np.arange(4), 400)[known]
    folds = [(np.flatnonzero(parts != k), np.flatnonzero(parts == k)) for k in range(4)]
    alone = CalibratedClassifier(BALANCED, cv=folds).fit(X[known], Y[known][:, [0]])
    found = learner.predict_proba(X)[:, [0]]
    assert_allclose(found, alone.predict_proba(X), atol=1e-6)


def test_a_learner_without_a_use_for_unknown_labels_refuses_them(rare: Any) -> None:
    Y = rare[1].astype(float)
    Y[0, 0] = np.nan
    with pytest.raises(MissingLabelsError, match="LabelPowerset cannot learn"):
        CalibratedClassifier(LabelPowerset()).fit(rare[0], Y)


def test_weights_reach_the_learner_and_not_the_maps(rare: Any) -> None:
    X, Y = rare
    weights = np.where(Y[:, 0] == 1, 9.0, 1.0)
    plain = BinaryRelevance(LogisticRegression())

    learner = CalibratedClassifier(plain).fit(X, Y, sample_weight=weights)

    raw = learner.estimator_.predict_proba(X)[:, 0]
    assert raw.mean() > 3 * Y[:, 0].mean()
    assert_allclose(learner.predict_proba(X)[:, 0].mean(), Y[:, 0].mean(), atol=0.01)


def test_rows_that_are_never_tested_take_no_part(rare: Any) -> None:
    X, Y = rare
    folds = [(np.arange(800), np.arange(800, 1600))]

    learner = CalibratedClassifier(BALANCED, cv=folds).fit(X, Y)

    scores = clone(BALANCED).fit(X[:800], Y[:800]).predict_proba(X[800:])
    by_hand = SigmoidCalibrator(score_type="probabilities").fit(Y[800:], scores)
    assert_allclose(learner.calibrator_.slopes_, by_hand.slopes_)


@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
def test_a_single_row_is_refused() -> None:
    with pytest.raises(SplitError, match="got one sample only"):
        CalibratedClassifier(cv=2).fit([[0.0]], [[1, 1]])


def test_folds_that_overlap_are_refused(rare: Any) -> None:
    folds = ShuffleSplit(5, test_size=0.5, random_state=0)
    with pytest.raises(SplitError, match="tests some rows more than once"):
        CalibratedClassifier(BALANCED, cv=folds).fit(*rare)


def test_unknown_methods_list_the_known_ones(rare: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'sigmoid'\?"):
        CalibratedClassifier(method="sigmoids").fit(*rare)  # type: ignore[arg-type]


def test_a_learner_without_probabilities_is_refused(rare: Any) -> None:
    learner = CalibratedClassifier(BinaryRelevance(LinearSVC()))
    with pytest.raises(AttributeError, match="BinaryRelevance has no predict_proba"):
        learner.fit(*rare)
    assert not hasattr(learner, "predict_proba")


def test_scikit_learns_own_multi_label_classifiers_can_be_calibrated(rare: Any) -> None:
    X, Y = rare
    tree = DecisionTreeClassifier(max_depth=8, random_state=0)

    proba = CalibratedClassifier(tree).fit(X, Y).predict_proba(X)

    assert proba.shape == Y.shape
    assert_allclose(proba.mean(axis=0), Y.mean(axis=0), atol=0.08)


@pytest.mark.filterwarnings("ignore::mlkit.exceptions.MlkitWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@parametrize_with_checks(
    [CalibratedClassifier(cv=2)], expected_failed_checks=lambda _: EXPECTED_FAILURES
)
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)
