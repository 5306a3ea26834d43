"""The command `explore`: a page of explorers, on this machine and with a token."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlkit import cli
from mlkit.cli import exploring
from mlkit.cli.exploring import explorers_of, page
from mlkit.cli.ports import free_port
from mlkit.widgets.tabs import ExplorerTabs

from .calls import ARFF, run

COMMAND = [sys.executable, "-m", "mlkit", "explore"]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    path = tmp_path / "toy.arff"
    path.write_text(ARFF, encoding="utf-8")
    return path


def _start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    # A port of its own: tests that run side by side would find the same one free.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return subprocess.Popen(
        [*COMMAND, *arguments, "--port", port, "--no-browser"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        # Tests that a shell runs in the background inherit that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def served(toy: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of the toy data, and its address."""
    process = _start("toy.arff", "--labels", "2", folder=toy.parent)
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        assert said == "mlkit: explorers of toy.arff; stop with Ctrl-C\n"
        yield process, process.stderr.readline().removeprefix("mlkit: ").strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _get(address: str) -> tuple[str, str]:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.geturl(), answer.read().decode()


def test_the_page_is_there_for_those_who_have_the_token(served: Any) -> None:
    process, address = served
    assert address.startswith("http://127.0.0.1:")
    base, _, token = address.partition("?token=")
    assert len(token) >= 32
    _, text = _get(address)
    assert "toy.arff" in text
    assert "application/vnd.jupyter.widget-view+json" in text
    assert "Traceback" not in text
    # Without it, one is asked for it, and sees nothing of the data.
    where, text = _get(base)
    assert "/login" in where
    assert "toy.arff" not in text
    # Other users of the machine can read the arguments of a process.
    assert token not in Path(f"/proc/{process.pid}/cmdline").read_text()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    with pytest.raises(urllib.error.URLError):
        _get(base)


def test_a_server_ends_with_its_command(served: Any) -> None:
    process, address = served
    process.terminate()
    assert process.wait(timeout=20) == 130
    port = int(address.split(":")[2].split("/")[0])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_data_that_cannot_be_read_start_no_server(capsys: Any) -> None:
    code, out, err = run(capsys, "explore", "flagz")
    assert (code, out) == (1, "")
    assert "flagz" in err
    assert "'flags'" in err


def test_a_port_that_is_taken(toy: Path, capsys: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = run(capsys, "explore", toy, "--labels", "2", "--port", port)
    assert code == 1
    assert f"Cannot listen on 127.0.0.1, port {port}" in err
    assert "Give another --port." in err


def test_a_server_that_does_not_start_says_why(
    toy: Path, capsys: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(
        exploring,
        "_command",
        lambda *_, **__: [sys.executable, "-c", "raise SystemExit('no voila')"],
    )
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    code, _, err = run(capsys, "explore", toy, "--labels", "2")
    assert code == 1
    assert "The server did not start:\nno voila" in err


def test_a_server_that_does_not_stop_is_ended(tmp_path: Path, monkeypatch: Any) -> None:
    script = (
        "import signal, socket, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "there = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
        "time.sleep(600)"
    )
    monkeypatch.setattr(exploring, "_STOP_SECONDS", 0.2)
    monkeypatch.setattr(
        exploring,
        "_command",
        lambda _, __, port, **___: [sys.executable, "-c", script, str(port)],
    )
    port = free_port("127.0.0.1", None)
    with exploring._server(tmp_path / "a.ipynb", "127.0.0.1", port, "") as process:
        assert process.poll() is None
    assert process.returncode == -signal.SIGKILL


def test_the_same_data_are_read_again(tmp_path: Path, monkeypatch: Any) -> None:
    """What the page calls gives what the command line named."""
    table = tmp_path / "toy.csv"
    table.write_text("name,size,calm,sad\na,1,1,0\nb,2,0,1\nc,3,1,1\n", "utf-8")
    seen: list[list[str]] = []
    monkeypatch.setattr(exploring, "page", lambda again, _: seen.append(again) or "")
    monkeypatch.setattr(exploring, "_server", None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(TypeError, match="NoneType"):
        cli.main(["explore", str(table), "--labels", "calm,sad", "--index", "name"])
    monkeypatch.chdir(tmp_path)
    tabs = explorers_of(seen[0], os.fspath(tmp_path))
    assert isinstance(tabs, ExplorerTabs)
    assert tabs["Labels"].sentence().startswith("All 3 rows; most frequent: calm")


def test_a_comparison_is_explored(
    tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    out = tmp_path / "results"
    run(
        capsys,
        "compare",
        "flags",
        "--models",
        "br-nb,lp-nb",
        "--folds",
        "2",
        "--out",
        out,
    )
    monkeypatch.chdir(tmp_path)
    assert explorers_of(["results"], os.fspath(tmp_path)).names == ("Models",)


def test_names_with_quotes_stay_in_the_call() -> None:
    text = page(['it\'s "data".csv'], Path("/a b"))
    (heading, code) = json.loads(text)["cells"]
    assert heading["source"] == '# it\'s "data".csv'
    compile(code["source"], "cell", "exec")
