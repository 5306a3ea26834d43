"""The neighbour explorer: move a point, and see how ML-kNN counts its neighbours."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
from traitlets import Float, HasTraits, Int, Unicode, validate

from mlkit.dataset import MultiLabelDataset
from mlkit.models.mlknn import MLkNN
from mlkit.plots.neighbours import NeighbourPanels, NeighbourView
from mlkit.plots.style import detached_figure
from mlkit.widgets.base import Explorer
from mlkit.widgets.checks import in_range, one_of
from mlkit.widgets.planes import Plane, plane_example, plane_of

__all__ = ["NeighbourExplorer", "NeighbourState"]

_MOST_NEIGHBOURS = 20
_SMOOTHING = (0.1, 10.0)
_GRID = 25  # points in each direction among which the border is looked for


class NeighbourState(HasTraits):
    """A point in a plane, and what ML-kNN makes of it: no widget.

    Parameters
    ----------
    dataset : MultiLabelDataset, optional
        By default 200 rows with three labels, made with a fixed seed. Of another one at
        most 400 rows, drawn at random with a fixed seed, and the 3 most frequent
        labels. ML-kNN learns each label on its own, so that the others change nothing.
    features : two of the columns of X, optional
        By name, or by position where `X` has no names; by default the first two columns
        that are numbers without gaps and vary.
    **traits
        Initial values of the attributes.

    Attributes
    ----------
    x, y : float
        The point, in standard deviations from the mean of each feature; within
        ``plane.limit`` of 0.
    n_neighbors : int
        At least 1, at most 20 and less than there are rows.
    smoothing : float
        In [0.1, 10]; 1 is Laplace's rule.
    label : str
        Which label is spelled out.
    plane : Plane
        The rows; not to be changed.

    Raises
    ------
    traitlets.TraitError
        If a value does not fit.
    ShapeError, FeatureTypeError, UnknownNameError, MissingLabelsError
        If the dataset has no two such features, too few rows, or unknown labels.

    Examples
    --------
    >>> state = NeighbourState(n_neighbors=5)
    >>> state.count <= 5, bool(0 < state.posterior[0] < 1)
    (True, True)
    """

    x = Float(0.0)
    y = Float(0.0)
    n_neighbors = Int()
    smoothing = Float(1.0)
    label = Unicode()

    def __init__(
        self,
        dataset: MultiLabelDataset | None = None,
        *,
        features: Sequence[Hashable] | None = None,
        **traits: Any,
    ) -> None:
        if dataset is None:
            dataset = plane_example()
        self.plane: Plane = plane_of(dataset, features=features)
        self._fitted = lru_cache(maxsize=64)(self._fit)
        # Picture and sentence ask for the same point several times.
        self._asked = lru_cache(maxsize=8)(self._ask)
        start = {
            "label": self.plane.label_names[0],
            "n_neighbors": min(10, self.most_neighbors),
        }
        super().__init__(**start | traits)

    @validate("x", "y")
    def _check_place(self, proposal: Any) -> float:
        return in_range(proposal, -self.plane.limit, self.plane.limit)

    @validate("n_neighbors")
    def _check_n_neighbors(self, proposal: Any) -> int:
        return in_range(proposal, 1, self.most_neighbors)

    @validate("smoothing")
    def _check_smoothing(self, proposal: Any) -> float:
        return in_range(proposal, *_SMOOTHING)

    @validate("label")
    def _check_label(self, proposal: Any) -> str:
        return one_of(proposal, self.plane.label_names)

    @property
    def most_neighbors(self) -> int:
        """The largest k: 20, or the number of other rows."""
        return min(_MOST_NEIGHBOURS, len(self.plane.points) - 1)

    @property
    def model(self) -> MLkNN:
        """The fitted ML-kNN; its tables are what the picture shows."""
        return self._fitted(self.n_neighbors, self.smoothing)

    @property
    def neighbours(self) -> np.ndarray:
        """Positions of the neighbours, the nearest first, shape (n_neighbors,)."""
        return self._here()[0]

    @property
    def count(self) -> int:
        """How many of the neighbours carry the label."""
        return int(self.plane.Y[self.neighbours, self._place].sum())

    @property
    def posterior(self) -> np.ndarray:
        """P(label | its count) of all labels, shape (n_labels,)."""
        return self._here()[1]

    @property
    def distances(self) -> np.ndarray:
        """How far the neighbours are, ascending, in standard deviations."""
        offsets = self.plane.points[self.neighbours] - [self.x, self.y]
        return np.linalg.norm(offsets, axis=1)

    def arithmetic(self) -> tuple[str, ...]:
        """Spell out the posterior of the label.

        Returns
        -------
        tuple of str
            With the label, without it, and what follows; one line where all rows agree.
        """
        values = self.plane.Y[:, self._place]
        if values.min() == values.max():
            carry = "every row carries" if values[0] else "no row carries"
            return (f"{carry} {self.label}: certain, whatever c is",)
        model, j = self.model, self._place
        prior, (no, yes) = model.prior_[j], model.likelihood_[:, self.count, j]
        joint, other = prior * yes, (1 - prior) * no
        return (
            f"with: prior {prior:.3f} × {yes:.3f} = {joint:.4f}",
            f"without: prior {1 - prior:.3f} × {no:.3f} = {other:.4f}",
            f"{joint:.4f} / ({joint:.4f} + {other:.4f}) = {self.posterior[j]:.3f}",
        )

    def view(self) -> NeighbourView:
        """Return what the picture needs.

        Returns
        -------
        NeighbourView
        """
        model = self.model
        return NeighbourView(
            point=np.array([self.x, self.y]),
            neighbours=self.neighbours,
            label=self._place,
            count=self.count,
            likelihood=model.likelihood_[:, :, self._place],
            prior=model.prior_,
            posterior=self.posterior,
            arithmetic=self.arithmetic(),
        )

    def sentence(self) -> str:
        """Say the neighbours, the arithmetic of the label and all posteriors.

        Returns
        -------
        str
        """
        near, far = self.distances[[0, -1]]
        names = self.plane.label_names
        decided = "is" if self.posterior[self._place] > 0.5 else "is not"
        everything = ", ".join(
            f"{name} {p:.2f}" for name, p in zip(names, self.posterior, strict=True)
        )
        parts = [
            f"At ({self.x:.2f}, {self.y:.2f}) {self.count} of {self.n_neighbors} "
            f"neighbours carry {self.label}, at distances {near:.2f} to {far:.2f}",
            f"{'; '.join(self.arithmetic())}; {self.label} {decided} predicted",
            f"Posterior: {everything}",
            self.plane.left_out,
        ]
        return ". ".join(part for part in parts if part) + "."

    @property
    def _place(self) -> int:
        return self.plane.label_names.index(self.label)

    def _here(self) -> tuple[np.ndarray, np.ndarray]:
        return self._asked(self.x, self.y, self.n_neighbors, self.smoothing)

    def _ask(
        self, x: float, y: float, n_neighbors: int, smoothing: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the neighbours of a point and the posteriors of all labels."""
        model, point = self._fitted(n_neighbors, smoothing), [[x, y]]
        return model.find_neighbors(point)[0], model.predict_proba(point)[0]

    def _fit(self, n_neighbors: int, smoothing: float) -> MLkNN:
        model = MLkNN(n_neighbors=n_neighbors, smoothing=smoothing)
        with self.plane.constants_allowed():
            return model.fit(self.plane.points, self.plane.Y)


class NeighbourExplorer(Explorer):
    """A point that can be moved, its neighbours, and the posterior they give.

    Parameters
    ----------
    dataset : MultiLabelDataset, optional
        By default 200 rows with three labels; see `NeighbourState` for what is taken of
        another one.
    features : two of the columns of X, optional
        Which plane is drawn; by default the first two that are numbers and vary.
    hide : collection of str, default ()
        Controls to leave out: ``"presets"``, ``"x"``, ``"y"``, ``"n_neighbors"``,
        ``"smoothing"``, ``"label"``, ``"status"``.

    Raises
    ------
    UnknownNameError
        If a control to hide, or a feature, does not exist.
    ShapeError, FeatureTypeError, MissingLabelsError
        If the dataset does not fit (see `NeighbourState`).

    Notes
    -----
    Everything comes from the tables that `MLkNN` has learned: its prior, how often rows
    with and without the label have c neighbours with it, and Bayes' rule. Distance has
    no part in it: far away from all rows the answer is as sure as among them.

    Examples
    --------
    >>> explorer = NeighbourExplorer(hide=["presets"])
    >>> explorer.state.n_neighbors = 3
    >>> len(explorer.state.neighbours), explorer.frames
    (3, 2)
    """

    control_names: ClassVar = (
        *("presets", "x", "y", "n_neighbors", "smoothing", "label", "status"),
    )

    def __init__(
        self,
        dataset: MultiLabelDataset | None = None,
        *,
        features: Sequence[Hashable] | None = None,
        hide: Collection[str] = (),
    ) -> None:
        state = NeighbourState(dataset, features=features)
        self.presets = _presets(state)
        for trait, value in self.presets["border"].items():
            setattr(state, trait, value)
        super().__init__(state, hide=hide)

    def controls(self) -> dict[str, widgets.Widget]:
        """Make four sliders and a menu of the labels."""
        limit, most = self.state.plane.limit, self.state.most_neighbors
        plane = {"minimum": -limit, "maximum": limit, "step": 0.05}
        low, high = _SMOOTHING
        return {
            "x": self.number("x", "Across (x)", **plane),
            "y": self.number("y", "Up (y)", **plane),
            "n_neighbors": self.number(
                "n_neighbors", "Neighbours k", minimum=1, maximum=most, step=1
            ),
            "smoothing": self.number(
                "smoothing", "Smoothing s", minimum=low, maximum=high, step=0.1
            ),
            "label": self.menu("label", "Label", self.state.plane.label_names),
        }

    def make_panels(self) -> NeighbourPanels:
        """Draw the plane with all rows, and both panels without values."""
        plane = self.state.plane
        return NeighbourPanels(
            detached_figure(NeighbourPanels.size_for(plane.label_names)),
            plane.points,
            plane.Y,
            label_names=plane.label_names,
            feature_names=plane.axis_names,
            limit=plane.limit,
            most_neighbours=self.state.most_neighbors,
        )

    def show(self, panels: NeighbourPanels) -> bool:
        """Move the point, its links, the bars and the numbers."""
        return panels.show(self.state.view())

    def sentence(self) -> str:
        """Say the neighbours, the arithmetic of the label and all posteriors."""
        return self.state.sentence()


def _presets(state: NeighbourState) -> dict[str, dict[str, float]]:
    plane = state.plane
    far = 0.95 * plane.limit
    corners = np.array([[a, b] for a in (-far, far) for b in (-far, far)])
    points = {
        "in the middle": np.zeros(2),
        "border": _undecided(state),
        # The corner with the greatest distance to its nearest row.
        "far away": corners[plane.to_nearest(corners).argmax()],
        "alone": plane.widest_gap(),
    }
    rounded = {name: np.round(point, 2) for name, point in points.items()}
    return {name: {"x": float(x), "y": float(y)} for name, (x, y) in rounded.items()}


def _undecided(state: NeighbourState) -> np.ndarray:
    """Return where the first label is nearest to 0.5: near the middle of the rows."""
    side = np.linspace(-1.5, 1.5, _GRID)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    doubt = np.abs(state.model.predict_proba(grid)[:, 0] - 0.5)
    # Many points share a posterior; of these the one nearest to the middle.
    order = np.lexsort((np.linalg.norm(grid, axis=1), doubt.round(9)))
    return grid[order[0]]
