"""What counts as a picture, and pixels as bytes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.description.pictures import is_pictures, pixel_bytes


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        (np.zeros((2, 8, 8)), True),
        (np.zeros((2, 8, 8, 3)), True),
        (np.zeros((2, 8, 8, 1)), True),
        (np.zeros((2, 8, 8, 2)), False),
        (np.zeros((2, 50, 4)), False),
        (np.zeros((2, 8)), False),
        (np.full((2, 8, 8), "x"), False),
        (pd.DataFrame(np.zeros((2, 8))), False),
        (sp.csr_array((2, 8)), False),
    ],
)
def test_what_counts_as_pictures(X, expected):
    assert is_pictures(X) is expected


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.array([0, 7, 255], dtype=np.uint8), [0, 7, 255]),
        (np.array([0, 7, 255]), [0, 7, 255]),
        (np.array([0.0, 0.5, 1.0]), [0, 128, 255]),
        (np.array([False, True]), [0, 255]),
        (np.array([-1.0, 0.0, 3.0]), [0, 64, 255]),
        (np.array([0.0, 16.0, np.nan]), [0, 255, 0]),
        (np.array([5.0, 5.0]), [0, 0]),
    ],
    ids=["bytes", "integers", "shares", "bits", "stretched", "not-finite", "constant"],
)
def test_ranges_of_pixels(pixels, expected):
    before = pixels.copy()

    assert pixel_bytes(pixels).tolist() == expected
    assert pixel_bytes(pixels).dtype == np.uint8
    np.testing.assert_array_equal(pixels, before)


def test_pictures_that_are_compared_get_one_scale():
    pictures = np.array([[[0.0, 8.0]], [[4.0, 16.0]]])

    assert pixel_bytes(pictures).tolist() == [[[0, 128]], [[64, 255]]]
