"""The hierarchical loss of decided labels: an error counts once, where it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlkit.exceptions import LabelNameError, OptionError, ShapeError, names_for_message
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.row_counts import RowMean
from mlkit.metrics.values import MetricValue

__all__ = ["hierarchical_loss"]


def hierarchical_loss(
    Y: Any,
    Y_pred: Any,
    *,
    parents: Mapping[str, str | None] | Sequence[str | None],
    costs: Any = 1.0,
) -> MetricValue:
    r"""H-loss: wrong labels of a row whose ancestors are all right.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such labels are never wrong.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    parents : mapping of str to str or None, or sequence of str or None
        The label above each label, by name, None for a root; labels that a mapping
        leaves out are roots. A sequence has the order of the columns.
    costs : float or array-like of shape (n_labels,), default 1.0
        What an error at each label costs; finite and at least 0.

    Returns
    -------
    MetricValue
        At least 0 and at most the sum of the costs; best 0. NaN if no label is known.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels, or a name in
        `parents` is no label.
    OptionError
        If the parents go in a circle, or a cost is negative or not finite.
    TypeError
        If `parents` is neither a mapping nor a list.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \sum_j c_j [y_{ij} \ne \hat y_{ij}]
              \prod_{a \in \mathrm{above}(j)} [y_{ia} = \hat y_{ia}]

    Below a wrong label nothing is counted. A flat tree gives the number of wrong labels
    of a row. MULAN has costs of 1; the paper also looks at costs that are shared out
    evenly among siblings. O(n q).

    References
    ----------
    N. Cesa-Bianchi, C. Gentile, L. Zaniboni (2006). Incremental algorithms for
    hierarchical classification. JMLR 7, 31-54.

    Examples
    --------
    The second row is wrong at the root, so that its two other errors do not count:

    >>> parents = {"poodle": "dog", "dog": "animal"}
    >>> import pandas as pd
    >>> Y = pd.DataFrame([[1, 1, 1], [1, 1, 1]], columns=["animal", "dog", "poodle"])
    >>> hierarchical_loss(Y, [[1, 1, 0], [0, 0, 0]], parents=parents)
    1.0
    """
    evidence = Evidence.of_labels(Y, Y_pred)
    above = _parent_positions(parents, evidence.label_names)
    statistic = RowMean(_HLoss(above, _check_costs(costs, len(above))))
    return statistic.value(evidence, {})


@dataclass(frozen=True, slots=True, eq=False)
class _HLoss:
    above: np.ndarray
    costs: np.ndarray

    def __call__(self, evidence: Evidence, options: dict[str, Any]) -> np.ndarray:
        assert evidence.predicted is not None
        wrong = evidence.true.toarray() != evidence.predicted.toarray()
        missing = evidence.true.missing
        if missing is not None:
            hidden = missing if isinstance(missing, np.ndarray) else missing.toarray()
            wrong = wrong & ~hidden
        counted = wrong.copy()
        # From the roots downwards: a label is excused by any error above it.
        excused = np.zeros_like(wrong)
        for j in _downwards(self.above):
            parent = self.above[j]
            if parent >= 0:
                excused[:, j] = excused[:, parent] | wrong[:, parent]
                counted[:, j] &= ~excused[:, j]
        return counted @ self.costs


def _parent_positions(parents: Any, label_names: tuple[str, ...]) -> np.ndarray:
    if not isinstance(parents, Iterable):
        msg = (
            "parents must be a mapping of label to the label above it, or a list with "
            f"one entry a label; got {parents!r}."
        )
        raise TypeError(msg)
    if not isinstance(parents, Mapping):
        given = list(parents)
        if len(given) != len(label_names):
            msg = (
                f"parents must have {len(label_names)} entries, one a label; got "
                f"{len(given)}."
            )
            raise ShapeError(msg)
        parents = dict(zip(label_names, given, strict=True))
    position = {name: j for j, name in enumerate(label_names)}
    named = [*parents, *(name for name in parents.values() if name is not None)]
    unknown = [name for name in dict.fromkeys(named) if name not in position]
    if unknown:
        msg = (
            f"parents names {names_for_message(unknown)}, which are no labels of Y "
            f"({names_for_message(label_names)})."
        )
        raise LabelNameError(msg)
    above = np.full(len(label_names), -1)
    for child, parent in parents.items():
        above[position[child]] = -1 if parent is None else position[parent]
    if len(_downwards(above)) < len(above):
        circle = sorted(set(range(len(above))) - set(_downwards(above)))
        names = names_for_message(label_names[j] for j in circle)
        msg = f"parents go in a circle: {names}. Some label must be a root (None)."
        raise OptionError(msg)
    return above


def _downwards(above: np.ndarray) -> list[int]:
    """Order labels from the roots downwards; those of a circle are left out."""
    order = [int(j) for j in np.flatnonzero(above < 0)]
    for label in order:
        order.extend(int(j) for j in np.flatnonzero(above == label))
    return order


def _check_costs(costs: Any, n_labels: int) -> np.ndarray:
    try:
        values = np.asarray(costs, dtype=np.float64)
    except (TypeError, ValueError) as err:
        msg = f"costs must be a number, or one a label; got {costs!r}."
        raise OptionError(msg) from err
    if values.shape not in ((), (n_labels,)):
        msg = f"costs must be one number or {n_labels}, one a label; got {costs!r}."
        raise ShapeError(msg)
    if not np.isfinite(values).all() or (values < 0).any():
        msg = f"costs must be finite and at least 0, got {costs!r}."
        raise OptionError(msg)
    return np.broadcast_to(values, n_labels)
