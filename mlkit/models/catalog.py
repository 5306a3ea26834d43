"""Learners by name: every method with every base learner, ready to use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import unknown_name
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.chains import ClassifierChain
from mlkit.models.powerset import LabelPowerset
from mlkit.models.preparation import FeaturePreparation
from mlkit.models.transformation import TransformationClassifier

__all__ = ["catalog", "make"]


@dataclass(frozen=True, slots=True)
class _Method:
    """A way to turn labels into single-label problems, and what is known about it."""

    family: str
    learner: type[TransformationClassifier]
    suits: str
    cost: str
    paper: str


@dataclass(frozen=True, slots=True)
class _Base:
    """A single-label learner and what has to be done to its features."""

    title: str
    build: Callable[[], Any]
    scaled: bool
    probabilities: bool = True
    parallel: bool = False


_METHODS = {
    "br": _Method(
        "binary relevance",
        BinaryRelevance,
        "Hamming loss, macro averages, ranking",
        "q fits on (n, d); any number at once",
        "Tsoumakas & Katakis 2007",
    ),
    "cc": _Method(
        "classifier chain",
        ClassifierChain,
        "subset accuracy (greedy)",
        "q fits on (n, d) to (n, d + q - 1); one after another",
        "Read et al. 2011",
    ),
    "lp": _Method(
        "label powerset",
        LabelPowerset,
        "subset accuracy",
        "1 fit on (n, d) with up to min(n, 2^q) classes",
        "Tsoumakas & Katakis 2007",
    ),
}

# scikit-learn's defaults, but for iterations that would end in a warning. Naive Bayes
# is the Bernoulli one, since it also takes sparse features: it cuts each feature at 0,
# which after scaling is the mean of a dense feature, and absence in a sparse one.
_BASES = {
    "lr": _Base("logistic regression", lambda: LogisticRegression(max_iter=1000), True),
    "rf": _Base("random forest", RandomForestClassifier, False, parallel=True),
    "tree": _Base("decision tree", DecisionTreeClassifier, False),
    "nb": _Base("naive Bayes (Bernoulli)", BernoulliNB, True),
    "knn": _Base("5 nearest neighbours", KNeighborsClassifier, True, parallel=True),
    "svc": _Base("linear support vectors", LinearSVC, True, probabilities=False),
}

# "prior" predicts the majority and gives the frequencies as probabilities: the two
# answers that a baseline needs.
_DUMMY = _Base("none", lambda: DummyClassifier(strategy="prior"), False)

_BASELINES = {
    "baseline-mode": _Method(
        "baseline",
        BinaryRelevance,
        "the floor for Hamming loss",
        "counting",
        "each label's majority, without features",
    ),
    "baseline-set": _Method(
        "baseline",
        LabelPowerset,
        "the floor for subset accuracy",
        "counting",
        "the most frequent label set, without features",
    ),
}


def _entries() -> dict[str, tuple[_Method, _Base]]:
    """Return every name with its method and base learner."""
    combined = {
        f"{method}-{base}": (_METHODS[method], _BASES[base])
        for method in _METHODS
        for base in _BASES
    }
    return combined | {name: (method, _DUMMY) for name, method in _BASELINES.items()}


def catalog() -> pd.DataFrame:
    """Return the learners that `make` builds, and what they are good for.

    Returns
    -------
    DataFrame, indexed by name
        ``family``, ``base`` (base learner), ``suits`` (the measure that it is made
        for), ``cost`` (n rows, d features, q labels), ``probabilities`` (has
        `predict_proba`), ``sparse`` (takes sparse features), ``missing_labels`` (learns
        from rows in which some labels are unknown), ``scaled`` (numbers are scaled
        first), ``paper``.

    Notes
    -----
    A name is ``<method>-<base>``: `br`, `cc`, `lp` with `lr`, `rf`, `tree`, `nb`,
    `knn`, `svc`. Two baselines use no feature; what does not beat them has learned
    nothing.

    Which learner wins depends on the measure. Marginal probabilities, one label at a
    time, are enough for Hamming loss and rankings; subset accuracy asks for the joint
    distribution of the labels [1]_. The cost column counts fits of the base learner.

    References
    ----------
    .. [1] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier. On label dependence
       and loss minimization in multi-label classification. Machine Learning 88, 2012.

    Examples
    --------
    >>> from mlkit.models import catalog
    >>> catalog().loc["lp-lr", ["family", "base", "suits"]].tolist()
    ['label powerset', 'logistic regression', 'subset accuracy']
    """
    rows = {
        name: {
            "family": method.family,
            "base": base.title,
            "suits": method.suits,
            "cost": method.cost,
            "probabilities": base.probabilities,
            "sparse": True,
            "missing_labels": method.learner._accepts_missing_labels,
            "scaled": base.scaled,
            "paper": method.paper,
        }
        for name, (method, base) in _entries().items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def make(
    name: str, *, random_state: int | None = None, n_jobs: int | None = None
) -> Pipeline:
    """Build a learner by name, with the preparation that its features need.

    Parameters
    ----------
    name : str
        A name of `catalog`, such as ``"br-lr"``.
    random_state : int, optional
        Seed of everything that is random in it.
    n_jobs : int, optional
        How many jobs run at once, as in joblib: over the labels in binary relevance,
        else inside the base learner where that can.

    Returns
    -------
    Pipeline
        Steps ``"prepare"`` (`FeaturePreparation`) and ``"learn"`` (the learner), not
        fitted.

    Raises
    ------
    UnknownNameError
        If there is no such name; the message has the closest one.

    Notes
    -----
    Base learners have scikit-learn's default settings, but for the iterations of
    logistic regression. Settings are reached through the steps, for example
    ``make("br-lr").set_params(learn__estimator__C=0.1)``.

    Examples
    --------
    >>> from mlkit.models import make
    >>> model = make("cc-tree", random_state=0)
    >>> model["learn"]
    ClassifierChain(estimator=DecisionTreeClassifier(), random_state=0)
    >>> model.fit([[0], [1]], [[0, 1], [1, 0]]).predict([[1]])
    array([[1, 0]])
    """
    entries = _entries()
    if name not in entries:
        error = unknown_name("model", name, entries)
        raise error
    method, base = entries[name]
    learner = method.learner(base.build(), random_state=random_state)
    # BR learns labels side by side; a chain cannot, and a powerset has one fit.
    # Only at the outermost place that can: jobs inside jobs fight for the cores.
    if "n_jobs" in learner.get_params():
        learner.set_params(n_jobs=n_jobs)
    elif base.parallel:
        learner.set_params(estimator__n_jobs=n_jobs)
    preparation = FeaturePreparation(scale=base.scaled)
    return Pipeline([("prepare", preparation), ("learn", learner)])
