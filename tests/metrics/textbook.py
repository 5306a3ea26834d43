"""Metrics by their definitions: a row, a label or all cells at a time, in plain loops.

Nothing here is fast, and nothing is shared with the package: an order of a list is a
list of 0 and 1, the best item first, and ties are all the orders that they leave open.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

NAN = math.nan


def share(part: float, whole: float, fill: float = 0.0) -> float:
    return part / whole if whole else fill


def mean(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """The mean of what is not NaN; the unweighted one where all weights are 0."""
    kept = [i for i, value in enumerate(values) if not math.isnan(value)]
    total = sum(weights[i] for i in kept) if weights else 0
    if total:
        return sum(values[i] * weights[i] for i in kept) / total
    return share(sum(values[i] for i in kept), len(kept), NAN)


# Decided labels: y and z are lists of 0 and 1.


def table(y: list, z: list) -> tuple[int, int, int, int]:
    """Cells that are rightly 1, wrongly 1, wrongly 0 and rightly 0."""
    cells = [(int(a), int(b)) for a, b in zip(y, z, strict=True)]
    return tuple(cells.count(kind) for kind in ((1, 1), (0, 1), (1, 0), (0, 0)))


def precision(y: list, z: list, fill: float) -> float:
    tp, fp, _, _ = table(y, z)
    return share(tp, tp + fp, fill)


def recall(y: list, z: list, fill: float) -> float:
    return precision(z, y, fill)


def specificity(y: list, z: list, fill: float) -> float:
    return recall([1 - a for a in y], [1 - b for b in z], fill)


def f_beta(y: list, z: list, fill: float, *, beta: float) -> float:
    tp, fp, fn, _ = table(y, z)
    found = (1 + beta**2) * tp
    return share(found, found + beta**2 * fn + fp, fill)


def jaccard(y: list, z: list, fill: float) -> float:
    tp, fp, fn, _ = table(y, z)
    return share(tp, tp + fp + fn, fill)


def balanced_accuracy(y: list, z: list, fill: float) -> float:
    return mean([recall(y, z, fill), specificity(y, z, fill)])


def gmean(y: list, z: list, fill: float) -> float:
    return math.sqrt(recall(y, z, fill) * specificity(y, z, fill))


def harmonic(y: list, z: list, fill: float) -> float:
    return harmonic_mean(recall(y, z, fill), specificity(y, z, fill))


def harmonic_mean(one: float, other: float) -> float:
    return share(2 * one * other, one + other)


def mcc(y: list, z: list, fill: float) -> float:
    constant = len(set(y)) == 1 or len(set(z)) == 1
    return fill if constant else statistics.correlation(y, z)


def kappa(y: list, z: list, fill: float) -> float:
    tp, fp, fn, tn = table(y, z)
    n_cells = len(y)
    chance = (tp + fn) * (tp + fp) + (tn + fp) * (tn + fn)
    return share((tp + tn) * n_cells - chance, n_cells**2 - chance, fill)


def right(y: list, z: list, fill: float = NAN) -> float:
    return mean([float(a == b) for a, b in zip(y, z, strict=True)])


RATIOS: dict[str, Callable[..., float]] = {
    "precision": precision,
    "recall": recall,
    "f1": partial(f_beta, beta=1.0),
    "f2": partial(f_beta, beta=2.0),
    "f0.5": partial(f_beta, beta=0.5),
    "jaccard": jaccard,
    "specificity": specificity,
    "balanced_accuracy": balanced_accuracy,
    "gmean": gmean,
    "harmonic": harmonic,
    "mcc": mcc,
    "kappa": kappa,
    "hamming": right,
}


def levenshtein(y: list, z: list) -> float:
    """The edit distance by the table of all prefixes, per letter."""
    row = list(range(len(z) + 1))
    for i, a in enumerate(y, start=1):
        above, row = row, [i]
        for j, b in enumerate(z, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1] / len(y)


# Rankings: y is a list of 0 and 1, s one of scores.


def orders(y: list, s: list, ties: str) -> Iterator[list]:
    """Yield the orders of the positions that a rule for ties leaves open."""
    positions = range(len(y))
    keys = {
        "worst": lambda i: (-s[i], y[i], i),
        "first": lambda i: (-s[i], i),
        "last": lambda i: (-s[i], -i),
    }
    if ties != "average":
        yield sorted(positions, key=keys[ties])
        return
    groups = [[i for i in positions if s[i] == value] for value in sorted(set(s))[::-1]]
    for parts in itertools.product(*map(itertools.permutations, groups)):
        yield list(itertools.chain(*parts))


def over_orders(measure: Callable[[list], float], y: list, s: list, ties: str) -> float:
    """The mean of a measure of an order over all that ties leave open."""
    return mean([measure([y[i] for i in order]) for order in orders(y, s, ties)])


def top_is_wrong(order: list) -> float:
    return 1.0 - order[0]


def wrong_pairs(order: list) -> float:
    return sum(
        order[i] < order[j] for i, j in itertools.combinations(range(len(order)), 2)
    )


def wrong_pair_share(order: list) -> float:
    return wrong_pairs(order) / (sum(order) * (len(order) - sum(order)))


def any_wrong_pair(order: list) -> float:
    return float(wrong_pairs(order) > 0)


def depth(order: list) -> float:
    return max(place for place, true in enumerate(order, start=1) if true)


def margin(order: list) -> float:
    return max(0, depth(order) - 1 - order.index(0))


def precision_at(order: list, k: int) -> float:
    return sum(order[:k]) / k


def recall_at(order: list, k: int) -> float:
    return sum(order[:k]) / sum(order)


def r_precision_at(order: list, k: int) -> float:
    return sum(order[:k]) / min(k, sum(order))


def dcg_at(order: list, k: int | None) -> float:
    return sum(true / math.log2(1 + place) for place, true in enumerate(order[:k], 1))


def ndcg_at(order: list, k: int | None) -> float:
    return dcg_at(order, k) / dcg_at(sorted(order, reverse=True), k)


def cuts(y: list, s: list, ties: str) -> list[tuple[int, int]]:
    """Length and number of true items of the part of a list that ends at a true item.

    Equal scores are not parted where `ties` is "worst".
    """
    (order,) = orders(y, s, ties)
    found = []
    for place, i in enumerate(order, start=1):
        head = order[:place]
        if ties == "worst":
            head = [j for j in order if s[j] >= s[i]]
        if y[i]:
            found.append((len(head), sum(y[j] for j in head)))
    return found


def mean_precision(y: list, s: list, ties: str) -> float:
    return mean([hits / length for length, hits in cuts(y, s, ties)])


def interpolated_precision(y: list, s: list, ties: str) -> float:
    found = cuts(y, s, ties)
    return mean(
        [
            max(hits / length for length, hits in found if 9 * hits >= level * sum(y))
            for level in range(10)
        ]
    )


def area_under_curve(y: list, s: list, ties: str = "") -> float:
    true = [score for a, score in zip(y, s, strict=True) if a]
    untrue = [score for a, score in zip(y, s, strict=True) if not a]
    pairs = list(itertools.product(true, untrue))
    return mean([(a > b) + (a == b) / 2 for a, b in pairs])


# Probabilities: p is a list of P(label = 1).


def log_losses(y: list, p: list, most: float) -> list[float]:
    """Minus the logarithm of what was given to the truth, at most so much.

    MEKA has at most ln(n_samples) or ln(n_labels).
    """
    given = [q if a else 1 - q for a, q in zip(y, p, strict=True)]
    return [min(-math.log(q), most) if q else most for q in given]


def squared_errors(y: list, p: list) -> list[float]:
    return [(a - q) ** 2 for a, q in zip(y, p, strict=True)]


def calibration_error(y: list, p: list, n_bins: int = 10) -> float:
    found = [[] for _ in range(n_bins)]
    for a, q in zip(y, p, strict=True):
        place = sum(q >= limit / n_bins for limit in range(1, n_bins))
        found[place].append(q - a)
    return share(sum(abs(sum(gaps)) for gaps in found), len(y), NAN)


# What three systems do at the edges: scikit-learn, MULAN, MEKA.

ZERO_DIVISION = {
    "jaccard": (0.0, "match", 1.0),
    "balanced_accuracy": (NAN, "match", NAN),
    "harmonic": (NAN, "match", NAN),
    "kappa": (NAN, "match", NAN),
}
PLAIN = (0.0, "match", 0.0)

# By measure: the rule for ties of each system, and what an undefined row counts.
WORST_LAST, ALL_ZERO = ("worst", "last", "last"), (0.0, 0.0, 0.0)
ROW_RANKINGS: dict[str, tuple[Any, tuple, tuple]] = {
    "one_error": (top_is_wrong, ("worst", "last", "first"), (1.0, 1.0, 1.0)),
    "is_error": (any_wrong_pair, WORST_LAST, ALL_ZERO),
    "error_set_size_loss": (wrong_pairs, WORST_LAST, ALL_ZERO),
    "ranking_loss": (wrong_pair_share, WORST_LAST, ALL_ZERO),
    "margin_loss": (margin, WORST_LAST, ALL_ZERO),
    "coverage_error": (depth, WORST_LAST, ALL_ZERO),
}
NEED_A_PAIR = ("is_error", "error_set_size_loss", "ranking_loss", "margin_loss")
TOP_K = {
    "precision": precision_at,
    "recall": recall_at,
    "r_precision": r_precision_at,
    "ndcg": ndcg_at,
    "dcg": dcg_at,
}
TOP_K_TIES = ("average", "last", "first")

# MULAN leaves labels without positives out of a mean; its product over them is NaN.
LISTS: dict[str, tuple[Any, tuple, tuple]] = {
    "roc_auc": (area_under_curve, ("", "", ""), ("spoils",) * 3),
    "average_precision": (
        mean_precision,
        ("worst", "first", "worst"),
        (0.0, NAN, "spoils"),
    ),
    "interpolated_average_precision": (
        interpolated_precision,
        ("first",) * 3,
        (NAN, NAN, NAN),
    ),
}


def by_hand(name: str, convention: str, truth: np.ndarray, other: np.ndarray) -> float:
    """Evaluate any metric over the known cells, unit by unit."""
    system = ("sklearn", "mulan", "meka").index(convention)
    average, _, measure = name.partition("_")
    if measure in RATIOS:
        return _ratio(average, measure, system, truth, other)
    if measure == "f1_of_averages":
        parts = ("precision", "recall")
        return harmonic_mean(*(_ratio(average, p, system, truth, other) for p in parts))
    if measure in LISTS:
        return _lists(average, measure, system, truth, other)
    if name in _OTHERS:
        return _OTHERS[name](system, truth, other)
    return _row_ranking(name, system, truth, other)


def units(average: str, truth: np.ndarray, other: np.ndarray) -> list:
    """The known cells of each row, of each label, or of all, as pairs of lists."""
    known = ~np.isnan(truth)
    if average == "micro":
        chosen = [(truth[known], other[known])]
    elif average == "example":
        chosen = [(truth[i, k], other[i, k]) for i, k in enumerate(known)]
    else:
        chosen = [(truth[k, j], other[k, j]) for j, k in enumerate(known.T)]
    return [(y.tolist(), z.tolist()) for y, z in chosen if len(y)]


def _ratio(average: str, measure: str, system: int, truth: Any, other: Any) -> float:
    rule = ZERO_DIVISION.get(measure, PLAIN)[system]
    values, weights = [], []
    for y, z in units(average, truth, other):
        fill = float(y == z) if rule == "match" else rule
        values.append(RATIOS[measure](y, z, fill))
        weights.append(sum(y))
    return mean(values, weights if average == "weighted" else None)


def _lists(average: str, measure: str, system: int, truth: Any, other: Any) -> float:
    rule, ties, empty = LISTS[measure]
    fill, weights, values, spoilt = empty[system], [], [], False
    for y, s in units(average, truth, other):
        undefined = not sum(y) or (measure == "roc_auc" and all(y))
        # What weighs nothing spoils nothing.
        spoils = fill == "spoils" or (average == "geometric" and math.isnan(fill))
        if undefined and spoils and (average != "weighted" or sum(y)):
            spoilt = True
        left = NAN if fill == "spoils" else fill
        values.append(left if undefined else rule(y, s, ties[system]))
        weights.append(sum(y))
    if spoilt or not values:
        return NAN
    if average == "geometric":
        return math.prod(values) ** (1 / len(values))
    return mean(values, weights if average == "weighted" else None)


def _row_ranking(name: str, system: int, truth: Any, other: Any) -> float:
    if name == "label_ranking_average_precision":
        ties, empty = ("worst", "last", "worst"), (1.0, NAN, 1.0)
        rule: Any = partial(mean_precision, ties=ties[system])
    elif name in ROW_RANKINGS:
        measure, ties, empty = ROW_RANKINGS[name]
        rule = partial(over_orders, measure, ties=ties[system])
    else:
        kind, _, k = name.partition("_at_")
        measure = partial(TOP_K[kind], k=int(k) if k else None)
        empty, rule = ALL_ZERO, partial(over_orders, measure, ties=TOP_K_TIES[system])
    values = []
    for y, s in units("example", truth, other):
        undefined = not sum(y) or (name in NEED_A_PAIR and all(y))
        # MULAN counts ranks from 0; the papers do too.
        first = float(name == "coverage_error" and system > 0)
        values.append(empty[system] if undefined else rule(y, s) - first)
    return mean(values)


def _rows(rule: Callable[[list, list], float]) -> Callable[..., float]:
    return lambda system, truth, other: mean(
        [rule(y, z) for y, z in units("example", truth, other)]
    )


def _hamming_loss(system: int, truth: Any, other: Any) -> float:
    return 1 - _ratio(("micro", "micro", "example")[system], "hamming", 0, truth, other)


def _log_loss(system: int, truth: Any, other: Any) -> float:
    most = (-math.log(np.finfo(float).eps), -math.log(1e-8), math.log(len(truth)))
    return _cells(partial(log_losses, most=most[system]), system, truth, other)


def _brier_loss(system: int, truth: Any, other: Any) -> float:
    return _cells(squared_errors, system, truth, other)


def _cells(rule: Callable[..., list], system: int, truth: Any, other: Any) -> float:
    # MULAN adds the labels of a row up.
    if system == 1:
        return mean([sum(rule(y, p)) for y, p in units("example", truth, other)])
    return mean([v for y, p in units("micro", truth, other) for v in rule(y, p)])


def _calibration(average: str) -> Callable[..., float]:
    return lambda system, truth, other: mean(
        [calibration_error(y, p) for y, p in units(average, truth, other)]
    )


_OTHERS: dict[str, Callable[..., float]] = {
    "hamming_loss": _hamming_loss,
    "subset_accuracy": _rows(lambda y, z: float(y == z)),
    "subset_zero_one_loss": _rows(lambda y, z: float(y != z)),
    "cost_loss": _rows(lambda y, z: sum(a != b for a, b in zip(y, z, strict=True))),
    "levenshtein_loss": _rows(levenshtein),
    "log_loss": _log_loss,
    "brier_loss": _brier_loss,
    "rmse_loss": lambda system, truth, other: _brier_loss(0, truth, other) ** 0.5,
    "micro_calibration_error": _calibration("micro"),
    "macro_calibration_error": _calibration("macro"),
}
