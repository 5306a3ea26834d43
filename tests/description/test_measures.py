"""Label statistics, against hand computation and MULAN's published figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit import MultiLabelDataset
from mlkit.description import describe, distinct_label_sets

Y = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 0, 0]])


def dataset(labels=Y):
    names = ["a", "b", "c"][: labels.shape[1]]
    return MultiLabelDataset(np.ones((labels.shape[0], 2)), labels, label_names=names)


def test_summary_by_hand():
    summary = describe(dataset()).summary

    assert summary["rows"] == 4
    assert summary["features"] == 2
    assert summary["labels"] == 3
    assert summary["cardinality"] == 1.0
    assert summary["density"] == pytest.approx(1 / 3)
    assert summary["distinct_label_sets"] == 3
    assert summary["sets_seen_once"] == 2
    assert summary["rows_without_label"] == 1
    assert summary["mean_ir"] == 2.0  # labels a (1) and b (3); c never occurs
    assert summary["max_ir"] == 3.0


def test_label_table_by_hand():
    labels = describe(dataset()).labels

    assert labels["count"].tolist() == [3, 1, 0]
    assert labels["share"].tolist() == [0.75, 0.25, 0.0]
    assert labels["irlbl"].tolist() == [1.0, 3.0, np.inf]


def test_sparse_labels_give_the_same():
    dense, sparse = describe(dataset()), describe(dataset(sp.csr_array(Y)))

    pd.testing.assert_series_equal(dense.summary, sparse.summary)
    pd.testing.assert_frame_equal(dense.labels, sparse.labels)


def test_no_label_ever_present():
    summary = describe(dataset(np.zeros((2, 2)))).summary

    assert np.isnan(summary["mean_ir"])
    assert summary["rows_without_label"] == 2


def test_distinct_label_sets_are_ordered_and_named():
    sets = distinct_label_sets(pd.DataFrame(Y, columns=["a", "b", "c"]))

    assert list(sets.index) == [("a",), (), ("a", "b")]
    assert sets.tolist() == [2, 1, 1]


def test_description_prints_and_renders():
    description = describe(dataset())

    assert "cardinality" in repr(description)
    assert "irlbl" in description._repr_html_()


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("emotions", (593, 6, 1.868465, 0.311411, 27, 1.478068)),
        ("yeast", (2417, 14, 4.237071, 0.302648, 198, 7.196811)),
        ("flags-mulan", (194, 7, 3.391753, 0.484536, 54, 2.254709)),
        ("medical", (978, 45, 1.245399, 0.027676, 94, 89.501361)),
    ],
)
def test_reference_values_of_mulan(name, expected):
    summary = describe(mlkit.load(name)).summary

    keys = ["rows", "labels", "cardinality", "density", "distinct_label_sets"]
    got = [summary[key] for key in [*keys, "mean_ir"]]
    assert got == pytest.approx(expected, abs=1e-6)
