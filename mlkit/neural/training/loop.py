"""The loop of a training: epochs, what is watched, and what is called in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any

import keras
import numpy as np
import pandas as pd

from mlkit.exceptions import DivergedError, OptionError
from mlkit.metrics import METRICS
from mlkit.neural.augmentation import draw_mixing, mix_up
from mlkit.neural.training.forward import outputs_of
from mlkit.neural.training.resuming import Resuming
from mlkit.neural.training.rows import Rows, portions
from mlkit.neural.training.seeding import epoch_generator
from mlkit.neural.training.settings import LOSS, Training
from mlkit.neural.training.steps import compile_steps
from mlkit.progress import progress
from mlkit.writing import write_atomically

__all__ = ["Judge", "train"]

Judge = Callable[[tuple[np.ndarray, ...], Rows], Mapping[str, float]]
"""From the outputs of a network for the validation rows, and these, to metrics."""


def train(
    trainer: Any,
    rows: Rows,
    training: Training,
    *,
    seed: int,
    validation: Rows | None = None,
    judge: Judge | None = None,
    callbacks: Iterable[Any] = (),
    resuming: Resuming | None = None,
) -> dict[str, list[float]]:
    """Train a compiled model.

    Parameters
    ----------
    trainer : keras.Model
        Compiled; its weights are those of the best or last epoch afterwards.
    rows : Rows
    training : Training
    seed : int
        Of the order of the rows, and of the mixing.
    validation : Rows, optional
        Watched after every epoch.
    judge : callable, optional
        Gives metrics of the validation rows; see `Judge`.
    callbacks : iterable of keras.callbacks.Callback
        Called at the begin and the end of training and epochs, not of batches.
    resuming : Resuming, optional
        Keeps the state of the training in a file.

    Returns
    -------
    dict of str to list of float
        ``loss``, ``val_loss``, ``val_`` and the names of the metrics,
        ``learning_rate`` and ``seconds``: a value an epoch.

    Raises
    ------
    DivergedError
        If the loss becomes infinite or NaN.
    """
    watchers = [] if validation is None else _watchers(training)
    called = keras.callbacks.CallbackList(
        [*watchers, *callbacks], model=trainer, epochs=training.epochs
    )
    epochs = _Epochs(trainer, rows, training, seed, validation, judge)
    trainer.stop_training = False
    called.on_train_begin()
    history: dict[str, list[float]] = {}
    if resuming is not None and resuming.exists():
        history = resuming.restore(trainer, watchers)
    start = len(history.get(LOSS, []))
    with _bar(training, start) as bar:
        for epoch in range(start, training.epochs):
            if trainer.stop_training:
                break
            called.on_epoch_begin(epoch)
            logs = epochs.run(epoch)
            if watchers and epoch == start:
                _check_monitored(logs, training.monitor)
            for name, value in logs.items():
                history.setdefault(name, []).append(value)
            called.on_epoch_end(epoch, dict(logs))
            _write_log(training, history)
            if resuming is not None:
                resuming.keep(trainer, watchers, history)
            bar.set_postfix_str(_listed(logs), refresh=False)
            bar.update()
    called.on_train_end()
    if resuming is not None:
        resuming.remove()
    return history


class _Epochs:
    """Runs single epochs: all rows in a new order, then a look at those held back."""

    def __init__(
        self,
        trainer: Any,
        rows: Rows,
        training: Training,
        seed: int,
        validation: Rows | None,
        judge: Judge | None,
    ) -> None:
        self.trainer, self.rows, self.training = trainer, rows, training
        self.seed, self.validation, self.judge = seed, validation, judge
        if training.mixing:
            _check_mixing(rows)
        first = np.arange(min(2, len(rows)))
        self.steps = compile_steps(trainer, self._data(first, epoch_generator(seed, 0)))

    def run(self, epoch: int) -> dict[str, float]:
        """Train for an epoch, and return what is written down of it."""
        began = perf_counter()
        logs = {LOSS: self._train(epoch_generator(self.seed, epoch))}
        if not np.isfinite(logs[LOSS]):
            msg = (
                f"The training diverged: the loss of epoch {epoch + 1} is {logs[LOSS]}."
                " Lower the learning rate, or scale the features."
            )
            raise DivergedError(msg)
        if self.validation is not None:
            logs |= _judged(self.trainer, self.validation, self.judge)
        rate = keras.ops.convert_to_tensor(self.trainer.optimizer.learning_rate)
        seconds = perf_counter() - began
        return logs | {"learning_rate": float(rate), "seconds": seconds}

    def _train(self, rng: np.random.Generator) -> float:
        """Go once over all rows, and return their mean loss."""
        rows, size = self.rows, self.training.batch_size
        widths = [int(np.prod(target.shape[1:], dtype=int)) for target in rows.targets]
        order = rng.permutation(len(rows))
        total = 0.0
        for portion in portions(order, rows.X, sum(widths), batch_size=size):
            loss = self.steps(*self._data(portion, rng), size)
            total += loss * len(portion)
        return total / len(rows)

    def _data(
        self, which: np.ndarray, rng: np.random.Generator
    ) -> tuple[Any, Any, Any]:
        x, y, weights = _as_keras_takes(self.rows, which)
        if self.training.mixing:
            partner, share = draw_mixing(rng, len(y), self.training.mixing)
            x, y = mix_up(x, y, partner=partner, share=share)
        return x, y, weights


def _bar(training: Training, start: int) -> Any:
    return progress(
        total=training.epochs,
        what="training",
        shown=training.progress,
        unit="epoch",
        start=start,
    )


def _listed(logs: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in logs.items())


def _check_mixing(rows: Rows) -> None:
    """Refuse to mix what has no mean: words, classes, several inputs."""
    several = isinstance(rows.X, tuple) or len(rows.targets) > 1
    if several or rows.X.dtype == np.int32:
        msg = (
            "mixing takes the mean of two rows, and there is none of words, of values "
            "of nominal columns, or of classes. Set mixing=0."
        )
        raise OptionError(msg)


def _as_keras_takes(rows: Rows, which: np.ndarray) -> tuple[Any, Any, Any]:
    """Return features, targets and weights of some rows."""
    targets = rows.labels(which)
    y = targets if len(targets) > 1 else targets[0]
    return rows.features(which), y, rows.row_weights(which)


def _judged(trainer: Any, validation: Rows, judge: Judge | None) -> dict[str, float]:
    """Return loss and metrics of the validation rows."""
    outputs = outputs_of(trainer, validation.X)
    y = validation.labels(np.arange(len(validation)))
    several = len(outputs) > 1
    loss = trainer.compute_loss(
        y=y if several else y[0], y_pred=outputs if several else outputs[0]
    )
    logs = {f"val_{LOSS}": float(keras.ops.convert_to_numpy(loss))}
    if not several and (y[0] < 0).all():
        # What is unknown costs nothing, and says nothing.
        logs[f"val_{LOSS}"] = np.nan
    if judge is not None:
        found = judge(outputs, validation)
        logs |= {f"val_{name}": float(value) for name, value in found.items()}
    return logs


def _check_monitored(logs: Mapping[str, float], monitor: str) -> None:
    """Refuse what cannot be told on these rows: no epoch would ever be the best."""
    if np.isnan(logs[f"val_{monitor}"]):
        msg = (
            f"monitor='{monitor}' is not defined on the validation rows: they lack "
            "what it is computed from, such as known labels, or rows with and without "
            "each label. Hold back more rows, or watch something else."
        )
        raise OptionError(msg)


def _watchers(training: Training) -> list[Any]:
    """Return the callbacks that look at the validation rows."""
    monitor = f"val_{training.monitor}"
    up = training.monitor != LOSS and METRICS[training.monitor].greater_is_better
    mode = "max" if up else "min"
    # Also without patience: the weights of the best epoch are what one wants.
    patience = training.epochs if training.patience is None else training.patience
    found = [
        keras.callbacks.EarlyStopping(
            monitor, mode=mode, patience=patience, restore_best_weights=True
        )
    ]
    if training.reduce_patience is not None:
        found.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor,
                mode=mode,
                patience=training.reduce_patience,
                factor=training.reduce_factor,
            )
        )
    return found


def _write_log(training: Training, history: Mapping[str, list[float]]) -> None:
    """Write the history so far; whole each time, so that no line is there twice."""
    if training.log is None:
        return
    table = pd.DataFrame(history)
    table.insert(0, "epoch", np.arange(1, len(table) + 1))
    write_atomically(training.log, table.to_csv(index=False).encode())
