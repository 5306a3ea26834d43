"""What a metric returns: a number that knows how much of it was a convention."""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

__all__ = ["MetricValue", "UnitKind"]

UnitKind: TypeAlias = Literal["row", "label", "cell", "matrix", "metric"]
"""What a mean is taken over; a matrix is all cells taken as one list or one count."""


class MetricValue(float):
    """A float that says how many rows or labels of its mean were undefined.

    Parameters
    ----------
    value : float
        The metric.
    units : int, default 1
        Rows, labels or cells with anything known: those that could be averaged.
    undefined : int, default 0
        How many of them had no value of their own (0/0), so that a convention
        (`zero_division`, `empty`) decided what they count.
    kind : {"row", "label", "cell", "matrix", "metric"}, default "matrix"
        What the units are.

    Notes
    -----
    It is a float in every respect, except that it prints the undefined units where
    there are any. Arithmetic gives plain floats.

    Examples
    --------
    >>> value = MetricValue(0.25, units=4, undefined=1, kind="row")
    >>> value
    0.25 (1 of 4 rows undefined)
    >>> value.undefined, value + 1
    (1, 1.25)
    """

    units: int
    undefined: int
    kind: UnitKind

    def __new__(  # noqa: D102 - as the class
        cls,
        value: float,
        *,
        units: int = 1,
        undefined: int = 0,
        kind: UnitKind = "matrix",
    ) -> Self:
        self = super().__new__(cls, value)
        self.units, self.undefined, self.kind = int(units), int(undefined), kind
        return self

    @property
    def note(self) -> str:
        """How many units were undefined, in words; empty where none was."""
        if not self.undefined:
            return ""
        word = {"matrix": "matrices"}.get(self.kind, f"{self.kind}s")
        if self.units == 1:
            return "undefined"
        return f"{self.undefined:,} of {self.units:,} {word} undefined"

    def __repr__(self) -> str:
        number = float.__repr__(self)
        return f"{number} ({self.note})" if self.undefined else number

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (float(self), self.units, self.undefined, self.kind)


def _rebuild(value: float, units: int, undefined: int, kind: UnitKind) -> MetricValue:
    # Floats pickle by their positional arguments; ours are keyword-only.
    return MetricValue(value, units=units, undefined=undefined, kind=kind)
