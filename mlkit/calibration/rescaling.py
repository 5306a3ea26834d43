"""Probabilities made surer, less sure or shifted: what a calibrator has to undo."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.arguments import check_number
from mlkit.calibration.maps import LogitMap
from mlkit.exceptions import OptionError, ScoresError, ShapeError
from mlkit.validation import check_indicator, check_probabilities

__all__ = ["balanced_bias", "rescale_probabilities"]


def rescale_probabilities(
    Y_proba: Any, *, temperature: float = 1.0, bias: Any = 0.0
) -> np.ndarray:
    r"""Add a bias to the logits of probabilities and divide them by a temperature.

    Parameters
    ----------
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels)
        P(label = 1), in [0, 1].
    temperature : float, default 1.0
        More than 0. Below 1 probabilities become surer, above 1 less sure.
    bias : float or array-like of shape (n_labels,), default 0.0
        Added to the logits; one for all labels, or one a label.

    Returns
    -------
    ndarray of float64, shape (n_samples, n_labels)
        Unchanged, to the bit, at a temperature of 1 without a bias.

    Raises
    ------
    OptionError
        If the temperature is not a number of more than 0.
    ScoresError
        If these are no probabilities, or a bias is not a finite number.
    ShapeError
        If there is neither one bias nor one a label.

    See Also
    --------
    mlkit.calibration.SigmoidCalibrator : Finds the line that undoes it.
    balanced_bias : The bias that balanced class weights bring.

    Notes
    -----
    .. math:: \sigma\left(\frac{\operatorname{logit}(p) + b}{T}\right)

    A label ranks its rows as before, so that average precision and AUC stay; what the
    probabilities mean changes. Probabilities are kept 1e-9 away from 0 and 1 before
    their logit is taken, and far from 0 the sigmoid itself rounds to 1: ties can arise
    there.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger (2017). On calibration of modern neural
    networks. ICML.

    Examples
    --------
    >>> rescale_probabilities([[0.2, 0.5]], temperature=0.5).round(3).tolist()
    [[0.059, 0.5]]
    >>> rescale_probabilities([[0.2, 0.5]], bias=np.log(4)).round(3).tolist()
    [[0.5, 0.8]]
    """
    check_number("temperature", temperature, error=OptionError)
    if temperature == 0:
        msg = "temperature must be more than 0, got 0: it divides the logits."
        raise OptionError(msg)
    proba = check_probabilities(Y_proba)
    shift = np.asarray(bias, dtype=np.float64)
    if shift.shape not in ((), proba.shape[1:]):
        msg = (
            f"bias must be one number or {proba.shape[1]}, one a label; got shape "
            f"{shift.shape}."
        )
        raise ShapeError(msg)
    shift = np.broadcast_to(shift, proba.shape[1:])
    if not np.isfinite(shift).all():
        msg = f"bias must be a finite number, or one a label; got {bias!r}."
        raise ScoresError(msg)
    scaled = proba.copy()
    # A label that is not shifted keeps its probabilities, those of 0 and 1 too.
    for j in np.flatnonzero((shift != 0) | (temperature != 1)):
        line = LogitMap(1 / temperature, shift[j] / temperature, "probabilities")
        scaled[:, j] = line(proba[:, j])
    return scaled


def balanced_bias(Y: Any) -> np.ndarray:
    r"""Compute the bias that ``class_weight="balanced"`` brings to each label.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.

    Returns
    -------
    ndarray of float64, shape (n_labels,)
        ``ln(negatives / positives)``; 0 for a label that has one value only.

    Raises
    ------
    IndicatorError
        If `Y` holds anything but 0, 1 and NaN.

    Notes
    -----
    Balanced weights make positives and negatives count alike: the model learns the
    probabilities of a world in which every label is there in half of the rows. In that
    world the odds of a label are those of this one, times negatives / positives
    (Elkan, theorem 2). A model that fits the weighted rows exactly shows this bias; a
    regularised one shows less.

    References
    ----------
    C. Elkan (2001). The foundations of cost-sensitive learning. IJCAI, 973-978.

    Examples
    --------
    Three negatives for each positive: odds of 1 to 3 become even.

    >>> bias = balanced_bias([[1], [0], [0], [0]])
    >>> rescale_probabilities([[0.25]], bias=bias).round(6).tolist()
    [[0.5]]
    """
    truth = check_indicator(Y, allow_missing=True)
    positives = truth.counts()
    negatives = truth.n_known() - positives
    both = (positives > 0) & (negatives > 0)
    odds = np.divide(negatives, positives, out=np.ones(len(both)), where=both)
    return np.log(odds)
