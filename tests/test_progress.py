"""Progress bars: where they are shown, and that they are silent everywhere else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mlkit.progress import progress, progress_place

_UNDER_ANOTHER_TEST = "MLKIT_TEST_WITHIN_THE_TEST"


class _Shell:
    kernel = object()


@pytest.fixture
def alone(monkeypatch):
    """An environment in which neither a test nor the switch silences the bar."""
    # pytest sets its variable anew when the test begins, so another one is looked for.
    monkeypatch.setattr("mlkit.progress._UNDER_TEST", _UNDER_ANOTHER_TEST)
    monkeypatch.delenv("MLKIT_PROGRESS", raising=False)


@pytest.fixture
def terminal(alone, monkeypatch):
    # Standard error itself belongs to pytest's capture.
    monkeypatch.setattr("mlkit.progress._is_terminal", lambda: True)


@pytest.fixture
def kernel(alone, monkeypatch):
    IPython = pytest.importorskip("IPython")
    monkeypatch.setattr(IPython, "get_ipython", _Shell)


class TestPlace:
    def test_a_terminal_looks(self, terminal):
        assert progress_place() == "terminal"

    def test_a_file_does_not_look(self, alone, capsys):
        assert progress_place() == "nowhere"

    def test_no_standard_error_at_all(self, alone, monkeypatch):
        monkeypatch.setattr(sys, "stderr", None)
        assert progress_place() == "nowhere"

    def test_a_notebook_looks(self, kernel):
        assert progress_place() == "notebook"

    @pytest.mark.parametrize("word", ["0", "false", "No", " off "])
    def test_the_switch(self, terminal, monkeypatch, word):
        monkeypatch.setenv("MLKIT_PROGRESS", word)
        assert progress_place() == "nowhere"

    @pytest.mark.parametrize("word", ["1", ""])
    def test_other_words_switch_nothing_off(self, terminal, monkeypatch, word):
        monkeypatch.setenv("MLKIT_PROGRESS", word)
        assert progress_place() == "terminal"

    def test_a_test_does_not_look(self, kernel, monkeypatch):
        monkeypatch.setenv(_UNDER_ANOTHER_TEST, "a notebook run by nbval")
        assert progress_place() == "nowhere"

    def test_a_wish_goes_before_all(self, terminal, monkeypatch):
        monkeypatch.setenv("MLKIT_PROGRESS", "0")
        assert progress_place(shown=True) == "terminal"
        monkeypatch.delenv("MLKIT_PROGRESS")
        assert progress_place(shown=False) == "nowhere"

    def test_a_wish_in_a_notebook(self, kernel):
        assert progress_place(shown=True) == "notebook"
        assert progress_place(shown=False) == "nowhere"


class TestTerminal:
    def test_a_loop(self, terminal, capsys):
        assert list(progress("abc", what="spelling", unit="letter")) == ["a", "b", "c"]
        err = capsys.readouterr().err
        assert "spelling: 100%" in err
        assert "3/3" in err

    def test_steps_by_hand_from_a_start(self, terminal, capsys):
        with progress(total=4, start=2, what="folds") as bar:
            bar.update()
            assert bar.n == 3
            bar.update()
        err = capsys.readouterr().err
        assert "folds: 100%" in err
        assert "4/4" in err

    def test_bytes_are_abbreviated(self, terminal, capsys):
        with progress(total=2_000_000, unit="B") as bar:
            bar.update(2_000_000)
        assert "2.00M/2.00M" in capsys.readouterr().err

    def test_standard_output_stays_clean(self, capsys):
        list(progress([1, 2], what="adding", shown=True))
        out, err = capsys.readouterr()
        assert out == ""
        assert "adding" in err


def test_silent_where_nobody_looks(capsys):
    assert list(progress([1, 2])) == [1, 2]
    with progress(total=2) as bar:
        bar.update()
        bar.set_postfix(loss=0.5)
    assert capsys.readouterr() == ("", "")


class TestNotebook:
    def test_quick_work_shows_no_widget(self, kernel, capsys):
        assert list(progress([1, 2], what="quick")) == [1, 2]
        assert capsys.readouterr() == ("", "")

    def test_long_work_shows_a_widget_that_goes_at_the_end(self, kernel, monkeypatch):
        seen = []
        monkeypatch.setattr("tqdm.notebook.display", seen.append)
        monkeypatch.setattr("mlkit.progress._NOTEBOOK_DELAY", 1e-9)
        with progress(total=2, what="fitting") as bar:
            bar.mininterval = 0
            bar.update(2)
            (shown,) = seen
            assert shown.comm is not None
        # A closed widget has left the page.
        assert shown.comm is None


_NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    },
    "cells": [
        {
            "cell_type": "code",
            "id": "place",
            "execution_count": 1,
            "metadata": {"tags": ["nbval-check-output"]},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "%s\n"}],
            "source": "from mlkit.progress import in_kernel, progress_place\n"
            "print(in_kernel(), progress_place())",
        }
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "n_failed"), [("True nowhere", 0), ("True notebook", 1)]
)
def test_nbval_does_not_look(tmp_path, text, n_failed):
    content = json.dumps(_NOTEBOOK) % text
    file = tmp_path / "place.ipynb"
    file.write_text(content, encoding="utf-8")
    options = ["--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", tmp_path, file],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == n_failed, run.stdout + run.stderr
