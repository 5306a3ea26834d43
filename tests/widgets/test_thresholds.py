"""The threshold explorer: controls without a browser."""

from __future__ import annotations

import gc

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mlkit.evaluation import evaluate
from mlkit.exceptions import ShapeError, UnknownNameError
from mlkit.widgets.threshold_state import PERFECT
from mlkit.widgets.thresholds import ThresholdExplorer

RNG = np.random.default_rng(0)
PROBA = RNG.beta(1, 3, (60, 4))
Y = (RNG.random((60, 4)) < PROBA).astype(int)
NAMES = ["sea", "sky", "sun", "cat"]


@pytest.fixture
def explorer():
    return ThresholdExplorer(pd.DataFrame(Y, columns=NAMES), PROBA)


def _control(explorer, description):
    """Find what a user would touch: a menu, or the box beside a slider."""
    for child in explorer.view.children:
        parts = getattr(child, "children", (child,))
        if getattr(parts[0], "description", "").startswith(description):
            return parts[-1]
    raise AssertionError(description)


def _status(explorer):
    return explorer.view.children[-1].value


@pytest.mark.parametrize(
    ("description", "value", "trait"),
    [
        ("Rule", "own", "rule"),
        ("Measure", "precision", "measure"),
        ("Label", "sky", "label"),
        ("Scores", PERFECT, "scores"),
        ("Threshold", 0.25, "threshold"),
        ("Cost of false", 3.0, "false_positive"),
        ("Cost of missed", 3.0, "false_negative"),
    ],
)
def test_every_control_changes_state_and_picture(explorer, description, value, trait):
    before = explorer._png
    _control(explorer, description).value = value
    assert getattr(explorer.state, trait) == value
    assert explorer.frames == 2
    assert explorer._png != before


def test_k_changes_the_picture_of_its_rule(explorer):
    explorer.state.rule = "top k"
    before, words = explorer._png, _status(explorer)
    _control(explorer, "k").value = 3
    assert explorer.state.k == 3
    assert explorer._png != before
    assert _status(explorer) != words


def test_controls_without_effect_are_greyed_out(explorer):
    enabled = {}
    for rule in ("one", "own", "top k", "cardinality", "cost"):
        explorer.state.rule = rule
        controls = _control(explorer, "Threshold"), _control(explorer, "k")
        off = [control.disabled for control in (*controls, explorer._best)]
        enabled[rule] = [not disabled for disabled in off]
    assert enabled == {
        "one": [True, False, True],
        "own": [False, False, True],
        "top k": [False, True, True],
        "cardinality": [False, False, False],
        "cost": [False, False, False],
    }
    explorer.state.rule, explorer.state.label = "own", "sea"
    assert not _control(explorer, "Threshold").disabled


def test_the_button_says_and_does_what_is_best(explorer):
    assert explorer._best.description == "Best threshold for F1"
    explorer._best.click()
    assert "Best for F1 on the rows shown" in _status(explorer)
    explorer.state.measure = "cost"
    assert explorer._best.description == "Best threshold for cost a row"
    explorer.state.rule = "top k"
    assert explorer._best.description == "Best k for cost a row"


def test_code_moves_the_controls(explorer):
    explorer.state.threshold = 0.37
    explorer.state.label = "cat"
    explorer.state.false_negative = 2.5
    assert _control(explorer, "Threshold").value == 0.37
    assert _control(explorer, "Label").value == "cat"
    assert _control(explorer, "Cost of missed").value == 2.5
    assert explorer.frames == 4


def test_an_infinite_threshold_stays_what_it_is(explorer):
    explorer.state.threshold = np.inf
    assert _control(explorer, "Threshold").value == 1.0
    assert explorer.state.threshold == np.inf
    assert explorer.state.outcome().counts.predicted.sum() == 0


def test_presets_show_what_they_promise(explorer):
    seen = {}
    for name in explorer.presets:
        explorer._menu.value = name
        assert explorer._menu.value == name
        seen[name] = explorer.state.outcome().metrics["macro F1"]
    assert list(seen) == ["0.5", "best F1", PERFECT, "rare label"]
    assert seen["best F1"] > seen["0.5"]
    assert seen[PERFECT] == 0.0
    rarest = NAMES[int(Y.sum(axis=0).argmin())]
    assert explorer.state.label == rarest


def test_the_best_preset_is_said_to_be_chosen_on_these_rows(explorer):
    explorer._menu.value = "best F1"
    assert "chosen on them" in _status(explorer)


def test_the_view_holds_the_numbers(explorer):
    explorer.state.label = "sky"
    view, counts = explorer.view_of_state(), explorer.state.outcome().counts
    drawn = list(explorer.state.drawn)
    assert view.right.tolist() == counts.true_positive[drawn].tolist()
    assert view.missed.tolist() == counts.false_negative[drawn].tolist()
    assert view.false.tolist() == counts.false_positive[drawn].tolist()
    assert drawn[view.chosen] == 1
    (line,) = view.lines
    assert line.name == "sky"
    # The point lies on the curve.
    step = np.searchsorted(line.x, 0.5)
    assert line.now == (0.5, pytest.approx(line.y[step]))


def test_marks_of_the_metrics_are_those_at_one_half(explorer):
    start = explorer.view_of_state()
    np.testing.assert_array_equal(start.bars, start.references)
    explorer.state.threshold = 0.2
    moved = explorer.view_of_state()
    np.testing.assert_array_equal(moved.references, start.references)
    assert (moved.bars != moved.references).any()


def test_own_thresholds_have_no_single_place(explorer):
    explorer.state.rule = "own"
    view = explorer.view_of_state()
    assert all(np.isnan(line.now[0]) for line in view.lines)
    assert view.limits.tolist() == [0.5] * 4
    explorer.state.label = "sea"
    assert explorer.view_of_state().lines[0].now[0] == 0.5


def test_a_cost_has_one_line_and_room_for_it(explorer):
    explorer.state.measure = "cost"
    view = explorer.view_of_state()
    (line,) = view.lines
    assert (view.better, view.faint) == ("lower", None)
    assert line.best[1] <= line.y.min() + 1e-12
    assert view.top >= line.now[1]


def test_an_evaluation_is_enough():
    explorer = ThresholdExplorer(evaluate(Y, PROBA))
    assert explorer.state.label_names == ("label_0", "label_1", "label_2", "label_3")


def test_without_data_it_shows_films():
    explorer = ThresholdExplorer()
    assert "drama" in explorer.state.label_names
    assert "mAP 0.498" in explorer.sentence()


def test_hide():
    everything = ThresholdExplorer.control_names
    assert len(ThresholdExplorer(Y, PROBA, hide=everything).view.children) == 1
    assert len(ThresholdExplorer(Y, PROBA).view.children) == 12
    with pytest.raises(UnknownNameError, match="Did you mean 'threshold'"):
        ThresholdExplorer(Y, PROBA, hide=["thresholds"])


class TestEdges:
    def test_no_rows(self):
        with pytest.raises(ShapeError, match="at least one of each"):
            ThresholdExplorer(Y[:0], PROBA[:0])

    def test_one_row_and_one_label(self):
        explorer = ThresholdExplorer([[1]], [[0.4]])
        assert list(explorer.presets) == ["0.5", "best F1", PERFECT]
        for rule in ("own", "top k", "cardinality", "cost"):
            explorer.state.rule = rule
        assert len(explorer.view_of_state().lines) == 1

    def test_no_positives(self):
        explorer = ThresholdExplorer(np.zeros((5, 2)), np.full((5, 2), 0.4))
        explorer._best.click()
        assert "rare label" not in explorer.presets
        explorer.state.measure = "cost"
        assert explorer.view_of_state().bars[-1] == 0.0

    def test_unknown_labels(self):
        truth = Y.astype(float)
        truth[::3, 0] = np.nan
        explorer = ThresholdExplorer(truth, PROBA)
        known = int(np.isfinite(truth[:, 0]).sum())
        assert explorer.state.outcome().counts.n_cells[0] == known

    def test_many_labels(self):
        truth = (RNG.random((40, 1000)) < 0.1).astype(int)
        explorer = ThresholdExplorer(truth, RNG.random((40, 1000)))
        assert len(explorer.view_of_state().right) == 20
        assert "The 20 most frequent of 1,000 labels are drawn." in _status(explorer)
        explorer.state.label = "label_999"
        assert explorer.view_of_state().chosen is not None

    def test_many_rows_are_all_counted(self):
        truth = np.tile(Y, (1700, 1))
        explorer = ThresholdExplorer(truth, np.tile(PROBA, (1700, 1)))
        assert "102,000 rows." in _status(explorer)
        explorer.state.threshold = 0.3
        assert explorer.state.outcome().counts.n_cells.tolist() == [102_000] * 4


def test_many_updates_leave_nothing_behind(explorer):
    def figures():
        gc.collect()
        return sum(type(thing).__name__ == "Figure" for thing in gc.get_objects())

    explorer.state.threshold = 0.9
    before = figures()
    for threshold in np.linspace(0, 1, 50):
        explorer.state.threshold = float(threshold)
    assert figures() == before
    assert len(explorer._still) < 10
    assert plt.get_fignums() == []
