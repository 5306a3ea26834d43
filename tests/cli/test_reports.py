"""The command that writes a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mlkit

from .calls import run


def test_of_a_dataset(capsys: Any, tmp_path: Path) -> None:
    path = tmp_path / "flags.html"
    code, out, err = run(capsys, "report", "flags", "--out", path, "--title", "Flags!")
    assert (code, out) == (0, "")
    assert f"wrote {path}" in err
    page = path.read_text(encoding="utf-8")
    assert "Flags!" in page
    assert "195" in page


def test_of_a_file(capsys: Any, tmp_path: Path) -> None:
    mlkit.write(mlkit.load("flags"), tmp_path / "mine.csv")
    path = tmp_path / "mine.html"
    options = ("--labels", "red,green,blue", "--index", "country", "--out", path)
    code, _, _ = run(capsys, "report", tmp_path / "mine.csv", *options)
    assert code == 0
    assert "3 labels" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["", "comparison.parquet"])
def test_of_a_comparison(capsys: Any, tmp_path: Path, name: str) -> None:
    models = ("--models", "baseline-set,br-nb", "--folds", 2)
    run(capsys, "compare", "flags", *models, "--out", tmp_path / "results")
    path = tmp_path / "comparison.html"
    code, _, _ = run(capsys, "report", tmp_path / "results" / name, "--out", path)
    assert code == 0
    page = path.read_text(encoding="utf-8")
    assert "baseline-set" in page
    assert "Micro F1" in page


def test_of_an_evaluation(capsys: Any, tmp_path: Path) -> None:
    predictions = tmp_path / "p.csv"
    mlkit.load("flags").Y.to_csv(predictions, index=False)
    path = tmp_path / "evaluation.html"
    code, out, err = run(
        capsys, "evaluate", "flags", "--predictions", predictions, "--report", path
    )
    assert code == 0
    assert f"wrote {path}" in err
    assert "195 rows" in out
    assert "195" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("out", "message"),
    [("old.html", "exists"), ("report.pdf", "must end in .html")],
)
def test_refusals(capsys: Any, tmp_path: Path, out: str, message: str) -> None:
    (tmp_path / "old.html").write_text("keep me")
    code, _, err = run(capsys, "report", "flags", "--out", tmp_path / out)
    assert code == 1
    assert message in err
    assert (tmp_path / "old.html").read_text() == "keep me"
    assert [path.name for path in tmp_path.iterdir()] == ["old.html"]
