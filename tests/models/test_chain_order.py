from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse.csgraph import minimum_spanning_tree
from sklearn.metrics import mutual_info_score

from mlkit.datasets import make_logic
from mlkit.exceptions import LabelNameError, TooManyLabelsError, UnknownNameError
from mlkit.models import chain_order
from mlkit.models.chain_order import dependence_order, resolve_order
from mlkit.validation import check_indicator


def random_labels(seed: int, n_samples: int = 200, n_labels: int = 6) -> np.ndarray:
    """Draw labels that depend on each other, no two pairs of them equally."""
    rng = np.random.default_rng(seed)
    cause = rng.normal(size=(n_samples, 3)) @ rng.normal(size=(3, n_labels))
    return (cause + rng.normal(size=cause.shape) > rng.normal(size=n_labels)).astype(
        int
    )


def mutual_information(Y: np.ndarray) -> np.ndarray:
    """Compute by scikit-learn, in nats, with 0 on the diagonal."""
    table = np.array([[mutual_info_score(a, b) for a in Y.T] for b in Y.T])
    np.fill_diagonal(table, 0.0)
    return table


def order_of(Y: Any, **options: Any) -> np.ndarray:
    return dependence_order(check_indicator(Y), **options)


class TestDependenceOrder:
    def test_by_hand(self) -> None:
        # c equals d. a differs from them in one row of eight, b from a in another one,
        # so that b knows less of c and d. The sums favour c and d, and c stands first.
        a = [0, 0, 0, 0, 1, 1, 1, 1]
        b = [1, 0, 0, 0, 1, 1, 1, 1]
        c = [0, 0, 0, 0, 1, 1, 1, 0]
        Y = np.column_stack([a, b, c, c])
        assert_array_equal(order_of(Y), [2, 3, 0, 1])

    @pytest.mark.parametrize("seed", range(5))
    def test_first_is_the_label_with_most_mutual_information(self, seed: int) -> None:
        Y = random_labels(seed)
        assert order_of(Y)[0] == mutual_information(Y).sum(axis=0).argmax()

    @pytest.mark.parametrize("seed", range(5))
    def test_every_parent_in_the_spanning_tree_stands_before(self, seed: int) -> None:
        Y = random_labels(seed)
        gain, order = mutual_information(Y), order_of(Y)
        reached = [
            gain[label, order[:place]].max() for place, label in enumerate(order[1:], 1)
        ]
        # A walk that always takes the best edge to a new label takes those of the tree.
        greatest = -minimum_spanning_tree(sp.csr_array(-gain)).sum()
        assert_allclose(sum(reached), greatest)

    @pytest.mark.parametrize("seed", range(3))
    def test_columns_in_another_order(self, seed: int) -> None:
        Y = random_labels(seed)
        moved = np.array([4, 2, 0, 5, 1, 3])
        assert_array_equal(moved[order_of(Y[:, moved])], order_of(Y))

    def test_sparse_as_dense(self) -> None:
        Y = random_labels(0)
        weights = np.linspace(1, 2, len(Y))
        for options in ({}, {"sample_weight": weights}):
            assert_array_equal(
                order_of(sp.csr_array(Y), **options), order_of(Y, **options)
            )

    @pytest.mark.parametrize("seed", range(3))
    def test_weights_as_repeated_rows(self, seed: int) -> None:
        Y = random_labels(seed, n_samples=40)
        weights = np.arange(40) % 3
        repeated = order_of(Y.repeat(weights, axis=0))
        assert_array_equal(order_of(Y, sample_weight=weights), repeated)
        # Only their ratios count.
        assert_array_equal(order_of(Y, sample_weight=weights / 7), repeated)

    def test_weights_that_are_no_whole_numbers_leave_empty_cells_empty(self) -> None:
        # The first label implies the second, which is always there.
        rng = np.random.default_rng(0)
        for _ in range(50):
            first = rng.integers(0, 2, 60)
            Y = np.column_stack(
                [first, np.ones(60, int), first | rng.integers(0, 2, 60)]
            )
            gain = chain_order._mutual_information(check_indicator(Y), rng.random(60))
            assert np.isfinite(gain).all()
            assert_array_equal(gain[1], [0, 0, 0])

    def test_constants_come_last_and_equals_in_column_order(self) -> None:
        Y = np.zeros((4, 5), int)
        Y[:, 1] = 1
        Y[:2, [2, 4]] = 1
        assert_array_equal(order_of(Y), [2, 4, 0, 1, 3])

    def test_independent_labels_stay_as_they_are(self) -> None:
        assert_array_equal(order_of([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1])

    def test_one_label(self) -> None:
        assert_array_equal(order_of([[0], [1]]), [0])

    def test_of_two_bits_it_begins_with_the_hardest(self) -> None:
        # Why it is no cure: what depends most is not what is predicted best.
        Y = make_logic(400, random_state=0).Y
        assert Y.columns[order_of(Y)[0]] == "xor"

    def test_too_many_labels(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(chain_order, "_MOST_LABELS", 5)
        with pytest.raises(
            TooManyLabelsError, match="at most 5 labels, and there are 6"
        ):
            order_of(random_labels(0))


class TestResolveOrder:
    labels = check_indicator([[0, 1, 0]], label_names=["a", "b", "c"])

    def resolve(self, order: Any, rng: Any = None) -> list[int]:
        return resolve_order(order, self.labels, rng).tolist()

    def test_forms(self) -> None:
        assert self.resolve(None) == [0, 1, 2]
        assert self.resolve(["c", 0, "b"]) == [2, 0, 1]
        assert self.resolve(np.array([1, 2, 0])) == [1, 2, 0]
        assert self.resolve("dependence") == [0, 1, 2]

    def test_random_order_comes_from_the_generator(self) -> None:
        first = self.resolve("random", np.random.RandomState(3))
        assert first == np.random.RandomState(3).permutation(3).tolist()

    def test_wrong_ones(self) -> None:
        with pytest.raises(
            ValueError, match="'random', 'dependence', or .*; got 'any'"
        ):
            self.resolve("any")
        with pytest.raises(LabelNameError, match="got 2 entries. It lacks 'c'"):
            self.resolve(["a", "b"])
        with pytest.raises(LabelNameError, match="order holds 3; expected"):
            self.resolve([0, 1, 3])
        with pytest.raises(UnknownNameError, match="Unknown label 'd'"):
            self.resolve(["a", "b", "d"])
