"""Label statistics, against hand computation and MULAN's published figures."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import mlkit
from mlkit import MultiLabelDataset
from mlkit.description import describe

Y = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 0, 0]])
INDICATORS = hnp.arrays(
    np.int8, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=st.integers(0, 1)
)
# Figures that count rows, and so double with them.
COUNTS_OF_ROWS = {"rows", "rows_without_label"}
# Figures that change with the number of rows: divided by it, or by it less one.
BY_ROWS = {"diversity_by_rows", "sets_seen_once", "p_uniq", "scumble_cv"}


def dataset(labels=Y, **keywords):
    names = ["a", "b", "c", "d"][: labels.shape[1]]
    features = np.ones((labels.shape[0], 2))
    return MultiLabelDataset(features, labels, label_names=names, **keywords)


def test_summary_by_hand():
    rows = np.array([0, 1 - math.sqrt(3) / 2, 0, 0])  # SCUMBLE; IRLbl are 1 and 3

    assert describe(dataset()).summary.to_dict() == pytest.approx(
        {
            "rows": 4,
            "features": 2,
            "labels": 3,
            "unknown_labels": 0,
            "cardinality": 1.0,
            "density": 1 / 3,
            "largest_set": 2,
            "distinct_label_sets": 3,
            "diversity_by_rows": 3 / 4,
            "diversity_by_bound": 3 / 8,
            "sets_seen_once": 2,
            "p_uniq": 2 / 4,
            "p_max": 2 / 4,
            "rows_without_label": 1,
            "share_without_label": 1 / 4,
            "labels_never_present": 1,
            "npl": 1 / 3,
            "mean_ir": 2.0,  # labels a (1) and b (3); c never occurs
            "cvir": math.sqrt(2) / 2.0,
            "max_ir": 3.0,
            "mean_imr": 3.0,  # 3 : 1 and 1 : 3
            "scumble": rows.mean(),
            "scumble_cv": rows.std(ddof=1) / rows.mean(),
            "tcs": math.log(2 * 3 * 3),
        }
    )


def test_label_table_by_hand():
    labels = describe(dataset()).labels

    assert labels.index.tolist() == ["a", "b", "c"]
    assert labels["count"].tolist() == [3, 1, 0]
    assert labels["unknown"].tolist() == [0, 0, 0]
    assert labels["share"].tolist() == [0.75, 0.25, 0.0]
    assert labels["irlbl"].tolist() == [1.0, 3.0, np.inf]
    assert labels["imr"].tolist() == [3.0, 3.0, np.inf]
    pair = 1 - math.sqrt(3) / 2
    assert labels["scumble"].tolist() == pytest.approx([pair / 3, pair, 0.0])
    np.testing.assert_allclose(labels["mean_set_size"], [4 / 3, 2.0, np.nan])


def test_sparse_labels_give_the_same():
    dense, sparse = describe(dataset()), describe(dataset(sp.csr_array(Y)))

    pd.testing.assert_series_equal(dense.summary, sparse.summary)
    pd.testing.assert_frame_equal(dense.labels, sparse.labels)
    pd.testing.assert_frame_equal(dense.label_sets, sparse.label_sets)
    pd.testing.assert_frame_equal(dense.pairs, sparse.pairs)


def test_unknown_labels():
    mask = np.zeros(Y.shape, dtype=bool)
    mask[2:, 1] = mask[2, 2] = True

    description = describe(dataset(missing=mask))

    labels, plain = description.labels, describe(dataset())
    assert description.summary["unknown_labels"] == 3
    assert labels["unknown"].tolist() == [0, 2, 1]
    assert labels["share"].tolist() == [3 / 4, 1 / 2, 0.0]
    assert labels["imr"].tolist() == [3.0, 1.0, np.inf]
    # The rest treats an unknown label as absent.
    pd.testing.assert_frame_equal(description.label_sets, plain.label_sets)
    for figure in ("cardinality", "mean_ir", "scumble", "p_uniq", "tcs"):
        assert description.summary[figure] == plain.summary[figure]


def test_a_label_that_is_unknown_everywhere():
    mask = np.zeros(Y.shape, dtype=bool)
    mask[:, 2] = True

    row = describe(dataset(missing=mask)).labels.loc["c"]

    assert np.isnan(row["share"])
    assert np.isnan(row["imr"])


@given(INDICATORS)
def test_doubled_rows_keep_all_shares(labels):
    once = describe(dataset(labels)).summary
    twice = describe(dataset(np.vstack([labels, labels]))).summary

    for figure in once.index.difference(BY_ROWS):
        factor = 2 if figure in COUNTS_OF_ROWS else 1
        expected = pytest.approx(factor * once[figure], nan_ok=True, abs=1e-12)
        assert twice[figure] == expected, figure
    assert twice["sets_seen_once"] == 0


@given(INDICATORS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_labels_does_not_matter(labels, random):
    rows, columns = (list(range(size)) for size in labels.shape)
    random.shuffle(rows)
    random.shuffle(columns)

    here = describe(dataset(labels)).summary
    there = describe(dataset(labels[rows][:, columns])).summary

    for figure, value in here.items():
        assert there[figure] == pytest.approx(value, nan_ok=True, abs=1e-12), figure


def test_no_label_ever_present():
    summary = describe(dataset(np.zeros((2, 2)))).summary

    assert summary["rows_without_label"] == 2
    assert summary["labels_never_present"] == 2
    assert (summary["scumble"], summary["scumble_cv"]) == (0.0, 0.0)
    for figure in ("mean_ir", "cvir", "max_ir", "mean_imr"):
        assert np.isnan(summary[figure]), figure


def test_one_label_has_no_spread():
    summary = describe(dataset(np.array([[1], [0]]))).summary

    assert summary["mean_ir"] == 1.0
    assert np.isnan(summary["cvir"])


def test_one_row_has_no_spread():
    summary = describe(dataset(np.array([[1, 1]]))).summary

    assert summary["scumble"] == 0.0
    assert np.isnan(summary["scumble_cv"])


def test_no_rows():
    summary = describe(dataset()[[]]).summary

    assert (summary["rows"], summary["distinct_label_sets"]) == (0, 0)
    for figure in ("cardinality", "p_uniq", "share_without_label", "scumble", "tcs"):
        assert np.isnan(summary[figure]), figure


def test_more_label_sets_are_possible_than_a_float_can_count():
    labels = sp.csr_array(np.eye(3, 1100, dtype=np.int8))

    summary = describe(MultiLabelDataset(np.ones((3, 1)), labels)).summary

    assert summary["diversity_by_bound"] == 0.0


def test_pictures_have_features_too():
    ds = MultiLabelDataset(np.zeros((4, 5, 5, 3), dtype=np.uint8), Y)

    assert describe(ds).summary["features"] == 75


def test_the_dataset_is_not_modified():
    ds = dataset(sp.csr_array(Y))
    before = ds.Y.toarray()

    description = describe(ds)
    description.labels["count"] = 0
    description.matrix("phi")

    np.testing.assert_array_equal(ds.Y.toarray(), before)
    assert describe(ds).labels["count"].tolist() == [3, 1, 0]


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "emotions",
            (593, 6, 1.868465, 0.311411, 27, 1.478068, 0.179571, 0.010952),
        ),
        (
            "yeast",
            (2417, 14, 4.237071, 0.302648, 198, 7.196811, 1.883751, 0.104359),
        ),
        (
            "flags-mulan",
            (194, 7, 3.391753, 0.484536, 54, 2.254709, 0.764775, 0.060586),
        ),
        (
            "medical",
            (978, 45, 1.245399, 0.027676, 94, 89.501361, 1.147574, 0.047056),
        ),
    ],
)
def test_reference_values_of_mulan(name, expected):
    summary = describe(mlkit.load(name)).summary

    keys = ["rows", "labels", "cardinality", "density", "distinct_label_sets"]
    got = [summary[key] for key in [*keys, "mean_ir", "cvir", "scumble"]]
    assert got == pytest.approx(expected, abs=1e-6)


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_facts_of_real_sets():
    birds, cal500 = (describe(mlkit.load(name)) for name in ("birds", "cal500"))

    assert birds.summary["rows_without_label"] == 294
    assert birds.label_sets.index[0] == ()
    assert cal500.summary["p_uniq"] == 1.0  # no two rows share a label set
