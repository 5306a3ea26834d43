"""Decisions that are tuned on out-of-fold probabilities."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import f1_score, hamming_loss
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    OptionError,
    ShapeError,
    UnknownNameError,
)
from mlkit.models import (
    BinaryRelevance,
    LabelPowerset,
    ThresholdedClassifier,
    make,
)
from mlkit.models.thresholded import _STRATEGIES
from mlkit.splitting import IterativeStratification
from mlkit.thresholds import (
    CardinalityCut,
    CostCut,
    ExpectedFCut,
    FixedCut,
    GlobalCut,
    MCut,
    PCut,
    RCut,
    RiskCut,
    SCut,
    best_thresholds,
    cut,
    limit_labels,
)

WITHOUT_FOLDS = ["fixed", "rcut", "mcut", "cost", "expected_f"]


class Memory(ClassifierMixin, BaseEstimator):
    """Is sure of the rows it has seen, and for others goes by the second feature."""

    def fit(self, X: Any, Y: Any) -> Memory:
        self.known_ = dict(zip(X[:, 0], Y, strict=True))
        self.n_labels_ = Y.shape[1]
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        guesses = np.tile(X[:, [1]], self.n_labels_)
        return np.array(
            [
                self.known_.get(row, guess)
                for row, guess in zip(X[:, 0], guesses, strict=True)
            ]
        )


class TooLate(BaseEstimator, ClassifierMixin):
    """A learner that should not have been asked."""

    def fit(self, X: Any, Y: Any) -> TooLate:
        msg = "too late"
        raise AssertionError(msg)

    def predict_proba(self, X: Any) -> np.ndarray:
        return np.zeros((len(X), 5))


class NoFolds(KFold):
    def split(self, *args: Any, **kwargs: Any) -> Any:
        msg = "no folds are wanted"
        raise AssertionError(msg)


def surplus(tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
    return tp - 2 * fp


@pytest.fixture(scope="module")
def rare() -> tuple[np.ndarray, np.ndarray]:
    """Three labels with shares of about 0.1, for which P seldom reaches 0.5."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1200, 3))
    return X, (X + 1.5 * rng.normal(size=X.shape) > 2.3).astype(int)


def out_of_fold(X: Any, Y: Any, n_folds: int = 5) -> np.ndarray:
    scores = np.empty(Y.shape)
    for train, test in IterativeStratification(n_folds, shuffle=False).split(X, Y):
        scores[test] = BinaryRelevance().fit(X[train], Y[train]).predict_proba(X[test])
    return scores


class TestTuning:
    def test_it_is_the_strategy_on_out_of_fold_scores(self, rare: Any) -> None:
        X, Y = rare
        limits = best_thresholds(Y, out_of_fold(X, Y), shrinkage=10.0)
        proba = BinaryRelevance().fit(X, Y).predict_proba(X)

        learner = ThresholdedClassifier().fit(X, Y)

        assert_array_equal(learner.thresholds_, limits)
        assert_array_equal(learner.predict(X), cut(proba, limits))
        assert_array_equal(learner.predict_proba(X), proba)

    @pytest.mark.parametrize("name", _STRATEGIES)
    def test_every_name_is_its_strategy(self, rare: Any, name: str) -> None:
        X, Y = rare
        by_hand = clone(_STRATEGIES[name]).fit(Y, out_of_fold(X, Y, 3))
        learner = ThresholdedClassifier(strategy=name, cv=3).fit(X, Y)
        expected = by_hand.decide(learner.predict_proba(X))
        assert_array_equal(learner.predict(X), expected)

    def test_names_stand_for_classes(self) -> None:
        kinds = {name: type(strategy) for name, strategy in _STRATEGIES.items()}
        assert kinds == {
            "fixed": FixedCut,
            "global": GlobalCut,
            "scut": SCut,
            "rcut": RCut,
            "pcut": PCut,
            "mcut": MCut,
            "cardinality": CardinalityCut,
            "cost": CostCut,
            "expected_f": ExpectedFCut,
            "risk": RiskCut,
        }

    def test_rows_found_again_do_not_set_the_threshold(self) -> None:
        rng = np.random.default_rng(1)
        guess = rng.uniform(0.0, 0.3, 200)
        X = np.column_stack([np.arange(200), guess])
        Y = (guess + rng.normal(0, 0.05, 200) > 0.2).astype(int)[:, np.newaxis]
        # On its own rows the learner says 0 or 1, and any cut between would do.
        own = best_thresholds(Y, Memory().fit(X, Y).predict_proba(X))
        assert own == 0.5

        learner = ThresholdedClassifier(Memory(), strategy=SCut()).fit(X, Y)

        assert_array_equal(learner.thresholds_, best_thresholds(Y, X[:, [1]]))
        assert learner.thresholds_ < 0.25

    def test_it_finds_what_half_would_miss(self, rare: Any) -> None:
        X, Y = rare
        train, test = slice(600), slice(600, None)
        plain = BinaryRelevance().fit(X[train], Y[train]).predict(X[test])
        tuned = ThresholdedClassifier().fit(X[train], Y[train]).predict(X[test])
        before, after = (
            f1_score(Y[test], predicted, average="macro", zero_division=0)
            for predicted in (plain, tuned)
        )
        assert after > before + 0.15

    def test_noise_looks_good_only_where_it_was_tuned(self) -> None:
        rng = np.random.default_rng(5)
        X, Y = rng.normal(size=(200, 10)), (rng.random((200, 8)) < 0.3).astype(int)
        learner = ThresholdedClassifier(strategy=SCut()).fit(X, Y)
        promised = f1_score(
            Y, cut(out_of_fold(X, Y), learner.thresholds_), average="macro"
        )
        X_new = rng.normal(size=(20_000, 10))
        Y_new = (rng.random((20_000, 8)) < 0.3).astype(int)
        kept = f1_score(Y_new, learner.predict(X_new), average="macro")
        # Nothing beats deciding for every row: precision 0.3, recall 1.
        assert kept < 2 * 0.3 / 1.3 + 0.005
        assert promised > kept + 0.01

    def test_folds_may_be_given(self, rare: Any) -> None:
        X, Y = rare
        scores = cross_val_predict(
            BinaryRelevance(), X, Y, cv=KFold(4), method="predict_proba"
        )
        learner = ThresholdedClassifier(strategy=SCut(), cv=KFold(4)).fit(X, Y)
        assert_allclose(learner.thresholds_, best_thresholds(Y, scores))

    def test_the_seed_shuffles_the_folds(self, rare: Any) -> None:
        one, again, other = (
            ThresholdedClassifier(random_state=seed).fit(*rare).thresholds_
            for seed in (1, 1, 2)
        )
        assert_array_equal(one, again)
        assert not np.array_equal(one, other)

    def test_a_fitted_learner_is_tuned_on_rows_kept_for_it(self, rare: Any) -> None:
        X, Y = rare
        fitted = BinaryRelevance().fit(X[:600], Y[:600])
        learner = ThresholdedClassifier(FrozenEstimator(fitted), strategy=SCut())
        learner.fit(X[600:], Y[600:])
        scores = fitted.predict_proba(X[600:])
        assert_array_equal(learner.thresholds_, best_thresholds(Y[600:], scores))
        assert_array_equal(learner.predict_proba(X), fitted.predict_proba(X))


class TestOptions:
    @pytest.mark.parametrize("name", ["scut", "global"])
    @pytest.mark.parametrize("metric", ["f2", "f0.5", surplus])
    def test_a_metric_goes_to_the_strategy(
        self, rare: Any, name: str, metric: Any
    ) -> None:
        learner = ThresholdedClassifier(strategy=name, metric=metric, cv=2).fit(*rare)
        assert learner.strategy_.metric is metric
        plain = ThresholdedClassifier(strategy=name, cv=2).fit(*rare)
        assert plain.strategy_.metric == "f1"
        assert not np.array_equal(plain.thresholds_, learner.thresholds_)
        assert _STRATEGIES[name].metric == "f1"

    def test_a_strategy_object_is_cloned(self, rare: Any) -> None:
        mine = SCut("f2", shrinkage=3.0)
        learner = ThresholdedClassifier(strategy=mine, cv=2).fit(*rare)
        assert learner.strategy_.get_params() == {"metric": "f2", "shrinkage": 3.0}
        assert not hasattr(mine, "thresholds_")

    def test_a_search_reaches_the_options(self, rare: Any) -> None:
        search = GridSearchCV(
            ThresholdedClassifier(strategy=FixedCut()),
            {"strategy__threshold": [0.2, 0.99]},
            scoring="f1_macro",
            cv=2,
        )
        assert search.fit(*rare).best_params_ == {"strategy__threshold": 0.2}

    @pytest.mark.parametrize("name", ["global", "cardinality", "fixed", "cost"])
    def test_one_threshold_is_told_for_each_label(self, rare: Any, name: str) -> None:
        learner = ThresholdedClassifier(strategy=name, cv=2).fit(*rare)
        assert learner.thresholds_.shape == (3,)
        assert_array_equal(learner.thresholds_, learner.strategy_.thresholds_)

    @pytest.mark.parametrize("name", ["rcut", "mcut", "expected_f"])
    def test_some_strategies_have_no_thresholds(self, rare: Any, name: str) -> None:
        learner = ThresholdedClassifier(strategy=name).fit(*rare)
        assert not hasattr(learner, "thresholds_")

    @pytest.mark.parametrize("name", WITHOUT_FOLDS)
    def test_no_fold_is_fitted_where_scores_teach_nothing(
        self, rare: Any, name: str
    ) -> None:
        X, Y = rare
        learner = ThresholdedClassifier(strategy=name, cv=NoFolds()).fit(X, Y)
        by_hand = clone(_STRATEGIES[name]).fit(Y, np.zeros(Y.shape))
        decided = by_hand.decide(learner.predict_proba(X))
        assert_array_equal(learner.predict(X), decided)

    @pytest.mark.parametrize("name", sorted(_STRATEGIES.keys() - WITHOUT_FOLDS))
    def test_the_others_ask_for_folds(self, rare: Any, name: str) -> None:
        with pytest.raises(AssertionError, match="no folds are wanted"):
            ThresholdedClassifier(strategy=name, cv=NoFolds()).fit(*rare)

    def test_a_strategy_of_another_kind_is_given_scores(self, rare: Any) -> None:
        class Highest(FixedCut):
            def _learn(self, Y: Any, truth: Any, scores: Any) -> None:
                self.thresholds_ = np.max(scores, axis=0)

        X, Y = rare
        learner = ThresholdedClassifier(strategy=Highest()).fit(X, Y)
        assert_array_equal(learner.thresholds_, out_of_fold(X, Y).max(axis=0))

    @pytest.mark.parametrize(
        ("options", "error", "match"),
        [
            ({"strategy": "s-cut"}, UnknownNameError, r"Did you mean 'scut'\? Known: "),
            ({"strategy": ["scut"]}, UnknownNameError, "Unknown threshold strategy"),
            ({"strategy": SCut}, UnknownNameError, "Unknown threshold strategy"),
            ({"metric": "f3"}, UnknownNameError, "Unknown metric 'f3'"),
            (
                {"strategy": "mcut", "metric": "f1"},
                OptionError,
                "metric='f1' was given, and strategy='mcut' maximises none.*'scut'",
            ),
            (
                {"strategy": SCut(), "metric": "f2"},
                OptionError,
                r"strategy is SCut\(\). Give it to the strategy itself",
            ),
            ({"strategy": SCut("f3")}, UnknownNameError, "Unknown metric 'f3'"),
            ({"strategy": SCut(shrinkage=-1.0)}, OptionError, "shrinkage must be"),
            ({"strategy": FixedCut([0.1, 0.2])}, ShapeError, "one number or 5"),
            ({"strategy": RCut(9)}, OptionError, r"k must be in \[0, 5\]"),
            ({"strategy": ExpectedFCut(np.pi)}, OptionError, "beta must be a ratio"),
            ({"min_labels": 6}, OptionError, r"min_labels must be in \[0, 5\]"),
            ({"min_labels": 2, "max_labels": 1}, OptionError, "max_labels must be"),
            ({"max_labels": 1.5}, TypeError, "max_labels must be an integer"),
        ],
    )
    def test_what_cannot_be_is_refused_before_any_fit(
        self, problem: Any, options: Any, error: Any, match: str
    ) -> None:
        with pytest.raises(error, match=match):
            ThresholdedClassifier(TooLate(), **options).fit(problem.X, problem.Y)

    def test_a_learner_without_probabilities(self, problem: Any) -> None:
        learner = ThresholdedClassifier(BinaryRelevance(LinearSVC()))
        with pytest.raises(AttributeError, match="ThresholdedClassifier has its prob"):
            learner.fit(problem.X, problem.Y)


class TestLimits:
    def test_off_by_default_and_in_the_repr(self) -> None:
        assert "labels" not in repr(ThresholdedClassifier())
        shown = repr(ThresholdedClassifier(min_labels=1, max_labels=3))
        assert shown == "ThresholdedClassifier(max_labels=3, min_labels=1)"

    def test_they_come_after_the_decision(self, rare: Any) -> None:
        X, Y = rare
        free = ThresholdedClassifier(strategy="global").fit(X, Y)
        bound = clone(free).set_params(min_labels=1, max_labels=1).fit(X, Y)
        assert_array_equal(bound.thresholds_, free.thresholds_)
        proba, decided = free.predict_proba(X), free.predict(X)
        assert set(decided.sum(axis=1)) == {0, 1, 2}
        expected = limit_labels(decided, proba, min_labels=1, max_labels=1)
        assert_array_equal(bound.predict(X), expected)
        assert_array_equal(bound.predict_proba(X), proba)

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_what_is_certain_goes_last(self) -> None:
        # A tree of pure leaves gives 0 to every label, the one that never was included.
        X, Y = np.arange(8.0)[:, np.newaxis], np.zeros((8, 4), dtype=int)
        Y[:4, 1:3] = 1
        Y[:, 3] = 1
        tree = BinaryRelevance(DecisionTreeClassifier())
        learner = ThresholdedClassifier(tree, strategy="fixed").fit(X, Y)
        assert_array_equal(learner.predict([[7.0]]), [[0, 0, 0, 1]])
        learner.set_params(min_labels=2)
        assert_array_equal(learner.predict([[7.0]]), [[0, 1, 0, 1]])
        learner.set_params(min_labels=0, max_labels=1)
        assert_array_equal(learner.predict([[0.0]]), [[0, 0, 0, 1]])


class TestLabels:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    @pytest.mark.parametrize(
        "strategy", [*_STRATEGIES, FixedCut(np.inf), FixedCut(-np.inf), RCut(0)]
    )
    def test_constant_labels_whatever_the_cut(
        self, rare: Any, strategy: Any, container: Any
    ) -> None:
        X, Y = rare[0], rare[1].copy()
        Y[:, 0], Y[:, 2] = 1, 0
        learner = ThresholdedClassifier(strategy=strategy, cv=2)
        with pytest.warns(ConstantLabelWarning) as caught:
            learner.fit(X, container(Y))
        assert len(caught) == 1
        predicted = learner.predict(X)
        predicted = predicted.toarray() if sp.issparse(predicted) else predicted
        assert_array_equal(predicted[:, [0, 2]], Y[:, [0, 2]])

    def test_a_single_positive_takes_no_row_along(self, rare: Any) -> None:
        X, Y = rare[0], rare[1].copy()
        Y[:, 1] = 0
        Y[np.argmin(X[:, 1]), 1] = 1
        # Scored 0 by a learner that never saw the label, so below all other rows.
        loose = ThresholdedClassifier(strategy=SCut()).fit(X, Y)
        assert loose.predict(X)[:, 1].all()
        drawn = ThresholdedClassifier().fit(X, Y)
        assert drawn.predict(X)[:, 1].sum() < 10

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_unknown_labels_are_left_out(self, rare: Any, container: Any) -> None:
        X, Y = rare[0], rare[1].astype(float)
        Y[::4, 0] = np.nan
        scores = np.empty(Y.shape)
        for train, test in KFold(3).split(X):
            learner = BinaryRelevance().fit(X[train], Y[train])
            scores[test] = learner.predict_proba(X[test])

        learner = ThresholdedClassifier(strategy=SCut(), cv=KFold(3))
        learner.fit(X, container(Y))

        assert_allclose(learner.thresholds_, best_thresholds(Y, scores))

    def test_a_learner_without_a_use_for_unknown_labels(self, rare: Any) -> None:
        Y = rare[1].astype(float)
        Y[0, 0] = np.nan
        with pytest.raises(MissingLabelsError, match="LabelPowerset cannot learn"):
            ThresholdedClassifier(LabelPowerset()).fit(rare[0], Y)

    def test_containers_and_names(self, rare: Any) -> None:
        X, Y = rare
        plain = ThresholdedClassifier().fit(X, Y)
        named = ThresholdedClassifier().fit(X, pd.DataFrame(Y, columns=list("abc")))
        sparse = ThresholdedClassifier().fit(sp.csr_array(X), sp.csr_array(Y))
        assert list(named.predict(X).columns) == ["a", "b", "c"]
        assert_array_equal(named.predict(X), plain.predict(X))
        assert isinstance(sparse.predict(sp.csr_array(X)), sp.csr_array)
        assert_allclose(sparse.thresholds_, plain.thresholds_, atol=1e-3)

    def test_scores_of_another_number_of_labels(self, rare: Any) -> None:
        X, Y = rare
        learner = ThresholdedClassifier(cv=2).fit(X, Y)
        with pytest.raises(ShapeError, match="has 2 labels, and fit saw 3"):
            learner.strategy_.decide(np.zeros((1, 2)))

    def test_weights_reach_the_learner_and_not_the_strategy(self, rare: Any) -> None:
        X, Y = rare
        weights = np.where(Y[:, 0] == 1, 9.0, 1.0)
        scores = np.empty(Y.shape)
        for train, test in IterativeStratification(5, shuffle=False).split(X, Y):
            learner = BinaryRelevance()
            learner.fit(X[train], Y[train], sample_weight=weights[train])
            scores[test] = learner.predict_proba(X[test])

        learner = ThresholdedClassifier(strategy=SCut())
        learner.fit(X, Y, sample_weight=weights)

        assert_array_equal(learner.thresholds_, best_thresholds(Y, scores))
        assert learner.thresholds_[0] > 2 * learner.thresholds_[1]


class TestVectorOfClasses:
    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_the_most_probable_class_without_folds(
        self, rare: Any, n_classes: int
    ) -> None:
        X = rare[0]
        y = np.array(["sea", "sky", "land"])[np.digitize(X[:, 0], [0, 1])][:, None]
        y = y.ravel() if n_classes == 3 else np.where(y == "land", "sea", y).ravel()
        learner = ThresholdedClassifier(cv=NoFolds(), min_labels=1).fit(X, y)
        plain = BinaryRelevance().fit(X, y)
        assert_array_equal(learner.predict(X), plain.predict(X))
        assert_allclose(learner.predict_proba(X), plain.predict_proba(X))
        assert not hasattr(learner, "strategy_")
        assert not hasattr(learner, "thresholds_")

    def test_a_second_fit_forgets_the_strategy(self, rare: Any) -> None:
        X, Y = rare
        learner = ThresholdedClassifier(cv=2).fit(X, Y).fit(X, Y[:, 0])
        plain = BinaryRelevance().fit(X, Y[:, 0])
        assert not hasattr(learner, "strategy_")
        assert_array_equal(learner.predict(X), plain.predict(X))

    def test_a_single_column_is_a_label(self, rare: Any) -> None:
        X, Y = rare
        assert ThresholdedClassifier(cv=2).fit(X, Y[:, [0]]).thresholds_.shape == (1,)


def test_it_survives_a_pickle(rare: Any) -> None:
    learner = ThresholdedClassifier(min_labels=1, cv=2).fit(*rare)
    copy = pickle.loads(pickle.dumps(learner))
    assert_array_equal(copy.predict(rare[0]), learner.predict(rare[0]))
    assert_array_equal(copy.thresholds_, learner.thresholds_)


def test_scikit_learns_own_multi_label_classifiers(rare: Any) -> None:
    X, Y = rare
    tree = DecisionTreeClassifier(max_depth=4, random_state=0)
    learner = ThresholdedClassifier(tree, cv=2).fit(X, Y)
    proba = learner.predict_proba(X)
    assert_array_equal(learner.predict(X), cut(proba, learner.thresholds_))


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_shrinkage_saves_the_rare_labels_of_medical() -> None:
    train, test = (mlkit.load("medical", part=part) for part in ("train", "test"))
    losses = {}
    for name, strategy in (("by name", "scut"), ("without", SCut())):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            learner = ThresholdedClassifier(make("br-lr"), strategy=strategy)
            predicted = learner.fit(*train.as_xy()).predict(test.X)
        losses[name] = hamming_loss(test.Y, predicted)
    assert losses["by name"] < 0.015
    assert losses["without"] > 0.1
