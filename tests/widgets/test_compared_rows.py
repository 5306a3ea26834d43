"""Views with one row a model: what they show, and their words."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.widgets.compared_rows import show_differences, show_scores
from mlkit.widgets.compared_tables import ALL_DATASETS, ComparedTables

from .compared import comparison


@pytest.fixture
def tables():
    return ComparedTables(comparison())


@pytest.fixture
def failing():
    return ComparedTables(comparison(failing=("d0", "m1")))


def _names(shown):
    return [row.name for row in shown.content]


def _words(shown):
    return [row.words for row in shown.content]


class TestScores:
    def test_rows(self, tables):
        shown = show_scores(tables, "micro_f1", "d0", "m0", 0.01)
        folds = tables.comparison.folds
        assert _names(shown) == ["m2", "m1", "m0"]
        assert [row.place for row in shown.content] == [2, 1, 0]
        own = folds[(folds["dataset"] == "d0") & (folds["model"] == "m2")]["micro_f1"]
        first = shown.content[0]
        assert list(first.values) == own.tolist()
        assert first.center == pytest.approx(own.mean())
        assert first.low < first.center < first.high
        assert first.words.startswith(f"{own.mean():.3f} (")

    def test_the_dashed_line_is_the_reference(self, tables):
        shown = show_scores(tables, "micro_f1", "d0", "m0", 0.01)
        assert shown.options["line"] == shown.content[-1].center
        assert shown.options["xlabel"] == "Micro F1 (higher is better)"

    def test_the_words_are_about_the_best_and_the_reference(self, tables):
        said = show_scores(tables, "micro_f1", "d0", "m0", 0.01).sentence
        assert said.startswith("Micro F1 on d0, higher is better: the best mean of 5 ")
        assert "m2 is better than m0 (+0.0" in said
        # Where the reference is the best one, about the next.
        said = show_scores(tables, "micro_f1", "d0", "m2", 0.01).sentence
        assert "m2 is better than m1 (+0.0" in said

    def test_they_are_those_of_the_summary(self, tables):
        said = show_scores(tables, "micro_f1", "d0", "m0", 0.01).sentence
        summary = str(tables.comparison.summary("micro_f1"))
        interval = said.partition("m2 is better than m0 ")[2].partition(")")[0]
        assert f"m0 {interval})" in summary

    def test_a_loss(self, tables):
        shown = show_scores(tables, "hamming_loss", "d0", "m0", 0.001)
        assert _names(shown) == ["m2", "m1", "m0"]
        assert "lower is better" in shown.sentence
        # Positive speaks for the first, as everywhere.
        assert "m2 is better than m0 (+0.0" in shown.sentence

    def test_failed_folds(self, failing):
        shown = show_scores(failing, "micro_f1", "d0", "m1", 0.01)
        assert _words(shown)[-1] == "failed in 1 of 5 folds"
        assert np.isnan(shown.options["line"])
        assert "Failed and left out: m1 (1 of 5 folds of d0)." in shown.sentence

    def test_one_split(self):
        tables = ComparedTables(comparison(n_folds=1))
        shown = show_scores(tables, "micro_f1", "d0", "m0", 0.01)
        assert "One split does not tell whether that is chance." in shown.sentence
        assert "interval" not in shown.options["caption"]
        assert _words(shown)[0] == f"{shown.content[0].center:.3f}"

    def test_one_model(self):
        tables = ComparedTables(comparison(n_models=1))
        said = show_scores(tables, "micro_f1", "d0", "m0", 0.01).sentence
        assert said.endswith("There is nothing to compare it with.")

    def test_no_value_at_all(self):
        made = comparison()
        made.folds["micro_f1"] = np.nan
        shown = show_scores(ComparedTables(made), "micro_f1", "d0", "m0", 0.01)
        assert _words(shown) == ["has no value"] * 3
        assert shown.sentence.endswith("no model has a value.")

    def test_all_datasets_are_ranks(self, failing):
        shown = show_scores(failing, "micro_f1", ALL_DATASETS, "m0", 0.01)
        assert _names(shown) == ["m2", "m0", "m1"]
        assert [list(row.values) for row in shown.content] == [[1, 1], [2, 2], []]
        assert _words(shown)[1:] == ["mean rank 2.00", "not on every dataset"]
        assert "the best mean rank is that of m2, 1.00 of 2; it is first on 2." in (
            shown.sentence
        )
        assert "That of m0 is 2.00." in shown.sentence

    def test_many_models(self):
        tables = ComparedTables(comparison(n_models=40))
        shown = show_scores(tables, "micro_f1", "d0", "m0", 0.01)
        assert len(shown.content) == 30
        assert _names(shown)[-1] == "m0"
        assert "Drawn are 30 of 40 models" in shown.sentence


class TestDifferences:
    def test_rows(self, tables):
        shown = show_differences(tables, "micro_f1", "d0", "m1", 0.01)
        assert _names(shown) == ["m2", "m0"]
        wide = tables.values("micro_f1", "d0")
        ahead, behind = wide["m1"] - wide["m2"], wide["m1"] - wide["m0"]
        np.testing.assert_allclose(shown.content[0].values, ahead)
        np.testing.assert_allclose(shown.content[1].values, behind)
        assert shown.content[0].center == pytest.approx(ahead.mean())

    def test_verdicts_stand_beside(self, tables):
        shown = show_differences(tables, "micro_f1", "d0", "m1", 0.001)
        assert _words(shown)[0].endswith("  clearly behind")
        assert _words(shown)[0].startswith("\u22120.0")
        assert _words(shown)[1].endswith("  clearly ahead")
        assert [row.clear for row in shown.content] == [True, True]

    def test_the_rope_decides(self, tables):
        shown = show_differences(tables, "micro_f1", "d0", "m1", 0.08)
        assert all(words.endswith("equal in practice") for words in _words(shown))
        assert "It is equal in practice (within 0.08) to" in shown.sentence
        assert "±0.08" in shown.options["caption"]
        assert shown.options["rope"] == 0.08

    def test_words(self, tables):
        said = show_differences(tables, "micro_f1", "d0", "m1", 0.001).sentence
        assert said.startswith("Micro F1 on d0: the mean of m1 is 0.5")
        assert "m1 is better than m0 (+" in said
        assert "m1 is worse than m2 (-" in said

    def test_a_loss_is_turned(self, tables):
        shown = show_differences(tables, "hamming_loss", "d0", "m2", 0.001)
        assert all(row.center > 0 for row in shown.content)

    def test_others_that_failed(self, failing):
        shown = show_differences(failing, "micro_f1", "d0", "m0", 0.01)
        assert _names(shown) == ["m2", "m1"]
        assert _words(shown)[1] == "failed in 1 of 5 folds"
        assert "Failed and left out" in shown.sentence

    def test_a_reference_that_failed(self, failing):
        shown = show_differences(failing, "micro_f1", "d0", "m1", 0.01)
        assert shown.sentence == "Micro F1 on d0: m1 failed in 1 of 5 folds."
        assert shown.options["message"] == "m1 failed in 1 of 5 folds"
        assert np.isnan(shown.options["rope"])

    def test_one_split(self):
        tables = ComparedTables(comparison(n_folds=1))
        shown = show_differences(tables, "micro_f1", "d0", "m0", 0.01)
        assert "One split does not tell" in shown.sentence
        assert len(_words(shown)[0]) == len("−0.040")

    def test_many_models_are_named_in_part(self):
        tables = ComparedTables(comparison(n_models=40))
        shown = show_differences(tables, "micro_f1", "d0", "m39", 0.001)
        assert len(shown.content) == 30
        assert " others." in shown.sentence
        assert "Drawn are 30 of 40 models" in shown.sentence

    def test_all_datasets(self):
        tables = ComparedTables(comparison(n_datasets=6))
        shown = show_differences(tables, "micro_f1", ALL_DATASETS, "m1", 0.01)
        assert _names(shown) == ["m2", "m0"]
        assert len(shown.content[0].values) == 6
        # Six of six: the least p-value is 2 / 2^6, three times by Holm.
        assert _words(shown) == ["0 won, 6 lost, p = 0.094", "6 won, 0 lost, p = 0.094"]
        assert "m1 is ahead of m2 on 0 of 6 (median -0.0" in shown.sentence
        assert "adjusted by Holm" in shown.sentence

    def test_few_datasets_are_not_tested(self, tables):
        shown = show_differences(tables, "micro_f1", ALL_DATASETS, "m1", 0.01)
        assert _words(shown) == ["0 won, 2 lost", "2 won, 0 lost"]
        assert "2 datasets are too few to test that." in shown.sentence

    def test_a_reference_that_is_not_everywhere(self, failing):
        shown = show_differences(failing, "micro_f1", ALL_DATASETS, "m1", 0.01)
        assert shown.content == []
        assert shown.sentence.endswith("m1 has no value on some dataset.")
