from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import ConstantLabelWarning, MissingLabelsError, OptionError
from mlkit.models import BinaryRelevance, LabelPowerset, RAkELd, RAkELo

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]
BOTH = pytest.mark.parametrize("Learner", [RAkELd, RAkELo])


def drawn(learner: Any, n_labels: int, seed: int = 0) -> list[list[int]]:
    """The labelsets for so many labels, without learning much."""
    Y = np.tile([[0], [1]], n_labels)
    learner.set_params(estimator=DummyClassifier(), random_state=seed)
    return [labelset.tolist() for labelset in learner.fit([[0], [1]], Y).labelsets_]


class TestDraws:
    @given(st.integers(1, 12), st.integers(1, 14), st.integers(0, 99))
    @settings(max_examples=60, deadline=None)
    def test_disjoint(self, n_labels: int, size: int, seed: int) -> None:
        labelsets = drawn(RAkELd(labelset_size=size), n_labels, seed)
        assert sorted(sum(labelsets, [])) == list(range(n_labels))
        full, rest = divmod(n_labels, size)
        assert [len(s) for s in labelsets] == [size] * full + [rest] * (rest > 0)

    @given(
        st.integers(1, 12), st.integers(1, 14), st.integers(1, 30), st.integers(0, 99)
    )
    @settings(max_examples=60, deadline=None)
    def test_overlapping(self, n_labels: int, size: int, m: int, seed: int) -> None:
        learner = RAkELo(labelset_size=size, n_labelsets=m)
        labelsets = drawn(learner, n_labels, seed)
        k = min(size, n_labels)
        # A set in increasing order, and no set twice.
        assert all(sorted(set(s)) == s for s in labelsets)
        assert {len(s) for s in labelsets} == {k}
        assert len(set(map(tuple, labelsets))) == len(labelsets)
        wanted = min(m, comb(n_labels, k))
        assert len(labelsets) >= wanted
        # More only for labels that those drawn at random do not have.
        left = set(range(n_labels)) - {j for s in labelsets[:wanted] for j in s}
        assert len(labelsets) == wanted + -(-len(left) // k)
        assert {j for s in labelsets for j in s} == set(range(n_labels))

    def test_twice_as_many_as_labels_by_default(self) -> None:
        assert len(drawn(RAkELo(), 14)) == 28
        # Four labels have four triples, and two have one pair.
        assert len(drawn(RAkELo(), 4)) == 4
        assert drawn(RAkELo(), 2) == [[0, 1]]

    def test_every_labelset_is_as_likely(self) -> None:
        counts = np.zeros((4, 4))
        for seed in range(600):
            ((first, second), *_) = drawn(
                RAkELo(labelset_size=2, n_labelsets=1), 4, seed
            )
            counts[first, second] += 1
        # 100 each, with a standard deviation of 9.
        assert np.abs(counts[np.triu_indices(4, 1)] - 100).max() < 40

    @BOTH
    def test_seed(self, Learner: Any) -> None:
        assert drawn(Learner(), 9, 1) == drawn(Learner(), 9, 1)
        assert drawn(Learner(), 9, 1) != drawn(Learner(), 9, 2)


class TestDisjoint:
    def test_each_group_is_a_label_powerset(self, problem: Any) -> None:
        fitted = RAkELd(labelset_size=2, random_state=0).fit(problem.X, problem.Y)
        for labelset, sets in zip(fitted.labelsets_, fitted.label_sets_, strict=True):
            alone = LabelPowerset(random_state=0).fit(problem.X, problem.Y[:, labelset])
            assert_array_equal(sets, alone.label_sets_)
            assert_array_equal(
                fitted.predict(problem.X)[:, labelset], alone.predict(problem.X)
            )
            assert_array_equal(
                fitted.predict_proba(problem.X)[:, labelset],
                alone.predict_proba(problem.X),
            )

    @pytest.mark.parametrize("base", BASES)
    def test_one_label_a_group_is_binary_relevance(
        self, base: Any, problem: Any
    ) -> None:
        fitted = RAkELd(base, labelset_size=1).fit(problem.X, problem.Y)
        plain = BinaryRelevance(base).fit(problem.X, problem.Y)
        assert_allclose(fitted.predict_proba(problem.X), plain.predict_proba(problem.X))
        assert_array_equal(fitted.predict(problem.X), plain.predict(problem.X))

    @pytest.mark.parametrize("size", [5, 99])
    @pytest.mark.parametrize("base", BASES)
    def test_one_group_is_a_label_powerset(
        self, base: Any, size: int, problem: Any
    ) -> None:
        fitted = RAkELd(base, labelset_size=size).fit(problem.X, problem.Y)
        plain = LabelPowerset(base).fit(problem.X, problem.Y)
        assert_array_equal(fitted.predict(problem.X), plain.predict(problem.X))
        assert_array_equal(
            fitted.predict_proba(problem.X), plain.predict_proba(problem.X)
        )

    def test_sets_never_seen_are_put_together(self) -> None:
        # {a, c} is never seen; groups of one label find it where both are near.
        X = np.array([[0.0, 0], [1, 0], [0, 1]] * 8)
        Y = np.array([[0, 0], [1, 0], [0, 1]] * 8)
        base = LogisticRegression(C=1000)
        assert_array_equal(
            RAkELd(base, labelset_size=1).fit(X, Y).predict([[1, 1]]), [[1, 1]]
        )
        assert LabelPowerset(base).fit(X, Y).predict([[1, 1]]).sum() < 2


class TestOverlapping:
    def test_a_tie_is_a_no(self) -> None:
        # Of (0, 1) the most frequent set is {0} with 4 of 7 rows, of (0, 2) it is {}
        # with 3, of (1, 2) {} with 5: the first label has one of two votes.
        Y = [[1, 0, 0]] * 2 + [[1, 0, 1]] * 2 + [[0, 0, 0]] * 2 + [[0, 1, 0]]
        X = np.zeros((7, 1))
        fitted = RAkELo(DummyClassifier(), labelset_size=2, random_state=0).fit(X, Y)
        assert_array_equal(fitted.predict_proba(X[:1]), [[0.5, 0, 0]])
        assert_array_equal(fitted.predict(X[:1]), [[0, 0, 0]])

    @pytest.mark.parametrize("base", BASES)
    def test_votes_are_means_over_the_members_with_the_label(
        self, base: Any, problem: Any
    ) -> None:
        fitted = RAkELo(base, labelset_size=2, n_labelsets=6, random_state=1)
        fitted.fit(problem.X, problem.Y)
        votes: list[list[Any]] = [[] for _ in range(5)]
        soft: list[list[Any]] = [[] for _ in range(5)]
        for labelset, member in zip(fitted.labelsets_, fitted.estimators_, strict=True):
            # A clone of the member has its seed.
            alone = LabelPowerset(clone(member))
            alone.fit(problem.X, problem.Y[:, labelset])
            for place, label in enumerate(labelset):
                votes[label].append(alone.predict(problem.X)[:, place])
                soft[label].append(alone.predict_proba(problem.X)[:, place])
        # Labels have different numbers of members.
        assert len({len(own) for own in votes}) > 1
        share = np.column_stack([np.mean(own, axis=0) for own in votes])
        assert_allclose(fitted.predict_proba(problem.X), share)
        assert_array_equal(fitted.predict(problem.X), share > 0.5)
        fitted.set_params(voting="soft")
        mean = np.column_stack([np.mean(own, axis=0) for own in soft])
        assert_allclose(fitted.predict_proba(problem.X), mean)
        assert_array_equal(fitted.predict(problem.X), mean > 0.5)

    def test_shares_of_votes_need_no_probabilities(self, problem: Any) -> None:
        fitted = RAkELo(LinearSVC(), random_state=0).fit(problem.X, problem.Y)
        assert set(np.unique(fitted.predict_proba(problem.X) * 6 % 1)) == {0.0}
        fitted.set_params(voting="soft")
        assert not hasattr(fitted, "predict_proba")
        match = "voting='soft' .* LinearSVC has no predict_proba. Take voting='hard'"
        with pytest.raises(AttributeError, match=match):
            fitted.fit(problem.X, problem.Y)
        disjoint = RAkELd(LinearSVC(), random_state=0).fit(problem.X, problem.Y)
        assert not hasattr(disjoint, "predict_proba")
        assert disjoint.predict(problem.X).shape == (90, 5)


class TestScikitMultilearn:
    """Its label powersets number their classes by first appearance, ours do not.

    With probabilities that are never equal, that makes no difference.
    """

    @pytest.mark.parametrize("base", [LogisticRegression(max_iter=1000)])
    @BOTH
    def test_same_labelsets_same_answer(
        self, Learner: Any, base: Any, problem: Any
    ) -> None:
        ensembles = pytest.importorskip("skmultilearn.ensemble")
        clusterers = pytest.importorskip("skmultilearn.cluster")
        transformers = pytest.importorskip("skmultilearn.problem_transform")
        fitted = Learner(base, labelset_size=2, random_state=0)
        fitted.fit(problem.X, problem.Y)
        Peer = (
            ensembles.LabelSpacePartitioningClassifier
            if Learner is RAkELd
            else ensembles.MajorityVotingClassifier
        )
        peer = Peer(
            classifier=transformers.LabelPowerset(base, require_dense=[True, True]),
            clusterer=clusterers.FixedLabelSpaceClusterer(
                clusters=[labelset.tolist() for labelset in fitted.labelsets_]
            ),
        )
        peer.fit(problem.X.copy(), problem.Y.copy())
        assert_array_equal(
            fitted.predict(problem.X), peer.predict(problem.X.copy()).toarray()
        )


@BOTH
class TestConstantLabels:
    def test_stand_together_in_the_last_group(self, Learner: Any, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 1], Y[:, 3] = 0, 1
        with pytest.warns(ConstantLabelWarning, match="2 of 5 labels"):
            fitted = Learner(labelset_size=2, random_state=0).fit(problem.X, Y)
        assert_array_equal(fitted.labelsets_[-1], [1, 3])
        others = {j for labelset in fitted.labelsets_[:-1] for j in labelset}
        assert others == {0, 2, 4}

    def test_and_nothing_else(self, Learner: Any) -> None:
        with pytest.warns(ConstantLabelWarning):
            fitted = Learner().fit([[0.0], [1.0]], [[1, 0], [1, 0]])
        assert [labelset.tolist() for labelset in fitted.labelsets_] == [[0, 1]]
        assert_array_equal(fitted.predict([[0.5]]), [[1, 0]])
        assert_array_equal(fitted.predict_proba([[0.5]]), [[1, 0]])


@BOTH
def test_sparse_labels_are_answered_block_by_block(
    Learner: Any, problem: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dense = Learner(random_state=0).fit(problem.X, problem.Y).predict(problem.X)
    fitted = Learner(random_state=0).fit(problem.X, sp.csr_array(problem.Y))
    monkeypatch.setattr("mlkit.models.rakel._BLOCK_ROWS", 7)
    predicted = fitted.predict(problem.X)
    assert isinstance(predicted, sp.csr_array)
    assert_array_equal(predicted.toarray(), dense)


@BOTH
def test_the_number_of_jobs_changes_nothing(Learner: Any, problem: Any) -> None:
    learner = Learner(RandomForestClassifier(5), labelset_size=2, random_state=3)
    alone = learner.fit(problem.X, problem.Y).predict_proba(problem.X)
    learner.set_params(n_jobs=2).fit(problem.X, problem.Y)
    assert_array_equal(learner.predict_proba(problem.X), alone)
    assert len({member.random_state for member in learner.estimators_}) > 1


class _Recorder(ClassifierMixin, BaseEstimator):
    """Keeps the features that it was given."""

    def fit(self, X: Any, y: Any) -> _Recorder:
        self.seen_, self.classes_ = X, np.unique(y)
        return self


@BOTH
def test_members_share_the_features(Learner: Any, problem: Any) -> None:
    fitted = Learner(_Recorder(), random_state=0).fit(problem.X, problem.Y)
    assert len(fitted.estimators_) > 1
    for member in fitted.estimators_:
        assert np.shares_memory(member.seen_, problem.X)


@BOTH
class TestBadInput:
    def test_a_label_powerset_as_base(self, Learner: Any, problem: Any) -> None:
        name = Learner.__name__
        match = (
            rf"{name} makes its label powersets itself: .* as in "
            rf"{name}\(LogisticRegression\(\)\); got .* LabelPowerset\. Pass its base"
        )
        with pytest.raises(TypeError, match=match):
            Learner(LabelPowerset()).fit(problem.X, problem.Y)

    def test_a_label_powerset_of_the_peer_as_base(
        self, Learner: Any, problem: Any
    ) -> None:
        peers = pytest.importorskip("skmultilearn.problem_transform")
        with pytest.raises(TypeError, match="makes its label powersets itself"):
            Learner(peers.LabelPowerset(LinearSVC())).fit(problem.X, problem.Y)

    @pytest.mark.parametrize(
        ("size", "error", "match"),
        [
            (0, ValueError, "labelset_size must be at least 1, got 0"),
            (2.0, TypeError, "labelset_size must be an integer, got 2.0"),
        ],
    )
    def test_size(
        self, Learner: Any, problem: Any, size: Any, error: Any, match: str
    ) -> None:
        with pytest.raises(error, match=match):
            Learner(labelset_size=size).fit(problem.X, problem.Y)

    def test_unknown_labels(self, Learner: Any, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[3, 1] = np.nan
        with pytest.raises(MissingLabelsError, match=f"{Learner.__name__} cannot"):
            Learner().fit(problem.X, Y)

    def test_an_error_of_the_base_learner_says_where(
        self, Learner: Any, problem: Any
    ) -> None:
        learner = Learner(
            LogisticRegression(max_iter=-1), labelset_size=5, random_state=0
        )
        with pytest.raises(ValueError, match="max_iter") as raised:
            learner.fit(problem.X, problem.Y)
        (note,) = raised.value.__notes__
        assert "learned the labelset 'label_0', 'label_1'" in note


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"voting": "most"}, OptionError, "voting must be one of 'hard', 'soft'"),
        ({"n_labelsets": 0}, ValueError, "n_labelsets must be at least 1, got 0"),
        ({"n_labelsets": 2.5}, TypeError, "n_labelsets must be an integer, got 2.5"),
    ],
)
def test_bad_options_of_the_overlapping_one(
    problem: Any, options: Any, error: Any, match: str
) -> None:
    with pytest.raises(error, match=match):
        RAkELo(**options).fit(problem.X, problem.Y)
