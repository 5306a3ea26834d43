"""What learners share whose classifiers see labels beside the features."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.models.binary_relevance import BinaryRelevance, _fit_known, _known_columns
from mlkit.models.weighting import check_label_weights
from mlkit.models.workers import delayed, run_in_processes, run_in_threads
from mlkit.models.wrapper import quiet_about_constants
from mlkit.validation import Indicator

__all__ = ["SecondLevelClassifier", "append_columns"]

View: TypeAlias = tuple[Any, Any, np.ndarray | None]
"""What one classifier sees: features, answers about labels, which of these it sees."""


class SecondLevelClassifier(BinaryRelevance):
    """Base of binary relevance whose classifiers see labels beside the features.

    A first level, plain binary relevance, answers for the labels where these are not
    known. The second level has one classifier a label again, in ``estimators_``.

    Parameters
    ----------
    estimator, label_weights, n_jobs, random_state
        As in `BinaryRelevance`, for both levels.

    Notes
    -----
    A subclass has the four parameters in its own `__init__`, as scikit-learn's `clone`
    asks. It says in `_seen_by` which labels a classifier sees, and in `_answers` what
    stands for them in prediction; in `_fit_labels` it calls `_fit_second_level` with
    what stands for them in training.

    The features of a classifier are put together where it works: with several jobs,
    features and labels go to each of them once, and not once a label.
    """

    @abstractmethod
    def _seen_by(self, label: int) -> np.ndarray:
        """Return the positions of the labels that a label's classifier sees."""

    @abstractmethod
    def _answers(self, X: Any) -> np.ndarray | sp.csr_array:
        """Return what stands for the labels of new rows, (n_samples, n_labels)."""

    def _check_both_levels(
        self, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        """Refuse what cannot work before work is done."""
        self._check_base_learner(
            sample_weight=sample_weight, label_weights=self.label_weights
        )
        # Here, since the first level does not get to know the names of the labels.
        check_label_weights(self.label_weights, labels)

    def _make_first_level(self, seed: int | None) -> BinaryRelevance:
        weights = self.label_weights
        if isinstance(weights, pd.DataFrame):
            weights = weights.to_numpy()
        return BinaryRelevance(
            self.estimator,
            label_weights=weights,
            n_jobs=self.n_jobs,
            random_state=seed,
        )

    def _fit_first_level(
        self,
        X: Any,
        labels: Indicator,
        sample_weight: np.ndarray | None,
        seed: int | None,
    ) -> BinaryRelevance:
        with quiet_about_constants():
            first = self._make_first_level(seed)
            first.fit(X, labels.with_unknown(), sample_weight=sample_weight)
        return first

    def _fit_second_level(
        self,
        X: Any,
        answers: np.ndarray | sp.csr_array,
        labels: Indicator,
        sample_weight: np.ndarray | None,
        seeds: list[int | None],
    ) -> None:
        """Fit the classifiers; `answers` are those about the rows of `X`."""
        tasks = zip(
            self._views(X, answers),
            _known_columns(labels),
            check_label_weights(self.label_weights, labels),
            labels.label_names,
            seeds,
            strict=True,
        )
        self.estimators_ = run_in_processes(
            (
                delayed(_fit_seeing)(
                    self._base_learner(),
                    view,
                    y,
                    known,
                    sample_weight,
                    pair,
                    name=f"label '{name}'",
                    seed=seed,
                )
                for view, (y, known), pair, name, seed in tasks
            ),
            labels.shape[1],
            n_jobs=self.n_jobs,
        )

    def _views(self, X: Any, answers: Any) -> Iterable[View]:
        """Return what each label's classifier sees."""
        return ((X, answers, self._seen_by(j)) for j in range(self.n_labels_))

    def _predict_labels(self, X: Any) -> np.ndarray | sp.csr_array:
        return self._decide(X, self._answers(X))

    def _decide(self, X: Any, answers: Any) -> np.ndarray | sp.csr_array:
        """Return the second level's decisions, given answers of the first."""
        return super()._predict_labels((X, answers))

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        return super()._predict_label_proba((X, self._answers(X)))

    def _ask_each(self, question: Any, X: Any) -> Any:
        # Binary relevance hands on what it is asked about; here, that is a pair.
        features, answers = X
        pairs = zip(self.estimators_, self._views(features, answers), strict=True)
        return run_in_threads(
            (delayed(_ask_seeing)(question, learner, view) for learner, view in pairs),
            n_jobs=self.n_jobs,
        )


def append_columns(X: Any, columns: np.ndarray | sp.csr_array) -> Any:
    """Return features and, behind them, columns of labels or of their probabilities.

    Dense features stay dense and sparse ones sparse, float32 stays float32.
    """
    kind = X.dtype if X.dtype.kind == "f" else np.result_type(X.dtype, columns.dtype)
    if sp.issparse(X):
        return sp.hstack([X, sp.csr_array(columns, dtype=kind)], format="csr")
    dense = columns if isinstance(columns, np.ndarray) else columns.toarray()
    return np.hstack([X, dense.astype(kind, copy=False)])


def _look(view: View) -> Any:
    """Put together what a classifier sees."""
    features, answers, seen = view
    if seen is None:
        return features
    columns = answers[:, seen]
    return columns if features is None else append_columns(features, columns)


def _fit_seeing(base: Any, view: View, *args: Any, **options: Any) -> Any:
    return _fit_known(base, _look(view), *args, **options)


def _ask_seeing(question: Any, learner: Any, view: View) -> np.ndarray:
    return question(learner, _look(view))
