"""Tests of conformal risk control: the definition, and the guarantee by simulation."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.exceptions import (
    LabelNameError,
    MissingLabelsError,
    OptionError,
    ScoresError,
    ShapeError,
    UnknownNameError,
)
from mlkit.thresholds.risk import control_risk

LOSSES = ["missed", "false", "false_discovery"]


def losses(Y, scores, threshold, loss):
    """The loss of every row at a threshold, from its definition."""
    Y = np.asarray(Y, dtype=bool)

    def share(part, whole):
        return part.sum(axis=1) / np.maximum(whole.sum(axis=1), 1)

    if loss == "missed":
        return share(Y & (scores < threshold), Y)
    if loss == "false":
        return share(~Y & (scores >= threshold), ~Y)
    higher = [t for t in np.unique(scores) if t >= threshold]
    found = [share(~Y & (scores >= t), scores >= t) for t in [np.inf, *higher]]
    return np.max(found, axis=0)


def simulated(rng, n_samples, n_labels=6):
    base = rng.normal(-1, 1, (n_samples, 1))
    Y = rng.random((n_samples, n_labels)) < 1 / (1 + np.exp(-base))
    return Y.astype(int), Y + rng.normal(0, 0.7, Y.shape)


def bound(Y, scores, threshold, loss):
    n = len(Y)
    return (losses(Y, scores, threshold, loss).sum() + 1) / (n + 1)


@pytest.mark.parametrize("loss", LOSSES)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), alpha=st.sampled_from([0.15, 0.3, 0.6]))
def test_the_threshold_is_safe_and_the_next_is_not(loss, seed, alpha):
    rng = np.random.default_rng(seed)
    Y, scores = simulated(rng, 8, 3)
    scores = scores.round(1)

    found = control_risk(Y, scores, alpha=alpha, loss=loss)

    assert bound(Y, scores, found, loss) <= alpha + 1e-6
    bolder = scores[scores > found] if loss == "missed" else scores[scores < found]
    if np.isfinite(found):
        step = min(bolder, default=np.inf) if loss == "missed" else max(bolder)
        assert bound(Y, scores, step, loss) > alpha


@pytest.mark.parametrize("loss", LOSSES)
def test_the_mean_loss_of_new_rows_keeps_the_level(loss):
    rng = np.random.default_rng(0)
    alpha, found = 0.2, []
    for _ in range(300):
        Y, scores = simulated(rng, 60)
        new, new_scores = simulated(rng, 60)
        threshold = control_risk(Y, scores, alpha=alpha, loss=loss)
        found.append(losses(new, new_scores, threshold, loss).mean())

    # Three standard errors; and the level is made use of.
    error = 3 * np.std(found) / np.sqrt(len(found))
    assert alpha - 0.05 < np.mean(found) < alpha + error


def test_missed_by_hand():
    Y = [[1, 0], [1, 0], [0, 1], [0, 1]]
    scores = [[0.9, 0.3], [0.4, 0.1], [0.2, 0.8], [0.1, 0.7]]

    # (misses + 1) / 5: none may be missed below .4, one from .4 on.
    assert control_risk(Y, scores, alpha=0.39) == 0.4
    assert control_risk(Y, scores, alpha=0.4) == 0.7
    assert control_risk(Y, scores, alpha=0.2) == 0.4


def test_false_by_hand():
    Y = [[1, 0], [1, 0], [0, 1], [0, 1]]
    scores = [[0.9, 0.3], [0.4, 0.1], [0.2, 0.8], [0.1, 0.7]]

    assert control_risk(Y, scores, alpha=0.3, loss="false") == np.nextafter(0.3, 1)
    assert control_risk(Y, scores, alpha=0.4, loss="false") == np.nextafter(0.2, 1)


def test_equal_scores_are_decided_for_together():
    # Half of what is decided is wrong, whichever of the two stands first.
    scores = np.full((9, 2), 0.5)
    for row in ([0, 1], [1, 0]):
        Y = [row] * 9

        # 9 * .5 + 1 = .55 * 10
        assert control_risk(Y, scores, alpha=0.56, loss="false_discovery") == -np.inf
        assert control_risk(Y, scores, alpha=0.54, loss="false_discovery") > 0.5


def test_rows_without_anything_to_lose():
    nothing, everything = np.zeros((9, 2)), np.ones((9, 2))
    scores = np.random.default_rng(0).random((9, 2))

    assert control_risk(nothing, scores, loss="missed") == np.inf
    assert control_risk(everything, scores, loss="false") == -np.inf
    assert control_risk(everything, scores, loss="false_discovery") == -np.inf


def test_containers_change_nothing():
    Y, scores = simulated(np.random.default_rng(4), 40)
    expected = control_risk(Y, scores)

    assert control_risk(sp.csr_array(Y), scores) == expected
    assert control_risk(pd.DataFrame(Y), pd.DataFrame(scores)) == expected


def test_a_higher_level_is_never_more_careful():
    Y, scores = simulated(np.random.default_rng(5), 50)
    found = [control_risk(Y, scores, alpha=a) for a in (0.05, 0.1, 0.3, 0.6)]

    assert found == sorted(found)


def test_too_few_rows():
    with pytest.raises(OptionError, match="3 rows cannot guarantee alpha=0.1; at le"):
        control_risk(np.ones((3, 1)), np.ones((3, 1)))
    with pytest.raises(OptionError, match="at least 9"):
        control_risk(np.ones((8, 1)), np.ones((8, 1)))
    assert control_risk(np.ones((9, 1)), np.ones((9, 1))) == 1.0


@pytest.mark.parametrize("alpha", [-0.1, 1, np.nan])
def test_levels_out_of_range(alpha):
    with pytest.raises(OptionError, match="alpha must be in"):
        control_risk([[1]], [[1.0]], alpha=alpha)


def test_a_level_of_zero_needs_infinitely_many_rows():
    with pytest.raises(OptionError, match="infinitely many"):
        control_risk([[1]], [[1.0]], alpha=0)


@pytest.mark.parametrize(
    ("Y", "scores", "error", "match"),
    [
        ([[np.nan]], [[1.0]], MissingLabelsError, "unknown labels"),
        ([[1]], [[np.inf]], ScoresError, "not finite"),
        ([[1]], [[1.0, 2.0]], ShapeError, "same shape"),
    ],
)
def test_bad_matrices_are_refused(Y, scores, error, match):
    with pytest.raises(error, match=match):
        control_risk(Y, scores)


def test_unknown_losses_are_refused():
    with pytest.raises(UnknownNameError, match="Unknown loss 'mised'. Did you mean"):
        control_risk([[1]], [[1.0]], loss="mised")


def test_labels_in_another_order_are_refused():
    Y = pd.DataFrame([[1, 0], [0, 1]], columns=["a", "b"])
    scores = pd.DataFrame([[0.1, 0.9], [0.8, 0.2]], columns=["b", "a"])

    with pytest.raises(LabelNameError, match="same labels in another order"):
        control_risk(Y, scores, alpha=0.5)
