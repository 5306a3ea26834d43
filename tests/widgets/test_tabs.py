"""Explorers in tabs: which ones, and made when they are opened."""

from __future__ import annotations

import pytest

import mlkit
from mlkit.datasets import hide_labels, load_flags, load_movies, make_wardrobe
from mlkit.exceptions import UnknownNameError
from mlkit.widgets import LogitExplorer
from mlkit.widgets.tabs import ExplorerTabs, explore


def _broken():
    msg = "no <picture> of this"
    raise ValueError(msg)


@pytest.fixture
def tabs():
    makers = {"One": LogitExplorer, "Two": LogitExplorer, "Broken": _broken}
    return ExplorerTabs(makers)


def _page(tabs, place):
    return tabs.view.children[place].children


def test_only_the_first_is_made_at_once(tabs):
    assert _page(tabs, 0) == (tabs["One"].view,)
    assert "Two is being made" in _page(tabs, 1)[0].value


def test_a_tab_is_made_when_it_is_opened_and_kept(tabs):
    tabs.view.selected_index = 1
    made = tabs["Two"]
    assert _page(tabs, 1) == (made.view,)
    tabs.view.selected_index = 0
    tabs.view.selected_index = 1
    assert tabs["Two"] is made
    tabs.view.selected_index = None


def test_an_error_stands_in_its_tab_and_is_raised(tabs):
    with pytest.raises(ValueError, match="no <picture>"):
        tabs.view.selected_index = 2
    assert "ValueError: no &lt;picture&gt; of this" in _page(tabs, 2)[0].value
    assert "image/png" in tabs._repr_mimebundle_()


def test_a_tab_that_does_not_exist(tabs):
    with pytest.raises(UnknownNameError, match="Did you mean 'Two'"):
        tabs["Tow"]


def test_a_saved_notebook_gets_the_open_explorer(tabs):
    bundle = tabs._repr_mimebundle_()
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == tabs.view.model_id
    assert bundle["text/plain"].startswith("LogitExplorer: sigmoid")


def test_titles(tabs):
    assert [tabs.view.get_title(place) for place in range(3)] == [
        "One",
        "Two",
        "Broken",
    ]


def test_all_explorers_of_a_dataset():
    tabs = mlkit.explore(mlkit.load("flags"))
    for name in tabs.names:
        assert tabs[name].frames == 1


@pytest.mark.parametrize(
    ("dataset", "names"),
    [
        (make_wardrobe(n_samples=30, random_state=0), ("Chains",)),
        (load_movies(), ("Chains",)),
        (hide_labels(load_flags(), 0.3, random_state=0), ()),
    ],
    ids=["pictures", "texts", "unknown labels"],
)
def test_what_does_not_go_with_a_dataset_has_no_tab(dataset, names):
    tabs = explore(dataset)
    assert tabs.names == ("Labels", "Split", "Label sets", *names)
    for name in tabs.names:
        assert tabs[name].frames == 1


def test_all_explorers_of_probabilities():
    data = mlkit.load("flags")
    proba = data.Y.to_numpy() * 0.6 + 0.2
    tabs = explore(mlkit.evaluate(data.Y, proba), data=data)
    assert tabs.names == ("Errors", "Thresholds", "Calibration")
    for name in tabs.names:
        assert tabs[name].frames == 1


def test_decided_labels_have_no_thresholds():
    evaluation = mlkit.evaluate([[1, 0], [0, 1]], [[1, 0], [1, 1]])
    assert explore(evaluation).names == ("Errors",)


def test_data_belong_to_an_evaluation():
    data = mlkit.load("flags")
    with pytest.raises(TypeError, match=r"x is a MultiLabelDataset\. Leave data out"):
        explore(data, data=data)


def test_other_objects_are_refused():
    with pytest.raises(TypeError, match="got DataFrame. Make one with mlkit.load"):
        explore(mlkit.load("flags").Y)
