"""Measures of how two labels go together, from the counts of their 2 x 2 table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import erfc, rel_entr

__all__ = ["PAIR_MEASURES", "Contingency"]


@dataclass(frozen=True, eq=False)
class Contingency:
    """The 2 x 2 tables of many pairs of labels (a, b).

    Parameters
    ----------
    total : ndarray of float
        Rows in which both labels are known.
    first, second : ndarray of float
        Those of them that carry a, and that carry b.
    both : ndarray of float
        Those of them that carry both.

    Notes
    -----
    The four have, or broadcast to, one shape, and so have the measures. They are float
    since the product of two counts leaves the range of an int64 beyond 3 billion.

    Examples
    --------
    Of four rows two carry a, two carry b, and one carries both:

    >>> table = Contingency(*(np.array(count) for count in [4.0, 2.0, 2.0, 1.0]))
    >>> float(table.phi), float(table.expected)
    (0.0, 1.0)
    """

    total: np.ndarray
    first: np.ndarray
    second: np.ndarray
    both: np.ndarray

    @cached_property
    def count(self) -> np.ndarray:
        """Rows that carry both, int64."""
        return self.both.astype(np.int64)

    @cached_property
    def expected(self) -> np.ndarray:
        """Rows that would carry both if the labels were independent."""
        return _ratio(self.first * self.second, self.total)

    @cached_property
    def conditional(self) -> np.ndarray:
        """P(b | a): share of the rows with a that carry b; NaN without such rows."""
        return _ratio(self.both, self.first)

    @cached_property
    def reverse_conditional(self) -> np.ndarray:
        """P(a | b): share of the rows with b that carry a; NaN without such rows."""
        return _ratio(self.both, self.second)

    @cached_property
    def lift(self) -> np.ndarray:
        """P(a, b) / (P(a) P(b)), at least 0; NaN if a or b never occurs."""
        return _ratio(self.both * self.total, self.first * self.second)

    @cached_property
    def jaccard(self) -> np.ndarray:
        """Rows with both by rows with any of them, in [0, 1]; NaN if none has any."""
        return _ratio(self.both, self.first + self.second - self.both)

    @cached_property
    def phi(self) -> np.ndarray:
        """Pearson's correlation of the two, in [-1, 1]; NaN if one is constant."""
        joint = self.total * self.both - self.first * self.second
        present = self.first * self.second
        absent = (self.total - self.first) * (self.total - self.second)
        # Rounding may lead just beyond 1.
        return _ratio(joint, np.sqrt(present * absent)).clip(-1.0, 1.0)

    @cached_property
    def chi2(self) -> np.ndarray:
        """Pearson's statistic of independence, without Yates' correction: n phi^2."""
        return self.total * self.phi**2

    @cached_property
    def p_value(self) -> np.ndarray:
        """P(chi2 or more if independent), one degree of freedom; NaN as phi."""
        # chi2 with one degree of freedom is a squared normal: erfc is many times as
        # fast as the incomplete gamma function of chdtrc.
        return erfc(np.sqrt(self.chi2 / 2))

    @cached_property
    def mutual_information(self) -> np.ndarray:
        """What one label tells about the other, in bits, in [0, 1]; 0 if constant."""
        # The four cells as counts, which are exact: a difference of shares that should
        # be 0 may come out at 1e-17, and against an expected 0 that is infinite.
        a, b = self.first, self.second
        not_a, not_b = self.total - a, self.total - b
        cells = (
            (self.both, a, b),
            (a - self.both, a, not_b),
            (b - self.both, not_a, b),
            (not_a - b + self.both, not_a, not_b),
        )
        share = [_ratio(count, self.total) for count, _, _ in cells]
        chance = [_ratio(x, self.total) * _ratio(y, self.total) for _, x, y in cells]
        nats = sum(rel_entr(p, q) for p, q in zip(share, chance, strict=True))
        return (nats / np.log(2.0)).clip(min=0.0)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide; 0 / 0 is NaN without a warning (no count is positive over zero)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return numerator / denominator


PAIR_MEASURES = (
    "count",
    "expected",
    "conditional",
    "lift",
    "jaccard",
    "phi",
    "chi2",
    "p_value",
    "mutual_information",
)
"""The attributes of `Contingency` that `mlkit.description.pair_matrix` can show."""
