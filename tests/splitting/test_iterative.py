import os
import subprocess
import sys
import tracemalloc
import warnings

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
    GroupKFold,
    KFold,
    check_cv,
    cross_val_score,
    cross_validate,
)
from sklearn.neighbors import KNeighborsClassifier

from mlkit.exceptions import (
    IndicatorError,
    RareLabelWarning,
    ShapeError,
    SplitError,
)
from mlkit.splitting import (
    IterativeStratification,
    RepeatedIterativeStratification,
    label_distribution_error,
    label_pair_distribution_error,
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


def quietly(function, *args):
    """Call where a label that cannot be spread is not the point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RareLabelWarning)
        return function(*args)


def fixed_folds(labels, n_splits=2):
    return parts_to_test(IterativeStratification(n_splits, shuffle=False), labels)


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


class TestFolds:
    @settings(max_examples=60)
    @given(labels=matrices, n_splits=st.integers(2, 4), seed=st.integers(0, 99))
    def test_every_row_is_tested_once_and_no_fold_is_empty(
        self, labels, n_splits, seed
    ):
        cv = IterativeStratification(n_splits, random_state=seed)
        tests = []
        for train, test in quietly(list, cv.split(labels, labels)):
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
        tests = parts_to_test(IterativeStratification(n_splits, random_state=seed), Y)
        assert np.ptp([len(test) for test in tests]) <= 1
        shares = np.array([Y[test].sum(axis=0) for test in tests])
        assert np.ptp(shares, axis=0).max() <= 2

    @settings(max_examples=60)
    @given(labels=matrices, n_splits=st.integers(2, 4), seed=st.integers(0, 99))
    def test_sizes_differ_by_one_row_at_most_and_larger_folds_come_first(
        self, labels, n_splits, seed
    ):
        cv = IterativeStratification(n_splits, random_state=seed)
        sizes = [len(test) for test in quietly(parts_to_test, cv, labels)]
        assert sizes == [len(test) for _, test in KFold(n_splits).split(labels)]

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

    @pytest.mark.parametrize("order", [1, 2])
    def test_the_same_in_another_process_whatever_the_hash_seed(self, order):
        code = (
            "from mlkit.splitting import IterativeStratification as S\n"
            "Y = [[i % 2, i % 3 == 0, i % 5 == 0] for i in range(30)]\n"
            "groups = [f'g{i // 2}' for i in range(30)]\n"
            f"cv = S(3, order={order}, random_state=7)\n"
            "t = [t.tolist() for g in (None, groups) for _, t in cv.split(Y, Y, g)]\n"
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
            IterativeStratification(3, order=2, random_state=0),
            RepeatedIterativeStratification(3, n_repeats=2, order=2, random_state=0),
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
            "IterativeStratification(n_splits=3, order=1, random_state=1, shuffle=True)"
        )
        assert repr(RepeatedIterativeStratification(3, n_repeats=4)) == (
            "RepeatedIterativeStratification(n_repeats=4, n_splits=3, order=1,\n"
            "                random_state=None)"
        )

    def test_defaults(self):
        assert IterativeStratification().get_n_splits() == 5
        assert RepeatedIterativeStratification().get_n_splits() == 10


class TestUnknownLabels:
    @pytest.mark.parametrize("container", [np.asarray, pd.DataFrame])
    def test_they_count_as_absent(self, container):
        unknown = Y.astype(float)
        unknown[3, Y[3] == 0] = np.nan
        cv = IterativeStratification(4, random_state=1)
        assert parts_to_test(cv, container(unknown)) == parts_to_test(cv, Y)

    def test_in_a_sparse_matrix_too(self):
        stored = sp.csr_array(Y.astype(float))
        expected = stored.copy()
        stored.data[5] = np.nan
        expected.data[5] = 0
        cv = IterativeStratification(4, random_state=1)
        assert parts_to_test(cv, stored) == parts_to_test(cv, expected.toarray())


class TestSecondOrder:
    def test_pairs_by_hand(self):
        # By labels alone, rows 0 and 1 (both labels) may share a fold with 2, 3 (none).
        labels = np.array(
            [[1, 1], [1, 1], [0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]]
        )
        for seed in range(10):
            cv = IterativeStratification(2, order=2, random_state=seed)
            for _, test in cv.split(labels, labels):
                assert sorted(map(tuple, labels[test])) == [
                    (0, 0),
                    (0, 1),
                    (1, 0),
                    (1, 1),
                ]

    def test_pair_errors_fall_and_label_errors_do_not_grow(self):
        rng = np.random.default_rng(2)
        topic = rng.integers(0, 4, size=600)
        rate = rng.random((4, 10)) ** 2
        labels = (rng.random((600, 10)) < rate[topic]).astype(int)
        by_label, by_pair = {}, {}
        for order in (1, 2):
            repeats = [
                list(
                    IterativeStratification(5, order=order, random_state=s).split(
                        labels, labels
                    )
                )
                for s in range(5)
            ]
            by_label[order] = np.mean(
                [label_distribution_error(labels, f) for f in repeats]
            )
            by_pair[order] = np.mean(
                [label_pair_distribution_error(labels, f) for f in repeats]
            )
        plain = label_distribution_error(
            labels, KFold(5, shuffle=True, random_state=0).split(labels)
        )
        assert by_pair[2] < 0.6 * by_pair[1]
        assert by_label[2] < 0.2 * plain

    def test_without_pairs_it_is_the_first_order(self):
        labels = np.eye(5, dtype=int)[np.random.default_rng(0).integers(0, 5, 60)]
        folds = [
            parts_to_test(
                IterativeStratification(3, order=order, random_state=1), labels
            )
            for order in (1, 2)
        ]
        assert folds[0] == folds[1]

    def test_sparse_pairs_are_not_made_dense(self):
        rng = np.random.default_rng(0)
        rows = np.repeat(np.arange(2000), 6)
        columns = rng.integers(0, 3000, size=12_000)
        labels = sp.csr_array((np.ones(12_000), (rows, columns)), shape=(2000, 3000))
        labels.data[:] = labels.data > 0
        cv = IterativeStratification(2, order=2, random_state=0)
        tracemalloc.start()
        quietly(list, cv.split(labels, labels))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2000 * 3000 * 3000 / 2 / 100


class TestGroups:
    GROUPS = np.random.default_rng(0).integers(0, 30, size=120)

    @pytest.mark.parametrize("order", [1, 2])
    @pytest.mark.parametrize("seed", range(3))
    def test_groups_are_never_separated(self, order, seed):
        cv = IterativeStratification(4, order=order, random_state=seed)
        tested = []
        for train, test in cv.split(X, Y, self.GROUPS):
            assert not set(self.GROUPS[train]) & set(self.GROUPS[test])
            tested.extend(test.tolist())
        assert sorted(tested) == list(range(120))

    def test_more_even_than_plain_group_folds(self):
        ours, plain = [], []
        for seed in range(5):
            cv = IterativeStratification(4, random_state=seed)
            ours.append(label_distribution_error(Y, cv.split(X, Y, self.GROUPS)))
            kfold = GroupKFold(4, shuffle=True, random_state=seed)
            plain.append(label_distribution_error(Y, kfold.split(X, Y, self.GROUPS)))
        assert np.mean(ours) < 0.7 * np.mean(plain)

    def test_sizes_are_as_even_as_the_groups_allow(self):
        tests = [
            test
            for _, test in IterativeStratification(4, random_state=0).split(
                X, Y, self.GROUPS
            )
        ]
        assert np.ptp([len(test) for test in tests]) <= 4

    def test_a_group_larger_than_a_fold_stands_alone(self):
        groups = np.minimum(np.arange(120), 50)  # 70 rows in one group, 50 of one row
        cv = IterativeStratification(3, random_state=0)
        sizes = sorted(len(test) for _, test in cv.split(X, Y, groups))
        assert sizes[2] == 70
        assert sizes[1] - sizes[0] <= 4

    def test_as_many_groups_as_folds(self):
        groups = np.repeat(["a", "b", "c"], [100, 15, 5])
        cv = IterativeStratification(3, random_state=0)
        tests = quietly(list, cv.split(X, Y, groups))
        assert sorted(len(test) for _, test in tests) == [5, 15, 100]

    def test_names_and_containers_of_groups_do_not_matter(self):
        cv = IterativeStratification(4, random_state=0)
        expected = [test.tolist() for _, test in cv.split(X, Y, self.GROUPS)]
        names = np.array([f"patient {g}" for g in self.GROUPS])
        for groups in (names, names.tolist(), pd.Series(names, index=range(5, 125))):
            assert [t.tolist() for _, t in cv.split(X, Y, groups)] == expected

    def test_each_row_its_own_group_is_nearly_as_even_as_without(self):
        cv = IterativeStratification(4, random_state=0)
        error = label_distribution_error(Y, cv.split(X, Y, np.arange(120)))
        assert error < 2 * label_distribution_error(Y, cv.split(X, Y)) + 0.01

    def test_repetitions_keep_groups_together(self):
        cv = RepeatedIterativeStratification(3, n_repeats=2, random_state=0)
        for train, test in cv.split(X, Y, self.GROUPS):
            assert not set(self.GROUPS[train]) & set(self.GROUPS[test])

    def test_scikit_learn_passes_them(self):
        cv = IterativeStratification(3, random_state=0)
        knn = KNeighborsClassifier()
        got = cross_validate(knn, X, Y, cv=cv, groups=self.GROUPS, return_indices=True)[
            "indices"
        ]["test"]
        expected = [test for _, test in cv.split(X, Y, self.GROUPS)]
        assert [t.tolist() for t in got] == [t.tolist() for t in expected]

    def test_more_folds_than_groups(self):
        with pytest.raises(SplitError, match=r"3 parts out of 2 groups.*Use 2 parts"):
            next(IterativeStratification(3).split(X, Y, np.arange(120) % 2))

    def test_a_group_for_each_row(self):
        with pytest.raises(ShapeError, match="Y has 120 rows and groups has 119"):
            next(IterativeStratification(3).split(X, Y, self.GROUPS[1:]))

    def test_no_group_may_be_missing(self):
        groups = [None, *["a", "b", "c"] * 40][:120]
        with pytest.raises(SplitError, match="group of row 0 is missing"):
            next(IterativeStratification(3).split(X, Y, groups))


class TestRareLabels:
    def test_a_label_that_the_greedy_pass_leaves_out(self):
        # Six labels of two rows each, chained: row i has labels i and i + 1. Only to
        # take the rows in turn gives both folds all of them.
        labels = np.zeros((6, 6), dtype=int)
        for row in range(6):
            labels[row, [row, (row + 1) % 6]] = 1
        for seed in range(20):
            cv = IterativeStratification(2, random_state=seed)
            folds = list(cv.split(labels, labels))
            assert missing_label_folds(labels, folds) == 0

    def test_what_is_impossible_is_told(self):
        # Three labels on three rows, two each: some label has both rows in one fold.
        labels = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
        cv = IterativeStratification(2, random_state=0)
        with pytest.warns(RareLabelWarning, match=r"1 label\(s\).*'label_[012]'"):
            list(cv.split(labels, labels))

    def test_the_warning_points_at_the_caller(self):
        labels = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
        with pytest.warns(RareLabelWarning) as record:
            list(IterativeStratification(2, random_state=0).split(labels, labels))
        assert record[0].filename == __file__

    def test_too_few_rows_are_no_reason_to_warn(self):
        labels = np.eye(3, dtype=int)
        folds = list(IterativeStratification(3, random_state=0).split(labels, labels))
        assert missing_label_folds(labels, folds) == 6


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

    @pytest.mark.parametrize("order", [0, 3, True, "2", None])
    def test_order_is_one_or_two(self, order):
        with pytest.raises(SplitError, match="order must be 1"):
            IterativeStratification(order=order)
        with pytest.raises(SplitError, match="order must be 1"):
            RepeatedIterativeStratification(order=order)

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
def real_labels(request, mulan_folder):
    from mlkit.datasets import read

    data = read(mulan_folder / request.param / f"{request.param}.arff")
    return check_indicator(data.Y).toarray()


@pytest.fixture(scope="module")
def real_folds(real_labels):
    """Folds of a real label matrix by four splitters at five seeds."""
    splitters = {
        "ours": lambda seed: IterativeStratification(10, random_state=seed),
        "pairs": lambda seed: IterativeStratification(10, order=2, random_state=seed),
        "peer": lambda seed: MultilabelStratifiedKFold(
            10, shuffle=True, random_state=seed
        ),
        "plain": lambda seed: KFold(10, shuffle=True, random_state=seed),
    }
    return {
        name: [list(make(seed).split(real_labels, real_labels)) for seed in range(5)]
        for name, make in splitters.items()
    }


@pytest.mark.data
class TestRealLabels:
    def test_labels_are_more_even_than_the_peer_makes_them(
        self, real_labels, real_folds
    ):
        errors = {
            name: np.mean([label_distribution_error(real_labels, f) for f in repeats])
            for name, repeats in real_folds.items()
        }
        assert errors["ours"] < 0.9 * errors["peer"]
        assert errors["pairs"] < 0.9 * errors["peer"]
        assert errors["ours"] < 0.3 * errors["plain"]

    def test_pairs_are_more_even_in_second_order(self, real_labels, real_folds):
        errors = {
            name: np.mean(
                [label_pair_distribution_error(real_labels, f) for f in repeats]
            )
            for name, repeats in real_folds.items()
        }
        assert errors["pairs"] < 0.8 * min(errors["ours"], errors["peer"])

    def test_no_label_misses_a_fold_that_it_has_rows_for(self, real_labels, real_folds):
        least = np.maximum(10 - real_labels.sum(axis=0), 0).sum()
        for repeats in (real_folds["ours"], real_folds["pairs"]):
            assert {missing_label_folds(real_labels, f) for f in repeats} == {least}
