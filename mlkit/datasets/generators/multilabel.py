"""Word counts whose labels have a known distribution: scikit-learn's generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import gammaln, softmax, xlogy

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_count
from mlkit.datasets.generators.enumeration import check_n_labels, label_sets
from mlkit.datasets.generators.truth import LabelTruth
from mlkit.exceptions import GeneratorError
from mlkit.validation import check_label_names, default_label_names

__all__ = ["make_multilabel"]

# scikit-learn draws label set sizes until one is allowed: a million draws a row is
# the most that a caller will wait for.
_LEAST_ACCEPTED = 1e-6


def make_multilabel(
    n_samples: int = 100,
    n_features: int = 20,
    n_labels: int = 5,
    cardinality: int = 2,
    *,
    length: int = 50,
    allow_unlabeled: bool = True,
    label_names: Sequence[str] | None = None,
    random_state: int | np.random.RandomState | None = None,
    name: str = "make_multilabel",
) -> tuple[MultiLabelDataset, LabelTruth]:
    """Draw scikit-learn's random documents, and give their true label distribution.

    The data are those of `sklearn.datasets.make_multilabel_classification` with the
    same arguments; beware of its names: what it calls ``n_classes`` is `n_labels`
    here, and what it calls ``n_labels`` is `cardinality`.

    Parameters
    ----------
    n_samples : int, default 100
        Number of rows, at least 1.
    n_features : int, default 20
        Number of words, at least 1.
    n_labels : int, default 5
        Number of labels, in [1, 15].
    cardinality : int, default 2
        Mean of the Poisson distribution that label set sizes are drawn from, at
        least 0. Sizes above `n_labels` are drawn again, so that the mean number of
        labels a row is smaller: 1.9 for 2 of 5, 4.7 for 20 of 5.
    length : int, default 50
        Mean number of words a row, at least 1.
    allow_unlabeled : bool, default True
        Whether rows without a label occur.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    random_state : int, RandomState or None, default None
        An int gives the same data in every process.
    name : str, default "make_multilabel"
        Name of the dataset.

    Returns
    -------
    dataset : MultiLabelDataset
        X is a DataFrame of float64 counts, shape (n_samples, n_features), columns
        ``word_0``, ``word_1``, ...
    truth : LabelTruth
        P(label set | words) of every row.

    Raises
    ------
    GeneratorError
        If an argument is out of its range, or nearly no size that is drawn is allowed.
    LabelNameError
        If the names do not fit.
    TypeError
        If a number is not an integer.

    See Also
    --------
    make_dependent_labels : Labels with a chosen dependence and balance.

    Notes
    -----
    For every row, with label weights theta and word distributions phi_j drawn once:

    1. size ``s ~ Poisson(cardinality)``, again while ``s > n_labels`` (or ``s = 0``,
       unless `allow_unlabeled`);
    2. labels drawn with probabilities theta until s different ones have come: the
       set y;
    3. number of words ``m ~ Poisson(length)``, again while it is 0;
    4. m words from the mean of the phi_j, j in y; from all words alike if y is empty.

    Step 2 is sampling without replacement in the order of drawing. Summed over all
    orders, by dynamic programming over subsets:

    ``P(y | s) = sum_{j in y} P(y - j | s - 1) * theta_j / (1 - theta(y - j))``

    The number of words tells nothing about y, and Bayes' rule gives, with counts x_w,

    ``P(y | x) ∝ P(s = |y|) * P(y | s) * prod_w (mean_{j in y} phi_jw) ^ x_w``

    The mixture of word distributions is the first parametric mixture model of Ueda and
    Saito [1]_. The truth costs O(2^q (q + d)) a row, and 8 d 2^q bytes.

    Drawing takes about 50 us a row, but steps 1 and 2 reject: with a label weight of
    .0001, or a cardinality of 20 for five labels, it takes 10 ms a row.

    References
    ----------
    .. [1] N. Ueda, K. Saito, "Parametric mixture models for multi-labeled text",
       NIPS 15, 2002, PMM1.

    Examples
    --------
    >>> ds, truth = make_multilabel(n_samples=4, n_labels=3, random_state=3)
    >>> ds.Y.to_numpy()[0].tolist()
    [1, 0, 1]
    >>> truth.proba[0].round(2).tolist()
    [0.96, 0.18, 0.72]
    """
    # Costs a second, which those who only read files need not wait for.
    from sklearn.datasets import make_multilabel_classification

    _check_arguments(n_samples, n_features, n_labels, cardinality, length)
    names = default_label_names(n_labels) if label_names is None else label_names
    checked = check_label_names(names, n_labels)
    sizes = _size_probabilities(n_labels, cardinality, allow_unlabeled)
    X, Y, theta, phi = make_multilabel_classification(
        n_samples,
        n_features,
        n_classes=n_labels,
        n_labels=cardinality,
        length=length,
        allow_unlabeled=allow_unlabeled,
        return_distributions=True,
        random_state=random_state,
    )
    words = [f"word_{w}" for w in range(n_features)]
    reading = (
        f"make_multilabel(n_samples={n_samples}, n_features={n_features}, "
        f"n_labels={n_labels}, cardinality={cardinality}, length={length}, "
        f"allow_unlabeled={allow_unlabeled}, random_state={random_state})"
    )
    dataset = MultiLabelDataset(
        pd.DataFrame(X, columns=words),
        Y,
        checked,
        name=name,
        source=DatasetSource(reading=reading),
    )
    model = _WordMixture(X, _log_prior(theta, sizes), _log_words(phi))
    return dataset, LabelTruth(checked, model, np.arange(n_samples))


@dataclass(frozen=True, eq=False)
class _WordMixture:
    """P(label set | word counts) by Bayes' rule."""

    counts: np.ndarray  # (n_samples, n_features)
    log_prior: np.ndarray  # (2 ** n_labels,)
    log_words: np.ndarray  # (n_features, 2 ** n_labels)

    def joint(self, rows: np.ndarray) -> np.ndarray:
        return softmax(self.counts[rows] @ self.log_words + self.log_prior, axis=1)


def _check_arguments(
    n_samples: Any, n_features: Any, n_labels: Any, cardinality: Any, length: Any
) -> None:
    # Checked here since scikit-learn's messages would name other arguments.
    check_count("n_samples", n_samples, minimum=1)
    check_count("n_features", n_features, minimum=1)
    check_count("n_labels", n_labels, minimum=1)
    check_count("cardinality", cardinality, minimum=0)
    check_count("length", length, minimum=1)
    check_n_labels(n_labels)


def _size_probabilities(
    n_labels: int, cardinality: int, allow_unlabeled: bool
) -> np.ndarray:
    """P(a row has s labels) for s = 0..q: the truncated Poisson distribution."""
    sizes = np.arange(n_labels + 1)
    poisson = np.exp(xlogy(sizes, cardinality) - cardinality - gammaln(sizes + 1))
    if not allow_unlabeled:
        poisson[0] = 0.0
    accepted = poisson.sum()
    if accepted < _LEAST_ACCEPTED:
        msg = (
            f"cardinality={cardinality} with n_labels={n_labels} and allow_unlabeled="
            f"{allow_unlabeled}: a Poisson draw is an allowed number of labels with "
            f"probability {accepted:.0e}, so that drawing would not end. Choose a "
            f"cardinality between 1 and n_labels={n_labels}."
        )
        raise GeneratorError(msg)
    return poisson / accepted


def _log_prior(theta: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Logarithm of P(label set), shape (2 ** q,), before any word is seen."""
    n_labels = len(theta)
    sets = label_sets(n_labels)
    n_set = sets.sum(axis=1)
    # Summed over the labels that are left, since 1 - theta(set) would cancel.
    left = (1 - sets) @ theta
    drawn = np.zeros(len(sets))
    drawn[0] = 1.0
    for size in range(1, n_labels + 1):
        for j in range(n_labels):
            ends_with_j = np.flatnonzero((n_set == size) & (sets[:, j] == 1))
            before = ends_with_j - (1 << (n_labels - 1 - j))
            drawn[ends_with_j] += drawn[before] * theta[j] / left[before]
    with np.errstate(divide="ignore"):  # sets that cannot occur
        return np.log(sizes[n_set] * drawn)


def _log_words(phi: np.ndarray) -> np.ndarray:
    """Logarithm of P(word | label set), shape (n_features, 2 ** q)."""
    n_features, n_labels = phi.shape
    sets = label_sets(n_labels).T
    words = np.full((n_features, sets.shape[1]), 1.0 / n_features)
    words[:, 1:] = (phi @ sets[:, 1:]) / sets[:, 1:].sum(axis=0)
    return np.log(words)
