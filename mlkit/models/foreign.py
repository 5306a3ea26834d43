"""Learners of scikit-multilearn behind the kit's contract."""

from __future__ import annotations

import copy
import math
import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import MetaEstimatorMixin, clone

from mlkit.exceptions import OptionError, ShapeError
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.transformation import draw_seeds, make_rng
from mlkit.validation import (
    FeatureMatrix,
    Indicator,
    LabelMatrix,
    check_indicator,
    check_probabilities,
)

__all__ = ["SkmultilearnClassifier", "from_skmultilearn"]

_PACKAGE = "skmultilearn"

# Classes are known by their names, so that the package need not be imported.
_NO_PROBABILITIES = {
    "MLARAM": "its values are sums of activations, which exceed 1",
    "MajorityVotingClassifier": "its predict_proba is not implemented",
    "ProbabilisticClassifierChain": (
        "its values are probabilities of what it chose, be that presence or absence"
    ),
    "RakelO": "its predict_proba is not implemented",
}

# What stops a class, for the note on its errors.
_LIMITS = {
    "BalancedKMeansClusterer": "It fails with numpy 2.4.",
    "MLARAM": "It takes 2 to 128 labels that vary.",
    "MLTSVM": "It takes 2 labels that vary or more.",
    "NetworkXLabelGraphClusterer": (
        "It fails where communities differ in size. Give them to "
        "FixedLabelSpaceClusterer instead."
    ),
    "ProbabilisticClassifierChain": "It fails with an order of its own.",
    "SMiLE": "It fails with numpy 2.4.",
}


class SkmultilearnClassifier(MetaEstimatorMixin, MultiLabelClassifier):
    """Hold a classifier of scikit-multilearn to the contract of the kit's learners.

    Parameters
    ----------
    estimator : classifier of `skmultilearn`
        It is cloned and never fitted itself.
    random_state : int or RandomState, optional
        Seeds Python's and numpy's global generators while the classifier learns; their
        states are restored afterwards. By default they are used as they are. Seeds that
        are set inside `estimator` are kept.

    Attributes
    ----------
    estimator_ : fitted classifier, or None
        It has seen the labels that vary only; None where all are constant.
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
    from_skmultilearn : Builds it.
    mlkit.models.catalog : The kit's own learners.

    Notes
    -----
    What is done for the classifier, whatever its class: it works on copies (`MLARAM`
    writes into the Y that it is given); labels that are constant in training are kept
    from it (most classes crash), and positions in its options (`order` of a chain,
    `clusters`) are renumbered; its answers, which come as csc, csr, coo, lil, arrays or
    vectors, are checked and put into the container of Y; errors say in a note where
    they happened. Deprecation warnings that its own lines cause are silenced.

    The classes of scikit-multilearn-ng 0.0.8 that work, with numpy 2.4, scipy 1.17 and
    scikit-learn 1.9:

    ==================================  =============  ===============================
    class                               probabilities  to know
    ==================================  =============  ===============================
    BinaryRelevance                     of the base    as the kit's
    ClassifierChain                     of the base    as the kit's
    LabelPowerset                       of the base    as the kit's
    ProbabilisticClassifierChain        no             n 2^q q calls of the base, for
                                                       one row each; no `order`
    ClassificationHeterogeneousFeature  yes            `StackedBinaryRelevance`,
                                                       in-sample
    InstanceBasedLogisticRegression     yes            10 rows or more
    StructuredGridSearchCV              of the base    has no `clone`: no searches,
                                                       no cross-validation
    RakelD                              of the base    random
    RakelO                              no             random; needs `model_count`
    LabelSpacePartitioningClassifier    of the inner   clusterers: see below
    MajorityVotingClassifier            no             clusterers: see below
    MLkNN                               yes            a row is its own neighbour
    BRkNNaClassifier                    no
    BRkNNbClassifier                    no             all labels where it should be
                                                       none
    MLARAM                              no             2 to 128 labels; X made dense,
                                                       scaled to [0, 1]
    MLTSVM                              no             2 labels or more; see below
    PredictiveClusteringTree            no             d n splits tried a node
    ==================================  =============  ===============================

    Clusterers that work: `FixedLabelSpaceClusterer`, `MatrixLabelSpaceClusterer`,
    `RandomLabelSpaceClusterer`, and `NetworkXLabelGraphClusterer` where all communities
    have the same size. Those of igraph and graph-tool need these packages.

    `RakelO`, and overlapping sets by chance, are drawn again until every label is in
    one: with hardly more draws than that takes, for a very long time.

    What cannot work: `SMiLE` and `BalancedKMeansClusterer` (numpy 2.4 refuses what they
    do), `EmbeddingClassifier` (its module needs `openne`), `Meka` and `Keras` (their
    module imports what Keras no longer has).

    An answer is the classifier's own, right or wrong. `MLTSVM` takes the rows without
    the second label for the negatives of every label, so that its answers change with
    the order of the labels. `MLkNN` counts each training row among its own neighbours,
    which its paper does not. `MLARAM` alone would scale what it is asked about by the
    rows that are asked about together; here they are scaled as in training.

    Sparse `X` and `Y` stay sparse, but for `MLARAM`. Weights of rows are not taken, and
    unknown labels are refused.

    Global generators are seeded for the whole process. With threads, other work that
    uses them at the same time disturbs, and is disturbed.

    References
    ----------
    .. [1] P. Szymański, T. Kajdanowicz. scikit-multilearn: a scikit-based Python
       environment for performing multi-label classification. Journal of Machine
       Learning Research 20(6), 2019, 1-22.

    Examples
    --------
    >>> from skmultilearn.adapt import MLkNN
    >>> from mlkit.models import from_skmultilearn
    >>> X = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
    >>> Y = [[1, 0]] * 3 + [[0, 1]] * 3
    >>> learner = from_skmultilearn(MLkNN(k=3)).fit(X, Y)
    >>> learner.predict([[0.15], [5.15]])
    array([[1, 0],
           [0, 1]])

    Of a row with three neighbours of three, 4 / 7 and 1 / 7 are the two likelihoods,
    so that P = 4 / 5:

    >>> learner.predict_proba([[0.15]]).round(2)
    array([[0.8, 0.2]])
    """

    estimator_: Any
    _varying: np.ndarray
    _constant_values: np.ndarray
    _feature_range: tuple[float, float] | None

    def __init__(self, estimator: Any, *, random_state: Any = None) -> None:
        self.estimator = estimator
        self.random_state = random_state

    def fit(  # type: ignore[override]
        self, X: FeatureMatrix, y: LabelMatrix
    ) -> SkmultilearnClassifier:
        """Learn all labels.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, all of them numbers.
        y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix `Y`: 1 where a row carries a label, else 0. A vector of
            classes of shape (n_samples,) is accepted too.

        Returns
        -------
        self

        Raises
        ------
        TypeError
            If `estimator` is no classifier of scikit-multilearn.
        IndicatorError, LabelNameError, ShapeError
            If `y` is not an indicator matrix with a row for each row of `X`.
        Exception
            Whatever the classifier raises, with a note that says what it was given.

        Warns
        -----
        ConstantLabelWarning
            If a label has a single value in `y`; it is always predicted as that.

        Notes
        -----
        There is no `sample_weight`: no class of scikit-multilearn takes any.
        """
        super().fit(X, y)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _check_probabilities(self) -> None:
        for part in _chain_of_bases(self.estimator):
            reasons = [_NO_PROBABILITIES[n] for n in _NO_PROBABILITIES if _is(part, n)]
            if not hasattr(part, "predict_proba"):
                reasons = ["it has no predict_proba"]
            if reasons:
                msg = (
                    f"There are no probabilities from {type(part).__name__}: "
                    f"{reasons[0]}. Take a classifier or a base learner that has some; "
                    "SkmultilearnClassifier lists them."
                )
                raise AttributeError(msg)

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        _check_is_theirs(self.estimator)
        varying = ~labels.constant_labels()
        self._varying, self._constant_values = varying, (labels.counts() > 0)[~varying]
        (seed,) = draw_seeds(make_rng(self.random_state), 1)
        self.estimator_, self._feature_range = None, None
        if not varying.any():
            return
        learner = _fresh(self.estimator)
        _renumber(learner, varying)
        _refuse_endless_draws(learner, int(varying.sum()))
        features = _features_for(learner, X)
        if _holds(learner, "MLARAM"):
            self._feature_range = (float(features.min()), float(features.max()))
        given = (self._scale(features), _labels_for(learner, labels, varying))
        with _seeded(seed), _working(learner, "fit", *given):
            # What `fit` returns is not always the classifier, and sometimes None.
            learner.fit(*given)
        self.estimator_ = learner

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        name = f"What {type(self.estimator).__name__}.predict gave"
        decided = check_indicator(self._ask("predict", X), name=name)
        return self._with_constants(decided.values)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        given = self._ask("predict_proba", X)
        proba = given if isinstance(given, np.ndarray) else given.toarray()
        # A sum of probabilities may be just above one by rounding.
        clipped = np.clip(proba, 0.0, 1.0)
        if np.allclose(clipped, proba, rtol=0, atol=1e-9):
            proba = clipped
        name = f"What {type(self.estimator).__name__}.predict_proba gave"
        return self._with_constants(check_probabilities(proba, name=name))

    def _ask(self, question: str, X: Any) -> np.ndarray | sp.csr_array:
        """Return the classifier's answer, a column for each label that varies."""
        expected = (X.shape[0], int(self._varying.sum()))
        if self.estimator_ is None:
            return np.empty(expected)
        features = self._scale(_features_for(self.estimator_, X))
        with _working(self.estimator_, question, features):
            answer = getattr(self.estimator_, question)(features)
        matrix = sp.csr_array(answer) if sp.issparse(answer) else np.asarray(answer)
        if matrix.ndim == 1 and expected[1] == 1:
            matrix = matrix[:, np.newaxis]
        if matrix.shape != expected:
            msg = (
                f"{type(self.estimator_).__name__}.{question} gave shape "
                f"{matrix.shape}; expected {expected}, a column for each label that "
                "varies in training."
            )
            raise ShapeError(msg)
        return matrix

    def _scale(self, features: Any) -> Any:
        """Bring features to [0, 1] by the limits of training, for MLARAM alone."""
        # It would do so itself, by the limits of whatever rows it is asked about.
        if self._feature_range is None:
            return features
        low, high = self._feature_range
        if low < 0 or high > 1:
            features = (features - low) / (high - low or 1.0)
        return np.clip(features, 0.0, 1.0)

    def _with_constants(self, answer: Any) -> Any:
        """Put the values of constant labels between the classifier's answers."""
        if self._varying.all():
            return answer
        # The one sparse form that can be written to, so that nothing becomes dense.
        make = sp.lil_array if sp.issparse(answer) else np.empty
        full = make((answer.shape[0], self.n_labels_), dtype=answer.dtype)
        full[:, self._varying] = answer
        full[:, ~self._varying] = self._constant_values
        return full


def from_skmultilearn(
    estimator: Any, *, random_state: Any = None
) -> SkmultilearnClassifier:
    """Take a classifier of scikit-multilearn in among the kit's learners.

    Parameters
    ----------
    estimator : classifier of `skmultilearn`
        An object, with its options: ``RakelD(GaussianNB(), labelset_size=3)``.
    random_state : int or RandomState, optional
        Makes it repeatable; see `SkmultilearnClassifier`.

    Returns
    -------
    SkmultilearnClassifier
        Not fitted. Options are reached through `estimator`, such as
        ``set_params(estimator__labelset_size=4)``.

    Raises
    ------
    TypeError
        If it is no classifier of scikit-multilearn.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmultilearn.problem_transform import BinaryRelevance
    >>> from mlkit.models import from_skmultilearn
    >>> X, Y = [[0.0], [1.0], [2.0], [3.0]], [[0, 1], [0, 1], [1, 1], [1, 0]]
    >>> learner = from_skmultilearn(BinaryRelevance(GaussianNB())).fit(X, Y)
    >>> learner.predict([[0.5]])
    array([[0, 1]])
    """
    _check_is_theirs(estimator)
    return SkmultilearnClassifier(estimator, random_state=random_state)


def _check_is_theirs(estimator: Any) -> None:
    """Refuse what is no object of a classifier of the package."""
    if isinstance(estimator, type):
        msg = f"Pass an object, such as {estimator.__name__}(), not the class."
        raise TypeError(msg)
    if not _class_names(estimator) or not hasattr(estimator, "predict"):
        msg = (
            f"estimator must be a classifier of {_PACKAGE}, got "
            f"{type(estimator).__name__}. Around scikit-learn's classifiers take "
            "BinaryRelevance or another learner of mlkit.models."
        )
        raise TypeError(msg)


def _class_names(part: Any) -> set[str]:
    """Return the names of the package's classes that something is an object of."""
    return {
        cls.__name__
        for cls in type(part).__mro__
        if cls.__module__.partition(".")[0] == _PACKAGE
    }


def _is(part: Any, name: str) -> bool:
    return name in _class_names(part)


def _parts(learner: Any) -> list[Any]:
    """Return a classifier and everything that its options hold."""
    options = learner.get_params() if hasattr(learner, "get_params") else {}
    return [learner, *options.values()]


def _holds(learner: Any, name: str) -> bool:
    return any(_is(part, name) for part in _parts(learner))


def _chain_of_bases(learner: Any) -> Iterator[Any]:
    """Yield a classifier, its base learner, the base learner of that, and so on."""
    yield learner
    if _class_names(learner):
        names = ("classifier", "base_classifier", "estimator")
        bases = (getattr(learner, name, None) for name in names)
        for base in bases:
            if base is not None:
                yield from _chain_of_bases(base)


def _fresh(estimator: Any) -> Any:
    try:
        return clone(estimator)
    except TypeError:
        # A few classes do not keep to what `clone` asks of them; a copy does as well.
        return copy.deepcopy(estimator)


def _renumber(learner: Any, varying: np.ndarray) -> None:
    """Make positions of labels in the options count the labels that vary only."""
    position = np.cumsum(varying) - 1

    def renumbered(labels: Any) -> list[int]:
        return [int(position[label]) for label in labels if varying[label]]

    if _is(learner, "ClassifierChain") and learner.order is not None:
        learner.order = renumbered(learner.order)
    for part in _parts(learner):
        if _is(part, "FixedLabelSpaceClusterer"):
            part.clusters = [c for c in map(renumbered, part.clusters) if c]


def _refuse_endless_draws(learner: Any, n_labels: int) -> None:
    """Refuse to wait for more different label sets than there are."""
    for part in _parts(learner):
        if _is(part, "RakelO"):
            count, size = part.model_count, part.labelset_size
        elif _is(part, "RandomLabelSpaceClusterer") and part.allow_overlap:
            count, size = part.cluster_count, part.cluster_size
        else:
            continue
        # It draws one more than it is asked for, and tells sequences apart, not sets.
        there_are = math.perm(n_labels, size)
        if count is not None and 0 < there_are <= count:
            msg = (
                f"{type(part).__name__} would never end: it draws {count + 1} "
                f"different sequences of {size} labels, and {n_labels} labels that "
                f"vary have {there_are}. Ask for fewer or smaller ones."
            )
            raise OptionError(msg)


def _features_for(learner: Any, X: Any) -> Any:
    """Return a copy of the features, in the form that the classifier takes."""
    if sp.issparse(X) and _holds(learner, "MLARAM"):
        return X.toarray()
    # csr_matrix: csr_array lacks methods that the package asks for.
    return sp.csr_matrix(X, copy=True) if sp.issparse(X) else X.copy()


def _labels_for(learner: Any, labels: Indicator, varying: np.ndarray) -> Any:
    """Return a copy of the labels that vary, in the form that the classifier takes."""
    # Wide integers, since some classes count in them.
    Y = labels.values[:, varying].astype(np.int64)
    if sp.issparse(Y) or _is(learner, "StructuredGridSearchCV"):
        return sp.csr_matrix(Y)
    return Y


@contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    """Seed the global generators, which the package draws from, and restore them."""
    if seed is None:
        yield
        return
    before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(numpy_before)  # noqa: NPY002


@contextmanager
def _working(learner: Any, doing: str, *given: Any) -> Iterator[None]:
    """Silence deprecations of the package's own lines, and add a note to its errors."""
    with warnings.catch_warnings():
        for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
            warnings.filterwarnings("ignore", category=category, module=_PACKAGE)
        try:
            yield
        except Exception as err:
            matrices = zip(("X", "Y"), given, strict=False)
            shapes = " and ".join(f"{name} of shape {m.shape}" for name, m in matrices)
            known = {name for part in _parts(learner) for name in _class_names(part)}
            limits = [_LIMITS[name] for name in sorted(known & _LIMITS.keys())]
            happened = (
                f"This happened inside {_PACKAGE}, in {type(learner).__name__}.{doing} "
                f"with {shapes}; labels that are constant are left out."
            )
            err.add_note(" ".join([happened, *limits]))
            raise
