"""The calibration explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from traitlets import TraitError

from mlkit.evaluation import evaluate
from mlkit.exceptions import ShapeError, SplitError, UnknownNameError
from mlkit.metrics import average_precision_score, brier_loss, calibration_error
from mlkit.widgets.calibration import (
    CALIBRATION_PRESETS,
    CalibrationExplorer,
    CalibrationState,
)
from mlkit.widgets.scored_rows import scored_rows

RNG = np.random.default_rng(0)
PROBA = RNG.uniform(0.02, 0.6, (300, 3))
Y = (RNG.random((300, 3)) < PROBA).astype(int)
NAMES = ["sea", "sky", "cat"]


@pytest.fixture
def state():
    named = pd.DataFrame(Y, columns=NAMES)
    return CalibrationState(scored_rows(named, PROBA, most_cells=10_000))


@pytest.fixture
def explorer():
    return CalibrationExplorer(pd.DataFrame(Y, columns=NAMES), PROBA)


def _control(explorer, description):
    for child in explorer.view.children:
        parts = getattr(child, "children", (child,))
        if getattr(parts[0], "description", "").startswith(description):
            return parts[-1]
    raise AssertionError(description)


class TestState:
    def test_measures_are_those_of_the_rows_shown(self, state):
        truth, proba = state._shown.truth, state._shown.values
        assert state.n_shown == 150
        expected = brier_loss(truth, proba), calibration_error(truth, proba)
        assert state.losses[[0, 2]] == pytest.approx(expected)
        precision = average_precision_score(truth, proba, average="macro")
        assert state.ranking[0] == pytest.approx(precision)

    def test_one_label(self, state):
        state.label = "cat"
        truth, proba = state._shown.truth[:, [2]], state._shown.values[:, [2]]
        assert state.losses[0] == pytest.approx(brier_loss(truth, proba))
        assert state.view().whose == "cat"
        assert state.view().now.count.sum() == 150

    @pytest.mark.parametrize(
        "distortion",
        [{"temperature": 0.4}, {"temperature": 3.0}, {"bias": 1.5}, {"balanced": True}],
        ids=["surer", "less sure", "bias", "balanced"],
    )
    def test_distortions_cost_and_the_ranking_stays(self, state, distortion):
        before = state.losses, state.ranking
        for trait, value in distortion.items():
            setattr(state, trait, value)
        assert (state.losses > before[0]).all()
        np.testing.assert_allclose(state.ranking, before[1], rtol=0, atol=1e-12)
        assert "stay: the order of each label's rows does not change" in (
            state.sentence()
        )

    def test_surer_and_less_sure_move_away_from_one_half(self, state):
        start = state.view().now.said.max()
        state.temperature = 3.0
        assert state.view().now.said.min() > 0.15
        state.temperature = 0.4
        assert state.view().now.said.max() > start

    @pytest.mark.parametrize("calibrator", ["sigmoid", "isotonic"])
    def test_a_calibrator_undoes_a_bias(self, state, calibrator):
        state.bias = 2.0
        off = state.losses[2]
        state.calibrator = calibrator
        assert state.losses[2] < off / 4

    def test_a_temperature_cannot_undo_a_bias(self, state):
        state.bias, state.calibrator = 2.0, "temperature"
        assert state.losses[2] > 0.1

    def test_a_sigmoid_does_not_see_what_was_done(self, state):
        state.calibrator = "sigmoid"
        plain = state.losses
        state.bias, state.temperature = 1.0, 0.5
        np.testing.assert_allclose(state.losses, plain, atol=1e-6)

    def test_isotonic_ties_are_said(self, state):
        state.calibrator = "isotonic"
        assert "some rows get equal probabilities" in state.sentence()

    def test_a_falling_curve_is_said(self):
        rows = scored_rows(1 - Y, PROBA, most_cells=10_000)
        state = CalibrationState(rows, calibrator="sigmoid")
        assert "turns the order of its rows" in state.sentence()

    def test_balanced_weights_move_the_mean_to_one_half(self, state):
        state.balanced = True
        said = state.view().now
        mean = (said.count * said.said).sum() / said.count.sum()
        assert 0.4 < mean < 0.6

    def test_before_is_as_predicted_whatever_is_done(self, state):
        before = state.view()
        state.bias = 1.0
        state.calibrator = "isotonic"
        assert state.view().losses_before.tolist() == before.losses.tolist()
        assert state.view().before.said.tolist() == before.now.said.tolist()

    def test_bins(self, state):
        state.n_bins = 4
        assert len(state.view().now.count) == 3
        state.strategy = "quantile"
        assert len(state.view().now.count) == 4

    def test_the_sentence_says_what_was_done(self, state):
        assert state.sentence().startswith("All labels together, as predicted: Brier")
        assert "450 cells of 150 rows; the other 150 rows fit" in state.sentence()
        state.label, state.bias, state.balanced = "sky", -0.5, True
        state.temperature, state.calibrator = 0.5, "sigmoid"
        assert state.sentence().startswith(
            "sky, shifted as by balanced class weights, bias -0.5, temperature 0.5 "
            "(surer), then calibrated (sigmoid): "
        )

    def test_what_was_given_is_not_modified(self):
        truth, proba = Y.copy(), PROBA.copy()
        state = CalibrationState(scored_rows(truth, proba, most_cells=10_000))
        state.temperature, state.balanced, state.calibrator = 0.5, True, "isotonic"
        assert state.losses.shape == (3,)
        assert (truth == Y).all()
        assert (proba == PROBA).all()

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("label", "dog", "Unknown label 'dog'. Known: "),
            (
                "strategy",
                "equal",
                "'equal'. .*Known: 'quantile', 'uniform'",
            ),
            ("calibrator", "platt", "Unknown calibrator 'platt'. .*Known: .*'none'"),
            ("n_bins", 0, r"\[1, 30\]; got 0"),
            ("temperature", 0.0, "more than 0; got 0"),
            ("temperature", np.inf, "finite"),
            ("bias", np.nan, "finite number; got nan"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)


class TestExplorer:
    @pytest.mark.parametrize(
        ("description", "value", "trait"),
        [
            ("Label", "sky", "label"),
            ("Calibrate", "sigmoid", "calibrator"),
            ("Bins", "quantile", "strategy"),
            ("Number of bins", 5, "n_bins"),
            ("Temperature", 2.0, "temperature"),
            ("Bias", 1.0, "bias"),
            ("Balanced", True, "balanced"),
        ],
    )
    def test_every_control_changes_state_picture_and_words(
        self, explorer, description, value, trait
    ):
        before = explorer._png, explorer.view.children[-1].value
        _control(explorer, description).value = value
        assert getattr(explorer.state, trait) == value
        assert explorer.frames == 2
        assert explorer._png != before[0]
        assert explorer.view.children[-1].value != before[1]

    def test_code_moves_the_controls(self, explorer):
        explorer.state.temperature = 0.7
        explorer.state.balanced = True
        assert _control(explorer, "Temperature").value == 0.7
        assert _control(explorer, "Balanced").value is True

    @pytest.mark.parametrize("name", CALIBRATION_PRESETS)
    def test_presets(self, explorer, name):
        explorer._menu.value = name
        assert explorer.shown_preset() == name
        values = CALIBRATION_PRESETS[name].items()
        assert all(getattr(explorer.state, trait) == value for trait, value in values)

    def test_presets_of_the_lesson(self):
        explorer = CalibrationExplorer()
        start, ranking = explorer.state.losses, explorer.state.ranking
        explorer._menu.value = "balanced weights"
        assert explorer.state.losses[0] > 2 * start[0]
        np.testing.assert_allclose(explorer.state.ranking, ranking)
        explorer._menu.value = "balanced weights, repaired"
        assert explorer.state.losses[0] < start[0]

    def test_an_evaluation_is_enough(self):
        explorer = CalibrationExplorer(evaluate(Y, PROBA))
        assert explorer.state.label_names == ("label_0", "label_1", "label_2")

    def test_hide(self):
        everything = CalibrationExplorer.control_names
        assert len(CalibrationExplorer(Y, PROBA, hide=everything).view.children) == 1
        assert len(CalibrationExplorer(Y, PROBA).view.children) == 10
        with pytest.raises(UnknownNameError, match="Did you mean 'bias'"):
            CalibrationExplorer(Y, PROBA, hide=["biass"])

    def test_many_updates_leave_no_figure(self, explorer):
        for bias in np.linspace(-3, 3, 30):
            explorer.state.bias = float(bias)
        assert len(explorer._figures) == 1
        assert len(explorer.state._known) == 2
        assert plt.get_fignums() == []


class TestEdges:
    def test_no_rows_and_one_row(self):
        with pytest.raises(ShapeError, match="at least one of each"):
            CalibrationExplorer(Y[:0], PROBA[:0])
        with pytest.raises(SplitError, match="got one row"):
            CalibrationExplorer(Y[:1], PROBA[:1])

    def test_one_label(self):
        explorer = CalibrationExplorer(Y[:, :1], PROBA[:, :1])
        assert "each label's own" not in explorer.sentence()

    def test_no_positives(self):
        explorer = CalibrationExplorer(np.zeros((20, 2)), np.full((20, 2), 0.3))
        explorer.state.calibrator = "sigmoid"
        assert "2 of 2 labels have too few" in explorer.sentence()
        assert "no label has both values" in explorer.sentence()

    def test_unknown_labels(self):
        truth = Y.astype(float)
        truth[::2, 1] = np.nan
        explorer = CalibrationExplorer(truth, PROBA)
        for calibrator in ("sigmoid", "isotonic", "temperature"):
            explorer.state.calibrator = calibrator
        known = np.isfinite(explorer.state.losses).all()
        assert known
        assert explorer.state.view().now.count.sum() < 450

    def test_certain_probabilities(self):
        explorer = CalibrationExplorer(Y, (PROBA > 0.3).astype(float))
        assert explorer.state.losses[0] > 0
        explorer.state.temperature = 2.0
        assert np.isfinite(explorer.state.losses).all()

    def test_many_labels_and_many_rows_are_capped_and_said(self):
        truth = (RNG.random((1500, 100)) < 0.1).astype(int)
        explorer = CalibrationExplorer(truth, RNG.random((1500, 100)))
        assert (
            "1,000 of 1,500 rows, drawn at random; the 40 most frequent of 100 labels"
        ) in explorer.sentence()
        assert len(explorer.state.label_names) == 40
