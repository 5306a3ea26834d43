"""How often a label is there when the model says 30 %: reliability."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice
from mlkit.metrics.bins import Bins, Strategy, bin_groups, check_binned
from mlkit.metrics.cells import Scope

__all__ = ["reliability_data"]


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
    mlkit.metrics.calibration_error : The same as one number.
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
