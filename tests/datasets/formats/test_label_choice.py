"""Which columns are labels, and who said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlkit.datasets.formats.arff_header import parse_header
from mlkit.datasets.formats.label_choice import (
    ColumnNames,
    absent_names,
    choose_labels,
    xml_candidates,
)
from mlkit.exceptions import FormatError, LabelNameError, LabelSourceWarning


def header(relation="r", names="abcd"):
    lines = [f"@relation '{relation}'", *(f"@attribute {n} {{0,1}}" for n in names)]
    parsed = parse_header("\n".join(lines), path=Path("toy.arff"))
    declared = tuple(attribute.line for attribute in parsed.attributes)
    return ColumnNames(parsed.names, declared, parsed.meka_labels)


def table(*names):
    return ColumnNames(names)


def write_xml(path, *names):
    labels = "".join(f'<label name="{name}"/>' for name in names)
    path.write_text(
        f'<labels xmlns="http://mulan.sourceforge.net/labels">{labels}</labels>'
    )
    return path


def test_a_count_means_the_last_columns(tmp_path):
    choice = choose_labels(header(), 2, tmp_path / "toy.arff")
    assert choice.columns == (2, 3)
    assert choice.how == "the last 2 columns by request"


@pytest.mark.parametrize("count", [0, -1, 5])
def test_a_count_out_of_range(tmp_path, count):
    with pytest.raises(
        LabelNameError, match=f"labels={count} must be between 1 and the 4"
    ):
        choose_labels(header(), count, tmp_path / "toy.arff")


def test_names_keep_the_order_of_the_file(tmp_path):
    choice = choose_labels(header(), ["d", "b"], tmp_path / "toy.arff")
    assert choice.columns == (1, 3)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ([], "empty list"),
        (["a", "a"], "twice: 'a'"),
        (["a", "bb"], "no columns 'bb' .1 of 2.. Did you mean 'b' for 'bb'"),
    ],
)
def test_names_that_do_not_fit(tmp_path, names, problem):
    with pytest.raises(LabelNameError, match=problem):
        choose_labels(header(), names, tmp_path / "toy.arff")


@pytest.mark.parametrize("labels", [True, 1.5, [1, 2], {"a"}])
def test_labels_of_another_kind(tmp_path, labels):
    with pytest.raises(TypeError, match="labels must be a count"):
        choose_labels(header(), labels, tmp_path / "toy.arff")


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_means_an_xml(tmp_path, kind):
    xml = write_xml(tmp_path / "other.xml", "d", "c")
    choice = choose_labels(header("r: -C 1"), kind(xml), tmp_path / "toy.arff")
    assert choice.columns == (2, 3)
    assert choice.how == "2 labels named by other.xml"
    assert choice.tree.names == ("d", "c")


def test_a_text_that_is_no_file_is_explained(tmp_path):
    with pytest.raises(FileNotFoundError, match="put the names of columns in a list"):
        choose_labels(header(), "calm", tmp_path / "toy.arff")


@pytest.mark.parametrize(
    ("data", "xml"),
    [
        ("toy", "toy"),
        ("toy-train", "toy-train"),
        ("toy-train", "toy"),
        ("toy-test-sparse", "toy"),
        ("toy-sparse", "toy"),
        ("tmc-500-test", "tmc-500"),
    ],
)
def test_the_xml_beside_the_file(tmp_path, data, xml):
    write_xml(tmp_path / f"{xml}.xml", "a")
    choice = choose_labels(header(), None, tmp_path / f"{data}.arff")
    assert choice.columns == (0,)
    assert choice.how == f"1 label named by {xml}.xml"


def test_the_closest_xml_wins(tmp_path):
    write_xml(tmp_path / "toy-train.xml", "a")
    write_xml(tmp_path / "toy.xml", "b")
    assert choose_labels(header(), None, tmp_path / "toy-train.arff").columns == (0,)


@pytest.mark.parametrize(
    ("relation", "columns", "how"),
    [
        ("r: -C 2", (0, 1), "the first 2 columns are labels (-C 2 in the header)"),
        ("r: -C -1", (3,), "the last column is a label (-C -1 in the header)"),
        (
            "r: -C 4",
            (0, 1, 2, 3),
            "the first 4 columns are labels (-C 4 in the header)",
        ),
    ],
)
def test_the_header(tmp_path, relation, columns, how):
    choice = choose_labels(header(relation), None, tmp_path / "toy.arff")
    assert (choice.columns, choice.how) == (columns, how)


def test_a_header_that_counts_too_many(tmp_path):
    with pytest.raises(FormatError, match="says -C 9, but the header declares only 4"):
        choose_labels(header("r: -C 9"), None, tmp_path / "toy.arff")


def test_the_xml_beats_the_header_with_a_warning(tmp_path):
    write_xml(tmp_path / "toy.xml", "c", "d")
    with pytest.warns(LabelSourceWarning, match="-C 2.* means the first 2 columns"):
        choice = choose_labels(header("r: -C 2"), None, tmp_path / "toy.arff")
    assert choice.columns == (2, 3)


@pytest.mark.parametrize("relation", ["r: -C 2", "r"])
def test_no_warning_where_both_agree(tmp_path, relation):
    write_xml(tmp_path / "toy.xml", "b", "a")
    choice = choose_labels(header(relation), None, tmp_path / "toy.arff")
    assert choice.columns == (0, 1)


def test_nothing_says_which(tmp_path):
    path = tmp_path / "toy-train.arff"
    with pytest.raises(FormatError, match="'toy-train.xml', 'toy.xml'.*Pass labels=n"):
        choose_labels(header(), None, path)


def test_xml_labels_that_the_file_lacks_are_listed(tmp_path):
    write_xml(tmp_path / "toy.xml", "a", "Beach", "sunset")
    with pytest.raises(
        FormatError, match="not in toy.arff: 'Beach', 'sunset'"
    ) as caught:
        choose_labels(header(names=["a", "beach"]), None, tmp_path / "toy.arff")
    assert "Did you mean 'beach' for 'Beach'?" in str(caught.value)
    assert "toy.xml" in str(caught.value)


@pytest.mark.parametrize("labels", [2, ["a"], None])
def test_a_label_declared_twice(tmp_path, labels):
    write_xml(tmp_path / "toy.xml", "a")
    with pytest.raises(FormatError, match="the label 'a' is declared twice") as caught:
        choose_labels(header(names="baa"), labels, tmp_path / "toy.arff")
    assert caught.value.line == 4


@pytest.mark.parametrize(
    ("pattern", "columns"),
    [
        ("genre_*", (1, 3)),
        ("*_war", (3,)),
        ("genre_?ar", (3,)),
        ("genre_[sw]*", (1, 3)),
        ("[!g]*", (0, 2)),
    ],
)
def test_a_pattern_keeps_the_order_of_the_file(pattern, columns):
    choice = choose_labels(table("title", "genre_spy", "x", "genre_war"), pattern, None)
    assert choice.columns == columns
    assert f"by the pattern '{pattern}'" in choice.how


def test_capitals_count_in_a_pattern():
    with pytest.raises(LabelNameError, match="'Genre_\\*'. The columns are 'genre_a'"):
        choose_labels(table("genre_a"), "Genre_*", None)


def test_a_name_is_a_name_before_it_is_a_pattern():
    assert choose_labels(table("a*", "ab"), "a*", None).columns == (0,)
    assert choose_labels(table("a", "b"), "b", None).how == "1 label by request"


def test_an_xml_is_no_pattern(tmp_path):
    xml = write_xml(tmp_path / "a[1].xml", "b")
    assert choose_labels(table("a", "b"), str(xml), None).columns == (1,)


def test_nothing_says_which_in_a_table(tmp_path):
    with pytest.raises(FormatError, match=r"no 'toy.xml'\. .*Tags\('column'\)") as err:
        choose_labels(table("a", "b"), None, tmp_path / "toy.csv")
    assert "The columns are 'a', 'b'" in str(err.value)
    assert "@relation" not in str(err.value)


def test_nothing_says_which_in_a_frame():
    with pytest.raises(FormatError, match=r"^nothing says which columns are labels\."):
        choose_labels(table("a"), None, None)


def test_a_label_twice_in_a_table_has_no_line():
    with pytest.raises(FormatError, match="the label 'a' is there twice") as caught:
        choose_labels(table("a", "a"), 2, None)
    assert caught.value.line is None


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".CSV.XZ"])
def test_where_the_xml_may_lie(suffix):
    names = [xml.name for xml in xml_candidates(Path(f"toy-train{suffix}"))]
    assert names == ["toy-train.xml", "toy.xml"]


def test_absent_names():
    assert absent_names(["a"], ["a", "b"]) == ""
    assert absent_names(["zzz"], ["a"]) == "'zzz' (1 of 1)."
