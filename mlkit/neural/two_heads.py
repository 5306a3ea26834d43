"""One network for two targets: label sets, and classes of which each row has one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from mlkit.activations import softmax
from mlkit.arguments import check_number
from mlkit.exceptions import IndicatorError, OptionError
from mlkit.fingerprints import fingerprint
from mlkit.models.base import check_row_order
from mlkit.models.weighting import LabelWeights, weight_table
from mlkit.neural.base import NeuralClassifier, hold_back, rows_of
from mlkit.neural.bodies import check_body, features_of
from mlkit.neural.class_columns import learn_classes
from mlkit.neural.mlp import MLP
from mlkit.neural.training.options import TrainingOptions
from mlkit.neural.training.rows import Rows, n_rows_of
from mlkit.neural.training.seeding import draw_seed
from mlkit.neural.training.settings import LOSS, Training
from mlkit.validation import FeatureMatrix, Indicator, LabelMatrix, check_same_rows

__all__ = ["LabelsAndClasses", "TwoHeads"]

_ALONE = "_labels_alone"
_NAMES = ("n_labels_", "label_names_in_", "n_features_in_", "feature_names_in_")


class LabelsAndClasses(NamedTuple):
    """What `TwoHeads` says about its two targets.

    Parameters
    ----------
    labels, classes : object
        About the label sets, and about the classes.
    """

    labels: Any
    classes: Any


class TwoHeads(TrainingOptions):
    r"""One network for two targets: which labels a row has, and of which class it is.

    Parameters
    ----------
    body : network, optional
        What reads the features, such as ``SequenceNet()``; by default ``MLP()``. It
        says what it looks like, and not how it is trained: that is said here.
    loss_weights : sequence of float, default (1.0, 1.0)
        What the loss of the labels and that of the classes count in the sum that is
        minimised. With several columns of classes the second number is that of each of
        them, or each has its own.
    loss : str or keras.losses.Loss, default "binary_cross_entropy"
        Of the labels: a name of `mlkit.neural.losses`, or a loss of logits. That of the
        classes is the cross-entropy of a softmax.
    label_weights : None, "balanced", DataFrame or ndarray, shape (n_labels, 2)
        What absence and presence of each label weigh in the binary cross-entropy, as in
        `mlkit.models.BinaryRelevance`.
    training : Training, optional
        How it is trained; by default as the body would be. ``"loss"`` is the weighted
        sum, metrics are those of the labels.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows, dropout and augmentation.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,), or list of them
        The classes, sorted; of several columns, those of each.
    class_names_in_ : ndarray of str, shape (n_columns,)
        Names of the columns of classes; only where they were a DataFrame.
    body_ : network
        A trained copy of `body`, which answers for the labels alone, as every learner:
        scorers take it, and it has what its class has, such as `TextNet.attention`.
    network_ : keras.Model or None
        From the inputs of the body to the logits of the labels that vary in the
        training rows, and those of the classes of each column that has more than one.
    history_ : dict of str to list of float
        See `MLP`.
    n_labels_, label_names_in_, n_features_in_, feature_names_in_
        As `body_` has them.

    See Also
    --------
    mlkit.datasets.make_sensor_windows : Data with two targets.
    Fusion : Features of several kinds, and one target.

    Notes
    -----
    It is no classifier of scikit-learn, which knows one target that all columns belong
    to: `fit` and `score` take three arguments, and `predict` gives two answers.

    Both targets are read off the same features, a vector a row [1]_:

    .. math:: L = w_1 L_\text{labels}(z) + w_2 \sum_k
              \text{cross-entropy}(\mathrm{softmax}(u_k), c_k)

    Labels are there or not, each for itself, and have a sigmoid each; classes exclude
    each other, and share one unit of probability. What one target needs may help the
    other, or take room from it: compare with two networks.

    The loss of the labels is a mean over them, and soon small beside that of many
    classes. On `make_sensor_windows`, with a `SequenceNet` and ``Training(epochs=40,
    learning_rate=0.005)``, `score` on other windows is .64 and .89 with the weights
    (1, 1), and .75 and .85 with (1, 0.1); two networks reach .76 and .90.

    Unknown labels (NaN) and unknown classes (NaN or None) have no influence. What is
    constant in the training rows is known without a network.

    References
    ----------
    .. [1] R. Caruana. Multitask learning. Machine Learning 28, 1997.

    Examples
    --------
    >>> from mlkit.datasets import make_sensor_windows
    >>> from mlkit.neural import SequenceNet, Training, TwoHeads
    >>> windows, sensors = make_sensor_windows(60, n_sensors=4, random_state=0)
    >>> model = TwoHeads(SequenceNet(), training=Training(epochs=2), random_state=0)
    >>> proba = model.fit(windows.X, windows.Y, sensors).predict_proba(windows.X)
    >>> proba.labels.shape, proba.classes.shape
    ((60, 7), (60, 4))
    >>> model.predict(windows.X).classes.shape
    (60,)
    """

    _body: NeuralClassifier
    classes_: np.ndarray | list[np.ndarray]

    def __init__(
        self,
        body: NeuralClassifier | None = None,
        *,
        loss_weights: Sequence[float] = (1.0, 1.0),
        loss: Any = "binary_cross_entropy",
        label_weights: LabelWeights = None,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.body = body
        self.loss_weights = loss_weights
        self.loss = loss
        self.label_weights = label_weights
        self.training = training
        self.random_state = random_state

    @property
    def body_(self) -> NeuralClassifier:
        """The body, as a learner of the labels alone."""
        check_is_fitted(self)
        body = copy(self._body)
        if body.network_ is not None:
            body.network_ = _labels_alone(body.network_)
        return body

    def fit(
        self,
        X: FeatureMatrix,
        Y: LabelMatrix,
        classes: Any,
        *,
        sample_weight: Any = None,
        validation_data: tuple[Any, Any, Any] | None = None,
        callbacks: Iterable[Any] = (),
    ) -> TwoHeads:
        """Build the network and train it.

        Parameters
        ----------
        X : features, n_samples rows
            What the body takes.
        Y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix; NaN where a label is unknown.
        classes : array-like, shape (n_samples,), or array-like or DataFrame, shape \
(n_samples, n_columns)
            A class a row: numbers, texts or categories; NaN or None where unknown. Each
            column is a question of its own.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows, at least 0.
        validation_data : tuple (X, Y, classes), optional
            Rows to watch, in place of those that `training` would hold back. Classes
            that the training rows do not have count as unknown there.
        callbacks : iterable of keras.callbacks.Callback
            Called at the begin and the end of training and of epochs.

        Returns
        -------
        self

        Raises
        ------
        OptionError, UnknownNameError, TypeError
            If an option has no such value.
        IndicatorError, LabelNameError, ShapeError, FeatureTypeError
            If features or targets are not what they should be, or do not fit together.
        OptionalDependencyError
            If Keras is not installed.

        Warns
        -----
        ConstantLabelWarning, UnknownLabelWarning
            As every learner.
        """
        body = self._body = self._new_body()
        features, labels, weights = body._check_training(X, Y, sample_weight)
        if body._target == "classes":
            msg = (
                f"Y must be a matrix with a column of 0/1 a label; got {np.shape(Y)}. "
                "Classes are the third argument: fit(X, Y, classes)."
            )
            raise IndicatorError(msg)
        self._columns = learn_classes(classes, labels)
        _check_class_order(X, classes)
        self._take_names()
        varying = ~labels.constant_labels()
        body._constants = np.where(varying, np.nan, labels.counts() > 0)
        codes, _ = self._columns.codes(classes)
        rows = self._rows(features, labels, codes, weights)
        watched = self._watched(validation_data)
        self._train(rows, watched, self._losses(labels, weights), callbacks)
        return self

    def predict(self, X: FeatureMatrix) -> LabelsAndClasses:
        """Predict labels and classes.

        Parameters
        ----------
        X : features, n_samples rows
            As in `fit`.

        Returns
        -------
        labels : ndarray, DataFrame or csr_array of int64, shape (n_samples, n_labels)
            In the container of `Y` in `fit`.
        classes : ndarray or DataFrame
            The most probable class of each row, shape (n_samples,); of several columns
            shape (n_samples, n_columns), a DataFrame where it was one in `fit`.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If `X` is not as it was in `fit`.
        """
        check_is_fitted(self)
        logits, proba = self._read(X)
        index = X.index if isinstance(X, pd.DataFrame) else None
        classes = self._columns.in_container(_decided(proba), index)
        return LabelsAndClasses(self._decided_labels(logits, X), classes)

    def predict_proba(self, X: FeatureMatrix) -> LabelsAndClasses:
        """Predict P(label = 1 | x) of each label, and P(class | x).

        Parameters
        ----------
        X : features, n_samples rows
            As in `fit`.

        Returns
        -------
        labels : ndarray of float64, shape (n_samples, n_labels)
            Values in [0, 1]; a row sums to anything between 0 and n_labels.
        classes : ndarray of float64, shape (n_samples, n_classes), or list of them
            Rows sum to one; the columns are `classes_`. Of several columns of classes,
            one array each.

        Raises
        ------
        NotFittedError, ValueError
            As `predict`.
        """
        check_is_fitted(self)
        logits, proba = self._read(X)
        classes = proba if isinstance(self.classes_, list) else proba[0]
        return LabelsAndClasses(self._body._proba_of(logits), classes)

    def score(
        self, X: FeatureMatrix, Y: LabelMatrix, classes: Any, sample_weight: Any = None
    ) -> LabelsAndClasses:
        """Return the subset accuracy of the labels and the accuracy of the classes.

        Parameters
        ----------
        X : features, n_samples rows
            As in `fit`.
        Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
            True labels; NaN where unknown.
        classes : as in `fit`
            True classes. Rows whose class is unknown do not count.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        labels : float
            Share of the rows with every label right, in [0, 1].
        classes : float or Series of float, shape (n_columns,)
            Share of the rows with the right class, in [0, 1]; of several columns, that
            of each. NaN where no class is known.

        Raises
        ------
        LabelNameError
            If columns are not those of `fit`, in order.
        """
        check_is_fitted(self)
        self._body._check_label_columns(Y)
        logits, proba = self._read(X)
        predicted = self._decided_labels(logits, X)
        labels = self._body._score_of(predicted, Y, sample_weight)
        rates = self._columns.accuracies(_decided(proba), classes, sample_weight)
        return LabelsAndClasses(labels, rates)

    def _new_body(self) -> NeuralClassifier:
        body = MLP() if self.body is None else self.body
        check_body("body", body, "TwoHeads")
        return clone(body).set_params(
            loss=self.loss,
            label_weights=self.label_weights,
            training=self.training,
            random_state=self.random_state,
        )

    def _default_training(self) -> Training:
        return self._new_body()._default_training()

    def _take_names(self) -> None:
        """Have the names and numbers that other learners have."""
        values = self._columns.values
        one = self._columns.container == "vector"
        self.classes_ = values[0] if one else list(values)
        for name in _NAMES:
            # A second fit must not keep what only the first one had.
            self.__dict__.pop(name, None)
            if hasattr(self._body, name):
                setattr(self, name, getattr(self._body, name))
        self.__dict__.pop("class_names_in_", None)
        if self._columns.container == "frame":
            self.class_names_in_ = np.array(self._columns.names, dtype=object)

    def _rows(
        self,
        X: Any,
        labels: Indicator,
        codes: np.ndarray,
        sample_weight: np.ndarray | None = None,
    ) -> Rows:
        """Return features and targets: the labels that vary, then the classes."""
        varying = np.isnan(self._body._constants)
        rows = rows_of(X, labels, varying, sample_weight)
        classes = self._columns.targets(codes)
        if varying.any():
            return replace(rows, targets=(*rows.targets, *classes))
        return replace(rows, targets=classes, missing=None)

    def _watched(self, given: Any) -> Rows | None:
        """Check rows to watch, as those of training were."""
        if given is None:
            return None
        if not isinstance(given, tuple) or len(given) != 3:
            size = f" of {len(given)}" if isinstance(given, tuple) else ""
            msg = (
                "validation_data must be a tuple (X, Y, classes), got "
                f"{type(given).__name__}{size}."
            )
            raise TypeError(msg)
        X, Y, classes = given
        _check_class_order(X, classes)
        # Nothing comes back for nothing alone.
        checked = cast(tuple[Any, Indicator], self._body._check_validation((X, Y)))
        (features, labels), (codes, _) = checked, self._columns.codes(classes)
        check_same_rows(labels.shape[0], len(codes), names=("validation Y", "classes"))
        return self._rows(features, labels, codes)

    def _losses(
        self, labels: Indicator, sample_weight: np.ndarray | None
    ) -> list[tuple[Any, float]]:
        """Return the loss of each head, and what it counts."""
        of_labels, *of_columns = self._checked_loss_weights()
        self._body._need_keras()
        from mlkit.neural.losses import SoftmaxCrossEntropy

        found: list[tuple[Any, float]] = []
        table = weight_table(self.label_weights, labels, sample_weight)
        varying = np.isnan(self._body._constants)
        if varying.any():
            table = None if table is None else table[varying]
            found.append((self._body._loss(table), of_labels))
        heads = zip(self._columns.values, of_columns, strict=True)
        return found + [(SoftmaxCrossEntropy(), w) for v, w in heads if len(v) > 1]

    def _checked_loss_weights(self) -> list[float]:
        """Return a weight for the labels and one for each column of classes."""
        given = self.loss_weights
        if isinstance(given, str) or not isinstance(given, Iterable):
            msg = f"loss_weights must be numbers, such as (1.0, 0.5); got {given!r}."
            raise TypeError(msg)
        weights, n_columns = list(given), len(self._columns.values)
        for weight in weights:
            check_number("loss_weights", weight, error=OptionError)
        if len(weights) == 2:
            return [weights[0], *[weights[1]] * n_columns]
        if len(weights) != 1 + n_columns:
            msg = (
                "loss_weights must be two numbers, for labels and classes, or one for "
                f"the labels and each column of classes ({n_columns}); got {given!r}."
            )
            raise OptionError(msg)
        return weights

    def _settings(self) -> Training:
        training = self._body._settings()
        if training.mixing:
            msg = (
                "mixing mixes the rows of one target, and there are two. Leave it at 0 "
                "in Training."
            )
            raise OptionError(msg)
        if np.isnan(self._body._constants).any():
            return training
        # Metrics are those of the labels, and none of these is left to be learned.
        return copy(training).set_params(monitor=LOSS, metrics=())

    def _train(
        self,
        rows: Rows,
        watched: Rows | None,
        losses: list[tuple[Any, float]],
        callbacks: Iterable[Any],
    ) -> None:
        body, training = self._body, self._settings()
        seed = draw_seed(self.random_state)
        self.network_ = body.network_ = None
        self.history_ = body.history_ = {}
        if not losses:
            return
        from mlkit.neural.training.session import Session, build

        if watched is None and training.validation:
            rows, watched = _held_back(rows, training.validation, seed)
        # The inputs are learned from the rows that are trained on, and from no others.
        body._fit_inputs(rows.X)
        rows = body._ready(rows)
        network = build(lambda: self._build_network(rows), training.precision, seed)
        of_heads, weights = map(list, zip(*losses, strict=True))
        watched = None if watched is None else body._ready(watched)
        session = Session(network, of_heads, training, seed, loss_weights=weights)
        self.history_ = body.history_ = session.run(
            rows,
            watched,
            callbacks=callbacks,
            identity=fingerprint([body._identity(rows, training, watched), weights]),
        )
        self.network_ = network
        if np.isnan(body._constants).any():
            body.network_ = network

    def _build_network(self, rows: Rows) -> Any:
        """Return the network of the body with more heads."""
        import keras

        from mlkit.neural.model import MultiLabelModel

        has_labels = np.isnan(self._body._constants).any()
        # Without labels to learn, the body gets one that no row has, and loses it.
        none = replace(rows, targets=(np.zeros((len(rows), 1)),))
        network = self._body._build_network(rows if has_labels else none)
        features = features_of(network)
        heads = network.outputs[:1] if has_labels else []
        sizes = map(len, self._columns.values)
        heads += [
            keras.layers.Dense(n, dtype="float32", name=f"classes_{k}")(features)
            for k, n in enumerate(sizes, start=1)
            if n > 1
        ]
        inputs = network.inputs
        return MultiLabelModel(inputs if len(inputs) > 1 else inputs[0], heads)

    def _read(self, X: Any) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return the logits of all labels, and P(class | x) of each column of classes.

        The network, of which both are heads, runs once.
        """
        body = self._body
        features = body._check_features(X, reset=False)
        n_samples, outputs = n_rows_of(features), self._outputs(features)
        # Those of the classes are the last ones, also where no label is learned.
        n_heads = sum(len(values) > 1 for values in self._columns.values)
        heads = iter(outputs[len(outputs) - n_heads :])
        proba = [
            softmax(next(heads)) if len(values) > 1 else np.ones((n_samples, 1))
            for values in self._columns.values
        ]
        return body._all_logits(outputs, n_samples), proba

    def _outputs(self, features: Any) -> tuple[np.ndarray, ...]:
        if self.network_ is None:
            return ()
        self._body._need_keras()
        from mlkit.neural.training.forward import outputs_of

        return outputs_of(self.network_, self._body._inputs(features))

    def _decided_labels(self, logits: np.ndarray, X: Any) -> LabelMatrix:
        return self._body._in_container((logits > 0).astype(np.int8), X)


def _labels_alone(network: Any) -> Any:
    """Return the network without the heads of the classes; the same one each time."""
    from mlkit.neural.model import MultiLabelModel

    alone = getattr(network, _ALONE, None)
    if alone is None:
        inputs = network.inputs
        alone = MultiLabelModel(
            inputs if len(inputs) > 1 else inputs[0], network.outputs[0]
        )
        # Past the hooks with which Keras looks for layers in all that is set.
        object.__setattr__(network, _ALONE, alone)
    return alone


def _check_class_order(X: Any, classes: Any) -> None:
    if isinstance(classes, (pd.DataFrame, pd.Series)):
        check_row_order(X, classes.index, names=("X", "classes"))


def _decided(proba: list[np.ndarray]) -> np.ndarray:
    return np.column_stack([each.argmax(axis=1) for each in proba])


def _held_back(rows: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Split rows off to watch, each label and each class in its share."""
    known = sp.csr_array(sp.hstack([sp.csr_array(t == 1) for t in rows.targets]))
    places = Rows(np.arange(len(rows)), (known,))
    first, second = hold_back(places, share, seed)
    return rows[first.X], rows[second.X]
