"""The comparison explorer: which model is better, by how much, and is that chance."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from functools import cache
from typing import Any, ClassVar

import ipywidgets as widgets
from traitlets import Float, HasTraits, Unicode, validate

from mlkit.comparison import Comparison, compare
from mlkit.plots.frames import Panels
from mlkit.plots.model_plane import ModelPlanePanels
from mlkit.plots.model_ranks import RankPanels
from mlkit.plots.model_rows import ModelRowPanels
from mlkit.plots.style import detached_figure
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import in_range, one_of
from mlkit.widgets.compared_planes import show_plane, show_ranks, show_time
from mlkit.widgets.compared_rows import Shown, show_differences, show_scores
from mlkit.widgets.compared_tables import ALL_DATASETS, MOST_MODELS, ComparedTables

__all__ = ["CompareExplorer", "CompareState"]

_SCORES, _DIFFERENCES, _RANKS = "scores", "differences", "ranks"
_PLANE, _TIME = "metric against metric", "time against score"
# Which views look at what; the controls of all else rest.
_LOOKS_AT = {
    "second_metric": {_PLANE},
    "dataset": {_SCORES, _DIFFERENCES, _PLANE, _TIME},
    "reference": {_SCORES, _DIFFERENCES, _PLANE, _TIME},
    "rope": {_SCORES, _DIFFERENCES},
}
_TRAITS = ("view", "metric", "second_metric", "dataset", "reference", "rope")
_EXAMPLE_MODELS = ("br-lr", "cc-lr", "lp-lr", "br-nb", "cc-nb", "lp-nb")
_EXAMPLE_METRICS = (
    "micro_f1",
    "macro_f1",
    "subset_accuracy",
    "hamming_loss",
    "label_ranking_average_precision",
)


class CompareState(HasTraits):
    """A comparison, and what is looked at of it.

    Parameters
    ----------
    comparison : Comparison
        With at least one record; not modified.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    view : str
        One of `views`.
    metric, second_metric : str
        Of the comparison; the second one is for ``"metric against metric"``.
    dataset : str
        Of the comparison, or ``"all datasets"`` where there are several: then models
        are shown by their ranks, since scores of different data cannot be averaged.
    reference : str
        The model that the others are held against.
    rope : float
        The region of practical equivalence: the greatest difference that makes none,
        in [0, `most_rope`].
    comparison : Comparison
        Not a trait: another one needs another state.
    views, datasets : tuple of str
        What `view` and `dataset` can be.
    most_rope : float
        0.1, or a tenth of the largest value of metrics that leave [0, 1].

    Raises
    ------
    TypeError
        If it is no comparison.
    ValueError
        If the comparison has no records.
    traitlets.TraitError
        If a trait has a value that the comparison does not know, or the rope is out of
        its range.

    Examples
    --------
    >>> from mlkit.comparison import compare
    >>> result = compare("flags", ["baseline-set", "br-nb"], "hamming_loss", cv=5)
    >>> state = CompareState(result, view="differences", reference="br-nb")
    >>> print(state.sentence())  # doctest: +ELLIPSIS
    Hamming loss on flags: the mean of br-nb is 0.2...
    """

    view = Unicode(_SCORES)
    metric = Unicode()
    second_metric = Unicode()
    dataset = Unicode()
    reference = Unicode()
    rope = Float(0.01)

    def __init__(self, comparison: Comparison, **traits: Any) -> None:
        _check_comparison(comparison)
        self.comparison = comparison
        self._tables = ComparedTables(comparison)
        self._shown = Shown([], "")
        self._shown_key: tuple[Any, ...] = ()
        metrics, several = comparison.metrics, len(comparison.datasets) > 1
        self.views = tuple(
            view
            for view, shown in (
                (_SCORES, True),
                (_DIFFERENCES, len(comparison.models) > 1),
                (_RANKS, several),
                (_PLANE, len(metrics) > 1),
                (_TIME, True),
            )
            if shown
        )
        self.datasets = (*comparison.datasets, *([ALL_DATASETS] if several else []))
        largest = float(comparison.folds[list(metrics)].abs().max(axis=None))
        self.most_rope = 0.1 * max(1.0, round(largest)) if largest > 1 else 0.1
        start = {
            "metric": metrics[0],
            "second_metric": metrics[min(1, len(metrics) - 1)],
            "dataset": comparison.datasets[0],
            "reference": comparison.models[0],
        }
        super().__init__(**{**start, **traits})

    @validate("view")
    def _check_view(self, proposal: Any) -> str:
        return one_of(proposal, self.views)

    @validate("metric", "second_metric")
    def _check_metric(self, proposal: Any) -> str:
        return one_of(proposal, self.comparison.metrics)

    @validate("dataset")
    def _check_dataset(self, proposal: Any) -> str:
        return one_of(proposal, self.datasets)

    @validate("reference")
    def _check_reference(self, proposal: Any) -> str:
        return one_of(proposal, self.comparison.models)

    @validate("rope")
    def _check_rope(self, proposal: Any) -> float:
        return in_range(proposal, 0.0, self.most_rope, note="in units of the metric")

    @property
    def shown(self) -> Shown:
        """What the view shows: rows, points or ranks, and the words for them."""
        # Picture and sentence are made of the same: computed once, not twice.
        key = tuple(getattr(self, name) for name in _TRAITS)
        if key != self._shown_key:
            self._shown, self._shown_key = self._show(), key
        return self._shown

    def looks_at(self, trait: str) -> bool:
        """Return whether the view depends on a trait.

        Parameters
        ----------
        trait : str

        Returns
        -------
        bool
        """
        return self.view in _LOOKS_AT.get(trait, {self.view})

    def best_model(self) -> str:
        """Return the model with the best mean of the first metric and dataset."""
        metric, dataset = self.comparison.metrics[0], self.comparison.datasets[0]
        return str(self._tables.intervals(metric, dataset).index[0])

    def sentence(self) -> str:
        """Say what the view shows, with the words of `Comparison.summary`.

        Returns
        -------
        str
        """
        return self.shown.sentence

    def _show(self) -> Shown:
        tables, metric, dataset = self._tables, self.metric, self.dataset
        if self.view == _SCORES:
            return show_scores(tables, metric, dataset, self.reference, self.rope)
        if self.view == _DIFFERENCES:
            return show_differences(tables, metric, dataset, self.reference, self.rope)
        if self.view == _RANKS:
            return show_ranks(tables, metric)
        if self.view == _TIME:
            return show_time(tables, metric, dataset, self.reference)
        second = self.second_metric
        return show_plane(tables, metric, second, dataset, self.reference)


class CompareExplorer(Explorer):
    """A comparison in five views: scores, differences, ranks, trade-offs and time.

    Parameters
    ----------
    comparison : Comparison, optional
        What `mlkit.compare` returns; by default a small one of six models on ``flags``,
        which is computed at once.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"view"``, ``"metric"``,
        ``"second_metric"``, ``"dataset"``, ``"reference"``, ``"rope"``, ``"status"``.
    **traits
        Initial values of `CompareState`, such as ``view="differences"``.

    Raises
    ------
    TypeError, ValueError
        If it is no comparison, or has no records.
    UnknownNameError
        If a control to hide does not exist.
    traitlets.TraitError
        If a value does not fit (see `CompareState`).

    Notes
    -----
    ``"scores"`` has every fold and the mean with its interval; ``"differences"`` what
    counts, the paired differences to the reference, with the region of practical
    equivalence; ``"ranks"`` the critical difference over several datasets. Intervals
    are those of the corrected resampled t-test, since folds share training rows.
    Of more than 30 models the best are drawn, and the reference.

    Examples
    --------
    >>> explorer = CompareExplorer(view="differences", reference="cc-lr")
    >>> explorer.state.sentence()  # doctest: +ELLIPSIS
    'Micro F1 on flags: the mean of cc-lr is 0....'
    >>> explorer.state.rope = 0.05
    >>> explorer.frames
    2
    """

    control_names: ClassVar = (
        "presets",
        "view",
        "metric",
        "second_metric",
        "dataset",
        "reference",
        "rope",
        "status",
    )

    def __init__(
        self,
        comparison: Comparison | None = None,
        *,
        hide: Collection[str] = (),
        **traits: Any,
    ) -> None:
        chosen = _example() if comparison is None else comparison
        state = CompareState(chosen, **traits)
        self.presets = _presets(state)
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make five menus, and the slider of the rope."""
        state, metrics = self.state, self.state.comparison.measures
        labels = [(measure.label, measure.name) for measure in metrics]
        datasets = [
            (f"{n}: ranks" if n == ALL_DATASETS else n, n) for n in state.datasets
        ]
        rope = {"minimum": 0.0, "maximum": state.most_rope}
        self._made = {
            "view": self.menu("view", "View", state.views),
            "metric": self.menu("metric", "Metric", labels),
            "second_metric": self.menu("second_metric", "Second metric", labels),
            "dataset": self.menu("dataset", "Dataset", datasets),
            "reference": self.menu("reference", "Reference", state.comparison.models),
            "rope": self.number("rope", "ROPE (±)", **rope, step=rope["maximum"] / 100),
        }
        return self._made

    def sync(self) -> None:
        """Bring the controls to the state; those that the view ignores rest."""
        super().sync()
        for name, control in self._made.items():
            for part in getattr(control, "children", (control,)):
                part.disabled = not self.state.looks_at(name)

    def panels_key(self) -> Hashable:
        """Return the view, of ranks with the metric: nothing moves in them."""
        state = self.state
        return (state.view, state.metric) if state.view == _RANKS else state.view

    def make_panels(self) -> Panels:
        """Draw the axes of the view without models; all of the view of ranks."""
        view, n_models = self.state.view, len(self.state.comparison.models)
        n_drawn = min(n_models, MOST_MODELS)
        longest = max(map(len, self.state.comparison.models))
        if view == _RANKS:
            shown = self.state.shown
            n_groups = len(shown.options.get("groups", ()))
            size = RankPanels.size_for(len(shown.content), n_groups)
            return RankPanels(detached_figure(size), shown.content, **shown.options)
        if view in {_SCORES, _DIFFERENCES}:
            n_rows = n_drawn if view == _SCORES else min(n_models - 1, MOST_MODELS)
            size = ModelRowPanels.size_for(n_rows)
            return ModelRowPanels(detached_figure(size), n_rows, longest_name=longest)
        size = ModelPlanePanels.size_for(n_drawn)
        return ModelPlanePanels(
            detached_figure(size), n_drawn, longest_name=longest, log_x=view == _TIME
        )

    def show(self, panels: Any) -> bool:
        """Move rows or points to what the state shows."""
        if self.state.view == _RANKS:
            return False
        shown = self.state.shown
        return panels.show(shown.content, **shown.options)

    def sentence(self) -> str:
        """Say what the view shows, with the words of `Comparison.summary`."""
        return self.state.sentence()


@cache
def _example() -> Comparison:
    # Kept: a comparison cannot be changed, and the next explorer is there at once.
    return compare("flags", _EXAMPLE_MODELS, _EXAMPLE_METRICS, cv=5, progress=False)


def _presets(state: CompareState) -> dict[str, dict[str, Any]]:
    metrics = state.comparison.metrics
    first = {"metric": metrics[0], "dataset": state.comparison.datasets[0]}
    best = state.best_model()
    presets = {
        "every fold of every model": {"view": _SCORES, **first},
        "is the best one better?": {
            "view": _DIFFERENCES,
            **first,
            "reference": best,
            "rope": 0.01,
        },
        "a difference of 0.05 is none": {
            "view": _DIFFERENCES,
            **first,
            "reference": best,
            "rope": 0.05,
        },
        "two metrics, two winners?": {
            "view": _PLANE,
            **first,
            "second_metric": metrics[-1],
        },
        "is it worth the time?": {"view": _TIME, **first},
        "over all datasets": {"view": _RANKS, "metric": metrics[0]},
    }
    return {name: p for name, p in presets.items() if p["view"] in state.views}


def _check_comparison(comparison: Any) -> None:
    if not isinstance(comparison, Comparison):
        msg = (
            f"An explorer of comparisons needs a Comparison, got "
            f"{type(comparison).__name__}. Make one: mlkit.compare(dataset, models)."
        )
        raise TypeError(msg)
    if not len(comparison.folds) or not comparison.metrics:
        msg = (
            f"The comparison has {len(comparison.folds)} records and "
            f"{len(comparison.metrics)} metrics; at least one of each is needed."
        )
        raise ValueError(msg)
