"""Pairs of labels of which the rows tell that they depend on each other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlkit.arguments import check_count, check_number

__all__ = ["significant_pairs"]


def significant_pairs(
    pairs: pd.DataFrame, *, level: float = 0.01, min_rows: int = 5
) -> pd.DataFrame:
    r"""Pick the pairs that go together more, or less, than chance would explain.

    Parameters
    ----------
    pairs : DataFrame
        As `mlkit.description.label_pairs` makes it. All pairs that were looked at: the
        level is shared among them.
    level : float in (0, 1), default 0.01
        The chance that independent labels give any such pair at all, at most.
    min_rows : int, default 5
        So many rows carry both labels, or would if the labels were independent. Else
        two labels that meet in a single row would be the strongest pair.

    Returns
    -------
    DataFrame
        Rows of `pairs`, the largest :math:`|\phi|` first.

    Raises
    ------
    ValueError
        If `level` does not lie below 1, or `min_rows` is negative.

    Notes
    -----
    A pair is picked where its chi-square test has a p-value below `level` divided by
    the number of pairs with a p-value (Bonferroni). `mlkit.description.dependent_pairs`
    counts without that correction, as the literature does.

    Examples
    --------
    >>> from mlkit.description.pairs import label_pairs
    >>> Y = [[1, 1, 0], [0, 0, 1]] * 10 + [[0, 0, 0], [1, 1, 1]]
    >>> significant_pairs(label_pairs(Y))["phi"].round(2).to_dict()
    {(0, 1): 1.0, (0, 2): -0.82, (1, 2): -0.82}
    """
    check_number("level", level, below=1)
    check_count("min_rows", min_rows, minimum=0)
    tests = int(pairs["p_value"].notna().sum())
    seen = np.maximum(pairs["count"], pairs["expected"]) >= min_rows
    picked = pairs[seen & (pairs["p_value"] * tests < level)]
    # Stable: equal strengths stay in the order of the table.
    strength = -picked["phi"].abs().to_numpy()
    return picked.iloc[np.argsort(strength, kind="stable")]
