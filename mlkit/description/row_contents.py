"""What is in single rows: a picture, a text, or the features that stand out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.description.pictures import is_pictures

__all__ = ["ContentKind", "OddFeature", "RowContents"]

ContentKind: TypeAlias = Literal["pictures", "arrays", "texts", "table"]
"""What the rows of a dataset hold."""

# Words of that length on average are a text; shorter ones are categories or names.
_TEXT_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class OddFeature:
    """A feature in which a row is far from what is usual.

    Parameters
    ----------
    name : str
        Of the feature.
    value : object
        What the row has there.
    distance : float
        How many standard deviations above the mean, negative below it; of a category,
        that distance of the question whether a row has this value.
    share : float, optional
        Share of the rows that have this value, in (0, 1], where it is a category.
    """

    name: str
    value: Any
    distance: float
    share: float | None = None


class RowContents:
    """Finds out what the rows of a dataset hold, to show single ones.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Notes
    -----
    Means and standard deviations are those of all rows of the dataset, computed when
    the first row is asked for.

    Examples
    --------
    >>> ds = MultiLabelDataset([[1.0], [1.0], [9.0]], [[1], [0], [1]])
    >>> contents = RowContents(ds)
    >>> contents.kind, round(contents.odd_features(2)[0].distance, 3)
    ('table', 1.414)
    """

    def __init__(self, dataset: MultiLabelDataset) -> None:
        self._X: Any = dataset.X
        self._names = dataset.feature_names or tuple(
            f"column {j}" for j in range(self._X.shape[1])
        )
        self._known_shares: dict[int, dict[str, float]] = {}

    @cached_property
    def kind(self) -> ContentKind:
        """Pictures; arrays that are none; texts of 40 letters or more; a table."""
        if is_pictures(self._X):
            return "pictures"
        if self._X.ndim > 2:
            return "arrays"
        return "texts" if self._text_columns else "table"

    def picture(self, row: int) -> np.ndarray:
        """Return the pixels of a row.

        Parameters
        ----------
        row : int
            Its position.

        Returns
        -------
        ndarray, shape (height, width) or (height, width, channels)
        """
        return np.asarray(self._X[row])

    def text(self, row: int) -> str:
        """Return the texts of a row, one after another.

        Parameters
        ----------
        row : int
            Its position.

        Returns
        -------
        str
            Empty where all are missing.
        """
        cells: list[Any] = [self._table.iat[row, j] for j in self._text_columns]
        return " ".join(str(text) for text in cells if not pd.isna(text))

    def odd_features(self, row: int, *, n_features: int = 5) -> tuple[OddFeature, ...]:
        """Return the features in which a row is furthest from what is usual.

        Parameters
        ----------
        row : int
            Its position.
        n_features : int, default 5
            At most so many.

        Returns
        -------
        tuple of OddFeature
            The most unusual first. A constant feature is none, nor is one that the row
            lacks; of sparse rows only what is stored can stand out.

        Notes
        -----
        The distance of a category that a share s of the rows has is sqrt((1 - s) / s).
        """
        found = [*self._odd_numbers(row, n_features), *self._odd_categories(row)]
        found.sort(key=lambda odd: (-abs(odd[1].distance), odd[0]))
        return tuple(feature for _, feature in found[:n_features])

    def _odd_numbers(self, row: int, n_features: int) -> list[tuple[int, OddFeature]]:
        """Return the numbers that are furthest away, and where they stand."""
        columns, values = self._numbers_of(row)
        means, spreads = (part[columns] for part in self._scale)
        usable = np.flatnonzero(np.isfinite(values) & (spreads > 0))
        distances = (values[usable] - means[usable]) / spreads[usable]
        first = np.argsort(-np.abs(distances), kind="stable")[:n_features]
        at, values = columns[usable[first]], values[usable[first]]
        cells = zip(
            at.tolist(), values.tolist(), distances[first].tolist(), strict=True
        )
        return [(j, OddFeature(self._names[j], x, d)) for j, x, d in cells]

    def _numbers_of(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Return positions and values of the numbers of a row."""
        if sp.issparse(self._X):
            # What is absent is so in most rows: only what is there can stand out.
            start, stop = self._X.indptr[row : row + 2]
            values = self._X.data[start:stop].astype(np.float64)
            return self._X.indices[start:stop], values
        # The whole row first: choosing columns of many blocks takes ten times as long.
        cells = self._table.iloc[row].to_numpy()[self._number_columns]
        numbers = pd.to_numeric(pd.Series(cells), errors="coerce")
        values = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
        return self._number_columns, values

    @cached_property
    def _number_columns(self) -> np.ndarray:
        return np.flatnonzero(~np.isnan(self._scale[0]))

    def _odd_categories(self, row: int) -> Iterator[tuple[int, OddFeature]]:
        if sp.issparse(self._X):
            return
        for j in np.flatnonzero(np.isnan(self._scale[0])).tolist():
            value: Any = self._table.iat[row, j]
            share = self._shares(j).get(str(value))
            if not pd.isna(value) and share is not None:
                distance = float(np.sqrt((1 - share) / share))
                yield j, OddFeature(self._names[j], value, distance, share)

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

    def _shares(self, j: int) -> dict[str, float]:
        if j not in self._known_shares:
            # Value by value, as single ones are looked up: a whole column of days would
            # be written without the time.
            values = self._table.iloc[:, j].dropna().map(str)
            counts = values.value_counts(normalize=True)
            self._known_shares[j] = {str(name): n for name, n in counts.items()}
        return self._known_shares[j]


def _numbers(column: pd.Series) -> pd.Series:
    if not (
        pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    ):
        return pd.Series(np.nan, index=column.index)
    numbers = column.astype(float)
    return numbers.where(np.isfinite(numbers))
