"""Pairs of models and ranks over datasets: the numbers are those of the tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from mlkit.comparison import Comparison
from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.statistics import (
    bayesian_correlated_t_test,
    corrected_t_test,
    friedman_test,
    holm,
    nemenyi_critical_difference,
    wilcoxon_holm,
)

from .by_hand import comparison

MODELS = ("a", "b", "c")


@pytest.fixture
def values() -> dict[tuple[str, str], Any]:
    rng = np.random.default_rng(0)
    return {
        (f"d{d}", model): (0.5 + 0.05 * k + rng.normal(scale=0.03, size=5)).round(3)
        for d in range(8)
        for k, model in enumerate(MODELS)
    }


class TestPairs:
    def test_the_numbers_are_those_of_the_tests(self, values: Any) -> None:
        table = comparison(values).pairwise("micro_f1", dataset="d1", rope=0.02)
        assert table[["first", "second"]].to_numpy().tolist() == [
            ["a", "b"],
            ["a", "c"],
            ["b", "c"],
        ]
        sizes = {"n_train": 90 + np.arange(5), "n_test": 10 - np.arange(5)}
        p_values = []
        for row in table.itertuples():
            gap = values["d1", row.first] - values["d1", row.second]
            test = corrected_t_test(gap, **sizes)
            posterior = bayesian_correlated_t_test(gap, rope=0.02, **sizes)
            assert_allclose(
                [row.difference, row.low, row.high, row.p_value, row.effect_size],
                [test.mean, test.low, test.high, test.p_value, test.effect_size],
            )
            assert_allclose(
                [row.worse, row.equal, row.better],
                [posterior.worse, posterior.equal, posterior.better],
            )
            p_values.append(test.p_value)
        assert_allclose(table["p_adjusted"], holm(p_values))

    def test_a_loss_is_better_where_it_is_lower(self, values: Any) -> None:
        score = comparison(values).pairwise("micro_f1")
        loss = comparison(values, ("hamming_loss",)).pairwise("hamming_loss")
        assert_allclose(loss["difference"], -score["difference"])
        assert_allclose(loss["better"], score["worse"])
        assert_allclose(loss["p_value"], score["p_value"])

    def test_all_datasets_by_default_each_adjusted_alone(self, values: Any) -> None:
        own = comparison(values)
        table = own.pairwise("micro_f1")
        assert table["dataset"].unique().tolist() == list(own.datasets)
        alone = own.pairwise("micro_f1", dataset="d3")
        together = table[table["dataset"] == "d3"].reset_index(drop=True)
        pd.testing.assert_frame_equal(together, alone)

    def test_one_fold_has_a_difference_and_no_test(self) -> None:
        table = comparison({("d", "a"): [0.5], ("d", "b"): [0.7]}).pairwise("micro_f1")
        assert table["difference"].tolist() == pytest.approx([-0.2])
        assert table[["low", "p_value", "p_adjusted", "equal"]].isna().all(axis=None)

    def test_models_that_failed_or_have_no_value_are_left_out(
        self, values: Any
    ) -> None:
        own = comparison(values)
        folds = own.folds.copy()
        rows = folds["dataset"] == "d1"
        folds.loc[rows & (folds["model"] == "a") & (folds["fold"] == 2), "error"] = "E"
        table = Comparison(folds, own.metrics).pairwise("micro_f1", dataset="d1")
        assert table[["first", "second"]].to_numpy().tolist() == [["b", "c"]]
        folds.loc[rows & (folds["model"] == "b"), "micro_f1"] = np.nan
        table = Comparison(folds, own.metrics).pairwise("micro_f1", dataset="d1")
        assert table.empty
        assert "p_adjusted" in table

    def test_a_fold_without_a_value_is_left_out_for_all(self, values: Any) -> None:
        own = comparison(values)
        folds = own.folds.copy()
        hit = (folds["dataset"] == "d1") & (folds["fold"] == 2)
        folds.loc[hit & (folds["model"] == "a"), "micro_f1"] = np.nan
        table = Comparison(folds, own.metrics).pairwise("micro_f1", dataset="d1")
        assert table["n_folds"].tolist() == [4] * 3

    def test_refusals(self, values: Any) -> None:
        own = comparison(values)
        with pytest.raises(UnknownNameError, match="Unknown metric of this comparison"):
            own.pairwise("macro_f1")
        with pytest.raises(UnknownNameError, match="Unknown dataset of this"):
            own.pairwise("micro_f1", dataset="d9")
        with pytest.raises(OptionError, match="rope"):
            own.pairwise("micro_f1", rope=-1)
        with pytest.raises(OptionError, match="level"):
            own.pairwise("micro_f1", level=1)


class TestRanks:
    def test_the_numbers_are_those_of_the_tests(self, values: Any) -> None:
        ranking = comparison(values).ranks("micro_f1", alpha=0.1)
        assert ranking is not None
        means = pd.DataFrame(
            {m: [values[f"d{d}", m].mean() for d in range(8)] for m in MODELS}
        )
        test = friedman_test(means)
        assert ranking.test.f_p_value == pytest.approx(test.f_p_value)
        assert ranking.mean_ranks.index[0] == "c"
        assert sorted(ranking.mean_ranks) == sorted(test.mean_ranks)
        distance = nemenyi_critical_difference(3, 8, alpha=0.1)
        assert ranking.critical_difference == distance
        expected = wilcoxon_holm(means)["p_adjusted"]
        assert_allclose(ranking.pairs["p_adjusted"], expected)
        assert ranking.left_out == ()

    def test_losses(self, values: Any) -> None:
        ranking = comparison(values, ("hamming_loss",)).ranks("hamming_loss")
        assert ranking is not None
        assert ranking.mean_ranks.index[0] == "a"

    def test_a_model_without_a_value_somewhere_is_left_out(self, values: Any) -> None:
        own = comparison(values)
        folds = own.folds.copy()
        hit = (folds["dataset"] == "d1") & (folds["model"] == "b")
        hit &= folds["fold"] == 0
        folds.loc[hit, ["micro_f1", "error"]] = [np.nan, "ValueError: no"]
        ranking = Comparison(folds, own.metrics).ranks("micro_f1")
        assert ranking is not None
        assert ranking.left_out == ("b",)
        assert list(ranking.scores) == ["a", "c"]

    def test_none_where_there_is_nothing_to_rank(self, values: Any) -> None:
        one = {key: v for key, v in values.items() if key[0] == "d0"}
        assert comparison(one).ranks("micro_f1") is None
        single = {key: v for key, v in values.items() if key[1] == "a"}
        assert comparison(single).ranks("micro_f1") is None
