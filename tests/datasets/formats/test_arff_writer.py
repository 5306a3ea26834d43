"""ARFF files that Weka's reader and ours understand in the same way."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
import pytest
import scipy.io.arff
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats import arff_writer, cell_texts
from mlkit.datasets.formats.arff_writer import quote, write_arff
from mlkit.datasets.formats.label_xml import read_label_xml, write_label_xml
from mlkit.datasets.reading import read
from mlkit.exceptions import LabelNameError, OptionError, UnwritableError

NAN = float("nan")


def frame(**columns):
    return pd.DataFrame(columns)


def dataset(X, Y=None, **options):
    Y = [[1, 0], [0, 1]] if Y is None else Y
    return MultiLabelDataset(X, Y, ["calm", "sad"], **options)


def text_of(ds, path, **options):
    return write_arff(ds, path, **options)[0].read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "toy.arff"


# --- A reader written from the rules of Weka's ArffLoader, stricter than ours. ---

_ESCAPE = re.compile(r"\\([0-7]{1,3}|.)")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


def weka_tokens(line):
    """Words of a line: (text, quoted); blank, tab and comma separate, % ends it."""
    tokens, i = [], 0
    while i < len(line):
        if line[i] in " \t,":
            i += 1
        elif line[i] == "%":
            break
        elif line[i] in "{}":
            tokens.append((line[i], False))
            i += 1
        elif line[i] in "'\"":
            match = re.compile(rf"{line[i]}((?:[^{line[i]}\\]|\\.)*){line[i]}").match(
                line, i
            )
            assert match, f"quote not closed on its line: {line[i:]!r}"
            tokens.append((_ESCAPE.sub(unescape, match[1]), True))
            i = match.end()
        else:
            match = re.compile(r"[^ \t,{}%'\"]+").match(line, i)
            assert "\\" not in match[0], "a bare backslash stays"
            tokens.append((match[0], False))
            i = match.end()
    return tokens


def unescape(match):
    code = match[1]
    return chr(int(code, 8)) if code[0] in "01234567" else _CONTROL.get(code, code)


def weka_declaration(line):
    """Name and type of an attribute; a list of values where it is nominal."""
    keyword, (name, _), *rest = weka_tokens(line)
    assert keyword[0].lower() == "@attribute"
    if rest[0] == ("{", False):
        assert rest[-1] == ("}", False), "the set must close on its line"
        values = [value for value, _ in rest[1:-1]]
        assert values, "an empty set"
        assert len(set(values)) == len(values), "a value is declared twice"
        return name, values
    assert len(rest) == 1
    assert rest[0][0] in ("numeric", "string")
    return name, rest[0][0]


def weka_value(token, declared):
    text, quoted = token
    if (text, quoted) == ("?", False):
        return None
    if isinstance(declared, list):
        assert text in declared, "an undeclared value"
        return text
    return text if declared == "string" else float(text)


def weka_row(line, kinds):
    tokens = weka_tokens(line)
    if line[:1] != "{":
        assert len(tokens) == len(kinds), "a row that is too short or too long"
        return [weka_value(t, kind) for t, kind in zip(tokens, kinds, strict=True)]
    # What a sparse row leaves out: 0, or the first declared value.
    row = [kind[0] if isinstance(kind, list) else 0.0 for kind in kinds]
    assert (tokens[0][0], tokens[-1][0]) == ("{", "}")
    before = -1
    for index, value in zip(tokens[1:-1:2], tokens[2:-1:2], strict=True):
        assert int(index[0]) > before, "indices must increase"
        before = int(index[0])
        row[before] = weka_value(value, kinds[before])
    assert all(row[j] != 0.0 for j, kind in enumerate(kinds) if kind == "string")
    return row


def weka(text):
    """Relation, attributes and rows as Weka sees them."""
    assert not text.startswith("\ufeff"), "Weka stumbles over a byte order mark"
    assert "\0" not in text
    lines = [line for line in text.split("\n") if line.strip()]
    relation = weka_tokens(lines[0])
    assert relation[0][0].lower() == "@relation"
    assert len(relation) == 2, "the relation must be one word"
    start = lines.index("@data")
    attributes = [weka_declaration(line) for line in lines[1:start]]
    names = [name for name, _ in attributes]
    assert len(set(names)) == len(names), "attribute names must be unique"
    rows = [
        weka_row(line, [kind for _, kind in attributes]) for line in lines[start + 1 :]
    ]
    return relation[1][0], attributes, rows


ODD = [
    *["New York", "a,b", "it's", 'say "x"', "100%", "{x}", "?", "", "tab\there"],
    *["line\nbreak", "cr\rhere", "back\\slash", "\\'", "bell\x07", "nul\x00", "\x017"],
    *["é", "日本", "\U0001f600", "\x85", "\xa0", "\u2028", "@data", "%", "'", "-", "_"],
]


@pytest.mark.parametrize("text", ODD)
def test_an_odd_word_is_one_word_to_weka_and_to_us(path, text):
    name = text or "name"
    X = pd.DataFrame({name: pd.Categorical([text, text], [text, "other"])})
    X["text"] = [text, None]

    written = text_of(dataset(X), path)

    _, attributes, rows = weka(written)
    assert attributes[0] == (name, [text, "other"])
    assert [row[:2] for row in rows] == [[text, text], [text, None]]
    got = read(path)
    assert got.feature_names == (name, "text")
    assert got.X[name].tolist() == [text, text]
    assert got.X["text"].tolist() == [text, None]


def test_odd_label_names_match_their_xml(path):
    names = [t for t in ODD if t and not re.search("[\x00-\x08]", t)]
    Y = np.eye(len(names), dtype=int)

    written = text_of(MultiLabelDataset(np.ones((len(names), 1)), Y, names), path)

    assert [name for name, _ in weka(written)[1]][1:] == names
    assert list(read_label_xml(path.with_suffix(".xml")).names) == names
    assert read(path).label_names == tuple(names)


@pytest.mark.parametrize("header", ["mulan", "meka"])
@pytest.mark.parametrize("layout", ["dense", "sparse"])
def test_weka_sees_the_same_cells(path, layout, header):
    X = frame(
        size=[0.0, -1.5],
        colour=pd.Categorical(["green", None], ["red", "green"]),
        first=pd.Categorical(["a", "b"], ["a", "b"]),
        flag=np.array([1, 0], dtype=np.int8),
        note=["0", "a b"],
    )
    ds = dataset(X, [[1, NAN], [0, 0]])

    _, attributes, rows = weka(text_of(ds, path, layout=layout, header=header))

    labels = [("calm", ["0", "1"]), ("sad", ["0", "1"])]
    features = [
        ("size", "numeric"),
        ("colour", ["red", "green"]),
        ("first", ["a", "b"]),
        ("flag", ["0", "1"]),
        ("note", "string"),
    ]
    cells = [[0.0, "green", "a", "1", "0"], [-1.5, None, "b", "0", "a b"]]
    targets = [["1", None], ["0", "0"]]
    if header == "mulan":
        assert attributes == features + labels
        assert rows == [cells[0] + targets[0], cells[1] + targets[1]]
    else:
        assert attributes == labels + features
        assert rows == [targets[0] + cells[0], targets[1] + cells[1]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("relation a", "relation a b", "must be one word"),
        ("b numeric", "'b numeric", "quote not closed"),
        ("b numeric", "b {0,0}", "declared twice"),
        ("\n1\n", "\n1,2\n", "too short or too long"),
        ("\n1\n", "\n{0 1,0 2}\n", "indices must increase"),
    ],
)
def test_the_checker_sees_mistakes(old, new, message):
    good = "@relation a\n@attribute b numeric\n@data\n1\n"
    assert weka(good)[2] == [[1.0]]

    with pytest.raises(AssertionError, match=message):
        weka(good.replace(old, new))


def test_scipy_reads_the_same_numbers(path):
    ds = dataset(np.array([[0.1, 1e22], [NAN, -5e-324]]), feature_names=["a", "b"])

    data, meta = scipy.io.arff.loadarff(io.StringIO(text_of(ds, path)))

    assert meta.names() == ["a", "b", "calm", "sad"]
    np.testing.assert_array_equal(data["a"], [0.1, NAN])
    np.testing.assert_array_equal(data["b"], [1e22, -5e-324])
    assert data["calm"].tolist() == [b"1", b"0"]


# --- Layouts and headers ---


def test_sparse_rows_by_hand(path):
    X = sp.csr_array([[0.0, 2.0], [0.0, 0.0]])
    ds = dataset(X, sp.csr_array([[1, 0], [0, 0]]), feature_names=["a", "b"])

    assert text_of(ds, path).split("@data\n")[1] == "{1 2,2 1}\n{}\n"


@pytest.mark.parametrize(
    ("X", "Y", "first"),
    [
        (np.ones((2, 1)), [[1, 0], [0, 1]], "1"),
        (sp.csr_array([[1.0], [2.0]]), [[1, 0], [0, 1]], "{"),
        (np.ones((2, 1)), sp.csr_array([[1, 0], [0, 1]]), "{"),
    ],
)
def test_the_layout_follows_the_containers(path, X, Y, first):
    assert text_of(dataset(X, Y), path).split("@data\n")[1].startswith(first)


def test_a_matrix_that_is_not_canonical(path):
    # Unsorted, a stored zero, and one cell in two parts.
    X = sp.csr_array(([3.0, 1.0, 0.0, 1.0], [2, 0, 1, 0], [0, 4, 4]), shape=(2, 3))
    ds = dataset(X, feature_names=["a", "b", "c"])

    assert text_of(ds, path).split("@data\n")[1] == "{0 2,2 3,3 1}\n{4 1}\n"
    assert X.data.tolist() == [3.0, 1.0, 0.0, 1.0]


def test_blocks_do_not_show(path, monkeypatch):
    X = frame(a=np.arange(50.0), b=[f"t{i}" for i in range(50)])
    Y = np.arange(100).reshape(50, 2) % 3 == 0
    whole = {
        layout: text_of(dataset(X, Y), path, layout=layout)
        for layout in ("dense", "sparse")
    }

    monkeypatch.setattr(cell_texts, "_BLOCK_CELLS", 7)

    for layout, text in whole.items():
        assert text_of(dataset(X, Y), path, layout=layout) == text


def test_meka_has_its_option_and_no_xml(path):
    files = write_arff(dataset(np.ones((2, 1)), name="Music"), path, header="meka")

    assert files == [path]
    assert [file.name for file in path.parent.iterdir()] == ["toy.arff"]
    assert path.read_text().startswith("@relation 'Music: -C 2'\n")
    assert read(path).label_names == ("calm", "sad")


@pytest.mark.parametrize("name", ["x: -C 1", ":", "a:b", "it's: -c 1", ""])
@pytest.mark.parametrize("header", ["mulan", "meka"])
def test_a_name_is_never_an_option(path, name, header):
    ds = dataset(np.ones((2, 3)), name=name)

    relation, _, _ = weka(text_of(ds, path, header=header))

    # MEKA looks behind the first colon, which must not be the first character.
    found = re.search("(?<=.):(.*)", relation)
    assert (found[1] if found else None) == (" -C 2" if header == "meka" else None)
    assert read(path).label_names == ("calm", "sad")


def test_an_xml_with_other_labels_would_win_over_meka(path):
    write_label_xml(path.with_suffix(".xml"), ["happy"])

    with pytest.raises(UnwritableError, match=r"toy\.xml names other labels"):
        write_arff(dataset(np.ones((2, 1))), path, header="meka")
    assert not path.exists()


def test_a_hierarchy_is_kept(path):
    xml = write_label_xml(path.with_suffix(".xml"), ["calm", "sad"], [None, "calm"])
    before = xml.read_bytes()

    write_arff(dataset(np.ones((2, 1)), [[1, 1], [1, 0]]), path)

    assert xml.read_bytes() == before


# --- Kinds of columns ---


@pytest.mark.parametrize(
    ("values", "declared", "dtype"),
    [
        ([1.0, 0.0], "numeric", "float64"),
        ([1, 0], "numeric", "float64"),
        ([True, False], "{0,1}", "int8"),
        (np.array([0, 1], dtype=np.int8), "{0,1}", "int8"),
        (np.array([0, 2], dtype=np.int8), "numeric", "float64"),
        (pd.array([1, None], dtype="Int64"), "numeric", "float64"),
        (pd.array([True, None], dtype="boolean"), "{0,1}", "float64"),
        (pd.array([None, None], dtype="Int64"), "numeric", "float64"),
        (pd.Categorical([None, None], []), "numeric", "float64"),
        (pd.Categorical(["0", "1"]), "{0,1}", "int8"),
        (pd.Categorical([3, 1]), "{1,3}", "category"),
        (pd.Categorical([None, "x"]), "{x}", "category"),
        (["a", None], "string", "object"),
        (pd.array(["a", None], dtype="string"), "string", "object"),
        ([None, None], "string", "object"),
    ],
)
def test_how_a_column_is_declared_and_comes_back(path, values, declared, dtype):
    X = pd.DataFrame({"a": pd.Series(values)})

    assert f"@attribute a {declared}\n" in text_of(dataset(X), path)

    got = read(path).X["a"]
    assert got.dtype == dtype
    expected = pd.Series(values)
    assert got.isna().tolist() == expected.isna().tolist()
    for mine, theirs in zip(got.dropna(), expected.dropna(), strict=True):
        assert str(mine) == str(theirs) or float(mine) == float(theirs)


def test_float32_keeps_its_value(path):
    X = np.array([[0.1], [1 / 3]], dtype=np.float32)

    write_arff(dataset(X, feature_names=["a"]), path)

    assert read(path).X["a"].tolist() == X[:, 0].astype(float).tolist()


def test_arrays_of_objects_are_tables(path):
    X = np.array([[1.5, "a"], [2, "b"]], dtype=object)

    write_arff(dataset(X), path)

    got = read(path).X
    assert got.columns.tolist() == ["feature_0", "feature_1"]
    assert got["feature_0"].tolist() == [1.5, 2.0]
    assert got["feature_1"].tolist() == ["a", "b"]


def test_flags_in_csr(path):
    X = sp.csr_array(np.array([[1, 0], [0, 1]], dtype=bool))

    assert "@attribute feature_1 {0,1}\n" in text_of(dataset(X), path)
    assert read(path).X.toarray().tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_dataset_without_features_or_rows(path):
    write_arff(dataset(np.empty((2, 0))), path)
    assert read(path).X.shape == (2, 0)

    write_arff(dataset(np.empty((0, 1)), np.empty((0, 2))), path)
    assert (read(path).X.shape, read(path).Y.shape) == ((0, 1), (0, 2))


def test_the_dataset_is_not_changed(path):
    X = frame(a=pd.Categorical(["x", None]), b=[1.0, NAN])
    before = X.copy()

    write_arff(dataset(X, [[1, NAN], [0, 1]]), path, layout="sparse")

    pd.testing.assert_frame_equal(X, before)


# --- What cannot be written ---


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((2, 3, 3)), r"3 dimensions \(2, 3, 3\).*\.parquet"),
        (frame(t=pd.to_datetime(["2020-01-01", "2020-01-02"])), "'t' is of type date"),
        (np.array([[1j], [2]]), "complex128"),
        (frame(t=[[1, 2], "a"]), "'t' holds list values"),
        (frame(t=[{"a": 1}, None]), "'t' holds dict values"),
        (frame(t=[2**53 + 1, 0]), "'t' holds integers up to 9007199254740993"),
        (frame(t=[-(2**60), 0]), "identifier"),
        (sp.csr_array(np.array([[2**60], [0]])), r"2\*\*53"),
        (frame(t=pd.Categorical([1, "1"])), "'t' are the same as text: '1'"),
        (frame(t=pd.Series(["\ud800", "b"], dtype=object)), "half of a character"),
        (np.array([["\ud800"], ["b"]], dtype=object), "half of a character"),
    ],
)
def test_what_arff_cannot_hold(path, X, message):
    with pytest.raises(UnwritableError, match=message):
        write_arff(dataset(X), path)
    assert list(path.parent.iterdir()) == []


def test_a_feature_called_like_a_label(path):
    with pytest.raises(LabelNameError, match="feature and for a label: 'sad'"):
        write_arff(dataset(frame(sad=[1, 2])), path)


def test_no_labels(path):
    ds = MultiLabelDataset(np.ones((2, 1)), np.empty((2, 0)))

    with pytest.raises(LabelNameError, match="needs at least one"):
        write_arff(ds, path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layout": "csr"}, r"layout must be one of .*got 'csr'"),
        ({"header": "weka"}, "header must be one of .*got 'weka'"),
    ],
)
def test_options_are_checked(path, options, message):
    with pytest.raises(OptionError, match=message):
        write_arff(dataset(np.ones((2, 1))), path, **options)


def test_a_failure_half_way_leaves_the_old_files(path, monkeypatch):
    write_arff(dataset(np.ones((2, 1))), path)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(arff_writer, "lines", fail)
    other = MultiLabelDataset(np.ones((1, 1)), [[1]], ["other"])
    with pytest.raises(OSError, match="disk full"):
        write_arff(other, path)

    assert {f.name: f.read_bytes() for f in path.parent.iterdir()} == before


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("sad-lonely", "sad-lonely"),
        ("1.5", "1.5"),
        ("a b", "'a b'"),
        ("'", r"'\''"),
        ("\\", r"'\\'"),
        ("a\nb", r"'a\nb'"),
        ("\x017", r"'\0017'"),
        ("", "''"),
    ],
)
def test_quote_by_hand(text, quoted):
    assert quote(text) == quoted
