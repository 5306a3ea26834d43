"""LP-ROS and LP-RUS: even out the sizes of the label sets."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.arguments import check_number
from mlkit.resampling.base import RowSelection, warn_unchanged
from mlkit.validation import FeatureMatrix, Indicator

__all__ = ["LPROS", "LPRUS"]


class LPROS(RowSelection):
    """LP-ROS: repeat random rows whose label set is rarer than the mean.

    Parameters
    ----------
    share : float, default 0.25
        How many rows to add at most, as a share of those there are; at least 0.
    random_state : int, Generator or None, default None
        An int gives the same rows in every process.

    Attributes
    ----------
    sample_indices_ : ndarray of int64, shape (n_resampled,)
        All rows in their order, then those that are repeated.

    See Also
    --------
    MLROS : Repeats rare labels rather than rare label sets.
    LPRUS : Removes rows of frequent label sets.

    Notes
    -----
    With n rows in m distinct label sets (the empty one is a set too) the mean size is
    n / m. Sets below it share the rows to be added evenly; what a set cannot take
    without passing the mean goes in even parts to the smaller ones. Rows are drawn
    with replacement. Sets never pass the mean, nor the last whole row below it, so that
    fewer rows than asked for may come. A remainder of the division goes to the smallest
    sets.

    Rare label sets are not rare labels: a set of two frequent labels may well be rare,
    and where nearly every row has a set of its own the mean is close to 1 and there is
    little to do. An unknown label counts as absent in the set. Cost O(nnz + n log n).

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2013), A first approach to deal with imbalance
    in multi-label datasets, HAIS 2013, LNCS 8073, 150-160,
    doi:10.1007/978-3-642-40846-5_16; and (2015), Addressing imbalance in multilabel
    classification: measures and random resampling algorithms, Neurocomputing 163, 3-16,
    doi:10.1016/j.neucom.2014.08.091.

    Examples
    --------
    Two label sets of 3 and 1 rows: the mean is 2, and the rare set may grow by one.

    >>> Y = [[1, 0], [1, 0], [1, 0], [0, 1]]
    >>> X_more, Y_more = LPROS(share=0.5).fit_resample([[10], [11], [12], [13]], Y)
    >>> X_more.ravel().tolist()
    [10, 11, 12, 13, 13]
    """

    def __init__(self, *, share: float = 0.25, random_state: Any = None) -> None:
        self.share = share
        self.random_state = random_state

    def _choose_rows(self, X: FeatureMatrix, labels: Indicator) -> np.ndarray:
        check_number("share", self.share)
        rng = np.random.default_rng(self.random_state)
        n_samples = labels.shape[0]
        bags = _label_set_bags(labels)
        # Rounded down: a set of 3 with a mean of 3.5 has no whole row to take.
        room = [n_samples // len(bags) - len(bag) for bag in bags]
        quotas = _even_quotas(np.maximum(room, 0), round(self.share * n_samples))
        if not any(count > 0 for count in room):
            warn_unchanged(self, "no label set is a whole row below the mean size")
        copies = [rng.choice(bag, size=n) for bag, n in zip(bags, quotas, strict=True)]
        return np.concatenate([np.arange(n_samples), *copies])


class LPRUS(RowSelection):
    """LP-RUS: remove random rows whose label set is more frequent than the mean.

    Parameters
    ----------
    share : float, default 0.25
        How many rows to remove at most, as a share of those there are; in [0, 1).
    random_state : int, Generator or None, default None
        An int gives the same rows in every process.

    Attributes
    ----------
    sample_indices_ : ndarray of int64, shape (n_resampled,)
        The rows that stay, in their order.

    See Also
    --------
    MLRUS : Removes rows without a minority label.
    LPROS : Adds rows of rare label sets.

    Notes
    -----
    With n rows in m distinct label sets (the empty one is a set too) the mean size is
    n / m. Sets above it share the rows to be removed evenly; what a set cannot give
    without falling below the mean is asked in even parts of the larger ones. Rows are
    drawn without replacement. Sets never fall below the mean, nor below the next whole
    row above it, so that fewer rows than asked for may go. A remainder of the division
    is asked of the largest sets.

    An unknown label counts as absent in the set. Cost O(nnz + n log n).

    References
    ----------
    Charte, Rivera, del Jesus, Herrera (2013), A first approach to deal with imbalance
    in multi-label datasets, HAIS 2013, LNCS 8073, 150-160,
    doi:10.1007/978-3-642-40846-5_16; and (2015), Addressing imbalance in multilabel
    classification: measures and random resampling algorithms, Neurocomputing 163, 3-16,
    doi:10.1016/j.neucom.2014.08.091.

    Examples
    --------
    Two label sets of 3 and 1 rows: the mean is 2, and the frequent set may lose one.

    >>> Y = [[1, 0], [1, 0], [1, 0], [0, 1]]
    >>> sampler = LPRUS(share=0.5, random_state=0)
    >>> X_less, Y_less = sampler.fit_resample([[10], [11], [12], [13]], Y)
    >>> Y_less.tolist()
    [[1, 0], [1, 0], [0, 1]]
    """

    def __init__(self, *, share: float = 0.25, random_state: Any = None) -> None:
        self.share = share
        self.random_state = random_state

    def _choose_rows(self, X: FeatureMatrix, labels: Indicator) -> np.ndarray:
        check_number("share", self.share, below=1)
        rng = np.random.default_rng(self.random_state)
        n_samples = labels.shape[0]
        bags = _label_set_bags(labels)
        # Rounded up: a set of 3 with a mean of 2.5 has no whole row to give.
        room = [len(bag) + (-n_samples // max(len(bags), 1)) for bag in bags]
        quotas = _even_quotas(np.maximum(room, 0), round(self.share * n_samples))
        if not any(count > 0 for count in room):
            warn_unchanged(self, "no label set is a whole row above the mean size")
        removed = [
            rng.choice(bag, size=n, replace=False)
            for bag, n in zip(bags, quotas, strict=True)
        ]
        # The empty list lets data without rows through, which have no label sets.
        return np.setdiff1d(np.arange(n_samples), np.concatenate([[], *removed]))


def _label_set_bags(labels: Indicator) -> list[np.ndarray]:
    """Return the rows of each distinct label set, in the order of first rows."""
    # The bytes of the sorted columns are a key that any number of labels fits in.
    Y = labels.tocsr()
    bags: dict[bytes, list[int]] = {}
    for row, (start, stop) in enumerate(zip(Y.indptr, Y.indptr[1:], strict=False)):
        bags.setdefault(Y.indices[start:stop].tobytes(), []).append(row)
    return [np.array(rows, dtype=np.int64) for rows in bags.values()]


def _even_quotas(room: np.ndarray, total: int) -> np.ndarray:
    """Share a total evenly, no quota above its room; the rest goes to the roomier."""
    quotas = np.zeros(len(room), dtype=np.int64)
    waiting = np.argsort(room, kind="stable")
    waiting = waiting[room[waiting] > 0]
    # From the least room on, each takes its part of what is left: what it cannot take
    # raises the part of all that come after it.
    for turn, bag in enumerate(waiting):
        quotas[bag] = min(room[bag], total // (len(waiting) - turn))
        total -= quotas[bag]
    return quotas
