"""LiteRT: networks in files for a runtime of a few megabytes, 8 bits a weight."""

from __future__ import annotations

import importlib
import json
import platform
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.activations import sigmoid
from mlkit.exceptions import ModelFileError, OptionError
from mlkit.models.base import MultiLabelClassifier
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.compression.networks import (
    check_decides_by_logits,
    copy_in_float32,
    network_of,
)
from mlkit.neural.inputs import check_arrays
from mlkit.neural.pictures import check_scale
from mlkit.neural.training.rows import n_rows_of, portions, take
from mlkit.optional import import_optional
from mlkit.validation import Indicator, check_label_names
from mlkit.writing import atomic_file

__all__ = ["LiteRTClassifier", "to_litert"]

_NETWORK, _ABOUT = "network.tflite", "about.json"
_KIND, _FORMAT = "mlkit network for LiteRT", 1
_BATCH = 512


def to_litert(
    learner: Any,
    path: str | Path,
    *,
    quantise: bool = True,
    representative: Any = None,
    overwrite: bool = False,
) -> Path:
    """Write the network of a learner into a small file for LiteRT.

    Parameters
    ----------
    learner : NeuralClassifier
        Fitted, with numbers or pictures as features; not modified.
    path : str or Path
        Of the zip that is written. Folders above it are created.
    quantise : bool, default True
        Whether weights are stored in 8 bits; else in 32.
    representative : features, optional
        Some rows like those that will be predicted, a hundred or so. With them what
        the layers pass on is computed in 8 bits, too.
    overwrite : bool, default False
        Whether a file at `path` is replaced.

    Returns
    -------
    Path
        Of the zip; `LiteRTClassifier` predicts with it.

    Raises
    ------
    TypeError, NotFittedError
        If `learner` is no fitted network of the kit.
    OptionError
        If Keras computes with something else than TensorFlow; if features are words or
        names, labels were a vector of classes, or LiteRT has no such operations.
    FileExistsError
        If something is at `path` that is not to be replaced.

    See Also
    --------
    LiteRTClassifier : Reads the file.
    mlkit.neural.compression.quantise : For dense layers, on every backend.
    mlkit.neural.compression.prune : Before this: zeros stay zeros, and pack well.

    Notes
    -----
    LiteRT is TensorFlow Lite under its new name. The zip holds ``network.tflite``,
    which any of its runtimes takes (rows of floats in, logits out), and ``about.json``
    with names of labels, those that were constant in `fit`, the range of pixels, and
    versions. The zip is deflated: of a pruned network it is far smaller than what is in
    it.

    By default weights of dense layers and convolutions are whole numbers from -127 to
    127 with a scale a column or filter ("dynamic range"); those of layers with less
    than 1,024 weights stay floats. Kernels for 8 bits round what comes into a layer on
    the way, row by row. That needs no data and costs next to nothing.

    With `representative` rows, the range of what goes in and out of each layer is
    measured on them and fixed, so that a processor without floats could compute most of
    it. A range is one for all features: where one goes to 1000 and another to 1, the
    second is lost. So it suits pictures, and hardly tables.

    Recurrent layers (LSTM, GRU) cannot be written. Dropout and augmentation do nothing
    in a prediction and are left out.

    Examples
    --------
    With a fitted `model`, where Keras computes with TensorFlow:

    >>> path = to_litert(model, "flags.zip")  # doctest: +SKIP
    >>> LiteRTClassifier(path).predict(X)  # doctest: +SKIP
    """
    network = network_of(learner)
    check_decides_by_logits(learner)
    _check_exportable(learner, network, quantise, representative)
    target = Path(path)
    if target.exists() and not overwrite:
        msg = f"{path} exists. Write under another name, or pass overwrite=True."
        raise FileExistsError(msg)
    rows = None if representative is None else _ready(learner, representative)
    content = _converted(network, quantise, rows)
    about = json.dumps(_about(learner, network), indent=2)
    with (
        atomic_file(target) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        packed.writestr(_ABOUT, about)
        packed.writestr(_NETWORK, content)
    return target


def _check_exportable(
    learner: NeuralClassifier, network: Any, quantise: bool, representative: Any
) -> None:
    import keras

    problem = ""
    if keras.backend.backend() != "tensorflow":
        problem = (
            "LiteRT files are written by TensorFlow, and Keras computes with "
            f"{keras.backend.backend()} here. Save the learner with mlkit.persistence, "
            "load it where KERAS_BACKEND=tensorflow is set, and export it there"
        )
    elif len(network.inputs) > 1 or "float" not in network.inputs[0].dtype:
        problem = (
            f"{type(learner).__name__} turns names or words of these features into "
            "numbers, which a LiteRT file cannot do. Export networks of numbers and "
            "pictures"
        )
    elif learner._target == "classes":
        problem = (
            "The learner was fitted on a vector of classes, and a LiteRT file is about "
            "labels. Fit it on a label matrix"
        )
    elif representative is not None and not quantise:
        problem = "representative rows are for quantise=True"
    if problem:
        msg = f"{problem}."
        raise OptionError(msg)


def _ready(learner: NeuralClassifier, rows: Any) -> np.ndarray:
    """Return rows as the network takes them."""
    features = learner._inputs(learner._check_features(rows, reset=False))
    taken = take(features, np.arange(n_rows_of(features)))
    return taken.astype(np.float32, copy=False)


def _converted(network: Any, quantise: bool, representative: Any) -> bytes:
    """Return the bytes of a ``.tflite`` file."""
    import tensorflow as tf

    # The runtime has no operations in half precision.
    network = copy_in_float32(network)
    given = network.inputs[0]
    spec = tf.TensorSpec((None, *given.shape[1:]), tf.float32, name="features")
    module = tf.Module()
    # The converter finds the variables by what holds them.
    module.held = [variable.value for variable in network.variables]
    module.call = tf.function(lambda x: network(x, training=False))
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [module.call.get_concrete_function(spec)], module
    )
    if quantise:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if representative is not None:
        converter.representative_dataset = lambda: _one_by_one(representative)
    try:
        return converter.convert()
    except Exception as err:
        # The converter has errors of several kinds, of pages each.
        first = str(err).strip().partition("\n")[0].rpartition("error: ")[2]
        msg = (
            f"LiteRT cannot do what this network does ({first[:200]}). What works: "
            "dense layers, convolutions, pooling, normalisation; not recurrent layers."
        )
        raise OptionError(msg) from err


def _one_by_one(rows: np.ndarray) -> Iterator[list[np.ndarray]]:
    for i in range(len(rows)):
        yield [rows[i : i + 1]]


def _about(learner: NeuralClassifier, network: Any) -> dict[str, Any]:
    """Return what the file says about the network, for JSON."""
    constants = [None if np.isnan(c) else int(c) for c in learner._constants]
    return {
        "kind": _KIND,
        "format": _FORMAT,
        "label_names": _names(learner, "label_names_in_"),
        "feature_names": _names(learner, "feature_names_in_"),
        "container": learner._target,
        "constants": constants,
        "input_shape": list(network.inputs[0].shape[1:]),
        "pixel_range": getattr(learner, "_pixel_range", None),
        "versions": {
            "python": platform.python_version(),
            "keras": version("keras"),
            "tensorflow": version("tensorflow"),
        },
    }


def _names(learner: Any, attribute: str) -> list[str] | None:
    names = getattr(learner, attribute, None)
    return None if names is None else [str(name) for name in names]


class LiteRTClassifier(MultiLabelClassifier):
    """A network in a LiteRT file, as a learner that predicts and cannot be trained.

    Parameters
    ----------
    path : str or Path
        What `to_litert` has written. It is read at once, and not needed any more.

    Attributes
    ----------
    network_ : bytes
        The ``.tflite`` file in it, for other runtimes.
    input_shape_ : tuple of int
        Shape of a row.
    n_labels_, classes_, label_names_in_, n_features_in_, feature_names_in_
        As of the learner that was written.

    Raises
    ------
    FileNotFoundError
        If there is nothing at `path`.
    ModelFileError
        If it is no such file, is damaged, or has a newer format.

    See Also
    --------
    to_litert : Writes the file.

    Notes
    -----
    It predicts with the package ``ai_edge_litert`` where that is installed, and needs
    neither Keras nor TensorFlow then; else with the runtime in TensorFlow. The runtime
    is compiled code that reads the file: have files from people whom you trust.

    Examples
    --------
    >>> model = LiteRTClassifier("flags.zip")  # doctest: +SKIP
    >>> model.predict(ds.X)  # doctest: +SKIP
    """

    # Made when it is first needed.
    _runtime: _Runtime | None = None
    # Of pictures; None also in files that were written before it was kept.
    _pixel_range: tuple[float, float] | None = None

    def __init__(self, path: str | Path) -> None:
        self.path = path
        with _refusals(Path(path)):
            self._set_facts(*_read(Path(path)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        # The runtime cannot be copied; it is made anew from the file.
        state = super().__getstate__()
        return {key: value for key, value in state.items() if key != "_runtime"}

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> LiteRTClassifier:
        """Refuse: a LiteRT file cannot be trained.

        Parameters
        ----------
        X, y, sample_weight : object

        Raises
        ------
        OptionError
            Always.
        """
        msg = "A LiteRT file cannot be trained. Fit the network, and write it anew."
        raise OptionError(msg)

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self.fit(X, labels)

    def _set_facts(self, about: dict[str, Any], network: bytes) -> None:
        self.network_ = network
        self._constants = np.array(about["constants"], dtype=np.float64)
        self._target = about["container"]
        self.n_labels_ = len(self._constants)
        self.classes_ = np.tile([0, 1], (self.n_labels_, 1))
        if about["label_names"] is not None:
            names = check_label_names(about["label_names"], self.n_labels_)
            self.label_names_in_ = np.array(names, dtype=object)
        self.input_shape_ = tuple(int(n) for n in about["input_shape"])
        if about.get("pixel_range") is not None:
            low, high = about["pixel_range"]
            self._pixel_range = float(low), float(high)
        if len(self.input_shape_) == 1:
            self.n_features_in_ = self.input_shape_[0]
            if about["feature_names"] is not None:
                self.feature_names_in_ = np.array(about["feature_names"], dtype=object)

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        if len(self.input_shape_) == 1:
            return super()._check_features(X, reset=reset)
        n_axes = len(self.input_shape_) + 1
        X = check_arrays(self, X, reset=reset, n_axes=(n_axes,))
        if self._pixel_range is not None:
            check_scale(X, self._pixel_range)
        return X

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return self._with_constants(X, lambda logits: logits > 0).astype(np.int8)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return self._with_constants(X, sigmoid)

    def _with_constants(self, X: Any, of_logits: Any) -> np.ndarray:
        answers = np.tile(self._constants, (n_rows_of(X), 1))
        answers[:, np.isnan(self._constants)] = of_logits(self._logits(X))
        return answers

    def _logits(self, X: Any) -> np.ndarray:
        if self._runtime is None:
            self._runtime = _Runtime(self.network_, Path(self.path))
        parts = [
            self._runtime(take(X, rows[start : start + _BATCH]))
            for rows in portions(np.arange(n_rows_of(X)), X, 0, batch_size=_BATCH)
            for start in range(0, len(rows), _BATCH)
        ]
        return np.concatenate(parts).astype(np.float64)


class _Runtime:
    """A network that is ready to run, for one number of rows at a time."""

    def __init__(self, network: bytes, path: Path) -> None:
        try:
            self.interpreter = _interpreter(network)
        except ValueError as err:
            msg = f"The network in it is damaged: {err}"
            raise ModelFileError(msg, path=path) from err
        self.input = self.interpreter.get_input_details()[0]["index"]
        self.output = self.interpreter.get_output_details()[0]["index"]
        self.shape: tuple[int, ...] = ()

    def __call__(self, x: np.ndarray) -> np.ndarray:
        if x.shape != self.shape:
            self.interpreter.resize_tensor_input(self.input, x.shape)
            self.interpreter.allocate_tensors()
            self.shape = x.shape
        self.interpreter.set_tensor(self.input, x.astype(np.float32, copy=False))
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.output)


def _interpreter(network: bytes) -> Any:
    """Return LiteRT's own interpreter where it is installed, else TensorFlow's."""
    try:
        home = importlib.import_module("ai_edge_litert.interpreter")
    except ImportError:
        purpose = "LiteRTClassifier (or the package 'ai_edge_litert')"
        home = import_optional("tensorflow", extra="neural", purpose=purpose).lite
    with warnings.catch_warnings():
        # It advises the package that is taken above where it is installed.
        warnings.filterwarnings("ignore", r"\s*Warning: tf\.lite\.Interpreter is depr")
        return home.Interpreter(model_content=network)


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return what the file says about the network, and the network."""
    with zipfile.ZipFile(path) as packed:
        about = dict(json.loads(packed.read(_ABOUT)))
        if about["kind"] != _KIND:
            msg = f"It holds another kind of thing, {about['kind']!r}."
            raise ValueError(msg)
        if about["format"] > _FORMAT:
            msg = (
                f"It has format {about['format']}, and this mlkit reads up to "
                f"{_FORMAT}. Take the mlkit that wrote it, or a newer one."
            )
            raise ModelFileError(msg, path=path)
        return about, packed.read(_NETWORK)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Say of a file that cannot be read what it should have been."""
    try:
        yield
    except ModelFileError:
        raise
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as err:
        msg = f"It is no file that to_litert wrote, or a damaged one ({err})."
        raise ModelFileError(msg, path=path) from err
