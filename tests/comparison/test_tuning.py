"""Hyper-parameters that are chosen inside the training rows."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit import MultiLabelDataset
from mlkit.comparison import tuned
from mlkit.evaluation import make_scorer
from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.metrics import get_metric
from mlkit.models import BinaryRelevance, search
from mlkit.splitting import IterativeStratification

GRID = {"estimator__max_depth": [1, 2, 8]}


@pytest.fixture(scope="module")
def toy() -> MultiLabelDataset:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 4))
    noise = rng.normal(scale=0.5, size=(80, 3))
    return MultiLabelDataset(X, (X[:, :3] + noise > 0).astype(int), name="toy")


def test_a_name_brings_its_grid() -> None:
    found = tuned("cc-svm", "micro_f1", n_jobs=2)
    assert isinstance(found, GridSearchCV)
    assert found.param_grid == search("cc-svm")
    assert found.estimator.steps[-1][1].__class__.__name__ == "ClassifierChain"
    assert found.n_jobs == 2


def test_it_is_the_search_of_scikit_learn(toy: MultiLabelDataset) -> None:
    model = BinaryRelevance(DecisionTreeClassifier(random_state=0))
    ours = tuned(model, "hamming_loss", grid=GRID).fit(*toy.as_xy())
    peer = GridSearchCV(
        model,
        GRID,
        scoring=make_scorer("hamming_loss"),
        cv=IterativeStratification(3, random_state=0),
    ).fit(*toy.as_xy())
    assert ours.best_params_ == peer.best_params_
    assert ours.best_score_ == peer.best_score_ < 0
    again = tuned(model, "hamming_loss", grid=GRID).fit(*toy.as_xy())
    assert again.best_score_ == ours.best_score_


def test_few_candidates_are_drawn_from_many() -> None:
    few = tuned("cc-svm", "micro_f1", n_candidates=5, random_state=3)
    assert isinstance(few, RandomizedSearchCV)
    assert (few.n_iter, few.random_state) == (5, 3)
    assert isinstance(tuned("cc-svm", "micro_f1", n_candidates=99), GridSearchCV)


def test_refusals() -> None:
    with pytest.raises(OptionError, match="values to try have to be given"):
        tuned(BinaryRelevance(), "micro_f1")
    with pytest.raises(UnknownNameError, match="Unknown metric"):
        tuned("br-lr", "micro_f3")
    with pytest.raises(OptionError, match="n_candidates"):
        tuned("br-lr", "micro_f1", n_candidates=0)


class TestInComparisons:
    def test_the_choice_is_that_of_the_training_rows(
        self, toy: MultiLabelDataset
    ) -> None:
        model = tuned(
            BinaryRelevance(DecisionTreeClassifier(random_state=0)),
            "micro_f1",
            grid=GRID,
        )
        cv = KFold(4, shuffle=True, random_state=0)
        result = mlkit.compare(toy, {"tree": model}, "micro_f1", cv=cv)
        X, Y = toy.as_xy()
        metric = get_metric("micro_f1")
        for (train, test), row in zip(
            cv.split(X), result.folds.itertuples(), strict=True
        ):
            alone = clone(model).fit(X[train], Y.iloc[train])
            assert json.loads(row.params) == alone.best_params_
            expected = metric(Y.iloc[test], alone.predict(X[test]))
            assert row.micro_f1 == pytest.approx(expected)

    def test_models_of_the_catalog(self, toy: MultiLabelDataset) -> None:
        names = ["br-tree", "baseline-set"]
        result = mlkit.compare(toy, names, "micro_f1", cv=2, tune="micro_f1")
        assert result.settings["tune"] == "micro_f1"
        chosen = result.folds.groupby("model")["params"].agg(list)
        assert chosen["baseline-set"] == ["", ""]
        assert all(
            json.loads(text).keys() == search("br-tree").keys()
            for text in chosen["br-tree"]
        )

    def test_labels_may_be_unknown(self, toy: MultiLabelDataset) -> None:
        Y = toy.Y.to_numpy(dtype=float, copy=True)
        Y[::7, 1] = np.nan
        result = mlkit.compare(
            toy.replace(Y=Y), ["br-lr"], "micro_f1", cv=2, tune="micro_f1"
        )
        assert result.failures().empty
        assert result.folds["micro_f1"].min() > 0.6

    def test_ones_own_estimators_are_not_tuned_unasked(
        self, toy: MultiLabelDataset
    ) -> None:
        with pytest.raises(OptionError, match="models that come by name"):
            mlkit.compare(toy, {"mine": BinaryRelevance()}, tune="micro_f1")

    def test_without_tuning_nothing_is_chosen(self, toy: MultiLabelDataset) -> None:
        model = {"lr": BinaryRelevance(LogisticRegression())}
        result = mlkit.compare(toy, model, "micro_f1", cv=2)
        assert result.folds["params"].tolist() == ["", ""]
