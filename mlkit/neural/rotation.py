"""Weights from pictures without labels: by how much each was turned, is learned."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from mlkit.exceptions import OptionError, ShapeError
from mlkit.neural.conv_net import ConvNet
from mlkit.neural.inputs import as_array
from mlkit.neural.training.seeding import draw_seed
from mlkit.neural.training.settings import LOSS, Training, check_training

__all__ = ["RotationPretraining"]

_ANGLES = np.array([0, 90, 180, 270])


class RotationPretraining(BaseEstimator):
    """Trains the body of a network to tell by how much pictures were turned.

    Parameters
    ----------
    network : ConvNet
        Its style, size, dropout, augmentation and `initial` are those of the network
        that is trained; its loss and weights of labels are not used.
    training : Training, optional
        How it is trained; by default as `network` says. Of its measures, the loss alone
        can be watched.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows, augmentation and dropout.

    Attributes
    ----------
    classifier_ : ConvNet
        What was trained: it takes pictures and tells four classes, the angles.
    history_ : dict of str to list of float
        See `MLP`.

    See Also
    --------
    ConvNet : Takes what was learned as `initial`.

    Notes
    -----
    Every picture is shown in all four ways; which of them it is, a softmax over four
    outputs has to say [1]_. That needs no labels, and can only be answered by what
    knows how the things in the picture stand. The features that the body learns for it
    are then a beginning for labels, of which there may be few.

    Where pictures have no upright, such as those of cells from above, there is nothing
    to be learned; and colours, which a turned picture has as well, are no help and need
    not be noticed.

    An epoch passes over four times as many pictures as there are. They are turned as
    they are read, and never stored. Rows that ``training`` holds back for watching are
    chosen before they are turned, so that no picture is on both sides.

    What differs from the paper: the four copies of a picture are not in the same batch.

    References
    ----------
    .. [1] S. Gidaris, P. Singh, N. Komodakis. Unsupervised representation learning by
       predicting image rotations. ICLR 2018.

    Examples
    --------
    >>> from mlkit.datasets import make_wardrobe
    >>> from mlkit.neural import ConvNet, Training
    >>> X, Y = make_wardrobe(24, image_size=16, random_state=0).as_xy()
    >>> network = ConvNet("mobilenet", width=0.25, training=Training(1), random_state=0)
    >>> pretraining = RotationPretraining(network, random_state=0).fit(X)
    >>> 0 <= pretraining.score(X) <= 1
    True
    >>> network = network.set_params(initial=pretraining.body_weights())
    >>> network.fit(X[:6], Y[:6]).predict_proba(X).shape
    (24, 9)
    """

    classifier_: ConvNet

    def __init__(
        self,
        network: ConvNet,
        *,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.network = network
        self.training = training
        self.random_state = random_state

    @property
    def history_(self) -> dict[str, list[float]]:
        """The history of the training."""
        return self.classifier_.history_

    def fit(self, X: Any, y: Any = None) -> RotationPretraining:
        """Train the body.

        Parameters
        ----------
        X : array-like, shape (n_samples, side, side[, channels])
            Square pictures, as `ConvNet` takes them.
        y : object, optional
            Not used.

        Returns
        -------
        self

        Raises
        ------
        ShapeError
            If these are no square pictures.
        OptionError, UnknownNameError, TypeError
            If an option has no such value.
        """
        if not isinstance(self.network, ConvNet):
            msg = f"network must be a ConvNet, got {self.network!r}."
            raise TypeError(msg)
        X, training = _checked_squares(X), self._settings()
        seed = draw_seed(self.random_state)
        rows, watched = _split(X.shape[0], training.validation, seed)
        classifier = clone(self.network).set_params(
            loss="softmax_cross_entropy",
            label_weights=None,
            training=clone(training).set_params(validation=0.0),
            random_state=seed,
        )
        turned, held_back = Turned(X, rows), Turned(X, watched)
        self.classifier_ = classifier.fit(
            turned,
            turned.angles(),
            validation_data=(held_back, held_back.angles()) if len(watched) else None,
        )
        return self

    def body_weights(self) -> dict[str, list[np.ndarray]]:
        """Return what the body has learned, for the `initial` of a `ConvNet`.

        Returns
        -------
        dict of str to list of ndarray
            By the name of the layer.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        """
        check_is_fitted(self)
        return self.classifier_.body_weights()

    def predict(self, X: Any) -> np.ndarray:
        """Say by how much each picture is turned.

        Parameters
        ----------
        X : array-like, shape (n_samples, side, side[, channels])

        Returns
        -------
        ndarray of int, shape (n_samples,)
            0, 90, 180 or 270 degrees, counter-clockwise.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If the pictures are not as they were in `fit`.
        """
        check_is_fitted(self)
        return np.asarray(self.classifier_.predict(X))

    def score(self, X: Any, y: Any = None) -> float:
        """Return how often the angle is told, over all four of each picture.

        Parameters
        ----------
        X : array-like, shape (n_samples, side, side[, channels])
            Pictures as they stand.
        y : object, optional
            Not used.

        Returns
        -------
        float
            In [0, 1]; guessing gives 0.25.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If the pictures are not as they were in `fit`.
        """
        check_is_fitted(self)
        X = _checked_squares(X)
        turned = Turned(X, np.arange(X.shape[0]))
        return self.classifier_.score(turned, turned.angles())

    def _settings(self) -> Training:
        training = self.network.training if self.training is None else self.training
        training = Training() if training is None else training
        check_training(training)
        if training.monitor != LOSS or training.metrics:
            msg = (
                "Metrics of labels say nothing about angles: monitor and metrics of "
                "the training must be left at their defaults."
            )
            raise OptionError(msg)
        return training


class Turned:
    """Square pictures, each in all four ways to turn it by right angles.

    Parameters
    ----------
    X : array-like, shape (n_samples, side, side[, channels])
    rows : ndarray of int, shape (n_chosen,)
        Which pictures.

    Notes
    -----
    Read like an array of ``4 * n_chosen`` pictures: the four of a picture stand
    together, each turned counter-clockwise by 90 degrees more.

    Examples
    --------
    >>> Turned(np.array([[[1, 2], [3, 4]]]), np.array([0]))[[1]].tolist()
    [[[2, 4], [1, 3]]]
    """

    def __init__(self, X: Any, rows: np.ndarray) -> None:
        self.X, self.rows = X, rows
        self.shape = (len(_ANGLES) * len(rows), *X.shape[1:])
        self.dtype = X.dtype

    def angles(self) -> np.ndarray:
        """Return by how much each picture is turned.

        Returns
        -------
        ndarray of int, shape (4 * n_chosen,)
            Degrees, counter-clockwise.
        """
        return np.tile(_ANGLES, len(self.rows))

    def __getitem__(self, rows: Any) -> np.ndarray:
        pictures, turns = np.divmod(np.arange(self.shape[0])[rows], len(_ANGLES))
        # Each is read once, however many of its four are asked for.
        read, where = np.unique(pictures, return_inverse=True)
        found = np.asarray(self.X[self.rows[read]])[where]
        for turn in range(1, len(_ANGLES)):
            found[turns == turn] = np.rot90(found[turns == turn], turn, axes=(1, 2))
        return found


def _checked_squares(X: Any) -> Any:
    X = as_array(X)
    if len(X.shape) not in (3, 4) or X.shape[1] != X.shape[2]:
        msg = (
            "Only square pictures keep their shape when they are turned: expected X of "
            "shape (n_samples, side, side) or (n_samples, side, side, channels); got "
            f"{tuple(X.shape)}."
        )
        raise ShapeError(msg)
    return X


def _split(n: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of pictures to train on and to watch."""
    n_watched = round(share * n) if isinstance(share, float) else int(share)
    if n_watched >= n or (share and not n_watched):
        msg = (
            f"validation={share} of {n} pictures leaves {n - n_watched} to train on "
            f"and {n_watched} to watch; both need at least one."
        )
        raise OptionError(msg)
    order = np.random.default_rng(seed).permutation(n)
    return np.sort(order[n_watched:]), np.sort(order[:n_watched])
