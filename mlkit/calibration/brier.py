"""The parts that the Brier loss of label probabilities is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice
from mlkit.metrics.bins import Bins, Strategy, bin_groups, check_binned
from mlkit.metrics.cells import Scope

__all__ = ["brier_decomposition"]


def brier_decomposition(
    Y: Any,
    Y_proba: Any,
    *,
    scope: Scope = "label",
    n_bins: int = 10,
    strategy: Strategy = "uniform",
) -> pd.DataFrame:
    r"""Split the Brier loss into reliability, resolution and uncertainty.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1), in [0, 1].
    scope : {"label", "pooled"}, default "label"
        One row a label, or a single row ``"pooled"`` for all cells.
    n_bins : int, default 10
        Number of bins, at least 1.
    strategy : {"uniform", "quantile"}, default "uniform"
        As `reliability_data`.

    Returns
    -------
    DataFrame
        ``brier``, ``reliability`` (0 is best), ``resolution`` (higher is better),
        ``uncertainty``, ``within_bins``; NaN where no label is known.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If labels and probabilities are not what they should be, or do not fit.
    OptionError, TypeError, ValueError
        If an option has no such value.

    See Also
    --------
    mlkit.metrics.brier_loss : The loss itself.

    Notes
    -----
    .. math::

        \mathrm{reliability} &= \sum_b \tfrac{n_b}{n} (\bar p_b - \bar y_b)^2 \\
        \mathrm{resolution} &= \sum_b \tfrac{n_b}{n} (\bar y_b - \bar y)^2 \\
        \mathrm{uncertainty} &= \bar y (1 - \bar y)

    and brier = reliability - resolution + uncertainty + within_bins. Murphy's three
    parts suffice where all probabilities in a bin are equal. Otherwise a rest remains,
    the variance of the probabilities inside bins less twice their covariance with the
    outcomes [2]_; it is small, and mostly negative, for narrow bins. Calibration can
    remove the reliability part; resolution is the model's knowledge, and uncertainty
    the label's nature.

    References
    ----------
    .. [1] A. H. Murphy. A new vector partition of the probability score. Journal of
       Applied Meteorology 12, 1973.
    .. [2] D. B. Stephenson, C. A. S. Coelho, I. T. Jolliffe. Two extra components in
       the Brier score decomposition. Weather and Forecasting 23, 2008.

    Examples
    --------
    At 0.25 one of four rows is positive, at 0.75 two of four; the share in all is 3/8:

    >>> proba = [[0.25]] * 4 + [[0.75]] * 4
    >>> Y = [[0], [0], [0], [1], [0], [0], [1], [1]]
    >>> brier_decomposition(Y, proba, scope="pooled").T
                   pooled
    brier        0.250000
    reliability  0.031250
    resolution   0.015625
    uncertainty  0.234375
    within_bins  0.000000
    """
    cells = check_binned(Y, Y_proba, n_bins=n_bins, strategy=strategy)
    check_choice("scope", scope, ("label", "pooled"))
    groups = zip(
        cells.groups(scope), bin_groups(cells, scope, n_bins, strategy), strict=True
    )
    names = cells.label_names if scope == "label" else ("pooled",)
    rows = [_parts(_brier(y, proba), bins) for (y, proba), bins in groups]
    return pd.DataFrame(rows, index=list(names))


def _brier(y: np.ndarray, proba: np.ndarray) -> float:
    # The mean of nothing is undefined, and numpy would warn about it.
    return float(np.mean((proba - y) ** 2)) if len(y) else float("nan")


def _parts(brier: float, bins: Bins) -> dict[str, float]:
    share = bins.mean(bins.positive)
    reliability = bins.mean((bins.predicted - bins.positive) ** 2)
    resolution = bins.mean((bins.positive - share) ** 2)
    uncertainty = share * (1 - share)
    return {
        "brier": brier,
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "within_bins": brier - (reliability - resolution + uncertainty),
    }
