import ast

import pandas as pd
import pytest

import mlkit
from mlkit.reporting.circumstances import (
    compare_call,
    reproduction_section,
    settings_section,
)
from mlkit.reporting.document import Ids

from .conftest import make_comparison
from .pages import parse


def tree(section):
    return parse(section.html("name", Ids()))


def test_the_call_makes_the_same_comparison_again(compared):
    scope = {}
    exec(compare_call(compared), scope)  # noqa: S102

    costs = ["fit_seconds", "predict_seconds", "peak_memory"]
    again = scope["comparison"].folds.drop(columns=costs)
    pd.testing.assert_frame_equal(again, compared.folds.drop(columns=costs))
    assert scope["comparison"].settings["cv"] == compared.settings["cv"]


def test_the_call_of_several_datasets_with_all_options():
    settings = {
        "cv": 4,
        "n_repeats": 2,
        "random_state": 7,
        "tune": "macro_f1",
        "grouped": True,
        "weighted": True,
    }
    comparison = make_comparison(datasets=("flags", "emotions"), settings=settings)
    call = compare_call(comparison)

    assert ast.parse(call)
    for line in (
        '["flags", "emotions"],',
        "cv=4,",
        "n_repeats=2,",
        "groups=...,",
        "sample_weight=...,",
        'tune="macro_f1",',
        "random_state=7,",
    ):
        assert f"    {line}\n" in call


def test_names_are_written_as_python(evil_names):
    comparison = make_comparison(evil_names, (evil_names[0],), settings={"cv": 3})
    arguments = ast.parse(compare_call(comparison)).body[1].value.args

    assert ast.literal_eval(arguments[0]) == evil_names[0]
    assert tuple(ast.literal_eval(arguments[1])) == evil_names


def test_what_the_call_lacks_is_said():
    settings = {"cv": "KFold(n_splits=3)", "grouped": True, "random_state": 0}
    comparison = make_comparison(("br-lr", "mine"), ("my data",), settings=settings)
    page = tree(reproduction_section(comparison))

    assert "cv=..." in page.one("pre").text
    assert "“my data”: mlkit.load does not know such a name" in page.text
    assert "“mine”: no name of mlkit.models.catalog()" in page.text
    assert "“br-lr”" not in page.text
    assert "cv was KFold(n_splits=3)" in page.text
    assert "groups was given and is not recorded" in page.text


def test_what_can_be_made_again_needs_nothing(compared):
    page = tree(reproduction_section(compared))

    assert len(page.all("p")) == 1
    assert "the same seed gives the same numbers" in page.text


def test_metrics_of_your_own_have_to_be_given():
    blend = mlkit.metrics.blend({"micro_f1": 1, "macro_f1": 1})
    comparison = mlkit.compare("flags", "baseline-set", [blend], cv=2)
    page = tree(reproduction_section(comparison))

    assert "a metric of your own" in page.text


def test_settings_are_listed(compared):
    page = tree(settings_section(compared))

    assert "Folds3" in page.text
    assert "Seed0" in page.text
    assert "Tuned bynothing was tuned" in page.text
    assert f"Finished{compared.settings['finished']}" in page.text
    facts = compared.settings["datasets"]["flags"]
    assert page.one("table").rows() == [
        ["flags", "195", "22", "7", facts["fingerprint"]]
    ]


def test_groups_and_weights_are_said():
    settings = {"grouped": True, "weighted": True, "tune": "macro_f1", "cv": "<cv>"}
    text = tree(settings_section(make_comparison(settings=settings))).text

    assert "yes: rows of a group stay together" in text
    assert "yes: rows have weights" in text
    assert "Tuned bymacro_f1" in text
    assert "Folds<cv>" in text


@pytest.mark.parametrize("settings", [{}, {"datasets": {"d": {}}}])
def test_what_is_not_recorded(settings):
    text = tree(settings_section(make_comparison(settings=settings))).text

    assert "not record" in text
