"""One training of one network: built, compiled, run, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import numpy as np

from mlkit.activations import sigmoid
from mlkit.exceptions import OptionError
from mlkit.metrics import score_table
from mlkit.neural.devices import layers_in, resolve_precision
from mlkit.neural.model import MultiLabelModel
from mlkit.neural.training.loop import Judge, train
from mlkit.neural.training.resuming import Resuming
from mlkit.neural.training.rows import UNKNOWN, Rows
from mlkit.neural.training.seeding import keras_seeds
from mlkit.neural.training.settings import LOSS, Training

__all__ = ["Session", "build"]


def build(network: Callable[[], Any], precision: str, seed: int) -> Any:
    """Build a network so that a seed decides about it, in a precision.

    Parameters
    ----------
    network : callable
        Takes nothing and returns a keras.Model.
    precision : str
        As of `Training`.
    seed : int

    Returns
    -------
    keras.Model
    """
    with keras_seeds(seed), layers_in(resolve_precision(precision)):
        return network()


class Session:
    """Trains the weights of a network.

    Parameters
    ----------
    network : keras.Model
        It shares its weights with the model that is trained, and stays uncompiled: what
        only the training needs, such as the moments of the optimizer, goes with it.
    loss : keras.losses.Loss, or sequence of them
        One a head.
    training : Training
    seed : int
    loss_weights : sequence of float, optional
        One a head.
    """

    def __init__(
        self,
        network: Any,
        loss: Any,
        training: Training,
        seed: int,
        *,
        loss_weights: Sequence[float] | None = None,
    ) -> None:
        self.training = training
        self.seed = seed
        with keras_seeds(seed):
            self.trainer = _as_functional(network)
            self.trainer.compile(
                optimizer=_optimizer(training),
                loss=loss,
                loss_weights=loss_weights,
                # XLA compiles for seconds and gains little on a processor.
                jit_compile=keras.backend.backend() == "jax",
            )

    def run(
        self,
        rows: Rows,
        watched: Rows | None = None,
        *,
        callbacks: Iterable[Any] = (),
        identity: str = "",
        judge: Judge | None = None,
    ) -> dict[str, list[float]]:
        """Train.

        Parameters
        ----------
        rows : Rows
            Inputs and targets.
        watched : Rows, optional
            Those of the validation rows.
        callbacks : iterable of keras.callbacks.Callback
        identity : str
            What tells this training from others, for the checkpoint.
        judge : callable, optional
            By default the metrics of the settings, of the first head.

        Returns
        -------
        dict of str to list of float
            The history.
        """
        resuming = None
        if self.training.checkpoint is not None:
            resuming = Resuming(self.training.checkpoint, identity)
        return train(
            self.trainer,
            rows,
            self.training,
            seed=self.seed,
            validation=watched,
            judge=self._judge if judge is None else judge,
            callbacks=callbacks,
            resuming=resuming,
        )

    def _judge(self, outputs: tuple[np.ndarray, ...], rows: Rows) -> dict[str, float]:
        names = dict.fromkeys([self.training.monitor, *self.training.metrics])
        names.pop(LOSS, None)
        if not names:
            return {}
        truth = rows.labels(np.arange(len(rows)))[0]
        logits = outputs[0].astype(np.float64)
        found = score_table(
            np.where(truth == UNKNOWN, np.nan, truth),
            logits > 0,
            logits,
            list(names),
            Y_proba=sigmoid(logits),
        )
        return {name: float(value) for name, value in found.items()}


def _as_functional(network: Any) -> MultiLabelModel:
    """Return a model with the same layers that can be compiled on its own."""
    return MultiLabelModel(_single(network.inputs), _single(network.outputs))


def _single(tensors: Sequence[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else list(tensors)


def _optimizer(training: Training) -> Any:
    """Return a new optimizer of the kind that is wanted."""
    try:
        wanted = keras.optimizers.get(training.optimizer)
    except ValueError as err:
        msg = (
            f"Keras knows no optimizer {training.optimizer!r}. Take 'adam', 'sgd', "
            "'rmsprop' or another one of keras.optimizers."
        )
        raise OptionError(msg) from err
    config = wanted.get_config()
    if training.learning_rate is not None:
        config["learning_rate"] = training.learning_rate
    return type(wanted).from_config(config)
