"""Everything in the gallery can be read: by colour-blind eyes, and on any screen."""

from __future__ import annotations

import ast
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from mlkit import plots, widgets
from mlkit.lessons.notebook_files import read_notebook
from mlkit.plots.style import PALETTE, detached_figure
from mlkit.widgets import Explorer, ExplorerTabs

from .legibility import contrast, linear, problems

GALLERY = Path(__file__).resolve().parents[2] / "notebooks" / "gallery.ipynb"

# What a deuteranope sees (Machado, Oliveira, Fernandes 2009, severity 1.0), in linear
# red, green and blue.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = TO_XYZ.sum(axis=1)


def lab(color: str, vision: np.ndarray) -> np.ndarray:
    """Return a colour in CIELAB, as it is seen."""
    seen = np.clip(vision @ linear(color), 0, 1)
    t = TO_XYZ @ seen / WHITE
    x, y, z = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", [np.eye(3), DEUTERANOPIA], ids=["usual", "green"])
def test_categories_are_told_apart(vision: np.ndarray) -> None:
    for (a, first), (b, second) in combinations(PALETTE.items(), 2):
        distance = np.linalg.norm(lab(first, vision) - lab(second, vision))
        assert distance >= 15, (a, b)


def test_the_distance_of_red_and_green() -> None:
    """The check can fail: pure red and a green of the same lightness."""
    red, green = "#FF0000", "#8A8A00"
    assert np.linalg.norm(lab(red, np.eye(3)) - lab(green, np.eye(3))) > 60
    assert np.linalg.norm(lab(red, DEUTERANOPIA) - lab(green, DEUTERANOPIA)) < 15


def test_contrast_by_hand() -> None:
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)


def test_problems_are_found() -> None:
    figure = detached_figure((6, 2))
    ax = figure.add_axes((0.2, 0.3, 0.7, 0.6))
    ax.set_xticks([0, 0.1], ["a rather long name", "another long name"])
    ax.text(0.5, 0.5, "pale", color="#BBBBBB")
    ax.text(0.95, 0.5, "leaves the figure")
    kinds = [problem.split(":")[0] for problem in problems(figure)]
    assert kinds[:2] == ["pale (1.9)", "cut off"]
    assert kinds[2].startswith("overlapping by ")
    assert len(kinds) == 3


@pytest.fixture(scope="module")
def cells() -> list[str]:
    """The code of the gallery."""
    notebook = read_notebook(GALLERY)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def figures(cells: list[str]) -> list[tuple[str, Figure]]:
    """All figures that the gallery draws, and the line that draws each."""
    found: list[tuple[str, Figure]] = []
    space: dict[str, Any] = {}
    for cell in cells:
        value = _run(cell.replace("%matplotlib inline", ""), space)
        line = cell.splitlines()[-1]
        found += [(line, plt.figure(number)) for number in plt.get_fignums()]
        found += [(line, figure) for figure in _explored(value)]
        plt.close("all")
    return found


def _run(cell: str, space: dict[str, Any]) -> Any:
    """Run a cell as a notebook does; return what its last line shows."""
    *body, last = ast.parse(cell).body
    if not isinstance(last, ast.Expr):
        exec(compile(cell, "gallery", "exec"), space)
        return None
    exec(compile(ast.Module(body, []), "gallery", "exec"), space)
    return eval(compile(ast.Expression(last.value), "gallery", "eval"), space)


def _explored(value: Any) -> list[Figure]:
    if isinstance(value, Figure):
        return [value]
    explorers = [value] if isinstance(value, Explorer) else []
    if isinstance(value, ExplorerTabs):
        explorers = [value[name] for name in value.names]
    return [
        panels.figure
        for explorer in explorers
        for panels, _ in explorer._figures.values()
    ]


def test_the_gallery_is_complete(cells: list[str]) -> None:
    text = "\n".join(cells)
    figures = [f"plots.{name}(" for name in plots.__all__ if name.startswith("plot_")]
    explorers = [
        f"widgets.{name}("
        for name in widgets.__all__
        if name.endswith(("Explorer", "Browser")) and name != "Explorer"
    ]
    assert [name for name in figures + explorers if name not in text] == []


def test_every_text_of_the_gallery_can_be_read(
    figures: list[tuple[str, Figure]],
) -> None:
    assert len(figures) > 40
    found = [
        f"{line}: {problem}" for line, figure in figures for problem in problems(figure)
    ]
    assert found == []
