from __future__ import annotations

import numpy as np
import pytest

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import OptionError, SplitError


@pytest.mark.parametrize("value", [1, 7, np.int64(3)])
def test_counts_that_pass(value):
    assert check_count("n", value, minimum=1) == value
    assert type(check_count("n", value, minimum=1)) is int


@pytest.mark.parametrize("value", [1.0, "1", None, True])
def test_counts_of_the_wrong_kind(value):
    with pytest.raises(TypeError, match="n must be an integer, got"):
        check_count("n", value, minimum=1)


def test_a_count_that_is_too_small():
    with pytest.raises(ValueError, match=r"n must be at least 2, got 1\."):
        check_count("n", 1, minimum=2)


@pytest.mark.parametrize("value", [0, 0.5, 1, np.float32(1), 1e300])
def test_numbers_that_pass(value):
    assert check_number("x", value) is None


def test_limits():
    assert check_number("x", 1, at_most=1) is None
    with pytest.raises(ValueError, match=r"in \[0, 1\], got 1\.01"):
        check_number("x", 1.01, at_most=1)
    with pytest.raises(ValueError, match=r"in \[0, 1\), got 1"):
        check_number("x", 1, below=1)


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_numbers_out_of_any_range(value):
    with pytest.raises(ValueError, match=r"x must be in \[0, inf\), got"):
        check_number("x", value)


@pytest.mark.parametrize("value", ["1", None, True, 1j, [1.0]])
def test_numbers_of_the_wrong_kind(value):
    with pytest.raises(TypeError, match="x must be a number, got"):
        check_number("x", value)


def test_limits_below_and_above():
    assert check_count("n", 4, minimum=1, maximum=4) == 4
    with pytest.raises(ValueError, match=r"n must be in \[1, 4\], got 5\."):
        check_count("n", 5, minimum=1, maximum=4)
    with pytest.raises(ValueError, match=r"x must be in \[0\.5, 1\], got 0\.2"):
        check_number("x", 0.2, at_least=0.5, at_most=1)


def test_the_caller_names_the_error():
    with pytest.raises(SplitError, match="n_splits must be at least 2, got 1"):
        check_count("n_splits", 1, minimum=2, error=SplitError)
    with pytest.raises(SplitError, match="test must be in"):
        check_number("test", -1, error=SplitError)


def test_unknown_choices_list_the_known_ones():
    with pytest.raises(OptionError, match=r"rare must be one of 'keep', 'pool'; got 1"):
        check_choice("rare", 1, ("keep", "pool"))
    with pytest.raises(SplitError, match="rare must be one of"):
        check_choice("rare", "drop", ("keep", "pool"), error=SplitError)
    assert check_choice("rare", "pool", ("keep", "pool")) is None
