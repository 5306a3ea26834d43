"""Cross-entropy, weighted, focal and asymmetric, against hand-computed numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

keras = pytest.importorskip("keras")

from mlkit import losses as in_numpy  # noqa: E402
from mlkit.exceptions import OptionError, ShapeError  # noqa: E402
from mlkit.neural.gradients import value_and_gradient  # noqa: E402
from mlkit.neural.losses import (  # noqa: E402
    AsymmetricLoss,
    BinaryCrossEntropy,
    FocalLoss,
    class_balanced_weights,
)

from .cases import N_LABELS, array, logits, targets  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

THREE_QUARTERS = np.log(3.0)  # the logit of the probability 3/4


class TestBinaryCrossEntropy:
    def test_it_is_the_one_in_numpy(self):
        Y, z = targets("hard", n_samples=30), logits(n_samples=30)
        expected = in_numpy.binary_cross_entropy(z, Y).mean(axis=1)
        costs = BinaryCrossEntropy(reduction=None)(Y, z)
        assert_allclose(array(costs), expected, rtol=1e-6)

        _, slopes = value_and_gradient(lambda t: BinaryCrossEntropy()(Y, t), z)
        expected = in_numpy.binary_cross_entropy_gradient(z, Y) / Y.size
        assert_allclose(slopes, expected, rtol=1e-5, atol=1e-9)

    def test_soft_and_unknown_targets_by_hand(self):
        # -0.25 log 0.75 - 0.75 log 0.25, and a label that is left out.
        loss = float(BinaryCrossEntropy()([[0.25, -1.0]], [[THREE_QUARTERS, 5.0]]))
        assert loss == pytest.approx(0.25 * np.log(4 / 3) + 0.75 * np.log(4))

    def test_weights_by_hand(self):
        weights = [[2.0, 100.0], [100.0, 5.0], [0.5, 3.0]]
        z = np.full((1, 3), THREE_QUARTERS)
        loss = float(BinaryCrossEntropy(weights)([[0.0, 1.0, 0.5]], z))
        absent, present = np.log(4), np.log(4 / 3)
        mixed = 0.5 * (0.5 * absent + 3.0 * present)
        assert loss == pytest.approx((2 * absent + 5 * present + mixed) / 3)

    def test_weights_of_one_change_nothing(self):
        Y, z = targets("masked"), logits()
        ones = BinaryCrossEntropy(np.ones((N_LABELS, 2)))
        assert_allclose(array(ones.call(Y, z)), array(BinaryCrossEntropy().call(Y, z)))

    def test_class_balanced_weights_fit_in(self):
        Y = targets("hard", n_samples=50)
        weights = class_balanced_weights(Y.sum(axis=0), len(Y))
        even = np.zeros_like(Y)
        # All cells cost log 2, and the mean weight of each label is 1.
        assert float(BinaryCrossEntropy(weights)(Y, even)) == pytest.approx(np.log(2))
        # At probability 1/2, presence and absence pull with half their weights.
        loss = BinaryCrossEntropy(weights)
        _, slopes = value_and_gradient(lambda t: loss(Y, t), even)
        lean = (weights[:, 0] * (1 - Y) - weights[:, 1] * Y).sum(axis=0)
        assert_allclose(slopes.sum(axis=0), lean / 2 / Y.size, atol=1e-7)

    def test_weights_of_the_wrong_shape(self):
        with pytest.raises(ShapeError, match=r"\(n_labels, 2\).*got \(2, 3\)"):
            BinaryCrossEntropy(np.ones((2, 3)))
        with pytest.raises(ShapeError, match="has 3 rows, and y_pred has 2 labels"):
            BinaryCrossEntropy(np.ones((3, 2)))([[0.0, 1.0]], [[0.0, 1.0]])

    @pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
    def test_weights_that_are_none(self, bad):
        with pytest.raises(OptionError, match=f"got {bad} for the presence of label 1"):
            BinaryCrossEntropy([[1.0, 1.0], [1.0, bad]])


class TestFocalLoss:
    def test_by_hand(self):
        # Present with 3/4, absent with 3/4.
        z = [[THREE_QUARTERS, THREE_QUARTERS]]
        present = 0.25**2 * np.log(4 / 3)
        absent = 0.75**2 * np.log(4)
        loss = float(FocalLoss(2.0)([[1.0, 0.0]], z))
        assert loss == pytest.approx((present + absent) / 2)
        loss = float(FocalLoss(2.0, alpha=0.25)([[1.0, 0.0]], z))
        assert loss == pytest.approx((0.25 * present + 0.75 * absent) / 2)

    @pytest.mark.parametrize("kind", ["hard", "soft", "masked"])
    def test_without_gamma_it_is_cross_entropy(self, kind):
        Y, z = targets(kind), logits()
        expected = array(BinaryCrossEntropy().call(Y, z))
        assert_allclose(array(FocalLoss(gamma=0).call(Y, z)), expected)
        assert_allclose(array(FocalLoss(0, 0.5).call(Y, z)), expected / 2)

    def test_it_is_the_one_of_keras(self):
        Y, z = targets("hard"), logits()
        theirs = keras.losses.BinaryFocalCrossentropy(
            apply_class_balancing=True, alpha=0.25, gamma=2.0, from_logits=True
        )
        ours = float(FocalLoss(2.0, alpha=0.25)(Y, z))
        assert ours == pytest.approx(float(theirs(Y, z)), rel=1e-4)

    def test_the_easy_cell_loses_most(self):
        Y, z = np.ones((2, 1)), np.array([[4.0], [-4.0]])
        kept = array(FocalLoss(2.0).call(Y, z) / BinaryCrossEntropy().call(Y, z))
        p = 1 / (1 + np.exp(-4.0))
        assert_allclose(kept, [(1 - p) ** 2, p**2], rtol=1e-5)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"gamma": -1.0}, r"gamma must be in \[0, inf\), got -1"),
            ({"alpha": 1.5}, r"alpha must be in \[0, 1\], got 1.5"),
        ],
    )
    def test_options_out_of_range(self, options, message):
        with pytest.raises(OptionError, match=message):
            FocalLoss(**options)


class TestAsymmetricLoss:
    def test_by_hand(self):
        loss = AsymmetricLoss(gamma_positive=1.0, gamma_negative=2.0, clip=0.25)
        z = [[THREE_QUARTERS, THREE_QUARTERS]]
        present = 0.25 * np.log(4 / 3)
        absent = 0.5**2 * np.log(2)
        assert float(loss([[1.0, 0.0]], z)) == pytest.approx((present + absent) / 2)
        assert float(loss([[0.1, -1.0]], z)) == pytest.approx(
            0.1 * present + 0.9 * absent
        )

    @pytest.mark.parametrize("kind", ["hard", "soft", "masked"])
    def test_without_exponents_and_margin_it_is_cross_entropy(self, kind):
        Y, z = targets(kind), logits()
        expected = array(BinaryCrossEntropy().call(Y, z))
        assert_allclose(array(AsymmetricLoss(0, 0, 0).call(Y, z)), expected)

    def test_with_equal_exponents_and_no_margin_it_is_focal(self):
        Y, z = targets("soft"), logits()
        expected = array(FocalLoss(3.0).call(Y, z))
        assert_allclose(array(AsymmetricLoss(3.0, 3.0, 0.0).call(Y, z)), expected)

    def test_the_margin_fades_into_none(self):
        Y, z = targets("hard"), logits()
        expected = array(AsymmetricLoss(1.0, 2.0, 0.0).call(Y, z))
        tiny = array(AsymmetricLoss(1.0, 2.0, 1e-7).call(Y, z))
        assert_allclose(tiny, expected, rtol=1e-5)

    @pytest.mark.parametrize("gamma", [0.0, 0.5, 4.0])
    def test_absent_labels_within_the_margin_are_let_go(self, gamma):
        loss = AsymmetricLoss(gamma_negative=gamma, clip=0.05)
        Y = np.zeros((1, 3), dtype="float32")
        z = np.array([[-3.0, -100.0, -2.9]], dtype="float32")
        value, slopes = value_and_gradient(lambda t: loss(Y, t), z)
        assert value > 0
        assert slopes[0, :2].tolist() == [0.0, 0.0]
        assert slopes[0, 2] > 0

    def test_the_gradient_of_the_paper(self):
        # Through the factor: p_m^g (1 / (1 - p_m) - g log(1 - p_m) / p_m) p (1 - p).
        loss = AsymmetricLoss(gamma_negative=3.0, clip=0.25)
        z = np.array([[THREE_QUARTERS]], dtype="float32")
        _, slopes = value_and_gradient(lambda t: loss(np.zeros_like(z), t), z)
        expected = 0.5**3 * (2 + 3 * np.log(2) / 0.5) * 0.75 * 0.25
        assert slopes[0, 0] == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"gamma_positive": -1}, r"gamma_positive must be in \[0, inf\), got -1"),
            ({"gamma_negative": -1}, r"gamma_negative must be in \[0, inf\), got -1"),
            ({"clip": 1.0}, r"clip must be in \[0, 1\), got 1"),
        ],
    )
    def test_options_out_of_range(self, options, message):
        with pytest.raises(OptionError, match=message):
            AsymmetricLoss(**options)
