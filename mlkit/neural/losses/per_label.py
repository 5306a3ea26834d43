"""Losses that add up over the labels: cross-entropy, weighted, focal, asymmetric."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError, ShapeError
from mlkit.neural.losses.base import MultiLabelLoss, masked_mean

__all__ = ["AsymmetricLoss", "BinaryCrossEntropy", "FocalLoss"]


@keras.saving.register_keras_serializable(package="mlkit")
class BinaryCrossEntropy(MultiLabelLoss):
    r"""Each label's cross-entropy on its own: one sigmoid per label.

    Parameters
    ----------
    label_weights : array-like of float, shape (n_labels, 2), optional
        What absence (column 0) and presence (column 1) of each label weigh, at least
        0. All 1 if not given. `class_balanced_weights` makes them from counts.
    **options
        ``name``, ``reduction`` and ``dtype``; see `MultiLabelLoss`.

    Raises
    ------
    OptionError
        If a weight is negative or not a number.
    ShapeError
        If the weights are not two a label; in a call, if they are for another number
        of labels than there are logits.

    See Also
    --------
    mlkit.losses.binary_cross_entropy : The same in NumPy, cell by cell.
    FocalLoss, AsymmetricLoss : Cells that are easy already count less.

    Notes
    -----
    With logit :math:`z`, :math:`p = \sigma(z)`, target :math:`y` and the weights
    :math:`w_0, w_1`, a row costs the mean over its known labels of

    .. math:: - w_1 y \log p - w_0 (1 - y) \log(1 - p)

    The logarithms are computed as :math:`-\log p = \log(1 + e^{-z})`, which neither
    overflows nor becomes the logarithm of a probability rounded to 0. The mean divides
    by the number of known labels, not by the sum of their weights.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006,
       equation (4.90).

    Examples
    --------
    The second label is absent and weighs three times as much:

    >>> loss = BinaryCrossEntropy()
    >>> round(float(loss([[1.0, 0.0]], [[0.0, 2.0]])), 3)
    1.41
    >>> weighted = BinaryCrossEntropy(label_weights=[[1, 1], [3, 1]])
    >>> round(float(weighted([[1.0, 0.0]], [[0.0, 2.0]])), 3)
    3.537
    """

    short_name: ClassVar[str] = "binary_cross_entropy"

    def __init__(self, label_weights: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.label_weights = _checked_weights(label_weights)

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return the weighted mean over the known labels of each row."""
        present = targets * ops.softplus(-outputs)
        absent = (1.0 - targets) * ops.softplus(outputs)
        if self.label_weights is not None:
            _check_labels(self.label_weights, outputs)
            weights = ops.convert_to_tensor(self.label_weights, dtype=outputs.dtype)
            absent, present = absent * weights[:, 0], present * weights[:, 1]
        return masked_mean(present + absent, known)

    def get_config(self) -> dict[str, Any]:
        """Return the options; the weights are nested lists."""
        return {**super().get_config(), "label_weights": self.label_weights}


@keras.saving.register_keras_serializable(package="mlkit")
class FocalLoss(MultiLabelLoss):
    r"""Cross-entropy in which cells that are right already count less.

    Parameters
    ----------
    gamma : float, default 2
        How much less, at least 0. 0 gives `BinaryCrossEntropy`.
    alpha : float in [0, 1], optional
        What presence weighs; absence weighs ``1 - alpha``. If not given, both weigh 1.
    **options
        ``name``, ``reduction`` and ``dtype``; see `MultiLabelLoss`.

    Raises
    ------
    OptionError
        If `gamma` or `alpha` is out of its range.

    See Also
    --------
    AsymmetricLoss : With an exponent each for presence and absence.

    Notes
    -----
    With :math:`p_t = p` for a present label and :math:`1 - p` for an absent one,

    .. math:: \mathrm{FL}(p_t) = -\alpha_t (1 - p_t)^\gamma \log p_t

    A soft target :math:`y` takes :math:`y` parts of the first and :math:`1 - y` of the
    second. The gradient flows through the factor :math:`(1 - p_t)^\gamma`, which is
    computed as :math:`e^{-\gamma \log(1 + e^{z_t})}`: the power of a number rounded to
    0 has an infinite gradient if :math:`\gamma < 1`.

    The paper divides the sum over all cells by the number of present ones; here a row
    costs the mean over its known labels, as in the other losses, so that rows without
    labels count. Its best pair is ``gamma=2, alpha=0.25``; the absent labels weigh
    *more* there, because the factor has taken so much away from them.

    References
    ----------
    .. [1] T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár. Focal loss for dense
       object detection. ICCV 2017, 2980-2988, equations (4) and (5). arXiv:1708.02002

    Examples
    --------
    A logit of 0 keeps (1 - 1/2)² of its cross-entropy, log 2:

    >>> round(float(FocalLoss(gamma=2.0)([[1.0]], [[0.0]])), 4)
    0.1733
    """

    short_name: ClassVar[str] = "focal"

    def __init__(
        self, gamma: float = 2.0, alpha: float | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        check_number("gamma", gamma, error=OptionError)
        if alpha is not None:
            check_number("alpha", alpha, at_most=1, error=OptionError)
        self.gamma = float(gamma)
        self.alpha = None if alpha is None else float(alpha)

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return the mean over the known labels of each row."""
        present = targets * _focused(outputs, self.gamma)
        absent = (1.0 - targets) * _focused(-outputs, self.gamma)
        if self.alpha is not None:
            present, absent = self.alpha * present, (1.0 - self.alpha) * absent
        return masked_mean(present + absent, known)

    def get_config(self) -> dict[str, Any]:
        """Return the options."""
        return {**super().get_config(), "gamma": self.gamma, "alpha": self.alpha}


@keras.saving.register_keras_serializable(package="mlkit")
class AsymmetricLoss(MultiLabelLoss):
    r"""Cross-entropy in which the many absent labels count less than the present ones.

    Parameters
    ----------
    gamma_positive : float, default 0
        Exponent of the factor for presence, at least 0.
    gamma_negative : float, default 4
        Exponent of the factor for absence, at least 0.
    clip : float in [0, 1), default 0.05
        Absent labels with a probability up to this one cost nothing: the margin
        :math:`m` of the paper.
    **options
        ``name``, ``reduction`` and ``dtype``; see `MultiLabelLoss`.

    Raises
    ------
    OptionError
        If a number is out of its range.

    See Also
    --------
    FocalLoss : With one exponent, and no margin.

    Notes
    -----
    With :math:`p = \sigma(z)` and :math:`p_m = \max(p - m, 0)`,

    .. math:: -y (1 - p)^{\gamma_+} \log p - (1 - y) \, p_m^{\gamma_-} \log(1 - p_m)

    and a row costs the mean over its known labels; the paper sums. With both exponents
    and the margin 0 this is `BinaryCrossEntropy`.

    The gradient flows through the factors, as in the paper's analysis of it. The
    authors' code has a switch that holds them constant in the backward pass, on in one
    of its two versions: results may differ from theirs.

    An absent label whose logit is large, and which may well be a mistake of whoever
    labelled it, has a small gradient if :math:`m > 0`: its loss ends at
    :math:`-(1 - m)^{\gamma_-} \log m` instead of growing with the logit.

    References
    ----------
    .. [1] T. Ridnik, E. Ben-Baruch, N. Zamir, A. Noy, I. Friedman, M. Protter,
       L. Zelnik-Manor. Asymmetric loss for multi-label classification. ICCV 2021,
       82-91, section 2. arXiv:2009.14119

    Examples
    --------
    The absent label has the probability 1/2, of which the margin leaves 0.45:

    >>> loss = AsymmetricLoss(gamma_negative=1.0, clip=0.05)
    >>> round(float(loss([[0.0]], [[0.0]])), 4)
    0.269
    >>> float(loss([[0.0]], [[-3.0]]))
    0.0
    """

    short_name: ClassVar[str] = "asymmetric"

    def __init__(
        self,
        gamma_positive: float = 0.0,
        gamma_negative: float = 4.0,
        clip: float = 0.05,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        check_number("gamma_positive", gamma_positive, error=OptionError)
        check_number("gamma_negative", gamma_negative, error=OptionError)
        check_number("clip", clip, below=1, error=OptionError)
        self.gamma_positive = float(gamma_positive)
        self.gamma_negative = float(gamma_negative)
        self.clip = float(clip)

    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return the mean over the known labels of each row."""
        present = _focused(outputs, self.gamma_positive)
        if self.clip > 0:
            absent = _shifted(outputs, self.gamma_negative, self.clip)
        else:
            absent = _focused(-outputs, self.gamma_negative)
        return masked_mean(targets * present + (1.0 - targets) * absent, known)

    def get_config(self) -> dict[str, Any]:
        """Return the options."""
        return {
            **super().get_config(),
            "gamma_positive": self.gamma_positive,
            "gamma_negative": self.gamma_negative,
            "clip": self.clip,
        }


def _focused(z: Any, gamma: float) -> Any:
    """Return -(1 - p)^gamma log p for p = sigmoid(z)."""
    return ops.exp(-gamma * ops.softplus(z)) * ops.softplus(-z)


def _shifted(z: Any, gamma: float, clip: float) -> Any:
    """Return -p_m^gamma log(1 - p_m) for p_m = sigmoid(z) - clip, 0 where that is."""
    shifted = ops.sigmoid(z) - clip
    above = shifted > 0
    # The power of 0 has no gradient if gamma < 1; where() alone would pass on its NaN.
    factor = ops.power(ops.where(above, shifted, 1.0), gamma)
    # sigmoid(-z) and not 1 - p, which is rounded to 0: then a small margin is lost.
    return ops.where(above, -factor * ops.log(ops.sigmoid(-z) + clip), 0.0)


def _check_labels(weights: list[list[float]], outputs: Any) -> None:
    n_labels = outputs.shape[-1]  # None where a traced graph does not know it yet
    if n_labels not in (None, len(weights)):
        msg = (
            f"label_weights has {len(weights)} rows, and y_pred has {n_labels} labels. "
            "Give one row (absent, present) a label."
        )
        raise ShapeError(msg)


def _checked_weights(label_weights: Any) -> list[list[float]] | None:
    """Return nested lists, which Keras can write into a file."""
    if label_weights is None:
        return None
    weights = np.asarray(label_weights, dtype=np.float64)
    if weights.ndim != 2 or weights.shape[1] != 2:
        msg = (
            "label_weights must have shape (n_labels, 2), what absence and presence "
            f"of each label weigh; got {weights.shape}."
        )
        raise ShapeError(msg)
    wrong = np.argwhere(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        j, side = wrong[0]
        msg = (
            "label_weights must be finite numbers of at least 0; got "
            f"{weights[j, side]} for the {('absence', 'presence')[side]} of label {j}."
        )
        raise OptionError(msg)
    return weights.tolist()
