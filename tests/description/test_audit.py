"""The audit names what it finds and keeps silent where there is nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit import MultiLabelDataset
from mlkit.description import audit

Y = np.array([[1, 0], [0, 1], [1, 1]])
X = pd.DataFrame({"size": [1.0, 2.0, 3.0]})


def topics(*arguments, **keywords):
    return [
        finding.topic for finding in audit(MultiLabelDataset(*arguments, **keywords))
    ]


def test_a_clean_dataset_has_no_findings():
    assert topics(X, Y) == []


def test_labels_never_and_always_present():
    labels = np.array([[1, 0, 1], [1, 0, 0], [1, 0, 1]])

    findings = audit(MultiLabelDataset(X, labels, label_names=["on", "off", "x"]))

    assert [finding.names for finding in findings] == [("off",), ("on",)]
    assert {finding.severity for finding in findings} == {"warning"}
    assert "1 of 3 labels are never present: 'off'" in findings[0].message


def test_an_identifier_column():
    table = X.assign(protein=["q1", "q2", "q3"], kind=["a", "a", "b"])

    (finding,) = audit(MultiLabelDataset(table, Y))

    assert (finding.topic, finding.names) == ("identifier column", ("protein",))


def test_numbers_that_all_differ_are_no_identifier():
    assert topics(X, Y) == []


@pytest.mark.parametrize(
    "features",
    [
        X.assign(flat=7.0),
        np.array([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]]),
        sp.csr_array(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])),
    ],
    ids=["frame", "array", "sparse"],
)
def test_constant_features(features):
    assert topics(features, Y) == ["constant feature"]


def test_pictures_are_not_searched_for_constant_features():
    assert topics(np.zeros((3, 4, 4)), Y) == []


def test_rows_without_a_label_and_unknown_labels():
    labels = np.array([[1, 0], [0, 0], [0, 1]])
    mask = np.array([[False, False], [True, False], [False, False]])

    assert topics(X, labels, missing=mask) == ["unknown labels", "rows without a label"]


def test_warnings_come_before_notes():
    labels = np.array([[1, 0], [0, 0], [1, 0]])

    findings = audit(MultiLabelDataset(X.assign(flat=1), labels))

    assert [f.severity for f in findings] == ["warning", "note", "note"]


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_genbase_carries_an_identifier():
    topics = {finding.topic: finding for finding in audit(mlkit.load("genbase"))}

    assert topics["identifier column"].names == ("protein",)


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
@pytest.mark.parametrize(
    ("name", "part", "n_constant"),
    [("medical", "train", 7), ("genbase", "train", 2), ("enron", "train", 1)],
)
def test_labels_that_published_training_parts_lack(name, part, n_constant):
    findings = audit(mlkit.load(name, part=part))

    (constant,) = [f for f in findings if f.topic == "constant label"]
    assert len(constant.names) == n_constant
