"""Named errors: where they point, what they say, and that they survive a process."""

from __future__ import annotations

import pickle
import warnings

import pytest

from mlkit.exceptions import (
    FormatError,
    MlkitError,
    MlkitWarning,
    UnknownNameError,
    names_for_message,
    unknown_name,
    warn,
)


def test_format_error_names_file_and_line():
    error = FormatError("row too short", path="a.arff", line=7)

    assert str(error) == "a.arff:7: row too short"
    assert isinstance(error, (MlkitError, ValueError))


@pytest.mark.parametrize(
    ("where", "expected"),
    [({}, "bad"), ({"path": "a"}, "a: bad"), ({"path": "a", "line": 1}, "a:1: bad")],
)
def test_format_error_without_a_place(where, expected):
    assert str(FormatError("bad", **where)) == expected


def test_format_error_survives_pickling():
    error = pickle.loads(pickle.dumps(FormatError("bad", path="a.arff", line=3)))

    assert (error.problem, error.path, error.line) == ("bad", "a.arff", 3)
    assert str(error) == "a.arff:3: bad"


def test_names_for_message_counts_the_rest():
    assert names_for_message(["a", "b", "c"], limit=3) == "'a', 'b', 'c'"
    assert names_for_message(["a", "b", "c"], limit=1) == "'a' and 2 more"
    assert names_for_message([]) == ""


def test_unknown_name_suggests_the_closest():
    error = unknown_name("model", "br-lt", ["lp-rf", "br-lr"])

    assert isinstance(error, UnknownNameError)
    assert "Did you mean 'br-lr'?" in str(error)
    assert "Known: 'br-lr', 'lp-rf'." in str(error)


def test_unknown_name_suggests_nothing_far_fetched():
    assert "Did you mean" not in str(unknown_name("model", "zzz", ["br-lr"]))


def test_a_warning_points_at_the_first_line_outside_the_package():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn("look here", MlkitWarning)

    assert caught[0].filename == __file__
    assert caught[0].category is MlkitWarning
