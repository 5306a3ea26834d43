"""In which order labels stand side by side, so that a figure of them can be read."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from mlkit.arguments import check_choice
from mlkit.description.known_labels import known_labels
from mlkit.description.pairs import pair_matrix
from mlkit.exceptions import OptionError

__all__ = ["LABEL_ORDERS", "label_order"]

LABEL_ORDERS = ("frequency", "clustered", "given")
"""The orders that `label_order` knows."""

# Beyond, the best order of the leaves, O(n_labels^3), is a matter of seconds.
_MOST_ORDERED_LEAVES = 300


def label_order(Y: Any, order: str = "frequency") -> np.ndarray:
    r"""Order the labels by frequency, or so that those that go together are neighbours.

    Parameters
    ----------
    Y : DataFrame, array-like, sparse matrix or MultiLabelDataset
        Labels of shape (n_samples, n_labels): 0, 1, and NaN where unknown.
    order : {"frequency", "clustered", "given"}, default "frequency"
        The most frequent first; neighbours alike; or as the columns are.

    Returns
    -------
    ndarray of int, shape (n_labels,)
        Positions of the columns.

    Raises
    ------
    IndicatorError
        If `Y` is not a label matrix.
    OptionError
        If there is no such order.
    TooManyLabelsError
        If more than 5 000 labels are to be clustered.

    Notes
    -----
    Frequency: by :math:`c_j`, equal ones in column order. Clustered: average linkage
    of the distances :math:`1 - \phi_{ab}`, in [0, 2]; up to 300 labels the two sides
    of each branch are turned so that neighbours are as close as can be. A pair whose
    :math:`\phi` is undefined, since a label is constant, counts as uncorrelated.

    References
    ----------
    Bar-Joseph, Gifford, Jaakkola (2001). Fast optimal leaf ordering for hierarchical
    clustering. Bioinformatics 17.

    Examples
    --------
    >>> Y = [[1, 0, 1], [1, 0, 1], [0, 1, 0], [1, 0, 0]]
    >>> label_order(Y).tolist()
    [0, 2, 1]
    >>> label_order(Y, "clustered").tolist()
    [1, 2, 0]
    """
    check_choice("order", order, LABEL_ORDERS, error=OptionError)
    known = known_labels(Y)
    if order == "frequency":
        return np.argsort(-known.counts, kind="stable")
    if order == "given" or known.n_labels < 3:
        return np.arange(known.n_labels)
    phi = np.nan_to_num(pair_matrix(known, "phi").to_numpy())
    return _clustered(1.0 - phi)


def _clustered(distances: np.ndarray) -> np.ndarray:
    np.fill_diagonal(distances, 0.0)
    # Rounding must not make a distance below 0 of two labels that are the same.
    condensed = squareform(distances.clip(min=0.0), checks=False)
    optimal = len(distances) <= _MOST_ORDERED_LEAVES
    tree = linkage(condensed, "average", optimal_ordering=optimal)
    return leaves_list(tree).astype(np.intp)
