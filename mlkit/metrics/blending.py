"""A weighted blend of metrics, for a stated cost: one number, and what is in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlkit.exceptions import OptionError
from mlkit.metrics.catalog import get_metric
from mlkit.metrics.evidence import Evidence
from mlkit.metrics.metric import Metric
from mlkit.metrics.values import MetricValue

__all__ = ["Blend", "blend"]


@dataclass(frozen=True, slots=True)
class Blend(Metric):
    """A metric that is the weighted mean of others; `blend` makes it.

    Parameters
    ----------
    parts : tuple of Metric
        What is blended.
    weights : tuple of float
        Their weights, which sum to one.

    See Also
    --------
    blend : Makes one, and defines it.
    """

    parts: tuple[Metric, ...] = ()
    weights: tuple[float, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """The kinds of prediction that the parts judge."""
        return frozenset().union(*(part.needs for part in self.parts))

    def of(self, evidence: Evidence, convention: str = "sklearn") -> MetricValue:
        """Evaluate what was counted already; as `Metric.of`."""
        values = [part.of(evidence, convention) for part in self.parts]
        total = sum(
            weight * goodness(part, float(value))
            for part, weight, value in zip(
                self.parts, self.weights, values, strict=True
            )
        )
        undefined = sum(value.undefined > 0 for value in values)
        return MetricValue(total, units=len(values), undefined=undefined, kind="metric")

    def resample(
        self, evidence: Evidence, row_weights: np.ndarray, convention: str = "sklearn"
    ) -> np.ndarray:
        """Evaluate it under several weightings of the rows; as `Metric.resample`."""
        return sum(
            weight * goodness(part, part.resample(evidence, row_weights, convention))
            for part, weight in zip(self.parts, self.weights, strict=True)
        )

    def breakdown(
        self, evidence: Evidence, convention: str = "sklearn"
    ) -> pd.DataFrame:
        """Say what each part adds.

        Parameters
        ----------
        evidence : Evidence
        convention : {"sklearn", "mulan", "meka"}, default "sklearn"

        Returns
        -------
        DataFrame
            One part a row: ``value``, ``goodness`` in [0, 1], ``weight`` and
            ``points``, which sum to the blend.
        """
        values = [float(part.of(evidence, convention)) for part in self.parts]
        pairs = zip(self.parts, values, strict=True)
        table = pd.DataFrame(
            {
                "value": values,
                "goodness": [goodness(part, value) for part, value in pairs],
                "weight": self.weights,
            },
            index=pd.Index([part.name for part in self.parts], name="metric"),
        )
        table["points"] = table["goodness"] * table["weight"]
        return table


def goodness(metric: Metric, value: Any) -> Any:
    """Return a value of a metric on the scale from 0, its worst, to 1, its best.

    Parameters
    ----------
    metric : Metric
        With a finite range.
    value : float or ndarray

    Returns
    -------
    float or ndarray
        In [0, 1].
    """
    return (value - metric.worst) / (metric.best - metric.worst)


def blend(weights: Mapping[str | Metric, float], *, name: str = "blend") -> Blend:
    r"""Blend metrics into one number, by how much each of them matters.

    Parameters
    ----------
    weights : mapping of str or Metric to float
        At least one; numbers of at least 0, not all 0. They are scaled to sum to one.
    name : str, default "blend"
        What tables call it.

    Returns
    -------
    Blend
        A `Metric`: it can be given to `mlkit.evaluate`, `score_table`, scorers and
        comparisons like any other. In [0, 1]; best 1.

    Raises
    ------
    UnknownNameError
        If a metric does not exist.
    OptionError
        If a weight is not a number of at least 0, or a metric has no finite range, such
        as coverage: how bad its worst value is cannot be said.

    Notes
    -----
    .. math:: \sum_m w_m \frac{v_m - \mathrm{worst}_m}
                              {\mathrm{best}_m - \mathrm{worst}_m}

    so that a loss counts by how far it is from its worst value. The weights are a
    statement about the cost of errors, to be made before results are seen; a blend that
    is chosen afterwards proves what one likes. Where errors have prices, `cost_loss`
    says more: it is in their unit. Undefined where a part is.

    References
    ----------
    R. L. Keeney, H. Raiffa (1976). Decisions with Multiple Objectives. Wiley: additive
    value functions, and when they are justified.

    Examples
    --------
    >>> ours = blend({"micro_f1": 3, "hamming_loss": 1})
    >>> round(ours([[1, 0], [1, 1]], [[1, 0], [1, 0]]), 4)
    0.7875
    """
    if not weights:
        msg = "blend needs at least one metric and its weight."
        raise OptionError(msg)
    parts = tuple(get_metric(metric) for metric in weights)
    given = [_check_weight(p, w) for p, w in zip(parts, weights.values(), strict=True)]
    total = sum(given)
    if total == 0:
        msg = "All weights of the blend are 0. Give at least one metric some."
        raise OptionError(msg)
    shares = tuple(weight / total for weight in given)
    kinds = frozenset().union(*(part.needs for part in parts))
    text = ", ".join(
        f"{share:.0%} {part.label}" for part, share in zip(parts, shares, strict=True)
    )
    return Blend(
        name,
        name.capitalize(),
        _refuse if len(kinds) > 1 else _BlendFunction(parts, shares),
        kind=parts[0].kind,
        greater_is_better=True,
        description=f"weighted mean of {text}",
        parts=parts,
        weights=shares,
    )


def _check_weight(metric: Metric, weight: Any) -> float:
    try:
        value = float(weight)
    except (TypeError, ValueError):
        value = math.nan
    if not 0 <= value < math.inf:
        msg = f"The weight of {metric.name} must be a number of at least 0, got "
        msg += f"{weight!r}."
        raise OptionError(msg)
    if not all(map(math.isfinite, metric.range)):
        msg = (
            f"{metric.name} has no worst value, so that it cannot be blended. Take one "
            "with a finite range: see best and worst in mlkit.metrics.catalog()."
        )
        raise OptionError(msg)
    return value


@dataclass(frozen=True, slots=True)
class _BlendFunction:
    """The blend as a function of one prediction, for parts of one kind."""

    parts: tuple[Metric, ...]
    weights: tuple[float, ...]

    def __call__(self, Y: Any, prediction: Any, **options: Any) -> float:
        values = [part(Y, prediction, **options) for part in self.parts]
        triples = zip(self.parts, self.weights, values, strict=True)
        return float(sum(weight * goodness(part, v) for part, weight, v in triples))


def _refuse(Y: Any, prediction: Any, **options: Any) -> float:
    msg = (
        "This blend judges decided labels and scores both. Evaluate it with "
        "mlkit.evaluate(Y, Y_proba, metrics=[blend]) or score_table."
    )
    raise OptionError(msg)
