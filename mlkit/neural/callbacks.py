"""What Keras' callbacks do not tell: time and memory."""

from __future__ import annotations

from contextlib import ExitStack
from time import perf_counter
from typing import Any

import keras
import pandas as pd

from mlkit.memory import Peak, watch_memory

__all__ = ["ResourceLog"]


class ResourceLog(keras.callbacks.Callback):
    """Write down what each epoch takes: seconds, and memory at its peak.

    It works with the networks of the kit (``fit(..., callbacks=[log])``) and with
    Keras' own ``fit``.

    See Also
    --------
    mlkit.widgets.LiveCurves : Curves while it runs.

    Notes
    -----
    The megabytes are how far the memory of the process rose above where it stood at the
    beginning of the epoch; NaN where the system does not tell. The first epochs are
    often the largest, as memory that was taken once is used again. On a GPU it is the
    memory of the host.

    Examples
    --------
    >>> from mlkit.neural import MLP, Training
    >>> log = ResourceLog()
    >>> X, Y = [[0.0], [1.0]], [[0], [1]]
    >>> _ = MLP(training=Training(epochs=3)).fit(X, Y, callbacks=[log])
    >>> log.table().columns.tolist(), len(log.table())
    (['seconds', 'megabytes'], 3)
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[dict[str, float]] = []
        self._watching = ExitStack()

    def table(self) -> pd.DataFrame:
        """Return what was written down.

        Returns
        -------
        DataFrame, indexed by epoch from 1
            ``seconds`` and ``megabytes``.
        """
        index = pd.RangeIndex(1, len(self._rows) + 1, name="epoch")
        return pd.DataFrame(self._rows, index, columns=["seconds", "megabytes"])

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the watch."""
        # An epoch that was broken off leaves its watch open.
        self._watching.close()
        self._peak: Peak = self._watching.enter_context(watch_memory())
        self._began = perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write down what it shows."""
        seconds = perf_counter() - self._began
        self._watching.close()
        self._rows.append({"seconds": seconds, "megabytes": self._peak.megabytes})
