"""Checks of arrays whose rows have a shape."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mlkit.exceptions import FeatureTypeError, ShapeError
from mlkit.neural.inputs import check_arrays

X = np.zeros((5, 4, 3), dtype=np.float32)


def check(X: Any, learner: Any = None, *, reset: bool = True) -> Any:
    learner = SimpleNamespace() if learner is None else learner
    return check_arrays(learner, X, reset=reset, n_axes=(3, 4))


def test_an_array_is_given_back_as_it_is():
    learner = SimpleNamespace()
    assert check(X, learner) is X
    assert learner.input_shape_ == (4, 3)


def test_lists_become_arrays():
    assert check(X.tolist()).shape == (5, 4, 3)


def test_a_file_is_not_read_as_a_whole(tmp_path):
    np.save(tmp_path / "x.npy", X)
    on_disk = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert check(on_disk) is on_disk


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (X[:, :, 0], ShapeError, r"3 or 4 axes, rows first; got shape \(5, 4\)"),
        (X[:0], ShapeError, "at least one row"),
        (X[:, :0], ShapeError, "at least one row and value"),
        (X.astype(str), FeatureTypeError, "takes arrays of numbers; X holds <U"),
        (X.astype(complex), FeatureTypeError, "complex"),
    ],
)
def test_what_is_refused(given, error, words):
    with pytest.raises(error, match=words):
        check(given)


def test_rows_of_another_shape():
    learner = SimpleNamespace(input_shape_=(4, 3))
    with pytest.raises(ShapeError, match=r"shape \(4, 2\).*trained on rows of shape"):
        check(X[:, :, :2], learner, reset=False)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_where_the_first_wrong_value_is(value):
    wrong = X.copy()
    wrong[3, 1, 2] = value
    with pytest.raises(ValueError, match=r"NaN or infinity \(first at \[3, 1, 2\]\)"):
        check(wrong)


def test_rows_of_different_shapes():
    with pytest.raises(ShapeError, match="rows of X differ in shape.*Resize pictures"):
        check([np.zeros((16, 16)), np.zeros((17, 16))])
