"""What the course says about metrics, as experiments with fixed seeds."""

import numpy as np
import pytest
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from mlkit.calibration import SigmoidCalibrator
from mlkit.metrics import (
    average_precision_score,
    brier_loss,
    calibration_error,
    f1_score,
    hamming_score,
    label_ranking_average_precision_score,
    log_loss,
    prediction_problems,
    ranking_loss,
    roc_auc_score,
    subset_accuracy_score,
)
from mlkit.thresholds import best_thresholds


@pytest.mark.parametrize(
    ("seed", "n_rows", "last", "hamming", "subset"),
    [
        (0, 2000, 1000, 0.902, 0.133),  # the photos of lesson 07
        (11, 3000, 3000, 0.901, 0.137),
    ],
)
def test_predicting_nothing_looks_good_by_cells_and_is_worthless(
    seed, n_rows, last, hamming, subset
):
    _, Y = make_multilabel_classification(
        n_samples=n_rows, n_features=20, n_classes=20, n_labels=2, random_state=seed
    )
    Y = Y[-last:]
    nothing = np.zeros_like(Y)
    assert hamming_score(Y, nothing) == pytest.approx(hamming, abs=5e-4)
    assert hamming_score(Y, nothing) == pytest.approx(1 - Y.mean())
    # All of the subset accuracy comes from rows without a label.
    assert subset_accuracy_score(Y, nothing) == pytest.approx(subset, abs=5e-4)
    assert subset_accuracy_score(Y, nothing) == np.mean(~Y.any(axis=1))
    assert f1_score(Y, nothing, average="micro") == 0.0
    assert f1_score(Y, nothing, average="macro") == 0.0


def test_micro_and_macro_put_two_models_in_opposite_orders():
    # One label in 91 rows, nine labels in 2 rows each.
    Y = np.zeros((109, 10), dtype=int)
    Y[:91, 0] = 1
    for j in range(1, 10):
        Y[91 + 2 * (j - 1) : 91 + 2 * j, j] = 1
    # A knows the frequent label only; B the nine rare ones, and 51 of the 91 rows.
    A, B = np.zeros_like(Y), Y.copy()
    A[:, 0] = Y[:, 0]
    B[51:91, 0] = 0
    micro = [f1_score(Y, guess, average="micro") for guess in (A, B)]
    macro = [f1_score(Y, guess, average="macro") for guess in (A, B)]
    assert micro == pytest.approx([0.91, 0.78], abs=5e-3)
    assert macro == pytest.approx([0.10, 0.97], abs=5e-3)
    problems = prediction_problems(Y, A)
    assert problems["never_predicted_labels"] == 0.9


def test_the_rule_for_empty_rows_alone_moves_example_f1_from_a_half_to_one():
    Y = np.repeat([[1, 0, 1], [0, 0, 0]], 50, axis=0)
    found = {
        rule: f1_score(Y, Y, average="example", zero_division=rule)
        for rule in (0.0, 1.0, np.nan)
    }
    assert list(found.values()) == [0.5, 1.0, 1.0]
    assert {value.note for value in found.values()} == {"50 of 100 rows undefined"}
    assert subset_accuracy_score(Y, Y) == 1.0


def test_a_perfect_ranking_can_lose_everything_at_one_half():
    rng = np.random.default_rng(0)
    Y = (rng.random((300, 8)) < 0.2).astype(int)
    # All scores lie between .1 and .45, those of true labels above the others.
    scores = np.where(
        Y, rng.uniform(0.3, 0.45, Y.shape), rng.uniform(0.1, 0.25, Y.shape)
    )
    assert f1_score(Y, scores >= 0.5, average="macro") == 0.0
    assert average_precision_score(Y, scores, average="macro") == 1.0
    assert roc_auc_score(Y, scores, average="macro") == 1.0
    assert ranking_loss(Y, scores) == 0.0
    assert label_ranking_average_precision_score(Y, scores) == 1.0
    # One threshold for all labels is enough to have it all back.
    assert f1_score(Y, scores >= 0.27, average="macro") == 1.0


def noise(seed, n_rows, n_labels=30, density=0.06):
    rng = np.random.default_rng(seed)
    labels = (rng.random((n_rows, n_labels)) < density).astype(int)
    return labels, rng.random((n_rows, n_labels))


def tuned_and_fresh(seed, shrinkage=0.0):
    """Macro F1 on 200 rows whose thresholds were tuned there, and on 2000 others."""
    Y, scores = noise(seed, 200)
    thresholds = best_thresholds(Y, scores, shrinkage=shrinkage)
    pairs = (Y, scores), noise(seed + 1000, 2000)
    return [f1_score(labels, s >= thresholds, average="macro") for labels, s in pairs]


class TestTunedThresholds:
    """Scores that are pure noise, thresholds that look as if they were not."""

    def test_the_tuned_value_is_optimistic_by_a_clear_margin(self):
        tuned, fresh = tuned_and_fresh(34)
        assert tuned == pytest.approx(0.156, abs=3e-3)
        assert fresh == pytest.approx(0.095, abs=3e-3)

    def test_with_any_seed(self):
        found = np.array([tuned_and_fresh(seed) for seed in range(10)])
        assert (found[:, 0] > 1.4 * found[:, 1]).all()

    def test_shrinkage_towards_the_global_threshold_makes_it_less_so(self):
        plain, shrunk = (
            np.mean([tuned_and_fresh(seed, s) for seed in range(10)], axis=0)
            for s in (0.0, 20.0)
        )
        assert plain[0] - plain[1] > 5 * (shrunk[0] - shrunk[1])
        # And the fresh rows are better off.
        assert shrunk[1] > plain[1] + 0.01


class TestClassWeights:
    """What balanced class weights do to probabilities, and not to rankings."""

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls):
        rng = np.random.default_rng(0)
        X, W = rng.normal(size=(3000, 8)), rng.normal(size=(8, 10))
        logits = 3 * X @ W / np.sqrt(8) - 3.4
        applies = rng.random(logits.shape) < 1 / (1 + np.exp(-logits))
        # Most of the labels that apply are not recorded.
        Y = (applies & (rng.random(logits.shape) > 0.6)).astype(int)
        proba = {}
        for weights in (None, "balanced"):
            base = LogisticRegression(max_iter=2000, class_weight=weights)
            model = OneVsRestClassifier(base).fit(X[:1000], Y[:1000])
            proba[weights] = model.predict_proba(X[1000:])
        return Y[1000:], proba

    def test_labels_are_rare(self, models):
        assert 0.06 < models[0].mean() < 0.07

    def test_the_brier_loss_is_more_than_twice_as_large(self, models):
        Y, proba = models
        losses = [brier_loss(Y, proba[weights]) for weights in (None, "balanced")]
        assert losses == pytest.approx([0.055, 0.147], abs=5e-3)
        # Worse than saying the share of positives and nothing else.
        shares = np.broadcast_to(Y.mean(axis=0), Y.shape)
        assert losses[0] < brier_loss(Y, shares) < losses[1]

    def test_the_ranking_stays(self, models):
        Y, proba = models
        plain, weighted = (
            average_precision_score(Y, proba[weights], average="macro")
            for weights in (None, "balanced")
        )
        assert weighted == pytest.approx(plain, abs=0.01)

    def test_calibration_takes_it_back(self, models):
        Y, proba = models
        half = len(Y) // 2
        calibrator = SigmoidCalibrator(score_type="probabilities")
        calibrator.fit(Y[:half], proba["balanced"][:half])
        repaired = calibrator.predict(proba["balanced"][half:])
        plain = {w: p[half:] for w, p in proba.items()}
        for loss in (brier_loss, log_loss):
            expected = loss(Y[half:], plain[None])
            assert loss(Y[half:], repaired) == pytest.approx(expected, rel=0.05)
        assert calibration_error(Y[half:], plain["balanced"]) > 0.2
        assert calibration_error(Y[half:], repaired) < 0.02
