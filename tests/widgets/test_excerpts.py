"""Which rows and labels of a data set an explorer takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import MissingLabelsError
from mlkit.widgets.excerpts import excerpt

Y = np.array([[0, 1, 1], [0, 1, 0], [1, 1, 0], [0, 1, 1]])
NAMES = ["sea", "sun", "sky"]


def test_the_most_frequent_labels_come_first():
    part, words = excerpt(MultiLabelDataset(Y, Y, NAMES), most_rows=9, most_labels=2)
    assert part.label_names == ("sun", "sky")
    assert part.Y.to_numpy().tolist() == Y[:, [1, 2]].tolist()
    assert words == "The 2 most frequent of 3 labels"


def test_rows_are_drawn_with_a_fixed_seed_and_keep_their_order():
    dataset = MultiLabelDataset(np.arange(12).reshape(-1, 1), np.tile(Y, (3, 1)), NAMES)
    part, words = excerpt(dataset, most_rows=5, most_labels=3)
    again, _ = excerpt(dataset, most_rows=5, most_labels=3)
    rows = part.X.ravel()
    assert len(set(rows.tolist())) == 5
    assert (np.diff(rows) > 0).all()
    assert rows.tolist() == again.X.ravel().tolist()
    assert part.Y["sea"].tolist() == np.tile(Y, (3, 1))[rows, 0].tolist()
    assert words == "5 of 12 rows"


def test_all_of_it_needs_no_words():
    X = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]}, index=list("abcd"))
    part, words = excerpt(MultiLabelDataset(X, Y, NAMES), most_rows=4, most_labels=3)
    assert words == ""
    assert part.feature_names == ("x",)
    assert part.Y.index.tolist() == list("abcd")


def test_sparse_labels_become_a_table_and_the_data_stay_as_they_are():
    labels = sp.csr_array(Y)
    dataset = MultiLabelDataset(sp.csr_array(Y * 1.0), labels, NAMES)
    part, _ = excerpt(dataset, most_rows=4, most_labels=1)
    assert isinstance(part.Y, pd.DataFrame)
    assert part.Y.to_numpy().tolist() == [[1]] * 4
    assert sp.issparse(part.X)
    assert (labels.toarray() == Y).all()


def test_unknown_labels_are_refused():
    dataset = MultiLabelDataset(Y, np.where(Y == 1, np.nan, Y), NAMES)
    with pytest.raises(MissingLabelsError, match="unknown labels"):
        excerpt(dataset, most_rows=4, most_labels=1)
