"""Findings about training and test rows: leaks, gaps, and the set they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlkit.dataset import MultiLabelDataset
from mlkit.description.audit_features import constant_features
from mlkit.description.audit_labels import constant_labels
from mlkit.description.audit_rows import RowCodes, first_rows
from mlkit.description.columns import columns_of
from mlkit.description.findings import Finding, PartName, Severity, agree
from mlkit.exceptions import LabelNameError, ShapeError, names_for_message

__all__ = ["Part", "part_findings", "take_part"]

# From this share on, copied test rows may move a score by a point or more.
_MANY = 0.01


@dataclass(frozen=True, slots=True)
class Part:
    """The training or the test rows.

    Parameters
    ----------
    name : {"train", "test"}
    dataset : MultiLabelDataset
        These rows.
    positions : ndarray of int or None
        Where they stand in the whole set; None for a dataset of its own.
    """

    name: PartName
    dataset: MultiLabelDataset
    positions: np.ndarray | None = None


def take_part(whole: MultiLabelDataset, rows: Any, name: PartName) -> Part | None:
    """Understand what a caller means by the training or the test rows.

    Parameters
    ----------
    whole : MultiLabelDataset
    rows : MultiLabelDataset, slice, array-like of int or bool, or None
        A dataset of its own, or positions in the whole, or a mask.
    name : {"train", "test"}

    Returns
    -------
    Part or None

    Raises
    ------
    LabelNameError, ShapeError
        If a dataset of its own has other labels or features than the whole.
    TypeError, IndexError
        If `rows` selects no rows of the whole.
    """
    if rows is None:
        return None
    if isinstance(rows, MultiLabelDataset):
        _check_same_columns(whole, rows, name)
        return Part(name, rows)
    dataset = whole[rows]
    chosen = rows if isinstance(rows, slice) else np.atleast_1d(np.asarray(rows))
    every = np.arange(whole.n_samples)
    return Part(name, dataset, every[chosen] if dataset.n_samples else every[:0])


def _check_same_columns(
    whole: MultiLabelDataset, part: MultiLabelDataset, name: str
) -> None:
    for what in ("label", "feature"):
        ours, theirs = (getattr(data, f"{what}_names") for data in (whole, part))
        if ours != theirs and None not in (ours, theirs):
            odd = sorted(set(ours) ^ set(theirs))
            differ = names_for_message(odd) if odd else "their order"
            msg = (
                f"{name} and '{whole.name}' differ in their {what} columns: {differ}. "
                "Pass parts of the same data set, or row positions."
            )
            raise LabelNameError(msg)
    if whole.X.shape[1:] != part.X.shape[1:]:
        msg = (
            f"Rows of {name} have the shape {part.X.shape[1:]}, those of "
            f"'{whole.name}' {whole.X.shape[1:]}. Pass parts of the same data set."
        )
        raise ShapeError(msg)


def part_findings(
    whole: MultiLabelDataset,
    parts: dict[str, Part],
    codes: dict[str, RowCodes],
    identifiers: tuple[str, ...],
) -> Iterator[Finding]:
    """Compare the parts with each other and with the whole set.

    Parameters
    ----------
    whole : MultiLabelDataset
    parts : dict of str to Part
        Keys among ``"train"`` and ``"test"``.
    codes : dict of str to RowCodes
        Of the parts, and of the whole under ``""``; numbered together.
    identifiers : tuple of str
        Columns that name the rows.

    Yields
    ------
    Finding
    """
    for part in parts.values():
        yield from constant_labels(part.dataset, part.name)
    if "train" in parts:
        columns = columns_of(parts["train"].dataset)
        if columns is not None:
            yield from constant_features(columns, "train")
    if len(parts) < 2:
        return
    namer = _RowNamer(whole, parts, identifiers)
    train, test = codes["train"], codes["test"]
    shared = _shared_positions(parts)
    if shared is not None:
        yield from _rows_in_both(shared, namer)
    yield from _seen_features(train, test, identifiers)
    yield from _copied_rows(train, test, namer)
    yield from _unseen_label_sets(train, test)
    if shared is not None:
        yield from _rows_left_out(whole, parts, namer)
    else:
        yield from _against_the_whole(codes, namer)


@dataclass(frozen=True, slots=True)
class _RowNamer:
    """Calls rows by their identifier or row name, where there is one."""

    whole: MultiLabelDataset
    parts: dict[str, Part]
    identifiers: tuple[str, ...]

    def __call__(self, rows: np.ndarray, part: str = "") -> str:
        """Name the first rows of a part, and count the rest."""
        X = (self.parts[part].dataset if part else self.whole).X
        if isinstance(X, pd.DataFrame):
            if self.identifiers:
                return names_for_message(X[self.identifiers[0]].iloc[rows], limit=3)
            if not isinstance(X.index, pd.RangeIndex):
                return names_for_message(X.index[rows], limit=3)
        listed = ", ".join(str(row) for row in rows[:3])
        more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
        return f"{agree(len(rows), 'row', 'rows')} {listed}{more}"


def _shared_positions(parts: dict[str, Part]) -> np.ndarray | None:
    """Positions in both parts; None where a part is a dataset of its own."""
    train, test = parts["train"].positions, parts["test"].positions
    return None if train is None or test is None else np.intersect1d(train, test)


def _rows_in_both(shared: np.ndarray, namer: _RowNamer) -> Iterator[Finding]:
    if shared.size:
        text = (
            f"{_rows_are(len(shared))} in train and in test: {namer(shared)}. Take "
            f"{agree(len(shared), 'it', 'them')} out of one part."
        )
        rows = tuple(shared[:10].tolist())
        yield Finding("problem", "rows in both parts", text, (), rows, len(shared))


def _seen_features(
    train: RowCodes, test: RowCodes, identifiers: tuple[str, ...]
) -> Iterator[Finding]:
    """Find test rows that a model has seen, whatever their labels are now."""
    seen = np.isin(test.features, train.features)
    rows, n_rows = first_rows(seen)
    if not n_rows:
        return
    share = n_rows / len(seen)
    aside = f" ({names_for_message(identifiers)} aside)" if identifiers else ""
    verb = agree(n_rows, "has", "have")
    text = (
        f"{n_rows} of {len(seen)} test rows {verb} the features of a training row"
        f"{aside}: up to {share:.1%} of a score may be memory. Report scores without "
        f"{agree(n_rows, 'it', 'them')} too."
    )
    severity: Severity = "problem" if share >= _MANY else "warning"
    yield Finding(
        severity, "test rows seen in train", text, (), rows, n_rows, part="test"
    )


def _copied_rows(
    train: RowCodes, test: RowCodes, namer: _RowNamer
) -> Iterator[Finding]:
    """Find test rows that are training rows in all features and labels."""
    copied = np.isin(test.whole, train.whole)
    rows, n_rows = first_rows(copied)
    if n_rows:
        verb = agree(n_rows, "is", "are")
        every = ", identifier included" if namer.identifiers else ""
        text = (
            f"{n_rows} of {len(copied)} test rows {verb} in train as well, with the "
            f"same features and labels{every}: "
            f"{namer(np.flatnonzero(copied), 'test')}. Take "
            f"{agree(n_rows, 'it', 'them')} out of one part."
        )
        # The same identifier is the same example, no chance of equal measurements.
        certain = bool(namer.identifiers) or n_rows / len(copied) >= _MANY
        severity: Severity = "problem" if certain else "warning"
        yield Finding(
            severity, "test rows copied from train", text, (), rows, n_rows, part="test"
        )


def _unseen_label_sets(train: RowCodes, test: RowCodes) -> Iterator[Finding]:
    unseen = ~np.isin(test.label_sets, train.label_sets)
    rows, n_rows = first_rows(unseen)
    if n_rows:
        verb = agree(n_rows, "carries", "carry")
        text = (
            f"{n_rows} of {len(unseen)} test rows {verb} a label set that no training "
            "row has: label powerset cannot exceed a subset accuracy of "
            f"{1 - n_rows / len(unseen):.3f}."
        )
        yield Finding(
            "note", "label sets not in train", text, (), rows, n_rows, part="test"
        )


def _rows_left_out(
    whole: MultiLabelDataset, parts: dict[str, Part], namer: _RowNamer
) -> Iterator[Finding]:
    used = np.zeros(whole.n_samples, dtype=bool)
    for part in parts.values():
        used[part.positions] = True
    rows, n_rows = first_rows(~used)
    if n_rows:
        text = (
            f"{_rows_are(n_rows)} in neither train nor test: "
            f"{namer(np.flatnonzero(~used))}."
        )
        yield Finding("note", "rows in neither part", text, (), rows, n_rows)


def _against_the_whole(
    codes: dict[str, RowCodes], namer: _RowNamer
) -> Iterator[Finding]:
    """Say how train and test, one after the other, relate to the whole set."""
    whole = codes[""].whole
    joined = np.concatenate([codes["train"].whole, codes["test"].whole])
    if np.array_equal(whole, joined):
        text = "The whole set is train followed by test, row by row."
        yield Finding("note", "order of rows", text)
    elif np.array_equal(np.sort(whole), np.sort(joined)):
        text = (
            "The whole set holds the rows of train and test in another order: row "
            "numbers of one mean nothing in the other."
        )
        yield Finding("note", "order of rows", text)
    else:
        yield from _differences(whole, joined, len(codes["train"].whole), namer)


def _differences(
    whole: np.ndarray, joined: np.ndarray, n_train: int, namer: _RowNamer
) -> Iterator[Finding]:
    """Report rows that the parts lack, have twice, or have of their own."""
    lacking = _surplus(whole, joined)
    surplus = _surplus(joined, whole)
    known = np.isin(joined, whole)
    told = []
    rows, n_rows = first_rows(lacking)
    if n_rows:
        names = namer(np.flatnonzero(lacking))
        told.append(f"{_rows_are(n_rows)} in neither part ({names})")
    for mask, fault in (
        (surplus & known, "once too often in the parts"),
        (surplus & ~known, "in a part and not in the whole set"),
    ):
        if mask.any():
            names = _names_in_parts(np.flatnonzero(mask), n_train, namer)
            told.append(f"{_rows_are(int(mask.sum()))} {fault} ({names})")
    text = (
        f"Train and test together are not the whole set: {'; '.join(told)}. Say which "
        "files you used."
    )
    yield Finding("warning", "parts and the whole", text, (), rows, n_rows)


def _names_in_parts(joined: np.ndarray, n_train: int, namer: _RowNamer) -> str:
    """Name rows of train followed by test."""
    of_train, of_test = joined[joined < n_train], joined[joined >= n_train] - n_train
    listed = {"train": of_train, "test": of_test}
    return "; ".join(
        f"{part}: {namer(rows, part)}" for part, rows in listed.items() if rows.size
    )


def _surplus(these: np.ndarray, those: np.ndarray) -> np.ndarray:
    """Which rows of the first have no partner in the second, one partner each."""
    occurrence = pd.Series(these).groupby(these).cumcount().to_numpy()
    available = pd.Series(those).value_counts().reindex(these, fill_value=0).to_numpy()
    return occurrence >= available


def _rows_are(count: int) -> str:
    return f"{count} {agree(count, 'row is', 'rows are')}"
