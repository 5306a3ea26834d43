"""The label explorer: what its controls do, without a browser."""

from __future__ import annotations

import gc
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from traitlets import TraitError

import mlkit
from mlkit.exceptions import UnknownNameError
from mlkit.widgets.driving import accessible_name, controls_of, moves
from mlkit.widgets.label_views import LABEL_FIGURES
from mlkit.widgets.labels import LABEL_VIEWS, LabelExplorer


@pytest.fixture
def explorer():
    return LabelExplorer()


def _said(explorer):
    return explorer.view.children[-1].value


def _panels(explorer):
    return explorer._figures.get(explorer.panels_key(), explorer._new_figure)[0]


class TestControls:
    def test_flags_by_default(self, explorer):
        assert explorer.state.label_names == mlkit.load("flags").label_names
        assert "195 rows" in _said(explorer)

    @pytest.mark.parametrize("view", LABEL_VIEWS[1:])
    def test_the_view(self, explorer, view):
        before = explorer._png, _said(explorer)
        explorer._view.value = view
        assert explorer.state.view == view
        assert explorer._png != before[0]
        assert _said(explorer) != before[1]
        assert explorer.frames == 2

    @pytest.mark.parametrize("kind", ["conditional", "lift"])
    def test_the_kind(self, explorer, kind):
        explorer.state.view = "co-occurrence"
        before = explorer._png, _said(explorer)
        explorer._kind.value = kind
        assert explorer.state.kind == kind
        assert explorer._png != before[0]
        assert _said(explorer) != before[1]

    @pytest.mark.parametrize("view", LABEL_VIEWS[:-1])
    def test_the_order(self, explorer, view):
        explorer.state.view = view
        before = explorer._png
        explorer._order.value = "clustered"
        assert explorer.state.order == "clustered"
        assert explorer._png != before

    @pytest.mark.parametrize("view", LABEL_VIEWS)
    def test_labels_that_rows_have_and_have_not(self, explorer, view):
        explorer.state.view = view
        pictures, sentences = [explorer._png], [_said(explorer)]
        for button in (explorer._with.buttons[0], explorer._without.buttons[1]):
            button.value = True
            pictures.append(explorer._png)
            sentences.append(_said(explorer))
        assert explorer.state.with_labels == ["red"]
        assert explorer.state.without == ["green"]
        assert len(set(pictures)) == len(set(sentences)) == 3
        assert "rows have red and lack green" in sentences[-1]

    @pytest.mark.parametrize("view", LABEL_VIEWS)
    def test_all_or_any(self, view):
        explorer = LabelExplorer(view=view, with_labels=["red", "green"])
        before = explorer._png
        explorer._match.value = "any"
        assert explorer.state.match == "any"
        assert explorer._png != before
        assert "red or green" in _said(explorer)

    def test_controls_without_effect_are_grey(self, explorer):
        assert explorer._kind.disabled
        assert explorer._match.disabled
        assert not explorer._order.disabled
        explorer.state.view = "co-occurrence"
        assert not explorer._kind.disabled
        explorer.state.view = "cardinality"
        assert explorer._order.disabled
        explorer.state.with_labels = ["red", "blue"]
        assert not explorer._match.disabled

    def test_code_moves_the_controls(self, explorer):
        with explorer.paused():
            explorer.state.view, explorer.state.kind = "co-occurrence", "lift"
            explorer.state.order, explorer.state.match = "given", "any"
            explorer.state.with_labels, explorer.state.without = ["red"], ["blue"]
        assert explorer.frames == 2
        menus = (explorer._view, explorer._kind, explorer._order, explorer._match)
        assert [menu.value for menu in menus] == [
            "co-occurrence",
            "lift",
            "given",
            "any",
        ]
        assert explorer._with.value == ("red",)
        assert explorer._without.buttons[2].description == "✓ no blue"

    def test_a_name_typed_wrongly_is_said_and_changes_nothing(self):
        explorer = LabelExplorer(mlkit.load("movies"))
        before = explorer._png
        with pytest.raises(TraitError, match="Did you mean 'comedy'"):
            explorer._with.line.value = "comdy"
        assert "Did you mean" in _said(explorer)
        assert (explorer.state.with_labels, explorer._png) == ([], before)
        explorer._with.line.value = "comedy"
        assert explorer.state.with_labels == ["comedy"]

    @pytest.mark.parametrize("source", [None, "movies"], ids=["few", "many"])
    def test_hide(self, source):
        data = None if source is None else mlkit.load(source)
        names = LabelExplorer.control_names
        assert len(LabelExplorer(data, hide=names).view.children) == 1
        assert len(LabelExplorer(data).view.children) == len(names) + 1

    def test_hiding_what_does_not_exist(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'view'"):
            LabelExplorer(hide=["views"])


class TestPresets:
    def test_each_shows_what_it_promises_in_one_frame(self, explorer):
        for frames, (name, values) in enumerate(explorer.presets.items()):
            explorer._menu.value = name
            assert explorer._menu.value == name
            assert explorer.frames == frames + 1
            for trait, value in values.items():
                assert getattr(explorer.state, trait) == value
        assert {values["view"] for values in explorer.presets.values()} == set(
            LABEL_VIEWS
        )

    def test_they_speak_of_the_most_frequent_label(self, explorer):
        assert "given red" in explorer.presets

    def test_labels_that_never_occur_have_fewer(self):
        presets = LabelExplorer(np.zeros((3, 2), dtype=int)).presets
        assert not any("label_" in name for name in presets)


class TestPictures:
    def test_some_rows_have_a_panel_beside_all(self, explorer):
        explorer.state.view = "network"
        assert len(_panels(explorer).axes) == 1
        explorer.state.with_labels = ["red"]
        assert len(_panels(explorer).axes) == 2
        titles = [text.get_text() for text in _panels(explorer)._titles]
        assert titles == ["all 195 rows", "these 152 rows"]

    def test_bars_are_the_shares(self, explorer):
        explorer.state.with_labels = ["red"]
        state, panels = explorer.state, _panels(explorer)
        drawn = state.positions()
        wide = [bar.get_width() for bar in panels._wide]
        narrow = [bar.get_width() for bar in panels._narrow]
        np.testing.assert_allclose(wide, state.shares(state.whole)[drawn])
        np.testing.assert_allclose(narrow, state.shares(state.part)[drawn])

    def test_going_back_takes_the_same_picture(self, explorer):
        first = explorer._png
        explorer.state.with_labels = ["red"]
        explorer.state.with_labels = []
        assert explorer._png is first

    def test_a_picture_does_not_depend_on_what_was_drawn_before(self):
        for view in LABEL_VIEWS:
            explorer = LabelExplorer(view=view, with_labels=["blue", "black"])
            explorer.state.with_labels = ["red"]
            assert explorer._png == LabelExplorer(view=view, with_labels=["red"])._png

    def test_a_new_scale_is_drawn(self):
        explorer = LabelExplorer(view="co-occurrence")
        explorer.state.kind = "lift"
        assert explorer._png == LabelExplorer(view="co-occurrence", kind="lift")._png

    def test_labels_that_are_not_drawn_share_a_row(self):
        data = pd.DataFrame(np.eye(4, dtype=int), columns=list("abcd"))
        explorer = LabelExplorer(data, n_labels=2, view="label sets")
        panels = _panels(explorer)
        assert panels._names.words == ("a", "b", "2 other labels")
        assert len(panels._square.get_offsets()) == 2

    def test_figures_and_pictures_do_not_pile_up(self, explorer):
        names = explorer.state.label_names
        for view in LABEL_VIEWS:
            explorer.state.view = view
            for pair in itertools.combinations(names, 2):
                explorer.state.with_labels = list(pair)
        gc.collect()
        assert plt.get_fignums() == []
        assert len(explorer._figures) <= 6
        assert len(explorer._pictures) == 100

    def test_every_view_has_a_figure(self):
        assert tuple(LABEL_FIGURES) == LABEL_VIEWS


def _tour(explorer):
    """Show every view and kind, of all rows and of those with the first label."""
    for view in LABEL_VIEWS:
        for kind in ("counts", "conditional", "lift"):
            for labels in ([], list(explorer.state.label_names[:1])):
                with explorer.paused():
                    explorer.state.view, explorer.state.kind = view, kind
                    explorer.state.with_labels = labels
                    explorer.state.order = "clustered"
                assert explorer._png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "labels",
    [
        np.zeros((0, 3), dtype=int),
        np.zeros((0, 0), dtype=int),
        np.zeros((5, 2), dtype=int),
        np.ones((1, 1), dtype=int),
        np.array([[1.0, np.nan], [0.0, 1.0], [np.nan, np.nan]]),
        pd.DataFrame([[1, 0], [1, 1]], columns=["größe $5", "длинное имя " * 9]),
    ],
    ids=["no rows", "no labels", "no positives", "one cell", "unknown", "names"],
)
def test_edges(labels):
    _tour(LabelExplorer(labels))


def test_many_labels_and_many_rows():
    rng = np.random.default_rng(0)
    wide = LabelExplorer(sp.csr_array((rng.random((300, 1000)) < 0.01).astype(np.int8)))
    _tour(wide)
    assert "the 20 labels most frequent" in wide.sentence() or (
        wide.state.view == "cardinality"
    )
    long = sp.random_array((100_000, 20), density=0.1, rng=rng, format="csr")
    long.data[:] = 1
    _tour(LabelExplorer(long.astype(np.int8)))


@pytest.mark.data
@pytest.mark.parametrize("name", ["yeast", "medical", "bibtex"])
def test_real_sets(name, mulan_folder):
    _tour(LabelExplorer(mlkit.load(name)))


@pytest.mark.parametrize("source", ["flags", "movies"])
def test_every_control_has_a_name_of_its_own(source):
    names = [accessible_name(x) for x in controls_of(LabelExplorer(mlkit.load(source)))]
    assert all(names)
    assert len(set(names)) == len(names)


def test_every_control_moves_at_most_one_frame(explorer):
    for name, act in moves(explorer, n=4):
        before = explorer.frames
        act()
        assert explorer.frames <= before + 1, name
