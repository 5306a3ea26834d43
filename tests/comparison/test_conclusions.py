"""Sentences that say no more than the numbers do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlkit.comparison import Comparison
from mlkit.comparison.conclusions import listed, ranking_words, verdict, verdict_words
from mlkit.exceptions import UnknownNameError

from .by_hand import comparison


def noise(seed: int, scale: float = 0.01, n: int = 10) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=n)
    # Of mean 0 and of this spread exactly.
    return scale * (drawn - drawn.mean()) / drawn.std(ddof=1)


def sentence(*differences: Any, **options: Any) -> str:
    """What is said of a best model and others that lie so far below it."""
    base = 0.7 + noise(9, 0.05)
    values = {("toy", "best"): base} | {
        ("toy", f"m{k}"): base - gap for k, gap in enumerate(differences)
    }
    (only,) = comparison(values).summary(**options).sentences
    return only


class TestOneDataset:
    def test_better(self) -> None:
        text = sentence(0.1 + noise(0))
        assert text.startswith("Micro F1 on toy: the best mean is that of best, 0.700.")
        assert "best is better than m0 (+0.100, +0.0" in text

    def test_no_evidence(self) -> None:
        text = sentence(0.01 + noise(0, 0.05))
        assert "There is no evidence that best differs from m0 (+0.010, -0." in text
        assert "is better" not in text

    def test_equal_in_practice(self) -> None:
        # A difference that is certain, and too small to matter.
        text = sentence(0.002 + noise(0, 0.001))
        assert "It is equal in practice (within 0.01) to m0 (+0.002" in text
        assert "best is better than m0" in sentence(0.002 + noise(0, 0.001), rope=0.0)

    def test_what_many_pairs_make_doubtful_is_a_hint(self) -> None:
        gap = 0.02 + noise(0, 0.018)
        assert "best is better than m0" in sentence(gap)
        many = sentence(gap, *(0.02 + noise(k, 0.2) for k in range(1, 5)))
        assert "That it is better than m0 (+0.020, +0.00" in many
        assert "is no more than a hint" in many
        assert "no evidence that best differs from m1 " in many
        assert "m3 (" in many
        assert " and m4 (" in many

    def test_losses(self) -> None:
        base = 0.3 + noise(1, 0.02)
        values = {("toy", "bad"): base + 0.1 + noise(0), ("toy", "good"): base}
        text = str(comparison(values, ("hamming_loss",)).summary())
        assert "the best mean is that of good, 0.300. good is better than bad" in text
        assert "(+0.100, +0.0" in text

    def test_nothing_to_compare(self) -> None:
        alone = comparison({("toy", "a"): [0.5, 0.6]}).summary()
        assert "there is nothing to compare it with" in alone.sentences[0]
        split = comparison({("toy", "a"): [0.5], ("toy", "b"): [0.6]}).summary()
        assert "One split does not tell" in split.sentences[0]
        assert not any("Brackets" in text for text in split.caveats)
        none = comparison({("toy", "a"): [np.nan] * 2}).summary()
        assert none.sentences == ("Micro F1 on toy: no model has a value.",)


class TestSeveralDatasets:
    def values(self, n: int, gap: float) -> dict[tuple[str, str], Any]:
        return {
            (f"d{d}", model): 0.5 + gap * k + noise(10 * d + k, 0.03)
            for d in range(n)
            for k, model in enumerate("abc")
        }

    def test_ranks_that_differ(self) -> None:
        text = comparison(self.values(8, 0.05)).summary().sentences[-1]
        assert "Micro F1 over 8 datasets: mean ranks (1 is best) c 1.00, b 2.00" in text
        assert "Holm's correction for 3 pairs tells a and b apart" in text
        # Of 8 datasets, 2 ranks are told apart by 1.17, and 1 is not.
        assert text.endswith("Nemenyi's critical difference of 1.17 ranks a.")

    def test_the_two_tests_need_not_agree(self) -> None:
        # With 6 datasets the least p-value of Wilcoxon's test is 1/32, times 3 pairs.
        text = comparison(self.values(6, 0.05)).summary().sentences[-1]
        assert "Holm's correction for 3 pairs tells none apart" in text
        assert text.endswith("ranks a.")

    def test_ranks_that_do_not(self) -> None:
        values = {
            (f"d{d}", m): 0.5 + noise(d, 0.02) + 0.01 * ((k + d) % 3)
            for d in range(6)
            for k, m in enumerate("abc")
        }
        text = comparison(values).summary().sentences[-1]
        assert "Ranks do not differ more than chance would have them" in text
        assert "p = 1.000" in text

    def test_too_few(self) -> None:
        text = comparison(self.values(3, 0.05)).summary().sentences[-1]
        assert "3 datasets are too few to test ranks" in text
        assert "Friedman" not in text

    def test_a_sentence_for_each_and_one_for_all(self) -> None:
        sentences = comparison(self.values(3, 0.05)).summary().sentences
        assert [s.partition(":")[0] for s in sentences] == [
            "Micro F1 on d0",
            "Micro F1 on d1",
            "Micro F1 on d2",
            "Micro F1 over 3 datasets",
        ]


class TestCaveats:
    def test_one_dataset(self) -> None:
        found = comparison({("toy", m): 0.5 + noise(k) for k, m in enumerate("ab")})
        notes = " ".join(found.summary().caveats)
        assert "10 folds of one dataset" in notes
        assert "says nothing about other data" in notes
        assert "corrected resampled t-test" in notes
        assert "picked by the same folds" in notes
        assert "metrics were looked at" not in notes

    def test_failures_are_named(self) -> None:
        values = {("toy", m): 0.5 + noise(k) for k, m in enumerate("abc")}
        own = comparison(values)
        folds = own.folds.copy()
        folds.loc[folds["model"] == "b", "error"] = "ValueError: no"
        summary = Comparison(folds, own.metrics).summary()
        assert "b failed in 10 of 10 folds of toy and is left out there." in (
            summary.caveats
        )
        assert " b (" not in summary.sentences[0]

    def test_several_metrics(self) -> None:
        own = comparison({("toy", m): 0.5 + noise(k) for k, m in enumerate("ab")})
        both = Comparison(
            own.folds.assign(macro_f1=own.folds["micro_f1"]), ("micro_f1", "macro_f1")
        )
        assert any("2 metrics were looked at" in t for t in both.summary().caveats)
        assert len(both.summary("macro_f1").sentences) == 1
        assert len(both.summary(["macro_f1"]).sentences) == 1
        with pytest.raises(UnknownNameError, match="Did you mean 'macro_f1'"):
            both.summary("macro_f2")


def test_as_text_and_html() -> None:
    values = {("<toy>", m): 0.5 + noise(k) for k, m in enumerate("ab")}
    summary = comparison(values).summary()
    text, html = str(summary), summary._repr_html_()
    assert text.startswith("Micro F1 on <toy>: ")
    assert "\n\nNote: " in text
    assert repr(summary) == text
    assert "&lt;toy&gt;" in html
    assert "<toy>" not in html


class TestOneModel:
    """What is said of any model, not only of the best."""

    @pytest.mark.parametrize(
        ("difference", "adjusted", "p_value", "equal", "expected"),
        [
            (0.1, 0.01, 0.01, 0.0, "better"),
            (-0.1, 0.01, 0.01, 0.0, "worse"),
            (0.1, 0.06, 0.04, 0.0, "hint"),
            (-0.1, 0.06, 0.04, 0.0, "hint of worse"),
            (0.1, 0.9, 0.3, 0.5, "open"),
            # A difference may be sure and still make none in practice.
            (0.001, 0.01, 0.01, 0.99, "equal"),
            (0.1, np.nan, np.nan, np.nan, "open"),
        ],
    )
    def test_verdict(
        self,
        difference: float,
        adjusted: float,
        p_value: float,
        equal: float,
        expected: str,
    ) -> None:
        pair = {"p_adjusted": adjusted, "p_value": p_value, "equal": equal}
        assert verdict(pair | {"difference": difference}, alpha=0.05) == expected

    def test_a_worse_one(self) -> None:
        base = 0.5 + noise(9, 0.05)
        made = comparison(
            {("toy", "low"): base, ("toy", "high"): base + 0.1 + noise(0)}
        )
        pairs = made.pairwise("micro_f1")
        text = verdict_words("low", pairs, rope=0.01, alpha=0.05)
        assert text.startswith("low is worse than high (-0.100, -0.1")

    def test_long_lists_are_counted(self) -> None:
        assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 others"
        # One more is named: "1 others" would take as long.
        assert listed(["a", "b", "c"], 2) == "a, b and c"
        assert listed(["a"], 2) == "a"

    def test_no_ranking(self) -> None:
        assert ranking_words(None) == "no two models have a value on two of them."
