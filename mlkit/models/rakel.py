"""RAkEL: label powersets on small random groups of labels."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from math import comb
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from mlkit.arguments import check_choice, check_count
from mlkit.exceptions import names_for_message
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.label_sets import (
    check_votes,
    fit_sets,
    label_marginals,
    number_label_sets,
    predict_sets,
)
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    make_rng,
)
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.validation import Indicator

__all__ = ["RAkELd", "RAkELo"]

# Rows whose votes stand dense at once where Y is sparse.
_BLOCK_ROWS = 4096


class _LabelsetClassifier(TransformationClassifier):
    """What the disjoint and the overlapping variant share: powersets of labelsets."""

    labelset_size: int
    n_jobs: int | None
    labelsets_: list[np.ndarray]
    estimators_: list[Any]
    label_sets_: list[np.ndarray]

    @abstractmethod
    def _draw_labelsets(
        self, labels: np.ndarray, rng: np.random.RandomState
    ) -> list[np.ndarray]:
        """Return groups of these labels, given by position; every label in one."""

    def _check_base_learner(self, **weights: Any) -> Any:
        base = super()._check_base_learner(**weights)
        peer = type(base).__module__.partition(".")[0] == "skmultilearn"
        if peer or isinstance(base, MultiLabelClassifier):
            name = type(self).__name__
            msg = (
                f"{name} makes its label powersets itself: estimator must be the "
                f"classifier inside them, as in {name}(LogisticRegression()); got the "
                f"multi-label learner {type(base).__name__}. Pass its base learner."
            )
            raise TypeError(msg)
        return base

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(sample_weight=sample_weight)
        check_count("labelset_size", self.labelset_size, minimum=1)
        rng = make_rng(self.random_state)
        constant = labels.constant_labels()
        self.labelsets_ = []
        if not constant.all():
            self.labelsets_ = self._draw_labelsets(
                np.flatnonzero(~constant), check_random_state(rng)
            )
        if constant.any():
            # A constant would take a place in a labelset and tell nothing. Together
            # they have a single label set, which needs no fit.
            self.labelsets_.append(np.flatnonzero(constant))
        seeds = draw_seeds(rng, len(self.labelsets_))
        names = np.array(labels.label_names, dtype=object)
        fitted = run_in_processes(
            (
                delayed(_fit_labelset)(
                    base,
                    X,
                    block,
                    name=f"the labelset {names_for_message(names[labelset])}",
                    seed=seed,
                    sample_weight=sample_weight,
                )
                for labelset, block, seed in zip(
                    self.labelsets_, self._blocks(labels), seeds, strict=True
                )
            ),
            len(self.labelsets_),
            n_jobs=self.n_jobs,
        )
        self.estimators_ = [learner for learner, _ in fitted]
        self.label_sets_ = [label_sets for _, label_sets in fitted]

    def _blocks(self, labels: Indicator) -> Iterator[np.ndarray]:
        """Yield the columns of each labelset; of a sparse Y only these stand dense."""
        if isinstance(labels.values, np.ndarray):
            yield from (labels.values[:, labelset] for labelset in self.labelsets_)
            return
        columns = labels.values.tocsc()
        yield from (columns[:, labelset].toarray() for labelset in self.labelsets_)

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        if self._target != "sparse":
            return self._decide(X)
        starts = range(0, X.shape[0], _BLOCK_ROWS)
        blocks = (self._decide(X[start : start + _BLOCK_ROWS]) for start in starts)
        return sp.vstack([sp.csr_array(block) for block in blocks], format="csr")

    def _decide(self, X: Any) -> np.ndarray:
        return self._mean_vote(X, predict_sets) > 0.5

    def _mean_vote(self, X: Any, vote: Callable[..., np.ndarray]) -> np.ndarray:
        """Return the mean of the votes on each label, of the members that have it."""
        votes = run_in_threads(
            (
                delayed(vote)(learner, X, label_sets)
                for learner, label_sets in zip(
                    self.estimators_, self.label_sets_, strict=True
                )
            ),
            n_jobs=self.n_jobs,
        )
        total = np.zeros((X.shape[0], self.n_labels_))
        for labelset, block in zip(self.labelsets_, votes, strict=True):
            total[:, labelset] += block
        return total / np.bincount(np.concatenate(self.labelsets_))


class RAkELd(_LabelsetClassifier):
    """Divide the labels into disjoint random groups, a label powerset for each.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner, which must do multi-class;
        ``LogisticRegression(max_iter=1000)`` by default. Not a `LabelPowerset`: that
        is made here.
    labelset_size : int, default 3
        Labels in a group (the paper's k), at least 1; the last group may have fewer.
    n_jobs : int, optional
        How many groups are learned at once, as in joblib; the result is the same for
        any number.
    random_state : int or RandomState, optional
        Draws the groups and gives every group's classifier its own seed. By default
        groups differ from call to call, and the seeds that are set in `estimator` are
        kept.

    Attributes
    ----------
    labelsets_ : list of ndarray of int
        Positions of the labels in each group. Labels that are constant in the training
        rows are not drawn; they stand in one more group, the last.
    estimators_ : list of classifiers
        Class ``c`` of member ``i`` stands for ``label_sets_[i][c]``.
    label_sets_ : list of ndarray of int8
        For each group the sets of its labels seen in training, one column a label.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    RAkELo : Groups that overlap and vote, at several times the cost.
    LabelSpacePartition : Groups of labels that occur together.
    LabelPowerset : One group of all labels.

    Notes
    -----
    A group of k labels has at most 2^k sets: each has many more rows than one set of
    all labels has, and sets that were never seen can be put together from parts. What
    labels of different groups tell about each other is lost. So it lies between
    `BinaryRelevance` (k = 1: Hamming loss) and `LabelPowerset` (k = n_labels: subset
    accuracy), and depends on the draw.

    `predict` takes the most probable set of each group, `predict_proba` gives the
    marginals of each group.

    Cost: n_labels / k fits of the base learner on (n_samples, n_features) with up to
    2^k classes.

    References
    ----------
    G. Tsoumakas, I. Katakis, I. Vlahavas. Random k-labelsets for multilabel
    classification. IEEE Transactions on Knowledge and Data Engineering 23(7), 2011,
    1079-1089, doi 10.1109/TKDE.2010.164.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import RAkELd
    >>> X = [[0]] * 4
    >>> Y = [[0, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 0], [1, 1, 0, 1]]
    >>> base = DummyClassifier(strategy="prior")
    >>> learner = RAkELd(base, labelset_size=2, random_state=0).fit(X, Y)
    >>> [labelset.tolist() for labelset in learner.labelsets_]
    [[2, 3], [0, 1]]
    >>> learner.label_sets_[0].tolist()
    [[0, 0], [0, 1], [1, 0]]

    Of the last two labels the set {2} has two rows of four, of the first two {0, 1}:

    >>> learner.predict([[0]]).tolist()
    [[1, 1, 1, 0]]
    >>> learner.predict_proba([[0]]).tolist()
    [[0.5, 0.75, 0.5, 0.25]]
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        labelset_size: int = 3,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.labelset_size = labelset_size
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _draw_labelsets(
        self, labels: np.ndarray, rng: np.random.RandomState
    ) -> list[np.ndarray]:
        return _deal(rng.permutation(labels), self.labelset_size)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return self._mean_vote(X, label_marginals)


class RAkELo(_LabelsetClassifier):
    """Draw overlapping random groups of labels; their label powersets vote.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner, which must do multi-class;
        ``LogisticRegression(max_iter=1000)`` by default. Not a `LabelPowerset`: that
        is made here.
    labelset_size : int, default 3
        Labels in a group (the paper's k), at least 1 and in effect at most n_labels.
    n_labelsets : int, optional
        How many different groups are drawn (the paper's m), at least 1; twice the
        number of labels by default, and never more than there are.
    voting : {"hard", "soft"}, default "hard"
        ``"hard"``: a member votes with its predicted label set, as in the paper, and a
        label's probability is its share of the votes; the base learner needs no
        probabilities. ``"soft"``: it votes with the probabilities of its labels.
    n_jobs : int, optional
        How many groups are learned at once, as in joblib; the result is the same for
        any number.
    random_state : int or RandomState, optional
        Draws the groups and gives every group's classifier its own seed. By default
        groups differ from call to call, and the seeds that are set in `estimator` are
        kept.

    Attributes
    ----------
    labelsets_ : list of ndarray of int
        Positions of the labels in each group. Labels that are constant in the training
        rows are not drawn; they stand in one more group, the last.
    estimators_ : list of classifiers
        Class ``c`` of member ``i`` stands for ``label_sets_[i][c]``.
    label_sets_ : list of ndarray of int8
        For each group the sets of its labels seen in training, one column a label.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    RAkELd : Disjoint groups, without votes.
    EnsembleOfPrunedSets : Members that differ by their rows.

    Notes
    -----
    `predict_proba` is the mean of the votes on a label, of the members whose group has
    it; `predict` names the labels with more than half of them (a tie is a no). With 2q
    groups of three a label has six votes on average, each of which knows other labels
    beside it. The votes are near the marginals that Hamming loss and rankings ask for,
    and correct single powersets. The threshold of .5 is the paper's;
    `ThresholdedClassifier` around this learner tunes it.

    The paper draws the groups at random and leaves open what is said of a label that
    none of them has. Here further groups are drawn for such labels, filled up with
    others: with the defaults hardly ever, always where n_labelsets * labelset_size is
    less than the number of labels.

    Cost: n_labelsets fits of the base learner on (n_samples, n_features) with up to
    2^labelset_size classes.

    References
    ----------
    G. Tsoumakas, I. Katakis, I. Vlahavas. Random k-labelsets for multilabel
    classification. IEEE Transactions on Knowledge and Data Engineering 23(7), 2011,
    1079-1089, doi 10.1109/TKDE.2010.164.

    Examples
    --------
    Three labels have three pairs. The most frequent set is {0} of the labels 0 and 1,
    {0} of 0 and 2, and {} of 1 and 2; so the first label has both of its votes:

    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import RAkELo
    >>> X = [[0]] * 5
    >>> Y = [[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]]
    >>> learner = RAkELo(DummyClassifier(), labelset_size=2, random_state=0).fit(X, Y)
    >>> sorted(labelset.tolist() for labelset in learner.labelsets_)
    [[0, 1], [0, 2], [1, 2]]
    >>> learner.predict_proba([[0]]).tolist()
    [[1.0, 0.0, 0.0]]
    >>> soft = learner.set_params(voting="soft").fit(X, Y)
    >>> soft.predict_proba([[0]]).round(2).tolist()
    [[0.6, 0.4, 0.4]]
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        labelset_size: int = 3,
        n_labelsets: int | None = None,
        voting: Literal["hard", "soft"] = "hard",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.labelset_size = labelset_size
        self.n_labelsets = n_labelsets
        self.voting = voting
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _check_probabilities(self) -> None:
        # A share of votes needs no probabilities of the base learner.
        check_votes(self.voting, self._base_learner())

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        check_choice("voting", self.voting, ("hard", "soft"))
        self._check_probabilities()
        super()._fit_labels(X, labels, sample_weight)

    def _draw_labelsets(
        self, labels: np.ndarray, rng: np.random.RandomState
    ) -> list[np.ndarray]:
        size = min(self.labelset_size, len(labels))
        wanted = 2 * len(labels)
        if self.n_labelsets is not None:
            wanted = check_count("n_labelsets", self.n_labelsets, minimum=1)
        wanted = min(wanted, comb(len(labels), size))
        # A dict is a set that keeps its order. Repeated draws are rare, unless nearly
        # all groups are wanted; even all take only a logarithm more.
        drawn: dict[tuple[int, ...], None] = {}
        while len(drawn) < wanted:
            drawn[tuple(sorted(rng.permutation(labels)[:size].tolist()))] = None
        labelsets = [np.array(labelset) for labelset in drawn]
        left = np.setdiff1d(labels, np.concatenate(labelsets))
        for group in _deal(left, size):
            others = rng.permutation(np.setdiff1d(labels, group))
            labelsets.append(np.sort(np.r_[group, others[: size - len(group)]]))
        return labelsets

    def _decide(self, X: Any) -> np.ndarray:
        return self._vote(X) > 0.5

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return self._vote(X)

    def _vote(self, X: Any) -> np.ndarray:
        soft = self.voting == "soft"
        return self._mean_vote(X, label_marginals if soft else predict_sets)


def _deal(labels: np.ndarray, size: int) -> list[np.ndarray]:
    """Divide labels into groups of a size, in their order; the last may be smaller."""
    starts = range(0, len(labels), size)
    return [np.sort(labels[start : start + size]) for start in starts]


def _fit_labelset(
    base: Any, X: Any, block: np.ndarray, **options: Any
) -> tuple[Any, np.ndarray]:
    """Fit a label powerset to some labels; return it with the sets that it knows."""
    first_rows, codes = number_label_sets(block)
    return fit_sets(base, X, codes, **options), block[first_rows]
