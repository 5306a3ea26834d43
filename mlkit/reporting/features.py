"""Features in words: a summary of each column, and what is odd about one row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from mlkit.dataset import MultiLabelDataset
from mlkit.description.columns import Columns, columns_of
from mlkit.description.findings import agree
from mlkit.description.pictures import is_pictures
from mlkit.description.row_contents import OddFeature, RowContents
from mlkit.reporting.document import Block, Facts, Paragraph, Quotation, Tiles
from mlkit.reporting.figures import Pixels
from mlkit.reporting.tables import Column, Table
from mlkit.reporting.wording import UNDEFINED, figure, percent, shorten
from mlkit.wording import counted

__all__ = ["RowViews", "feature_blocks"]

_MOST_FEATURES = 60
_MOST_ODD_FEATURES = 5
_MOST_CHARACTERS = 600
_MOST_SAMPLES = 6


def feature_blocks(dataset: MultiLabelDataset) -> tuple[Block, ...]:
    """Say what the features are.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Returns
    -------
    tuple of Block
        Sentences and a table of the first 60; for pictures the first rows.
    """
    columns = columns_of(dataset)
    if columns is None:
        return tuple(_about_arrays(dataset))
    table = _feature_table(columns)
    return (Paragraph(" ".join(_about_columns(columns))), table)


def _about_arrays(dataset: MultiLabelDataset) -> Iterator[Block]:
    X = dataset.X
    if 0 in X.shape:
        yield Paragraph("There are no rows or no features to say anything about.")
        return
    shape = " × ".join(f"{n:,}" for n in X.shape[1:])
    numbers = f", {X.dtype} from {figure(X.min())} to {figure(X.max())}"
    yield Paragraph(
        f"Each row is an array of {shape} ({counted(dataset.n_features, 'number')})"
        f"{numbers if X.dtype.kind in 'uifb' else ''}."
    )
    if is_pictures(X):
        views = RowViews(dataset)
        n_shown = min(_MOST_SAMPLES, len(X))
        yield Paragraph(f"The first {counted(n_shown, 'picture')}:")
        yield Tiles(tuple(views.content(i) for i in range(n_shown)), narrow=True)


def _about_columns(columns: Columns) -> Iterator[str]:
    profile = columns.profile
    n_numeric = int(profile.numeric.sum())
    n_other = len(columns.names) - n_numeric
    verb = agree(n_numeric, "is a number", "are numbers")
    yield (
        f"{counted(n_numeric, 'feature')} {verb}, "
        f"{int(profile.binary[profile.numeric].sum()):,} of them with two values only; "
        f"{n_other:,} {agree(n_other, 'holds', 'hold')} text, categories or dates."
    )
    n_constant = int(profile.constant.sum())
    if n_constant:
        verb = agree(n_constant, "has", "have")
        yield f"{counted(n_constant, 'feature')} {verb} one value in all rows."
    n_missing = int(profile.n_missing.sum())
    if n_missing:
        cells = columns.n_rows * len(columns.names)
        yield f"{counted(n_missing, 'value')} of {cells:,} are missing."
    else:
        yield "No value is missing."


def _feature_table(columns: Columns) -> Table:
    headings = (
        Column("feature"),
        Column("kind"),
        Column("missing", "rows without a value"),
        Column("least"),
        Column("mean"),
        Column("greatest"),
        Column("values", "different texts or categories, and the most frequent one"),
    )
    n_shown = min(_MOST_FEATURES, len(columns.names))
    rows = tuple(_feature_row(columns, j) for j in range(n_shown))
    note = ""
    if n_shown < len(columns.names):
        note = f"The first {n_shown} of {len(columns.names):,} features."
    return Table("Features", headings, rows, note, sortable=True)


def _feature_row(columns: Columns, j: int) -> tuple[Any, ...]:
    profile, name = columns.profile, shorten(columns.names[j])
    missing = int(profile.n_missing[j])
    values = columns.column(j)
    if not profile.numeric[j]:
        nan = float("nan")
        return name, "text or category", missing, nan, nan, nan, _values(values)
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    finite = numbers[np.isfinite(numbers)]
    mean = float(finite.mean()) if len(finite) else float("nan")
    kind = "two values" if profile.binary[j] else "number"
    kind = "constant" if profile.constant[j] else kind
    low, high = float(profile.low[j]), float(profile.high[j])
    return name, kind, missing, _bound(low), mean, _bound(high), UNDEFINED


def _bound(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _values(values: pd.Series) -> str:
    counts = values.dropna().astype(str).value_counts()
    if counts.empty:
        return "none"
    if counts.iloc[0] == 1:
        return f"{counted(len(counts), 'value')}, all different"
    often = f"{shorten(counts.index[0], 40)} ({counts.iloc[0]:,})"
    return f"{counted(len(counts), 'value')}, most often {often}"


class RowViews:
    """Shows single rows: a picture, a text, or what is odd about them.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Examples
    --------
    >>> ds = MultiLabelDataset([[1.0], [1.0], [9.0]], [[1], [0], [1]])
    >>> RowViews(ds).content(2).rows
    (('column 0', '9 (1.4 standard deviations above the mean)'),)
    """

    def __init__(self, dataset: MultiLabelDataset) -> None:
        self._contents = RowContents(dataset)

    def content(self, row: int) -> Block:
        """Show one row.

        Parameters
        ----------
        row : int
            Its position.

        Returns
        -------
        Block
        """
        kind = self._contents.kind
        if kind == "pictures":
            pixels = self._contents.picture(row)
            size = " × ".join(str(n) for n in pixels.shape[:2])
            bright = figure(float(pixels.mean()))
            return Pixels(
                pixels, f"Picture of row {row}: {size} pixels, mean value {bright}."
            )
        if kind == "arrays":
            return Paragraph("This row is an array that has no picture.", "note")
        if kind == "texts":
            return Quotation(shorten(self._contents.text(row), _MOST_CHARACTERS))
        odd = self._contents.odd_features(row, n_features=_MOST_ODD_FEATURES)
        if not odd:
            return Paragraph("No feature stands out.", "note")
        return Facts(tuple((shorten(f.name, 60), _in_words(f)) for f in odd))

    @property
    def shows_odd_values(self) -> bool:
        """Whether rows are shown by what is odd about them."""
        return self._contents.kind == "table"


def _in_words(feature: OddFeature) -> str:
    if feature.share is not None:
        value = shorten(feature.value, 60)
        return f"{value} ({percent(feature.share)} of these rows)"
    side = "above" if feature.distance > 0 else "below"
    distance = f"{abs(feature.distance):.1f} standard deviations {side} the mean"
    return f"{figure(_bound(float(feature.value)))} ({distance})"
