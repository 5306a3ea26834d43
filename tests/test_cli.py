"""The command line: results on standard output, messages on standard error."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

import pandas as pd
import pytest

from mlkit import cli

ARFF = """@relation toy
@attribute size numeric
@attribute kind {a,b}
@attribute calm {0,1}
@attribute sad {0,1}
@data
1,a,1,0
2,b,0,1
3,a,1,1
4,b,0,1
5,a,1,0
6,b,0,1
"""


@pytest.fixture
def toy(tmp_path):
    path = tmp_path / "toy.arff"
    path.write_text(ARFF, encoding="utf-8")
    return str(path)


def run(capsys, *arguments):
    code = cli.main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


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


def test_describe_prints_findings_and_how_the_file_was_read(capsys, tmp_path):
    path = tmp_path / "flat.arff"
    path.write_text(ARFF.replace(",a,", ",b,"), encoding="utf-8")

    _, out, _ = run(capsys, "describe", str(path), "--labels", "2")

    assert "note: constant feature." in out
    assert "the last 2 columns by request" in out


def test_compare_prints_a_table_and_writes_files(capsys, tmp_path):
    out_folder = tmp_path / "results"

    code, out, err = run(
        capsys,
        *["compare", "flags", "--models", "baseline-mode,br-tree", "--folds", "2"],
        *["--metrics", "micro_f1,hamming_loss", "--out", str(out_folder)],
    )

    assert code == 0
    assert "Micro F1 ↑" in out
    assert "br-tree" in out
    written = sorted(path.name for path in out_folder.iterdir())
    assert written == ["comparison.png", "folds.csv", "scores.csv"]
    assert all(name in err for name in written)
    folds = pd.read_csv(out_folder / "folds.csv")
    assert folds["model"].value_counts().to_dict() == {"baseline-mode": 2, "br-tree": 2}


def test_compare_a_file(capsys, toy):
    code, out, _ = run(
        capsys,
        *["compare", toy, "--labels", "2", "--folds", "2"],
        *["--models", "baseline-mode", "--metrics", "hamming_loss"],
    )

    assert code == 0
    assert out.startswith("toy\n")


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["describe", "emotion"], "Did you mean 'emotions'"),
        (["describe", "flags", "--labels", "2"], "--labels is for files"),
        (["describe", "no-such.arff"], "no-such.arff"),
        (["compare", "flags", "--models", "br-lx"], "Did you mean 'br-lr'"),
        (["compare", "flags", "--metrics", "f1"], "Unknown metric 'f1'"),
        (["compare", "flags", "--folds", "1"], "n_splits"),
        (["fetch", "nothing"], "Unknown data set 'nothing'"),
    ],
)
def test_errors_are_one_message_and_exit_code_one(capsys, arguments, message):
    code, out, err = run(capsys, *arguments)

    assert code == 1
    assert out == ""
    assert err.startswith("mlkit: error: ")
    assert message in err
    assert "Traceback" not in err


def test_a_folder_of_the_same_name_does_not_hide_a_set(capsys, monkeypatch, tmp_path):
    (tmp_path / "flags").mkdir()
    monkeypatch.chdir(tmp_path)

    code, out, _ = run(capsys, "describe", "flags")

    assert (code, out.splitlines()[0]) == (0, "flags")


def test_a_folder_is_told_from_a_name(capsys, tmp_path):
    code, _, err = run(capsys, "describe", str(tmp_path))

    assert code == 1
    assert "is a folder" in err


def test_an_error_in_a_file_names_its_line(capsys, tmp_path):
    path = tmp_path / "bad.arff"
    path.write_text(ARFF + "7,c,0,1\n", encoding="utf-8")

    code, _, err = run(capsys, "describe", str(path), "--labels", "2")

    assert code == 1
    assert "bad.arff:13" in err


def test_wrong_usage_exits_with_two(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["compare"])
    assert stopped.value.code == 2
    assert "usage: mlkit compare" in capsys.readouterr().err


def test_ctrl_c_exits_with_130(capsys, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_datasets", stop)

    code, _, err = run(capsys, "datasets")

    assert code == 130
    assert err == "mlkit: stopped\n"


def test_warnings_are_lines_on_standard_error(capsys, monkeypatch):
    from mlkit.exceptions import MlkitWarning, warn

    monkeypatch.setattr(cli, "_datasets", lambda _: warn("careful", MlkitWarning))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        code, _, err = run(capsys, "datasets")

    assert (code, err) == (0, "mlkit: warning: careful\n")


def test_a_reader_that_stops_early_is_no_error():
    command = [sys.executable, "-m", "mlkit", "describe", "flags"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_is_installed():
    done = subprocess.run(
        [sys.executable, "-m", "mlkit", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == __import__("mlkit").__version__
