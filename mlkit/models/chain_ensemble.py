"""Ensembles of classifier chains: chains in random orders, which vote."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.utils import check_random_state

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import OptionError
from mlkit.models.chains import ClassifierChain
from mlkit.models.label_sets import check_votes
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    make_rng,
)
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.models.wrapper import quiet_about_constants
from mlkit.validation import Indicator

__all__ = ["EnsembleOfClassifierChains"]


class EnsembleOfClassifierChains(TransformationClassifier):
    """Average the votes of chains in random orders, each trained on rows of its own.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner of the chains; ``LogisticRegression(max_iter=1000)`` by
        default.
    n_estimators : int, default 10
        Number of chains, at least 1.
    max_samples : int or float, default 1.0
        How many rows each chain is trained on: a number from 1 to n_samples, or a share
        of the rows in (0, 1].
    bootstrap : bool, default True
        Whether a row can be drawn more than once for the same chain. Without, and with
        all rows, the chains differ by their order alone.
    voting : {"hard", "soft"}, default "hard"
        What is averaged: the decisions of the chains, or their probabilities, for which
        the base learner must have `predict_proba`.
    n_jobs : int, optional
        How many chains are learned or asked at once, as in joblib; the result is the
        same for any number.
    random_state : int or RandomState, optional
        Draws rows and orders, and gives the base learners of each chain their own
        seeds. By default rows and orders are drawn anew at every `fit`, and the seeds
        that are set in `estimator` are kept.

    Attributes
    ----------
    estimators_ : list of ClassifierChain, length n_estimators
        The fitted chains; ``estimators_[k].order_`` is the order of chain k.
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
    ClassifierChain : One of the chains, in an order that is chosen.
    ProbabilisticClassifierChain : Marginal probabilities of one chain.
    ThresholdedClassifier : Cuts the votes somewhere else than at 0.5.

    Notes
    -----
    A chain depends on the order of its labels, which nobody knows how to choose; the
    mean over many orders depends on it less, and over bags of rows it varies less [1]_.

    `predict_proba` is the mean over the chains: with ``voting="hard"``, as in the
    paper, the share of the chains that predict the label, a multiple of
    1 / n_estimators; with ``"soft"`` the mean of their `predict_proba`, which ranks
    labels more finely (ranking loss of ten chains of logistic regression on the test
    part of yeast: 0.256 and 0.188). It estimates marginals, so the ensemble suits
    Hamming loss, rankings and F-measures more than subset accuracy: a label set put
    together of majorities may be one that no chain predicts.

    `predict` takes the labels with a mean above 0.5; at 0.5, half of an even number of
    votes, a label stays off. The paper cuts where the predictions have the label
    cardinality of the training rows. That, and any other cut, is the task of
    `ThresholdedClassifier`, ``strategy="cardinality"``, which finds it by rows that the
    chains have not seen.

    A label may be constant in the rows of a chain, which then votes for that constant
    without a warning; a label with c positives is missing in a bootstrap sample with a
    probability of about exp(-c). A warning names the labels constant in all rows.

    Weights of rows follow the rows that are drawn; the draws do not depend on them.

    Cost: n_estimators chains, that is n_estimators * n_labels fits of the base learner,
    any number of chains at once, each with a copy of its rows.

    References
    ----------
    .. [1] J. Read, B. Pfahringer, G. Holmes, E. Frank. Classifier chains for
       multi-label classification. Machine Learning 85(3), 2011, 333-359.

    Examples
    --------
    Three rows of five carry the label. Of four bags of five rows one has none of them,
    and the majority of the three others has it:

    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import EnsembleOfClassifierChains
    >>> X, Y = [[0]] * 5, [[1], [1], [1], [0], [0]]
    >>> learner = EnsembleOfClassifierChains(
    ...     DummyClassifier(), n_estimators=4, random_state=2
    ... ).fit(X, Y)
    >>> [chain.predict_proba([[0]]).item() for chain in learner.estimators_]
    [0.0, 0.6, 0.8, 1.0]
    >>> learner.predict_proba([[0]]), learner.predict([[0]])
    (array([[0.75]]), array([[1]]))
    >>> learner.set_params(voting="soft").predict_proba([[0]])
    array([[0.6]])
    """

    estimators_: list[ClassifierChain]

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 10,
        max_samples: float = 1.0,
        bootstrap: bool = True,
        voting: Literal["hard", "soft"] = "hard",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.bootstrap = bootstrap
        self.voting = voting
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _check_probabilities(self) -> None:
        check_votes(self.voting, self._base_learner())

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(sample_weight=sample_weight)
        n_chains = check_count("n_estimators", self.n_estimators, minimum=1)
        self._check_voting()
        n_rows = self._n_rows(X.shape[0])
        rng = make_rng(self.random_state)
        # Rows and orders are always drawn, seeds of base learners only where asked for.
        draws = draw_seeds(check_random_state(rng), n_chains)
        seeds = draw_seeds(rng, n_chains)
        self.estimators_ = run_in_processes(
            (
                delayed(_fit_chain)(
                    ClassifierChain(base, random_state=seed),
                    X,
                    labels.values,
                    sample_weight,
                    n_rows=n_rows,
                    bootstrap=self.bootstrap,
                    draw=draw,
                )
                for draw, seed in zip(draws, seeds, strict=True)
            ),
            n_chains,
            n_jobs=self.n_jobs,
        )

    def _check_voting(self) -> None:
        check_choice("voting", self.voting, ("hard", "soft"))
        self._check_probabilities()

    def _n_rows(self, n_samples: int) -> int:
        """Return how many rows a chain is trained on."""
        given = self.max_samples
        if isinstance(given, Integral):
            return check_count(
                "max_samples", given, minimum=1, maximum=n_samples, error=OptionError
            )
        check_number("max_samples", given, at_most=1, error=OptionError)
        if given == 0:
            msg = "max_samples must be a share in (0, 1] or a number of rows; got 0.0."
            raise OptionError(msg)
        # A small share of few rows may be less than one of them.
        return max(1, round(given * n_samples))

    def _predict_labels(self, X: Any) -> np.ndarray:
        return (self._predict_label_proba(X) > 0.5).astype(np.int8)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        # It may have been set since `fit`.
        self._check_voting()
        total = np.zeros((X.shape[0], self.n_labels_))
        for votes in run_in_threads(
            (delayed(_ask_chain)(chain, X, self.voting) for chain in self.estimators_),
            n_jobs=self.n_jobs,
        ):
            total += votes
        return total / len(self.estimators_)


def _fit_chain(
    chain: ClassifierChain,
    X: Any,
    Y: Any,
    sample_weight: np.ndarray | None,
    *,
    n_rows: int,
    bootstrap: bool,
    draw: int,
) -> ClassifierChain:
    """Fit a chain in a random order to random rows."""
    rng = np.random.RandomState(draw)
    chain.set_params(order=rng.permutation(Y.shape[1]))
    if bootstrap or n_rows < Y.shape[0]:
        # Sorted, they are read in one pass.
        rows = np.sort(rng.choice(Y.shape[0], size=n_rows, replace=bootstrap))
        X, Y = X[rows], Y[rows]
        sample_weight = None if sample_weight is None else sample_weight[rows]
    with quiet_about_constants():
        return chain.fit(X, Y, sample_weight=sample_weight)


def _ask_chain(chain: ClassifierChain, X: Any, voting: str) -> np.ndarray:
    # X is checked, and the container of Y is not asked for.
    soft = voting == "soft"
    return chain._predict_label_proba(X) if soft else chain._predict_labels(X)
