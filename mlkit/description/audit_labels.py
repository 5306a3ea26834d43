"""Findings about label columns: constants, copies, implications, names, gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import log

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.description.audit_rows import first_rows
from mlkit.description.columns import may_be_chance, pattern_keys
from mlkit.description.findings import Finding, PartName, Severity, agree
from mlkit.description.label_spelling import close_spellings
from mlkit.exceptions import names_for_message

__all__ = ["constant_labels", "label_findings", "unknown_labels"]

_FOLDS = 10
# In a smaller table every label is rare.
_FEW_ROWS = 20
# Pairs of labels that one row after the other holds; bounds the time for implications.
_MOST_PAIRS = 100_000_000
_SIGNIFICANT = log(0.01)


def label_findings(dataset: MultiLabelDataset) -> Iterator[Finding]:
    """Look at the label columns of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Yields
    ------
    Finding
    """
    yield from constant_labels(dataset)
    yield from unknown_labels(dataset)
    yield from _copies(dataset)
    yield from _spellings(dataset)
    yield from _rare_labels(dataset)
    yield from _implications(dataset)


def constant_labels(
    dataset: MultiLabelDataset, part: PartName = ""
) -> Iterator[Finding]:
    """Report labels that all rows carry, or that none does.

    Parameters
    ----------
    dataset : MultiLabelDataset
        All rows, or those of the part.
    part : {"", "train", "test"}, default ""
        Which rows they are.

    Yields
    ------
    Finding
        One for labels without a positive, one for those without a negative.
    """
    if dataset.n_samples == 0:
        return
    counts = dataset.label_counts
    where = f"in {part}" if part else "in the dataset"
    advice = _CONSTANT_LABEL_ADVICE[part]
    for mask, lacks in (
        (counts == 0, "positive"),
        (counts == dataset.n_samples, "negative"),
    ):
        names = tuple(str(name) for name in counts.index[mask])
        if names:
            verb = agree(len(names), "has", "have")
            text = (
                f"{len(names)} of {dataset.n_labels} labels {verb} no {lacks} row "
                f"{where}: {names_for_message(names)}. {advice}"
            )
            yield Finding("warning", "constant label", text, names, part=part)


_CONSTANT_LABEL_ADVICE: dict[str, str] = {
    "": "Nothing can be learned about them; drop them, or say how they are scored.",
    "train": "A model can only repeat that, whatever the test rows say.",
    "test": "Recall, F1 or AUC of such a label is undefined: macro averages depend on "
    "how that is scored.",
}


def unknown_labels(dataset: MultiLabelDataset) -> Iterator[Finding]:
    """Report cells of Y that are marked as unknown.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Yields
    ------
    Finding
    """
    if dataset.missing is None:
        return
    by_label = np.asarray(dataset.missing.sum(axis=0)).ravel()
    rows, n_rows = first_rows(dataset.rows_with_missing())
    worst = int(by_label.argmax())
    names = tuple(
        name for name, n in zip(dataset.label_names, by_label, strict=True) if n
    )
    nowhere = [dataset.label_names[j] for j in np.flatnonzero(by_label == len(dataset))]
    never = f" Known nowhere: {names_for_message(nowhere)}." if nowhere else ""
    n_cells = dataset.n_samples * dataset.n_labels
    text = (
        f"{int(by_label.sum())} cells of Y ({by_label.sum() / n_cells:.1%}) in "
        f"{n_rows} {agree(n_rows, 'row', 'rows')} are unknown, most in "
        f"'{dataset.label_names[worst]}' ({int(by_label[worst])}).{never} Treating "
        "them as absent teaches a model that they are, and lowers cardinality and "
        "density."
    )
    yield Finding("warning", "unknown labels", text, names, rows, n_rows)


def _copies(dataset: MultiLabelDataset) -> Iterator[Finding]:
    """Find label columns that are equal, or each other's complement."""
    counts = dataset.label_counts.to_numpy()
    groups = defaultdict(list)
    for label, key in enumerate(pattern_keys(dataset.Y)):
        if 0 < counts[label] < dataset.n_samples:
            groups[key].append(label)
    starts = _first_row(dataset)
    equal: list[tuple[int, int]] = []
    opposite: list[tuple[int, int]] = []
    for first, *others in groups.values():
        for other in others:
            pairs = equal if starts[first] == starts[other] else opposite
            pairs.append((first, other))
    yield from _pairs(dataset, equal, "identical labels", _IDENTICAL)
    yield from _pairs(dataset, opposite, "complementary labels", _COMPLEMENTARY)


_IDENTICAL = (
    "the same in every row",
    "They count twice in every average: keep one of each pair.",
)
_COMPLEMENTARY = (
    "each other's complement in every row",
    "One says all that the other says: keep one of each pair.",
)


def _first_row(dataset: MultiLabelDataset) -> np.ndarray:
    Y = dataset.Y[:1]
    return (
        Y.to_numpy()[0] if isinstance(Y, pd.DataFrame) else sp.csr_array(Y).toarray()[0]
    )


def _pairs(
    dataset: MultiLabelDataset,
    pairs: list[tuple[int, int]],
    topic: str,
    wording: tuple[str, str],
) -> Iterator[Finding]:
    """Report pairs of labels, apart from those that chance may have made."""
    counts = dataset.label_counts.to_numpy()
    n_compared = dataset.n_labels * (dataset.n_labels - 1)
    sorted_out: dict[bool, list[tuple[int, int]]] = {False: [], True: []}
    for pair in pairs:
        chance = may_be_chance(dataset.n_samples, counts[pair[0]], n_compared)
        sorted_out[chance].append(pair)
    for by_chance, chosen in sorted_out.items():
        if not chosen:
            continue
        noun = agree(len(chosen), "pair of labels is", "pairs of labels are")
        advice = (
            "So few rows decide it that it may be chance." if by_chance else wording[1]
        )
        text = (
            f"{len(chosen)} {noun} {wording[0]}: "
            f"{_examples(dataset, chosen, 'and')}. {advice}"
        )
        names = dict.fromkeys(
            dataset.label_names[label] for pair in chosen for label in pair
        )
        severity: Severity = "note" if by_chance else "warning"
        yield Finding(severity, topic, text, tuple(names))


def _examples(
    dataset: MultiLabelDataset, pairs: list[tuple[int, int]], link: str
) -> str:
    """Write the first pairs, and count the rest."""
    names = dataset.label_names
    listed = [f"'{names[a]}' {link} '{names[b]}'" for a, b in pairs[:3]]
    more = [f"{len(pairs) - 3} more"] if len(pairs) > 3 else []
    return "; ".join(listed + more)


def _spellings(dataset: MultiLabelDataset) -> Iterator[Finding]:
    same, close = close_spellings(dataset.label_names)
    if same:
        names = tuple(name for group in same for name in group)
        text = (
            f"{len(same)} {agree(len(same), 'name is', 'names are')} spelled in "
            "several ways, apart by case, blanks or hyphens: "
            f"{'; '.join(names_for_message(group) for group in same[:3])}"
            f"{'; ...' if len(same) > 3 else '.'} Merge those that mean the same."
        )
        yield Finding("warning", "labels spelled alike", text, names)
    if close:
        names = tuple(dict.fromkeys(name for pair in close for name in pair))
        listed = "; ".join(f"'{a}' and '{b}'" for a, b in close[:3])
        more = f"; {len(close) - 3} more" if len(close) > 3 else ""
        pairs = agree(len(close), "pair of names differs", "pairs of names differ")
        text = (
            f"{len(close)} {pairs} by one letter: {listed}{more}. Is one a slip, or a "
            "plural?"
        )
        yield Finding("note", "labels spelled almost alike", text, names)


def _rare_labels(dataset: MultiLabelDataset) -> Iterator[Finding]:
    counts = dataset.label_counts
    rare = counts[(counts > 0) & (counts < _FOLDS)].sort_values(kind="stable")
    if dataset.n_samples < _FEW_ROWS or rare.empty:
        return
    n_single = int((rare == 1).sum())
    single = f", {n_single} of them a single one" if n_single else ""
    listed = ", ".join(f"'{name}' ({n})" for name, n in rare.iloc[:3].items())
    verb = agree(len(rare), "has", "have")
    text = (
        f"{len(rare)} of {dataset.n_labels} labels {verb} fewer than {_FOLDS} positive "
        f"rows{single}; the rarest: {listed}. In {_FOLDS}-fold cross-validation some "
        "fold has none, and scores per label mean little."
    )
    names = tuple(str(name) for name in rare.index)
    yield Finding("note", "rare labels", text, names)


def _implications(dataset: MultiLabelDataset) -> Iterator[Finding]:
    r"""Find labels that never come without another one.

    Rare labels imply frequent ones by chance. With shares :math:`p_b` and counts
    :math:`c_a`, "a implies b" is reported where :math:`q^2 p_b^{c_a} < 0.01`.
    """
    Y = dataset.Y
    values = sp.csr_array(Y.to_numpy() if isinstance(Y, pd.DataFrame) else Y)
    sizes = np.diff(values.indptr).astype(np.float64)
    if not values.nnz or float(sizes @ sizes) > _MOST_PAIRS:
        return
    ones = values.astype(np.int64)
    together = sp.coo_array(ones.T @ ones)
    counts = dataset.label_counts.to_numpy()
    a, b = together.coords
    with np.errstate(divide="ignore"):
        log_share = np.log(counts / dataset.n_samples)
    chance = 2 * log(dataset.n_labels) + counts[a] * log_share[b]
    # Equal columns imply each other; they are told of as identical.
    implied = (together.data == counts[a]) & (counts[a] < counts[b])
    chosen = np.flatnonzero(implied & (chance < _SIGNIFICANT))
    if not chosen.size:
        return
    order = chosen[np.argsort(-counts[a[chosen]], kind="stable")]
    pairs = [(int(a[k]), int(b[k])) for k in order]
    n_labels = len({label for label, _ in pairs})
    noun = agree(n_labels, "label never comes", "labels never come")
    text = (
        f"{n_labels} {noun} without another one: {_examples(dataset, pairs, 'implies')}"
        ". A hierarchy? Predictions that break it can be mended."
    )
    names = dict.fromkeys(dataset.label_names[label] for label, _ in pairs)
    yield Finding("note", "labels that imply others", text, tuple(names))
