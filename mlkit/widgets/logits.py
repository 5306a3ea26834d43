"""The logit explorer: drag a logit, and see which probabilities move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
from traitlets import Float, HasTraits, List, TraitError, Unicode, validate

from mlkit.activations import sigmoid, softmax
from mlkit.plots.logits import LogitPanels
from mlkit.plots.style import detached_figure
from mlkit.validation import default_label_names
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import check_names_fit, check_preset, in_range
from mlkit.widgets.logit_rows import LogitRows

__all__ = ["LOGIT_PRESETS", "LogitExplorer", "LogitState"]


def _preset(*labels: tuple[str, float]) -> dict[str, Any]:
    names, logits = zip(*labels, strict=True)
    return {"logits": list(logits), "label_names": list(names), "threshold": 0.5}


LOGIT_PRESETS: dict[str, dict[str, Any]] = {
    "two winners": _preset(
        ("beach", -1.0),
        ("sunset", 5.0),
        ("mountains", -0.5),
        ("city", 5.0),
        ("snow", -0.5),
    ),
    "two of three": _preset(("beach", 4.0), ("sunset", 4.0), ("snow", -3.0)),
    "all low": _preset(
        ("beach", -2.0), ("sunset", -3.0), ("mountains", -2.5), ("city", -4.0)
    ),
    "one against one": _preset(("day", 0.0), ("night", 1.5)),
}
"""Name of the situation -> logits, label names and threshold.

``two winners`` and ``two of three``: the softmax must share one unit between labels
that the sigmoid gives nearly one each. ``all low``: no label passes, the sigmoid's
answer is the empty set, and the softmax chooses one all the same. ``one against one``:
two classes that exclude each other, where a softmax is one sigmoid of the difference.
"""


class LogitState(HasTraits):
    """Logits, threshold and names: all that the explorer shows, and no widget.

    Parameters
    ----------
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    logits : list of float
        Finite; one a label.
    threshold : float
        In [0, 1]; labels with at least this sigmoid probability are chosen.
    label_names : list of str
        Unique; ``label_0``, ... where none are given.

    Raises
    ------
    traitlets.TraitError
        If a logit is not finite, there is no logit, the threshold is outside [0, 1],
        or the names do not fit.

    Examples
    --------
    >>> state = LogitState(logits=[4.0, 4.0, -3.0], label_names=["sea", "sky", "cat"])
    >>> state.sigmoid.round(2).tolist()
    [0.98, 0.98, 0.05]
    >>> state.sigmoid_set, state.softmax_set
    (('sea', 'sky'), ('sea',))
    """

    logits = List(Float())
    threshold = Float(0.5)
    label_names = List(Unicode())

    def __init__(self, **traits: Any) -> None:
        # Before traitlets validates: logits and names are checked against each other.
        if not traits.get("label_names"):
            names = default_label_names(len(traits.get("logits", ())))
            traits["label_names"] = list(names)
        super().__init__(**traits)

    @validate("logits")
    def _check_logits(self, proposal: Any) -> list[float]:
        values = proposal["value"]
        if not values or not np.isfinite(values).all():
            msg = f"logits must be one or more finite numbers; got {values}."
            raise TraitError(msg)
        check_names_fit(self.label_names, len(values))
        return values

    @validate("label_names")
    def _check_label_names(self, proposal: Any) -> list[str]:
        check_names_fit(proposal["value"], len(self.logits))
        return proposal["value"]

    @validate("threshold")
    def _check_threshold(self, proposal: Any) -> float:
        return in_range(proposal, 0.0, 1.0)

    def set_logit(self, position: int, value: float) -> None:
        """Change one logit.

        Parameters
        ----------
        position : int
            Of the label, from 0.
        value : float
            Finite.
        """
        # A new list: traitlets would not notice a change inside the old one.
        logits = list(self.logits)
        logits[position] = value
        self.logits = logits

    @property
    def sigmoid(self) -> np.ndarray:
        """One probability a label, shape (n_labels,)."""
        return sigmoid(self.logits)

    @property
    def softmax(self) -> np.ndarray:
        """Shares of one unit, shape (n_labels,)."""
        return softmax(self.logits)

    @property
    def sigmoid_set(self) -> tuple[str, ...]:
        """Labels whose sigmoid probability is at least the threshold."""
        chosen = self.sigmoid >= self.threshold
        return tuple(np.array(self.label_names, dtype=object)[chosen])

    @property
    def softmax_set(self) -> tuple[str, ...]:
        """The label with the largest share; the first of several."""
        return (self.label_names[int(self.softmax.argmax())],)

    def sentence(self) -> str:
        """Say the probabilities and both label sets.

        Returns
        -------
        str

        Examples
        --------
        >>> LogitState(logits=[0.0, 2.0], label_names=["day", "night"]).sentence()
        'sigmoid: {day, night} (0.50, 0.88); softmax argmax: {night} (0.12, 0.88)'
        """
        shares = self.softmax
        tie = ", first of a tie" if (shares == shares.max()).sum() > 1 else ""
        return (
            f"sigmoid: {_set_text(self.sigmoid_set)} ({_numbers(self.sigmoid)}); "
            f"softmax argmax: {_set_text(self.softmax_set)}{tie} ({_numbers(shares)})"
        )


class LogitExplorer(Explorer):
    """Logits, softmax and sigmoid side by side, with a slider for every logit.

    Parameters
    ----------
    logits : sequence of float, optional
        One a label; finite. By default those of `preset`.
    label_names : sequence of str, optional
        By default those of the preset, or ``label_0``, ``label_1``, ...
    threshold : float in [0, 1], optional
        Of the sigmoid; by default that of the preset, or 0.5.
    preset : str, optional
        One of `LOGIT_PRESETS`; by default ``"two winners"`` where no logits are given.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"logits"``, ``"threshold"``,
        ``"status"``.

    Raises
    ------
    UnknownNameError
        If the preset, or a control to hide, does not exist.
    traitlets.TraitError
        If the values do not fit (see `LogitState`).

    Notes
    -----
    Dragging one logit moves one sigmoid bar and all softmax bars. Every slider has a
    number box, a line below the picture says the numbers and both label sets, and
    chosen labels are told by a hatch and a tick mark.

    Examples
    --------
    >>> explorer = LogitExplorer(preset="all low", hide=["presets"])
    >>> explorer.state.sigmoid_set
    ()
    >>> explorer.state.set_logit(1, 2.0)
    >>> explorer.state.sigmoid_set, explorer.frames
    (('sunset',), 2)
    """

    control_names: ClassVar = ("presets", "logits", "threshold", "status")
    presets: ClassVar = LOGIT_PRESETS

    def __init__(
        self,
        logits: Sequence[float] | None = None,
        *,
        label_names: Sequence[str] | None = None,
        threshold: float | None = None,
        preset: str | None = None,
        hide: Collection[str] = (),
    ) -> None:
        if preset is None and logits is None:
            preset = "two winners"
        check_preset("logit explorer", preset, LOGIT_PRESETS)
        traits = dict(LOGIT_PRESETS[preset]) if preset is not None else {}
        if logits is not None:
            # The names of a preset belong to its own logits only.
            traits |= {"logits": [float(z) for z in logits], "label_names": []}
        if label_names is not None:
            traits["label_names"] = list(label_names)
        if threshold is not None:
            traits["threshold"] = float(threshold)
        state = LogitState(**traits)
        self._rows = LogitRows(self._move)
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make the logits' sliders, and the threshold's."""
        threshold = self.number(
            "threshold", "Threshold", minimum=0.0, maximum=1.0, step=0.01
        )
        return {"logits": self._rows.view, "threshold": threshold}

    def sync(self) -> None:
        """Bring menu and sliders to the state; make new sliders for other labels."""
        self._rows.show(self.state.label_names, self.state.logits)
        super().sync()

    def panels_key(self) -> tuple[str, ...]:
        """Return the names: only others need another figure."""
        return tuple(self.state.label_names)

    def make_panels(self) -> LogitPanels:
        """Draw the three panels without values."""
        names = self.state.label_names
        return LogitPanels(detached_figure(LogitPanels.size_for(len(names))), names)

    def show(self, panels: LogitPanels) -> bool:
        """Move bars, numbers and the threshold."""
        return panels.show(self.state.logits, threshold=self.state.threshold)

    def sentence(self) -> str:
        """Say the probabilities and both label sets."""
        return self.state.sentence()

    def _move(self, position: int, value: float) -> None:
        with self.errors_shown():
            self.state.set_logit(position, value)


def _set_text(labels: Sequence[str]) -> str:
    return "{" + ", ".join(labels) + "}"


def _numbers(values: np.ndarray) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
