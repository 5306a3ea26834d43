"""A multi-layer perceptron for tables of numbers and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from mlkit.arguments import check_count, check_number
from mlkit.exceptions import FeatureTypeError, OptionError, names_for_message
from mlkit.models.weighting import LabelWeights
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.moments import channel_moments
from mlkit.neural.tables import codes_of, nominal_columns, values_of
from mlkit.neural.training.settings import Training

__all__ = ["MLP", "check_units"]

_EMBEDDING = "embedding"


class MLP(NeuralClassifier):
    """Multi-layer perceptron with one sigmoid a label.

    Parameters
    ----------
    units : sequence of int, default (20,)
        Units of each hidden layer; empty for none, which is logistic regression of all
        labels at once.
    activation : str, default "relu"
        Of the hidden layers; a name that Keras knows.
    dropout : float, default 0.0
        Share of the hidden units that a step leaves out, in [0, 1).
    l2 : float, default 0.0
        Penalty on the squared weights.
    normalise : bool, default True
        Whether numbers are scaled to mean 0 and variance 1 over the training rows. The
        scaling is part of the network, and is saved with it.
    loss : str or keras.losses.Loss, default "binary_cross_entropy"
        A name of `mlkit.neural.losses`, or a loss of logits.
    label_weights : None, "balanced", DataFrame or ndarray, shape (n_labels, 2)
        What absence and presence of each label weigh in the binary cross-entropy, as in
        `mlkit.models.BinaryRelevance`.
    training : Training, optional
        How it is trained; by default ``Training()``.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows and dropout.

    Attributes
    ----------
    network_ : keras.Model or None
        Gives the logits of the labels that vary in the training rows; None where none
        does. It is not compiled.
    history_ : dict of str to list of float
        ``loss``, ``val_loss``, metrics of the validation rows with ``val_`` before
        their names, and ``seconds``: a value an epoch. `plot_training_curves` draws it.

    See Also
    --------
    KerasMultiLabelClassifier : Takes any network.
    Training : How networks are trained.

    Notes
    -----
    `X` is a table of numbers, dense or sparse, or a DataFrame with columns of text or
    categories. Each value of such a nominal column has a vector of its own, which is
    learned with the rest (entity embeddings [1]_); `embeddings` shows them. Values that
    the training rows do not have share one vector, which is 0.

    References
    ----------
    .. [1] C. Guo, F. Berkhahn. Entity embeddings of categorical variables.
       arXiv 1604.06737, 2016.

    Examples
    --------
    >>> from mlkit.neural import MLP, Training
    >>> X, Y = [[0.0], [1.0], [2.0], [3.0]], [[0, 1], [0, 1], [1, 0], [1, 1]]
    >>> model = MLP((8,), training=Training(epochs=3), random_state=0).fit(X, Y)
    >>> model.predict(X).shape, len(model.history_["loss"])
    ((4, 2), 3)
    """

    def __init__(
        self,
        units: Sequence[int] = (20,),
        *,
        activation: str = "relu",
        dropout: float = 0.0,
        l2: float = 0.0,
        normalise: bool = True,
        loss: Any = "binary_cross_entropy",
        label_weights: LabelWeights = None,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.units = units
        self.activation = activation
        self.dropout = dropout
        self.l2 = l2
        self.normalise = normalise
        self.loss = loss
        self.label_weights = label_weights
        self.training = training
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.categorical = True
        return tags

    def embeddings(self) -> dict[str, pd.DataFrame]:
        """Return the vectors that were learned for the values of nominal columns.

        Returns
        -------
        dict of str to DataFrame
            By column: a row for each value of the training rows, a column a dimension.
            Empty where all columns are numbers.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        """
        check_is_fitted(self)
        if self.network_ is None or not self._nominal:
            return {}
        tables = self.network_.get_layer(_EMBEDDING).tables
        return {
            # The first row is that of all values that are not known.
            name: pd.DataFrame(table.numpy()[1:], index=pd.Index(known, name=name))
            for name, known, table in zip(
                self._nominal, self._values, tables, strict=True
            )
        }

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        if reset:
            self._nominal = nominal_columns(X)
        if not self._nominal:
            return super()._check_features(X, reset=reset)
        if not isinstance(X, pd.DataFrame):
            msg = (
                "X must be a DataFrame, as it was in fit: the columns "
                f"{names_for_message(self._nominal)} hold names. Got "
                f"{type(X).__name__}."
            )
            raise FeatureTypeError(msg)
        # Names and number of the columns; what is in them is looked at apart.
        validate_data(self, X, reset=reset, skip_check_array=True)
        numbers = X.drop(columns=self._nominal)
        if numbers.shape[1]:
            numbers = check_array(numbers, dtype=np.float32, input_name="X")
        return np.asarray(numbers, dtype=np.float32), X[self._nominal].to_numpy(
            dtype=object
        )

    def _fit_inputs(self, X: Any) -> None:
        self._values = [values_of(column) for column in X[1].T] if self._nominal else []

    def _inputs(self, X: Any) -> Any:
        if not self._nominal:
            return super()._inputs(X)
        numbers, names = X
        codes = codes_of(names, self._values)
        return (numbers, codes) if numbers.shape[1] else codes

    def _build_body(self, X: Any) -> tuple[Any, Any]:
        import keras

        check_units(self.units)
        check_number("dropout", self.dropout, below=1, error=OptionError)
        check_number("l2", self.l2, error=OptionError)
        inputs, features = self._input_layers(X)
        for i, units in enumerate(self.units, start=1):
            features = keras.layers.Dense(
                units,
                activation=_checked_activation(self.activation),
                # Keeps the size of the signal from layer to layer (He et al. 2015).
                kernel_initializer="he_uniform",
                kernel_regularizer=keras.regularizers.L2(self.l2) if self.l2 else None,
                name=f"hidden_{i}",
            )(features)
            if self.dropout:
                features = keras.layers.Dropout(self.dropout, name=f"dropout_{i}")(
                    features
                )
        return inputs, features

    def _input_layers(self, X: Any) -> tuple[Any, Any]:
        """Return the inputs, and all of them in one vector a row."""
        import keras

        from mlkit.neural.layers import EntityEmbedding, normalisation

        inputs, parts = [], []
        for numbers in self._numbers_in(X):
            inputs.append(keras.Input(numbers.shape[1:], name="numbers"))
            part = inputs[-1]
            if self.normalise:
                part = normalisation(*channel_moments(numbers, numbers.shape[1]))(part)
            parts.append(part)
        if self._nominal:
            shape = (len(self._nominal),)
            inputs.append(keras.Input(shape, dtype="int32", name="codes"))
            sizes = [len(known) + 1 for known in self._values]
            parts.append(EntityEmbedding(sizes, name=_EMBEDDING)(inputs[-1]))
        if len(parts) == 1:
            return inputs[0], parts[0]
        return inputs, keras.layers.Concatenate(name="features")(parts)

    def _numbers_in(self, X: Any) -> list[Any]:
        """Return the numbers among the inputs; none where all columns are nominal."""
        if not self._nominal:
            return [X]
        return [X[0]] if isinstance(X, tuple) else []


def _checked_activation(name: Any) -> Any:
    import keras

    try:
        return keras.activations.get(name)
    except ValueError as err:
        msg = (
            f"Keras knows no activation {name!r}. Take 'relu', 'gelu', 'tanh' or "
            "another one of keras.activations."
        )
        raise OptionError(msg) from err


def check_units(units: Any) -> None:
    """Check the numbers of units of hidden layers.

    Parameters
    ----------
    units : object

    Raises
    ------
    TypeError
        If it is no sequence of integers.
    OptionError
        If one of them is less than 1.
    """
    if isinstance(units, str) or not isinstance(units, Iterable):
        msg = f"units must be a sequence of numbers, such as (20,); got {units!r}."
        raise TypeError(msg)
    for number in units:
        check_count("units", number, minimum=1, error=OptionError)
