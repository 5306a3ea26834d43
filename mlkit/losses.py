"""What a network minimises: cross-entropies of logits, and their gradients.

All are computed from logits, not from probabilities: a probability that has been
rounded to 0 or 1 no longer says how wrong it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mlkit.activations import sigmoid, softmax
from mlkit.exceptions import ScoresError
from mlkit.validation import check_indicator, check_same_shape, check_scores

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "softmax_cross_entropy",
    "softmax_cross_entropy_gradient",
]


def binary_cross_entropy(logits: Any, Y: Any) -> np.ndarray:
    r"""Return what each label of each row costs, each on its own.

    Parameters
    ----------
    logits : array-like of float, shape (n_samples, n_labels) or (n_labels,)
        Finite real numbers: what a network gives before its sigmoid.
    Y : array-like, DataFrame or sparse matrix, same shape
        True labels, 0 and 1.

    Returns
    -------
    ndarray of float64, same shape
        At least 0. Nothing is summed: take the sum or the mean over the labels, and
        the mean over the rows, as the network does.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError
        If the two are not labels and finite logits of the same rows and labels.

    See Also
    --------
    softmax_cross_entropy : For classes that exclude each other.
    mlkit.metrics.log_loss : The same from probabilities, as a metric.

    Notes
    -----
    With the probability :math:`p = \sigma(z)` of a label's logit :math:`z`,

    .. math:: -y \log p - (1 - y) \log(1 - p) = \log(1 + e^{(1 - 2 y) z})

    The right side is what is computed: it overflows nowhere, and small losses keep
    their relative precision.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006,
       equation (4.90).

    Examples
    --------
    >>> binary_cross_entropy([0.0, 2.0, 2.0], [1, 1, 0]).round(3).tolist()
    [0.693, 0.127, 2.127]
    >>> binary_cross_entropy([-10_000.0, 10_000.0], [1, 1]).tolist()
    [10000.0, 0.0]
    """
    z, truth = _cells(logits, Y)
    losses = np.logaddexp(0.0, np.where(truth, -z, z))
    return losses.reshape(np.shape(logits))


def binary_cross_entropy_gradient(logits: Any, Y: Any) -> np.ndarray:
    r"""Return the derivative of each cell's binary cross-entropy by its logit.

    Parameters
    ----------
    logits : array-like of float, shape (n_samples, n_labels) or (n_labels,)
        Finite real numbers.
    Y : array-like, DataFrame or sparse matrix, same shape
        True labels, 0 and 1.

    Returns
    -------
    ndarray of float64, same shape
        In [-1, 0] where the label is true, in [0, 1] where it is not. One entry
        depends on no other logit and on no other label.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError
        As `binary_cross_entropy`.

    Notes
    -----
    .. math:: \frac{\partial}{\partial z} = \sigma(z) - y

    For the mean over the labels divide by their number.

    Examples
    --------
    >>> binary_cross_entropy_gradient([0.0, 2.0, 2.0], [1, 1, 0]).round(3).tolist()
    [-0.5, -0.119, 0.881]
    """
    z, truth = _cells(logits, Y)
    # p - 1 is written as -sigmoid(-z): close to p = 1 the difference would be 0.
    slopes = np.where(truth, -sigmoid(-z), sigmoid(z))
    return slopes.reshape(np.shape(logits))


def softmax_cross_entropy(logits: Any, Y: Any) -> np.ndarray:
    r"""Return what each row costs if its classes share one unit of probability.

    Parameters
    ----------
    logits : array-like of float, shape (n_samples, n_classes) or (n_classes,)
        Finite real numbers: what a network gives before its softmax.
    Y : array-like, DataFrame or sparse matrix, same shape
        0 and 1: a one in each row where classes exclude each other.

    Returns
    -------
    ndarray of float64, shape (n_samples,)
        At least 0. A single number for a single row.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError
        If the two are not labels and finite logits of the same rows and classes.

    See Also
    --------
    binary_cross_entropy : For labels that may occur together.

    Notes
    -----
    With one true class :math:`c` this is the negative log-likelihood,

    .. math:: -\log \mathrm{softmax}(z)_c = \log \sum_k e^{z_k} - z_c

    A softmax has one unit to share, so that a row with the label set :math:`S` is
    given the target distribution :math:`t_j = 1 / |S|` for :math:`j \in S`:

    .. math:: \log \sum_k e^{z_k} - \frac{1}{|S|} \sum_{j \in S} z_j

    It is then never below :math:`\log |S|`, however good the logits. Keras and PyTorch
    take a row of several ones as it is, not as a distribution: their loss is
    :math:`|S|` times this one. For the empty set no distribution says "none of them";
    the sum over its labels is empty, and the loss 0 whatever the logits.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006,
       equation (4.108).

    Examples
    --------
    >>> softmax_cross_entropy([[0.0, 0.0], [2.0, 0.0]], [[1, 0], [1, 0]]).round(3)
    array([0.693, 0.127])

    Two true labels share the unit; the best that can be reached is log 2:

    >>> softmax_cross_entropy([9.0, 9.0, -9.0], [1, 1, 0]).round(3).item()
    0.693
    """
    z, truth = _cells(logits, Y, what="class")
    # log of the sum minus each logit: at least 0, and exact where it is close to 0.
    costs = _log_sum_above(z) - (z - z.max(axis=1, keepdims=True))
    losses = (_targets(truth) * costs).sum(axis=1)
    return losses.reshape(np.shape(logits)[:-1])


def softmax_cross_entropy_gradient(logits: Any, Y: Any) -> np.ndarray:
    r"""Return the derivative of each row's softmax cross-entropy by its logits.

    Parameters
    ----------
    logits : array-like of float, shape (n_samples, n_classes) or (n_classes,)
        Finite real numbers.
    Y : array-like, DataFrame or sparse matrix, same shape
        0 and 1.

    Returns
    -------
    ndarray of float64, same shape
        In [-1, 1]; each row sums to 0, and every entry depends on all logits of its
        row: what lifts one class lowers the others.

    Raises
    ------
    IndicatorError, ScoresError, ShapeError
        As `softmax_cross_entropy`.

    Notes
    -----
    .. math:: \frac{\partial}{\partial z_j} = \mathrm{softmax}(z)_j - t_j

    with :math:`t_j = 1 / |S|` for the labels of the set :math:`S`, else 0. It is 0 in
    rows without labels, as their loss is.

    Examples
    --------
    A label that is true and whose share is too large is lowered:

    >>> softmax_cross_entropy_gradient([2.0, 0.0, -2.0], [1, 1, 0]).round(3).tolist()
    [0.367, -0.383, 0.016]
    """
    z, truth = _cells(logits, Y, what="class")
    # A row without labels has no distribution to come closer to.
    slopes = (softmax(z) - _targets(truth)) * truth.any(axis=1, keepdims=True)
    return slopes.reshape(np.shape(logits))


def _cells(
    logits: Any, Y: Any, *, what: str = "label"
) -> tuple[np.ndarray, np.ndarray]:
    """Check both as matrices of the same shape: logits, and where the truth is 1."""
    z = check_scores([logits] if _is_row(logits) else logits, name="logits")
    truth = check_indicator([Y] if _is_row(Y) else Y).toarray() == 1
    check_same_shape(z.shape, truth.shape, names=("logits", "Y"))
    if z.shape[1] == 0:
        msg = f"A loss needs at least one {what}; got logits of shape {z.shape}."
        raise ScoresError(msg)
    return z, truth


def _is_row(values: Any) -> bool:
    try:
        return np.ndim(values) == 1
    except ValueError:
        # Rows of different lengths; the checks have words for that.
        return False


def _targets(truth: np.ndarray) -> np.ndarray:
    """Share one unit among the labels of each row; nothing where there are none."""
    sizes = truth.sum(axis=1, keepdims=True)
    return truth / np.maximum(sizes, 1)


def _log_sum_above(z: np.ndarray) -> np.ndarray:
    """Return log-sum-exp of each row, less its largest logit; shape (n_samples, 1)."""
    largest = z.argmax(axis=1)[:, np.newaxis]
    powers = np.exp(z - np.take_along_axis(z, largest, axis=1))
    # The largest is exp(0) = 1: left to log1p, what the others add is not rounded off.
    np.put_along_axis(powers, largest, 0.0, axis=1)
    return np.log1p(powers.sum(axis=1, keepdims=True))
