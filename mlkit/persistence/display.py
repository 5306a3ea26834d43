"""How the card of a model looks in a terminal and in a notebook."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from mlkit.markup import card as frame
from mlkit.markup import cell, heading, table

if TYPE_CHECKING:
    from mlkit.persistence.card import ModelCard

__all__ = ["as_html", "as_text"]

# Shown before the others, one view each.
_MAIN = (
    *("hamming_loss", "subset_accuracy", "example_f1", "micro_f1", "macro_f1"),
    *("ranking_loss", "macro_roc_auc", "macro_average_precision", "brier_loss"),
)
_MAX_NAMES = 8
_MAX_PARAMETERS = 12
_MAX_METRICS = 12
_MAX_TEXT = 72


def as_text(card: ModelCard) -> str:
    """Write a card as lines.

    Parameters
    ----------
    card : ModelCard

    Returns
    -------
    str
    """
    lines = [f"ModelCard of {card.model}"]
    for title, text in _facts(card):
        lines.append(f"  {title:<12} {text}")
    for title, rows in _tables(card):
        lines += ["", f"  {title}"]
        width = max(len(name) for name, _ in rows)
        lines += [f"    {name:<{width}}  {text}".rstrip() for name, text in rows]
    return "\n".join(lines)


def as_html(card: ModelCard) -> str:
    """Render a card as HTML, without scripts.

    Parameters
    ----------
    card : ModelCard

    Returns
    -------
    str
        Inherits the colours of the notebook, light or dark.
    """
    parts = [f"<strong>{escape(card.model)}</strong>"]
    parts += [_rows("Saved model", list(_facts(card)))]
    parts += [_rows(title, rows) for title, rows in _tables(card)]
    return frame(parts)


def _rows(caption: str, rows: list[tuple[str, str]]) -> str:
    lines = (heading(name, "row") + cell(text, "left") for name, text in rows)
    return table(caption, "", lines)


def _facts(card: ModelCard) -> Iterator[tuple[str, str]]:
    """Yield what fits a line each, with its title."""
    yield "saved", card.created
    yield "labels", _counted(card.n_labels, card.label_names)
    yield "features", _counted(card.n_features, card.feature_names)
    if card.data is not None:
        yield "trained on", _data(card.data)
    yield "with", ", ".join(f"{name} {which}" for name, which in card.versions.items())
    if card.networks:
        yield "networks", str(len(card.networks))
    if card.needs_trust:
        yield "needs trust", _listed(card.needs_trust)
    if card.notes:
        yield "notes", card.notes


def _tables(card: ModelCard) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    main = sorted(card.metrics, key=lambda name: name not in _MAIN)
    metrics = {name: card.metrics[name] for name in main}
    numbers = {"thresholds": card.thresholds or {}, "metrics": metrics}
    for title, values in numbers.items():
        if values:
            texts = {name: _number(value) for name, value in values.items()}
            yield title, _head(texts, _MAX_METRICS)
    if card.parameters:
        yield "parameters", _head(card.parameters, _MAX_PARAMETERS)


def _head(values: Mapping[str, str], limit: int) -> list[tuple[str, str]]:
    rows = [(name, _short(text)) for name, text in list(values.items())[:limit]]
    rest = len(values) - len(rows)
    return [*rows, (f"and {rest} more", "")] if rest else rows


def _counted(number: int | None, names: tuple[str, ...] | None) -> str:
    count = "unknown" if number is None else f"{number:,}"
    return f"{count}: {_listed(names)}" if names else count


def _listed(names: tuple[str, ...]) -> str:
    rest = len(names) - _MAX_NAMES
    listed = ", ".join(names[:_MAX_NAMES])
    return f"{listed} and {rest} more" if rest > 0 else listed


def _data(data: Mapping[str, Any]) -> str:
    shape = data.get("shape")
    rows = shape.get("rows") if isinstance(shape, Mapping) else None
    size = f", {rows:,} rows" if isinstance(rows, int) else ""
    return f"{data.get('name')}{size}, fingerprint {str(data.get('fingerprint'))[:12]}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4g}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_TEXT else line[: _MAX_TEXT - 3] + "..."
