"""How often a label is there when the model says 30 %: reliability, and its error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice
from mlkit.calibration.bins import Bins, Strategy, bin_groups, check_binned
from mlkit.calibration.cells import Scope

__all__ = ["label_calibration_error", "pooled_calibration_error", "reliability_data"]


def reliability_data(
    Y: Any,
    Y_proba: Any,
    *,
    scope: Scope = "label",
    n_bins: int = 10,
    strategy: Strategy = "uniform",
) -> pd.DataFrame:
    """Compare mean probability and share of positives, bin by bin.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1), in [0, 1].
    scope : {"label", "pooled"}, default "label"
        Bins of each label, or of the cells of all labels together.
    n_bins : int, default 10
        Number of bins, at least 1.
    strategy : {"uniform", "quantile"}, default "uniform"
        Bins of the same width on [0, 1], or limits at quantiles of the probabilities.
        Rare labels have most of their probabilities near 0, in a single uniform bin.

    Returns
    -------
    DataFrame
        One row for each bin that holds a cell: ``label`` (only where each label has
        its own bins), ``bin`` (from 0), ``lower``, ``upper``, ``mean_predicted``,
        ``share_positive`` and ``count``.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If labels and probabilities are not what they should be, or do not fit.
    OptionError, TypeError, ValueError
        If an option has no such value.

    See Also
    --------
    label_calibration_error : The same as one number a label.
    brier_decomposition : What of the Brier loss is due to it.

    Notes
    -----
    A bin holds its lower limit and not its upper one; the last holds both. Cells with
    the same probability are never parted, so that quantile bins may differ in size, and
    those that would be empty are missing. Pooled bins can look right while labels are
    off in opposite directions.

    Cost: O(n q log n_bins), for quantiles O(n q log n).

    References
    ----------
    .. [1] A. Niculescu-Mizil, R. Caruana. Predicting good probabilities with supervised
       learning. ICML 2005 (reliability diagrams).

    Examples
    --------
    >>> Y, proba = [[0], [0], [1], [1]], [[0.1], [0.3], [0.4], [0.9]]
    >>> table = reliability_data(Y, proba, n_bins=2)
    >>> table[["bin", "mean_predicted", "share_positive", "count"]].round(3)
       bin  mean_predicted  share_positive  count
    0    0           0.267           0.333      3
    1    1           0.900           1.000      1
    """
    cells = check_binned(Y, Y_proba, n_bins=n_bins, strategy=strategy)
    check_choice("scope", scope, ("label", "pooled"))
    tables = [_table(bins) for bins in bin_groups(cells, scope, n_bins, strategy)]
    if scope == "label":
        for name, table in zip(cells.label_names, tables, strict=True):
            table.insert(0, "label", name)
    return pd.concat(tables, ignore_index=True)


def label_calibration_error(
    Y: Any, Y_proba: Any, *, n_bins: int = 10, strategy: Strategy = "uniform"
) -> np.ndarray:
    r"""Compute the expected calibration error of each label.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1), in [0, 1].
    n_bins : int, default 10
        Number of bins, at least 1.
    strategy : {"uniform", "quantile"}, default "uniform"
        As `reliability_data`.

    Returns
    -------
    ndarray of float64, shape (n_labels,)
        In [0, 1]; best 0. NaN for a label that is unknown in every row.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If labels and probabilities are not what they should be, or do not fit.
    OptionError, TypeError, ValueError
        If an option has no such value.

    See Also
    --------
    pooled_calibration_error : One number for the cells of all labels.

    Notes
    -----
    .. math:: \mathrm{ECE}_j = \sum_b \frac{n_{jb}}{n_j} |\bar p_{jb} - \bar y_{jb}|

    with the mean probability and the share of positives of label j in bin b. It
    depends on the bins, grows by chance where they hold few rows, and does not see how
    informative the probabilities are: the constant share of positives has error 0. Read
    it next to the Brier loss. (The paper bins the confidence in the predicted class;
    here it is P(label = 1).)

    References
    ----------
    .. [1] M. P. Naeini, G. F. Cooper, M. Hauskrecht. Obtaining well calibrated
       probabilities using Bayesian binning. AAAI 2015.

    Examples
    --------
    >>> Y, proba = [[0, 1], [1, 1]], [[0.5, 0.8], [0.5, 0.8]]
    >>> label_calibration_error(Y, proba).round(2).tolist()
    [0.0, 0.2]
    """
    cells = check_binned(Y, Y_proba, n_bins=n_bins, strategy=strategy)
    groups = bin_groups(cells, "label", n_bins, strategy)
    return np.array([_error(bins) for bins in groups])


def pooled_calibration_error(
    Y: Any, Y_proba: Any, *, n_bins: int = 10, strategy: Strategy = "uniform"
) -> float:
    r"""Compute the expected calibration error of the cells of all labels together.

    Parameters
    ----------
    Y, Y_proba, n_bins, strategy
        As `label_calibration_error`.

    Returns
    -------
    float
        In [0, 1]; best 0. NaN if no label is known.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        As `label_calibration_error`.
    OptionError, TypeError, ValueError
        If an option has no such value.

    Notes
    -----
    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{n} |\bar p_b - \bar y_b|

    Errors of labels that are off in opposite directions cancel inside a bin; with
    uniform bins it is therefore at most the mean of `label_calibration_error` over
    labels, weighted by their known cells.

    Examples
    --------
    >>> Y, proba = [[0, 1], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> pooled_calibration_error(Y, proba)
    0.0
    >>> label_calibration_error(Y, proba).tolist()
    [0.5, 0.5]
    """
    cells = check_binned(Y, Y_proba, n_bins=n_bins, strategy=strategy)
    (bins,) = bin_groups(cells, "pooled", n_bins, strategy)
    return _error(bins)


def _error(bins: Bins) -> float:
    return bins.mean(np.abs(bins.predicted - bins.positive))


def _table(bins: Bins) -> pd.DataFrame:
    filled = np.flatnonzero(bins.count)
    return pd.DataFrame(
        {
            "bin": filled,
            "lower": bins.edges[filled],
            "upper": bins.edges[filled + 1],
            "mean_predicted": bins.predicted[filled],
            "share_positive": bins.positive[filled],
            "count": bins.count[filled],
        }
    )
