"""What the audit finds when train, test and the whole set are compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit import MultiLabelDataset, audit
from mlkit.description.audit_parts import take_part
from mlkit.exceptions import LabelNameError, ShapeError

RNG = np.random.default_rng(0)
N = 12
X = RNG.normal(size=(N, 2))
Y = np.tile([[1, 0], [0, 1], [1, 1]], (4, 1))


def whole(**keywords):
    return MultiLabelDataset(X, Y, **keywords)


def found(ds, train, test):
    return {
        (finding.topic, finding.part): finding
        for finding in audit(ds, train=train, test=test)
    }


# Understanding what the caller means


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (slice(2, 5), [2, 3, 4]),
        ([3, 1], [3, 1]),
        (np.array([-1]), [11]),
        (np.arange(N) < 2, [0, 1]),
        (pd.Series(np.arange(N) < 2), [0, 1]),
        ([], []),
        (7, [7]),
    ],
    ids=["slice", "list", "negative", "mask", "series", "empty", "one"],
)
def test_positions(rows, expected):
    part = take_part(whole(), rows, "train")

    assert part.positions.tolist() == expected
    assert part.dataset.n_samples == len(expected)


def test_a_dataset_of_its_own_has_no_positions():
    part = take_part(whole(), whole()[:3], "test")

    assert part.positions is None
    assert take_part(whole(), None, "test") is None


def test_positions_out_of_range_are_refused():
    with pytest.raises(IndexError, match="Row 12 is out of range"):
        audit(whole(), train=[12])


def test_other_labels_are_refused():
    other = MultiLabelDataset(X, Y, label_names=["a", "b"])

    with pytest.raises(
        LabelNameError, match="train and 'dataset' differ in their label"
    ):
        audit(whole(), train=other)


def test_another_order_of_features_is_refused():
    one = MultiLabelDataset(pd.DataFrame(X, columns=["a", "b"]), Y)
    other = MultiLabelDataset(pd.DataFrame(X, columns=["b", "a"]), Y)

    with pytest.raises(LabelNameError, match="feature columns: their order"):
        audit(one, test=other)


def test_another_number_of_features_is_refused():
    other = MultiLabelDataset(np.ones((2, 3)), Y[:2])

    with pytest.raises(ShapeError, match="Rows of test have the shape"):
        audit(whole(), test=other)


# Positions


def test_a_clean_split_has_no_findings():
    assert audit(whole(), train=slice(0, 6), test=slice(6, N)) == []


def test_rows_in_both_parts():
    both = found(whole(), [0, 1, 2, 3, 4, 5], [5, 6, 7, 8, 9, 10, 11])

    finding = both["rows in both parts", ""]
    assert (finding.severity, finding.rows, finding.n_rows) == ("problem", (5,), 1)
    assert "1 row is in train and in test: row 5. Take it out" in finding.message


def test_rows_in_neither_part():
    finding = found(whole(), slice(0, 6), slice(8, N))["rows in neither part", ""]

    assert (finding.severity, finding.rows, finding.n_rows) == ("note", (6, 7), 2)
    assert "2 rows are in neither train nor test: rows 6, 7." in finding.message


def test_constant_labels_and_features_of_the_parts():
    features = np.c_[X, np.r_[np.zeros(6), np.ones(6)]]
    labels = np.c_[Y, np.r_[np.ones(6), np.zeros(6)].astype(int)]

    parts = found(MultiLabelDataset(features, labels), slice(0, 6), slice(6, N))

    assert parts["constant label", "train"].names == ("label_2",)
    assert "no negative" in parts["constant label", "train"].message
    assert "no positive" in parts["constant label", "test"].message
    assert parts["constant feature", "train"].names == ("column 2",)
    assert ("constant feature", "test") not in parts


def test_train_alone():
    (finding,) = audit(MultiLabelDataset(X, Y), train=[0, 3, 6]).select(part="train")[
        :1
    ]

    assert finding.topic == "constant label"


def test_label_sets_never_seen_and_the_ceiling_of_powerset():
    finding = found(whole(), [0, 1, 3, 4], [2, 5, 6, 7])[
        "label sets not in train", "test"
    ]

    assert (finding.rows, finding.n_rows) == ((0, 1), 2)
    assert "cannot exceed a subset accuracy of 0.500" in finding.message


def test_an_empty_part_is_no_error():
    assert audit(whole(), train=slice(0, N), test=[]) == []


# Content


def copied(n_copies, n_test):
    """A set whose first test rows have the features of training rows."""
    train = MultiLabelDataset(np.arange(200.0)[:, None] % 150, np.ones((200, 1), int))
    features = np.r_[np.arange(n_copies), 1000 + np.arange(n_test - n_copies)]
    return train, MultiLabelDataset(features[:, None], np.ones((n_test, 1), int))


@pytest.mark.parametrize(
    ("n_copies", "severity"), [(1, "warning"), (2, "problem"), (150, "problem")]
)
def test_a_leak_is_a_problem_from_one_percent_on(n_copies, severity):
    train, test = copied(n_copies, 200)

    parts = found(train, train, test)

    for topic in ("test rows seen in train", "test rows copied from train"):
        assert parts[topic, "test"].n_rows == n_copies
        assert parts[topic, "test"].severity == severity


def test_other_labels_make_a_row_seen_and_not_copied():
    train, test = whole()[:6], whole()[:3].replace(Y=1 - Y[:3])

    parts = found(whole(), train, test)

    assert parts["test rows seen in train", "test"].rows == (0, 1, 2)
    assert ("test rows copied from train", "test") not in parts


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_parts_in_other_containers(container):
    ds = MultiLabelDataset(container(np.round(X)), Y)
    frame = MultiLabelDataset(pd.DataFrame(np.round(X)), Y)

    ours, theirs = found(ds, ds[:6], ds[4:]), found(ds, frame[:6], frame[4:])

    assert ours == theirs
    assert ours["test rows copied from train", "test"].n_rows >= 2


def table(names):
    """Rows named by an identifier; their features follow from the name."""
    values = [[ord(name), ord(name) % 7] for name in names]
    features = pd.DataFrame(values, columns=["x", "y"]).assign(id=list(names))
    return MultiLabelDataset(features, np.array([[ord(n) % 2, 1] for n in names]))


def test_train_followed_by_test():
    finding = found(table("abcdef"), table("abcd"), table("ef"))["order of rows", ""]

    assert finding.message == "The whole set is train followed by test, row by row."


def test_another_order():
    finding = found(table("fbcdea"), table("abcd"), table("ef"))["order of rows", ""]

    assert "in another order" in finding.message


def test_a_row_in_neither_and_a_row_in_both_are_named():
    parts = found(table("abcdef"), table("abc"), table("aef"))

    finding = parts["parts and the whole", ""]
    assert (finding.rows, finding.n_rows) == ((3,), 1)
    assert "1 row is in neither part ('d')" in finding.message
    assert "1 row is once too often in the parts (test: 'a')" in finding.message
    both = parts["test rows copied from train", "test"]
    assert (both.severity, both.rows) == ("problem", (0,))
    assert "identifier included: 'a'. Take it out of one part." in both.message


def test_rows_that_the_whole_set_lacks():
    finding = found(table("abc"), table("ab"), table("cx"))["parts and the whole", ""]

    assert "1 row is in a part and not in the whole set (test: 'x')" in finding.message
    assert "neither" not in finding.message


def test_repeated_rows_are_counted_one_by_one():
    parts = found(table("aabc"), table("ab"), table("ac"))

    assert "order of rows" in [topic for topic, _ in parts]
    assert "parts and the whole" not in [topic for topic, _ in parts]


def test_rows_are_called_by_their_row_name():
    index = pd.Index([f"row of {name}" for name in "abcdefghijkl"])
    ds = MultiLabelDataset(pd.DataFrame(X, index=index), Y)

    finding = found(ds, ds[:6], ds[4:])["test rows copied from train", "test"]

    assert "'row of e', 'row of f'" in finding.message


def test_many_rows_are_counted():
    finding = found(whole(), whole(), whole())["test rows copied from train", "test"]

    assert "rows 0, 1, 2 and 9 more" in finding.message
    assert finding.n_rows == N


def test_nothing_is_modified():
    ds = whole()
    before = X.copy(), Y.copy()

    audit(ds, train=ds[:6], test=ds[6:])

    assert np.array_equal(X, before[0])
    assert np.array_equal(Y, before[1])
