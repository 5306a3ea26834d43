"""The chain explorer: state without a kernel, controls without a browser."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from traitlets import TraitError

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.generators import make_logic
from mlkit.exceptions import ShapeError, UnknownNameError
from mlkit.widgets.chains import ChainExplorer, ChainState

BAD = ["xor", "and", "or"]


@pytest.fixture
def state():
    return ChainState()


@pytest.fixture
def explorer():
    return ChainExplorer()


@pytest.fixture(scope="module")
def own():
    """Seven labels of 120 rows; the first two are the most frequent."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(120, 3))
    cuts = np.array([-1.0, -0.8, 0.0, 0.2, 0.4, 0.8, 1.0])
    Y = (X[:, [0]] + rng.normal(size=(120, 7)) / 2 > cuts).astype(int)
    return MultiLabelDataset(X, Y, name="own")


def status(explorer):
    return explorer.view.children[-1].value


def control(explorer, trait):
    (bound,) = (b for b in explorer._bound if b.trait == trait)
    return bound.control


class TestState:
    def test_the_numbers_of_the_lesson(self, state):
        assert state.order == ["or", "and", "xor"]
        assert state.fit.accuracy.loc["exact match"].round(9).tolist() == [0.268, 1.0]
        state.order = BAD
        exact = state.fit.accuracy.loc["exact match"]
        assert exact.round(9).tolist() == [0.268, 0.268]

    def test_the_sentence_says_accuracy_errors_and_the_row(self, state):
        state.order = BAD
        assert state.sentence() == (
            "Chain xor → and → or: exact match 0.268, binary relevance 0.268. Right: "
            "xor 0.268 (BR 0.268), and 0.760 (BR 1.000), or 1.000 (BR 1.000). After an "
            "earlier error and is wrong in 33% of 183 rows (BR 0%), or is wrong in 0% "
            "of 183 rows (BR 0%). Row 3: bit_0 = 1, bit_1 = 1: wrong: xor, misled: and."
        )

    def test_the_sentence_of_a_chain_without_errors(self, state):
        assert state.sentence().endswith(
            "No label follows an error. Row 3: bit_0 = 1, bit_1 = 1: all labels right."
        )

    def test_the_walk_is_one_row_of_everything(self, state):
        state.order = BAD
        assert state.walk.loc["and"].to_dict() == {
            **{"true": 1, "alone": 1, "chain": 0, "told": 1}
        }
        assert state.walk.index.tolist() == BAD

    def test_labels_move_and_stop_at_the_ends(self, state):
        state.move("xor", -1)
        assert state.order == ["or", "xor", "and"]
        state.move("xor", -5)
        state.move("and", 1)
        assert state.order == ["xor", "or", "and"]

    @pytest.mark.parametrize(
        ("trait", "value", "message"),
        [
            ("order", ["or", "and"], r"each of the 3 labels once \(or, and, xor\)"),
            ("order", ["or", "or", "xor"], "each of the 3 labels once"),
            ("base", "forest", "'logistic', 'tree'"),
            ("trained_on", "false", "'cross-fitted'"),
            ("noise", 0.5, r"\[0, 0.3\]; got 0.5"),
            ("row", 250, r"\[0, 249\], the test rows; got 250"),
            ("row", -1, r"\[0, 249\], the test rows; got -1"),
        ],
        ids=lambda value: str(value)[:12],
    )
    def test_values_that_do_not_fit(self, state, trait, value, message):
        with pytest.raises(TraitError, match=message):
            setattr(state, trait, value)

    def test_initial_values(self):
        state = ChainState(order=BAD, base="tree", row=0)
        assert (state.order, state.base, state.row) == (BAD, "tree", 0)

    def test_another_dataset_says_what_was_left_out(self, own):
        state = ChainState(own)
        assert len(state.order) == 5
        assert state.n_rows == 48
        assert state.row_title() == "Row 0, 3 features"
        assert state.sentence().endswith("The 5 most frequent of 7 labels.")

    def test_the_order_by_dependence_has_each_label_once(self, own):
        state = ChainState(own)
        assert sorted(state.dependence_order()) == sorted(state.label_names)


class TestExplorer:
    def test_buttons_move_a_label_and_say_its_place(self, explorer):
        earlier, later = explorer._buttons["xor"]
        earlier.click()
        assert explorer.state.order == ["or", "xor", "and"]
        places = [words.value for words in explorer._places.values()]
        assert places == ["1. or", "3. and", "2. xor"]
        assert explorer.frames == 2
        later.click()
        assert explorer.state.order == ["or", "and", "xor"]

    def test_at_the_end_a_button_does_nothing(self, explorer):
        explorer._buttons["or"][0].click()
        assert explorer.frames == 1

    def test_buttons_keep_their_place_and_have_names(self, explorer):
        buttons = explorer._buttons["xor"]
        buttons[0].click()
        assert explorer._buttons["xor"] is buttons
        assert [b.description for b in buttons] == ["earlier", "later"]
        assert buttons[0].tooltip == "xor: one place earlier in the chain"

    @pytest.mark.parametrize(
        ("trait", "value"),
        [
            ("base", "tree"),
            ("trained_on", "predicted"),
            ("noise", 0.15),
            ("row", 9),
        ],
    )
    def test_controls_change_state_picture_and_sentence(self, trait, value):
        explorer = ChainExplorer()
        explorer.state.order = BAD
        before = explorer._png, status(explorer)
        control(explorer, trait).value = value
        assert getattr(explorer.state, trait) == value
        assert explorer._png != before[0]
        assert status(explorer) != before[1]

    @pytest.mark.parametrize(
        ("trait", "value"),
        [("base", "tree"), ("trained_on", "cross-fitted"), ("noise", 0.1), ("row", 5)],
    )
    def test_code_moves_the_controls(self, explorer, trait, value):
        setattr(explorer.state, trait, value)
        assert control(explorer, trait).value == value
        assert explorer.frames == 2

    def test_presets_show_what_they_promise(self, explorer):
        exact = {}
        for name in explorer.presets:
            explorer._menu.value = name
            assert explorer.shown_preset() == name
            exact[name] = explorer.state.fit.accuracy.loc["exact match", "chain"]
        assert exact["OR-AND-XOR"] == 1.0
        assert exact["XOR-AND-OR"] == pytest.approx(0.268)
        assert 0.4 < exact["noise"] < 0.6
        assert list(exact) == [
            *("OR-AND-XOR", "XOR-AND-OR", "XOR-AND-OR, trained on predictions"),
            "noise",
        ]

    def test_presets_of_another_dataset(self, own):
        explorer = ChainExplorer(own)
        frequent = list(explorer.state.label_names)
        explorer._menu.value = "rarest first"
        assert explorer.state.order == frequent[::-1]
        explorer._menu.value = "by dependence"
        assert explorer.state.order == explorer.state.dependence_order()

    def test_hide(self):
        everything = [*ChainExplorer.control_names]
        assert len(ChainExplorer(hide=everything).view.children) == 1
        assert len(ChainExplorer().view.children) == 8
        with pytest.raises(UnknownNameError, match="Did you mean 'order'"):
            ChainExplorer(hide=["orders"])

    def test_one_label(self):
        dataset = make_logic(40, functions=["or"], random_state=0)
        explorer = ChainExplorer(dataset)
        explorer._buttons["or"][0].click()
        assert explorer.frames == 1
        assert "Chain or: exact match 1.000" in status(explorer)

    def test_too_few_rows(self, own):
        with pytest.raises(ShapeError, match="at least 10 rows"):
            ChainExplorer(own[:0])

    def test_the_dataset_is_not_modified(self, own):
        X, Y = np.array(own.X), own.Y.to_numpy().copy()
        explorer = ChainExplorer(own)
        explorer.state.noise = 0.2
        assert (own.X == X).all()
        assert (own.Y.to_numpy() == Y).all()

    def test_many_updates_leave_nothing_behind(self, explorer):
        for step in range(30):
            explorer.state.row = step
            explorer.state.base = ("tree", "logistic")[step % 2]
        assert len(explorer._figures) == 2
        assert plt.get_fignums() == []

    def test_a_frame_is_the_same_whatever_was_shown_before(self, explorer):
        explorer.state.base = "tree"
        explorer.state.order = BAD
        explorer.state.base = "logistic"
        explorer.state.order = ["or", "and", "xor"]
        assert explorer._png == ChainExplorer()._png
