from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import ConstantLabelWarning, MissingLabelsError, OptionError
from mlkit.models import EnsembleOfPrunedSets, LabelPowerset, PrunedSets
from mlkit.models.pruned_sets import _prune

PRIOR = DummyClassifier(strategy="prior")

# Over a, b, c, d, e: {a, b} three times, {c, d} and {a} twice, {c} four times; once
# each {a, b, c, d} and {d, e}, of which no frequent set is a part.
SETS = [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 0, 0, 0, 0], [0, 0, 1, 0, 0]]
Y = np.array(
    [SETS[0]] * 3
    + [SETS[1]] * 2
    + [SETS[2]] * 2
    + [SETS[3]] * 4
    + [[1, 1, 1, 1, 0], [0, 0, 0, 1, 1]]
)
X = np.zeros((len(Y), 1))


@pytest.mark.parametrize(
    ("options", "copies"),
    [
        # More labels first, then more rows: {a, b}, {c, d}, {c}, {a}.
        ({"n_subsets": 1}, [SETS[0]]),
        ({}, [SETS[0], SETS[1]]),
        ({"n_subsets": 3}, [SETS[0], SETS[1], SETS[3]]),
        ({"n_subsets": 9}, [SETS[0], SETS[1], SETS[3], SETS[2]]),
        ({"rare_rows": "all_subsets"}, [SETS[0], SETS[1], SETS[3], SETS[2]]),
        ({"rare_rows": "all_subsets", "larger_than": 1}, [SETS[0], SETS[1]]),
        ({"rare_rows": "all_subsets", "larger_than": 2}, []),
        ({"rare_rows": "drop"}, []),
    ],
)
def test_what_becomes_of_a_rare_set_by_hand(options: Any, copies: list[Any]) -> None:
    fitted = PrunedSets(PRIOR, **options).fit(X, Y)
    assert_array_equal(fitted.label_sets_, sorted(SETS))
    assert_array_equal(fitted.sample_indices_, [*range(11), *[11] * len(copies)])
    counts = np.array([[4, 2, 2, 3]]) + [
        sum(copy == known for copy in copies) for known in sorted(SETS)
    ]
    proba = fitted.estimator_.predict_proba(X[:1])
    assert_allclose(proba, counts / counts.sum())
    assert_allclose(
        fitted.predict_proba(X[:1]), counts / counts.sum() @ np.array(sorted(SETS))
    )


def test_the_empty_set_is_no_copy_of_a_row() -> None:
    # It is a part of {b}, frequent, and would say of that row that b is absent.
    labels = np.array([[0, 0]] * 4 + [[1, 0]] * 2 + [[0, 1]])
    fitted = PrunedSets(PRIOR, rare_rows="all_subsets").fit(np.zeros((7, 1)), labels)
    assert_array_equal(fitted.label_sets_, [[0, 0], [1, 0]])
    assert_array_equal(fitted.sample_indices_, range(6))
    # A label all of whose sets are rare is never predicted.
    assert_allclose(fitted.predict_proba([[0]]), [[1 / 3, 0]])


def test_where_no_set_is_frequent_the_most_frequent_are_kept() -> None:
    fitted = PrunedSets(PRIOR, prune=9).fit(X, Y)
    assert_array_equal(fitted.label_sets_, [SETS[3]])
    assert_array_equal(fitted.predict(X[:1]), [SETS[3]])
    # The rows of {c, d} and of {a, b, c, d} became {c} too.
    assert_array_equal(fitted.sample_indices_, [3, 4, 7, 8, 9, 10, 11])
    every_row_its_own = PrunedSets(PRIOR).fit(np.zeros((4, 1)), np.eye(4, dtype=int))
    assert len(every_row_its_own.label_sets_) == 4


@pytest.mark.parametrize("rare_rows", ["largest_subsets", "all_subsets", "drop"])
def test_without_pruning_it_is_a_label_powerset(problem: Any, rare_rows: str) -> None:
    plain = LabelPowerset().fit(problem.X, problem.Y)
    fitted = PrunedSets(prune=0, rare_rows=rare_rows).fit(problem.X, problem.Y)
    assert_array_equal(fitted.label_sets_, plain.label_sets_)
    assert_array_equal(fitted.predict_proba(problem.X), plain.predict_proba(problem.X))


def test_it_is_a_label_powerset_of_the_rows_that_are_left(problem: Any) -> None:
    fitted = PrunedSets(rare_rows="drop").fit(problem.X, problem.Y)
    kept = fitted.sample_indices_
    assert 40 < len(kept) < 90
    plain = LabelPowerset().fit(problem.X[kept], problem.Y[kept])
    assert_array_equal(fitted.predict_proba(problem.X), plain.predict_proba(problem.X))


def test_a_row_of_weight_two_counts_as_two_rows() -> None:
    weights = np.ones(len(Y))
    weights[-1] = 2
    fitted = PrunedSets(PRIOR).fit(X, Y, sample_weight=weights)
    assert [0, 0, 0, 1, 1] in fitted.label_sets_.tolist()
    # {c} weighs 2, as {c, d} does; the copies of the rare row weigh 1 each.
    weights[:] = 1
    weights[7:11] = 0.5
    fitted = PrunedSets(PRIOR).fit(X, Y, sample_weight=weights)
    counts = np.array([2, 2 + 1, 2, 3 + 1])  # {c}, {c, d}, {a}, {a, b}
    assert_allclose(fitted.estimator_.predict_proba(X[:1])[0], counts / counts.sum())


def test_more_labels_than_an_int8_can_count() -> None:
    labels = np.zeros((6, 300), dtype=np.int8)
    labels[:4, :150] = 1
    labels[3, 299] = 1
    labels[4] = 1
    fitted = PrunedSets(PRIOR).fit(np.zeros((6, 1)), labels)
    # Three rows of 150 labels, two rare sets that contain these, and the empty set.
    assert_array_equal(fitted.sample_indices_, range(5))


@pytest.mark.parametrize("rare_rows", ["largest_subsets", "all_subsets"])
def test_a_label_of_all_rows_changes_nothing(rare_rows: Any) -> None:
    # With it, the frequent empty set would be {b}, a subset of the rare {a, b}.
    labels = np.array([[0, 1]] * 3 + [[1, 1]])
    with pytest.warns(ConstantLabelWarning):
        fitted = PrunedSets(PRIOR, rare_rows=rare_rows).fit(np.zeros((4, 1)), labels)
    assert_array_equal(fitted.sample_indices_, range(3))


@given(
    st.tuples(st.integers(1, 25), st.integers(1, 5)).flatmap(
        lambda shape: arrays(np.int8, shape, elements=st.integers(0, 1))
    ),
    st.integers(0, 4),
    st.sampled_from(["largest_subsets", "all_subsets", "drop"]),
    st.integers(0, 3),
)
@settings(max_examples=150, deadline=None)
def test_as_a_loop_over_rows(
    values: np.ndarray, prune: int, rare_rows: Any, limit: int
) -> None:
    options = {"n_subsets": limit + 1, "larger_than": limit}
    sets, rows, codes = _prune(
        values, None, prune=prune, rare_rows=rare_rows, **options
    )
    got = sorted(
        (int(i), tuple(sets[c].tolist())) for i, c in zip(rows, codes, strict=True)
    )
    assert got == sorted(pruned_by_hand(values, prune, rare_rows, limit))
    sparse = _prune(
        sp.csr_array(values), None, prune=prune, rare_rows=rare_rows, **options
    )
    assert_array_equal(sparse[0].toarray(), sets)
    assert_array_equal(sparse[1], rows)
    assert_array_equal(sparse[2], codes)


def pruned_by_hand(
    values: np.ndarray, prune: int, rare_rows: str, limit: int
) -> list[tuple[int, tuple[int, ...]]]:
    """The paper's steps, one row after another, with sets of Python."""
    labelsets = [tuple(row.tolist()) for row in values]
    counts = {s: labelsets.count(s) for s in labelsets}
    most = max(counts.values())
    # Labels that do not stand in every row.
    varying = [j for j in range(values.shape[1]) if not values[:, j].all()]

    def size(labelset: tuple[int, ...]) -> int:
        return sum(labelset[j] for j in varying)

    frequent = [s for s, n in counts.items() if n > prune or n == most <= prune]
    pairs = []
    for row, labelset in enumerate(labelsets):
        if labelset in frequent:
            pairs.append((row, labelset))
            continue
        subsets = [
            s for s in frequent if size(s) and all(map(operator.le, s, labelset))
        ]
        if rare_rows == "largest_subsets":
            subsets.sort(key=lambda s: (-size(s), -counts[s], s))
            subsets = subsets[: limit + 1]
        elif rare_rows == "all_subsets":
            subsets = [s for s in subsets if size(s) > limit]
        else:
            subsets = []
        pairs.extend((row, s) for s in subsets)
    return pairs


class _Recorder(ClassifierMixin, BaseEstimator):
    """Keeps the features that it was given."""

    def fit(self, X: Any, y: Any) -> _Recorder:
        self.seen_, self.classes_ = X, np.unique(y)
        return self

    def predict(self, X: Any) -> np.ndarray:
        return np.zeros(len(X), dtype=int)


def test_features_are_copied_only_where_sets_are_rare(problem: Any) -> None:
    fitted = PrunedSets(_Recorder(), prune=0).fit(problem.X, problem.Y)
    assert np.shares_memory(fitted.estimator_.seen_, problem.X)
    fitted = PrunedSets(_Recorder()).fit(problem.X, problem.Y)
    assert_array_equal(fitted.estimator_.seen_, problem.X[fitted.sample_indices_])


def test_pruned_sets_without_probabilities(problem: Any) -> None:
    fitted = PrunedSets(LinearSVC()).fit(problem.X, problem.Y)
    assert fitted.predict(problem.X).shape == (90, 5)
    with pytest.raises(AttributeError) as raised:
        _ = fitted.predict_proba
    assert "base learner LinearSVC has none" in str(raised.value.__cause__)


class TestEnsemble:
    def test_one_member_on_all_rows_is_pruned_sets(self, problem: Any) -> None:
        alone = PrunedSets().fit(problem.X, problem.Y)
        one = EnsembleOfPrunedSets(n_estimators=1, max_samples=1.0, voting="soft")
        one.fit(problem.X, problem.Y)
        assert_array_equal(one.predict_proba(problem.X), alone.predict_proba(problem.X))
        one.set_params(voting="hard").fit(problem.X, problem.Y)
        assert_array_equal(one.predict(problem.X), alone.predict(problem.X))

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_votes_by_hand(self, problem: Any, container: Any) -> None:
        fitted = EnsembleOfPrunedSets(n_estimators=4, random_state=0)
        fitted.fit(problem.X, container(problem.Y))
        members = list(zip(fitted.estimators_, fitted.label_sets_, strict=True))
        sets = [sp.csr_array(s).toarray() for s in fitted.label_sets_]
        votes = sum(
            s[m.predict(problem.X)] for (m, _), s in zip(members, sets, strict=True)
        )
        assert_array_equal(fitted.predict_proba(problem.X), votes / 4)
        predicted = sp.csr_array(fitted.predict(problem.X)).toarray()
        # Two votes of four are a tie, and no majority.
        assert (votes == 2).any()
        assert_array_equal(predicted, votes > 2)
        fitted.set_params(voting="soft")
        mean = sum(
            m.predict_proba(problem.X) @ s
            for (m, _), s in zip(members, sets, strict=True)
        )
        assert_allclose(fitted.predict_proba(problem.X), mean / 4)

    def test_label_sets_never_seen_are_formed(self) -> None:
        # Every row has exactly two labels; three labels at once are a vote of several.
        rng = np.random.default_rng(0)
        X = rng.normal(size=(120, 2))
        Y = np.eye(4, dtype=int)[rng.integers(0, 4, 120)]
        Y[np.arange(120), (Y.argmax(axis=1) + rng.integers(1, 4, 120)) % 4] = 1
        base = DecisionTreeClassifier(random_state=0)
        fitted = EnsembleOfPrunedSets(base, n_estimators=25, random_state=0).fit(X, Y)
        assert set(Y.sum(axis=1)) == {2}
        assert len(set(fitted.predict(rng.normal(size=(300, 2))).sum(axis=1))) > 1

    def test_members_see_their_share_of_the_rows(self, problem: Any) -> None:
        ensemble = EnsembleOfPrunedSets(
            _Recorder(), n_estimators=3, prune=0, random_state=0
        )
        ensemble.fit(problem.X, problem.Y)
        for member in ensemble.estimators_:
            assert member.seen_.shape == (57, 8)
            # Without replacement.
            assert len(np.unique(member.seen_, axis=0)) == 57
        assert not np.array_equal(*[m.seen_ for m in ensemble.estimators_[:2]])

    def test_many_votes_do_not_overflow(self) -> None:
        ensemble = EnsembleOfPrunedSets(PRIOR, n_estimators=200, random_state=0)
        for container in (np.asarray, sp.csr_array):
            with pytest.warns(ConstantLabelWarning):
                ensemble.fit([[0.0]] * 3, container(np.ones((3, 2), dtype=int)))
            assert_array_equal(ensemble.predict_proba([[0.0]]), [[1, 1]])

    @pytest.mark.parametrize("voting", ["hard", "soft"])
    def test_the_number_of_jobs_changes_nothing(
        self, problem: Any, voting: Any
    ) -> None:
        base = DecisionTreeClassifier(max_features=2)
        ensemble = EnsembleOfPrunedSets(base, voting=voting, random_state=3)
        alone = ensemble.fit(problem.X, problem.Y).predict_proba(problem.X)
        ensemble.set_params(n_jobs=2).fit(problem.X, problem.Y)
        assert_array_equal(ensemble.predict_proba(problem.X), alone)

    def test_shares_of_votes_need_no_probabilities(self, problem: Any) -> None:
        fitted = EnsembleOfPrunedSets(LinearSVC(), random_state=0)
        fitted.fit(problem.X, problem.Y)
        tenths = fitted.predict_proba(problem.X) * 10
        assert_allclose(tenths, tenths.round())
        fitted.set_params(voting="soft")
        assert not hasattr(fitted, "predict_proba")
        match = "voting='soft' .* LinearSVC has no predict_proba. Take voting='hard'"
        with pytest.raises(AttributeError, match=match):
            fitted.fit(problem.X, problem.Y)


@pytest.mark.parametrize("Learner", [PrunedSets, EnsembleOfPrunedSets])
@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"prune": -1}, ValueError, "prune must be at least 0, got -1"),
        ({"prune": 1.5}, TypeError, "prune must be an integer, got 1.5"),
        ({"n_subsets": 0}, ValueError, "n_subsets must be at least 1, got 0"),
        ({"larger_than": -1}, ValueError, "larger_than must be at least 0, got -1"),
        ({"rare_rows": "A"}, OptionError, "rare_rows must be one of 'largest_subsets'"),
    ],
)
def test_bad_options(
    problem: Any, Learner: Any, options: Any, error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        Learner(**options).fit(problem.X, problem.Y)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"voting": "mean"}, "voting must be one of 'hard', 'soft'; got 'mean'"),
        ({"n_estimators": 0}, "n_estimators must be at least 1, got 0"),
        ({"max_samples": 1.5}, r"max_samples must be in \[0, 1\], got 1.5"),
    ],
)
def test_bad_options_of_the_ensemble(problem: Any, options: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        EnsembleOfPrunedSets(**options).fit(problem.X, problem.Y)


@pytest.mark.parametrize("Learner", [PrunedSets, EnsembleOfPrunedSets])
def test_unknown_labels_are_refused(problem: Any, Learner: Any) -> None:
    labels = problem.Y.astype(float)
    labels[3, 1] = np.nan
    with pytest.raises(MissingLabelsError, match=f"{Learner.__name__} cannot learn"):
        Learner().fit(problem.X, labels)


def test_an_error_of_the_base_learner_says_where(problem: Any) -> None:
    with pytest.raises(ValueError, match="max_iter") as raised:
        PrunedSets(LogisticRegression(max_iter=-1)).fit(problem.X, problem.Y)
    assert raised.value.__notes__ == [
        "This happened while LogisticRegression learned the frequent label sets."
    ]
