"""The state of the label explorer: conditions, shares, pairs, sets and sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from traitlets import TraitError

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import IndicatorError, OptionError
from mlkit.widgets.label_state import LABEL_VIEWS, LabelState

# sea 6, sun 5, sky 2 of 10 rows; two rows have no label.
Y = pd.DataFrame(
    [[1, 1, 0]] * 3 + [[1, 0, 0]] * 3 + [[0, 1, 1]] * 2 + [[0, 0, 0]] * 2,
    columns=["sea", "sun", "sky"],
)


@pytest.fixture
def state():
    return LabelState(Y)


class TestCondition:
    def test_all_rows(self, state):
        assert (state.n_matching, state.is_filtered) == (10, False)
        assert state.part is state.whole
        assert state.title == "all 10 rows"

    @pytest.mark.parametrize(
        ("traits", "n", "title"),
        [
            ({"with_labels": ["sea"]}, 6, "6 of 10 rows have sea"),
            ({"with_labels": ["sea", "sun"]}, 3, "3 of 10 rows have sea and sun"),
            (
                {"with_labels": ["sea", "sun"], "match": "any"},
                8,
                "8 of 10 rows have sea or sun",
            ),
            ({"without": ["sea"]}, 4, "4 of 10 rows lack sea"),
            ({"without": ["sea", "sun"]}, 2, "2 of 10 rows lack sea and sun"),
            (
                {"with_labels": ["sun"], "without": ["sky"]},
                3,
                "3 of 10 rows have sun and lack sky",
            ),
        ],
        ids=["one", "all", "any", "without", "none of", "both"],
    )
    def test_conditions_and_their_words(self, traits, n, title):
        state = LabelState(Y, **traits)
        assert (state.n_matching, state.title) == (n, title)

    def test_choices_are_kept_in_the_order_of_the_labels(self, state):
        state.with_labels = ["sun", "sea", "sun"]
        assert state.with_labels == ["sea", "sun"]

    def test_the_labels_of_the_condition_are_marked(self):
        state = LabelState(Y, with_labels=["sun"], without=["sky"])
        assert state.shown_words == ["sea", "✓ sun", "✗ sky"]

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("view", "frequency", "Did you mean 'frequencies'"),
            ("kind", "lifts", "Did you mean 'lift'"),
            ("order", "random", "clustered"),
            ("match", "none", "all"),
            ("with_labels", ["seaa"], "Did you mean 'sea'"),
            ("without", ["moon"], "No label is named 'moon'|moon"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        before = getattr(state, trait)
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)
        assert getattr(state, trait) == before

    def test_data_that_do_not_fit(self):
        with pytest.raises(IndicatorError, match="0, 1"):
            LabelState([[2, 0]])
        with pytest.raises(OptionError, match="n_labels must be at least 1"):
            LabelState(Y, n_labels=0)


class TestNumbers:
    def test_shares(self, state):
        state.with_labels = ["sun"]
        assert state.shares(state.whole).tolist() == [0.6, 0.5, 0.2]
        assert state.shares(state.part).tolist() == [0.6, 1.0, 0.4]

    def test_shares_are_of_the_rows_in_which_a_label_is_known(self):
        state = LabelState([[1.0, np.nan], [0.0, 1.0], [0.0, 0.0]])
        assert state.shares(state.whole).tolist() == [1 / 3, 1 / 2]

    def test_pairs(self, state):
        assert state.pairs(state.whole).tolist() == [[6, 3, 0], [3, 5, 2], [0, 2, 2]]
        state.with_labels = ["sun"]
        assert state.pairs(state.part).tolist() == [[3, 3, 0], [3, 5, 2], [0, 2, 2]]
        assert state.pairs(state.whole)[0, 0] == 6

    def test_label_sets_are_those_of_the_rows_that_match(self, state):
        state.with_labels = ["sun"]
        sets, counts = state.label_sets()
        assert sets.toarray().tolist() == [[1, 1, 0], [0, 1, 1]]
        assert counts.tolist() == [3, 2]

    def test_label_sets_of_all_rows_add_up(self, state):
        sets, counts = state.label_sets()
        assert counts.tolist() == [3, 3, 2, 2]
        assert (counts @ sets.toarray()).tolist() == [6, 5, 2]

    @pytest.mark.parametrize("match", ["all", "any"])
    def test_label_sets_match_as_their_rows_do(self, match):
        rng = np.random.default_rng(0)
        labels = (rng.random((300, 8)) < 0.4).astype(int)
        state = LabelState(
            labels, with_labels=["label_1", "label_4"], without=["label_6"], match=match
        )
        _, counts = state.label_sets()
        assert counts.sum() == state.rows.sum() == state.n_matching

    def test_the_network_is_that_of_the_rows_that_match(self):
        rng = np.random.default_rng(0)
        first, other = rng.integers(0, 2, (2, 400))
        state = LabelState(np.stack([first, first, other], axis=1))
        assert len(state.network(state.whole).phi) == 1
        state.with_labels = ["label_0"]
        assert len(state.network(state.part).phi) == 0
        assert len(state.network(state.whole).phi) == 1

    def test_the_data_are_not_modified(self):
        labels = sp.csr_array(Y.to_numpy())
        before = labels.toarray()
        state = LabelState(labels, with_labels=["label_0"])
        for state.view in LABEL_VIEWS:
            state.sentence()
        assert (labels.toarray() == before).all()

    def test_results_are_kept_but_not_for_ever(self, state):
        state.with_labels = ["sun"]
        assert state.part is state.part
        rng = np.random.default_rng(0)
        large = LabelState(rng.integers(0, 2, (50, 12)))
        for k in range(60):
            large.with_labels = [f"label_{k % 12}", f"label_{(k // 12 + k + 1) % 12}"]
            large.view = "co-occurrence"
            large.sentence()
        assert len(large._kept) <= 60


class TestShownLabels:
    def test_orders(self, state):
        state.order = "given"
        assert state.shown == ("sea", "sun", "sky")
        labels = Y[["sky", "sea", "sun"]]
        assert LabelState(labels).shown == ("sea", "sun", "sky")
        assert set(LabelState(labels, order="clustered").shown) == set(Y.columns)

    def test_the_most_frequent_of_the_rows_that_match(self):
        state = LabelState(Y, n_labels=2)
        assert state.shown == ("sea", "sun")
        state.with_labels = ["sky"]
        assert state.shown == ("sun", "sky")
        assert state.sentence().endswith(
            "Drawn: the 2 labels most frequent among these rows, of 3."
        )

    def test_where_no_row_matches_those_of_all_rows(self):
        state = LabelState(Y, n_labels=2, with_labels=["sea", "sky"])
        assert (state.n_matching, state.shown) == (0, ("sea", "sun"))

    def test_names_by_default_and_from_a_dataset(self):
        assert LabelState(Y.to_numpy()).label_names == ("label_0", "label_1", "label_2")
        dataset = MultiLabelDataset(np.zeros((10, 1)), Y)
        assert LabelState(dataset).label_names == tuple(Y.columns)


class TestSentences:
    def test_frequencies(self, state):
        assert state.sentence() == (
            "All 10 rows; most frequent: sea (0.600); sun (0.500); sky (0.200)."
        )
        state.with_labels = ["sun"]
        assert state.sentence() == (
            "5 of 10 rows have sun; most frequent among them: "
            "sea (0.600, all rows 0.600); sky (0.400, all rows 0.200)."
        )
        state.with_labels, state.without = ["sea"], ["sun"]
        assert (
            state.sentence()
            == "3 of 10 rows have sea and lack sun; they carry no other label."
        )

    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("counts", "most often together: sea and sun, in 3 rows."),
            (
                "conditional",
                "of the 5 rows with sun, 60 % have sea, the largest share.",
            ),
            (
                "lift",
                "sun and sky meet in 2 rows, 2.0 times as often as by chance, most of "
                "all; sea and sky 0.0 times, least of all.",
            ),
        ],
        ids=["counts", "conditional", "lift"],
    )
    def test_pairs(self, state, kind, words):
        state.view, state.kind = "co-occurrence", kind
        assert state.sentence() == f"All 10 rows; {words}"

    def test_pairs_leave_out_what_the_condition_asks_for(self):
        state = LabelState(Y, view="co-occurrence", with_labels=["sea"])
        assert "sun and sky, in 0 rows" in state.sentence()
        two = LabelState(Y, view="co-occurrence", with_labels=["sea", "sun"])
        assert two.sentence().endswith("there is no pair of labels to compare.")

    def test_label_sets(self, state):
        state.view = "label sets"
        assert state.sentence() == (
            "All 10 rows; 4 label sets, most often {sea} (3 rows); "
            "the 4 drawn cover 100 % of these rows."
        )

    def test_network(self):
        pair = pd.DataFrame([[1, 1, 0], [0, 0, 1]] * 20, columns=["a", "b", "c"])
        assert LabelState(pair, view="network").sentence() == (
            "All 40 rows; 3 significantly dependent pairs; most of all more often "
            "together: a and b (φ = 1.00); most of all less often together: a and c "
            "(φ = \u22121.00)."
        )

    def test_cardinality(self, state):
        state.view = "cardinality"
        assert state.sentence() == (
            "All 10 rows; a row carries 1.30 labels on average, at most 2; "
            "2 without a label."
        )
        state.with_labels = ["sun"]
        assert "a row carries 2.00 labels on average, of all rows 1.30" in (
            state.sentence()
        )

    @pytest.mark.parametrize("view", LABEL_VIEWS)
    @pytest.mark.parametrize(
        "labels",
        [np.zeros((0, 3)), np.zeros((0, 0)), np.zeros((4, 2)), np.ones((1, 1))],
        ids=["no rows", "no labels", "no positives", "one cell"],
    )
    def test_every_view_of_hardly_anything(self, view, labels):
        state = LabelState(labels.astype(int), view=view)
        assert state.sentence().endswith(".")
        state.with_labels = list(state.label_names[:1])
        assert state.sentence().endswith(".")
