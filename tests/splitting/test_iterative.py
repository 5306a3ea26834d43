import os
import subprocess
import sys
import tracemalloc
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from iterstrat.ml_stratifiers import MultilabelStratifiedKFold
from sklearn.base import clone
from sklearn.model_selection import (
    BaseCrossValidator,
    GridSearchCV,
    KFold,
    check_cv,
    cross_val_score,
)
from sklearn.neighbors import KNeighborsClassifier

from mlkit.exceptions import IndicatorError, ShapeError, SplitError
from mlkit.splitting import (
    IterativeStratification,
    RepeatedIterativeStratification,
    label_distribution_error,
    missing_label_folds,
)
from mlkit.validation import check_indicator

RNG = np.random.default_rng(5)
Y = (RNG.random((120, 7)) < [0.5, 0.4, 0.3, 0.2, 0.1, 0.1, 0.05]).astype(int)
X = RNG.random((120, 3))

matrices = st.tuples(st.integers(4, 30), st.integers(1, 6)).flatmap(
    lambda shape: npst.arrays(np.int8, shape, elements=st.integers(0, 1))
)


def parts_to_test(cv, labels):
    return [test.tolist() for _, test in cv.split(labels, labels)]


def fixed_folds(labels, n_splits=2):
    return parts_to_test(IterativeStratification(n_splits, shuffle=False), labels)


def by_the_paper(labels, n_splits):
    """Algorithm 1 step by step, rows in order, ties to the first; exact fractions."""
    n_samples, n_labels = labels.shape
    share = Fraction(1, n_splits)
    wants_rows = [n_samples * share] * n_splits
    wants = [[int(c) * share for c in labels.sum(axis=0)] for _ in range(n_splits)]
    fold_of, left = {}, list(range(n_samples))
    while left:
        counts = [sum(int(labels[i, j]) for i in left) for j in range(n_labels)]
        present = [j for j in range(n_labels) if counts[j]]
        label = min(present, key=lambda j: counts[j]) if present else None
        for row in [i for i in left if label is None or labels[i, label]]:
            fold = max(
                range(n_splits),
                key=lambda f: (
                    wants[f][label] if label is not None else 0,
                    wants_rows[f],
                    -f,
                ),
            )
            fold_of[row] = fold
            left.remove(row)
            wants_rows[fold] -= 1
            for j in np.flatnonzero(labels[row]):
                wants[fold][j] -= 1
    return [[i for i in range(n_samples) if fold_of[i] == f] for f in range(n_splits)]


class TestProcedureByHand:
    def test_equal_label_sets_are_dealt_out_in_turn(self):
        labels = [[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [1, 1]]
        assert fixed_folds(labels) == [[0, 2, 4], [1, 3, 5]]

    def test_the_rarest_label_goes_first(self):
        # Dealing out the first label first would put both rows of the second label,
        # 0 and 2, into the first fold.
        assert fixed_folds([[1, 1], [1, 0], [1, 1], [1, 0]]) == [[0, 1], [2, 3]]

    def test_tied_folds_are_told_apart_by_their_rows(self):
        # Both folds want label 1 equally; the first has a row already.
        assert fixed_folds([[1, 0], [0, 1]]) == [[0], [1]]

    def test_rows_without_labels_fill_the_folds_up(self):
        assert fixed_folds([[1], [1], [1], [0]]) == [[0, 2], [1, 3]]

    def test_rows_without_any_label_are_dealt_out(self):
        assert fixed_folds(np.zeros((5, 3))) == [[0, 2, 4], [1, 3]]

    def test_no_label_columns_is_like_no_labels(self):
        assert fixed_folds(np.zeros((4, 0))) == [[0, 2], [1, 3]]

    def test_a_label_in_every_row(self):
        assert fixed_folds(np.ones((5, 1))) == [[0, 2, 4], [1, 3]]

    @settings(max_examples=60)
    @given(labels=matrices, n_splits=st.integers(2, 4))
    def test_agrees_with_the_paper_step_by_step(self, labels, n_splits):
        assert fixed_folds(labels, n_splits) == by_the_paper(labels, n_splits)


class TestFolds:
    @settings(max_examples=60)
    @given(labels=matrices, n_splits=st.integers(2, 4), seed=st.integers(0, 99))
    def test_every_row_is_tested_once_and_no_fold_is_empty(
        self, labels, n_splits, seed
    ):
        cv = IterativeStratification(n_splits, random_state=seed)
        tests = []
        for train, test in cv.split(labels, labels):
            assert np.all(np.diff(test) > 0)
            assert np.all(np.diff(train) > 0)
            both = np.concatenate([train, test])
            assert sorted(both.tolist()) == list(range(len(labels)))
            assert len(test) > 0
            tests.extend(test.tolist())
        assert sorted(tests) == list(range(len(labels)))

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("n_splits", [2, 3, 5])
    def test_sizes_and_labels_are_even(self, seed, n_splits):
        cv = IterativeStratification(n_splits, random_state=seed)
        tests = parts_to_test(cv, Y)
        sizes = [len(test) for test in tests]
        assert max(sizes) - min(sizes) <= 0.15 * len(Y) / n_splits + 2
        shares = np.array([Y[test].sum(axis=0) for test in tests])
        # The rarest label is spread as evenly as can be, the others within a few.
        assert np.ptp(shares[:, Y.sum(axis=0).argmin()]) <= 1
        assert np.ptp(shares, axis=0).max() <= 5

    @pytest.mark.parametrize("seed", range(5))
    def test_frequent_enough_labels_are_in_every_fold(self, seed):
        counts = Y.sum(axis=0)
        frequent = Y[:, counts >= 5]
        assert frequent.shape[1] >= 6
        folds = list(IterativeStratification(5, random_state=seed).split(X, Y))
        assert missing_label_folds(frequent, folds) == 0

    def test_rarer_labels_reach_as_many_folds_as_they_have_rows(self):
        labels = np.zeros((50, 2), dtype=int)
        labels[:3, 0] = 1
        labels[10:, 1] = 1
        folds = list(IterativeStratification(5, random_state=0).split(labels, labels))
        assert missing_label_folds(labels, folds) == 2

    def test_more_even_than_plain_folds(self):
        ours = [
            label_distribution_error(
                Y, IterativeStratification(5, random_state=seed).split(X, Y)
            )
            for seed in range(5)
        ]
        plain = [
            label_distribution_error(
                Y, KFold(5, shuffle=True, random_state=seed).split(X)
            )
            for seed in range(5)
        ]
        assert np.mean(ours) < 0.5 * np.mean(plain)


class TestContainers:
    @pytest.mark.parametrize(
        "container",
        [sp.csr_array, sp.csc_array, sp.csr_matrix, pd.DataFrame, np.ndarray.tolist],
    )
    def test_folds_do_not_depend_on_the_container(self, container):
        cv = IterativeStratification(4, random_state=1)
        ours = [test.tolist() for _, test in cv.split(X, container(Y))]
        assert ours == parts_to_test(cv, Y)

    def test_row_names_do_not_matter(self):
        frame = pd.DataFrame(Y, index=[f"row {i}" for i in reversed(range(120))])
        cv = IterativeStratification(3, random_state=0)
        assert parts_to_test(cv, frame) == parts_to_test(cv, Y)

    @pytest.mark.parametrize("classes", [[0, 1, 2], ["a", "b", "c"]])
    def test_one_dimensional_y_is_stratified_by_class(self, classes):
        y = np.repeat(classes, [10, 20, 30])
        for _, test in IterativeStratification(5, random_state=0).split(y, y):
            assert np.unique(y[test], return_counts=True)[1].tolist() == [2, 4, 6]

    def test_a_series_is_one_dimensional(self):
        y = pd.Series([0, 1] * 6, index=list("abcdefghijkl"))
        for _, test in IterativeStratification(3, random_state=0).split(y, y):
            assert y.iloc[test].sum() == 2

    def test_x_may_be_absent_or_sparse(self):
        cv = IterativeStratification(3, random_state=0)
        absent = [test.tolist() for _, test in cv.split(None, Y)]
        sparse = [test.tolist() for _, test in cv.split(sp.csr_array(X), Y)]
        assert absent == sparse == parts_to_test(cv, Y)

    def test_arguments_are_not_modified(self):
        labels, dense = sp.csr_array(Y), Y.copy()
        dense.flags.writeable = False
        # So does a dataset hand its sparse labels out: behind read-only buffers.
        for buffer in (labels.data, labels.indices, labels.indptr):
            buffer.flags.writeable = False
        list(IterativeStratification(3).split(X, labels))
        list(IterativeStratification(3).split(X, dense))
        assert (labels != sp.csr_array(Y)).nnz == 0

    def test_sparse_labels_are_not_made_dense(self):
        rng = np.random.default_rng(0)
        columns = rng.integers(0, 200, size=4000)
        labels = sp.csr_array(
            (np.ones(4000, dtype=np.int8), (np.arange(4000), columns * 100)),
            shape=(4000, 20_000),
        )
        tracemalloc.start()
        list(IterativeStratification(2, random_state=0).split(labels, labels))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4000 * 20_000 / 10


class TestRandomness:
    def test_a_seed_gives_the_same_folds_at_every_call(self):
        cv = IterativeStratification(5, random_state=3)
        assert parts_to_test(cv, Y) == parts_to_test(cv, Y)
        assert parts_to_test(cv, Y) == parts_to_test(clone(cv, safe=False), Y)

    def test_other_seeds_give_other_folds(self):
        folds = [
            parts_to_test(IterativeStratification(5, random_state=s), Y) for s in (0, 1)
        ]
        assert folds[0] != folds[1]

    def test_a_generator_moves_on(self):
        cv = IterativeStratification(5, random_state=np.random.RandomState(0))
        assert parts_to_test(cv, Y) != parts_to_test(cv, Y)

    def test_the_global_generator_is_used_only_without_a_seed(self):
        np.random.seed(0)  # noqa: NPY002
        before = np.random.get_state()[1].tolist()  # noqa: NPY002
        parts_to_test(IterativeStratification(5, random_state=0), Y)
        parts_to_test(IterativeStratification(5, shuffle=False), Y)
        assert np.random.get_state()[1].tolist() == before  # noqa: NPY002

    def test_the_same_in_another_process_whatever_the_hash_seed(self):
        code = (
            "from mlkit.splitting import IterativeStratification as S\n"
            "Y = [[i % 2, i % 3 == 0, i % 5 == 0] for i in range(30)]\n"
            "t = [t.tolist() for _, t in S(3, random_state=7).split(Y, Y)]\n"
        )
        scope = {}
        exec(code, scope)
        out = subprocess.run(
            [sys.executable, "-c", f"{code}print(t)"],
            env={**os.environ, "PYTHONHASHSEED": "12345"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert out.stdout.strip() == str(scope["t"])

    def test_ties_are_broken_over_all_folds(self):
        first = {
            parts_to_test(IterativeStratification(3, random_state=seed), np.eye(3))[0][
                0
            ]
            for seed in range(20)
        }
        assert first == {0, 1, 2}


class TestAsCrossValidator:
    @pytest.mark.parametrize(
        "cv",
        [
            IterativeStratification(3, random_state=0),
            RepeatedIterativeStratification(3, n_repeats=2, random_state=0),
        ],
    )
    def test_scikit_learn_takes_it(self, cv):
        assert isinstance(cv, BaseCrossValidator)
        assert check_cv(cv) is cv
        knn = KNeighborsClassifier()
        scores = cross_val_score(knn, X, Y, cv=cv)
        assert len(scores) == cv.get_n_splits(X, Y)
        search = GridSearchCV(knn, {"n_neighbors": [1, 3]}, cv=cv).fit(X, Y)
        assert search.n_splits_ == cv.get_n_splits()

    def test_repr_shows_all_parameters(self):
        assert repr(IterativeStratification(3, random_state=1)) == (
            "IterativeStratification(n_splits=3, random_state=1, shuffle=True)"
        )
        assert repr(RepeatedIterativeStratification(3, n_repeats=4)) == (
            "RepeatedIterativeStratification(n_repeats=4, n_splits=3, "
            "random_state=None)"
        )

    def test_defaults(self):
        assert IterativeStratification().get_n_splits() == 5
        assert RepeatedIterativeStratification().get_n_splits() == 10


class TestRepeated:
    def test_each_repetition_tests_every_row_once(self):
        cv = RepeatedIterativeStratification(4, n_repeats=3, random_state=0)
        tests = parts_to_test(cv, Y)
        assert len(tests) == 12
        for start in (0, 4, 8):
            rows = sum(tests[start : start + 4], [])
            assert sorted(rows) == list(range(len(Y)))

    def test_repetitions_differ(self):
        cv = RepeatedIterativeStratification(2, n_repeats=3, random_state=0)
        tests = parts_to_test(cv, Y)
        assert len({tuple(test) for test in tests}) == 6

    def test_more_repetitions_keep_the_first_ones(self):
        few = RepeatedIterativeStratification(2, n_repeats=2, random_state=9)
        many = RepeatedIterativeStratification(2, n_repeats=5, random_state=9)
        assert parts_to_test(many, Y)[:4] == parts_to_test(few, Y)

    def test_a_seed_gives_the_same_folds_at_every_call(self):
        cv = RepeatedIterativeStratification(2, random_state=4)
        assert parts_to_test(cv, Y) == parts_to_test(cv, Y)


class TestBadInput:
    @pytest.mark.parametrize("n_splits", [2.0, "5", None])
    @pytest.mark.parametrize(
        "splitter", [IterativeStratification, RepeatedIterativeStratification]
    )
    def test_number_of_folds_must_be_an_integer(self, splitter, n_splits):
        with pytest.raises(TypeError, match="n_splits must be an integer"):
            splitter(n_splits)

    @pytest.mark.parametrize("n_splits", [1, 0, -3])
    def test_at_least_two_folds(self, n_splits):
        with pytest.raises(SplitError, match=f"at least 2, got {n_splits}"):
            IterativeStratification(n_splits)

    def test_at_least_one_repetition(self):
        with pytest.raises(SplitError, match="n_repeats must be at least 1, got 0"):
            RepeatedIterativeStratification(n_repeats=0)

    def test_a_seed_without_shuffle_is_a_contradiction(self):
        with pytest.raises(SplitError, match="does nothing with shuffle=False"):
            IterativeStratification(5, shuffle=False, random_state=0)

    def test_more_folds_than_rows(self):
        with pytest.raises(SplitError, match=r"5 folds out of 4 rows.*n_splits=4"):
            next(IterativeStratification(5).split(np.eye(4), np.eye(4)))

    def test_labels_are_needed(self):
        with pytest.raises(IndicatorError, match=r"Y is missing.*split\(X, Y\)"):
            next(IterativeStratification(2).split(X))

    def test_rows_must_agree(self):
        with pytest.raises(ShapeError, match="X has 119 rows and Y has 120"):
            next(IterativeStratification(2).split(X[1:], Y))

    def test_a_matrix_of_classes_is_refused(self):
        with pytest.raises(IndicatorError, match="outside"):
            next(IterativeStratification(2).split(X, Y * 3))

    def test_a_target_to_be_regressed_is_refused(self):
        with pytest.raises(IndicatorError, match=r"continuous target.*KFold"):
            next(IterativeStratification(2).split(X, X[:, 0]))


@pytest.fixture(scope="module", params=["yeast", "enron"])
def real_folds(request, mulan_folder):
    """A real label matrix, and its folds by three splitters at twenty seeds."""
    from mlkit.datasets import read

    data = read(mulan_folder / request.param / f"{request.param}.arff")
    labels = check_indicator(data.Y).toarray()
    splitters = {
        "ours": lambda seed: IterativeStratification(10, random_state=seed),
        "peer": lambda seed: MultilabelStratifiedKFold(
            10, shuffle=True, random_state=seed
        ),
        "plain": lambda seed: KFold(10, shuffle=True, random_state=seed),
    }
    # The error differs between seeds by a quarter; the mean of 20 by a twentieth.
    return labels, {
        name: [list(make(seed).split(labels, labels)) for seed in range(20)]
        for name, make in splitters.items()
    }


@pytest.mark.data
class TestRealLabels:
    def test_labels_are_as_even_as_the_peer_makes_them(self, real_folds):
        labels, by_splitter = real_folds
        errors = {
            name: np.mean([label_distribution_error(labels, f) for f in repeats])
            for name, repeats in by_splitter.items()
        }
        assert errors["ours"] <= 1.05 * errors["peer"]
        assert errors["ours"] < 0.6 * errors["plain"]

    def test_labels_miss_no_more_folds_than_with_the_peer(self, real_folds):
        labels, by_splitter = real_folds
        missing = {
            name: np.mean([missing_label_folds(labels, f) for f in repeats])
            for name, repeats in by_splitter.items()
        }
        counts = labels.sum(axis=0)
        least = np.maximum(10 - counts, 0).sum()
        assert least <= missing["ours"] <= max(missing["peer"], least) + 0.5
