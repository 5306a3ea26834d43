from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import NearestNeighbors

from mlkit.models.neighbours import RowSearch, count_labels, row_blocks

SEARCHES = {
    "tree": lambda X: X,
    # Sixteen features are too many for a tree; constant ones change no distance.
    "table": lambda X: np.hstack([X, np.zeros((len(X), 16))]),
    "sparse": sp.csr_array,
}


@pytest.fixture(params=SEARCHES.values(), ids=SEARCHES.keys())
def laid_out(request: pytest.FixtureRequest) -> Any:
    """Rows of a few whole numbers, as each way of searching takes them."""
    return request.param


def by_definition(
    X: np.ndarray, queries: np.ndarray, k: int, own: np.ndarray | None = None
) -> np.ndarray:
    """All distances, sorted by distance and row; rows in their order."""
    squared = ((queries[:, np.newaxis] - X) ** 2).sum(axis=2)
    if own is not None:
        squared[np.arange(len(own)), own] = np.inf
    return np.sort(np.argsort(squared, axis=1, kind="stable")[:, :k], axis=1)


def found(answer: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.sort(answer[0], axis=1)


class TestNearest:
    @given(
        arrays(np.float64, (12, 2), elements=st.integers(0, 2)),
        arrays(np.float64, (5, 2), elements=st.integers(0, 2)),
        st.integers(1, 12),
    )
    @settings(max_examples=60, deadline=None)
    def test_ties_go_to_the_first_rows(
        self, X: np.ndarray, queries: np.ndarray, k: int
    ) -> None:
        expected = by_definition(X, queries, k)
        for layout in SEARCHES.values():
            answer = RowSearch(layout(X)).nearest(layout(queries), k)
            assert_array_equal(found(answer), expected)

    @given(arrays(np.float64, (12, 2), elements=st.integers(0, 2)), st.integers(1, 11))
    @settings(max_examples=60, deadline=None)
    def test_a_row_is_not_its_own_neighbour_and_a_copy_may_be(
        self, X: np.ndarray, k: int
    ) -> None:
        expected = by_definition(X, X, k, own=np.arange(12))
        for layout in SEARCHES.values():
            answer = RowSearch(layout(X)).among_themselves(k)
            assert_array_equal(found(answer), expected)

    def test_more_copies_than_neighbours(self, laid_out: Any) -> None:
        # The row itself is not among the first that a tree finds.
        X = laid_out(np.ones((40, 2)))
        answer = found(RowSearch(X).among_themselves(2))
        assert_array_equal(answer[0], [1, 2])
        assert_array_equal(answer[1], [0, 2])
        assert_array_equal(answer[2:], [[0, 1]] * 38)

    def test_an_answer_depends_on_its_row_alone(self, laid_out: Any) -> None:
        # NearestNeighbors answers otherwise here, and changes with the company.
        rng = np.random.default_rng(0)
        X = laid_out(rng.integers(0, 2, (2000, 12)).astype(np.float64))
        search = RowSearch(X)
        whole = found(search.nearest(X, 10))
        assert_array_equal(found(search.nearest(X[:7], 10)), whole[:7])
        assert_array_equal(found(search.nearest(X[1990:1991], 10)), whole[1990:1991])

    @pytest.mark.parametrize("n_features", [3, 40])
    def test_scikit_learn_where_nothing_ties(self, n_features: int) -> None:
        rng = np.random.default_rng(1)
        X, queries = (
            rng.normal(size=(300, n_features)),
            rng.normal(size=(50, n_features)),
        )
        distances, rows = NearestNeighbors(n_neighbors=9).fit(X).kneighbors(queries)
        answer = RowSearch(X).nearest(queries, 9)
        assert_array_equal(found(answer), np.sort(rows, axis=1))
        assert_allclose(np.sort(answer[1], axis=1), distances**2, rtol=1e-9)

    def test_copies_far_from_the_origin_tie(self) -> None:
        # Their products differ in the last digits, and so do their distances.
        rng = np.random.default_rng(2)
        point = rng.normal(size=(1, 30)) + 1000
        X = np.vstack([rng.normal(size=(50, 30)) - 1000, point.repeat(40, axis=0)])
        queries = point + rng.normal(size=(20, 30))
        assert_array_equal(found(RowSearch(X).nearest(queries, 3)), [[50, 51, 52]] * 20)

    @pytest.mark.parametrize("n_features", [2, 20])
    def test_far_from_the_origin_distances_keep_their_digits(
        self, n_features: int
    ) -> None:
        # Seconds since 1970: their squares have 19 digits, and a float has 16.
        rng = np.random.default_rng(4)
        X = rng.normal(size=(200, n_features))
        X[:, 0] = 1.7e9 + rng.normal(size=200)
        search = RowSearch(X)
        assert_array_equal(
            found(search.among_themselves(5)), by_definition(X, X, 5, np.arange(200))
        )
        assert search.X is X

    def test_blocks_and_jobs_change_nothing(
        self, laid_out: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rng = np.random.default_rng(3)
        X = laid_out(rng.integers(0, 4, (60, 3)).astype(np.float64))
        whole = found(RowSearch(X).among_themselves(4))
        monkeypatch.setattr("mlkit.models.neighbours._BLOCK_NUMBERS", 150)
        assert_array_equal(found(RowSearch(X).among_themselves(4)), whole)
        assert_array_equal(found(RowSearch(X, n_jobs=2).among_themselves(4)), whole)

    def test_no_neighbours_and_all_of_them(self, laid_out: Any) -> None:
        X = laid_out(np.arange(6.0).reshape(3, 2))
        search = RowSearch(X)
        assert [part.shape for part in search.nearest(X, 0)] == [(3, 0), (3, 0)]
        assert_array_equal(found(search.nearest(X, 3)), [[0, 1, 2]] * 3)
        assert_array_equal(found(search.among_themselves(2)), [[1, 2], [0, 2], [0, 1]])


class TestMoreRows:
    @given(
        arrays(np.float64, (14, 2), elements=st.integers(0, 3)),
        st.integers(1, 5),
        st.integers(6, 13),
    )
    @settings(max_examples=60, deadline=None)
    def test_as_if_searched_anew(self, X: np.ndarray, k: int, n_old: int) -> None:
        for layout in SEARCHES.values():
            rows = layout(X)
            before = RowSearch(rows[:n_old]).among_themselves(k)
            search = RowSearch(rows)
            after, anew = (
                search.among_themselves_after(before),
                search.among_themselves(k),
            )
            assert_array_equal(found(after), found(anew))
            assert_allclose(
                np.sort(after[1], axis=1), np.sort(anew[1], axis=1), atol=1e-12
            )


class TestCounts:
    def test_by_hand(self) -> None:
        labels = sp.csr_array(np.array([[1, 0, 1], [0, 0, 1], [1, 0, 0]], np.int8))
        counts = count_labels(np.array([[0, 1], [2, 1], [0, 2]]), labels)
        assert_array_equal(counts.toarray(), [[1, 0, 2], [1, 0, 1], [2, 0, 1]])

    def test_many_neighbours_do_not_overflow(self) -> None:
        labels = sp.csr_array(np.ones((300, 2), np.int8))
        counts = count_labels(np.arange(300)[np.newaxis], labels)
        assert_array_equal(counts.toarray(), [[300, 300]])

    def test_small_indices(self) -> None:
        # scikit-learn's trees refuse sparse features with others.
        labels = sp.csr_array(np.ones((3, 2), np.int8))
        counts = count_labels(np.array([[0, 2]], dtype=np.int64), labels)
        assert counts.indices.dtype == np.int32
        assert counts.indptr.dtype == np.int32


def test_row_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlkit.models.neighbours._BLOCK_NUMBERS", 10)
    assert list(row_blocks(5, 4)) == [slice(0, 2), slice(2, 4), slice(4, 6)]
    # A row at least, however long it is; and nothing of nothing.
    assert list(row_blocks(2, 99)) == [slice(0, 1), slice(1, 2)]
    assert list(row_blocks(0, 4)) == []
