"""Pruned sets: a label powerset on the frequent label sets, alone or as an ensemble."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.models.label_sets import (
    check_votes,
    fit_sets,
    label_marginals,
    number_label_sets,
    predict_sets,
)
from mlkit.models.powerset import LabelPowerset
from mlkit.models.transformation import (
    TransformationClassifier,
    draw_seeds,
    make_rng,
)
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.validation import Indicator

__all__ = ["EnsembleOfPrunedSets", "PrunedSets"]

RareRows: TypeAlias = Literal["largest_subsets", "all_subsets", "drop"]
"""What becomes of the rows whose label set is rare."""


class PrunedSets(LabelPowerset):
    """Learn the label sets that occur often; rows of rare ones stand for their subsets.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner, which must do multi-class;
        ``LogisticRegression(max_iter=1000)`` by default.
    prune : int, default 1
        A label set is frequent if it occurs more than this many times (the paper's p);
        with 0 all are, and the learner is a `LabelPowerset`.
    rare_rows : {"largest_subsets", "all_subsets", "drop"}, default "largest_subsets"
        What becomes of a row whose set is rare. ``"largest_subsets"`` (strategy A_b of
        the paper): a copy for each of its `n_subsets` best frequent subsets, those with
        more labels first, then those that occur more often. ``"all_subsets"`` (strategy
        B_b): a copy for each frequent subset of more than `larger_than` labels. A row
        without such a subset is left out, as all rare ones are with ``"drop"``.
    n_subsets : int, default 2
        How many copies a row of a rare set gives at most; at least 1. The b of A_b.
    larger_than : int, default 0
        How many labels a subset must exceed; at least 0. The b of B_b.
    random_state : int or RandomState, optional
        Seed of the base learner. By default the seed that is set in `estimator` is
        kept.

    Attributes
    ----------
    label_sets_ : ndarray or csr_array of int8, shape (n_label_sets, n_labels)
        The frequent label sets, in lexicographic order; CSR where `Y` was.
    sample_indices_ : ndarray of int, shape (n_kept,)
        Which row of `X` each row was that the base learner saw.
    estimator_ : classifier
        The fitted base learner; class ``c`` stands for ``label_sets_[c]``. Where a
        single set is frequent, a `sklearn.dummy.DummyClassifier`.
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
    EnsembleOfPrunedSets : Many of them, which together form sets never seen.
    LabelPowerset : Keeps all label sets.
    RAkELd, RAkELo : Meet the number of label sets with small groups of labels.

    Notes
    -----
    A set that occurs once or twice costs a class of its own and can hardly be learned.
    Pruning spares these classes, and the copies keep what their rows tell about labels
    that go together. The aim is that of `LabelPowerset`, the mode of the joint
    distribution and with it subset accuracy; that is bounded by the sets that are
    left, fewer than there. A label all of whose sets are rare may be left out
    altogether: it is then never predicted.

    With `sample_weight` a set occurs as often as its rows weigh, so that a row of
    weight 2 counts as two rows. A copy weighs what its row weighs.

    Where the paper leaves a case open: the empty set, a subset of every other, is never
    a row's copy (it would say that no label is there), and a label that all rows have
    does not count in the comparison of sets. Where no set occurs more than
    `prune` times, the ones that occur most often are kept, whatever `prune` says.

    Cost: one fit of the base learner on (n_kept, n_features), n_kept at most n_samples
    times the copies a row, with as many classes as sets are frequent; before that, a
    product of the rare and the frequent sets. Rows are copied only where sets are rare.

    References
    ----------
    J. Read, B. Pfahringer, G. Holmes. Multi-label classification using ensembles of
    pruned sets. ICDM 2008, 995-1000, doi 10.1109/ICDM.2008.74.

    Examples
    --------
    Of three label sets over a, b, c the last occurs once. Its row becomes two, {a, b}
    and {c}, so that these have 4 and 3 rows of 7:

    >>> from sklearn.dummy import DummyClassifier
    >>> from mlkit.models import PrunedSets
    >>> X = [[0]] * 6
    >>> Y = [[1, 1, 0]] * 3 + [[0, 0, 1]] * 2 + [[1, 1, 1]]
    >>> learner = PrunedSets(DummyClassifier(strategy="prior")).fit(X, Y)
    >>> learner.label_sets_.tolist()
    [[0, 0, 1], [1, 1, 0]]
    >>> learner.sample_indices_.tolist()
    [0, 1, 2, 3, 4, 5, 5]
    >>> learner.predict_proba([[0]]).round(3).tolist()
    [[0.571, 0.571, 0.429]]
    """

    sample_indices_: np.ndarray

    def __init__(
        self,
        estimator: Any = None,
        *,
        prune: int = 1,
        rare_rows: RareRows = "largest_subsets",
        n_subsets: int = 2,
        larger_than: int = 0,
        random_state: Any = None,
    ) -> None:
        super().__init__(estimator, random_state=random_state)
        self.prune = prune
        self.rare_rows = rare_rows
        self.n_subsets = n_subsets
        self.larger_than = larger_than

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(sample_weight=sample_weight)
        self.estimator_, self.label_sets_, self.sample_indices_ = _fit_pruned(
            base,
            X,
            labels.values,
            sample_weight,
            _pruning_options(self),
            name="the frequent label sets",
            seed=draw_seeds(make_rng(self.random_state), 1)[0],
        )


class EnsembleOfPrunedSets(TransformationClassifier):
    """Let pruned sets of many subsamples vote, and form label sets never seen.

    Parameters
    ----------
    estimator : classifier, default None
        The base learner, which must do multi-class;
        ``LogisticRegression(max_iter=1000)`` by default.
    n_estimators : int, default 10
        How many members vote; at least 1.
    max_samples : float, default 0.63
        Share of the rows that a member is trained on, drawn without replacement, in
        [0, 1]; 63 % as in the paper. At least one row is drawn.
    prune, rare_rows, n_subsets, larger_than
        As in `PrunedSets`, applied to each subsample.
    voting : {"hard", "soft"}, default "hard"
        ``"hard"``: a member votes with its predicted label set, and a label's
        probability is its share of the votes; the base learner needs no probabilities.
        ``"soft"``: it votes with the probabilities of the labels.
    n_jobs : int, optional
        How many members are learned at once, as in joblib; the result is the same for
        any number.
    random_state : int or RandomState, optional
        Draws the subsamples and gives every member its own seed. By default subsamples
        differ from call to call, and the seeds that are set in `estimator` are kept.

    Attributes
    ----------
    estimators_ : list of classifiers, length n_estimators
        Class ``c`` of member ``i`` stands for ``label_sets_[i][c]``.
    label_sets_ : list of ndarray or csr_array of int8
        The frequent label sets of each subsample, (n_label_sets, n_labels).
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
    PrunedSets : A single member, on all rows.
    RAkELo : Members that differ by their labels.

    Notes
    -----
    `predict_proba` is the mean of the members' votes, `predict` names the labels with
    more than half of them. Labels that no training row has together can be predicted
    together, where different members bring them: what a single powerset cannot. The
    votes are averages over members and rows, near the marginals that Hamming loss and
    rankings ask for, while the members see whole sets.

    63 % is the expected share of distinct rows in a bootstrap sample. The threshold of
    .5 is fixed here; `ThresholdedClassifier` around this learner tunes it.

    Cost: n_estimators times that of `PrunedSets`, each on its share of the rows.

    References
    ----------
    J. Read, B. Pfahringer, G. Holmes. Multi-label classification using ensembles of
    pruned sets. ICDM 2008, 995-1000, doi 10.1109/ICDM.2008.74.

    Examples
    --------
    Each member is trained on one row of three, and these three draw different rows.
    Each label has two of three votes: the set of all three was never seen.

    >>> from mlkit.models import EnsembleOfPrunedSets
    >>> X, Y = [[0], [0], [0]], [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    >>> learner = EnsembleOfPrunedSets(n_estimators=3, max_samples=0.34, random_state=4)
    >>> [sets.tolist() for sets in learner.fit(X, Y).label_sets_]
    [[[0, 1, 1]], [[1, 1, 0]], [[1, 0, 1]]]
    >>> learner.predict([[0]]).tolist()
    [[1, 1, 1]]
    >>> learner.predict_proba([[0]]).round(2).tolist()
    [[0.67, 0.67, 0.67]]
    """

    estimators_: list[Any]
    label_sets_: list[np.ndarray | sp.csr_array]

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 10,
        max_samples: float = 0.63,
        prune: int = 1,
        rare_rows: RareRows = "largest_subsets",
        n_subsets: int = 2,
        larger_than: int = 0,
        voting: Literal["hard", "soft"] = "hard",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.prune = prune
        self.rare_rows = rare_rows
        self.n_subsets = n_subsets
        self.larger_than = larger_than
        self.voting = voting
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _check_probabilities(self) -> None:
        # A share of votes needs no probabilities of the base learner.
        check_votes(self.voting, self._base_learner())

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        base = self._check_base_learner(sample_weight=sample_weight)
        check_choice("voting", self.voting, ("hard", "soft"))
        self._check_probabilities()
        options = _pruning_options(self)
        rng = make_rng(self.random_state)
        subsamples = self._draw_subsamples(labels.shape[0], check_random_state(rng))
        seeds = draw_seeds(rng, self.n_estimators)
        fitted = run_in_processes(
            (
                delayed(_fit_member)(
                    base, X, labels.values, sample_weight, rows, options, seed
                )
                for rows, seed in zip(subsamples, seeds, strict=True)
            ),
            len(subsamples),
            n_jobs=self.n_jobs,
        )
        self.estimators_ = [learner for learner, _ in fitted]
        self.label_sets_ = [label_sets for _, label_sets in fitted]

    def _draw_subsamples(
        self, n_samples: int, rng: np.random.RandomState
    ) -> list[np.ndarray]:
        n_members = check_count("n_estimators", self.n_estimators, minimum=1)
        check_number("max_samples", self.max_samples, at_most=1)
        n_rows = max(1, round(self.max_samples * n_samples))
        # In the order of the rows, so that a share of 1 is the same as no draw.
        draws = (rng.permutation(n_samples)[:n_rows] for _ in range(n_members))
        return [np.sort(rows) for rows in draws]

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return self._sum_of_votes(X) > len(self.estimators_) / 2

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        votes = self._sum_of_votes(X)
        dense = votes if isinstance(votes, np.ndarray) else votes.toarray()
        return dense / len(self.estimators_)

    def _sum_of_votes(self, X: Any) -> np.ndarray | sp.csr_array:
        vote = label_marginals if self.voting == "soft" else predict_sets
        # One member's votes at a time, and sparse ones stay sparse.
        votes = run_in_threads(
            (
                delayed(vote)(learner, X, label_sets)
                for learner, label_sets in zip(
                    self.estimators_, self.label_sets_, strict=True
                )
            ),
            n_jobs=self.n_jobs,
        )
        total = next(votes).astype(np.float64)
        for other in votes:
            total = total + other
        return total


def _pruning_options(learner: PrunedSets | EnsembleOfPrunedSets) -> dict[str, Any]:
    """Check the options that both learners have, and return them."""
    check_count("prune", learner.prune, minimum=0)
    check_choice(
        "rare_rows", learner.rare_rows, ("largest_subsets", "all_subsets", "drop")
    )
    check_count("n_subsets", learner.n_subsets, minimum=1)
    check_count("larger_than", learner.larger_than, minimum=0)
    names = ("prune", "rare_rows", "n_subsets", "larger_than")
    return {name: getattr(learner, name) for name in names}


def _fit_member(
    base: Any,
    X: Any,
    values: np.ndarray | sp.csr_array,
    sample_weight: np.ndarray | None,
    rows: np.ndarray,
    options: dict[str, Any],
    seed: int | None,
) -> tuple[Any, np.ndarray | sp.csr_array]:
    """Fit one member of the ensemble to some rows; return it with its label sets."""
    weights = None if sample_weight is None else sample_weight[rows]
    name = f"the frequent label sets of {len(rows)} rows"
    # Not X[rows] here: what is pruned would be copied in vain, and the rest twice.
    learner, label_sets, _ = _fit_pruned(
        base, X, values[rows], weights, options, rows=rows, name=name, seed=seed
    )
    return learner, label_sets


def _fit_pruned(
    base: Any,
    X: Any,
    values: np.ndarray | sp.csr_array,
    sample_weight: np.ndarray | None,
    options: dict[str, Any],
    *,
    name: str,
    seed: int | None,
    rows: np.ndarray | None = None,
) -> tuple[Any, np.ndarray | sp.csr_array, np.ndarray]:
    """Fit a clone to the frequent sets; return it, these sets and the rows it saw.

    `values` and `sample_weight` are of the given rows of `X`, of all by default.
    """
    label_sets, kept, codes = _prune(values, sample_weight, **options)
    weights = None if sample_weight is None else sample_weight[kept]
    used = kept if rows is None else rows[kept]
    # Nothing is copied where nothing was pruned.
    seen = X if np.array_equal(used, np.arange(X.shape[0])) else X[used]
    learner = fit_sets(base, seen, codes, name=name, seed=seed, sample_weight=weights)
    return learner, label_sets, used


def _prune(
    values: np.ndarray | sp.csr_array,
    sample_weight: np.ndarray | None,
    *,
    prune: int,
    rare_rows: RareRows,
    n_subsets: int,
    larger_than: int,
) -> tuple[np.ndarray | sp.csr_array, np.ndarray, np.ndarray]:
    """Return the frequent sets, the rows that are kept, and the set of each of them."""
    first_rows, codes = number_label_sets(values)
    counts = np.bincount(codes, weights=sample_weight)
    frequent = counts > prune
    if not frequent.any():
        # Sums of weights may differ by rounding.
        frequent = np.isclose(counts, counts.max())
    sets = values[first_rows]
    # What each set becomes: itself, or some of its subsets.
    old, new = np.flatnonzero(frequent), np.arange(frequent.sum())
    if rare_rows != "drop":
        rare, subsets, sizes, places = _rank_subsets(sets, frequent, counts)
        largest = rare_rows == "largest_subsets"
        chosen = places < n_subsets if largest else sizes > larger_than
        old = np.concatenate([old, rare[chosen]])
        new = np.concatenate([new, subsets[chosen]])
    becomes = sp.csr_array(
        (np.ones(len(old), dtype=np.int8), (old, new)),
        shape=(len(frequent), frequent.sum()),
    )
    rows, codes = becomes[codes].nonzero()
    return sets[frequent], rows, codes


def _rank_subsets(
    sets: np.ndarray | sp.csr_array, frequent: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return all pairs of a rare set and a frequent subset: both, its size and place.

    Rare sets by their number, subsets by their number among the frequent ones; places
    count from 0 for the best subset of each rare set.
    """
    # A product of int8 would overflow beyond 127 labels.
    sets = sp.csr_array(sets, dtype=np.int64)
    # A label of every set tells nothing, and would make the empty set one of its own.
    sets = sets[:, sets.sum(axis=0) < sets.shape[0]]
    kept = sets[frequent]
    sizes = kept.sum(axis=1)
    shared = (sets[~frequent] @ kept.T).tocoo()
    # All of its labels are shared. The empty set shares none and is not stored.
    inside = shared.data == sizes[shared.col]
    rare, subsets = shared.row[inside], shared.col[inside]
    order = np.lexsort((subsets, -counts[frequent][subsets], -sizes[subsets], rare))
    rare, subsets = rare[order], subsets[order]
    places = np.arange(len(rare)) - np.searchsorted(rare, rare)
    return np.flatnonzero(~frequent)[rare], subsets, sizes[subsets], places
