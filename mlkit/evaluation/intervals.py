"""Bootstrap intervals of metrics: rows drawn again, all resamples at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from mlkit.arguments import check_count, check_number
from mlkit.exceptions import OptionError, unknown_name
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.metric import Metric
from mlkit.metrics.ratios import RATIOS

__all__ = ["bootstrap_intervals", "bootstrap_label_intervals", "draw_rows"]

# Weights that are held at a time (32 MiB).
_BLOCK_NUMBERS = 1 << 22
# An interval of the resamples in which a metric is defined says something about those
# only; so it is given where they are nearly all.
_LEAST_DEFINED = 0.95
_COLUMNS = ["low", "high", "error", "defined"]


def bootstrap_intervals(
    evidence: Evidence,
    metrics: Iterable[Metric],
    *,
    n_resamples: int = 1000,
    level: float = 0.95,
    random_state: Any = 0,
    convention: str = "sklearn",
) -> pd.DataFrame:
    """Estimate how far metrics would move on other rows of the same kind.

    Parameters
    ----------
    evidence : Evidence
    metrics : iterable of Metric
    n_resamples : int, default 1000
        How often the rows are drawn again, at least 2.
    level : float, default 0.95
        Share of the resamples within the interval, in (0, 1).
    random_state : int or RandomState, default 0
    convention : {"sklearn", "mulan", "meka"}, default "sklearn"

    Returns
    -------
    DataFrame
        Indexed by metric: ``low``, ``high``, ``error`` (standard deviation of the
        resamples) and ``defined``, the number of resamples in which the metric has a
        value. NaN where fewer than 95 % of them have, and for metrics that cannot be
        resampled.

    Raises
    ------
    OptionError
        If an option is out of its range.
    TypeError
        If it is of another kind.

    Notes
    -----
    Rows are drawn with replacement, as many as there are, and the interval runs between
    the percentiles of the resampled values (Efron's percentile interval). It covers the
    chance of the *test rows*; that of the training rows, of the folds and of seeds is
    not in it. Nothing is drawn row by row: a resample is a weighting of the rows, and
    all of them are a product of two matrices.

    References
    ----------
    B. Efron, R. J. Tibshirani (1993). An Introduction to the Bootstrap, chapter 13.
    Chapman & Hall.
    """
    chosen = list(metrics)
    drawn = _draw_blocks(evidence, n_resamples, level, random_state)
    blocks = [
        [metric.resample(evidence, weights, convention) for metric in chosen]
        for weights in drawn
    ]
    values = [np.concatenate(parts) for parts in zip(*blocks, strict=True)]
    rows = [_interval(resampled, level) for resampled in values]
    index = pd.Index([metric.name for metric in chosen], name="metric")
    return pd.DataFrame(rows, index=index, columns=_COLUMNS)


def bootstrap_label_intervals(
    evidence: Evidence,
    metric: str = "f1",
    *,
    n_resamples: int = 1000,
    level: float = 0.95,
    random_state: Any = 0,
) -> pd.DataFrame:
    """Estimate how far a metric of each label would move on other rows.

    Parameters
    ----------
    evidence : Evidence
        With decided labels.
    metric : str, default "f1"
        A key of `mlkit.metrics.ratios.RATIOS`, such as "f1", "precision", "recall".
    n_resamples, level, random_state
        As in `bootstrap_intervals`.

    Returns
    -------
    DataFrame
        Indexed by label: the columns of `bootstrap_intervals`. NaN where the metric is
        0/0 in more than 5 % of the resamples, as for a label without positives.

    Raises
    ------
    UnknownNameError
        If there is no such metric.
    OptionError, TypeError
        If an option is out of its range or of another kind, or no label was decided.

    Notes
    -----
    The rows of all labels are drawn together. Of one label in twenty an interval of
    95 % misses the truth: of many labels look at the widths rather than at the worst.
    """
    if metric not in RATIOS:
        error = unknown_name("metric of a label", metric, RATIOS)
        raise error
    if not evidence.has("bipartition"):
        msg = "This metric judges decided labels, and there are scores only."
        raise OptionError(msg)
    values = [
        RATIOS[metric].values(evidence.resampled_labels(weights), np.nan)[0]
        for weights in _draw_blocks(evidence, n_resamples, level, random_state)
    ]
    rows = [_interval(resampled, level) for resampled in np.concatenate(values).T]
    index = pd.Index(evidence.label_names, name="label")
    return pd.DataFrame(rows, index=index, columns=_COLUMNS)


def _draw_blocks(
    evidence: Evidence, n_resamples: int, level: float, random_state: Any
) -> Iterator[np.ndarray]:
    """Check the options, and yield weights of the rows, some resamples at a time."""
    check_count("n_resamples", n_resamples, minimum=2, error=OptionError)
    check_number("level", level, below=1, error=OptionError)
    rng, n_samples = check_random_state(random_state), evidence.shape[0]
    step = max(1, _BLOCK_NUMBERS // n_samples)
    for start in range(0, n_resamples, step):
        yield draw_rows(rng, min(step, n_resamples - start), n_samples)


def draw_rows(
    rng: np.random.RandomState, n_resamples: int, n_samples: int
) -> np.ndarray:
    """Draw how often each row stands in each resample.

    Parameters
    ----------
    rng : RandomState
    n_resamples, n_samples : int

    Returns
    -------
    ndarray of float64, shape (n_resamples, n_samples)
        Whole numbers; each row of them sums to n_samples.
    """
    drawn = rng.randint(n_samples, size=(n_resamples, n_samples))
    # One count for all resamples: each has a range of numbers of its own.
    drawn += np.arange(n_resamples)[:, np.newaxis] * n_samples
    counts = np.bincount(drawn.ravel(), minlength=n_resamples * n_samples)
    return counts.reshape(n_resamples, n_samples).astype(np.float64)


def _interval(values: np.ndarray, level: float) -> tuple[float, float, float, int]:
    defined = values[~np.isnan(values)]
    if len(defined) < _LEAST_DEFINED * len(values):
        return np.nan, np.nan, np.nan, len(defined)
    tail = (1 - level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high), float(defined.std(ddof=1)), len(defined)
