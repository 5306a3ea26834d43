"""Labels that are rare, and nothing else: what makes splitting hard."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from mlkit.datasets.generators.arguments import check_count
from mlkit.exceptions import GeneratorError
from mlkit.validation import default_label_names

__all__ = ["make_rare_labels"]


def make_rare_labels(
    n_samples: int = 1000,
    n_labels: int = 20,
    n_positives: int = 8,
    *,
    random_state: int | np.random.RandomState | None = 0,
) -> pd.DataFrame:
    """Draw labels that are independent, each in the same number of rows.

    Parameters
    ----------
    n_samples : int, default 1000
        Number of rows, at least 1.
    n_labels : int, default 20
        Number of labels, at least 1.
    n_positives : int, default 8
        Rows of each label, in [0, n_samples].
    random_state : int, RandomState or None, default 0
        An int gives the same labels in every process.

    Returns
    -------
    DataFrame of int8, shape (n_samples, n_labels)
        Columns ``label_0``, ``label_1``, ... There are no features: splitting and
        counting need none.

    Raises
    ------
    GeneratorError
        If an argument is out of its range.
    TypeError
        If a number is not an integer.

    Notes
    -----
    Each label stands in `n_positives` rows drawn without replacement, whatever the
    other labels are. A random part of t of the n rows has none of them with a
    probability of about (1 - t / n) ** n_positives: .17 for 8 and a fifth.

    Examples
    --------
    >>> make_rare_labels(100, 3, 8).sum().tolist()
    [8, 8, 8]
    """
    check_count("n_samples", n_samples, minimum=1)
    check_count("n_labels", n_labels, minimum=1)
    check_count("n_positives", n_positives, minimum=0)
    if n_positives > n_samples:
        msg = (
            f"n_positives={n_positives} rows of each label do not fit into "
            f"n_samples={n_samples}. Use n_positives={n_samples} or less."
        )
        raise GeneratorError(msg)
    rng = check_random_state(random_state)
    Y = np.zeros((n_samples, n_labels), dtype=np.int8)
    for j in range(n_labels):
        Y[rng.choice(n_samples, n_positives, replace=False), j] = 1
    return pd.DataFrame(Y, columns=list(default_label_names(n_labels)))
