"""A classifier chain at work, read from the artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from sklearn.tree import DecisionTreeClassifier

from mlkit.evaluation.propagation import error_propagation
from mlkit.exceptions import ConstantLabelWarning
from mlkit.models import ClassifierChain
from mlkit.plots.chains import ChainPanels
from mlkit.plots.frames import FrameRenderer
from mlkit.plots.style import detached_figure

NAMES = ["or", "and", "xor"]
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 5)
Y = pd.DataFrame({"or": X.max(axis=1), "and": X.min(axis=1), "xor": X.sum(axis=1) % 2})


def labels(n_labels, prefix="label"):
    return [f"{prefix} {i}" for i in range(n_labels)]


def problem(names, seed=0):
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(40, 2))
    return Z, pd.DataFrame(rng.integers(0, 2, (40, len(names))), columns=names)


def shown(chain, Y, X=X, **changes):
    """Return panels that show a chain; the row walked is the first."""
    names = [str(Y.columns[place]) for place in chain.order_]
    predicted = chain.predict(X)[names]
    panels = ChainPanels(detached_figure(ChainPanels.size_for(len(names))), names)
    accuracy = pd.DataFrame(
        {"alone": np.linspace(0, 1, len(names) + 1), "chain": 0.5},
        index=[*names, "exact match"],
    )
    walk = pd.DataFrame(
        {"true": 1, "alone": 1, "chain": 1, "told": 1}, index=names, dtype=int
    )
    parts = {
        "accuracy": accuracy,
        "propagation": error_propagation(Y[names], predicted, baseline=Y[names]),
        "walk": walk,
        "title": "Row 0",
    }
    assert panels.show(chain, **parts | changes) is False
    return panels


@pytest.fixture
def panels():
    return shown(ClassifierChain(order=["xor", "and", "or"]).fit(X, Y), Y)


@pytest.fixture(autouse=True)
def _nothing_in_pyplot():
    yield
    assert plt.get_fignums() == []


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_names_stand_in_the_order_of_the_chain(panels):
    graph, _, accuracy, _ = panels.axes
    assert [t for t in texts(graph) if "." in t[:2]] == ["1. xor", "2. and", "3. or"]
    names = [t for t in texts(accuracy) if not t[0].isdigit()]
    assert names == ["BR", "chain", "xor", "and", "or", "exact match"]


def test_the_arcs_have_the_weights_of_the_chain(panels):
    chain = ClassifierChain(order=["xor", "and", "or"]).fit(X, Y)
    weights = [chain.estimators_[1].coef_[0, 2], *chain.estimators_[2].coef_[0, 2:]]
    expected = np.maximum(5 * np.abs(weights) / np.abs(weights).max(), 0.7)
    arcs = panels.axes[0].patches
    np.testing.assert_allclose([arc.get_linewidth() for arc in arcs], expected)
    assert f"at most {np.abs(weights).max():.2f}" in texts(panels.axes[0])[0]


def test_another_chain_moves_the_same_artists(panels):
    before = list(panels.moving)
    chain = ClassifierChain().fit(X, Y)
    other = shown(chain, Y)
    arguments = {
        "accuracy": pd.DataFrame({"alone": 0.0, "chain": 1.0}, index=[*NAMES, "all"]),
        "propagation": error_propagation(Y, chain.predict(X), baseline=Y),
        "walk": pd.DataFrame(
            0, index=NAMES, columns=["true", "alone", "chain", "told"]
        ),
        "title": "Row 7",
    }
    panels.show(chain, **arguments)
    assert list(panels.moving) == before
    assert texts(panels.axes[0])[1:] == texts(other.axes[0])[1:]
    assert "Row 7" in texts(panels.axes[1])


def test_the_accuracies_are_marks_lines_and_numbers(panels):
    accuracy = panels.axes[2]
    alone, chain = (line for line in accuracy.lines if len(line.get_ydata()) == 4)
    np.testing.assert_allclose(alone.get_xdata(), [0, 1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(chain.get_xdata(), 0.5)
    assert alone.get_marker() != chain.get_marker()
    numbers = [t for t in texts(accuracy) if t[0].isdigit()]
    assert numbers == ["0.000", "0.333", "0.667", "1.000", *["0.500"] * 4]
    assert "higher is better" in accuracy.get_xlabel()


def test_a_wrong_bit_is_marked_wherever_it_is_seen():
    walk = pd.DataFrame(
        {
            "true": [0, 1, 1],
            "alone": [1, 1, 1],
            "chain": [1, 0, 1],
            "told": [1, 1, 1],
        },
        index=["xor", "and", "or"],
    )
    chain = ClassifierChain(order=["xor", "and", "or"]).fit(X, Y)
    words = texts(shown(chain, Y, walk=walk).axes[1])
    # What the second sees, what the third sees; then chain, true and BR of each.
    cells = [t for t in words if t[0] in "01" and len(t) <= 3 and "." not in t]
    handed_on = ["1 ✗", "1 ✗", "0 ✗"]
    assert cells == [*handed_on, "1 ✗", "0", "1 ✗", "0 ✗", "1", "1", "1", "1", "1"]
    assert [t for t in words if t in ("right", "wrong", "misled")] == [
        *("wrong", "misled", "right")
    ]


def test_what_follows_an_error_is_told_with_its_rows():
    chain = ClassifierChain(order=["xor", "and", "or"]).fit(X, Y)
    table = error_propagation(
        [[1, 1, 1]] * 4,
        [[0, 0, 1], [0, 1, 1], [1, 1, 1], [1, 0, 1]],
        baseline=[[1, 1, 1]] * 3 + [[1, 0, 1]],
    )
    ax = shown(chain, Y, propagation=table).axes[3]
    after_error, after_none = ax.patches[:3], ax.patches[3:]
    assert [bar.get_width() for bar in after_error] == [0.0, 0.5, 0.0]
    assert [bar.get_width() for bar in after_none] == [0.0, 0.5, 0.0]
    assert not after_error[0].get_visible()
    assert after_error[1].get_hatch() != after_none[1].get_hatch()
    assert [t for t in texts(ax) if "of" in t] == [
        *("0.50 of 2", "0.00 of 3", "0.50 of 2", "0.00 of 1")
    ]
    assert "lower is better" in ax.get_xlabel()


def test_without_an_error_it_says_so():
    chain = ClassifierChain().fit(X, Y)
    table = error_propagation(Y, Y, baseline=Y)
    ax = shown(chain, Y, propagation=table).axes[3]
    assert texts(ax).count("no such row") == 2
    assert texts(ax).count("0.00 of 20") == 2


def test_trees_have_arcs_of_one_look_and_no_legend():
    chain = ClassifierChain(DecisionTreeClassifier()).fit(X, Y)
    panels = ChainPanels(detached_figure(), NAMES, linear=False)
    assert panels.axes[0].get_legend() is None
    arcs = shown(chain, Y).axes[0].patches
    assert {arc.get_linewidth() for arc in arcs} == {1.0}


def test_a_constant_label_sees_no_other():
    with pytest.warns(ConstantLabelWarning, match="always 1: 'and'"):
        chain = ClassifierChain().fit(X, Y.assign(**{"and": 1}))
    visible = [arc.get_visible() for arc in shown(chain, Y).axes[0].patches]
    assert visible == [False, True, True]


@pytest.mark.parametrize("n_labels", [1, 2, 3, 5])
@pytest.mark.parametrize("prefix", ["y", "Größe $x$ und $y$ mit langem Namen"])
def test_nothing_is_cut_off_and_no_panel_touches_another(n_labels, prefix):
    names = labels(n_labels, prefix)
    Z, targets = problem(names)
    panels = shown(ClassifierChain().fit(Z, targets), targets, Z)
    FrameRenderer(panels.figure, panels.moving).png()
    for artist in panels.moving:
        artist.set_animated(False)
    box = panels.figure.bbox
    found = [ax.get_tightbbox() for ax in panels.axes]
    for one in found:
        assert box.x0 <= one.x0
        assert one.x1 <= box.x1
        assert box.y0 <= one.y0
        assert one.y1 <= box.y1
    graph, walk, accuracy, shares = found
    assert graph.x1 <= walk.x0
    assert accuracy.x1 <= shares.x0
    assert min(graph.y0, walk.y0) >= max(accuracy.y1, shares.y1)


def test_words_do_not_overlap():
    names = labels(5, "Klasse")
    Z, targets = problem(names)
    panels = shown(ClassifierChain().fit(Z, targets), targets, Z)
    FrameRenderer(panels.figure, panels.moving).png()
    for ax in panels.axes:
        words = [t for t in ax.findobj(Text) if t.get_text() and t.get_visible()]
        boxes = [t.get_window_extent() for t in words]
        for i, one in enumerate(boxes):
            for j in range(i):
                assert not one.overlaps(boxes[j]), (words[i], words[j])
