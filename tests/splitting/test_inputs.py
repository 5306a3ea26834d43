import numpy as np
import pandas as pd
import pytest

from mlkit.exceptions import IndicatorError, RareLabelWarning, ShapeError, SplitError
from mlkit.splitting.inputs import (
    check_groups,
    check_labels,
    check_order,
    warn_uncovered,
)


def test_orders():
    assert check_order(1) == 1
    assert check_order(np.int64(2)) == 2
    for wrong in (0, 3, 1.5, True, None, "1"):
        with pytest.raises(SplitError, match="order must be 1"):
            check_order(wrong)


class TestLabels:
    def test_names_come_with_the_data(self):
        frame = pd.DataFrame({"calm": [1, 0], "sad": [0.0, np.nan]})
        labels = check_labels(frame)
        assert labels.label_names == ("calm", "sad")
        assert labels.tocsr().toarray().tolist() == [[1, 0], [0, 0]]

    def test_classes_become_labels(self):
        labels = check_labels(["b", "a", "b"])
        assert labels.label_names == ("a", "b")
        assert labels.tocsr().toarray().tolist() == [[0, 1], [1, 0], [0, 1]]

    def test_rows_of_x_are_compared(self):
        with pytest.raises(ShapeError, match="X has 3 rows and Y has 2"):
            check_labels([[1], [0]], X=[[1], [2], [3]])

    def test_absent(self):
        with pytest.raises(IndicatorError, match="Y is missing"):
            check_labels(None)


class TestGroups:
    def test_numbers_in_order_of_appearance(self):
        assert check_groups(["b", "a", "b", "c"], 4, 3).tolist() == [0, 1, 0, 2]

    def test_none_stays_none(self):
        assert check_groups(None, 4, 3) is None

    def test_a_matrix_is_refused(self):
        with pytest.raises(SplitError, match=r"one value a row, got shape \(4, 1\)"):
            check_groups(np.zeros((4, 1)), 4, 2)

    @pytest.mark.parametrize("missing", [np.nan, None])
    def test_missing_groups_are_refused(self, missing):
        with pytest.raises(SplitError, match="group of row 2 is missing"):
            check_groups([1.0, 2.0, missing, 1.0], 4, 2)


class TestWarning:
    def test_names_the_labels(self):
        labels = check_labels(pd.DataFrame([[1, 0, 1]], columns=["x", "y", "z"]))
        with pytest.warns(RareLabelWarning, match=r"2 label\(s\).*'x', 'z'\. A swap"):
            warn_uncovered(np.array([0, 2]), labels)

    def test_none_none(self):
        # Warnings are errors here.
        warn_uncovered(np.array([], dtype=int), check_labels([[1]]))
