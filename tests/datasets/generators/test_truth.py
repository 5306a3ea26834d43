from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.generators import enumeration
from mlkit.datasets.generators.truth import LabelTruth
from mlkit.exceptions import (
    GeneratorError,
    IndicatorError,
    LabelNameError,
    ScoresError,
    ShapeError,
    UnknownNameError,
)

LOSSES = ["hamming", "subset", "f1"]


@pytest.fixture
def textbook():
    """P(00) = .4, P(10) = .3, P(11) = .3: the losses want different answers."""
    return LabelTruth.from_joint([[0.4, 0.0, 0.3, 0.3]], label_names=["a", "b"])


@pytest.fixture
def random_truth():
    joint = np.random.default_rng(0).dirichlet(np.full(16, 0.4), size=40)
    return LabelTruth.from_joint(joint)


class TestFromJoint:
    def test_textbook(self, textbook):
        assert textbook.best("hamming").to_numpy().tolist() == [[1, 0]]
        assert textbook.best("subset").to_numpy().tolist() == [[0, 0]]
        np.testing.assert_allclose(textbook.proba, [[0.6, 0.3]])

    def test_the_callers_table_may_change_afterwards(self):
        table = np.array([[0.5, 0.5]])
        truth = LabelTruth.from_joint(table)
        table[:] = [[1.0, 0.0]]

        assert truth.proba.tolist() == [[0.5]]

    def test_default_names(self):
        truth = LabelTruth.from_joint([[1.0, 0.0, 0.0, 0.0]])

        assert truth.label_names == ("label_0", "label_1")

    @pytest.mark.parametrize(
        ("joint", "message"),
        [
            ([[0.5, 0.6]], r"Row 0 of joint sums to 1\.1, expected 1"),
            ([[1.0, 0.0], [0.2, 0.2]], r"Row 1 of joint sums to 0\.4"),
            ([[0.5, 0.3, 0.2]], r"one column a label set, .* got 3"),
            ([[1.0]], "one column a label set"),
            ([[1.5, -0.5]], r"outside \[0, 1\]"),
            ([0.5, 0.5], r"got shape \(2,\)"),
        ],
    )
    def test_what_is_no_distribution_is_refused(self, joint, message):
        with pytest.raises(ScoresError, match=message):
            LabelTruth.from_joint(joint)

    def test_names_must_fit(self):
        with pytest.raises(LabelNameError, match="Expected 1 label names"):
            LabelTruth.from_joint([[0.5, 0.5]], label_names=["a", "b"])

    def test_too_many_labels(self):
        joint = np.zeros((1, 1 << 16))
        joint[0, 0] = 1.0

        with pytest.raises(GeneratorError, match="n_labels=16"):
            LabelTruth.from_joint(joint)


class TestSelection:
    @pytest.mark.parametrize(
        "rows",
        [
            slice(3, 9),
            [4, 2, 2],
            np.arange(40) % 3 == 0,
            pd.Series(np.arange(40) % 3 == 0),
            7,
            [],
        ],
        ids=["slice", "positions", "mask", "series", "one", "none"],
    )
    def test_it_selects_what_a_dataset_selects(self, random_truth, rows):
        dataset = MultiLabelDataset(np.zeros((40, 1)), random_truth.sample(0))

        picked = random_truth[rows]

        assert picked.best("f1").index.tolist() == dataset[rows].Y.index.tolist()
        wanted = rows.to_numpy() if isinstance(rows, pd.Series) else rows
        wanted = np.atleast_1d(np.arange(40)[wanted]) if len(picked) else []
        # A product of matrices adds up in an order that depends on their shapes, on
        # some processors: the last digit may differ.
        expected = random_truth.proba[np.asarray(wanted, dtype=int)]
        np.testing.assert_allclose(picked.proba, expected, rtol=0, atol=1e-15)

    def test_selections_can_be_selected_from(self, random_truth):
        again = random_truth[10:30][5:10]

        np.testing.assert_array_equal(again.joint(), random_truth.joint(slice(15, 20)))

    def test_a_row_that_is_not_there(self, random_truth):
        with pytest.raises(IndexError, match="index 40 is out of bounds"):
            random_truth[40]

    def test_it_survives_pickling(self, random_truth):
        again = pickle.loads(pickle.dumps(random_truth[:5]))

        np.testing.assert_array_equal(again.joint(), random_truth[:5].joint())
        np.testing.assert_array_equal(again.proba, random_truth[:5].proba)

    def test_repr(self, random_truth):
        assert repr(random_truth) == "LabelTruth(40 rows, 4 labels)"


class TestExpectedLoss:
    @pytest.mark.parametrize(
        ("decided", "loss", "expected"),
        [
            ([1, 0], "hamming", (0.4 + 0.3) / 2),
            ([0, 0], "hamming", (0.6 + 0.3) / 2),
            ([0, 0], "subset", 0.6),
            ([0, 1], "subset", 1.0),
            ([0, 0], "f1", 0.6),
            ([1, 0], "f1", 1 - 0.3 - 0.3 * 2 / 3),
            ([1, 1], "f1", 1 - 0.3 * 2 / 3 - 0.3),
        ],
    )
    def test_by_hand(self, textbook, decided, loss, expected):
        found = textbook.expected_loss([decided], loss)

        assert found[0] == pytest.approx(expected)

    @pytest.mark.parametrize("loss", LOSSES)
    def test_containers_do_not_matter(self, random_truth, loss):
        decided = random_truth.best("subset")
        from_frame = random_truth.expected_loss(decided, loss)

        for same in (decided.to_numpy(), sp.csr_array(decided.to_numpy())):
            np.testing.assert_array_equal(
                random_truth.expected_loss(same, loss), from_frame
            )

    @pytest.mark.parametrize("loss", LOSSES)
    def test_blocks_do_not_matter(self, random_truth, loss, monkeypatch):
        decided, before = random_truth.best(loss), random_truth.sample(3)
        expected = random_truth.expected_loss(decided, loss)
        monkeypatch.setattr(enumeration, "_BLOCK_CELLS", 7 * 16)

        pd.testing.assert_frame_equal(random_truth.best(loss), decided)
        pd.testing.assert_frame_equal(random_truth.sample(3), before)
        np.testing.assert_allclose(random_truth.expected_loss(decided, loss), expected)

    def test_other_columns_are_refused(self, textbook):
        swapped = pd.DataFrame({"b": [0], "a": [1]})

        with pytest.raises(LabelNameError, match=r"expected 'a', 'b'; got 'b', 'a'"):
            textbook.expected_loss(swapped, "hamming")

    def test_other_rows_are_refused(self, textbook):
        with pytest.raises(ShapeError, match=r"The truth has 1 rows and Y_pred has 2"):
            textbook.expected_loss([[0, 0], [0, 0]], "hamming")

    def test_other_labels_are_refused(self, textbook):
        with pytest.raises(ShapeError, match="same shape"):
            textbook.expected_loss([[0, 0, 0]], "hamming")

    def test_probabilities_are_no_decision(self, textbook):
        with pytest.raises(IndicatorError, match="Y_pred has 1 entry outside"):
            textbook.expected_loss([[0.6, 0.0]], "hamming")

    @pytest.mark.parametrize("method", ["best", "expected_loss", "regret"])
    def test_unknown_loss(self, textbook, method):
        arguments = ("f2",) if method == "best" else ([[0, 0]], "f2")

        with pytest.raises(UnknownNameError, match=r"Unknown loss 'f2'.*'f1'"):
            getattr(textbook, method)(*arguments)


class TestRegret:
    @pytest.mark.parametrize("loss", LOSSES)
    def test_the_best_has_none(self, random_truth, loss):
        assert random_truth.regret(random_truth.best(loss), loss) == 0.0

    @pytest.mark.parametrize("loss", LOSSES)
    def test_the_best_for_another_loss_has_some(self, random_truth, loss):
        for other in set(LOSSES) - {loss}:
            assert random_truth.regret(random_truth.best(other), loss) > 0.001

    def test_by_hand(self, textbook):
        assert textbook.regret([[0, 0]], "hamming") == pytest.approx(0.45 - 0.35)
        assert textbook.regret([[1, 0]], "subset") == pytest.approx(0.7 - 0.6)

    def test_no_rows(self, textbook):
        empty = textbook[:0]

        assert np.isnan(empty.regret(np.zeros((0, 2), dtype=int), "f1"))


class TestSample:
    def test_frequencies_are_the_joint_distribution(self):
        joint = np.array([0.4, 0.0, 0.25, 0.35])
        truth = LabelTruth.from_joint(np.tile(joint, (20_000, 1)))

        drawn = truth.sample(random_state=0).to_numpy() @ [2, 1]
        shares = np.bincount(drawn, minlength=4) / len(drawn)

        # Five standard errors of a share at n = 20 000.
        np.testing.assert_allclose(shares, joint, atol=5 * 0.5 / np.sqrt(20_000))
        assert shares[1] == 0

    def test_what_is_impossible_is_not_drawn_even_at_zero(self):
        class Zeros(np.random.Generator):
            def random(self, size):
                return np.zeros(size)

        truth = LabelTruth.from_joint([[0.0, 0.0, 0.5, 0.5]])

        drawn = truth.sample(Zeros(np.random.PCG64(0)))

        assert drawn.to_numpy().tolist() == [[1, 0]]

    def test_the_seed_decides(self, random_truth):
        first = random_truth.sample(1)

        pd.testing.assert_frame_equal(first, random_truth.sample(1))
        assert not first.equals(random_truth.sample(2))


class TestDependence:
    def test_by_hand(self):
        """Marginals (.6, .3) and P(11) = .3: phi = .12 / sqrt(.24 * .21)."""
        truth = LabelTruth.from_joint([[0.4, 0.0, 0.3, 0.3]])
        phi = 0.12 / np.sqrt(0.24 * 0.21)

        for kind in ("marginal", "conditional"):
            assert truth.dependence(kind).iloc[0, 1] == pytest.approx(phi)
        # One row: nothing changes with x, so that nothing can be explained by it.
        assert truth.dependence("explained").isna().all(axis=None)

    def test_law_of_total_covariance(self, random_truth):
        drawn = np.vstack([random_truth.sample(seed) for seed in range(500)])

        found = random_truth.dependence("marginal").to_numpy()

        np.testing.assert_allclose(np.corrcoef(drawn.T), found, atol=0.03)

    def test_same_rows_explain_nothing(self):
        joint = np.tile(np.random.default_rng(0).dirichlet(np.ones(8)), (5, 1))
        truth = LabelTruth.from_joint(joint)

        pd.testing.assert_frame_equal(
            truth.dependence("marginal"), truth.dependence("conditional")
        )

    def test_a_constant_label_has_none(self):
        truth = LabelTruth.from_joint([[0.5, 0.0, 0.5, 0.0]], label_names=["a", "b"])

        found = truth.dependence()

        assert found.loc["a", "a"] == 1.0
        assert found["b"].isna().all()

    def test_unknown_kind(self, textbook):
        with pytest.raises(UnknownNameError, match="Did you mean 'marginal'"):
            textbook.dependence("marginl")


def test_proba_cannot_be_written_to(random_truth):
    with pytest.raises(ValueError, match="read-only"):
        random_truth.proba[0, 0] = 1.0


def test_fifteen_labels_stay_small():
    """500 rows of 2^15 sets are 131 MB; the marginals must not hold them at once."""

    class Uniform:
        largest = 0

        def joint(self, rows):
            self.largest = max(self.largest, len(rows))
            return np.full((len(rows), 1 << 15), 2.0**-15)

    model = Uniform()
    names = tuple("abcdefghijklmno")
    truth = LabelTruth(names, model, np.arange(500))

    np.testing.assert_allclose(truth.proba, 0.5)
    assert model.largest == 32
