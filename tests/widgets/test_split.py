"""The split explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import gc
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.model_selection import train_test_split
from traitlets import TraitError

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets import load_flags
from mlkit.datasets.generators.rare import make_rare_labels
from mlkit.exceptions import IndicatorError, SplitError, UnknownNameError
from mlkit.splitting import label_distribution_error, split_rows
from mlkit.widgets.split import SplitExplorer, SplitState

RARE = make_rare_labels(200, 6, 4, random_state=1)
FLAGS = load_flags()


@pytest.fixture
def state():
    return SplitState({"rare": RARE, "other": make_rare_labels(60, 3, 2)})


@pytest.fixture(scope="module")
def shared():
    return SplitExplorer()


def _controls(explorer):
    """Every control by its trait."""
    return {bound.trait: bound.control for bound in explorer._bound}


def _buttons(explorer):
    return explorer.view.children[4].children[1:]


class TestState:
    def test_the_random_split_is_that_of_scikit_learn(self, state):
        _, test = train_test_split(np.arange(200), test_size=40, random_state=7)
        state.seed = 7
        in_test = state.reports["random"].labels["test"]
        assert_array_equal(in_test, RARE.to_numpy()[test].sum(axis=0))

    def test_the_stratified_split_is_that_of_the_kit(self, state):
        _, test = split_rows(RARE, (160, 40), order=2, random_state=3)
        state.seed, state.order = 3, 2
        in_test = state.reports["stratified"].labels["test"]
        assert_array_equal(in_test, RARE.to_numpy()[test].sum(axis=0))

    def test_labels_missing(self, state):
        in_test = state.reports["random"].labels["test"]
        assert state.missing("random") == (in_test == 0).sum()
        assert state.missing("stratified") == 0

    def test_the_error_is_that_of_the_test_part(self, state):
        _, test = split_rows(RARE, (160, 40), random_state=0)
        error = label_distribution_error(RARE, [(None, test)])
        words = state.sentence().partition("Stratified: ")[2]
        assert f"label distribution error {error:.2g}, of pairs" in words

    def test_the_record_grows_with_each_seed(self, state):
        assert list(state.record) == [0]
        state.seed = 5
        state.draw()
        assert list(state.record) == [0, 5, 6]
        state.draw(3)
        assert (state.seed, list(state.record)) == (9, [0, 5, 6, 7, 8, 9])

    def test_drawing_skips_seeds_that_were_seen(self, state):
        for seed in (2, 1):
            state.seed = seed
            assert seed in state.record
        state.draw()
        assert (state.seed, list(state.record)) == (3, [2, 1, 3])

    def test_what_was_drawn_at_once_is_what_is_shown_one_by_one(self, state):
        state.draw(4)
        record = dict(state.record)
        for seed, missing in record.items():
            state.seed = seed
            assert missing == (state.missing("random"), state.missing("stratified"))

    def test_another_setting_has_another_record(self, state):
        state.draw(2)
        state.share = 0.4
        assert list(state.record) == [2]
        state.share = 0.2
        assert list(state.record) == [0, 1, 2]

    def test_the_mean_approaches_what_chance_brings(self):
        state = SplitState({"rare": RARE})
        state.draw(300)
        missing = np.array(list(state.record.values()))
        # The standard error of the mean is about 1.0 / sqrt(301).
        assert missing[:, 0].mean() == pytest.approx(state.expected, abs=0.2)
        assert not missing[:, 1].any()

    def test_the_last_seed_is_followed_by_the_first(self, state):
        state.seed = 2**31 - 1
        state.draw()
        assert state.seed == 0

    @pytest.mark.parametrize(
        ("share", "n_test"), [(0.05, 1), (0.2, 1), (0.4, 2), (0.5, 2)]
    )
    def test_no_part_is_empty(self, share, n_test):
        state = SplitState({"toy": [[1], [0], [1], [0]]}, share=share)
        assert state.n_test == n_test

    def test_the_sentence(self):
        # Each half of these four rows has one of each kind, if it is stratified.
        Y = pd.DataFrame([[1, 0], [0, 1], [1, 0], [0, 1]], columns=["a", "b"])
        state = SplitState({"toy": Y}, share=0.5, seed=1)
        words = state.sentence()
        assert words.startswith("Seed 1: 2 of 4 rows to test. Random: ")
        assert (
            "Stratified: no label lacks a positive in the test part; label "
            "distribution error 0, no two labels occur together. A random test part "
            "lacks 0.33 labels on average."
        ) in words
        state.draw(4)
        assert "Over 5 draws a random test part lacked " in state.sentence()
        assert "(expected: 0.33), a stratified one 0.00." in state.sentence()

    def test_the_sentence_names_labels_that_the_test_part_lacks(self):
        Y = pd.DataFrame({"often": [1, 1, 1, 1, 0, 0, 0, 0], "once": [1] + [0] * 7})
        words = SplitState({"toy": Y}).sentence()
        assert "no positive in the test part for 1 of 2 labels: 'once'" in words
        assert (
            "No split has labels of fewer than 2 positives in both parts: 1 of 2."
            in (words)
        )

    def test_an_infinite_error_has_a_word(self):
        words = SplitState({"toy": [[1], [1], [0], [0], [0]]}).sentence()
        assert "label distribution error infinite" in words

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("data", "rar", "Unknown data 'rar'. Did you mean 'rare'"),
            ("share", 0.01, r"\[0.05, 0.5\], of the rows; got 0.01"),
            ("share", 0.9, r"\[0.05, 0.5\], of the rows; got 0.9"),
            ("order", 3, "1 .labels. or 2 .pairs too.; got 3"),
            ("seed", -1, r"\[0, 2147483647\]; got -1"),
        ],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)

    @pytest.mark.parametrize("Y", [np.zeros((0, 3)), np.zeros((1, 3))])
    def test_too_few_rows(self, Y):
        with pytest.raises(SplitError, match="at least 2 rows and 1 label"):
            SplitState({"few": Y})

    def test_no_data_set(self):
        with pytest.raises(SplitError, match="at least one name"):
            SplitExplorer({})

    def test_no_labels(self):
        with pytest.raises(SplitError, match="0 labels"):
            SplitState({"none": sp.csr_array((5, 0))})

    def test_containers_agree(self):
        sentences = {
            SplitState({"x": Y}).sentence()
            for Y in (RARE, RARE.to_numpy(), sp.csr_array(RARE.to_numpy()))
        }
        assert len(sentences) == 1

    def test_of_many_rows_some_are_drawn(self):
        Y = np.zeros((30_000, 2), dtype=np.int8)
        Y[::3, 0] = Y[::5, 1] = 1
        state = SplitState({"many": Y})
        assert state.labels.shape == (20_000, 2)
        assert "These are 20,000 of 30,000 rows, drawn at random." in state.sentence()
        assert state.batch == 5

    def test_of_rows_with_many_labels_fewer_are_drawn(self):
        # 200 labels a row are 40 000 pairs, and a million pairs are 25 rows.
        state = SplitState({"dense": np.ones((60, 200), dtype=np.int8)})
        assert state.labels.shape == (25, 200)
        assert state.batch == 1

    def test_the_labels_given_are_not_modified(self):
        Y = RARE.copy()
        state = SplitState({"rare": Y})
        state.draw(2)
        assert Y.equals(RARE)

    def test_the_kit_does_not_warn_of_what_is_shown(self):
        Y = np.eye(12, dtype=int)[:, [0] * 3] + np.eye(12, dtype=int)[:, [1] * 3]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            SplitState({"twins": Y}, share=0.05).sentence()


class TestExplorer:
    def test_it_works_without_data(self, shared):
        assert list(shared.state.data_sets) == ["rare labels", "flags"]
        assert shared.state.missing("random") == 3
        assert shared.state.missing("stratified") == 0

    @pytest.mark.parametrize(
        ("trait", "value"),
        [("data", "rare"), ("share", 0.35), ("order", 2), ("seed", 11)],
    )
    def test_each_control_changes_state_picture_and_sentence(self, trait, value):
        explorer = SplitExplorer({"flags": FLAGS, "rare": RARE})
        picture, words = explorer._png, explorer._status.value
        _controls(explorer)[trait].value = value
        assert getattr(explorer.state, trait) == value
        assert explorer.frames == 2
        assert explorer._png != picture
        assert explorer._status.value != words

    def test_code_changes_the_controls(self):
        explorer = SplitExplorer({"rare": RARE, "flags": FLAGS})
        with explorer.paused():
            explorer.state.data, explorer.state.order = "flags", 2
            explorer.state.share, explorer.state.seed = 0.3, 8
        values = {name: box.value for name, box in _controls(explorer).items()}
        assert values == {"data": "flags", "order": 2, "share": 0.3, "seed": 8}
        assert explorer.frames == 2

    def test_buttons_draw(self):
        explorer = SplitExplorer()
        again, more = _buttons(explorer)
        assert (again.description, more.description) == ("Draw again", "Draw 5 more")
        again.click()
        assert (explorer.state.seed, explorer.frames) == (1, 2)
        more.click()
        assert (explorer.state.seed, explorer.frames) == (6, 3)
        assert "Over 7 draws" in explorer._status.value
        assert _controls(explorer)["seed"].value == 6

    def test_where_a_batch_is_one_draw_its_button_rests(self):
        explorer = SplitExplorer(np.ones((60, 200), dtype=np.int8))
        again, more = explorer.view.children[3].children[1:]
        assert (again.disabled, more.disabled) == (False, True)

    def test_presets_show_what_they_promise(self):
        explorer = SplitExplorer()
        for name, values in explorer.presets.items():
            explorer._menu.value = name
            assert {trait: getattr(explorer.state, trait) for trait in values} == values
            assert explorer.shown_preset() == name
        assert explorer.state.data == "flags"

    def test_presets_of_own_labels(self):
        explorer = SplitExplorer(RARE)
        for name in explorer.presets:
            explorer._menu.value = name
            assert explorer.shown_preset() == name

    def test_drawing_keeps_the_preset(self):
        explorer = SplitExplorer()
        explorer.state.draw()
        assert explorer._menu.value == "rare labels"

    def test_a_single_data_set_needs_no_menu(self):
        explorer = SplitExplorer(FLAGS)
        assert "data" not in _controls(explorer)
        assert explorer.state.data == FLAGS.name
        assert explorer.state.labels.label_names == FLAGS.label_names

    def test_own_values(self):
        explorer = SplitExplorer(RARE, share=0.3, order=2, seed=4)
        state = explorer.state
        assert (state.share, state.order, state.seed) == (0.3, 2, 4)
        assert state.data == "labels"

    def test_hide(self):
        assert len(SplitExplorer(hide=SplitExplorer.control_names).view.children) == 1
        assert len(SplitExplorer().view.children) == 7
        with pytest.raises(UnknownNameError, match="Did you mean 'draw'"):
            SplitExplorer(hide=["drwa"])

    def test_every_control_has_a_label_or_a_tooltip(self, shared):
        for button in _buttons(shared):
            assert button.description
            assert button.tooltip
        assert _controls(shared)["seed"].description == "Seed"

    @pytest.mark.parametrize(
        "Y",
        [[[1], [0], [0]], [[0], [0]], [[1], [1]], np.eye(3)],
        ids=["one label", "no positive", "all positive", "single positives"],
    )
    def test_small_and_extreme_labels(self, Y):
        explorer = SplitExplorer(Y)
        for name in explorer.presets:
            explorer._menu.value = name
        assert explorer._png

    def test_many_labels_are_capped_and_said(self):
        Y = (np.random.RandomState(0).rand(300, 1000) < 0.01).astype(np.int8)
        explorer = SplitExplorer(Y)
        assert "30 of 1,000 labels have a row" in explorer._status.value

    def test_names_of_any_kind(self):
        names = ["Bäume & Straßen", "a name " * 20, "$x$ <b>", "ψ"]
        Y = pd.DataFrame(make_rare_labels(40, 4, 3).to_numpy(), columns=names)
        assert "ψ" in SplitExplorer(Y).state.labels.label_names

    def test_unknown_labels_count_as_absent(self):
        Y = RARE.to_numpy().astype(float)
        Y[0] = np.nan
        expected = SplitExplorer(np.nan_to_num(Y)).sentence()
        assert SplitExplorer(Y).sentence() == expected
        X = np.zeros((200, 1))
        assert SplitExplorer(MultiLabelDataset(X, Y)).sentence() == expected

    def test_not_labels(self):
        with pytest.raises(IndicatorError, match="outside"):
            SplitExplorer([[2], [0]])

    def test_figures_are_reused(self):
        explorer = SplitExplorer({"a": RARE, "b": RARE})
        for seed in range(30):
            explorer.state.seed = seed
        for _ in range(3):
            explorer.state.data = "b"
            explorer.state.data = "a"
        gc.collect()
        assert len(explorer._figures) == 2
        assert plt.get_fignums() == []
