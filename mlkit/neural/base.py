"""What all networks share: from checked rows to a trained Keras model and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import check_is_fitted

from mlkit.activations import sigmoid
from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import OptionError, ShapeError
from mlkit.fingerprints import fingerprint
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.weighting import LabelWeights, weight_table
from mlkit.neural.training.options import TrainingOptions
from mlkit.neural.training.rows import Rows, as_floats, n_rows_of, take
from mlkit.neural.training.seeding import draw_seed
from mlkit.neural.training.settings import Training, check_training
from mlkit.optional import import_optional
from mlkit.splitting import split_rows
from mlkit.validation import (
    FeatureMatrix,
    Indicator,
    LabelMatrix,
    check_indicator,
    check_same_rows,
)

__all__ = ["NeuralClassifier", "hold_back", "rows_of"]

# The logit of a label that was the same in all training rows: as certain as a float
# can say, and still a number that metrics take.
_CERTAIN = 40.0
# Rows by whose features a training is known again.
_N_TELLING = 100
# What changes nothing in the result of a training, apart from how far it goes.
_NOT_IDENTITY = frozenset({"epochs", "checkpoint", "log", "progress"})


class NeuralClassifier(TrainingOptions, MultiLabelClassifier):
    """Base of the networks.

    A network says in `_build_body` what it looks like up to the layer that gives a
    logit a label, and where its features are no numbers, in `_check_features`,
    `_fit_inputs` and `_inputs` how they become some.

    Attributes
    ----------
    network_ : keras.Model or None
        Gives the logits of the labels that vary in the training rows; None where none
        does. It is not compiled.
    history_ : dict of str to list of float
        ``loss``, ``val_loss``, metrics of the validation rows with ``val_`` before
        their names, and ``learning_rate`` and ``seconds``: a value an epoch.
    n_labels_, classes_, label_names_in_, n_features_in_, feature_names_in_
        As of every learner, see `mlkit.models.BinaryRelevance`.
    """

    _accepts_missing_labels: ClassVar[bool] = True

    loss: Any
    label_weights: LabelWeights
    training: Training | None
    random_state: Any
    network_: Any
    history_: dict[str, list[float]]

    def fit(
        self,
        X: FeatureMatrix,
        y: LabelMatrix,
        *,
        sample_weight: Any = None,
        validation_data: MultiLabelDataset | tuple[Any, Any] | None = None,
        callbacks: Iterable[Any] = (),
    ) -> NeuralClassifier:
        """Build the network and train it.

        Parameters
        ----------
        X : features, n_samples rows
            What the class takes.
        y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix `Y`; NaN where a label is unknown, which then has no
            influence. A vector of classes is accepted too.
        sample_weight : array-like, shape (n_samples,), optional
            Weights of the rows, at least 0.
        validation_data : MultiLabelDataset or tuple (X, Y), optional
            Rows to watch, in place of those that `training` would hold back.
        callbacks : iterable of keras.callbacks.Callback
            Called at the begin and the end of training and of epochs; batches run
            inside of one compiled call, and have none.

        Returns
        -------
        self

        Raises
        ------
        OptionError, UnknownNameError, TypeError
            If an option has no such value.
        IndicatorError, LabelNameError, ShapeError, FeatureTypeError
            If features or labels are not what they should be, or do not fit together.
        OptionalDependencyError
            If Keras is not installed.

        Warns
        -----
        ConstantLabelWarning, UnknownLabelWarning
            As every learner.
        PrecisionWarning
            If numbers vary so little around a large mean that float32 loses them.
        """
        checked, labels, weights = self._check_training(X, y, sample_weight)
        held_back = self._check_validation(validation_data)
        self._fit_network(checked, labels, weights, held_back, callbacks)
        return self

    def decision_function(self, X: FeatureMatrix) -> np.ndarray:
        """Return the logits: the scores before the sigmoid.

        Parameters
        ----------
        X : features, n_samples rows

        Returns
        -------
        ndarray of float64, shape (n_samples, n_labels)
            A label is predicted where its logit is above 0. Where it was constant in
            `fit`, it is 40 or -40. For a vector of two classes: shape (n_samples,).

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If `X` is not as it was in `fit`.
        """
        check_is_fitted(self)
        logits = self._label_scores(self._check_features(X, reset=False))
        two_classes = self._target == "classes" and len(self.classes_) == 2
        return logits[:, 0] if two_classes else logits

    def _settings(self) -> Training:
        """Return how to train, checked."""
        training = self._default_training() if self.training is None else self.training
        check_training(training)
        if training.checkpoint is not None and not isinstance(
            self.random_state, Integral
        ):
            msg = (
                "A training that can be taken up again has to draw the same numbers "
                "again: with Training(checkpoint=...) random_state must be an integer, "
                f"got {self.random_state!r}."
            )
            raise OptionError(msg)
        return training

    def _check_validation(self, given: Any) -> tuple[Any, Indicator] | None:
        """Check rows to watch, as those of training were."""
        if given is None:
            return None
        if isinstance(given, MultiLabelDataset):
            given = given.as_xy(missing="as_nan")
        if not isinstance(given, tuple) or len(given) != 2:
            msg = (
                "validation_data must be a MultiLabelDataset or a tuple (X, Y), got "
                f"{type(given).__name__}."
            )
            raise TypeError(msg)
        return self._checked_again(*given, what="validation_data")

    def _checked_again(self, X: Any, Y: Any, *, what: str) -> tuple[Any, Indicator]:
        """Check features and labels as those of `fit` were."""
        self._check_label_columns(Y)
        labels = self._as_trained(Y)
        features = self._check_features(X, reset=False)
        names = (f"X of {what}", "its Y")
        check_same_rows(n_rows_of(features), labels.shape[0], names=names)
        self._check_order(X, labels)
        if labels.shape[1] != self.n_labels_:
            msg = (
                f"{what} has {labels.shape[1]} labels; expected {self.n_labels_}, "
                "those of fit."
            )
            raise ShapeError(msg)
        return features, labels

    def _as_trained(self, Y: Any) -> Indicator:
        """Return labels, or a vector of classes, as columns of 0 and 1."""
        if self._target != "classes":
            return check_indicator(Y, allow_missing=True)
        shown = self.classes_[1 if len(self.classes_) == 2 else 0 :]
        values = np.asarray(Y).reshape(-1, 1) == shown
        return check_indicator(values, label_names=[str(name) for name in shown])

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._fit_network(X, labels, sample_weight, None, ())

    def _fit_network(
        self,
        X: Any,
        labels: Indicator,
        sample_weight: np.ndarray | None,
        held_back: tuple[Any, Indicator] | None,
        callbacks: Iterable[Any],
    ) -> None:
        """Train on the labels that vary; what is constant is known already."""
        training, seed = self._settings(), draw_seed(self.random_state)
        weights = weight_table(self.label_weights, labels, sample_weight)
        varying = ~labels.constant_labels()
        self._constants = np.where(varying, np.nan, labels.counts() > 0)
        self.network_, self.history_ = None, {}
        if not varying.any():
            return
        rows = rows_of(X, labels, varying, sample_weight)
        watched = None
        if held_back is not None:
            watched = rows_of(*held_back, varying)
        elif training.validation:
            rows, watched = hold_back(rows, training.validation, seed)
        loss = self._loss(None if weights is None else weights[varying])
        self._train(rows, watched, loss, training, seed, callbacks)

    def _train(
        self,
        rows: Rows,
        watched: Rows | None,
        loss: Any,
        training: Training,
        seed: int,
        callbacks: Iterable[Any],
    ) -> None:
        from mlkit.neural.training.session import Session

        network, rows, watched = self._built(rows, watched, training, seed)
        self.history_ = Session(network, loss, training, seed).run(
            rows,
            watched,
            callbacks=callbacks,
            identity=self._identity(rows, training, watched),
            judge=self._judge(training),
        )
        self.network_ = self._completed(network, rows, watched, training, seed)

    def _judge(self, training: Training) -> Any:
        """Return what gives metrics of the rows to watch; None for the usual ones."""
        return None

    def _completed(
        self,
        network: Any,
        rows: Rows,
        watched: Rows | None,
        training: Training,
        seed: int,
    ) -> Any:
        """Return the network with what is learned after its training."""
        return network

    def _built(
        self, rows: Rows, watched: Rows | None, training: Training, seed: int
    ) -> tuple[Any, Rows, Rows | None]:
        """Return the network that fits these rows, and the rows as it takes them."""
        from mlkit.neural.training.session import build

        # The inputs are learned from the rows that are trained on, and from no others.
        self._fit_inputs(rows.X)
        rows = self._ready(rows)
        watched = None if watched is None else self._ready(watched)
        network = build(lambda: self._build_network(rows), training.precision, seed)
        return network, rows, watched

    def _loss(self, weights: np.ndarray | None) -> Any:
        """Return the loss for the labels that vary, and what their values weigh."""
        self._need_keras()
        from mlkit.neural.losses import BinaryCrossEntropy, get_loss

        if weights is None:
            return get_loss(self.loss)
        if self.loss != "binary_cross_entropy":
            msg = (
                "label_weights are weights in the binary cross-entropy, and loss is "
                f"{self.loss!r}. Leave one of the two at its default."
            )
            raise OptionError(msg)
        return BinaryCrossEntropy(label_weights=weights.tolist())

    def _need_keras(self) -> None:
        import_optional("keras", extra="neural", purpose=type(self).__name__)

    def _fit_inputs(self, X: Any) -> None:
        """Learn how checked features become inputs of the network."""

    def _inputs(self, X: Any) -> Any:
        """Return what the network gets for checked features: numbers, as floats."""
        return as_floats(X)

    def _ready(self, rows: Rows) -> Rows:
        return replace(rows, X=self._inputs(rows.X))

    def _build_body(self, X: Any) -> tuple[Any, Any]:
        """Return Keras inputs for rows like `X`, and features, a vector a row."""
        raise NotImplementedError

    def _build_network(self, rows: Rows) -> Any:
        """Return a Keras model from the inputs of `rows` to a logit a label."""
        from mlkit.neural.layers import label_head
        from mlkit.neural.model import MultiLabelModel

        inputs, features = self._build_body(rows.X)
        return MultiLabelModel(inputs, label_head(features, rows.n_labels))

    def _identity(self, rows: Rows, training: Training, watched: Rows | None) -> str:
        """Tell this training from all others that a checkpoint may be of."""
        if training.checkpoint is None:
            return ""
        own = {k: v for k, v in self.get_params(deep=False).items() if k != "training"}
        settings = {
            k: v for k, v in training.get_params().items() if k not in _NOT_IDENTITY
        }
        data = [_telling(rows), None if watched is None else _telling(watched)]
        return fingerprint([type(self).__name__, own, settings, data])

    def _label_scores(self, X: Any) -> np.ndarray:
        """Return the logits of all labels for checked features."""
        outputs = () if self.network_ is None else self._outputs(X)
        return self._all_logits(outputs, n_rows_of(X))

    def _all_logits(self, outputs: tuple[np.ndarray, ...], n_samples: int) -> Any:
        """Put logits of a network into those of all labels, of which some are sure."""
        logits = np.where(self._constants == 1, _CERTAIN, -_CERTAIN)
        logits, varying = np.tile(logits, (n_samples, 1)), np.isnan(self._constants)
        if varying.any():
            logits[:, varying] = outputs[0]
        return logits

    def _outputs(self, X: Any) -> tuple[np.ndarray, ...]:
        """Return what the heads of the network give for checked features."""
        self._need_keras()
        from mlkit.neural.training.forward import outputs_of

        return outputs_of(self.network_, self._inputs(X))

    @classmethod
    def _decides_by_logits(cls) -> bool:
        """Say whether a label is predicted where its logit is above 0."""
        return cls._predict_labels is NeuralClassifier._predict_labels

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return (self._label_scores(X) > 0).astype(np.int8)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return self._proba_of(self._label_scores(X))

    def _proba_of(self, logits: np.ndarray) -> np.ndarray:
        proba = sigmoid(logits)
        constant = ~np.isnan(self._constants)
        proba[:, constant] = self._constants[constant]
        return proba


def _telling(rows: Rows) -> list[Any]:
    """Return by what rows are known again."""
    # Some tell one table from another; pictures on a disk are not read twice.
    some = np.unique(np.linspace(0, len(rows) - 1, _N_TELLING).astype(np.int64))
    return [rows.targets, rows.missing, rows.weights, take(rows.X, some)]


def rows_of(
    X: Any,
    labels: Indicator,
    which: np.ndarray,
    sample_weight: np.ndarray | None = None,
) -> Rows:
    """Return rows with the labels that are to be trained on.

    Parameters
    ----------
    X : features
        Checked.
    labels : Indicator
        Of the same rows.
    which : ndarray of bool, shape (n_labels,)
        Labels that are taken.
    sample_weight : ndarray, shape (n_samples,), optional

    Returns
    -------
    Rows
    """
    missing = None if labels.missing is None else labels.missing[:, which]
    return Rows(X, (labels.values[:, which],), sample_weight, missing)


def hold_back(rows: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Split rows off to watch, each label in its share.

    Parameters
    ----------
    rows : Rows
    share : float or int
        Share of the rows, in (0, 1), or their number.
    seed : int

    Returns
    -------
    trained_on, watched : Rows

    Raises
    ------
    OptionError
        If one of the two would have no row.
    """
    n_samples = len(rows)
    n_watched = round(share * n_samples) if isinstance(share, float) else int(share)
    if not 0 < n_watched < n_samples:
        msg = (
            f"validation={share} of {n_samples} rows leaves {n_samples - n_watched} to "
            f"train on and {n_watched} to watch; both need at least one."
        )
        raise OptionError(msg)
    parts = split_rows(
        rows.targets[0], [n_samples - n_watched, n_watched], random_state=seed
    )
    return rows[parts[0]], rows[parts[1]]
