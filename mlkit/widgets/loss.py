"""The loss explorer: what a row of logits costs, and where the gradient pulls it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, ClassVar

import ipywidgets as widgets

from mlkit.exceptions import OptionError
from mlkit.plots.loss_panels import LossPanels
from mlkit.plots.style import detached_figure
from mlkit.validation import check_indicator
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import check_preset
from mlkit.widgets.controls import LABEL_WIDTH, tooltip
from mlkit.widgets.logit_rows import LogitRows
from mlkit.widgets.loss_state import LEARNING_RATES, LOSS_PRESETS, LossState
from mlkit.widgets.loss_words import STEPS

__all__ = ["LossExplorer"]


# Traits that the panels are shown with, besides the row itself.
_SHOWN = ("reduction", "selected", "step")


class LossExplorer(Explorer):
    """Logits, what they cost, and the gradient, with a slider for every logit.

    Parameters
    ----------
    logits : sequence of float, optional
        One a label; finite, at most ten. By default those of `preset`.
    truth : sequence of 0 and 1, optional
        Which labels are true; as many. Needed where logits are given.
    label_names : sequence of str, optional
        By default those of the preset, or ``label_0``, ``label_1``, ...
    reduction : {"mean", "sum"}, default "mean"
        Over the labels.
    preset : str, optional
        One of `LOSS_PRESETS`; by default ``"by hand"`` where no logits are given.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"labels"``, ``"reduction"``,
        ``"selected"``, ``"walk"``, ``"descent"``, ``"status"``.

    Raises
    ------
    UnknownNameError
        If the preset, or a control to hide, does not exist.
    OptionError
        If logits are given without the truth, or the truth without logits.
    traitlets.TraitError
        If the values do not fit (see `LossState`).

    Notes
    -----
    Each label has a slider with a number box for its logit and a button that says
    whether it is true. The walk shows the calculation step by step, and the line below
    the picture spells out the arithmetic of the step. A gradient step moves the logits
    as training would, if they were free.

    Examples
    --------
    >>> explorer = LossExplorer(preset="sure and wrong", hide=["presets"])
    >>> round(explorer.state.loss, 3)
    4.761
    >>> explorer.state.set_true(0, True)
    >>> round(explorer.state.loss, 3), explorer.frames
    (3.261, 2)
    """

    control_names: ClassVar = (
        "presets",
        "labels",
        "reduction",
        "selected",
        "walk",
        "descent",
        "status",
    )
    presets: ClassVar = LOSS_PRESETS

    def __init__(
        self,
        logits: Sequence[float] | None = None,
        truth: Sequence[int] | None = None,
        *,
        label_names: Sequence[str] | None = None,
        reduction: str = "mean",
        preset: str | None = None,
        hide: Collection[str] = (),
    ) -> None:
        start = _start(logits, truth, preset)
        if label_names is not None:
            start["label_names"] = [str(name) for name in label_names]
        self._rows = LogitRows(self._move, beside=self._new_button)
        self._in_menu: list[str] = []
        super().__init__(LossState(**start, reduction=reduction), hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make the room for the labels' rows, the menus and the buttons."""
        kinds = [("mean over the labels", "mean"), ("sum over the labels", "sum")]
        return {
            "labels": self._rows.view,
            "reduction": self.menu("reduction", "Loss", kinds),
            "selected": self._new_label_menu(),
            "walk": self._new_walk(),
            "descent": self._new_descent(),
        }

    def sync(self) -> None:
        """Bring all controls to the state; make new rows for other labels."""
        self._rows.show(self.state.label_names, self.state.logits)
        for button, true in zip(self._rows.others, self.state.truth, strict=True):
            button.value = true
            _say_truth(button, true)
        self._rename_menu(self.state.label_names)
        self._label_menu.value = self.state.selected
        last = self.state.step == len(STEPS)
        self._next.description = "Start again" if last else "Next step"
        self._down.description = f"One gradient step ({self.state.n_descended} taken)"
        super().sync()

    def panels_key(self) -> tuple[str, ...]:
        """Return the names: only others need another figure."""
        return tuple(self.state.label_names)

    def make_panels(self) -> LossPanels:
        """Draw the three panels without values."""
        names = self.state.label_names
        return LossPanels(detached_figure(LossPanels.size_for(len(names))), names)

    def show(self, panels: LossPanels) -> bool:
        """Move bars, numbers, the point and its tangent."""
        state = self.state
        shown = {name: getattr(state, name) for name in _SHOWN}
        return panels.show(state.logits, state.truth, **shown)

    def sentence(self) -> str:
        """Spell out the arithmetic of the step that is shown."""
        return self.state.sentence()

    def _new_label_menu(self) -> widgets.Dropdown:
        names = list(self.state.label_names)
        self._renaming = False
        self._label_menu = widgets.Dropdown(
            options=_positions(names),
            value=self.state.selected,
            description="Curve of",
            style={"description_width": LABEL_WIDTH},
            **tooltip("Curve of: open with the space bar, then use the arrow keys"),
        )

        def follow(change: Any) -> None:
            # New options choose the first of them; that is nobody's choice.
            if not self._renaming:
                with self.errors_shown():
                    self.state.selected = change["new"]

        self._label_menu.observe(follow, names="value")
        return self._label_menu

    def _new_walk(self) -> widgets.HBox:
        steps = [(f"{i}. {name}", i) for i, name in enumerate(STEPS, start=1)]
        menu = self.menu("step", "Walk through", steps)
        self._next = _button("Next step: show what is computed next", self._on_next)
        return widgets.HBox([menu, self._next])

    def _new_descent(self) -> widgets.HBox:
        rate = widgets.BoundedFloatText(
            value=self.state.learning_rate,
            min=LEARNING_RATES[0],
            max=LEARNING_RATES[1],
            step=0.1,
            description="Learning rate",
            style={"description_width": LABEL_WIDTH},
            layout=widgets.Layout(width="194px"),
            **tooltip("Learning rate: type a number"),
        )
        kinds = [("of the sigmoid's loss", "sigmoid"), ("of the softmax's", "softmax")]
        of = self.menu("descent", "Gradient", kinds)
        of.layout.width, of.style.description_width = "250px", "70px"
        text = "One gradient step: logits less learning rate times gradient"
        self._down = _button(text, self._on_descend, width="230px")
        row = widgets.HBox([self.bind(rate, "learning_rate"), of, self._down])
        # In a narrow window the button goes below instead of out of sight.
        row.layout.flex_flow = "row wrap"
        return row

    def _on_next(self, button: widgets.Button) -> None:
        with self.errors_shown():
            self.state.step = self.state.step % len(STEPS) + 1

    def _on_descend(self, button: widgets.Button) -> None:
        with self.errors_shown(), self.paused():
            self.state.descend()

    def _rename_menu(self, names: Sequence[str]) -> None:
        if self._in_menu != list(names):
            self._in_menu = list(names)
            self._renaming = True
            self._label_menu.options = _positions(self._in_menu)
            self._renaming = False

    def _new_button(self, position: int, name: str) -> widgets.ToggleButton:
        button = widgets.ToggleButton(
            value=self.state.truth[position],
            layout=widgets.Layout(width="100px"),
            tooltip=f"{name}: true or not; press the space bar",
        )

        def follow(change: Any) -> None:
            with self.errors_shown():
                self.state.set_true(position, change["new"])

        button.observe(follow, names="value")
        return button

    def _move(self, position: int, value: float) -> None:
        with self.errors_shown():
            self.state.set_logit(position, value)


def _start(
    logits: Sequence[float] | None, truth: Sequence[int] | None, preset: str | None
) -> dict[str, list[Any]]:
    """Return where an explorer starts: its own row, or that of a preset."""
    if (logits is None) != (truth is None):
        given = "truth" if logits is None else "logits"
        msg = f"logits and truth belong together; got {given} only. Pass both."
        raise OptionError(msg)
    if logits is not None and truth is not None:
        return {
            "logits": [float(z) for z in logits],
            "truth": (
                check_indicator([list(truth)], name="truth").toarray()[0] == 1
            ).tolist(),
        }
    name = "by hand" if preset is None else preset
    check_preset("loss explorer", name, LOSS_PRESETS)
    return {trait: list(values) for trait, values in LOSS_PRESETS[name].items()}


def _button(
    words: str, act: Callable[[widgets.Button], None], *, width: str = "130px"
) -> widgets.Button:
    button = widgets.Button(tooltip=words, layout=widgets.Layout(width=width))
    button.on_click(act)
    return button


def _say_truth(button: widgets.ToggleButton, true: bool) -> None:
    button.description = "true" if true else "not true"
    button.icon = "check" if true else "times"


def _positions(names: Iterable[str]) -> list[tuple[str, int]]:
    return [(name, position) for position, name in enumerate(names)]
