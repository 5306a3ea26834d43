"""A random split beside a stratified one, label by label and draw after draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator, PercentFormatter

from mlkit.plots.keys import KEY_HEIGHT, MovingKeys
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, VERMILION_INK, use_style
from mlkit.splitting.chance import chance_interval
from mlkit.wording import counted

__all__ = ["SplitDraws", "SplitPanels"]

_MOST_LABELS = 30
_RANDOM, _STRATIFIED = PALETTE["orange"], PALETTE["blue"]
_STEM, _BAND, _ALARM = "#8C8C8C", "#E3E3E3", VERMILION_INK
_N_BINS = 10
# Inches: beside and below the panels, and above for a title and three lines of words.
_RIGHT, _BOTTOM, _TOP, _ROW = 0.15, 0.78, 1.14, 0.215
_GAP, _AXIS, _TALLY = 0.25, 0.9, 2.05
# Points: the title stands above three lines of words.
_TITLE_PAD = 9 + 3 * KEY_HEIGHT


@dataclass(frozen=True, slots=True, eq=False)
class SplitDraws:
    """One draw of both kinds, and what all draws so far have missed.

    Parameters
    ----------
    n_test : int
        Rows of the test part.
    random, stratified : ndarray of int, shape (n_labels,)
        Positives of each label in the test part of the present draw.
    random_missing, stratified_missing : ndarray of int, shape (n_draws,)
        Labels without a positive in the test part, draw after draw.
    expected : float
        The mean of `random_missing` over all possible draws.
    """

    n_test: int
    random: np.ndarray
    stratified: np.ndarray
    random_missing: np.ndarray
    stratified_missing: np.ndarray
    expected: float


class SplitPanels:
    """Two panels of labels, random and stratified, and one that counts over draws.

    Parameters
    ----------
    figure : Figure
        An empty figure.
    label_names : sequence of str
        Names of all labels.
    counts : array-like of int, shape (n_labels,)
        Rows with each label.
    n_samples : int
        Number of rows that are divided.

    Attributes
    ----------
    figure : Figure
    axes : tuple of Axes
        Random, stratified, over all draws.
    labels : ndarray of int
        Positions of the labels that have a row: all, or 30 of more, evenly chosen from
        the most frequent to the rarest, in this order.
    moving : tuple of Artist
        What `show` changes, for a `FrameRenderer`.
    most_labels : int
        How many labels have a row at most: 30.

    Notes
    -----
    The first two panels show which share of a label's positives is in the test part.
    The grey band holds at least 95 % of random splits: wide where a label is rare. A
    label that a part lacks has a cross, with words.
    """

    most_labels: ClassVar[int] = _MOST_LABELS

    def __init__(
        self,
        figure: Figure,
        label_names: Sequence[str],
        counts: np.ndarray,
        n_samples: int,
    ) -> None:
        self.figure = figure
        self._counts = np.asarray(counts)
        self._n_samples = n_samples
        # The wanted share, and how far to the right the axes reach.
        self._wanted, self._right = np.nan, 0.5
        self.labels = _choose(self._counts)
        names = [
            f"{fitted_name(label_names[j], 14)} ({self._counts[j]:,})"
            for j in self.labels
        ]
        self.axes = _place_axes(figure, names)
        kinds = (("Random", _RANDOM, "o"), ("Stratified", _STRATIFIED, "s"))
        self._shares = [
            _SharePanel(ax, kind, color, marker, self._counts[self.labels])
            for ax, (kind, color, marker) in zip(self.axes[:2], kinds, strict=True)
        ]
        _name_labels(self.axes, names)
        self._tally = _TallyPanel(self.axes[2])
        drawn = (*self._shares, self._tally)
        marks = [artist for panel in drawn for artist in panel.marks]
        texts = [artist for panel in drawn for artist in panel.texts]
        self.moving: tuple[Artist, ...] = (*marks, *texts)

    @staticmethod
    def size_for(n_labels: int) -> tuple[float, float]:
        """Return a width and height in inches that give every label its row.

        Parameters
        ----------
        n_labels : int
            Number of all labels; of more than 30, 30 have a row.

        Returns
        -------
        tuple of float
        """
        rows = min(n_labels, _MOST_LABELS)
        return (9.6, _TOP + _BOTTOM + max(_ROW * rows, 2.2))

    def show(self, draws: SplitDraws) -> bool:
        """Show another draw.

        Parameters
        ----------
        draws : SplitDraws

        Returns
        -------
        bool
            Whether the limits of an axis changed: then `moving` is not all that did.
        """
        wanted = draws.n_test / self._n_samples
        counts = self._counts[self.labels]
        ends = chance_interval(counts, self._n_samples, draws.n_test)
        both = (draws.random, draws.stratified)
        for panel, in_test in zip(self._shares, both, strict=True):
            panel.show(in_test[self.labels], wanted, ends)
            panel.say(int((in_test == 0).sum()), len(self._counts), wanted)
        greatest = max(panel.greatest for panel in self._shares)
        changed = self._scale(wanted, max(greatest, wanted))
        return self._tally.show(draws) or changed

    def _scale(self, wanted: float, greatest: float) -> bool:
        """Make room up to a share; say whether the limits had to change."""
        # In steps, and for one wanted share only wider, so that the axis stands still
        # from one draw to the next.
        least = self._right if wanted == self._wanted else 0.5
        right = min(max(least, np.ceil(4 * greatest) / 4), 1.0)
        self._wanted, self._right = wanted, right
        limits = (-0.045 * right, 1.06 * right)
        changed = self.axes[0].get_xlim() != limits
        if changed:
            self.axes[0].set_xlim(*limits)
        return changed


class _SharePanel:
    """A row a label: a dot at the share of its positives that the test part has."""

    def __init__(
        self, ax: Axes, kind: str, color: str, marker: str, counts: np.ndarray
    ) -> None:
        self.ax, self._counts = ax, counts
        self._rows = np.arange(len(counts))
        self.greatest = 0.0
        look = {"linestyle": "none", "color": color, "markeredgecolor": INK}
        cross = {"linestyle": "none", "marker": "x", "color": _ALARM, "mew": 2.2}
        with use_style():
            self._bands = LineCollection([], colors=_BAND, linewidths=9)
            self._stems = LineCollection([], colors=_STEM, linewidths=1.2)
            ax.add_collection(self._bands, autolim=False)
            ax.add_collection(self._stems, autolim=False)
            self._wanted = ax.axvline(0.0, color=INK, linestyle="--", linewidth=1.4)
            (self._dots,) = ax.plot([], [], marker=marker, ms=7, mew=0.6, **look)
            (self._crosses,) = ax.plot([], [], ms=8, **cross)
            self._words = [self._new_words(row) for row in self._rows.tolist()]
            ax.set_title(f"{kind} split", pad=_TITLE_PAD, loc="left")
            ax.set_xlabel("positives in the test part,\n% of the label's")
        samples = [
            [Line2D([10], [5], marker=marker, ms=7, mew=0.6, **look)],
            [Line2D([10], [5], ms=8, **cross)],
            [Rectangle((0, 0), 20, 10, facecolor=_BAND)],
        ]
        self._keys = MovingKeys(ax, samples)
        self.marks: tuple[Artist, ...] = (
            *(self._bands, self._stems, self._wanted, self._dots, self._crosses),
        )
        self.texts: tuple[Artist, ...] = (*self._words, *self._keys.texts)

    def show(
        self, in_test: np.ndarray, wanted: float, ends: tuple[np.ndarray, np.ndarray]
    ) -> None:
        # A label that no row carries stands at 0.
        whole = np.maximum(self._counts, 1)
        shares = in_test / whole
        lacking = (in_test == 0) | (in_test == self._counts)
        self.greatest = float(shares.max(initial=0.0))
        self._dots.set_data(shares[~lacking], self._rows[~lacking])
        self._crosses.set_data(shares[lacking], self._rows[lacking])
        self._wanted.set_xdata([wanted, wanted])
        # A cross needs no stem, which would pass through its words.
        starts = np.where(lacking, shares, wanted)
        self._stems.set_segments(self._spans(starts, shares))
        self._bands.set_segments(self._spans(ends[0] / whole, ends[1] / whole))
        for words, n_inside, n_all in zip(
            self._words, in_test.tolist(), self._counts.tolist(), strict=True
        ):
            _write_lack(words, n_inside, n_all)

    def say(self, n_missing: int, n_labels: int, wanted: float) -> None:
        self._keys.show(
            [
                f"in test; wanted: {100 * wanted:.3g} %",
                f"none in test: {n_missing:,} of {n_labels:,}",
                "95 % of random splits",
            ]
        )

    def _spans(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return one horizontal segment a row, shape (n_rows, 2, 2)."""
        ends = np.stack([left, right], axis=1)
        rows = np.broadcast_to(self._rows[:, None], ends.shape)
        return np.stack([ends, rows], axis=2)

    def _new_words(self, row: int) -> Artist:
        return self.ax.annotate(
            "",
            (0.0, row),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=11,
            color=_ALARM,
            # The white box keeps the word legible where the dashed line passes.
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        )


class _TallyPanel:
    """How many labels the test part lacked, over all draws, for both kinds."""

    def __init__(self, ax: Axes) -> None:
        self.ax = ax
        looks = (
            {"color": _RANDOM, "hatch": "//"},
            {"color": _STRATIFIED, "hatch": ""},
        )
        looks = [{"edgecolor": INK, "linewidth": 0.8, **look} for look in looks]
        for look in looks:
            look["facecolor"] = look.pop("color")
        dashed = {"color": INK, "linestyle": ":", "linewidth": 2.4}
        with use_style():
            self._bars = [
                ax.bar(np.zeros(_N_BINS), 0.0, **look).patches for look in looks
            ]
            self._line = ax.axvline(0.0, **dashed)
            self._title = _moving_title(ax)
            ax.set(ylim=(0, 1.04), ylabel="share of the draws")
            ax.set_xlabel("labels without a positive\nin the test part (0: best)")
            ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
            ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
            ax.grid(visible=False, axis="x")
            samples = [[Rectangle((0, 0), 20, 10, **look)] for look in looks]
            samples.append([Line2D([0, 20], [5, 5], **dashed)])
            self._keys = MovingKeys(ax, samples)
        bars = [bar for kind in self._bars for bar in kind]
        self.marks: tuple[Artist, ...] = (*bars, self._line)
        self.texts: tuple[Artist, ...] = (self._title, *self._keys.texts)

    def show(self, draws: SplitDraws) -> bool:
        both = (draws.random_missing, draws.stratified_missing)
        # A whole panel of room around what chance brings, so that it seldom changes.
        most = max(draws.expected + 3 * np.sqrt(draws.expected), *map(np.max, both))
        width = _bin_width(float(most))
        for place, (bars, missing) in enumerate(zip(self._bars, both, strict=True)):
            found = np.bincount(missing // width, minlength=_N_BINS) / len(missing)
            for i, bar in enumerate(bars):
                centre = width * i + (width - 1) / 2
                bar.set_x(centre + 0.42 * width * (place - 1))
                bar.set_width(0.42 * width)
                bar.set_height(found[i])
        self._line.set_xdata([draws.expected, draws.expected])
        n_draws = len(draws.random_missing)
        self._title.set_text(f"Over {counted(n_draws, 'draw')}")
        self._keys.show(
            [
                f"random: mean {both[0].mean():,.2f}",
                f"stratified: mean {both[1].mean():,.2f}",
                f"by chance: {draws.expected:,.2f}",
            ]
        )
        limits = (-0.5 - 0.1 * width, _N_BINS * width - 0.5)
        changed = self.ax.get_xlim() != limits
        if changed:
            self.ax.set_xlim(*limits)
        return changed


def _moving_title(ax: Axes) -> Annotation:
    """Return a text where the titles of the other panels are."""
    size = mpl.rcParams["axes.titlesize"]
    place = {"xycoords": "axes fraction", "textcoords": "offset points"}
    height = (0, _TITLE_PAD)
    return ax.annotate("", (0, 1), xytext=height, fontsize=size, **place)


def _choose(counts: np.ndarray) -> np.ndarray:
    """Return the positions of the labels to draw."""
    if len(counts) <= _MOST_LABELS:
        return np.arange(len(counts))
    # The rarest suffer most, the most frequent show what is normal: some of all.
    ranks = np.linspace(0, len(counts) - 1, _MOST_LABELS).round().astype(int)
    return np.argsort(-counts, kind="stable")[ranks]


def _place_axes(figure: Figure, names: Sequence[str]) -> tuple[Axes, Axes, Axes]:
    """Place the panels by hand, without a layout engine's cost per frame."""
    width, height = figure.get_size_inches()
    left = 0.085 * max(map(len, names)) + 0.3
    last = width - _RIGHT - _TALLY
    # The names leave to the two panels of labels what they do not need.
    dots = (last - _AXIS - _GAP - left) / 2
    lefts, widths = (left, left + dots + _GAP, last), (dots, dots, _TALLY)
    bottom, top = _BOTTOM / height, 1.0 - _TOP / height
    with use_style():
        random, stratified, tally = (
            figure.add_axes((x / width, bottom, w / width, top - bottom))
            for x, w in zip(lefts, widths, strict=True)
        )
        stratified.sharex(random)
        stratified.sharey(random)
    return random, stratified, tally


def _name_labels(axes: Sequence[Axes], names: Sequence[str]) -> None:
    with use_style():
        axes[0].set_yticks(range(len(names)), names, fontsize=11)
        axes[0].set_ylim(len(names) - 0.4, -0.6)
        axes[0].xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
        axes[0].xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
        axes[1].tick_params(axis="y", labelleft=False)
        for ax in axes[:2]:
            ax.grid(visible=False, axis="y")
            ax.tick_params(axis="y", length=0)


def _write_lack(words: Artist, n_inside: int, n_all: int) -> None:
    """Write beside a cross which part lacks the label; nothing where none does."""
    left = n_inside > 0 and n_inside == n_all
    words.set_visible(left or n_inside == 0)
    words.xy = (1.0 if left else 0.0, words.xy[1])
    words.set_x(-8 if left else 8)
    words.set_horizontalalignment("right" if left else "left")
    if n_all == 0:
        words.set_text("no row carries it")
    else:
        words.set_text("none in train" if left else "none")


def _bin_width(most: float) -> int:
    """Return the least of 1, 2, 5, 10, 20, ... whose bins hold a number."""
    width, steps = 1, (2.0, 2.5, 2.0)
    place = 0
    while most >= _N_BINS * width:
        width = round(width * steps[place % 3])
        place += 1
    return width
