"""What explorers of predictions are given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import evaluate
from mlkit.exceptions import LabelNameError, OptionError, ScoresError, ShapeError
from mlkit.widgets.scored_rows import example_rows, scored_rows

Y = np.array([[1, 0], [0, 1], [1, 1]])
PROBA = np.array([[0.9, 0.2], [0.3, 0.6], [0.8, 0.7]])


def test_labels_and_probabilities():
    rows = scored_rows(Y, PROBA, most_cells=100)
    assert rows.cells.truth.tolist() == Y.tolist()
    assert rows.cells.values.tolist() == PROBA.tolist()
    assert (rows.words(), rows.support.tolist()) == ("3 rows", [2, 2])
    assert rows.cardinality == pytest.approx(4 / 3)


def test_an_evaluation_holds_both():
    names = ["sea", "sky"]
    evaluation = evaluate(pd.DataFrame(Y, columns=names), PROBA)
    rows = scored_rows(evaluation, most_cells=100)
    assert rows.cells.label_names == ("sea", "sky")
    assert rows.cells.values.tolist() == PROBA.tolist()


def test_a_dataset_and_sparse_labels():
    dataset = MultiLabelDataset(np.zeros((3, 1)), Y)
    for truth in (dataset, sp.csr_array(Y)):
        rows = scored_rows(truth, PROBA, most_cells=100)
        assert rows.cells.truth.tolist() == Y.tolist()


def test_unknown_labels_count_in_no_share():
    truth = np.array([[1.0, np.nan], [0.0, 1.0], [np.nan, np.nan]])
    rows = scored_rows(truth, PROBA, most_cells=100)
    assert rows.cardinality == pytest.approx(0.5 + 1.0)
    assert rows.support.tolist() == [1, 1]


def test_many_cells_are_drawn_from_and_said():
    truth, proba = np.tile(Y, (400, 1)), np.tile(PROBA, (400, 1))
    rows = scored_rows(truth, proba, most_cells=100)
    assert rows.words() == "50 of 1,200 rows, drawn at random"
    again = scored_rows(truth, proba, most_cells=100)
    assert (rows.cells.values == again.cells.values).all()


def test_many_labels_keep_the_most_frequent():
    truth = np.array([[0, 1, 1, np.nan], [0, 0, 1, np.nan]])
    rows = scored_rows(truth, np.full((2, 4), 0.5), most_cells=100, most_labels=2)
    assert rows.cells.label_names == ("label_1", "label_2")
    assert rows.words() == "2 rows; the 2 most frequent of 4 labels"


def test_one_row():
    assert scored_rows([[1]], [[0.5]], most_cells=1).words() == "1 row"


def test_the_example():
    rows = scored_rows(most_cells=1)
    assert rows is example_rows()
    assert rows.cells.truth.shape == (800, 18)
    assert "western" in rows.cells.label_names


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ((Y, None), OptionError, "proba is missing"),
        ((None, PROBA), OptionError, "Y is missing"),
        ((Y, PROBA + 1), ScoresError, "proba"),
        ((Y[:2], PROBA), ShapeError, "shape"),
        ((Y[:0], PROBA[:0]), ShapeError, "at least one of each"),
        ((evaluate(Y, PROBA), PROBA), OptionError, "holds both of them"),
        ((evaluate(Y, Y), None), OptionError, "one of decided labels"),
        ((evaluate(Y, 3 * PROBA), None), OptionError, "one of scores"),
    ],
    ids=[
        *("no probabilities", "no labels", "beyond one", "other rows", "no rows"),
        *("evaluation and more", "evaluation of labels", "evaluation of scores"),
    ],
)
def test_what_does_not_fit(given, error, message):
    with pytest.raises(error, match=message):
        scored_rows(*given, most_cells=100)


def test_names_that_differ():
    with pytest.raises(LabelNameError, match="different labels"):
        scored_rows(
            pd.DataFrame(Y, columns=["a", "b"]),
            pd.DataFrame(PROBA, columns=["a", "c"]),
            most_cells=100,
        )
