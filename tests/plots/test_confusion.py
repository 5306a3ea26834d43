"""Confusion matrices of many labels, read from their artists."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from mlkit import plots
from mlkit.evaluation import Evaluation, evaluate
from mlkit.exceptions import LabelNameError, OptionError, ShapeError
from mlkit.metrics import Evidence
from mlkit.plots.confusion import plot_confusion_grid
from mlkit.plots.style import PALETTE

# By label: 3, 9 and 6 true rows.
MATRICES = np.array([[[7, 0], [0, 3]], [[1, 0], [8, 1]], [[3, 1], [2, 4]]])
NAMES = ["sea", "sun", "sky"]


def titles(figure) -> list[str]:
    return [ax.get_title() for ax in figure.axes]


def cells(ax) -> dict[tuple[float, float], str]:
    return {text.get_position(): text.get_text() for text in ax.texts}


def inside(figure) -> bool:
    """Whether all titles lie in the figure and none on the one beside it."""
    figure.draw_without_rendering()
    boxes = [ax.title.get_window_extent() for ax in figure.axes]
    apart = all(
        not one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i]
    )
    return apart and all(b.x0 >= 0 and b.x1 <= figure.bbox.width for b in boxes)


def test_each_cell_has_its_count_and_its_share_of_the_row():
    figure = plot_confusion_grid(MATRICES[2:], label_names=["sky"])
    assert cells(figure.axes[0]) == {
        (0, 0): "3\ntn 75%",
        (1, 0): "1\nfp 25%",
        (0, 1): "2\nfn 33%",
        (1, 1): "4\ntp 67%",
    }


def test_wrong_cells_differ_in_colour_and_in_border():
    ax = plot_confusion_grid(MATRICES[2:]).axes[0]
    by_width = {}
    for cell in ax.patches:
        column, row = np.floor(np.add(cell.get_xy(), 0.5)).astype(int)
        by_width.setdefault(cell.get_linewidth(), set()).add((int(row), int(column)))
    assert by_width == {0.8: {(0, 0), (1, 1)}, 2.5: {(0, 1), (1, 0)}}
    borders = {to_hex(cell.get_edgecolor()).upper() for cell in ax.patches}
    assert PALETTE["vermilion"] in borders


def test_the_larger_share_is_darker():
    cells = plot_confusion_grid(MATRICES[2:]).axes[0].patches
    tn, fp, fn, tp = (sum(cell.get_facecolor()[:3]) for cell in cells)
    assert tn < tp < 3
    assert fn < fp < 3


def test_the_most_frequent_stand_first_with_their_number_of_rows():
    figure = plot_confusion_grid(MATRICES, label_names=NAMES)
    assert titles(figure) == ["sun (9)", "sky (6)", "sea (3)"]


def test_the_worst_are_not_the_most_frequent():
    matrices = [[[0, 0], [0, 9]], [[5, 2], [2, 0]]]
    frequent = plot_confusion_grid(matrices, label_names=["easy", "hard"])
    worst = plot_confusion_grid(matrices, first="worst", label_names=["easy", "hard"])
    assert titles(frequent) == ["easy (9)", "hard (2)"]
    assert titles(worst) == ["hard (2)", "easy (9)"]


def test_a_label_without_an_f1_is_the_last_of_the_worst():
    matrices = [[[5, 0], [0, 0]], [[1, 1], [1, 1]]]
    figure = plot_confusion_grid(matrices, first="worst", label_names=["none", "some"])
    assert titles(figure) == ["some (2)", "none (0)"]
    # Nothing is present, so that the lower row has no shares.
    assert cells(figure.axes[1])[0, 1] == "0\nfn"


def test_an_evaluation_is_drawn_like_its_matrices():
    rng = np.random.default_rng(0)
    Y, Y_pred = rng.integers(0, 2, (2, 30, 3))
    evaluation = evaluate(Y, Y_pred)
    figure = plot_confusion_grid(evaluation)
    names = evaluation.evidence.label_names
    other = plot_confusion_grid(evaluation.confusion_matrices, label_names=names)
    assert titles(figure) == titles(other)
    assert [cells(ax) for ax in figure.axes] == [cells(ax) for ax in other.axes]


def test_of_many_labels_the_head_is_drawn_and_the_figure_says_so():
    rng = np.random.default_rng(0)
    names = [f"Größe und Übermaß eines Namens, Nummer {i}" for i in range(159)]
    matrices = rng.integers(0, 90_000, (159, 2, 2))
    figure = plot_confusion_grid(matrices, label_names=names)
    assert len(figure.axes) == 12
    assert figure.get_suptitle() == "12 of 159 labels: the most frequent"
    assert inside(figure)


def test_all_of_seven_labels_are_drawn_without_a_heading():
    figure = plot_confusion_grid(np.ones((7, 2, 2), dtype=int))
    assert [title.split()[0] for title in titles(figure)] == [
        f"label_{i}" for i in range(7)
    ]
    assert figure.get_suptitle() == ""
    assert inside(figure)


def test_rows_are_named_once_a_line():
    figure = plot_confusion_grid(np.ones((5, 2, 2), dtype=int))
    named = [
        [text.get_text() for text in ax.get_yticklabels()] == ["absent", "present"]
        for ax in figure.axes
    ]
    assert named == [True, False, False, False, True]


def test_what_was_given_is_not_changed():
    before = MATRICES.copy()
    plot_confusion_grid(MATRICES, first="worst")
    np.testing.assert_array_equal(MATRICES, before)


@pytest.mark.parametrize(
    ("matrices", "options", "error", "match"),
    [
        ([], {}, ValueError, "holds no labels"),
        (np.ones((2, 3, 3)), {}, ShapeError, r"\(2, 3, 3\)"),
        (np.ones((2, 2)), {}, ShapeError, "n_labels, 2, 2"),
        ([[[1, -1], [0, 0]]], {}, ValueError, "got -1"),
        (MATRICES, {"n": 0}, OptionError, "n must be"),
        (MATRICES, {"first": "best"}, OptionError, "frequent"),
        (MATRICES, {"label_names": ["a"]}, LabelNameError, "Expected 3"),
    ],
)
def test_what_cannot_be_drawn_is_refused(matrices, options, error, match):
    with pytest.raises(error, match=match):
        plot_confusion_grid(matrices, **options)


def test_undecided_labels_are_refused():
    evidence = Evidence.of_probabilities([[1, 0], [0, 1]], [[0.9, 0.1], [0.3, 0.8]])
    with pytest.raises(OptionError, match="needs decided labels"):
        plot_confusion_grid(Evaluation(evidence, ()))


def test_it_is_public():
    assert plots.plot_confusion_grid is plot_confusion_grid
    assert "plot_confusion_grid" in plots.__all__
