import numpy as np
import pandas as pd
import pytest

from mlkit.exceptions import LabelNameError, ScoresError
from mlkit.statistics.checks import (
    check_differences,
    check_score_table,
    on_grid,
)


def test_differences_are_copied():
    given = np.array([1.0, 2.0])

    checked = check_differences(given, minimum=1)
    checked[0] = 7

    assert given[0] == 1


@pytest.mark.parametrize(
    ("differences", "match"),
    [
        ([1.0, np.nan, np.inf], r"2 of 3 \(first: position 1 = nan\)\. Leave out"),
        ([[1.0, 2.0]], r"one-dimensional, got shape \(1, 2\)"),
        (["a"], "differences must be numbers: could not convert"),
        ([1 + 2j], "real numbers, got complex"),
        (pd.Series([1, None], dtype="Int64"), "position 1 = nan"),
        ([1.0], "at least 2 values, got 1"),
        ([], "at least 2 values, got 0"),
    ],
)
def test_wrong_differences_are_named(differences, match):
    with pytest.raises(ScoresError, match=match):
        check_differences(differences, minimum=2)


def test_a_single_value_that_is_missing_is_a_value():
    with pytest.raises(ScoresError, match="at least 1 value, got 0"):
        check_differences([], minimum=1)


def test_losses_are_turned_and_names_are_kept():
    losses = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=["x", "y"])

    table = check_score_table(losses, greater_is_better=False)

    assert table.values.tolist() == [[-1, -3], [-2, -4]]
    assert list(table.datasets) == ["x", "y"]
    assert list(table.models) == ["a", "b"]
    assert losses.iloc[0, 0] == 1


@pytest.mark.parametrize(
    ("scores", "match"),
    [
        ([1.0, 2.0], r"\(n_datasets, n_models\), got shape \(2,\)"),
        ([[1.0], [2.0]], r"at least 2 rows .* and 2 columns .*\(2, 1\)"),
        ([[1.0, 2.0]], r"at least 2 rows .* and 2 columns .*\(1, 2\)"),
        ([[1, 2], [1, np.inf]], r"1 of 4 \(first: dataset 1, model 1 = inf\)"),
    ],
)
def test_wrong_tables_are_named(scores, match):
    with pytest.raises(ScoresError, match=match):
        check_score_table(scores, greater_is_better=True, min_datasets=2)


def test_a_missing_score_is_named_by_dataset_and_model():
    scores = pd.DataFrame({"br": [0.1, 0.2], "cc": [0.3, np.nan]}, index=["x", "y"])

    with pytest.raises(ScoresError, match=r"dataset 'y', model 'cc' = nan\)\. Leave"):
        check_score_table(scores, greater_is_better=True)


def test_two_models_of_one_name_are_refused():
    scores = pd.DataFrame([[1, 2]], columns=["br", "br"])

    with pytest.raises(LabelNameError, match="two columns named 'br'"):
        check_score_table(scores, greater_is_better=True)


def test_a_direction_is_a_boolean():
    with pytest.raises(TypeError, match=r"True \(scores\) or False \(losses\), got 'l"):
        check_score_table([[1, 2]], greater_is_better="lower")


def test_noise_of_a_subtraction_disappears():
    one, other, nothing = 0.9 - 0.8, 0.4 - 0.3, 0.3 - 0.1 - 0.2
    assert one != other
    assert nothing != 0

    grid = on_grid(np.array([one, other, -one, nothing]), largest=0.9)

    assert grid.tolist() == [1e12, 1e12, -1e12, 0]


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-300, 1e-9, 1.0, 1e9, 1e308])
def test_the_grid_holds_numbers_of_any_size(size):
    values = np.array([size, -size, size / 2, 0.0])

    grid = on_grid(values, largest=size)

    assert np.isfinite(grid).all()
    assert (grid == np.rint(grid)).all()
    assert grid[0] == -grid[1]
    # Below 1e-300 what is left of a number may be nothing.
    assert size < 1e-300 or grid[0] > grid[2] > grid[3] == 0


def test_zeros_have_a_grid():
    assert on_grid(np.zeros(2), largest=0.0).tolist() == [0, 0]


def test_a_distance_in_the_tenth_digit_stays():
    grid = on_grid(np.array([0.1, 0.1 + 1e-10]), largest=0.1)

    assert grid[0] < grid[1]
