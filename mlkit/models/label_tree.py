"""Probabilistic label trees: many labels, of which each row meets only a few."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import scipy.sparse as sp
from joblib import effective_n_jobs
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import OptionError
from mlkit.models.base import MultiLabelClassifier
from mlkit.models.sparse_linear import learned_a_matrix, refuse_large_tables
from mlkit.optional import import_optional
from mlkit.validation import FeatureMatrix, Indicator, LabelMatrix

__all__ = ["LabelTree"]

_LOSSES = {"hinge": 0, "log": 1}
_WORKER = Path(__file__).with_name("label_tree_worker.py")


class LabelTree(MultiLabelClassifier):
    """Group labels in trees, and follow the promising branches only.

    A probabilistic label tree, as the package omikuji learns it: with its defaults like
    Parabel [1]_. Install it with ``pip install 'mlkit-multilabel[many]'``.

    Parameters
    ----------
    loss : {"log", "hinge"}, default "log"
        Of the linear classifiers in the nodes. ``"log"`` has probabilities; ``"hinge"``
        (squared) is that of [1]_ and has scores in (0, 1].
    n_trees : int, default 3
        Their answers are averaged.
    n_branches : int, default 2
        Into how many groups the labels of a node are divided, at least 2.
    balanced : bool, default True
        Whether these groups are of one size, as in [1]_, or as k-means finds them, as
        in [2]_, which takes many branches and few levels (``n_branches=16``).
    max_leaf : int, default 100
        Groups of at most so many labels are not divided; each label of such a leaf has
        a classifier of its own. At least `n_branches`.
    C : float, default 1.0
        Inverse strength of regularisation, more than 0.
    prune_below : float, default 0.1
        Coefficients of smaller absolute value are dropped, at least 0.
    beam_size : int, default 10
        How many nodes of a level are followed in prediction, at least 1.
    n_jobs : int, optional
        Number of threads, as in joblib.

    Attributes
    ----------
    model_files_ : dict of str to bytes
        What omikuji saves: the trees and their weights. Empty where no label varies.
    varying_ : ndarray of int, shape (n_varying,)
        Positions of the labels in the trees: those that vary in the training rows.
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
    SparseLinearRelevance : Asks every label; slower, seeded, no other package.
    HOMER : The same idea with any base learner, for some hundred labels.

    Notes
    -----
    Labels are grouped by the mean of the rows that carry them. Each node has a linear
    classifier that says whether a row has any label below it, learned from the rows
    that reach its parent. P(label | x) is the product along the path from the root
    [3]_, so it estimates marginals, and suits P@k, nDCG@k and Hamming loss. Labels
    outside the beam get 0: a lower bound, which is wrong for rare labels first.

    ``"log"`` asks for less regularisation than ``"hinge"``: on bibtex (fixed split) P@1
    is .61 with the first, .63 with ``C=10``, and .64 with the second.

    Rows are scaled to length 1 by omikuji. It has no seed: its groups and the order of
    its optimisation are drawn anew each time, and two fits differ a little. Predictions
    of a fitted model do not change. It has no weights of rows, and `fit` takes none.

    omikuji writes to the standard output whatever it is told, and ends its process
    where it fails; so it has one of its own, to which rows and model are handed in
    temporary files. That costs a tenth of a second and a copy of the model a call:
    predict many rows at once.

    Cost: training O(nnz log n_labels) a tree; prediction of a row follows `beam_size`
    nodes of each of log(n_labels) levels.

    References
    ----------
    .. [1] Y. Prabhu, A. Kag, S. Harsola, R. Agrawal, M. Varma. Parabel: partitioned
       label trees for extreme classification with application to dynamic search
       advertising. WWW 2018, 993-1002.
    .. [2] S. Khandagale, H. Xiao, R. Babbar. Bonsai: diverse and shallow trees for
       extreme multi-label classification. Machine Learning 109, 2020, 2099-2119.
    .. [3] K. Jasinska, K. Dembczyński, R. Busa-Fekete, K. Pfannschmidt, T. Klerx,
       E. Hüllermeier. Extreme F-measure maximization using sparse probability
       estimates. ICML 2016, 1435-1444.

    Examples
    --------
    >>> from mlkit.datasets import make_many_labels
    >>> from mlkit.models import LabelTree
    >>> ds = make_many_labels(2000, 300, n_features=500, random_state=0)
    >>> learner = LabelTree().fit(ds.X, ds.Y)  # doctest: +SKIP
    >>> labels, scores = learner.top_k(ds.X[:2], k=3)  # doctest: +SKIP
    >>> labels.shape  # doctest: +SKIP
    (2, 3)
    """

    model_files_: dict[str, bytes]
    varying_: np.ndarray
    _constant_values: np.ndarray

    def __init__(
        self,
        *,
        loss: Literal["log", "hinge"] = "log",
        n_trees: int = 3,
        n_branches: int = 2,
        balanced: bool = True,
        max_leaf: int = 100,
        C: float = 1.0,
        prune_below: float = 0.1,
        beam_size: int = 10,
        n_jobs: int | None = None,
    ) -> None:
        self.loss = loss
        self.n_trees = n_trees
        self.n_branches = n_branches
        self.balanced = balanced
        self.max_leaf = max_leaf
        self.C = C
        self.prune_below = prune_below
        self.beam_size = beam_size
        self.n_jobs = n_jobs

    def fit(self, X: FeatureMatrix, y: LabelMatrix) -> Self:  # type: ignore[override]
        """Learn all labels.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, all of them finite numbers.
        y : ndarray, DataFrame or sparse matrix, shape (n_samples, n_labels)
            The label matrix `Y`: 1 where a row carries a label, else 0. A vector of
            classes of shape (n_samples,) is accepted too.

        Returns
        -------
        self

        Raises
        ------
        OptionalDependencyError
            If omikuji is not installed.
        IndicatorError, LabelNameError, ShapeError, MissingLabelsError
            If `y` is not an indicator matrix with a row for each row of `X`.
        FeatureTypeError
            If `X` has columns that are not numbers.
        TypeError, OptionError
            If a parameter is out of its range.

        Warns
        -----
        ConstantLabelWarning
            If a label has a single value in `y`; it is always predicted as that.
        """
        # No sample_weight: its name in a signature tells tools that it can be used.
        super().fit(X, y)
        return self

    @available_if(learned_a_matrix)
    def top_k(self, X: FeatureMatrix, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the k most probable labels of each row.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix, shape (n_samples, n_features)
            Features, in the columns of `fit`.
        k : int
            From 1 to n_labels.

        Returns
        -------
        labels : ndarray of int, shape (n_samples, k)
            Positions of the labels, the best first; -1 behind the last label that was
            reached, where the beam reaches fewer than k.
        scores : ndarray of float64, shape (n_samples, k)
            P(label = 1 | x), 0 where there is no label.

        Raises
        ------
        TypeError, OptionError
            If `k` is not a whole number in its range.
        NotFittedError
            If `fit` was not called.
        ValueError
            If the columns of `X` are not those of `fit`.
        """
        check_is_fitted(self)
        checked = self._check_features(X, reset=False)
        check_count("k", k, minimum=1, maximum=self.n_labels_, error=OptionError)
        found = self._reach(checked, k=k)
        labels = np.full((checked.shape[0], k), -1)
        scores = np.zeros(labels.shape)
        # Where the labels that are always there take the first places, others go.
        row_of = np.repeat(np.arange(labels.shape[0]), np.diff(found.indptr))
        order = np.lexsort((found.indices, -found.data, row_of))
        place = np.arange(found.nnz) - found.indptr[row_of]
        kept = place < k
        where = row_of[kept], place[kept]
        labels[where], scores[where] = (
            found.indices[order][kept],
            found.data[order][kept],
        )
        return labels, scores

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        # Two fits on the same rows differ: omikuji has no seed.
        tags.non_deterministic = True
        return tags

    def _fit_labels(
        self, X: Any, labels: Indicator, sample_weight: np.ndarray | None
    ) -> None:
        import_optional("omikuji", extra="many", purpose="LabelTree")
        options = self._options()
        constant = labels.constant_labels()
        self.varying_ = np.flatnonzero(~constant)
        # What a constant label is; the others are 0 here.
        self._constant_values = (labels.counts() > 0) & constant
        self.model_files_ = {}
        if len(self.varying_) == 0:
            return
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            Y = labels.tocsr()[:, self.varying_]
            _write_rows(folder / "rows.txt", _as_features(X), Y)
            _run(folder, do="train", options=options, n_threads=self._n_threads())
            self.model_files_ = {
                file.name: file.read_bytes() for file in (folder / "model").iterdir()
            }

    def _options(self) -> dict[str, Any]:
        """Check the parameters, and return them by the names that omikuji has."""
        check_choice("loss", self.loss, _LOSSES)
        for name, minimum in (
            ("n_trees", 1),
            ("n_branches", 2),
            ("max_leaf", 1),
            ("beam_size", 1),
        ):
            check_count(name, getattr(self, name), minimum=minimum, error=OptionError)
        if self.max_leaf < self.n_branches:
            # A group of fewer labels than branches would be divided, and omikuji fails.
            msg = (
                f"max_leaf must be at least n_branches ({self.n_branches}), got "
                f"{self.max_leaf}."
            )
            raise OptionError(msg)
        smallest = float(np.finfo(np.float32).tiny)
        check_number("C", self.C, at_least=smallest, error=OptionError)
        check_number("prune_below", self.prune_below, error=OptionError)
        return {
            "linear_loss_type": _LOSSES[self.loss],
            "linear_c": float(self.C),
            "linear_weight_threshold": float(self.prune_below),
            "n_trees": int(self.n_trees),
            "cluster_k": int(self.n_branches),
            "cluster_balanced": bool(self.balanced),
            "min_branch_size": int(self.max_leaf),
        }

    def _n_threads(self) -> int:
        return int(effective_n_jobs(self.n_jobs))

    def _predict_labels(self, X: Any) -> sp.csr_array:
        found = self._reach(X, above=0.5)
        found.data[:] = 1
        return found

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        refuse_large_tables(
            X.shape[0], self.n_labels_, instead="top_k(X, k) or predict"
        )
        return self._reach(X).toarray()

    def _reach(self, X: Any, *, k: int | None = None, above: float = 0.0) -> Any:
        """Return the labels in the beam and their probabilities, as csr_array."""
        n_rows = X.shape[0]
        always = np.flatnonzero(self._constant_values)
        rows = np.repeat(np.arange(n_rows), len(always))
        labels, scores = np.tile(always, n_rows), np.ones(len(rows))
        if self.model_files_:
            best = self._ask(X, k or len(self.varying_), above)
            rows = np.append(rows, np.repeat(np.arange(n_rows), best["lengths"]))
            labels = np.append(labels, self.varying_[best["labels"]])
            # Sums of float32 can end just above 1.
            scores = np.append(scores, np.minimum(best["scores"], 1.0))
        return sp.csr_array((scores, (rows, labels)), shape=(n_rows, self.n_labels_))

    def _ask(self, X: Any, k: int, above: float) -> dict[str, np.ndarray]:
        import_optional("omikuji", extra="many", purpose="LabelTree")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "model").mkdir()
            for file, content in self.model_files_.items():
                (folder / "model" / file).write_bytes(content)
            given = _as_features(X)
            np.savez(
                folder / "rows.npz",
                data=given.data,
                indices=given.indices,
                indptr=given.indptr,
            )
            _run(
                folder,
                do="predict",
                k=min(k, len(self.varying_)),
                above=above,
                beam_size=self.beam_size,
                n_threads=self._n_threads(),
            )
            with np.load(folder / "best.npz") as best:
                return dict(best)


def _as_features(X: Any) -> sp.csr_array:
    """Return rows as the float32 that omikuji computes with, in canonical order."""
    given = sp.csr_array(X, dtype=np.float32, copy=True)
    given.sum_duplicates()
    given.eliminate_zeros()
    return given


def _write_rows(path: Path, X: sp.csr_array, Y: sp.csr_array) -> None:
    """Write rows in the format of the Extreme Classification Repository."""
    with path.open("w", encoding="ascii") as file:
        file.write(f"{X.shape[0]} {X.shape[1]} {Y.shape[1]}\n")
        for row in range(X.shape[0]):
            labels = Y.indices[Y.indptr[row] : Y.indptr[row + 1]]
            stored = slice(X.indptr[row], X.indptr[row + 1])
            pairs = zip(
                X.indices[stored].tolist(), X.data[stored].tolist(), strict=True
            )
            features = " ".join(f"{column}:{value!r}" for column, value in pairs)
            # Without features nothing may stand behind the labels, not even a blank.
            line = f"{','.join(map(str, labels))} {features}"
            file.write(line.rstrip() + "\n")


def _run(folder: Path, **task: Any) -> None:
    """Let omikuji do one thing in a process of its own."""
    (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
    # -P, or the modules beside the worker could stand for packages of the same name.
    command = [sys.executable, "-P", str(_WORKER), str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").partition("stack backtrace")[0]
        msg = (
            f"omikuji failed to {task['do']} (exit status {done.returncode}): "
            f"{said.strip()[-1000:]}"
        )
        raise RuntimeError(msg)
