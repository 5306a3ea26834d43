"""Frames: the moving part is redrawn, the rest is kept, the picture is the same."""

from __future__ import annotations

import io

import matplotlib.image
import numpy as np
import pytest

from mlkit.plots.frames import FrameRenderer
from mlkit.plots.style import detached_figure, figure_png


def _pixels(png: bytes) -> np.ndarray:
    return matplotlib.image.imread(io.BytesIO(png), format="png")[..., :3]


@pytest.fixture
def moving():
    figure = detached_figure((3, 2))
    ax = figure.subplots()
    (line,) = ax.plot([0, 1], [0, 1], linewidth=4)
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5))
    return figure, ax, line


def test_a_frame_shows_what_a_full_drawing_shows(moving):
    figure, _, line = moving
    full = _pixels(figure_png(figure))
    frame = _pixels(FrameRenderer(figure, [line]).png())
    assert frame.shape == full.shape
    assert np.abs(frame - full).max() < 0.01


def test_going_away_and_back_leaves_no_trace(moving):
    figure, _, line = moving
    renderer = FrameRenderer(figure, [line])
    first = renderer.png()
    line.set_ydata([1, 0])
    second = renderer.png()
    line.set_ydata([0, 1])
    assert second != first
    assert renderer.png() == first


def test_limits_need_a_new_background(moving):
    figure, ax, line = moving
    renderer = FrameRenderer(figure, [line])
    renderer.png()
    ax.set_xlim(-50, 50)
    stale = renderer.png()
    renderer.invalidate()
    fresh = renderer.png()
    assert stale != fresh
    assert np.abs(_pixels(fresh) - _pixels(figure_png(figure))).max() < 0.01


def test_size_is_in_pixels(moving):
    figure, _, line = moving
    assert FrameRenderer(figure, [line]).size == (300, 200)


def test_letters_that_no_font_has_are_no_warning() -> None:
    figure = detached_figure((2, 1))
    text = figure.text(0.5, 0.5, "\ue000 \U0001f3f4")
    assert FrameRenderer(figure, [text]).png().startswith(b"\x89PNG")
