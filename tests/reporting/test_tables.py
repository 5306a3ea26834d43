import numpy as np
import pandas as pd
import pytest

from mlkit.reporting.document import Ids
from mlkit.reporting.tables import Cell, Column, Table, as_cell, frame_table, share

from .pages import parse


def tree(table):
    return parse(table.html(Ids()))


@pytest.fixture
def table():
    columns = (Column("label"), Column("F1", "a mean"), Column("note"))
    rows = (("sea", 0.25, "low"), ("<b>", float("nan"), "x & y"))
    return Table("Labels <of> 2", columns, rows, "Two of three.", sortable=True)


def test_caption_headings_and_cells(table):
    page = tree(table)

    assert page.one("caption").text == "Labels <of> 2"
    assert [th.text for th in page.one("thead").all("th")] == ["label", "F1", "note"]
    assert page.one("table").rows() == [["sea", "0.250", "low"], ["<b>", "–", "x & y"]]


def test_headers_have_a_scope(table):
    page = tree(table)

    assert {th.attributes["scope"] for th in page.one("thead").all("th")} == {"col"}
    assert {th.attributes["scope"] for th in page.one("tbody").all("th")} == {"row"}


def test_numbers_stand_on_the_right_and_sort_by_their_value(table):
    page = tree(table)
    first, second = (row.all("td") for row in page.one("tbody").all("tr"))

    assert first[0].attributes == {"class": "number", "data-sort": "0.25"}
    # Empty where undefined: such rows stay at the end.
    assert second[0].attributes["data-sort"] == ""
    assert first[1].attributes == {"class": "words", "dir": "auto"}
    assert page.one("thead").all("th")[1].attributes["class"] == "number"


def test_what_columns_mean_and_the_note_stand_below(table):
    page = tree(table)

    assert page.one("dl").text == "F1: a mean"
    assert page.all("p")[-1].text == "Two of three."


def test_the_scrolling_region_has_the_name_of_the_table(table):
    page = tree(table)
    region = page.all("div")[0]

    assert region.attributes["role"] == "region"
    assert region.attributes["tabindex"] == "0"
    assert region.attributes["aria-labelledby"] == page.one("caption").attributes["id"]


def test_only_tables_of_several_rows_can_be_sorted(table):
    assert tree(table).one("table").attributes == {"class": "sortable"}
    one = Table("One", (Column("a"), Column("b")), (("x", 1),), sortable=True)
    assert tree(one).one("table").attributes == {}


def test_long_tables_may_break_on_paper():
    short, long = (
        Table("T", (Column("a"),), tuple((str(i),) for i in range(n))) for n in (15, 16)
    )

    assert "short" in tree(short).all("div")[0].attributes["class"]
    assert "short" not in tree(long).all("div")[0].attributes["class"]


def test_an_empty_table_has_headings():
    page = tree(Table("None", (Column("a"), Column("b")), ()))

    assert page.one("table").rows() == []
    assert len(page.one("thead").all("th")) == 2


def test_best_is_said_to_those_who_do_not_see_bold():
    row = ("a", Cell("0.500", 0.5, "± 0.100", best=True))
    page = tree(Table("T", (Column("m"), Column("F1")), (row,)))

    assert page.one("strong").text == "0.500 (best)"
    assert page.one("td").text == "0.500 (best) ± 0.100"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (3, Cell("3", 3.0)),
        (np.int64(1200), Cell("1,200", 1200.0)),
        (np.float64(0.5), Cell("0.500", 0.5)),
        (True, Cell("yes")),
        (np.bool_(False), Cell("no")),
        ("text", Cell("text")),
        (Cell("x"), Cell("x")),
        (float("inf"), Cell("∞", float("inf"))),
    ],
)
def test_values_become_cells(value, cell):
    assert as_cell(value) == cell


def test_infinity_is_sorted_as_a_number_of_the_browser():
    page = tree(Table("T", (Column("a"), Column("b")), (("x", float("inf")),)))

    assert page.one("td").attributes["data-sort"] == "Infinity"


def test_long_texts_are_cut():
    assert len(as_cell("x" * 1000).text) == 400


def test_shares():
    assert share(0.125) == Cell("12.5\u00a0%", 0.125)


def test_a_frame_becomes_a_table():
    frame = pd.DataFrame({"f1": [0.5, 0.25], "n": [1, 2]}, index=["sea", "sun"])
    table = frame_table(
        frame,
        "Labels",
        index="label",
        names={"f1": "F1"},
        meanings={"n": "rows"},
        shown={"f1": share},
        limit=1,
    )

    assert table.columns == (Column("label"), Column("F1"), Column("n", "rows"))
    assert table.rows == (("sea", share(0.5), Cell("1", 1.0)),)
