"""Curves of a training that is running: one picture in place, as often as it can."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import AbstractContextManager
from time import perf_counter
from types import TracebackType
from typing import Any, Self

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure

from mlkit.arguments import check_count
from mlkit.exceptions import ScoresError, unknown_name
from mlkit.optional import import_optional
from mlkit.plots.style import detached_figure, figure_png, use_style
from mlkit.plots.training_curves import plot_training_curves
from mlkit.progress import in_kernel, progress, progress_place
from mlkit.widgets.base import image_html

__all__ = ["LiveCurves"]

_SIZE = (8.0, 4.0)
_SHORTEST_PAUSE = 0.2
# Drawing takes at most one part in so many of the time, however fast epochs follow.
_SHARE = 20
# What networks write down of an epoch beside the metrics.
_NO_CURVES = ("learning_rate", "seconds")


class LiveCurves(AbstractContextManager["LiveCurves"]):
    """A metric of training and validation, drawn while the training runs.

    Parameters
    ----------
    total : int, optional
        How many epochs there will be; the axis has room for all of them from the start.
    metric : str, default "loss"
        Which one is drawn, with that of the validation rows, ``"val_"`` and its name.
    shown : bool, optional
        Whether to show it while it runs; by default where `mlkit.progress` finds
        somebody looking: not within tests, nor with ``MLKIT_PROGRESS=0``.

    Attributes
    ----------
    history : dict of str to list of float
        All values of all epochs; a copy, as `plot_training_curves` takes it.
    frames : int
        How many pictures were drawn so far.

    Raises
    ------
    TypeError, ValueError
        If `total` is no whole number, or less than 1.

    Notes
    -----
    In a notebook one widget is shown, whose picture is replaced: nothing flickers and
    nothing below it moves. Between two pictures pass at least 0.2 seconds, and 20 times
    as long as drawing one took, so that a training loses at most 5 % of its time. At
    the end a fixed picture stands in its place, which a saved notebook keeps. In a
    terminal it is one line on standard error.

    The networks of the kit, and Keras, take `keras_callback` of it as a callback.

    Examples
    --------
    >>> with LiveCurves(total=3) as curves:
    ...     for loss in (0.7, 0.5, 0.4):
    ...         curves.update(loss=loss, val_loss=loss + 0.1)
    >>> curves.history["loss"]
    [0.7, 0.5, 0.4]
    >>> curves.sentence()
    'epoch 3 of 3: loss 0.4, val_loss 0.5'
    """

    def __init__(
        self,
        total: int | None = None,
        *,
        metric: str = "loss",
        shown: bool | None = None,
    ) -> None:
        if total is not None:
            check_count("total", total, minimum=1)
        self.frames = 0
        self._total = total
        self._metric = metric
        self._place = progress_place(shown)
        # Who asked for nothing gets nothing; else a notebook has a picture at the end.
        self._kept = in_kernel() and shown is not False
        self._history: dict[str, list[float]] = {}
        self._n_epochs = 0
        self._finished = False
        self._widget = widgets.HTML() if self._place == "notebook" else None
        self._handle: Any = None
        self._next_picture = 0.0
        self._bar = progress(
            total=total,
            what="training",
            shown=self._place == "terminal",
            unit="epoch",
        )

    def update(self, /, **values: float) -> None:
        """Add an epoch.

        Parameters
        ----------
        **values : float
            By the name of the metric, those of the validation rows as ``val_`` and the
            name. What is missing in an epoch is NaN there.

        Raises
        ------
        UnknownNameError
            If the metric to draw is not among the values of the first epoch.
        ScoresError
            If a value is no number.
        TypeError
            If there are no values.
        RuntimeError
            If `finish` was called before.
        """
        self._add(_as_numbers(values))
        last = {name: series[-1] for name, series in self._history.items()}
        self._bar.set_postfix_str(_listed(last), refresh=False)
        self._bar.update()
        if self._widget is not None and perf_counter() >= self._next_picture:
            self._replace_picture(self._widget)

    def keras_callback(self) -> Any:
        """Return a callback that adds the epochs of a training.

        Returns
        -------
        keras.callbacks.Callback
            For ``fit(..., callbacks=[...])`` of a network. It finishes nothing: the
            curves may go on with the next training.

        Raises
        ------
        OptionalDependencyError
            If Keras is not installed.
        """
        keras = import_optional("keras", extra="neural", purpose="a Keras callback")

        def add(epoch: int, logs: dict[str, float]) -> None:
            self.update(**{k: v for k, v in logs.items() if k not in _NO_CURVES})

        return keras.callbacks.LambdaCallback(on_epoch_end=add)

    def finish(self) -> None:
        """Leave the final picture. Further calls do nothing."""
        if self._finished:
            return
        self._finished = True
        self._bar.close()
        if self._widget is not None:
            self._widget.close()
        if self._handle is not None:
            # In the same place: it loses the widget and keeps the picture.
            self._handle.update(self)
        elif self._kept and self._n_epochs:
            display(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # After an error, too: the curves may tell why it came to that.
        self.finish()

    def __enter__(self) -> Self:
        return self

    @property
    def history(self) -> dict[str, list[float]]:
        """All values of all epochs, by the name of the metric."""
        return {name: list(series) for name, series in self._history.items()}

    def sentence(self) -> str:
        """Say the values of the last epoch.

        Returns
        -------
        str
        """
        if not self._n_epochs:
            return "no epoch yet"
        of = f" of {self._total}" if self._total else ""
        last = {name: series[-1] for name, series in self._history.items()}
        return f"epoch {self._n_epochs}{of}: {_listed(last)}"

    def figure(self) -> Figure:
        """Draw the curves as they are now.

        Returns
        -------
        Figure
            Not known to pyplot.
        """
        figure = detached_figure(_SIZE)
        # Fixed margins: looking for the best ones would take longer than drawing.
        figure.subplots_adjust(left=0.12, right=0.96, top=0.87, bottom=0.15)
        with use_style():
            ax = figure.subplots()
        history = self._history or {self._metric: []}
        plot_training_curves(history, metric=self._metric, ax=ax)
        if self._n_epochs:
            # Room for the ring of the last epoch, even if there are thousands.
            last = max(self._total or 0, self._n_epochs)
            ax.set_xlim(0.5, max(last + 0.5, 1.02 * last))
        return figure

    def _add(self, values: dict[str, float]) -> None:
        if self._finished:
            msg = (
                f"These curves were finished after epoch {self._n_epochs}. Make new "
                "ones for another training: LiveCurves(total=...)."
            )
            raise RuntimeError(msg)
        if not self._n_epochs and not {self._metric, f"val_{self._metric}"} & {*values}:
            # At once: after hours of training it would be too late.
            error = unknown_name("metric of the first epoch", self._metric, values)
            raise error
        for name in values:
            self._history.setdefault(name, [np.nan] * self._n_epochs)
        for name, series in self._history.items():
            series.append(values.get(name, np.nan))
        self._n_epochs += 1

    def _replace_picture(self, widget: widgets.HTML) -> None:
        start = perf_counter()
        png, size = self._picture()
        widget.value = image_html(png, size, alt=self.sentence())
        if self._handle is None:
            self._handle = display(widget, display_id=True)
        now = perf_counter()
        self._next_picture = now + max(_SHORTEST_PAUSE, _SHARE * (now - start))

    def _picture(self) -> tuple[bytes, tuple[int, int]]:
        figure = self.figure()
        width, height = figure.get_size_inches() * figure.dpi
        self.frames += 1
        return figure_png(figure), (round(width), round(height))

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> dict[str, str]:
        png, _ = self._picture()
        return {
            "image/png": base64.b64encode(png).decode("ascii"),
            "text/plain": f"{type(self).__name__}: {self.sentence()}",
        }


def _as_numbers(values: dict[str, Any]) -> dict[str, float]:
    if not values:
        msg = "update() needs the values of an epoch, such as update(loss=0.3)."
        raise TypeError(msg)
    return {name: _as_number(name, value) for name, value in values.items()}


def _as_number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as err:
        msg = f"'{name}' of an epoch must be one number; got {value!r}."
        raise ScoresError(msg) from err


def _listed(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in values.items())
