"""The dependence explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from traitlets import TraitError

from mlkit.datasets.generators import LabelTruth
from mlkit.exceptions import UnknownNameError
from mlkit.widgets.dependence import (
    DEPENDENCE_PRESETS,
    DependenceExplorer,
    DependenceState,
)


@pytest.fixture
def state():
    """The lesson's: P{ } = .4, P{A} = .3, P{B} = 0, P{A, B} = .3."""
    return DependenceState(p_a=0.6, p_b=0.3, dependence=1.0)


@pytest.fixture
def explorer():
    return DependenceExplorer()


class TestState:
    def test_the_distribution_of_the_lesson(self, state):
        assert state.joint == pytest.approx([0.4, 0.3, 0.0, 0.3])
        assert state.margins == pytest.approx((0.6, 0.3))
        assert state.bounds == pytest.approx((0.0, 0.3))
        # (.3 - .18) / sqrt(.6 * .4 * .3 * .7)
        assert state.correlations["unknown"] == pytest.approx(0.12 / 0.0504**0.5)

    def test_the_expected_losses_by_hand(self, state):
        hamming, subset, f1, jaccard = state.expected
        assert hamming == pytest.approx([0.45, 0.35, 0.65, 0.55])
        assert subset == pytest.approx([0.6, 0.7, 1.0, 0.7])
        # F1 of {A}: .3 + .3 * 2/3; of {B}: .3 * 2/3; of both: .3 * 2/3 + .3.
        assert f1 == pytest.approx([0.6, 0.5, 0.8, 0.5])
        # Jaccard of {A}: .3 + .3 / 2; of {B}: .3 / 2; of both: .3 / 2 + .3.
        assert jaccard == pytest.approx([0.6, 0.55, 0.85, 0.55])

    def test_the_decisions_of_the_lesson(self, state):
        assert state.decisions == {
            "hamming": ("{A}",),
            "subset": ("{ }",),
            "f1": ("{A}", "{A, B}"),
            "jaccard": ("{A}", "{A, B}"),
        }

    def test_never_together_has_three_answers(self):
        state = DependenceState(p_a=0.45, p_b=0.45, dependence=-1.0)
        assert state.joint == pytest.approx([0.1, 0.45, 0.45, 0.0])
        first = [answers[0] for answers in state.decisions.values()]
        assert first[:3] == ["{ }", "{A}", "{A, B}"]
        # .9 * 2 / 3 is more than .45.
        assert state.expected[2, 3] == pytest.approx(1 - 0.6)

    @pytest.mark.parametrize("seed", range(5))
    def test_the_first_decision_is_that_of_the_truth(self, seed):
        p_a, p_b, strength, effect = np.random.default_rng(seed).random(4)
        state = DependenceState(
            p_a=p_a, p_b=p_b, dependence=2 * strength - 1, effect=2 * effect - 1
        )
        none, a, b, both = state.joint
        truth = LabelTruth.from_joint([[none, b, a, both]])
        names = {(0, 0): "{ }", (1, 0): "{A}", (0, 1): "{B}", (1, 1): "{A, B}"}
        for loss in ("hamming", "subset", "f1"):
            best = tuple(truth.best(loss).to_numpy()[0].tolist())
            assert state.decisions[loss][0] == names[best]

    def test_dependent_only_through_x(self):
        state = DependenceState(p_a=0.5, p_b=0.5, dependence=0.0, effect=0.8)
        assert state.joint == pytest.approx([0.41, 0.09, 0.09, 0.41])
        phi = state.correlations
        assert phi == pytest.approx({"unknown": 0.64, "0": 0.0, "1": 0.0}, abs=1e-12)
        state.given = "1"
        assert state.joint == pytest.approx([0.01, 0.09, 0.09, 0.81])
        assert state.margins == pytest.approx((0.9, 0.9))
        state.given = "0"
        assert state.joint == pytest.approx([0.81, 0.09, 0.09, 0.01])

    def test_independent_but_not_at_any_x(self):
        state = DependenceState(p_a=0.5, p_b=0.5, dependence=-1.0, effect=0.5)
        phi = state.correlations
        # At x = 1: (.5 - .75 ** 2) / (.75 * .25)
        assert phi["unknown"] == pytest.approx(0.0, abs=1e-12)
        assert phi["0"] == phi["1"] == pytest.approx(-1 / 3)

    def test_constant_labels_have_no_correlation(self):
        state = DependenceState(p_a=0.0, p_b=0.5)
        assert np.isnan(state.correlations["unknown"])
        assert "correlation φ undefined" in state.sentence()

    def test_the_sentence(self, state):
        assert state.sentence() == (
            "P{ } 0.40, P{A} 0.30, P{B} 0.00, P{A, B} 0.30 (possible 0.00 to 0.30). "
            "x unknown: correlation φ 0.53 (x says nothing). Best answers: "
            "Hamming loss {A} (0.35), Subset 0/1 loss { } (0.60), "
            "1 − F1 {A} or {A, B} (0.50), 1 − Jaccard {A} or {A, B} (0.55)."
        )

    def test_the_heading_says_what_x_changes(self):
        state = DependenceState(p_a=0.5, p_b=0.5, dependence=-1.0, effect=0.5)
        state.given = "1"
        assert state.heading() == (
            "x = 1: correlation φ −0.33 (x unknown: 0.00, x = 0: −0.33)"
        )

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("p_a", 1.5, r"p_a must lie in \[0, 1\]; got 1.5"),
            ("p_b", float("nan"), r"p_b must lie in \[0, 1\]"),
            ("dependence", -2.0, r"dependence must lie in \[-1, 1\]"),
            ("effect", 1.01, r"effect must lie in \[-1, 1\]"),
            ("given", "2", "Unknown given '2'. Known: '0', '1', 'unknown'"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        before = getattr(state, trait)
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)
        assert getattr(state, trait) == before


class TestExplorer:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("p_a", 0.2),
            ("p_b", 0.8),
            ("dependence", -0.5),
            ("effect", 0.7),
        ],
    )
    def test_a_slider_changes_state_picture_and_sentence(self, explorer, name, value):
        before = explorer._png, explorer.sentence()
        place = explorer.control_names.index(name)
        slider, box = explorer.view.children[place].children
        slider.value = value
        assert getattr(explorer.state, name) == pytest.approx(value)
        assert explorer.frames == 2
        assert explorer._png != before[0]
        assert explorer.sentence() != before[1]
        setattr(explorer.state, name, 0.35)
        assert (slider.value, box.value) == (0.35, 0.35)

    def test_the_menu_of_x(self):
        explorer = DependenceExplorer(preset="dependent, but only through x")
        before = explorer._png
        menu = explorer.view.children[5]
        menu.value = "1"
        assert explorer.state.given == "1"
        assert explorer._png != before
        assert "x = 1: correlation φ 0.00" in explorer._status.value
        explorer.state.given = "0"
        assert menu.value == "0"

    @pytest.mark.parametrize("name", DEPENDENCE_PRESETS)
    def test_each_preset_can_be_shown(self, name):
        explorer = DependenceExplorer(preset=name)
        assert explorer.shown_preset() == name
        assert explorer.frames == 1

    def test_presets_show_what_they_promise(self):
        first = {}
        for name, values in DEPENDENCE_PRESETS.items():
            decisions = DependenceState(**values).decisions
            first[name] = [answers[0] for answers in decisions.values()]
        assert first["Hamming loss takes {A}, exact match takes { }"][:2] == [
            "{A}",
            "{ }",
        ]
        agree = first["independent: Hamming loss and exact match agree"]
        assert agree[0] == agree[1] == "{A}"
        assert set(first["always together"]) == {"{A, B}"}
        three = first["never together: three losses, three answers"][:3]
        assert len(set(three)) == 3

    def test_a_preset_draws_once(self, explorer):
        explorer._menu.value = "always together"
        assert explorer.frames == 2
        assert explorer.state.p_b == 0.6

    def test_any_margins_go_with_any_dependence(self, explorer):
        for p_a in (0.0, 0.1, 0.9, 1.0):
            for dependence in (-1.0, 1.0):
                with explorer.paused():
                    explorer.state.p_a = p_a
                    explorer.state.dependence = dependence
                assert explorer.state.joint.sum() == pytest.approx(1.0)

    def test_hide(self):
        assert len(DependenceExplorer().view.children) == 8
        hidden = DependenceExplorer(hide=["effect", "given", "presets"])
        assert len(hidden.view.children) == 5
        assert (
            len(DependenceExplorer(hide=DependenceExplorer.control_names).view.children)
            == 1
        )

    def test_unknown_preset_and_control(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'always together'"):
            DependenceExplorer(preset="always togethr")
        with pytest.raises(UnknownNameError, match="Did you mean 'effect'"):
            DependenceExplorer(hide=["effects"])

    def test_no_figure_is_left_behind(self, explorer):
        for value in (0.1, 0.2) * 5:
            explorer.state.p_a = value
        assert plt.get_fignums() == []
        assert len(explorer._figures) == 1
