"""The pairs of labels that depend on each other, as a network."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice, check_count
from mlkit.description.known_labels import known_labels
from mlkit.description.label_order import LABEL_ORDERS, label_order
from mlkit.description.pairs import label_pairs
from mlkit.description.result import Description
from mlkit.description.significant_pairs import significant_pairs
from mlkit.exceptions import OptionError

__all__ = ["LabelNetwork", "label_network"]


@dataclass(frozen=True, slots=True)
class LabelNetwork:
    """Labels in their order on the circle, and the pairs that a chord joins.

    Parameters
    ----------
    names : tuple of str
        Clockwise, from the top.
    shares : ndarray of float, shape (n_labels,)
        Of the rows that carry each label, in [0, 1]; NaN where that is not known.
    ends : ndarray of int, shape (n_edges, 2)
        Positions in `names`.
    phi : ndarray of float, shape (n_edges,)
        In [-1, 1], the largest size first.
    n_significant : int
        Pairs that depend on each other, drawn or not.
    n_labels : int
        Labels that there are, drawn or not.
    """

    names: tuple[str, ...]
    shares: np.ndarray
    ends: np.ndarray
    phi: np.ndarray
    n_significant: int
    n_labels: int

    def notes(self) -> list[str]:
        """Say what is drawn of the whole.

        Returns
        -------
        list of str
            Of the pairs; and of the labels, where not all are drawn.
        """
        found, drawn = self.n_significant, len(self.phi)
        pairs = "dependent pair" if found == 1 else "dependent pairs"
        if not found:
            notes = ["no significantly dependent pair"]
        elif drawn < found:
            notes = [f"the {drawn} strongest of {found:,} significantly {pairs}"]
        else:
            notes = [f"{found:,} significantly {pairs}"]
        if len(self.names) < self.n_labels:
            names = f"the {len(self.names)} most frequent of {self.n_labels:,} labels"
            notes.append(names)
        return notes


def label_network(
    data: Any,
    *,
    n_edges: int = 40,
    n_labels: int = 100,
    order: str | Sequence[Hashable] = "clustered",
) -> LabelNetwork:
    """Find the pairs of labels that depend on each other most.

    Parameters
    ----------
    data : Description, MultiLabelDataset, DataFrame, array-like or sparse matrix
        What `mlkit.describe` returned; labels of shape (n_samples, n_labels); or the
        table of `mlkit.description.label_pairs`.
    n_edges : int, default 40
        How many pairs are kept at most, those of the largest phi in size.
    n_labels : int, default 100
        How many labels are kept at most, the most frequent ones.
    order : str or sequence, default "clustered"
        ``"clustered"``: labels that go together stand side by side; ``"frequency"`` or
        ``"given"``; or the labels themselves.

    Returns
    -------
    LabelNetwork

    Raises
    ------
    IndicatorError
        If `data` is neither of the above.
    OptionError
        If a number is less than 1, or there is no such order.
    UnknownNameError
        If there is no such label.

    Notes
    -----
    A pair counts as dependent where `mlkit.description.significant_pairs` says so. A
    table of pairs does not say how frequent labels are: their order is that in which
    the table names them first, and `shares` are NaN.

    Examples
    --------
    >>> network = label_network([[1, 1, 0], [0, 0, 1]] * 10 + [[0, 0, 0], [1, 1, 1]])
    >>> network.names, network.phi.round(2).tolist()
    (('label_2', 'label_1', 'label_0'), [1.0, -0.82, -0.82])
    """
    check_count("n_edges", n_edges, minimum=1, error=OptionError)
    check_count("n_labels", n_labels, minimum=1, error=OptionError)
    if isinstance(data, pd.DataFrame) and list(data.index.names) == ["a", "b"]:
        return _network_of_pairs(data, n_edges, n_labels)
    known = known_labels(data.known if isinstance(data, Description) else data)
    total = known.n_labels
    if isinstance(order, str):
        check_choice("order", order, LABEL_ORDERS, error=OptionError)
        frequent = np.sort(label_order(known)[:n_labels])
        known = known.select(known.names[frequent].tolist())
        known = known.select(known.names[label_order(known, order)].tolist())
    else:
        known = known.select(order)
    with np.errstate(invalid="ignore"):
        shares = known.counts / known.n_known
    pairs = label_pairs(known, min_count=0)
    names = list(known.names)
    named = all(isinstance(name, str) for name in names)
    words = tuple(name if named else f"label_{name}" for name in names)
    return _network(pairs, names, words, shares, n_edges, total)


def _network(
    pairs: pd.DataFrame,
    names: Sequence[Hashable],
    words: tuple[str, ...],
    shares: np.ndarray,
    n_edges: int,
    n_labels: int,
) -> LabelNetwork:
    found = significant_pairs(pairs)
    strongest = found.iloc[:n_edges]
    places = pd.Index(list(names), dtype=object)
    ends = [places.get_indexer(strongest.index.get_level_values(k)) for k in (0, 1)]
    return LabelNetwork(
        words,
        shares,
        np.stack(ends, axis=1),
        strongest["phi"].to_numpy(),
        len(found),
        n_labels,
    )


def _network_of_pairs(pairs: pd.DataFrame, n_edges: int, n_labels: int) -> LabelNetwork:
    names = list(dict.fromkeys(name for pair in pairs.index for name in pair))
    kept = names[:n_labels]
    inside = pairs.index.get_level_values(0).isin(kept)
    inside &= pairs.index.get_level_values(1).isin(kept)
    shares = np.full(len(kept), np.nan)
    words = tuple(map(str, kept))
    return _network(pairs[inside], kept, words, shares, n_edges, len(names))
