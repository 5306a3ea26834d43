"""The catalog of learners, first part: methods combined with base learners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.chain_ensemble import EnsembleOfClassifierChains
from mlkit.models.chains import ClassifierChain
from mlkit.models.dependent import DependentBinaryRelevance
from mlkit.models.homer import HOMER
from mlkit.models.label_ranking import CalibratedLabelRanking
from mlkit.models.partition import LabelSpacePartition
from mlkit.models.powerset import LabelPowerset
from mlkit.models.probabilistic_chain import ProbabilisticClassifierChain
from mlkit.models.pruned_sets import EnsembleOfPrunedSets, PrunedSets
from mlkit.models.rakel import RAkELd, RAkELo
from mlkit.models.stacking import StackedBinaryRelevance

__all__ = ["BASES", "Entry", "Grid", "combined", "prefixed"]

Grid = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A learner by name, and what one must know to choose it.

    Parameters
    ----------
    family : str
        The method, in words.
    base : str
        The base learner, in words; "none" where there is none.
    suits : str
        The measure that it is made for.
    cost : str
        Fits of the base learner, or time; n rows, d features, q labels.
    paper : str
        Authors and year.
    build : callable
        ``build() -> learner``, not fitted.
    scaled : bool
        Whether numbers are to be scaled first.
    grid : mapping of str to list
        Values worth trying, by parameter of the learner.
    jobs : str, default ""
        The parameter that says how many jobs run at once: outermost, as jobs inside
        jobs fight for the cores. Empty where nothing can run at once.
    """

    family: str
    base: str
    suits: str
    cost: str
    paper: str
    build: Callable[[], Any]
    scaled: bool
    grid: Grid = field(default_factory=dict)
    jobs: str = ""


@dataclass(frozen=True, slots=True)
class _Base:
    """A single-label learner and what has to be done to its features."""

    title: str
    build: Callable[[], Any]
    scaled: bool
    grid: Grid
    parallel: bool = False


@dataclass(frozen=True, slots=True)
class _Method:
    """A way to turn labels into single-label problems, and what is known about it."""

    family: str
    learner: Callable[..., Any]
    suits: str
    cost: str
    paper: str
    bases: tuple[str, ...]
    parallel: bool = True
    grid: Grid = field(default_factory=dict)


# scikit-learn's defaults, but for iterations that would end in a warning. Naive Bayes
# is the Bernoulli one, since it also takes sparse features: it cuts each feature at 0,
# which after scaling is the mean of a dense feature, and absence in a sparse one.
BASES = {
    "lr": _Base(
        "logistic regression",
        partial(LogisticRegression, max_iter=1000),
        True,
        {"C": [0.01, 0.1, 1.0, 10.0]},
    ),
    "svc": _Base(
        "linear support vectors",
        LinearSVC,
        True,
        {"C": [0.001, 0.01, 0.1, 1.0]},
    ),
    "svm": _Base(
        "support vectors, RBF kernel",
        SVC,
        True,
        {"C": [1.0, 10.0, 100.0], "gamma": ["scale", 0.01, 0.1]},
    ),
    "rf": _Base(
        "random forest",
        RandomForestClassifier,
        False,
        {"min_samples_leaf": [1, 3, 10], "max_features": ["sqrt", 0.3]},
        parallel=True,
    ),
    "et": _Base(
        "extremely randomised trees",
        ExtraTreesClassifier,
        False,
        {"min_samples_leaf": [1, 3, 10], "max_features": ["sqrt", 0.3]},
        parallel=True,
    ),
    "tree": _Base(
        "decision tree", DecisionTreeClassifier, False, {"max_depth": [3, 6, 12, None]}
    ),
    "nb": _Base(
        "naive Bayes (Bernoulli)", BernoulliNB, True, {"alpha": [0.01, 0.1, 1.0]}
    ),
    "knn": _Base(
        "5 nearest neighbours",
        KNeighborsClassifier,
        True,
        {"n_neighbors": [5, 10, 20], "weights": ["uniform", "distance"]},
        parallel=True,
    ),
}

_ALL = tuple(BASES)
# An ensemble of forests is a forest that takes ten times as long.
_LIGHT = ("lr", "svc", "svm", "tree", "nb", "knn")

_METHODS = {
    "br": _Method(
        "binary relevance",
        BinaryRelevance,
        "Hamming loss, macro averages, ranking",
        "q fits on (n, d); any number at once",
        "Tsoumakas & Katakis 2007",
        _ALL,
    ),
    "2br": _Method(
        "stacked binary relevance",
        StackedBinaryRelevance,
        "Hamming loss, macro averages, ranking",
        "6 q fits on (n, d), q on (n, d + q); any number at once",
        "Godbole & Sarawagi 2004",
        ("lr", "svc", "rf", "tree", "nb"),
        grid={"keep_features": [True, False], "min_phi": [0.0, 0.1]},
    ),
    "dbr": _Method(
        "dependent binary relevance",
        DependentBinaryRelevance,
        "subset accuracy, F1 of rows",
        "q fits on (n, d), q on (n, d + q - 1); any number at once",
        "Montañés et al. 2014",
        ("lr", "svc", "rf", "tree", "nb"),
    ),
    "cc": _Method(
        "classifier chain",
        ClassifierChain,
        "subset accuracy (greedy)",
        "q fits on (n, d) to (n, d + q - 1); one after another",
        "Read et al. 2011",
        _ALL,
        parallel=False,
        grid={"order": [None, "dependence"]},
    ),
    "ecc": _Method(
        "ensemble of classifier chains",
        EnsembleOfClassifierChains,
        "Hamming loss, F1 of rows, ranking",
        "10 chains; any number at once",
        "Read et al. 2011",
        _LIGHT,
        grid={"n_estimators": [10, 30]},
    ),
    "pcc": _Method(
        "probabilistic classifier chain",
        # Draws take any number of labels, where the exact search ends at 15.
        partial(ProbabilisticClassifierChain, inference="monte_carlo"),
        "subset accuracy; Hamming loss or F1 where asked",
        "the fits of a chain; 100 draws a row to predict",
        "Dembczyński et al. 2010",
        ("lr", "tree", "nb"),
        parallel=False,
        grid={"loss": ["subset", "hamming", "f1"]},
    ),
    "clr": _Method(
        "calibrated label ranking",
        CalibratedLabelRanking,
        "ranking loss, label ranking average precision",
        "q fits on (n, d), q (q - 1) / 2 on the rows that part two labels",
        "Fürnkranz et al. 2008",
        ("lr", "svc", "tree", "nb"),
    ),
    "lp": _Method(
        "label powerset",
        LabelPowerset,
        "subset accuracy",
        "1 fit on (n, d) with up to min(n, 2^q) classes",
        "Tsoumakas & Katakis 2007",
        _ALL,
        parallel=False,
    ),
    "ps": _Method(
        "pruned sets",
        PrunedSets,
        "subset accuracy",
        "1 fit on (n, d) with the frequent label sets as classes",
        "Read et al. 2008",
        ("lr", "svc", "svm", "rf", "tree"),
        parallel=False,
        grid={"prune": [1, 2, 3], "n_subsets": [1, 2]},
    ),
    "eps": _Method(
        "ensemble of pruned sets",
        EnsembleOfPrunedSets,
        "subset accuracy, F1 of rows",
        "10 pruned sets; any number at once",
        "Read et al. 2008",
        ("lr", "svc", "svm", "tree"),
        grid={"prune": [1, 2, 3], "n_estimators": [10, 30]},
    ),
    "rakeld": _Method(
        "RAkEL, disjoint labelsets",
        RAkELd,
        "subset accuracy, F1 of rows",
        "q / 3 fits with up to 8 classes; any number at once",
        "Tsoumakas et al. 2011",
        ("lr", "svc", "svm", "rf", "tree"),
        grid={"labelset_size": [2, 3, 4]},
    ),
    "rakelo": _Method(
        "RAkEL, overlapping labelsets",
        RAkELo,
        "Hamming loss, F1 of rows, ranking",
        "2 q fits with up to 8 classes; any number at once",
        "Tsoumakas et al. 2011",
        ("lr", "svc", "svm", "tree", "nb"),
        grid={"labelset_size": [2, 3, 4]},
    ),
    "lsp": _Method(
        "label space partition",
        LabelSpacePartition,
        "subset accuracy, F1 of rows",
        "a label powerset for each cluster of labels; any number at once",
        "Szymański et al. 2016",
        ("lr", "svc", "rf", "tree"),
    ),
    "homer": _Method(
        "HOMER",
        HOMER,
        "many labels: time to predict, F1",
        "fits of binary relevance on the rows of each node of a tree",
        "Tsoumakas et al. 2008",
        ("lr", "svc", "tree", "nb"),
        grid={"n_children": [2, 3, 5]},
    ),
}

# Methods around a multi-label learner: these take the base learner inside one.
_AROUND_POWERSET = ("lsp",)
_AROUND_RELEVANCE = ("homer",)


def combined() -> Iterator[tuple[str, Entry]]:
    """Yield every method with its base learners."""
    for method_name, method in _METHODS.items():
        for base_name in method.bases:
            base = BASES[base_name]
            yield (
                f"{method_name}-{base_name}",
                Entry(
                    method.family,
                    base.title,
                    method.suits,
                    method.cost,
                    method.paper,
                    partial(_build, method_name, base_name),
                    base.scaled,
                    {**method.grid, **prefixed(base.grid, _path(method_name))},
                    jobs=_jobs(method, base, _path(method_name)),
                ),
            )


def _jobs(method: _Method, base: _Base, path: str) -> str:
    if method.parallel:
        return "n_jobs"
    return f"{path}__n_jobs" if base.parallel else ""


def _build(method_name: str, base_name: str) -> Any:
    base = BASES[base_name].build()
    if method_name in _AROUND_POWERSET:
        base = LabelPowerset(base)
    elif method_name in _AROUND_RELEVANCE:
        base = BinaryRelevance(base)
    return _METHODS[method_name].learner(base)


def _path(method_name: str) -> str:
    around = method_name in (*_AROUND_POWERSET, *_AROUND_RELEVANCE)
    return "estimator__estimator" if around else "estimator"


def prefixed(grid: Grid, path: str) -> dict[str, list[Any]]:
    """Return a grid of parameters that lie behind a path of others.

    Parameters
    ----------
    grid : mapping of str to list
    path : str
        Such as ``"estimator"``.

    Returns
    -------
    dict of str to list
    """
    return {f"{path}__{name}": values for name, values in grid.items()}
