"""Columns of classes: what is learned of them, as numbers and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from mlkit.exceptions import LabelNameError, MissingLabelsError, ShapeError
from mlkit.neural.class_columns import ClassColumns, learn_classes
from mlkit.validation import check_indicator


def labels(n_rows: int = 4, index: Any = None) -> Any:
    Y = np.zeros((n_rows, 2), dtype=int)
    return check_indicator(Y if index is None else pd.DataFrame(Y, index=index))


TABLE = pd.DataFrame(
    {
        "room": ["b", "a", None, "b"],
        "floor": [3, 1, 1, 2],
        "size": pd.Categorical(
            ["small", "big", "small", "big"], ["small", "middle", "big"]
        ),
    }
)


class TestLearning:
    @pytest.mark.parametrize(
        ("classes", "expected"),
        [
            (["b", "a", None, "b"], ["a", "b"]),
            (["b", "a", np.nan, "b"], ["a", "b"]),
            (np.array([3, 1, 1, 2]), [1, 2, 3]),
            (np.array([True, False, True, True]), [False, True]),
            (pd.Series(["b", "a", None, "b"], dtype="string"), ["a", "b"]),
            (TABLE["size"], ["small", "big"]),
        ],
    )
    def test_a_vector(self, classes: Any, expected: list[Any]) -> None:
        columns = learn_classes(classes, labels())
        assert columns.container == "vector"
        assert [each.tolist() for each in columns.values] == [expected]

    def test_a_frame_has_names_and_a_column_each(self) -> None:
        columns = learn_classes(TABLE, labels())
        assert columns.container == "frame"
        assert columns.names == ("room", "floor", "size")
        values = [each.tolist() for each in columns.values]
        assert values == [["a", "b"], [1, 2, 3], ["small", "big"]]

    def test_an_array_or_nested_lists(self) -> None:
        rows = [["b", 3], ["a", 1], [None, 1], ["b", 2]]
        for classes in (rows, np.array(rows, dtype=object)):
            columns = learn_classes(classes, labels())
            assert columns.container == "array"
            assert [v.tolist() for v in columns.values] == [["a", "b"], [1, 2, 3]]

    def test_the_argument_stays_as_it_is(self) -> None:
        before = TABLE.copy(deep=True)
        learn_classes(TABLE, labels())
        pd.testing.assert_frame_equal(TABLE, before)

    @pytest.mark.parametrize(
        ("classes", "error", "message"),
        [
            (["a", "b"], ShapeError, "Y has 4 rows and classes has 2"),
            ([None, None, None, None], MissingLabelsError, "No class is known"),
            ([0.5, 1.5, 2.0, 0.5], ValueError, r"'0' of classes holds .* such as 0\.5"),
            (sp.csr_array(np.eye(4)), ShapeError, r"csr_array of shape \(4, 4\)"),
            (np.zeros((4, 2, 2)), ShapeError, r"ndarray of shape \(4, 2, 2\)"),
            (np.zeros((4, 0)), ShapeError, r"ndarray of shape \(4, 0\)"),
            (pd.DataFrame(index=range(4)), ShapeError, r"shape \(4, 0\)"),
            ("a", ShapeError, r"str of shape \(\)"),
        ],
    )
    def test_what_is_no_column_of_classes(
        self, classes: Any, error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            learn_classes(classes, labels())

    def test_two_columns_of_one_name(self) -> None:
        table = pd.DataFrame([[1, 2]] * 4, columns=["room", "room"])
        with pytest.raises(LabelNameError, match=r"more than once: .*room"):
            learn_classes(table, labels())

    def test_rows_in_another_order(self) -> None:
        there = labels(index=list("abcd"))
        shuffled = pd.Series([1, 2, 1, 2], index=list("dcba"))
        with pytest.raises(ShapeError, match="classes and Y are tables of the same"):
            learn_classes(shuffled, there)
        # Numbered anew, or with other names: no proof of a mistake.
        learn_classes(shuffled.reset_index(drop=True), there)
        learn_classes(shuffled.loc[list("abcd")], there)
        learn_classes(shuffled.to_numpy(), there)


class TestCodes:
    def test_unknown_classes_and_those_that_are_not_there(self) -> None:
        columns = learn_classes(TABLE, labels())
        other = pd.DataFrame(
            {"room": ["a", "c", np.nan], "floor": [2, 9, 3], "size": ["big"] * 3}
        )
        codes, known = columns.codes(other)
        assert codes.tolist() == [[0, 1, 1], [-1, -1, 1], [-1, 2, 1]]
        assert known.tolist() == [[True] * 3, [True] * 3, [False, True, True]]

    def test_back_in_the_container(self) -> None:
        complete = TABLE.iloc[[0, 1, 3]]
        columns = learn_classes(complete, labels(3))
        back = columns.in_container(columns.codes(complete)[0], complete.index)
        pd.testing.assert_frame_equal(
            back, complete.astype({"size": object}), check_dtype=False
        )

        array = complete.to_numpy()
        columns = learn_classes(array, labels(3))
        assert_array_equal(columns.in_container(columns.codes(array)[0]), array)

        columns = learn_classes(complete["floor"], labels(3))
        codes, _ = columns.codes(complete["floor"])
        assert_array_equal(columns.in_container(codes), [3, 1, 2])

    def test_other_columns(self) -> None:
        columns = learn_classes(TABLE, labels())
        with pytest.raises(ShapeError, match="classes has 1 column; expected 3"):
            columns.codes(TABLE["room"])
        with pytest.raises(LabelNameError, match="'floor', 'room', 'size'; expected"):
            columns.codes(TABLE[["floor", "room", "size"]])
        # An array says nothing about names.
        assert columns.codes(TABLE.to_numpy())[0].shape == (4, 3)

    def test_targets_leave_out_what_is_constant(self) -> None:
        columns = ClassColumns(
            "array", ("0", "1"), (np.array(["a", "b"]), np.array(["x"]))
        )
        (target,) = columns.targets(np.array([[0, 0], [1, 0], [-1, 0]]))
        assert target.tolist() == [[1, 0], [0, 1], [-1, -1]]


class TestAccuracies:
    COLUMNS = ClassColumns("frame", ("room", "floor"), (np.array(["a", "b"]),) * 2)

    def test_each_column_has_its_own(self) -> None:
        truth = pd.DataFrame(
            {"room": ["a", "b", "b", None], "floor": ["c", "b", "a", "b"]}
        )
        codes = np.array([[0, 1], [1, 1], [0, 0], [1, 0]])
        rates = self.COLUMNS.accuracies(codes, truth)
        # Of room, the last row does not count; of floor, "c" was never to be right.
        assert rates.to_dict() == {"room": 2 / 3, "floor": 2 / 4}

    def test_weights(self) -> None:
        truth = pd.DataFrame({"room": ["a", "b"], "floor": ["a", None]})
        codes = np.array([[0, 0], [0, 0]])
        rates = self.COLUMNS.accuracies(codes, truth, [3.0, 1.0])
        assert rates.to_dict() == {"room": 0.75, "floor": 1.0}

    def test_nothing_known(self) -> None:
        one = ClassColumns("vector", ("0",), (np.array(["a", "b"]),))
        assert np.isnan(one.accuracies(np.array([[0]]), [None]))

    def test_rows_that_do_not_fit(self) -> None:
        one = ClassColumns("vector", ("0",), (np.array(["a", "b"]),))
        with pytest.raises(ShapeError, match="X has 2 rows and classes has 1"):
            one.accuracies(np.array([[0], [1]]), ["a"])
