"""The HTML card that a dataset shows in a notebook."""

from __future__ import annotations

from html import escape

from mlkit.dataset import MultiLabelDataset
from mlkit.description.audit import quick_audit
from mlkit.markup import card

__all__ = ["dataset_card"]

_MAX_BARS = 20
_MAX_FINDINGS = 5


def dataset_card(dataset: MultiLabelDataset) -> str:
    """Render a dataset as a small self-contained HTML card.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Returns
    -------
    str
        Shape, cardinality, density, the label frequencies as bars (the 20 most
        frequent), the five worst findings of the audit, and how the file was read.
        Without scripts; inherits the colours of the notebook, light or dark.
    """
    parts = [
        f"<strong>{escape(dataset.name)}</strong> &mdash; {_shape(dataset)}",
        _bars(dataset),
        _findings(dataset),
        _origin(dataset),
    ]
    return card(parts)


def _shape(dataset: MultiLabelDataset) -> str:
    return (
        f"{dataset.n_samples:,} rows &middot; {dataset.n_features:,} features &middot; "
        f"{dataset.n_labels:,} labels &middot; cardinality {dataset.cardinality:.3f} "
        f"&middot; density {dataset.density:.3f}"
    )


def _bars(dataset: MultiLabelDataset) -> str:
    counts = dataset.label_counts.sort_values(ascending=False, kind="stable")
    most = max(int(counts.max()), 1) if len(counts) else 1
    rows = [_bar(name, int(n), most) for name, n in counts.iloc[:_MAX_BARS].items()]
    if len(counts) > _MAX_BARS:
        rest = len(counts) - _MAX_BARS
        rows.append(f'<tr><td colspan="3">and {rest:,} less frequent labels</td></tr>')
    caption = '<caption style="text-align:left">Rows that carry each label</caption>'
    return f'<table style="border-spacing:0">{caption}{"".join(rows)}</table>'


def _bar(name: object, count: int, most: int) -> str:
    width = 14 * count / most
    style = f"width:{width:.2f}em;height:.8em;background:#0072B2;display:inline-block"
    return (
        f'<tr><td style="text-align:left">{escape(str(name))}</td>'
        f'<td style="text-align:right;padding:0 .5em">{count:,}</td>'
        f'<td style="text-align:left"><span style="{style}"></span></td></tr>'
    )


def _findings(dataset: MultiLabelDataset) -> str:
    findings = quick_audit(dataset)
    items = [
        f"<li><em>{finding.severity}: {escape(finding.title)}.</em> "
        f"{escape(finding.message)}</li>"
        for finding in findings[:_MAX_FINDINGS]
    ]
    if len(findings) > _MAX_FINDINGS:
        rest = len(findings) - _MAX_FINDINGS
        items.append(f"<li>and {rest} more: <code>mlkit.audit(...)</code></li>")
    return f'<ul style="margin:.4em 0 0">{"".join(items)}</ul>' if items else ""


def _origin(dataset: MultiLabelDataset) -> str:
    source = dataset.source
    if source is None:
        return ""
    parts = {
        "Read": source.reading,
        "Cite": source.citation,
        "Licence": source.licence,
    }
    text = " ".join(
        f"<em>{title}:</em> {escape(part.rstrip('.'))}."
        for title, part in parts.items()
        if part
    )
    return f'<div style="opacity:.75;margin-top:.4em">{text}</div>'
