"""Choosing hyper-parameters inside the training rows, as a part of a model."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.model_selection import (
    GridSearchCV,
    ParameterGrid,
    RandomizedSearchCV,
)

from mlkit.arguments import check_count
from mlkit.evaluation.scorers import make_scorer
from mlkit.exceptions import OptionError
from mlkit.metrics import Metric
from mlkit.models import make, search
from mlkit.splitting import IterativeStratification

__all__ = ["tuned"]


def tuned(
    model: str | BaseEstimator,
    metric: str | Metric,
    *,
    grid: Mapping[str, Any] | list[Mapping[str, Any]] | None = None,
    cv: Any = 3,
    n_candidates: int | None = None,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> GridSearchCV | RandomizedSearchCV:
    """Return a model that chooses its hyper-parameters by itself when it is fitted.

    Parameters
    ----------
    model : str or estimator
        A name of `mlkit.models.catalog`, or an estimator of your own.
    metric : str or Metric
        What a candidate is chosen by, on rows that it was not trained on.
    grid : mapping of str to list, or list of such mappings, optional
        Values to try, by the names of `get_params`. By default those of
        `mlkit.models.search`, for a name of the catalog.
    cv : int or cross-validator, default 3
        Folds of the training rows, by `mlkit.splitting.IterativeStratification`.
    n_candidates : int, optional
        How many candidates are drawn where the grid has more; all by default.
    random_state : int, default 0
        Draws the folds, and the candidates.
    n_jobs : int, optional
        Candidates that are tried at once, as in joblib.

    Returns
    -------
    GridSearchCV or RandomizedSearchCV
        Not fitted. After `fit` it has ``best_params_``, and is the best candidate,
        trained on all rows.

    Raises
    ------
    UnknownNameError
        If there is no such model or metric.
    OptionError
        If an estimator of your own comes without a grid.

    Notes
    -----
    In `mlkit.compare` it tunes within the training rows of each fold, so that the test
    rows have no part in the choice (nested cross-validation [1]_). What a tuned model
    scores is what the procedure reaches, not one setting.

    References
    ----------
    .. [1] G. C. Cawley, N. L. C. Talbot. On over-fitting in model selection and
       subsequent selection bias in performance evaluation. Journal of Machine Learning
       Research 11, 2010, 2079-2107.

    Examples
    --------
    >>> from mlkit.datasets import load
    >>> search = tuned("br-lr", "micro_f1", grid={"learn__estimator__C": [0.01, 1.0]})
    >>> search.fit(*load("flags").as_xy()).best_params_
    {'learn__estimator__C': 1.0}
    """
    values = _grid_of(model) if grid is None else grid
    options: dict[str, Any] = {
        "estimator": make(model) if isinstance(model, str) else model,
        "scoring": make_scorer(metric),
        "cv": _folds(cv, random_state),
        "n_jobs": n_jobs,
    }
    n_all = len(ParameterGrid(values))
    if n_candidates is None or n_all <= check_count(
        "n_candidates", n_candidates, minimum=1, error=OptionError
    ):
        return GridSearchCV(param_grid=values, **options)
    return RandomizedSearchCV(
        param_distributions=values,
        n_iter=n_candidates,
        random_state=random_state,
        **options,
    )


def _folds(cv: Any, random_state: int) -> Any:
    if not isinstance(cv, Integral):
        return cv
    return IterativeStratification(int(cv), random_state=random_state)


def _grid_of(model: Any) -> Mapping[str, Any]:
    if isinstance(model, str):
        return search(model)
    msg = (
        f"{type(model).__name__} is no name of mlkit.models.catalog, so the values to "
        "try have to be given: grid={'C': [0.1, 1.0]}, by the names of get_params()."
    )
    raise OptionError(msg)
