"""The description: tables that are made once, when they are read."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit import MultiLabelDataset
from mlkit.description import (
    dependent_pairs,
    describe,
    label_pairs,
    label_set_table,
    pair_matrix,
    result,
)
from mlkit.exceptions import UnknownNameError

NAMES = ["sea", "sun", "fog"]
Y = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]])


@pytest.fixture(params=[np.asarray, sp.csr_array], ids=["dense", "sparse"])
def dataset(request):
    return MultiLabelDataset(np.ones((5, 2)), request.param(Y), label_names=NAMES)


def test_tables_are_those_of_the_functions(dataset):
    description = describe(dataset)

    pd.testing.assert_frame_equal(description.label_sets, label_set_table(dataset))
    pd.testing.assert_frame_equal(description.pairs, label_pairs(dataset))
    assert description.dependent_pairs == dependent_pairs(dataset)
    for measure in ("count", "phi", "conditional"):
        expected = pair_matrix(dataset, measure)
        pd.testing.assert_frame_equal(description.matrix(measure), expected)


def test_labels_of_a_matrix_can_be_picked(dataset):
    matrix = describe(dataset).matrix("count", labels=["sun", "sea"])

    assert matrix.to_numpy().tolist() == [[2, 2], [2, 3]]
    with pytest.raises(UnknownNameError, match="Unknown label 'moon'"):
        describe(dataset).matrix(labels=["moon"])


def test_tables_are_made_once_and_only_when_read(monkeypatch, dataset):
    calls = []

    def counted(known):
        calls.append(known)
        return label_pairs(known)

    monkeypatch.setattr(result, "label_pairs", counted)
    description = describe(dataset)

    assert calls == []
    assert description.pairs is description.pairs
    assert len(calls) == 1


def test_a_description_cannot_be_changed(dataset):
    description = describe(dataset)

    with pytest.raises(dataclasses.FrozenInstanceError, match="summary"):
        description.summary = None
