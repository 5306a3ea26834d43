"""What the label explorer says: the numbers of each of its views in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mlkit.wording import counted

__all__ = ["LABEL_WORDS", "condition_words"]

_MOST_NAMED = 3
_FEW_ROWS = 5
_NOTHING = "; there is nothing to show."


def condition_words(state: Any) -> str:
    """Say which rows match.

    Parameters
    ----------
    state : LabelState

    Returns
    -------
    str
        Such as "120 of 195 rows have red and white".
    """
    n_rows = state.whole.n_samples
    if not state.is_filtered:
        return f"all {n_rows:,} rows" if n_rows != 1 else "the only row"
    parts, one = [], state.n_matching == 1
    if state.with_labels:
        joint = " and " if state.match == "all" else " or "
        have = "has" if one else "have"
        parts.append(f"{have} {_listed(state.with_labels, joint)}")
    if state.without:
        lack = "lacks" if one else "lack"
        parts.append(f"{lack} {_listed(state.without, ' and ')}")
    return f"{state.n_matching:,} of {n_rows:,} rows {' and '.join(parts)}"


def _listed(names: Sequence[str], joint: str, most: int = _MOST_NAMED) -> str:
    rest = len(names) - most
    shown = [*names[:most], *([f"{rest} more"] if rest > 0 else [])]
    return joint.join(shown)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _start(state: Any) -> str:
    words = state.title
    return words[0].upper() + words[1:]


def _frequencies(state: Any) -> str:
    if not state.n_matching:
        return _start(state) + _NOTHING
    whole, part = state.shares(state.whole), state.shares(state.part)
    asked = {*state.with_labels, *state.without}
    order = np.argsort(-np.nan_to_num(part), kind="stable")
    others = [j for j in order if state.label_names[j] not in asked and part[j] > 0]
    if not others:
        return _start(state) + "; they carry no other label."
    words = []
    for j in others[:_MOST_NAMED]:
        beside = f", all rows {whole[j]:.3f}" if state.is_filtered else ""
        words.append(f"{state.label_names[j]} ({part[j]:.3f}{beside})")
    among = " among them" if state.is_filtered else ""
    return f"{_start(state)}; most frequent{among}: {'; '.join(words)}."


def _pairs(state: Any) -> str:
    if not state.n_matching:
        return _start(state) + _NOTHING
    matrix = state.pairs(state.part).copy()
    np.fill_diagonal(matrix, np.nan)
    # What the condition asks for is no finding.
    asked = np.isin(state.shown, [*state.with_labels, *state.without])
    matrix[asked], matrix[:, asked] = np.nan, np.nan
    if not np.isfinite(matrix).any():
        return _start(state) + "; there is no pair of labels to compare."
    counts = state.pairs(state.part, "counts")
    # Of a label with a single row, all rows have whatever that one has.
    enough = counts if state.kind == "lift" else np.diag(counts)[:, None]
    sure = np.where(enough >= _FEW_ROWS, matrix, np.nan)
    first, last = _largest(sure if np.isfinite(sure).any() else matrix)
    a, b, value = state.shown[first], state.shown[last], matrix[first, last]
    if state.kind == "counts":
        said = f"most often together: {a} and {b}, in {_rows(value)}"
    elif state.kind == "conditional":
        rows = _rows(counts[first, first])
        said = f"of the {rows} with {a}, {_percent(value)} have {b}, the largest share"
    else:
        said = (
            f"{a} and {b} meet in {_rows(counts[first, last])}, {value:.1f} times as "
            "often as by chance, most of all"
        )
    return f"{_start(state)}; {said}{_least_lift(state, matrix)}."


def _largest(matrix: np.ndarray) -> tuple[int, int]:
    first, last = np.unravel_index(np.nanargmax(matrix), matrix.shape)
    return int(first), int(last)


def _rows(count: float) -> str:
    return counted(int(count), "row")


def _least_lift(state: Any, matrix: np.ndarray) -> str:
    if state.kind != "lift":
        return ""
    first, last = np.unravel_index(np.nanargmin(matrix), matrix.shape)
    never = int((matrix == 0).sum()) // 2
    if never > 1:
        return f"; {never} pairs never do"
    pair = f"{state.shown[first]} and {state.shown[last]}"
    return f"; {pair} {matrix[first, last]:.1f} times, least of all"


def _label_sets(state: Any) -> str:
    if not state.n_matching:
        return _start(state) + _NOTHING
    sets, counts = state.label_sets()
    names = [state.label_names[j] for j in sets[[0]].indices]
    shown = min(len(counts), 12)
    most = f"{{{_listed(names, ', ', 6)}}} ({_rows(counts[0])})"
    cover = _percent(counts[:shown].sum() / counts.sum())
    return (
        f"{_start(state)}; {counted(len(counts), 'label set')}, most often {most}; "
        f"the {shown} drawn cover {cover} of these rows."
    )


def _network(state: Any) -> str:
    network = state.network(state.part)
    said = [network.notes()[0]]
    for sign, words in ((1, "more"), (-1, "less")):
        signed = np.flatnonzero(np.sign(network.phi) == sign)
        if len(signed):
            a, b = (network.names[end] for end in network.ends[signed[0]])
            phi = f"{network.phi[signed[0]]:.2f}".replace("-", "\u2212")
            said.append(f"most of all {words} often together: {a} and {b} (φ = {phi})")
    return f"{_start(state)}; {'; '.join(said)}."


def _cardinality(state: Any) -> str:
    if not state.n_matching:
        return _start(state) + _NOTHING
    sizes = state.part.set_sizes
    beside = ""
    if state.is_filtered:
        beside = f", of all rows {state.whole.set_sizes.mean():.2f}"
    empty = int((sizes == 0).sum())
    no_label = f"; {empty:,} without a label" if empty else ""
    return (
        f"{_start(state)}; a row carries {sizes.mean():.2f} labels on average{beside}, "
        f"at most {sizes.max():,}{no_label}."
    )


LABEL_WORDS: dict[str, Callable[[Any], str]] = {
    "frequencies": _frequencies,
    "co-occurrence": _pairs,
    "label sets": _label_sets,
    "network": _network,
    "cardinality": _cardinality,
}
"""View -> the sentence of a `LabelState`."""
