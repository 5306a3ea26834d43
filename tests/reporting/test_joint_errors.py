import numpy as np
import pandas as pd

import mlkit
from mlkit.reporting.document import Ids
from mlkit.reporting.joint_errors import is_decided, joint_error_blocks

from .pages import parse


def tree(evaluation):
    blocks = joint_error_blocks(evaluation)
    return parse("".join(block.html(Ids()) for block in blocks))


def test_which_label_was_taken_for_which():
    Y = pd.DataFrame([[1, 0, 0]] * 3 + [[0, 1, 0]], columns=["a", "b", "c"])
    Y_pred = [[0, 1, 0]] * 3 + [[0, 0, 1]]
    evaluation = mlkit.evaluate(Y, Y_pred)
    page = tree(evaluation)

    assert is_decided(evaluation)
    assert page.one("table").rows() == [["a", "b", "3"], ["b", "c", "1"]]
    label = page.one("svg").attributes["aria-label"]
    assert "Most often: a and b 3; b and c 1; a and c 0." in label


def test_frequent_pairs_are_cut_with_a_sentence():
    Y = np.eye(10, dtype=int)
    page = tree(mlkit.evaluate(Y, 1 - Y))

    assert len(page.one("table").rows()) == 10
    assert "The 10 most frequent of 90 pairs." in page.text


def test_errors_of_one_kind_meet_nobody():
    page = tree(mlkit.evaluate([[1, 1]], [[0, 0]]))

    assert "In no row was one label missed and another falsely predicted" in page.text
    assert page.all("table") == []
