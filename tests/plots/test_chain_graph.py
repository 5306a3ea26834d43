"""A chain of labels as a graph, read from its artists."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import ClassifierChain as OtherChain
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from mlkit import plots
from mlkit.exceptions import ConstantLabelWarning, OptionError
from mlkit.models import BinaryRelevance, ClassifierChain
from mlkit.plots.chain_graph import plot_chain
from mlkit.plots.style import PALETTE

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
# The second repeats the first, the third is its opposite, the last is noise.
FIRST = RNG.integers(0, 2, 60)
Y = pd.DataFrame(
    {
        "sea": FIRST,
        "sun": FIRST,
        "sky": 1 - FIRST,
        "größe": RNG.integers(0, 2, 60),
    }
)


def many(n_labels: int) -> pd.DataFrame:
    names = [f"Größe und Übermaß eines langen Namens {i}" for i in range(n_labels)]
    return pd.DataFrame(RNG.integers(0, 2, (60, n_labels)), columns=names)


def tree_chain(Y) -> ClassifierChain:
    return ClassifierChain(DecisionTreeClassifier(max_depth=1)).fit(X, Y)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return Figure().subplots()


def names(ax) -> list[str]:
    return [text.get_text() for text in ax.get_yticklabels()]


def arcs(ax) -> dict[tuple[int, int], object]:
    """Return each arc by the places of the two labels that it joins."""
    found = {}
    for patch in ax.patches:
        vertices = patch.get_path().vertices
        # The path of an arrow runs back along its head; the line comes first.
        places = np.round(vertices[:4, 1]).astype(int)
        found[int(places[0]), int(places[-1])] = patch
    return found


def test_labels_stand_in_the_order_of_the_chain(ax):
    chain = ClassifierChain(order=["sky", "größe", "sun", "sea"]).fit(X, Y)
    assert plot_chain(chain, ax=ax) is ax
    assert names(ax) == ["1. sky", "2. größe", "3. sun", "4. sea"]
    assert ax.yaxis_inverted()


def test_each_label_has_an_arc_to_every_later_one(ax):
    plot_chain(ClassifierChain().fit(X, Y), ax=ax)
    assert set(arcs(ax)) == {(i, j) for j in range(4) for i in range(j)}
    assert len(ax.patches) == 6


def test_the_width_is_the_size_of_the_coefficient(ax):
    chain = ClassifierChain().fit(X, Y)
    plot_chain(chain, ax=ax)
    drawn = arcs(ax)
    sizes, widths = [], []
    for later in range(1, 4):
        for place in range(later):
            sizes.append(abs(chain.estimators_[later].coef_[0, 2 + place]))
            widths.append(drawn[place, later].get_linewidth())
    greatest = max(sizes)
    expected = np.maximum(5 * np.array(sizes) / greatest, 0.7)
    np.testing.assert_allclose(widths, expected)
    assert f"at most {greatest:.2f}" in ax.get_xlabel()


def test_the_sign_is_told_by_colour_and_by_dashes(ax):
    plot_chain(ClassifierChain().fit(X, Y), ax=ax)
    same, opposite = arcs(ax)[0, 1], arcs(ax)[0, 2]
    assert to_hex(same.get_edgecolor()).upper() == PALETTE["blue"]
    assert to_hex(opposite.get_edgecolor()).upper() == PALETTE["vermilion"]
    assert same.get_linestyle() != opposite.get_linestyle()
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["positive coefficient", "negative coefficient"]


def test_trees_have_arcs_of_one_look_and_no_legend(ax):
    plot_chain(tree_chain(Y), ax=ax)
    assert len(ax.patches) == 6
    assert len({patch.get_linewidth() for patch in ax.patches}) == 1
    assert ax.get_legend() is None
    assert "not weighed" in ax.get_xlabel()


@pytest.mark.parametrize("base", [LogisticRegression(), DecisionTreeClassifier()])
def test_a_constant_label_sees_no_other(ax, base):
    with pytest.warns(ConstantLabelWarning, match="always 1: 'sun'"):
        chain = ClassifierChain(base).fit(X, Y.assign(sun=1))
    plot_chain(chain, ax=ax)
    assert set(arcs(ax)) == {(0, 2), (1, 2), (0, 3), (1, 3), (2, 3)}


def test_a_pipeline_is_drawn_as_its_last_step(ax):
    pipeline = make_pipeline(StandardScaler(), ClassifierChain()).fit(X, Y)
    plot_chain(pipeline, ax=ax)
    assert names(ax)[0] == "1. sea"
    assert len(ax.patches) == 6


def test_the_chain_of_scikit_learn_is_drawn_too(ax):
    chain = OtherChain(LogisticRegression(), order=[1, 0, 3, 2]).fit(X, Y.to_numpy())
    plot_chain(chain, ax=ax)
    assert names(ax) == ["1. label_1", "2. label_0", "3. label_3", "4. label_2"]
    assert ax.get_legend() is not None


def test_one_label_has_no_arcs(ax):
    plot_chain(ClassifierChain().fit(X, Y[["sea"]]), ax=ax)
    assert names(ax) == ["1. sea"]
    assert len(ax.patches) == 0
    assert ax.get_xlabel() == "no label sees another"


def test_of_many_labels_the_first_are_drawn_and_the_figure_says_so(ax):
    chain = tree_chain(many(159))
    plot_chain(chain, ax=ax)
    assert len(names(ax)) == 20
    assert len(ax.patches) == 190
    assert "the first 20 of 159 labels" in ax.get_xlabel()


def test_of_many_arcs_the_widest_are_drawn_and_the_figure_says_so(ax):
    chain = ClassifierChain().fit(X, many(12))
    plot_chain(chain, ax=ax)
    assert len(ax.patches) == 40
    assert "the 40 widest of 66 arcs" in ax.get_xlabel()
    sizes = np.concatenate([abs(x.coef_[0, 2:]) for x in chain.estimators_])
    least = 5 * np.sort(sizes)[-40] / sizes.max()
    assert min(p.get_linewidth() for p in ax.patches) == pytest.approx(max(least, 0.7))


@pytest.mark.parametrize("n_labels", [1, 7, 20])
def test_words_lie_in_the_figure_and_not_on_each_other(n_labels):
    ax = plot_chain(ClassifierChain().fit(X, many(n_labels)))
    figure = ax.figure
    figure.draw_without_rendering()
    texts = [*ax.get_yticklabels(), ax.xaxis.label]
    if ax.get_legend() is not None:
        texts.append(ax.get_legend())
    boxes = [text.get_window_extent() for text in texts]
    assert all(box.x0 >= 0 and box.y0 >= 0 for box in boxes)
    assert all(box.x1 <= figure.bbox.width for box in boxes)
    assert all(box.y1 <= figure.bbox.height for box in boxes)
    assert not any(
        one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[:i]
    )


def test_what_cannot_be_drawn_is_refused(ax):
    with pytest.raises(NotFittedError, match="not fitted"):
        plot_chain(ClassifierChain(), ax=ax)
    with pytest.raises(TypeError, match="BinaryRelevance is no chain"):
        plot_chain(BinaryRelevance().fit(X, Y), ax=ax)
    with pytest.raises(OptionError, match="n must be"):
        plot_chain(ClassifierChain().fit(X, Y), n=0, ax=ax)


def test_it_is_public():
    assert plots.plot_chain is plot_chain
    assert "plot_chain" in plots.__all__
