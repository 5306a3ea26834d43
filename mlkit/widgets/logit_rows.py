"""A row of controls for each logit: a slider, a number box, and what else it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from mlkit.widgets.controls import linked_number

__all__ = ["LogitRows"]

_USUAL_RANGE = 10.0


class LogitRows:
    """Sliders that follow logits, made anew where labels or ranges change.

    Parameters
    ----------
    move : callable
        ``move(position, value)`` is called when the logit of a label is moved.
    beside : callable, optional
        ``beside(position, name)`` makes another control at the end of a row.

    Attributes
    ----------
    view : ipywidgets.VBox
        A row a label.
    boxes : list of BoundedFloatText
        They hold the exact values.
    others : list of Widget
        What `beside` made.

    Examples
    --------
    >>> moved = []
    >>> rows = LogitRows(lambda position, value: moved.append((position, value)))
    >>> rows.show(["sea", "sun"], [1.0, -2.0])
    >>> rows.boxes[1].value = 3.0
    >>> moved
    [(1, 3.0)]
    """

    def __init__(
        self,
        move: Callable[[int, float], None],
        *,
        beside: Callable[[int, str], widgets.Widget] | None = None,
    ) -> None:
        self.view = widgets.VBox()
        self.boxes: list[widgets.BoundedFloatText] = []
        self.others: list[widgets.Widget] = []
        self._move, self._beside = move, beside
        self._names: list[str] = []

    def show(self, names: Sequence[str], logits: Sequence[float]) -> None:
        """Bring the rows to these labels and logits.

        Parameters
        ----------
        names : sequence of str
        logits : sequence of float, the same length
        """
        if not self._fit(names, logits):
            self._names = list(names)
            self.boxes, self.others = [], []
            # All at once: a row that were replaced would lose the keyboard's focus.
            cells = enumerate(zip(names, logits, strict=True))
            self.view.children = [self._row(j, *cell) for j, cell in cells]
        # Setting an equal value notifies nobody.
        for box, value in zip(self.boxes, logits, strict=True):
            box.value = value

    def _fit(self, names: Sequence[str], logits: Sequence[float]) -> bool:
        return self._names == list(names) and all(
            box.min <= value <= box.max
            for box, value in zip(self.boxes, logits, strict=True)
        )

    def _row(self, position: int, name: str, logit: float) -> widgets.HBox:
        # A logit from a real network may lie outside the usual range.
        limit = max(_USUAL_RANGE, float(np.ceil(abs(logit))))
        row, box = linked_number(name, logit, minimum=-limit, maximum=limit, step=0.1)

        def follow(change: Any) -> None:
            self._move(position, change["new"])

        box.observe(follow, names="value")
        self.boxes.append(box)
        if self._beside is not None:
            self.others.append(self._beside(position, name))
            row.children = (*row.children, self.others[-1])
        return row
