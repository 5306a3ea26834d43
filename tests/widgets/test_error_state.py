"""Which rows the error browser shows: a state without a kernel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from traitlets import TraitError

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import evaluate
from mlkit.exceptions import ShapeError
from mlkit.widgets.error_state import KIND_NAMES, ORDER_NAMES, ErrorState

NAMES = ["sea", "sun", "cat"]
# 20 rows: right, "sun" missed, "cat" falsely predicted, both; five times.
Y = np.tile([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 1, 0]], (5, 1))
PROBA = np.tile(
    [[0.9, 0.1, 0.1], [0.8, 0.2, 0.1], [0.1, 0.1, 0.6], [0.1, 0.4, 0.7]], (5, 1)
)


@pytest.fixture
def state():
    return ErrorState(evaluate(pd.DataFrame(Y, columns=NAMES), PROBA))


def test_the_worst_rows_come_first(state):
    assert state.shown.tolist() == [3, 7, 11, 15, 19, 1]
    np.testing.assert_allclose(state.losses, [2 / 3] * 5 + [1 / 3])
    assert state.n_pages == 3
    assert state.first_rank == 1


def test_the_sentence_says_rows_kind_order_and_losses(state):
    assert state.sentence() == (
        "Rows 1 to 6 of 15 with any error, highest Hamming loss first (0.667 to 0.333)."
    )
    state.page = 3
    assert state.sentence().startswith("Rows 13 to 15 of 15 with any error")
    assert state.sentence().endswith("(0.333).")


@pytest.mark.parametrize(
    ("kind", "label", "words"),
    [
        ("wrong", "cat", "Rows 1 to 6 of 10 that are wrong in 'cat'"),
        ("false", "", "Rows 1 to 6 of 10 with a false positive,"),
        ("false", "cat", "Rows 1 to 6 of 10 with a false positive of 'cat',"),
        ("missed", "", "Rows 1 to 6 of 10 with a false negative,"),
        ("missed", "sun", "Rows 1 to 6 of 10 with a false negative of 'sun',"),
        ("right", "", "Rows 1 to 5 of 5 whose label set is right,"),
        ("right", "sea", "Rows 1 to 6 of 10 with 'sea' rightly predicted,"),
        ("missed", "sea", "There are no rows with a false negative of 'sea' among 20."),
    ],
    ids=str,
)
def test_kinds_of_rows_in_words(state, kind, label, words):
    state.kind, state.label = kind, label
    assert state.sentence().startswith(words)


@pytest.mark.parametrize(
    ("order", "losses"),
    [
        ("hamming", "Hamming loss first (0.667 to 0.333)"),
        ("subset", "subset loss first (1)"),
        ("jaccard", "Jaccard loss first (1)"),
        ("ranking", "ranking loss first (0.5 to 0)"),
        ("confidence", "probability of a wrong answer first (0.8 to 0.7)"),
    ],
)
def test_every_order_says_its_loss(state, order, losses):
    state.order = order
    assert losses in state.sentence()


def test_a_row_in_words(state):
    assert state.loss_words(2 / 3, 3) == "Hamming loss 0.667: 1 missed, 1 false"
    assert state.loss_words(0.0, 0) == "Hamming loss 0: all right"
    state.order = "ranking"
    assert state.loss_words(np.nan, 2) == "Ranking loss undefined: 0 missed, 1 false"


@pytest.mark.parametrize(
    ("trait", "value"),
    [("kind", "missed"), ("label", "cat"), ("order", "log"), ("per_page", 12)],
)
def test_another_choice_turns_back(state, trait, value):
    state.page = 2
    setattr(state, trait, value)
    assert state.page == 1


def test_turning_stops_at_both_ends(state):
    state.turn(-1)
    assert state.page == 1
    state.turn(1)
    assert state.page == 2
    state.turn(99)
    assert state.page == 3


def test_no_rows_are_one_page(state):
    state.kind, state.label = "missed", "sea"
    assert (state.n_pages, state.page, state.shown.tolist()) == (1, 1, [])


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        (
            "kind",
            "bad",
            "kind 'bad'. Known: 'false', 'missed', 'right', 'wrong'",
        ),
        ("order", "bad", "Unknown order 'bad'. .*Known: .*'hamming'"),
        ("per_page", 7, "per_page must be one of 6, 12; got 7"),
        ("label", "cart", "Did you mean 'cat'"),
        ("page", 0, r"\[1, 3\]; got 0"),
        ("page", 4, r"\[1, 3\]; got 4"),
    ],
    ids=str,
)
def test_values_that_do_not_fit(state, trait, value, message):
    before = state.sentence()
    with pytest.raises(TraitError, match=message):
        setattr(state, trait, value)
    assert state.sentence() == before


def test_what_the_evaluation_lacks_is_no_order():
    labels = evaluate(Y, PROBA > 0.5)
    with pytest.raises(TraitError, match="Known: 'hamming', 'jaccard', 'subset'"):
        ErrorState(labels, order="log")


def test_it_can_begin_anywhere():
    state = ErrorState(evaluate(Y, PROBA), kind="false", label="label_2", page=2)
    assert state.sentence().startswith("Rows 7 to 10 of 10 with a false positive")


def test_a_dataset_must_be_the_one_that_was_evaluated():
    other = MultiLabelDataset(np.zeros((3, 1)), Y[:3])
    with pytest.raises(ShapeError, match="rows that were evaluated"):
        ErrorState(evaluate(Y, PROBA), other)


def test_a_label_with_braces():
    names = ["{0}", "{}", "c"]
    state = ErrorState(evaluate(pd.DataFrame(Y, columns=names), PROBA), label="{}")
    assert "that are wrong in '{}'" in state.sentence()


def test_every_kind_and_order_has_a_name(state):
    assert set(KIND_NAMES) == {"wrong", "missed", "false", "right"}
    assert tuple(ORDER_NAMES) == state.orders
