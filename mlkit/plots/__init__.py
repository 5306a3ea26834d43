"""Pure figures: every function is ``f(data, *, ax=None) -> Axes``.

Nothing here computes results or keeps state: figures are drawn from what they are
given, into the axes that they are given, in one style.
"""

from typing import Any

from mlkit.plots.errors import plot_error_grid
from mlkit.plots.frames import FrameRenderer
from mlkit.plots.label_sets import plot_label_matrix, plot_set_sizes
from mlkit.plots.label_statistics import plot_label_bars, plot_label_pairs
from mlkit.plots.logit_sweep import plot_logit_sweep
from mlkit.plots.logits import (
    LogitPanels,
    plot_logit_panels,
    plot_logits,
    plot_sigmoid,
    plot_softmax,
)
from mlkit.plots.methods import plot_side_by_side, plot_spread
from mlkit.plots.ranks import plot_critical_difference, plot_differences
from mlkit.plots.style import (
    HATCHES,
    MARKERS,
    PALETTE,
    CategoryStyle,
    category_style,
    detached_figure,
    figure_png,
    figure_svg,
    make_axes,
    make_figure,
    use_style,
)

__all__ = [
    "HATCHES",
    "MARKERS",
    "PALETTE",
    "CategoryStyle",
    "FrameRenderer",
    "LogitPanels",
    "category_style",
    "detached_figure",
    "figure_png",
    "figure_svg",
    "make_axes",
    "make_figure",
    "plot_comparison",
    "plot_critical_difference",
    "plot_differences",
    "plot_error_grid",
    "plot_fold_scores",
    "plot_label_bars",
    "plot_label_matrix",
    "plot_label_pairs",
    "plot_logit_panels",
    "plot_logit_sweep",
    "plot_logits",
    "plot_set_sizes",
    "plot_side_by_side",
    "plot_sigmoid",
    "plot_softmax",
    "plot_spread",
    "save_comparison",
    "use_style",
]

_OF_COMPARISONS = ("plot_comparison", "plot_fold_scores", "save_comparison")


def __getattr__(name: str) -> Any:
    # Comparisons know the models; a lesson that draws logits need not load those.
    if name not in _OF_COMPARISONS:
        msg = f"module 'mlkit.plots' has no attribute '{name}'"
        raise AttributeError(msg)
    from mlkit.plots import comparison

    return getattr(comparison, name)
