"""Curves and best thresholds of rows that are sorted once."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.metrics import confusion_counts, cost_loss, error_costs, f1_score
from mlkit.metrics.cells import check_cells
from mlkit.thresholds import (
    best_threshold,
    best_thresholds,
    cut,
    match_cardinality,
    top_k,
)
from mlkit.thresholds.curves import threshold_curve
from mlkit.widgets import threshold_rows
from mlkit.widgets.threshold_rows import MEASURES, Measure, RankedRows

NOWHERE = (np.nan, np.nan)
F1, COST = Measure("f1", (1.0, 1.0)), Measure("cost", (1.0, 4.0))


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    proba = rng.beta(1, 3, (80, 5)).round(2)
    return (rng.random((80, 5)) < proba).astype(int), proba


@pytest.fixture
def ranked(data):
    return RankedRows(check_cells(*data, score_type="probabilities"))


@pytest.mark.parametrize("average", ["micro", "macro"])
@pytest.mark.parametrize("name", [name for name in MEASURES if name != "cost"])
def test_a_line_is_the_threshold_curve(ranked, data, name, average):
    line = ranked.line(Measure(name, (1.0, 1.0)), average, NOWHERE)
    options = {"metric": name, "average": average, "thresholds": line.x}
    expected = threshold_curve(*data, **options)
    np.testing.assert_allclose(line.y, expected.iloc[:, 0])


def test_the_best_place_is_the_exact_one(ranked, data):
    line = ranked.line(F1, "micro", NOWHERE)
    best = best_threshold(*data)
    worth = f1_score(data[0], cut(data[1], best), average="micro")
    assert line.best == (best, pytest.approx(worth))
    assert line.best[1] >= line.y.max()


def test_a_line_of_one_label(ranked, data):
    truth, proba = (part[:, [3]] for part in data)
    line = ranked.line(F1, 3, NOWHERE)
    expected = threshold_curve(truth, proba, thresholds=line.x).iloc[:, 0]
    np.testing.assert_allclose(line.y, expected)
    assert line.name == "label_3"
    assert line.best[0] == best_thresholds(truth, proba)[0]


def test_costs_are_those_of_decisions(ranked, data):
    truth, proba = data
    line = ranked.line(COST, "micro", NOWHERE)
    costs = error_costs(1, 4)
    expected = [cost_loss(truth, cut(proba, t), cost_matrix=costs) for t in line.x]
    np.testing.assert_allclose(line.y, expected)
    assert line.name == "all labels"
    assert line.best[1] == pytest.approx(min(expected))


def test_the_best_thresholds_are_those_of_the_kit(ranked, data):
    assert not ranked.has_best(F1, None, "own")
    own = ranked.best(F1, None, "own")
    np.testing.assert_array_equal(own, best_thresholds(*data))
    assert ranked.has_best(F1, None, "own")
    # Prices are part of a cost, and of nothing else.
    assert ranked.has_best(Measure("f1", (9.0, 9.0)), None, "own")
    ranked.best(COST, None, "own")
    assert not ranked.has_best(Measure("cost", (9.0, 9.0)), None, "own")


def test_lines_of_k_are_top_k_decisions(ranked, data):
    truth, proba = data
    line = ranked.line_of_k(F1, "micro", NOWHERE)
    expected = [f1_score(truth, top_k(proba, k), average="micro") for k in range(6)]
    np.testing.assert_allclose(line.y, expected)
    assert line.best[0] == ranked.best_k(F1, None)
    assert line.best[1] == max(expected)


@pytest.mark.parametrize("of_k", [False, True])
def test_faint_curves_are_those_of_the_labels(ranked, of_k):
    x, curves = ranked.faint(F1, np.array([4, 0]), of_k=of_k)
    assert curves.shape == (len(x), 2)
    draw = ranked.line_of_k if of_k else ranked.line
    line = draw(F1, 4, NOWHERE)
    if of_k:
        np.testing.assert_allclose(curves[:, 0], line.y)
    else:
        place = np.searchsorted(line.x, x)
        np.testing.assert_allclose(curves[:, 0], line.y[place])


def test_decisions_and_their_values(ranked, data):
    truth, proba = data
    limits = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    evidence = ranked.cut(limits)
    expected = confusion_counts(truth, cut(proba, limits)).by_label
    counts = evidence.confusion.by_label
    np.testing.assert_array_equal(counts.true_positive, expected.true_positive)
    macro = f1_score(truth, cut(proba, limits), average="macro")
    assert ranked.value(F1, counts, "macro") == pytest.approx(macro)
    decided = ranked.top(2).confusion.by_example.predicted
    assert (decided == 2).all()


def test_the_matching_threshold(ranked, data):
    assert ranked.matching(1.5) == match_cardinality(data[1], 1.5)


def test_many_cells_take_the_best_place_that_is_drawn(ranked, monkeypatch):
    exact = ranked.line(F1, "micro", NOWHERE).best
    monkeypatch.setattr(threshold_rows, "_MOST_EXACT_CELLS", 10)
    drawn = ranked.line(F1, "micro", NOWHERE).best
    assert drawn[1] == pytest.approx(exact[1])


def test_long_curves_are_thinned(monkeypatch):
    monkeypatch.setattr(threshold_rows, "_MOST_STEPS", 100)
    rng = np.random.default_rng(0)
    cells = check_cells(
        rng.integers(0, 2, (500, 2)), rng.random((500, 2)), score_type="probabilities"
    )
    line = RankedRows(cells).line(F1, "micro", NOWHERE)
    assert len(line.x) == 102


def test_unknown_labels(data):
    truth = data[0].astype(float)
    truth[:40, 1] = np.nan
    truth[:, 2] = np.nan
    ranked = RankedRows(check_cells(truth, data[1], score_type="probabilities"))
    line = ranked.line(F1, "macro", NOWHERE)
    expected = threshold_curve(truth, data[1], average="macro", thresholds=line.x)
    np.testing.assert_allclose(line.y, expected.iloc[:, 0])


def test_without_positives_there_is_no_average_precision():
    cells = check_cells([[0], [0]], [[0.1], [0.9]], score_type="probabilities")
    assert np.isnan(RankedRows(cells).mean_average_precision)
