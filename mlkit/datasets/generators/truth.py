"""What a generator knows about its own labels: P(label set | row), exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import pandas as pd

from mlkit.datasets.generators import decisions
from mlkit.datasets.generators.enumeration import check_n_labels, label_sets, row_blocks
from mlkit.exceptions import (
    LabelNameError,
    ScoresError,
    names_for_message,
    unknown_name,
)
from mlkit.validation import (
    check_indicator,
    check_label_names,
    check_probabilities,
    check_same_rows,
    check_same_shape,
    default_label_names,
)

__all__ = ["JointModel", "LabelTruth"]

Loss: TypeAlias = Literal["hamming", "subset", "f1"]


class JointModel(Protocol):
    """What `LabelTruth` asks of a model: the joint distribution of chosen rows."""

    def joint(self, rows: np.ndarray) -> np.ndarray:
        """Return P(label set | row), shape (len(rows), 2 ** n_labels)."""


@dataclass(frozen=True, eq=False, repr=False)
class LabelTruth:
    """The true distribution of the labels of every row, and what follows from it.

    Row i speaks of row i of the dataset that came with it; ``truth[rows]`` selects as
    ``dataset[rows]`` does. The generators return it; `from_joint` builds one from a
    table of probabilities.

    Parameters
    ----------
    label_names : tuple of str
        One name a label, at most 15.
    model : JointModel
        Computes the distribution of the rows that it is asked for.
    positions : ndarray of int, shape (n_samples,)
        The rows of the model that this truth speaks of.

    See Also
    --------
    mlkit.datasets.make_multilabel : Word counts whose distribution is known.
    mlkit.datasets.make_dependent_labels : Labels with a chosen dependence.

    Notes
    -----
    Nothing is estimated: probabilities are sums over the 2^q label sets. They are
    computed in blocks of rows, so that memory is O(n q) for everything but `joint`;
    time is O(n q 2^q).

    Values that differ by less than 1e-12 count as equal, so that rounding decides no
    tie.

    Examples
    --------
    Two labels with P(00) = .4, P(10) = .3, P(11) = .3. The best answer depends on how
    a mistake is counted:

    >>> truth = LabelTruth.from_joint([[0.4, 0.0, 0.3, 0.3]])
    >>> truth.proba
    array([[0.6, 0.3]])
    >>> truth.best("hamming").to_numpy()
    array([[1, 0]], dtype=int8)
    >>> truth.best("subset").to_numpy()
    array([[0, 0]], dtype=int8)

    What the optimum of one loss costs under the other:

    >>> round(truth.regret([[0, 0]], "hamming"), 3)
    0.1
    """

    label_names: tuple[str, ...]
    model: JointModel
    positions: np.ndarray  # a selection shares the model: its data are not copied

    @classmethod
    def from_joint(
        cls, joint: Any, *, label_names: Sequence[str] | None = None
    ) -> LabelTruth:
        """Build the truth from a table of probabilities.

        Parameters
        ----------
        joint : array-like, shape (n_samples, 2 ** n_labels)
            P(label set | row), columns in the order of `label_sets`. Rows sum to one.
        label_names : sequence of str, optional
            By default ``label_0``, ``label_1``, ...

        Returns
        -------
        LabelTruth

        Raises
        ------
        ScoresError
            If `joint` is not a matrix of probabilities, its number of columns is not
            a power of two from 2 on, or a row does not sum to one.
        LabelNameError
            If the names do not fit.
        GeneratorError
            If there are more than 15 labels.
        """
        table = _check_joint(joint)
        n_labels = table.shape[1].bit_length() - 1
        check_n_labels(n_labels)
        names = default_label_names(n_labels) if label_names is None else label_names
        return cls(
            check_label_names(names, n_labels), _Table(table), np.arange(len(table))
        )

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, rows: Any) -> LabelTruth:
        """Select rows: a slice, a boolean mask, positions, or one position."""
        if not isinstance(rows, slice):
            rows = np.atleast_1d(np.asarray(rows))
            # numpy makes an empty list a float array, which selects nothing.
            rows = rows.astype(np.intp) if rows.size == 0 else rows
        return replace(self, positions=self.positions[rows])

    def __repr__(self) -> str:
        # The one of a dataclass would write all names and rows out.
        return f"LabelTruth({len(self)} rows, {self.n_labels} labels)"

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.label_names)

    @property
    def label_sets(self) -> np.ndarray:
        """All label sets, int8 of shape (2 ** n_labels, n_labels), in joint order."""
        return label_sets(self.n_labels)

    @cached_property
    def proba(self) -> np.ndarray:
        """P(label = 1 | row), read-only float64 of shape (n_samples, n_labels)."""
        proba = np.empty((len(self), self.n_labels))
        for part, joint in self._blocks():
            proba[part] = decisions.marginals(joint, self.label_sets)
        proba.flags.writeable = False
        return proba

    def joint(self, rows: Any = slice(None)) -> np.ndarray:
        """Return the distribution over label sets.

        Parameters
        ----------
        rows : slice, mask or positions, default all
            Rows of this truth. All of them take ``8 * n_samples * 2 ** n_labels``
            bytes.

        Returns
        -------
        ndarray of float64, shape (n_rows, 2 ** n_labels)
            P(label set | row), columns in the order of `label_sets`; rows sum to one.

        Examples
        --------
        >>> truth = LabelTruth.from_joint([[0.4, 0.0, 0.3, 0.3]])
        >>> truth.joint([0]).tolist()
        [[0.4, 0.0, 0.3, 0.3]]
        """
        return self.model.joint(self[rows].positions)

    def best(self, loss: Loss) -> pd.DataFrame:
        """Return the decision of least expected loss for every row.

        Parameters
        ----------
        loss : {"hamming", "subset", "f1"}
            Share of wrong labels; 1 unless all labels are right; 1 minus the F1 of
            the row.

        Returns
        -------
        DataFrame of int8, shape (n_samples, n_labels)
            Row names are positions in the dataset that came with the truth.

        Raises
        ------
        UnknownNameError
            If there is no such loss.

        Notes
        -----
        - Hamming: each label whose probability is above 1/2; at 1/2 it stays off [1]_.
        - Subset: the most probable label set [1]_.
        - F1, with F1(empty, empty) = 1: the general F-measure maximiser [2]_. With
          ``D[j, k] = sum_s P(y_j = 1, |y| = s) * 2 / (s + k)``, the best set of size k
          holds the k labels of largest ``D[:, k]`` and is worth their sum; the empty
          set is worth P(empty). Exact, in O(q^3) a row once the probabilities
          ``P(y_j = 1, |y| = s)`` are known.

        Of decisions that are equally good, the one of fewest labels is taken, then the
        one whose labels come first.

        References
        ----------
        .. [1] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier, "On label
           dependence and loss minimization in multi-label classification", Machine
           Learning 88:5-45, 2012, section 4.
        .. [2] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier, "An exact
           algorithm for F-measure maximization", NIPS 24, 2011, algorithm 1.

        Examples
        --------
        >>> joint = [[0.4, 0.0, 0.3, 0.3]]
        >>> truth = LabelTruth.from_joint(joint, label_names=["a", "b"])
        >>> truth.best("f1")
           a  b
        0  1  0
        """
        rule = _rule(loss)
        best = np.empty((len(self), self.n_labels), dtype=np.int8)
        for part, joint in self._blocks():
            best[part] = rule.best(joint, self.label_sets)
        return self._frame(best)

    def expected_loss(self, Y_pred: Any, loss: Loss) -> np.ndarray:
        """Return the loss that decisions have on average over the true labels.

        Parameters
        ----------
        Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            Decisions, 0 and 1, one row for every row of this truth.
        loss : {"hamming", "subset", "f1"}
            As in `best`.

        Returns
        -------
        ndarray of float64, shape (n_samples,)
            E[loss(y, Y_pred[i]) | row i], in [0, 1].

        Raises
        ------
        UnknownNameError
            If there is no such loss.
        IndicatorError
            If `Y_pred` holds anything but 0 and 1.
        ShapeError
            If its shape is not that of the truth.
        LabelNameError
            If it is a DataFrame with other columns, or with another order of them.

        Examples
        --------
        >>> truth = LabelTruth.from_joint([[0.4, 0.0, 0.3, 0.3]])
        >>> truth.expected_loss([[1, 0]], "subset")
        array([0.7])
        """
        rule = _rule(loss)
        decided = self._check_decisions(Y_pred)
        expected = np.empty(len(self))
        for part, joint in self._blocks():
            expected[part] = rule.expected(joint, self.label_sets, decided[part])
        return expected

    def regret(self, Y_pred: Any, loss: Loss) -> float:
        """Return how much more decisions lose than the best ones, on average.

        Parameters
        ----------
        Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            Decisions, 0 and 1, one row for every row of this truth.
        loss : {"hamming", "subset", "f1"}
            As in `best`.

        Returns
        -------
        float
            In [0, 1]; 0 for ``best(loss)``; NaN without rows. No test labels are
            drawn, so it carries no noise of a test sample.

        Raises
        ------
        UnknownNameError, IndicatorError, ShapeError, LabelNameError
            As `expected_loss`.
        """
        if not len(self):
            return float("nan")
        least = self.expected_loss(self.best(loss), loss)
        excess = float((self.expected_loss(Y_pred, loss) - least).mean())
        # Ties are decided within 1e-12, which may leave the optimum that much behind.
        return max(excess, 0.0)

    def sample(self, random_state: Any = None) -> pd.DataFrame:
        """Draw labels anew for the same rows.

        Parameters
        ----------
        random_state : int, Generator or None
            Seed of `numpy.random.default_rng`.

        Returns
        -------
        DataFrame of int8, shape (n_samples, n_labels)
            One label set a row, independent between rows. Row names as in `best`.

        Examples
        --------
        >>> truth = LabelTruth.from_joint([[0.0, 0.0, 1.0, 0.0]])
        >>> truth.sample(random_state=0).to_numpy()
        array([[1, 0]], dtype=int8)
        """
        # Drawn at once: what a row gets must not depend on the size of the blocks.
        uniform = np.random.default_rng(random_state).random(len(self))
        drawn = np.empty((len(self), self.n_labels), dtype=np.int8)
        for part, joint in self._blocks():
            below = np.cumsum(joint, axis=1)
            # Scaled by the sum, which rounding leaves beside one; "<=" passes over
            # label sets of probability zero.
            level = uniform[part, np.newaxis] * below[:, -1:]
            drawn[part] = self.label_sets[(below <= level).sum(axis=1)]
        return self._frame(drawn)

    def dependence(
        self, kind: Literal["marginal", "conditional", "explained"] = "marginal"
    ) -> pd.DataFrame:
        """Return how strongly labels go together, pair by pair.

        Parameters
        ----------
        kind : {"marginal", "conditional", "explained"}, default "marginal"
            Over all rows; at a given x, averaged over the rows; or only because both
            probabilities change with x.

        Returns
        -------
        DataFrame of float64, shape (n_labels, n_labels)
            Correlations in [-1, 1], symmetric, 1 on the diagonal; NaN where a label
            does not vary in that sense.

        Raises
        ------
        UnknownNameError
            If there is no such kind.

        Notes
        -----
        With p(x) the marginals of a row, the law of total covariance splits
        ``Cov(y) = E[Cov(y | x)] + Cov(p(x))``, expectations over the rows. "marginal"
        is the correlation (phi) from the left side, "conditional" from the first term,
        "explained" from the second. Labels that are independent given x have a
        "conditional" of 0, whatever their "marginal". Cost O(n q 2^q).

        Examples
        --------
        At either row the labels are independent; over both they are not:

        >>> truth = LabelTruth.from_joint([[0.81, 0.09, 0.09, 0.01],
        ...                                [0.01, 0.09, 0.09, 0.81]])
        >>> for kind in ("marginal", "conditional", "explained"):
        ...     print(f"{kind:12}{abs(truth.dependence(kind).iloc[0, 1]):.2f}")
        marginal    0.64
        conditional 0.00
        explained   1.00
        """
        known = ("marginal", "conditional", "explained")
        if kind not in known:
            raise unknown_name(kind="kind of dependence", name=kind, known=known)
        mean = np.zeros(1 << self.n_labels)
        for _, joint in self._blocks():
            mean += joint.sum(axis=0)
        sets, n_rows = self.label_sets.astype(float), max(len(self), 1)
        both = (sets.T * (mean / n_rows)) @ sets
        explained = self.proba.T @ self.proba / n_rows
        average = self.proba.sum(axis=0) / n_rows
        product = np.outer(average, average)
        covariance = {
            "marginal": both - product,
            "conditional": both - explained,
            "explained": explained - product,
        }[kind]
        names = list(self.label_names)
        return pd.DataFrame(_correlation(covariance), index=names, columns=names)

    def _blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows of this truth with their joint distributions."""
        for part in row_blocks(len(self), self.n_labels):
            yield part, self.model.joint(self.positions[part])

    def _frame(self, labels: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(
            labels, index=self.positions, columns=list(self.label_names)
        )

    def _check_decisions(self, Y_pred: Any) -> np.ndarray:
        decided = check_indicator(Y_pred, name="Y_pred")
        check_same_rows(len(self), decided.shape[0], names=("The truth", "Y_pred"))
        expected = (len(self), self.n_labels)
        check_same_shape(expected, decided.shape, names=("The truth", "Y_pred"))
        if decided.named and decided.label_names != self.label_names:
            msg = (
                "The columns of Y_pred are not the labels of the truth in their order: "
                f"expected {names_for_message(self.label_names)}; got "
                f"{names_for_message(decided.label_names)}."
            )
            raise LabelNameError(msg)
        return decided.toarray()


@dataclass(frozen=True, eq=False)
class _Table:
    """A joint distribution that is written down."""

    table: np.ndarray

    def joint(self, rows: np.ndarray) -> np.ndarray:
        return self.table[rows]


def _check_joint(joint: Any) -> np.ndarray:
    # A copy: the truth must not change when the caller's array does.
    table = check_probabilities(joint, name="joint").copy()
    n_sets = table.shape[1]
    if n_sets < 2 or n_sets & (n_sets - 1):
        msg = (
            f"joint must have one column a label set, 2 ** n_labels of them; got "
            f"{n_sets}. Give impossible sets the probability 0."
        )
        raise ScoresError(msg)
    off = np.flatnonzero(np.abs(table.sum(axis=1) - 1) > 1e-9)
    if off.size:
        msg = (
            f"Row {off[0]} of joint sums to {table[off[0]].sum():.6g}, expected 1. "
            "Divide each row by its sum."
        )
        raise ScoresError(msg)
    return table


def _rule(loss: str) -> decisions.DecisionRule:
    if loss not in decisions.RULES:
        raise unknown_name(kind="loss", name=loss, known=decisions.RULES)
    return decisions.RULES[loss]


def _correlation(covariance: np.ndarray) -> np.ndarray:
    variance = np.diag(covariance)
    # Rounding leaves about 1e-17 where a label does not vary at all.
    scale = np.sqrt(np.where(variance > 1e-12, variance, np.nan))
    return np.clip(covariance / np.outer(scale, scale), -1.0, 1.0)
