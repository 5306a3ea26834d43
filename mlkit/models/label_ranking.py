"""Calibrated label ranking: pairs of labels vote, and so does a label between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp

from mlkit.arguments import check_choice, check_count
from mlkit.exceptions import OptionError, TooManyLabelsError
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.probabilities import positive_proba
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    fit_base,
    make_rng,
    predict_column,
)
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.models.wrapper import quiet_about_constants
from mlkit.validation import Indicator

__all__ = ["CalibratedLabelRanking"]

Votes: TypeAlias = Literal["hard", "soft"]

# Added to any value of a label it is not 1, so that it separates no pair.
_UNKNOWN = 2


class CalibratedLabelRanking(TransformationClassifier):
    """Let every pair of labels vote, and predict those with more votes than their cut.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner; ``LogisticRegression(max_iter=1000)`` by default.
    votes : {"hard", "soft"}, default "hard"
        What a classifier gives to the two labels that it compares: its whole vote to
        one of them [1]_, or to each its probability of being preferred, known as
        weighted voting [2]_. Soft votes need probabilities.
    max_pairs : int, default 20000
        The most pairs of labels, each with a classifier of its own, that are accepted:
        those of 200 labels by default.
    n_jobs : int, optional
        How many classifiers are fitted at once, as in joblib; the result is the same
        for any number.
    random_state : int or RandomState, optional
        Gives every classifier its own seed. By default the seeds that are set in
        `estimator` are kept.

    Attributes
    ----------
    binary_relevance_ : BinaryRelevance
        The labels against the calibration label: is it there or not?
    pairs_ : ndarray of int, shape (n_pairs, 2)
        Positions of the labels that are compared. Constant labels are compared with
        none, and a pair that no training row separates is left out.
    estimators_ : list of classifiers, length n_pairs
        Each predicts 1 where it prefers the first label of its pair.
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
    BinaryRelevance : The same without pairs; its probabilities rank the labels too.
    mlkit.metrics.ranking_loss : What a ranking of the labels is judged by.

    Notes
    -----
    For two labels, only rows count that carry exactly one of them: a classifier learns
    which one. A further label, the calibration label, stands between those that a row
    carries and those that it does not; to compare a label with it is to ask whether
    the label is there. With all q + 1 of them, each label has up to q votes, and

        v_j = votes of label j,    v_0 = votes of the calibration label,

        y_j = 1 where v_j > v_0.

    So the cut is different in every row, and whether a label is predicted depends on
    its pairs' word as much as on its own. The method is made for rankings: ranking
    loss, coverage, average precision. For full rankings, soft votes that are true
    probabilities are known to give the least expected sum of squared rank differences
    [2]_; for label sets nothing of the kind is claimed. On the fixed splits of
    emotions, scene and yeast with logistic regression, the ranking loss was 0.153,
    0.085 and 0.181 with soft votes, 0.168, 0.102 and 0.195 with hard ones, and 0.161,
    0.109 and 0.186 by the probabilities of `BinaryRelevance`.

    `predict_proba` is (1 + (v_j - v_0) / q) / 2, with the labels that vary as q: it has
    the cut at 0.5, and the order of the votes within a row. These are ranks, not
    calibrated probabilities; `CalibratedClassifier` can make some of them. In a row,
    hard votes have up to q + 1 different values and many ties, soft ones hardly any.

    A pair that no training row separates (two labels that always come together)
    casts no vote. Where labels are unknown (NaN in Y), a pair learns from the rows
    that know both.

    Cost: n_labels fits of the base learner on all rows, and n_labels (n_labels - 1) / 2
    on those that separate the pair: in all about as many rows as n_samples times
    n_labels times the mean number of labels a row. All of these classifiers are kept
    and asked, O(n_labels^2): with 159 labels, 1836 features and logistic regression
    they take 185 MB.

    References
    ----------
    .. [1] J. Fürnkranz, E. Hüllermeier, E. Loza Mencía, K. Brinker. Multilabel
       classification via calibrated label ranking. Machine Learning 73(2), 2008,
       133-153. doi:10.1007/s10994-008-5064-8
    .. [2] E. Hüllermeier, J. Fürnkranz, W. Cheng, K. Brinker. Label ranking by learning
       pairwise preferences. Artificial Intelligence 172(16-17), 2008, 1897-1916.

    Examples
    --------
    Of ten rows, nine carry the first label, six the second and one the third. With a
    base learner that takes the majority, the first beats the others and the calibration
    label (3 votes), the second the third and the calibration label (2), the third none,
    and the calibration label the third (1). So p = (1 + (3 - 1) / 3) / 2 = 0.83 for the
    first.

    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import CalibratedLabelRanking
    >>> X = [[0]] * 10
    >>> Y = [[1, 1, 0]] * 5 + [[1, 0, 0]] * 4 + [[0, 1, 1]]
    >>> learner = CalibratedLabelRanking(DummyClassifier()).fit(X, Y)
    >>> learner.pairs_.tolist()
    [[0, 1], [0, 2], [1, 2]]
    >>> learner.predict_proba([[0]]).round(2)
    array([[0.83, 0.67, 0.33]])
    >>> learner.predict([[0]])
    array([[1, 1, 0]])
    """

    _accepts_missing_labels: ClassVar[bool] = True
    binary_relevance_: BinaryRelevance
    pairs_: np.ndarray
    estimators_: list[Any]
    _varying: np.ndarray

    def __init__(
        self,
        estimator: Any = None,
        *,
        votes: Votes = "hard",
        max_pairs: int = 20_000,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.votes = votes
        self.max_pairs = max_pairs
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        self._check_base_learner(sample_weight=sample_weight)
        check_choice("votes", self.votes, ("hard", "soft"))
        if self.votes == "soft":
            super()._check_probabilities()
        self._varying = np.flatnonzero(~labels.constant_labels())
        self._refuse_too_many(len(self._varying))
        pairs = self._varying[np.column_stack(np.triu_indices(len(self._varying), 1))]
        first, *seeds = draw_seeds(make_rng(self.random_state), 1 + len(pairs))
        with quiet_about_constants():
            self.binary_relevance_ = BinaryRelevance(
                self.estimator, n_jobs=self.n_jobs, random_state=first
            ).fit(X, labels.with_unknown(), sample_weight=sample_weight)
        self._fit_pairs(X, labels, sample_weight, pairs, seeds)

    def _refuse_too_many(self, n_labels: int) -> None:
        check_count("max_pairs", self.max_pairs, minimum=0, error=OptionError)
        n_pairs = n_labels * (n_labels - 1) // 2
        if n_pairs > self.max_pairs:
            msg = (
                f"Y has {n_labels} labels that vary, so {n_pairs} pairs with a "
                f"classifier each; at most max_pairs={self.max_pairs} are accepted. "
                "Raise max_pairs where memory and time allow, or take a learner with "
                "a classifier a label: BinaryRelevance or StackedBinaryRelevance."
            )
            raise TooManyLabelsError(msg)

    def _fit_pairs(
        self,
        X: Any,
        labels: Indicator,
        sample_weight: np.ndarray | None,
        pairs: np.ndarray,
        seeds: list[int | None],
    ) -> None:
        fitted = run_in_processes(
            (
                delayed(_fit_pair)(
                    self._base_learner(),
                    X,
                    y,
                    rows,
                    sample_weight,
                    name=f"'{labels.label_names[i]}' against '{labels.label_names[j]}'",
                    seed=seed,
                )
                for (i, j), (y, rows), seed in zip(
                    pairs, _separated(labels, pairs), seeds, strict=True
                )
            ),
            len(pairs),
            n_jobs=self.n_jobs,
        )
        votes = [learner is not None for learner in fitted]
        self.pairs_ = pairs[votes]
        self.estimators_ = [learner for learner in fitted if learner is not None]

    def _check_probabilities(self) -> None:
        # Votes need none, whatever the base learner has; `fit` asks for soft ones.
        return

    def _predict_labels(self, X: Any) -> np.ndarray:
        return self._predict_label_proba(X) > 0.5

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        own = self._own_votes(X)
        votes = own.T.copy()
        for (i, j), preferred in zip(self.pairs_, self._ask_pairs(X), strict=True):
            votes[i] += preferred
            votes[j] += 1.0 - preferred
        # A constant label has the vote of its own classifier, 0 or 1, and no other.
        proba, varying = own, self._varying
        against = (1.0 - own[:, varying]).sum(axis=1)
        lead = (votes[varying] - against) / max(len(varying), 1)
        # Rounding may carry a sum of soft votes just beyond its limits.
        proba[:, varying] = np.clip((1.0 + lead.T) / 2.0, 0.0, 1.0)
        return proba

    def _own_votes(self, X: Any) -> np.ndarray:
        """Return each label's vote against the calibration label, float64."""
        if self.votes == "soft":
            return self.binary_relevance_.predict_proba(X)
        decided: Any = self.binary_relevance_.predict(X)
        dense = decided.toarray() if sp.issparse(decided) else decided
        return dense.astype(np.float64)

    def _ask_pairs(self, X: Any) -> Iterator[np.ndarray]:
        """Yield how far each pair prefers its first label, in [0, 1]."""
        ask = predict_column if self.votes == "hard" else _preference
        return run_in_threads(
            (delayed(ask)(learner, X) for learner in self.estimators_),
            n_jobs=self.n_jobs,
        )


def _separated(
    labels: Indicator, pairs: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the first label of each pair, and the rows that carry exactly one of both.

    The labels stand dense, as int8: where all pairs can be learned, they are few.
    """
    columns = np.array(labels.toarray().T, order="C")
    if labels.missing is not None:
        missing: Any = labels.missing
        unknown = missing.toarray() if sp.issparse(missing) else missing
        columns[unknown.T] = _UNKNOWN
    for i, j in pairs:
        yield columns[i], np.flatnonzero(columns[i] + columns[j] == 1)


def _fit_pair(
    base: Any,
    X: Any,
    y: np.ndarray,
    rows: np.ndarray,
    sample_weight: np.ndarray | None,
    **options: Any,
) -> Any:
    """Fit a clone of the base learner to the rows that separate a pair, if any."""
    if not len(rows):
        return None
    weights = None if sample_weight is None else sample_weight[rows]
    return fit_base(base, X[rows], y[rows], sample_weight=weights, **options)


def _preference(learner: Any, X: Any) -> np.ndarray:
    return positive_proba(learner, X, n_labels=1)[:, 0]
