"""The command line: results on standard output, messages on standard error."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

import pytest

from mlkit import cli
from mlkit.cli import data

from .calls import ARFF, run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["describe", "emotion"], "Did you mean 'emotions'"),
        (["describe", "flags", "--labels", "2"], "--labels is for files"),
        (["describe", "flags", "--tags", "a"], "--tags is for files"),
        (["describe", "flags", "--index", "a"], "--index is for files"),
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

    monkeypatch.setattr(data, "_datasets", stop)

    code, _, err = run(capsys, "datasets")

    assert code == 130
    assert err == "mlkit: stopped\n"


def test_warnings_are_lines_on_standard_error(capsys, monkeypatch):
    from mlkit.exceptions import MlkitWarning, warn

    monkeypatch.setattr(data, "_datasets", lambda _: warn("careful", MlkitWarning))

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
