import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.alignment import align_prediction, align_scores
from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    ScoresError,
    ShapeError,
)

Y = np.array([[1, 0, 1], [0, 1, 0]])


def frame(values=Y, columns=("a", "b", "c"), index=None):
    return pd.DataFrame(values, columns=list(columns), index=index)


@pytest.mark.parametrize("left", [np.asarray, frame, sp.csr_array])
@pytest.mark.parametrize("right", [np.asarray, frame, sp.csr_array])
def test_every_mixture_of_containers_is_accepted(left, right):
    true, predicted = align_prediction(left(Y), right(Y))
    np.testing.assert_array_equal(true.toarray(), Y)
    np.testing.assert_array_equal(predicted.toarray(), Y)


def test_scores_come_back_as_floats_beside_the_labels():
    true, scores = align_scores(frame(), frame(Y * 2))
    assert true.label_names == ("a", "b", "c")
    assert scores.dtype == np.float64
    np.testing.assert_array_equal(scores, Y * 2)


@pytest.mark.parametrize("align", [align_prediction, align_scores])
class TestNamesAndShapes:
    def test_columns_in_another_order_are_refused_with_the_cure(self, align):
        match = r"another order \(first: column 1 is 'b' in Y and 'c' .*\[Y.columns\]"
        with pytest.raises(LabelNameError, match=match):
            align(frame(), frame(columns=("a", "c", "b")))

    def test_other_columns_are_listed_on_both_sides(self, align):
        match = "lacks 'b', 'c' and has 'x', 'y' instead"
        with pytest.raises(LabelNameError, match=match):
            align(frame(), frame(columns=("a", "x", "y")))

    def test_rows_in_another_order_are_refused_with_the_cure(self, align):
        with pytest.raises(ShapeError, match=r"same row names in another order.*\.loc"):
            align(frame(index=["p", "q"]), frame(index=["q", "p"]))

    def test_row_names_of_another_kind_are_let_through(self, align):
        true, _ = align(frame(index=["p", "q"]), frame(index=[0, 1]))
        assert true.shape == (2, 3)

    def test_names_on_one_side_only_are_not_compared(self, align):
        true, _ = align(frame(columns=("c", "b", "a")), Y)
        assert true.label_names == ("c", "b", "a")

    def test_other_shape_is_refused_with_both_shapes(self, align):
        with pytest.raises(ShapeError, match=r"got \(2, 3\) and \(2, 2\)"):
            align(Y, Y[:, :2])

    @pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
    def test_nothing_to_average_is_refused(self, align, shape):
        with pytest.raises(ShapeError, match="at least one of each"):
            align(np.zeros(shape), np.zeros(shape))

    def test_labels_must_be_binary(self, align):
        with pytest.raises(IndicatorError, match="Y has 1 entry outside"):
            align([[0, 2]], [[0, 1]])

    def test_labels_must_have_two_dimensions(self, align):
        with pytest.raises(IndicatorError, match="Y must have two dimensions"):
            align([0, 1], [0, 1])

    def test_arguments_are_not_modified(self, align):
        left, right = frame(), frame(Y * 1.0)
        align(left, right)
        pd.testing.assert_frame_equal(left, frame())
        pd.testing.assert_frame_equal(right, frame(Y * 1.0))


def test_prediction_must_be_binary_and_is_named_in_the_message():
    with pytest.raises(IndicatorError, match="Y_pred has 2 entries outside"):
        align_prediction(Y, Y + 0.5)


@pytest.mark.parametrize("container", [np.asarray, frame, sp.csr_array])
@pytest.mark.parametrize("align", [align_prediction, align_scores])
def test_the_truth_may_be_unknown(align, container):
    true, _ = align(container(np.where(Y, np.nan, 0)), Y)
    np.testing.assert_array_equal(true.toarray(), 0)
    mask = true.missing.toarray() if true.kind == "sparse" else true.missing
    np.testing.assert_array_equal(mask, Y)


@pytest.mark.parametrize("container", [np.asarray, frame, sp.csr_array])
def test_a_prediction_must_be_complete(container):
    with pytest.raises(MissingLabelsError, match="Y_pred has unknown labels .3 cells"):
        align_prediction(Y, container(np.where(Y, np.nan, 0)))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_scores_must_be_finite_and_the_first_bad_cell_is_named(value):
    scores = Y.astype(float)
    scores[1, 2] = value
    with pytest.raises(ScoresError, match="first: row 1, column 2"):
        align_scores(Y, scores)
