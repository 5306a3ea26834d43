"""Whether the parts of a split have the labels in the shares of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, VERMILION_INK, category_style, make_axes, use_style
from mlkit.wording import counted

if TYPE_CHECKING:
    from mlkit.splitting import SplitReport

__all__ = ["plot_split"]

_MOST_LABELS = 30
# Of these, how many places are for labels that a part lacks: the others show how far
# shares differ.
_MOST_LACKING = 15
_FAINT, _ALARM = "#BBBBBB", VERMILION_INK
_BAND = 0.6


@dataclass(frozen=True, slots=True)
class _Shares:
    """Shares of rows with each label: in the whole, and in each part (columns)."""

    whole: pd.Series
    parts: pd.DataFrame
    rows: list[int]
    n_samples: int

    @property
    def lacking(self) -> np.ndarray:
        """Where a part (column) has no row with a label (row)."""
        return self.parts.to_numpy() == 0

    def take(self, places: np.ndarray) -> _Shares:
        whole, parts = self.whole.iloc[places], self.parts.iloc[places]
        return _Shares(whole, parts, self.rows, self.n_samples)


def plot_split(report: SplitReport, *, ax: Axes | None = None) -> Axes:
    """Draw the share of each label in the parts of a split against that in the whole.

    Parameters
    ----------
    report : SplitReport
        What `mlkit.splitting.split_report` returned, for one part or more.
    ax : Axes, optional
        Where to draw; by default a new figure, as high as labels and parts need.

    Returns
    -------
    Axes
        One row a label. The black bar is its share of all rows; each part has a colour
        and a marker, and its place within the row keeps equal shares apart. Where a
        part lacks the label, its marker is hollow, at 0, and words on the right say
        so. The legend, above, has the number of rows.

        Up to 30 labels stand in their own order. Of more, 30 are drawn, the most
        frequent on top: at most 15 that a part lacks, the most frequent of these, and
        those whose shares differ most; the axis says so.

    Raises
    ------
    ValueError
        If the report has no labels or no parts.

    See Also
    --------
    mlkit.splitting.split_report : Makes the report, with the figures.

    Notes
    -----
    A share is of the rows of the part (or of all rows), in percent. Small
    parts differ more from the whole, as a single row weighs more in them.

    Examples
    --------
    >>> from mlkit.splitting import split_report
    >>> Y = [[1, 0], [1, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    >>> report = split_report({"train": [0, 1, 2], "test": [3, 4, 5]}, Y)
    >>> ax = plot_split(report)
    >>> [text.get_text() for text in ax.texts]
    ['not in train']
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['whole (6 rows)', 'train (3 rows)', 'test (3 rows)']
    """
    shares = _shares(report)
    n_labels, n_parts = shares.parts.shape
    drawn = shares.take(_choose(shares)) if n_labels > _MOST_LABELS else shares
    n_rows = len(drawn.whole)
    height = 0.4 + 0.05 * max(n_parts - 2, 0)
    ax = make_axes(ax, size=(8.0, 1.8 + height * n_rows))
    with use_style():
        _draw_spans(ax, drawn)
        _draw_whole(ax, drawn)
        for place in range(n_parts):
            _draw_part(ax, drawn, place)
        _scale(ax, drawn)
        _write_what_is_lacking(ax, drawn)
        _name_labels(ax, drawn, n_labels)
        _add_legend(ax)
    return ax


def _shares(report: SplitReport) -> _Shares:
    table, sizes = report.labels, report.parts["rows"].to_numpy()
    if len(table) == 0 or len(sizes) == 0:
        what = "parts" if len(table) else "labels"
        msg = f"The report of the split has no {what}: there are no shares to draw."
        raise ValueError(msg)
    # The share of all rows tells their number, which the report does not hold.
    n_samples = round(sizes[0] / report.parts["share"].iloc[0])
    # By position: a part may be named "all", or like another.
    parts = table.iloc[:, 1:] / sizes
    return _Shares(table.iloc[:, 0] / n_samples, parts, sizes.tolist(), n_samples)


def _choose(shares: _Shares) -> np.ndarray:
    """Return the positions of the labels to draw, the most frequent first."""
    whole = shares.whole.to_numpy()
    by_share = np.argsort(-whole, kind="stable")
    lacking = by_share[shares.lacking.any(axis=1)[by_share]][:_MOST_LACKING]
    difference = shares.parts.sub(shares.whole, axis=0).abs().max(axis=1).to_numpy()
    by_difference = np.argsort(-difference, kind="stable")
    others = by_difference[~np.isin(by_difference, lacking)]
    chosen = np.concatenate([lacking, others[: _MOST_LABELS - len(lacking)]])
    return by_share[np.isin(by_share, chosen)]


def _draw_spans(ax: Axes, shares: _Shares) -> None:
    span = pd.concat([shares.whole, shares.parts], axis=1)
    ends = span.min(axis=1), span.max(axis=1)
    ax.hlines(np.arange(len(span)), *ends, color=_FAINT, linewidth=2)


def _draw_whole(ax: Axes, shares: _Shares) -> None:
    rows = np.arange(len(shares.whole))
    name = f"whole ({counted(shares.n_samples, 'row')})"
    look = {"marker": "|", "markersize": 20, "markeredgewidth": 3}
    ax.plot(shares.whole, rows, linestyle="none", color=INK, label=name, **look)


def _draw_part(ax: Axes, shares: _Shares, place: int) -> None:
    style, n_parts = category_style(place), shares.parts.shape[1]
    values = shares.parts.iloc[:, place].to_numpy()
    rows = np.arange(len(values)) + _BAND * ((place + 0.5) / n_parts - 0.5)
    lacking = shares.lacking[:, place]
    name = fitted_name(shares.parts.columns[place], 20)
    look = {"s": 60 if n_parts <= 4 else 42, "marker": style.marker, "zorder": 3}
    ax.scatter(
        values[~lacking],
        rows[~lacking],
        color=style.color,
        # A thin dark edge: yellow on white would not be seen without.
        edgecolors="#333333",
        linewidths=0.6,
        label=f"{name} ({counted(shares.rows[place], 'row')})",
        **look,
    )
    hollow = {"facecolors": "white", "edgecolors": style.color, "linewidths": 1.8}
    ax.scatter(values[lacking], rows[lacking], **hollow, **look)


def _scale(ax: Axes, shares: _Shares) -> None:
    greatest = max(shares.parts.max(axis=None), shares.whole.max()) or 1.0
    # A column on the right for the words, which no marker reaches.
    room = 1.55 if shares.lacking.any() else 1.05
    # Below 0 room for half a marker.
    ax.set_xlim(-0.03 * greatest, room * greatest)
    ticks = MaxNLocator(6).tick_values(0, greatest)
    ax.set_xticks([tick for tick in ticks if 0 <= tick <= greatest])
    ax.xaxis.set_major_formatter(lambda tick, _: f"{100 * tick:g} %")


def _write_what_is_lacking(ax: Axes, shares: _Shares) -> None:
    lacking = shares.lacking
    for row in np.flatnonzero(lacking.any(axis=1)):
        names = shares.parts.columns[lacking[row]]
        ax.text(
            0.995,
            row,
            _what_is_lacking(names, float(shares.whole.iloc[row])),
            transform=ax.get_yaxis_transform(),
            ha="right",
            va="center",
            color=_ALARM,
            size=11,
        )


def _what_is_lacking(names: pd.Index, whole: float) -> str:
    if whole == 0:
        return "no row carries it"
    if len(names) > 1:
        return f"not in {len(names)} parts"
    return f"not in {fitted_name(names[0], 12)}"


def _name_labels(ax: Axes, shares: _Shares, n_labels: int) -> None:
    what, n_drawn = "share of the rows with the label", len(shares.whole)
    if n_drawn < n_labels:
        # Beyond these, labels were chosen for how far their shares differ.
        n_lacking = min(int(shares.lacking.any(axis=1).sum()), _MOST_LACKING)
        # Without such labels there is nothing to be said about them.
        some = f"{n_lacking} that a part lacks, and " if n_lacking else ""
        what += f"\n{n_drawn} of {n_labels:,} labels: {some}those that differ most"
    names = [fitted_name(name) for name in shares.whole.index]
    ax.set_yticks(range(n_drawn), names, size=11)
    ax.set(xlabel=what, ylim=(n_drawn - 0.5, -0.5))
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")


def _add_legend(ax: Axes) -> None:
    handles, names = ax.get_legend_handles_labels()
    # As many columns as the longest entry leaves room for, in characters; and no more
    # than so many lines need, or the last line would hold a single entry.
    most = max(1, min(len(names), 84 // (max(map(len, names)) + 6)))
    n_lines = -(-len(names) // most)
    ncols = -(-len(names) // n_lines)
    ax.legend(handles, names, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=ncols)
