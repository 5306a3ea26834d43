"""Mean ranks in a figure of their own size."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

from mlkit.plots.model_ranks import RankPanels
from mlkit.plots.style import detached_figure

RANKS = pd.Series({"br": 1.2, "cc": 1.9, "lp": 2.9})


def make(ranks, groups=(), **options) -> RankPanels:
    size = RankPanels.size_for(len(ranks), len(groups))
    return RankPanels(detached_figure(size), ranks, groups, **options)


def _texts(panels):
    texts = [*panels.figure.texts, *panels.figure.axes[0].texts]
    return [text.get_text() for text in texts]


def test_names_ranks_distance_and_title():
    panels = make(RANKS, [["br", "cc"]], critical_difference=0.8, title="Micro F1")
    texts = _texts(panels)
    assert {"Micro F1", "br  1.20", "cc  1.90", "2.90  lp"} <= {*texts}
    assert "critical difference 0.80" in texts
    assert panels.moving == ()


def test_a_message_where_there_are_no_ranks():
    panels = make(pd.Series(dtype=float), title="Micro F1", message="nothing to rank")
    assert _texts(panels) == ["Micro F1", "nothing to rank"]


def test_long_names_that_would_become_one_are_numbered():
    ranks = pd.Series(
        {
            "chain of forests with much in it (a) of the long kind": 1.0,
            "chain of forests with much in it (b) of the long kind": 2.0,
        }
    )
    panels = make(ranks, [list(ranks.index)])
    names = _texts(panels)
    assert any("1. chain" in name for name in names)
    assert any("2. chain" in name for name in names)
    assert len({*names}) == len(names)


def test_nothing_is_cut_off():
    ranks = pd.Series(
        {f"a model with a $very$ long name, ü {i}": 1.0 + i for i in range(30)}
    )
    panels = make(ranks, [list(ranks.index[:3])], critical_difference=25.0, title="t")
    figure = panels.figure
    figure.canvas.draw()
    for text in (*figure.texts, *figure.axes[0].texts):
        box = text.get_tightbbox()
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
    assert plt.get_fignums() == []
