"""Curves of a running training: what they keep, how often they draw, and where."""

from __future__ import annotations

from base64 import b64decode

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlkit.exceptions import ScoresError, UnknownNameError
from mlkit.widgets import live
from mlkit.widgets.live import LiveCurves


class _Clock:
    """A clock that a test sets; drawing a picture takes none of its time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class _Handle:
    def __init__(self) -> None:
        self.updates: list[object] = []

    def update(self, shown: object) -> None:
        self.updates.append(shown)


@pytest.fixture
def clock(monkeypatch):
    clock = _Clock()
    monkeypatch.setattr(live, "perf_counter", clock)
    return clock


@pytest.fixture
def page(monkeypatch):
    """What a notebook was asked to show; also the handle by which it changes."""
    shown = []
    handle = _Handle()

    def display(thing, *, display_id=False):
        shown.append(thing)
        return handle if display_id else None

    monkeypatch.setattr(live, "display", display)
    return shown, handle


@pytest.fixture
def notebook(monkeypatch, page):
    monkeypatch.setattr(live, "progress_place", lambda shown: "notebook")
    monkeypatch.setattr(live, "in_kernel", lambda: True)
    return page


class TestHistory:
    def test_what_came_is_kept_in_its_order(self):
        curves = LiveCurves()
        curves.update(loss=0.5, val_loss=0.6)
        curves.update(loss=np.float32(0.25), val_loss=1)
        assert curves.history == {"loss": [0.5, 0.25], "val_loss": [0.6, 1.0]}
        assert list(curves.history) == ["loss", "val_loss"]

    def test_what_is_missing_is_nan(self):
        curves = LiveCurves()
        curves.update(loss=0.5)
        curves.update(loss=0.4, val_loss=0.7)
        curves.update(loss=0.3)
        np.testing.assert_equal(
            curves.history,
            {"loss": [0.5, 0.4, 0.3], "val_loss": [np.nan, 0.7, np.nan]},
        )

    def test_the_history_is_a_copy(self):
        curves = LiveCurves()
        curves.update(loss=0.5)
        curves.history["loss"].append(7.0)
        assert curves.history == {"loss": [0.5]}

    def test_names_that_are_no_identifiers(self):
        curves = LiveCurves(metric="top-3 recall")
        curves.update(**{"top-3 recall": 0.5, "self": 1.0})
        assert curves.history == {"top-3 recall": [0.5], "self": [1.0]}

    def test_a_loss_that_overflows_is_kept(self):
        curves = LiveCurves()
        curves.update(loss=float("inf"))
        curves.update(loss=float("nan"))
        assert curves.sentence() == "epoch 2: loss nan"
        assert len(curves.figure().axes) == 1


class TestErrors:
    def test_no_values(self):
        with pytest.raises(TypeError, match=r"such as update\(loss=0.3\)"):
            LiveCurves().update()

    @pytest.mark.parametrize("value", ["much", [1, 2], None])
    def test_no_number(self, value):
        curves = LiveCurves()
        with pytest.raises(ScoresError, match="'loss' of an epoch must be one number"):
            curves.update(loss=value)
        assert curves.history == {}

    def test_another_metric_is_told_in_the_first_epoch(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'macro_f1'"):
            LiveCurves(metric="macro_f2").update(loss=0.3, macro_f1=0.5)

    def test_validation_alone_is_enough(self):
        curves = LiveCurves()
        curves.update(val_loss=0.5)
        assert curves.sentence() == "epoch 1: val_loss 0.5"

    def test_no_epoch_after_the_end(self):
        curves = LiveCurves()
        curves.update(loss=0.5)
        curves.finish()
        with pytest.raises(RuntimeError, match="finished after epoch 1"):
            curves.update(loss=0.4)

    @pytest.mark.parametrize(("total", "error"), [(0, ValueError), (2.5, TypeError)])
    def test_total(self, total, error):
        with pytest.raises(error, match="total"):
            LiveCurves(total)


class TestPicture:
    def test_the_axis_has_room_for_all_epochs(self):
        curves = LiveCurves(total=50)
        curves.update(loss=0.5, val_loss=0.6)
        (ax,) = curves.figure().axes
        assert ax.get_xlim() == (0.5, 51.0)
        assert ax.lines[0].get_ydata().tolist() == [0.5]
        assert ax.lines[1].get_ydata().tolist() == [0.6]

    def test_more_epochs_than_planned(self):
        curves = LiveCurves(total=1)
        for _ in range(4):
            curves.update(loss=0.5)
        assert curves.figure().axes[0].get_xlim() == (0.5, 4.5)
        assert curves.sentence() == "epoch 4 of 1: loss 0.5"

    def test_before_the_first_epoch(self):
        curves = LiveCurves(total=5)
        assert curves.sentence() == "no epoch yet"
        assert [t.get_text() for t in curves.figure().axes[0].texts] == ["no epoch yet"]

    def test_nothing_is_cut_off_and_pyplot_knows_nothing(self):
        curves = LiveCurves(metric="a metric with a name that is rather long")
        for epoch in range(1000):
            value = 123.456 + epoch
            name = "a metric with a name that is rather long"
            curves.update(**{name: value, f"val_{name}": value})
        figure = curves.figure()
        figure.canvas.draw()
        box = figure.axes[0].get_tightbbox()
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
        assert plt.get_fignums() == []

    def test_a_saved_notebook_has_a_picture(self):
        curves = LiveCurves()
        curves.update(loss=0.5)
        bundle = curves._repr_mimebundle_()
        assert b64decode(bundle["image/png"])[1:4] == b"PNG"
        assert bundle["text/plain"] == "LiveCurves: epoch 1: loss 0.5"


class TestNotebook:
    def test_one_widget_whose_picture_changes(self, notebook, clock):
        shown, _ = notebook
        curves = LiveCurves(total=9)
        curves.update(loss=0.5)
        (widget,) = shown
        first = widget.value
        clock.now += 10.0
        curves.update(loss=0.4)
        assert shown == [widget]
        assert 'alt="epoch 2 of 9: loss 0.4"' in widget.value
        assert widget.value != first

    def test_at_most_five_pictures_a_second(self, notebook, clock):
        curves = LiveCurves()
        for _ in range(1000):
            curves.update(loss=0.5)
            clock.now += 0.01
        # Ten seconds: one at the start, then one each 0.2 seconds.
        assert curves.frames == pytest.approx(50, abs=2)

    def test_slow_drawing_takes_a_twentieth_of_the_time(
        self, notebook, clock, monkeypatch
    ):
        def slow_png(figure):
            clock.now += 0.5
            return b"png"

        monkeypatch.setattr(live, "figure_png", slow_png)
        start = clock.now
        curves = LiveCurves()
        while clock.now < start + 100:
            curves.update(loss=0.5)
            clock.now += 0.1
        assert 0.5 * curves.frames / (clock.now - start) <= 0.055

    def test_the_end_leaves_the_last_epoch_in_the_same_place(self, notebook, clock):
        shown, handle = notebook
        with LiveCurves() as curves:
            curves.update(loss=0.5)
            curves.update(loss=0.4)
            assert curves.frames == 1
        (widget,) = shown
        assert handle.updates == [curves]
        assert widget.comm is None
        curves.finish()
        assert handle.updates == [curves]

    def test_after_an_error_the_curves_stay(self, notebook):
        _, handle = notebook
        curves = LiveCurves()
        curves.update(loss=0.5)
        with pytest.raises(UnknownNameError), curves:
            raise UnknownNameError
        assert handle.updates == [curves]

    def test_without_an_epoch_nothing_is_shown(self, notebook):
        shown, handle = notebook
        LiveCurves().finish()
        assert (shown, handle.updates) == ([], [])


class TestElsewhere:
    def test_switched_off_a_notebook_gets_the_final_picture(self, page, monkeypatch):
        # As in a notebook that nbval runs: the place is "nowhere" within a test.
        monkeypatch.setattr(live, "in_kernel", lambda: True)
        shown, _ = page
        with LiveCurves() as curves:
            curves.update(loss=0.5)
            assert shown == []
        assert shown == [curves]
        assert curves.frames == 0

    def test_who_wants_nothing_gets_nothing(self, page, monkeypatch, capsys):
        monkeypatch.setattr(live, "in_kernel", lambda: True)
        with LiveCurves(shown=False) as curves:
            curves.update(loss=0.5)
        assert page[0] == []
        assert capsys.readouterr() == ("", "")

    def test_a_terminal_has_one_line(self, page, capsys):
        with LiveCurves(total=2, shown=True) as curves:
            curves.update(loss=0.5, val_loss=0.625)
            curves.update(loss=0.25, val_loss=0.5)
        out, err = capsys.readouterr()
        assert (out, page[0]) == ("", [])
        assert err.count("\n") == 1
        assert "training: 100%" in err
        assert "loss 0.25, val_loss 0.5" in err.rpartition("\r")[2]
        assert curves.frames == 0

    def test_silent_in_a_log(self, page, capsys):
        with LiveCurves(total=2) as curves:
            curves.update(loss=0.5)
        assert capsys.readouterr() == ("", "")
        assert page[0] == []


def test_a_callback_of_one_line_is_enough():
    """What Keras does at the end of an epoch, without Keras."""
    curves = LiveCurves(total=2)
    on_epoch_end = lambda epoch, logs: curves.update(**logs)  # noqa: E731
    on_epoch_end(0, {"loss": 0.7, "val_loss": 0.8})
    on_epoch_end(1, {"loss": 0.6, "val_loss": 0.7})
    assert curves.sentence() == "epoch 2 of 2: loss 0.6, val_loss 0.7"


def test_no_figure_stays(monkeypatch, notebook, clock):
    curves = LiveCurves()
    for _ in range(20):
        clock.now += 10.0
        curves.update(loss=0.5)
    assert curves.frames == 20
    assert plt.get_fignums() == []
