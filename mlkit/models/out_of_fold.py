"""What learners share that learn from out-of-fold probabilities of another learner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.exceptions import SplitError
from mlkit.models.probabilities import positive_proba
from mlkit.models.transformation import make_folds
from mlkit.models.wrapper import WrapperClassifier, quiet_about_constants
from mlkit.resampling.base import take_rows
from mlkit.validation import Indicator

__all__ = ["OutOfFoldClassifier"]


class OutOfFoldClassifier(WrapperClassifier):
    """Base of learners that judge another one by rows it was not trained on.

    Parameters
    ----------
    estimator : multi-label classifier or None
        The inner learner, with `predict_proba`; `BinaryRelevance` where it is None.
    cv : int, cross-validator or iterable of (train, test)
        Who is scored by whom. A number makes that many folds by
        `IterativeStratification`.
    random_state : int, RandomState or None
        Shuffles the rows before a number of folds is made.

    Notes
    -----
    Each row is scored by a clone that was trained on other folds. What a subclass
    learns from these scores is used with a learner that was trained on all rows. That
    one has seen a little more than the clones, so its scores may be a little better
    than those that were learned from.

    A subclass has the three parameters in its own `__init__`, as scikit-learn's `clone`
    asks; in `_fit_labels` it calls `_score_out_of_fold` and `_fit_on_all`.
    """

    cv: Any
    random_state: Any

    def _score_out_of_fold(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> tuple[np.ndarray | sp.csr_array, np.ndarray]:
        """Return the labels, with NaN, and the probabilities of the tested rows."""
        if X.shape[0] == 1:
            msg = "A row is scored by a learner of other rows; got one sample only."
            raise SplitError(msg)
        Y = labels.with_unknown()
        rows, blocks = [], []
        with quiet_about_constants():
            for train, test in self._folds(X, Y):
                weights = None if sample_weight is None else sample_weight[train]
                learner = self._fit_clone(take_rows(X, train), Y[train], weights)
                rows.append(np.asarray(test))
                unseen = take_rows(X, test)
                blocks.append(positive_proba(learner, unseen, n_labels=self.n_labels_))
        tested = np.concatenate(rows)
        if len(np.unique(tested)) < len(tested):
            msg = (
                "cv tests some rows more than once; each row gives one score here. "
                "Take folds that do not overlap, such as IterativeStratification."
            )
            raise SplitError(msg)
        return Y[tested], np.vstack(blocks)

    def _folds(self, X: Any, Y: Any) -> Iterable[tuple[np.ndarray, np.ndarray]]:
        return make_folds(self.cv, X, Y, self.random_state)

    def _fit_on_all(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        """Fit the learner that answers later."""
        with quiet_about_constants():
            self.estimator_ = self._fit_clone(X, labels.with_unknown(), sample_weight)
