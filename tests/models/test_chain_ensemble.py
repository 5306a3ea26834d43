from __future__ import annotations

import pickle
import warnings
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import hamming_loss, label_ranking_loss
from sklearn.multioutput import ClassifierChain as ScikitLearnChain
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.datasets import load
from mlkit.exceptions import ConstantLabelWarning, MissingLabelsError, OptionError
from mlkit.models import (
    ClassifierChain,
    EnsembleOfClassifierChains,
    ThresholdedClassifier,
)

BASE = LogisticRegression(max_iter=1000)


class Rows(ClassifierMixin, BaseEstimator):
    """A base learner that notes the rows, by their first feature, and the weights."""

    seen: ClassVar[list[tuple[np.ndarray, Any]]] = []

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        Rows.seen.append((np.array(X[:, 0]), sample_weight))
        self.classes_ = np.unique(y)
        return self

    def predict(self, X: Any) -> np.ndarray:
        return np.zeros(X.shape[0], dtype=int)


@pytest.fixture
def rows_of() -> Any:
    """Fit an ensemble and return the rows (and weights) of each of its chains."""

    def fit(n_samples: int, weights: Any = None, **options: Any) -> list[Any]:
        Rows.seen.clear()
        ensemble = EnsembleOfClassifierChains(Rows(), random_state=0, **options)
        X = np.arange(n_samples)[:, np.newaxis]
        ensemble.fit(X, X % 2, sample_weight=weights)
        return list(Rows.seen)

    return fit


class TestVotes:
    """The mean over the chains."""

    def test_hard_votes_are_shares_of_the_chains(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(BASE, random_state=0)
        fitted.fit(problem.X, problem.Y)
        votes = [chain.predict(problem.X) for chain in fitted.estimators_]
        assert len(votes) == 10
        assert_allclose(fitted.predict_proba(problem.X), np.mean(votes, axis=0))
        assert_array_equal(
            fitted.predict(problem.X), (np.sum(votes, axis=0) > 5).astype(int)
        )

    def test_soft_votes_are_mean_probabilities(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(BASE, voting="soft", random_state=0)
        fitted.fit(problem.X, problem.Y)
        mean = np.mean([c.predict_proba(problem.X) for c in fitted.estimators_], axis=0)
        assert_allclose(fitted.predict_proba(problem.X), mean)
        assert_array_equal(fitted.predict(problem.X), (mean > 0.5).astype(int))

    def test_half_of_the_votes_is_not_enough(self) -> None:
        X, Y = [[0]] * 5, [[1], [1], [1], [0], [0]]
        # Bags with 2, 2, 4 and 4 positives of 5.
        fitted = EnsembleOfClassifierChains(
            DummyClassifier(), n_estimators=4, random_state=1
        ).fit(X, Y)
        assert fitted.predict_proba([[0]]).tolist() == [[0.5]]
        assert fitted.predict([[0]]).tolist() == [[0]]

    def test_voting_can_be_changed_after_fit(self, problem: Any) -> None:
        hard = EnsembleOfClassifierChains(BASE, random_state=0)
        soft = clone(hard).set_params(voting="soft").fit(problem.X, problem.Y)
        hard.fit(problem.X, problem.Y).set_params(voting="soft")
        assert_array_equal(hard.predict_proba(problem.X), soft.predict_proba(problem.X))

    def test_what_was_set_after_fit_is_checked(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(LinearSVC(random_state=0))
        fitted.fit(problem.X, problem.Y)
        with pytest.raises(OptionError, match="voting must be one of"):
            fitted.set_params(voting="any").predict(problem.X)
        with pytest.raises(AttributeError, match="Take voting='hard'"):
            fitted.set_params(voting="soft").predict(problem.X)

    def test_one_chain_in_all_is_that_chain(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(BASE, n_estimators=1, voting="soft")
        fitted.fit(problem.X, problem.Y)
        (chain,) = fitted.estimators_
        assert_array_equal(
            fitted.predict_proba(problem.X), chain.predict_proba(problem.X)
        )

    def test_cut_by_cardinality_as_in_the_paper(self, problem: Any) -> None:
        ensemble = EnsembleOfClassifierChains(BASE, random_state=0)
        tuned = ThresholdedClassifier(ensemble, strategy="cardinality", cv=3)
        tuned.fit(problem.X, problem.Y)
        predicted = tuned.predict(problem.X).sum(axis=1).mean()
        assert abs(predicted - problem.Y.sum(axis=1).mean()) < 0.5


class TestChains:
    """What each chain is."""

    def test_orders_differ_and_are_permutations(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(BASE, random_state=0)
        fitted.fit(problem.X, problem.Y)
        orders = {tuple(chain.order_.tolist()) for chain in fitted.estimators_}
        assert len(orders) >= 9
        assert all(sorted(order) == [0, 1, 2, 3, 4] for order in orders)

    def test_without_bags_they_are_chains_on_all_rows(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(BASE, bootstrap=False, random_state=0)
        fitted.fit(problem.X, problem.Y)
        for chain in fitted.estimators_:
            peer = ScikitLearnChain(BASE, order=chain.order_).fit(problem.X, problem.Y)
            assert_allclose(
                chain.predict_proba(problem.X), peer.predict_proba(problem.X)
            )

    def test_bootstrap_samples(self, rows_of: Any) -> None:
        bags = rows_of(100, n_estimators=20)
        assert all(len(rows) == 100 for rows, _ in bags)
        # A row is in a bag with probability 1 - 1 / e.
        distinct = np.mean([len(np.unique(rows)) for rows, _ in bags])
        assert distinct == pytest.approx(63.2, abs=3)

    @pytest.mark.parametrize(("max_samples", "size"), [(0.67, 67), (12, 12), (1, 1)])
    def test_subsamples(self, rows_of: Any, max_samples: Any, size: int) -> None:
        # One row of one value is constant, and learned without the base learner.
        bags = rows_of(100, bootstrap=False, max_samples=max_samples)
        assert len(bags) == (0 if size == 1 else 10)
        assert all(len(np.unique(rows)) == len(rows) == size for rows, _ in bags)
        assert len({rows.tobytes() for rows, _ in bags}) == len(bags)

    def test_a_share_of_less_than_a_row_is_one_row(self) -> None:
        fitted = EnsembleOfClassifierChains(BASE, max_samples=0.1).fit(
            [[0], [1]], [0, 1]
        )
        assert all(
            isinstance(c.estimators_[0], DummyClassifier) for c in fitted.estimators_
        )

    def test_weights_follow_their_rows(self, rows_of: Any) -> None:
        for rows, weights in rows_of(30, weights=np.arange(30) / 2 + 1):
            assert_allclose(weights, rows / 2 + 1)
        plain = [rows for rows, _ in rows_of(30)]
        drawn = [rows for rows, _ in rows_of(30, weights=np.arange(30))]
        assert_array_equal(plain, drawn)

    def test_chains_can_be_asked_one_by_one(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(BASE, random_state=0)
        fitted.fit(problem.X, pd.DataFrame(problem.Y, columns=list("abcde")))
        chain = fitted.estimators_[0]
        assert isinstance(chain, ClassifierChain)
        assert chain.score(problem.X, problem.Y) > 0.2


class TestRandomness:
    @pytest.mark.parametrize("voting", ["hard", "soft"])
    def test_any_number_of_jobs_gives_the_same(self, problem: Any, voting: str) -> None:
        tree = DecisionTreeClassifier(max_depth=3, max_features=2)
        answers = []
        for n_jobs in (1, 2):
            fitted = EnsembleOfClassifierChains(
                tree, n_estimators=4, voting=voting, n_jobs=n_jobs, random_state=3
            ).fit(problem.X, problem.Y)
            answers.append(fitted.predict_proba(problem.X))
        assert_array_equal(answers[0], answers[1])

    def test_each_chain_seeds_its_base_learners(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(
            RandomForestClassifier(2), n_estimators=3, random_state=0
        ).fit(problem.X, problem.Y)
        seeds = {e.random_state for c in fitted.estimators_ for e in c.estimators_}
        assert len(seeds) == 3 * 5

    def test_without_a_seed_those_of_the_base_learner_stay(self, problem: Any) -> None:
        forest = RandomForestClassifier(2, random_state=7)
        fitted = EnsembleOfClassifierChains(forest, n_estimators=2)
        fitted.fit(problem.X, problem.Y)
        seeds = {e.random_state for c in fitted.estimators_ for e in c.estimators_}
        assert seeds == {7}

    def test_more_chains_begin_with_the_same(self, problem: Any) -> None:
        few, many = (
            EnsembleOfClassifierChains(BASE, n_estimators=n, random_state=0)
            .fit(problem.X, problem.Y)
            .estimators_
            for n in (2, 5)
        )
        for one, two in zip(few, many, strict=False):
            assert_array_equal(one.predict(problem.X), two.predict(problem.X))

    def test_pickle_and_back(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(BASE, random_state=0)
        fitted.fit(problem.X, problem.Y)
        copy = pickle.loads(pickle.dumps(fitted))
        assert_array_equal(copy.predict(problem.X), fitted.predict(problem.X))


class TestConstantLabels:
    def test_constants_of_a_bag_vote_without_a_warning(self) -> None:
        rng = np.random.default_rng(0)
        X = rng.normal(size=(60, 3))
        Y = (X > 0).astype(int)
        Y[:, 1] = 0
        Y[7, 1] = 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fitted = EnsembleOfClassifierChains(
                DecisionTreeClassifier(), n_estimators=40, random_state=0
            ).fit(X, Y)
        without = [
            isinstance(chain.estimators_[list(chain.order_).index(1)], DummyClassifier)
            for chain in fitted.estimators_
        ]
        # One row is missing in a bag with probability 1 / e.
        assert np.mean(without) == pytest.approx(0.37, abs=0.2)
        assert_allclose(fitted.predict_proba(X[[7]])[0, 1], 1 - np.mean(without))

    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_constants_of_all_rows_warn_once(self, problem: Any, n_jobs: int) -> None:
        Y = problem.Y.copy()
        Y[:, 1], Y[:, 3] = 0, 1
        ensemble = EnsembleOfClassifierChains(BASE, n_estimators=4, n_jobs=n_jobs)
        with pytest.warns(ConstantLabelWarning, match="2 of 5 labels") as caught:
            ensemble.fit(problem.X, Y)
        assert len(caught) == 1
        assert_array_equal(ensemble.predict(problem.X)[:, [1, 3]], Y[:, [1, 3]])


class TestBaseLearners:
    def test_hard_votes_need_no_probabilities(self, problem: Any) -> None:
        fitted = EnsembleOfClassifierChains(LinearSVC(random_state=0), random_state=0)
        fitted.fit(problem.X, problem.Y)
        votes = fitted.predict_proba(problem.X) * 10
        assert_allclose(votes, votes.round())
        assert fitted.score(problem.X, problem.Y) > 0.2

    def test_soft_votes_do(self, problem: Any) -> None:
        ensemble = EnsembleOfClassifierChains(LinearSVC(), voting="soft")
        match = "LinearSVC has no predict_proba. Take voting='hard', or a base learner"
        with pytest.raises(AttributeError, match=match):
            ensemble.fit(problem.X, problem.Y)
        assert not hasattr(ensemble, "predict_proba")

    def test_weights_that_the_base_does_not_take(self, problem: Any) -> None:
        ensemble = EnsembleOfClassifierChains(KNeighborsClassifier())
        with pytest.raises(TypeError, match="KNeighborsClassifier takes none"):
            ensemble.fit(problem.X, problem.Y, sample_weight=np.ones(90))

    def test_sparse_features_stay_sparse(self, problem: Any) -> None:
        class OnlySparse(LogisticRegression):
            def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
                assert isinstance(X, sp.csr_array)
                return super().fit(X, y, sample_weight)

        X = sp.random_array((90, 40), density=0.1, format="csr", rng=0)
        fitted = EnsembleOfClassifierChains(OnlySparse(), n_estimators=2)
        predicted = fitted.fit(X, sp.csr_array(problem.Y)).predict(X)
        assert isinstance(predicted, sp.csr_array)

    def test_a_vector_of_classes(self, problem: Any) -> None:
        y = np.array(["lo", "mid", "hi"])[np.digitize(problem.X[:, 0], [-0.5, 0.5])]
        for base in (BASE, LinearSVC(random_state=0)):
            fitted = EnsembleOfClassifierChains(base, random_state=0)
            assert fitted.fit(problem.X, y).score(problem.X, y) > 0.7
            assert_allclose(fitted.predict_proba(problem.X).sum(axis=1), 1)


class TestBadOptions:
    @pytest.mark.parametrize(
        ("option", "value", "error", "message"),
        [
            ("n_estimators", 0, ValueError, "n_estimators must be at least 1, got 0"),
            ("n_estimators", 2.0, TypeError, "n_estimators must be an integer"),
            ("max_samples", 0.0, OptionError, r"a share in \(0, 1\] or a number"),
            ("max_samples", 1.2, OptionError, r"must be in \[0, 1\], got 1.2"),
            ("max_samples", 0, OptionError, r"must be in \[1, 90\], got 0"),
            ("max_samples", 91, OptionError, r"must be in \[1, 90\], got 91"),
            ("max_samples", True, TypeError, "max_samples must be an integer"),
            ("max_samples", "all", TypeError, "max_samples must be a number"),
            ("voting", "any", OptionError, "voting must be one of 'hard', 'soft'"),
        ],
    )
    def test_refused(
        self, problem: Any, option: str, value: Any, error: Any, message: str
    ) -> None:
        ensemble = EnsembleOfClassifierChains(BASE).set_params(**{option: value})
        with pytest.raises(error, match=message):
            ensemble.fit(problem.X, problem.Y)

    def test_unknown_labels(self, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[3, 2] = np.nan
        with pytest.raises(
            MissingLabelsError, match="EnsembleOfClassifierChains cannot"
        ):
            EnsembleOfClassifierChains(BASE).fit(problem.X, Y)


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_an_ensemble_has_less_hamming_loss_than_its_chains_on_average() -> None:
    X, Y = load("emotions", "train").as_xy()
    X_test, Y_test = load("emotions", "test").as_xy()
    scaler = StandardScaler().fit(X)
    X, X_test = scaler.transform(X), scaler.transform(X_test)
    hard = EnsembleOfClassifierChains(BASE, n_estimators=30, random_state=0).fit(X, Y)
    alone = [hamming_loss(Y_test, c.predict(X_test)) for c in hard.estimators_]
    assert hamming_loss(Y_test, hard.predict(X_test)) < np.mean(alone)
    # Means of probabilities rank labels that have the same number of votes.
    by_votes = label_ranking_loss(Y_test, hard.predict_proba(X_test))
    soft = hard.set_params(voting="soft").predict_proba(X_test)
    assert label_ranking_loss(Y_test, soft) < by_votes
