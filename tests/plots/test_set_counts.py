"""Counts of label sets from labels, tables and descriptions: always the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit.description import distinct_label_sets, label_set_table
from mlkit.exceptions import IndicatorError
from mlkit.plots.set_counts import set_counts

Y = pd.DataFrame([[1, 0], [1, 1], [1, 1], [0, 0]], columns=["sea", "sun"])
EXPECTED = {("sea", "sun"): 2, (): 1, ("sea",): 1}


@pytest.mark.parametrize(
    "given",
    [
        Y,
        mlkit.MultiLabelDataset(np.zeros((4, 1)), Y),
        mlkit.describe(mlkit.MultiLabelDataset(np.zeros((4, 1)), Y)),
        label_set_table(Y),
        label_set_table(Y).iloc[::-1],
        distinct_label_sets(Y),
    ],
    ids=["Y", "dataset", "description", "table", "reversed table", "series"],
)
def test_every_kind_gives_the_same_counts(given) -> None:
    counts = set_counts(given)
    assert counts.to_dict() == EXPECTED
    assert counts.is_monotonic_decreasing


def test_labels_without_names_are_positions() -> None:
    expected = {(0, 1): 2, (): 1, (0,): 1}
    assert set_counts(Y.to_numpy()).to_dict() == expected
    assert set_counts(sp.csr_array(Y.to_numpy())).to_dict() == expected


def test_a_label_called_count_is_a_label() -> None:
    assert set_counts(Y.set_axis(["count", "sun"], axis=1)).iloc[0] == 2


@pytest.mark.parametrize("none", [Y.iloc[:0], label_set_table(Y).iloc[:0]])
def test_no_rows_are_refused(none) -> None:
    with pytest.raises(ValueError, match="no label sets, because there are no rows"):
        set_counts(none)


def test_what_is_no_label_matrix_is_refused() -> None:
    with pytest.raises(IndicatorError, match="outside"):
        set_counts([[3]])
