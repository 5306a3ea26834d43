"""Losses for labels that share one unit of probability, for comparison."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from mlkit.neural.losses.base import FLOOR, MultiLabelLoss

__all__ = ["NegativeLogLikelihood", "SoftmaxCrossEntropy"]


@keras.saving.register_keras_serializable(package="mlkit")
class SoftmaxCrossEntropy(MultiLabelLoss):
    r"""Cross-entropy between a row's labels and the softmax of its logits.

    Parameters
    ----------
    **options
        ``name``, ``reduction`` and ``dtype``; see `MultiLabelLoss`.

    See Also
    --------
    mlkit.losses.softmax_cross_entropy : The same in NumPy, and what it cannot say.
    NegativeLogLikelihood : The same, of logarithms of probabilities.
    BinaryCrossEntropy : For labels that may occur together.

    Notes
    -----
    The targets of a row are divided by their sum, so that they are a distribution
    :math:`t`; for the label set :math:`S` it is :math:`t_j = 1 / |S|`. A row costs

    .. math:: -\sum_j t_j \log \mathrm{softmax}(z)_j

    where the softmax goes over the known labels. A row without present labels costs 0.
    Keras' ``categorical_crossentropy`` takes the targets as they are, and is then
    :math:`|S|` times this loss.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006,
       equation (4.108).

    Examples
    --------
    Two present labels share the unit; the best that can be reached is log 2:

    >>> round(float(SoftmaxCrossEntropy()([[1.0, 1.0, 0.0]], [[9.0, 9.0, -9.0]])), 3)
    0.693
    """

    short_name: ClassVar[str] = "softmax_cross_entropy"

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return the cross-entropy of each row."""
        log_shares = ops.log_softmax(ops.where(known, outputs, FLOOR), axis=-1)
        return _cross_entropy(targets, log_shares)


@keras.saving.register_keras_serializable(package="mlkit")
class NegativeLogLikelihood(MultiLabelLoss):
    r"""The same as `SoftmaxCrossEntropy`, of logarithms of probabilities.

    Parameters
    ----------
    **options
        ``name``, ``reduction`` and ``dtype``; see `MultiLabelLoss`.

    See Also
    --------
    SoftmaxCrossEntropy : From logits, with the softmax inside.

    Notes
    -----
    The only loss here whose `y_pred` are no logits: a network for it ends in
    ``log_softmax``. With the targets :math:`t` of a row, divided by their sum, it costs
    :math:`-\sum_j t_j \log p_j`; a row without present labels costs 0. An impossible
    label (:math:`\log p = -\infty`) costs nothing where it is absent.

    After ``log_softmax`` it is `SoftmaxCrossEntropy`, except in rows with unknown
    labels: what was given to those is missing here, and not shared out there.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006,
       equation (4.108).

    Examples
    --------
    >>> import numpy as np
    >>> loss = NegativeLogLikelihood()
    >>> round(float(loss([[1.0, 0.0]], np.log([[0.25, 0.75]]))), 4)
    1.3863
    """

    short_name: ClassVar[str] = "negative_log_likelihood"

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return the negative log-likelihood of each row."""
        return _cross_entropy(targets, outputs)


def _cross_entropy(targets: Any, log_shares: Any) -> Any:
    # 0 times minus infinity, as an absent class with probability 0 has it, is NaN.
    counted = ops.where(targets > 0, log_shares, 0.0)
    totals = ops.sum(targets, axis=-1, keepdims=True)
    shares = targets / ops.where(totals > 0, totals, 1.0)
    return -ops.sum(shares * counted, axis=-1)
