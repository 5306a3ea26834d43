"""The explorers of a dataset, an evaluation or a comparison, in tabs."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import ipywidgets as widgets

from mlkit.comparison import Comparison
from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import Evaluation
from mlkit.exceptions import unknown_name
from mlkit.widgets.base import WIDGET_VIEW, Explorer, status_html
from mlkit.widgets.planes import has_plane

__all__ = ["ExplorerTabs", "explore"]

Maker = Callable[[], Explorer]


def explore(x: Any, *, data: MultiLabelDataset | None = None) -> ExplorerTabs:
    """Open the explorers of a dataset, an evaluation or a comparison.

    Parameters
    ----------
    x : MultiLabelDataset, Evaluation or Comparison
        What to look at.
    data : MultiLabelDataset, optional
        Of an evaluation: the rows that were predicted, in the same order. With it, the
        browser of errors shows the pictures, texts or features of the rows.

    Returns
    -------
    ExplorerTabs
        As the last line of a cell, it is shown.

    Raises
    ------
    TypeError
        If `x` is none of the three, or `data` is given with another than an evaluation.

    See Also
    --------
    mlkit.report : The same in one HTML file, to be sent.

    Examples
    --------
    >>> import mlkit
    >>> tabs = mlkit.explore(mlkit.load("flags"))
    >>> tabs.names
    ('Labels', 'Split', 'Label sets', 'Chains', 'Neighbours')
    >>> tabs["Labels"].sentence()[:12]
    'All 195 rows'
    """
    if data is not None and not isinstance(x, Evaluation):
        msg = (
            f"data are the rows of an Evaluation; x is a {type(x).__name__}. "
            "Leave data out."
        )
        raise TypeError(msg)
    if isinstance(x, MultiLabelDataset):
        return ExplorerTabs(dict(_of_dataset(x)))
    if isinstance(x, Evaluation):
        return ExplorerTabs(dict(_of_evaluation(x, data)))
    if isinstance(x, Comparison):
        return ExplorerTabs({"Models": _maker("comparing", "CompareExplorer", x)})
    msg = (
        "x must be a MultiLabelDataset, an Evaluation or a Comparison; got "
        f"{type(x).__name__}. Make one with mlkit.load or mlkit.read, mlkit.evaluate, "
        "or mlkit.compare."
    )
    raise TypeError(msg)


def _of_dataset(dataset: MultiLabelDataset) -> Iterator[tuple[str, Maker]]:
    yield "Labels", _maker("labels", "LabelExplorer", dataset)
    yield "Split", _maker("split", "SplitExplorer", dataset)
    yield "Label sets", _maker("powerset", "PowersetExplorer", dataset)
    # What these learn from has to be known.
    if not dataset.n_missing:
        yield "Chains", _maker("chains", "ChainExplorer", dataset)
        if has_plane(dataset):
            yield "Neighbours", _maker("neighbours", "NeighbourExplorer", dataset)


def _of_evaluation(
    evaluation: Evaluation, data: MultiLabelDataset | None
) -> Iterator[tuple[str, Maker]]:
    yield "Errors", _maker("errors", "ErrorBrowser", evaluation, data)
    if evaluation.evidence.has("probabilities"):
        yield "Thresholds", _maker("thresholds", "ThresholdExplorer", evaluation)
        yield "Calibration", _maker("calibration", "CalibrationExplorer", evaluation)


def _maker(module: str, name: str, *arguments: Any) -> Maker:
    # Imported when its tab is opened: some need the learners, some do not.
    return partial(_make, module, name, arguments)


def _make(module: str, name: str, arguments: Sequence[Any]) -> Explorer:
    made = getattr(import_module(f"mlkit.widgets.{module}"), name)(*arguments)
    assert isinstance(made, Explorer)
    return made


class ExplorerTabs:
    """Explorers in tabs; each is made when its tab is first opened.

    Parameters
    ----------
    makers : mapping of str to callable
        Title of the tab -> what returns its explorer; at least one.

    Attributes
    ----------
    names : tuple of str
        The titles.
    view : ipywidgets.Tab
        The widget itself, to put into a layout of one's own.

    Examples
    --------
    >>> from mlkit.widgets import LogitExplorer
    >>> tabs = ExplorerTabs({"Logits": LogitExplorer, "Pairs": LogitExplorer})
    >>> tabs["Logits"].frames
    1
    """

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        self.names: tuple[str, ...] = tuple(makers)
        self._makers = dict(makers)
        self._made: dict[str, Explorer] = {}
        pages = [widgets.VBox([_waiting(name)]) for name in self.names]
        self.view = widgets.Tab(children=pages, selected_index=0)
        for place, name in enumerate(self.names):
            self.view.set_title(place, name)
        self._open(self.names[0])
        self.view.observe(self._on_tab, names="selected_index")

    def __getitem__(self, name: str) -> Explorer:
        """Return the explorer of a tab, made now if it was never open.

        Raises
        ------
        UnknownNameError
            If there is no tab of this title.
        """
        if name not in self._makers:
            error = unknown_name("tab", name, self.names)
            raise error
        return self._open(name)

    def _open(self, name: str) -> Explorer:
        if name not in self._made:
            page = self.view.children[self.names.index(name)]
            try:
                self._made[name] = self._makers[name]()
            except Exception as err:
                # A notebook shows errors of callbacks only in a log.
                text = f"{type(err).__name__}: {err}"
                page.children = [widgets.HTML(status_html(text))]
                raise
            page.children = [self._made[name].view]
        return self._made[name]

    def _on_tab(self, change: Any) -> None:
        # No tab at all may be chosen.
        if change["new"] is not None:
            self._open(self.names[change["new"]])

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> dict[str, Any]:
        chosen = self.names[self.view.selected_index or 0]
        shown = self._made.get(chosen) or self._made[self.names[0]]
        bundle = shown._repr_mimebundle_(include, exclude)
        bundle[WIDGET_VIEW] = bundle[WIDGET_VIEW] | {"model_id": self.view.model_id}
        return bundle


def _waiting(name: str) -> widgets.HTML:
    return widgets.HTML(f"<p>{html.escape(name)} is being made ...</p>")
