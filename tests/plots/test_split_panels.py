"""The panels of the split explorer, read from their artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.plots.frames import FrameRenderer
from mlkit.plots.split_panels import SplitDraws, SplitPanels
from mlkit.plots.style import detached_figure

NAMES = ["red", "green", "blue", "grey"]
COUNTS = np.array([4, 10, 2, 0])


def _panels(names=NAMES, counts=COUNTS, n_samples=20):
    figure = detached_figure(SplitPanels.size_for(len(names)))
    return SplitPanels(figure, names, counts, n_samples)


def _draws(random=(1, 2, 0, 0), stratified=(2, 5, 1, 0), **changes):
    values = {
        "n_test": 10,
        "random": np.array(random),
        "stratified": np.array(stratified),
        "random_missing": np.array([2, 2, 3, 1]),
        "stratified_missing": np.array([1, 1, 1, 1]),
        "expected": 1.25,
    }
    return SplitDraws(**values | changes)


def _words(ax):
    return [text.get_text() for text in ax.texts if text.get_visible()]


def _places(line):
    return list(zip(*(np.asarray(x).tolist() for x in line.get_data()), strict=True))


def test_dots_are_the_shares_of_positives():
    panels = _panels()
    panels.show(_draws())
    random, stratified = panels._shares
    assert _places(random._dots) == [(0.25, 0), (0.2, 1)]
    assert _places(stratified._dots) == [(0.5, 0), (0.5, 1), (0.5, 2)]
    assert random._wanted.get_xdata() == [0.5, 0.5]


def test_what_is_lacking_has_a_cross_and_words():
    panels = _panels()
    panels.show(_draws(stratified=(4, 5, 1, 0)))
    random, stratified = panels._shares
    assert _places(random._crosses) == [(0.0, 2), (0.0, 3)]
    assert _places(stratified._crosses) == [(1.0, 0), (0.0, 3)]
    assert _words(panels.axes[0])[:2] == ["none", "no row carries it"]
    assert "none in train" in _words(panels.axes[1])
    assert "none in test: 2 of 4" in _words(panels.axes[0])
    # The words lead away from the end of the axis.
    aligned = [text.get_horizontalalignment() for text in stratified._words]
    assert (aligned[0], aligned[3]) == ("right", "left")


def test_stems_lead_from_the_wanted_share_to_the_dots():
    panels = _panels()
    panels.show(_draws())
    stems = [stem[:, 0].tolist() for stem in panels._shares[0]._stems.get_segments()]
    # None for a cross: it would pass through the words.
    assert stems == [[0.5, 0.25], [0.5, 0.2], [0.0, 0.0], [0.0, 0.0]]


def test_bands_are_what_chance_brings():
    panels = _panels()
    panels.show(_draws())
    bands = panels._shares[0]._bands.get_segments()
    # Of 2 positives among 20 rows, half of them in the test part, 0 to 2 can be there.
    assert bands[2][:, 0].tolist() == [0.0, 1.0]
    assert bands[3][:, 0].tolist() == [0.0, 0.0]
    assert 0 <= bands[1][0, 0] < 0.5 < bands[1][1, 0] <= 1


def test_bars_count_the_draws():
    panels = _panels()
    panels.show(_draws())
    random, stratified = panels._tally._bars
    assert [bar.get_height() for bar in random][:5] == [0, 0.25, 0.5, 0.25, 0]
    assert [bar.get_height() for bar in stratified][:3] == [0, 1.0, 0]
    # Side by side, with another hatch.
    assert random[1].get_x() + random[1].get_width() == stratified[1].get_x() == 1
    assert (random[0].get_hatch(), stratified[0].get_hatch()) == ("//", "")
    assert _words(panels.axes[2]) == [
        *("Over 4 draws", "random: mean 2.00", "stratified: mean 1.00"),
        "by chance: 1.25",
    ]
    assert panels._tally._line.get_xdata() == [1.25, 1.25]


def test_bins_widen_with_the_numbers():
    panels = _panels()
    panels.show(_draws())
    many = _draws(random_missing=np.array([7, 23]), stratified_missing=np.array([0, 4]))
    assert panels.show(many) is True
    # Bins of 5: 0-4, 5-9, ...
    assert [bar.get_height() for bar in panels._tally._bars[0]][1:5] == [0.5, 0, 0, 0.5]
    assert panels._tally._bars[1][0].get_height() == 1.0
    assert panels.show(many) is False


def test_axes_say_what_they_show():
    random, stratified, tally = _panels().axes
    assert random.get_title(loc="left") == "Random split"
    assert stratified.get_title(loc="left") == "Stratified split"
    assert "positives in the test part" in random.get_xlabel()
    assert "0: best" in tally.get_xlabel()
    names = [text.get_text() for text in random.get_yticklabels()]
    assert names == ["red (4)", "green (10)", "blue (2)", "grey (0)"]
    bottom, top = random.get_ylim()
    assert bottom > top


def test_showing_again_changes_artists_in_place_and_reports_limits():
    panels = _panels()
    before = panels.moving
    panels.show(_draws())
    assert panels.show(_draws(random=(2, 2, 0, 0))) is False
    assert panels.show(_draws(random=(4, 2, 0, 0))) is True
    assert panels.axes[0].get_xlim()[1] > 1
    assert panels.moving == before


def test_of_many_labels_some_of_all_frequencies_have_a_row():
    counts = np.arange(1000) % 250
    panels = _panels([f"label {j}" for j in range(1000)], counts, 2000)
    shown = counts[panels.labels]
    assert len(shown) == panels.most_labels == 30
    assert (shown[0], shown[-1]) == (249, 0)
    assert (np.diff(shown) <= 0).all()
    in_test = counts // 4
    panels.show(_draws(in_test, in_test, n_test=500))
    # All labels are counted, not only those with a row: 4 have no positive, 12 too few.
    assert "none in test: 16 of 1,000" in _words(panels.axes[0])


@pytest.mark.parametrize("n_labels", [1, 5, 30, 400])
def test_nothing_is_cut_off(n_labels):
    names = [f"ä label $x$ with a very long name {j}" for j in range(n_labels)]
    counts = np.full(n_labels, 1234)
    panels = _panels(names, counts, 5000)
    in_test = np.zeros(n_labels, dtype=int)
    panels.show(_draws(in_test, in_test + 300, n_test=1234))
    FrameRenderer(panels.figure, panels.moving).png()
    boxes = [ax.get_tightbbox() for ax in panels.axes]
    for box in boxes:
        assert panels.figure.bbox.x0 <= box.x0
        assert box.x1 <= panels.figure.bbox.x1
        assert panels.figure.bbox.y0 <= box.y0
        assert box.y1 <= panels.figure.bbox.y1
    for left, right in zip(panels.axes, panels.axes[1:], strict=False):
        # Words above a panel end before the next begins, and so do the axes.
        assert left.get_tightbbox().x1 < right.bbox.x0
        ticks = right.yaxis.get_tightbbox()
        assert left.bbox.x1 < (right.bbox.x0 if ticks is None else ticks.x0)
    assert plt.get_fignums() == []
