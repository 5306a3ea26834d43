import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.reporting.document import Facts, Ids, Paragraph, Quotation
from mlkit.reporting.features import RowViews, feature_blocks
from mlkit.reporting.figures import Pixels

from .pages import parse


def dataset(X):
    return MultiLabelDataset(X, np.eye(X.shape[0], 2, dtype=int))


def tree(X):
    return parse("".join(block.html(Ids()) for block in feature_blocks(dataset(X))))


def test_a_table_is_summed_up_column_by_column():
    X = pd.DataFrame(
        {
            "height": [1.5, np.nan, 2.5],
            "flag": [0, 1, 0],
            "same": [7, 7, 7],
            "kind": pd.Categorical(["a", "b", "a"]),
        }
    )
    page = tree(X)
    rows = page.table("Features").frame()

    assert "3 features are numbers, 1 of them with two values only" in page.text
    assert "1 holds text, categories or dates" in page.text
    assert "1 feature has one value in all rows" in page.text
    assert "1 value of 12 are missing" in page.text
    assert rows["height"] == {
        "feature": "height",
        "kind": "number",
        "missing": "1",
        "least": "1.500",
        "mean": "2.000",
        "greatest": "2.500",
        "values": "–",
    }
    assert rows["flag"]["kind"] == "two values"
    assert rows["same"]["kind"] == "constant"
    assert rows["kind"]["values"] == "2 values, most often a (2)"


def test_many_features_are_cut_with_a_sentence():
    page = tree(np.random.default_rng(0).random((3, 70)))

    assert len(page.table("Features").rows()) == 60
    assert "The first 60 of 70 features." in page.text


def test_sparse_features_have_a_mean_over_all_rows():
    rows = tree(sp.csr_array([[0, 3.0], [0, 0], [0, 0]])).table("Features").frame()

    assert rows["column 1"]["mean"] == "1.000"
    assert rows["column 1"]["greatest"] == "3"
    assert rows["column 0"]["kind"] == "constant"


def test_columns_of_infinite_missing_and_mixed_values():
    X = pd.DataFrame({"i": [np.inf, 1.0], "n": [np.nan, np.nan], "m": [1, "a"]})
    rows = tree(X).table("Features").frame()

    assert rows["i"]["greatest"] == "∞"
    assert rows["n"]["missing"] == "2"
    assert rows["m"]["values"] == "2 values, all different"


def test_pictures_are_shown():
    page = tree(np.arange(8 * 8 * 3, dtype=np.uint8).reshape(1, 8, 8, 3))

    assert "array of 8 × 8 × 3 (192 numbers), uint8 from 0 to 191" in page.text
    assert page.one("img").attributes["alt"] == (
        "Picture of row 0: 8 × 8 pixels, mean value 95.500."
    )


def test_other_arrays_are_described():
    page = tree(np.zeros((3, 50, 4)))

    assert "array of 50 × 4 (200 numbers), float64 from 0.000 to 0.000" in page.text
    assert page.all("img") == []


def test_without_rows_there_is_nothing_to_say():
    empty = MultiLabelDataset(np.zeros((0, 2)), np.zeros((0, 2), dtype=int))
    (block,) = feature_blocks(empty)

    assert "no rows or no features" in block.html(Ids())


def test_the_oddest_features_of_a_row_come_first():
    X = pd.DataFrame(
        {
            "usual": [1.0, 2.0, 1.0, 2.0, 1.0],
            "odd": [0.0, 0.0, 0.0, 0.0, 10.0],
            "same": [3, 3, 3, 3, 3],
            "place": ["here", "here", "here", "here", "there"],
        }
    )
    facts = RowViews(dataset(X)).content(4)

    # (10 - 2) / 4 = 2, and sqrt(.8 / .2) = 2 for the rare place.
    assert facts == Facts(
        (
            ("odd", "10 (2.0 standard deviations above the mean)"),
            ("place", "there (20.0\u00a0% of these rows)"),
            ("usual", "1 (0.8 standard deviations below the mean)"),
        )
    )


def test_of_sparse_rows_what_is_there_stands_out():
    X = sp.csr_array([[4.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    facts = RowViews(dataset(X)).content(0)

    # Mean .8, standard deviation 1.6; the second column is constant.
    assert facts.rows == (("column 0", "4 (2.0 standard deviations above the mean)"),)


def test_rows_without_anything_odd_have_a_sentence():
    views = RowViews(dataset(np.ones((3, 2))))

    assert views.content(0) == Paragraph("No feature stands out.", "note")


def test_missing_and_infinite_values_do_not_stand_out():
    X = pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [np.inf, 1.0, 2.0]})

    assert RowViews(dataset(X)).content(2).rows == (
        ("b", "2 (1.0 standard deviations above the mean)"),
    )


def test_texts_are_quoted_and_cut():
    X = pd.DataFrame({"year": [1999, 2000], "text": ["word " * 200, "some words " * 9]})
    views = RowViews(dataset(X))

    assert isinstance(views.content(0), Quotation)
    assert len(views.content(0).text) <= 600
    assert views.content(0).text.endswith("…")
    assert not views.shows_odd_values


def test_pictures_and_arrays_of_a_row():
    picture = RowViews(dataset(np.zeros((2, 8, 8)))).content(1)
    assert isinstance(picture, Pixels)
    assert picture.alt == "Picture of row 1: 8 × 8 pixels, mean value 0.000."
    series = RowViews(dataset(np.zeros((2, 50, 4)))).content(0)
    assert "no picture" in series.text
