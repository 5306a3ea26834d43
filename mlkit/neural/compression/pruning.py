"""Pruning: weights that are small become 0, and the others learn to do without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import _check_sample_weight

from mlkit.arguments import check_choice, check_number
from mlkit.exceptions import OptionError
from mlkit.models.weighting import weight_table
from mlkit.neural.base import NeuralClassifier, hold_back, rows_of
from mlkit.neural.compression.networks import (
    check_decides_by_logits,
    copy_of_network,
    network_of,
    with_network,
)
from mlkit.neural.training.seeding import draw_seed, keras_seeds
from mlkit.neural.training.settings import Training, check_training
from mlkit.validation import Indicator

__all__ = ["prune"]

_SCOPES = ("global", "layer")


def prune(
    learner: Any,
    X: Any,
    Y: Any,
    *,
    sparsity: float = 0.8,
    scope: str = "global",
    training: Training | None = None,
    sample_weight: Any = None,
) -> Any:
    """Set the smallest weights of a network to 0, and train the others on.

    Parameters
    ----------
    learner : NeuralClassifier
        Fitted. It is not modified.
    X, Y : features and labels
        What the others are trained on; best the rows of `fit`, and never those that the
        result is judged by.
    sparsity : float, default 0.8
        Share of the weights that become 0, in [0, 1).
    scope : {"global", "layer"}, default "global"
        Whether the smallest weights are looked for in all layers together, or in each
        by itself.
    training : Training, optional
        How the others are trained on; by default as the learner was, without its files.
        Its `precision` has no influence: the layers stay as they are.
    sample_weight : array-like, shape (n_samples,), optional
        Weights of the rows, at least 0.

    Returns
    -------
    NeuralClassifier
        A new fitted learner. Its ``history_`` is that of the training of this function.

    Raises
    ------
    NotFittedError
        If `learner` is not fitted.
    OptionError, UnknownNameError, TypeError
        If an option has no such value, or the network is none that can be pruned: one
        that is quantised already, or learns more than a logit a label.
    IndicatorError, LabelNameError, ShapeError, FeatureTypeError
        If features or labels are not as in `fit`.

    See Also
    --------
    mlkit.neural.compression.quantise, mlkit.neural.compression.to_litert : Fewer bits
        a weight; after pruning, since 0 stays 0.
    mlkit.neural.compression.compare_sizes : What it cost and what it gained.

    Notes
    -----
    Pruned are kernels: the weights of dense layers, convolutions, recurrent layers and
    the projections of attention, whether or not the layer is frozen. Biases, tables of
    embeddings and the numbers of normalisations are not. Of all of them (or of each)
    the ``round(sparsity * size)`` weights that are smallest by their magnitude become
    0, and are set to 0 again after every step of the training, whatever the optimizer
    did [1]_. The order of the rows is the same as in `fit`.

    The shape of the network stays what it was. Neither its memory nor its time become
    less, and its plain file has as many bytes as before. What becomes smaller is the
    *packed* file, as zeros pack to next to nothing: `compare_sizes` measures both.

    Weights of all layers together are the default since small layers, and the last one,
    then keep more of theirs. On enron, 90 of 100 weights of an MLP of 256 and 128 units
    cost about .06 of macro-F1 less than when each layer lost as many.

    At a given sparsity, a large network that was pruned is mostly better than a small
    one that was trained at that size [2]_.

    References
    ----------
    .. [1] S. Han, J. Pool, J. Tran, W. J. Dally. Learning both weights and connections
       for efficient neural networks. NIPS 2015, section 3.
    .. [2] M. Zhu, S. Gupta. To prune, or not to prune: exploring the efficacy of
       pruning for model compression. ICLR 2018 workshop, arXiv:1710.01878.

    Examples
    --------
    >>> import numpy as np
    >>> from mlkit.datasets import make_multilabel
    >>> from mlkit.neural import MLP, Training
    >>> from mlkit.neural.compression import prune
    >>> ds, _ = make_multilabel(60, n_labels=3, random_state=0)
    >>> X, Y = ds.as_xy()
    >>> model = MLP((10,), training=Training(epochs=2), random_state=0).fit(X, Y)
    >>> pruned = prune(model, X, Y, sparsity=0.75)
    >>> hidden = pruned.network_.get_layer("hidden_1").get_weights()[0]
    >>> bool(0.7 < np.mean(hidden == 0) < 0.8)
    True
    """
    network = network_of(learner)
    check_decides_by_logits(learner)
    check_number("sparsity", sparsity, below=1, error=OptionError)
    check_choice("scope", scope, _SCOPES)
    settings = _fine_tuning(learner, training)
    _check_kernels(network)
    features, labels = learner._checked_again(X, Y, what="training data")
    if sample_weight is not None:
        sample_weight = _check_sample_weight(
            sample_weight, labels.values, ensure_non_negative=True
        )
    # The copy has its own random_state: drawing from it leaves the given one alone.
    seed = draw_seed(clone(learner).random_state)
    with keras_seeds(seed):
        pruned = with_network(learner, copy_of_network(network))
    kernels = _kernels(pruned.network_)
    masks = _masks([kernel.numpy() for kernel in kernels], sparsity, scope)
    with _kept_at_zero(kernels, masks):
        pruned.history_ = _train_on(
            pruned, features, labels, sample_weight, settings, seed
        )
    return pruned


def _fine_tuning(learner: NeuralClassifier, training: Training | None) -> Training:
    """Return how to train on, checked."""
    if training is None:
        training = Training() if learner.training is None else clone(learner.training)
        training = training.set_params(checkpoint=None, log=None)
    check_training(training)
    if training.checkpoint is not None:
        msg = (
            "Training(checkpoint=...) takes up the training of a fit again, not the "
            "one that follows pruning. Leave checkpoint=None."
        )
        raise OptionError(msg)
    return training


def _kernels(network: Any) -> list[Any]:
    """Return the weights that are pruned, those of frozen layers among them."""
    return [weight for weight in network.weights if weight.name.endswith("kernel")]


def _check_kernels(network: Any) -> None:
    kernels = _kernels(network)
    if not kernels:
        msg = "The network has no kernels: no dense layer, no convolution."
        raise OptionError(msg)
    whole = [kernel.path for kernel in kernels if "float" not in kernel.dtype]
    if whole:
        msg = (
            f"The weights {whole[0]!r} are quantised already, and cannot be trained "
            "on. Prune first, then quantise: 0 stays 0."
        )
        raise OptionError(msg)


def _masks(kernels: Sequence[np.ndarray], sparsity: float, scope: str) -> list[Any]:
    """Return where weights are kept: those that are not among the smallest."""
    if scope == "layer":
        return [_mask(kernel, sparsity) for kernel in kernels]
    together = _mask(np.concatenate([kernel.ravel() for kernel in kernels]), sparsity)
    ends = np.cumsum([kernel.size for kernel in kernels])[:-1]
    parts = np.split(together, ends)
    return [
        part.reshape(kernel.shape) for part, kernel in zip(parts, kernels, strict=True)
    ]


def _mask(weights: np.ndarray, sparsity: float) -> np.ndarray:
    mask = np.ones(weights.size, dtype=bool)
    # Ties go by position, so that the number is exact and the same on all machines.
    order = np.argsort(np.abs(weights), axis=None, kind="stable")
    mask[order[: round(sparsity * weights.size)]] = False
    return mask.reshape(weights.shape)


@contextmanager
def _kept_at_zero(
    kernels: Sequence[Any], masks: Sequence[np.ndarray]
) -> Iterator[None]:
    """Set weights to 0, now and after every step of any optimizer."""
    before = [kernel.constraint for kernel in kernels]
    for kernel, mask, old in zip(kernels, masks, before, strict=True):
        # Optimizers of all backends end a step with the constraints of the weights.
        kernel.constraint = _masked(mask, old)
        kernel.assign(kernel.constraint(kernel.value))
    try:
        yield
    finally:
        for kernel, old in zip(kernels, before, strict=True):
            kernel.constraint = old


def _masked(mask: np.ndarray, before: Any) -> Any:
    """Return a constraint: 0 outside of a mask, and what the layer itself asks for."""
    import keras

    def masked(weights: Any) -> Any:
        values = keras.ops.convert_to_tensor(weights)
        # Not a product, which would make -0.0 of negative weights.
        return keras.ops.where(mask, values if before is None else before(values), 0)

    return masked


def _train_on(
    learner: Any,
    X: Any,
    labels: Indicator,
    sample_weight: Any,
    training: Training,
    seed: int,
) -> dict[str, list[float]]:
    """Train the network of a fitted learner on, and return the history."""
    from mlkit.neural.training.session import Session

    weights = weight_table(learner.label_weights, labels, sample_weight)
    # As in `fit`, whatever varies in these rows: the network has no other logits.
    varying = np.isnan(learner._constants)
    rows, watched = rows_of(X, labels, varying, sample_weight), None
    if training.validation:
        rows, watched = hold_back(rows, training.validation, seed)
        watched = learner._ready(watched)
    loss = learner._loss(None if weights is None else weights[varying])
    session = Session(learner.network_, loss, training, seed)
    return session.run(learner._ready(rows), watched)
