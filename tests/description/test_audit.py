"""The audit as a whole, and every fact that is known about the MULAN sets."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit import MultiLabelDataset
from mlkit.dataset import DatasetSource
from mlkit.datasets import catalog_entry
from mlkit.description import Audit, Finding, audit
from mlkit.description.audit import quick_audit

Y = np.array([[1, 0], [0, 1], [1, 1]])
X = pd.DataFrame({"size": [1.0, 2.0, 3.0]})


def topics(*arguments, **keywords):
    return [
        finding.topic for finding in audit(MultiLabelDataset(*arguments, **keywords))
    ]


def test_a_clean_dataset_has_no_findings():
    assert topics(X, Y) == []


def test_it_returns_an_audit_of_findings_with_a_title():
    labels = np.array([[1, 0, 1], [1, 0, 0], [1, 0, 1]])

    found = audit(MultiLabelDataset(X, labels, name="toy"), train=[0], test=[1, 2])

    assert isinstance(found, Audit)
    assert all(isinstance(finding, Finding) for finding in found)
    assert found.title == (
        "toy: 3 rows, 1 feature, 3 labels, cardinality 1.67 (train 1, test 2 rows)"
    )


def test_problems_come_first_then_warnings_then_notes():
    ds = MultiLabelDataset(X.assign(flat=1), np.array([[1, 0], [0, 0], [1, 0]]))

    severities = [finding.severity for finding in audit(ds, train=[0, 1], test=[1])]

    assert severities == sorted(severities, key=["problem", "warning", "note"].index)
    assert set(severities) == {"problem", "warning", "note"}


def test_identifiers_are_left_out_where_rows_are_compared():
    table = X.assign(size=5.0, protein=["q1", "q2", "q3"])

    found = audit(MultiLabelDataset(table, Y), train=[0, 1], test=[2])

    (seen,) = found.select(topic="test rows seen in train")
    assert "('protein' aside)" in seen.message
    assert found.select(topic="test rows copied from train") == []
    assert found.select(topic="identifier column")[0].names == ("protein",)


def test_pictures_are_compared_row_by_row():
    pictures = np.zeros((3, 4, 4), np.uint8)
    pictures[1] = 1

    assert topics(pictures, Y) == ["contradicting labels", "duplicate rows"]


def test_unknown_labels_and_rows_without_a_label():
    labels = np.array([[1, 0], [0, 0], [0, 1]])
    mask = np.array([[False, False], [True, False], [False, False]])

    assert topics(X, labels, missing=mask) == ["unknown labels", "rows without a label"]


def test_what_the_reader_remarked_is_repeated():
    source = DatasetSource(remarks=("The header is wrong.",))

    (finding,) = audit(MultiLabelDataset(X, Y, source=source))

    assert finding == Finding("note", "reading", "The header is wrong.")


@pytest.mark.parametrize(
    "features", [np.empty((0, 2)), np.empty((0, 2, 2)), sp.csr_array((0, 2))]
)
def test_no_rows(features):
    ds = MultiLabelDataset(features, np.empty((0, 2), int))

    assert audit(ds) == []
    assert audit(ds, train=[], test=[]) == []


def test_no_features_and_no_labels():
    found = {f.topic for f in audit(MultiLabelDataset(np.empty((3, 0)), Y))}
    assert found == {"contradicting labels", "duplicate rows"}

    empty = MultiLabelDataset(X, np.empty((3, 0), int))
    assert [finding.topic for finding in audit(empty)] == ["rows without a label"]


def test_duplicating_columns_and_shuffling_rows_changes_nothing_else():
    rng = np.random.default_rng(0)
    features = rng.integers(0, 3, (80, 4)).astype(float)
    labels = rng.integers(0, 2, (80, 3))
    order = rng.permutation(80)

    one = audit(MultiLabelDataset(features, labels))
    other = audit(MultiLabelDataset(features[order], labels[order]))

    counted = [(f.severity, f.topic, f.names, f.n_rows) for f in one]
    assert counted == [(f.severity, f.topic, f.names, f.n_rows) for f in other]
    assert counted


def test_sparse_and_dense_agree():
    rng = np.random.default_rng(0)
    features = (rng.random((200, 6)) < 0.3).astype(float)
    features[:, 5] = features[:, 0]
    labels = (rng.random((200, 4)) < 0.3).astype(int)
    dense = MultiLabelDataset(features, labels)
    sparse = MultiLabelDataset(sp.csr_array(features), sp.csr_array(labels))

    ours = audit(dense, train=slice(0, 120), test=slice(120, 200))
    theirs = audit(sparse, train=slice(0, 120), test=slice(120, 200))

    assert ours == [f for f in theirs if f.topic != "rows without features"]
    assert len(ours) >= 4


# The quick audit of the card


def test_the_quick_audit_of_a_small_set_is_the_whole_audit():
    ds = MultiLabelDataset(X.assign(flat=1), Y)

    assert quick_audit(ds) == audit(ds)
    assert len(quick_audit(ds)) == 1


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_the_quick_audit_of_a_large_set_looks_at_the_labels(container, monkeypatch):
    # The package exports a function of the same name as this module.
    monkeypatch.setattr(sys.modules["mlkit.description.audit"], "_FEW_CELLS", 3)
    labels = np.array([[1, 0], [0, 0], [1, 0]])
    source = DatasetSource(remarks=("Odd.",))
    ds = MultiLabelDataset(container(np.ones((3, 2))), container(labels), source=source)

    found = [finding.topic for finding in quick_audit(ds)]

    assert found == ["constant label", "rows without a label", "reading"]


# Facts about the MULAN sets


@cache
def mulan(name):
    """The audit of a published set with its parts, and the number of test rows."""
    parts = catalog_entry(name).parts
    split = {part: mlkit.load(name, part) for part in parts if part != "all"}
    n_test = split["test"].n_samples if split else 0
    return audit(mlkit.load(name), **split), n_test


def finding(name, topic, part=""):
    found = mulan(name)[0].select(topic=topic, part=part)
    assert len(found) <= 1
    return found[0] if found else Finding("note", topic, "")


def no_positive(name, part):
    found = mulan(name)[0].select(topic="constant label", part=part)
    return sum(len(f.names) for f in found if "no positive row" in f.message)


data = [pytest.mark.data, pytest.mark.usefixtures("mulan_folder")]


class TestMulan:
    """One test a fact; the numbers were counted by other means."""

    pytestmark = data

    @pytest.mark.parametrize(
        ("name", "in_train", "in_test"),
        [
            ("corel5k", 3, 111),
            ("delicious", 0, 1),
            ("enron", 1, 0),
            ("genbase", 2, 3),
            ("medical", 7, 6),
            ("scene", 0, 0),
        ],
    )
    def test_labels_without_a_positive(self, name, in_train, in_test):
        assert no_positive(name, "train") == in_train
        assert no_positive(name, "test") == in_test
        assert no_positive(name, "") == 0

    @pytest.mark.parametrize(
        ("name", "n_constant", "n_features"),
        [("genbase", 1086, 1186), ("medical", 555, 1449)],
    )
    def test_features_constant_in_train(self, name, n_constant, n_features):
        constant = finding(name, "constant feature", "train")

        assert len(constant.names) == n_constant
        assert f"{n_constant} of {n_features} features" in constant.message

    @pytest.mark.parametrize(
        ("name", "n_seen", "n_copied"),
        [
            ("bibtex", 21, 9),
            ("delicious", 871, 63),
            ("emotions", 0, 0),
            ("enron", 62, 10),
            ("genbase", 157, 1),
            ("medical", 6, 4),
            ("scene", 6, 5),
            ("tmc2007-500", 1220, 108),
            ("yeast", 0, 0),
        ],
    )
    def test_test_rows_that_occur_in_train(self, name, n_seen, n_copied):
        assert finding(name, "test rows seen in train", "test").n_rows == n_seen
        assert finding(name, "test rows copied from train", "test").n_rows == n_copied

    @pytest.mark.parametrize(
        ("name", "ceiling"),
        [
            ("bibtex", 0.668),
            ("birds", 0.827),
            ("corel5k", 0.496),
            ("delicious", 0.028),
            ("emotions", 0.980),
            ("enron", 0.611),
            ("flags-mulan", 0.846),
            ("medical", 0.916),
            ("scene", 0.999),
            ("yeast", 0.959),
        ],
    )
    def test_ceiling_of_label_powerset(self, name, ceiling):
        unseen = finding(name, "label sets not in train", "test")

        assert 1 - unseen.n_rows / mulan(name)[1] == pytest.approx(ceiling, abs=5e-4)
        assert f"subset accuracy of {ceiling:.3f}" in unseen.message

    @pytest.mark.parametrize(
        ("name", "same"),
        [
            ("bibtex", False),
            ("corel5k", True),
            ("delicious", True),
            ("emotions", True),
            ("enron", False),
            ("flags-mulan", False),
            ("medical", False),
            ("tmc2007-500", True),
            ("yeast", False),
        ],
    )
    def test_order_of_the_whole_set(self, name, same):
        message = finding(name, "order of rows").message

        assert ("train followed by test" in message) == same
        assert ("in another order" in message) != same

    def test_genbase_has_an_identifier_and_parts_that_are_not_the_whole(self):
        assert finding("genbase", "identifier column").names == ("protein",)
        assert finding("genbase", "order of rows").message == ""
        message = finding("genbase", "parts and the whole").message
        assert "1 row is in neither part ('O88658')" in message
        assert "1 row is once too often in the parts (test: 'Q9XEL8')" in message
        copied = finding("genbase", "test rows copied from train", "test")
        assert "'Q9XEL8'" in copied.message

    @pytest.mark.parametrize(
        ("name", "n_empty"), [("birds", 294), ("delicious", 14), ("emotions", 0)]
    )
    def test_rows_without_a_label(self, name, n_empty):
        assert finding(name, "rows without a label").n_rows == n_empty

    @pytest.mark.parametrize(
        ("name", "columns"),
        [
            ("birds", ("location",)),
            ("flags-mulan", ("landmass", "zone", "language", "religion")),
            ("foodtruck", ()),
        ],
    )
    def test_categories_that_look_like_numbers(self, name, columns):
        assert finding(name, "numbers that are codes").names == columns

    @pytest.mark.parametrize(
        ("name", "remark"),
        [
            ("medical", "The header says -C 45, the first 45 columns"),
            ("yeast", "The label XML lists the labels in another order"),
            ("enron", "The label XML lists the labels in another order"),
            ("emotions", ""),
        ],
    )
    def test_what_the_reader_remarks(self, name, remark):
        message = finding(name, "reading").message

        assert message.startswith(remark)
        assert bool(message) == bool(remark)

    @pytest.mark.parametrize("name", ["cal500", "emotions", "foodtruck", "scene"])
    def test_measurements_are_not_taken_for_identifiers_or_codes(self, name):
        found = {f.topic for f in mulan(name)[0]}

        assert not found & {
            "identifier column",
            "nearly an identifier",
            "numbers that are codes",
            "numbers that may be codes",
        }
