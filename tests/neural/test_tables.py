"""Codes of the values of nominal columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.testing import assert_array_equal

from mlkit.neural.tables import codes_of, nominal_columns, values_of


def test_which_columns_hold_names():
    table = pd.DataFrame(
        {
            "text": ["a", "b"],
            "number": [1.5, 2],
            "kind": pd.Categorical(["x", "y"]),
            "flag": [True, False],
            "mixed": [1, "one"],
        }
    )
    assert nominal_columns(table) == ["text", "kind", "mixed"]
    assert nominal_columns(np.zeros((2, 2))) == []
    assert nominal_columns([["a"]]) == []


def test_values_are_sorted_texts_without_gaps():
    column = np.array(["b", 2, None, np.nan, "a", "b"], dtype=object)
    assert values_of(column) == ["2", "a", "b"]


def test_codes_and_back():
    names = np.array([["b", "u"], ["a", None], ["c", "nan"]], dtype=object)
    values = [["a", "b"], ["nan", "u"]]
    codes = codes_of(names, values)
    assert codes.dtype == np.int32
    # "c" is unknown; a gap is none, though it reads like a value.
    assert_array_equal(codes, [[2, 2], [1, 0], [0, 1]])
