"""Distillation: a small network is trained on the scores that a large one gives."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.weighting import weight_table
from mlkit.neural.base import NeuralClassifier, hold_back, rows_of
from mlkit.neural.compression.networks import (
    check_decides_by_logits,
    check_learner,
    some_rows,
)
from mlkit.neural.training.rows import Rows, n_rows_of
from mlkit.neural.training.seeding import draw_seed
from mlkit.validation import Indicator, check_probabilities, check_same_rows

__all__ = ["distil"]


def distil(
    teacher: Any,
    student: NeuralClassifier,
    X: Any,
    *,
    Y: Any = None,
    temperature: float = 2.0,
    share: float = 0.5,
    sample_weight: Any = None,
) -> Any:
    r"""Train a network on what another learner thinks of the labels.

    Parameters
    ----------
    teacher : estimator
        A fitted learner of labels with `predict_proba`: a network of any kind or size,
        or another learner of the kit, such as an ensemble.
    student : NeuralClassifier
        What the small network looks like and how it is trained; not modified. Its
        `loss` and `label_weights` are those for the true labels.
    X : features
        Rows for both; they need no labels.
    Y : label matrix, shape (n_samples, n_labels), optional
        True labels of these rows; NaN where unknown.
    temperature : float, default 2.0
        Greater than 0. The larger, the closer are all scores to one half, and the more
        count the differences among labels that the teacher is sure of.
    share : float, default 0.5
        Of the teacher's scores in the loss, in (0, 1]; the true labels have the rest.
        Without `Y` it is 1.
    sample_weight : array-like, shape (n_samples,), optional
        Weights of the rows, at least 0.

    Returns
    -------
    NeuralClassifier
        A new one of the kind of `student`, fitted. Its ``history_`` has this loss, and
        metrics of the validation rows against `Y`, or without `Y` against what the
        teacher predicts.

    Raises
    ------
    TypeError, NotFittedError, AttributeError
        If the teacher is not fitted or has no probabilities, or the student is no
        network of the kit.
    OptionError
        If an option is out of its range, labels are a vector of classes, or the student
        learns more than a logit a label.
    ShapeError, LabelNameError, IndicatorError
        If `Y` is not as the labels of the teacher are, or has the rows of `X` in
        another order.

    Notes
    -----
    With the teacher's logit :math:`v`, the student's :math:`z`, the temperature
    :math:`T` and the true label :math:`y`, each label of a row costs

    .. math:: a T^2 H(\sigma(v / T), \sigma(z / T)) + (1 - a) L(y, z)

    where :math:`H` is the cross-entropy of one label, :math:`L` the loss of the student
    and :math:`a` the share. This is [1]_ with one sigmoid a label in the place of the
    softmax, each label for itself; as there, the scores of the teacher say more of a
    row than 0 and 1 do. The gradient of :math:`H` is
    :math:`(\sigma(z / T) - \sigma(v / T)) / T`, for a large :math:`T` about
    :math:`(z - v) / (4 T^2)`: the factor :math:`T^2` takes that back, so that another
    temperature does not change what share means.

    The logits of the teacher are those of its probabilities, so that any learner can be
    one. A label is constant for the student where it is for the teacher, and in `Y`.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals, J. Dean. Distilling the knowledge in a neural network.
       NIPS 2014 deep learning workshop, arXiv:1503.02531, section 2.

    Examples
    --------
    >>> from mlkit.datasets import make_multilabel
    >>> from mlkit.neural import MLP, Training
    >>> from mlkit.neural.compression import distil
    >>> ds, _ = make_multilabel(60, n_labels=3, random_state=0)
    >>> X, Y = ds.as_xy()
    >>> large = MLP((50, 50), training=Training(epochs=2), random_state=0).fit(X, Y)
    >>> small = MLP((4,), training=Training(epochs=2), random_state=0)
    >>> small = distil(large, small, X, Y=Y, temperature=3.0)
    >>> small.network_.count_params() < large.network_.count_params() / 10
    True
    """
    check_learner("student", student)
    check_decides_by_logits(student)
    _check_options(temperature, share)
    check_is_fitted(teacher)
    new = clone(student)
    features = new._check_features(X, reset=True)
    labels = _labels(new, teacher, X, Y)
    check_same_rows(n_rows_of(features), labels.shape[0], names=("X", "Y"))
    new._check_order(X, labels)
    scores = check_probabilities(
        teacher.predict_proba(X),
        name="predict_proba of the teacher",
        shape=labels.shape,
    )
    if sample_weight is not None:
        sample_weight = _check_sample_weight(
            sample_weight, scores, ensure_non_negative=True
        )
    new._constants = _constants(scores, labels)
    new.network_, new.history_ = None, {}
    varying = np.isnan(new._constants)
    if varying.any():
        rows = rows_of(features, labels, varying, sample_weight)
        softened = expit(logit(scores[:, varying]) / temperature)
        rows = replace(rows, targets=(*rows.targets, softened))
        weights = weight_table(new.label_weights, labels, sample_weight)
        loss = new._loss(None if weights is None else weights[varying])
        _train(new, rows, loss, temperature, 1.0 if Y is None else float(share))
    return new


def _check_options(temperature: Any, share: Any) -> None:
    check_number("temperature", temperature, error=OptionError)
    check_number("share", share, at_most=1, error=OptionError)
    for name, value in (("temperature", temperature), ("share", share)):
        if value == 0:
            msg = f"{name} must be greater than 0, got {value}."
            raise OptionError(msg)


def _labels(new: Any, teacher: Any, X: Any, Y: Any) -> Indicator:
    """Return the true labels, or those that the teacher predicts."""
    if Y is None:
        Y = teacher.predict(X)
    else:
        _check_columns(teacher, X, Y)
    labels = new._check_labels(Y)
    if new._target == "classes":
        msg = (
            "Y, or what the teacher predicts, is a vector of classes, which share one "
            "unit of probability. Distillation is label by label: pass a label matrix, "
            "and fit the teacher on one."
        )
        raise OptionError(msg)
    return labels


def _check_columns(teacher: Any, X: Any, Y: Any) -> None:
    """Refuse labels that are not those of the teacher, in its order."""
    knowing = teacher
    if isinstance(Y, pd.DataFrame) and not hasattr(teacher, "label_names_in_"):
        # A pipeline or a search does not say the names, but what it predicts has them.
        predicted = teacher.predict(some_rows(X, 1))
        if isinstance(predicted, pd.DataFrame):
            names = [str(name) for name in predicted.columns]
            knowing = SimpleNamespace(label_names_in_=names)
    MultiLabelClassifier._check_label_columns(knowing, Y)


def _constants(scores: np.ndarray, labels: Indicator) -> np.ndarray:
    """Return 0 or 1 where teacher and labels never say anything else, else NaN."""
    first = scores[0]
    certain = (scores == first).all(axis=0) & np.isin(first, (0, 1))
    same = labels.constant_labels() & ((labels.counts() > 0) == first)
    return np.where(certain & (same | (labels.n_known() == 0)), first, np.nan)


def _train(student: Any, rows: Rows, loss: Any, temperature: Any, share: float) -> None:
    """Build the network and train it on labels and scores."""
    from mlkit.neural.losses import BinaryCrossEntropy
    from mlkit.neural.training.session import Session

    training, seed = student._settings(), draw_seed(student.random_state)
    watched = None
    if training.validation:
        rows, watched = hold_back(rows, training.validation, seed)
    network, rows, watched = student._built(rows, watched, training, seed)
    session = Session(
        _with_softened(network, temperature),
        [loss, BinaryCrossEntropy()],
        training,
        seed,
        loss_weights=[1.0 - share, share * temperature**2],
    )
    identity = f"{student._identity(rows, training, watched)} {temperature} {share}"
    student.history_ = session.run(rows, watched, identity=identity)
    student.network_ = network


def _with_softened(network: Any, temperature: Any) -> Any:
    """Return a model with the same weights and a second head, the logits over T."""
    import keras

    from mlkit.neural.model import MultiLabelModel

    (logits,) = network.outputs
    over_t = keras.layers.Rescaling(1 / temperature, dtype="float32", name="softened")
    return MultiLabelModel(network.input, [logits, over_t(logits)])
