"""Label trees by omikuji, behind the contract of the kit."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlkit.datasets import make_many_labels
from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    OptionalDependencyError,
    OptionError,
    TooManyLabelsError,
)
from mlkit.metrics import precision_at_k_score
from mlkit.models import LabelTree
from mlkit.models.label_tree import _write_rows

NAMES = ["ruhig", "überrascht", "寂しい", "sad-lonely", "a b"]


def test_without_omikuji_the_install_line_is_shown(
    problem: Any, monkeypatch: Any
) -> None:
    monkeypatch.setitem(sys.modules, "omikuji", None)
    with pytest.raises(OptionalDependencyError, match=r"mlkit-multilabel\[many\]"):
        LabelTree().fit(problem.X, problem.Y)


def test_rows_as_omikuji_reads_them(tmp_path: Any) -> None:
    X = sp.csr_array(np.array([[0.5, 0.0, 2.0], [0.0, 0.0, 0.0]], dtype=np.float32))
    Y = sp.csr_array(np.array([[1, 1], [0, 0]], dtype=np.int8))
    _write_rows(tmp_path / "rows.txt", X, Y)
    assert (tmp_path / "rows.txt").read_text() == "2 3 2\n0,1 0:0.5 2:2.0\n\n"


@pytest.fixture(scope="module")
def needs_omikuji() -> None:
    pytest.importorskip("omikuji", reason="omikuji is absent: the extra 'many'")


@pytest.fixture(scope="module")
def many(needs_omikuji: None) -> Any:
    ds = make_many_labels(2500, 300, n_features=800, cardinality=4, random_state=0)
    frequent = np.flatnonzero(ds.Y.sum(axis=0) > 15)
    return ds.X, sp.csr_array(ds.Y[:, frequent])


@pytest.fixture(scope="module")
def fitted(many: Any) -> Any:
    X, Y = many
    return LabelTree(max_leaf=20).fit(X[:2000], Y[:2000])


@pytest.mark.usefixtures("needs_omikuji")
class TestWithOmikuji:
    @pytest.mark.parametrize("loss", ["log", "hinge"])
    def test_it_learns_new_rows(self, many: Any, loss: str) -> None:
        X, Y = many
        learner = LabelTree(loss=loss, max_leaf=20).fit(X[:2000], Y[:2000])
        proba = learner.predict_proba(X[2000:])
        assert precision_at_k_score(Y[2000:], proba, k=1) > 0.8
        frequency = np.broadcast_to(Y[:2000].mean(axis=0), proba.shape)
        assert precision_at_k_score(Y[2000:], frequency, k=1) < 0.7

    def test_answers_agree_with_each_other(self, many: Any, fitted: Any) -> None:
        X = many[0][2000:2100]
        proba = fitted.predict_proba(X)
        assert proba.min() >= 0
        assert proba.max() <= 1
        predicted = fitted.predict(X)
        assert isinstance(predicted, sp.csr_array)
        assert predicted.dtype == np.int64
        assert_array_equal(predicted.toarray(), proba > 0.5)
        labels, scores = fitted.top_k(X, 4)
        assert_allclose(scores, -np.sort(-proba, axis=1)[:, :4])
        assert_array_equal(np.take_along_axis(proba, labels, axis=1), scores)

    def test_rows_are_answered_one_by_one(self, many: Any, fitted: Any) -> None:
        X = many[0][2000:2040]
        order = np.random.default_rng(0).permutation(40)
        whole = fitted.predict_proba(X)
        assert_array_equal(fitted.predict_proba(X[order]), whole[order])
        # Lengths are taken out.
        assert_allclose(fitted.predict_proba(3 * X), whole, atol=1e-5)

    def test_a_narrow_beam_reaches_fewer_labels(self, many: Any, fitted: Any) -> None:
        X, n_labels = many[0][:3], fitted.n_labels_
        narrow = clone(fitted).set_params(beam_size=1, n_trees=1)
        narrow.fit(many[0][:2000], many[1][:2000])
        labels, scores = narrow.top_k(X, n_labels)
        reached = (labels >= 0).sum(axis=1)
        assert (reached <= 20).all()
        assert_array_equal(labels >= 0, scores > 0)
        assert all((np.diff(row[row > 0]) <= 0).all() for row in scores)

    def test_pickle_and_back(self, many: Any, fitted: Any) -> None:
        copy = pickle.loads(pickle.dumps(fitted))
        X = many[0][:20]
        assert_array_equal(copy.predict_proba(X), fitted.predict_proba(X))
        assert all(isinstance(part, bytes) for part in copy.model_files_.values())

    def test_number_of_threads_does_not_change_the_answers(
        self, many: Any, fitted: Any
    ) -> None:
        two = pickle.loads(pickle.dumps(fitted)).set_params(n_jobs=2)
        X = many[0][:50]
        assert_allclose(two.predict_proba(X), fitted.predict_proba(X), atol=1e-6)

    def test_frame_in_frame_out(self, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f").set_axis(range(7, 97))
        Y = pd.DataFrame(problem.Y, columns=NAMES, index=X.index)
        predicted = LabelTree().fit(X, Y).predict(X)
        assert list(predicted.columns) == NAMES
        assert_array_equal(predicted.index, X.index)
        floor = (problem.Y.mean(axis=0) > 0.5) == problem.Y
        assert (predicted == Y).to_numpy().mean() > floor.mean() + 0.05

    def test_arguments_are_not_modified(self, problem: Any) -> None:
        X, Y = sp.csr_array(problem.X), sp.csr_array(problem.Y)
        before = pickle.dumps((X, Y))
        LabelTree().fit(X, Y).predict(X)
        assert pickle.dumps((X, Y)) == before

    def test_constant_labels(self, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 1], Y[:, 3] = 0, 1
        with pytest.warns(ConstantLabelWarning, match="2 of 5 labels"):
            learner = LabelTree().fit(problem.X, Y)
        assert_array_equal(learner.varying_, [0, 2, 4])
        assert_array_equal(learner.predict(problem.X)[:, [1, 3]], Y[:, [1, 3]])
        assert_array_equal(learner.predict_proba(problem.X)[:, [1, 3]], Y[:, [1, 3]])
        labels, scores = learner.top_k(problem.X, 2)
        assert_array_equal(labels[:, 0], 3)
        assert_array_equal(scores[:, 0], 1)

    @pytest.mark.parametrize("value", [0, 1])
    def test_all_labels_constant(self, problem: Any, value: int) -> None:
        Y = np.full((90, 3), value)
        with pytest.warns(ConstantLabelWarning, match="3 of 3 labels"):
            learner = LabelTree().fit(problem.X, Y)
        assert_array_equal(learner.predict(problem.X), Y)
        assert_array_equal(learner.predict_proba(problem.X), Y)
        labels, _ = learner.top_k(problem.X, 3)
        assert_array_equal(labels, [[0, 1, 2] if value else [-1, -1, -1]] * 90)

    @pytest.mark.parametrize("n_labels", [1, 2])
    def test_few_labels(self, problem: Any, n_labels: int) -> None:
        Y = problem.Y[:, :n_labels]
        learner = LabelTree().fit(problem.X, Y)
        assert learner.predict(problem.X).shape == (90, n_labels)
        assert learner.classes_.shape == (n_labels, 2)
        assert learner.score(problem.X, Y) > 0.5

    def test_rows_without_features_and_without_labels(self, problem: Any) -> None:
        X, Y = sp.csr_array(problem.X).tolil(), problem.Y.copy()
        X[:5], Y[3:8] = 0, 0
        X = sp.csr_array(X)
        learner = LabelTree().fit(X, Y)
        proba = learner.predict_proba(X)
        assert np.isfinite(proba).all()
        assert_array_equal(proba[:5], proba[[0]].repeat(5, axis=0))

    def test_vector_of_classes(self, problem: Any) -> None:
        y = np.array(["no", "yes", "maybe"])[problem.Y[:, :2].sum(axis=1)]
        learner = LabelTree().fit(problem.X, y)
        assert (learner.predict(problem.X) == y).mean() > 0.5
        assert not hasattr(learner, "top_k")

    def test_dense_answers_have_a_limit(
        self, many: Any, fitted: Any, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("mlkit.models.sparse_linear._MAX_CELLS", 1000)
        with pytest.raises(TooManyLabelsError, match=r"at most 1000.*top_k\(X, k\)"):
            fitted.predict_proba(many[0][:500])
        assert fitted.predict(many[0][:50]).shape == (50, fitted.n_labels_)

    def test_nothing_is_printed(self, problem: Any, capfd: Any) -> None:
        LabelTree().fit(problem.X, problem.Y).predict(problem.X)
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize(
        ("options", "error", "match"),
        [
            ({"loss": "square"}, OptionError, "loss must be one of 'hinge', 'log'"),
            ({"n_trees": 0}, OptionError, "n_trees must be at least 1"),
            ({"n_branches": 1}, OptionError, "n_branches must be at least 2"),
            ({"max_leaf": 0}, OptionError, "max_leaf must be at least 1"),
            (
                {"max_leaf": 9, "n_branches": 10},
                OptionError,
                r"n_branches \(10\), got 9",
            ),
            ({"beam_size": 1.5}, TypeError, "beam_size must be an integer"),
            ({"C": 0}, OptionError, "C must be in"),
            ({"prune_below": -1}, OptionError, "prune_below must be in"),
        ],
    )
    def test_bad_options(
        self, problem: Any, options: Any, error: Any, match: str
    ) -> None:
        with pytest.raises(error, match=match):
            LabelTree(**options).fit(problem.X, problem.Y)

    def test_bad_input(self, problem: Any, fitted: Any, many: Any) -> None:
        with pytest.raises(NotFittedError, match="not fitted yet"):
            LabelTree().top_k(problem.X, 1)
        with pytest.raises(OptionError, match="k must be in"):
            fitted.top_k(many[0][:2], 0)
        Y = problem.Y.astype(float)
        Y[3, 2] = np.nan
        with pytest.raises(MissingLabelsError, match="row 3, label 'label_2'"):
            LabelTree().fit(problem.X, Y)

    def test_as_many_branches_as_labels_in_a_leaf(self, many: Any) -> None:
        X, Y = many
        learner = LabelTree(n_branches=8, max_leaf=8, balanced=False).fit(X, Y)
        assert precision_at_k_score(Y, learner.predict_proba(X), k=1) > 0.8

    def test_a_failure_says_what_omikuji_said(
        self, problem: Any, monkeypatch: Any
    ) -> None:
        def fail(*args: Any, **options: Any) -> Any:
            return subprocess.CompletedProcess(args, 3, b"", b"out of luck")

        monkeypatch.setattr(subprocess, "run", fail)
        with pytest.raises(RuntimeError, match=r"train \(exit status 3\): out of luck"):
            LabelTree().fit(problem.X, problem.Y)
