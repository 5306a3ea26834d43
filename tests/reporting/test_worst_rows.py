import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import ShapeError
from mlkit.reporting.document import Ids
from mlkit.reporting.worst_rows import worst_rows_section

from .pages import parse

Y = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 0]])
PREDICTED = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]])


def cases(evaluation, data=None):
    page = parse(worst_rows_section(evaluation, data).html("rows", Ids()))
    return page, [element for element in page.all("div") if element.all("h3")]


def facts(case):
    (first, *_) = case.all("dl")
    words = [element.text for element in first.children]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_the_worst_rows_come_first_with_their_labels():
    page, found = cases(mlkit.evaluate(Y, PREDICTED))

    assert "3 rows of 4 have at least one wrong label" in page.text
    assert [case.one("h3").text for case in found] == ["Row 1", "Row 3", "Row 2"]
    assert facts(found[0]) == {
        "True": "label_0, label_1",
        "Predicted": "label_2",
        "Missed": "label_0, label_1",
        "False": "label_2",
        "Jaccard index": "0.000",
    }
    assert facts(found[2])["Jaccard index"] == "0.500"
    assert facts(found[2])["Missed"] == "label_2"
    assert facts(found[2])["False"] == "none"


def test_sparse_labels_give_the_same_rows():
    dense, sparse = (
        cases(mlkit.evaluate(kind(Y), kind(PREDICTED)))[1]
        for kind in (np.asarray, sp.csr_array)
    )

    assert [facts(case) for case in dense] == [facts(case) for case in sparse]


def test_unknown_labels_are_neither_missed_nor_false():
    known = Y.astype(float)
    known[1] = [np.nan, 1, 0]
    _, found = cases(mlkit.evaluate(known, PREDICTED))

    assert facts(found[0]) == {
        "True": "label_1",
        "Predicted": "label_2",
        "Missed": "label_1",
        "False": "label_2",
        "Jaccard index": "0.000",
    }


def test_among_equals_the_surest_error_comes_first():
    proba = np.array([[0.4, 0.6], [0.1, 0.9], [0.3, 0.7]])
    _, found = cases(mlkit.evaluate([[1, 0]] * 3, proba))

    assert [case.one("h3").text for case in found] == ["Row 1", "Row 2", "Row 0"]


def test_ten_rows_are_enough():
    wrong = np.zeros((30, 2), dtype=int)
    wrong[:, 0] = 1
    page, found = cases(mlkit.evaluate(wrong, 1 - wrong))

    assert len(found) == 10
    assert "30 rows of 30" in page.text


def test_many_labels_of_a_row_are_cut():
    every = np.ones((1, 50), dtype=int)
    _, (case,) = cases(mlkit.evaluate(every, 1 - every))

    assert facts(case)["Missed"].endswith("label_19 and 30 more")


def test_without_data_the_report_says_that_content_is_not_shown():
    page, found = cases(mlkit.evaluate(Y, PREDICTED))

    assert "made without data" in page.text
    assert len(found[0].all("dl")) == 1


def test_a_right_prediction_has_no_worst_rows():
    page, found = cases(mlkit.evaluate(Y, Y))

    assert "No row is wrong" in page.text
    assert found == []


def test_what_is_in_the_rows_is_shown():
    story = "A story that is long enough to be called a text"
    texts = pd.DataFrame({"text": [f"{story}, no. {i}" for i in range(4)]})
    pictures = np.zeros((4, 9, 8))
    numbers = np.array([[0.0], [9.0], [1.0], [1.0]])

    shown = {}
    for name, X in {"texts": texts, "pictures": pictures, "numbers": numbers}.items():
        data = MultiLabelDataset(X, Y)
        page, found = cases(mlkit.evaluate(data, PREDICTED), data)
        assert "made without data" not in page.text
        shown[name] = found[0]

    assert shown["texts"].one("blockquote").text.endswith("no. 1")
    assert "row 1: 9 × 8" in shown["pictures"].one("img").attributes["alt"]
    assert "9 (1.7 standard deviations above" in shown["numbers"].all("dl")[1].text


def test_rows_have_the_names_of_the_data():
    X = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]}, index=["north", "east", "south", "w"])
    data = MultiLabelDataset(X, pd.DataFrame(Y, index=X.index))
    _, found = cases(mlkit.evaluate(Y, PREDICTED), data)

    assert found[0].one("h3").text == "east"


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (Y[:3], ShapeError, "4 rows and 3 labels, got 3 and 3"),
        (Y[:, :2], ShapeError, "4 rows and 3 labels, got 4 and 2"),
        (Y[::-1], ValueError, "other true labels than the evaluation.*row 0"),
        (sp.csr_array(Y[::-1]), ValueError, "first: row 0"),
    ],
)
def test_data_of_other_rows_are_refused(data, error, match):
    dataset = MultiLabelDataset(np.zeros((data.shape[0], 1)), data)

    with pytest.raises(error, match=match):
        worst_rows_section(mlkit.evaluate(Y, PREDICTED), dataset)


def test_data_with_other_names_are_refused():
    named = pd.DataFrame(Y, columns=["a", "b", "c"])
    data = MultiLabelDataset(np.zeros((4, 1)), Y, ["a", "c", "b"])

    with pytest.raises(ShapeError, match="other labels than the evaluation"):
        worst_rows_section(mlkit.evaluate(named, PREDICTED), data)
