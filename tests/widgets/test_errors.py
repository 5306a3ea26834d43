"""The error browser: controls without a browser, cards as HTML."""

from __future__ import annotations

import re

import ipywidgets as widgets
import numpy as np
import pytest
import scipy.sparse as sp
from traitlets import TraitError

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import evaluate
from mlkit.exceptions import OptionError, ShapeError, UnknownNameError
from mlkit.widgets.errors import ErrorBrowser

NAMES = ["sea", "sun", "cat"]
Y = np.tile([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 1, 0]], (5, 1))
PROBA = np.tile(
    [[0.9, 0.1, 0.1], [0.8, 0.2, 0.1], [0.1, 0.1, 0.6], [0.1, 0.4, 0.7]], (5, 1)
)


def dataset(labels=Y, names=NAMES):
    X = np.random.default_rng(0).normal(size=(len(labels), 4))
    return MultiLabelDataset(X, labels, names)


@pytest.fixture
def browser():
    return ErrorBrowser(PROBA, dataset())


@pytest.fixture(scope="module")
def films():
    return ErrorBrowser()


def control(browser, trait):
    return next(b.control for b in browser._bound if b.trait == trait)


def button(browser, name):
    row = browser._box
    (box,) = (v for v in browser.view.children if row in getattr(v, "children", ()))
    return next(child for child in box.children if child.description == name)


def shown(browser):
    return re.findall(r"([\d,]+)\. <bdi>(.*?)</bdi></h4>", browser._content.value)


def test_the_first_page_is_there_at_once(browser):
    assert browser.frames == 1
    assert [name for _, name in shown(browser)] == [
        *("Row 3", "Row 7", "Row 11", "Row 15", "Row 19", "Row 1"),
    ]
    assert browser.sentence() in browser.view.children[-1].value.replace("&#x27;", "'")
    assert 'data-frame="1"' in browser._content.value


@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("kind", "missed", "with a false negative"),
        ("label", "cat", "that are wrong in 'cat'"),
        ("order", "confidence", "probability of a wrong answer"),
        ("per_page", 12, "Rows 1 to 12 of 15"),
        ("page", 2, "Rows 7 to 12 of 15"),
    ],
)
def test_each_control_changes_state_cards_and_sentence(browser, trait, value, words):
    before = browser._content.value
    control(browser, trait).value = value

    assert getattr(browser.state, trait) == value
    assert browser.frames == 2
    assert browser._content.value != before
    assert words in browser.sentence()
    assert words in browser.view.children[-1].value.replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("kind", "right"),
        ("label", "sun"),
        ("order", "log"),
        ("per_page", 12),
        ("page", 3),
    ],
)
def test_code_moves_the_controls(browser, trait, value):
    setattr(browser.state, trait, value)

    assert control(browser, trait).value == value
    assert browser.frames == 2


def test_buttons_turn_pages_and_stop_at_the_ends(browser):
    button(browser, "Previous").click()
    assert (browser.state.page, browser.frames) == (1, 1)
    button(browser, "Next").click()
    assert [rank for rank, _ in shown(browser)] == ["7", "8", "9", "10", "11", "12"]
    button(browser, "Next").click()
    button(browser, "Next").click()
    assert (browser.state.page, browser.frames) == (3, 3)
    assert len(shown(browser)) == 3
    # A button that cannot be pressed would lose the keyboard's focus.
    assert not button(browser, "Next").disabled


def test_fewer_pages_turn_back_in_one_frame(browser):
    browser.state.page = 3
    browser.state.kind = "right"

    assert (browser.state.page, browser.state.n_pages, browser.frames) == (1, 1, 3)
    assert (browser._box.value, browser._box.max, browser._of.value) == (1, 1, "of 1")
    browser.state.kind = "wrong"
    assert (browser._box.max, browser._of.value) == (3, "of 3")


def test_a_page_that_does_not_exist_is_brought_to_the_last(browser):
    browser._box.value = 99

    assert browser.state.page == 3


def test_a_wrong_value_from_code_is_raised(browser):
    with pytest.raises(TraitError, match=r"\[1, 3\]; got 4"):
        browser.state.page = 4


def test_no_rows(browser):
    with browser.paused():
        browser.state.kind, browser.state.label = "missed", "sea"

    assert browser.frames == 2
    assert "There is no such row." in browser._content.value
    assert "There are no rows with a false negative of 'sea'" in browser.sentence()
    button(browser, "Next").click()
    assert browser.state.page == 1


@pytest.mark.parametrize(
    ("preset", "sentence"),
    [
        ("worst rows", "with any error, highest Hamming loss"),
        ("label most often missed", "with a false negative of 'sun', highest prob"),
        ("label most often false", "with a false positive of 'cat', highest prob"),
        ("surest mistakes", "with any error, highest probability"),
        ("right, but hardly", "whose label set is right, highest log loss"),
    ],
)
def test_presets_show_what_they_promise(browser, preset, sentence):
    browser._menu.value = preset

    assert sentence in browser.sentence()
    assert browser._menu.value == preset
    assert browser.frames == (1 if preset == "worst rows" else 2)
    browser.state.label = "sea"
    assert browser._menu.value == ""


def test_presets_need_what_they_sort_by():
    browser = ErrorBrowser(evaluate(Y, (PROBA > 0.5).astype(int)))

    assert list(browser.presets) == [
        *("worst rows", "label most often missed", "label most often false"),
    ]
    for name in browser.presets:
        browser._menu.value = name


def test_only_the_orders_that_the_evaluation_allows_are_offered():
    browser = ErrorBrowser(evaluate(Y, (PROBA > 0.5).astype(int)))

    assert [value for _, value in control(browser, "order").options] == [
        *("hamming", "subset", "jaccard"),
    ]


def test_controls_can_be_hidden():
    everything = list(ErrorBrowser.control_names)

    assert len(ErrorBrowser(PROBA, dataset()).view.children) == len(everything) + 1
    assert len(ErrorBrowser(PROBA, dataset(), hide=everything).view.children) == 1
    with pytest.raises(UnknownNameError, match="Did you mean 'page'"):
        ErrorBrowser(PROBA, dataset(), hide=["pag"])


def test_every_control_says_what_it_is(browser):
    for bound in browser._bound:
        assert bound.control.description
    for name in ("Previous", "Next"):
        assert button(browser, name).tooltip.startswith(f"{name} page")


def test_the_example_is_films(films):
    assert films.sentence().startswith("Rows 1 to 6 of 769 with any error")
    assert "The Wizard of Oz" in films._content.value
    assert "<blockquote" in films._content.value
    assert "12 of 18 labels" in films._content.value


def test_the_picture_is_always_the_same(films):
    assert ErrorBrowser()._content.value == films._content.value.replace(
        f'data-frame="{films.frames}"', 'data-frame="1"'
    )


def test_a_saved_notebook_has_the_cards(browser):
    bundle = browser._repr_mimebundle_()

    assert bundle["text/html"] in browser._content.value
    assert bundle["text/plain"].startswith("ErrorBrowser: Rows 1 to 6 of 15")
    assert "image/png" not in bundle


def test_all_is_one_html_widget_without_scripts(browser):
    assert isinstance(browser._content, widgets.HTML)
    assert "<script" not in browser._content.value
    assert "<style" not in browser._content.value


def test_names_of_users_are_escaped_in_the_page():
    names = ["<script>alert(1)</script>", "b", "c"]
    browser = ErrorBrowser(PROBA, dataset(names=names), label=names[0])

    assert "<script" not in browser._content.value
    assert "<script" not in browser.view.children[-1].value


def test_one_label_and_one_row():
    browser = ErrorBrowser(evaluate([[1]], [[0.2]]))

    assert browser.sentence() == (
        "Row 1 of 1 with any error, highest Hamming loss first (1)."
    )


def test_a_thousand_labels_of_sparse_rows():
    rng = np.random.default_rng(0)
    labels = (rng.random((300, 1000)) < 0.01).astype(np.int8)
    guessed = (rng.random((300, 1000)) < 0.01).astype(np.int8)
    browser = ErrorBrowser(
        evaluate(sp.csr_array(labels), sp.csr_array(guessed)), per_page=12
    )

    assert len(shown(browser)) == 12
    assert "12 of 1,000 labels" in browser._content.value
    assert len(control(browser, "label").options) == 1001


def test_many_rows_make_no_more_html():
    labels, proba = np.tile(Y, (5000, 1)), np.tile(PROBA, (5000, 1))
    browser = ErrorBrowser(evaluate(labels, proba))
    browser.state.page = browser.state.n_pages

    assert browser.state.n_pages == 12_500
    assert len(browser._content.value) < 40_000
    assert "of 75,000 with any error" in browser.sentence()


def test_all_right_is_a_page_without_rows():
    browser = ErrorBrowser(evaluate(Y, Y))

    assert browser.sentence() == "There are no rows with any error among 20."


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ((None, dataset()), TypeError, "evaluation is missing"),
        ((PROBA, None), TypeError, "got ndarray alone"),
        ((evaluate(Y, PROBA), dataset(Y[:3])), ShapeError, "rows that were evaluated"),
    ],
    ids=["no-prediction", "no-labels", "other-rows"],
)
def test_what_does_not_fit(arguments, error, match):
    with pytest.raises(error, match=match):
        ErrorBrowser(*arguments)


def test_undecided_labels_are_refused():
    evaluation = evaluate(Y, PROBA)
    object.__setattr__(evaluation.evidence, "predicted", None)
    with pytest.raises(OptionError, match="Give evaluate"):
        ErrorBrowser(evaluation)


def test_the_data_are_left_alone():
    before = PROBA.copy(), Y.copy()
    data = dataset()
    browser = ErrorBrowser(PROBA, data)
    browser.state.kind = "right"

    np.testing.assert_array_equal(PROBA, before[0])
    np.testing.assert_array_equal(data.Y, before[1])
