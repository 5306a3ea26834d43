"""How a description looks in a terminal and in a notebook: heads of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from mlkit.description import definitions
from mlkit.markup import cell, heading, table

if TYPE_CHECKING:
    from mlkit.description.result import Description

__all__ = ["as_html", "as_text"]

# All parts together fill two screens of a terminal, not twenty.
_MAX_LABELS = 20
_MAX_SETS = 8
_MAX_PAIRS = 8
# Beyond, pairs may take seconds: they are shown when they are asked for.
_MAX_LABELS_WITH_PAIRS = 100
# Widths at which the widest table, that of the pairs, has 94 characters.
_MAX_NAME = 28
_MAX_NAME_IN_PAIRS = 20
_PAIR_COLUMNS = ["count", "expected", "p_b_given_a", "p_a_given_b", "lift", "phi"]


@dataclass(frozen=True)
class _Head:
    """The first rows of a table, and what there is beside them."""

    title: str
    rows: pd.DataFrame
    note: str
    meaning: Mapping[str, str]


def as_text(description: Description) -> str:
    """Write summary and heads of the tables as lines of at most 100 characters.

    Parameters
    ----------
    description : Description

    Returns
    -------
    str
    """
    lines = [description.name]
    lines += [f"  {key:<20} {_figure(x)}" for key, x in description.summary.items()]
    for head in _heads(description):
        shown = head.rows.to_string(float_format="{:.3f}".format, sparsify=False)
        lines += ["", head.title, shown]
        if head.note:
            lines.append(head.note)
    return "\n".join(lines)


def as_html(description: Description) -> str:
    """Render summary and heads of the tables, each name with its definition.

    Parameters
    ----------
    description : Description

    Returns
    -------
    str
        Without scripts or colours of its own. Columns are explained in tooltips and,
        for those who use no mouse, in a part that unfolds.
    """
    parts = [_html_summary(description)]
    for head in _heads(description):
        parts.append(_html_head(head))
        if head.note:
            parts.append(f"<p>{escape(head.note)}</p>")
    return f"<div>{''.join([*parts, _html_definitions()])}</div>"


def _heads(description: Description) -> Iterable[_Head]:
    if len(description.labels):
        yield _label_head(description.labels)
    if len(description.label_sets):
        yield _set_head(description.label_sets)
    if 1 < len(description.labels) <= _MAX_LABELS_WITH_PAIRS:
        yield _pair_head(description)


def _label_head(labels: pd.DataFrame) -> _Head:
    rows, note = labels, ""
    if len(labels) > _MAX_LABELS:
        rows = labels.sort_values("count", ascending=False, kind="stable")
        # Few labels keep the order of the columns, which may mean something.
        rows = rows.head(_MAX_LABELS)
        note = f"The {_MAX_LABELS} most frequent of {len(labels):,}; all: .labels"
    # Where all is known, a column of zeros would only take room.
    if not rows["unknown"].any():
        rows = rows.drop(columns="unknown")
    rows = rows.set_axis([_shorten(name) for name in rows.index])
    return _Head("Labels", rows, note, definitions.LABELS)


def _set_head(sets: pd.DataFrame) -> _Head:
    rows = sets.head(_MAX_SETS)
    rows = rows.set_axis([_set_name(labels) for labels in rows.index])
    note = ""
    if len(sets) > _MAX_SETS:
        note = f"The {_MAX_SETS} most frequent of {len(sets):,}; all: .label_sets"
    return _Head("Label sets", rows, note, definitions.LABEL_SETS)


def _pair_head(description: Description) -> _Head:
    pairs = description.pairs
    # By phi in absolute terms: labels that shun each other are as telling as friends.
    by_strength = pairs.sort_values("phi", key=abs, ascending=False, kind="stable")
    rows = by_strength[_PAIR_COLUMNS].head(_MAX_PAIRS)
    names = [
        [_shorten(name, _MAX_NAME_IN_PAIRS) for name in level]
        for level in zip(*rows.index, strict=True)
    ]
    rows = rows.set_axis(pd.MultiIndex.from_arrays(names, names=["a", "b"]))
    note = f"{description.dependent_pairs:.1%} of the pairs are dependent (chi2 at .01)"
    if len(pairs) > _MAX_PAIRS:
        note += f"; all {len(pairs):,}: .pairs"
    return _Head("Pairs with the strongest correlation", rows, note, definitions.PAIRS)


def _figure(value: Any) -> str:
    if not isinstance(value, float) or value.is_integer():
        return f"{value:.0f}"
    # Four decimals, but for what they would show as 0.
    return f"{value:.4f}" if abs(value) >= 1e-3 else f"{value:.3g}"


def _shorten(name: object, limit: int = _MAX_NAME) -> str:
    text = str(name)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _set_name(labels: tuple[object, ...]) -> str:
    return _shorten(", ".join(map(str, labels)) or "(no label)", 2 * _MAX_NAME)


def _html_summary(description: Description) -> str:
    rows = [
        heading(key, "row")
        + cell(_figure(value))
        + cell(definitions.SUMMARY[str(key)], "left")
        for key, value in description.summary.items()
    ]
    return table(description.name, "", rows)


def _html_head(head: _Head) -> str:
    # The columns are named after a and b, the levels of the index.
    index = (heading(name or "", "col") for name in head.rows.index.names)
    columns = (
        heading(name, "col", title=head.meaning[name]) for name in head.rows.columns
    )
    rows = []
    for key, *values in head.rows.itertuples():
        keys = key if isinstance(key, tuple) else (key,)
        names = (heading(name, "row") for name in keys)
        rows.append("".join([*names, *(cell(_number(x)) for x in values)]))
    return table(head.title, "".join([*index, *columns]), rows)


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _html_definitions() -> str:
    items = "".join(
        f"<dt>{escape(name)}: {escape(figure)}</dt><dd>{escape(text)}</dd>"
        for name, figures in definitions.TABLES.items()
        if name != "summary"
        for figure, text in figures.items()
    )
    summary = "<summary>What the columns mean</summary>"
    return f"<details>{summary}<dl>{items}</dl></details>"
