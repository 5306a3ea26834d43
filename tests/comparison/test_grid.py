"""Folds, groups and weights: given once or by name, checked, and kept to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mlkit
from mlkit import MultiLabelDataset
from mlkit.comparison import tuned
from mlkit.exceptions import OptionError, ShapeError, SplitError
from mlkit.metrics import METRICS, Metric, blend, get_metric
from mlkit.models import BinaryRelevance, MLkNN


@pytest.fixture(scope="module")
def toy() -> MultiLabelDataset:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    noise = rng.normal(scale=0.5, size=(60, 3))
    return MultiLabelDataset(X, (X[:, :3] + noise > 0).astype(int), name="toy")


@pytest.fixture(scope="module")
def other(toy: MultiLabelDataset) -> MultiLabelDataset:
    return toy[:40].replace(name="other")


class Rows(ClassifierMixin, BaseEstimator):
    """Predicts nothing, and remembers on the class which rows it was fitted on."""

    seen: list[list[float]] = []  # noqa: RUF012 - shared on purpose

    def fit(self, X: Any, Y: Any, sample_weight: Any = None) -> Rows:
        Rows.seen.append(sorted(X[:, 0]))
        self.n_labels_ = Y.shape[1]
        return self

    def predict(self, X: Any) -> np.ndarray:
        return np.zeros((len(X), self.n_labels_), dtype=int)


class TestFolds:
    def test_positions_and_masks_may_be_given(self, toy: MultiLabelDataset) -> None:
        even = np.arange(60) % 2 == 0
        pairs = [(np.flatnonzero(even), np.flatnonzero(~even)), (~even, even)]
        Rows.seen.clear()
        result = mlkit.compare(toy, {"rows": Rows()}, "micro_f1", cv=pairs)
        X = toy.as_xy()[0]
        assert Rows.seen == [sorted(X[even, 0]), sorted(X[~even, 0])]
        assert result.folds["fold"].tolist() == [0, 1]
        assert result.folds["repeat"].tolist() == [0, 0]

    def test_each_dataset_may_have_its_own(
        self, toy: MultiLabelDataset, other: MultiLabelDataset
    ) -> None:
        cv = {"toy": 3, "other": [(range(20), range(20, 40))]}
        result = mlkit.compare([toy, other], {"rows": Rows()}, "micro_f1", cv=cv)
        counts = result.folds.groupby("dataset", sort=False).size()
        assert counts.to_dict() == {"toy": 3, "other": 1}

    @pytest.mark.parametrize(
        ("cv", "error", "match"),
        [
            ([], SplitError, "no .train, test. pairs"),
            ([(range(5), range(50, 61))], SplitError, "test rows .* from 0 to 59"),
            (
                [(range(-2, 5), range(6, 9))],
                SplitError,
                "training rows .* from 0 to 59",
            ),
            ([(range(5), [])], SplitError, "test rows .* at least one"),
            ([(range(5), [0.5])], SplitError, "test rows .* positions"),
            ([(range(5), range(4, 9))], SplitError, "1 of its own training .* row 4"),
            ([3], SplitError, "hold pairs"),
            ([range(3)], SplitError, "hold pairs"),
            (3.5, TypeError, "number of folds or an object"),
            (True, TypeError, "number of folds or an object"),
            ({"tax": 3}, OptionError, "cv names 'tax'; the datasets are 'toy'"),
            ({}, TypeError, "number of folds or an object"),
        ],
    )
    def test_refusals(
        self, toy: MultiLabelDataset, cv: Any, error: type, match: str
    ) -> None:
        with pytest.raises(error, match=match):
            mlkit.compare(toy, {"rows": Rows()}, "micro_f1", cv=cv)


class TestGroups:
    @pytest.mark.parametrize("cv", [3, GroupKFold(3)])
    def test_a_group_is_not_divided(self, toy: MultiLabelDataset, cv: Any) -> None:
        patients = np.arange(60) // 4
        Rows.seen.clear()
        result = mlkit.compare(
            toy, {"rows": Rows()}, "micro_f1", cv=cv, groups=patients
        )
        assert result.settings["grouped"]
        patient_of = dict(zip(toy.as_xy()[0][:, 0], patients, strict=True))
        for rows in Rows.seen:
            trained = pd.Series([patient_of[value] for value in rows])
            assert (trained.value_counts() == 4).all()

    def test_refusals(self, toy: MultiLabelDataset, other: MultiLabelDataset) -> None:
        with pytest.raises(ShapeError, match=r"groups of 'toy'.*60 in all.*\(59,\)"):
            mlkit.compare(toy, groups=np.zeros(59))
        with pytest.raises(OptionError, match="given once for 2 datasets.*'toy': "):
            mlkit.compare([toy, other], groups=np.zeros(60))
        with pytest.raises(OptionError, match="cv holds the rows"):
            mlkit.compare(toy, cv=[([0], [1])], groups=np.zeros(60))


class TestWeights:
    @pytest.mark.parametrize(
        "model",
        [
            BinaryRelevance(),
            make_pipeline(StandardScaler(), BinaryRelevance()),
            tuned(BinaryRelevance(), "micro_f1", grid={"estimator": [None]}),
        ],
        ids=["learner", "pipeline", "search"],
    )
    def test_a_row_of_weight_2_counts_as_two(
        self, toy: MultiLabelDataset, model: Any
    ) -> None:
        counts = np.random.default_rng(0).integers(1, 4, size=60)
        repeated = np.repeat(np.arange(60), counts)
        half = np.arange(60) < 30
        metrics = ["micro_f1", "subset_accuracy", "macro_f1", "ranking_loss"]
        weighted = mlkit.compare(
            toy, {"m": model}, metrics, cv=[(half, ~half)], sample_weight=counts
        )
        twice = mlkit.compare(
            toy[repeated], {"m": model}, metrics, cv=[(half[repeated], ~half[repeated])]
        )
        plain = mlkit.compare(toy, {"m": model}, metrics, cv=[(half, ~half)])
        assert weighted.settings["weighted"]
        for metric in metrics:
            expected = twice.folds[metric][0]
            # The pipeline's scaler takes no weights, and stands at other means.
            near = 1e-6 if len(getattr(model, "steps", [])) == 0 else 0.05
            assert weighted.folds[metric][0] == pytest.approx(expected, abs=near)
        assert (weighted.folds[metrics] != plain.folds[metrics]).any(axis=None)

    def test_by_name_and_for_some_datasets(
        self, toy: MultiLabelDataset, other: MultiLabelDataset
    ) -> None:
        weights = {"other": np.r_[np.ones(20), np.full(20, 3.0)]}
        model = {"lr": BinaryRelevance(LogisticRegression())}
        both = mlkit.compare([toy, other], model, cv=2, sample_weight=weights)
        alone = mlkit.compare(toy, model, cv=2)
        pd.testing.assert_frame_equal(
            both.frame.query("dataset == 'toy'").reset_index(drop=True), alone.frame
        )

    @pytest.mark.parametrize(
        ("weights", "error", "match"),
        [
            (
                np.ones(59),
                ShapeError,
                "sample_weight of 'toy' must hold one value a row",
            ),
            (np.full(60, -1.0), OptionError, "at least 0"),
            (np.full(60, np.nan), OptionError, "finite"),
            (np.zeros(60), OptionError, "not all 0"),
        ],
    )
    def test_refusals(
        self, toy: MultiLabelDataset, weights: Any, error: type, match: str
    ) -> None:
        with pytest.raises(error, match=match):
            mlkit.compare(toy, ["br-lr"], sample_weight=weights)

    def test_models_that_take_none_are_named(self, toy: MultiLabelDataset) -> None:
        models = {
            "knn": MLkNN(),
            "lr": BinaryRelevance(),
            "pipe": make_pipeline(StandardScaler(), KNeighborsClassifier()),
        }
        with pytest.raises(TypeError, match="take none in fit: 'knn', 'pipe'"):
            mlkit.compare(toy, models, sample_weight=np.ones(60))


class TestMetrics:
    def test_blends_and_metrics_of_ones_own(self, toy: MultiLabelDataset) -> None:
        mixed = blend({"micro_f1": 2, "hamming_loss": 1})
        own = Metric("hits", "Hits", _hits, "bipartition", True, "share of hits")
        parts = ["micro_f1", "hamming_loss"]
        result = mlkit.compare(toy, ["br-lr"], [*parts, mixed, own], cv=2)
        folds = result.folds
        expected = (2 * folds["micro_f1"] + 1 - folds["hamming_loss"]) / 3
        assert folds[mixed.name].to_numpy() == pytest.approx(expected.to_numpy())
        assert folds["hits"].to_numpy() == pytest.approx(1 - folds["hamming_loss"])
        assert "Hits ↑" in repr(result)
        assert result.metrics == (*parts, mixed.name, "hits")

    def test_two_of_one_name_are_refused(self, toy: MultiLabelDataset) -> None:
        own = Metric("micro_f1", "Mine", _hits, "bipartition", True, "hits")
        with pytest.raises(ValueError, match="two metrics are called 'micro_f1'"):
            mlkit.compare(toy, ["br-lr"], ["micro_f1", own])
        assert get_metric("micro_f1") is METRICS["micro_f1"]


def _hits(Y: Any, Y_pred: Any) -> float:
    return float((np.asarray(Y) == np.asarray(Y_pred)).mean())


def test_what_it_took_is_recorded(toy: MultiLabelDataset) -> None:
    result = mlkit.compare(toy, ["br-lr"], "micro_f1", cv=KFold(2))
    folds = result.folds
    assert (folds[["fit_seconds", "predict_seconds"]] > 0).all(axis=None)
    assert (folds["peak_memory"].isna() | folds["peak_memory"].ge(0)).all()
    about = result.settings
    assert about["datasets"]["toy"]["n_samples"] == 60
    assert len(about["datasets"]["toy"]["fingerprint"]) == 64
    assert about["versions"]["mlkit"] == mlkit.__version__
    assert about["cv"].startswith("KFold(n_splits=2")
