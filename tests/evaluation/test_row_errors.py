"""Rows that are wrong in some way, the worst first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import evaluate
from mlkit.evaluation.row_errors import ROW_KINDS, RowErrors, check_rows, row_names
from mlkit.exceptions import OptionError, ShapeError, UnknownNameError

NAMES = ["sea", "sun", "cat"]
Y = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 0]])
# Row 0 right; 1 misses two and invents one; 2 misses one; 3 invents one.
PREDICTED = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]])
PROBA = np.array([[0.9, 0.1, 0.2], [0.4, 0.2, 0.7], [0.1, 0.8, 0.05], [0.3, 0.1, 0.6]])


@pytest.fixture
def errors():
    frame = pd.DataFrame(Y, columns=NAMES)
    return RowErrors(evaluate(frame, PROBA))


def test_the_probabilities_decide_as_the_labels_do():
    np.testing.assert_array_equal(PROBA >= 0.5, PREDICTED)


@pytest.mark.parametrize(
    ("kind", "label", "expected"),
    [
        ("wrong", None, [1, 2, 3]),
        ("missed", None, [1, 2]),
        ("false", None, [1, 3]),
        ("right", None, [0]),
        ("wrong", "cat", [1, 2, 3]),
        ("missed", "cat", [2]),
        ("false", "cat", [1, 3]),
        ("right", "sun", [2]),
        ("right", "cat", []),
    ],
    ids=str,
)
def test_rows_of_a_kind(errors, kind, label, expected):
    assert sorted(errors.find(kind, label=label)) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        # Wrong cells: 3, 1 and 1; the log loss of row 2 is larger than that of row 3.
        ("hamming", [1, 2, 3]),
        ("subset", [1, 2, 3]),
        # Jaccard index 0, 1/2 and 0; of the two zeros, row 1 has more wrong labels.
        ("jaccard", [1, 3, 2]),
        # Pairs in the wrong order: 2 of 2, 1 of 2; row 3 has no pair and comes last.
        ("ranking", [1, 2, 3]),
        # Sums of -ln: 3.73, 3.32 and 1.38.
        ("log", [1, 2, 3]),
        # Largest probability of a wrong answer: .8 (sun), .95 (cat) and .6.
        ("confidence", [2, 1, 3]),
    ],
)
def test_orders(errors, order, expected):
    assert errors.find("wrong", order=order).tolist() == expected


def test_losses_are_those_of_the_metrics(errors):
    hamming = errors.losses("hamming")
    np.testing.assert_allclose(hamming, [0, 1, 1 / 3, 1 / 3])
    np.testing.assert_allclose(errors.losses("subset"), [0, 1, 1, 1])
    np.testing.assert_allclose(errors.losses("jaccard"), [0, 1, 0.5, 1])
    evaluation = evaluate(Y, PROBA)
    assert hamming.mean() == pytest.approx(float(evaluation["hamming_loss"]))
    assert errors.losses("log").mean() == pytest.approx(float(evaluation["log_loss"]))
    np.testing.assert_allclose(errors.losses("log"), evaluation.rows["log_loss"])


@pytest.mark.parametrize(
    ("kind", "label", "expected"),
    [
        ("wrong", None, [0, 0.8, 0.95, 0.6]),
        ("missed", None, [0, 0.8, 0.95, 0]),
        ("false", None, [0, 0.7, 0, 0.6]),
        ("right", None, [0.2, 0, 0, 0]),
        ("missed", "sea", [0, 0.6, 0, 0]),
        ("right", "sun", [0, 0, 0.2, 0]),
    ],
    ids=str,
)
def test_confidence_is_that_of_the_labels_asked_for(errors, kind, label, expected):
    found = errors.losses("confidence", kind, label=label)

    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_labels_of_a_row(errors):
    assert [found.tolist() for found in errors.labels_of(1)] == [[], [0, 1], [2]]
    assert [found.tolist() for found in errors.labels_of(2)] == [[1], [2], []]


@pytest.mark.parametrize("kind", ROW_KINDS)
def test_sparse_labels_give_the_same(kind):
    dense, sparse = (
        RowErrors(evaluate(to(Y), PROBA)) for to in (np.array, sp.csr_array)
    )

    for order in dense.orders:
        for label in (None, "label_2"):
            one, other = (
                errors.find(kind, label=label, order=order)
                for errors in (dense, sparse)
            )
            assert one.tolist() == other.tolist()
    assert [a.tolist() for a in dense.labels_of(1)] == [
        a.tolist() for a in sparse.labels_of(1)
    ]


@pytest.mark.parametrize("to", [np.array, sp.csr_array])
def test_unknown_labels_are_neither_right_nor_wrong(to):
    known = Y.astype(float)
    known[0], known[1, 0] = np.nan, np.nan
    errors = RowErrors(evaluate(to(known), PROBA))

    assert errors.find("right", order="confidence").tolist() == []
    assert errors.find("missed", label="label_0").tolist() == []
    # Two of two known labels are wrong; a row without a known label has no loss.
    np.testing.assert_allclose(errors.losses("hamming"), [np.nan, 1, 1 / 3, 1 / 3])


def test_what_the_evaluation_allows():
    labels = RowErrors(evaluate(Y, PREDICTED))
    scores = RowErrors(evaluate(Y, 10 * PROBA - 5))

    assert labels.orders == ("hamming", "subset", "jaccard")
    assert scores.orders == (*labels.orders, "ranking")
    assert labels.find("wrong").tolist() == [1, 2, 3]
    with pytest.raises(OptionError, match="order must be"):
        labels.find("wrong", order="log")


def test_equal_rows_stay_in_the_order_of_the_data():
    errors = RowErrors(evaluate([[1, 0]] * 40, [[0, 1]] * 40))

    assert errors.find("wrong").tolist() == list(range(40))


def test_what_does_not_exist(errors):
    with pytest.raises(OptionError, match="kind must be"):
        errors.find("bad")
    with pytest.raises(UnknownNameError, match="Did you mean 'cat'"):
        errors.find("wrong", label="cart")


def test_undecided_labels_are_refused():
    evaluation = evaluate(Y, PROBA)
    object.__setattr__(evaluation.evidence, "predicted", None)

    with pytest.raises(OptionError, match=r"Give evaluate\(\) a threshold"):
        RowErrors(evaluation)


@pytest.mark.parametrize(
    ("labels", "error", "match"),
    [
        (Y[:3], ShapeError, "4 rows and 3 labels, got 3 and 3"),
        (Y[::-1], ValueError, r"other true labels than the evaluation.*row 0"),
    ],
    ids=["fewer", "other-order"],
)
def test_data_of_other_rows_are_refused(labels, error, match):
    data = MultiLabelDataset(np.zeros((len(labels), 1)), labels)

    with pytest.raises(error, match=match):
        check_rows(evaluate(Y, PROBA), data)


def test_data_with_other_names_are_refused():
    data = MultiLabelDataset(np.zeros((4, 1)), Y, ["a", "b", "c"])

    with pytest.raises(ShapeError, match="other labels than the evaluation"):
        check_rows(evaluate(pd.DataFrame(Y, columns=NAMES), PROBA), data)


def test_names_of_rows():
    index = ["north", "east", "south", "west"]
    data = MultiLabelDataset(np.zeros((4, 1)), pd.DataFrame(Y, index=index))
    numbered = pd.DataFrame(Y, index=[5, 6, 7, 8])

    assert row_names(evaluate(Y, PROBA)) == ["Row 0", "Row 1", "Row 2", "Row 3"]
    assert row_names(evaluate(numbered, PROBA))[0] == "Row 5"
    assert row_names(evaluate(Y, PROBA), data) == index
