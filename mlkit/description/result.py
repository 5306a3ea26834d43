"""The label statistics of one dataset, as tables that are made when they are read."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mlkit.description.definitions import definitions_table
from mlkit.description.display import as_html, as_text
from mlkit.description.known_labels import KnownLabels
from mlkit.description.label_sets import label_set_table
from mlkit.description.pairs import dependent_pairs, label_pairs, pair_matrix

__all__ = ["Description"]


@dataclass(frozen=True, eq=False, repr=False)
class Description:
    """The label statistics of one dataset; `describe` makes it.

    Printed, it shows the summary and the head of the tables; in a notebook the
    definitions too.

    Parameters
    ----------
    name : str
        Name of the dataset.
    summary : Series
        One figure a row; see `describe` for their definitions.
    labels : DataFrame
        One label a row, in column order: ``count``, ``unknown``, ``share`` in [0, 1],
        ``irlbl``, ``imr``, ``scumble`` and ``mean_set_size``.
    known : KnownLabels
        The labels themselves, from which the other tables are made.

    Examples
    --------
    >>> from mlkit.dataset import MultiLabelDataset
    >>> from mlkit.description import describe
    >>> labels = [[1, 0], [1, 1], [0, 0]]
    >>> ds = MultiLabelDataset([[0], [1], [2]], labels, label_names=["sea", "sun"])
    >>> description = describe(ds)
    >>> description.label_sets["count"].tolist()
    [1, 1, 1]
    >>> float(description.pairs.loc[("sea", "sun"), "phi"])
    0.5
    """

    name: str
    summary: pd.Series
    labels: pd.DataFrame
    known: KnownLabels

    # A cached property writes to __dict__, past the frozen fields; no slots therefore.
    @cached_property
    def label_sets(self) -> pd.DataFrame:
        """One label set a row, the most frequent first; see `label_set_table`."""
        return label_set_table(self.known)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One pair of labels a row, the most frequent first; see `label_pairs`.

        All pairs of up to 100 labels; beyond, those that occur.
        """
        return label_pairs(self.known)

    @cached_property
    def dependent_pairs(self) -> float:
        """Share of all label pairs with a chi-square significant at .01, in [0, 1].

        See the function `dependent_pairs`; it looks at all pairs.
        """
        return dependent_pairs(self.known)

    @property
    def definitions(self) -> pd.Series:
        """What each figure means, indexed by table and figure.

        ``definitions["summary"]`` explains the summary, ``definitions["pairs", "phi"]``
        one column of a table.
        """
        return definitions_table()

    def matrix(
        self, measure: str = "phi", *, labels: Sequence[Hashable] | None = None
    ) -> pd.DataFrame:
        """Show one measure of all label pairs as a square table.

        Parameters
        ----------
        measure : str, default "phi"
            ``"count"``, ``"expected"``, ``"conditional"``, ``"lift"``, ``"jaccard"``,
            ``"phi"``, ``"chi2"``, ``"p_value"`` or ``"mutual_information"``.
        labels : sequence of str, optional
            The labels to show, in this order; by default all.

        Returns
        -------
        DataFrame, shape (n_labels, n_labels)

        Raises
        ------
        UnknownNameError
            If there is no such measure or label.
        TooManyLabelsError
            If there are more than 5 000 labels: pick some.

        See Also
        --------
        mlkit.description.pair_matrix : The same as a function, with the definitions.
        """
        return pair_matrix(self.known, measure, labels=labels)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)
