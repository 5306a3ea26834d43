"""One network for features of several kinds, such as a picture and a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from mlkit.arguments import check_number
from mlkit.exceptions import OptionError, ShapeError, names_for_message
from mlkit.models.base import check_row_order
from mlkit.models.weighting import LabelWeights
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.bodies import check_body, features_of
from mlkit.neural.mlp import check_units
from mlkit.neural.training.rows import Rows, n_rows_of, part_of
from mlkit.neural.training.settings import Training
from mlkit.validation import Indicator, LabelMatrix, check_same_rows

__all__ = ["Fusion"]


class Fusion(NeuralClassifier):
    """Network that reads features of several kinds, each with a network of its own.

    Parameters
    ----------
    parts : mapping of str to network
        What reads the features of each kind, two or more:
        ``{"picture": ConvNet(), "text": TextNet()}``. They say what they look like, and
        not how they are trained: that is said here, for all of them at once.
    units : sequence of int, default (64,)
        Units of the hidden layers that read the features of all parts; empty for none.
    dropout : float, default 0.0
        Share of the units of each of these layers that a step leaves out, in [0, 1).
    loss : str or keras.losses.Loss, default "binary_cross_entropy"
        A name of `mlkit.neural.losses`, or a loss of logits.
    label_weights : None, "balanced", DataFrame or ndarray, shape (n_labels, 2)
        What absence and presence of each label weigh in the binary cross-entropy, as in
        `mlkit.models.BinaryRelevance`.
    training : Training, optional
        How it is trained; by default ``Training()``.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows, dropout and augmentation.

    Attributes
    ----------
    parts_ : dict of str to network
        Copies of `parts` that know what the features of the training rows are like,
        such as the vocabulary of a text. They have no weights.
    network_ : keras.Model or None
        See `MLP`. The body of a part is the layer ``network_.get_layer("text.body")``.
    history_ : dict of str to list of float
        See `MLP`.

    See Also
    --------
    TwoHeads : One kind of features, and two targets.
    FeaturePreparation : Columns of a table, texts among them, as one table of numbers.

    Notes
    -----
    `X` is a mapping from the names of the parts to features of the same rows, each as
    its network takes it: ``{"picture": pictures, "text": texts}``. Some rows of it are
    ``{name: features[rows] for name, features in X.items()}``. Tools of scikit-learn
    that cut `X` themselves, such as `cross_val_score`, cannot do that.

    Each network is cut off before its last layer, and what it gives there, a vector a
    row, is put beside those of the others (the "joint representation" of [1]_). All
    weights are trained together. So a label may depend on what is in two parts at once,
    which an average of the predictions of two networks cannot say.

    References
    ----------
    .. [1] T. Baltrusaitis, C. Ahuja, L.-P. Morency. Multimodal machine learning: A
       survey and taxonomy. IEEE Transactions on Pattern Analysis and Machine
       Intelligence 41, 2019, section 3.1.

    Examples
    --------
    >>> from mlkit.datasets import make_sensor_windows
    >>> from mlkit.neural import MLP, Fusion, SequenceNet, Training
    >>> windows, sensors = make_sensor_windows(60, random_state=0)
    >>> X = {"readings": windows.X, "sensor": sensors.to_frame()}
    >>> model = Fusion(
    ...     {"readings": SequenceNet(), "sensor": MLP(())},
    ...     training=Training(epochs=2),
    ...     random_state=0,
    ... )
    >>> model.fit(X, windows.Y).predict_proba(X).shape
    (60, 7)
    """

    parts_: dict[str, NeuralClassifier]

    def __init__(
        self,
        parts: Mapping[str, NeuralClassifier],
        *,
        units: Sequence[int] = (64,),
        dropout: float = 0.0,
        loss: Any = "binary_cross_entropy",
        label_weights: LabelWeights = None,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.parts = parts
        self.units = units
        self.dropout = dropout
        self.loss = loss
        self.label_weights = label_weights
        self.training = training
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.dict = True
        return tags

    def _settings(self) -> Training:
        training = super()._settings()
        if training.mixing:
            msg = (
                "mixing mixes the numbers of one array, and the parts of a Fusion may "
                "be codes of words. Leave it at 0 in Training."
            )
            raise OptionError(msg)
        return training

    def _check_order(self, X: Any, labels: Indicator) -> None:
        for name, table in _tables(X):
            check_row_order(table, labels.index, names=(f"X[{name!r}]", "Y"))

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        """Check the features of each part; return all arrays of all parts in a row."""
        if reset:
            _check_parts(self.parts)
            self.parts_ = {name: clone(part) for name, part in self.parts.items()}
        _check_names(X, self.parts_)
        arrays = {
            name: _as_tuple(_checked(name, part, X[name], reset=reset))
            for name, part in self.parts_.items()
        }
        (first, leading), *others = arrays.items()
        for name, own in others:
            n_rows = n_rows_of(leading), n_rows_of(own)
            check_same_rows(*n_rows, names=(f"X[{first!r}]", f"X[{name!r}]"))
        _check_orders(X)
        if reset:
            self._n_arrays = {name: len(own) for name, own in arrays.items()}
        return tuple(chain(*arrays.values()))

    def _fit_inputs(self, X: Any) -> None:
        for name, own in self._shared_out(X, self._n_arrays):
            self.parts_[name]._fit_inputs(own)
        # A part may give its network more or fewer arrays than it was given.
        one_row = self._part_inputs(part_of(X, np.zeros(1, dtype=np.int64)))
        self._n_inputs = dict(zip(self.parts_, map(len, one_row), strict=True))

    def _inputs(self, X: Any) -> Any:
        return tuple(chain(*self._part_inputs(X)))

    def _part_inputs(self, X: Any) -> list[tuple[Any, ...]]:
        return [
            _as_tuple(self.parts_[name]._inputs(own))
            for name, own in self._shared_out(X, self._n_arrays)
        ]

    def _shared_out(
        self, X: tuple[Any, ...], counts: Mapping[str, int]
    ) -> Iterator[tuple[str, Any]]:
        """Yield each part with its own of the arrays of all of them."""
        arrays = iter(X)
        for name in self.parts_:
            own = tuple(next(arrays) for _ in range(counts[name]))
            yield name, own[0] if len(own) == 1 else own

    def _build_body(self, X: Any) -> tuple[Any, Any]:
        msg = "The networks of the parts are built with their labels, as a whole."
        raise NotImplementedError(msg)

    def _build_network(self, rows: Rows) -> Any:
        import keras

        from mlkit.neural.layers import label_head
        from mlkit.neural.model import MultiLabelModel

        inputs, vectors = [], []
        for name, own in self._shared_out(rows.X, self._n_inputs):
            network = self.parts_[name]._build_network(replace(rows, X=own))
            own_inputs, vector = _embedded(network, name)
            inputs += own_inputs
            vectors.append(vector)
        joined = keras.layers.Concatenate(name="fusion.features")(vectors)
        return MultiLabelModel(inputs, label_head(self._read(joined), rows.n_labels))

    def _read(self, features: Any) -> Any:
        """Return what the hidden layers make of the features of all parts."""
        from keras import layers

        check_units(self.units)
        check_number("dropout", self.dropout, below=1, error=OptionError)
        for i, units in enumerate(self.units, start=1):
            hidden = layers.Dense(
                units,
                activation="relu",
                kernel_initializer="he_uniform",
                name=f"fusion.hidden_{i}",
            )
            dropped = layers.Dropout(self.dropout, name=f"fusion.dropout_{i}")
            features = dropped(hidden(features))
        return features

    def _in_container(self, labels: Any, X: Any) -> LabelMatrix:
        # The names of the rows are those of any table among the parts.
        return super()._in_container(labels, next(_tables(X), (None, None))[1])


def _check_parts(parts: Any) -> None:
    """Refuse what is no mapping of names to two or more networks."""
    if not isinstance(parts, Mapping):
        msg = (
            "parts must map names to networks, such as {'picture': ConvNet(), 'text': "
            f"TextNet()}}; got {parts!r}."
        )
        raise TypeError(msg)
    if len(parts) < 2:
        msg = f"A Fusion has two parts or more; got {names_for_message(list(parts))}."
        raise OptionError(msg)
    for name, network in parts.items():
        # It becomes a part of the names of layers, which are a part of paths.
        if not isinstance(name, str) or not re.fullmatch(r"\w+", name):
            msg = (
                "Names of parts are made of letters, digits and underscores; got "
                f"{name!r}."
            )
            raise OptionError(msg)
        check_body(f"The part {name!r}", network, "Fusion")


def _check_names(X: Any, parts: Mapping[str, Any]) -> None:
    expected = names_for_message(list(parts))
    if not isinstance(X, Mapping):
        msg = (
            f"Fusion takes X as a mapping from the parts {expected} to their features; "
            f"got {type(X).__name__}."
        )
        raise TypeError(msg)
    if set(X) != set(parts):
        msg = (
            f"X has features for {names_for_message(list(X))}; expected {expected}, "
            "the names of the parts."
        )
        raise ShapeError(msg)


def _checked(name: str, part: NeuralClassifier, X: Any, *, reset: bool) -> Any:
    try:
        return part._check_features(X, reset=reset)
    except (TypeError, ValueError) as err:
        err.add_note(f"These are the features of the part {name!r}.")
        raise


def _tables(X: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parts whose rows have names."""
    kinds = (pd.DataFrame, pd.Series)
    return ((name, part) for name, part in X.items() if isinstance(part, kinds))


def _check_orders(X: Any) -> None:
    """Refuse parts that hold the same rows in another order."""
    tables = list(_tables(X))
    for name, table in tables[1:]:
        first, leading = tables[0]
        names = (f"X[{name!r}]", f"X[{first!r}]")
        check_row_order(table, leading.index, names=names)


def _as_tuple(arrays: Any) -> tuple[Any, ...]:
    return arrays if isinstance(arrays, tuple) else (arrays,)


def _embedded(network: Any, name: str) -> tuple[list[Any], Any]:
    """Return new inputs, and what a network without its last layer makes of them.

    As a layer with a name of its own, since two networks have layers, and inputs, of
    the same names.
    """
    import keras

    body = keras.Model(network.inputs, features_of(network), name=f"{name}.body")
    inputs = [
        keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=f"{name}.{tensor.name}")
        for tensor in body.inputs
    ]
    return inputs, body(inputs if len(inputs) > 1 else inputs[0])
