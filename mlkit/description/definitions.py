"""What every figure of a description means, in words."""

from __future__ import annotations

import pandas as pd

__all__ = ["LABELS", "LABEL_SETS", "PAIRS", "SUMMARY", "TABLES", "definitions_table"]

# Short enough for a tooltip; `describe` and `label_pairs` say more. The keys are the
# rows and columns of the tables, in their order: a test compares them.
SUMMARY = {
    "rows": "n: number of examples",
    "features": "f: number of features; of pictures the product of their dimensions",
    "labels": "q: number of labels",
    "unknown_labels": "cells of Y whose label is unknown; below they count as absent",
    "cardinality": "mean number of labels a row (Tsoumakas et al. 2010)",
    "density": "cardinality / q (Tsoumakas et al. 2010)",
    "largest_set": "greatest number of labels in a row",
    "distinct_label_sets": "number of different rows of Y, the empty set included",
    "diversity_by_rows": "distinct label sets / n (PLDiv of Zhang and Zhou 2014)",
    "diversity_by_bound": "distinct label sets / 2^q (diversity of MLDA)",
    "sets_seen_once": "number of label sets that a single row shows",
    "p_uniq": "label sets that a single row shows / n (PUniq of Read 2010)",
    "p_max": "rows with the most frequent label set / n (PMax of Read 2010)",
    "rows_without_label": "number of rows with no label",
    "share_without_label": "rows with no label / n",
    "labels_never_present": "number of labels that no row carries",
    "npl": "labels that no row carries / q (MULAN)",
    "mean_ir": "mean irlbl of the labels that occur (Charte et al. 2015)",
    "cvir": "standard deviation (n - 1) of irlbl / mean_ir, of the labels that occur",
    "max_ir": "greatest irlbl of the labels that occur",
    "mean_imr": "mean imr of the labels that have both values (MULAN)",
    "scumble": "mean SCUMBLE of the rows (Charte et al. 2014)",
    "scumble_cv": "standard deviation (n - 1) of the rows' SCUMBLE / their mean",
    "tcs": "ln(f q distinct label sets): theoretical complexity (Charte et al. 2016)",
}
"""The rows of `Description.summary`."""

LABELS = {
    "count": "c: rows that carry the label",
    "unknown": "rows in which it is unknown",
    "share": "c / rows in which it is known",
    "irlbl": "c of the most frequent label / c; infinite if no row carries it",
    "imr": "more frequent by rarer of its two values, where it is known",
    "scumble": "mean SCUMBLE of the rows that carry it; 0 if none does",
    "mean_set_size": "mean number of labels of the rows that carry it, itself included",
}
"""The columns of `Description.labels`."""

LABEL_SETS = {
    "size": "number of labels in the set",
    "count": "rows that show exactly this set",
    "share": "rows that show exactly this set / n",
    "cumulative_share": "share of this set and of all more frequent ones",
}
"""The columns of `Description.label_sets`."""

PAIRS = {
    "count": "rows that carry both labels, a and b",
    "expected": "the count if the two were independent: n P(a) P(b)",
    "p_b_given_a": "share of the rows with a that carry b",
    "p_a_given_b": "share of the rows with b that carry a",
    "lift": "count / expected: 1 if independent",
    "jaccard": "rows with both / rows with a or b",
    "phi": "correlation of the two columns; NaN if one is constant",
    "chi2": "n phi^2: Pearson's statistic of independence",
    "p_value": "probability of such a chi2 if independent (one degree of freedom)",
    "mutual_information": "what one label tells about the other, in bits",
}
"""The columns of `Description.pairs`."""


TABLES = {
    "summary": SUMMARY,
    "labels": LABELS,
    "label_sets": LABEL_SETS,
    "pairs": PAIRS,
}
"""The tables of a `Description`, each with its figures."""


def definitions_table() -> pd.Series:
    """Return all definitions, indexed by table and figure.

    Returns
    -------
    Series of str
        Index levels ``table`` (``"summary"``, ``"labels"``, ``"label_sets"`` or
        ``"pairs"``) and ``figure``.

    Examples
    --------
    >>> definitions_table()["labels", "count"]
    'c: rows that carry the label'
    """
    entries = {
        (table, figure): text
        for table, figures in TABLES.items()
        for figure, text in figures.items()
    }
    series = pd.Series(entries, name="definition")
    return series.rename_axis(["table", "figure"])
