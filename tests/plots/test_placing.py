"""Axes by inches."""

from __future__ import annotations

import numpy as np

from mlkit.plots.placing import axes_at
from mlkit.plots.style import detached_figure


def test_axes_lie_where_they_are_told():
    figure = detached_figure((8.0, 4.0))
    ax = axes_at(figure, left=1.0, top=0.5, width=3.0, height=2.0)
    box = ax.get_window_extent()
    # 100 pixels an inch, counted from below.
    np.testing.assert_allclose(box.extents, [100, 150, 400, 350])
    assert figure.axes == [ax]


def test_axes_have_the_style_of_the_kit():
    ax = axes_at(detached_figure(), 1.0, 1.0, 2.0, 2.0)
    assert not ax.spines["top"].get_visible()
