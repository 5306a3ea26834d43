"""What all losses share: unknown labels are left out, and float16 is widened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import keras
from keras import ops

from mlkit.validation import check_same_shape

__all__ = ["FLOOR", "MultiLabelLoss", "masked_mean"]

FLOOR = -1e30
"""Stands for minus infinity among logits: its exponential is 0, and its multiples
with 0 are 0 and not NaN. It fits into float32."""


class MultiLabelLoss(keras.losses.Loss, ABC):
    """Base of the kit's losses: masks, precision and the options of Keras.

    A loss says in `row_losses` what a row costs, and in the class attribute
    ``short_name`` what it is called in ``compile`` and in logs.

    Parameters
    ----------
    name : str, optional
        ``short_name`` if not given.
    reduction : str or None, default "sum_over_batch_size"
        As in `keras.losses.Loss`: what becomes of the losses of the rows. The default
        is their mean; None leaves them as they are.
    dtype : str, optional
        Precision in which Keras passes the logits on; `keras.config.floatx` if not
        given. The losses themselves compute in float32 at least.

    Notes
    -----
    ``loss(y_true, y_pred, sample_weight=None)`` is one number, and ``loss.call(y_true,
    y_pred)`` the cost of each row. Both arguments have shape (n_samples, n_labels):

    * `y_true` holds values in [0, 1]: 0 and 1, or soft targets in between, as mixup and
      distillation make them. A negative number or NaN marks an unknown label, which
      has no influence on the value and a gradient of 0, whatever its logit.
    * `y_pred` holds real logits, as a linear last layer gives them.

    A row without known labels costs 0. It still counts as a row in the mean over the
    batch: give it the weight 0, and ``reduction="mean_with_sample_weight"``, where it
    should not.

    Calling a loss raises `mlkit.exceptions.ShapeError` where the two shapes differ:
    broadcasting would compare the wrong labels without a word.

    Examples
    --------
    >>> import keras
    >>> class SquaredError(MultiLabelLoss):
    ...     short_name = "squared_error"
    ...
    ...     def row_losses(self, targets, outputs, known):
    ...         return masked_mean((targets - outputs) ** 2, known)
    >>> loss = SquaredError()
    >>> float(loss([[1.0, 0.0, -1.0]], [[0.0, 3.0, 99.0]]))
    5.0
    """

    short_name: ClassVar[str]

    def __init__(
        self,
        *,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: str | None = None,
    ) -> None:
        # A name of its own: Keras would count the losses of the process, and a log
        # would call its column focal_loss_3.
        super().__init__(name=name or self.short_name, reduction=reduction, dtype=dtype)

    @abstractmethod
    def row_losses(self, targets: Any, outputs: Any, known: Any) -> Any:
        """Return what each row costs.

        Parameters
        ----------
        targets : tensor of float, shape (n_samples, n_labels)
            In [0, 1]; 0 where unknown.
        outputs : tensor of the same shape and dtype
            Logits; 0 where unknown.
        known : tensor of bool, same shape

        Returns
        -------
        tensor, shape (n_samples,)
        """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each row, without weights and reduction.

        Parameters
        ----------
        y_true : tensor or array-like, shape (n_samples, n_labels)
            In [0, 1]; negative or NaN where unknown.
        y_pred : tensor or array-like, same shape
            Logits.

        Returns
        -------
        tensor of float32 or wider, shape (n_samples,)

        Raises
        ------
        ShapeError
            If the shapes differ.
        """
        truth, outputs = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        _check_shapes(truth, outputs)
        dtype = _wide(outputs)
        truth, outputs = ops.cast(truth, dtype), ops.cast(outputs, dtype)
        known = truth >= 0  # false for NaN, too
        # Before anything is computed: afterwards the gradient of an infinite logit
        # would be 0 times infinity.
        targets, outputs = ops.where(known, truth, 0.0), ops.where(known, outputs, 0.0)
        return self.row_losses(targets, outputs, known)

    def get_config(self) -> dict[str, Any]:
        """Return the options, as numbers and strings.

        Returns
        -------
        dict
            What the class is called with to get the same loss.
        """
        return {**super().get_config(), "dtype": self.dtype}


def masked_mean(values: Any, mask: Any, *, axis: int | tuple[int, ...] = -1) -> Any:
    """Return the mean of the values that count; 0 where none does.

    Parameters
    ----------
    values : tensor or array of float
        Finite, also where they do not count.
    mask : tensor or array of bool, same shape
        True where a value counts.
    axis : int or tuple of int, default -1
        What the mean is taken over.

    Returns
    -------
    tensor
        Without those axes.

    Examples
    --------
    >>> import numpy as np
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> means = masked_mean(np.array([[1.0, 2.0, 9.0], [4.0, 4.0, 4.0]]), mask)
    >>> np.asarray(means).tolist()
    [1.5, 0.0]
    """
    values = ops.convert_to_tensor(values)
    counted = ops.cast(mask, values.dtype)
    totals = ops.sum(values * counted, axis=axis)
    return totals / ops.maximum(ops.sum(counted, axis=axis), 1.0)


def _wide(outputs: Any) -> str:
    # In float16 exp(-20) is 0, and FLOOR is infinite. Keras' result_type would make
    # float64 narrower where JAX has been told to use it.
    double = keras.backend.standardize_dtype(outputs.dtype) == "float64"
    return "float64" if double else "float32"


def _check_shapes(truth: Any, outputs: Any) -> None:
    expected, got = tuple(outputs.shape), tuple(truth.shape)
    if len(expected) == len(got):
        # What a traced graph does not know yet agrees with anything.
        pairs = zip(expected, got, strict=True)
        got = tuple(e if e is None or g is None else g for e, g in pairs)
    check_same_shape(expected, got, names=("y_pred", "y_true"))
