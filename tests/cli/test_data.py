"""Commands about data: what they print, in words and as JSON."""

from __future__ import annotations

import json
import os

import pandas as pd
import pytest

from .calls import ARFF, run


def test_datasets_lists_the_catalog(capsys):
    code, out, _ = run(capsys, "datasets")

    assert code == 0
    for name in ("flags", "emotions", "tmc2007-500", "n_labels"):
        assert name in out


def test_describe_a_named_set(capsys):
    code, out, _ = run(capsys, "describe", "flags")

    assert code == 0
    assert "cardinality" in out
    assert "orange" in out


@pytest.mark.parametrize("labels", ["2", "calm,sad"])
def test_describe_a_file(capsys, toy, labels):
    code, out, _ = run(capsys, "describe", toy, "--labels", labels)

    assert code == 0
    assert "distinct_label_sets  3" in out


@pytest.mark.parametrize(
    ("options", "reading"),
    [
        (["--labels", "genre_*"], "2 labels by the pattern 'genre_*'; 2 text and 1"),
        (["--labels", "genre_spy"], "1 label by request"),
        (["--labels", "2", "--index", "title"], "rows named by 'title'"),
        (["--tags", "tags", "--separator", ";"], "2 labels from the tags in 'tags'"),
    ],
)
def test_describe_a_table(capsys, films, options, reading):
    code, out, _ = run(capsys, "describe", films, *options)

    assert code == 0
    assert reading in out


def test_two_ways_to_say_where_the_labels_are(capsys, films):
    code, _, err = run(capsys, "describe", films, "--labels", "2", "--tags", "tags")

    assert code == 1
    assert "Give one of them" in err


def test_describe_prints_findings_and_how_the_file_was_read(capsys, tmp_path):
    path = tmp_path / "flat.arff"
    path.write_text(ARFF.replace(",a,", ",b,"), encoding="utf-8")

    _, out, _ = run(capsys, "describe", str(path), "--labels", "2")

    assert "note: constant feature." in out
    assert "the last 2 columns by request" in out


def test_fetch_prints_the_files(capsys, monkeypatch, tmp_path):
    import mlkit.datasets

    files = {"labels": tmp_path / "emotions.xml", "all": tmp_path / "emotions.arff"}
    monkeypatch.setattr(mlkit.datasets, "fetch", lambda name: files)

    code, out, _ = run(capsys, "fetch", "emotions")

    assert code == 0
    assert out.splitlines() == [str(path) for path in files.values()]


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_fetch_all_finds_every_set(capsys):
    code, out, _ = run(capsys, "fetch", "all")

    assert code == 0
    assert "delicious.arff" in out


def test_audit_a_file(capsys, toy):
    code, out, _ = run(capsys, "audit", toy, "--labels", "2")

    assert code == 0
    assert out.startswith("toy: 6 rows, 2 features, 2 labels, cardinality")
    assert "feature equals a label" in out


def test_audit_a_file_with_parts_in_files_of_their_own(capsys, tmp_path, toy):
    header, rows = ARFF.split("@data\n")
    lines = rows.splitlines(keepends=True)
    for part, chosen in (("train", lines[:4]), ("test", lines[3:])):
        text = header + "@data\n" + "".join(chosen)
        (tmp_path / f"{part}.arff").write_text(text, encoding="utf-8")
    files = [f"--{part}={tmp_path / part}.arff" for part in ("train", "test")]

    code, out, _ = run(capsys, "audit", toy, "--labels", "2", *files)

    assert code == 0
    assert "(train 4, test 3 rows)" in out
    assert "1 of 3 test rows is in train as well" in out


def test_audit_keeps_to_the_width_of_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")

    _, out, _ = run(capsys, "audit", "flags")

    assert 40 < max(map(len, out.splitlines())) <= 60


def test_audit_refuses_parts_with_other_columns(capsys, tmp_path, toy):
    path = tmp_path / "other.arff"
    path.write_text(ARFF.replace("size", "height"), encoding="utf-8")

    code, out, err = run(capsys, "audit", toy, "--labels=2", f"--train={path}")

    assert (code, out) == (1, "")
    assert "train and 'toy' differ in their feature columns: 'height', 'size'" in err


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_audit_a_published_set_takes_its_published_parts(capsys):
    code, out, _ = run(capsys, "audit", "genbase")

    assert code == 0
    text = " ".join(out.split())
    assert "(train 463, test 199 rows)" in text
    assert "'protein' has a different value in each of the 662 rows" in text
    assert "'Q9XEL8'" in text
    assert "'O88658'" in text
    assert "1086 of 1186 features have the same value in train" in text
    headings = [line.split()[1] for line in out.splitlines() if line[:1].isdigit()]
    assert headings == ["problems", "warnings", "notes"]


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_audit_one_part_only(capsys):
    _, out, _ = run(capsys, "audit", "medical", "--part", "train")

    assert out.startswith("medical-train: 333 rows")
    assert "test rows" not in out


def test_a_folder_of_the_same_name_does_not_hide_a_set(capsys, monkeypatch, tmp_path):
    (tmp_path / "flags").mkdir()
    monkeypatch.chdir(tmp_path)

    code, out, _ = run(capsys, "describe", "flags")

    assert (code, out.splitlines()[0]) == (0, "flags")


def test_a_folder_is_told_from_a_name(capsys, tmp_path):
    code, _, err = run(capsys, "describe", str(tmp_path))

    assert code == 1
    assert "is a folder" in err


def test_convert_writes_and_prints_the_files(capsys, toy, tmp_path):
    out_file = tmp_path / "new" / "toy.csv"

    code, out, _ = run(capsys, "convert", toy, str(out_file), "--labels", "2")

    assert code == 0
    assert out.splitlines() == [str(out_file), str(out_file.with_suffix(".xml"))]
    assert pd.read_csv(out_file)["sad"].tolist() == [0, 1, 1, 1, 0, 1]


def test_convert_takes_the_options_of_the_format(capsys, toy, tmp_path):
    arff = str(tmp_path / "meka.arff")
    options = ["--labels", "2", "--header", "meka", "--layout", "sparse"]

    assert run(capsys, "convert", toy, arff, *options)[0] == 0
    assert run(capsys, "convert", "flags", str(tmp_path / "f.parquet"))[0] == 0

    text = (tmp_path / "meka.arff").read_text(encoding="utf-8")
    assert "-C 2" in text
    assert text.endswith("{1 1,2 6,3 b}\n")


def test_convert_refuses_what_would_destroy(capsys, toy, tmp_path):
    code, _, err = run(capsys, "convert", toy, toy, "--labels", "2")
    assert (code, "overwrite" in err) == (1, True)

    code, _, _ = run(capsys, "convert", toy, toy, "--labels", "2", "--overwrite")
    assert code == 0

    svm = str(tmp_path / "toy.svm")
    code, _, err = run(capsys, "convert", toy, svm, "--zero-based")
    assert (code, "'kind'" in err) == (1, True)


class TestSplit:
    def test_parts_are_written_and_printed(self, capsys, tmp_path):
        code, out, _ = run(capsys, "split", "flags", "--out", str(tmp_path))
        assert code == 0
        names = [os.path.basename(line) for line in out.splitlines()]
        assert {"flags-train.csv", "flags-test.csv"} <= set(names)
        sizes = [
            len(pd.read_csv(tmp_path / f"flags-{part}.csv"))
            for part in ("train", "test")
        ]
        assert sizes == [156, 39]

    def test_three_parts_in_another_format(self, capsys, toy, tmp_path):
        options = ["--validation", "0.3", "--test", "0.3", "--format", "csv"]
        code, out, _ = run(
            capsys, "split", toy, "--labels", "2", "--out", str(tmp_path), *options
        )
        assert code == 0
        assert sum(line.endswith(".csv") for line in out.splitlines()) == 3

    def test_files_are_not_replaced(self, capsys, tmp_path):
        arguments = ["split", "flags", "--out", str(tmp_path)]
        assert run(capsys, *arguments)[0] == 0
        code, _, err = run(capsys, *arguments)
        assert code == 1
        assert "exist" in err
        assert run(capsys, *arguments, "--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["datasets"], {"name", "n_labels"}),
        (["audit", "flags"], {"severity", "topic"}),
    ],
)
def test_tables_as_json(capsys, arguments, keys):
    code, out, _ = run(capsys, *arguments, "--json")

    assert code == 0
    rows = json.loads(out)
    assert rows
    assert keys <= set(rows[0])


def test_a_description_as_json(capsys):
    code, out, _ = run(capsys, "describe", "flags", "--json")

    assert code == 0
    content = json.loads(out)
    assert content["name"] == "flags"
    assert content["summary"]["labels"] == 7
    assert len(content["labels"]) == 7
    assert content["findings"]


def test_files_as_json(capsys, toy, tmp_path):
    out_file = str(tmp_path / "toy.csv")
    code, out, _ = run(capsys, "convert", toy, out_file, "--labels", "2", "--json")

    assert code == 0
    assert out_file in json.loads(out)
