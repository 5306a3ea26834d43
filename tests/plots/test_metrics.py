"""The figure of the metric explorer, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from mlkit.plots.metrics import MetricPanels
from mlkit.plots.style import PALETTE, detached_figure

NAMES = ("beach", "sunset", "city", "snow")
METRICS = (("hamming_loss",), ("subset_accuracy", "micro_f1"))
TRUE = np.array([[1, 1, 0, 0], [1, 0, 1, 0]])
PREDICTED = np.array([[1, 1, 0, 0], [1, 0, 0, 1]])
VALUES = {"hamming_loss": 0.25, "subset_accuracy": 0.5, "micro_f1": 0.75}


def _panels(n_samples=2, names=NAMES):
    figure = detached_figure(MetricPanels.size_for(n_samples, names, METRICS))
    return MetricPanels(figure, n_samples, names, METRICS)


@pytest.fixture
def panels():
    return _panels()


def _numbers(panels):
    return [text.get_text() for text in panels._bars.texts]


def test_cells_counts_and_bars(panels):
    panels.show(TRUE, PREDICTED, VALUES)
    signs = [text.get_text() for text in panels._grid.texts[:8]]
    assert signs == ["✓", "✓", "", "", "✓", "", "\u2212", "+"]
    # Found, missed, invented, absent.
    assert [text.get_text() for text in panels._counts] == ["3", "1", "1", "3"]
    assert [bar.get_width() for bar in panels._bars.bars] == [0.25, 0.5, 0.75]
    assert _numbers(panels) == ["0.25", "0.50", "0.75"]


def test_names_say_which_direction_is_better(panels):
    labels = [tick.get_text() for tick in panels.bars.get_yticklabels()]
    assert labels == ["Hamming loss ↓", "Subset accuracy ↑", "Micro F1 ↑"]
    assert "↓ lower is better" in panels.bars.get_xlabel()
    colors = [bar.get_facecolor() for bar in panels._bars.bars]
    assert colors[0] != colors[1] == colors[2]


def test_groups_stand_apart(panels):
    first, second, third = panels._bars.positions
    assert third - second == pytest.approx(1.0)
    assert second - first > 1.2


def test_the_former_value_is_a_line_and_a_number_where_it_differs(panels):
    former = {"hamming_loss": 0.25, "subset_accuracy": 1.0, "micro_f1": 0.751}
    panels.show(TRUE, PREDICTED, VALUES, former=former)
    assert _numbers(panels) == ["0.25", "0.50  was 1.00", "0.75"]
    x = panels._former.get_xdata()
    assert np.isnan(x).tolist() == [True, False, True]
    assert x[1] == 1.0


def test_an_asterisk_and_its_note(panels):
    panels.show(TRUE, PREDICTED, VALUES, undefined=["micro_f1"], note="* is 0/0")
    assert _numbers(panels) == ["0.25", "0.50", "0.75*"]
    assert panels._note.get_text() == "* is 0/0"
    panels.show(TRUE, PREDICTED, VALUES)
    assert panels._note.get_text() == ""


def test_showing_again_changes_artists_in_place(panels):
    before = panels.moving
    assert panels.show(TRUE, PREDICTED, VALUES) is False
    panels.show(TRUE, TRUE, VALUES)
    assert panels.moving is before
    assert [text.get_text() for text in panels._counts] == ["4", "0", "0", "4"]
    assert plt.get_fignums() == []


def test_the_legend_has_colour_and_sign(panels):
    legend = panels.figure.axes[1]
    words = [text.get_text() for text in legend.texts]
    assert {"found (TP)", "missed (FN)", "invented (FP)", "absent (TN)"} < set(words)
    assert {"✓", "\u2212", "+"} < set(words)
    assert len(legend.patches) == 4
    assert PALETTE["sky"].lower() == to_hex(legend.patches[0].get_facecolor())


@pytest.mark.parametrize("shape", [(1, 1), (2, 4), (12, 8)], ids=str)
def test_nothing_is_cut_off_or_overlaps(shape):
    n_samples, n_labels = shape
    names = [f"a-long-name-of-a-label-{j}-ü" for j in range(n_labels)]
    panels = _panels(n_samples, names)
    values = dict.fromkeys(VALUES, 1.0)
    former = dict.fromkeys(VALUES, 0.0)
    cells = np.ones(shape, dtype=int)
    note = "* some rows or labels are 0/0\nand count 0"
    panels.show(cells, cells, values, former=former, undefined=list(VALUES), note=note)
    panels.figure.canvas.draw()
    boxes = [ax.get_tightbbox() for ax in (panels.cells, panels.bars)]
    whole = panels.figure.bbox
    for box in [*boxes, panels._note.get_window_extent()]:
        assert whole.x0 <= box.x0
        assert box.x1 <= whole.x1
        assert whole.y0 <= box.y0
        assert box.y1 <= whole.y1
    assert boxes[0].x1 < boxes[1].x0
    legend = panels.figure.axes[1].get_tightbbox()
    assert legend.y1 <= boxes[0].y0 + 1
    assert legend.y0 >= whole.y0


def test_long_names_are_shortened_and_turned():
    panels = _panels(2, ["happy-because-of-the-sea", "b", "c", "d"])
    first = panels.cells.get_xticklabels()[0]
    assert len(first.get_text()) == 12
    assert first.get_rotation() == 45
    assert _panels().cells.get_xticklabels()[0].get_rotation() == 0
