"""Metrics of probabilities: how far what was said is from what was true.

Each function is a definition and its documentation. Losses are summed in
`mlkit.metrics.cell_losses`, bins in `mlkit.metrics.bins`. The cost is one pass, O(n q).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlkit.arguments import check_choice, check_number
from mlkit.exceptions import OptionError
from mlkit.metrics.bins import (
    Bins,
    Strategy,
    bin_groups,
    check_binning,
)
from mlkit.metrics.cells import Cells
from mlkit.metrics.conventions import resolve
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.values import MetricValue

__all__ = ["brier_loss", "calibration_error", "log_loss", "rmse_loss"]

CellAverage: TypeAlias = Literal["micro", "macro"] | None
"""Of all known cells; mean over labels; each label."""

Scale: TypeAlias = Literal["mean", "sum"]
"""A row counts the mean of its cells, or their sum."""


@dataclass(frozen=True, slots=True)
class CellMean:
    """The mean of a loss over cells.

    Parameters
    ----------
    kind : {"log", "squared"}
    average : {"micro", "macro"}
    root : bool, default False
        Whether the square root of the mean is taken.
    """

    kind: str
    average: str
    root: bool = False

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the mean."""
        sums = evidence.losses(self.kind, clip_of(options, evidence))
        if options["scale"] == "sum":
            part, whole, kind = sums.by_row.sum(), (sums.known_by_row > 0).sum(), "row"
        elif self.average == "micro":
            part, whole, kind = sums.by_row.sum(), sums.known_by_row.sum(), "cell"
        else:
            means = _divide(sums.by_label, sums.known_by_label)
            present = sums.known_by_label > 0
            part, whole, kind = np.nansum(means), present.sum(), "label"
        value = float(_divide(part, whole))
        return MetricValue(
            value**0.5 if self.root else value,
            units=int(whole),
            kind=kind,  # type: ignore[arg-type]
        )

    def by_label(self, evidence: Evidence, options: dict[str, Any]) -> np.ndarray:
        """Return the mean of each label; NaN where none of its cells is known."""
        sums = evidence.losses(self.kind, clip_of(options, evidence))
        return _divide(sums.by_label, sums.known_by_label)

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return the means under several weightings of the rows, one each.

        Where labels are unknown the macro average is not computed: NaN.
        """
        by_cells = options["scale"] != "sum"
        if self.average == "macro" and evidence.true.missing is not None:
            return np.full(len(row_weights), np.nan)
        sums = evidence.losses(self.kind, clip_of(options, evidence))
        known = sums.known_by_row.astype(np.float64)
        # Without unknown labels the mean over labels is that over cells.
        whole = row_weights @ (known if by_cells else (known > 0).astype(np.float64))
        means = _divide(row_weights @ sums.by_row, whole)
        return np.sqrt(means) if self.root else means


def clip_of(options: dict[str, Any], evidence: Evidence) -> float:
    """Return as how much, at least, what was given to the truth counts."""
    n_samples, n_labels = evidence.shape
    clip = options.get("clip", 0.0)
    named = {
        "eps": float(np.finfo(np.float64).eps),
        "1/n_samples": 1.0 / n_samples,
        "1/n_labels": 1.0 / n_labels,
    }
    return float(named.get(clip, clip))


def _divide(part: Any, whole: Any) -> np.ndarray:
    """Divide; NaN for 0/0."""
    out = np.full(np.shape(whole), np.nan)
    return np.divide(part, whole, out=out, where=np.asarray(whole) > 0)


def _score_cells(
    statistic: CellMean, Y: Any, Y_proba: Any, options: dict[str, Any], average: Any
) -> MetricValue | pd.Series:
    check_choice("average", average, ("micro", "macro", None))
    check_choice("scale", options["scale"], ("mean", "sum"))
    if options["scale"] == "sum" and average != "micro":
        msg = (
            f"scale='sum' adds up the labels of each row, which average={average!r} "
            "keeps apart. Use average='micro'."
        )
        raise OptionError(msg)
    evidence = Evidence.of_probabilities(Y, Y_proba)
    if average is None:
        return evidence.by_label(statistic.by_label(evidence, options))
    return statistic.value(evidence, options)


def log_loss(
    Y: Any,
    Y_proba: Any,
    *,
    average: CellAverage = "micro",
    scale: Scale | None = None,
    clip: float | Literal["1/n_samples", "1/n_labels"] | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Binary cross-entropy: minus the logarithm of what was given to the truth.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown: such cells are left out.
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1), in [0, 1].
    average : {"micro", "macro"} or None, default "micro"
        Of all known cells; the mean over labels, the same where every label is known;
        or each label by itself.
    scale : {"mean", "sum"}, optional
        Whether a row counts the mean of its cells or their sum, which is n_labels times
        as large. By default as `convention`: "sum" in MULAN.
    clip : float, "1/n_samples" or "1/n_labels", optional
        What was given to the truth counts as at least so much, in (0, .5): a wrong
        certainty would cost infinitely much. By default as `convention`: the spacing of
        floats at 1, 2.2e-16, in scikit-learn; 1e-8 in MULAN; "1/n_samples" in MEKA,
        which also has "1/n_labels" ("lim D" and "lim L").
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"

    Returns
    -------
    MetricValue, or Series of float
        At least 0; best 0. NaN if no label is known. A Series, by label name, where
        `average` is None.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If the two are not labels and probabilities of the same rows and labels.
    OptionError
        If an option has no such value.

    Notes
    -----
    .. math:: -\frac{1}{nq} \sum_{i, j}
              y_{ij} \ln p_{ij} + (1 - y_{ij}) \ln (1 - p_{ij})

    Predicting .5 everywhere gives ln 2. A proper scoring rule: only the true
    probabilities make its expectation smallest. Never give a label matrix to
    scikit-learn's ``log_loss``: it takes a row for one example of exclusive classes and
    counts the positives only, with no more than a warning that rows do not sum to one.

    References
    ----------
    I. J. Good (1952). Rational decisions. Journal of the Royal Statistical Society B
    14, 107-114.

    J. Read, B. Pfahringer, G. Holmes, E. Frank (2011). Classifier chains for
    multi-label classification. Machine Learning 85, 333-359: with the limit ln n.

    Examples
    --------
    >>> round(log_loss([[1, 0]], [[0.8, 0.4]]), 4)
    0.367
    >>> round(log_loss([[1, 0]], [[0.8, 0.4]], scale="sum"), 4)
    0.734
    """
    options = resolve("log", convention, scale=scale, clip=clip)
    _check_clip(options["clip"])
    statistic = CellMean("log", average or "macro")
    return _score_cells(statistic, Y, Y_proba, options, average)


def _check_clip(clip: Any) -> None:
    if clip in ("eps", "1/n_samples", "1/n_labels"):
        return
    if isinstance(clip, str):
        msg = f"clip must be a number, '1/n_samples' or '1/n_labels'; got {clip!r}."
        raise OptionError(msg)
    check_number("clip", clip, below=0.5, error=OptionError)
    if clip == 0:
        msg = "clip must be more than 0: the logarithm of 0 is infinite."
        raise OptionError(msg)


def brier_loss(
    Y: Any,
    Y_proba: Any,
    *,
    average: CellAverage = "micro",
    scale: Scale | None = None,
    convention: str = "sklearn",
) -> MetricValue | pd.Series:
    r"""Brier loss: mean squared error of the probabilities.

    Parameters
    ----------
    Y, Y_proba, average, scale
        As `log_loss`.
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"
        MULAN's mean squared error has scale "sum".

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1], with scale "sum" in [0, n_labels]; best 0. As `log_loss`.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `log_loss`.

    See Also
    --------
    mlkit.calibration.brier_decomposition : Why it is as large as it is.

    Notes
    -----
    .. math:: \frac{1}{nq} \sum_{i, j} (p_{ij} - y_{ij})^2

    A proper scoring rule. A constant share of positives r has r (1 - r), which for rare
    labels is near 0: compare with that, not between labels. scikit-learn's
    ``brier_score_loss`` takes a row of a label matrix for one example of exclusive
    classes and sums over labels, with a warning: scale "sum" here. Brier's own
    definition sums over both values of a label, and is twice as large.

    References
    ----------
    G. W. Brier (1950). Verification of forecasts expressed in terms of probability.
    Monthly Weather Review 78, 1-3.

    Examples
    --------
    >>> round(brier_loss([[0, 1], [1, 1]], [[0.5, 0.9], [0.5, 0.7]]), 2)
    0.15
    >>> brier_loss([[0, 1], [1, 1]], [[0.5, 0.9], [0.5, 0.7]], average=None).round(
    ...     2
    ... ).tolist()
    [0.25, 0.05]
    """
    options = resolve("squared", convention, scale=scale)
    statistic = CellMean("squared", average or "macro")
    return _score_cells(statistic, Y, Y_proba, options, average)


def rmse_loss(Y: Any, Y_proba: Any) -> MetricValue:
    r"""Root mean squared error of the probabilities.

    Parameters
    ----------
    Y, Y_proba
        As `log_loss`.

    Returns
    -------
    MetricValue
        In [0, 1]; best 0. NaN if no label is known.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError
        As `log_loss`.

    Notes
    -----
    .. math:: \sqrt{\frac{1}{nq} \sum_{i, j} (p_{ij} - y_{ij})^2}

    The root of `brier_loss` over all cells.

    References
    ----------
    Brier (1950), see `brier_loss`.

    Examples
    --------
    >>> rmse_loss([[0, 1]], [[0.5, 0.5]])
    0.5
    """
    evidence = Evidence.of_probabilities(Y, Y_proba)
    return CellMean("squared", "micro", root=True).value(evidence, {"scale": "mean"})


@dataclass(frozen=True, slots=True)
class BinnedError:
    """The expected calibration error.

    Parameters
    ----------
    average : {"micro", "macro"}
    n_bins : int, default 10
    strategy : {"uniform", "quantile"}, default "uniform"
    """

    average: str
    n_bins: int = 10
    strategy: Strategy = "uniform"

    def value(self, evidence: Evidence, options: dict[str, Any]) -> MetricValue:
        """Return the error of all cells together, or the mean over labels."""
        if self.average == "micro":
            (bins,) = self._bins(evidence, "pooled")
            return MetricValue(_gap(bins), units=int(bins.count.sum()), kind="cell")
        errors = self.by_label(evidence)
        known = ~np.isnan(errors)
        mean = float(errors[known].mean()) if known.any() else float("nan")
        return MetricValue(mean, units=int(known.sum()), kind="label")

    def by_label(self, evidence: Evidence) -> np.ndarray:
        """Return the error of each label; NaN where none of its cells is known."""
        return np.array([_gap(bins) for bins in self._bins(evidence, "label")])

    def resample(
        self, evidence: Evidence, options: dict[str, Any], row_weights: np.ndarray
    ) -> np.ndarray:
        """Return NaN: drawing rows again adds noise to every bin.

        The error of a resample is larger than that of the rows themselves, so that an
        interval of such errors may not even hold the value that it is about.
        """
        return np.full(len(row_weights), np.nan)

    def _bins(self, evidence: Evidence, scope: Any) -> list[Bins]:
        return bin_groups(_cells(evidence), scope, self.n_bins, self.strategy)


def _gap(bins: Bins) -> float:
    return bins.mean(np.abs(bins.predicted - bins.positive))


def _cells(evidence: Evidence) -> Cells:
    assert evidence.probabilities is not None
    return Cells.of(evidence.true, evidence.probabilities, evidence.label_names)


def calibration_error(
    Y: Any,
    Y_proba: Any,
    *,
    average: CellAverage = "micro",
    n_bins: int = 10,
    strategy: Strategy = "uniform",
) -> MetricValue | pd.Series:
    r"""ECE: expected distance of probabilities from shares of positives.

    Parameters
    ----------
    Y, Y_proba
        As `log_loss`.
    average : {"micro", "macro"} or None, default "micro"
        Of all known cells in common bins; the mean over labels, each with bins of its
        own; or each label by itself.
    n_bins : int, default 10
        Number of bins, at least 1.
    strategy : {"uniform", "quantile"}, default "uniform"
        Bins of the same width on [0, 1], or limits at quantiles of the probabilities.

    Returns
    -------
    MetricValue, or Series of float
        In [0, 1]; best 0. NaN if no label is known. A Series, by label name, where
        `average` is None.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError, LabelNameError, OptionError
        As `log_loss`.
    TypeError, ValueError
        If `n_bins` is not a whole number of at least 1.

    See Also
    --------
    mlkit.calibration.reliability_data : The bins themselves.

    Notes
    -----
    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{n} |\bar p_b - \bar y_b|

    with the mean probability and the share of positives of bin b. It depends on the
    bins, grows by chance where they hold few rows, and does not see how informative the
    probabilities are: the constant share of positives has error 0. Read it next to
    `brier_loss`. In common bins, errors of labels that are off in opposite directions
    cancel. (The paper bins the confidence in the predicted class; here it is
    P(label = 1).)

    References
    ----------
    M. P. Naeini, G. F. Cooper, M. Hauskrecht (2015). Obtaining well calibrated
    probabilities using Bayesian binning. AAAI, 2901-2907.

    Examples
    --------
    >>> Y, proba = [[0, 1], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> calibration_error(Y, proba), calibration_error(Y, proba, average="macro")
    (0.0, 0.5)
    """
    check_choice("average", average, ("micro", "macro", None))
    check_binning(n_bins, strategy)
    evidence = Evidence.of_probabilities(Y, Y_proba)
    statistic = BinnedError(average or "macro", n_bins, strategy)
    if average is None:
        return evidence.by_label(statistic.by_label(evidence))
    return statistic.value(evidence, {})
