"""Data sets out of tables, wherever their labels stand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.datasets.formats.long_table import LongTable
from mlkit.datasets.formats.table_sources import FrameSource
from mlkit.datasets.formats.tables import read_csv, read_table
from mlkit.datasets.formats.tag_column import Tags
from mlkit.exceptions import FormatError, LabelNameError, OptionError

FILMS = """title,year,genres,g_spy,g_war
Dr. Strangelove,1964,war | comedy,0,1
Our Man in Havana,1959,spy|comedy,1,?
Empire,1965,,0,0
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="films.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def dense(Y):
    return Y.toarray().tolist() if sp.issparse(Y) else Y.to_numpy().tolist()


class TestColumns:
    @pytest.mark.parametrize("labels", [2, ["g_war", "g_spy"], "g_*"])
    def test_labels_keep_the_order_of_the_file(self, write, labels):
        ds = read_csv(write(FILMS), labels, "films")
        assert ds.label_names == ("g_spy", "g_war")
        assert ds.feature_names == ("title", "year", "genres")
        assert dense(ds.Y) == [[0, 1], [1, 0], [0, 0]]
        assert ds.missing.tolist() == [[False, False], [False, True], [False, False]]

    def test_how_it_was_read(self, write):
        path = write(FILMS)
        ds = read_csv(path, "g_*", "films", index="title")
        assert ds.source.path == str(path)
        assert ds.source.reading == (
            "CSV; 2 labels by the pattern 'g_*'; 1 numeric and 1 text features; rows "
            "named by 'title'"
        )

    def test_an_xml_beside_the_file(self, write):
        space = 'xmlns="http://mulan.sourceforge.net/labels"'
        inner = '<label name="g_war"><label name="g_spy"/></label>'
        write(f"<labels {space}>{inner}</labels>", "films.xml")
        with pytest.raises(FormatError, match="carries the label 'g_spy' and not 'g_w"):
            read_csv(write(FILMS.replace("1,?", "1,0")), None, "films")
        ds = read_csv(write(FILMS), None, "films")
        assert "2 labels named by films.xml" in ds.source.reading

    def test_the_names_of_rows_are_no_labels(self, write):
        path = write("a,b,id\n1,0,r\n2,1,s\n")
        ds = read_csv(path, 1, "toy", index="id")
        assert ds.label_names == ("b",)
        assert ds.X.index.tolist() == ds.Y.index.tolist() == ["r", "s"]

    def test_several_columns_may_name_the_rows(self, write):
        ds = read_csv(write(FILMS), 2, "films", index=["year", "title"])
        assert ds.X.index.names == ["year", "title"]
        assert ds.X.index[0] == (1964, "Dr. Strangelove")
        assert ds.feature_names == ("genres",)

    def test_a_first_column_without_heading_names_the_rows(self, write):
        ds = read_csv(write(",a,b\nr,1,0\ns,2,1\n"), 1, "toy")
        assert ds.feature_names == ("a",)
        assert ds.X.index.tolist() == ["r", "s"]
        assert ds.X.index.name is None
        assert ds.source.reading.endswith("the first column, which has no heading")

    def test_repeated_features_are_told_apart(self, write):
        ds = read_csv(write("a,a,b\n1,2,0\n"), 1, "toy")
        assert ds.feature_names == ("a", "a.1")
        assert ds.X.to_numpy().tolist() == [[1, 2]]

    def test_a_repeated_label_is_refused(self, write):
        with pytest.raises(FormatError, match="the label 'b' is there twice"):
            read_csv(write("a,b,b\n1,2,0\n"), ["b"], "toy")

    def test_labels_alone(self, write):
        ds = read_csv(write("a,b\n1,0\n"), 2, "toy")
        assert (ds.n_features, ds.n_labels) == (0, 2)
        assert "no features" in ds.source.reading

    def test_a_column_of_tags_is_pointed_at(self, write):
        with pytest.raises(FormatError, match=r"films.csv:2: .*labels=Tags\('genres'"):
            read_csv(write(FILMS), "genres", "films")

    @pytest.mark.parametrize(
        ("labels", "problem"),
        [
            (9, "labels=9 must be between 1 and the 5 columns"),
            (["g_wat"], "Did you mean 'g_war'"),
            ("h_*", "No column matches the pattern 'h_"),
        ],
    )
    def test_labels_that_are_not_there(self, write, labels, problem):
        with pytest.raises(LabelNameError, match=problem):
            read_csv(write(FILMS), labels, "films")

    def test_an_index_that_is_not_there(self, write):
        with pytest.raises(FormatError, match="mean 'title' for 'tilte'.*'index'"):
            read_csv(write(FILMS), 2, "films", index="tilte")

    @pytest.mark.parametrize("decimal", ["", ";", ".,"])
    def test_a_decimal_that_is_none(self, write, decimal):
        with pytest.raises(OptionError, match="decimal must be '.' or ','"):
            read_csv(write(FILMS), 2, "films", decimal=decimal)

    def test_semicolons_and_decimal_commas(self, write):
        ds = read_csv(write("a;b\n1,5;0\n"), 1, "toy", decimal=",")
        assert ds.X["a"].tolist() == [1.5]


class TestTags:
    def test_a_column_of_tags(self, write):
        ds = read_csv(write(FILMS), Tags("genres"), "films", index="title")
        assert ds.label_names == ("comedy", "spy", "war")
        assert dense(ds.Y) == [[1, 0, 1], [1, 1, 0], [0, 0, 0]]
        assert ds.feature_names == ("year", "g_spy", "g_war")
        assert "3 labels from the tags in 'genres'" in ds.source.reading

    def test_tags_that_look_like_numbers(self, write):
        ds = read_csv(write("a,t\n1,007\n2,10\n"), Tags("t"), "toy")
        assert ds.label_names == ("007", "10")

    def test_an_unknown_tag_has_its_line(self, write):
        tags = Tags("genres", names=["war", "comedy"])
        with pytest.raises(FormatError, match="films.csv:3: the tag 'spy'"):
            read_csv(write(FILMS), tags, "films")

    def test_unknown_rows(self, write):
        text = FILMS.replace("1965,,", "1965,?,")
        ds = read_csv(write(text), Tags("genres", missing="?"), "films")
        assert ds.rows_with_missing().tolist() == [False, False, True]

    def test_a_column_that_is_not_there(self, write):
        with pytest.raises(FormatError, match="mean 'genres' for 'genre'.*'labels'"):
            read_csv(write(FILMS), Tags("genre"), "films")

    def test_many_tags_stay_sparse(self, write):
        lines = "".join(f"{i},t{i:03}|t{i // 2:03}\n" for i in range(200))
        ds = read_csv(write(f"x,t\n{lines}"), Tags("t"), "toy")
        assert sp.issparse(ds.Y)
        assert ds.Y.shape == (200, 200)
        assert ds.Y.sum() == 399


class TestLongTables:
    def test_features_and_labels_in_one_table(self, write):
        path = write("id,year,genre\nb,1964,war\na,1959,spy\nb,1964,comedy\nc,1,\n")
        ds = read_csv(path, LongTable("id", "genre"), "films")
        assert ds.X.index.tolist() == ["b", "a", "c"]
        assert ds.X["year"].tolist() == [1964, 1959, 1]
        assert ds.label_names == ("comedy", "spy", "war")
        assert dense(ds.Y) == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
        assert "3 labels from 4 lines of pairs" in ds.source.reading

    def test_a_feature_that_differs(self, write):
        path = write("id,year,genre\nb,1964,war\nb,1965,comedy\n")
        with pytest.raises(
            FormatError, match="films.csv:3: the row 'b' has two values"
        ):
            read_csv(path, LongTable("id", "genre"), "films")

    @pytest.mark.parametrize("kind", ["csv", "tsv", "parquet", "frame"])
    def test_labels_in_a_table_of_their_own(self, write, tmp_path, kind):
        path = write("id,year\nb,1964\na,1959\nc,1\n")
        pairs = pd.DataFrame({"id": ["a", "b", "b"], "genre": ["spy", "war", "spy"]})
        table = tmp_path / f"pairs.{kind}"
        if kind == "parquet":
            pairs.to_parquet(table)
        elif kind == "frame":
            table = pairs
        else:
            pairs.to_csv(table, sep="\t" if kind == "tsv" else ",", index=False)
        ds = read_csv(path, LongTable("id", "genre", table), "films")
        assert ds.X.index.tolist() == ["b", "a", "c"]
        assert ds.X.index.name == "id"
        assert dense(ds.Y) == [[1, 1], [1, 0], [0, 0]]

    def test_rows_that_the_source_lacks_have_the_line_of_the_table(self, write):
        path = write("id,year\nb,1964\n")
        table = write("id,genre\nb,spy\nz,war\n", "pairs.csv")
        with pytest.raises(FormatError, match="pairs.csv:3: .*source lacks: 'z'"):
            read_csv(path, LongTable("id", "genre", str(table)), "films")

    @pytest.mark.parametrize("column", ["id", "genre"])
    def test_a_column_that_the_table_lacks(self, write, column):
        path = write("id,year\nb,1964\n")
        table = write("id,genre\nb,spy\n".replace(column, "x"), "pairs.csv")
        with pytest.raises(FormatError, match=rf"pairs.csv: .* '{column}' "):
            read_csv(path, LongTable("id", "genre", table), "films")

    def test_a_numbering_of_the_lines_is_no_feature(self, write):
        path = write(",id,year,genre\n0,b,1964,war\n1,b,1964,spy\n")
        ds = read_csv(path, LongTable("id", "genre"), "films")
        assert ds.feature_names == ("year",)
        path = write(",id,year\n0,b,1964\n")
        pairs = pd.DataFrame({"id": ["b"], "genre": ["spy"]})
        ds = read_csv(path, LongTable("id", "genre", pairs), "films")
        assert ds.feature_names == ("year",)

    def test_an_index_beside_it_is_refused(self, write):
        with pytest.raises(OptionError, match="index is not for a LongTable: 'id'"):
            read_csv(write("id,g\na,b\n"), LongTable("id", "g"), "films", index="id")


class TestFrames:
    FRAME = pd.DataFrame(
        {
            "size": np.array([1.5, 2.5], dtype=np.float32),
            "kind": pd.Categorical(["u", "v"], ["v", "u"]),
            "calm": [True, False],
            "sad": [1.0, np.nan],
        },
        index=pd.Index(["r", "s"], name="id"),
    )

    def test_columns_keep_their_types_and_rows_their_names(self):
        ds = read_table(FrameSource(self.FRAME), 2, "toy")
        pd.testing.assert_frame_equal(ds.X, self.FRAME[["size", "kind"]])
        assert dense(ds.Y) == [[1, 1], [0, 0]]
        assert ds.missing.tolist() == [[False, False], [False, True]]
        assert ds.source.path is None
        assert ds.source.reading == (
            "DataFrame; the last 2 columns by request; 1 numeric and 1 category "
            "features"
        )

    def test_the_frame_is_not_touched(self):
        before = self.FRAME.copy(deep=True)
        read_table(FrameSource(self.FRAME), 2, "toy", index="kind")
        pd.testing.assert_frame_equal(self.FRAME, before)

    def test_kinds_are_counted(self):
        frame = pd.DataFrame(
            {
                "a": [1],
                "b": [1.5],
                "c": [True],
                "d": ["x"],
                "e": pd.to_datetime(["2020"]),
                "y": [1],
            }
        )
        ds = read_table(FrameSource(frame), 1, "toy")
        assert ds.source.reading.endswith(
            "2 numeric and 1 true/false and 1 text and 1 date features"
        )


def test_the_same_table_in_three_coats(write, tmp_path):
    frame = pd.DataFrame({"x": [0.5, 1.5], "t": ["a", "b"], "y": [1, 0], "z": [0, 1]})
    frame.to_csv(tmp_path / "toy.csv", index=False)
    frame.to_parquet(tmp_path / "toy.parquet")
    first = read_csv(tmp_path / "toy.csv", 2, "toy")
    for source in (
        FrameSource(frame),
        FrameSource(pd.read_parquet(tmp_path / "toy.parquet")),
    ):
        other = read_table(source, 2, "toy")
        pd.testing.assert_frame_equal(other.X, first.X)
        pd.testing.assert_frame_equal(other.Y, first.Y)
