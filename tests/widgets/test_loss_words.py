"""The arithmetic in words: the numbers of each step, and where they are too small."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.widgets.loss_state import LossState
from mlkit.widgets.loss_words import STEPS, say_step

LOGITS = (float(np.log(3)), 0.0)


def _say(step, logits=LOGITS, truth=(True, False), **traits):
    names = ["sea", "sky"][: len(logits)]
    row = {"logits": list(logits), "truth": list(truth), "label_names": names}
    return say_step(LossState(**row, step=step, **traits))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (1, "sea: 1.0986, sky: 0"),
        (
            2,
            "sea: 1 / (1 + exp(−1.0986)) = 0.750, sky: 1 / (1 + exp(0)) = 0.500",
        ),
        # log 4/3 and log 2.
        (3, "sea: −log 0.7500 = 0.288, sky: −log(1 − 0.5000) = 0.693"),
        # Shares 3/4 and 1/4: log 4/3.
        (4, "(0.288 + 0.693) / 2 = 0.490; softmax cross-entropy 0.288"),
        (
            5,
            "mean loss 0.490, with sea: (0.750 − 1) / 2 = −0.125, sky: (0.500 − 0) / 2 "
            "= 0.250; softmax loss 0.288, with sea: 0.750 − 1 = −0.250, sky: "
            "0.250 − 0 = 0.250",
        ),
    ],
)
def test_the_words_of_each_step(step, words):
    assert _say(step) == words
    assert len(STEPS) == 5


def test_the_sum_divides_by_nothing():
    assert _say(4, reduction="sum").startswith("0.288 + 0.693 = 0.981;")
    said = _say(5, reduction="sum")
    assert (
        "sum loss 0.981, with sea: 0.750 − 1 = −0.250, sky: 0.500 − 0 = 0.500" in said
    )


def test_several_true_labels_share_the_softmax_target():
    assert "sea: 0.750 − 0.5 = 0.250, sky: 0.250 − 0.5 = −0.250" in _say(
        5, truth=(True, True)
    )


def test_the_empty_set():
    nothing = {"truth": (False, False)}
    assert _say(4, **nothing).endswith("cross-entropy 0, as no label is its target")
    assert _say(5, **nothing).endswith(
        "softmax loss 0 with no gradient, as no label is its target"
    )


def test_small_probabilities_keep_their_digits():
    said = _say(3, logits=(-8.0, 8.0))
    assert said == "sea: −log 0.000335 = 8.000, sky: −log 0.000335 = 8.000"


def test_no_logarithm_of_zero_is_written():
    said = _say(3, logits=(-800.0, 1e4))
    assert said == "sea: log(1 + exp(800)) = 800, sky: log(1 + exp(10000)) = 10000"


def test_nothing_is_less_than_zero_by_rounding():
    assert "= 0.000" in _say(5, logits=(12.0, -12.0))
    assert "−0.000" not in _say(5, logits=(12.0, -12.0))
