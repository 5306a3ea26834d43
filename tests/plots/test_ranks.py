"""Mean ranks and differences: what is drawn, compared as artists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mlkit.plots import PALETTE, plot_critical_difference, plot_differences

RANKS = pd.Series({"c": 2.9, "a": 1.2, "b": 1.9, "d": 4.0})


@pytest.fixture
def ax():
    return Figure().subplots()


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def bars(ax) -> list[np.ndarray]:
    color = PALETTE["vermilion"]
    return [
        line.get_xdata()
        for line in ax.lines
        if to_hex(line.get_color()) == color.lower()
    ]


class TestCriticalDifference:
    def test_each_model_has_a_point_at_its_rank_and_a_name(self, ax) -> None:
        assert plot_critical_difference(RANKS, ax=ax) is ax
        points = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
        assert points == [1.2, 1.9, 2.9, 4.0]
        assert {"a  1.20", "b  1.90", "2.90  c", "4.00  d"} <= set(texts(ax))

    def test_names_do_not_stand_on_each_other(self, ax) -> None:
        plot_critical_difference(RANKS, ax=ax)
        places = [t.get_position() for t in ax.texts if "  " in t.get_text()]
        assert len(set(places)) == 4

    def test_groups_are_bars_from_first_to_last(self, ax) -> None:
        plot_critical_difference(RANKS, [("a", "b"), ("b", "c")], ax=ax)
        first, second = bars(ax)
        np.testing.assert_allclose(first, [1.2, 1.9], atol=0.05)
        np.testing.assert_allclose(second, [1.9, 2.9], atol=0.05)
        heights = {
            line.get_ydata()[0] for line in ax.lines if line.get_linewidth() == 5
        }
        assert len(heights) == 2

    def test_the_distance_has_its_length(self, ax) -> None:
        plot_critical_difference(RANKS, critical_difference=1.5, ax=ax)
        assert "critical difference 1.50" in texts(ax)
        lengths = [np.ptp(line.get_xdata()) for line in ax.lines]
        assert 1.5 in lengths
        other = Figure().subplots()
        plot_critical_difference(RANKS, critical_difference=np.inf, ax=other)
        assert not any("critical" in text for text in texts(other))

    def test_what_was_given_is_not_changed(self, ax) -> None:
        before = RANKS.copy()
        plot_critical_difference(RANKS, ax=ax)
        pd.testing.assert_series_equal(RANKS, before)

    def test_one_model_and_none(self, ax) -> None:
        plot_critical_difference(pd.Series({"only": 1.0}), ax=ax)
        assert "only  1.00" in texts(ax)
        with pytest.raises(ValueError, match="holds no models"):
            plot_critical_difference(pd.Series(dtype=float), ax=ax)


class TestDifferences:
    @pytest.fixture
    def pairs(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "first": ["a", "a"],
                "second": ["b", "c"],
                "difference": [0.1, -0.02],
                "low": [0.05, -0.05],
                "high": [0.15, 0.01],
            }
        )

    def test_intervals_and_means(self, pairs, ax) -> None:
        plot_differences(pairs, rope=0.01, ax=ax)
        spans = [c.get_segments()[0][:, 0].tolist() for c in ax.collections]
        assert spans == [[0.05, 0.15], [-0.05, 0.01]]
        names = [text.get_text() for text in ax.get_yticklabels()]
        assert names == ["a against b", "a against c"]
        # The first stands on top.
        assert ax.get_ylim() == (1.5, -0.5)
        assert "the first is better" in ax.get_xlabel()

    def test_what_is_apart_differs_in_colour_and_in_shape(self, pairs, ax) -> None:
        plot_differences(pairs, ax=ax)
        marked = {
            line.get_marker(): line.get_xdata().tolist()
            for line in ax.lines
            if line.get_marker() in ("o", "s")
        }
        assert marked == {"o": [0.1], "s": [-0.02]}
        assert len({c.get_color()[0].tobytes() for c in ax.collections}) == 2

    def test_none(self, pairs, ax) -> None:
        with pytest.raises(ValueError, match="no pair of models"):
            plot_differences(pairs.iloc[:0], ax=ax)
