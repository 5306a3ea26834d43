import importlib
import itertools

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.metrics as skm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlkit.exceptions import ScoresError, ShapeError
from mlkit.metrics import (
    label_ranking_average_precision_score,
    ranking_counts,
    ranking_loss,
)

BOTH = [ranking_loss, label_ranking_average_precision_score]

# Worked cases with published values.
E_TRUE = [[0, 0, 0], [0, 1, 0], [1, 1, 0]]
E_SCORES = [[0.1, 0.2, 0.3], [0.3, 0.4, 0.8], [0.7, 0.6, 0.1]]
T_TRUE = [[1, 0, 0], [0, 0, 1]]
T_SCORES = [[0.5] * 3] * 2

# Few different scores, so that ties are frequent.
ranked = st.tuples(st.integers(1, 8), st.integers(2, 7)).flatmap(
    lambda shape: st.tuples(
        npst.arrays(np.int8, shape, elements=st.integers(0, 1)),
        npst.arrays(np.float64, shape, elements=st.integers(-3, 3)),
    )
)


@given(ranked)
def test_ranking_loss_agrees_with_scikit_learn(case):
    assert ranking_loss(*case) == pytest.approx(skm.label_ranking_loss(*case))


@given(ranked)
def test_average_precision_agrees_with_scikit_learn(case):
    expected = skm.label_ranking_average_precision_score(*case)
    ours = label_ranking_average_precision_score(*case)
    assert ours == pytest.approx(expected)


@given(ranked)
def test_counts_agree_with_counting_pairs_one_by_one(case):
    counts = ranking_counts(*case)
    for i, (labels, scores) in enumerate(zip(*case, strict=True)):
        pairs = itertools.product(scores[labels == 1], scores[labels == 0])
        assert counts.wrong_pairs[i] == sum(r <= s for r, s in pairs)
        precision = sum(labels[scores >= score].mean() for score in scores[labels == 1])
        assert counts.precision_sum[i] == pytest.approx(precision)
        assert counts.relevant[i] == labels.sum()
        assert counts.irrelevant[i] == (1 - labels).sum()


def test_published_values():
    assert ranking_loss(E_TRUE, E_SCORES) == pytest.approx(0.1667, abs=5e-5)
    ours = label_ranking_average_precision_score(E_TRUE, E_SCORES)
    assert ours == pytest.approx(0.8333, abs=5e-5)
    assert ranking_loss(T_TRUE, T_SCORES) == 1.0
    ours = label_ranking_average_precision_score(T_TRUE, T_SCORES)
    assert ours == pytest.approx(0.3333, abs=5e-5)


def test_by_hand():
    # By score: wrong, right, wrong, right. Of 4 pairs 3 are wrong; precisions 1/2, 2/4.
    true, scores = [[0, 1, 0, 1]], [[4.0, 3.0, 2.0, 1.0]]
    assert ranking_loss(true, scores) == 3 / 4
    assert label_ranking_average_precision_score(true, scores) == 1 / 2


@pytest.mark.parametrize("fill", [0, 1])
def test_rows_without_pairs_count_as_perfect(fill):
    rng = np.random.default_rng(0)
    true, scores = np.full((3, 4), fill), rng.random((3, 4))
    assert ranking_loss(true, scores) == 0.0
    assert label_ranking_average_precision_score(true, scores) == 1.0


@pytest.mark.parametrize("label", [0, 1])
def test_a_single_label_cannot_be_ranked_wrongly(label):
    assert ranking_loss([[label]], [[0.3]]) == 0.0
    assert label_ranking_average_precision_score([[label]], [[0.3]]) == 1.0


@pytest.mark.parametrize("metric", BOTH)
@pytest.mark.parametrize("transform", [np.exp, lambda s: 3 * s - 7, np.arctan])
@given(case=ranked)
def test_only_the_order_of_scores_matters(metric, transform, case):
    true, scores = case
    assert metric(true, transform(scores)) == metric(true, scores)


@pytest.mark.parametrize("metric", BOTH)
@given(case=ranked, shift=st.integers(-5, 5))
def test_rows_are_ranked_on_their_own(metric, case, shift):
    true, scores = case
    moved = scores + shift * np.arange(len(scores))[:, None]
    assert metric(true, moved) == metric(true, scores)


def test_a_smaller_lead_is_as_good_as_a_large_one():
    # Perfect order although every score is below one half.
    true, scores = [[1, 0, 1]], [[0.45, 0.1, 0.4]]
    assert ranking_loss(true, scores) == 0.0
    assert label_ranking_average_precision_score(true, scores) == 1.0


@pytest.mark.parametrize("metric", BOTH)
def test_blocks_of_rows_do_not_change_the_value(metric, monkeypatch):
    rng = np.random.default_rng(3)
    true = (rng.random((50, 7)) < 0.3).astype(int)
    scores = rng.integers(0, 5, size=(50, 7)).astype(float)
    whole = metric(true, scores)
    module = importlib.import_module("mlkit.metrics.ranking")
    for cells in (1, 7, 20, 70):
        monkeypatch.setattr(module, "_BLOCK_CELLS", cells)
        assert metric(true, scores) == whole
        assert metric(sp.csr_array(true), scores) == whole


@given(ranked, st.data())
def test_unknown_labels_as_if_their_columns_were_not_there(case, data):
    labels, scores = case
    hidden = data.draw(npst.arrays(bool, labels.shape))
    unknown = np.where(hidden, np.nan, labels)
    # A score for a hidden label that would disturb every rank.
    scores = np.where(hidden, 99.0, scores)
    for truth in (unknown, sp.csr_array(unknown)):
        counts = ranking_counts(truth, scores)
        for i, known in enumerate(~hidden):
            assert counts.is_known[i] == known.any()
            if not known.any():
                continue
            alone = ranking_counts(labels[[i]][:, known], scores[[i]][:, known])
            for name in ("relevant", "irrelevant", "wrong_pairs", "precision_sum"):
                assert getattr(counts, name)[i] == getattr(alone, name)[0]


@pytest.mark.parametrize("metric", BOTH)
def test_rows_of_which_nothing_is_known_leave_the_mean(metric):
    true, scores = [[1, 0, np.nan]], [[0.2, 0.5, 0.9]]
    nothing, anything = [[np.nan] * 3], [[0.1, 0.2, 0.3]]
    assert metric(true + nothing, scores + anything) == metric(true, scores)
    assert metric([[1, 0]], [[0.2, 0.5]]) == metric(true, scores)
    assert np.isnan(metric(nothing, anything))


@pytest.mark.parametrize("metric", BOTH)
def test_negative_zero_ties_with_zero(metric):
    assert metric([[1, 0]], [[0.0, -0.0]]) == metric([[1, 0]], [[1.0, 1.0]])


@pytest.mark.parametrize("metric", BOTH)
class TestBadInput:
    def test_nan_scores(self, metric):
        with pytest.raises(ScoresError, match="row 0, column 1"):
            metric([[1, 0]], [[0.5, np.nan]])

    def test_other_shape(self, metric):
        with pytest.raises(ShapeError, match=r"Y and scores .* \(1, 2\) and \(1, 3\)"):
            metric([[1, 0]], [[0.5, 0.1, 0.2]])

    def test_words(self, metric):
        with pytest.raises(ScoresError, match="matrix of numbers"):
            metric([[1, 0]], [["high", "low"]])

    def test_no_rows(self, metric):
        with pytest.raises(ShapeError, match="at least one of each"):
            metric(np.zeros((0, 2)), np.zeros((0, 2)))

    def test_arguments_are_not_modified(self, metric):
        true, scores = np.array([[1, 0]]), np.array([[0.1, 0.5]])
        true.flags.writeable = scores.flags.writeable = False
        assert metric(true, scores) in (1.0, 0.5)
