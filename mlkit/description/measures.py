"""Label statistics of a dataset."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from mlkit.dataset import MultiLabelDataset
from mlkit.description.imbalance import imr, irlbl, label_scumble, scumble
from mlkit.description.known_labels import KnownLabels, known_labels
from mlkit.description.label_sets import count_label_sets
from mlkit.description.result import Description

__all__ = ["describe"]

_NAN = float("nan")


def describe(dataset: MultiLabelDataset) -> Description:
    r"""Compute the label statistics of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset
        Any size; CSR labels are never made dense.

    Returns
    -------
    Description
        With a ``summary``, tables of the ``labels``, the ``label_sets`` and the
        ``pairs`` of labels, and ``matrix(measure)``. What is costly is made when it is
        read for the first time.

    Notes
    -----
    With :math:`n` rows, :math:`f` features, :math:`q` labels, :math:`Y_i` the labels of
    row :math:`i`, :math:`c_j` the rows that carry label :math:`j`, :math:`s` the number
    of distinct label sets and :math:`s_1` of those that occur once, the summary holds:

    ==================== =================================================== ======
    figure               definition                                          source
    ==================== =================================================== ======
    rows                 :math:`n`
    features             :math:`f`, the product of all dimensions of X but
                         the first
    labels               :math:`q`
    unknown_labels       number of cells marked in ``dataset.missing``
    cardinality          mean of :math:`|Y_i|`                               [1]_
    density              cardinality / :math:`q`                             [1]_
    largest_set          greatest :math:`|Y_i|`
    distinct_label_sets  :math:`s`; the empty set counts                     [2]_
    diversity_by_rows    :math:`s / n` (PLDiv)                               [2]_
    diversity_by_bound   :math:`s / 2^q` (Diversity); 0 where 2^q exceeds    [3]_
                         the range of a float
    sets_seen_once       :math:`s_1`
    p_uniq               :math:`s_1 / n` (PUniq)                             [4]_
    p_max                rows with the most frequent set / :math:`n` (PMax)  [4]_
    rows_without_label   number of rows with :math:`|Y_i| = 0`
    share_without_label  the same / :math:`n`
    labels_never_present number of labels with :math:`c_j = 0`
    npl                  the same / :math:`q`                                MULAN
    mean_ir              mean of :math:`\mathrm{IRLbl}_j = \max_k c_k / c_j` [5]_
                         over the labels with :math:`c_j > 0`
    cvir                 standard deviation (divisor less one) of the same   [5]_
                         / mean_ir
    max_ir               greatest of the same
    mean_imr             mean of :math:`\max(c_j, n - c_j) / \min(c_j,       MULAN
                         n - c_j)` over the labels where it is finite
    scumble              mean over all rows of one minus the geometric by    [6]_
                         the arithmetic mean of the row's IRLbl
    scumble_cv           standard deviation (divisor less one) of the same   mldr
                         / scumble; 0 if all are 0
    tcs                  :math:`\ln (f q s)`                                 [7]_
    ==================== =================================================== ======

    Conventions that differ between programs: a label that no row carries has no IRLbl
    and leaves mean_ir (as in [5]_ and MULAN; mldr counts it as 0); "diversity" is
    :math:`s`, :math:`s / n` or :math:`s / 2^q` by author, so both ratios are named;
    the standard deviations have n - 1 in the divisor. What is undefined is NaN: means
    without rows or labels, cvir with one label, scumble_cv with one row, tcs where a
    factor is 0.

    Unknown labels count as absent in the counts, in irlbl and in everything that
    concerns whole label sets. The share of a label and its imr are over the rows in
    which it is known, and pairs over the rows in which both labels are.

    The summary and the table of labels cost O(nnz(Y)), label sets the same and a sort,
    pairs O(rows times squared size of their label sets).

    References
    ----------
    .. [1] Tsoumakas, Katakis, Vlahavas (2010), Mining multi-label data, section 2.
    .. [2] Zhang, Zhou (2014), A review on multi-label learning algorithms, IEEE TKDE
       26(8), section 2.1.
    .. [3] Moyano, Gibaja, Ventura (2017), MLDA: a tool for analyzing multi-label
       datasets, Knowledge-Based Systems 121.
    .. [4] Read (2010), Scalable multi-label classification, PhD thesis, Waikato.
    .. [5] Charte, Rivera, del Jesus, Herrera (2015), Addressing imbalance in multilabel
       classification, Neurocomputing 163, equations 1 to 3.
    .. [6] Charte, Rivera, del Jesus, Herrera (2014), Concurrence among imbalanced
       labels and its influence on multilabel resampling algorithms, HAIS.
    .. [7] Charte, Rivera, del Jesus, Herrera (2016), On the impact of dataset
       complexity and sampling strategy in multilabel classifiers performance, HAIS.

    Examples
    --------
    >>> ds = MultiLabelDataset([[0], [1], [2]], [[1, 0], [1, 1], [0, 0]])
    >>> summary = describe(ds).summary
    >>> summary["cardinality"], summary["mean_ir"], summary["p_uniq"]
    (1.0, 1.5, 1.0)
    """
    # Brought to sparse form once; every statistic takes it from here.
    known = known_labels(dataset)
    table = _label_table(known)
    summary = {
        **_size_figures(dataset),
        **_set_figures(known),
        **_imbalance_figures(table, scumble(known)),
    }
    factors = [summary[key] for key in ("features", "labels", "distinct_label_sets")]
    summary["tcs"] = math.log(math.prod(factors)) if all(factors) else _NAN
    # object keeps counts whole: 27 label sets are not 27.0.
    series = pd.Series(summary, name=dataset.name, dtype=object)
    return Description(dataset.name, series, table, known)


def _label_table(known: KnownLabels) -> pd.DataFrame:
    # 0 / 0 for a label that is unknown in every row.
    with np.errstate(invalid="ignore"):
        share = known.counts / known.n_known
    columns = {
        "count": known.counts,
        "unknown": known.n_unknown,
        "share": share,
        "irlbl": irlbl(known).to_numpy(),
        "imr": imr(known).to_numpy(),
        "scumble": label_scumble(known).to_numpy(),
        "mean_set_size": known.mean_over_rows(known.set_sizes),
    }
    return pd.DataFrame(columns, index=known.names.rename("label"))


def _size_figures(dataset: MultiLabelDataset) -> dict[str, Any]:
    missing = dataset.missing
    return {
        "rows": dataset.n_samples,
        "features": dataset.n_features,
        "labels": dataset.n_labels,
        "unknown_labels": 0 if missing is None else int(missing.sum()),
        "cardinality": dataset.cardinality,
        "density": dataset.density,
    }


def _set_figures(known: KnownLabels) -> dict[str, Any]:
    n, q = known.n_samples, known.n_labels
    # Only how often sets occur is needed: their names wait until they are asked for.
    rows_of_sets = np.fromiter(count_label_sets(known).values(), dtype=np.int64)
    n_sets, n_once = len(rows_of_sets), int((rows_of_sets == 1).sum())
    n_empty, n_never = int((known.set_sizes == 0).sum()), int((known.counts == 0).sum())
    return {
        "largest_set": int(known.set_sizes.max(initial=0)),
        "distinct_label_sets": n_sets,
        "diversity_by_rows": _share(n_sets, n),
        # Not n_sets / 2**q: with 1 100 labels 2^q is no float any more.
        "diversity_by_bound": math.ldexp(n_sets, -q),
        "sets_seen_once": n_once,
        "p_uniq": _share(n_once, n),
        "p_max": _share(int(rows_of_sets.max(initial=0)), n),
        "rows_without_label": n_empty,
        "share_without_label": _share(n_empty, n),
        "labels_never_present": n_never,
        "npl": _share(n_never, q),
    }


def _imbalance_figures(table: pd.DataFrame, rows: pd.Series) -> dict[str, float]:
    # Labels with infinite ratios leave the means, or all means would be infinite.
    ratios = table["irlbl"][np.isfinite(table["irlbl"])]
    within = table["imr"][np.isfinite(table["imr"])]
    # pandas gives NaN where there is nothing to average, and divides by n - 1.
    # Without any concurrence there is no spread either: 0 rather than 0 / 0.
    spread = rows.std() / rows.mean() if rows.any() else 0.0 * rows.std()
    return {
        "mean_ir": float(ratios.mean()),
        "cvir": float(ratios.std() / ratios.mean()),
        "max_ir": float(ratios.max()),
        "mean_imr": float(within.mean()),
        "scumble": float(rows.mean()),
        "scumble_cv": float(spread),
    }


def _share(count: int, total: int) -> float:
    return count / total if total else _NAN
