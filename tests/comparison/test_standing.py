"""Where models stand: the numbers are those of the tests, seen from one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mlkit.comparison.standing import (
    against_over_datasets,
    against_reference,
    mean_intervals,
    mean_seconds,
    ranks_by_dataset,
)
from mlkit.exceptions import UnknownNameError
from mlkit.statistics import corrected_t_test

from .by_hand import comparison


@pytest.fixture
def values() -> dict[tuple[str, str], Any]:
    rng = np.random.default_rng(0)
    return {
        (f"d{d}", model): (0.5 + 0.05 * k + rng.normal(scale=0.02, size=5)).round(3)
        for d in range(7)
        for k, model in enumerate(("a", "b", "c"))
    }


class TestMeans:
    def test_by_hand(self) -> None:
        made = comparison({("d", "m"): [0.5, 0.7]}, n_train=90, n_test=10)
        row = mean_intervals(made, "micro_f1", dataset="d").loc["m"]
        # t(1 degree) = 12.706; sd = 0.1414; error = sd * sqrt(1/2 + 1/9) = 0.1106.
        assert_allclose(row["mean"], 0.6)
        assert_allclose(
            [row["low"], row["high"]], [0.6 - 1.405, 0.6 + 1.405], atol=1e-3
        )
        assert (row["n_folds"], row["n_failed"]) == (2, 0)

    def test_as_the_test(self, values: Any) -> None:
        table = mean_intervals(comparison(values), "micro_f1", dataset="d1", level=0.8)
        sizes = {"n_train": np.arange(90, 95), "n_test": np.arange(10, 5, -1)}
        test = corrected_t_test(values["d1", "b"], level=0.8, **sizes)
        assert_allclose(table.loc["b", ["low", "high"]].tolist(), [test.low, test.high])
        assert table.index.tolist() == ["a", "b", "c"]

    def test_one_split_has_no_interval(self) -> None:
        made = comparison({("d", "m"): [0.5]})
        row = mean_intervals(made, "micro_f1", dataset="d").loc["m"]
        assert row["mean"] == 0.5
        assert np.isnan(row["low"])

    def test_a_failed_model_has_no_mean(self, values: Any) -> None:
        made = comparison(values)
        bad = (made.folds["model"] == "b") & (made.folds["fold"] == 2)
        made.folds.loc[bad, "error"] = "ValueError: no"
        made.folds.loc[bad, "micro_f1"] = np.nan
        table = mean_intervals(made, "micro_f1", dataset="d0")
        assert table["n_failed"].tolist() == [0, 1, 0]
        assert table["mean"].isna().tolist() == [False, True, False]

    def test_unknown_names(self, values: Any) -> None:
        with pytest.raises(UnknownNameError, match="dataset of this comparison"):
            mean_intervals(comparison(values), "micro_f1", dataset="d9")
        with pytest.raises(UnknownNameError, match="metric of this comparison"):
            mean_intervals(comparison(values), "micro_f2", dataset="d1")


class TestAgainst:
    def test_turned_pairs(self, values: Any) -> None:
        made = comparison(values)
        pairs = made.pairwise("micro_f1", dataset="d1", rope=0.02)
        seen = against_reference(made, "micro_f1", "c", dataset="d1", rope=0.02)
        assert seen["first"].tolist() == ["c", "c"]
        assert seen["second"].tolist() == ["a", "b"]
        given = pairs.set_index(["first", "second"])
        for other, row in zip(seen["second"], seen.to_dict("records"), strict=True):
            pair = given.loc[other, "c"]
            assert_allclose(row["difference"], -pair["difference"])
            assert_allclose([row["low"], row["high"]], [-pair["high"], -pair["low"]])
            assert_allclose(row["worse"], pair["better"])
            assert_allclose(row["effect_size"], -pair["effect_size"])
            assert_allclose(row["p_adjusted"], pair["p_adjusted"])

    def test_another_rope_on_given_pairs(self, values: Any) -> None:
        made = comparison(values)
        given = made.pairwise("micro_f1", dataset="d1", rope=0.001)
        before = given.copy()
        options = {"dataset": "d1", "rope": 0.05}
        quick = against_reference(made, "micro_f1", "b", pairs=given, **options)
        slow = against_reference(made, "micro_f1", "b", **options)
        assert quick.equals(slow)
        assert given.equals(before)

    def test_verdicts(self) -> None:
        rng = np.random.default_rng(1)
        base = 0.5 + rng.normal(scale=0.05, size=10)
        small = rng.normal(scale=0.001, size=10)
        made = comparison(
            {("d", "a"): base, ("d", "b"): base + small, ("d", "c"): base + 0.1 + small}
        )
        seen = against_reference(made, "micro_f1", "a", dataset="d")
        assert seen["verdict"].tolist() == ["equal", "worse"]
        seen = against_reference(made, "micro_f1", "c", dataset="d")
        assert seen["verdict"].tolist() == ["better", "better"]

    def test_one_split_says_nothing(self) -> None:
        made = comparison({("d", "a"): [0.5], ("d", "b"): [0.7]})
        seen = against_reference(made, "micro_f1", "b", dataset="d")
        assert_allclose(seen["difference"], [0.2])
        assert seen["p_value"].isna().all()
        assert seen["verdict"].tolist() == ["open"]

    def test_a_loss_is_turned(self, values: Any) -> None:
        made = comparison(values, metrics=("hamming_loss",))
        seen = against_reference(made, "hamming_loss", "a", dataset="d1")
        assert (seen["difference"] > 0).all()

    def test_unknown_model(self, values: Any) -> None:
        with pytest.raises(UnknownNameError, match="model of this comparison"):
            against_reference(comparison(values), "micro_f1", "x", dataset="d1")


class TestOverDatasets:
    def test_ranks(self, values: Any) -> None:
        ranking = comparison(values).ranks("micro_f1")
        assert ranking is not None
        assert ranks_by_dataset(ranking).to_numpy().tolist() == [[3.0, 2.0, 1.0]] * 7
        turned = ranks_by_dataset(ranking, greater_is_better=False)
        assert turned.to_numpy().tolist() == [[1.0, 2.0, 3.0]] * 7

    def test_differences(self, values: Any) -> None:
        ranking = comparison(values).ranks("micro_f1")
        assert ranking is not None
        differences, table = against_over_datasets(ranking, "b")
        expected = [
            np.mean(values[f"d{d}", "b"] - values[f"d{d}", "a"]) for d in range(7)
        ]
        assert_allclose(differences["a"], expected)
        assert table.index.tolist() == ["a", "c"]
        assert table["wins"].tolist() == [7, 0]
        assert table["loses"].tolist() == [0, 7]
        assert_allclose(
            table["median"], [np.median(expected), differences["c"].median()]
        )
        # The least p-value of seven datasets, 2 / 2^7, three times.
        assert_allclose(table["p_adjusted"], [3 / 64, 3 / 64])

    def test_losses(self, values: Any) -> None:
        ranking = comparison(values, metrics=("hamming_loss",)).ranks("hamming_loss")
        assert ranking is not None
        _, table = against_over_datasets(ranking, "b", greater_is_better=False)
        assert table["wins"].tolist() == [0, 7]

    def test_unknown_model(self, values: Any) -> None:
        ranking = comparison(values).ranks("micro_f1")
        assert ranking is not None
        with pytest.raises(UnknownNameError):
            against_over_datasets(ranking, "x")


class TestSeconds:
    def test_of_one_dataset_and_of_all(self, values: Any) -> None:
        made = comparison(values)
        assert mean_seconds(made, dataset="d1").to_dict() == {"a": 2, "b": 2, "c": 2}
        assert mean_seconds(made).to_dict() == {"a": 14, "b": 14, "c": 14}

    def test_a_failed_fold_was_quick_for_no_good_reason(self, values: Any) -> None:
        made = comparison(values)
        bad = (made.folds["model"] == "b") & (made.folds["dataset"] == "d3")
        made.folds.loc[bad, "error"] = "ValueError: no"
        assert mean_seconds(made, dataset="d1")["b"] == 2
        assert np.isnan(mean_seconds(made, dataset="d3")["b"])
        assert np.isnan(mean_seconds(made)["b"])

    def test_unknown_dataset(self, values: Any) -> None:
        with pytest.raises(UnknownNameError):
            mean_seconds(comparison(values), dataset="d9")
