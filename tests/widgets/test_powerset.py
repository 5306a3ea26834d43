"""The powerset explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import gc

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose
from sklearn.dummy import DummyClassifier
from traitlets import TraitError

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import load_flags
from mlkit.exceptions import IndicatorError, ShapeError, UnknownNameError
from mlkit.models import PrunedSets
from mlkit.widgets.powerset import PowersetExplorer, PowersetState

RNG = np.random.RandomState(2)
Y = (RNG.rand(240, 6) < 0.3).astype(np.int8)
VALUES = [("n_rows", 40), ("prune", 4), ("n_labels", 3), ("labelset_size", 2)]


@pytest.fixture
def state():
    return PowersetState(Y)


@pytest.fixture(scope="module")
def lesson():
    return PowersetExplorer()


def _controls(explorer):
    """Every number box by its trait."""
    return {bound.trait: bound.control for bound in explorer._bound}


def _parts():
    order = np.random.RandomState(0).permutation(len(Y))
    return Y[order[120:]], Y[order[:120]]


class TestState:
    def test_the_numbers_of_the_lesson(self, lesson):
        # Those of tests/models/test_powerset.py, where a tree is trained.
        state = lesson.state
        assert (state.n_rows, state.n_test, state.n_labels) == (2000, 2000, 20)
        assert len(state.counts) == 1118
        assert state.missed()[0] == pytest.approx(0.4095)

    def test_all_label_sets(self, state):
        train, _ = _parts()
        assert state.most_sets == len(np.unique(train, axis=0))

    def test_counts_are_those_of_the_training_rows(self, state):
        train, _ = _parts()
        state.n_rows, state.n_labels = 50, 4
        counts = pd.DataFrame(train[:50, :4]).value_counts().to_numpy()
        assert state.counts.tolist() == counts.tolist()

    def test_test_rows_out_of_reach(self, state):
        train, test = _parts()
        state.n_rows, state.prune = 60, 1
        counts = pd.DataFrame(train[:60]).value_counts()
        seen = np.array([counts.get(tuple(row), 0) for row in test])
        whole, pruned, _ = state.missed()
        assert whole == pytest.approx((seen < 1).mean())
        assert pruned == pytest.approx((seen < 2).mean())

    def test_pruning_keeps_what_pruned_sets_keeps(self, state):
        train, _ = _parts()
        for prune in (0, 1, 3):
            state.prune = prune
            learner = PrunedSets(DummyClassifier(), prune=prune)
            learner.fit(np.zeros((len(train), 1)), train)
            assert state.view().n_kept == len(learner.label_sets_)

    def test_one_group_of_all_labels_is_the_powerset(self):
        state = PowersetState(Y, labelset_size=6, prune=0)
        whole, pruned, composed = state.missed()
        assert whole == pruned == composed
        assert state.member_classes == len(state.counts)

    def test_groups_divide_the_labels_that_are_used(self, state):
        state.n_labels = 5
        groups = state.labelsets
        assert [len(group) for group in groups] == [3, 2]
        assert sorted(np.concatenate(groups).tolist()) == [0, 1, 2, 3, 4]

    def test_a_member_sees_at_most_its_sets(self, state):
        for size in range(1, 7):
            state.labelset_size = size
            assert 2 <= state.member_classes <= 2**size

    def test_the_curve_passes_through_the_points(self, state):
        view = state.view()
        for n_rows in (1, 30, 120):
            place = view.rows.tolist().index(n_rows)
            state.n_rows = n_rows
            assert_allclose(state.missed(), view.missed[:, place])
        # More rows never know less.
        assert (np.diff(view.missed, axis=1) <= 0).all()

    def test_long_curves_have_few_points(self, lesson):
        rows = lesson.state.view().rows
        assert (rows[0], rows[-1], len(rows)) == (1, 2000, 240)

    def test_the_sentence(self, lesson):
        state = PowersetState([[1, 0], [1, 0], [1, 1], [1, 0]], prune=0)
        assert state.sentence().startswith(
            "1 label set in 2 training rows, of 2² = 4 possible with 2 labels; "
        )
        assert "Nothing is pruned." in state.sentence()
        assert lesson.sentence().startswith(
            "1,118 label sets in 2,000 training rows, of 2²⁰ = 1,048,576 possible with "
            "20 labels; 41 % of 2,000 test rows have a set never seen. Pruning sets of "
            "up to 1 row keeps 253 sets and 57 % of the rows; then 56 % of the test "
            "rows are out of reach. RAkEL with 3 labels a member has at most 8 classes"
        )

    def test_the_sentence_where_nothing_is_kept(self):
        state = PowersetState(np.eye(8), prune=20)
        assert "No set has more than 20 rows to be kept for." in state.sentence()
        assert state.missed()[1] == 1.0

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("n_rows", 121, r"n_rows must lie in \[1, 120\]; got 121"),
            ("n_rows", 0, r"\[1, 120\]"),
            ("prune", 21, r"\[0, 20\]"),
            ("n_labels", 7, r"\[1, 6\]"),
            ("labelset_size", 0, r"\[1, 6\]"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)

    @pytest.mark.parametrize("shape", [(0, 3), (1, 3), (5, 0)])
    def test_too_little(self, shape):
        with pytest.raises(ShapeError, match="at least 2 rows and 1 label"):
            PowersetState(sp.csr_array(shape))

    def test_containers_agree(self):
        given = (Y, pd.DataFrame(Y), sp.csr_array(Y))
        assert len({PowersetState(labels).sentence() for labels in given}) == 1

    def test_the_labels_given_are_not_modified(self, state):
        before = Y.copy()
        state.prune = 3
        state.view()
        assert (before == Y).all()

    def test_of_much_some_is_taken_and_said(self):
        state = PowersetState(sp.csr_array((30_000, 1_200), dtype=np.int8))
        assert (state.most_rows + state.n_test, state.most_labels) == (3_333, 1_000)
        assert state.sentence().endswith(
            "These are 3,333 of 30,000 rows, drawn at random and the first 1,000 of "
            "1,200 labels."
        )

    @pytest.mark.parametrize(
        ("n_samples", "least"), [(2, 1), (398, 1), (400, 2), (2000, 10), (4000, 20)]
    )
    def test_the_least_number_of_rows_is_a_round_one(self, n_samples, least):
        assert PowersetState(np.zeros((n_samples, 1))).least_rows == least


class TestExplorer:
    @pytest.mark.parametrize(("trait", "value"), VALUES)
    def test_each_control_changes_state_picture_and_sentence(self, trait, value):
        explorer = PowersetExplorer(Y)
        picture, words = explorer._png, explorer._status.value
        _controls(explorer)[trait].value = value
        assert getattr(explorer.state, trait) == value
        assert explorer.frames == 2
        assert explorer._png != picture
        assert explorer._status.value != words

    def test_code_changes_the_controls(self):
        explorer = PowersetExplorer(Y)
        with explorer.paused():
            for trait, value in VALUES:
                setattr(explorer.state, trait, value)
        shown = {trait: box.value for trait, box in _controls(explorer).items()}
        assert shown == dict(VALUES)
        assert explorer.frames == 2

    def test_sliders_go_as_far_as_the_data(self):
        explorer = PowersetExplorer(load_flags())
        limits = {
            trait: (box.min, box.max) for trait, box in _controls(explorer).items()
        }
        assert limits == {
            "n_rows": (1, 98),
            "prune": (0, 20),
            "n_labels": (1, 7),
            "labelset_size": (1, 7),
        }

    def test_a_number_of_rows_between_two_steps_stays(self):
        explorer = PowersetExplorer(np.zeros((2000, 2)))
        explorer.state.n_rows = 333
        assert explorer.state.n_rows == _controls(explorer)["n_rows"].value == 333

    @pytest.mark.parametrize("n_labels", [1, 2, 6])
    def test_presets_show_what_they_promise(self, n_labels):
        explorer = PowersetExplorer(Y[:, :n_labels])
        for name, values in explorer.presets.items():
            explorer._menu.value = name
            assert {trait: getattr(explorer.state, trait) for trait in values} == values
        # Where there is one label, half of the labels is all of them.
        assert n_labels == 1 or explorer.shown_preset() == name

    def test_own_values(self):
        state = PowersetExplorer(
            Y, n_rows=30, prune=2, n_labels=4, labelset_size=2
        ).state
        assert (state.n_rows, state.prune) == (30, 2)
        assert (state.n_labels, state.labelset_size) == (4, 2)

    def test_hide(self):
        names = PowersetExplorer.control_names
        assert len(PowersetExplorer(Y, hide=names).view.children) == 1
        assert len(PowersetExplorer(Y).view.children) == 7
        with pytest.raises(UnknownNameError, match="Did you mean 'prune'"):
            PowersetExplorer(Y, hide=["prun"])

    @pytest.mark.parametrize(
        "labels",
        [[[1], [0]], np.zeros((9, 4)), np.ones((9, 4)), np.eye(9)],
        ids=["one label", "no positive", "all positive", "single positives"],
    )
    def test_small_and_extreme_labels(self, labels):
        explorer = PowersetExplorer(labels)
        for name in explorer.presets:
            explorer._menu.value = name
        assert explorer._png

    def test_a_thousand_labels(self):
        labels = (np.random.RandomState(0).rand(200, 1000) < 0.01).astype(np.int8)
        explorer = PowersetExplorer(labels)
        assert "2¹⁰⁰⁰ ≈ 1.1 × 10³⁰¹ possible" in explorer._status.value

    def test_unknown_labels_count_as_absent(self):
        labels = Y.astype(float)
        labels[0] = np.nan
        expected = PowersetExplorer(np.nan_to_num(labels)).sentence()
        dataset = MultiLabelDataset(np.zeros((len(Y), 1)), labels)
        assert PowersetExplorer(labels).sentence() == expected
        assert PowersetExplorer(dataset).sentence() == expected

    def test_not_labels(self):
        with pytest.raises(IndicatorError, match="outside"):
            PowersetExplorer([[2], [0]])

    def test_one_figure_is_reused(self):
        explorer = PowersetExplorer(Y)
        for n_rows in range(20, 100, 2):
            explorer.state.n_rows = n_rows
        gc.collect()
        assert len(explorer._figures) == 1
        assert plt.get_fignums() == []
