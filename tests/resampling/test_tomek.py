from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlkit.exceptions import FeatureTypeError, OptionError
from mlkit.resampling import MLTL

# Counts 5, 2, 1: IRLbl 1, 2.5, 5 with mean 2.83; only the last label is rare.
X = np.array([[0.0], [0.1], [10.0], [10.1], [20.0], [20.1], [30.0]])
Y = np.array(
    [[1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1], [1, 1, 0]]
)


def kept(**parameters):
    sampler = MLTL(**parameters)
    sampler.fit_resample(X, Y)
    return sampler.sample_indices_.tolist()


def test_links_lose_their_rows_without_a_rare_label():
    # Links: 0-1 (disjoint, both frequent) and 4-5 (disjoint, 5 is protected). 2-3
    # agree, and 6 is the nearest neighbour of nobody.
    assert kept() == [2, 3, 5, 6]


def test_cleaning_removes_both():
    assert kept(removal="both") == [2, 3, 6]


@pytest.mark.parametrize(("threshold", "expected"), [(0.5, 4), (0.49, 3)])
def test_a_distance_at_the_threshold_is_no_link(threshold, expected):
    # Rows 0 and 1: two of their 1 + 3 labels differ, 2 / 4. Row 1 holds the rare ones.
    labels = [[1, 0, 0], [1, 1, 1], [1, 0, 0], [1, 0, 0]]
    sampler = MLTL(threshold=threshold)
    X_less, _ = sampler.fit_resample([[0.0], [0.1], [5.0], [5.1]], labels)

    assert len(X_less) == expected
    assert 1 in sampler.sample_indices_


def test_rare_rows_and_agreeing_rows_always_stay():
    rng = np.random.default_rng(0)
    labels = (rng.random((80, 3)) < [0.8, 0.5, 0.1]).astype(int)
    sampler = MLTL(threshold=0.0)
    sampler.fit_resample(rng.normal(size=(80, 2)), labels)
    removed = np.setdiff1d(np.arange(80), sampler.sample_indices_)

    assert len(removed)
    assert not labels[removed, 2].any()


def test_nominal_features_are_told_apart_by_the_labels():
    # "a" and "b" go with the same labels, so that rows 0 and 1 are neighbours.
    frame = pd.DataFrame({"place": list("abcc"), "size": [1.0, 1.0, 1.2, 1.2]})
    labels = [[1, 0], [1, 0], [1, 0], [0, 1]]
    sampler = MLTL()
    sampler.fit_resample(frame, labels)

    assert sampler.sample_indices_.tolist() == [0, 1, 3]


def test_bad_parameters_are_refused():
    with pytest.raises(OptionError, match="removal must be"):
        kept(removal="all")
    with pytest.raises(ValueError, match=r"threshold must be in \[0, 1\)"):
        kept(threshold=1.0)
    with pytest.raises(FeatureTypeError, match="missing or infinite"):
        MLTL().fit_resample(np.where(X == 0, np.nan, X), Y)
