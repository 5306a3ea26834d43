"""Train, validation and test parts in which every label keeps its share."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
from sklearn.utils import check_random_state

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import SplitError
from mlkit.splitting.assignment import assign_rows
from mlkit.splitting.inputs import (
    check_groups,
    check_labels,
    check_order,
    warn_uncovered,
)

__all__ = ["Split", "split", "split_rows"]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The parts of a dataset.

    Iterating gives the datasets in the order train, validation, test; validation is
    left out where there is none. So both ``train, test = split(ds)`` and
    ``train, validation, test = split(ds, validation=0.2)`` work.

    Parameters
    ----------
    train, test : MultiLabelDataset
    validation : MultiLabelDataset or None
    rows : mapping of str to ndarray of int64
        Where the rows of each part stood in the dataset, ascending, under the names
        ``"train"``, ``"validation"`` (where there is one) and ``"test"``.
    wanted : mapping of str to int
        How many rows were asked for; groups can make them more or fewer.

    See Also
    --------
    split : Makes one.
    mlkit.splitting.split_report : How even the parts are.
    """

    train: MultiLabelDataset
    test: MultiLabelDataset
    validation: MultiLabelDataset | None
    rows: Mapping[str, np.ndarray]
    wanted: Mapping[str, int]

    def __iter__(self) -> Iterator[MultiLabelDataset]:
        for name in self.rows:
            yield getattr(self, name)

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {len(rows)}" for name, rows in self.rows.items())
        return f"Split(rows: {counts})"

    def _repr_html_(self) -> str:
        n_samples = sum(map(len, self.rows.values()))
        lines = "".join(
            f"<tr><th>{name}</th><td>{len(rows)}</td><td>{len(rows) / n_samples:.1%}"
            f"</td><td>{escape(getattr(self, name).name)}</td></tr>"
            for name, rows in self.rows.items()
        )
        return (
            "<table><thead><tr><th>part</th><th>rows</th><th>share</th><th>dataset</th>"
            f"</tr></thead><tbody>{lines}</tbody></table>"
        )


def split(
    dataset: MultiLabelDataset,
    *,
    test: float = 0.2,
    validation: float = 0.0,
    order: Literal[1, 2] = 1,
    groups: Any = None,
    random_state: Any = None,
) -> Split:
    """Divide a dataset into parts in which every label keeps its share of positives.

    Parameters
    ----------
    dataset : MultiLabelDataset
        Unknown labels count as absent; the parts keep them unknown.
    test : float or int, default 0.2
        Share of the rows, in (0, 1), or their number.
    validation : float or int, default 0.0
        The same for a validation part; 0 for none.
    order : {1, 2}, default 1
        Share out labels, or labels and pairs of labels; see `IterativeStratification`.
    groups : array-like, shape (n_samples,), optional
        Rows with the same value go to the same part.
    random_state : int, RandomState or None, default None
        Seed. An int gives the same parts at every call, in every process.

    Returns
    -------
    Split
        Datasets ``train``, ``validation`` (or None) and ``test``, named after
        `dataset`, their rows in the order they had. Without groups test and validation
        have exactly ``round(n_samples * share)`` rows.

    Raises
    ------
    TypeError
        If `dataset` is not a dataset, or a size is not a number.
    SplitError
        If a part would have no row, or there are fewer groups than parts.
    ShapeError
        If `groups` and the rows differ in number.

    Warns
    -----
    RareLabelWarning
        If a label has rows enough and is still missing in a part.

    See Also
    --------
    split_rows : The same for a label matrix: gives row positions.
    mlkit.splitting.split_report : How even the parts are.

    Notes
    -----
    The procedure is that of `IterativeStratification`, with these shares. A label is in
    every part if it has at least as many positive rows as there are parts; with fewer,
    train comes first, then test. So the only positive of a label is in train, where it
    can be learned from, and of two one is in test, where it can be tested.

    Examples
    --------
    >>> X, Y = np.arange(10.0)[:, None], np.eye(2)[[0, 1] * 5]
    >>> ds = MultiLabelDataset(X, Y)
    >>> train, test = split(ds, test=0.3, random_state=0)
    >>> len(train), len(test)
    (7, 3)
    >>> parts = split(ds, test=2, validation=0.2, random_state=0)
    >>> parts
    Split(rows: train 6, validation 2, test 2)
    >>> parts.validation.n_samples
    2
    """
    if not isinstance(dataset, MultiLabelDataset):
        msg = (
            f"split divides a MultiLabelDataset, got {type(dataset).__name__}. For a "
            "label matrix use mlkit.splitting.split_rows(Y, (0.8, 0.2))."
        )
        raise TypeError(msg)
    wanted = _wanted_rows(dataset.n_samples, test, validation)
    positions = split_rows(
        dataset.Y,
        list(wanted.values()),
        order=order,
        groups=groups,
        random_state=random_state,
    )
    rows = dict(zip(wanted, positions, strict=True))
    parts = {
        name: dataset[picked].replace(name=f"{dataset.name}-{name}")
        for name, picked in rows.items()
    }
    return Split(parts["train"], parts["test"], parts.get("validation"), rows, wanted)


def split_rows(
    Y: Any,
    shares: Sequence[float],
    *,
    order: Literal[1, 2] = 1,
    groups: Any = None,
    random_state: Any = None,
) -> list[np.ndarray]:
    """Divide the rows of a label matrix so that every label keeps its share.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Labels, 0 and 1, NaN where unknown; or one-dimensional, a class for each row.
    shares : sequence of float or of int, length n_parts
        The share of each part in (0, 1), with sum 1; or the rows of each, with sum
        n_samples. Like scikit-learn, name the part to train on first.
    order : {1, 2}, default 1
        Share out labels, or labels and pairs of labels; see `IterativeStratification`.
    groups : array-like, shape (n_samples,), optional
        Rows with the same value go to the same part.
    random_state : int, RandomState or None, default None
        Seed. An int gives the same parts at every call, in every process.

    Returns
    -------
    list of ndarray of int64
        The row positions of each part, ascending. Without groups every part but the
        first has ``round(n_samples * share)`` rows, and the first has the rest.

    Raises
    ------
    IndicatorError
        If `Y` is neither a label matrix nor classes.
    SplitError
        If the shares do not add up, a part would have no row, or there are fewer
        groups than parts.
    ShapeError
        If `groups` and `Y` differ in their number of rows.

    Warns
    -----
    RareLabelWarning
        If a label has rows enough and is still missing in a part.

    Notes
    -----
    Procedure and cost are those of `IterativeStratification`. Where a label has fewer
    rows (or groups) than there are parts, the first part comes first, then the last,
    then those between.

    Examples
    --------
    >>> Y = [[1, 0], [1, 0], [1, 1], [1, 1], [0, 1], [0, 1]]
    >>> train, test = split_rows(Y, (0.5, 0.5), random_state=0)
    >>> np.array(Y)[test].sum(axis=0).tolist()
    [2, 2]
    """
    labels = check_labels(Y)
    sizes = np.array(_sizes(labels.shape[0], list(shares)))
    n_parts = len(sizes)
    part_of, uncovered = assign_rows(
        labels.tocsr(),
        sizes,
        # Unlike those of folds, these shares differ anyway: there are no ties to keep.
        weights=sizes.tolist(),
        order=check_order(order),
        groups=check_groups(groups, labels.shape[0], n_parts),
        # First, last, then those between: each once.
        priority=list(dict.fromkeys([0, n_parts - 1, *range(n_parts)])),
        rng=check_random_state(random_state),
    )
    warn_uncovered(uncovered, labels)
    return [np.flatnonzero(part_of == part) for part in range(n_parts)]


def _wanted_rows(n_samples: int, test: float, validation: float) -> dict[str, int]:
    """Return the rows of each part by name, in the order of the parts."""
    n_test = _rows(n_samples, "test", test)
    n_validation = _rows(n_samples, "validation", validation) if validation else 0
    n_train = n_samples - n_test - n_validation
    if n_train < 1:
        msg = (
            f"test={test!r} and validation={validation!r} leave no row to train on: "
            f"the dataset has {n_samples}. Make them smaller."
        )
        raise SplitError(msg)
    wanted = {"train": n_train, "validation": n_validation, "test": n_test}
    return {name: n_rows for name, n_rows in wanted.items() if n_rows}


def _rows(n_samples: int, name: str, value: float) -> int:
    """Return the rows that a share or a number stands for, at least 1."""
    # True is an integer to Python, and would be a part of one row.
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        msg = f"{name} must be a share in (0, 1) or a number of rows, got {value!r}."
        raise TypeError(msg)
    whole = isinstance(value, numbers.Integral)
    if not (value >= 1 if whole else 0 < value < 1):
        msg = (
            f"{name}={value!r} is neither a share between 0 and 1 nor a whole number "
            "of rows, at least 1."
        )
        raise SplitError(msg)
    n_rows = int(value) if whole else round(n_samples * float(value))
    if n_rows < 1:
        msg = (
            f"{name}={value!r} of {n_samples} rows is less than one row. Use a larger "
            f"share, or {name}=1 for one row."
        )
        raise SplitError(msg)
    return n_rows


def _sizes(n_samples: int, shares: list[float]) -> list[int]:
    """Return the rows of each part."""
    if not shares:
        msg = "shares is empty. Name one share for each part, such as (0.8, 0.2)."
        raise SplitError(msg)
    # All are checked, the first one too, though it gets what the others leave: rounding
    # each of three thirds of ten rows would lose a row.
    rows = [_rows(n_samples, f"shares[{i}]", share) for i, share in enumerate(shares)]
    whole = all(isinstance(share, numbers.Integral) for share in shares)
    right = sum(rows) == n_samples if whole else math.isclose(sum(shares), 1.0)
    first = n_samples - sum(rows[1:])
    if not right or first < 1:
        msg = (
            f"shares={tuple(shares)!r} must add up to 1, or to the number of rows "
            f"({n_samples}) where they are whole numbers, and leave no part empty."
        )
        raise SplitError(msg)
    return [first, *rows[1:]]
