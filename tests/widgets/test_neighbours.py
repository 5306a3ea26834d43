"""The neighbour explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from traitlets import TraitError

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import FeatureTypeError, ShapeError, UnknownNameError
from mlkit.models import MLkNN
from mlkit.widgets.neighbours import NeighbourExplorer, NeighbourState

# Two groups of three rows: of each row the others of its group are the neighbours.
X = np.array([[0, 0], [1, 0], [0, 1], [9, 9], [10, 9], [9, 10]])
Y = pd.DataFrame({"sea": [1, 1, 1, 0, 0, 1], "sun": [1, 0, 0, 0, 0, 0]})
GROUPS = MultiLabelDataset(X, Y)


@pytest.fixture
def state():
    return NeighbourState(GROUPS, n_neighbors=2, x=-1.0, y=-1.0)


@pytest.fixture
def explorer():
    return NeighbourExplorer()


def status(explorer):
    return explorer.view.children[-1].value


def control(explorer, trait):
    (bound,) = (b for b in explorer._bound if b.trait == trait)
    return bound.control


class TestState:
    def test_by_hand(self, state):
        # sea: 4 of 6 rows, prior 5/8. Rows that have it find it 2, 2, 2, 0 times;
        # those that have not, once each.
        assert state.label == "sea"
        assert state.count == 2
        assert_allclose(state.model.prior_[0], 5 / 8)
        assert_allclose(state.model.likelihood_[1, :, 0], [2 / 7, 1 / 7, 4 / 7])
        assert_allclose(state.model.likelihood_[0, :, 0], [1 / 5, 3 / 5, 1 / 5])
        yes, no = 5 / 8 * 4 / 7, 3 / 8 * 1 / 5
        assert_allclose(state.posterior[0], yes / (yes + no))

    def test_the_arithmetic_is_spelled_out(self, state):
        assert state.arithmetic() == (
            "with: prior 0.625 × 0.571 = 0.3571",
            "without: prior 0.375 × 0.200 = 0.0750",
            "0.3571 / (0.3571 + 0.0750) = 0.826",
        )

    def test_the_sentence(self, state):
        # Standardised by 4.83 and 4.52, the two rows lie at -1.07 and -0.85 across.
        assert state.sentence() == (
            "At (-1.00, -1.00) 2 of 2 neighbours carry sea, at distances 0.10 to 0.17. "
            "with: prior 0.625 × 0.571 = 0.3571; without: prior 0.375 × 0.200 = "
            "0.0750; 0.3571 / (0.3571 + 0.0750) = 0.826; sea is predicted. "
            "Posterior: sea 0.83, sun 0.18."
        )

    def test_everything_is_that_of_the_model(self):
        state = NeighbourState(x=0.3, y=-0.4, n_neighbors=7, smoothing=0.5)
        plane = state.plane
        model = MLkNN(n_neighbors=7, smoothing=0.5).fit(plane.points, plane.Y)
        assert_allclose(state.posterior, model.predict_proba([[0.3, -0.4]])[0])
        offsets = np.linalg.norm(plane.points - [0.3, -0.4], axis=1)
        assert_allclose(state.distances, np.sort(offsets)[:7])
        view = state.view()
        assert view.count == plane.Y[state.neighbours, 0].sum()
        assert_allclose(view.likelihood, model.likelihood_[:, :, 0])

    def test_a_constant_label_is_certain(self):
        dataset = MultiLabelDataset(X, Y.assign(sea=1, sun=0))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            state = NeighbourState(dataset)
        assert state.arithmetic() == ("every row carries sea: certain, whatever c is",)
        state.label = "sun"
        assert state.arithmetic() == ("no row carries sun: certain, whatever c is",)
        assert state.posterior.tolist() == [1.0, 0.0]

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("x", 3.5, r"x must lie in \[-3, 3\]; got 3.5"),
            ("y", np.nan, "y must lie in"),
            ("n_neighbors", 0, r"\[1, 5\]; got 0"),
            ("n_neighbors", 6, r"\[1, 5\]; got 6"),
            ("smoothing", 0.0, r"\[0.1, 10\]; got 0"),
            ("label", "sky", "Unknown label 'sky'. .*Known: 'sea', 'sun'"),
        ],
        ids=["x", "y", "k small", "k large", "s", "label"],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)


class TestExplorer:
    @pytest.mark.parametrize(
        ("trait", "value"),
        [
            ("x", 1.25),
            ("y", -1.5),
            ("n_neighbors", 4),
            ("smoothing", 3.0),
            ("label", "B"),
        ],
    )
    def test_controls_change_state_picture_and_sentence(self, trait, value):
        explorer = NeighbourExplorer()
        before = explorer._png, status(explorer)
        control(explorer, trait).value = value
        assert getattr(explorer.state, trait) == value
        assert explorer._png != before[0]
        assert status(explorer) != before[1]
        assert explorer.frames == 2

    @pytest.mark.parametrize(
        ("trait", "value"),
        [("x", 0.77), ("y", -2.0), ("n_neighbors", 20), ("smoothing", 0.3)],
    )
    def test_code_moves_the_controls(self, explorer, trait, value):
        setattr(explorer.state, trait, value)
        assert control(explorer, trait).value == value
        assert explorer.frames == 2

    def test_presets(self, explorer):
        assert list(explorer.presets) == [
            "in the middle",
            "border",
            "far away",
            "alone",
        ]
        assert explorer.shown_preset() == "border"
        found = {}
        for name in explorer.presets:
            explorer._menu.value = name
            assert explorer.shown_preset() == name
            found[name] = explorer.state.distances[0], explorer.state.posterior[0]
        assert abs(found["border"][1] - 0.5) < 0.05
        nearest = {name: distance for name, (distance, _) in found.items()}
        assert nearest["far away"] > 2 > nearest["alone"] > 0.5
        assert nearest["alone"] > 2 * max(nearest["in the middle"], nearest["border"])

    def test_far_away_ml_knn_is_as_sure_as_anywhere(self, explorer):
        explorer._menu.value = "far away"
        assert explorer.state.posterior.max() > 0.9

    def test_hide(self):
        everything = [*NeighbourExplorer.control_names]
        assert len(NeighbourExplorer(hide=everything).view.children) == 1
        assert len(NeighbourExplorer().view.children) == 8
        with pytest.raises(UnknownNameError, match="Did you mean 'smoothing'"):
            NeighbourExplorer(hide=["smoothings"])

    def test_another_dataset_and_its_features(self):
        rng = np.random.default_rng(0)
        table = pd.DataFrame(rng.normal(size=(50, 3)), columns=["a", "größe", "c"])
        dataset = MultiLabelDataset(table, rng.integers(0, 2, (50, 5)))
        explorer = NeighbourExplorer(dataset, features=["c", "größe"])
        plane = explorer.state.plane
        assert plane.axis_names[1] == "größe (standard deviations)"
        assert "The 3 most frequent of 5 labels." in status(explorer)
        with pytest.raises(UnknownNameError, match="Did you mean 'größe'"):
            NeighbourExplorer(dataset, features=["c", "größ"])

    def test_one_label_and_few_rows(self):
        dataset = MultiLabelDataset(X, np.ones((6, 1), dtype=int))
        explorer = NeighbourExplorer(dataset)
        assert explorer.state.n_neighbors == explorer.state.most_neighbors == 5
        assert "every row carries label_0" in status(explorer)

    def test_what_cannot_be_drawn_is_refused(self):
        with pytest.raises(ShapeError, match="at least 5 rows"):
            NeighbourExplorer(GROUPS[:0])
        words = pd.DataFrame({"a": list("uvwxyz"), "b": list("uvwxyz")})
        with pytest.raises(FeatureTypeError, match="has 0 of them"):
            NeighbourExplorer(MultiLabelDataset(words, Y))

    def test_the_dataset_is_not_modified(self):
        features, labels = np.array(GROUPS.X), GROUPS.Y.copy()
        NeighbourExplorer(GROUPS).state.x = 0.5
        np.testing.assert_array_equal(GROUPS.X, features)
        pd.testing.assert_frame_equal(GROUPS.Y, labels)

    def test_many_updates_leave_nothing_behind(self, explorer):
        for step in range(30):
            explorer.state.x = step / 20
            explorer.state.n_neighbors = 1 + step % 20
        assert len(explorer._figures) == 1
        assert plt.get_fignums() == []

    def test_a_frame_is_the_same_whatever_was_shown_before(self, explorer):
        explorer.state.n_neighbors = 1
        explorer.state.label = "C"
        explorer.state.n_neighbors = 10
        explorer.state.label = "A"
        assert explorer._png == NeighbourExplorer()._png
