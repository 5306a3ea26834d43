from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.datasets import load
from mlkit.description import irlbl
from mlkit.exceptions import FeatureTypeError, OptionError, ResamplingWarning
from mlkit.resampling import MLTL

# Counts 5, 2, 1: IRLbl 1, 2.5, 5 with mean 2.83; only the last label is rare.
X = np.array([[0.0], [0.1], [10.0], [10.1], [20.0], [20.1], [30.0]])
Y = np.array(
    [[1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1], [1, 1, 0]]
)


def kept(X=X, Y=Y, **parameters):
    sampler = MLTL(**parameters)
    sampler.fit_resample(X, Y)
    return sampler.sample_indices_.tolist()


def test_rows_of_frequent_labels_go_where_their_neighbour_differs():
    # 0 and 1 are neighbours, and 4 and 5; 5 has no frequent label and stays. 2 and 3
    # agree. The nearest row of 6 is 5, though that of 5 is another: 6 goes as well.
    with pytest.warns(ResamplingWarning, match="left 1 of 3 labels .*'label_1'"):
        assert kept() == [2, 3, 5]


def test_cleaning_removes_rows_of_any_label():
    with pytest.warns(ResamplingWarning, match="left 2 of 3 .*'label_1', 'label_2'"):
        assert kept(removal="all") == [2, 3]


def test_a_row_of_both_kinds_is_of_the_majority():
    # Rows 0 and 1 share one of three labels: the distance is 2 / 3.
    labels = [[1, 0, 1], [1, 1, 0], [1, 1, 0], [1, 1, 0], [0, 0, 1]]
    places = [[0.0], [0.1], [5.0], [5.1], [5.2]]

    assert kept(places, labels) == [2, 3, 4]
    assert kept(places, labels, removal="majority-only") == [0, 2, 3, 4]


@pytest.mark.parametrize(("threshold", "expected"), [(0.5, 3), (0.51, 4)])
def test_labels_differ_from_the_threshold_on(threshold, expected):
    # Rows 0 and 1: one of the two labels that either has is not shared, 1 / 2. As a
    # part of the sum of 1 + 2 labels, the other definition, it would be 1 / 3.
    labels = [[1, 0], [1, 1], [1, 0], [1, 0]]
    places = [[0.0], [0.1], [5.0], [5.1]]

    left = kept(places, labels, threshold=threshold, removal="majority-only")

    assert len(left) == expected
    assert 1 in left


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # MeanIR 4, that is 1 / sqrt(4) = 0.5, and a little more.
        ([35, 5], 0.5),
        ([36, 5], 0.3),
        # 1 / sqrt(11) = 0.3015 and 1 / sqrt(11.5) = 0.2949.
        ([42, 2], 0.3),
        ([44, 2], 0.15),
    ],
)
def test_the_threshold_of_the_paper(counts, expected):
    labels = np.repeat(np.eye(2, dtype=int), counts, axis=0)
    sampler = MLTL()
    sampler.fit_resample(np.arange(len(labels))[:, None], labels)

    assert sampler.threshold_ == expected


def by_definition(X, Y, threshold, removal):
    counts = Y.sum(axis=0)
    ratios = np.array([counts.max() / c if c else np.inf for c in counts])
    mean = ratios[np.isfinite(ratios)].mean() if counts.any() else 1.0
    left = []
    for i, row in enumerate(X[:, 0]):
        distances = np.abs(X[:, 0] - row)
        distances[i] = np.inf
        a, b = set(np.flatnonzero(Y[i])), set(np.flatnonzero(Y[distances.argmin()]))
        goes = len(a | b) > 0 and len(a ^ b) / len(a | b) >= threshold
        if removal != "all":
            goes = goes and any(ratios[j] < mean for j in a)
        if removal == "majority-only":
            goes = goes and not any(ratios[j] > mean for j in a)
        if not goes:
            left.append(i)
    return left


# The warnings are tested elsewhere; here any labels may come.
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ResamplingWarning")
@given(
    arrays(np.int8, (9, 4), elements=st.integers(0, 1)),
    st.permutations(range(9)),
    st.sampled_from([0.2, 0.5, 2 / 3, 1.0]),
    st.sampled_from(["majority", "majority-only", "all"]),
)
def test_rows_that_stay_are_those_of_the_definition(labels, order, threshold, removal):
    # Squares: all gaps differ, and every row has one nearest neighbour.
    places = np.array(order, dtype=float)[:, None] ** 2
    ratios = irlbl(labels)
    ratios = ratios[np.isfinite(ratios)]
    expected = by_definition(places, labels, threshold, removal)
    if not expected or len(set(ratios.tolist())) < 2:
        expected = list(range(9))

    assert kept(places, labels, threshold=threshold, removal=removal) == expected


def test_where_all_rows_would_go_none_does():
    labels = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]]
    with pytest.warns(
        ResamplingWarning, match="all rows differ, at a threshold of 0.5"
    ):
        left = kept([[0.0], [0.1], [5.0], [5.1]], labels, removal="all")

    assert left == [0, 1, 2, 3]


def test_nominal_features_are_told_apart_by_the_labels():
    # "a" and "b" go with the same labels, so that rows 0 and 1 are neighbours.
    frame = pd.DataFrame({"place": list("abcc"), "size": [1.0, 1.0, 1.2, 1.2]})
    labels = [[1, 0], [1, 0], [1, 0], [0, 1]]

    assert kept(frame, labels) == [0, 1, 3]


@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ResamplingWarning")
def test_containers_change_nothing():
    expected = kept()

    assert kept(sp.csr_array(X), sp.csr_array(Y)) == expected
    assert kept(pd.DataFrame(X), pd.DataFrame(Y)) == expected


@pytest.mark.parametrize(
    ("parameters", "error", "match"),
    [
        ({"removal": "both"}, OptionError, "removal must be one of 'majority'"),
        ({"threshold": 0}, OptionError, "must be more than 0, got 0"),
        ({"threshold": 1.1}, OptionError, r"threshold must be in \[0, 1\], got 1.1"),
        ({"threshold": np.nan}, OptionError, "got nan"),
        ({"threshold": "half"}, OptionError, "must be one of 'auto'; got 'half'"),
        ({"threshold": None}, TypeError, "threshold must be a number, got None"),
        ({"nominal_features": [7]}, OptionError, "columns that X has not: '7'"),
    ],
)
def test_bad_parameters_are_refused(parameters, error, match):
    with pytest.raises(error, match=match):
        kept(**parameters)


def test_features_that_are_missing_are_refused():
    with pytest.raises(FeatureTypeError, match="missing or infinite"):
        kept(np.where(X == 0, np.nan, X))


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "threshold", "share", "mean_before", "mean_after", "n_lost"),
    [
        ("scene", 0.5, 0.29, 1.25, 1.32, 0),
        ("yeast", 0.3, 0.75, 7.20, 15.58, 0),
        ("enron", 0.15, 0.89, 73.95, 34.35, 33),
    ],
)
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ResamplingWarning")
def test_what_the_docstring_says_of_real_data(
    name, threshold, share, mean_before, mean_after, n_lost, mulan_folder
):
    features, labels = load(name).as_xy()
    sampler = MLTL()
    _, fewer = sampler.fit_resample(features, labels)
    before, after = irlbl(labels), irlbl(fewer)

    assert sampler.threshold_ == threshold
    assert 1 - fewer.shape[0] / labels.shape[0] == pytest.approx(share, abs=0.005)
    assert before[np.isfinite(before)].mean() == pytest.approx(mean_before, abs=0.005)
    assert after[np.isfinite(after)].mean() == pytest.approx(mean_after, abs=0.005)
    assert np.isinf(after).sum() - np.isinf(before).sum() == n_lost
