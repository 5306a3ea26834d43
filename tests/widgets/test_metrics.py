"""The metric explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from traitlets import TraitError

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    ShapeError,
    UnknownNameError,
)
from mlkit.metrics import METRICS, score_table
from mlkit.widgets.metrics import METRIC_PRESETS, MetricExplorer, MetricState

# Lesson 07 by hand: 5 of 16 cells wrong, one row right, Jaccard 1, 1/2, 1/3, 0.
TRUE = [[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
PREDICTED = [[1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]


@pytest.fixture
def state():
    return MetricState(TRUE, PREDICTED)


@pytest.fixture
def explorer():
    return MetricExplorer()


def _of(name):
    preset = METRIC_PRESETS[name]
    return MetricState(preset["truth"], preset["predicted"]).values


def _grids(explorer):
    return explorer._grids[explorer.panels_key()]


class TestState:
    def test_the_numbers_of_the_lesson(self, state):
        values = state.values
        assert values["hamming_loss"] == 5 / 16
        assert values["subset_accuracy"] == 1 / 4
        assert values["example_jaccard"] == pytest.approx((1 + 1 / 2 + 1 / 3 + 0) / 4)
        assert values["example_f1"] == pytest.approx((1 + 2 / 3 + 1 / 2 + 0) / 4)
        # 4 found, 3 invented, 2 missed.
        assert values["micro_precision"] == pytest.approx(4 / 7)
        assert values["micro_recall"] == pytest.approx(4 / 6)
        assert values["micro_f1"] == pytest.approx(8 / 13)
        # F1 of the labels: 1, 2/4, 2/3, 0, of 2, 1, 2 and 1 rows.
        assert values["macro_f1"] == pytest.approx((1 + 1 / 2 + 2 / 3 + 0) / 4)
        weighted = (2 * 1 + 1 / 2 + 2 * 2 / 3 + 0) / 6
        assert values["weighted_f1"] == pytest.approx(weighted)

    def test_all_values_are_those_of_the_metrics(self, state):
        state.predicted = np.zeros_like(PREDICTED)
        names = list(state.values)
        assert state.values == score_table(TRUE, state.predicted, metrics=names)
        state.zero_division = 1
        for name, value in state.values.items():
            takes = {"zero_division": 1} if name in state.undefined else {}
            assert value == METRICS[name](TRUE, state.predicted, **takes)

    def test_zero_division_moves_the_example_f1_of_a_perfect_prediction(self):
        rows = [[1, 0], [0, 0]]
        state = MetricState(rows, rows)
        assert state.values["example_f1"] == 0.5
        assert state.undefined[:2] == ("example_jaccard", "example_f1")
        state.zero_division = 1
        assert state.values["example_f1"] == 1.0
        assert state.values["subset_accuracy"] == 1.0

    def test_the_former_values_are_those_before_the_last_change(self, state):
        assert state.former is None
        before = state.values
        state.set_cell("predicted", 3, 1, 0)
        assert state.former == before
        middle = state.values
        state.set_cell("truth", 3, 3, 0)
        assert state.former == middle

    def test_changes_at_once_count_as_one(self, state):
        before = state.values
        with state.hold_trait_notifications():
            state.truth = [[1, 0]]
            state.predicted = [[0, 0]]
            state.label_names = ["a", "b"]
            state.zero_division = 1
        assert state.former == before
        assert state.values["hamming_loss"] == 0.5

    def test_the_same_cell_again_changes_nothing(self, state):
        seen = []
        state.observe(seen.append)
        state.set_cell("predicted", 0, 0, 1)
        assert seen == []
        assert state.former is None

    def test_the_sentence_says_counts_numbers_and_what_moved(self, state):
        start = "4 rows, 4 labels: 4 found, 2 missed, 3 invented, 7 rightly absent. "
        assert state.sentence().startswith(f"{start}Hamming loss 0.31, Subset")
        state.set_cell("predicted", 3, 1, 0)
        assert "Hamming loss 0.25 (was 0.31), Subset accuracy 0.25," in state.sentence()

    def test_the_sentence_says_what_is_undefined(self):
        state = MetricState([[1, 0], [0, 0]], [[1, 0], [0, 0]])
        assert "Example F1 0.50 (1 of 2 rows undefined, counting 0)" in state.sentence()

    def test_matrices_of_any_kind(self):
        frame = pd.DataFrame(TRUE)
        state = MetricState(frame, sp.csr_array(np.array(PREDICTED)))
        assert state.truth[0] == (1, 1, 0, 0)
        assert state.label_names == [f"label_{j}" for j in range(4)]
        state.truth = np.array(TRUE, dtype=bool)
        assert state.truth == tuple(map(tuple, TRUE))

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("truth", [[2, 0, 0, 0]] * 4, "outside"),
            ("truth", [[1, 0]], r"one shape; got \(1, 2\) and \(4, 4\)"),
            ("predicted", [[np.nan, 0, 0, 0]] * 4, "unknown labels"),
            ("predicted", np.zeros((2417, 14)), r"2,417 rows and 14 labels.*evaluate"),
            ("truth", np.zeros((0, 4)), "0 rows"),
            ("label_names", ["a", "a", "b", "c"], "must be unique"),
            ("label_names", ["a"], "Expected 4 label names"),
            ("zero_division", 2, "must be one of 0, 1; got 2"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        before = state.values
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)
        assert state.values == before


class TestPresets:
    def test_nothing_predicted(self):
        values = _of("nothing predicted: Hamming loss low, micro F1 0")
        assert values["hamming_loss"] == 3 / 20
        assert values["subset_accuracy"] == 2 / 5
        assert values["micro_f1"] == 0.0

    def test_micro_against_macro(self):
        frequent = _of("micro F1 high, macro F1 low")
        # 6 found, 3 missed; one label of four is found.
        assert frequent["micro_f1"] == pytest.approx(12 / 15)
        assert frequent["macro_f1"] == 0.25
        rare = _of("macro F1 high, micro F1 low")
        assert rare["micro_f1"] == pytest.approx(6 / 12)
        assert rare["macro_f1"] == 0.75

    def test_wrong_cells_spread_and_together(self):
        spread = _of("one wrong cell a row: subset accuracy 0")
        together = _of("one row all wrong: the same Hamming loss")
        assert spread["hamming_loss"] == together["hamming_loss"] == 5 / 25
        assert (spread["subset_accuracy"], together["subset_accuracy"]) == (0.0, 0.8)

    def test_empty_rows(self):
        values = _of("empty rows: a perfect prediction has example F1 .5")
        assert values["example_f1"] == 0.5
        assert (values["subset_accuracy"], values["micro_f1"]) == (1.0, 1.0)

    @pytest.mark.parametrize("name", METRIC_PRESETS)
    def test_each_can_be_shown(self, name):
        explorer = MetricExplorer(preset=name)
        assert explorer.shown_preset() == name
        assert explorer._menu.value == name
        assert explorer.frames == 1


class TestExplorer:
    def test_a_button_changes_state_picture_and_status(self, explorer):
        before = explorer._png
        _, predicted = _grids(explorer)
        predicted.buttons[0][0].value = False
        assert explorer.state.predicted[0] == (0, 1, 0, 0)
        assert explorer.state.truth[0] == (1, 1, 0, 0)
        assert explorer.frames == 2
        assert explorer._png != before
        assert "3 found, 3 missed" in explorer._status.value

    def test_a_button_of_the_truth_changes_both_grids(self, explorer):
        truth, predicted = _grids(explorer)
        truth.buttons[1][2].value = False
        assert truth.buttons[1][2].description == "·"
        assert predicted.buttons[1][2].tooltip == "predicted, row 1, city: absent"

    def test_code_presses_the_buttons(self, explorer):
        explorer.state.set_cell("predicted", 1, 2, 1)
        _, predicted = _grids(explorer)
        assert predicted.buttons[1][2].value is True
        assert predicted.buttons[1][2].description == "✓"
        assert explorer.frames == 2

    def test_the_menu_of_zero_division(self, explorer):
        explorer._menu.value = "empty rows: a perfect prediction has example F1 .5"
        before = explorer._png
        menu = explorer.view.children[2]
        menu.value = 1
        assert explorer.state.values["example_f1"] == 1.0
        assert explorer._png != before
        assert "Example F1 1.00 (was 0.50" in explorer._status.value
        explorer.state.zero_division = 0
        assert menu.value == 0

    def test_a_preset_of_another_shape_has_its_buttons(self, explorer):
        before = _grids(explorer)
        explorer._menu.value = "one wrong cell a row: subset accuracy 0"
        shown = explorer.view.children[1].children
        assert shown == tuple(grid.view for grid in _grids(explorer))
        assert len(_grids(explorer)[0].buttons) == 5
        assert explorer.frames == 2
        # Coming back, the buttons are the same ones: none are left behind.
        explorer._menu.value = "some right, some wrong"
        assert _grids(explorer) is before

    def test_buttons_keep_their_place(self, explorer):
        button = _grids(explorer)[1].buttons[0][0]
        button.value = False
        assert _grids(explorer)[1].buttons[0][0] is button
        assert explorer.view.children[1].children[1].children[1].children[6] is button

    def test_own_data_is_the_first_preset(self):
        Y = pd.DataFrame(TRUE, columns=["a", "b", "ü", "d"])
        explorer = MetricExplorer(Y, np.array(PREDICTED))
        assert explorer.state.label_names == ["a", "b", "ü", "d"]
        assert explorer.shown_preset() == "as given"
        explorer.state.set_cell("truth", 0, 0, 0)
        assert explorer.shown_preset() is None
        assert Y.to_numpy().tolist() == TRUE
        explorer._menu.value = "as given"
        assert explorer.state.truth == tuple(map(tuple, TRUE))

    def test_without_a_prediction_all_is_right(self):
        explorer = MetricExplorer(TRUE)
        assert explorer.state.values["subset_accuracy"] == 1.0

    def test_names_can_be_given(self):
        explorer = MetricExplorer([[1, 0]], label_names=["x", "y"])
        assert explorer.state.label_names == ["x", "y"]

    @pytest.mark.parametrize("shape", [(1, 1), (12, 8)], ids=str)
    def test_the_smallest_and_the_largest(self, shape):
        explorer = MetricExplorer(np.ones(shape), np.zeros(shape))
        assert explorer.state.values["hamming_loss"] == 1.0
        assert len(_grids(explorer)[0].buttons) == shape[0]

    @pytest.mark.parametrize(
        "shape", [(13, 2), (2, 9), (100_000, 2), (2, 1_000)], ids=str
    )
    def test_too_large_names_evaluate(self, shape):
        with pytest.raises(TraitError, match=r"mlkit.evaluate\(Y, Y_pred\) compares"):
            MetricExplorer(np.zeros(shape))

    def test_what_does_not_fit(self):
        with pytest.raises(ShapeError, match="Y_pred"):
            MetricExplorer(TRUE, PREDICTED[:2])
        with pytest.raises(IndicatorError, match="outside"):
            MetricExplorer([[2, 0]])
        with pytest.raises(LabelNameError, match="4"):
            MetricExplorer(TRUE, label_names=["one"])
        with pytest.raises(TypeError, match="without Y"):
            MetricExplorer(Y_pred=PREDICTED)
        with pytest.raises(TraitError, match="unknown labels"):
            MetricExplorer([[np.nan, 1]], [[0, 1]])

    def test_hide(self):
        everything = ["presets", "cells", "zero_division", "status"]
        assert len(MetricExplorer(hide=everything).view.children) == 1
        assert len(MetricExplorer().view.children) == 5

    def test_unknown_preset_and_control(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'some right"):
            MetricExplorer(preset="some right, wrong")
        with pytest.raises(UnknownNameError, match="Did you mean 'cells'"):
            MetricExplorer(hide=["cell"])

    def test_no_figure_is_left_behind(self, explorer):
        for value in (0, 1) * 5:
            explorer.state.set_cell("predicted", 0, 0, value)
        assert plt.get_fignums() == []
        assert len(explorer._figures) == 1
