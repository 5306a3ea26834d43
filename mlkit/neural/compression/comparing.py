"""What smaller networks cost and gain: bytes, milliseconds and F1 in one table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from mlkit.arguments import check_count
from mlkit.exceptions import OptionError
from mlkit.metrics import score_table
from mlkit.neural.compression.litert import LiteRTClassifier
from mlkit.neural.compression.networks import (
    network_of,
    no_advice_to_keras,
    some_rows,
)

__all__ = ["compare_sizes"]

_BATCHES = (1, 64)
_METRICS = ["macro_f1", "subset_accuracy"]


def compare_sizes(
    learners: Mapping[str, Any], X: Any, Y: Any, *, repeats: int = 20
) -> pd.DataFrame:
    """Compare networks by size, time and quality.

    Parameters
    ----------
    learners : mapping of str to NeuralClassifier or LiteRTClassifier
        Fitted, by name; the first is what the others are compared with.
    X, Y : features and labels
        Rows that nothing was trained on.
    repeats : int, default 20
        How often a prediction is timed.

    Returns
    -------
    DataFrame
        A row for each learner, with the columns

        * ``weights``, numbers in the network, and ``zeros``, the share of them that is
          0; missing for a `LiteRTClassifier`, which does not show them.
        * ``bytes``, of the file of the network, and ``packed``, bytes of the same file
          when it is deflated, which is what zip and PNG do.
        * ``times_smaller``, the packed bytes of the first over those of this one.
        * ``ms_1`` and ``ms_64``, median time of `predict_proba` for 1 row and for 64
          rows, in milliseconds.
        * ``macro_f1`` and ``subset_accuracy``, in [0, 1].

    Raises
    ------
    OptionError
        If there are no learners, or no repeats.
    TypeError, NotFittedError
        If one of them is no fitted network.
    IndicatorError, LabelNameError, ShapeError, FeatureTypeError
        If features or labels are not as in `fit`.

    Notes
    -----
    The file is what Keras writes (``.keras``), with the layers but without the options
    of the learner, which `mlkit.persistence.save` adds: a few thousand bytes, the same
    for all. For a `LiteRTClassifier` it is ``network.tflite``. In ``bytes`` zeros take
    as much room as other numbers, and in ``packed`` next to none. Names and options of
    layers are in both, some thousand bytes: of a network with less than ten thousand
    weights they are the larger part, and it hardly becomes smaller.

    ``times_smaller`` compares packed with packed. Trained weights pack badly, to nine
    tenths: the plain file of the first over a packed one would be a ratio that is a
    little larger, and owed to packing alone.

    Times are of this machine and at this moment, after three predictions that do not
    count; they include the checks of features.

    Examples
    --------
    >>> from mlkit.datasets import make_multilabel
    >>> from mlkit.neural import MLP, Training
    >>> from mlkit.neural.compression import compare_sizes, quantise
    >>> ds, _ = make_multilabel(80, n_labels=3, random_state=0)
    >>> X, Y = ds.as_xy()
    >>> model = MLP((200,), training=Training(epochs=2), random_state=0).fit(X, Y)
    >>> table = compare_sizes({"full": model, "8 bits": quantise(model)}, X, Y)
    >>> bool(table.loc["8 bits", "bytes"] < table.loc["full", "bytes"])
    True
    """
    check_count("repeats", repeats, minimum=1, error=OptionError)
    if not isinstance(learners, Mapping) or not learners:
        msg = (
            "learners must map names to fitted networks, such as {'full': model, "
            f"'pruned': prune(model, X, Y)}}; got {learners!r}."
        )
        raise OptionError(msg)
    rows = [_row(learner, X, Y, repeats) for learner in learners.values()]
    table = pd.DataFrame(rows, index=pd.Index(learners, name="learner"))
    ratio = table["packed"].iloc[0] / table["packed"]
    table.insert(4, "times_smaller", ratio)
    return table


def _row(learner: Any, X: Any, Y: Any, repeats: int) -> dict[str, Any]:
    facts = _size(learner)
    for n_rows in _BATCHES:
        facts[f"ms_{n_rows}"] = _milliseconds(learner, some_rows(X, n_rows), repeats)
    return facts | score_table(Y, learner.predict(X), metrics=_METRICS)


def _size(learner: Any) -> dict[str, Any]:
    """Return what the network of a learner is made of, and what it takes on a disk."""
    if isinstance(learner, LiteRTClassifier):
        weights = zeros = np.nan
        content = learner.network_
        packed = _deflated({"network": content})
    else:
        network = network_of(learner)
        weights, zeros = _weights(network)
        content = _keras_file(network)
        packed = _repacked(content)
    return {"weights": weights, "zeros": zeros, "bytes": len(content), "packed": packed}


def _weights(network: Any) -> tuple[int, float]:
    """Return how many weights there are, and the share of those that are 0."""
    arrays = network.get_weights()
    n_weights = sum(array.size for array in arrays)
    return n_weights, sum((array == 0).sum() for array in arrays) / n_weights


def _keras_file(network: Any) -> bytes:
    import keras

    with TemporaryDirectory() as folder, no_advice_to_keras():
        path = Path(folder, "network.keras")
        keras.saving.save_model(network, path)
        return path.read_bytes()


def _repacked(content: bytes) -> int:
    """Return the bytes of a zip whose files are deflated, and not only stored."""
    with zipfile.ZipFile(io.BytesIO(content)) as stored:
        return _deflated({name: stored.read(name) for name in stored.namelist()})


def _deflated(files: Mapping[str, bytes]) -> int:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.tell()


def _milliseconds(learner: Any, X: Any, repeats: int) -> float:
    """Return the median time of a prediction, after some that do not count."""
    times = []
    for _ in range(3 + repeats):
        began = perf_counter()
        learner.predict_proba(X)
        times.append(1000 * (perf_counter() - began))
    return median(times[3:])
