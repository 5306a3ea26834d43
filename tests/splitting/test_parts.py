import os
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import IndicatorError, RareLabelWarning, ShapeError, SplitError
from mlkit.splitting import label_distribution_error, split, split_rows

RNG = np.random.default_rng(5)
Y = (RNG.random((120, 7)) < [0.5, 0.4, 0.3, 0.2, 0.1, 0.1, 0.05]).astype(int)
X = np.arange(240.0).reshape(120, 2)
NAMES = list("abcdefg")
DATASET = MultiLabelDataset(X, Y, label_names=NAMES, name="toy")


class TestSplit:
    def test_two_parts(self):
        train, test = split(DATASET, random_state=0)
        assert (len(train), len(test)) == (96, 24)
        assert (train.name, test.name) == ("toy-train", "toy-test")
        assert train.label_names == tuple(NAMES)

    def test_three_parts(self):
        parts = split(DATASET, test=0.25, validation=0.15, random_state=0)
        train, validation, test = parts
        assert [len(part) for part in parts] == [72, 18, 30]
        assert parts.train is train
        assert parts.validation is validation
        assert parts.test is test
        assert list(parts.rows) == ["train", "validation", "test"]
        assert parts.wanted == {"train": 72, "validation": 18, "test": 30}

    def test_without_validation(self):
        parts = split(DATASET, random_state=0)
        assert parts.validation is None
        assert list(parts.rows) == ["train", "test"]

    def test_rows_say_where_the_parts_stood(self):
        parts = split(DATASET, validation=0.1, random_state=3)
        for name, rows in parts.rows.items():
            part = getattr(parts, name)
            assert part.X.tolist() == X[rows].tolist()
            assert part.Y.to_numpy().tolist() == Y[rows].tolist()
            assert np.all(np.diff(rows) > 0)
        every = np.concatenate(list(parts.rows.values()))
        assert sorted(every.tolist()) == list(range(120))

    @pytest.mark.parametrize(
        ("test", "validation", "sizes"),
        [
            (24, 0, [96, 24]),
            (0.2, 12, [84, 12, 24]),
            (0.333, 0.0, [80, 40]),
            (np.float32(0.5), np.int64(10), [50, 10, 60]),
        ],
    )
    def test_shares_and_numbers(self, test, validation, sizes):
        parts = split(DATASET, test=test, validation=validation, random_state=0)
        assert [len(part) for part in parts] == sizes

    @pytest.mark.parametrize("order", [1, 2])
    def test_labels_keep_their_share(self, order):
        train, test = split(DATASET, order=order, random_state=0)
        expected = Y.sum(axis=0) * 0.2
        assert np.abs(test.Y.to_numpy().sum(axis=0) - expected).max() <= 1
        assert (train.Y.to_numpy().sum(axis=0) > 0).all()

    def test_sparse_labels_stay_sparse(self):
        dataset = MultiLabelDataset(X, sp.csr_array(Y), label_names=NAMES)
        train, test = split(dataset, random_state=0)
        assert isinstance(test.Y, sp.csr_array)
        assert test.Y.shape == (24, 7)
        assert (test.Y.toarray() == split(DATASET, random_state=0).test.Y).all(
            axis=None
        )

    def test_unknown_labels_stay_unknown(self):
        missing = np.zeros_like(Y, dtype=bool)
        missing[:30, 0] = True
        known = np.where(missing, 0, Y)
        dataset = MultiLabelDataset(X, known, missing=missing)
        parts = split(dataset, random_state=0)
        for name, rows in parts.rows.items():
            part = getattr(parts, name)
            expected = missing[rows]
            got = np.zeros_like(expected) if part.missing is None else part.missing
            assert np.array_equal(got, expected)

    def test_groups_stay_together(self):
        groups = [f"patient {i // 4}" for i in range(120)]
        parts = split(DATASET, validation=0.2, groups=groups, random_state=0)
        seen = [{groups[row] for row in rows} for rows in parts.rows.values()]
        assert not seen[0] & seen[1] | seen[0] & seen[2] | seen[1] & seen[2]
        assert abs(len(parts.test) - parts.wanted["test"]) <= 4

    def test_a_seed_gives_the_same_parts(self):
        first, again, other = (
            split(DATASET, random_state=seed).rows["test"].tolist()
            for seed in (0, 0, 1)
        )
        assert first == again
        assert first != other

    def test_shows_itself(self):
        parts = split(DATASET.replace(name="<toy>"), validation=12, random_state=0)
        assert repr(parts) == "Split(rows: train 84, validation 12, test 24)"
        html = parts._repr_html_()
        assert "<td>24</td><td>20.0%</td><td>&lt;toy&gt;-test</td>" in html

    def test_cannot_be_changed(self):
        parts = split(DATASET, random_state=0)
        with pytest.raises(AttributeError, match="cannot assign"):
            parts.train = parts.test

    def test_same_in_another_process(self):
        code = (
            "from mlkit.splitting import split_rows\n"
            "Y = [[i % 2, i % 3 == 0, i % 5 == 0] for i in range(30)]\n"
            "t = [p.tolist() for p in split_rows(Y, (0.6, 0.2, 0.2), random_state=7)]\n"
        )
        scope = {}
        exec(code, scope)
        out = subprocess.run(
            [sys.executable, "-c", f"{code}print(t)"],
            env={**os.environ, "PYTHONHASHSEED": "999"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert out.stdout.strip() == str(scope["t"])


class TestRareLabels:
    def test_one_positive_is_in_train_and_of_two_one_is_in_test(self):
        labels = np.zeros((60, 3), dtype=int)
        labels[0, 0] = 1
        labels[[1, 2], 1] = 1
        labels[3:, 2] = 1
        dataset = MultiLabelDataset(np.zeros((60, 1)), labels)
        for seed in range(10):
            train, validation, test = (
                part.Y.to_numpy()[:, :2].sum(axis=0).tolist()
                for part in split(dataset, validation=0.2, random_state=seed)
            )
            assert (train, validation, test) == ([1, 1], [0, 0], [0, 1])

    def test_a_small_test_part_gets_every_label(self):
        labels = np.zeros((200, 5), dtype=int)
        for label in range(5):
            labels[label * 6 : label * 6 + 6, label] = 1
        dataset = MultiLabelDataset(np.zeros((200, 1)), labels)
        for seed in range(10):
            _, test = split(dataset, test=0.05, random_state=seed)
            assert test.Y.to_numpy().any(axis=0).all()

    def test_parts_of_a_single_row(self):
        with pytest.warns(RareLabelWarning, match="missing in a part"):
            parts = split(DATASET, test=1, validation=1, random_state=0)
        assert [len(part) for part in parts] == [118, 1, 1]

    def test_the_impossible_is_told(self):
        # One row cannot carry two labels that never meet.
        dataset = MultiLabelDataset(np.zeros((4, 1)), np.eye(2)[[0, 0, 1, 1]])
        with pytest.warns(RareLabelWarning, match=r"1 label\(s\)"):
            split(dataset, test=1, random_state=0)


class TestSplitRows:
    def test_in_the_order_of_scikit_learn(self):
        train, test = split_rows(Y, (0.8, 0.2), random_state=0)
        assert (len(train), len(test)) == (96, 24)

    def test_many_parts(self):
        parts = split_rows(Y, [0.4, 0.3, 0.2, 0.1], random_state=0)
        assert [len(part) for part in parts] == [48, 36, 24, 12]
        for part, share in zip(parts, [0.4, 0.3, 0.2, 0.1], strict=True):
            assert np.abs(Y[part].sum(axis=0) - share * Y.sum(axis=0)).max() <= 1.5

    def test_the_first_part_takes_what_rounding_leaves(self):
        parts = split_rows(np.ones((10, 1)), (1 / 3, 1 / 3, 1 / 3))
        assert [len(part) for part in parts] == [4, 3, 3]

    def test_whole_numbers(self):
        assert [len(p) for p in split_rows(Y, (100, 15, 5))] == [100, 15, 5]

    def test_agrees_with_split(self):
        rows = split(DATASET, validation=0.1, random_state=4).rows
        got = split_rows(Y, (0.7, 0.1, 0.2), random_state=4)
        assert [r.tolist() for r in rows.values()] == [r.tolist() for r in got]

    @pytest.mark.parametrize("container", [sp.csr_array, sp.csc_array, pd.DataFrame])
    def test_containers_do_not_matter(self, container):
        expected = split_rows(Y, (0.8, 0.2), random_state=0)
        got = split_rows(container(Y), (0.8, 0.2), random_state=0)
        assert [r.tolist() for r in got] == [r.tolist() for r in expected]

    def test_classes(self):
        y = np.repeat(["a", "b"], [30, 60])
        _, test = split_rows(y, (0.9, 0.1), random_state=0)
        assert sorted(y[test]) == ["a"] * 3 + ["b"] * 6

    def test_arguments_are_not_modified(self):
        labels, shares = Y.copy(), [0.8, 0.2]
        labels.flags.writeable = False
        split_rows(labels, shares, groups=np.arange(120) // 2, random_state=0)
        assert shares == [0.8, 0.2]

    @settings(max_examples=40, deadline=None)
    @given(
        seed=st.integers(0, 500),
        shares=st.lists(st.integers(1, 9), min_size=2, max_size=4),
    )
    def test_sizes_are_exact_and_rows_are_shared_out(self, seed, shares):
        rng = np.random.default_rng(seed)
        labels = (rng.random((50, 4)) < 0.2).astype(int)
        fractions = np.array(shares) / sum(shares)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RareLabelWarning)
            parts = split_rows(labels, fractions.tolist(), random_state=seed)
        sizes = [len(part) for part in parts]
        assert sizes[1:] == [round(50 * share) for share in fractions[1:]]
        assert sorted(np.concatenate(parts).tolist()) == list(range(50))

    def test_more_even_than_chance(self):
        ours, chance = [], []
        for seed in range(5):
            parts = split_rows(Y, (0.8, 0.2), random_state=seed)
            ours.append(label_distribution_error(Y, [(None, p) for p in parts]))
            shuffled = np.split(np.random.default_rng(seed).permutation(120), [96])
            chance.append(label_distribution_error(Y, [(None, p) for p in shuffled]))
        assert np.mean(ours) < 0.4 * np.mean(chance)


class TestBadInput:
    def test_a_label_matrix_is_no_dataset(self):
        with pytest.raises(TypeError, match=r"got ndarray.*split_rows\(Y"):
            split(Y)

    @pytest.mark.parametrize("test", ["0.2", None, True, [0.2]])
    def test_sizes_are_numbers(self, test):
        with pytest.raises(TypeError, match="test must be a share"):
            split(DATASET, test=test)

    @pytest.mark.parametrize("test", [0, 0.0, 1.0, 1.5, -0.1, -3, float("nan")])
    def test_sizes_are_shares_or_whole_numbers(self, test):
        with pytest.raises(SplitError, match="neither a share between 0 and 1"):
            split(DATASET, test=test)

    def test_less_than_a_row(self):
        with pytest.raises(SplitError, match=r"test=0\.1 of 4 rows is less than one"):
            split(DATASET[:4], test=0.1)

    @pytest.mark.parametrize(("test", "validation"), [(120, 0), (0.5, 0.5), (100, 40)])
    def test_nothing_left_to_train_on(self, test, validation):
        with pytest.raises(SplitError, match=r"leave no row to train on.*has 120"):
            split(DATASET, test=test, validation=validation)

    @pytest.mark.parametrize(
        "shares", [(0.8, 0.3), (0.5, 0.2), (100, 21), (1, 1), (0.5, 60)]
    )
    def test_shares_must_add_up(self, shares):
        with pytest.raises(SplitError, match="must add up to 1, or to the number"):
            split_rows(Y, shares)

    def test_some_share(self):
        with pytest.raises(SplitError, match="shares is empty"):
            split_rows(Y, [])

    def test_groups_must_fit(self):
        with pytest.raises(ShapeError, match="Y has 120 rows and groups has 3"):
            split(DATASET, groups=[1, 2, 3])
        with pytest.raises(SplitError, match="3 parts out of 2 groups"):
            split(DATASET, validation=0.2, groups=np.arange(120) % 2)

    def test_labels_must_be_binary(self):
        with pytest.raises(IndicatorError, match="outside"):
            split_rows(Y * 2, (0.5, 0.5))

    def test_order(self):
        with pytest.raises(SplitError, match="order must be 1"):
            split(DATASET, order=3)
