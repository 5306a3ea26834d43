"""Labels whose dependence, balance and noise are chosen, and whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_count, check_number
from mlkit.datasets.generators.enumeration import check_n_labels, label_sets, row_blocks
from mlkit.datasets.generators.truth import LabelTruth
from mlkit.exceptions import GeneratorError
from mlkit.validation import check_label_names, default_label_names

__all__ = ["make_dependent_labels"]

_TOLERANCE = 1e-7  # largest difference of an expected frequency from its target
_MAX_STEPS = 500
_FIRST_FREQUENCY = 0.4  # of the most frequent label, where no cardinality is asked


def make_dependent_labels(
    n_samples: int = 100,
    n_labels: int = 5,
    *,
    n_features: int = 10,
    marginal_dependence: float = 0.5,
    conditional_dependence: float = 1.0,
    cardinality: float | None = None,
    imbalance: float = 0.0,
    signal: float = 2.0,
    label_noise: float = 0.0,
    empty_share: float | None = None,
    label_names: Sequence[str] | None = None,
    random_state: Any = None,
    name: str = "make_dependent_labels",
) -> tuple[MultiLabelDataset, LabelTruth]:
    """Draw labels with a chosen dependence, and give their true distribution.

    Labels can go together because they listen to the same features (marginal
    dependence, which vanishes once x is known) or because they act on each other
    (conditional dependence, which stays). Both have a knob of their own.

    Parameters
    ----------
    n_samples : int, default 100
        Number of rows, at least 1.
    n_labels : int, default 5
        Number of labels, in [2, 15].
    n_features : int, default 10
        Number of features, at least `n_labels`: every label needs room for a
        direction of its own.
    marginal_dependence : float, default 0.5
        In [0, 1]: cosine between the directions of any two labels. 0: the labels
        listen to unrelated parts of x; 1: all listen to one and the same direction.
    conditional_dependence : float, default 1.0
        In [0, 100]: strength kappa of the interactions. 0: independent given x.
        Otherwise the odds of a label, given x and all other labels, are multiplied by
        ``exp(kappa)`` for each label of its own camp that is on, and divided by it for
        each label of the other camp. The camps are the even and the odd positions.
    cardinality : float, optional
        Expected labels a row. By default the most frequent label has, before noise,
        the frequency 0.4, which gives ``0.4 * n_labels`` where `imbalance` is 0.
    imbalance : float, default 0.0
        In [0, 10]: exponent a of the power law of the frequencies,
        ``f_j ∝ (j + 1) ^ -a``. 0: all labels alike; 1: Zipf's law.
    signal : float, default 2.0
        In [0, 100]: standard deviation of the log-odds that x gives. 0: x says
        nothing; 5: x nearly decides.
    label_noise : float, default 0.0
        In [0, 0.5): probability that a label is flipped, independently of everything.
    empty_share : float, optional
        Expected share of rows without a label, in [0, 1). By default whatever the
        other knobs give.
    label_names : sequence of str, optional
        By default ``label_0``, ``label_1``, ...
    random_state : int, Generator or None, default None
        Seed of `numpy.random.default_rng`; an int gives the same data in every
        process. The features of a seed are the same whatever the knobs.
    name : str, default "make_dependent_labels"
        Name of the dataset.

    Returns
    -------
    dataset : MultiLabelDataset
        X is a DataFrame of float64, shape (n_samples, n_features), columns ``x_0``,
        ``x_1``, ...
    truth : LabelTruth
        P(label set | x) of every row, noise included.

    Raises
    ------
    GeneratorError
        If a knob is out of its range, or the knobs contradict each other; the message
        says what is possible.
    LabelNameError
        If the names do not fit.
    TypeError
        If a knob is not a number.

    See Also
    --------
    make_multilabel : scikit-learn's word counts, with their truth.

    Notes
    -----
    In this order, with q labels and sigma, kappa, epsilon for `signal`,
    `conditional_dependence` and `label_noise`:

    1. ``x ~ N(0, I)``; unit directions w_j with ``w_j · w_k = marginal_dependence``,
       turned at random.
    2. Clean labels z from a quadratic exponential model [1]_,
       ``P(z | x) ∝ exp(sum_j z_j (b_j + sigma w_j · x)
       + kappa sum_{j<k} J_jk z_j z_k + gamma g(z))``,
       with ``J_jk = 1`` within a camp and ``-1`` between camps.
    3. Noise: ``y_j = 1 - z_j`` with probability epsilon, else ``y_j = z_j``.

    ``g(z) = epsilon^|z| (1 - epsilon)^(q - |z|)`` is the probability that noise leaves
    no label of z; without noise it is 1 for the empty set and 0 for others.
    ``gamma = 0`` unless `empty_share` is given; an `empty_share` of 0 without noise
    forbids the empty set instead.

    The b_j and gamma are solved for (Newton's method on a convex function) so that,
    averaged over the rows drawn, the truth has the expected frequencies
    ``epsilon + (1 - 2 epsilon) f_j`` and the `empty_share`, within 1e-7. `cardinality`
    and `empty_share` thus describe the labels as they are handed out; the power law
    holds before noise, which pulls all frequencies towards 1/2.

    A given `empty_share` ties the labels of a row together: they are then dependent
    given x even where kappa is 0.

    Which combinations exist: every f_j must lie strictly between 0 and 1; g is convex
    in the number of labels, so that the share of empty rows is least where all rows
    have about the same number of labels, and greatest where the labels are nested in
    each other. Without noise that is between ``1 - cardinality`` and ``1 - max f_j``.

    Cost: O(n q 2^q) for each of some ten Newton steps; 0.1 s for 10 000 rows of five
    labels, 5 s for 1 000 rows of 15.

    References
    ----------
    .. [1] D. R. Cox, "The analysis of multivariate binary data", Applied Statistics
       21(2):113-120, 1972.
    .. [2] K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier, "On label dependence
       and loss minimization in multi-label classification", Machine Learning
       88:5-45, 2012, section 3 (marginal and conditional dependence).

    Examples
    --------
    >>> ds, truth = make_dependent_labels(
    ...     1000, 4, cardinality=1.5, imbalance=1, empty_share=0.2, random_state=0
    ... )
    >>> truth.proba.mean(axis=0).round(3)
    array([0.72, 0.36, 0.24, 0.18])
    >>> round(float(truth.joint()[:, 0].mean()), 3)
    0.2

    Labels of one camp go together, labels of different camps avoid each other:

    >>> ds, truth = make_dependent_labels(
    ...     1000, 4, conditional_dependence=2, random_state=0
    ... )
    >>> truth.dependence("conditional").iloc[0].round(2).tolist()
    [1.0, -0.44, 0.51, -0.44]
    """
    knobs = _Knobs(
        n_samples=n_samples,
        n_labels=n_labels,
        n_features=n_features,
        marginal_dependence=marginal_dependence,
        conditional_dependence=conditional_dependence,
        cardinality=cardinality,
        imbalance=imbalance,
        signal=signal,
        label_noise=label_noise,
        empty_share=empty_share,
    )
    names = default_label_names(n_labels) if label_names is None else label_names
    checked = check_label_names(names, n_labels)
    frequencies = _clean_frequencies(knobs)
    _check_empty_share(knobs, frequencies)

    # Features, directions, labels: in this order the knobs change only the labels.
    rng = np.random.default_rng(random_state)
    X = rng.standard_normal((n_samples, n_features))
    drive = signal * (X @ _directions(knobs, rng).T)
    model = _PairwiseModel(drive, _solve(knobs, drive, frequencies), label_noise)
    truth = LabelTruth(checked, model, np.arange(n_samples))
    dataset = MultiLabelDataset(
        pd.DataFrame(X, columns=[f"x_{i}" for i in range(n_features)]),
        truth.sample(rng),
        name=name,
        source=DatasetSource(
            reading=f"make_dependent_labels({knobs}, random_state={random_state})"
        ),
    )
    return dataset, truth


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knobs:
    """The arguments, checked one by one."""

    n_samples: int
    n_labels: int
    n_features: int
    marginal_dependence: float
    conditional_dependence: float
    cardinality: float | None
    imbalance: float
    signal: float
    label_noise: float
    empty_share: float | None

    def __post_init__(self) -> None:
        check_count("n_samples", self.n_samples, minimum=1)
        check_count("n_labels", self.n_labels, minimum=2)
        check_count("n_features", self.n_features, minimum=1)
        check_n_labels(self.n_labels)
        if self.n_features < self.n_labels:
            msg = (
                f"n_features={self.n_features} is less than n_labels={self.n_labels}: "
                "every label needs a direction of its own. Use at least as many "
                "features as labels."
            )
            raise GeneratorError(msg)
        check_number("marginal_dependence", self.marginal_dependence, at_most=1)
        check_number("conditional_dependence", self.conditional_dependence, at_most=100)
        check_number("imbalance", self.imbalance, at_most=10)
        check_number("signal", self.signal, at_most=100)
        check_number("label_noise", self.label_noise, below=0.5)
        if self.cardinality is not None:
            check_number("cardinality", self.cardinality)
        if self.empty_share is not None:
            check_number("empty_share", self.empty_share, below=1)

    def __str__(self) -> str:
        return ", ".join(f"{knob}={getattr(self, knob)}" for knob in self.__slots__)

    def forbids_empty(self) -> bool:
        return self.empty_share == 0 and self.label_noise == 0


@dataclass(frozen=True, eq=False)
class _PairwiseModel:
    """P(label set | x) of the quadratic exponential model, after noise."""

    drive: np.ndarray  # (n_samples, n_labels): log-odds from x
    log_weights: np.ndarray  # (2 ** n_labels,): what does not depend on x
    label_noise: float

    def joint(self, rows: np.ndarray) -> np.ndarray:
        clean, _ = _clean_joint(self.drive[rows], self.log_weights)
        return _add_noise(clean, self.label_noise)


def _clean_joint(
    drive: np.ndarray, log_weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return P(label set | x) before noise, and the logarithm of its normaliser."""
    sets = label_sets(drive.shape[1])
    energy = drive @ sets.T + log_weights
    # In place: scipy's logsumexp and softmax copy five times, which takes longest.
    top = energy.max(axis=1, keepdims=True)
    energy -= top
    joint = np.exp(energy, out=energy)
    total = joint.sum(axis=1, keepdims=True)
    joint /= total
    return joint, (top + np.log(total)).ravel()


def _add_noise(joint: np.ndarray, noise: float) -> np.ndarray:
    """Convolve a joint distribution with independent flips of every label."""
    if noise == 0:
        return joint
    n_rows, n_sets = joint.shape
    half = n_sets // 2
    while half:
        # One label after the other: the middle axis is its value.
        split = joint.reshape(n_rows, -1, 2, half)
        joint = (1 - noise) * split + noise * split[:, :, ::-1]
        half //= 2
    return joint.reshape(n_rows, n_sets)


def _clean_frequencies(knobs: _Knobs) -> np.ndarray:
    """Return the frequencies f_j before noise, or say which cardinality exists."""
    shape = np.arange(1, knobs.n_labels + 1) ** -float(knobs.imbalance)
    if knobs.cardinality is None:
        return _FIRST_FREQUENCY * shape
    noise = knobs.label_noise
    from_noise, kept = noise * knobs.n_labels, 1 - 2 * noise
    first = (knobs.cardinality - from_noise) / (kept * shape.sum())
    if not 0 < first < 1:
        msg = (
            f"cardinality={knobs.cardinality} cannot be reached with n_labels="
            f"{knobs.n_labels}, imbalance={knobs.imbalance}, label_noise={noise}: it "
            f"must lie strictly between {from_noise:.4g} and "
            f"{from_noise + kept * shape.sum():.4g}, where the most frequent label "
            "would be on in every row. Change the cardinality, or lower the imbalance "
            "or the noise."
        )
        raise GeneratorError(msg)
    return first * shape


def _no_label_left(knobs: _Knobs) -> np.ndarray:
    """P(noise leaves no label) of a clean set of 0, 1, ..., q labels."""
    sizes = np.arange(knobs.n_labels + 1)
    return knobs.label_noise**sizes * (1 - knobs.label_noise) ** sizes[::-1]


def _check_empty_share(knobs: _Knobs, frequencies: np.ndarray) -> None:
    """Say which shares of empty rows go with these label frequencies."""
    if knobs.empty_share is None:
        return
    empty = _no_label_left(knobs)
    # Convex in the size: least where sizes differ least, at floor and ceiling ...
    least = float(np.interp(frequencies.sum(), np.arange(knobs.n_labels + 1), empty))
    # ... and greatest where labels are nested: the first k with probability
    # f_k - f_(k+1), frequencies falling.
    nested = -np.diff(np.concatenate([[1.0], frequencies, [0.0]]))
    most = float(nested @ empty)
    possible = least < knobs.empty_share < most
    if knobs.forbids_empty():
        possible = frequencies.sum() > 1
    if not possible:
        cardinality = (1 - 2 * knobs.label_noise) * frequencies.sum()
        cardinality += knobs.label_noise * knobs.n_labels
        or_zero = ", or be 0" if knobs.label_noise == 0 and cardinality > 1 else ""
        msg = (
            f"empty_share={knobs.empty_share} cannot be reached with cardinality "
            f"{cardinality:.4g}, imbalance={knobs.imbalance}, label_noise="
            f"{knobs.label_noise}: it must lie strictly between {least:.6g} and "
            f"{most:.6g}{or_zero}. Change the share, or the cardinality."
        )
        raise GeneratorError(msg)


def _directions(knobs: _Knobs, rng: np.random.Generator) -> np.ndarray:
    """Draw unit vectors, shape (q, d), any two with the cosine asked for."""
    q, cosine = knobs.n_labels, float(knobs.marginal_dependence)
    basis, upper = np.linalg.qr(rng.standard_normal((knobs.n_features, q)))
    # The sign of a column is LAPACK's choice; fixed, it is the same everywhere.
    basis *= np.where(np.diag(upper) < 0, -1.0, 1.0)
    # Symmetric square root of the matrix (1 - cosine) I + cosine 11': its eigenvalues
    # are 1 - cosine, and 1 - cosine + q * cosine along the diagonal.
    own, shared = math.sqrt(1 - cosine), math.sqrt(1 - cosine + q * cosine)
    root = own * np.eye(q) + (shared - own) / q
    return root @ basis.T


def _interactions(n_labels: int) -> np.ndarray:
    """Matrix J: 1 within a camp, -1 between camps, 0 on the diagonal."""
    camp = np.where(np.arange(n_labels) % 2 == 0, 1.0, -1.0)
    return np.outer(camp, camp) - np.eye(n_labels)


def _solve(knobs: _Knobs, drive: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Find the weights of the label sets that give the expected frequencies."""
    sets = label_sets(knobs.n_labels)
    J = knobs.conditional_dependence * _interactions(knobs.n_labels)
    fixed = ((sets @ J) * sets).sum(axis=1) / 2
    statistics, target = sets.astype(float), frequencies
    # A logistic curve averaged over a normal x is nearly a flatter logistic curve.
    start = logit(frequencies) * math.sqrt(1 + math.pi / 8 * knobs.signal**2)
    start = start - J @ frequencies
    if knobs.forbids_empty():
        fixed[0] = -np.inf
    elif knobs.empty_share is not None:
        empty = _no_label_left(knobs)[sets.sum(axis=1)]
        statistics = np.column_stack([statistics, empty])
        target = np.append(target, knobs.empty_share)
        start = np.append(start, 0.0)
    problem = _Moments(drive, fixed, statistics, target)
    return fixed + statistics @ _newton(problem, start)


@dataclass(frozen=True, eq=False)
class _Moments:
    """The convex function whose minimum has the expected statistics asked for.

    That is the mean over x of the log-normaliser, minus theta · target: its gradient
    is expected minus asked statistics, its Hessian their mean covariance given x.
    """

    drive: np.ndarray  # (n, q)
    fixed: np.ndarray  # (2 ** q,): log-weights that are not solved for
    statistics: np.ndarray  # (2 ** q, p)
    target: np.ndarray  # (p,)

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return value, gradient and Hessian at `theta`."""
        log_weights = self.fixed + self.statistics @ theta
        n_rows, n_sets = len(self.drive), len(self.fixed)
        value, mean = 0.0, np.zeros(n_sets)
        square = np.zeros((len(theta), len(theta)))
        for part in row_blocks(n_rows, self.drive.shape[1]):
            joint, normaliser = _clean_joint(self.drive[part], log_weights)
            expected = joint @ self.statistics
            value += normaliser.sum() / n_rows
            mean += joint.sum(axis=0) / n_rows
            square += expected.T @ expected / n_rows
        gradient = self.statistics.T @ mean - self.target
        hessian = (self.statistics.T * mean) @ self.statistics - square
        return float(value - theta @ self.target), gradient, hessian


def _newton(problem: _Moments, theta: np.ndarray) -> np.ndarray:
    """Minimise by Newton's method with a ridge that adapts (Levenberg-Marquardt)."""
    value, gradient, hessian = problem(theta)
    ridge = 1e-6
    for _ in range(_MAX_STEPS):
        error = np.abs(gradient).max()
        if error <= _TOLERANCE:
            return theta
        step = np.linalg.solve(hessian + ridge * np.eye(len(theta)), -gradient)
        new = problem(theta + step)
        # Near the minimum the value no longer tells: then the gradient must fall.
        falls = new[0] <= value + 1e-4 * (gradient @ step)
        if falls or np.abs(new[1]).max() < error / 2:
            theta, (value, gradient, hessian) = theta + step, new
            ridge = max(ridge / 10, 1e-15)
        else:
            # Where x decides nearly everything the function is flat in places, and the
            # Hessian says nothing about how far to go.
            ridge *= 10
    msg = (
        "The label frequencies could not be reached (largest difference "
        f"{np.abs(gradient).max():.2g}): the knobs are too extreme. Lower signal or "
        "conditional_dependence, or move cardinality and empty_share from their limits."
    )
    raise GeneratorError(msg)
