"""What a calibrator learns for one label: a function from scores to probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from mlkit.activations import sigmoid
from mlkit.metrics.cells import ScoreType

__all__ = [
    "CalibrationMap",
    "IdentityMap",
    "LogitMap",
    "CurveMap",
    "cross_entropy",
    "lines_of",
    "to_logits",
]

CalibrationMap: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""Takes scores of one label, shape (n_samples,); returns probabilities."""

# A probability of exactly 0 or 1 (a leaf of a tree) has no logit. This stands for 20.7,
# far beyond what any finite sample can tell from certainty.
_LEAST_PROBABILITY = 1e-9


@dataclass(frozen=True, slots=True)
class IdentityMap:
    """Leaves scores as they are.

    Parameters
    ----------
    score_type : {"logits", "probabilities"}
        Logits go through the sigmoid; probabilities come back unchanged.
    """

    score_type: ScoreType

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """Return P(label = 1) of each score."""
        return scores.copy() if self.score_type == "probabilities" else sigmoid(scores)


@dataclass(frozen=True, slots=True)
class LogitMap:
    """A straight line on the logits: sigmoid(slope * logit + intercept).

    Parameters
    ----------
    slope, intercept : float
        A slope of 1 and an intercept of 0 change nothing.
    score_type : {"logits", "probabilities"}
        Probabilities are turned into logits first.
    """

    slope: float
    intercept: float
    score_type: ScoreType

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """Return P(label = 1) of each score."""
        return sigmoid(self.slope * to_logits(scores, self.score_type) + self.intercept)


@dataclass(frozen=True, slots=True)
class CurveMap:
    """Straight lines between knots, level beyond the outer ones.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_knots,)
        Increasing.
    probabilities : ndarray of float64, shape (n_knots,)
        Not decreasing, in [0, 1].
    """

    scores: np.ndarray
    probabilities: np.ndarray

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """Return P(label = 1) of each score."""
        return np.interp(scores, self.scores, self.probabilities)


def to_logits(scores: np.ndarray, score_type: ScoreType) -> np.ndarray:
    """Return scores on the scale of logits, ln(p / (1 - p)).

    Parameters
    ----------
    scores : ndarray of float64
        Logits, or probabilities.
    score_type : {"logits", "probabilities"}
        Which of the two they are.

    Returns
    -------
    ndarray of float64, same shape
        Finite: probabilities are kept 1e-9 away from 0 and 1.

    Examples
    --------
    >>> to_logits(np.array([0.0, 0.5, 0.8]), "probabilities").round(2).tolist()
    [-20.72, 0.0, 1.39]
    """
    if score_type == "logits":
        return scores
    kept = np.clip(scores, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return np.log(kept) - np.log1p(-kept)


def cross_entropy(targets: np.ndarray, logits: np.ndarray) -> float:
    """Return the sum of -t ln p - (1 - t) ln(1 - p), with p = sigmoid(logit).

    Parameters
    ----------
    targets : ndarray, shape (n_samples,)
        Values t in [0, 1].
    logits : ndarray of float64, shape (n_samples,)

    Returns
    -------
    float
        At least 0.

    Examples
    --------
    >>> round(cross_entropy(np.array([1, 0]), np.array([0.0, 0.0])), 4)
    1.3863
    """
    # ln(1 + e^z) - t z: no logarithm of a probability that has been rounded to 0.
    return float(np.sum(np.logaddexp(0.0, logits) - targets * logits))


def lines_of(maps: Iterable[CalibrationMap]) -> tuple[np.ndarray, np.ndarray]:
    """Return slope and intercept of each map; 1 and 0 for one that is no line.

    Parameters
    ----------
    maps : iterable of callable
        Maps of the labels.

    Returns
    -------
    slopes, intercepts : ndarray of float64, shape (n_labels,)

    Examples
    --------
    >>> lines_of([LogitMap(2.0, 0.5, "logits"), IdentityMap("logits")])
    (array([2., 1.]), array([0.5, 0. ]))
    """
    lines = [
        (m.slope, m.intercept) if isinstance(m, LogitMap) else (1.0, 0.0) for m in maps
    ]
    slopes, intercepts = np.array(lines, dtype=np.float64).reshape(-1, 2).T
    return slopes, intercepts
