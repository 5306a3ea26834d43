"""The commands `doctor` and `lab`."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from mlkit.cli import installation

from .calls import run


class TestDoctor:
    def test_all_is_well_here(self, capsys: Any, monkeypatch: Any) -> None:
        monkeypatch.delenv("MLKIT_DATA", raising=False)
        code, out, err = run(capsys, "doctor")
        assert (code, err) == (0, "")
        assert "ok      Python: 3." in out
        assert "problem" not in out
        for name in ("mlkit", "packages", "cache", "notebook kernel", "extra dask"):
            assert name in out

    def test_as_json(self, capsys: Any) -> None:
        _, out, _ = run(capsys, "doctor", "--json")
        states = {check["name"]: check["state"] for check in json.loads(out)}
        assert states["Python"] == "ok"

    def test_a_problem_has_an_advice_and_an_exit_code(
        self, capsys: Any, monkeypatch: Any
    ) -> None:
        monkeypatch.setenv("MLKIT_DATA", "/nowhere/at/all")
        code, out, err = run(capsys, "doctor")
        assert code == 1
        assert "problem MLKIT_DATA: /nowhere/at/all is no folder" in out
        assert "Name the folder" in out
        assert err == "mlkit: 1 problem found\n"

    def test_packages_that_are_old_or_absent(self, monkeypatch: Any) -> None:
        real = installation.version

        def version(name: str) -> str:
            if name == "numpy":
                return "1.26.4"
            if name == "scipy":
                raise PackageNotFoundError(name)
            return real(name)

        monkeypatch.setattr(installation, "version", version)
        found = {check.name: check for check in installation.checks()}
        assert found["numpy"].state == found["scipy"].state == "problem"
        assert "1.26.4; >=2.0 wanted" in found["numpy"].found
        assert found["scipy"].advice.startswith("Install it: pip install 'scipy")
        assert "packages" not in found

    def test_extras_are_not_needed(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(installation.importlib.util, "find_spec", lambda _: None)
        found = {check.name: check for check in installation.checks()}
        assert found["extra neural"].state == "absent"
        assert "mlkit-multilabel[neural]" in found["extra neural"].advice

    def test_a_cache_that_cannot_be_written(
        self, tmp_path: Path, monkeypatch: Any
    ) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("MLKIT_CACHE", str(tmp_path / "file" / "below"))
        found = {check.name: check for check in installation.checks()}
        assert found["cache"].state == "problem"
        assert "make it writable" in found["cache"].advice


class TestLab:
    @pytest.fixture
    def called(self, monkeypatch: Any) -> list[list[str]]:
        commands: list[list[str]] = []
        monkeypatch.setattr(
            subprocess, "call", lambda command: commands.append(command) or 0
        )
        return commands

    def test_it_opens_where_the_lessons_are(self, capsys: Any, called: Any) -> None:
        code, _, err = run(capsys, "lab", "--port", "8899", "--no-browser")
        assert code == 0
        (command,) = called
        assert command[:4] == [sys.executable, "-P", "-m", "jupyterlab"]
        assert {"--port=8899", "--no-browser"} <= set(command)
        (root,) = [c.partition("=")[2] for c in command if "root_dir" in c]
        assert (Path(root) / "notebooks" / "00_start_here.ipynb").is_file()
        assert f"JupyterLab in {root}" in err

    def test_in_another_folder(self, capsys: Any, called: Any, tmp_path: Path) -> None:
        assert run(capsys, "lab", str(tmp_path))[0] == 0
        assert f"--ServerApp.root_dir={tmp_path}" in called[0]
        code, _, err = run(capsys, "lab", str(tmp_path / "no"))
        assert code == 1
        assert "There is no folder" in err
        assert len(called) == 1
