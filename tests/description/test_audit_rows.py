"""What the audit finds in rows: empty, repeated, contradicting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit import MultiLabelDataset
from mlkit.description.audit_rows import first_rows, row_codes, row_findings

X = np.array([[1.0], [2.0], [1.0], [1.0], [3.0], [2.0]])
Y = np.array([[1, 0], [0, 1], [1, 0], [1, 1], [0, 0], [0, 1]])


def findings(X, Y, identifiers=()):
    ds = MultiLabelDataset(X, Y)
    (codes,) = row_codes(ds, identifiers=identifiers)
    return {finding.topic: finding for finding in row_findings(ds, codes)}


@pytest.mark.parametrize(
    "container",
    [
        np.asarray,
        pd.DataFrame,
        lambda X: pd.DataFrame(X).astype(str),
        sp.csr_array,
        lambda X: np.tile(X[:, :, None].astype(np.uint8), (1, 2, 2)),
    ],
    ids=["array", "frame", "text", "sparse", "pictures"],
)
@pytest.mark.parametrize("labels", [np.asarray, sp.csr_array])
def test_repeated_contradicting_and_empty_rows(container, labels):
    found = findings(container(X), labels(Y))

    repeated = found["duplicate rows"]
    assert (repeated.rows, repeated.n_rows) == ((2, 3, 5), 3)
    assert "3 of 6 rows repeat the features of an earlier row, 2 with the same" in (
        repeated.message
    )
    contradicting = found["contradicting labels"]
    assert (contradicting.rows, contradicting.n_rows) == ((0, 2, 3), 3)
    # One of six rows is lost, whatever a model answers for the first three.
    assert "accuracy of 0.833" in contradicting.message
    assert "(1 group; rows 0 and 3, for example)" in contradicting.message
    assert (found["rows without a label"].rows) == (4,)
    assert len(found) == 3


def test_rows_that_all_differ_have_no_findings():
    assert findings(np.arange(3.0)[:, None], np.ones((3, 1), int)) == {}


def test_contradictions_are_a_warning_from_one_row_in_a_hundred_on():
    features = np.r_[np.arange(250.0), 0.0][:, None]
    labels = np.ones((251, 2), int)
    labels[250, 1] = 0

    rare = findings(features, labels)["contradicting labels"]
    frequent = findings(features[-50:] * 0, labels[-50:])["contradicting labels"]

    assert (rare.severity, frequent.severity) == ("note", "warning")


def test_the_ceiling_is_what_the_best_constant_of_each_group_reaches():
    rng = np.random.default_rng(0)
    features = rng.integers(0, 4, (60, 1))
    labels = rng.integers(0, 2, (60, 2))
    sets = labels @ [2, 1]
    best = sum(np.bincount(sets[features[:, 0] == value]).max() for value in range(4))

    message = findings(features, labels)["contradicting labels"].message

    assert f"{np.floor(best / 60 * 1000) / 1000:.3f}" in message


def test_the_order_of_rows_and_labels_does_not_matter():
    order = np.random.default_rng(1).permutation(len(X))

    one, other = findings(X, Y), findings(X[order], Y[order][:, ::-1])

    assert one.keys() == other.keys()
    assert [f.n_rows for f in one.values()] == [f.n_rows for f in other.values()]


def test_identifiers_do_not_tell_rows_apart():
    table = pd.DataFrame({"id": list("abcdef"), "x": X[:, 0]})

    assert "duplicate rows" not in findings(table, Y)
    assert findings(table, Y, identifiers=("id",))["duplicate rows"].n_rows == 3


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_identifiers_of_arrays_are_found_by_name(container):
    matrix = container(np.c_[np.arange(6), X[:, 0]])

    assert "duplicate rows" in findings(matrix, Y, identifiers=("column 0",))
    assert "duplicate rows" not in findings(matrix, Y)


def test_sparse_rows_of_zeros():
    features = sp.csr_array(np.array([[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]))
    labels = np.ones((3, 1), int)

    assert findings(features, labels)["rows without features"].rows == (1, 2)
    assert "rows without features" not in findings(features.toarray(), labels)


def test_codes_of_several_datasets_are_comparable():
    whole = MultiLabelDataset(X, Y)

    all_rows, part = row_codes(whole, whole[[5, 3]])

    for field in ("features", "label_sets", "whole"):
        numbers = getattr(all_rows, field)
        assert getattr(part, field).tolist() == numbers[[5, 3]].tolist()
    assert all_rows[np.array([1, 4])].whole.tolist() == all_rows.whole[[1, 4]].tolist()


def test_equal_features_with_other_labels_are_other_rows():
    (codes,) = row_codes(MultiLabelDataset(X, Y))

    assert codes.features.tolist() == [0, 1, 0, 0, 2, 1]
    assert codes.label_sets.tolist() == [0, 1, 0, 2, 3, 1]
    assert len(set(codes.whole.tolist())) == 4


def test_ten_positions_are_kept_and_all_are_counted():
    assert first_rows(np.ones(12, bool)) == (tuple(range(10)), 12)
    assert first_rows(np.zeros(3, bool)) == ((), 0)
