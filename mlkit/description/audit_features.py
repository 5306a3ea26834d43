"""Findings about feature columns: identifiers, constants, copies, codes, gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from mlkit.dataset import MultiLabelDataset
from mlkit.description.columns import Columns, may_be_chance, pattern_keys
from mlkit.description.findings import Finding, PartName, agree
from mlkit.exceptions import names_for_message

__all__ = [
    "constant_features",
    "feature_findings",
    "identifier_columns",
]

# In fewer rows integers all differ, and ranges have gaps, without meaning anything.
_FEW_ROWS = 20
_NEARLY_ALL = 0.9
# A code has few values in a wide range; a count or a grade fills its range.
_MOST_CODES = 50
_SPARSE_RANGE = 10
_WIDE_SCALES = 1e3
_WORDS_OF_PROSE = 3
_SAMPLE = 200


def feature_findings(
    dataset: MultiLabelDataset, columns: Columns, identifiers: tuple[str, ...]
) -> Iterator[Finding]:
    """Look at every feature column of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset
    columns : Columns
        Its features.
    identifiers : tuple of str
        What `identifier_columns` found.

    Yields
    ------
    Finding
    """
    yield from _identifiers(columns, identifiers)
    yield from _near_identifiers(columns, identifiers)
    yield from _copies_of_labels(dataset, columns)
    yield from _mixed_types(columns)
    yield from _infinite_values(columns)
    yield from _missing_values(columns)
    yield from constant_features(columns)
    yield from _duplicate_features(columns)
    yield from _codes(columns, identifiers)
    yield from _scales(columns, identifiers)


def identifier_columns(columns: Columns) -> tuple[str, ...]:
    """Find the columns that number or name the rows.

    Parameters
    ----------
    columns : Columns

    Returns
    -------
    tuple of str
        Their names.

    Notes
    -----
    An identifier is text or a category with another value in every row, unless the
    text is prose (more than three words on average); or, in 20 rows or more, integers
    that all differ and either fill at least half of their range or only rise or only
    fall from row to row. Other numbers that all differ are measurements.
    """
    return tuple(
        name
        for j, name in enumerate(columns.names)
        if (
            _numbers_the_rows(columns, j)
            if columns.profile.numeric[j]
            else _names_the_rows(columns, j, share=1.0)
        )
    )


def _numbers_the_rows(columns: Columns, position: int) -> bool:
    profile, n_rows = columns.profile, columns.n_rows
    span = profile.high[position] - profile.low[position] + 1
    if n_rows < _FEW_ROWS or not profile.whole[position] or span < n_rows:
        return False
    values = columns.column(position)
    # Most columns repeat a value soon: a look at the first rows spares the whole.
    if not values.iloc[:_SAMPLE].is_unique or not values.is_unique:
        return False
    # Rows counted in order may have gaps of any size, such as the rows of a test part.
    ordered = values.is_monotonic_increasing or values.is_monotonic_decreasing
    return bool(ordered or span <= 2 * n_rows)


def _names_the_rows(columns: Columns, position: int, *, share: float) -> bool:
    """Whether text or categories differ in at least that share of the rows."""
    if columns.n_rows < 2 or not columns.profile.text[position]:
        return False
    enough = columns.profile.n_distinct[position] >= share * columns.n_rows
    return bool(enough) and not _is_prose(columns.nominal[position][1])


def _is_prose(values: list[Any]) -> bool:
    """Tell sentences from names: each sentence differs from all others, too."""
    words = [len(str(value).split()) for value in values[:_SAMPLE]]
    return sum(words) > _WORDS_OF_PROSE * len(words)


def _identifiers(columns: Columns, identifiers: tuple[str, ...]) -> Iterator[Finding]:
    if identifiers:
        text = (
            f"{names_for_message(identifiers)} "
            f"{agree(len(identifiers), 'has', 'have')} a different value in each of "
            f"the {columns.n_rows} rows. That tells which row it is, and nothing about "
            "new ones: drop it before you fit a model."
        )
        yield Finding("warning", "identifier column", text, identifiers)


def _near_identifiers(
    columns: Columns, identifiers: tuple[str, ...]
) -> Iterator[Finding]:
    if columns.n_rows < _FEW_ROWS:
        return
    for j in np.flatnonzero(~columns.profile.numeric).tolist():
        name, n_distinct = columns.names[j], columns.profile.n_distinct[j]
        if name in identifiers or not _names_the_rows(columns, j, share=_NEARLY_ALL):
            continue
        text = (
            f"'{name}' has {n_distinct} different values in {columns.n_rows} rows. "
            "If it names the rows, drop it, and keep rows of one name on one side of "
            "a split."
        )
        yield Finding("warning", "nearly an identifier", text, (name,))


def _copies_of_labels(
    dataset: MultiLabelDataset, columns: Columns
) -> Iterator[Finding]:
    """Find features that hold the answer: equal to a label or to its complement."""
    binary = np.flatnonzero(columns.profile.binary)
    counts = dataset.label_counts.to_numpy()
    varied = (counts > 0) & (counts < dataset.n_samples)
    if not binary.size or not varied.any():
        return
    labels_by_key = defaultdict(list)
    for label, key in enumerate(pattern_keys(dataset.Y)):
        if varied[label]:
            labels_by_key[key].append(label)
    n_pairs = 2 * binary.size * int(varied.sum())
    found: dict[bool, list[tuple[int, int]]] = {False: [], True: []}
    for feature in binary.tolist():
        for label in labels_by_key.get(columns.pattern(feature), ()):
            chance = may_be_chance(dataset.n_samples, counts[label], n_pairs)
            found[chance].append((feature, label))
    for by_chance, pairs in found.items():
        if pairs:
            yield _copy_of_label(dataset, columns, pairs, by_chance=by_chance)


def _copy_of_label(
    dataset: MultiLabelDataset,
    columns: Columns,
    pairs: list[tuple[int, int]],
    *,
    by_chance: bool,
) -> Finding:
    features = tuple(dict.fromkeys(columns.names[feature] for feature, _ in pairs))
    examples = "; ".join(
        f"'{columns.names[feature]}' and label '{dataset.label_names[label]}'"
        for feature, label in pairs[:3]
    )
    verb = agree(len(features), "feature equals", "features equal")
    advice = (
        "So few rows decide it that it may be chance."
        if by_chance
        else "A model needs only to copy: drop what is not known before the labels are."
    )
    text = (
        f"{len(features)} {verb} a label or its complement in every row: {examples}"
        f"{'; ...' if len(pairs) > 3 else '.'} {advice}"
    )
    return Finding(
        "note" if by_chance else "problem", "feature equals a label", text, features
    )


def _mixed_types(columns: Columns) -> Iterator[Finding]:
    names = [
        columns.names[j]
        for j, (_, values) in columns.nominal.items()
        if len({isinstance(value, str) for value in values}) > 1
    ]
    if names:
        text = (
            f"{names_for_message(names)} {agree(len(names), 'holds', 'hold')} text "
            "beside other values. Find out what the text stands for, and make it one "
            "type."
        )
        yield Finding("warning", "mixed types", text, tuple(names))


def _infinite_values(columns: Columns) -> Iterator[Finding]:
    counts = columns.profile.n_infinite
    names = columns.named(counts > 0)
    if names:
        text = (
            f"{counts.sum()} {agree(counts.sum(), 'cell is', 'cells are')} infinite, "
            f"in {names_for_message(names)}. Most models refuse that; a division by "
            "zero is the usual cause."
        )
        yield Finding("warning", "infinite values", text, names)


def _missing_values(columns: Columns) -> Iterator[Finding]:
    counts = columns.profile.n_missing
    names = columns.named(counts > 0)
    if names:
        worst = int(counts.argmax())
        text = (
            f"{counts.sum()} {agree(counts.sum(), 'cell is', 'cells are')} empty, "
            f"in {len(names)} of {len(counts)} features; most in "
            f"'{columns.names[worst]}' ({counts[worst] / columns.n_rows:.1%} of the "
            "rows). Impute them on the training rows, or use a model that accepts gaps."
        )
        yield Finding("note", "missing values", text, names)


def constant_features(columns: Columns, part: PartName = "") -> Iterator[Finding]:
    """Report features with the same value in every row, or with none at all.

    Parameters
    ----------
    columns : Columns
    part : {"", "train", "test"}, default ""
        Which rows they were taken from.

    Yields
    ------
    Finding
    """
    names = columns.named(columns.profile.constant)
    if not names:
        return
    where = f"in {part}" if part else "in every row"
    verb = agree(len(names), "has", "have")
    advice = (
        "A model cannot learn from them, even where they vary elsewhere."
        if part
        else "They carry no information."
    )
    text = (
        f"{len(names)} of {len(columns.names)} features {verb} the same value {where}: "
        f"{names_for_message(names)}. {advice}"
    )
    yield Finding("note", "constant feature", text, names, part=part)


def _duplicate_features(columns: Columns) -> Iterator[Finding]:
    """Find columns that repeat an earlier one; constants are told of elsewhere."""
    groups = defaultdict(list)
    for j in np.flatnonzero(~columns.profile.constant).tolist():
        groups[columns.key(j)].append(columns.names[j])
    repeated = [group for group in groups.values() if len(group) > 1]
    if not repeated:
        return
    copies = tuple(name for group in repeated for name in group[1:])
    examples = ", ".join(
        " = ".join(f"'{name}'" for name in group[:2]) for group in repeated[:3]
    )
    verb = agree(len(copies), "repeats", "repeat")
    text = (
        f"{len(copies)} of {len(columns.names)} features {verb} another one in every "
        f"row ({examples}). Drop the copies: they count twice in distances and share "
        "the weight in linear models."
    )
    yield Finding("note", "duplicate feature", text, copies)


def _codes(columns: Columns, identifiers: tuple[str, ...]) -> Iterator[Finding]:
    """Find columns whose numbers may be names: as quantities they mean nothing."""
    worded: dict[bool, list[str]] = {True: [], False: []}
    # Text can be told for sure; numbers give a hint only, hence two topics.
    for j, name in enumerate(columns.names):
        numeric = bool(columns.profile.numeric[j])
        check = _has_sparse_range if numeric else _is_numbers_as_text
        if name not in identifiers and check(columns, j):
            worded[numeric].append(name)
    if worded[False]:
        text = (
            f"{names_for_message(worded[False])} "
            f"{agree(len(worded[False]), 'holds', 'hold')} numbers as text or as names "
            "of categories. Keep codes so (one column a value); turn quantities into "
            "numbers."
        )
        yield Finding("note", "numbers that are codes", text, tuple(worded[False]))
    if worded[True]:
        text = (
            f"{names_for_message(worded[True])} "
            f"{agree(len(worded[True]), 'takes', 'take')} few integers that lie far "
            "apart. If they are codes make them a category: a model reads numbers as "
            "quantities."
        )
        yield Finding("note", "numbers that may be codes", text, tuple(worded[True]))


def _is_numbers_as_text(columns: Columns, position: int) -> bool:
    if not columns.profile.text[position] or columns.profile.n_distinct[position] < 3:
        return False
    return all(_is_number(value) for value in columns.nominal[position][1])


def _is_number(value: Any) -> bool:
    try:
        return bool(np.isfinite(float(value)))
    except (TypeError, ValueError):
        return False


def _has_sparse_range(columns: Columns, position: int) -> bool:
    """Whether a column holds few whole numbers, none below 1, in a wide range."""
    profile, n_rows = columns.profile, columns.n_rows
    low, high = profile.low[position], profile.high[position]
    # Counts start at 0, and grades stand close: neither is a code.
    if not profile.whole[position] or low < 1 or high - low < 3 * _SPARSE_RANGE:
        return False
    n_distinct = columns.column(position).nunique()
    return bool(
        2 < n_distinct <= min(_MOST_CODES, n_rows / _FEW_ROWS)
        and (high - low) / n_distinct > _SPARSE_RANGE
    )


def _scales(columns: Columns, identifiers: tuple[str, ...]) -> Iterator[Finding]:
    """Report measurements whose ranges differ a thousandfold."""
    profile = columns.profile
    measured = profile.numeric & ~profile.binary & ~profile.constant
    measured &= profile.n_infinite == 0
    measured &= [name not in identifiers for name in columns.names]
    if np.count_nonzero(measured) < 2:
        return
    spans = np.full(len(measured), np.nan)
    spans[measured] = profile.high[measured] - profile.low[measured]
    small, large = int(np.nanargmin(spans)), int(np.nanargmax(spans))
    if spans[large] > _WIDE_SCALES * spans[small]:
        names = (columns.names[large], columns.names[small])
        text = (
            f"Ranges differ {spans[large] / spans[small]:,.0f}-fold: '{names[0]}' "
            f"spans {spans[large]:,.4g}, '{names[1]}' {spans[small]:,.4g}. Scale the "
            "features for neighbours, kernels and penalised linear models."
        )
        yield Finding("note", "feature scales", text, names)
