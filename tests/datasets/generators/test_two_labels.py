"""Two labels of chosen margins and dependence, checked by hand and by their bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.generators import LabelTruth
from mlkit.datasets.generators.two_labels import (
    frechet_bounds,
    two_label_joint,
    two_label_mixture,
)
from mlkit.exceptions import GeneratorError

SHARES = st.floats(0.0, 1.0)
STRENGTHS = st.floats(-1.0, 1.0)


@pytest.mark.parametrize(
    ("p_a", "p_b", "bounds"),
    [
        (0.5, 0.25, (0.0, 0.25)),
        (0.75, 0.5, (0.25, 0.5)),
        (0.0, 0.7, (0.0, 0.0)),
        (1, 1, (1.0, 1.0)),
    ],
)
def test_bounds_by_hand(p_a, p_b, bounds):
    assert frechet_bounds(p_a, p_b) == bounds


@pytest.mark.parametrize(
    ("dependence", "joint"),
    [
        # P(A) = .6, P(B) = .5: P(A, B) between .1 and .5, .3 if independent.
        (-1.0, [0.0, 0.4, 0.5, 0.1]),
        (-0.5, [0.1, 0.3, 0.4, 0.2]),
        (0.0, [0.2, 0.2, 0.3, 0.3]),
        (0.5, [0.3, 0.1, 0.2, 0.4]),
        (1.0, [0.4, 0.0, 0.1, 0.5]),
    ],
)
def test_dependence_is_a_share_of_what_the_margins_allow(dependence, joint):
    np.testing.assert_allclose(two_label_joint(0.6, 0.5, dependence), joint, atol=1e-12)


@given(p_a=SHARES, p_b=SHARES, dependence=STRENGTHS)
def test_every_triple_is_a_distribution_with_these_margins(p_a, p_b, dependence):
    joint = two_label_joint(p_a, p_b, dependence)
    least, most = frechet_bounds(p_a, p_b)
    assert (joint >= 0).all()
    assert joint.sum() == pytest.approx(1.0)
    assert joint[2] + joint[3] == pytest.approx(p_a, abs=1e-12)
    assert joint[1] + joint[3] == pytest.approx(p_b, abs=1e-12)
    assert least - 1e-12 <= joint[3] <= most + 1e-12


@given(p_a=SHARES, p_b=SHARES, dependence=STRENGTHS, effect=STRENGTHS)
def test_a_mixture_keeps_the_margins(p_a, p_b, dependence, effect):
    joints = two_label_mixture(p_a, p_b, dependence, effect)
    assert (joints >= 0).all()
    np.testing.assert_allclose(joints.sum(axis=1), 1.0)
    mean = joints.mean(axis=0)
    assert mean[2] + mean[3] == pytest.approx(p_a, abs=1e-12)
    assert mean[1] + mean[3] == pytest.approx(p_b, abs=1e-12)


def test_the_effect_moves_both_labels():
    truth = LabelTruth.from_joint(two_label_mixture(0.5, 0.2, 0.0, 0.5))
    np.testing.assert_allclose(truth.proba, [[0.25, 0.1], [0.75, 0.3]])
    apart = LabelTruth.from_joint(two_label_mixture(0.5, 0.2, 0.0, -0.5))
    np.testing.assert_allclose(apart.proba, [[0.25, 0.3], [0.75, 0.1]])


def test_without_an_effect_x_says_nothing():
    joints = two_label_mixture(0.6, 0.3, 1.0, 0.0)
    np.testing.assert_array_equal(joints[0], joints[1])
    np.testing.assert_array_equal(joints[0], two_label_joint(0.6, 0.3, 1.0))


def test_the_covariance_that_x_adds():
    # e |e| r(P(A)) r(P(B)) = -.25 * .4 * .3
    truth = LabelTruth.from_joint(two_label_mixture(0.4, 0.7, 0.0, -0.5))
    mean = truth.joint().mean(axis=0)
    assert mean[3] - 0.4 * 0.7 == pytest.approx(-0.03)
    assert truth.dependence("conditional").iloc[0, 1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.1, 0.5, 0.0, 0.0), "p_a must be in"),
        ((0.5, float("nan"), 0.0, 0.0), "p_b must be in"),
        ((0.5, 0.5, -1.5, 0.0), r"dependence must be in \[-1, 1\], got -1.5"),
        ((0.5, 0.5, 0.0, 2.0), r"effect must be in \[-1, 1\], got 2"),
    ],
)
def test_numbers_out_of_their_range(arguments, message):
    with pytest.raises(GeneratorError, match=message):
        two_label_mixture(*arguments)


def test_what_is_no_number():
    with pytest.raises(TypeError, match="p_a must be a number"):
        frechet_bounds("0.5", 0.5)
