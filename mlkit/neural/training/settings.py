"""How a network is trained, apart from what it looks like."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import OptionError
from mlkit.metrics import METRICS, get_metric

__all__ = ["LOSS", "PRECISIONS", "Training", "check_training"]

LOSS = "loss"
"""What is watched on the validation rows unless a metric is named."""

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16", "auto")

_PLAIN_ACCURACY = ("accuracy", "acc", "categorical_accuracy")


class Training(BaseEstimator):
    """How a network is trained: steps, watching, stopping, resuming.

    The same settings can be handed to several networks, so that they are compared at
    one budget; `set_params` and grid searches reach them as ``training__epochs``.

    Parameters
    ----------
    epochs : int, default 100
        Passes over the training rows; the most, where `patience` is set.
    batch_size : int, default 32
        Rows a step.
    optimizer : str or keras.optimizers.Optimizer, default "adam"
        A name that Keras knows, or an optimizer; each `fit` works on a copy.
    learning_rate : float or keras LearningRateSchedule, optional
        By default that of the optimizer.
    validation : float or int, default 0.0
        Share of the rows that is held back, in [0, 1), or their number; they are split
        off by iterative stratification. 0 trains on all rows, and nothing is watched,
        unless `fit` is given validation data.
    monitor : str, default "loss"
        What is watched on the validation rows: the loss, or a metric of
        `mlkit.metrics.METRICS` such as ``"macro_f1"``.
    metrics : tuple of str, default ()
        More metrics of the validation rows for the history.
    patience : int, optional
        Training stops after so many epochs without an improvement. With None all epochs
        are run. Whenever validation rows are watched, the weights of the best epoch are
        kept in the end.
    reduce_patience : int, optional
        After so many epochs without an improvement the learning rate is multiplied by
        `reduce_factor`; None leaves it alone.
    reduce_factor : float, default 0.1
        In (0, 1).
    mixing : float, default 0.0
        Mixup: rows and label sets are mixed in pairs, with shares from
        Beta(mixing, mixing) [1]_; 0 mixes nothing.
    precision : {"float32", "mixed_float16", "mixed_bfloat16", "auto"}, default \
"float32"
        In what the layers compute; weights stay float32. ``"auto"`` takes
        mixed_float16 where Keras finds a GPU, mixed_bfloat16 on a TPU, else float32.
    checkpoint : str or Path, optional
        A file in which the state of the training is kept after every epoch. Where it
        exists, `fit` goes on from there, and ends as it would have ended without the
        interruption; when training is done it is removed. Trainings that run at one
        time, such as folds, need a file each.
    log : str or Path, optional
        A CSV file that gets a line an epoch.
    progress : bool, optional
        Whether to show a bar; by default where somebody is looking.

    Notes
    -----
    The order of the rows in an epoch depends on the seed and on the number of the epoch
    alone. That is what makes an interrupted training end like an uninterrupted one.

    References
    ----------
    .. [1] H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz. mixup: Beyond empirical risk
       minimization. ICLR 2018.

    Examples
    --------
    >>> Training(epochs=20, validation=0.2, monitor="macro_f1", patience=3)
    Training(epochs=20, monitor='macro_f1', patience=3, validation=0.2)
    """

    def __init__(
        self,
        epochs: int = 100,
        *,
        batch_size: int = 32,
        optimizer: Any = "adam",
        learning_rate: Any = None,
        validation: float = 0.0,
        monitor: str = LOSS,
        metrics: tuple[str, ...] = (),
        patience: int | None = None,
        reduce_patience: int | None = None,
        reduce_factor: float = 0.1,
        mixing: float = 0.0,
        precision: str = "float32",
        checkpoint: str | Path | None = None,
        log: str | Path | None = None,
        progress: bool | None = None,
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.validation = validation
        self.monitor = monitor
        self.metrics = metrics
        self.patience = patience
        self.reduce_patience = reduce_patience
        self.reduce_factor = reduce_factor
        self.mixing = mixing
        self.precision = precision
        self.checkpoint = checkpoint
        self.log = log
        self.progress = progress


def check_training(training: Training) -> None:
    """Check every setting, before anything is built.

    Parameters
    ----------
    training : Training

    Raises
    ------
    TypeError
        If it is something else, or a setting is of another kind.
    OptionError
        If a setting is out of its range.
    UnknownNameError
        If there is no such metric.
    """
    if not isinstance(training, Training):
        msg = (
            f"training must be a Training(...) or None, got {training!r}. For 20 "
            "epochs: training=Training(epochs=20)."
        )
        raise TypeError(msg)
    for name in ("epochs", "batch_size"):
        check_count(name, getattr(training, name), minimum=1, error=OptionError)
    for name in ("patience", "reduce_patience"):
        if getattr(training, name) is not None:
            check_count(name, getattr(training, name), minimum=1, error=OptionError)
    if isinstance(training.validation, float):
        check_number("validation", training.validation, below=1, error=OptionError)
    else:
        check_count("validation", training.validation, minimum=0, error=OptionError)
    check_number("reduce_factor", training.reduce_factor, below=1, error=OptionError)
    check_number("mixing", training.mixing, error=OptionError)
    check_choice("precision", training.precision, PRECISIONS)
    _check_rate(training)
    _check_files(training)
    if training.monitor != LOSS:
        _check_metric(training.monitor)
    _check_metrics(training.metrics)


def _check_rate(training: Training) -> None:
    """Check the learning rate: a number, or a schedule that nothing else changes."""
    rate = training.learning_rate
    if isinstance(rate, Real):
        check_number("learning_rate", rate, error=OptionError)
        return
    if rate is None:
        rate = getattr(training.optimizer, "_learning_rate", None)
    # A schedule of Keras has a configuration; a variable, as of an optimizer, has none.
    if training.reduce_patience is not None and hasattr(rate, "get_config"):
        msg = (
            "reduce_patience lowers the learning rate, and a schedule sets it anew at "
            "every step. Leave reduce_patience=None, or give learning_rate a number."
        )
        raise OptionError(msg)


def _check_files(training: Training) -> None:
    for name in ("checkpoint", "log"):
        path = getattr(training, name)
        if path is not None and Path(path).is_dir():
            msg = f"{name} must name a file; {path} is a folder."
            raise OptionError(msg)


def _check_metrics(metrics: Any) -> None:
    if isinstance(metrics, str) or not isinstance(metrics, Iterable):
        msg = (
            f"metrics must be a tuple of names, such as ('macro_f1',); got {metrics!r}."
        )
        raise TypeError(msg)
    for name in metrics:
        _check_metric(name)


def _check_metric(name: str) -> None:
    if name in _PLAIN_ACCURACY and name not in METRICS:
        msg = (
            f"'{name}' says nothing about label sets: for several outputs Keras means "
            "the share of rows whose highest output is at the place of the (first) "
            "highest truth. Take 'subset_accuracy', 'hamming_loss' or 'macro_f1'."
        )
        raise OptionError(msg)
    get_metric(name)
