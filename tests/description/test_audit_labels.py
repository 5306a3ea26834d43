"""What the audit finds in label columns, and where it keeps silent."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit import MultiLabelDataset
from mlkit.description.audit_labels import (
    constant_labels,
    label_findings,
    unknown_labels,
)

RNG = np.random.default_rng(0)
N = 60


def dataset(Y, **keywords):
    return MultiLabelDataset(np.zeros((Y.shape[0], 1)), Y, **keywords)


def balanced(n_labels, n_rows=N):
    """Labels with half of the rows each and no structure."""
    return np.column_stack(
        [RNG.permutation(np.arange(n_rows) % 2) for _ in range(n_labels)]
    )


def found(Y, topic, **keywords):
    return [f for f in label_findings(dataset(Y, **keywords)) if f.topic == topic]


def test_independent_labels_have_no_findings():
    assert list(label_findings(dataset(balanced(4)))) == []


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_labels_without_a_positive_or_a_negative(container):
    Y = container(np.array([[1, 0, 1], [1, 0, 0]]))

    never, always = constant_labels(dataset(Y, label_names=["on", "off", "x"]))

    assert (never.names, always.names) == (("off",), ("on",))
    assert {never.severity, always.severity} == {"warning"}
    assert "1 of 3 labels has no positive row in the dataset: 'off'" in never.message
    assert "no negative row" in always.message


def test_the_part_is_named():
    (never,) = constant_labels(dataset(np.array([[1, 0], [0, 0]])), "train")

    assert never.part == "train"
    assert "no positive row in train" in never.message


def test_no_rows_no_constant_labels():
    assert list(constant_labels(dataset(np.empty((0, 2), int)))) == []


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_unknown_labels(container):
    mask = np.zeros((4, 3), bool)
    mask[1, 0] = True
    mask[:, 2] = True
    ds = dataset(container(np.zeros((4, 3), int)), missing=container(mask))

    (finding,) = unknown_labels(ds)

    assert finding.names == ("label_0", "label_2")
    assert (finding.rows, finding.n_rows) == ((0, 1, 2, 3), 4)
    assert "5 cells of Y (41.7%) in 4 rows are unknown" in finding.message
    assert "most in 'label_2' (4). Known nowhere: 'label_2'." in finding.message


def test_known_labels_are_not_reported():
    assert list(unknown_labels(dataset(balanced(2)))) == []


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_identical_and_complementary_labels(container):
    a, b = balanced(2).T
    Y = container(np.column_stack([a, b, a, 1 - b]))
    names = ["a", "b", "a again", "not b"]

    (same,) = found(Y, "identical labels", label_names=names)
    (opposite,) = found(Y, "complementary labels", label_names=names)

    assert (same.severity, same.names) == ("warning", ("a", "a again"))
    assert (opposite.severity, opposite.names) == ("warning", ("b", "not b"))
    assert (
        "1 pair of labels is the same in every row: 'a' and 'a again'" in same.message
    )


def test_labels_that_share_their_only_row_may_do_so_by_chance():
    Y = balanced(3)
    Y[:, 1:] = 0
    Y[5, 1:] = 1

    (same,) = found(Y, "identical labels")

    assert same.severity == "note"
    assert "may be chance" in same.message


def test_constant_labels_are_not_told_twice():
    assert found(np.zeros((N, 2), int), "identical labels") == []
    assert found(np.tile([0, 1], (N, 1)), "complementary labels") == []


def test_many_pairs_are_counted():
    Y = np.repeat(balanced(5), 2, axis=1)

    (same,) = found(Y, "identical labels")

    assert "5 pairs of labels are the same" in same.message
    assert "; 2 more." in same.message
    assert len(same.names) == 10


def test_names_spelled_alike():
    names = ["Sci-Fi", "sci fi", "documentary", "documentery"]

    (same,) = found(balanced(4), "labels spelled alike", label_names=names)
    (close,) = found(balanced(4), "labels spelled almost alike", label_names=names)

    assert (same.severity, same.names) == ("warning", ("Sci-Fi", "sci fi"))
    assert (close.severity, close.names) == ("note", ("documentary", "documentery"))
    assert "1 name is spelled in several ways" in same.message
    assert "1 pair of names differs by one letter" in close.message


def test_rare_labels():
    Y = np.zeros((N, 4), int)
    for column, count in enumerate([9, 10, 1, 0]):
        Y[RNG.choice(N, count, replace=False), column] = 1

    (rare,) = found(Y, "rare labels", label_names=list("abcd"))

    assert rare.names == ("c", "a")
    assert "2 of 4 labels have fewer than 10 positive rows, 1 of them" in rare.message
    assert "'c' (1), 'a' (9)" in rare.message


def test_in_a_small_table_no_label_is_called_rare():
    assert found(np.eye(19, 2, dtype=int), "rare labels") == []
    assert len(found(np.eye(20, 2, dtype=int), "rare labels")) == 1


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_a_label_that_implies_another(container):
    animal = np.arange(N) % 2
    cat = animal * (np.arange(N) % 4 == 1)
    Y = container(np.column_stack([animal, cat]))

    (implied,) = found(Y, "labels that imply others", label_names=["animal", "cat"])

    assert implied.names == ("cat",)
    assert "1 label never comes without another one: 'cat' implies 'animal'" in (
        implied.message
    )


def test_a_rare_label_implies_a_frequent_one_by_chance():
    Y = np.ones((N, 2), int)
    Y[: N // 10, 0] = 0
    Y[:, 1] = 0
    Y[-5:, 1] = 1

    assert found(Y, "labels that imply others") == []


def test_implications_are_skipped_where_rows_carry_very_many_labels(monkeypatch):
    monkeypatch.setattr("mlkit.description.audit_labels._MOST_PAIRS", 10)
    animal = np.arange(N) % 2
    Y = np.column_stack([animal, animal * (np.arange(N) % 4 == 1)])

    assert found(Y, "labels that imply others") == []
