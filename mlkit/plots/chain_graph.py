"""A classifier chain as a graph: which label sees which, and how strongly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from sklearn.dummy import DummyClassifier
from sklearn.utils.validation import check_is_fitted

from mlkit.arguments import check_count
from mlkit.exceptions import OptionError
from mlkit.plots.legible import fitted_name
from mlkit.plots.style import INK, PALETTE, make_axes, use_style

__all__ = [
    "add_arc_legend",
    "arc_note",
    "chain_arcs",
    "new_arc",
    "plot_chain",
    "style_arc",
]

_NAME_WIDTH = 28
_MOST_ARCS = 40
_WIDEST, _NARROWEST = 5.0, 0.7  # points
# Arcs begin and end right of the marks, so that arrows stay visible; in widths.
_FIRST_X = 0.03
_LOOKS = {
    1: {"color": PALETTE["blue"], "linestyle": "-"},
    -1: {"color": PALETTE["vermilion"], "linestyle": (0, (4, 2))},
}
_WORDS = {1: "positive coefficient", -1: "negative coefficient"}
_PLAIN = {"color": "#777777", "linestyle": "-"}


def plot_chain(chain: Any, *, n: int = 20, ax: Axes | None = None) -> Axes:
    """Draw a chain of labels with an arc from each label to those that see it.

    Parameters
    ----------
    chain : fitted classifier chain
        A `mlkit.models.ClassifierChain`, another model with ``order_`` and
        ``estimators_`` in the order of the chain, such as scikit-learn's, or a
        pipeline that ends with one.
    n : int, default 20
        How many labels are drawn at most: the first ones of the chain.
    ax : Axes, optional
        Where to draw; by default a new figure, as high as the labels need.

    Returns
    -------
    Axes
        The first label of the chain on top. Where the base learners are linear, the
        width of an arc is the size of the coefficient that the later label gives to
        the earlier one, dashed where it is negative; of more than 40 arcs the widest
        are drawn. Else all arcs look alike. A label that was constant in training
        sees no other. What is not drawn is said below.

    Raises
    ------
    NotFittedError
        If the model is not fitted.
    TypeError
        If it is no chain.
    OptionError
        If `n` is less than 1.

    Notes
    -----
    Labels are 0 or 1, so that coefficients of labels can be held against each other:
    each is the change of the log-odds (logistic regression) between absence and
    presence of the earlier label. A small one does not say that two labels are
    independent, since the features may tell the same.

    References
    ----------
    J. Read, B. Pfahringer, G. Holmes, E. Frank. Classifier chains for multi-label
    classification. Machine Learning 85, 2011.

    Examples
    --------
    >>> from mlkit.models import ClassifierChain
    >>> X, Y = [[0], [1], [2], [3]], [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> ax = plot_chain(ClassifierChain(order=[1, 0]).fit(X, Y))
    >>> [text.get_text() for text in ax.get_yticklabels()], len(ax.patches)
    (['1. label_1', '2. label_0'], 1)
    """
    check_count("n", n, minimum=1, error=OptionError)
    chain = _check_chain(chain)
    names = _names(chain)
    arcs, linear = chain_arcs(chain, min(n, len(names)))
    shown = sorted(arcs, key=lambda arc: -abs(arc[2]))[: _MOST_ARCS if linear else None]
    ax = make_axes(ax, size=(8.0, 1.8 + 0.42 * min(n, len(names))))
    with use_style():
        _draw_arcs(ax, shown, span=max(min(n, len(names)) - 1, 1), linear=linear)
        _name_places(ax, names[:n])
        notes = [arc_note(shown, linear=linear), *_left_out(len(names), n)]
        if len(shown) < len(arcs):
            notes.append(f"the {len(shown)} widest of {len(arcs)} arcs")
        ax.set_xlabel("\n".join(notes), labelpad=8)
        if linear:
            add_arc_legend(ax, _WORDS, loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def _check_chain(chain: Any) -> Any:
    if hasattr(chain, "steps"):
        chain = chain.steps[-1][1]
    check_is_fitted(chain)
    if not (hasattr(chain, "order_") and hasattr(chain, "estimators_")):
        msg = (
            f"{type(chain).__name__} is no chain: it has no order of its labels. "
            "Give a fitted ClassifierChain; of an ensemble of chains, one of its "
            "estimators_."
        )
        raise TypeError(msg)
    return chain


def _names(chain: Any) -> list[str]:
    known = getattr(chain, "label_names_in_", None)
    if known is None:
        known = [f"label_{i}" for i in range(len(chain.order_))]
    return [str(known[position]) for position in chain.order_]


def chain_arcs(chain: Any, n: int) -> tuple[list[tuple[int, int, float]], bool]:
    """Return which labels of a chain see which, and how strongly.

    Parameters
    ----------
    chain : fitted classifier chain
    n : int
        How many labels are looked at: the first ones of the chain.

    Returns
    -------
    arcs : list of (int, int, float)
        Place in the chain, later place, and the coefficient that the later label gives
        to the earlier one: 1 for all where base learners are not linear.
    linear : bool
        Whether the third number is a coefficient.
    """
    learners = chain.estimators_[:n]
    weights = [_weights(x, chain.n_features_in_, i) for i, x in enumerate(learners)]
    linear = any(row is not None for row in weights[1:])
    arcs = []
    for later, (learner, row) in enumerate(zip(learners, weights, strict=True)):
        # The labels before it were in what this learner was given; it uses none.
        if isinstance(learner, DummyClassifier) or (linear and row is None):
            continue
        for place in range(later):
            arcs.append((place, later, float(row[place]) if linear else 1.0))
    return arcs, linear


def _weights(learner: Any, n_features: int, place: int) -> np.ndarray | None:
    coefficients = getattr(learner, "coef_", None)
    # Sparse coefficients and those of a pipeline of features are not read.
    known = isinstance(coefficients, np.ndarray)
    if not known or coefficients.size != n_features + place:
        return None
    return coefficients.ravel()[n_features:]


def _draw_arcs(
    ax: Axes, arcs: list[tuple[int, int, float]], *, span: int, linear: bool
) -> None:
    greatest = max((abs(weight) for *_, weight in arcs), default=0)
    # The widest first, so that none hides a narrow one.
    for place, later, weight in arcs:
        arrow = new_arc(ax, place, later, span=span)
        style_arc(arrow, weight, greatest=greatest, linear=linear)


def new_arc(ax: Axes, place: int, later: int, *, span: int) -> FancyArrowPatch:
    """Add the arc from one place of a chain to a later one.

    Parameters
    ----------
    ax : Axes
        In which the places are the numbers of the y axis.
    place, later : int
    span : int
        From the first place to the last one: the longest arc fills the width.

    Returns
    -------
    FancyArrowPatch
        Without a look; see `style_arc`.
    """
    # A cubic curve goes three quarters of the way to its corners.
    reach = _FIRST_X + 4 / 3 * (later - place) / span
    ends = (_FIRST_X, place), (_FIRST_X, later)
    corners = [ends[0], (reach, place), (reach, later), ends[1]]
    curve = Path(corners, [Path.MOVETO, *[Path.CURVE4] * 3])
    arrow = FancyArrowPatch(path=curve, arrowstyle="-|>")
    ax.add_patch(arrow)
    return arrow


def style_arc(
    arrow: FancyArrowPatch, weight: float, *, greatest: float, linear: bool
) -> None:
    """Let an arc tell a coefficient by its width, its colour and its dashes.

    Parameters
    ----------
    arrow : FancyArrowPatch
    weight : float
    greatest : float
        The size of the greatest coefficient, which is drawn widest.
    linear : bool
        Whether `weight` is a coefficient; else all arcs look alike.
    """
    look = _LOOKS[1 if weight >= 0 else -1] if linear else _PLAIN
    share = abs(weight) / (greatest or 1.0)
    width = max(_WIDEST * share, _NARROWEST) if linear else 1.0
    arrow.set(linewidth=width, mutation_scale=8 + 1.5 * width, **look)


def _name_places(ax: Axes, names: list[str]) -> None:
    places = range(len(names))
    ax.plot([0] * len(names), places, "o", color=INK, zorder=3)
    short = [fitted_name(name, _NAME_WIDTH) for name in names]
    ax.set_yticks(places, [f"{i + 1}. {name}" for i, name in enumerate(short)])
    ax.set_xticks([])
    ax.set(xlim=(-0.02, 1.06), ylim=(len(names) - 0.5, -0.6))
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def arc_note(arcs: list[tuple[int, int, float]], *, linear: bool) -> str:
    """Say what the width of arcs means.

    Parameters
    ----------
    arcs : list of (int, int, float)
        As `chain_arcs` gives them.
    linear : bool

    Returns
    -------
    str
    """
    if not arcs:
        return "no label sees another"
    if not linear:
        return "arcs: what a later label sees; not weighed"
    greatest = max(abs(weight) for *_, weight in arcs)
    return f"width: size of the coefficient, at most {greatest:.2f}"


def _left_out(n_labels: int, n: int) -> list[str]:
    return [f"the first {n} of {n_labels} labels"] if n < n_labels else []


def add_arc_legend(ax: Axes, words: Mapping[int, str], **place: Any) -> None:
    """Say what colour and dashes of arcs mean.

    Parameters
    ----------
    ax : Axes
    words : mapping of {1, -1} to str
        What positive and negative coefficients are called.
    **place
        Where, as in `matplotlib.axes.Axes.legend`.
    """
    lines = [Line2D([], [], linewidth=3, **look) for look in _LOOKS.values()]
    ax.legend(lines, [words[sign] for sign in _LOOKS], ncols=2, **place)
