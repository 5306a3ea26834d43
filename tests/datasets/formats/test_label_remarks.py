"""What is said about odd places of labels, and when nothing is."""

from __future__ import annotations

import pytest

from mlkit.datasets.formats.label_remarks import label_remarks

NAMES = ["x", "y", "a", "b"]


@pytest.mark.parametrize(
    ("labels", "keywords"),
    [
        ([2, 3], {}),
        ([0, 1], {}),
        ([0, 1, 2, 3], {}),
        ([2, 3], {"xml_names": ["a", "b"]}),
        ([2, 3], {"meka_labels": -2}),
        ([0, 1], {"meka_labels": 2}),
    ],
)
def test_nothing_odd(labels, keywords):
    assert label_remarks(NAMES, labels, **keywords) == ()


@pytest.mark.parametrize(
    ("labels", "meka_labels", "side"),
    [([2, 3], 2, "first 2"), ([0, 1], -2, "last 2"), ([2, 3], -3, "last 3")],
)
def test_a_header_that_means_other_columns(labels, meka_labels, side):
    (remark,) = label_remarks(NAMES, labels, meka_labels=meka_labels)

    assert remark.startswith(f"The header says -C {meka_labels}, the {side} columns")


def test_an_xml_in_another_order():
    (remark,) = label_remarks(NAMES, [2, 3], xml_names=["b", "a"])

    assert "match by name" in remark


@pytest.mark.parametrize("labels", [[1, 2], [0, 3], [0, 2]])
def test_labels_between_features(labels):
    (remark,) = label_remarks(NAMES, labels)

    assert "neither first nor last" in remark


def test_several_remarks():
    remarks = label_remarks(NAMES, [1, 2], xml_names=["a", "y"], meka_labels=2)

    assert len(remarks) == 3


def test_a_header_may_count_more_columns_than_there_can_be():
    (remark,) = label_remarks(["a", "b"], [1], meka_labels=10**30)

    assert f"-C {10**30}" in remark
