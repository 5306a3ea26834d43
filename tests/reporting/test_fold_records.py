import numpy as np

from mlkit.reporting.document import Ids
from mlkit.reporting.fold_records import cost_blocks, parameter_blocks, trouble_blocks

from .conftest import make_comparison
from .pages import parse


def tree(blocks):
    ids = Ids()
    return parse("".join(block.html(ids) for block in blocks))


def test_costs_are_means_over_the_folds():
    comparison = make_comparison(("a", "b"), n_folds=2)
    comparison.folds["fit_seconds"] = [1.0, 2.0, 3.0, 5.0]
    rows = tree(cost_blocks(comparison)).one("table").rows()

    assert rows == [
        ["a", "flags", "1.500", "0.500", "3.0"],
        ["b", "flags", "4.000", "0.500", "3.0"],
    ]


def test_unknown_memory_has_a_dash_and_unknown_costs_a_sentence():
    rows = tree(cost_blocks(make_comparison(peak_memory=np.nan))).one("table").rows()
    assert rows[0][-1] == "–"
    nothing = {"fit_seconds": np.nan, "predict_seconds": np.nan, "peak_memory": np.nan}
    page = tree(cost_blocks(make_comparison(**nothing)))
    assert page.text == "Neither times nor memory were recorded."


def test_many_models_are_cut():
    page = tree(cost_blocks(make_comparison([f"m{i}" for i in range(70)])))

    assert len(page.one("table").rows()) == 60
    assert "The first 60 of 70 rows." in page.text


def test_no_failures_and_no_warnings_are_sentences():
    page = tree(trouble_blocks(make_comparison()))

    assert [p.text for p in page.all("p")] == [
        "No model failed in any fold.",
        "No model gave a warning.",
    ]


def test_failures_have_their_first_error_cut():
    comparison = make_comparison(("a",), error="ValueError: " + "x" * 9000)
    page = tree(trouble_blocks(comparison))
    ((model, dataset, failed, error),) = page.table("Models that failed").rows()

    assert (model, dataset, failed) == ("a", "flags", "5 of 5")
    assert error.startswith("ValueError: xxx")
    assert len(error) <= 500


def test_each_warning_is_counted_over_the_folds():
    comparison = make_comparison(("a", "b"), n_folds=2)
    comparison.folds["warnings"] = ["one | two", "one", "", "<b>"]
    rows = tree(trouble_blocks(comparison)).table("Warnings").rows()

    assert rows == [["a", "2", "one"], ["a", "1", "two"], ["b", "1", "<b>"]]


def test_many_warnings_are_cut():
    comparison = make_comparison([f"m{i}" for i in range(40)], warnings="again")
    page = tree(trouble_blocks(comparison))

    assert len(page.table("Warnings").rows()) == 30
    assert "The first 30 of 40." in page.text


def test_chosen_parameters_are_counted():
    comparison = make_comparison(("a", "b"), n_folds=3)
    comparison.folds["params"] = ['{"C": 1}', '{"C": 9}', '{"C": 9}', "", "", ""]
    rows = tree(parameter_blocks(comparison)).one("table").rows()

    assert rows == [["a", "flags", "2", '{"C": 9}'], ["a", "flags", "1", '{"C": 1}']]


def test_without_tuning_there_is_a_sentence():
    assert "No model was tuned" in tree(parameter_blocks(make_comparison())).text
