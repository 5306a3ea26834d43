"""The comparison explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import html

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from traitlets import TraitError

from mlkit.comparison import Comparison
from mlkit.exceptions import UnknownNameError
from mlkit.widgets.compared_tables import ALL_DATASETS
from mlkit.widgets.comparing import CompareExplorer, CompareState

from .compared import comparison

VIEWS = (
    "scores",
    "differences",
    "ranks",
    "metric against metric",
    "time against score",
)


@pytest.fixture(scope="module")
def made():
    return comparison()


@pytest.fixture
def explorer(made):
    return CompareExplorer(made)


def _status(explorer):
    return html.unescape(explorer.view.children[-1].value)


def _menus(explorer):
    return {name: control for name, control in explorer._made.items() if name != "rope"}


class TestState:
    def test_it_starts_with_the_first_of_all(self, made):
        state = CompareState(made)
        assert (state.view, state.metric, state.dataset) == ("scores", "micro_f1", "d0")
        assert (state.second_metric, state.reference) == ("hamming_loss", "m0")
        assert state.views == VIEWS
        assert state.datasets == ("d0", "d1", ALL_DATASETS)

    @pytest.mark.parametrize(
        ("sizes", "views"),
        [
            ({"n_datasets": 1}, {*VIEWS} - {"ranks"}),
            ({"n_models": 1}, {*VIEWS} - {"differences"}),
            ({"metrics": ("micro_f1",)}, {*VIEWS} - {"metric against metric"}),
        ],
    )
    def test_views_that_need_several(self, sizes, views):
        assert {*CompareState(comparison(**sizes)).views} == views

    @pytest.mark.parametrize("view", VIEWS)
    @pytest.mark.parametrize("dataset", ["d0", ALL_DATASETS])
    def test_every_view_has_words(self, made, view, dataset):
        state = CompareState(made, view=view, dataset=dataset)
        assert "m2" in state.sentence()
        assert state.shown is state.shown

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("view", "score", "Unknown view 'score'. Did you mean 'scores'"),
            (
                "metric",
                "micro_f2",
                "metric 'micro_f2'. Did you mean 'micro_f1'",
            ),
            ("second_metric", "x", "Unknown second_metric 'x'. Known: 'hamming_loss'"),
            (
                "dataset",
                "d7",
                "dataset 'd7'. .*Known: 'all datasets', 'd0', 'd1'",
            ),
            ("reference", "m9", "Unknown reference 'm9'. .*Known: 'm0', 'm1', 'm2'"),
            ("rope", 0.2, r"rope must lie in \[0, 0.1\].* got 0.2"),
            ("rope", -0.01, "rope must lie in"),
        ],
    )
    def test_values_that_do_not_fit(self, made, trait, value, message):
        with pytest.raises(TraitError, match=message):
            CompareState(made, **{trait: value})

    def test_no_comparison(self):
        with pytest.raises(TypeError, match="got DataFrame. Make one: mlkit.compare"):
            CompareState(pd.DataFrame())

    def test_no_records(self, made):
        with pytest.raises(ValueError, match="0 records and 2 metrics"):
            CompareState(Comparison(made.folds.iloc[:0], made.metrics))

    def test_a_metric_of_another_scale_has_a_wider_rope(self):
        made = comparison(metrics=("coverage_error",))
        made.folds["coverage_error"] *= 20
        assert CompareState(made).most_rope == pytest.approx(1.1)

    def test_the_comparison_is_not_modified(self, made):
        before = made.folds.copy()
        for view in VIEWS:
            CompareState(made, view=view, dataset=ALL_DATASETS).sentence()
        pd.testing.assert_frame_equal(made.folds, before)


class TestExplorer:
    @pytest.mark.parametrize(
        ("name", "value", "view"),
        [
            ("view", "differences", "scores"),
            ("metric", "hamming_loss", "scores"),
            ("second_metric", "micro_f1", "metric against metric"),
            ("dataset", "d1", "time against score"),
            ("dataset", ALL_DATASETS, "differences"),
            ("reference", "m1", "differences"),
        ],
    )
    def test_a_menu_changes_state_picture_and_sentence(self, made, name, value, view):
        explorer = CompareExplorer(made, view=view)
        picture, sentence = explorer._png, explorer.sentence()
        _menus(explorer)[name].value = value
        assert getattr(explorer.state, name) == value
        assert explorer.frames == 2
        assert explorer._png != picture
        assert explorer.sentence() != sentence
        assert explorer.sentence() in _status(explorer)

    def test_the_rope_has_a_slider_and_a_box(self, made):
        explorer = CompareExplorer(made, view="differences")
        slider, box = explorer._made["rope"].children
        picture = explorer._png
        box.value = 0.05
        assert explorer.state.rope == 0.05
        assert slider.value == 0.05
        assert explorer._png != picture
        assert "within 0.05" in explorer.sentence()

    def test_code_moves_the_controls(self, explorer):
        explorer.state.view = "differences"
        explorer.state.reference = "m2"
        explorer.state.rope = 0.03
        assert _menus(explorer)["view"].value == "differences"
        assert _menus(explorer)["reference"].value == "m2"
        assert explorer._made["rope"].children[1].value == 0.03
        assert explorer.frames == 4

    def test_controls_that_the_view_ignores_rest(self, explorer):
        def resting():
            parts = {
                name: getattr(control, "children", (control,))
                for name, control in explorer._made.items()
            }
            return {n for n, ps in parts.items() if all(part.disabled for part in ps)}

        assert resting() == {"second_metric"}
        explorer.state.view = "ranks"
        assert resting() == {"second_metric", "dataset", "reference", "rope"}
        explorer.state.view = "metric against metric"
        assert resting() == {"rope"}

    @pytest.mark.parametrize("view", VIEWS)
    def test_a_picture_is_that_of_a_new_explorer(self, made, view):
        explorer = CompareExplorer(made)
        for other in VIEWS:
            explorer.state.view = other
        explorer.state.metric = "hamming_loss"
        explorer.state.view = view
        fresh = CompareExplorer(made, view=view, metric="hamming_loss")
        assert explorer._png == fresh._png

    def test_presets_show_what_they_promise(self, explorer):
        assert list(explorer.presets) == [
            "every fold of every model",
            "is the best one better?",
            "a difference of 0.05 is none",
            "two metrics, two winners?",
            "is it worth the time?",
            "over all datasets",
        ]
        for name, values in explorer.presets.items():
            explorer._menu.value = name
            assert explorer.shown_preset() == name
            for trait, value in values.items():
                assert getattr(explorer.state, trait) == value
        explorer._menu.value = "is the best one better?"
        assert explorer.state.reference == "m2"

    def test_presets_that_need_several(self):
        explorer = CompareExplorer(comparison(1, 1, metrics=("micro_f1",)))
        assert list(explorer.presets) == [
            "every fold of every model",
            "is it worth the time?",
        ]

    def test_hide(self, made):
        everything = CompareExplorer.control_names
        assert len(CompareExplorer(made, hide=everything).view.children) == 1
        assert len(CompareExplorer(made).view.children) == 9
        with pytest.raises(UnknownNameError, match="Did you mean 'rope'"):
            CompareExplorer(made, hide=["ropes"])

    def test_failed_folds(self):
        explorer = CompareExplorer(comparison(failing=("d0", "m1")))
        for view in VIEWS:
            explorer.state.view = view
            assert "m1" in explorer.sentence()

    def test_nothing_but_failures(self):
        made = comparison()
        made.folds["error"] = "ValueError: no"
        made.folds[list(made.metrics)] = float("nan")
        explorer = CompareExplorer(made)
        for dataset in explorer.state.datasets:
            explorer.state.dataset = dataset
            for view in VIEWS:
                explorer.state.view = view
                assert "failed" in explorer.sentence().lower() or "no " in (
                    explorer.sentence()
                )

    @pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 1, 1), (1, 3, 2)])
    def test_the_least_comparisons(self, sizes):
        explorer = CompareExplorer(comparison(*sizes))
        for view in explorer.state.views:
            explorer.state.view = view
            assert explorer._png[1:4] == b"PNG"

    def test_many_models_and_datasets(self):
        explorer = CompareExplorer(comparison(100, 40, 2))
        for view in VIEWS:
            explorer.state.view = view
            assert "30" in explorer.sentence()

    def test_names_of_all_kinds(self):
        made = comparison()
        names = {"m0": "Äußerst lang: 10× Ketten mit $x$", "m1": "µ", "m2": "$y$ <b>"}
        folds = made.folds.assign(model=made.folds["model"].map(names))
        explorer = CompareExplorer(Comparison(folds, made.metrics))
        for view in VIEWS:
            explorer.state.view = view
            assert "<b>" not in explorer._content.value

    def test_no_figure_stays(self, explorer):
        for view in VIEWS * 2:
            explorer.state.view = view
        assert plt.get_fignums() == []


class TestExample:
    def test_without_a_comparison(self):
        explorer = CompareExplorer()
        assert explorer.state.comparison.datasets == ("flags",)
        assert explorer.state.comparison.models == (
            "br-lr",
            "cc-lr",
            "lp-lr",
            "br-nb",
            "cc-nb",
            "lp-nb",
        )
        assert len(explorer.state.comparison.failures()) == 0
        # The second one is there at once.
        assert CompareExplorer().state.comparison is explorer.state.comparison
