"""Reading LIBSVM files: bases, widths, names, first lines, errors."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import dump_svmlight_file, load_svmlight_file

from mlkit.datasets.formats import arff, svmlight
from mlkit.datasets.formats.label_xml import write_label_xml
from mlkit.datasets.formats.svmlight import read_svmlight
from mlkit.exceptions import FormatError, LabelNameError, MlkitError, OptionError


@pytest.fixture
def write(tmp_path):
    def write(text, name="toy.svm", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def X(ds):
    return ds.X.toarray().tolist()


def Y(ds):
    return ds.Y.toarray().tolist()


def test_a_file_by_hand(write):
    ds = read_svmlight(write("1,3 1:0.5 3:1\n 2:4\n2\n"))

    assert X(ds) == [[0.5, 0, 1], [0, 4, 0], [0, 0, 0]]
    assert Y(ds) == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert ds.label_names == ("label_0", "label_1", "label_2")
    assert (ds.name, ds.feature_names) == ("toy", None)
    assert (ds.X.dtype, ds.Y.dtype) == (np.float64, np.int8)
    assert ds.X.has_canonical_format


@pytest.mark.parametrize(
    ("text", "zero_based", "bases"),
    [
        ("1 1:1\n", None, (1, 1)),
        ("0 1:1\n", None, (1, 0)),
        ("1 0:1\n", None, (0, 1)),
        ("0 0:1\n", None, (0, 0)),
        ("1 1:1\n", True, (0, 0)),
        ("1 1:1\n", False, (1, 1)),
        ("1 1:1\n", (True, None), (0, 1)),
        ("0 1:1\n", (True, None), (0, 0)),
        ("1 0:1\n", (None, True), (0, 0)),
    ],
)
def test_bases(write, text, zero_based, bases):
    ds = read_svmlight(write(text), zero_based=zero_based)

    label, feature = int(text[0]), int(text[2])
    assert (ds.n_features, ds.n_labels) == (
        feature + 1 - bases[0],
        label + 1 - bases[1],
    )
    assert f"labels counted from {bases[1]}," in ds.source.reading
    assert ds.source.reading.endswith(f"counted from {bases[0]}")


@pytest.mark.parametrize(
    ("text", "options", "line", "message"),
    [
        ("1 1:1\n0 1:1\n", {"zero_based": False}, 2, "label number 0 is out of range"),
        ("1 1:1\n\n1 0:1\n", {"zero_based": False}, 3, "feature number 0 is out of"),
        ("1 0:1\n1 2:1\n", {"n_features": 2}, 2, "expected 0 to 1 for 2 features"),
        ("1 1:1\n1 2:1\n", {"n_features": 1}, 2, "expected 1 to 1 for 1 features"),
        ("1,2 1:1\n3 1:1\n", {"n_labels": 2}, 2, "label number 3 .* expected 1 to 2"),
        ("1 1:1\n2 1:1\n", {"labels": ["a"]}, 2, "label number 2"),
        ("1 1:1\n", {"n_labels": 1, "zero_based": True}, 1, "expected 0 to 0"),
        ("2 2 2\n1 1:1\n1 3:1\n", {}, 3, "feature number 3 .* expected 1 to 2"),
    ],
)
def test_numbers_that_do_not_fit(write, text, options, line, message):
    path = write(text)

    with pytest.raises(FormatError, match=message) as caught:
        read_svmlight(path, **options)
    assert (caught.value.path, caught.value.line) == (path, line)


def test_widths_that_nothing_in_the_rows_shows(write):
    ds = read_svmlight(write("1 1:1\n"), n_features=4, n_labels=3)

    assert (X(ds), Y(ds)) == ([[1, 0, 0, 0]], [[1, 0, 0]])


def test_explicit_zeros_give_the_width_and_are_not_stored(write):
    ds = read_svmlight(write("1 1:1 4:0\n"))

    assert ds.X.shape == (1, 4)
    assert ds.X.nnz == 1


def test_names_in_the_order_of_their_numbers(write, tmp_path):
    path = write("2 1:1\n")

    assert read_svmlight(path, ["b", "a", "c"]).label_names == ("b", "a", "c")
    xml = write_label_xml(tmp_path / "other.xml", ["z", "y"])
    for source in (xml, str(xml)):
        ds = read_svmlight(path, source, "named")
        assert (ds.label_names, ds.name) == (("z", "y"), "named")
    write_label_xml(tmp_path / "toy.xml", ["e", "d"])
    ds = read_svmlight(path)
    assert (ds.label_names, Y(ds)) == (("e", "d"), [[0, 1]])
    assert "2 named by toy.xml in its order" in ds.source.reading


def test_parts_share_an_xml(write, tmp_path):
    write_label_xml(tmp_path / "toy.xml", ["a", "b"])

    ds = read_svmlight(write("1 1:1\n", "toy-train.libsvm"))

    assert ds.label_names == ("a", "b")


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (3, OptionError, "got 3. Their number alone is n_labels"),
        ([1, 2], OptionError, r"got \[1, 2\]"),
        ("genre_*", FileNotFoundError, "no label XML genre_"),
        (["a", "a"], LabelNameError, "more than once: 'a'"),
    ],
)
def test_labels_of_another_kind(write, labels, error, message):
    with pytest.raises(error, match=message):
        read_svmlight(write("1 1:1\n"), labels)


def test_names_and_their_number_must_agree(write):
    with pytest.raises(LabelNameError, match="Expected 3 label names"):
        read_svmlight(write("1 1:1\n"), ["a", "b"], n_labels=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"zero_based": "no"}, "zero_based must be True"),
        ({"zero_based": (True,)}, r"got \(True,\)"),
        ({"n_features": 0}, "n_features must be a whole number of at least 1; got 0"),
        ({"n_labels": 2.5}, "n_labels must be a whole number"),
    ],
)
def test_options_are_checked(write, options, message):
    with pytest.raises(OptionError, match=message):
        read_svmlight(write("1 1:1\n"), **options)


# --- The first line of the extreme classification repository ---


def test_a_first_line_gives_the_sizes(write):
    ds = read_svmlight(write("# made\n2 4 3\n1 1:1\n2 2:1\n"))

    # Such files count from 0, though no 0 occurs here.
    assert X(ds) == [[0, 1, 0, 0], [0, 0, 1, 0]]
    assert Y(ds) == [[0, 1, 0], [0, 0, 1]]


def test_a_first_line_and_numbers_from_one(write):
    ds = read_svmlight(write("1 2 2\n1,2 1:1 2:1\n"))

    assert (X(ds), Y(ds)) == ([[1, 1]], [[1, 1]])


def test_a_first_line_alone(write):
    ds = read_svmlight(write("0 2 3"))

    assert (ds.X.shape, ds.Y.shape) == ((0, 2), (0, 3))


@pytest.mark.parametrize("rows", ["", "1 1:1\n1 1:1\n1 1:1\n"])
def test_a_first_line_that_counts_other_rows(write, rows):
    n_rows = rows.count("\n")
    with pytest.raises(FormatError, match=f"announces 2 rows, and {n_rows} follow"):
        read_svmlight(write(f"2 1 1\n{rows}"))


def test_three_numbers_later_are_a_row(write):
    with pytest.raises(FormatError, match="expected 'index:value', got '2'") as caught:
        read_svmlight(write("1 1:1\n1 2 3\n"))
    assert caught.value.line == 2


# --- Files as such ---


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", " \t\n"])
def test_files_without_rows(write, text):
    with pytest.raises(FormatError, match="holds no rows"):
        read_svmlight(write(text))


def test_a_file_without_labels(write):
    path = write("1:1\n2:1\n")

    with pytest.raises(FormatError, match="no row carries a label.*n_labels="):
        read_svmlight(path)
    assert Y(read_svmlight(path, n_labels=2)) == [[0, 0], [0, 0]]


def test_a_label_number_that_would_fill_the_memory(write):
    path = write("2000000000 1:1\n")

    with pytest.raises(FormatError, match="2000000000 labels in a file of 15 bytes"):
        read_svmlight(path)
    with pytest.raises(FormatError, match="999999999 labels"):
        read_svmlight(write("1 1 999999999\n1 1:1\n"))
    # Where the caller says so, it is no mistake.
    assert read_svmlight(write("1100000 1:1"), n_labels=1100000).n_labels == 1100000


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf1 1:1\n2 2:1\n",
        b"1 1:1\r\n2 2:1\r\n",
        b"1 1:1\r2 2:1",
        b"1 1:1\n2 2:1",
        "1 1:1 # \u00e9t\u00e9\n2 2:1\n".encode("latin-1"),
    ],
)
def test_encodings_and_line_ends(write, data):
    ds = read_svmlight(write(data))

    assert (X(ds), Y(ds)) == ([[1, 0], [0, 1]], [[1, 0], [0, 1]])


@pytest.mark.parametrize("data", ["1 1:1\n".encode("utf-16"), b"1 1:1\n\0"])
def test_files_that_are_no_text(write, data):
    with pytest.raises(FormatError, match="unknown encoding"):
        read_svmlight(write(data))


def test_text_labels_are_explained(write):
    with pytest.raises(FormatError, match="names stand in a label XML") as caught:
        read_svmlight(write("1 1:1\ncomedy,drama 1:1\n"))
    assert caught.value.line == 2


@pytest.mark.parametrize("block", [16, 64, 1 << 18])
def test_blocks_do_not_show(write, monkeypatch, block):
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(100):
        labels = ",".join(map(str, rng.integers(1, 20, rng.integers(0, 4))))
        numbers = rng.choice(30, rng.integers(1, 6), replace=False)
        lines.append(
            " ".join([labels, *(f"{i + 1}:{rng.random()!r}" for i in numbers)])
        )
    path = write("\n".join(lines))
    whole = read_svmlight(path)

    monkeypatch.setattr(arff, "_BLOCK", block)
    ds = read_svmlight(path)

    np.testing.assert_array_equal(ds.X.toarray(), whole.X.toarray())
    np.testing.assert_array_equal(ds.Y.toarray(), whole.Y.toarray())
    with pytest.raises(FormatError, match="label number") as caught:
        read_svmlight(path, n_labels=5)
    labels = [[int(a) for a in line.split(" ")[0].split(",") if a] for line in lines]
    first = next(i for i, row in enumerate(labels) if max(row, default=0) > 5)
    assert caught.value.line == first + 1


WORDS = [
    *[
        b"1",
        b"0",
        b"23",
        b",",
        b":",
        b" ",
        b"\n",
        b"\r",
        b"#",
        b"\t",
        b"1:1",
        b"2 3 4\n",
    ],
    *[b"\xff", b"\xef\xbb\xbf", b"nan", b"1e999", b"99999999999999999999", b"qid:1"],
]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=3)).map(b"".join))
def test_any_bytes_give_a_dataset_or_a_named_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz") / "toy.svm"
    path.write_bytes(data)
    try:
        ds = read_svmlight(path)
    except MlkitError as err:
        refusal = str(err)
    else:
        refusal = ""
    if refusal:
        assert str(path) in refusal
        return
    assert ds.X.shape[0] == ds.Y.shape[0]
    assert set(ds.Y.data.tolist()) <= {1}
    assert ds.n_labels == len(ds.label_names) > 0
    for matrix in (ds.X, ds.Y):
        matrix.check_format()
        assert matrix.has_sorted_indices


# --- scikit-learn as an oracle ---


def test_the_same_as_scikit_learn(write):
    rng = np.random.default_rng(1)
    # Of fewer digits than the 16 that scikit-learn writes.
    values = rng.normal(size=(40, 7)).round(9) * (rng.random((40, 7)) < 0.5)
    values[:, 6] = 1.0
    labels = rng.integers(0, 2, (40, 4))
    labels[0] = 1
    file = io.BytesIO()
    dump_svmlight_file(
        values, labels, file, multilabel=True, zero_based=False, comment="made here"
    )

    ds = read_svmlight(write(file.getvalue()))

    np.testing.assert_array_equal(ds.X.toarray(), values)
    np.testing.assert_array_equal(ds.Y.toarray(), labels)
    file.seek(0)
    theirs, tuples = load_svmlight_file(file, multilabel=True)
    np.testing.assert_array_equal(ds.X.toarray(), theirs.toarray())
    mine = [tuple(np.flatnonzero(row).astype(float)) for row in ds.Y.toarray()]
    assert mine == tuples


def test_memory_of_the_parts_is_given_back(write, monkeypatch):
    parts = []
    joined = svmlight._joined

    def spy(given):
        parts.append(given)
        return joined(given)

    monkeypatch.setattr(svmlight, "_joined", spy)
    read_svmlight(write("1 1:1\n"))

    assert parts == [[]]
