"""Losses of pairs: each present label should have a higher logit than each absent."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError
from mlkit.neural.losses.base import FLOOR, MultiLabelLoss, masked_mean

__all__ = ["LogSumExpPairwise", "PairwiseRanking"]


@keras.saving.register_keras_serializable(package="mlkit")
class PairwiseRanking(MultiLabelLoss):
    r"""Hinge loss of the pairs of an absent and a present label of a row.

    Parameters
    ----------
    margin : float, default 1
        By how much the present label should lead, at least 0.
    **options
        ``name``, ``reduction`` and ``dtype``; see `MultiLabelLoss`.

    Raises
    ------
    OptionError
        If `margin` is negative.

    See Also
    --------
    LogSumExpPairwise : Smooth, and far cheaper where there are many labels.
    mlkit.metrics.ranking_loss : The share of pairs in the wrong order.

    Notes
    -----
    With the present labels :math:`P` and the absent ones :math:`A` of a row,

    .. math:: \frac{1}{|A| |P|} \sum_{u \in A} \sum_{v \in P}
        \max(0, m + f_u - f_v)

    which, with a margin of 1, is nowhere below the ranking loss of the row. A row
    without pairs costs 0. A label counts as present if its target is above 0.5.

    Time and memory grow with the square of the number of labels: all pairs are in one
    tensor of shape (n_samples, n_labels, n_labels), 100 MB for 100 rows and 500 labels
    in float32. Only differences count, so the outputs are no logits of probabilities:
    a threshold has to be chosen.

    References
    ----------
    .. [1] A. Elisseeff, J. Weston. A kernel method for multi-labelled classification.
       NIPS 2001, 681-687.
    .. [2] Y. Gong, Y. Jia, T. Leung, A. Toshev, S. Ioffe. Deep convolutional ranking
       for multilabel image annotation. ICLR 2014. arXiv:1312.4894

    Examples
    --------
    The present label leads by 3 and by -1:

    >>> float(PairwiseRanking()([[1.0, 0.0, 0.0]], [[2.0, -1.0, 3.0]]))
    1.0
    """

    short_name: ClassVar[str] = "pairwise_ranking"

    def __init__(self, margin: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        check_number("margin", margin, error=OptionError)
        self.margin = float(margin)

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return the mean over the pairs of each row."""
        absent, present = _sides(targets, known)
        # Absent labels along the rows of each matrix, present ones along its columns.
        leads = ops.expand_dims(outputs, -2) - ops.expand_dims(outputs, -1)
        pairs = ops.logical_and(
            ops.expand_dims(absent, -1), ops.expand_dims(present, -2)
        )
        return masked_mean(ops.relu(self.margin - leads), pairs, axis=(-2, -1))

    def get_config(self) -> dict[str, Any]:
        """Return the options."""
        return {**super().get_config(), "margin": self.margin}


@keras.saving.register_keras_serializable(package="mlkit")
class LogSumExpPairwise(MultiLabelLoss):
    r"""Log-sum-exp pairwise loss (LSEP): smooth, and led by the worst pairs.

    Parameters
    ----------
    **options
        ``name``, ``reduction`` and ``dtype``; see `MultiLabelLoss`.

    See Also
    --------
    PairwiseRanking : The hinge loss of the same pairs.

    Notes
    -----
    With the present labels :math:`P` and the absent ones :math:`A` of a row,

    .. math:: \log\Big(1 + \sum_{u \in A} \sum_{v \in P} e^{f_u - f_v}\Big)

    A row without present or without absent labels costs 0. A label counts as present if
    its target is above 0.5. Nothing is divided by the number of pairs: the value grows
    with its logarithm.

    The papers draw a limited number of pairs a row, since there may be a quarter of the
    square of the number of labels. Here all of them are taken, at a cost that is linear
    in the number of labels, because the sum is a product:

    .. math:: \sum_{u \in A} \sum_{v \in P} e^{f_u - f_v}
        = \sum_{u \in A} e^{f_u} \cdot \sum_{v \in P} e^{-f_v}

    References
    ----------
    .. [1] Y. Li, Y. Song, J. Luo. Improving pairwise ranking for multi-label image
       classification. CVPR 2017, 3617-3625.
    .. [2] J. Du, Q. Chen, Y. Peng, Y. Xiang, C. Tao, Z. Lu. ML-Net: multi-label
       classification of biomedical texts with deep neural networks. JAMIA 26(11), 2019,
       1279-1285. doi:10.1093/jamia/ocz085

    Examples
    --------
    Two pairs without a lead: log(1 + 1 + 1).

    >>> round(float(LogSumExpPairwise()([[1.0, 0.0, 0.0]], [[2.0, 2.0, 2.0]])), 4)
    1.0986
    """

    short_name: ClassVar[str] = "lsep"

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return the logarithm over the pairs of each row."""
        absent, present = _sides(targets, known)
        # An empty side is FLOOR and no pair: softplus of that is 0, as its gradient is.
        worst_absent = ops.logsumexp(ops.where(absent, outputs, FLOOR), axis=-1)
        worst_present = ops.logsumexp(ops.where(present, -outputs, FLOOR), axis=-1)
        return ops.softplus(worst_absent + worst_present)


def _sides(targets: Any, known: Any) -> tuple[Any, Any]:
    """Return which labels are absent and which are present; neither if unknown."""
    present = targets > 0.5
    return ops.logical_and(known, ops.logical_not(present)), present
