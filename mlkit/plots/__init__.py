"""Pure figures: every function is ``f(data, *, ax=None) -> Axes``.

Nothing here computes results or keeps state: figures are drawn from what they are
given, into the axes that they are given, in one style.
"""

from importlib import import_module
from typing import Any

from mlkit.plots.activation_maps import plot_activation_maps
from mlkit.plots.attention import plot_attention
from mlkit.plots.cardinality import plot_cardinality
from mlkit.plots.co_errors import plot_co_errors
from mlkit.plots.confusion import plot_confusion_grid
from mlkit.plots.curves import plot_precision_recall, plot_roc
from mlkit.plots.errors import plot_error_grid
from mlkit.plots.frames import FrameRenderer
from mlkit.plots.imbalance import plot_imbalance
from mlkit.plots.label_scores import plot_label_scores
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
from mlkit.plots.powerset_tail import plot_powerset_tail
from mlkit.plots.ranks import plot_critical_difference, plot_differences
from mlkit.plots.regions import plot_decision_regions
from mlkit.plots.split import plot_split
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
from mlkit.plots.tradeoffs import plot_metric_scatter
from mlkit.plots.upset import plot_label_sets_upset

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
    "plot_activation_maps",
    "plot_attention",
    "plot_cardinality",
    "plot_chain",
    "plot_co_errors",
    "plot_co_occurrence",
    "plot_comparison",
    "plot_confusion_grid",
    "plot_critical_difference",
    "plot_decision_regions",
    "plot_differences",
    "plot_error_grid",
    "plot_fold_scores",
    "plot_image_cards",
    "plot_imbalance",
    "plot_label_bars",
    "plot_label_matrix",
    "plot_label_network",
    "plot_label_pairs",
    "plot_label_scores",
    "plot_label_sets_upset",
    "plot_logit_panels",
    "plot_logit_sweep",
    "plot_logits",
    "plot_loss_curves",
    "plot_loss_panels",
    "plot_metric_scatter",
    "plot_powerset_tail",
    "plot_precision_recall",
    "plot_reliability",
    "plot_roc",
    "plot_set_sizes",
    "plot_side_by_side",
    "plot_sigmoid",
    "plot_softmax",
    "plot_split",
    "plot_spread",
    "plot_text_cards",
    "plot_threshold_curve",
    "plot_training_curves",
    "plot_two_labels",
    "save_comparison",
    "use_style",
]

_LATE = {
    "plot_chain": "chain_graph",
    "plot_co_occurrence": "co_occurrence",
    "plot_comparison": "comparison",
    "plot_fold_scores": "comparison",
    "plot_image_cards": "cards",
    "plot_label_network": "label_network",
    "plot_loss_curves": "loss_curves",
    "plot_loss_panels": "loss_panels",
    "plot_reliability": "reliability",
    "plot_text_cards": "cards",
    "plot_threshold_curve": "threshold_curves",
    "plot_training_curves": "training_curves",
    "plot_two_labels": "dependence",
    "save_comparison": "comparison",
}


def __getattr__(name: str) -> Any:
    # Comparisons know the models, and calibration, chains and thresholds scikit-learn;
    # a lesson that draws logits need not load those.
    if name not in _LATE:
        msg = f"module 'mlkit.plots' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(import_module(f"mlkit.plots.{_LATE[name]}"), name)
