"""Features in words: a summary of each column, and what is odd about one row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.description.columns import Columns, columns_of
from mlkit.description.findings import agree
from mlkit.reporting.document import Block, Facts, Paragraph, Quotation, Tiles
from mlkit.reporting.figures import Pixels
from mlkit.reporting.tables import Column, Table
from mlkit.reporting.wording import UNDEFINED, count, figure, percent, shorten

__all__ = ["RowViews", "feature_blocks", "is_pictures"]

_MOST_FEATURES = 60
_MOST_ODD_FEATURES = 5
# Words of that length on average are a text; shorter ones are categories or names.
_TEXT_CHARACTERS = 40
_MOST_CHARACTERS = 600
_LEAST_PICTURE_SIDE = 8
_MOST_SAMPLES = 6


def is_pictures(X: Any) -> bool:
    """Tell whether features are pictures.

    Parameters
    ----------
    X : DataFrame, csr_array or ndarray

    Returns
    -------
    bool
        For numbers of shape (n, height, width) and (n, height, width, channels) with 1,
        3 or 4 channels, where both sides have at least 8 pixels: a series of four
        channels is none.

    Examples
    --------
    >>> import numpy as np
    >>> is_pictures(np.zeros((5, 28, 28))), is_pictures(np.zeros((5, 100, 4)))
    (True, False)
    """
    if not isinstance(X, np.ndarray) or X.ndim not in (3, 4):
        return False
    channels = X.shape[3] if X.ndim == 4 else 1
    large = min(X.shape[1:3]) >= _LEAST_PICTURE_SIDE
    return large and channels in (1, 3, 4) and X.dtype.kind in "uifb"


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
        f"Each row is an array of {shape} ({count(dataset.n_features, 'number')})"
        f"{numbers if X.dtype.kind in 'uifb' else ''}."
    )
    if is_pictures(X):
        views = RowViews(dataset)
        n_shown = min(_MOST_SAMPLES, len(X))
        yield Paragraph(f"The first {count(n_shown, 'picture')}:")
        yield Tiles(tuple(views.content(i) for i in range(n_shown)), narrow=True)


def _about_columns(columns: Columns) -> Iterator[str]:
    profile = columns.profile
    n_numeric = int(profile.numeric.sum())
    n_other = len(columns.names) - n_numeric
    verb = agree(n_numeric, "is a number", "are numbers")
    yield (
        f"{count(n_numeric, 'feature')} {verb}, "
        f"{int(profile.binary[profile.numeric].sum()):,} of them with two values only; "
        f"{n_other:,} {agree(n_other, 'holds', 'hold')} text, categories or dates."
    )
    n_constant = int(profile.constant.sum())
    if n_constant:
        verb = agree(n_constant, "has", "have")
        yield f"{count(n_constant, 'feature')} {verb} one value in all rows."
    n_missing = int(profile.n_missing.sum())
    if n_missing:
        cells = columns.n_rows * len(columns.names)
        yield f"{count(n_missing, 'value')} of {cells:,} are missing."
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
        return f"{count(len(counts), 'value')}, all different"
    often = f"{shorten(counts.index[0], 40)} ({counts.iloc[0]:,})"
    return f"{count(len(counts), 'value')}, most often {often}"


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
        self._X: Any = dataset.X
        self._names = dataset.feature_names or tuple(
            f"column {j}" for j in range(self._X.shape[1])
        )

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
        if is_pictures(self._X):
            pixels = self._X[row]
            size = " × ".join(str(n) for n in pixels.shape[:2])
            bright = figure(float(pixels.mean()))
            return Pixels(
                pixels, f"Picture of row {row}: {size} pixels, mean value {bright}."
            )
        if self._X.ndim > 2:
            return Paragraph("This row is an array that has no picture.", "note")
        if self._text_columns:
            texts = [str(self._table.iloc[row, j]) for j in self._text_columns]
            return Quotation(shorten(" ".join(texts), _MOST_CHARACTERS))
        odd = self._odd_values(row)
        return Facts(odd) if odd else Paragraph("No feature stands out.", "note")

    @property
    def shows_odd_values(self) -> bool:
        """Whether rows are shown by what is odd about them."""
        return self._X.ndim == 2 and not self._text_columns

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self._X if isinstance(self._X, pd.DataFrame) else pd.DataFrame(self._X)

    @cached_property
    def _text_columns(self) -> list[int]:
        """Positions of the columns that hold texts."""
        if sp.issparse(self._X):
            return []
        found = []
        for j, dtype in enumerate(self._table.dtypes):
            if dtype.kind == "O" or isinstance(dtype, pd.StringDtype):
                lengths = self._table.iloc[:, j].dropna().astype(str).str.len()
                if len(lengths) and lengths.mean() > _TEXT_CHARACTERS:
                    found.append(j)
        return found

    @cached_property
    def _scale(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of each column; NaN for what is no number."""
        if sp.issparse(self._X):
            means = np.asarray(self._X.mean(axis=0)).ravel()
            squares = np.asarray(self._X.multiply(self._X).mean(axis=0)).ravel()
            return means, np.sqrt(np.maximum(squares - means**2, 0))
        numbers = self._table.apply(_numbers)
        return numbers.mean().to_numpy(), numbers.std(ddof=0).to_numpy()

    def _odd_values(self, row: int) -> tuple[tuple[str, str], ...]:
        """Return the features that are furthest from what is usual, and how far."""
        found = self._sparse_oddity(row) if sp.issparse(self._X) else self._oddity(row)
        ordered = sorted(found, key=lambda entry: -entry[0])
        return tuple(
            (shorten(self._names[j], 60), text)
            for _, j, text in ordered[:_MOST_ODD_FEATURES]
        )

    def _sparse_oddity(self, row: int) -> Iterator[tuple[float, int, str]]:
        means, spreads = self._scale
        # What is absent is so in most rows: only what is there can stand out.
        start, stop = self._X.indptr[row : row + 2]
        cells = zip(self._X.indices[start:stop], self._X.data[start:stop], strict=True)
        for j, value in cells:
            yield from _distance(int(j), float(value), means[j], spreads[j])

    def _oddity(self, row: int) -> Iterator[tuple[float, int, str]]:
        means, spreads = self._scale
        for j in range(self._table.shape[1]):
            value: Any = self._table.iat[row, j]
            if not np.isnan(means[j]):
                number = pd.to_numeric(value, errors="coerce")
                yield from _distance(j, float(number), means[j], spreads[j])
            elif not pd.isna(value):
                share = self._shares(j).get(str(value), np.nan)
                # The distance of the yes/no question whether a row has this value.
                distance = np.sqrt((1 - share) / share)
                text = f"{shorten(value, 60)} ({percent(share)} of these rows)"
                yield distance, j, text

    def _shares(self, j: int) -> dict[str, float]:
        if j not in self._known_shares:
            values = self._table.iloc[:, j].dropna().astype(str)
            counts = values.value_counts(normalize=True)
            self._known_shares[j] = {str(name): n for name, n in counts.items()}
        return self._known_shares[j]

    @cached_property
    def _known_shares(self) -> dict[int, dict[str, float]]:
        return {}


def _numbers(column: pd.Series) -> pd.Series:
    if not (
        pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    ):
        return pd.Series(np.nan, index=column.index)
    numbers = column.astype(float)
    return numbers.where(np.isfinite(numbers))


def _distance(
    j: int, value: float, mean: float, spread: float
) -> Iterator[tuple[float, int, str]]:
    if not np.isfinite(value) or not spread > 0:
        return
    distance = (value - mean) / spread
    side = "above" if distance > 0 else "below"
    shown = figure(_bound(value))
    yield (
        abs(distance),
        j,
        f"{shown} ({abs(distance):.1f} standard deviations {side} the mean)",
    )
