"""Metrics of decided labels: a prediction is a set of labels, not a ranking.

Each function here is a definition and its documentation; the arithmetic is in
`mlkit.metrics.ratios`, the counting in `mlkit.metrics.counts`. The cost is one pass:
O(n q), or O(nnz) where a matrix is sparse.
"""

from __future__ import annotations

from typing import Any

from mlkit.metrics.counts import confusion_counts
from mlkit.metrics.ratios import RATIOS, right_rows, wrong_cells

__all__ = [
    "example_f1_score",
    "example_jaccard_score",
    "example_precision_score",
    "example_recall_score",
    "hamming_loss",
    "macro_f1_score",
    "macro_precision_score",
    "macro_recall_score",
    "micro_f1_score",
    "micro_precision_score",
    "micro_recall_score",
    "subset_accuracy_score",
]


def hamming_loss(Y: Any, Y_pred: Any) -> float:
    r"""Share of cells, row by label, that are wrong.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.

    Returns
    -------
    float
        In [0, 1]; best 0.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels.

    Notes
    -----
    .. math:: \frac{1}{nq} \sum_{i=1}^{n} \sum_{j=1}^{q} [y_{ij} \ne \hat y_{ij}]

    Never undefined, and the same in scikit-learn, MULAN and MEKA where every label is
    known; else MEKA takes the mean of each row first. It flatters where labels are
    rare: predicting nothing at all gives their density. It is minimised by deciding
    every label on its own (Dembczyński et al. 2012).

    References
    ----------
    R. E. Schapire, Y. Singer (2000). BoosTexter: a boosting-based system for text
    categorization. Machine Learning 39, 135-168.

    K. Dembczyński, W. Waegeman, W. Cheng, E. Hüllermeier (2012). On label dependence
    and loss minimization in multi-label classification. Machine Learning 88, 5-45.

    Examples
    --------
    >>> hamming_loss([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    0.25
    """
    return wrong_cells(confusion_counts(Y, Y_pred))


def subset_accuracy_score(Y: Any, Y_pred: Any) -> float:
    r"""Share of rows whose label set is predicted exactly.

    Parameters
    ----------
    Y, Y_pred
        As `hamming_loss`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        As `hamming_loss`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} [Y_i = \hat Y_i]

    Never undefined: an empty set that is predicted empty is right. MEKA calls it exact
    match, scikit-learn ``accuracy_score``; one minus it is the subset 0/1 loss. One
    wrong label costs as much as all of them.

    References
    ----------
    S. Zhu, X. Ji, W. Xu, Y. Gong (2005). Multi-labelled classification using maximum
    entropy method. SIGIR, 274-281.

    Examples
    --------
    >>> subset_accuracy_score([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    0.5
    """
    return right_rows(confusion_counts(Y, Y_pred))


def example_jaccard_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""Overlap of true and predicted label set over their union, mean over rows.

    Parameters
    ----------
    Y : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_pred : array-like, DataFrame or sparse matrix, shape (n_samples, n_labels)
        Predicted labels, 0 and 1.
    zero_division : {0.0, 1.0, nan}, default 0.0
        What a row counts where both sets are empty; NaN leaves it out.

    Returns
    -------
    float
        In [0, 1]; best 1. NaN if `zero_division` is NaN and no row is defined.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError
        If the two are not label matrices of the same rows and labels.
    ValueError
        If `zero_division` is none of the three.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \frac{|Y_i \cap \hat Y_i|}{|Y_i \cup \hat Y_i|}

    Undefined where both sets are empty: scikit-learn counts such a row 0 by default
    (as here), MULAN ("example-based accuracy") and MEKA ("accuracy") count it 1.

    References
    ----------
    S. Godbole, S. Sarawagi (2004). Discriminative methods for multi-labeled
    classification. PAKDD, 22-30.

    Examples
    --------
    >>> example_jaccard_score([[1, 0], [1, 1]], [[1, 1], [1, 1]])
    0.75
    """
    return RATIOS["example_jaccard"](confusion_counts(Y, Y_pred), zero_division)


def example_precision_score(
    Y: Any, Y_pred: Any, *, zero_division: float = 0.0
) -> float:
    r"""Share of a row's predicted labels that are right, mean over rows.

    Parameters
    ----------
    Y, Y_pred, zero_division
        As `example_jaccard_score`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `example_jaccard_score`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} \frac{|Y_i \cap \hat Y_i|}{|\hat Y_i|}

    Undefined where nothing is predicted. MULAN counts such a row 1 if it has no label
    and 0 if it has some, which neither `zero_division` reproduces.

    References
    ----------
    Godbole and Sarawagi (2004), see `example_jaccard_score`.

    Examples
    --------
    >>> example_precision_score([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    0.75
    """
    return RATIOS["example_precision"](confusion_counts(Y, Y_pred), zero_division)


def example_recall_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""Share of a row's true labels that are predicted, mean over rows.

    Parameters
    ----------
    Y, Y_pred, zero_division
        As `example_jaccard_score`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `example_jaccard_score`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_{i=1}^{n} \frac{|Y_i \cap \hat Y_i|}{|Y_i|}

    Undefined where a row has no label. MULAN counts such a row 1 if nothing is
    predicted and 0 otherwise, which neither `zero_division` reproduces.

    References
    ----------
    Godbole and Sarawagi (2004), see `example_jaccard_score`.

    Examples
    --------
    >>> example_recall_score([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    0.75
    """
    return RATIOS["example_recall"](confusion_counts(Y, Y_pred), zero_division)


def example_f1_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""Harmonic mean of a row's precision and recall, mean over rows.

    Parameters
    ----------
    Y, Y_pred, zero_division
        As `example_jaccard_score`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `example_jaccard_score`.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \frac{2 |Y_i \cap \hat Y_i|}{|Y_i| + |\hat Y_i|}

    Undefined where both sets are empty. scikit-learn (as here) and MEKA count such a
    row 0, MULAN counts it 1; with many empty rows this alone decides the value (on the
    birds data .106 or .573 for the same predictions). It is not the harmonic mean of
    `example_precision_score` and `example_recall_score`, which some papers print under
    the same name.

    References
    ----------
    Godbole and Sarawagi (2004), see `example_jaccard_score`.

    Examples
    --------
    >>> example_f1_score([[1, 0], [0, 0]], [[1, 1], [0, 0]], zero_division=float("nan"))
    0.6666666666666666
    """
    return RATIOS["example_f1"](confusion_counts(Y, Y_pred), zero_division)


def micro_precision_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""Share of all predicted cells that are right.

    Parameters
    ----------
    Y, Y_pred, zero_division
        As `micro_f1_score`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `micro_f1_score`.

    Notes
    -----
    .. math:: \frac{\sum_j TP_j}{\sum_j (TP_j + FP_j)}

    Undefined where nothing is predicted; MULAN then counts 1 if nothing is true.

    References
    ----------
    Yang (1999), see `micro_f1_score`.

    Examples
    --------
    >>> micro_precision_score([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    0.6666666666666666
    """
    return RATIOS["micro_precision"](confusion_counts(Y, Y_pred), zero_division)


def micro_recall_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""Share of all true cells that are predicted.

    Parameters
    ----------
    Y, Y_pred, zero_division
        As `micro_f1_score`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `micro_f1_score`.

    Notes
    -----
    .. math:: \frac{\sum_j TP_j}{\sum_j (TP_j + FN_j)}

    Undefined where no row has a label; MULAN then counts 1 if nothing is predicted.

    References
    ----------
    Yang (1999), see `micro_f1_score`.

    Examples
    --------
    >>> micro_recall_score([[1, 0], [1, 1]], [[1, 1], [0, 0]])
    0.3333333333333333
    """
    return RATIOS["micro_recall"](confusion_counts(Y, Y_pred), zero_division)


def micro_f1_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""F1 of all cells pooled: frequent labels weigh more.

    Parameters
    ----------
    Y, Y_pred
        As `hamming_loss`.
    zero_division : {0.0, 1.0, nan}, default 0.0
        The value where both matrices are all 0.

    Returns
    -------
    float
        In [0, 1]; best 1. NaN if `zero_division` is NaN and it is undefined.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `example_jaccard_score`.

    Notes
    -----
    .. math:: \frac{2 \sum_j TP_j}{\sum_j (2 TP_j + FP_j + FN_j)}

    Undefined only where neither matrix holds a 1: scikit-learn (as here) and MEKA give
    0, MULAN gives 1. The same as the F1 of one long vector of n q cells, and the only
    one of the three F1 that does not depend on how cells are grouped.

    References
    ----------
    Y. Yang (1999). An evaluation of statistical approaches to text categorization.
    Information Retrieval 1, 69-90.

    Examples
    --------
    >>> micro_f1_score([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    0.6666666666666666
    """
    return RATIOS["micro_f1"](confusion_counts(Y, Y_pred), zero_division)


def macro_precision_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""Precision of each label, mean over labels.

    Parameters
    ----------
    Y, Y_pred, zero_division
        As `macro_f1_score`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `macro_f1_score`.

    Notes
    -----
    .. math:: \frac{1}{q} \sum_{j=1}^{q} \frac{TP_j}{TP_j + FP_j}

    Undefined for a label that is never predicted. MULAN counts it 1 if it never occurs
    either and 0 otherwise; MEKA counts 0.

    References
    ----------
    Yang (1999), see `micro_f1_score`.

    Examples
    --------
    >>> macro_precision_score([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    0.75
    """
    return RATIOS["macro_precision"](confusion_counts(Y, Y_pred), zero_division)


def macro_recall_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""Recall of each label, mean over labels.

    Parameters
    ----------
    Y, Y_pred, zero_division
        As `macro_f1_score`.

    Returns
    -------
    float
        In [0, 1]; best 1.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `macro_f1_score`.

    Notes
    -----
    .. math:: \frac{1}{q} \sum_{j=1}^{q} \frac{TP_j}{TP_j + FN_j}

    Undefined for a label without a positive. MULAN counts it 1 if it is never
    predicted either and 0 otherwise; MEKA counts 0.

    References
    ----------
    Yang (1999), see `micro_f1_score`.

    Examples
    --------
    >>> macro_recall_score([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    0.75
    """
    return RATIOS["macro_recall"](confusion_counts(Y, Y_pred), zero_division)


def macro_f1_score(Y: Any, Y_pred: Any, *, zero_division: float = 0.0) -> float:
    r"""F1 of each label, mean over labels: rare labels weigh as much as frequent ones.

    Parameters
    ----------
    Y, Y_pred
        As `hamming_loss`.
    zero_division : {0.0, 1.0, nan}, default 0.0
        What an undefined label counts; NaN leaves it out of the mean.

    Returns
    -------
    float
        In [0, 1]; best 1. NaN if `zero_division` is NaN and no label is defined.

    Raises
    ------
    IndicatorError, ShapeError, LabelNameError, ValueError
        As `example_jaccard_score`.

    Notes
    -----
    .. math:: \frac{1}{q} \sum_{j=1}^{q} \frac{2 TP_j}{2 TP_j + FP_j + FN_j}

    Undefined for a label that neither occurs nor is predicted: scikit-learn (as here)
    and MEKA count 0, MULAN counts 1. On a test part that lacks many labels (111 of 374
    in Corel5k) the choice moves the value by that share of labels. Not the harmonic
    mean of macro precision and macro recall, which some tools print under this name.

    References
    ----------
    Yang (1999), see `micro_f1_score`.

    Examples
    --------
    >>> macro_f1_score([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    0.6666666666666666
    """
    return RATIOS["macro_f1"](confusion_counts(Y, Y_pred), zero_division)
