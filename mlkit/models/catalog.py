"""Learners by name: every method with its base learners, ready to use."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from mlkit.exceptions import unknown_name
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.catalog_entries import ENTRIES, Entry
from mlkit.models.preparation import FeaturePreparation
from mlkit.models.thresholded import ThresholdedClassifier

__all__ = ["catalog", "make", "search"]


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

    See Also
    --------
    make : Builds one.
    search : Values worth trying for its parameters.

    Notes
    -----
    Most names are ``<method>-<base>``: a transformation of the labels with a base
    learner, ``lr`` (logistic regression), ``svc`` (linear support vectors), ``svm``
    (with an RBF kernel), ``rf``, ``et`` (forests), ``tree``, ``nb``, ``knn``. Learners
    that take many labels by themselves have one name, those of scikit-learn begin with
    ``native``, those of scikit-multilearn with ``skm``. Baselines use no feature; what
    does not beat them has learned nothing.

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
    rows = {name: _row(entry) for name, entry in ENTRIES.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def _row(entry: Entry) -> dict[str, Any]:
    # What the learner itself knows is asked of it: a table beside it would drift.
    learner = entry.build()
    return {
        "family": entry.family,
        "base": entry.base,
        "suits": entry.suits,
        "cost": entry.cost,
        "probabilities": hasattr(learner, "predict_proba"),
        "sparse": get_tags(learner).input_tags.sparse,
        "missing_labels": _takes_unknown(learner),
        "scaled": entry.scaled,
        "paper": entry.paper,
    }


def _takes_unknown(learner: Any) -> bool:
    """Say whether a learner, and what it hands the labels on to, takes unknown ones."""
    inner = getattr(learner, "estimator", None)
    if isinstance(inner, MultiLabelClassifier) and not _takes_unknown(inner):
        return False
    return learner._accepts_missing_labels


def make(
    name: str, *, random_state: int | None = None, n_jobs: int | None = None
) -> Pipeline:
    """Build a learner by name, with the preparation that its features need.

    Parameters
    ----------
    name : str
        A name of `catalog`, such as ``"br-lr"``; behind a ``+`` a strategy of
        `ThresholdedClassifier` that tunes its decisions, such as ``"br-rf+scut"``.
    random_state : int, optional
        Seed of everything that is random in it.
    n_jobs : int, optional
        How many jobs run at once, as in joblib: over labels, chains or labelsets where
        the method has several, else inside the base learner where that can.

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
    ``make("br-lr").set_params(learn__estimator__C=0.1)``; `search` names those that
    matter.

    Examples
    --------
    >>> from mlkit.models import make
    >>> model = make("cc-tree", random_state=0)
    >>> model["learn"]
    ClassifierChain(estimator=DecisionTreeClassifier(), random_state=0)
    >>> model.fit([[0], [1]], [[0, 1], [1, 0]]).predict([[1]])
    array([[1, 0]])
    """
    plain, _, strategy = name.partition("+") if name not in ENTRIES else (name, "", "")
    entry = _look_up(plain)
    learner = entry.build()
    if entry.jobs:
        learner.set_params(**{entry.jobs: n_jobs})
    if strategy:
        learner = ThresholdedClassifier(learner, strategy=strategy)
        # A wrong name is refused here and not in the first fit.
        learner._make_strategy()
    if random_state is not None:
        _seed(learner, random_state)
    preparation = FeaturePreparation(scale=entry.scaled)
    return Pipeline([("prepare", preparation), ("learn", learner)])


def _look_up(name: str) -> Entry:
    if name not in ENTRIES:
        error = unknown_name("model", name, ENTRIES)
        raise error
    return ENTRIES[name]


def _seed(learner: Any, random_state: int) -> None:
    """Seed the learner; what has no seed of its own, by those inside it."""
    parameters = learner.get_params()
    if "random_state" in parameters and not isinstance(learner, ThresholdedClassifier):
        learner.set_params(random_state=random_state)
        return
    inner = getattr(learner, "estimator", None)
    if inner is not None:
        _seed(inner, random_state)


def search(name: str) -> dict[str, list[Any]]:
    """Return values worth trying for the parameters of a learner.

    Parameters
    ----------
    name : str
        A name of `catalog`; with a strategy behind a ``+`` as in `make`.

    Returns
    -------
    dict of str to list
        For ``GridSearchCV(make(name), search(name))`` and its like; empty where there
        is nothing to tune.

    Raises
    ------
    UnknownNameError
        If there is no such name.

    Notes
    -----
    A few values each, on the scale on which a parameter acts: enough to find the right
    order of magnitude on data of usual size, few enough to try them all. Tune by the
    measure that counts (`mlkit.evaluation.make_scorer`), on training rows only.

    Examples
    --------
    >>> from mlkit.models import search
    >>> search("br-lr")
    {'learn__estimator__C': [0.01, 0.1, 1.0, 10.0]}
    """
    plain, _, strategy = name.partition("+") if name not in ENTRIES else (name, "", "")
    prefix = "learn__estimator__" if strategy else "learn__"
    grid = _look_up(plain).grid
    return {f"{prefix}{parameter}": list(values) for parameter, values in grid.items()}
