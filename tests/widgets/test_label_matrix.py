"""What an explorer of labels accepts, and how much of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import IndicatorError
from mlkit.widgets.label_matrix import label_matrix, sampled_rows


def test_names_of_frames_and_datasets():
    Y = pd.DataFrame([[1, 0], [0, 1]], columns=["calm", "sad"])
    dataset = MultiLabelDataset([[1.0], [2.0]], Y.to_numpy(), ["calm", "sad"])
    assert label_matrix(Y).label_names == ("calm", "sad")
    assert label_matrix(dataset).label_names == ("calm", "sad")
    assert label_matrix(Y.to_numpy()).label_names == ("label_0", "label_1")


@pytest.mark.parametrize("as_dataset", [False, True])
def test_unknown_labels_count_as_absent(as_dataset):
    Y = np.array([[1.0, np.nan], [0.0, 1.0]])
    data = MultiLabelDataset([[1.0], [2.0]], Y) if as_dataset else Y
    assert label_matrix(data).toarray().tolist() == [[1, 0], [0, 1]]


def test_not_labels():
    with pytest.raises(IndicatorError, match="outside"):
        label_matrix([[0, 3]])


@pytest.mark.parametrize(
    ("shape", "n_rows"),
    [((7, 3), 7), ((30_000, 5), 20_000), ((5_000, 2_000), 2_000), ((5, 0), 5)],
)
def test_rows_that_are_looked_at(shape, n_rows):
    rows = sampled_rows(label_matrix(sp.csr_array(shape, dtype=np.int8)))
    assert len(rows) == len(set(rows.tolist())) == n_rows
    assert rows.max() < shape[0]
