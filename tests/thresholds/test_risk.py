"""Tests of conformal risk control: the definition, and the guarantee by simulation."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    OptionError,
    ScoresError,
    ShapeError,
    UnknownNameError,
)
from mlkit.thresholds.risk import control_risk

LOSSES = ["missed", "false", "false_discovery"]
BOOLEANS = st.booleans()


def losses(Y, scores, threshold, loss):
    """The loss of every row at a threshold, from its definition."""
    Y, scores = np.asarray(Y, dtype=bool), np.asarray(scores)

    def share(part, whole):
        return part.sum(axis=-1) / np.maximum(whole.sum(axis=-1), 1)

    if loss == "missed":
        return share(Y & (scores < threshold), Y)
    if loss == "false":
        return share(~Y & (scores >= threshold), ~Y)
    # At each score of the row as a threshold, (row, threshold, label), if it is one.
    decided = scores[:, np.newaxis, :] >= scores[:, :, np.newaxis]
    found = share(~Y[:, np.newaxis, :] & decided, decided)
    return np.where(scores >= threshold, found, 0).max(axis=1)


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
@settings(max_examples=150, deadline=None)
@given(
    arrays(bool, st.tuples(st.integers(6, 14), st.integers(1, 4)), elements=BOOLEANS),
    st.data(),
)
def test_the_guarantee_is_exact_whatever_the_rows(loss, Y, data):
    # Exchangeable rows are as likely in one order as in another: each of n + 1 is the
    # new one with the same chance, and the mean over these choices is the expected
    # loss, given the rows. Theorem 1 bounds it for any rows: equal scores, rows without
    # labels and full ones among them.
    scores = data.draw(arrays(float, Y.shape, elements=st.integers(0, 3).map(float)))
    alpha = data.draw(st.sampled_from([0.2, 0.25, 1 / 3, 0.5, 0.9]))
    found = []
    for new in range(len(Y)):
        others = np.arange(len(Y)) != new
        threshold = control_risk(Y[others], scores[others], alpha=alpha, loss=loss)
        found.append(losses(Y[[new]], scores[[new]], threshold, loss)[0])

    assert np.mean(found) <= alpha + 1e-9


def continuous(rng, n_samples):
    return simulated(rng, n_samples)


def tied(rng, n_samples):
    Y, scores = simulated(rng, n_samples)
    return Y, (4 * scores).round() / 4


def sparse(rng, n_samples):
    # Four rows of ten have no label at all.
    Y, scores = simulated(rng, n_samples)
    return Y * (rng.random((n_samples, 1)) < 0.6), scores


N_ROWS, N_NEW, REPETITIONS = 50, 100, 6000


@pytest.mark.parametrize("rows", [continuous, tied, sparse])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_mean_loss_of_new_rows_keeps_the_level(loss, rows):
    rng = np.random.default_rng(20220805)
    alpha, found = 0.2, []
    for _ in range(REPETITIONS):
        Y, scores = rows(rng, N_ROWS + N_NEW)
        threshold = control_risk(Y[:N_ROWS], scores[:N_ROWS], alpha=alpha, loss=loss)
        found.append(losses(Y[N_ROWS:], scores[N_ROWS:], threshold, loss).mean())

    # Repetitions are independent: four standard errors of their mean.
    error = 4 * np.std(found) / np.sqrt(REPETITIONS)
    assert error < 0.004
    assert np.mean(found) <= alpha + error
    # The level is made use of: theorem 2 leaves 2 / (n + 1) where scores are
    # continuous. Where they are tied the next threshold would be a whole step bolder.
    slack = 0.06 if rows is tied else 2 / (N_ROWS + 1)
    assert np.mean(found) >= alpha - slack - error


def test_the_correction_for_few_rows_is_needed_and_exact():
    # One label, always present: a loss of 0 or 1. Of 51 scores in random order, the
    # new one is among the 10 lowest with probability 10 / 51, and (n + 1) alpha = 10.2
    # allows these 10. Without the correction it would be 11 / 51, more than alpha.
    rng = np.random.default_rng(7)
    alpha, found = 0.2, []
    for _ in range(4000):
        scores = rng.random((50 + 100, 1))
        threshold = control_risk(np.ones((50, 1)), scores[:50], alpha=alpha)
        found.append((scores[50:] < threshold).mean())

    assert np.mean(found) == pytest.approx(10 / 51, abs=0.004)
    assert np.mean(found) < alpha < 11 / 51 - 0.004


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


def test_few_rows_are_counted_exactly():
    # 1 / (1 / 49) is a little more than 49 to a computer; 48 rows are enough.
    assert control_risk(np.ones((48, 1)), np.ones((48, 1)), alpha=1 / 49) == 1.0
    with pytest.raises(OptionError, match="47 rows .* at least 48 are"):
        control_risk(np.ones((47, 1)), np.ones((47, 1)), alpha=1 / 49)
    with pytest.raises(OptionError, match="1 row cannot"):
        control_risk([[1]], [[1.0]])
    with pytest.raises(OptionError, match="0 rows cannot"):
        control_risk(np.ones((0, 2)), np.ones((0, 2)))


@pytest.mark.parametrize(
    ("loss", "expected"),
    [("missed", np.inf), ("false", -np.inf), ("false_discovery", -np.inf)],
)
def test_without_labels_any_threshold_is_safe(loss, expected):
    assert control_risk(np.ones((9, 0)), np.ones((9, 0)), loss=loss) == expected


def test_a_level_of_zero_needs_infinitely_many_rows():
    with pytest.raises(OptionError, match="infinitely many"):
        control_risk([[1]], [[1.0]], alpha=0)


@pytest.mark.parametrize(
    ("Y", "scores", "error", "match"),
    [
        ([[np.nan]], [[1.0]], MissingLabelsError, "unknown labels"),
        ([[2]], [[1.0]], IndicatorError, "outside {0, 1}"),
        ([1], [[1.0]], IndicatorError, "two dimensions"),
        ([[1]], [[np.inf]], ScoresError, "not finite"),
        ([[1]], [[np.nan]], ScoresError, "not finite"),
        ([[1]], [["x"]], ScoresError, "matrix of numbers"),
        ([[1]], [1.0], ScoresError, "got shape"),
        ([[1]], [[1.0, 2.0]], ShapeError, "same shape"),
        ([[1]], [[1.0], [2.0]], ShapeError, "same shape"),
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
