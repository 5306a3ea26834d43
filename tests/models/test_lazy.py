"""What the lazy learners share: rows that are added, containers, bad input."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils.validation import has_fit_parameter

from mlkit.exceptions import (
    ConstantLabelWarning,
    LabelNameError,
    MissingLabelsError,
    OptionError,
    ShapeError,
)
from mlkit.models.brknn import BRkNN, BRkNNa, BRkNNb
from mlkit.models.iblr import IBLR
from mlkit.models.mlknn import MLkNN

LAZY = [
    MLkNN(n_neighbors=4),
    BRkNN(n_neighbors=4),
    BRkNNa(n_neighbors=4),
    BRkNNb(n_neighbors=4),
    IBLR(n_neighbors=4),
    IBLR(variant="ml+", n_neighbors=4),
]
LAYOUTS = [np.asarray, sp.csr_array, lambda X: pd.DataFrame(X).add_prefix("f")]


@pytest.fixture(params=LAZY, ids=repr)
def lazy(request: pytest.FixtureRequest) -> Any:
    return clone(request.param)


class TestPartialFit:
    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("ends", [[90], [40, 90], [20, 45, 46, 90]])
    def test_as_fit_on_all_rows(
        self, lazy: Any, problem: Any, layout: Any, ends: list[int]
    ) -> None:
        X = layout(problem.X)
        expected = clone(lazy).fit(X, problem.Y)
        for start, end in zip([0, *ends], ends, strict=False):
            lazy.partial_fit(X[start:end], problem.Y[start:end])
        assert_array_equal(lazy.predict(X), expected.predict(X))
        assert_allclose(lazy.predict_proba(X), expected.predict_proba(X))

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_from_the_first_row_on(self, lazy: Any, problem: Any) -> None:
        # Fewer rows than neighbours at first, then just as many, then more.
        X, Y = problem.X, problem.Y
        for row in range(9):
            lazy.partial_fit(X[[row]], Y[[row]])
            expected = clone(lazy).fit(X[: row + 1], Y[: row + 1])
            assert lazy.n_neighbors_ == expected.n_neighbors_
            assert_array_equal(lazy.predict(X), expected.predict(X))
            assert_allclose(lazy.predict_proba(X), expected.predict_proba(X))

    def test_with_ties(self, lazy: Any) -> None:
        # Whole numbers: most neighbours in the last place are as near as others.
        rng = np.random.default_rng(0)
        X, Y = rng.integers(0, 3, (60, 2)), rng.integers(0, 2, (60, 3))
        expected = clone(lazy).fit(X, Y)
        lazy.partial_fit(X[:25], Y[:25]).partial_fit(X[25:], Y[25:])
        assert_array_equal(lazy.predict(X), expected.predict(X))
        assert_allclose(lazy.predict_proba(X), expected.predict_proba(X))

    def test_after_fit_it_adds(self, lazy: Any, problem: Any) -> None:
        X, Y = problem.X, problem.Y
        lazy.fit(X[:50], Y[:50]).partial_fit(X[50:], Y[50:])
        expected = clone(lazy).fit(X, Y).predict_proba(X)
        assert_allclose(lazy.predict_proba(X), expected)
        # And fit begins anew.
        again = lazy.fit(X[:50], Y[:50]).predict_proba(X)
        assert_array_equal(again, clone(lazy).fit(X[:50], Y[:50]).predict_proba(X))

    def test_containers_may_differ_and_the_first_is_kept(
        self, lazy: Any, problem: Any
    ) -> None:
        names = ["ä", "b", "c", "d", "e"]
        Y = pd.DataFrame(problem.Y, columns=names)
        X = problem.X
        lazy.partial_fit(X[:30], Y.iloc[:30])
        lazy.partial_fit(sp.csr_array(X[30:60]), sp.csr_array(problem.Y[30:60]))
        lazy.partial_fit(X[60:], Y.iloc[60:])
        predicted = lazy.predict(X)
        assert list(predicted.columns) == names
        assert_array_equal(predicted, clone(lazy).fit(X, problem.Y).predict(X))

    def test_dense_rows_after_sparse_ones(self, lazy: Any, problem: Any) -> None:
        rows = sp.csr_array(problem.X)
        lazy.partial_fit(rows[:50], sp.csr_array(problem.Y[:50]))
        lazy.partial_fit(problem.X[50:], problem.Y[50:])
        expected = clone(lazy).fit(rows, problem.Y).predict_proba(rows)
        assert_allclose(lazy.predict_proba(problem.X), expected, atol=1e-6)
        assert isinstance(lazy.predict(rows), sp.csr_array)

    def test_a_label_is_constant_until_it_is_not(self, lazy: Any, problem: Any) -> None:
        X, Y = problem.X, problem.Y.copy()
        Y[:40, 2] = 0
        with pytest.warns(ConstantLabelWarning, match="always 0: 'label_2'"):
            lazy.partial_fit(X[:40], Y[:40])
        assert lazy.predict_proba(X)[:, 2].max() == 0
        lazy.partial_fit(X[40:], Y[40:])
        assert lazy.predict_proba(X)[:, 2].max() > 0

    def test_classes(self, lazy: Any, problem: Any) -> None:
        X = problem.X
        y = np.array(["no", "yes", "maybe"])[problem.Y[:, :2].sum(axis=1)]
        order = np.argsort(y, kind="stable")
        X, y = X[order], y[order]
        expected = clone(lazy).fit(X, y)
        # The first rows have a single class.
        with pytest.warns(ConstantLabelWarning):
            lazy.partial_fit(X[:20], y[:20], classes=["yes", "no", "maybe"])
        lazy.partial_fit(X[20:], y[20:])
        assert_array_equal(lazy.classes_, ["maybe", "no", "yes"])
        assert_array_equal(lazy.predict(X), expected.predict(X))
        assert_allclose(lazy.predict_proba(X), expected.predict_proba(X))


class TestWrongRows:
    @pytest.fixture
    def begun(self, lazy: Any, problem: Any) -> Any:
        Y = pd.DataFrame(problem.Y[:60], columns=list("abcde"))
        return lazy.partial_fit(problem.X[:60], Y)

    @pytest.mark.parametrize(
        ("columns", "match"),
        [
            (list("abcdf"), "Lacking: 'e'; new: 'f'"),
            (list("abcd"), "Lacking: 'e'; new: none"),
            (list("abcdef"), "Lacking: none; new: 'f'"),
            (list("bacde"), r"expected 'a', 'b', 'c', 'd', 'e', in this order"),
        ],
    )
    def test_other_labels(
        self, begun: Any, problem: Any, columns: list[str], match: str
    ) -> None:
        before = begun.predict_proba(problem.X)
        Y = pd.DataFrame(np.zeros((30, len(columns)), int), columns=columns)
        with pytest.raises(LabelNameError, match=match):
            begun.partial_fit(problem.X[60:], Y)
        # Nothing has changed.
        assert_array_equal(begun.predict_proba(problem.X), before)
        assert begun.n_labels_ == 5

    def test_another_number_of_labels(self, begun: Any, problem: Any) -> None:
        with pytest.raises(ShapeError, match="Y has 4 labels; the rows before had 5"):
            begun.partial_fit(problem.X[60:], problem.Y[60:, :4])

    def test_a_vector_after_a_matrix_and_the_other_way_round(
        self, begun: Any, problem: Any
    ) -> None:
        with pytest.raises(ShapeError, match="vector of classes, and the rows before"):
            begun.partial_fit(problem.X[60:], problem.Y[60:, 0])
        vector = clone(begun).partial_fit(problem.X, problem.Y.sum(axis=1) > 1)
        with pytest.raises(ShapeError, match="5 labels.*had a vector of classes"):
            vector.partial_fit(problem.X, problem.Y)

    def test_a_new_class(self, lazy: Any, problem: Any) -> None:
        y = np.where(problem.Y[:, 0] == 1, "yes", "no")
        lazy.partial_fit(problem.X, y)
        with pytest.raises(
            LabelNameError, match=r"'maybe'\. Name all.*first partial_fit"
        ):
            lazy.partial_fit(problem.X[:2], ["yes", "maybe"])
        with pytest.raises(LabelNameError, match="'yes'"):
            clone(lazy).partial_fit(problem.X, y, classes=["no", "maybe"])

    def test_other_features(self, begun: Any, problem: Any) -> None:
        with pytest.raises(ValueError, match="7 features.*expecting 8"):
            begun.partial_fit(problem.X[60:, :7], problem.Y[60:])

    def test_another_number_of_rows(self, begun: Any, problem: Any) -> None:
        with pytest.raises(ShapeError, match="X has 30 rows and Y has 29"):
            begun.partial_fit(problem.X[60:], problem.Y[61:])

    def test_unknown_labels(self, begun: Any, problem: Any) -> None:
        Y = problem.Y[60:].astype(float)
        Y[3, 1] = np.nan
        for learn in (begun.partial_fit, clone(begun).partial_fit, clone(begun).fit):
            with pytest.raises(MissingLabelsError, match="first: row 3"):
                learn(problem.X[60:], Y)


class TestRows:
    def test_have_no_weights(self, lazy: Any, problem: Any) -> None:
        assert not has_fit_parameter(lazy, "sample_weight")
        with pytest.raises(TypeError, match="sample_weight"):
            lazy.fit(problem.X, problem.Y, sample_weight=np.ones(90))

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_arguments_are_not_modified(
        self, lazy: Any, problem: Any, layout: Any
    ) -> None:
        X, Y = layout(problem.X.copy()), layout(problem.Y.copy())
        before = pickle.dumps([X, Y])
        lazy.fit(X, Y).predict_proba(X)
        lazy.partial_fit(X, Y).predict(X)
        assert pickle.dumps([X, Y]) == before

    def test_are_kept_and_not_copied(self, lazy: Any, problem: Any) -> None:
        lazy.fit(problem.X, problem.Y)
        assert np.shares_memory(lazy._search.X, problem.X)

    def test_narrower_numbers(self, lazy: Any, problem: Any) -> None:
        X = problem.X.astype(np.float32)
        lazy.fit(X[:50], problem.Y[:50]).partial_fit(problem.X[50:], problem.Y[50:])
        assert lazy._search.X.dtype == np.float64
        assert_array_equal(lazy._search.X[50:], problem.X[50:])

    def test_neighbours_are_fewer_where_rows_are(self, lazy: Any, problem: Any) -> None:
        lazy.set_params(n_neighbors=50)
        lazy.fit(problem.X[:20], problem.Y[:20])
        itself = isinstance(lazy, BRkNN)
        assert lazy.n_neighbors_ == (20 if itself else 19)

    def test_jobs_change_nothing(self, lazy: Any, problem: Any) -> None:
        first = clone(lazy).fit(problem.X, problem.Y).predict_proba(problem.X)
        lazy.set_params(n_jobs=2).fit(problem.X, problem.Y)
        assert_array_equal(lazy.predict_proba(problem.X), first)

    def test_sparse_answers_come_in_blocks(
        self, lazy: Any, problem: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lazy.fit(problem.X, sp.csr_array(problem.Y))
        whole = lazy.predict(problem.X)
        monkeypatch.setattr("mlkit.models.neighbours._BLOCK_NUMBERS", 35)
        assert_array_equal(lazy.predict(problem.X).toarray(), whole.toarray())

    @pytest.mark.parametrize(
        ("value", "error", "match"),
        [
            (0, OptionError, "n_neighbors must be at least 1, got 0"),
            (2.5, TypeError, "n_neighbors must be an integer, got 2.5"),
        ],
    )
    def test_number_of_neighbours(
        self, lazy: Any, problem: Any, value: Any, error: type, match: str
    ) -> None:
        with pytest.raises(error, match=match):
            lazy.set_params(n_neighbors=value).fit(problem.X, problem.Y)

    def test_grid_search(self, lazy: Any, problem: Any) -> None:
        search = GridSearchCV(lazy, {"n_neighbors": [3, 7]}, cv=3).fit(
            problem.X, problem.Y
        )
        assert search.best_estimator_.n_neighbors_ in (3, 7)
