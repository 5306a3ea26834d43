"""The report of a dataset: what it is, what it holds, and what will mislead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.description import Audit, Description, audit, describe
from mlkit.description import definitions as meanings
from mlkit.description.findings import SEVERITIES, Finding, agree
from mlkit.fingerprints import dataset_fingerprint
from mlkit.reporting.circumstances import computed_with
from mlkit.reporting.document import (
    Block,
    Bullets,
    Card,
    Facts,
    Link,
    Notice,
    Notices,
    Paragraph,
    Part,
    Section,
)
from mlkit.reporting.features import feature_blocks
from mlkit.reporting.figures import draw
from mlkit.reporting.label_tables import by_count, first_labels, short_names
from mlkit.reporting.tables import Cell, Column, Table, frame_table, share
from mlkit.reporting.wording import (
    figure,
    isolate,
    listing,
    name_in_text,
    percent,
    sentence,
    shorten,
    with_readable_names,
)
from mlkit.wording import counted

__all__ = ["dataset_cards", "dataset_sections"]

_MOST_LABELS_IN_TABLE = 200
_MOST_BARS = 30
_MOST_SETS = 15
_MOST_NAMES_IN_SET = 12
_MOST_PAIRS = 10
_MOST_LABELS_IN_SQUARE = 20
# A table of all pairs of more labels takes more than a moment.
_MOST_PAIRED_LABELS = 2_000
_MOST_FINDINGS = 40
_PAIR_COLUMNS = ["count", "expected", "p_b_given_a", "p_a_given_b", "lift", "phi"]
_IMBALANCE = (
    "mean_ir",
    "max_ir",
    "cvir",
    "mean_imr",
    "scumble",
    "scumble_cv",
    "labels_never_present",
)


def dataset_cards(dataset: MultiLabelDataset, findings: Audit) -> tuple[Card, ...]:
    """Return the key numbers of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset
    findings : Audit

    Returns
    -------
    tuple of Card
    """
    found = _severity_counts(findings)
    worst = next(((s, n) for s, n in found.items() if n), ("finding", 0))
    return (
        Card("Rows", f"{dataset.n_samples:,}"),
        Card("Features", f"{dataset.n_features:,}"),
        Card("Labels", f"{dataset.n_labels:,}"),
        Card("Labels a row", figure(dataset.cardinality, 2), "mean (cardinality)"),
        Card("Share of labels", percent(dataset.density), "of a row (density)"),
        Card(
            "Audit",
            counted(worst[1], worst[0]),
            SEVERITIES.get(worst[0], "nothing was found"),
        ),
    )


def _severity_counts(findings: Audit) -> dict[str, int]:
    return {s: sum(f.severity == s for f in findings) for s in SEVERITIES}


def dataset_sections(
    dataset: MultiLabelDataset, findings: Audit | None = None
) -> tuple[Section, ...]:
    """Return the content of the report of a dataset.

    Parameters
    ----------
    dataset : MultiLabelDataset
    findings : Audit, optional
        By default those of `mlkit.audit`.

    Returns
    -------
    tuple of Section
    """
    found = audit(dataset) if findings is None else findings
    description = describe(dataset)
    return (
        Section("In short", (Bullets(tuple(_in_short(dataset, description, found))),)),
        Section("Where the data come from", tuple(_origin(dataset)), continues=True),
        Section("What the audit found", tuple(_findings(found)), continues=True),
        Section("Labels", tuple(_labels(description))),
        Section("Label sets", tuple(_label_sets(dataset, description))),
        Section("Labels that meet", tuple(_pairs(description))),
        Section("Features", feature_blocks(dataset)),
        Section("All figures", (_summary_table(description), computed_with())),
    )


def _in_short(
    dataset: MultiLabelDataset, description: Description, findings: Audit
) -> Iterator[str]:
    summary = description.summary
    yield (
        f"{shorten(dataset.name)} has {counted(dataset.n_samples, 'row')}, "
        f"{counted(dataset.n_features, 'feature')} and "
        f"{counted(dataset.n_labels, 'label')}."
    )
    if not dataset.n_samples or not dataset.n_labels:
        yield "Without rows and labels there is nothing more to say about labels."
        return
    yield (
        f"A row carries {figure(dataset.cardinality, 2)} labels on average, which is "
        f"{percent(dataset.density)} of all labels; "
        f"the largest label set has {counted(summary['largest_set'], 'label')}, and "
        f"{counted(summary['rows_without_label'], 'row')} "
        f"{agree(summary['rows_without_label'], 'carries', 'carry')} none."
    )
    yield _extremes(description)
    n_sets = summary["distinct_label_sets"]
    yield (
        f"{n_sets:,} different label sets occur, {summary['sets_seen_once']:,} of them "
        "in a single row."
        if n_sets > 1
        else "All rows have the same label set."
    )
    if dataset.n_missing:
        n_cells = dataset.n_samples * dataset.n_labels
        yield (
            f"{counted(dataset.n_missing, 'label')} of {n_cells:,} cells are unknown; "
            "they count as absent in the counts below."
        )
    yield _audit_in_short(findings)


def _extremes(description: Description) -> str:
    labels = by_count(description.labels)
    name, n = labels.index[0], int(labels["count"].iloc[0])
    if not n:
        return "No row carries any label."
    first = (
        f"The most frequent label is {name_in_text(name)} ({counted(n, 'row')}, "
        f"{percent(labels['share'].iloc[0])})"
    )
    if len(labels) == 1:
        return f"{first}, the only one."
    name, n = labels.index[-1], int(labels["count"].iloc[-1])
    return (
        f"{first}, the rarest {name_in_text(name)} ({counted(n, 'row')}, "
        f"{percent(labels['share'].iloc[-1])})."
    )


def _audit_in_short(findings: Audit) -> str:
    if not findings:
        return "The audit found nothing."
    counts = [counted(n, s) for s, n in _severity_counts(findings).items()]
    return f"The audit found {', '.join(counts[:-1])} and {counts[-1]}."


def _origin(dataset: MultiLabelDataset) -> Iterator[Block]:
    source = dataset.source or DatasetSource()
    if dataset.source is None:
        yield Paragraph(
            "The dataset was built from arrays or tables: where they come from, under "
            "which licence they stand and whom to cite is not recorded."
        )
    shape = " × ".join(f"{n:,}" for n in dataset.X.shape)
    licence = source.licence or ("not recorded" if dataset.source else "")
    yield Facts(
        (
            ("Cite", sentence(source.citation or "")),
            ("Licence", sentence(licence)),
            ("Address", Link(source.url) if source.url else ""),
            ("File", source.path or ""),
            ("SHA-256", source.sha256 or ""),
            ("Read as", sentence(source.reading)),
            ("Features in", f"{type(dataset.X).__name__} of shape {shape}"),
            ("Fingerprint", dataset_fingerprint(dataset)),
        )
    )
    yield Paragraph(
        "The fingerprint is computed from names and all values: two datasets that "
        "share it hold the same.",
        "note",
    )


def _findings(findings: Audit) -> Iterator[Block]:
    if not findings:
        yield Paragraph("The audit looked for what commonly spoils an analysis.")
        yield Paragraph("Nothing was found.", "lead")
        return
    yield Bullets(
        tuple(
            f"{counted(n, severity)}: {SEVERITIES[severity]}."
            for severity, n in _severity_counts(findings).items()
            if n
        )
    )
    yield Notices(tuple(_notice(finding) for finding in findings[:_MOST_FINDINGS]))
    rest = len(findings) - _MOST_FINDINGS
    if rest > 0:
        yield Paragraph(f"{rest:,} less severe findings are left out.", "note")


def _notice(finding: Finding) -> Notice:
    details = []
    # The message names some of them.
    if any(name not in finding.message for name in finding.names):
        what = counted(len(finding.names), "name")
        details.append(f"{what} concerned: {listing(finding.names)}.")
    if finding.n_rows:
        shown = ", ".join(str(row) for row in finding.rows[:10])
        more = ", …" if finding.n_rows > len(finding.rows[:10]) else ""
        where = f" of the {finding.part} rows" if finding.part else ""
        details.append(
            f"{counted(finding.n_rows, 'row')}{where} concerned, by position from 0: "
            f"{shown}{more}."
        )
    text = shorten(with_readable_names(finding.message, finding.names), 900)
    return Notice(finding.severity, shorten(finding.title), text, tuple(details))


def _labels(description: Description) -> Iterator[Block]:
    labels = description.labels
    if labels.empty:
        yield Paragraph("The dataset has no labels.")
        return
    yield _frequencies(labels)
    yield _label_table(labels)
    rows = tuple(
        (name, description.summary[name], meanings.SUMMARY[name]) for name in _IMBALANCE
    )
    headings = (Column("figure"), Column("value"), Column("meaning"))
    yield Part(
        "Imbalance",
        (
            Paragraph(_imbalance(description)),
            Table("Imbalance of the labels", headings, rows),
        ),
    )


def _frequencies(labels: pd.DataFrame) -> Block:
    from mlkit.plots import plot_label_bars

    shown, words = first_labels(by_count(labels), _MOST_BARS)
    texts = [
        f"{n:,} ({percent(part)})"
        for n, part in zip(shown["count"], shown["share"], strict=True)
    ]
    said = "; ".join(
        f"{shorten(name, 40)} {text}"
        for name, text in zip(shown.index[:12], texts, strict=False)
    )
    least = shown.iloc[-1]
    return draw(
        plot_label_bars,
        short_names(shown["count"]),
        size=(8.0, 0.9 + 0.3 * len(shown)),
        xlabel="rows that carry the label",
        texts=texts,
        alt=f"Bars of {words} by the number of rows that carry them: {said}; the last "
        f"is {shorten(shown.index[-1], 40)} with {least['count']:,.0f}.",
        caption=f"Rows that carry each label, {words}, the most frequent first.",
    )


def _label_table(labels: pd.DataFrame) -> Table:
    # Where all is known, a column of zeros would only take room.
    table = labels if labels["unknown"].any() else labels.drop(columns="unknown")
    note = ""
    if len(table) > _MOST_LABELS_IN_TABLE:
        table = by_count(table)
        note = (
            f"The {_MOST_LABELS_IN_TABLE} most frequent of {len(table):,} labels; "
            "mlkit.describe(...).labels holds all."
        )
    return frame_table(
        table,
        "Labels",
        index="label",
        meanings=meanings.LABELS,
        shown={"share": share},
        limit=_MOST_LABELS_IN_TABLE,
        note=note,
    )


def _imbalance(description: Description) -> str:
    labels, summary = description.labels, description.summary
    n_never = int(summary["labels_never_present"])
    if n_never == len(labels):
        return "No row carries any label, so there is no imbalance to speak of."
    text = (
        f"The most frequent label is {figure(summary['max_ir'], 1)} times as frequent "
        "as the rarest one that occurs; averaged over the labels that occur, it is "
        f"{figure(summary['mean_ir'], 1)} times as frequent as a label (mean_ir)."
    )
    rare = labels.index[(labels["count"] > 0) & (labels["count"] < 10)]
    if len(rare):
        text += (
            f" {counted(len(rare), 'label')} {agree(len(rare), 'has', 'have')} fewer "
            f"than 10 rows: {listing(rare)}."
        )
    if n_never:
        never = labels.index[labels["count"] == 0]
        text += f" No row carries {listing(never)}."
    return text


def _label_sets(
    dataset: MultiLabelDataset, description: Description
) -> Iterator[Block]:
    if not dataset.n_samples or not dataset.n_labels:
        yield Paragraph("Without rows and labels there are no label sets.")
        return
    from mlkit.plots import plot_set_sizes

    summary, sets = description.summary, description.label_sets
    yield Paragraph(
        f"The {counted(dataset.n_samples, 'row')} show "
        f"{counted(len(sets), 'different label set')}; the most frequent one "
        f"({_set_name(sets.index[0])}) stands for {percent(summary['p_max'])} of the "
        f"rows. {counted(summary['sets_seen_once'], 'label set')} "
        f"{agree(summary['sets_seen_once'], 'occurs', 'occur')} once: a method that "
        "learns whole label sets has a single example of each."
    )
    sizes = sets.groupby("size")["count"].sum()
    said = "; ".join(f"{size}: {counted(n, 'row')}" for size, n in sizes.items())
    yield draw(
        plot_set_sizes,
        dataset.Y,
        size=(8.0, 3.4),
        alt=f"Bars of the number of labels a row: {shorten(said, 400)}.",
        caption="How many rows carry no label, one label, two labels, and so on.",
    )
    note = ""
    if len(sets) > _MOST_SETS:
        note = (
            f"The {_MOST_SETS} most frequent of {len(sets):,}; "
            "mlkit.describe(...).label_sets holds all."
        )
    head = sets.head(_MOST_SETS)
    yield frame_table(
        head.set_axis([_set_name(labels) for labels in head.index]),
        "Label sets",
        index="label set",
        names={"cumulative_share": "cumulative"},
        meanings=meanings.LABEL_SETS,
        shown={"share": share, "cumulative_share": share},
        note=note,
    )


def _set_name(labels: tuple[object, ...]) -> str:
    names = (isolate(shorten(label, 40)) for label in labels[:_MOST_NAMES_IN_SET])
    rest = len(labels) - _MOST_NAMES_IN_SET
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"{', '.join(names)}{more}" or "no label"


def _pairs(description: Description) -> Iterator[Block]:
    n_labels = len(description.labels)
    if n_labels < 2:
        yield Paragraph("With a single label there are no pairs of labels.")
        return
    if n_labels > _MOST_PAIRED_LABELS:
        yield Paragraph(
            f"With {n_labels:,} labels not all pairs were looked at; the figure shows "
            "the most frequent labels."
        )
    else:
        yield Paragraph(
            f"{percent(description.dependent_pairs)} of the pairs of labels depend on "
            "each other (chi-square test at the level of 0.01, one pair at a time). "
            "Where many do, a method that learns labels together may gain."
        )
    yield _square(description)
    if n_labels <= _MOST_PAIRED_LABELS:
        yield _pair_table(description)


def _square(description: Description) -> Block:
    from mlkit.plots import plot_label_pairs

    labels = description.labels
    chosen = labels.index
    words = f"all {len(labels):,} labels"
    if len(labels) > _MOST_LABELS_IN_SQUARE:
        chosen = by_count(labels).index[:_MOST_LABELS_IN_SQUARE]
        words = f"the {len(chosen)} most frequent of {len(labels):,} labels"
    matrix = description.matrix("phi", labels=list(chosen))
    size = 2.4 + 0.34 * len(chosen)
    return draw(
        plot_label_pairs,
        short_names(short_names(matrix).T).T,
        size=(min(size + 1.6, 9.0), min(size, 8.2)),
        legend="phi, from -1 to 1",
        alt=f"Square of the correlations (phi) of {words}. {_strongest(matrix)}",
        caption=f"Correlation (phi) of {words}: 1 for labels that always come "
        "together, -1 for labels of which always exactly one is there, 0 for labels "
        "that do not depend on each other.",
    )


def _strongest(matrix: pd.DataFrame) -> str:
    names, phi = list(matrix.index), matrix.to_numpy(dtype=float)
    pairs = [
        (float(phi[i, j]), names[i], names[j])
        for i, j in zip(*np.triu_indices(len(names), k=1), strict=True)
        if not np.isnan(phi[i, j])
    ]
    if not pairs:
        return "No pair has a correlation, as labels are constant."
    strongest = sorted(pairs, key=lambda pair: -abs(pair[0]))[:3]
    said = "; ".join(
        f"{shorten(a, 40)} and {shorten(b, 40)} {value:+.2f}"
        for value, a, b in strongest
    )
    return f"Strongest: {said}."


def _pair_table(description: Description) -> Table:
    pairs = description.pairs
    # By phi in absolute terms: labels that shun each other are as telling as friends.
    strongest = pairs.sort_values("phi", key=abs, ascending=False, kind="stable")
    head = strongest[_PAIR_COLUMNS].head(_MOST_PAIRS)
    headings = [Column("label a"), Column("label b")] + [
        Column(_PAIR_NAMES.get(name, name), meanings.PAIRS[name])
        for name in _PAIR_COLUMNS
    ]
    rows = tuple(
        (shorten(a), shorten(b), *_pair_cells(values))
        for (a, b), *values in head.itertuples()
    )
    note = "" if len(pairs) <= _MOST_PAIRS else f"The first of {len(pairs):,} pairs."
    caption = "Pairs of labels with the strongest correlation"
    return Table(caption, tuple(headings), rows, note, sortable=True)


_PAIR_NAMES = {"p_b_given_a": "P(b | a)", "p_a_given_b": "P(a | b)"}


def _pair_cells(values: list[float]) -> Iterator[float | Cell]:
    for name, value in zip(_PAIR_COLUMNS, values, strict=True):
        yield share(value) if name.startswith("p_") else value


def _summary_table(description: Description) -> Table:
    rows = tuple(
        (name, value, meanings.SUMMARY[str(name)])
        for name, value in description.summary.items()
    )
    headings = (Column("figure"), Column("value"), Column("meaning"))
    return Table("All figures of the dataset", headings, rows)
