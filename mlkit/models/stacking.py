"""Stacked binary relevance: a second level that sees the first level's answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp

from mlkit.arguments import check_choice, check_number
from mlkit.description import pair_matrix
from mlkit.exceptions import OptionError
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.out_of_fold import OutOfFoldClassifier
from mlkit.models.second_level import SecondLevelClassifier, View, _look
from mlkit.models.transformation import draw_seeds, make_rng
from mlkit.models.weighting import LabelWeights
from mlkit.models.wrapper import quiet_about_constants
from mlkit.validation import Indicator

__all__ = ["StackedBinaryRelevance"]

Answers: TypeAlias = Literal["auto", "probabilities", "decisions"]
TrainedOn: TypeAlias = Literal["cross-fitted", "in-sample"]


class StackedBinaryRelevance(SecondLevelClassifier):
    """Learn each label twice: the second time with the first answers for all labels.

    Also known as 2BR and as meta binary relevance (MBR).

    Parameters
    ----------
    estimator : classifier, default None
        The base learner of both levels; ``LogisticRegression(max_iter=1000)`` by
        default.
    trained_on : {"cross-fitted", "in-sample"}, default "cross-fitted"
        Which answers the second level learns from. ``"cross-fitted"``: about each row
        those of classifiers that were trained on other folds. ``"in-sample"``, the
        original: those of classifiers that were trained on the row itself.
    cv : int, cross-validator or iterable of (train, test), default 5
        Who answers about whom, where cross-fitted. A number makes that many folds by
        `IterativeStratification`. No row may be tested twice; the second level learns
        from the rows that are tested.
    answers : {"auto", "probabilities", "decisions"}, default "auto"
        What the second level sees of a label: P(label = 1 | x), or 0 and 1. ``"auto"``
        takes probabilities where the base learner has them, and decisions elsewhere.
    keep_features : bool, default True
        Whether the second level sees the features too, or the answers alone.
    min_phi : float, default 0
        In [0, 1]. The classifier of a label sees only the answers for labels whose
        absolute correlation with it (phi, among the training rows) is at least this,
        and always that for the label itself [2]_. 0 leaves all of them.
    label_weights : None, "balanced", or array-like of shape (n_labels, 2), default None
        What absence and presence of each label weigh, in both of its classifiers, as in
        `BinaryRelevance`.
    n_jobs : int, optional
        How many labels are learned at once, as in joblib; the result is the same for
        any number.
    random_state : int or RandomState, optional
        Gives every classifier its own seed, and shuffles the rows before a number of
        folds is made. By default the seeds that are set in `estimator` are kept, and
        the folds follow from `Y` alone.

    Attributes
    ----------
    first_level_ : BinaryRelevance
        Trained on all rows; it answers about new ones.
    seen_labels_ : list of ndarray of int, length n_labels
        Of which labels the second classifier of a label sees the answers; a constant
        label tells nothing and is seen by none.
    estimators_ : list of classifiers, length n_labels
        The second level, in the order of the labels: fitted on the features (where
        kept) and, behind them, the answers for `seen_labels_`. A label that is constant
        in the training rows has a `sklearn.dummy.DummyClassifier`.
    classes_ : ndarray, shape (n_labels, 2)
        ``[0, 1]`` for each label.
    n_labels_ : int
        Number of labels.
    label_names_in_ : ndarray of str, shape (n_labels,)
        Names of the labels; only where `Y` was a DataFrame.
    n_features_in_ : int
        Number of features of `X`; the answers are not counted.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Names of the features; only where `X` was a DataFrame with string columns.

    See Also
    --------
    DependentBinaryRelevance : Its second level learns from the true other labels.
    ClassifierChain : A label sees those before it, one after another.
    ThresholdedClassifier : Learns cuts, not classifiers, from out-of-fold answers.

    Notes
    -----
    The second level estimates P(y_j = 1 | x) anew, as the first one does, so that it
    suits the same losses: Hamming loss, macro averages, rankings. What it adds is a
    richer function of `x`, in which labels share what was learned for one of them; it
    helps most where the base learner alone is too simple. It also mends answers that
    are wrong in a regular way, of a label that is always confused with another.

    The answers about its own training rows make a learner look surer than it is. A
    second level that learned from those trusts the first one too much, the more so the
    closer the base learner fits its rows: of a fully grown tree, all answers are right.
    The original [1]_ is that; cross-fitting costs `cv` times the first level.

    Without the features, the second level has n_labels inputs only and is hard to
    overfit. On the fixed splits of emotions, scene and yeast with logistic regression
    its Hamming loss was 0.202, 0.110 and 0.199, with the features 0.214, 0.118 and
    0.209, and that of `BinaryRelevance` 0.221, 0.130 and 0.211.

    Features are not scaled here. Probabilities and decisions lie in [0, 1], so that
    base learners that weigh features by their size want features of such a size too.

    `predict_proba` is that of the second level. Where labels are unknown (NaN in Y),
    both levels learn each label from the rows that know it, as in `BinaryRelevance`.

    Cost: (cv + 2) n_labels fits of the base learner, 2 n_labels in-sample; n_labels of
    them on up to n_features + n_labels columns. The answers are a dense (n_samples,
    n_labels). Where `min_phi` is more than 0, n_labels^2 correlations, and a copy of
    `X` with the columns that are seen for each label in work; else one in all.

    References
    ----------
    .. [1] S. Godbole, S. Sarawagi. Discriminative methods for multi-labeled
       classification. PAKDD 2004, LNCS 3056, 22-30.
    .. [2] G. Tsoumakas, A. Dimou, E. Spyromitros, V. Mezaris, I. Kompatsiaris,
       I. Vlahavas. Correlation-based pruning of stacked binary relevance models for
       multi-label learning. 1st International Workshop on Learning from Multi-Label
       Data (MLD), ECML PKDD 2009, 101-116.

    Examples
    --------
    The first label is the exclusive or of two bits: no line separates it, unless the
    second label (their conjunction) is known. That one is easy, and its answer enough.

    >>> from sklearn.linear_model import LogisticRegression
    >>> from mlkit.models import BinaryRelevance, StackedBinaryRelevance
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]] * 5
    >>> Y = [[0, 0], [1, 0], [1, 0], [0, 1]] * 5
    >>> base = LogisticRegression(C=1000)
    >>> learner = StackedBinaryRelevance(base, answers="decisions").fit(X, Y)
    >>> float(learner.score(X, Y))
    1.0
    >>> BinaryRelevance(base).fit(X, Y).score(X, Y) < 1
    True

    Their correlation, phi, is -5 / sqrt(75) = -0.577. Where more is asked for, each
    label is left with itself:

    >>> for min_phi in (0.5, 0.6):
    ...     learner = StackedBinaryRelevance(base, min_phi=min_phi).fit(X, Y)
    ...     print([seen.tolist() for seen in learner.seen_labels_])
    [[0, 1], [0, 1]]
    [[0], [1]]
    """

    seen_labels_: list[np.ndarray]
    _first: _FirstLevel

    def __init__(
        self,
        estimator: Any = None,
        *,
        trained_on: TrainedOn = "cross-fitted",
        cv: Any = 5,
        answers: Answers = "auto",
        keep_features: bool = True,
        min_phi: float = 0.0,
        label_weights: LabelWeights = None,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.trained_on = trained_on
        self.cv = cv
        self.answers = answers
        self.keep_features = keep_features
        self.min_phi = min_phi
        self.label_weights = label_weights
        self.n_jobs = n_jobs
        self.random_state = random_state

    @property
    def first_level_(self) -> BinaryRelevance:
        """The first level, trained on all rows."""
        return self._first.estimator_.learner

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._check_both_levels(labels, sample_weight)
        self._check_options()
        rng = make_rng(self.random_state)
        shuffle, first, *seeds = draw_seeds(rng, self.n_labels_ + 2)
        # With nothing to learn, no fold could teach it; and one row has no other.
        in_sample = self.trained_on == "in-sample" or labels.constant_labels().all()
        self._first = _FirstLevel(
            self._make_first_level(first),
            decide=not self._sees_probabilities(),
            cv=None if in_sample else self.cv,
            random_state=shuffle,
        )
        with quiet_about_constants():
            self._first.fit(X, labels.with_unknown(), sample_weight=sample_weight)
        self.seen_labels_ = self._choose_labels(labels)
        rows = self._first.rows_
        if len(rows) < labels.shape[0]:
            X, labels = X[rows], _take(labels, rows)
            sample_weight = None if sample_weight is None else sample_weight[rows]
        self._fit_second_level(X, self._first.answers_, labels, sample_weight, seeds)
        # What was learned from is not asked for again.
        del self._first.rows_, self._first.answers_

    def _check_options(self) -> None:
        check_choice("trained_on", self.trained_on, ("cross-fitted", "in-sample"))
        check_choice("answers", self.answers, ("auto", "probabilities", "decisions"))
        check_number("min_phi", self.min_phi, at_most=1, error=OptionError)
        if self.answers == "probabilities":
            self._check_probabilities()

    def _sees_probabilities(self) -> bool:
        if self.answers == "auto":
            return hasattr(self._base_learner(), "predict_proba")
        return self.answers == "probabilities"

    def _choose_labels(self, labels: Indicator) -> list[np.ndarray]:
        """Return the labels that each label's classifier sees."""
        varies = ~labels.constant_labels()
        if self.min_phi == 0:
            return [np.flatnonzero(varies)] * self.n_labels_
        phi = pair_matrix(labels.with_unknown(), "phi").to_numpy()
        # Comparisons with NaN are false: an undefined correlation is none.
        seen = (np.abs(phi) >= self.min_phi) & varies
        np.fill_diagonal(seen, varies)
        return [np.flatnonzero(row) for row in seen]

    def _seen_by(self, label: int) -> np.ndarray:
        return self.seen_labels_[label]

    def _views(self, X: Any, answers: Any) -> Iterable[View]:
        features = X if self.keep_features else None
        if self.min_phi > 0:
            return super()._views(features, answers)
        # All see the same: put together once, and not once a label.
        whole = _look((features, answers, self.seen_labels_[0]))
        return repeat((whole, None, None), self.n_labels_)

    def _answers(self, X: Any) -> np.ndarray:
        return self._first._predict_label_proba(X)


class _FirstLevel(OutOfFoldClassifier):
    """Binary relevance, and what it answers about its own training rows.

    Parameters
    ----------
    estimator : BinaryRelevance
    decide : bool
        Whether it answers by decisions.
    cv : as in `OutOfFoldClassifier`, or None
        None for answers of the learner that was trained on the rows themselves.
    random_state : int or None

    Attributes
    ----------
    rows_ : ndarray of int
        The rows that are answered about, in increasing order.
    answers_ : ndarray of float64, shape (len(rows_), n_labels)
    """

    rows_: np.ndarray
    answers_: np.ndarray

    def __init__(
        self,
        estimator: Any = None,
        *,
        decide: bool = False,
        cv: Any = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.decide = decide
        self.cv = cv
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        if self.cv is not None:
            _, answers = self._score_out_of_fold(X, labels, sample_weight)
            order = np.argsort(self.rows_)
            self.rows_, self.answers_ = self.rows_[order], answers[order]
        self._fit_on_all(X, labels, sample_weight)
        if self.cv is None:
            self.rows_ = np.arange(X.shape[0])
            self.answers_ = self._predict_label_proba(X)

    def _folds(self, X: Any, Y: Any) -> list[tuple[np.ndarray, np.ndarray]]:
        # A constant label says nothing about the fold that a row belongs to.
        folds = list(super()._folds(X, Y[:, ~self._constant]))
        self.rows_ = np.concatenate([np.asarray(test) for _, test in folds])
        return folds

    def _fit_clone(self, X: Any, Y: Any, sample_weight: np.ndarray | None) -> Any:
        return _Answering(super()._fit_clone(X, Y, sample_weight), self.decide)

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return self.estimator_.learner.predict(X)


@dataclass(frozen=True, slots=True)
class _Answering:
    """A fitted learner whose answers, of either kind, are read as probabilities."""

    learner: BinaryRelevance
    decide: bool

    def predict_proba(self, X: Any) -> Any:
        return self.learner.predict(X) if self.decide else self.learner.predict_proba(X)


def _take(labels: Indicator, rows: np.ndarray) -> Indicator:
    """Return the labels of some rows."""
    missing = None if labels.missing is None else labels.missing[rows]
    return replace(labels, values=labels.values[rows], missing=missing)
