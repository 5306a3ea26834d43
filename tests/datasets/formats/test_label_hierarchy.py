"""Rows against a tree of labels."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.formats.label_hierarchy import check_hierarchy
from mlkit.datasets.formats.label_xml import LabelTree
from mlkit.exceptions import FormatError

TREE = LabelTree(("pet", "dog", "sea"), (None, "pet", None))


def dataset(Y, *, sparse, missing=None):
    labels = sp.csr_array(Y) if sparse else np.array(Y)
    return MultiLabelDataset(
        np.zeros((len(Y), 1)),
        labels,
        ["dog", "pet", "sea"],
        source=DatasetSource(path="pets.arff"),
        missing=missing,
    )


@pytest.mark.parametrize("sparse", [False, True])
def test_rows_that_keep_to_the_tree(sparse):
    assert check_hierarchy(dataset([[1, 1, 0], [0, 1, 1]], sparse=sparse), TREE) is None


@pytest.mark.parametrize("sparse", [False, True])
def test_a_row_that_breaks_it(sparse):
    broken = dataset([[1, 1, 0], [1, 0, 1], [1, 0, 0]], sparse=sparse)
    with pytest.raises(
        FormatError, match=r"pets.arff: row 1 .*'dog' and not 'pet'.*\(2 such rows\)"
    ):
        check_hierarchy(broken, TREE)


@pytest.mark.parametrize("sparse", [False, True])
def test_an_unknown_parent_contradicts_nothing(sparse):
    missing = np.array([[False, True, False]])
    unknown = dataset([[1, 0, 0]], sparse=sparse, missing=missing)
    assert check_hierarchy(unknown, TREE) is None


@pytest.mark.parametrize("tree", [None, LabelTree(("dog", "pet", "sea"), (None,) * 3)])
def test_without_branches_nothing_can_break(tree):
    assert check_hierarchy(dataset([[1, 0, 0]], sparse=False), tree) is None
