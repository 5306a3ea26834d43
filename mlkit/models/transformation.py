"""What the problem transformations share: a base learner, its seeds, its columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from numbers import Integral
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_regressor
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import check_cv
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.validation import has_fit_parameter

from mlkit.exceptions import LabelNameError, unknown_name
from mlkit.models.base import MultiLabelClassifier
from mlkit.splitting import IterativeStratification

__all__ = ["TransformationClassifier"]


class TransformationClassifier(MetaEstimatorMixin, MultiLabelClassifier):
    """Base of learners that turn the labels into single-label problems.

    The base learner is cloned and never fitted itself. What it can do (sparse `X`,
    missing values, probabilities, sample weights) is what the learner can do.

    Parameters
    ----------
    estimator : classifier or None
        The base learner; ``LogisticRegression(max_iter=1000)`` where it is None.
    random_state : int, RandomState or None
        Source of the base learners' seeds; None keeps those set in `estimator`.

    Notes
    -----
    A subclass has both parameters in its own `__init__`, as scikit-learn's `clone`
    asks, and fits base learners through `fit_base` only, which handles constant
    targets, seeds and weights.
    """

    estimator: Any
    random_state: Any

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        base = get_tags(self._base_learner())
        # Tools ask the tags before they hand over sparse or incomplete features.
        tags.input_tags.sparse = base.input_tags.sparse
        tags.input_tags.allow_nan = base.input_tags.allow_nan
        return tags

    def _base_learner(self) -> Any:
        if self.estimator is None:
            # 100 iterations, the default, often end with a ConvergenceWarning.
            return LogisticRegression(max_iter=1000)
        return self.estimator

    def _check_probabilities(self) -> None:
        base = self._base_learner()
        # No stand-in from decision_function: margins are not probabilities, and
        # squeezed into [0, 1] they would look like some.
        if not hasattr(base, "predict_proba"):
            msg = (
                f"{type(self).__name__} has no predict_proba, since its base learner "
                f"{type(base).__name__} has none. Take one that has (such as "
                "LogisticRegression or RandomForestClassifier), or wrap it: "
                f"CalibratedClassifierCV({type(base).__name__}())."
            )
            raise AttributeError(msg)

    def _check_base_learner(self, **weights: Any) -> Any:
        """Return the base learner; refuse what cannot work before work is done."""
        base = self._base_learner()
        if is_regressor(base):
            msg = (
                "estimator must be a classifier, got the regressor "
                f"{type(base).__name__}. Labels are 0 or 1, not quantities."
            )
            raise TypeError(msg)
        given = [name for name, value in weights.items() if value is not None]
        if given and not has_fit_parameter(base, "sample_weight"):
            msg = (
                f"{given[0]} was given, and the base learner {type(base).__name__} "
                "takes none in fit. Leave it out or take another base learner."
            )
            raise TypeError(msg)
        return base


def draw_seeds(rng: np.random.RandomState | None, size: int) -> list[int | None]:
    """Draw one seed a base learner; None where randomness was not asked to repeat."""
    if rng is None:
        return [None] * size
    # All are drawn before the first fit, so that they do not depend on n_jobs.
    return rng.randint(np.iinfo(np.int32).max, size=size).tolist()


def make_rng(random_state: Any) -> np.random.RandomState | None:
    """Return a generator, or None so that seeds set in the base learner are kept."""
    return None if random_state is None else check_random_state(random_state)


def fit_base(
    base: Any,
    X: Any,
    y: np.ndarray,
    *,
    name: str,
    seed: int | None = None,
    sample_weight: np.ndarray | None = None,
) -> Any:
    """Fit a clone of the base learner to one target; a constant target needs none."""
    if (y == y[0]).all():
        # Many classifiers refuse a single class. This is the one place for constants.
        return DummyClassifier(strategy="most_frequent").fit(X, y)
    # A clone each, since the base learner belongs to the caller and stays unfitted.
    learner = clone(base)
    if seed is not None:
        set_seed(learner, seed)
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    try:
        return learner.fit(X, y, **weights)
    except Exception as err:
        # A note keeps the type and the message that the base learner chose.
        err.add_note(f"This happened while {type(base).__name__} learned {name}.")
        raise


def set_seed(learner: Any, seed: int) -> None:
    """Seed a learner and those inside it (a pipeline, a search, an ensemble)."""
    # scikit-learn's own function for this is private, hence these lines.
    values = learner.get_params()
    for name in values:
        path, _, option = name.rpartition("__")
        if option == "random_state":
            _set_option(values[path] if path else learner, option, seed)


def _set_option(learner: Any, name: str, value: Any) -> None:
    if type(learner).set_params is BaseEstimator.set_params:
        # What it does, without asking for all parameters first: of many quick fits,
        # that is a few per cent of the time.
        setattr(learner, name, value)
    else:
        learner.set_params(**{name: value})


def predict_column(learner: Any, X: Any) -> np.ndarray:
    """Return the 0/1 predictions of one label, int8 of shape (n_samples,)."""
    return np.asarray(learner.predict(X)).astype(np.int8)


def label_columns(values: np.ndarray | sp.csr_array) -> Iterator[np.ndarray]:
    """Yield the columns one by one, dense of shape (n_samples,); of a CSR as int8."""
    if isinstance(values, np.ndarray):
        yield from (np.ascontiguousarray(column) for column in values.T)
        return
    # One dense column at a time: the whole matrix may not fit.
    columns = values.tocsc()
    for start, end in zip(columns.indptr, columns.indptr[1:], strict=False):
        column = np.zeros(columns.shape[0], dtype=np.int8)
        column[columns.indices[start:end]] = 1
        yield column


def make_folds(
    cv: Any, X: Any, Y: Any, random_state: Any
) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """Return the folds in which rows are answered by learners of other rows.

    A number makes that many by `IterativeStratification`, shuffled where there is a
    seed; anything else is a cross-validator or the folds themselves.
    """
    if not isinstance(cv, Integral) or isinstance(cv, bool):
        return check_cv(cv).split(X, Y)
    shuffle = random_state is not None
    folds = IterativeStratification(int(cv), shuffle=shuffle, random_state=random_state)
    return folds.split(X, Y)


def label_position(label: Any, names: tuple[str, ...], *, option: str) -> int:
    """Return the position of a label that is given by position or by name."""
    if isinstance(label, str):
        if label not in names:
            error = unknown_name("label", label, names)
            raise error
        return names.index(label)
    # True and 1.0 equal 1, and are more likely a mask or a score than a position.
    number = isinstance(label, Integral) and not isinstance(label, bool)
    if not number or not 0 <= label < len(names):
        msg = (
            f"{option} holds {label!r}; expected a label name or a position from 0 to "
            f"{len(names) - 1}."
        )
        raise LabelNameError(msg)
    return int(label)
